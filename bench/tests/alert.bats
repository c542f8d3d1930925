#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Alerts on the command line: a planted slow variant from two nights to a hard
# alert and its ack; a base that moved, another QEMU, a tick, a mode that jumps;
# every output, and what cannot be judged.
#
# stage: quick
# order: 40
# needs: the reference run
# takes: 15 s

load common.bash

NIGHT=$ROOT/build/unit/alert_run
FILL=$ROOT/build/unit/history_fill
SQL=$ROOT/build/unit/history_sql
FROM=$REF/attribute
OLD=1111111111111111111111111111111111111111
NEW=2222222222222222222222222222222222222222

setup() {
	DB=$BATS_TEST_TMPDIR/h.db
	ACKS=$BATS_TEST_TMPDIR/acks.conf
	: >"$ACKS"
	export FAULTLINE_HISTORY=$DB FAULTLINE_NOW=2027-06-01T00:00:00Z
}

# night N REVISION [PLANT...], see bench/tests/unit/alert_run.c
night() {
	local n=$1 revision=$2
	shift 2
	"$NIGHT" "$FROM" "$BATS_TEST_TMPDIR/night-$n" "night-$n" \
		"2027-01-0${n}T01:00:00Z" "$revision" "$@"
	"$FL" history add "$BATS_TEST_TMPDIR/night-$n"
}

# later DAY [PLANT...]
later() {
	local day=$1
	shift
	"$NIGHT" "$FROM" "$BATS_TEST_TMPDIR/night-$day" "night-$day" \
		"${day}T01:00:00Z" $OLD "$@"
	"$FL" history add "$BATS_TEST_TMPDIR/night-$day"
}

slow() {
	night 1 $OLD
	night 2 $NEW const-fields touch-write kvm_faultin_pfn 60
}

alert() {
	run "$FL" alert --acks "$ACKS" "$@"
}

# expect, of the text with its lines joined
said() {
	output=$(tr -s '\n ' ' ' <<<"$output")
	expect "$@"
}

# ack UNTIL [LINE...]: of what slow() plants
ack() {
	{
		echo "[tcg/v6.1/const-fields/off/touch-write/instr*]"
		printf '%s\n' "commit = 3333" "who = A. Developer" \
			"why = the price of a check" "until = $1" "${@:2}"
	} >"$ACKS"
}

@test "a slow variant: a hard alert names workload, function, commits and run" {
	slow
	alert
	expect "$EXIT_REGRESSION" \
		"[faultline] +2.5% instructions per fault: v6.1/const-fields touch-write" \
		"cycles per fault: not measured" \
		"    1 worse beyond the hard limit, 0 beyond the soft one" \
		"HARD v6.1/const-fields off touch-write.instructions_over_baseline (rig tcg)" \
		"+2.49 % of the baseline's 2414: -52 -> +8 instructions per fault over" \
		"(2362 -> 2422)" \
		"since run night-2, not yet in night-1" "111111111111..222222222222" \
		"the variant's code changed, the baseline's" "functions: kvm_faultin_pfn +60"
	# the figure got as much worse, and is not told a second time
	expect "$EXIT_REGRESSION" "    1 as the base, or the difference to it, says already"
	# the mean over all faults has no alert
	if grep -q instructions_mean <<<"$output"; then false; fi
	if grep -nE '^.{76}' <<<"$output"; then return 1; fi
}

