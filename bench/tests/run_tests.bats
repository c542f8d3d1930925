#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# scripts/run-tests itself, on bats files and unit programs that are made up.
#
# stage: quick
# order: 5
# needs: nothing built
# takes: 10 s

load common.bash

setup() {
	export FAULTLINE_TESTS=$BATS_TEST_TMPDIR/tests FAULTLINE_UNITS=$BATS_TEST_TMPDIR/unit
	mkdir "$FAULTLINE_TESTS" "$FAULTLINE_UNITS"
}

# run-tests as it is called from a shell, not from a test: bats has put folders of
# its own into PATH.
run_tests() {
	run env $how -i PATH="$(sed -E 's#[^:]*/bats-core(/[^:]*)?:##g' <<<"$PATH")" HOME="$HOME" MARKS="$BATS_TEST_TMPDIR" \
		FAULTLINE_TESTS="$FAULTLINE_TESTS" FAULTLINE_UNITS="$FAULTLINE_UNITS" \
		"$ROOT/scripts/run-tests" "$@"
}

# a_file NAME HEAD TEST...: a bats file; HEAD is KEY: VALUE;..., TEST is NAME=COMMAND
a_file() {
	local f=$FAULTLINE_TESTS/$1.bats t
	{
		echo "#!/usr/bin/env bats"
		tr ';' '\n' <<<"$2" | sed 's/^ */# /'
		echo
		for t in "${@:3}"; do
			printf '@%s "%s" { %s\n}\n' test "${t%%=*}" "${t#*=}"
		done
	} >"$f"
}

# a_unit NAME COMMAND
a_unit() {
	printf '#!/bin/sh\n%s\n' "$2" >"$FAULTLINE_UNITS/$1"
	chmod +x "$FAULTLINE_UNITS/$1"
}

last() { tail -n 1 <<<"$output"; }

@test "what passes, fails and is skipped is counted in the last line" {
	a_file one 'stage: quick' good=true bad=false 'not here=skip "no moon"'
	run_tests one
	expect 1 "ok 1 good" "not ok 2 bad" "ok 3 not here # skip no moon"
	[ "$(last)" = "1 passed, 1 failed, 1 skipped" ]
	a_file two 'stage: quick' good=true 'better=true'
	run_tests two
	[ "$status" -eq 0 ]
	[ "$(last)" = "2 passed, 0 failed, 0 skipped" ]
}

@test "a test is not told what pins git for the scripts" {
	a_file one 'stage: quick' 'git=[ -z "$(env | grep ^GIT_)" ]'
	run_tests one
	expect 0 "ok 1 git"
}

@test "without a name every file is run, also one that says nothing of itself" {
	a_unit test_x 'echo 1..1; echo ok 1 - x'
	a_file late '' late=true
	a_file later 'stage: alone;order: 60' later=true
	a_file fast 'stage: quick' fast=true
	a_file boot 'stage: boot' boot=true
	a_file built 'stage: build' built=true
	for lanes in 1 2; do
		run_tests --lanes $lanes
		[ "$status" -eq 0 ]
		[ "$(last)" = "6 passed, 0 failed, 0 skipped" ]
		order=$(sed -n 's/^# \([a-z]*\)$/\1/p' <<<"$output" | paste -sd' ')
		[ "$order" = "unit fast kernels built boot later late" ] || { echo "$order"; return 1; }
		[ "$(grep -cE '^# +[0-9]+ s  [a-z]+$' <<<"$output")" -eq 5 ]
	done
}

@test "files that boot run two at a time, and are printed in one order" {
	# Each waits for the other to have begun.
	meet='echo "$FAULTLINE_RUN_LOCK" >$MARKS/%s; for i in $(seq 100); do [ -s $MARKS/%s ] && break; sleep 0.1; done; [ -s $MARKS/%s ]'
	# shellcheck disable=SC2059
	a_file slow 'stage: boot;order: 1' "$(printf "first=$meet; sleep 1" a b b)"
	# shellcheck disable=SC2059
	a_file swift 'stage: boot;order: 2' "$(printf "second=$meet" b a a)"
	run_tests --lanes 2
	[ "$status" -eq 1 ]	# no unit programs are there
	[[ $output == *"ok 1 first"*"# swift"*"ok 1 second"* ]]
	# Two runs at once in one checkout: each lane has a lock of its own.
	[ -s "$BATS_TEST_TMPDIR/a" ]
	if cmp -s "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"; then return 1; fi
}

