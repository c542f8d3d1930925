# SPDX-License-Identifier: GPL-2.0
# A kernel source is a git tree object. The cache keeps for each package,
# repository or folder a git directory of our own and one work tree, which is
# brought from one tree to the next: only files that differ are written and get
# a new time, so kbuild compiles what they touch and nothing else.
#
#	trees/ID/git	objects, the work tree's index; what a repository has is
#			read there (alternates), and nothing is written into it
#	trees/ID/tree	the work tree
#	trees/ID/obj-*	object trees
#	trees/ID/origin	where it comes from
#	trees/ID/lock	held by whoever moves the work tree, or builds in it
# shellcheck shell=bash

# What was found out once and is not worth finding out again: lines of
# "KEY TREE [SHA256]". It may be removed at any time.
KNOWN=$CACHE/trees.known

recall() { # KEY: what was remembered of it
	[ -f "$KNOWN" ] && LC_ALL=C grep -m 1 -E "^$1( [0-9a-f]{40,64})+\$" "$KNOWN" | cut -d' ' -f2-
}

remember() { # KEY VALUE...
	echo "$*" >>"$KNOWN" || die "$EXIT_STORAGE" "cannot write $KNOWN: is the disk full?"
}

# Kbuild takes no source folder with a space or colon, and its rules take no
# other character that make or the shell would read.
need_plain_paths() {
	local path
	for path in "$CACHE" "$ROOT"; do
		case $path in
		*[!A-Za-z0-9_./+,@%=~-]*)
			die "$EXIT_MISSING" "kbuild cannot build in '$path': a path of letters, digits and _./+,@%=~- is needed; $([ "$path" = "$CACHE" ] && echo "set FAULTLINE_CACHE to one" || echo "move the checkout to one")" ;;
		esac
	done
}

# use_store ID ORIGIN [COMMON_DIR] -> STORE: the folder trees/ID, made where it is missing. Of a
# repository COMMON_DIR is its git directory, whose objects are read.
use_store() {
	local new format=sha1
	STORE=$CACHE/trees/$1
	[ -f "$STORE/git/HEAD" ] && return
	new=$STORE/git.new.$$
	rm -rf "$new"
	mkdir -p "$STORE"
	[ -z "${3-}" ] || format=$(git --git-dir="$3" rev-parse --show-object-format) || exit
	# One pack instead of a file for each object, hardly compressed: a
	# source is imported in half the time, and takes a quarter of the room.
	git init -q --bare --object-format="$format" --template= "$new" &&
		git --git-dir="$new" config core.bare false &&
		git --git-dir="$new" config gc.auto 0 &&
		git --git-dir="$new" config core.compression 1 &&
		git --git-dir="$new" config core.logAllRefUpdates false &&
		mkdir -p "$new/info" "$new/objects/info" &&
		echo '* -text -ident -filter -working-tree-encoding -export-subst -export-ignore' >"$new/info/attributes" &&
		{ [ -z "${3-}" ] || echo "$3/objects" >"$new/objects/info/alternates"; } &&
		echo "$2" >"$STORE/origin" ||
		die "$EXIT_STORAGE" "cannot write $STORE: is the disk full?"
	mv -T "$new" "$STORE/git" 2>/dev/null || rm -rf "$new"
	[ -f "$STORE/git/HEAD" ] ||
		die "$EXIT_STORAGE" "cannot write $STORE/git: is the disk full?"
}

# use_repository COMMON_DIR -> STORE
use_repository() {
	local common
	common=$(realpath -e "$1" 2>/dev/null) && [ -d "$common/objects" ] ||
		die "$EXIT_MISSING" "$1 is no git directory (any more): was the repository moved? Run it again from where it is now"
	use_store "git-$(printf %s "$common" | sha256_of | cut -c1-12)" "$common" "$common"
}

# Git on the store, from a folder that no prefix comes from.
store_git() {
	git -C "$STORE/git" --git-dir="$STORE/git" --work-tree="$STORE/tree" "$@"
}

# lock_store [FILE]: until the script ends, or let_go
lock_store() {
	local lock=$STORE/${1-lock}
	while :; do
		mkdir -p "$STORE"
		exec 7>"$lock" || die "$EXIT_STORAGE" "cannot write $lock"
		if ! flock -n 7; then
			say WAIT "for another build in $STORE"
			flock 7
		fi
		# Who prunes the cache renames the folder under its lock.
		[ "$lock" -ef /dev/fd/7 ] && return
	done
}

