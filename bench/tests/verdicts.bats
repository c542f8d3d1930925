#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Verdicts of the committed runs, each with its reason.
#
# stage: quick
# order: 20
# needs: the reference run
# takes: 5 s

load common.bash

# One line, as it was before it was wrapped.
unwrap() {
	output=$(tr -s ' \n' ' ' <<<"$output")
}

@test "exact verdicts of the reference run are its table's differences" {
	R=$REF
	run "$FL" compare "$R" --verdicts -b v6.1 -p off -v const-fields
	lines=$output
	unwrap
	expect 0 "touch-write, const-fields: fewer: -52 instructions per fault (-2.15 %)," \
		"write-upgrade, const-fields: more: +20 instructions per fault (+1.48 %)," \
		"null, const-fields: no difference: not one instruction, exact over 2 layouts" \
		"Against baseline on v6.1, profile off: struct-by-pointer executes fewer"
	# As many more and fewer as the table has rows below and above 0.
	read -r more fewer < <("$FL" compare "$R" -b v6.1 -p off --format json |
		jq -r '[.[0].cells[] | select(.variant == "const-fields") |
			.difference.typical // 0] |
			"\(map(select(. > 0)) | length) \(map(select(. < 0)) | length)"')
	[[ $output == *"instructions: more in $more, fewer in $fewer, "* ]] || { echo "$more $fewer"; echo "$output"; return 1; }
	[ "$((more + fewer))" -gt 8 ]
	[ "$(awk '{ if (length > n) n = length } END { print n }' <<<"$lines")" -le 75 ]
}

@test "noisy verdicts say both intervals and layouts, and what A/A differed by" {
	run "$FL" compare "$REF/vitro" --verdicts -b v6.1 -p retpoline
	unwrap
	expect 0 "touch-write hot, struct-by-pointer: slower: +" \
		"95 % interval +" " comparisons, 24 layouts" \
		"no difference shown" "A/A: the same code twice differed in "
}

@test "verdicts are a table of their own" {
	run "$FL" compare "$REF" --verdicts --factors
	expect "$EXIT_USAGE" "--verdicts is a table of its own"
	run "$FL" compare "$REF" --verdicts --format json
	expect "$EXIT_USAGE" "--verdicts is a table of its own"
}

@test "a reference that a part of the run lacks: the other parts have verdicts" {
	R=$REF
	run "$FL" compare "$R" --verdicts -b v5.10 -p off --against struct-by-pointer@3
	expect 0 "Against struct-by-pointer@3 on v5.10, profile off: baseline executes fewer"
	run "$FL" compare "$R" --verdicts -b v6.1 -p off --against struct-by-pointer@3
	unwrap
	expect 0 "null, baseline, struct-by-pointer, const-fields, baseline+indirect," \
		"no verdict: the run has no struct-by-pointer@3 of v6.1, profile off" \
		"instructions: more in 0, fewer in 0, no difference in 0, "
	run "$FL" compare "$R" --verdicts --against nobody
	expect "$EXIT_UNKNOWN_NAME" "no variant in this run 'nobody'"
}

@test "few layouts have no verdict, and are told how many would do" {
	"$ROOT/build/unit/vitro_run" "$BATS_TEST_TMPDIR/three" 3
	run "$FL" compare "$BATS_TEST_TMPDIR/three" --verdicts -p off
	unwrap
	expect 0 "touch-write cold, struct-by-pointer, const-fields," \
		"no verdict: 3 layouts cannot reach p < 0.05 with" \
		"0 slower, 0 faster, 0 no difference, "
	"$ROOT/build/unit/vitro_run" "$BATS_TEST_TMPDIR/one" 1
	run "$FL" compare "$BATS_TEST_TMPDIR/one" --verdicts -p off
	unwrap
	expect 0 "no verdict: 1 layout cannot reach p < 0.05 with"
	[[ ! $output =~ (nan|inf)[^a-z] ]]
}

@test "a plan that names a base without profiles is no crash" {
	R=$BATS_TEST_TMPDIR/run
	mkdir "$R"
	jq -c '.plan.sections = [{base: "v6.1", variants: ["baseline"],
		profiles: [], workloads: ["null"]}]' \
		"$REF/run.json" >"$R/run.json"
	records_of "$REF" | grep '"base":"v5.10"' |
		head -n 60 >"$R/records.jsonl"
	run "$FL" compare "$R" --verdicts
	expect 0 "on v5.10, profile off"
}

@test "verdicts are at most 75 columns wide, and each cell is in one line" {
	for r in "$REF" "$REF/vitro"; do
		"$FL" compare "$r" --verdicts >"$BATS_TEST_TMPDIR/text"
		[ "$(wc -L <"$BATS_TEST_TMPDIR/text")" -le 75 ]
	done
	# Every workload and 2 variants, of which some share a line.
	rows=$("$FL" compare "$REF" -b v6.12 -p distro --format csv |
		awk -F, 'NR > 1 { print $4 }' | sort -u | wc -l)
	[ "$rows" -gt 10 ]
	"$FL" compare "$REF" --verdicts -b v6.12 -p distro \
		>"$BATS_TEST_TMPDIR/text"
	for variant in struct-by-pointer const-fields; do
		[ "$(sed '1,/^v6.12, profile/d' "$BATS_TEST_TMPDIR/text" | tr -s ' \n' ' ' |
			grep -oE "[a-z0-9-]+, (struct-by-pointer, )?$variant[,:]" |
			wc -l)" -eq "$rows" ]
	done
}

@test "a table says which counters its base lacks, and which were checked" {
	run "$FL" compare "$REF" --bases v5.10 -p off
	expect 0 "v5.10 has no pf_taken, pf_fast, pf_emulate, pf_spurious" \
		"checked: pf_fixed"
	run "$FL" compare "$REF" --bases v6.1 -p off
	expect 0 "KVM counted what the guest provoked"
	[[ $output != *" has no pf_"* ]]
}
