# SPDX-License-Identifier: GPL-2.0
# Where a base's source comes from (a package, a git repository, a folder), and
# the git tree it is. lib/tree.sh keeps what is unpacked.
# shellcheck shell=bash

# shellcheck source=scripts/lib/suite.sh
. "$ROOT/scripts/lib/suite.sh"
# shellcheck source=scripts/lib/tree.sh
. "$ROOT/scripts/lib/tree.sh"

# tree_of BASE: the folder its source is in, where it is a folder: KERNEL_SRC, or
# `tree` in base.conf, from the checkout's top. Empty: it is a package.
tree_of() {
	local tree=${KERNEL_SRC-}
	[ -n "$tree" ] || tree=$(conf_get "$(base_dir "$1")/base.conf" tree)
	case $tree in
	'' | /*) echo "$tree" ;;
	*) if [ -n "${KERNEL_SRC-}" ]; then echo "$tree"; else echo "$ROOT/$tree"; fi ;;
	esac
}

# find_source BASE -> SOURCE, SOURCE_KIND (package, repository, folder), STORE
find_source() {
	local base=$1 tree
	need_plain_paths
	tree=$(tree_of "$base")
	if [ -z "$tree" ]; then
		SOURCE_KIND=package
		find_package "$base" "$(conf_get "$(base_dir "$base")/base.conf" package)"
		SOURCE_ID=$(stat -c '%n %s %Y' "$SOURCE" | sha256_of)
		STORE=$CACHE/trees/$base-${SOURCE_ID:0:12}
	elif COMMON=$(common_dir "$tree"); then
		SOURCE_KIND=repository
		SOURCE=$(cd "$tree" && pwd -P)
		use_repository "$COMMON"
	else
		SOURCE_KIND=folder
		[ -f "$tree/Makefile" ] ||
			die "$EXIT_MISSING" "${KERNEL_SRC:+KERNEL_SRC=}$tree holds no kernel source; name the folder with the top Makefile"
		SOURCE=$(cd "$tree" && pwd -P)
		use_store "dir-$(printf %s "$SOURCE" | sha256_of | cut -c1-12)" "$SOURCE"
	fi
}

# common_dir FOLDER: of the repository whose top folder, or git directory, it is
common_dir() {
	local here dir
	here=$(cd "$1" 2>/dev/null && pwd -P) || return 1
	if [ "$(git -C "$here" rev-parse --is-bare-repository 2>/dev/null)" = true ]; then
		dir=$(git -C "$here" rev-parse --absolute-git-dir)
		[ "$(realpath "$dir")" = "$here" ] || return 1
	else
		[ "$(git -C "$here" rev-parse --show-cdup 2>/dev/null || echo no)" = '' ] || return 1
	fi
	dir=$(git -C "$here" rev-parse --git-common-dir) && (cd "$here" && realpath -e "$dir")
}

# has_source BASE: a package or a tree is named; else it is the reader's to get.
has_source() {
	[ -n "$(tree_of "$1")" ] || [ -n "$(conf_get "$(base_dir "$1")/base.conf" package)" ]
}

find_package() { # BASE PACKAGE -> SOURCE
	[ -n "$2" ] ||
		die "$EXIT_MISSING" "base $1 has no package: $(conf_get "$(base_dir "$1")/base.conf" get)"
	SOURCE=/usr/src/$2.tar.xz
	[ -f "$SOURCE" ] || SOURCE=$CACHE/packages/$2.tar.xz
	[ -f "$SOURCE" ] || fetch_package "$1" "$2"
}

# The package manager downloads; nothing is installed, so no root is needed.
# A base whose source only another release has names that in `suite`.
fetch_package() { # BASE PACKAGE -> SOURCE
	local base=$1 package=$2 tmp=$CACHE/packages/tmp.$$ suite
	suite=$(conf_get "$(base_dir "$base")/base.conf" suite)
	say FETCH "$package"
	mkdir -p "$tmp" || die "$EXIT_STORAGE" "cannot make $tmp; set FAULTLINE_CACHE to a folder that can be written"
	if ! (cd "$tmp" && { download "$package" || download_from "$suite" "$package"; } &&
	      dpkg-deb -x ./"$package"_*.deb .) >"$tmp/apt.log" 2>&1; then
		grep -E '^(E|W): ' "$tmp/apt.log" | tail -n 3 >&2
		rm -rf "$tmp"
		die "$EXIT_MISSING" "package $package is not available${suite:+, nor from $suite on this machine\'s mirrors}; run 'apt-get update', name the Debian release that has it as 'suite = ' in $(base_dir "$base")/base.conf, or set KERNEL_SRC to a tree of base $base"
	fi
	mv "$tmp/usr/src/$package.tar.xz" "$CACHE/packages/" ||
		die "$EXIT_STORAGE" "cannot write $CACHE/packages: is the disk full?"
	rm -rf "$tmp"
	SOURCE=$CACHE/packages/$package.tar.xz
}

# check_version BASE TREE: of that source
check_version() {
	local want have
	want=$(conf_get "$(base_dir "$1")/base.conf" version)
	have=$(file_of "$2" Makefile 2>/dev/null | sed -nE 's/^(VERSION|PATCHLEVEL) = //p' |
		head -n 2 | paste -sd.)
	[ -n "$have" ] ||
		die "$EXIT_MISSING" "$SOURCE holds no kernel source: its Makefile names no version"
	[ "$want" = "$have" ] ||
		die "$EXIT_WRONG_SOURCE" "$SOURCE is Linux $have, base $1 wants $want; name a tree of $want in KERNEL_SRC, or make a base of it: scripts/new base v$have --from $1, with 'tree = FOLDER' in its base.conf"
}

# source_tree BASE [--known] -> SOURCE_TREE, SOURCE_SHA256: what find_source found,
# as a git tree in STORE. --known: a package that was never unpacked is not
# unpacked now, and SOURCE_TREE is empty.
source_tree() {
	case $SOURCE_KIND in
	package)
		read -r SOURCE_TREE SOURCE_SHA256 <<<"$(recall "$SOURCE_ID")"
		[ -n "$SOURCE_TREE" ] || [ "${2-}" = --known ] || import_package "$1"
		return
		;;
	repository) tree_of_repository ;;
	folder) import_folder ;;
	esac
	check_version "$1" "$SOURCE_TREE"
	SOURCE_SHA256=$(echo "tree $SOURCE_TREE" | sha256_of)
}

# need_source BASE: the source's objects are in STORE, whatever was remembered.
need_source() {
	has_tree "$SOURCE_TREE" || case $SOURCE_KIND in
	package) import_package "$1" ;;
	*) refuse_objects "tree $SOURCE_TREE" ;;
	esac
	check_version "$1" "$SOURCE_TREE"
}

import_package() { # BASE
	use_store "${STORE##*/}" "$SOURCE"
	lock_store
	read -r SOURCE_TREE SOURCE_SHA256 <<<"$(recall "$SOURCE_ID")"
	if [ -n "$SOURCE_TREE" ] && has_tree "$SOURCE_TREE"; then
		let_go
		return
	fi
	say UNPACK "$SOURCE"
	rm -rf "$STORE/tree" "$STORE/git/index" "$STORE/git/index.lock"
	mkdir -p "$STORE/tree"
	tar -C "$STORE/tree" --strip-components=1 --no-same-owner -xf "$SOURCE" &&
		store_git -c core.bigFileThreshold=1 add --all --force . 2>"$STORE/git/said" &&
		SOURCE_TREE=$(store_git write-tree) ||
		die "$EXIT_STORAGE" "cannot unpack $SOURCE to $STORE: is the disk full? $(head -n 1 "$STORE/git/said" 2>/dev/null)"
	SOURCE_SHA256=$(sha256_of <"$SOURCE")
	check_version "$1" "$SOURCE_TREE"
	remember "$SOURCE_ID" "$SOURCE_TREE" "$SOURCE_SHA256"
	let_go
}

