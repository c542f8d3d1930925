#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Verdicts of the committed runs, each with its reason.

load common.bash

@test "exact verdicts of the reference run are its table's differences" {
	R=$ROOT/results/reference
	run "$FL" compare "$R" --verdicts -b v6.1 -p off -v const-fields
	expect 0 "touch-write, const-fields: faster: -52 instructions a fault (-2.15 %)," \
		"write-upgrade, const-fields: slower: +20 instructions a fault (+1.48 %)," \
		"null, const-fields: no difference: not one instruction, exact in 2 boots" \
		"Against baseline on v6.1, profile off: struct-by-pointer is faster in"
	# As many faster and slower as the table has rows below and above 0.
	read -r slower faster < <("$FL" compare "$R" -b v6.1 -p off --format json |
		jq -r '[.[0].cells[] | select(.variant == "const-fields") |
			.difference.typical // 0] |
			"\(map(select(. > 0)) | length) \(map(select(. < 0)) | length)"')
	[[ $output == *"$slower slower, $faster faster, "* ]] || { echo "$slower $faster"; echo "$output"; return 1; }
	[ "$((slower + faster))" -gt 8 ]
	[ "$(awk '{ if (length > n) n = length } END { print n }' <<<"$output")" -le 75 ]
}

@test "noisy verdicts say interval, p and layouts, and what A/A differed by" {
	run "$FL" compare "$ROOT/results/reference/vitro" --verdicts -b v6.1 -p off
	expect 0 "touch-write, struct-by-pointer: slower: +" "(Holm) in 24 layouts" \
		"no difference shown" "A/A: the same code twice differed in "
}

@test "verdicts are a table of their own" {
	run "$FL" compare "$ROOT/results/reference" --verdicts --factors
	expect "$EXIT_USAGE" "--verdicts is a table of its own"
	run "$FL" compare "$ROOT/results/reference" --verdicts --format json
	expect "$EXIT_USAGE" "--verdicts is a table of its own"
}
