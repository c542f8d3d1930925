# SPDX-License-Identifier: GPL-2.0
# Patches onto a git tree: each in turn into a temporary index, so that a step is
# a tree and no file is written. As `git am` does it: without fuzz, with one folder
# of the names dropped (a/, b/), and without one where that is how a patch names
# the tree's files.
# shellcheck shell=bash disable=SC2154

# in_index GITDIR TREE: from here on git's index is one of our own that holds
# TREE; its folder is `index_dir`, and the caller removes it.
in_index() {
	index_dir=$(mktemp -d "$(cd "$1" && pwd)/steps.XXXXXX") ||
		die "$EXIT_STORAGE" "cannot write $1: is the disk full?"
	export GIT_DIR=${index_dir%/*} GIT_INDEX_FILE=$index_dir/index
	git read-tree "$2" ||
		die "$EXIT_MISSING" "$1 holds no tree $2; is the repository it borrows from still there?"
	tops=$(git ls-tree --name-only "$2")
}

# names_whole PATCH: whether it names files without a folder in front of them (git
# diff --no-prefix, -p0 of quilt): both names of a file are the same, or all of
# them begin with what stands at the top of this tree.
names_whole() {
	local name names
	awk '
		/^diff --git / {
			name = substr($0, 12)
			half = (length(name) - 1) / 2
			same = substr(name, 1, half) == substr(name, half + 2)
			if (!same)
				exit
		}
		END { exit !same }' "$1" && return
	mapfile -d '' -t names < <(git apply -p0 --numstat -z "$1" 2>/dev/null)
	[ ${#names[@]} -gt 0 ] || return 1
	for name in "${names[@]}"; do
		name=${name##*$'\t'}
		grep -qxF -e "${name%%/*}" <<<"$tops" || return 1
	done
}

# What of a mail without context is to be done.
NO_CONTEXT="it was made with diff -U0: make it again with context"

# without_context PATCH: whether its hunks hold changed lines alone (diff -U0). Such
# a hunk goes where its old lines are, or its line number says: taken of patches of
# our own, not of mail (as_git_am).
without_context() {
	awk '/^(diff|---) / { inside = 0 } /^@@ / { inside = 1 } /^ / && inside { found = 1; exit }
		END { exit found }' "$1"
}

# try_patch PATCH: into the index, or not at all; what git said is in `said`,
# and in `strip` the folders that were dropped.
try_patch() {
	strip=1
	! names_whole "$1" || strip=0
	zero=()
	if [ -z "${as_git_am-}" ] && without_context "$1"; then
		zero=(--unidiff-zero)
	elif said=$(grep -m 1 -E '^@@ -[1-9][0-9]*,0 ' "$1"); then
		said="error: $said: nothing says where, and git would append it"
		return 1
	fi
	said=$(git apply -v --cached --whitespace=nowarn "${zero[@]}" -p"$strip" "$1" 2>&1)
}

# hunk_of PATCH FILE LINE: which hunk of a file's begins at that line
hunk_of() {
	awk -v file="$2" -v line="$3" '
		/^\+\+\+ / && last ~ /^--- / {
			name = substr($0, 5)
			sub(/\t.*/, "", name)
			old = substr(last, 5)
			sub(/\t.*/, "", old)
			nr = 0
			here = ends(name) || ends(old)
		}
		/^@@ -/ && here {
			nr++
			at = substr($2, 2)
			sub(/,.*/, "", at)
			if (at == line) {
				match($0, /^@@ [^@]* @@/)
				print "Hunk #" nr " FAILED at " at " (" substr($0, 1, RLENGTH) ")"
				exit
			}
		}
		{ last = $0 }
		function ends(s) { return substr(s, length(s) - length(file) + 1) == file }
	' "$1"
}

# refuse_patch NAME PATCH: the file and the hunk of what git said, and what to do;
# in front of it PATCH_FOR, whose patch it is
refuse_patch() {
	local failed why next="rebase the series on this tree"
	if grep -qE "No space left|unable to (write|create)|insufficient permission" <<<"$said"; then
		die "$EXIT_STORAGE" "cannot write to $GIT_DIR: $(sed -n 's/^error: //p' <<<"$said" | head -n 1)"
	fi
	failed=$(sed -n 's/^error: patch failed: //p' <<<"$said" | head -n 1)
	if [ -n "$failed" ]; then
		why="file ${failed%:*}: $(hunk_of "$2" "${failed%:*}" "${failed##*:}")"
		[ -z "${as_git_am-}" ] || ! without_context "$2" || next=$NO_CONTEXT
	else
		why=$(sed -n 's/^error: //p' <<<"$said" | grep -v '^while searching' | head -n 1)
		[ -n "$why" ] || why=$(tail -n 1 <<<"$said")
		case $why in
		"invalid path"* | *"beyond a symbolic link"*)
			why="$why is outside the kernel tree" next="such a patch is not applied" ;;
		"corrupt patch"* | *"lacks filename"*) next="get it again from where it was sent" ;;
		*"nothing says where"*) next=$NO_CONTEXT ;;
		*"without full index"*) next="make it again with git format-patch --binary --full-index" ;;
		esac
	fi
	if git apply --cached --check -R "${zero[@]}" -p"$strip" "$2" 2>/dev/null; then
		next="this tree has that change already: leave it out"
	fi
	die "$EXIT_PATCH" "${PATCH_FOR:+$PATCH_FOR: }$1 does not apply: ${why:-git says no more}; $next"
}

# apply_steps [--no-offset]: the patches of step_patch, named step_name in
# messages and step_title in what is printed: TREE, a tab, title.
apply_steps() {
	local i tree moved
	for i in "${!step_patch[@]}"; do
		try_patch "${step_patch[i]}" || refuse_patch "${step_name[i]}" "${step_patch[i]}"
		moved=$(grep -m 1 'succeeded at .*offset' <<<"$said")
		if [ "${1-}" = --no-offset ] && [ -n "$moved" ]; then
			die "$EXIT_PATCH" "${PATCH_FOR:+$PATCH_FOR: }${step_name[i]} applies with an offset: $moved"
		fi
		tree=$(git write-tree) ||
			die "$EXIT_STORAGE" "cannot write to $GIT_DIR: is the disk full?"
		printf '%s\t%s\n' "$tree" "${step_title[i]}"
	done
}