# The cells of a base, its variants and the workloads of the committed run.
@test "a kernel that moves base and variants alike is one item, and no variant's" {
	night 1 $OLD
	night 2 $OLD release=6.1.194 '*' '*' kvm_faultin_pfn 20
	alert --json "$BATS_TEST_TMPDIR/a.json"
	said "$EXIT_BASE_MOVED" "base v6.1 moved in 4 workloads, its variants with it" \
		" 0 worse beyond the hard limit, 0 beyond the soft one" \
		" 1 base that moved" "BASE v6.1/baseline off" \
		"the base moved by +20 in 4 workloads, 2 variants with it" \
		"kernel 6.1.192 -> 6.1.194" "functions: kvm_faultin_pfn +20"
	jq -e '[.items[] | select(.covered | not)] | length == 1 and .[0].moved ==
		{"workloads": 4, "profiles": 1, "variants": 2, "least": 20, "most": 20}' "$BATS_TEST_TMPDIR/a.json"
	# what is asked for is judged with its baseline all the same
	alert --variants const-fields
	expect 0 "no regression in 8 series" "    4 as the base, or the difference"
	alert --metrics instructions
	expect "$EXIT_BASE_MOVED" "base v6.1 moved in 4 workloads" "   11 as the base"
	run "$FL" alert --accept 'tcg/v6.1/*/*/*/*' --who me --why "6.1.194"
	expect 0 accepted
	alert
	expect 0 "no regression"
	# and one that is worse on top of it is found
	night 3 $NEW release=6.1.196 '*' '*' kvm_faultin_pfn 40 const-fields touch-write kvm_faultin_pfn 100
	alert
	said "$EXIT_REGRESSION" "HARD v6.1/const-fields off touch-write.instructions_over_baseline" \
		" 1 worse beyond the hard limit, 0 beyond the soft one" " 1 base that moved"
}

@test "a baseline that got cheaper alone makes its variants worse" {
	night 1 $OLD
	night 2 $OLD release=6.1.194 baseline '*' kvm_faultin_pfn -40
	alert
	said "$EXIT_REGRESSION" "v6.1/const-fields off touch-write.instructions_over_baseline" \
		"-52 -> -12 instructions per fault over baseline" \
		"the baseline's code changed, the variant's did not; the cause is kernel 6.1.192 -> 6.1.194: nothing else" \
		"functions of the baseline: kvm_faultin_pfn -40" \
		"BETTER v6.1/baseline"
	if grep -q "base that moved" <<<"$output"; then false; fi
}

@test "another QEMU that counts otherwise, with other sources, is unjudged until somebody accepts" {
	night 1 $OLD
	night 2 $OLD qemu=7.2.23 release=6.1.194 source=other '*' touch-write kvm_faultin_pfn 60
	alert
	said "$EXIT_UNJUDGED" "another instrument, another figure: 1 to accept" \
		"UNJUDGED v6.1/baseline off touch-write.instructions" \
		"the base moved by +60 in 1 workload, 2 variants with it" \
		"another instrument, QEMU 7.2.22, EPYC" "-> QEMU 7.2.23, EPYC" \
		"changed as well: kernel 6.1.192 -> 6.1.194"
	night 3 $OLD qemu=7.2.23 release=6.1.194 source=other '*' touch-write kvm_faultin_pfn 60
	alert
	said "$EXIT_UNJUDGED" "UNJUDGED v6.1/baseline off touch-write.instructions"
	run "$FL" alert --accept 'tcg/v6.1/*/*/touch-write/*' --who me --why "QEMU counts rep otherwise"
	expect 0 accepted
	alert
	expect 0 "no regression"
}

# The night measures the last sources once more before the newest come.
@test "a bridge: the same sources under another QEMU, and what was accepted moves with it" {
	night 1 $OLD
	night 2 $OLD qemu=7.2.23 '*' touch-write kvm_faultin_pfn 60 same
	alert
	said 0 "no regression"
	# what is worse on top of it the same night is the sources'
	night 3 $NEW qemu=7.2.23 '*' touch-write kvm_faultin_pfn 90
	alert
	said "$EXIT_BASE_MOVED" "the base moved by +30 in 1 workload, 2 variants with it" \
		"since run night-3, not yet in night-2" "2474 -> 2504"
}

@test "an alert that nobody took goes over the bridge" {
	night 1 $OLD
	night 2 $OLD '*' touch-write kvm_faultin_pfn 30
	night 3 $OLD qemu=7.2.23 '*' touch-write kvm_faultin_pfn 90
	alert
	said "$EXIT_BASE_MOVED" "the base moved by +30 in 1 workload, 2 variants with it" "2474 -> 2504"
}

