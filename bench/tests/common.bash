# SPDX-License-Identifier: GPL-2.0
# What the bats files share.
# shellcheck shell=bash disable=SC2154

TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$TESTS/../.." && pwd)
FL=$ROOT/build/faultline

# Variants and workloads that exist for the tests only.
export FAULTLINE_VARIANTS=$TESTS/variants
export FAULTLINE_WORKLOADS=$TESTS/workloads.conf

# EXIT_PANIC=20 and so on
eval "$(sed -nE 's/^\s*(EXIT_[A-Z_]+)\s*=\s*([0-9]+),.*/\1=\2/p' \
	"$ROOT/bench/util/exits.h")"

# The committed runs; they are packed, so read their records with records_of.
# shellcheck disable=SC2034
REF=$ROOT/results/reference
# To add them, no clock may be older than they are.
[ "$(date -u +%F)" \> 2026-12-01 ] || export FAULTLINE_NOW=2026-12-01T00:00:00Z
# shellcheck source=scripts/lib/records.sh
. "$ROOT/scripts/lib/records.sh"

# split_attributions RUN: a packed run's, each in a file of its own again
split_attributions() {
	mkdir -p "$1/attribution"
	xz -dc "$1/attribution.jsonl.xz" | awk -F'"' -v to="$1/attribution" '{
		file = to "/" $4 ".json"
		print substr($0, index($0, ",\"attribution\":") + 15, length($0) - index($0, ",\"attribution\":") - 15) >file
		close(file)
	}'
	xz -0 "$1/attribution/"*.json
	rm "$1/attribution.jsonl.xz"
}

# copy_plain RUN TO: a copy to be changed, not packed
copy_plain() {
	cp -r "$1" "$2"
	chmod -R u+w "$2"
	[ ! -f "$2/records.jsonl.xz" ] || xz -d "$2/records.jsonl.xz"
	[ ! -f "$2/attribution.jsonl.xz" ] || split_attributions "$2"
}

# expect CODE TEXT...: what `run` left in $status and $output
expect() {
	local code=$1 text
	shift
	if [ "$status" -ne "$code" ]; then
		echo "exit code $status, not $code; output: $output"
		return 1
	fi
	for text in "$@"; do
		case $output in
		*"$text"*) ;;
		*)
			echo "no '$text' in: $output"
			return 1
			;;
		esac
	done
}

# lacks PATTERN: $output has no such line, of grep -E
lacks() {
	if grep -nE "$1" <<<"$output"; then
		echo "'$1' is in the output"
		return 1
	fi
}

# The handler's real workloads, and all of them.
ALL=null,exit,touch-read,touch-write,touch-random,touch-exec,write-upgrade
ALL=$ALL,huge-2m,mmio,refault,shadow-touch,above-4g
