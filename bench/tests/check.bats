#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The kernel's own selftests in real hosts: what a variant breaks is named,
# what hangs is ended, what is not run says why.
#
# stage: boot
# order: 20
# needs: kernels and selftests of v6.1; boots
# takes: 1 min
# kernels: v6.1 off const-fields lost-dirty baseline struct-by-pointer broken
# builds: build-selftests v6.1

load common.bash
bats_require_minimum_version 1.5.0

setup_file() {
	load common.bash
	export PROGRAMS
	PROGRAMS=$("$ROOT/scripts/build-selftests" v6.1)
}

# A program of our own for a list of our own.
program() {	# NAME, C statements
	echo "#include <unistd.h>
	int main(void) { $2 }" |
		gcc -static -x c -o "$BATS_TEST_TMPDIR/$1" -
	printf '[%s]\nprogram = %s\nlimit = 0.5\n\n' "$1" \
		"$BATS_TEST_TMPDIR/$1" >>"$BATS_TEST_TMPDIR/list.conf"
	export FAULTLINE_SELFTESTS=$BATS_TEST_TMPDIR/list.conf
}

check() {	# OPTION...
	run --separate-stderr "$FL" selftest --out "$BATS_TEST_TMPDIR/r" "$@"
	well_formed
	kunit_agrees
	output+=$stderr
}

# Version, plan, then as many results as planned, counted from 1.
well_formed() {
	awk 'NR == 1 { bad = $0 != "KTAP version 1"; next }
	     NR == 2 { bad += !/^1\.\.[0-9]+$/; plan = substr($0, 4); next }
	     /^ok / { n++; bad += $2 != n; next }
	     /^not ok / { n++; bad += $3 != n; next }
	     !/^# / { bad++ }
	     END { exit bad || n != plan }' <<<"$output" || {
		echo "no KTAP: $output $stderr"
		return 1
	}
}

# The exit code is what the lines say: 0 where nothing failed and something
# passed. Where Python is there, the kernel's own reader says so of the same lines.
kunit_agrees() {
	local reader want=1
	if [ "$(grep -c '^not ok' <<<"$output")" -eq 0 ] && grep -q '^ok [0-9]* [^#]*$' <<<"$output"; then
		want=0
	fi
	[ $((status != 0)) -eq $want ] || { echo "exit $status of: $output"; return 1; }
	reader=$(ls -d "${FAULTLINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/faultline}"/trees/v6.1-*/tree/tools/testing/kunit/kunit.py | head -n 1)
	command -v python3 >/dev/null && [ -e "$reader" ] || return 0
	grep -v '^Bail' <<<"$output" >"$BATS_TEST_TMPDIR/ktap"
	if python3 "$reader" parse "$BATS_TEST_TMPDIR/ktap" >"$BATS_TEST_TMPDIR/kunit"; then
		[ $want -eq 0 ]
	else
		[ $want -eq 1 ]
	fi || { cat "$BATS_TEST_TMPDIR/kunit"; return 1; }
	grep -q "Testing complete. \(Ran\|Passed\|Failed\|Skipped\)" "$BATS_TEST_TMPDIR/kunit"
}

@test "what a variant breaks: red, and test and variant are named" {
	check --variants lost-dirty --tests dirty_log_test
	expect "$EXIT_CHECK" "ok 1 v6.1/const-fields/dirty_log_test" \
		"not ok 3 v6.1/lost-dirty/dirty_log_test" \
		"dirty_log_test fails on v6.1/lost-dirty and not on const-fields:" \
		"1 fail on a variant alone"
	console=$(sed -nE 's/^# not so on.* console: //p' <<<"$output")
	grep -q 'Test Assertion Failure' "$console"
}

@test "sound variants pass, and what is not run says why" {
	check --variants baseline,struct-by-pointer \
		--tests set_sregs_test,debug_regs,dirty_log_page_splitting_test
	expect 0 "ok 6 v6.1/baseline/set_sregs_test" \
		"dirty_log_page_splitting_test # SKIP v6.1 has no dirty_log_page_splitting_test" \
		"debug_regs # SKIP QEMU's TCG" \
		"3 hosts, 6 passed, 6 skipped, 0 fail"
}