@test "a variant worse in the night of another QEMU is a regression, QEMU named" {
	night 1 $OLD
	night 2 $OLD qemu=7.2.23 const-fields touch-write kvm_faultin_pfn 60
	alert
	said "$EXIT_REGRESSION" "HARD v6.1/const-fields off touch-write.instructions_over_baseline" \
		"-52 -> +8" "QEMU 7.2.22, EPYC" "-> QEMU 7.2.23"
	# what counts the same under both goes on as accepted
	night 3 $NEW qemu=7.2.23 baseline mmio kvm_faultin_pfn 200
	alert
	said "$EXIT_REGRESSION" "HARD v6.1/baseline off mmio.instructions"
}

@test "worse in the night of another QEMU and taken out the next is nothing, not unjudged" {
	night 1 $OLD
	night 2 $OLD qemu=7.2.23 const-fields touch-write kvm_faultin_pfn 60
	night 3 $NEW qemu=7.2.23
	alert
	said 0 "no regression"
}

@test "a timer tick inside of a fault, not between two, is no alert" {
	night 1 $OLD hist=const-fields/mmio/5861:1024
	night 2 $OLD hist=const-fields/mmio/5861:1023,24000:1
	alert
	expect 0 "no regression"
	"$FL" history show --workload mmio --variant const-fields --metric instructions_mean >"$BATS_TEST_TMPDIR/mean"
	grep -q ' 5878.71 ' "$BATS_TEST_TMPDIR/mean"
	alert --metrics instructions_mean
	expect "$EXIT_NO_DATA"
}

# Audit 3: the most common figure jumps from 12261 to 15797.
@test "every fault cheaper, and the mode another one: no regression" {
	local before=12261:471,15801:379,15813:154,16000:20
	local after=12257:471,15797:533,15990:20
	night 1 $OLD "hist=*/shadow-touch/$before"
	night 2 $OLD "hist=const-fields/shadow-touch/$after" "hist=baseline/shadow-touch/$before" "hist=struct-by-pointer/shadow-touch/$before"
	alert
	said 0 "CHANGED v6.1/const-fields off shadow-touch.instructions_over_baseline" \
		": 0 -> -4 instructions" "(12261 -> 12257)" " 0 worse beyond the hard limit, 0 beyond the soft one"
	night 3 $OLD "hist=*/shadow-touch/$after"
	alert
	said 0 "the base moved by -4 in 1 workload, 2 variants with it" "12261 -> 12257"
}

@test "a history without samples cannot judge a mode that does not stand out" {
	night 1 $OLD "hist=*/shadow-touch/12261:471,15801:379,15813:154,16000:20"
	night 2 $OLD "hist=*/shadow-touch/12257:471,15797:533,15990:20"
	"$SQL" "$DB" "drop trigger point_no_update; update point set samples = NULL where run = 1"
	alert
	said "$EXIT_UNJUDGED" "UNJUDGED v6.1/baseline off shadow-touch.instructions" \
		"no one figure stands out, and the samples of the accepted run are not known"
}

@test "what changed alone is the cause; of several none is" {
	night 1 $OLD
	night 2 $OLD compiler="gcc 13.1" const-fields touch-write kvm_faultin_pfn 60
	alert
	said "$EXIT_REGRESSION" "the cause is gcc (Debian 12.2.0-14+deb12u1) 12.2.0 -> gcc 13.1: nothing else that is recorded changed"
	night 3 $NEW compiler="gcc 13.1" linker="GNU ld 2.41" const-fields touch-write kvm_faultin_pfn 200
	alert --acks "$ACKS" --soft 4 --soft-abs 100 --hard 5 --hard-abs 100
	said "$EXIT_REGRESSION" "since run night-3, not yet in night-2" \
		"with another revision of the variants and tools"
	# that a linker is known now is no change of one
	if grep -q "GNU ld" <<<"$output"; then false; fi
	night 4 $NEW compiler="gcc 14.1" linker="GNU ld 2.42" const-fields touch-write kvm_faultin_pfn 400
	alert --soft 15 --soft-abs 390 --hard 16 --hard-abs 390
	said "$EXIT_REGRESSION" "since run night-4, not yet in night-3" \
		"the cause is gcc 13.1; GNU ld 2.41 -> gcc 14.1; GNU ld 2.42"
	night 5 $OLD compiler="gcc 15.1" release=6.1.194 const-fields touch-write kvm_faultin_pfn 800
	alert --soft 30 --soft-abs 790 --hard 31 --hard-abs 790
	said "$EXIT_REGRESSION" "with kernel 6.1.192 -> 6.1.194 and" \
		"and another revision of the variants and tools: which of them, these runs do not say"
}

