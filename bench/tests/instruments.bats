#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Two instruments next to each other: the committed runs of QEMU and of Bochs's
# AMD, in which the counting rules explain every instruction, and copies of them
# in which they do not.
#
# stage: quick
# order: 37
# needs: the reference runs
# takes: 20 s

load common.bash

TCG=$REF/instruments/tcg
BOCHS=$REF/instruments/bochs-amd

@test "the rules explain every difference of every workload and shape" {
	run "$FL" instruments "$TCG" "$BOCHS" --format json
	expect 0
	for w in null exit touch-read touch-write touch-random touch-exec \
		write-upgrade huge-2m mmio refault legacy-touch legacy-upgrade \
		shadow-touch above-4g; do
		jq -e --arg w $w '[.[].rows[] | select(.workload == $w)] | length == 3 and
			all(.explained and .left == 0 and (.missing | not))' <<<"$output" >/dev/null ||
			{ echo "$w"; return 1; }
	done
	jq -e '.[0] | .cells == 42 and .cells_explained == 42' <<<"$output"
}

@test "each cell adds up: the one, the rules, the other" {
	run "$FL" instruments "$TCG" "$BOCHS" --format csv
	expect 0
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
		{ n++; sum = $col["instructions_first"]
		  for (i = col["rep"]; i < col["left"]; i++) sum += $i
		  if (sum != $col["instructions_second"]) { print; bad = 1 } }
		END { exit bad || n != 42 }' <<<"$output"
}

# A rule that is left out leaves what it explains, where it explains something.
@test "without a rule it is red: each of the three is needed" {
	for rule in rep:mmio exit:touch-write next-rip:exit; do
		run "$FL" instruments "$TCG" "$BOCHS" --without ${rule%:*}
		expect "$EXIT_DISAGREE" DISAGREE "NOT EXPLAINED: ${rule#*:}, const-fields"
	done
	run "$FL" instruments "$TCG" "$BOCHS" --without next-rip -w touch-write
	expect 0 "the rules explain all of the difference in 3 of 3 cells"
	run "$FL" instruments "$TCG" "$BOCHS" --without nothing
	expect "$EXIT_USAGE" "no rule 'nothing'; there are: rep, exit, next-rip"
}

# Of one instruction of a fault that both execute, Bochs's path loses one.
@test "one instruction less in one of them is named with its function" {
	copy_plain "$BOCHS" "$BATS_TEST_TMPDIR/b"
	f=$BATS_TEST_TMPDIR/b/attribution/v6.1.baseline.off.touch-write.1.bochs-amd.json.xz
	xz -dc "$f" | jq -c '.classes[0] |= ((.trace.functions | index("kvm_mmu_page_fault")) as $f |
		(.trace.in | index($f)) as $n | .figures.instructions -= 1 |
		.trace.steps |= sub("(?<a>[0-9]+)-(?<b>[0-9]+) "; "\(.a | tonumber + 1)-\(.b) "))' |
		xz >"$f.new"
	mv "$f.new" "$f"
	run "$FL" instruments "$TCG" "$BATS_TEST_TMPDIR/b" -w touch-write -v baseline
	expect "$EXIT_DISAGREE" "NOT EXPLAINED: touch-write, baseline" "tcg 1, bochs-amd 0" \
		"DISAGREE      in 1 of 1 cells"
}

@test "without a path there is no explanation, but what is missing" {
	copy_plain "$BOCHS" "$BATS_TEST_TMPDIR/b"
	rm "$BATS_TEST_TMPDIR"/b/attribution/*.mmio.*
	run "$FL" instruments "$TCG" "$BATS_TEST_TMPDIR/b" -w mmio,exit -v baseline
	expect 0 "bochs-amd is not attributed: faultline run --attribute --rig bochs-amd" \
		"in 1 of 1 cells" "unknown       1 of 2 cells"
	[[ $output =~ mmio\ +5910\ +\?.*\?$'\n' ]]
	run "$FL" instruments "$TCG"
	expect "$EXIT_NO_DATA" "no cell is in two exact instruments" "there is tcg" "--rig bochs"
	run "$FL" instruments "$TCG" "$BOCHS" -w nobody
	expect "$EXIT_NO_DATA" "no cell is in two"
}

@test "of Intel's CPU the handler alone is compared, and what is not checked is said" {
	run "$FL" instruments "$TCG" "$REF/attribute-bochs" -v baseline
	expect 0 "make_spte +81 (touch-write)" "in 4 of 4 cells" "not checked   vendor is the whole"
	run "$FL" instruments "$TCG" "$BOCHS" -v baseline -w touch-write
	lacks 'not checked'
}

@test "a report says in how many cells the second instrument agrees" {
	"$FL" report "$TCG" --second "$BOCHS" --out "$BATS_TEST_TMPDIR/r" >/dev/null
	grep -A1 '^two methods   bochs-amd agrees with tcg in 42 of 42 cells' "$BATS_TEST_TMPDIR/r/report.txt"
	"$FL" report "$TCG" --out "$BATS_TEST_TMPDIR/s" >/dev/null
	run cat "$BATS_TEST_TMPDIR/s/report.txt"
	lacks 'agrees with'
}

@test "the table is no wider than a mail" {
	run "$FL" instruments "$TCG" "$BOCHS"
	expect 0 "next-rip, where the paths part" "skip_emulated_instruction"
	awk 'length > 75 { bad = 1; print } END { exit bad }' <<<"$output"
}

@test "rows stand in the plan's order, whichever boot ended first" {
	copy_plain "$TCG" "$BATS_TEST_TMPDIR/t"
	tac "$BATS_TEST_TMPDIR/t/records.jsonl" >"$BATS_TEST_TMPDIR/r"
	mv "$BATS_TEST_TMPDIR/r" "$BATS_TEST_TMPDIR/t/records.jsonl"
	"$FL" instruments "$TCG" "$BOCHS" >"$BATS_TEST_TMPDIR/one"
	"$FL" instruments "$BATS_TEST_TMPDIR/t" "$BOCHS" >"$BATS_TEST_TMPDIR/other"
	cmp "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/other"
	[ "$(grep -cE '^(baseline|struct-by-pointer|const-fields)$' "$BATS_TEST_TMPDIR/one")" -eq 3 ]
}