@test "a selftest that hangs is ended by its limit, and the next one runs" {
	program hangs 'write(1, "here\n", 5); for (;;) pause();'
	program spins 'for (;;) ;'
	program leaves 'if (fork()) return 0; setsid(); for (;;) pause();'
	program crashes '*(volatile int *)0 = 0;'
	program says-no 'write(2, "no\n", 3); return 1;'
	program skips 'write(1, "not here\n", 9); return 4;'
	program passes 'return 0;'
	check --variants const-fields
	expect "$EXIT_CHECK" "# fails on stock: " "not ok 1 v6.1/const-fields/hangs" \
		"hangs comes to its limit of 0.5 s on the unchanged v6.1/const-fields" \
		"ms: here" \
		"not ok 2 v6.1/const-fields/spins" \
		"ok 3 v6.1/const-fields/leaves" \
		"ok 4 v6.1/const-fields/crashes # SKIP fails on stock: signal 11: (no output)" \
		"ok 5 v6.1/const-fields/says-no # SKIP fails on stock: exit 1: no" \
		"ok 6 v6.1/const-fields/skips # SKIP not here" \
		"ok 7 v6.1/const-fields/passes" "ok 8 v6.1/const-fields/host"
}

@test "a host that hangs is ended by the boot's limit, and the test is named" {
	program passes 'return 0;'
	for t in userspace_io_test set_sregs_test; do
		printf '[%s]\nprogram = %s\nlimit = 5\n' $t "$PROGRAMS/$t"
	done >>"$FAULTLINE_SELFTESTS"
	sed -i 's/^limit.*/&\ncmdline = kvm.plant=hang/' "$FAULTLINE_SELFTESTS"
	check --variants broken --boot-limit 20
	expect "$EXIT_CHECK" "ok 5 v6.1/broken/passes" \
		"not ok 6 v6.1/broken/userspace_io_test" \
		"# host hung in userspace_io_test" \
		"not ok 7 v6.1/broken/set_sregs_test" \
		"hang: the host was still up after 20 s"
}

@test "a variant whose host warns is held to it" {
	program passes 'return 0;'
	printf '[io]\nprogram = %s\nlimit = 5\n' "$PROGRAMS/userspace_io_test" \
		>>"$FAULTLINE_SELFTESTS"
	sed -i 's/^limit.*/&\ncmdline = kvm.plant=warn/' "$FAULTLINE_SELFTESTS"
	check --variants broken
	expect "$EXIT_CHECK" "ok 5 v6.1/broken/io" \
		"not ok 6 v6.1/broken/host kvm.plant=warn" "WARNING: CPU: 0"
}

@test "a selftest and a key that nobody knows" {
	run "$FL" selftest --tests nobody
	expect "$EXIT_UNKNOWN_NAME" "no selftest 'nobody'; there are: demand_paging_test"
	printf '[a]\nprogramm = x\n' >"$BATS_TEST_TMPDIR/list.conf"
	FAULTLINE_SELFTESTS=$BATS_TEST_TMPDIR/list.conf run "$FL" selftest
	expect "$EXIT_USAGE" "list.conf:2: [a] programm: no such key"
}

@test "building selftests leaves the source as it was" {
	local cache=${FAULTLINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/faultline}
	tree=$(ls -d "$cache"/trees/v6.1-*/tree | head -n 1)
	# Nobody moves that tree meanwhile: a build, a shim, check-series.
	exec 8>>"${tree%/tree}/lock"
	flock 8
	printf '[a]\nprogram = set_sregs_test\nlimit = 1\n' \
		>"$BATS_TEST_TMPDIR/list.conf"
	export FAULTLINE_SELFTESTS=$BATS_TEST_TMPDIR/list.conf
	find "$tree" | sort >"$BATS_TEST_TMPDIR/before"
	FAULTLINE_CACHE=$BATS_TEST_TMPDIR/cache KERNEL_SRC=$tree \
		run "$ROOT/scripts/build-selftests" v6.1
	expect 0 "$BATS_TEST_TMPDIR/cache/selftests/v6.1-"
	[ -x "$BATS_TEST_TMPDIR"/cache/selftests/v6.1-*/set_sregs_test ]
	find "$tree" | sort | diff "$BATS_TEST_TMPDIR/before" -
}