@test "patches that no revision tells are a cause as well" {
	night 1 $OLD
	night 2 $OLD source=other series=mine const-fields touch-write kvm_faultin_pfn 60
	alert
	said "$EXIT_REGRESSION" "with another source of kernel 6.1.192 and other patches of the variant: which of them, these runs do not say"
	"$FL" history events >"$BATS_TEST_TMPDIR/events"
	[ "$(grep -c source "$BATS_TEST_TMPDIR/events")" -eq 1 ]
	if grep -q 'mine\|patches' "$BATS_TEST_TMPDIR/events"; then false; fi
	"$FL" history export --format jsonl | jq -r .source_sha256 >"$BATS_TEST_TMPDIR/source"
	[ "$(sort -u "$BATS_TEST_TMPDIR/source" | grep -cx 'other\|[0-9a-f]\{64\}')" -eq 2 ]
	if grep -q patches "$BATS_TEST_TMPDIR/source"; then false; fi
	night 3 $OLD source=other series=theirs const-fields touch-write kvm_faultin_pfn 160
	alert --soft 4 --soft-abs 100 --hard 5 --hard-abs 100
	said "$EXIT_REGRESSION" "the cause is other patches of the variant: nothing else that is recorded changed"
}

@test "an ack silences it, and says so, until its last day" {
	slow
	ack 2099-12-31
	alert
	said 0 "no regression" " 1 worse, but acknowledged" \
		"KNOWN v6.1/const-fields off touch-write.instructions" \
		"acknowledged until 2099-12-31 by A. Developer: the price of a check (commit 3333;" \
		"$ACKS:1)"
	ack 2020-12-31
	alert
	said "$EXIT_REGRESSION" "HARD" "no longer acknowledged: the ack in" \
		"ended on 2020-12-31" "is void: remove it"
}

@test "an ack of the difference that was named silences its figure as well" {
	slow
	ack 2099-12-31
	sed -i 's/instr\*/instructions_over_baseline/' "$ACKS"
	alert
	said 0 "no regression" " 1 worse, but acknowledged" "KNOWN v6.1/const-fields off touch-write.instructions_over_baseline"
	# and one of the figure its difference
	sed -i 's/instructions_over_baseline/instructions/' "$ACKS"
	alert
	said 0 "no regression" " 1 worse, but acknowledged" "KNOWN v6.1/const-fields off touch-write.instructions_over_baseline"
}

@test "an ack holds up to what was acknowledged" {
	slow
	ack 2099-12-31 "at_most = 2.6"
	alert
	expect 0 KNOWN
	night 3 $NEW const-fields touch-write kvm_faultin_pfn 90
	alert
	said "$EXIT_REGRESSION" "not acknowledged: the ack in" "is of 2.6 % at most"
	if grep -q "silences nothing" <<<"$output"; then false; fi
}

@test "an ack of nothing is told, and a broken one by its line" {
	night 1 $OLD
	night 2 $OLD
	ack 2099-12-31
	alert
	said 0 "$ACKS:1: the ack of tcg/v6.1/const-fields" "silences nothing"
	ack tomorrow
	alert
	expect "$EXIT_USAGE" "$ACKS:5: until = tomorrow: is no day"
	alert --acks "$BATS_TEST_TMPDIR/none"
	expect "$EXIT_MISSING" "none: No such file"
}

