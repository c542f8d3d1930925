# SPDX-License-Identifier: GPL-2.0
# A variant's kernel source: the base's tree, or a commit's, with its series and
# overlays applied, as a tree. No file is touched for it; lib/mail.sh applies.
# shellcheck shell=bash disable=SC2154

# shellcheck source=scripts/lib/source.sh
. "$ROOT/scripts/lib/source.sh"
# shellcheck source=/dev/null
. "$ROOT/scripts/lib/mail.sh"

# refuse_gap VARIANT PATCH...: a series names a file that is not there
refuse_gap() {
	local variant=$1 p
	shift
	for p in "$@"; do
		[ -f "$p" ] || die "$EXIT_PATCH" "variant $variant: its series names $(basename "$p"), which is not there"
	done
}

# find_variant_source BASE [--known] -> SOURCE, STORE, SOURCE_TREE, SOURCE_SHA256 of
# what read_recipe read: the commit's tree, or the base's source.
find_variant_source() {
	if [ -z "$tree_id" ]; then
		find_source "$1"
		source_tree "$@"
		return
	fi
	need_plain_paths
	SOURCE_KIND=commit SOURCE=$repository SOURCE_TREE=$tree_id
	[ ! -d "$repository" ] && [ "${2-}" = --known ] || use_repository "$repository"
	SOURCE_SHA256=$(echo "tree $SOURCE_TREE" | sha256_of)
}

# overlay_fits TREE PATCH: whether it applies. The index that is tried holds no more
# than the files that the patch names, so that it takes no time.
overlay_fits() (
	index_dir=$(mktemp -d "$STORE/git/fits.XXXXXX") || exit
	trap 'rm -rf "$index_dir"' EXIT
	export GIT_DIR=$STORE/git GIT_INDEX_FILE=$index_dir/index
	tops=$(git ls-tree --name-only "$1")
	strip=1
	! names_whole "$2" || strip=0
	mapfile -d '' -t files < <(git apply -p"$strip" --numstat -z "$2" 2>/dev/null)
	git ls-tree -z "$1" -- "${files[@]##*$'\t'}" | git update-index -z --index-info
	try_patch "$2"
)

# applied TREE PATCH...: the tree that comes of it, printed
applied() {
	local tree=$1 steps
	shift
	[ $# -gt 0 ] || { echo "$tree"; return; }
	steps=$(PATCH_FOR="variant $variant" apply_patches "$STORE/git" "$tree" "$@") || exit
	tail -n 1 <<<"$steps" | cut -f1
}

# fitting TREE OVERLAY: the first of its patches that applies, printed. They are
# the same change, said for handlers of different shape.
fitting() {
	local p
	for p in "$2"/*.patch; do
		overlay_fits "$1" "$p" && echo "$p" && return
	done
	die "$EXIT_PATCH" "overlay $(basename "$2") does not apply on variant $variant: none of $(cd "$2" && echo *.patch) fits its handler; add one that does to $2"
}

# variant_key: what decides variant_tree: contents, not names or places
variant_key() {
	local o
	{
		echo "variant 1 $SOURCE_TREE"
		[ ${#patches[@]} -eq 0 ] || sha256sum -- "${patches[@]}" | cut -d" " -f1
		for o in "${overlays[@]}"; do
			echo overlay
			sha256sum -- "$o"/*.patch | cut -d" " -f1
		done
	} | sha256_of
}

# variant_tree [--known] -> TREE: SOURCE_TREE with `patches` and `overlays`. It is
# remembered, so that a kernel that was built is found without a look at its
# source; --known: where that is not unpacked, or a patch does not apply, TREE is empty.
variant_tree() {
	local key o p
	TREE=$SOURCE_TREE
	[ $((${#patches[@]} + ${#overlays[@]})) -gt 0 ] || return 0
	key=$(variant_key)
	TREE=$(recall "$key")
	[ -z "$TREE" ] || return 0
	if [ "${1-}" != --known ]; then
		make_variant_tree "$key"
	elif has_tree "$SOURCE_TREE"; then
		TREE=$( (make_variant_tree "$key" && echo "$TREE") 2>/dev/null)
	fi
}

make_variant_tree() { # KEY
	local o p
	need_source "$base"
	TREE=$(applied "$SOURCE_TREE" "${patches[@]}") || exit
	for o in "${overlays[@]}"; do
		p=$(fitting "$TREE" "$o") || exit
		TREE=$(applied "$TREE" "$p") || exit
	done
	remember "$1" "$TREE"
}

# need_variant_tree: its objects are in STORE, whatever was remembered.
need_variant_tree() {
	has_tree "$TREE" && return
	need_source "$base"
	has_tree "$TREE" || make_variant_tree "$(variant_key)"
}

# changes BASE FROM TO: the difference between the sources of two variants. Their
# commits may be of two repositories.
changes() {
	local base=$1 variant from from_objects
	variant=$2
	read_tree
	from=$TREE from_objects=$STORE/git/objects
	variant=$3
	read_tree
	GIT_ALTERNATE_OBJECT_DIRECTORIES=$from_objects store_git diff --no-color --no-ext-diff \
		--no-renames --unified=0 "$from" "$TREE" -- '*.[chS]' ||
		die "$EXIT_STORAGE" "cannot compare the trees of $2 and $3 in $STORE"
}

# read_tree -> TREE, STORE: of `base` and `variant`
read_tree() {
	TREE=
	read_recipe "$base" "$variant"
	refuse_gap "$variant" "${patches[@]}"
	find_variant_source "$base"
	variant_tree ''
	need_variant_tree
}
