#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# A run of several CPU models of one rig: every command takes its cells apart.
# The runs are made of a committed one, each record once a model.
#
# stage: quick
# order: 36
# needs: the reference run
# takes: 10 s

load common.bash

GOLDEN=$TESTS/golden/run
MODELS=$ROOT/build/unit/models_run

setup() {
	cd "$BATS_TEST_TMPDIR"
	"$MODELS" "$GOLDEN" run v6.1 bochs-intel:127 bochs-amd:0
}

# plain FILE: without what says how to make it again
plain() {
	sed -E 's/Reproduce: see .*//; s/^(Bochs|QEMU) .*//; s/rig [a-z-]+//' "$@"
}

# tables FILE...: without the line that ends the tables of a run
tables() {
	for f; do sed '/^Of 1,000 equal/,$d' "$f"; done | grep .
}

@test "compare has a table a model, each as that of a run of the model alone" {
	"$FL" compare run >all
	[ "$(grep -c '^Instructions per fault: v6.1, profile off, rig bochs-' all)" -eq 2 ]
	"$FL" compare run --rigs bochs-amd >amd
	"$FL" compare run --rigs bochs-intel >intel
	"$FL" compare run --vendors >vendors
	# but for what is said once, at the end of all
	[ "$(tables intel amd vendors | wc -l)" -gt 60 ]
	diff <(tables intel amd vendors) <(tables all)
	# the one that is the committed run's figures reads as that does
	"$FL" compare "$GOLDEN" >golden
	diff <(tables golden | plain) <(tables amd | plain)
	grep '^touch-write  *2489  *2490 ' intel
}

@test "a pattern chooses a model, and globs choose several" {
	run "$FL" compare run --select 'bochs-intel/*/*/*/touch-write'
	expect 0 "rig bochs-intel" "2489"
	lacks 'bochs-amd'
	run "$FL" compare run --select 'bochs-*/*/*/*/touch-write'
	expect 0 "rig bochs-intel" "rig bochs-amd"
	run "$FL" compare run --rigs bochs-arrow
	expect "$EXIT_UNKNOWN_NAME" "no rig in this run 'bochs-arrow'; there are: bochs-intel, bochs-amd"
}

@test "verdicts, pictures and a report say which model they are of" {
	run "$FL" compare run --verdicts
	expect 0 "bochs-intel: Against const-fields" "touch-write). bochs-amd:" \
		"v6.1, profile off, rig bochs-intel" "A/A: the same code twice differed in 0 of 8"
	run "$FL" plot run --list
	expect 0 "touch-write-v6.1-off-bochs-intel" "touch-write-v6.1-off-bochs-amd"
	"$FL" report run --out report || [ $? -eq "$EXIT_MISSING" ]
	grep -q '### v6.1, profile off, rig bochs-amd' report/report.md
	grep -q '<h3>v6.1, profile off, rig bochs-amd' report/report.html
	[ "$(jq -r '[.judgements[].rig] | unique | join(" ")' report/report.json)" = "bochs-amd bochs-intel" ]
	[ "$(jq '.benchmarks | length' report/gbench.json)" -eq 16 ]
	[ "$(jq '[.benchmarks[].name] | unique | length' report/gbench.json)" -eq 16 ]
	grep -q 'testsuite name="bochs-intel.v6.1.off"' report/junit.xml
	grep -q '^bochs-amd cpu: ryzen' report/report.txt
}

@test "a model that this program does not know is read and compared" {
	"$MODELS" "$GOLDEN" other v6.1 bochs-of-tomorrow:5 bochs-amd:0
	run "$FL" compare other
	expect 0 "rig bochs-of-tomorrow" "rig bochs-amd"
	# but what another Faultline planned cannot go on here
	run "$FL" run --resume other
	expect "$EXIT_UNKNOWN_NAME" "bochs"
}