@test "accepted: the new value is the measure, for good" {
	slow
	run "$FL" alert --accept 'tcg/v6.1/const-fields/off/touch-write/*' \
		--who me --why "a check" --commit 3333
	expect 0 "touch-write.instructions (rig tcg): 2422 accepted"
	alert
	expect 0 "no regression"
	night 3 $NEW
	alert
	expect "$EXIT_IMPROVED" "improvement" "BETTER v6.1/const-fields" \
		"+8 -> -52 instructions" "(2422 -> 2362)"
	run "$FL" alert --accept 'tcg/v9/*/*/*/*' --who me --why so
	expect "$EXIT_NO_DATA" "no series 'tcg/v9/"
	run "$FL" alert --accept 'tcg/*/*/*/*/*'
	expect "$EXIT_USAGE" "needs --why and --who"
}

@test "one instruction is named the same night, and is no alert" {
	night 1 $OLD
	night 2 $NEW const-fields mmio kvm_faultin_pfn 1
	alert
	expect 0 "    1 changed" "CHANGED v6.1/const-fields off mmio.instructions" \
		"(5861 -> 5862)"
	alert --soft-abs 1
	expect "$EXIT_REGRESSION" "SOFT" "+0.017% instructions per fault: v6.1/const-fields mmio"
	alert --soft-abs 1 --hard-abs 1
	expect "$EXIT_REGRESSION" "HARD"
}

@test "equal code that costs more is a change of the rig" {
	night 1 $OLD
	night 2 $OLD const-fields mmio kvm_faultin_pfn 1 same
	alert
	expect 0 "handler's code is the same, so this is a change of the rig" \
		"commit 111111111111, both"
}

@test "without an attribution, or with a broken one, it is said" {
	slow
	# what the history has of it is told all the same
	echo junk >"$(echo "$BATS_TEST_TMPDIR"/night-2/attribution/*const-fields.off.touch-write.1.*)"
	alert
	expect "$EXIT_REGRESSION" HARD "with it: kvm_faultin_pfn +60, instructions from exit to"
	# added without, it has nothing
	rm "$DB"
	"$FL" history add "$BATS_TEST_TMPDIR"/night-1
	run "$FL" history add "$BATS_TEST_TMPDIR"/night-2
	expect 0 "attributions of 1 workloads left out:"
	alert
	expect "$EXIT_REGRESSION" HARD "functions: not known;"
	rm -r "$BATS_TEST_TMPDIR"/night-1/attribution*
	alert
	expect "$EXIT_REGRESSION" HARD "night-1 has no"
}

@test "a function is watched by its name, and is one item with the fault otherwise" {
	slow
	alert --json "$BATS_TEST_TMPDIR/a.json"
	said "$EXIT_REGRESSION" "functions: kvm_faultin_pfn +60 with it: instructions from exit to entry +60" \
		"more are figures of attributions; 4 of them moved with what is above"
	jq -e '[.items[] | select(.covered | not)] | length == 1 and
		(.[0].with_it | map([.metric, .diff, .code]) ==
		[["function.kvm_faultin_pfn.instructions", 60, "stayed"], ["path_instructions", 60, "stayed"]])' "$BATS_TEST_TMPDIR/a.json"
	alert --metric 'function.kvm_faultin_pfn.*'
	said "$EXIT_REGRESSION" "+2.5% instructions per fault in kvm_faultin_pfn" \
		"HARD v6.1/const-fields off touch-write.function.kvm_faultin_pfn.instructions_over_baseline" \
		"+2.49 % of the baseline's 2409: -6 -> +54"
	alert --metric function.kvm_faultin_pfn.instructions
	said "$EXIT_REGRESSION" "+2.48 % of the fault's 2417: 51 -> 111 instructions per fault"
	alert --metric 'path_stores*,function.direct_page_fault.*'
	expect 0 "no regression in"
	# what is accepted of the fault is accepted of what it is made of
	run "$FL" alert --accept 'tcg/v6.1/const-fields/off/touch-write/instructions_over_baseline' --who me --why "a check"
	expect 0 "touch-write.function.kvm_faultin_pfn.instructions_over_baseline (rig tcg): 54 accepted"
	alert
	expect "$EXIT_REGRESSION" "HARD v6.1/const-fields off touch-write.instructions (rig tcg)"
	run "$FL" alert --accept 'tcg/v6.1/const-fields/off/touch-write/*' --who me --why "a check"
	expect 0 accepted
	alert
	expect 0 "no regression"
}

