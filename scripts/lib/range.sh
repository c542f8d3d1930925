# SPDX-License-Identifier: GPL-2.0
# A range of the git tree that the current folder is in, as patches. The repository
# is asked for ids; patches are made in a git directory of our own that borrows its
# objects, so no setting of user, system or repository changes a byte of them.
# shellcheck shell=bash

# What a partial clone needs.
NOT_PARTIAL="in a partial clone, get what it lacks: git fetch --refetch --no-filter"

# find_repository: range_top, its work tree ('' where it is bare); range_git, its
# git directory. Whether the user trusts its owner is git's own question, with the
# user's own settings.
find_repository() {
	local said
	said=$(env -u GIT_CONFIG_NOSYSTEM -u GIT_CONFIG_GLOBAL -u GIT_CONFIG_COUNT \
		git rev-parse --absolute-git-dir 2>&1) || {
		[[ $said != *"dubious ownership"* ]] ||
			die "$EXIT_MISSING" "git does not trust $PWD, which another user owns; run: git config --global --add safe.directory '$PWD'"
		return 1
	}
	range_git=$said
	range_top=$(git rev-parse --show-toplevel 2>/dev/null)
	range_common=$(realpath "$(git rev-parse --git-common-dir)")
}

# ask GIT-ARGUMENTS: the repository, for ids
ask() {
	git --git-dir="$range_git" -c safe.directory='*' -c core.fsmonitor=false "$@"
}

# borrow DIR: a bare git directory with the objects of the repository
borrow() {
	git init -q --bare --template= --object-format="$(ask rev-parse --show-object-format)" "$1" ||
		die "$EXIT_STORAGE" "cannot write $1: is the disk full?"
	echo "$range_common/objects" >"$1/objects/info/alternates"
}

# resolve_range WORDS: range_tip and, in range_not, what it does not hold, as
# `git format-patch` takes them: A..B, A.., A (that is A..HEAD), -N, -N B; and
# A...B from where the two part.
resolve_range() {
	local revs words a b
	range_not=() range_most=()
	if [[ $1 =~ ^-([0-9]+)(\ +([^\ ]+))?$ ]]; then
		range_most=("-${BASH_REMATCH[1]}")
		range_tip=$(ask rev-parse -q --verify --end-of-options "${BASH_REMATCH[3]:-HEAD}^{commit}") && return
		die "$EXIT_UNKNOWN_NAME" "--from $1: git knows no commit ${BASH_REMATCH[3]:-HEAD} in $PWD"
	fi
	if [[ $1 == *...* ]]; then
		a=${1%%...*} b=${1##*...}
		range_tip=$(ask rev-parse -q --verify --end-of-options "${b:-HEAD}^{commit}") &&
			range_not=("$(ask merge-base "${a:-HEAD}" "$range_tip")") && return
		die "$EXIT_UNKNOWN_NAME" "--from $1: the two have no commit in common, or git knows one of them not"
	fi
	read -ra words <<<"$1"
	revs=$(ask rev-parse --revs-only "${words[@]}" 2>/dev/null) && [[ $revs =~ ^\^?[0-9a-f] ]] || return 1
	mapfile -t range_not < <(sed -n 's/^^//p' <<<"$revs")
	range_tip=$(grep -v '^^' <<<"$revs")
	[[ $range_tip != *$'\n'* ]] ||
		die "$EXIT_USAGE" "--from $1 names several tips; name one range, like master..my-branch"
	if [ ${#range_not[@]} -eq 0 ]; then
		range_not=("$range_tip")
		range_tip=HEAD
	fi
	range_tip=$(ask rev-parse -q --verify --end-of-options "$range_tip^{commit}")
}

# list_range RANGE: range_commits, oldest first, along first parents; range_start,
# the commit before the first
list_range() {
	local first
	mapfile -t range_commits < <(ask rev-list --first-parent --reverse \
		"${range_most[@]}" "$range_tip" "${range_not[@]/#/^}" --)
	[ ${#range_commits[@]} -gt 0 ] ||
		die "$EXIT_USAGE" "--from $1 holds no commit; as for git format-patch, START means START..HEAD, START..BRANCH a branch, and -3 the last three commits"
	first=${range_commits[0]}
	range_start=$(ask rev-parse -q --verify "$first^1") ||
		die "$EXIT_MISSING" "the commit before ${first:0:12}, the first of $1, is not here; where the clone is shallow: git fetch --deepen=${#range_commits[@]}"
}

# version_of GITDIR TREE: v6.12, from its Makefile; of a -rc or a stable release too
version_of() {
	local makefile
	makefile=$(git --git-dir="$1" cat-file blob "$2:Makefile" 2>/dev/null) ||
		[ -z "$(git --git-dir="$1" ls-tree "$2" Makefile 2>/dev/null)" ] ||
		die "$EXIT_MISSING" "the Makefile of ${2:0:12} is not here: $NOT_PARTIAL"
	sed -nE 's/^(VERSION|PATCHLEVEL) = ([0-9]+)$/\2/p' <<<"$makefile" | head -n 2 |
		paste -sd. | sed -n 's/^[0-9]*\.[0-9]*$/v&/p'
}

# as_one_parent GITDIR COMMIT: the same commit with its first parent alone, which
# is what a step is compared with
as_one_parent() {
	git --git-dir="$1" cat-file commit "$2" | awk '
		!body && /^ / && drop { next }
		{ drop = 0 }
		!body && /^(gpgsig|gpgsig-sha256|mergetag)/ { drop = 1; next }
		!body && /^parent / && parents++ { next }
		/^$/ { body = 1 }
		{ print }' | git --git-dir="$1" hash-object -t commit -w --stdin
}

# range_patches GITDIR DIR: each commit as 0001-its-subject.patch in DIR
range_patches() {
	local c one n=1 others made
	for c in "${range_commits[@]}"; do
		one=$c
		others=$(($(ask rev-list --parents -1 "$c" -- | wc -w) - 2))
		if [ "$others" -gt 0 ]; then
			one=$(as_one_parent "$1" "$c") ||
				die "$EXIT_STORAGE" "cannot write $1: is the disk full?"
			say MERGE "${c:0:12} '$(git --git-dir="$1" show -s --format=%s "$c" --)' is one step: $(($(ask rev-list --count "$c^1..$c" --) - 1)) commits that it brings, and what the merge itself changes"
		fi
		git --git-dir="$1" format-patch -q -1 -N --zero-commit --no-signature \
			--binary --full-index -M --start-number "$n" -o "$2" "$one" -- 2>"$2/.said" ||
			die "$EXIT_MISSING" "no patch can be made of ${c:0:12}: $(grep -m 1 -E 'fatal|error' "$2/.said"); $NOT_PARTIAL"
		made=("$2/$(printf %04d "$n")"-*.patch)
		if [ -f "${made[0]}" ]; then
			n=$((n + 1))
		else
			say EMPTY "${c:0:12} '$(git --git-dir="$1" show -s --format=%s "$c" --)' changes nothing: no step"
		fi
	done
	rm -f "$2/.said"
}

# say_uncommitted: what stands in the work tree is not in a range that ends at HEAD
say_uncommitted() {
	local n
	[ -n "$range_top" ] && [ "$range_tip" = "$(ask rev-parse HEAD)" ] || return 0
	n=$(git -C "$range_top" -c safe.directory='*' -c core.fsmonitor=false \
		status --porcelain --untracked-files=no --ignore-submodules=all | wc -l)
	[ "$n" -eq 0 ] ||
		say NOTE "uncommitted changes of $n file$([ "$n" -eq 1 ] || echo s) in $range_top are left out; commit them to have them in"
}
