#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Whole boots timed by hyperfine: the table of planted times, what is done with
# rounds that fail, are damaged or cut short, and one small run for real.
#
# stage: boot
# order: 50
# needs: kernels and the Linux guest of v6.1; boots; hyperfine
# takes: 1 min
# kernels: v6.1 off baseline broken
# builds: build-guest v6.1

load common.bash

setup() {
	export STUB=$BATS_TEST_TMPDIR/stub
	mkdir -p "$STUB"
	unset FAULTLINE_VARIANTS
	ROUNDS=$BATS_TEST_TMPDIR/rounds OUT=$BATS_TEST_TMPDIR/r
	mkdir -p "$ROUNDS"
}

stubbed() { PATH=$TESTS/stubs:$PATH "$@"; }

seconds() { printf '%s\n' "$@" >"$STUB/seconds"; }

# round N SECONDS-OF-BASELINE AGAIN VARIANT...: a file as hyperfine writes it
round() {
	local n=$1 name i=0
	shift
	for name in "v6.1 baseline off linux-boot" "v6.1 baseline off linux-boot again" \
		"v6.1 const-fields off linux-boot" "v6.1 struct-by-pointer off linux-boot"; do
		[ $# -gt 0 ] || break
		echo "{\"command\": \"$name\", \"times\": [$1], \"user\": 1, \"system\": 0.25}"
		shift
	done | jq -s '{results: .}' >"$ROUNDS/$n.json"
}

import() { run "$FL" boot-times --import "$ROUNDS" --out "$OUT"; }

@test "a variant that is slower in every round, and one that is not" {
	for i in 1 2 3 4 5 6 7 8; do
		round $i 2.$i$i 2.$i"$((9 - i))" 2.$((i + 1))$i 2.$i"$(((i * 5) % 9))"
	done
	import
	expect 0 "32 boots in 8 rounds" \
		"const-fields: slower: +0.100 s" "struct-by-pointer: no difference shown" \
		"baseline again"
	[ "$(jq -s 'map(select(.variant == "const-fields").wall_s) | length' "$OUT/latest/records.jsonl")" -eq 8 ]
	[ "$(jq -r 'select(.variant == "baseline" and .boot == 4) | .wall_s' "$OUT/latest/records.jsonl")" = 2.27 ]
	[ "$(jq -r .rig "$OUT/latest/records.jsonl" | sort -u)" = hyperfine ]
	[ "$(jq -r '.stats["hyperfine/user_ns"]' "$OUT/latest/records.jsonl" | sort -u)" = 1000000000 ]
}

@test "a difference no larger than that of the same kernel twice is no difference" {
	for i in 1 2 3 4 5 6 7 8; do
		round $i 2.$i 3.$i 2.$((i + 1))
	done
	import
	output=$(tr -s ' \n' ' ' <<<"$output")
	expect 0 "not all of it is above the 1.000 s of the same kernel twice (A/A)"
}

@test "too few rounds: no verdict, and how many it takes" {
	for i in 1 2 3; do round $i 2.$i 2.$i 3.$i; done
	import
	expect 0 "no verdict: 3 rounds cannot reach p < 0.05; 6 can"
}

@test "A/A by the far end of its interval, and no word without it" {
	# The same kernel twice: 0 in the middle, 0.2 at either end.
	for i in 1 2 3 4 5 6 7 8; do
		round $i 2.$i 2.$((i + (i % 2 ? 2 : -2))) 2.$((i + 1))5
	done
	import
	output=$(tr -s ' \n' ' ' <<<"$output")
	expect 0 "baseline again" "no difference shown: +0.1"
	[[ $output == *"not all of it is above the 0.200 s of the same kernel twice (A/A)"* ]]
	rm -r "$ROUNDS" "$OUT"
	mkdir "$ROUNDS"
	for i in 1 2 3 4 5 6 7 8; do
		round $i 2.$i 2.$i 3.$i
		jq '.results |= map(select(.command | endswith("again") | not))' \
			"$ROUNDS/$i.json" >"$ROUNDS/x" && mv "$ROUNDS/x" "$ROUNDS/$i.json"
	done
	import
	output=$(tr -s ' \n' ' ' <<<"$output")
	expect 0 "no verdict: +1.000 s" "but no second boot of baseline in the same rounds says what is noise (A/A)"
}

@test "fewer than 6 rounds have no interval, in the table either" {
	for i in 1 2 3 4 5; do round $i 2.$i 2.$i 3.$i; done
	import
	expect 0 "+1.000  +43.48%                  -" "5 rounds cannot reach p < 0.05; 6 can"
	lacks "nan|inf"
}

@test "a round that lacks a variant pairs with nothing" {
	for i in 1 2 3 4 5 6; do round $i 2.$i 2.$i 3.$i; done
	round 7 2.7 2.7
	import
	expect 0 "20 boots in 7 rounds" "slower: +1.000 s" "6 rounds"
}

@test "every value as CSV; the picture has every variant" {
	for i in 1 2; do round $i 2.$i 2.$i 3.$i; done
	import
	run "$FL" boot-times "$OUT/latest" --format csv --plot "$BATS_TEST_TMPDIR/p.svg"
	expect 0 '"v6.1","off","linux-boot","const-fields",no,2,3.200000' \
		'"v6.1","off","linux-boot","baseline",yes,1,2.100000'
	grep -q '>const-fields<' "$BATS_TEST_TMPDIR/p.svg"
	grep -q '>linux-boot<' "$BATS_TEST_TMPDIR/p.svg"
	xmllint --noout "$BATS_TEST_TMPDIR/p.svg"
}

@test "the published picture is what plot draws of the reference run" {
	R=$REF
	run "$FL" boot-times "$R/boot-times" --plot "$BATS_TEST_TMPDIR/p.svg"
	expect 0 "no difference shown"
	cmp "$BATS_TEST_TMPDIR/p.svg" "$R/boot-times.svg"
	grep -q "results/reference/boot-times.svg" "$ROOT/docs/results/boots.md"
}

@test "files that hyperfine did not write" {
	while IFS='|' read -r text why; do
		rm -rf "$OUT"
		round 1 2.1 2.1 3.1
		echo "$text" >"$ROUNDS/2.json"
		import
		expect "$EXIT_BAD_RECORD" "2.json" "$why"
		[ ! -e "$OUT/latest" ]
	done <<'CASES'
{"results": [|2.json:
[]|no results
{"results": []}|no results
{"results": [{"command": "v6.1 baseline off linux-boot"}]}|without command and times
{"results": [{"command": "make all", "times": [1]}]}|BASE VARIANT PROFILE WORKLOAD
{"results": [{"command": "a b c d e", "times": [1]}]}|BASE VARIANT PROFILE WORKLOAD
{"results": [{"command": "a b c d", "times": [1, 2]}]}|not one run per command
{"results": [{"command": "a b c d", "times": [-1]}]}|no time of a boot
{"results": [{"command": "a b c d", "times": ["1"]}]}|no time of a boot
{"results": [{"command": "a b c d", "times": [1e300]}]}|no time of a boot
{"results": [{"command": "a b c d", "times": [1], "exit_codes": [3]}]}|it failed: a b c d
{"results": [{"command": "a b c d", "times": [1]}, {"command": "a b c d", "times": [1]}]}|twice in one round
CASES
}

@test "other commands send one here" {
	round 1 2.1 2.1 3.1
	import
	run "$FL" compare "$OUT/latest"
	expect "$EXIT_NO_DATA" "faultline boot-times"
	run "$FL" report "$OUT/latest"
	expect "$EXIT_NO_DATA" "faultline boot-times"
	run "$FL" boot-times "$ROUNDS"
	expect "$EXIT_NO_DATA"
}

@test "rounds alternate: each has an order of its own, the same in every run" {
	seconds "baseline 2.5" "const-fields 2.4"
	for n in 1 2; do
		rm -rf "$STUB/calls" "$OUT"
		stubbed "$ROOT/scripts/bench-boots" --rounds 3 --out "$OUT" \
			--variants baseline,const-fields >/dev/null 2>&1
		sed 's/ --failed [^ ]*//g; s/--export-json [^ ]*//' "$STUB/calls" >"$BATS_TEST_TMPDIR/$n"
	done
	[ "$(wc -l <"$BATS_TEST_TMPDIR/1")" -eq 4 ]
	[ "$(sort -u "$BATS_TEST_TMPDIR/1" | wc -l)" -eq 4 ]
	cmp "$BATS_TEST_TMPDIR/1" "$BATS_TEST_TMPDIR/2"
	[ "$(ls "$OUT/latest/rounds")" = "$(printf '%s\n' 1.json 2.json 3.json)" ]
	[ -s "$OUT/latest/boot-times.svg" ]
}

@test "a boot that fails in the middle: its words, finished rounds stay, resume continues" {
	seconds "baseline 2.5" "const-fields 2.4"
	echo 3 >"$STUB/fail"
	run stubbed "$ROOT/scripts/bench-boots" --rounds 4 --out "$OUT" --variants baseline
	expect "$EXIT_RIG" "round 2: Error: Command terminated with non-zero exit code: 22" \
		"1 rounds are kept" "--resume $OUT/bench-boots."
	rm "$STUB/fail"
	run stubbed "$ROOT/scripts/bench-boots" --rounds 4 --out "$OUT" \
		--variants baseline --resume "$OUT"/bench-boots.*
	expect 0 "24 boots in 4 rounds"
}

@test "interrupted: no QEMU is left, finished rounds stay" {
	for signal in INT TERM; do
		rm -rf "$OUT"
		set -m
		"$ROOT/scripts/bench-boots" --rounds 3 --variants baseline \
			--workloads touch-write --out "$OUT" >"$BATS_TEST_TMPDIR/said" 2>&1 &
		pid=$!
		set +m
		for _ in $(seq 600); do
			[ -f "$(echo "$OUT"/bench-boots.*/1.json)" ] && break
			sleep 0.1
		done
		sleep 0.3
		kill -$signal $pid
		status=0
		wait $pid || status=$?
		output=$(cat "$BATS_TEST_TMPDIR/said")
		expect "$EXIT_INTERRUPTED" "interrupted; 1 rounds are kept"
		sleep 0.5
		[ -z "$(pgrep -f "faultline-boot\..*/boot\.initrd")" ]
	done
}

@test "hyperfine is missing" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	for t in bash dirname sed getent id cut env; do
		ln -s "$(command -v $t)" "$BATS_TEST_TMPDIR/bin/$t"
	done
	PATH=$BATS_TEST_TMPDIR/bin run "$ROOT/scripts/bench-boots" --rounds 1
	expect "$EXIT_MISSING" "hyperfine is missing; run: apt-get install -y hyperfine"
}

@test "unknown options" {
	run "$ROOT/scripts/bench-boots" --rounds 0
	expect "$EXIT_USAGE" "--rounds 0"
	run "$ROOT/scripts/bench-boots" --nonsense 1
	expect "$EXIT_USAGE" "--nonsense is no option"
	run "$FL" boot --workload nobody
	expect "$EXIT_UNKNOWN_NAME" "nobody"
}

@test "a boot that does not end well says so and is noted" {
	export FAULTLINE_VARIANTS=$TESTS/variants
	run "$FL" boot --variant broken --workload plant-panic --failed "$BATS_TEST_TMPDIR/failed"
	expect "$EXIT_PANIC" "panic" "what it printed is in /tmp/faultline-boot."
	grep -q "^$EXIT_PANIC v6.1 broken off plant-panic: panic" "$BATS_TEST_TMPDIR/failed"
	rm -rf "${output##*is in }"
}

@test "two real rounds: whole boots, and nothing of them left behind" {
	local before	# another one, killed by SIGKILL, may have left its own
	before=$(ls -d /tmp/faultline-boot.* 2>/dev/null) || true
	run "$ROOT/scripts/bench-boots" --rounds 2 --variants baseline \
		--workloads linux-boot,linux-off --out "$OUT"
	expect 0 "8 boots in 2 rounds" "linux-off: Linux guest" "hyperfine 1."
	[ "$(jq -s 'map(.wall_s) | min > 0.5 and max < 60' "$OUT/latest/records.jsonl")" = true ]
	[ "$(ls -d /tmp/faultline-boot.* 2>/dev/null)" = "$before" ]
	xmllint --noout "$OUT/latest/boot-times.svg"
}
