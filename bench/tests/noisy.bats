#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# compare on runs of rig vitro, which bench/tests/unit/vitro_run.c makes up:
# hot, a retpoline costs 37 cycles, const-fields are 24 cheaper in touch-write
# and struct-by-pointer 9 more in write-upgrade.
#
# stage: quick
# order: 15
# needs: nothing built but the programs
# takes: 5 s

load common.bash

make_run() {	# LAYOUTS WORD...: a run in $R
	R=$BATS_TEST_TMPDIR/run$RANDOM$RANDOM
	"$ROOT/build/unit/vitro_run" "$R" "$@"
}

json() {	# FILTER OPTION...: what compare says as JSON
	local filter=$1
	shift
	"$FL" compare "$R" --format json "$@" | jq -r "$filter"
}

@test "a noisy run compares as it did when it was committed" {
	make_run 14 trap
	diff <("$FL" compare "$R" -p off) "$TESTS/golden/noisy.text"
	diff <("$FL" compare "$R" --factors --variants const-fields) \
		"$TESTS/golden/noisy-factors.text"
	diff <("$FL" compare "$R" -p off --format csv) "$TESTS/golden/noisy.csv"
	diff <("$FL" compare "$R" --factors --variants const-fields --format csv) \
		"$TESTS/golden/noisy-factors.csv"
	diff <("$FL" compare "$R" --factors=shape,indirect) "$TESTS/golden/noisy-effects.text"
	diff <("$FL" compare "$R" --factors=shape,indirect --format csv) \
		"$TESTS/golden/noisy-effects.csv"
}

@test "chosen factors: what was planted by itself, and nothing together" {
	make_run 14
	e='.[0].values[] | select(.mode == "hot" and .workload == "touch-write" and .what == "effect")'
	near() {	# NAME CYCLES
		[ "$(json "$e | select(.name == \"$1\") | (.value.cycles - ($2) | fabs) <= .value.interval + 1" \
			--factors=shape,indirect,profile)" = true ]
	}
	near const-fields -24
	near "+indirect with retpoline" 36
	near "const-fields with +indirect" 0
	# what is the same code has a figure, which is said to be noise
	make_run 6 same
	run "$FL" compare "$R" --factors=shape
	expect 0 "identical     struct-by-pointer: the same code of the handler"
}

@test "text of noisy runs is at most 75 columns wide and says no instructions" {
	for words in "6 trap" "6 still" "3 big" "1 big" "1 hot" "2 hot short no-aa" "1 still trap"; do
		# shellcheck disable=SC2086
		make_run $words
		"$FL" compare "$R" >>"$BATS_TEST_TMPDIR/text"
		"$FL" compare "$R" --against const-fields >>"$BATS_TEST_TMPDIR/text"
		"$FL" compare "$R" --factors >>"$BATS_TEST_TMPDIR/text"
	done
	[ "$(wc -L <"$BATS_TEST_TMPDIR/text")" -le 75 ]
	output=$(<"$BATS_TEST_TMPDIR/text")
	lacks "Instructions per fault|cells exact"
	# but where the PMU counted them
	output=$(grep instructions "$BATS_TEST_TMPDIR/text" |
		grep -vE "neither core cycles nor|455.5 core cycles, 1378.6" || true)
	lacks .
}

@test "what was planted is inside its interval, and has its word" {
	make_run 14
	d='.[0].cells[] | select(.workload == "touch-write" and
		.variant == "const-fields") | .hot.difference'
	[ "$(json "$d | .mark" -p off)" = faster ]
	[ "$(json "$d | (.cycles + 24 | fabs) <= .interval" -p off)" = true ]
	[ "$(json "$d | .mark" -p off --against const-fields)" = null ]
	d=${d/const-fields/baseline}
	[ "$(json "$d | .mark" -p off --against const-fields)" = slower ]
	[ "$(json '.[0] | .unit + ", " + .rig' -p off)" = "TSC cycles per fault, vitro" ]
}