@test "figures that nobody asked for are kept and judged from when they are followed" {
	night 1 $OLD
	run "$FL" history show --metrics 'function.*.stores'
	expect "$EXIT_NO_DATA" "no point that matches"
	"$NIGHT" "$FROM" "$BATS_TEST_TMPDIR/night-2" night-2 2027-01-02T01:00:00Z $OLD
	run "$FL" history add "$BATS_TEST_TMPDIR/night-2" --follow 'function.kvm_faultin_pfn.stores,path_calls'
	expect 0 "points are of attributions, of 12 cells"
	# and go on without being asked for again
	night 3 $OLD
	run "$FL" history show --metrics 'function.*.stores,path_calls' --workloads touch-write --variants baseline
	expect 0 "touch-write function.kvm_faultin_pfn.stores in stores" "touch-write path_calls in calls"
	[ "$(grep -c 'exact night-' <<<"$output")" -eq 4 ]
	alert --metric 'function.*.stores'
	expect 0 "no regression in"
	run "$FL" history list --follow path_calls
	expect "$EXIT_USAGE" "go with add"
}

@test "attributions alone are added, of a run that has some" {
	night 1 $OLD
	"$NIGHT" "$FROM" "$BATS_TEST_TMPDIR/night-2" night-2 2027-01-02T01:00:00Z $OLD
	run "$FL" history add --attributions "$BATS_TEST_TMPDIR/night-2"
	expect 0 "night-2: 270 points of 12 cells added" "270 of the points are of attributions, of 12 cells"
	run "$FL" history show --metrics instructions
	if grep -q night-2 <<<"$output"; then false; fi
	run "$FL" history add --attributions "$REF/vitro"
	expect "$EXIT_NO_DATA" "has no attribution to add; record it: faultline run --attribute"
}

# What a night does: the matrix without attributions, and these of a run of their own.
@test "attributions of another run of the night are told with the fault, not by themselves" {
	local n plant=()
	for n in 1 2; do
		"$NIGHT" "$FROM" "$BATS_TEST_TMPDIR/night-$n" "night-$n" "2027-01-0${n}T01:00:00Z" $OLD "${plant[@]}"
		rm -r "$BATS_TEST_TMPDIR/night-$n"/attribution*
		"$FL" history add "$BATS_TEST_TMPDIR/night-$n"
		"$NIGHT" "$FROM" "$BATS_TEST_TMPDIR/figures-$n" "figures-$n" "2027-01-0${n}T02:00:00Z" $OLD "${plant[@]}"
		"$FL" history add --attributions "$BATS_TEST_TMPDIR/figures-$n"
		plant=(const-fields touch-write kvm_faultin_pfn 60)
	done
	alert
	said "$EXIT_REGRESSION" " 1 worse beyond the hard limit, 0 beyond the soft one" \
		"HARD v6.1/const-fields off touch-write.instructions_over_baseline" \
		"with it: kvm_faultin_pfn +60, instructions from exit to entry +60" \
		"230 more are figures of attributions; 4 of them moved"
	alert --watch 'function.kvm_faultin_pfn.*' --metrics 'path_*'
	said "$EXIT_REGRESSION" "HARD v6.1/const-fields off touch-write.path_instructions_over_baseline" \
		"functions: kvm_faultin_pfn +60"
}

@test "the first night cannot be judged, no history is no data" {
	alert
	expect "$EXIT_NO_DATA" "there is no history"
	night 1 $OLD
	alert
	expect "$EXIT_UNJUDGED" "too few points to judge"
	alert --workload none
	expect "$EXIT_NO_DATA" "no series that matches"
	night 2 $OLD
	alert
	expect 0 "no regression in 20 series"
}

# point N VALUE: one more night of the noisy series
point() {
	"$SQL" "$DB" "insert into run values ($((1000 + $1)), 'again-$1', $((1700000000 + $1)), 'results/none', 'rev', 'x');
		insert into point select id, $((1000 + $1)), 1, $2, NULL, 24, 0, NULL, NULL, NULL from series where rig = 'vitro'"
}

