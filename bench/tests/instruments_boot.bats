#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Real boots of two instruments: what they count of the same kernels is
# explained, and one instruction planted in the handler (nop is const-fields and
# one) is one in both.
#
# stage: boot
# order: 82
# needs: kernels of v6.1; bochs
# takes: 60 s
# kernels: v6.1 off const-fields nop

load common.bash
load bochs.bash

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	has_bochs || return 0
	for rig in tcg bochs-amd; do
		"$FL" run --rig $rig --attribute --boots 1 --bases v6.1 --profiles off \
			--variants const-fields,nop --workloads exit,touch-write --out $rig >/dev/null 2>$rig.log ||
			{ cat $rig.log >&2; return 1; }
	done
}

setup() {
	needs_bochs
	cd "$BATS_FILE_TMPDIR"
}

@test "booted here and now, every difference is explained" {
	run "$FL" instruments tcg/latest bochs-amd/latest
	expect 0 "the rules explain all of the difference in 4 of 4 cells" "next-rip"
}

@test "one nop in the handler is one instruction in both, and none in an exit" {
	"$FL" instruments tcg/latest bochs-amd/latest --format json >json
	jq -e '[.[].rows[]] | map({ key: "\(.variant) \(.workload)",
		value: [.instructions_first, .instructions_second] }) | from_entries |
		([range(2) as $i | .["nop touch-write"][$i] - .["const-fields touch-write"][$i]] == [1, 1]) and
		([range(2) as $i | .["nop exit"][$i] - .["const-fields exit"][$i]] == [0, 0])' json
}
