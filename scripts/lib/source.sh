# SPDX-License-Identifier: GPL-2.0
# A base's source: found, unpacked once into the cache, and switched between
# variants in place. The tree has one path for all variants, so kbuild
# rebuilds only what a variant's patches touch and every other object is
# shared.
# shellcheck shell=bash

# shellcheck source=scripts/lib/suite.sh
. "$ROOT/scripts/lib/suite.sh"

# tree_of BASE: the folder its source is in, where it is a folder: KERNEL_SRC, or
# `tree` in base.conf, from the checkout's top. Empty: it is a package.
tree_of() {
	local tree=${KERNEL_SRC-}
	[ -n "$tree" ] || tree=$(conf_get "$ROOT/variants/$1/base.conf" tree)
	case $tree in
	'' | /*) echo "$tree" ;;
	*) if [ -n "${KERNEL_SRC-}" ]; then echo "$tree"; else echo "$ROOT/$tree"; fi ;;
	esac
}

# What identifies a source without reading all of it: name, size and time.
# The sha256 of its content is computed once and kept next to the tree.
find_source() { # BASE -> SOURCE, SOURCE_ID
	local base=$1 package tree
	package=$(conf_get "$ROOT/variants/$base/base.conf" package)
	tree=$(tree_of "$base")

	if [ -n "$tree" ]; then
		[ -f "$tree/Makefile" ] ||
			die "$EXIT_MISSING" "${KERNEL_SRC:+KERNEL_SRC=}$tree holds no kernel source; name the folder with the top Makefile"
		SOURCE=$(cd "$tree" && pwd)
		SOURCE_ID=$( (cd "$SOURCE" && find . -name .git -prune -o \
			-type f -printf '%p %s %T@\n') | sort | sha256_of)
		return
	fi
	SOURCE=/usr/src/$package.tar.xz
	[ -f "$SOURCE" ] || SOURCE=$CACHE/packages/$package.tar.xz
	[ -f "$SOURCE" ] || fetch_package "$base" "$package"
	SOURCE_ID=$(stat -c '%n %s %Y' "$SOURCE" | sha256_of)
}

# The package manager downloads; nothing is installed, so no root is needed.
# A base whose source only another release has names that in `suite`.
fetch_package() { # BASE PACKAGE -> SOURCE
	local base=$1 package=$2 tmp=$CACHE/packages/tmp.$$ suite
	suite=$(conf_get "$ROOT/variants/$base/base.conf" suite)
	say FETCH "$package"
	mkdir -p "$tmp"
	if ! (cd "$tmp" && { download "$package" || download_from "$suite" "$package"; } &&
	      dpkg-deb -x ./"$package"_*.deb .) >"$tmp/apt.log" 2>&1; then
		grep -E '^(E|W): ' "$tmp/apt.log" | tail -n 3 >&2
		rm -rf "$tmp"
		die "$EXIT_MISSING" "package $package is not available${suite:+, nor from $suite on this machine\'s mirrors}; run 'apt-get update', or set KERNEL_SRC to a tree of base $base"
	fi
	mv "$tmp/usr/src/$package.tar.xz" "$CACHE/packages/" ||
		die "$EXIT_STORAGE" "cannot write $CACHE/packages: is the disk full?"
	rm -rf "$tmp"
	SOURCE=$CACHE/packages/$package.tar.xz
}

check_version() { # BASE TREE
	local want have
	want=$(conf_get "$ROOT/variants/$1/base.conf" version)
	have=$(sed -nE 's/^(VERSION|PATCHLEVEL) = //p' "$2/Makefile" |
		head -n 2 | paste -sd.)
	[ "$want" = "$have" ] ||
		die "$EXIT_WRONG_SOURCE" "$SOURCE is Linux $have, base $1 wants $want; name a tree of $want in KERNEL_SRC, or unset it"
}

unpack_source() { # BASE -> TREE, SOURCE_SHA256
	local base=$1
	find_source "$base"
	[ -d "$SOURCE" ] && check_version "$base" "$SOURCE"
	SRC=$CACHE/src/$base-${SOURCE_ID:0:12}
	TREE=$SRC/tree
	if [ ! -f "$SRC/sha256" ]; then
		rm -rf "$SRC"
		mkdir -p "$SRC/unpack" "$SRC/orig"
		: >"$SRC/touched"
		if [ -d "$SOURCE" ]; then
			say COPY "$SOURCE"
			tar -C "$SOURCE" --exclude=./.git -cf - . |
				tar -C "$SRC/unpack" -xf - ||
				die "$EXIT_STORAGE" "cannot copy $SOURCE to $SRC: is the disk full?"
			mv "$SRC/unpack" "$TREE"
			(cd "$TREE" && find . -type f -print0 | sort -z |
				xargs -0 sha256sum) | sha256_of >"$SRC/sha256.new"
		else
			say UNPACK "$SOURCE"
			tar -C "$SRC/unpack" -xf "$SOURCE" ||
				die "$EXIT_STORAGE" "cannot unpack $SOURCE to $SRC: is the disk full?"
			mv "$SRC"/unpack/* "$TREE"
			rmdir "$SRC/unpack"
			sha256_of <"$SOURCE" >"$SRC/sha256.new"
		fi
		check_version "$base" "$TREE"
		mv "$SRC/sha256.new" "$SRC/sha256"
	fi
	SOURCE_SHA256=$(cat "$SRC/sha256")
}

# Undo what the variant before this one changed. The list of touched files is
# written before any of them is, so a kill in the middle is undone as well.
# Copies get a new time: make must see that the file changed back.
restore_tree() {
	local f
	while read -r f; do
		if [ -f "$SRC/orig/$f" ]; then
			cp --no-preserve=timestamps "$SRC/orig/$f" "$TREE/$f"
		else
			rm -f "$TREE/$f"
		fi
	done <"$SRC/touched"
	: >"$SRC/touched"
}

# Files that a patch changes, adds or removes, relative to the tree.
patched_files() {
	sed -nE 's#^(---|\+\+\+) [ab]/([^[:space:]]+).*#\2#p' "$@" | sort -u
}

# remember_files VARIANT PATCH...: keep what the patches will touch, so that
# restore_tree can undo them. The list is in place before a file is changed.
remember_files() {
	local variant=$1 f
	shift
	{ cat "$SRC/touched"; patched_files "$@"; } | sort -u >"$SRC/touched.new"
	while read -r f; do
		case /$f/ in
		*/../*) die "$EXIT_PATCH" "variant $variant: a patch names $f, outside the kernel tree" ;;
		esac
		if [ -f "$TREE/$f" ] && [ ! -f "$SRC/orig/$f" ] &&
		   ! grep -qxF "$f" "$SRC/touched"; then
			mkdir -p "$SRC/orig/$(dirname "$f")"
			cp -p "$TREE/$f" "$SRC/orig/$f.new"
			mv "$SRC/orig/$f.new" "$SRC/orig/$f"
		fi
	done <"$SRC/touched.new"
	mv "$SRC/touched.new" "$SRC/touched"
}

# find_overlay_patch FOLDER: the first of its patches that applies to the tree
# as it is. They are the same change, said for handlers of different shape.
find_overlay_patch() {
	local p
	for p in "$1"/*.patch; do
		patch -d "$TREE" -p1 --fuzz=0 --force --dry-run <"$p" \
			>/dev/null 2>&1 && echo "$p" && return
	done
	return 1
}

refuse_overlay() { # VARIANT FOLDER
	local name
	name=$(basename "$2")
	restore_tree
	die "$EXIT_PATCH" "overlay $name does not apply on variant $1: none of $(cd "$2" && echo *.patch) fits its handler; add one that does to $2"
}

apply_overlay() { # VARIANT FOLDER
	local p
	p=$(find_overlay_patch "$2") || refuse_overlay "$1" "$2"
	remember_files "$1" "$p"
	apply_patch "$1" "$p"
}

# apply_patch VARIANT PATCH: onto the tree, without fuzz; what patch said is
# in PATCH_SAID.
apply_patch() {
	PATCH_SAID=$(patch -d "$TREE" -p1 --fuzz=0 --force \
		--no-backup-if-mismatch --reject-file=- <"$2" 2>&1) && return
	restore_tree
	refuse_patch "$1" "$2" "$PATCH_SAID"
}

apply_series() { # VARIANT PATCH...
	local variant=$1 p
	shift
	[ $# -gt 0 ] || return 0
	remember_files "$variant" "$@"
	for p in "$@"; do
		apply_patch "$variant" "$p"
	done
}

# Name the patch, the file and the hunk; the rest of patch's words follow.
refuse_patch() {
	local file hunk
	file=$(sed -nE "s/^(patching|checking) file '?([^']*)'?/\\2/p" <<<"$3" | tail -n 1)
	hunk=$(grep -m 1 -E 'FAILED|malformed|can.t find file|Only garbage' <<<"$3")
	sed -n '1,20s/^/    /p' <<<"$3" >&2
	die "$EXIT_PATCH" "variant $1: patch $(basename "$2") does not apply: file ${file:-unknown}: ${hunk:-see above}; rebase the series on this base"
}
