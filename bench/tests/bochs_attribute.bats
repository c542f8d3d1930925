#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Attribution under rig bochs, of both vendors' CPUs: it sums, it agrees with the
# guest's clock, it changes nothing, and a trace that lacks a line is refused. One
# run serves all tests of this file.
#
# stage: boot
# order: 21
# needs: kernels of v6.1; boots; bochs, else skipped
# takes: 1 min
# kernels: v6.1 off const-fields nop

load common.bash
load bochs.bash

WORKLOAD=touch-few
RIGS="bochs-intel bochs-amd"

setup_file() {
	load common.bash
	load bochs.bash
	has_bochs || return 0
	export OUT=$BATS_FILE_TMPDIR/results
	"$FL" run --rig bochs --attribute --boots 1 --base v6.1 -p off --out "$OUT" \
		--workloads $WORKLOAD --variants const-fields,nop >"$BATS_FILE_TMPDIR/said" 2>&1 ||
		{ cat "$BATS_FILE_TMPDIR/said"; return 1; }
	export RUN=$OUT/latest
}

all() { zcat "$RUN"/attribution/*.json.gz | jq -s "$1"; }

@test "under Bochs every total is the sum of its functions, and nothing is unexplained" {
	needs_bochs
	[ "$(all length)" -eq 4 ]
	[ "$(all '[.[].classes[] | select((.functions | map(.[1]) | add)
		!= .figures.instructions)] | length')" -eq 0 ]
	[ "$(all 'map(.odd + .untold) | add')" -eq 0 ]
	[ "$(all 'map([.classes[].faults] | add == 64) | all')" = true ]
	[ "$(all 'map(.classes[0].class) | unique == ["ept store, fixed", "npf store, fixed"]')" = true ]
}

@test "the trace counts what the guest's clock says, of both vendors' guests" {
	needs_bochs
	[ "$(all 'map(.agrees) | all')" = true ]
	[ "$(all 'map([.samples[][1]] | add) | all(. == 64)')" = true ]
}

@test "one nop planted in the handler is in its function and in no other" {
	needs_bochs
	for r in $RIGS; do
		run "$FL" attribute "$RUN" --rigs "$r" --variants const-fields,nop \
			--against const-fields --format json
		expect 0
		[ "$(jq -c '.[0].differences' <<<"$output")" = \
			'[{"function":"kvm_mmu_page_fault","difference":{"nop":1}}]' ] ||
			{ jq -c '.[0].differences' <<<"$output"; return 1; }
	done
}

@test "the trace changes nothing: the same run without it" {
	needs_bochs
	figures() { jq -c '[.rig, .variant, .total, .hist, .stats, .irqs]' "$1/records.jsonl" | sort; }
	"$FL" run --rig bochs --boots 1 --base v6.1 -p off --out "$BATS_TEST_TMPDIR/plain" \
		--workloads $WORKLOAD --variants nop >/dev/null 2>&1
	figures "$BATS_TEST_TMPDIR/plain/latest" >"$BATS_TEST_TMPDIR/a"
	figures "$RUN" | grep '"nop"' >"$BATS_TEST_TMPDIR/b"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/a")" -eq 2 ]
	cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
}

@test "a line that the trace lacks makes its record invalid" {
	needs_bochs
	cat >"$BATS_TEST_TMPDIR/bochs" <<-SH
		#!/bin/bash
		[ "\$*" != --help ] || exec $REAL --help
		$REAL "\$@" | awk '/^\(0\)\.\[.* 0010:ffffffff/ && ++n == 5000 { next } { print }'
		exit "\${PIPESTATUS[0]}"
	SH
	chmod +x "$BATS_TEST_TMPDIR/bochs"
	FAULTLINE_BOCHS=$BATS_TEST_TMPDIR/bochs run "$FL" run --rig bochs-intel --attribute \
		--boots 1 --base v6.1 -p off --out "$BATS_TEST_TMPDIR/r" \
		--workloads $WORKLOAD --variants const-fields
	why=$(jq -r '.outcome + ": " + .why' "$BATS_TEST_TMPDIR/r/latest/records.jsonl")
	[[ $why =~ ^rig:\ attribution:\ .*\ lacks\ [1-9][0-9]*\ instructions\ that\ were\ executed$ ]] ||
		{ echo "$why"; return 1; }
}
