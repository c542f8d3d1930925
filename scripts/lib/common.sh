# SPDX-License-Identifier: GPL-2.0
# Shared by the scripts that build: messages, exit codes, the cache's place.
# shellcheck shell=bash disable=SC2034

ROOT=$(unset CDPATH; cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=scripts/lib/environment.sh
. "$ROOT/scripts/lib/environment.sh"
HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
CACHE=${FAULTLINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/faultline}
[[ $CACHE == /* ]] || CACHE=$PWD/$CACHE

# Where runs go, and what is made for them. An installed ROOT has the file
# `revision`, and nothing is written below it.
if [ -f "$ROOT/revision" ]; then
	RESULTS=${FAULTLINE_RESULTS:-$PWD/results} MADE=$CACHE
else
	RESULTS=${FAULTLINE_RESULTS:-$ROOT/results} MADE=$ROOT/build
fi

# EXIT_PATCH=10 and so on, from the one table of exit codes.
eval "$(sed -nE 's/^\s*(EXIT_[A-Z_]+)\s*=\s*([0-9]+),.*/\1=\2/p' \
	"$ROOT/bench/util/exits.h")"

die() {
	local code=$1
	shift
	echo "faultline: $*" >&2
	[ -z "${FAULTLINE_SAID-}" ] || echo "$*" >"$FAULTLINE_SAID"
	exit "$code"
}

# Where a pipe or a file fails to open, a script goes on with an empty text.
files=$(ulimit -n 2>/dev/null)
[ "$files" = unlimited ] || [ "${files:-0}" -ge 32 ] 2>/dev/null ||
	die "$EXIT_MISSING" "a process may open ${files:-hardly any} files here, and 32 are needed; run: ulimit -n 1024"
unset files

# own_git ARGUMENT...: git on this checkout, and on no repository around it,
# whosever it is
own_git() {
	[ -e "$ROOT/.git" ] || return 1
	git --git-dir="$ROOT/.git" --work-tree="$ROOT" -c core.fsmonitor=false "$@" 2>/dev/null
}

# own_revision: the commit that this is of, then + where files were changed, ? where
# nobody knows; of a tarball what it says itself
own_revision() {
	local revision
	revision=$(own_git rev-parse --verify HEAD) ||
		{ head -n 1 "$ROOT/source-revision" 2>/dev/null || echo unknown; return; }
	case $(own_git status --porcelain --untracked-files=no || echo "?") in
	"") echo "$revision" ;;
	"?") echo "$revision?" ;;
	*) echo "$revision+" ;;
	esac
}

# own_version: what bench/util/version.h says
own_version() {
	sed -nE "s/^#define FAULTLINE_VERSION \"(.*)\"$/\\1/p" "$ROOT/bench/util/version.h"
}

# own_files [--others] PATHSPEC...: files of this checkout as `git ls-files` has
# them, --others with those not added yet. Without git, of a tarball: those that
# are there and nothing made; a PATHSPEC is then a pattern whose * matches / too,
# or :!FOLDER.
own_files() {
	local others=() f spec keep
	[ "$1" != --others ] || { shift; others=(-co --exclude-standard); }
	if [ -e "$ROOT/.git" ]; then
		own_git ls-files "${others[@]}" -- "$@"
		return
	fi
	(cd "$ROOT" && find . \( -path ./build -o -path "./results/*" ! -path ./results/README.md \
		! -path "./results/reference*" \) -prune -o -type f -printf "%P\n") | LC_ALL=C sort |
		while IFS= read -r f; do
			keep=
			for spec in "$@"; do
				# shellcheck disable=SC2053	# a pattern
				case $spec in
				":!"*) [[ $f != "${spec#:!}"/* ]] || keep= ;;
				*) [[ $f != $spec ]] || keep=1 ;;
				esac
			done
			[ -z "$keep" ] || echo "$f"
		done
}

# no_room: whether the cache's disk is full. What failed of it often could not
# write that either.
no_room() {
	local probe=$CACHE/.room.$$ status=1
	head -c 1048576 /dev/zero >"$probe" 2>/dev/null || status=0
	rm -f "$probe"
	return "$status"
}

# say CC path: a kbuild-style line
say() {
	printf '  %-7s %s\n' "$1" "$2" >&2
}

# conf_get FILE KEY: the value of `key = value` before the first stanza, empty
# when it is not there
conf_get() {
	sed -nE "/^\\[/q; s/^$2[[:space:]]*=[[:space:]]*(.*[^[:space:]])[[:space:]]*\$/\\1/p" \
		"$1" | tail -n 1
}

# value FILE KEY: of a .conf file without stanzas, indented lines and all
value() {
	awk -v key="$2" '
	/^\[/ { exit }
	$0 ~ "^" key "[ \t]*=" { sub(/^[^=]*=[ \t]*/, ""); text = $0; on = 1; next }
	on && /^[ \t]+[^ \t]/ { sub(/^[ \t]+/, ""); text = text " " $0; next }
	{ on = 0 }
	END { print text }' "$1"
}

# base_dir BASE: the folder of its base.conf, as bench/record/catalog.c looks for
# it; where there is none, the place of the checkout's own.
base_dir() {
	local top tops
	IFS=: read -ra tops <<<"${FAULTLINE_BASES-}"
	for top in "$ROOT/variants" "${tops[@]}" "$CACHE/bases"; do
		[ -n "$top" ] && [ -f "$top/$1/base.conf" ] && echo "$top/$1" && return
	done
	echo "$ROOT/variants/$1"
}

# read_recipe BASE VARIANT [PROFILE] -> patches, overlays, config, and of a commit
# tree_id and repository: what faultline's catalog knows of them. It dies with the
# catalog's words.
read_recipe() {
	local recipe faultline=${FAULTLINE:-$ROOT/build/faultline}
	[ -x "$faultline" ] || die "$EXIT_MISSING" "$faultline is missing; run: make"
	recipe=$(FAULTLINE_ROOT=$ROOT "$faultline" recipe "$@") || exit
	tree_id=$(sed -n 's/^tree //p' <<<"$recipe")
	repository=$(sed -n 's/^repository //p' <<<"$recipe")
	mapfile -t patches < <(sed -n 's/^patch //p' <<<"$recipe")
	mapfile -t overlays < <(sed -n 's/^overlay //p' <<<"$recipe")
	mapfile -t config < <(sed -n 's/^config //p' <<<"$recipe")
}

# worth_printing CODE: whether a run that ended so has records to print. Invalid
# ones (codes 20 to 29) do not keep the others from being printed; the exit code
# is still the run's.
worth_printing() {
	[ "$1" -eq 0 ] ||
		{ [ "$1" -ge "$EXIT_PANIC" ] && [ "$1" -lt "$EXIT_BAD_RECORD" ]; }
}

sha256_of() {
	sha256sum | cut -d' ' -f1
}