let_go() {
	exec 7>&-
}

# has_tree TREE: whether the tree itself is there; what it holds is read later
has_tree() {
	store_git cat-file -e "$1^{tree}" 2>/dev/null
}

# names CHANGES: the first three of a list of names, and how many more there are
names() {
	local -n list=$1
	local IFS=' '
	echo "${list[*]:0:3}$([ ${#list[@]} -le 3 ] || echo " and $((${#list[@]} - 3)) more")"
}

# check_tree: the work tree is what its index says, or is made so; what was
# found is said. All files are looked at (lstat), those of another time are read.
check_tree() {
	local state path changed=() removed=() added=() said=''
	rm -f "$STORE/git/index.lock"		# we hold the tree's lock
	[ -f "$STORE/git/index" ] || return 0
	store_git update-index -q --refresh >/dev/null 2>&1
	while IFS= read -rd '' state && IFS= read -rd '' path; do
		case $state in
		D) removed+=("$path") ;;
		*) changed+=("$path") ;;
		esac
	done < <(store_git diff-files --name-status --no-renames --ignore-submodules -z 2>/dev/null)
	while IFS= read -rd '' path; do
		added+=("$path")
	done < <(store_git ls-files -o -z)
	[ $((${#changed[@]} + ${#removed[@]} + ${#added[@]})) -gt 0 ] || return 0
	[ ${#changed[@]} -eq 0 ] || said+="; changed: $(names changed)"
	[ ${#removed[@]} -eq 0 ] || said+="; removed: $(names removed)"
	[ ${#added[@]} -eq 0 ] || said+="; added: $(names added)"
	say RESTORE "$STORE/tree, which was not as the last build left it${said}"
	[ ${#added[@]} -eq 0 ] ||
		printf '%s\0' "${added[@]}" | (cd "$STORE/tree" && xargs -0 rm -rf -- &&
			find . -mindepth 1 -type d -empty -delete)
	[ $((${#changed[@]} + ${#removed[@]})) -eq 0 ] ||
		printf '%s\0' "${changed[@]}" "${removed[@]}" |
			store_git checkout-index -f -u -z --stdin 2>"$STORE/git/said" ||
		refuse_objects "the work tree $STORE/tree" "$STORE/git/said"
}

# refuse_objects WHAT [SAID]: git could not read or write what it is asked for
refuse_objects() {
	if grep -qsE 'No space left|unable to write' "${2-}" || no_room; then
		die "$EXIT_STORAGE" "cannot write $STORE: is the disk full?"
	fi
	[ -z "${2-}" ] || grep -m 3 . "$2" >&2
	die "$EXIT_MISSING" "$1: its objects are not all in $(cat "$STORE/origin"): a shallow or partial clone lacks some, gc removes what no branch holds. Have git fetch them (git worktree add --detach FOLDER COMMIT reads all of a commit), or run it again from the repository that has them"
}

# move_tree TREE: the work tree is that tree. The caller holds the lock.
move_tree() {
	mkdir -p "$STORE/tree" || die "$EXIT_STORAGE" "cannot make $STORE/tree: is the disk full?"
	check_tree
	[ "$(store_git write-tree 2>/dev/null)" = "$1" ] && return
	has_tree "$1" || refuse_objects "tree $1"
	[ -f "$STORE/git/index" ] || say SOURCE "$STORE/tree of $(cat "$STORE/origin")"
	[ -f "$STORE/git/index" ] || rm -rf "$STORE/tree"/*	# of a first time that was killed
	store_git read-tree --reset -u "$1" 2>"$STORE/git/said" ||
		refuse_objects "tree $1" "$STORE/git/said"
}

# export_tree TREE FOLDER [PATH...]: its files, or those of some paths, in a folder
export_tree() {
	store_git -c tar.umask=0022 archive --format=tar "$1" -- "${@:3}" 2>"$STORE/git/said.$$" |
		tar -C "$2" --no-same-owner -xf - || {
		mv "$STORE/git/said.$$" "$STORE/git/said"
		refuse_objects "tree $1" "$STORE/git/said"
	}
	rm -f "$STORE/git/said.$$"
}

# file_of TREE FILE
file_of() {
	store_git cat-file blob "$1:$2"
}