# Sixty nights of 240 cycles and a little noise, and then these.
cycles() {
	local i=0 v
	"$FILL" "$DB" 2 60 noisy
	for v in "$@"; do
		i=$((i + 1))
		point $i "$v"
	done
}

@test "the newest cycles alone are a suspect with the command to run it again" {
	cycles 260
	alert --rig vitro
	expect "$EXIT_UNJUDGED" "1 suspect to run again" "SUSPECT v6.1/variant-2 off touch-write.cycles_hot" \
		"build/faultline run --rig=vitro --base=v6.1 --profiles=off --variants=variant-2 --workloads=touch-write && build/faultline history add results/latest"
	run "$FL" alert --acks "$ACKS" --rig vitro --rerun
	[ "$status" -eq "$EXIT_UNJUDGED" ]
	[ "$(wc -l <<<"$output")" -eq 1 ]
	bash -n <<<"$output"
	run "$FL" alert --acks "$ACKS" --rig vitro --rerun --db "$DB"
	expect "$EXIT_UNJUDGED" "history add results/latest --db=$DB"
}

@test "run again and as costly: cycles are the headline" {
	cycles 260 261 259
	alert --rig vitro
	expect "$EXIT_REGRESSION" "[faultline] +8." "% cycles per fault: v6.1/variant-2 touch-write" \
		"cycles per fault: worse in 1 of 1 series" "HARD" "since run again-1"
	alert --rig vitro --rerun
	[ -z "$output" ]
}

@test "run again and as before: nothing" {
	cycles 260 240.1
	alert --rig vitro
	expect 0 "[faultline] cycles per fault: no regression in 1 series"
}

@test "a series that is over is counted, not judged" {
	cycles 240
	slow
	alert --ended 2
	expect "$EXIT_REGRESSION" "HARD"
	if grep -q "ended:" <<<"$output"; then false; fi
	alert --ended 1
	expect "$EXIT_REGRESSION" "    1 ended: not in the runs of the last nights"
}

# A variant is renamed, another month goes by: nobody took the alert.
@test "an alert that nobody took stays open, whatever became of the name" {
	slow
	later 2027-03-01 rename=const-fields/const-fields-v2 const-fields touch-write kvm_faultin_pfn 60
	alert --ended 0
	said "$EXIT_REGRESSION" "HARD v6.1/const-fields off touch-write.instructions_over_baseline" \
		"not measured since run night-2 of 2027-01-02, and nobody acknowledged or accepted it: it stays open" \
		" 1 of these with an alert that nobody took"
	# what was not worse when it ended is no item
	[ "$(grep -o "not measured since" <<<"$output" | wc -l)" -eq 1 ]
	ack 2099-12-31
	alert --ended 0
	said 0 "no regression" "KNOWN v6.1/const-fields off"
	: >"$ACKS"
	run "$FL" alert --accept 'tcg/v6.1/const-fields/off/touch-write/*' --who me --why "renamed"
	expect 0 accepted
	alert --ended 0
	expect 0 "no regression"
}

@test "an alert that nobody took is open under the next QEMU and the one after" {
	slow
	later 2027-03-01 qemu=7.2.23 const-fields touch-write kvm_faultin_pfn 60
	later 2027-06-01 qemu=8.0 const-fields touch-write kvm_faultin_pfn 60
	alert
	said "$EXIT_REGRESSION" "HARD v6.1/const-fields off touch-write.instructions_over_baseline" \
		"since run night-2, not yet in night-1"
}

# The cells of three shapes, both calls, three profiles.
@test "a profile that got more expensive over off is one item" {
	FROM=$REF
	night 1 $OLD only=v6.1
	night 2 $OLD only=v6.1 release=6.1.194 'profile=*' '*' '*' none 20 profile=retpoline '*' '*' none 80
	alert
	said "$EXIT_REGRESSION" "% instructions per fault: v6.1 retpoline, 17 workloads" \
		"profile retpoline moved by +60 over off in" "workloads of the baseline; of" \
		"instructions per fault over profile off"
	[ "$(grep -o "HARD\|SOFT" <<<"$output" | wc -l)" -eq 1 ]
	# off and the other profiles moved with the base
	[ "$(grep -o "BASE v" <<<"$output" | wc -l)" -eq 1 ]
	grep -q "the base moved by +20 in 17 workloads under 5 profiles, 5 variants with it" <<<"$output"
}