# The head of a repository and what is changed of its tracked files, by a copy
# of its index: nothing in the repository is written.
tree_of_repository() {
	local top
	SOURCE_TREE=$(git -C "$SOURCE" rev-parse -q --verify 'HEAD^{tree}') ||
		die "$EXIT_MISSING" "$SOURCE: a git repository without a commit"
	[ "$(git -C "$SOURCE" rev-parse --is-bare-repository)" = false ] || return 0
	top=$(git -C "$SOURCE" rev-parse --absolute-git-dir)
	[ -f "$top/index" ] || return 0		# nothing was checked out
	SOURCE_TREE=$(dirty_tree "$top/index" "$SOURCE_TREE") || exit
}

# dirty_tree INDEX HEAD: HEAD's tree with all changes of tracked files, printed
dirty_tree() (
	tmp=$(mktemp -d "$STORE/git/dirty.XXXXXX") ||
		die "$EXIT_STORAGE" "cannot write $STORE: is the disk full?"
	trap 'rm -rf "$tmp"' EXIT
	export GIT_INDEX_FILE=$tmp/index
	there() { git -C "$SOURCE" --git-dir="$STORE/git" --work-tree="$SOURCE" "$@" 2>"$tmp/said"; }
	# A copy of an index keeps its time: by it git judges what may have changed since.
	cp -p "$1" "$tmp/index" && there ls-files -u >"$tmp/unmerged" || {
		there read-tree "$2" || refuse_objects "the tree of $SOURCE" "$tmp/said"
	}
	[ ! -s "$tmp/unmerged" ] ||
		die "$EXIT_MISSING" "$SOURCE is in the middle of a merge: git status says which files; end it, or name another tree"
	there update-index -q --refresh >/dev/null
	if there diff-files --quiet --ignore-submodules && there diff-index --cached --quiet "$2"; then
		echo "$2"
		return
	fi
	# Git gives an object that it would write, and finds in the repository, a
	# new time there: so it is not to look there.
	mkdir -p "$tmp/objects"
	export GIT_OBJECT_DIRECTORY=$tmp/objects
	there add -u -- . && there write-tree --missing-ok >"$tmp/tree" &&
		take_objects "$tmp/objects" 2>"$tmp/said" ||
		refuse_objects "the tree of $SOURCE" "$tmp/said"
	cat "$tmp/tree"
)

