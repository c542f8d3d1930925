#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Perturbed boots: what exact rests on. Figures that hold over link layouts, ticks
# and pages, and one planted that does not.
#
# stage: boot
# order: 35
# needs: kernels of v6.1; boots
# takes: 1 min
# kernels: v6.1 off baseline const-fields nop place

load common.bash

WORKLOADS=null,exit,touch-write,mmio,shadow-touch

setup_file() {
	load common.bash
	export OUT=$BATS_FILE_TMPDIR/results
	"$FL" run --variants baseline,const-fields,nop,place --workloads $WORKLOADS \
		--boots 3 --out "$OUT" >"$BATS_FILE_TMPDIR/said" 2>&1 ||
		{ cat "$BATS_FILE_TMPDIR/said"; return 1; }
	export RECORDS=$OUT/latest/records.jsonl
	"$FL" compare "$OUT/latest" --against const-fields --format json >"$BATS_FILE_TMPDIR/json"
}

# cells VARIANT WORKLOAD FILTER: jq's, of a cell of the comparison
cells() {
	jq -c --arg v "$1" --arg w "$2" '.[0].cells[] | select(.variant == $v and
		.workload == $w) | '"$3" "$BATS_FILE_TMPDIR/json"
}

@test "boots of a cell differ in the kernel's layout and not in the handler" {
	jq -se 'group_by([.variant, .workload]) | all(
		(map(.vmlinux_sha256) | unique | length) == 3 and
		(map(.handler_sha256) | unique | length) == 1 and
		(sort_by(.boot) | map(.perturb.text)) == [null, 1, 2] and
		(sort_by(.boot) | map(.perturb.seed)) == [null, 1, 2])' "$RECORDS"
	# the same for all cells of one boot
	[ "$(jq -c 'select(.boot == 2) | .perturb' "$RECORDS" | sort -u | wc -l)" -eq 1 ]
	jq -e '.plan.perturb and all(.kernels[]; (.layout1_sha256 | length) == 64)' \
		"$OUT/latest/run.json"
}

@test "three layouts of the baseline are equal, and one nop is one instruction" {
	local w
	for w in ${WORKLOADS//,/ }; do
		[ "$(cells baseline "$w" .exact)" = true ]
		[ "$(cells nop "$w" .exact)" = true ]
		case $w in
		null | exit) [ "$(cells nop "$w" .difference.typical)" = 0 ] ;;
		*) [ "$(cells nop "$w" '.difference | .typical == 1 and .mean == 1')" = true ] ;;
		esac
	done
	jq -e '.[0].aa | .layouts == 3 and .pairs == 10 and .held == 10 and
		.typical_range == [0, 0] and .trimmed_range == [0, 0] and
		(.bit_equal < 10) and .mean_range[0] < .mean_range[1]' "$BATS_FILE_TMPDIR/json"
}

@test "a cost that depends on the handler's address loses exact" {
	local w
	for w in touch-write mmio; do
		[ "$(cells place "$w" .exact)" = false ] || { echo "$w"; return 1; }
	done
	for w in null exit; do		# takes no fault
		[ "$(cells place "$w" .exact)" = true ] || { echo "$w"; return 1; }
	done
	run "$FL" compare "$OUT/latest"
	expect 0 "not exact: touch-write, place" "it does not hold over the layouts" \
		"over 3 layouts: a difference within it has no word" \
		"same figures in 10 of 10 pairs"
	# every boot of one layout is equal to the bit: replays do not show it
	"$FL" run --variants place --workloads touch-write --no-perturb \
		--out "$BATS_TEST_TMPDIR/r"
	run "$FL" compare "$BATS_TEST_TMPDIR/r/latest" --against place
	expect 0 "1 of 1 cells: replayed, one layout"
}

@test "one nop in a layout-dependent handler has no word" {
	run "$FL" compare "$OUT/latest" --against place --verdicts
	expect 0 "touch-write, nop: " "layouts are" "apart"
	lacks "touch-write, nop: .*exact over"
}

@test "a run goes on with the same seeds, and not with another layout" {
	local r=$BATS_TEST_TMPDIR/r n
	cp -r "$OUT" "$r"
	r=$r/$(basename "$(readlink -f "$OUT/latest")")
	sed -i '$d' "$r/records.jsonl"
	run "$FL" run --resume "$r"
	expect 0 "60 records, 60 valid"
	n=$(jq -c '[.variant, .workload, .boot, .perturb, .vmlinux_sha256, .hist]' \
		"$r/records.jsonl" | sort | sha256sum)
	[ "$n" = "$(jq -c '[.variant, .workload, .boot, .perturb, .vmlinux_sha256, .hist]' \
		"$RECORDS" | sort | sha256sum)" ]
	sed -i -E '0,/("layout1_sha256": ")./s//\1x/' "$r/run.json"
	sed -i '$d' "$r/records.jsonl"
	run "$FL" run --resume "$r"
	expect "$EXIT_CHANGED" "measured another kernel of"
}

@test "what cannot be perturbed says so" {
	run "$FL" run --perturb --attribute --workloads null --out "$BATS_TEST_TMPDIR/r"
	expect "$EXIT_USAGE" "--perturb cannot be used with --attribute"
	run "$FL" run --perturb --rig vitro --workloads touch-write --out "$BATS_TEST_TMPDIR/r"
	expect "$EXIT_USAGE" "--perturb is of rigs that can vary a boot"
}