@test "an indirect call that got more expensive in one shape is told once" {
	FROM=$REF
	night 1 $OLD only=v6.1
	night 2 $OLD only=v6.1 profile=off const-fields+indirect touch-write none 60
	alert
	said "$EXIT_REGRESSION" "HARD v6.1/const-fields+indirect off touch-write.instructions_over_baseline"
	[ "$(grep -o "HARD\|SOFT" <<<"$output" | wc -l)" -eq 1 ]
	"$FL" history show --variants const-fields+indirect --profile off --workload touch-write --metric instructions_over_direct >"$BATS_TEST_TMPDIR/direct"
	[ "$(grep -c "night-[12]" "$BATS_TEST_TMPDIR/direct")" -eq 2 ]
	# that off got worse makes no profile better
	alert --metrics instructions_over_off
	expect 0
}

@test "every output at once, each well formed" {
	slow
	alert --junit "$BATS_TEST_TMPDIR/j.xml" --mail "$BATS_TEST_TMPDIR/m" \
		--json "$BATS_TEST_TMPDIR/a.json" --github
	[ "$status" -eq "$EXIT_REGRESSION" ]
	[ "$(wc -l <<<"$output")" -eq 1 ]
	case $output in
	"::error title=v6.1/const-fields off touch-write.instructions_over_baseline (rig tcg)::"*"+2.49 %25 of the baseline"*"%0Asince run night-2"*) ;;
	*) echo "$output"; false ;;
	esac
	head -n 1 "$BATS_TEST_TMPDIR/m" | grep -q '^Subject: \[faultline\] +2.5% instructions per fault: v6.1/const-fields touch-write$'
	grep -q 'tests="20" failures="1" errors="0" skipped="1"' "$BATS_TEST_TMPDIR/j.xml"
	[ "$(grep -c '<testcase' "$BATS_TEST_TMPDIR/j.xml")" -eq 20 ]
	jq -e --argjson code "$EXIT_REGRESSION" '.exit_code == $code and .series.hard == 1 and .items[0].workload == "touch-write" and
		.items[0].functions == [{"name": "kvm_faultin_pfn", "diff": 60}] and
		.items[0].last_without.run == "night-1"' "$BATS_TEST_TMPDIR/a.json"
	alert --soft 1 --hard 5 --hard-abs 0 --github
	expect "$EXIT_REGRESSION" "::warning title="
	alert --mail /dev/full
	expect "$EXIT_STORAGE" "cannot write /dev/full"
}

@test "names from outside stay names: XML, annotations, shell, terminal" {
	cycles 260
	"$SQL" "$DB" "drop trigger series_no_update; update series set
		variant = 'a%b' || char(10) || '::error::x', workload = '<b>\"&'';\$(id)' || char(27) where rig = 'vitro'"
	alert --rig vitro --rerun
	expect "$EXIT_UNJUDGED" "'<b>\"&'\\'';\$(id)"
	alert --rig vitro --junit -
	expect "$EXIT_UNJUDGED" '&lt;b&gt;&quot;&amp;' '\x1b'
	point 2 260.2
	point 3 260.3
	alert --rig vitro --github
	expect "$EXIT_REGRESSION" '::error title=v6.1/a%25b\x0a%3A%3Aerror%3A%3Ax'
	[ "$(wc -l <<<"$output")" -eq 1 ]
	alert --rig vitro
	if grep -q $'\033' <<<"$output"; then false; fi
}

@test "options that do not fit are usage errors" {
	alert results/latest
	expect "$EXIT_USAGE" "takes no RUN"
	alert --soft 3
	expect "$EXIT_USAGE" "above the hard one"
	alert --soft x
	expect "$EXIT_USAGE" "'x' is not a number"
	alert --who me
	expect "$EXIT_USAGE" "go with --accept"
	alert --github --rerun
	expect "$EXIT_USAGE" "--github cannot be used with --rerun"
}