# take_objects FOLDER: each moved whole into the store
take_objects() {
	local object
	(cd "$1" && find . -type f) | while read -r object; do
		mkdir -p "$STORE/git/objects/${object%/*}" &&
			mv -n "$1/$object" "$STORE/git/objects/$object" || return
	done
}

# What a build leaves in its source is no part of it.
built_files() {
	printf '%s\n' /.git '*.o' '*.ko' '*.a' '*.cmd' '*.mod' '*.mod.c' modules.order \
		'/modules.*' /Module.symvers '.config*' .version include/config/ \
		include/generated/ /vmlinux '/vmlinux.*' /System.map '/.tmp_*' '*.lds.s'
}

# A folder's files, in an index that knows their times: only what changed is read.
import_folder() {
	local index=$STORE/git/index.folder
	lock_store source.lock
	rm -f "$index.lock"
	[ -f "$index" ] || say IMPORT "$SOURCE"
	built_files >"$STORE/git/info/built"
	(
		cd "$SOURCE" || exit
		export GIT_INDEX_FILE=$index
		in_folder() { git --git-dir="$STORE/git" --work-tree="$SOURCE" "$@"; }
		in_folder ls-files -z --cached --others --exclude-from="$STORE/git/info/built" |
			in_folder -c core.bigFileThreshold=1 update-index -z --add --remove --stdin
	) 2>"$STORE/git/said" &&
		SOURCE_TREE=$(GIT_INDEX_FILE=$index store_git write-tree 2>>"$STORE/git/said") ||
		die "$EXIT_STORAGE" "cannot read $SOURCE into $STORE: is the disk full? $(head -n 1 "$STORE/git/said")"
	let_go
}