@test "the history keeps the models apart, and knows each by its CPU" {
	export FAULTLINE_HISTORY=$PWD/h.db
	run "$FL" history add run
	expect 0 "32 points of 16 cells"
	run "$FL" history show --rigs bochs-intel --workloads touch-write --metrics instructions
	expect 0 "2489" "Bochs 2.7, corei7_haswell_4770"
	lacks '2362'
	run "$FL" history show --rigs 'bochs-*' --workloads touch-write --metrics instructions
	expect 0 "2489" "2362"
}

@test "parts of two models are one run, those of two emulators are not" {
	"$MODELS" "$GOLDEN" intel v6.1 bochs-intel:127
	"$MODELS" "$GOLDEN" amd v6.1 bochs-amd:0
	run "$FL" merge --out out intel amd
	expect 0 "32 records of 2 runs"
	diff <("$FL" compare run | plain) <("$FL" compare out/latest | plain)
	[ "$(jq -c '.plan.sections | map(.rigs)' out/latest/run.json)" = '[["bochs-intel","bochs-amd"]]' ]
	[ "$(jq -c '.rig | map_values(.cpu)' out/latest/run.json)" = \
		'{"bochs-intel":"corei7_haswell_4770","bochs-amd":"ryzen"}' ]
	sed -i 's/"2.7"/"3.0"/' amd/run.json
	run "$FL" merge --out other intel amd
	expect "$EXIT_CHANGED" "measured with other programs"
}

@test "a command of one cell asks which model" {
	"$MODELS" "$REF/attribute" attributed v6.1 bochs-intel:0 bochs-amd:0
	run "$FL" attribute attributed --summary
	expect "$EXIT_USAGE" "which --rigs? one is needed, and there are: bochs-intel, bochs-amd"
	run "$FL" attribute attributed --summary --rigs bochs-amd
	expect 0
	diff <("$FL" attribute "$REF/attribute" --summary) <(echo "$output")
	"$FL" report attributed --out report || [ $? -eq "$EXIT_MISSING" ]
	grep -q '^== Where the difference is, rig bochs-intel' report/report.txt
}

@test "--cpu chooses among the models that the rig has" {
	run "$FL" run --cpu of-tomorrow
	expect "$EXIT_UNKNOWN_NAME" "no CPU model of rig tcg 'of-tomorrow'; there are: epyc"
	run "$FL" run --rig tcg-of-tomorrow
	expect "$EXIT_UNKNOWN_NAME" "no CPU model of rig tcg 'of-tomorrow'; there are: epyc"
	run "$FL" run --rig vitro --cpu intel
	expect "$EXIT_USAGE" "rig vitro has no CPU models to choose from; these have: tcg"
	run "$FL" run --rig tcg-epyc --cpu epyc
	expect "$EXIT_USAGE" "--rig tcg-epyc names a CPU model, and so does --cpu epyc"
	run "$FL" run --split --rig tcg --cpu '*' --variants baseline
	expect 0 $'--rig\ttcg' $'--base\tv6.1'
	run "$FL" list rigs
	expect 0 "--cpu epyc" "AMD, EPYC, SVM with NPT, by default"
}

@test "AMD and Intel stand next to each other where a run has both" {
	"$MODELS" "$REF" vendors v6.1 bochs-intel:127:const-fields=-3 bochs-amd:0
	"$FL" compare vendors --vendors >table
	grep -q 'v6.1, profile off, AMD next to Intel$' table
	# the committed run's 2414, -31 and -52; a fault more, three fewer for Intel
	grep -E '^touch-write +2414 +2541 +-31 +-31 +-52 +-55$' table
	grep -E '^touch-write +\+81 +\+81 +-1 +-1 +\+1 +\+1$' table
	[ "$(awk 'length > 75' table)" = "" ]
	# it ends the tables of its base
	run "$FL" compare vendors --profiles off --workloads touch-write
	expect 0 "rig bochs-intel" "rig bochs-amd" "AMD next to Intel"
	"$FL" compare vendors --vendors --format csv >csv
	grep -q '^v6.1,off,Intel,bochs-intel,touch-write,const-fields,yes,2486,-55,-2.164502,81,' csv
	"$FL" compare vendors --vendors --format json >json
	[ "$(jq -c '.[0].vendors | map(.vendor)' json)" = '["AMD","Intel"]' ]
	"$FL" compare vendors --vendors --format markdown | grep -q 'AMD'
	"$FL" compare vendors --vendors --format html | grep -q 'AMD next to Intel'
	"$FL" report vendors --out report || [ $? -eq "$EXIT_MISSING" ]
	grep -q 'AMD next to Intel' report/report.md
	grep -q 'AMD next to Intel' report/report.html
	# what a page of docs can have of it
	run bash -c ". '$ROOT/scripts/lib/common.sh'; . '$ROOT/scripts/lib/docs.sh'; . '$ROOT/scripts/lib/run_tables.sh'
		table vendors '$PWD/vendors' v6.1; table vendors-added '$PWD/vendors' v6.1"
	expect 0 "| \`touch-write\` | 2414 | 2383 (-31) | 2362 (-52) | 2541 | 2510 (-31) | 2486 (-55) |" \
		"| touch-write | +81 | +81 | -1 | -1 | +1 | +1 |"
	# other columns do not stand below the head of the tables of cells
	[ "$("$FL" compare vendors --profiles off --format csv | grep -c ',Intel,')" -eq 0 ]
}

