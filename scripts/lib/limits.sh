# SPDX-License-Identifier: GPL-2.0
# Figures next to their limits, as scripts/perf and its parts print them.
# shellcheck shell=bash

over=0		# 1 when a figure is past its limit
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# calc EXPRESSION: awk's value of it
calc() { awk "BEGIN { printf \"%.6f\", $1 }"; }

# row WHAT FIGURE UNIT LIMIT [least]: one line; the limit is the most that the
# figure may be, or the least
row() {
	local verdict=ok
	if awk -v v="$2" -v limit="$4" -v least="${5:+1}" \
		'BEGIN { exit !(least ? v + 0 < limit + 0 : v + 0 > limit + 0) }'; then
		verdict=OVER
		over=1
	fi
	printf '%-44s %9.2f %-4s limit %6g %-4s %s\n' "$1" "$2" "$3" "$4" "$3" "$verdict"
}

# note WHAT FIGURE UNIT: a figure without a limit
note() { printf '%-44s %9.2f %s\n' "$@"; }

# seconds COMMAND...: wall time of a command that must succeed
seconds() {
	local t0 t1
	t0=$(date +%s.%N)
	"$@" >"$out/log" 2>&1 || { cat "$out/log" >&2; die "$EXIT_INTERNAL" "$* failed"; }
	t1=$(date +%s.%N)
	calc "$t1 - $t0"
}