@test "what the heads name is built first, each once; what does not build is said" {
	a_file one 'stage: boot;kernels: v6.1 off gap;kernels: v0 off x;builds: build-guest v0' good=true
	a_file two 'stage: alone;kernels: v0 off x' good=true
	# A variant of the tests' own, whose patch is not there.
	mkdir -p "$FAULTLINE_TESTS/variants/v6.1/gap"
	cp "$TESTS/variants/v6.1/nop/variant.conf" "$FAULTLINE_TESTS/variants/v6.1/gap"
	echo 0001-not-there.patch >"$FAULTLINE_TESTS/variants/v6.1/gap/series"
	run_tests --lanes 2
	said=$(sed -n '/^# kernels$/,/^# one$/p' <<<"$output" | grep 'exit code')
	[ "$said" = "# build-kernel v0 x off: exit code $EXIT_UNKNOWN_NAME
# build-kernel v6.1 gap off: exit code $EXIT_PATCH
# build-guest v0: exit code $EXIT_UNKNOWN_NAME" ] || { echo "$output"; return 1; }
	[[ $output == *"ok 1 good"*"# two"*"ok 1 good"* ]]
}

@test "a file that ends early has failed" {
	a_file broken 'stage: quick' 'good=true'
	echo 'if' >>"$FAULTLINE_TESTS/broken.bats"
	run_tests broken
	[ "$status" -eq 1 ]
	[[ $(last) == "0 passed, 1 failed"* ]] || { echo "$output"; return 1; }
	a_unit test_dies 'echo 1..3; echo ok 1 - a; kill -SEGV $$'
	a_unit test_stops 'echo 1..3; echo ok 1 - a; exit 0'
	run_tests unit
	expect 1 "not ok - test_dies ended early: exit code 139 after 1 of 3 tests" \
		"not ok - test_stops ended early: exit code 0 after 1 of 3 tests"
	[ "$(last)" = "2 passed, 2 failed, 0 skipped" ]
}

@test "no unit programs is a failure, not a success of none" {
	run_tests unit
	expect 1 "not ok - unit: no programs in $FAULTLINE_UNITS; run: make unit-tests"
}

@test "a file, a path, a pattern, a program; words in one argument" {
	a_unit test_x 'echo 1..1; echo ok 1 - x'
	a_unit test_y 'echo 1..1; echo ok 1 - y'
	a_file one 'stage: quick' 'one nop=true' 'two nops=true' 'a nop=true'
	a_file two 'stage: quick' good=true
	run_tests "bench/tests/one.bats"
	[ "$(last)" = "3 passed, 0 failed, 0 skipped" ]
	run_tests "unit/test_y two one:one nop"
	expect 0 "ok 1 - y" "ok 1 good" "ok 1 one nop"
	[ "$(last)" = "3 passed, 0 failed, 0 skipped" ]
	run_tests one two
	[ "$(last)" = "4 passed, 0 failed, 0 skipped" ]
	run_tests "one:no such test"
	expect 1 "0 passed"
}

@test "a name that does not exist: exit code 3 and what there is" {
	a_file one 'stage: quick' good=true
	a_file two 'stage: boot' good=true
	run_tests three
	expect "$EXIT_UNKNOWN_NAME" "no tests are called 'three'; there are: unit one two"
	run_tests unit/test_nothing
	expect "$EXIT_UNKNOWN_NAME" "unit/test_nothing"
	run_tests --frob
	expect "$EXIT_USAGE" "--frob"
}

@test "every file of this checkout says what it needs and how long it takes" {
	unset FAULTLINE_TESTS
	run "$ROOT/scripts/run-tests" --list
	expect 0 "FILE" "unit" "boots"
	[ "${#lines[@]}" -eq $(($(ls "$TESTS"/*.bats | wc -l) + 2)) ]
	short=$(awk 'NF < 4' <<<"$output" | tail -n +2)
	[ -z "$short" ] || { echo "$short"; return 1; }
	for f in "$TESTS"/*.bats; do
		sed '/^[^#]/q' "$f" | grep -qE '^# stage: (quick|build|boot|alone)$' || { echo "$f"; return 1; }
	done
}

@test "a test can be interrupted, also where who started the tests ignores that" {
	local f how=--ignore-signal=INT
	for f in two three; do
		a_file $f 'stage: boot' \
			'interrupted=run bash -c "trap \"exit 7\" INT; kill -INT \$\$; exit 0"; [ "$status" -eq 7 ]'
	done
	run_tests --lanes 2 two three
	expect 0 "2 passed, 0 failed"
}
