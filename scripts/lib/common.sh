# SPDX-License-Identifier: GPL-2.0
# Shared by the scripts that build: messages, exit codes, the cache's place.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
CACHE=${FAULTLINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/faultline}

# EXIT_PATCH=10 and so on, from the one table of exit codes.
eval "$(sed -nE 's/^\s*(EXIT_[A-Z_]+)\s*=\s*([0-9]+),.*/\1=\2/p' \
	"$ROOT/bench/util/exits.h")"

die() {
	local code=$1
	shift
	echo "faultline: $*" >&2
	exit "$code"
}

# say CC path: a kbuild-style line
say() {
	printf '  %-7s %s\n' "$1" "$2" >&2
}

# conf_get FILE KEY: the value of `key = value`, empty when it is not there
conf_get() {
	sed -nE "s/^$2[[:space:]]*=[[:space:]]*(.*[^[:space:]])[[:space:]]*\$/\\1/p" \
		"$1" | tail -n 1
}

# variant_dir BASE VARIANT: where its variant.conf lies. FAULTLINE_VARIANTS
# lists further folders that are laid out like variants/.
variant_dir() {
	local top
	local IFS=:
	for top in "$ROOT/variants" ${FAULTLINE_VARIANTS-}; do
		if [ -f "$top/$1/$2/variant.conf" ]; then
			echo "$top/$1/$2"
			return 0
		fi
	done
	return 1
}

# series_of DIR: the patches of a variant in order, one path a line
series_of() {
	[ -f "$1/series" ] || return 0
	sed -E 's/[[:space:]]*(#.*)?$//; /^$/d' "$1/series" |
	while read -r p; do
		echo "$1/$p"
	done
}

sha256_of() {
	sha256sum | cut -d' ' -f1
}
