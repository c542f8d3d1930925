#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# make torture itself: a fault that leaves a process, writes a file outside, loses a
# record, changes a figure or ends otherwise than its table says turns it red, and
# what is right stays right.
#
# stage: boot
# order: 37
# needs: kernels of v6.1; boots
# takes: 30 s
# kernels: v6.1 off const-fields struct-by-pointer broken

load common.bash

setup_file() {
	load common.bash
	unset FAULTLINE_VARIANTS FAULTLINE_WORKLOADS
	export T=$BATS_FILE_TMPDIR/table WORK=$BATS_FILE_TMPDIR/work
	mkdir "$T"
	for f in right process outside lost figure code word; do
		printf '[%s]\nwhat = a test of the table\ncode = EXIT_OK\nkept = all\n\n' "$f"
	done >"$T/faults.conf"
	sed -i '/^\[code\]/,/^$/s/EXIT_OK/EXIT_RIG/; /^\[word\]/,/^$/s/^kept/says = no such words\n&/' "$T/faults.conf"
	cat >"$T/plants.bash" <<-'PLANTS'
		ok() { does "$1; again"; once; }
		fault_right() { ok :; }
		fault_process() { ok '{ setsid sleep 60 >/dev/null 2>&1 & }'; }
		fault_outside() { ok "echo >'$W/home/file'"; }
		fault_code() { ok :; }
		fault_word() { ok :; }
		fault_lost() {
			does again
			under -- "$FL" run "${CELLS[@]}"
			sed -i 1d "$(run_of)/records.jsonl"
			look EXIT_OK
			go_on again
		}
		fault_figure() {
			does again
			under -- "$FL" run "${CELLS[@]}"
			forge "$(run_of)" total 7
			look EXIT_OK
			go_on again
		}
	PLANTS
	"$ROOT/scripts/torture" --quick --work "$WORK" --table "$T" right >"$BATS_FILE_TMPDIR/said" 2>&1 ||
		{ cat "$BATS_FILE_TMPDIR/said"; return 1; }
}

setup() { unset FAULTLINE_VARIANTS FAULTLINE_WORKLOADS; }

torture() { run "$ROOT/scripts/torture" --quick --work "$WORK" --table "$T" "$@"; }

@test "a fault of which nothing is wrong is right" {
	torture right
	expect 0 "1 kinds, 1 right, 0 lost, 0 wrong, 0 figures changed"
}

@test "a process that is left turns it red, is named and is ended" {
	torture process
	expect "$EXIT_CHECK" "WRONG: left: " "sleep" "1 kinds, 0 right, 0 lost, 1 wrong"
	run pgrep -f "sleep 60"
	[ "$status" -ne 0 ] || [[ $output != *"$BATS_FILE_TMPDIR"* ]]
}

@test "a file outside turns it red and is named" {
	torture outside
	expect "$EXIT_CHECK" "WRONG: outside: " "home/file" "0 right"
}

@test "a record that was said to be measured and is not there turns it red" {
	torture lost
	expect "$EXIT_CHECK" "WRONG: lost: v6.1 const-fields off null 1" "1 lost"
}

@test "a figure that changed, in a record whose checksum is right, turns it red" {
	torture figure
	expect "$EXIT_CHECK" "WRONG: figures changed: " "1 figures changed"
}

@test "another exit code, and a message without its words" {
	torture code word
	expect "$EXIT_CHECK" "WRONG: exit code 0, not $EXIT_RIG" "WRONG: no 'no such words' in" \
		"2 kinds, 0 right, 0 lost, 2 wrong"
}

@test "names and options" {
	run "$ROOT/scripts/torture" nobody
	expect "$EXIT_UNKNOWN_NAME" "no fault 'nobody'; there are: host-panic"
	run "$ROOT/scripts/torture" --rounds many
	expect "$EXIT_USAGE" "--rounds many is no number"
	run "$ROOT/scripts/torture" --list
	expect 0 host-panic killed-at-random
	[ "$(wc -l <<<"$output")" -ge 40 ]
}

@test "the call that fails is the N-th of all processes, and below that folder" {
	d=$BATS_TEST_TMPDIR
	mkdir "$d/in" "$d/out"
	for n in 1 2 3; do
		run "$ROOT/build/plant" --fail "write:28:$n:$d/in" --calls "$d/calls" \
			sh -c "echo a >'$d/in/a' && cat '$d/in/a' >'$d/out/b' && sh -c 'echo c >>\"$d/in/a\"'"
		[ "$status" -ne 0 ] || { echo "the call $n did not fail"; return 1; }
		[ "$(cat "$d/calls")" -eq "$n" ] || { cat "$d/calls"; return 1; }
		[ -n "$output" ]
	done
}

@test "a process that cannot be started is said, with an exit code of the table" {
	run "$ROOT/build/plant" --fail fork:11:1:/ "$FL" run --base v6.1 --variants const-fields \
		--workloads null --boots 1 --out "$BATS_TEST_TMPDIR/r"
	expect "$EXIT_MISSING" "scripts/build-kernel could not be started" "the same command goes on"
}

@test "a limit of descriptors that scripts cannot work with is said" {
	run prlimit --nofile=12:12 "$ROOT/scripts/build-kernel" --find v6.1 const-fields off
	expect "$EXIT_MISSING" "a process may open 12 files here, and 32 are needed; run: ulimit -n 1024"
}
