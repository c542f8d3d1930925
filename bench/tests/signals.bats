#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# A command that builds is asked to stop, or killed: no process and no lock of
# its script is left, and it says how to go on. The scripts are stubs whose make
# is a sleep that holds a lock.
#
# stage: quick
# order: 50
# needs: nothing built but the programs; qemu-system-x86
# takes: 4 s

load common.bash

# A checkout whose scripts build for ever.
setup() {
	TOP=$BATS_TEST_TMPDIR/checkout
	mkdir -p "$TOP/scripts" "$TOP/build"
	for f in variants guests bench docs; do ln -s "$ROOT/$f" "$TOP/$f"; done
	for f in "$ROOT"/build/*; do ln -s "$f" "$TOP/build/"; done
	export FAULTLINE_ROOT=$TOP FAULTLINE_CACHE=$BATS_TEST_TMPDIR/cache
	export FAULTLINE_RESULTS=$BATS_TEST_TMPDIR/results
	unset FAULTLINE_GUEST
	for f in build-kernel build-selftests build-guest build-perf build-vitro build-shim; do
		cat >"$TOP/scripts/$f" <<-STUB
			#!/bin/bash
			[ "\${1-}" != --find ] || exit 0
			exec 9>"$BATS_TEST_TMPDIR/lock"
			flock 9
			bash -c 'echo \$\$ >"$BATS_TEST_TMPDIR/left"; exec sleep 60' | cat
			echo not here >"$BATS_TEST_TMPDIR/went-on"
		STUB
		chmod +x "$TOP/scripts/$f"
	done
}

wait_for() { # FILE
	local i
	for i in $(seq 100); do
		[ ! -s "$1" ] || return 0
		sleep 0.1
	done
	echo "no $1; $(cat "$BATS_TEST_TMPDIR/said" 2>/dev/null)"
	return 1
}

gone() { # PID
	local i
	for i in $(seq "${2-1}"); do
		kill -0 "$1" 2>/dev/null || return 0
		sleep 0.1
	done
	echo "process $1 is left"
	return 1
}

# stopped SIGNAL COMMAND...: sets status and output; nothing of it is left
stopped() {
	local signal=$1 pid
	shift
	rm -f "$BATS_TEST_TMPDIR/left"
	"$FL" "$@" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	pid=$!
	wait_for "$BATS_TEST_TMPDIR/left"
	kill -"$signal" "$pid"
	status=0
	wait "$pid" || status=$?
	output=$(cat "$BATS_TEST_TMPDIR/said")
}

nothing_left() { # [TENTHS]
	gone "$(cat "$BATS_TEST_TMPDIR/left")" "${1-1}"
	flock -n "$BATS_TEST_TMPDIR/lock" true
	[ ! -e "$BATS_TEST_TMPDIR/went-on" ]
}

@test "every command that builds: SIGTERM ends its script's children, exit 130" {
	while read -ra words; do
		stopped TERM "${words[@]}"
		expect "$EXIT_INTERRUPTED" "faultline: interrupted"
		[ "$(grep -c interrupted <<<"$output")" -eq 1 ]
		nothing_left
	done <<-COMMANDS
		run --variants const-fields --workloads null
		check --variants const-fields
		boot --variant const-fields --workload null
	COMMANDS
}

@test "SIGINT and a terminal that closes are the same" {
	stopped INT run --variants const-fields --workloads null
	expect "$EXIT_INTERRUPTED" "interrupted in scripts/build-kernel" "goes on from there"
	nothing_left
	stopped HUP run --variants const-fields --workloads null
	expect "$EXIT_INTERRUPTED" "interrupted in scripts/build-kernel"
	nothing_left
}

@test "kill -9 of the command: make ends as well, and its lock is free" {
	stopped KILL run --variants const-fields --workloads null
	[ "$status" -eq 137 ]
	nothing_left 50
}

@test "Ctrl-C at a terminal: one message, and make has ended before it" {
	mkfifo "$BATS_TEST_TMPDIR/keys"
	script -qec "'$FL' run --variants const-fields --workloads null; echo status \$?; flock -n '$BATS_TEST_TMPDIR/lock' echo free" \
		/dev/null <"$BATS_TEST_TMPDIR/keys" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	exec 8>"$BATS_TEST_TMPDIR/keys"
	wait_for "$BATS_TEST_TMPDIR/left"
	printf '\003' >&8
	wait
	exec 8>&-
	output=$(tr -d '\r' <"$BATS_TEST_TMPDIR/said") status=0
	expect 0 "faultline: interrupted in scripts/build-kernel" "status $EXIT_INTERRUPTED" "free"
	[ "$(grep -c interrupted <<<"$output")" -eq 1 ]
	nothing_left
}

@test "a script that is killed is named, and leaves nothing" {
	printf '#!/bin/bash\n[ "$1" != --find ] || exit 0\nkill -9 $$\n' >"$TOP/scripts/build-kernel"
	run "$FL" run --variants const-fields --workloads null
	expect "$EXIT_INTERNAL" "scripts/build-kernel was killed by signal 9"
}