@test "without CPUs of two vendors there is no such table" {
	"$MODELS" "$GOLDEN" intel v6.1 bochs-intel:127 bochs-skylake:100
	run "$FL" compare intel
	expect 0 "rig bochs-skylake"
	lacks 'next to'
	run "$FL" compare intel --vendors
	expect "$EXIT_NO_DATA" "has no CPUs of two vendors; run them: faultline run --rig bochs"
	run "$FL" compare "$REF" --vendors --steps
	expect "$EXIT_USAGE" "--vendors is a table of its own"
}

@test "an alert is of one model: its functions, its acknowledgement" {
	export FAULTLINE_HISTORY=$PWD/h.db FAULTLINE_NOW=2027-06-01T00:00:00Z
	"$MODELS" "$REF/attribute" from v6.1 bochs-intel:127 bochs-amd:0
	"$ROOT/build/unit/alert_run" from night-1 night-1 2027-01-01T01:00:00Z 111111111111
	"$ROOT/build/unit/alert_run" from night-2 night-2 2027-01-02T01:00:00Z 222222222222 \
		const-fields touch-write kvm_faultin_pfn 60
	"$FL" history add night-1 night-2
	: >acks
	run "$FL" alert --acks acks
	expect "$EXIT_REGRESSION" "(rig bochs-intel)" "(rig bochs-amd)"
	[ "$(grep -c 'functions: kvm_faultin_pfn +60' <<<"$output")" -eq 2 ]
	printf '%s\n' "[bochs-intel/v6.1/const-fields/off/touch-write/instr*]" "commit = 2222" \
		"who = A. Developer" "why = the price of a check" "until = 2027-03-01" "at_most = 70" >acks
	run "$FL" alert --acks acks
	expect "$EXIT_REGRESSION" "HARD v6.1/const-fields off touch-write.instructions_over_baseline (rig bochs-amd)"
	lacks 'HARD.*bochs-intel'
}

@test "a night can be of a rig of several models, or of one of them" {
	export STUB=$PWD/stub FAULTLINE=$TESTS/stubs/faultline NIGHTLY_DIR=$PWD/nights
	export FAULTLINE_CACHE=$PWD/cache NIGHTLY_SOURCE=/bin/true NIGHTLY_MIN_FREE_MB=1 HOME=$PWD
	unset GITHUB_ACTIONS FAULTLINE_VARIANTS FAULTLINE_WORKLOADS FAULTLINE_HISTORY
	mkdir -p "$STUB" "$FAULTLINE_CACHE"
	NIGHTLY_RIGS="tcg bochs bochs-amd" NIGHTLY_BOCHS_AMD_ARGS="--workloads null" \
		run "$ROOT/scripts/nightly/run"
	expect 0 "exit code 0"
	grep -q -- '^run --rig bochs --base all --out ' "$STUB/calls"
	grep -q -- '^run --rig bochs-amd --workloads null --out ' "$STUB/calls"
}