@test "the retpoline table: a retpoline costs 37 cycles, on the indirect way" {
	make_run 6
	e='.[0].workloads[0].shapes[0].hot'
	[ "$(json "$e.direct_saves.retpoline | (.cycles - 37 | fabs) <= .interval + 1" --factors)" = true ]
	[ "$(json "$e.profile_adds.indirect.retpoline | (.cycles - 44 | fabs) <= .interval + 1" --factors)" = true ]
	[ "$(json "$e.interaction.retpoline | (.cycles - 36 | fabs) <= .interval + 1" --factors)" = true ]
	[ "$(json '.[0].workloads[0].shapes[0].cells | length' --factors)" -eq 6 ]
	[ "$(json '.[0].unit' --factors)" = "TSC cycles per fault" ]
}

@test "one layout: figures, no interval, no word, and how to get them" {
	make_run 1
	run "$FL" compare "$R" -p off
	expect 0 "none, and no word: 1 layout: an interval needs 6 (--boots 6)" \
		"measured      6 of 6 cells, in 1 layout"
	lacks "inf|nan|[0-9] \+-|  (faster|slower)$"
	run "$FL" compare "$R" --factors
	expect 0 "an interval needs 6"
	lacks "inf|nan"
	[ "$(json '.[0].cells[0].hot.interval' -p off)" = null ]
}

@test "a mode that was not measured: no table, and the command for it" {
	make_run 3 hot
	run "$FL" compare "$R" -p off
	expect 0 "Hot: caches and predictors warm" \
		"cold          not measured: faultline run --rig vitro --base v6.1"
	lacks "^Cold"
	run "$FL" compare "$R" --factors
	expect 0 "cold          not measured"
	lacks ", cold$"
	[ "$(json '.[0].cells[0].cold.why' -p off)" = "not measured" ]
}

@test "nothing twice in the run: no word" {
	make_run 6 no-aa
	run "$FL" compare "$R" -p off
	expect 0 "no A/A, hot: no second copy of its code was measured: no word either"
	lacks "inf|nan|  (faster|slower)$"
}

@test "blocks that do not pair are said, the other layouts count" {
	make_run 3 short
	run "$FL" compare "$R" -p off
	expect 0 "layouts left out: touch-write, struct-by-pointer, hot" \
		"1 not paired: the blocks are not as many"
	d='.[0].cells[] | select(.workload == "touch-write" and
		.variant == "struct-by-pointer") | .hot.difference'
	[ "$(json "$d.layouts" -p off)" -eq 2 ]
	[ "$(json "$d.unpaired" -p off)" -eq 1 ]
}

@test "equal handlers are said to be the same code, whatever was measured" {
	make_run 6 same
	run "$FL" compare "$R" -p off
	expect 0 "  same" "struct-by-pointer has the handler code of baseline"
	[ "$(json '[.[0].cells[] | select(.variant == "struct-by-pointer") |
		.hot.difference.mark // ""] | join("")' -p off)" = "" ]
}

@test "what could not be set is said; what could be, not" {
	make_run 2
	run "$FL" compare "$R" -p off
	expect 0 "priority: not raised" "memory: not locked" "pmu: not there"
	lacks "pinned"
	make_run 2 still
	run "$FL" compare "$R" -p off
	expect 0 "by the PMU, per hot fault of baseline" "455.5 core cycles, 1378.6 instructions"
	lacks "not set"
}

@test "a run of two rigs is compared one rig at a time" {
	make_run 2 tcg
	run "$FL" compare "$R"
	expect "$EXIT_USAGE" "has records of vitro and tcg" "never compared with cycles" "--rigs"
	run "$FL" compare "$R" --rig vitro -p off
	expect 0 "TSC cycles per fault" "6 of 6 cells, in 2 layouts"
	run "$FL" compare "$R" --rig tcg -p off --variants baseline
	expect 0 "Instructions per fault"
	lacks "cycles per fault"
	run "$FL" compare "$R" --rig metal
	expect "$EXIT_UNKNOWN_NAME" "no rig in this run 'metal'; there are: vitro, tcg"
}

@test "steps want exact figures, and a noisy run says so" {
	make_run 2
	run "$FL" compare "$R" --steps
	expect "$EXIT_NO_DATA" "--steps wants exact figures: faultline run --rig tcg"
}

@test "a changed figure is no record" {
	make_run 2
	sed -i '1s/"floor_hot":24/"floor_hot":25/' "$R/records.jsonl"
	run "$FL" compare "$R" -p off
	expect "$EXIT_BAD_RECORD" "records.jsonl:1: its checksum does not match"
}
