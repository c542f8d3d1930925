#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# What a night does, once and in order, whatever stops it. The programs it calls
# are stubs, but for those at the end.
#
# stage: build
# order: 20
# needs: kernels of v6.1; boots; builds kernels
# takes: 1 min
# kernels: v6.1 off baseline const-fields

load common.bash

NIGHTLY=$ROOT/scripts/nightly/run

setup() {
	export STUB=$BATS_TEST_TMPDIR/stub FAULTLINE=$TESTS/stubs/faultline
	export NIGHTLY_DIR=$BATS_TEST_TMPDIR/nights NIGHTLY_DATE=2026-11-23
	export FAULTLINE_CACHE=$BATS_TEST_TMPDIR/cache HOME_BEFORE=$HOME HOME=$BATS_TEST_TMPDIR/home
	export NIGHTLY_SOURCE=$STUB/new-source NIGHTLY_MIN_FREE_MB=1
	export NIGHTLY_FIGURES_ARGS=
	unset GITHUB_ACTIONS FAULTLINE_VARIANTS FAULTLINE_WORKLOADS FAULTLINE_HISTORY
	mkdir -p "$STUB" "$FAULTLINE_CACHE"
	NIGHT=$NIGHTLY_DIR/$NIGHTLY_DATE
	printf '#!/bin/sh\necho source >>"$STUB/calls"\n[ ! -f "$STUB/source" ] || exit "$(cat "$STUB/source")"\n' >"$NIGHTLY_SOURCE"
	chmod +x "$NIGHTLY_SOURCE"
}

teardown() {
	mountpoint -q "$BATS_TEST_TMPDIR/small" && umount -l "$BATS_TEST_TMPDIR/small"
	rm -f "$STUB/slow"
	[ -z "${background-}" ] || wait "$background" || true
}

# The calls so far, a word each.
called() {
	sed -E 's/^(run) .*--resume.*/\1-on/; s/^(run|history|alert|report|trend) .*/\1/' "$STUB/calls" | paste -sd ' '
}

# wait_for COMMAND...: until it holds
wait_for() {
	local i
	for ((i = 0; i < 200; i++)); do
		"$@" && return
		sleep 0.05
	done
	return 1
}

# In the background and in a group of its own, in the middle of the first run.
start_slow() {
	touch "$STUB/slow"
	setsid "$NIGHTLY" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	background=$!
	wait_for test -f "$NIGHT/tcg/latest/run.json"
}

@test "a night: sources, each rig's runs, history, alert, reports, trend" {
	run "$NIGHTLY"
	expect 0 "night 2026-11-23: exit code 0" "all boots: about 2 minutes"
	[ "$(called)" = "source run history run history alert alert report report trend" ]
	grep -q -- "^run --rig tcg --base all --profiles all --out $NIGHT/tcg$" "$STUB/calls"
	grep -q -- "^run --rig vitro --base v6.1,v5.10 --variants baseline,.*+indirect --profiles off,retpoline,retpoline-lfence --workloads touch-write --out" "$STUB/calls"
	grep -q "^history add $NIGHT/vitro/latest$" "$STUB/calls"
	grep -q "^report $NIGHT/tcg/latest --beside $NIGHT/vitro/latest$" "$STUB/calls"
	links=$(sed -nE 's/^trend .*--links ([^ ]+).*/\1/p' "$STUB/calls")
	[ "$(realpath "$NIGHTLY_DIR/$links")" = "$ROOT" ]
	[ "$(cat "$NIGHT/alert.txt")" = "the alert's text" ]
	[ -f "$NIGHT/alert.mail" ] && [ -f "$NIGHT/alert.json" ] && [ -f "$NIGHT/alert.xml" ]
	[ -d "$NIGHT/tcg/latest/report" ] && [ -f "$NIGHTLY_DIR/trend.html" ]
	[ "$(readlink "$NIGHTLY_DIR/latest")" = 2026-11-23 ]
	# every step has its time in the log
	for s in source run-tcg history-vitro alert report-tcg trend prune; do
		grep -qE "^20[0-9-]{8}T[0-9:]{8}Z  $s: exit code 0 after [0-9]+ s, done" "$NIGHT/log" ||
			{ echo "$s"; cat "$NIGHT/log"; return 1; }
	done
}

@test "the same night a second time does nothing and ends the same" {
	echo 40 >"$STUB/alert"
	run "$NIGHTLY"
	expect "$EXIT_REGRESSION"
	: >"$STUB/calls"
	cp "$NIGHT/log" "$BATS_TEST_TMPDIR/log"
	run "$NIGHTLY"
	expect "$EXIT_REGRESSION" "is done (exit code 40)"
	[ ! -s "$STUB/calls" ]
	cmp "$NIGHT/log" "$BATS_TEST_TMPDIR/log"
	NIGHTLY_DATE=2026-11-24 run "$NIGHTLY"
	[ -s "$STUB/calls" ]
}

@test "another QEMU: the last night's sources are measured once more before the newest come" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "QEMU emulator version $(cat "$STUB/qemu")"\n' >"$BATS_TEST_TMPDIR/bin/qemu-system-x86_64"
	chmod +x "$BATS_TEST_TMPDIR/bin/qemu-system-x86_64"
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH NIGHTLY_RIGS=tcg
	echo 7.2.22 >"$STUB/qemu"
	run "$NIGHTLY"
	expect 0
	[ "$(called)" = "source run history alert alert report trend" ]
	: >"$STUB/calls"
	NIGHTLY_DATE=2026-11-24 run "$NIGHTLY"
	[ "$(called)" = "source run history alert alert report trend" ]
	: >"$STUB/calls"
	echo 7.2.23 >"$STUB/qemu"
	NIGHTLY_DATE=2026-11-25 run "$NIGHTLY"
	expect 0 "< QEMU emulator version 7.2.22 > QEMU emulator version 7.2.23" "bridge-tcg: exit code 0"
	[ "$(called)" = "run history source run history alert alert report trend" ]
	grep -q "^history add $NIGHTLY_DIR/2026-11-25/bridge-tcg/latest$" "$STUB/calls"
	grep -q -- "^run --rig tcg --base all --profiles all --boots 1 --out $NIGHTLY_DIR/2026-11-25/bridge-tcg$" "$STUB/calls"
	: >"$STUB/calls"
	: >"$STUB/calls"
	NIGHTLY_DATE=2026-11-26 run "$NIGHTLY"
	[ "$(called)" = "source run history alert alert report trend" ]
	# by FAULTLINE_QEMU as well
	cp -r "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/other"
	sed -i 's/version .*"/version 10.0"/' "$BATS_TEST_TMPDIR/other/qemu-system-x86_64"
	FAULTLINE_QEMU=$BATS_TEST_TMPDIR/other/qemu-system-x86_64 NIGHTLY_DATE=2026-11-27 run "$NIGHTLY"
	expect 0 "< QEMU emulator version 7.2.23 > QEMU emulator version 10.0" "bridge-tcg: exit code 0"
}

@test "what another rig measures with is no reason to measure again" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "QEMU emulator version $(cat "$STUB/qemu")"\n' >"$BATS_TEST_TMPDIR/bin/qemu-system-x86_64"
	chmod +x "$BATS_TEST_TMPDIR/bin/qemu-system-x86_64"
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH NIGHTLY_RIGS="tcg vitro bochs"
	echo 7.2.22 >"$STUB/qemu"
	run "$NIGHTLY"
	echo 7.2.23 >"$STUB/qemu"
	NIGHTLY_DATE=2026-11-24 run "$NIGHTLY"
	expect 0 "bridge-tcg: exit code 0"
	lacks "bridge-vitro|bridge-bochs"
	expect 0 "all boots: about 4 minutes"
}

@test "a tree that is followed is bridged as well, from its last commit, whatever KERNEL_SRC is" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "QEMU emulator version $(cat "$STUB/qemu")"\n' >"$BATS_TEST_TMPDIR/bin/qemu-system-x86_64"
	chmod +x "$BATS_TEST_TMPDIR/bin/qemu-system-x86_64"
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH KERNEL_SRC=$BATS_TEST_TMPDIR/other-linux
	export NIGHTLY_RIGS=tcg NIGHTLY_TREES="kvm-next=$BATS_TEST_TMPDIR/upstream#next"
	git=$FAULTLINE_CACHE/follow/kvm-next.git
	branch one
	first=$head
	echo 7.2.22 >"$STUB/qemu"
	run "$NIGHTLY"
	expect 0 "kvm-next: ${head:0:7}"
	grep -q -- "--base kvm-next .* source none$" "$STUB/sources"
	grep -q -- "--profiles all .* source $KERNEL_SRC$" "$STUB/sources"
	branch two
	echo 7.2.23 >"$STUB/qemu"
	: >"$STUB/calls"
	NIGHTLY_DATE=2026-11-24 NIGHT=$NIGHTLY_DIR/2026-11-24
	run "$NIGHTLY"
	expect 0 "bridge-tree-kvm-next: exit code 0"
	[ "$(called)" = "run history run history source run history run history alert alert alert report trend" ]
	measured() { git -C "$git" rev-parse "refs/measured/$(basename "$(readlink "$NIGHT/$1/latest")")"; }
	[ "$(measured bridge-tree-kvm-next)" = "$first" ]
	[ "$(measured tree-kvm-next)" = "$head" ]
}

@test "attributions of a few cells are measured and added, under another QEMU before the sources, too" {
	unset NIGHTLY_FIGURES_ARGS
	export NIGHTLY_RIGS=tcg
	run "$NIGHTLY"
	expect 0 "run-figures: exit code 0" "history-figures: exit code 0"
	[ "$(called)" = "source run history run history alert alert report trend" ]
	grep -qx "run --rig tcg --attribute --boots 1 --base all --workloads touch-write,mmio --out $NIGHT/figures" "$STUB/calls"
	grep -qx "history add --attributions $NIGHT/figures/latest" "$STUB/calls"
	: >"$STUB/calls"
	for f in tcg figures; do echo another >"$NIGHTLY_DIR/.instrument-$f"; done
	NIGHTLY_DATE=2026-11-24 NIGHTLY_FIGURES_ARGS="--base v6.12" NIGHTLY_WATCH=path_loads run "$NIGHTLY"
	expect 0 "bridge-figures: exit code 0"
	[ "$(called)" = "run history run history source run history run history alert alert report trend" ]
	grep -qx "run --rig tcg --attribute --boots 1 --base v6.12 --out $NIGHTLY_DIR/2026-11-24/bridge-figures" "$STUB/calls"
	grep -qx "history add --attributions --follow path_loads $NIGHTLY_DIR/2026-11-24/figures/latest" "$STUB/calls"
	grep -q "^alert --watch path_loads --junit" "$STUB/calls"
	# where nothing could be attributed, the night goes on
	echo 31 >"$STUB/history"
	NIGHTLY_DATE=2026-11-25 NIGHTLY_RIGS=vitro run "$NIGHTLY"
	if grep -q -- --attribute <(tail -n 5 "$STUB/calls"); then false; fi
}

@test "an alert's exit code is the night's, with reports and page made before" {
	for code in "$EXIT_REGRESSION" "$EXIT_IMPROVED" "$EXIT_UNJUDGED" "$EXIT_BASE_MOVED" "$EXIT_NO_DATA"; do
		rm -rf "$NIGHTLY_DIR"
		echo "$code" >"$STUB/alert"
		run "$NIGHTLY"
		expect "$code" "night 2026-11-23: exit code $code"
		[ -f "$NIGHTLY_DIR/trend.html" ] && [ -d "$NIGHT/tcg/latest/report" ]
	done
}

@test "killed in a run, the night goes on with that run" {
	start_slow
	kill -9 -- -"$background"
	wait "$background" || true
	background=''
	rm "$STUB/slow"
	[ ! -f "$NIGHT/exit" ]
	first=$(readlink "$NIGHT/tcg/latest")
	run "$NIGHTLY"
	expect 0 "source: done before"
	[ "$(called)" = "source run run-on history run history alert alert report report trend" ]
	[ "$(readlink "$NIGHT/tcg/latest")" = "$first" ]
}

@test "killed between any two steps, no step is done twice and none is left out" {
	run "$NIGHTLY"
	for s in "$NIGHT"/stamp/*; do
		rm -f "$NIGHT/exit" "$s"
		: >"$STUB/calls"
		run "$NIGHTLY"
		expect 0
		case $s in
		*/source) want=source ;;
		*/run-*) want=run-on ;;
		*/history-*) want=history ;;
		*/report-*) want=report ;;
		*/alert) want="alert alert" ;;
		*/trend) want=trend ;;
		esac
		[ "$(called)" = "$want" ] || { echo "$s: $(called)"; return 1; }
	done
}

# Nights whose history is real: their runs are made of the committed one.
real_history() { # NAME
	export FAULTLINE=$TESTS/stubs/made-night NIGHTLY_RIGS=tcg NIGHTLY_ACKS=/dev/null
	export NIGHTLY_DIR=$BATS_TEST_TMPDIR/$1/nights FAULTLINE_HISTORY=$BATS_TEST_TMPDIR/$1/history.db
	export FAULTLINE_NOW=2026-12-01T00:00:00Z
	mkdir -p "$BATS_TEST_TMPDIR/$1"
}

# What three nights came to, but for paths and what is of today.
came_to() { # NAME
	{
		"$FL" history export --format jsonl
		cat "$NIGHTLY_DIR"/*/exit "$NIGHTLY_DIR"/*/alert.txt
		ls "$NIGHTLY_DIR"/*/stamp "$NIGHTLY_DIR"/*/tcg/latest/report
		grep -o 'href="[^"]*"' "$NIGHTLY_DIR/trend.html" | sort -u
		"$FL" history check >/dev/null && echo sound
	} | sed "s#$BATS_TEST_TMPDIR/$1/#/#g"
}

# FAULTLINE_TEST_KILLS=100 bats bench/tests/nightly.bats -f 'random moments'
@test "nights killed at random moments go on and end with the same history" {
	echo "const-fields touch-write kvm_faultin_pfn 60" >"$STUB/plants-2026-11-25"
	real_history whole
	for day in 23 24 25; do NIGHTLY_DATE=2026-11-$day run "$NIGHTLY"; done
	expect "$EXIT_REGRESSION"
	came_to whole >"$BATS_TEST_TMPDIR/want"
	grep -q '^sound$' "$BATS_TEST_TMPDIR/want"
	kills=0 nights=0 wanted=${FAULTLINE_TEST_KILLS:-6} RANDOM=${FAULTLINE_TEST_KILLS:-6} steps=''
	while [ "$kills" -lt "$wanted" ]; do
		rm -rf "$BATS_TEST_TMPDIR/killed"
		real_history killed
		for day in 23 24 25; do
			NIGHT=$NIGHTLY_DIR/2026-11-$day
			tries=2
			while [ ! -f "$NIGHT/exit" ]; do
				NIGHTLY_DATE=2026-11-$day setsid "$NIGHTLY" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
				background=$!
				# longer each time, so that some come through
				tries=$((tries + 1))
				[ "$kills" -ge "$wanted" ] || sleep "$((RANDOM % tries)).$((100 + RANDOM % 900))"
				if [ "$kills" -lt "$wanted" ] && kill -9 -- -"$background" 2>/dev/null; then
					kills=$((kills + 1))
					steps+=" $(tail -n 1 "$NIGHT/log" 2>/dev/null | cut -d' ' -f3)"
				fi
				wait "$background" || true
				background=''
			done
			nights=$((nights + 1))
		done
		came_to killed >"$BATS_TEST_TMPDIR/got"
		diff "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/got"
	done
	printf '# %s kills in %s nights; the log was last at: %s\n' "$kills" "$nights" \
		"$(tr ' ' '\n' <<<"$steps" | sort | uniq -c | awk '{ print $2 " " $1 }' | paste -sd ,)" >&3
}

@test "on a disk that fills at any step a night ends with 6, and goes on to the same history" {
	[ "$(id -u)" -eq 0 ] || skip "needs root to mount a small tmpfs"
	echo "const-fields touch-write kvm_faultin_pfn 60" >"$STUB/plants-2026-11-24"
	real_history whole
	for day in 23 24; do NIGHTLY_DATE=2026-11-$day run "$NIGHTLY"; done
	expect "$EXIT_REGRESSION"
	came_to whole >"$BATS_TEST_TMPDIR/want"
	needs=$(du -sk "$BATS_TEST_TMPDIR/whole" | cut -f1)
	full=0 NIGHTLY_MIN_FREE_MB=0
	for part in ${FAULTLINE_TEST_FULL:-3 20 40 60 80 95}; do
		real_history small
		mount -t tmpfs -o size=$((needs * 2))k tmpfs "$BATS_TEST_TMPDIR/small" ||
			skip "may not mount a tmpfs here"
		head -c "$((needs * (200 - part) / 100))k" /dev/zero >"$BATS_TEST_TMPDIR/small/ballast"
		for day in 23 24; do
			export NIGHTLY_DATE=2026-11-$day
			run "$NIGHTLY"
			if [ ! -s "$NIGHTLY_DIR/$NIGHTLY_DATE/exit" ]; then
				[ "$status" -eq "$EXIT_STORAGE" ] || { echo "$output"; umount "$BATS_TEST_TMPDIR/small"; return 1; }
				full=$((full + 1))
				rm "$BATS_TEST_TMPDIR/small/ballast"
				run "$NIGHTLY"
			fi
		done
		rm -f "$BATS_TEST_TMPDIR/small/ballast"
		came_to small >"$BATS_TEST_TMPDIR/got"
		umount "$BATS_TEST_TMPDIR/small"
		diff "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/got"
	done
	echo "# $full times full" >&3
	[ "$full" -ge 3 ]
}

@test "a stamp and an exit code that a kill left empty are not there" {
	run "$NIGHTLY"
	expect 0
	: >"$NIGHT/exit"
	: >"$NIGHT/stamp/history-tcg"
	: >"$STUB/calls"
	run "$NIGHTLY"
	expect 0
	[ "$(called)" = history ]
}

@test "a night after a clock that ran ahead ends with 33 until that run is withdrawn" {
	real_history clock
	NIGHTLY_DATE=2026-11-23 run "$NIGHTLY"
	[ -s "$NIGHTLY_DIR/2026-11-23/exit" ]
	NIGHTLY_DATE=2031-01-01 FAULTLINE_NOW=2031-01-01T03:00:00Z run "$NIGHTLY"
	[ -s "$NIGHTLY_DIR/2031-01-01/exit" ]
	# forward it went, back it comes; not one night passes without a word
	for day in 24 24 25; do
		NIGHTLY_DATE=2026-11-$day run "$NIGHTLY"
		expect "$EXIT_OUT_OF_ORDER" "before 2031-01-01 of 2031-01-01T02:00:00Z" "history-tcg: exit code 33"
		[ ! -f "$NIGHTLY_DIR/2026-11-$day/exit" ]
	done
	"$FL" history withdraw 2031-01-01 --who me --why "its clock"
	for day in 24 25; do
		NIGHTLY_DATE=2026-11-$day run "$NIGHTLY"
		expect 0
	done
	[ "$("$FL" history export --format jsonl | jq -r 'select(.workload == "mmio" and .variant == "baseline" and .metric == "instructions") | .run' | paste -sd ' ')" = "2026-11-23 2031-01-01 2026-11-24 2026-11-25" ]
}

@test "while a night runs another one is refused, the next date's too" {
	start_slow
	run timeout 20 "$NIGHTLY"
	expect "$EXIT_BUSY" "a night still runs: 2026-11-23, process $background"
	NIGHTLY_DATE=2026-11-24 run timeout 20 "$NIGHTLY"
	expect "$EXIT_BUSY" "2026-11-23"
	[ ! -d "$NIGHTLY_DIR/2026-11-24" ]
	rm "$STUB/slow"
	wait "$background"
	background=''
	run timeout 20 "$NIGHTLY"
	expect 0 "is done"
}

@test "a night whose boots outlive it is not over" {
	start_slow
	kill -9 "$background"
	wait "$background" || true
	background=''
	run timeout 20 "$NIGHTLY"
	expect "$EXIT_BUSY" "what it started"
	rm "$STUB/slow"
	wait_for flock -n "$NIGHTLY_DIR/.lock" true
	run timeout 20 "$NIGHTLY"
	expect 0
}

@test "a run of other programs than are here stays, and another one begins" {
	start_slow
	kill -9 -- -"$background"
	wait "$background" || true
	background=''
	rm "$STUB/slow"
	first=$(readlink "$NIGHT/tcg/latest")
	printf '%s\n' "$EXIT_CHANGED" 0 >"$STUB/run-tcg"
	run "$NIGHTLY"
	expect 0 "another run of rig tcg begins"
	[ -d "$NIGHT/tcg/$first" ]
	[ "$(readlink "$NIGHT/tcg/latest")" != "$first" ]
}

@test "a rig that fails keeps no other from its night, and is tried again" {
	echo "$EXIT_BUILD" >"$STUB/run-tcg"
	run "$NIGHTLY"
	expect "$EXIT_BUILD" "run-tcg: exit code 11"
	[ "$(called)" = "source run run history alert alert report trend" ]
	rm "$STUB/run-tcg"
	: >"$STUB/calls"
	run "$NIGHTLY"
	expect 0
	[ "$(called)" = "run-on history report" ]
}

@test "a regression is told before a failure, a failure before a doubt" {
	echo "$EXIT_BUILD" >"$STUB/run-vitro"
	echo "$EXIT_REGRESSION" >"$STUB/alert"
	run "$NIGHTLY"
	expect "$EXIT_REGRESSION"
	NIGHTLY_DATE=2026-11-24
	echo "$EXIT_UNJUDGED" >"$STUB/alert"
	run "$NIGHTLY"
	expect "$EXIT_BUILD"
}

@test "invalid records are a night's code when nothing else is" {
	echo "$EXIT_HANG" >"$STUB/run-tcg"
	run "$NIGHTLY"
	expect "$EXIT_HANG"
	[ "$(called)" = "source run history run history alert alert report report trend" ]
	run "$NIGHTLY"
	expect "$EXIT_HANG" "is done"
}

@test "Ctrl-C, a busy checkout and a full disk end the night where it is" {
	for code in "$EXIT_INTERRUPTED" "$EXIT_BUSY" "$EXIT_STORAGE"; do
		rm -rf "$NIGHTLY_DIR" "$STUB/calls"
		echo "$code" >"$STUB/run-tcg"
		run "$NIGHTLY"
		expect "$code"
		[ "$(called)" = "source run" ]
		[ ! -f "$NIGHT/exit" ]
	done
}

@test "a source of which no newer is available is a warning" {
	echo "$EXIT_MISSING" >"$STUB/source"
	run "$NIGHTLY"
	expect 0 "source: exit code 4"
	[ "$(called)" = "source run history run history alert alert report report trend" ]
}

@test "suspects are measured again before they are judged, in the night's folder" {
	for name in faultline build/faultline; do
		rm -rf "$NIGHTLY_DIR" "$STUB/calls"
		printf '%s\n' 42 42 40 >"$STUB/alert"
		echo "$name run --rig=vitro --base=v6.1 --variants='a b;touch no' --workloads=touch-write && $name history add results/latest --db=x.db" >"$STUB/rerun"
		run "$NIGHTLY"
		expect "$EXIT_REGRESSION" "1 suspects' cells"
		[ "$(grep -c -- "^run --rig=vitro --base=v6.1 --variants=a b;touch no --workloads=touch-write --out $NIGHT/again$" "$STUB/calls")" -eq 2 ]
		[ "$(grep -c "^history add $NIGHT/again/latest --db=x.db$" "$STUB/calls")" -eq 2 ]
	done
}

@test "under GitHub Actions the alert's annotations are printed" {
	GITHUB_ACTIONS=true run "$NIGHTLY"
	expect 0 $'\n::error ::more'
	rm -rf "$NIGHTLY_DIR"
	run "$NIGHTLY"
	[[ $output != *::error* ]]
}

@test "no space, no night" {
	NIGHTLY_MIN_FREE_MB=999999999 run "$NIGHTLY"
	expect "$EXIT_STORAGE" "MB free" "999999999"
	[ ! -d "$NIGHT" ] && [ ! -f "$STUB/calls" ]
}

@test "old nights are pruned; young ones, strange folders and the history stay" {
	made() { mkdir -p "$NIGHTLY_DIR/$1" && echo "a night of Faultline: $1" >"$NIGHTLY_DIR/$1/night"; }
	for d in 01 02 03 04 05 06 07 08 09 10; do made "2026-10-$d"; made "2026-11-$d"; done
	mkdir -p "$NIGHTLY_DIR/2026-10-20" "$NIGHTLY_DIR/keep-2026" "$BATS_TEST_TMPDIR/elsewhere"
	echo "a night of Faultline: 2026-10-21" >"$BATS_TEST_TMPDIR/elsewhere/night"
	ln -s "$BATS_TEST_TMPDIR/elsewhere" "$NIGHTLY_DIR/2026-10-21"
	mkdir -p "$NIGHTLY_DIR/2026-10-22"
	echo "a night of Faultline: 2026-10-01" >"$NIGHTLY_DIR/2026-10-22/night"
	touch "$NIGHTLY_DIR/2026-10-05/history.db" "$NIGHTLY_DIR/history.db"
	FAULTLINE_HISTORY=$NIGHTLY_DIR/2026-10-05/history.db NIGHTLY_KEEP_DAYS=20 run "$NIGHTLY"
	expect 0 "the history is in it"
	for d in 2026-10-01 2026-10-10 2026-11-01 2026-11-02; do
		[ ! -e "$NIGHTLY_DIR/$d" ] || { echo "$d stayed"; return 1; }
	done
	for d in 2026-11-03 2026-11-10 2026-11-23 2026-10-20 2026-10-21 2026-10-22 \
		2026-10-05/history.db keep-2026 history.db; do
		[ -e "$NIGHTLY_DIR/$d" ] || { echo "$d is gone"; return 1; }
	done
	[ -f "$BATS_TEST_TMPDIR/elsewhere/night" ]
}

@test "a clock far ahead does not prune the newest nights" {
	for d in 01 02 03 04 05 06 07 08; do
		mkdir -p "$NIGHTLY_DIR/2026-11-$d"
		echo "a night of Faultline: 2026-11-$d" >"$NIGHTLY_DIR/2026-11-$d/night"
	done
	NIGHTLY_DATE=2099-01-01 run "$NIGHTLY"
	expect 0
	[ ! -d "$NIGHTLY_DIR/2026-11-02" ]
	[ -d "$NIGHTLY_DIR/2026-11-03" ] && [ -d "$NIGHTLY_DIR/2026-11-08" ]
}

@test "the choices come from a file, and the environment goes before it" {
	mkdir -p "$HOME/.config/faultline"
	printf '%s\n' '# words' 'NIGHTLY_RIGS=tcg' 'NIGHTLY_TCG_ARGS="--base v6.1 -w null"' \
		'NIGHTLY_DATE=2020-01-01' >"$HOME/.config/faultline/nightly.conf"
	run "$NIGHTLY"
	expect 0
	grep -q -- "^run --rig tcg --base v6.1 -w null --out $NIGHT/tcg$" "$STUB/calls"
	[ "$(called)" = "source run history alert alert report trend" ]
	echo 'PATH=/tmp' >"$BATS_TEST_TMPDIR/bad.conf"
	NIGHTLY_CONF=$BATS_TEST_TMPDIR/bad.conf run "$NIGHTLY"
	expect "$EXIT_USAGE" "bad.conf:1" PATH
	NIGHTLY_CONF=$BATS_TEST_TMPDIR/none.conf run "$NIGHTLY"
	expect "$EXIT_MISSING" none.conf
}

@test "wrong choices are named" {
	NIGHTLY_DATE=yesterday run "$NIGHTLY"
	expect "$EXIT_USAGE" yesterday
	NIGHTLY_KEEP_DAYS=-1 run "$NIGHTLY"
	expect "$EXIT_USAGE" NIGHTLY_KEEP_DAYS=-1
	run "$NIGHTLY" now
	expect "$EXIT_USAGE" usage
}

@test "a hook gets the folder and the code, and does not hold the lock" {
	printf '#!/bin/sh\necho "$@" >"$STUB/hook"\nls /proc/self/fd | grep -qx 9 && echo open >>"$STUB/hook"\nexit 3\n' >"$STUB/my-hook"
	chmod +x "$STUB/my-hook"
	echo 40 >"$STUB/alert"
	NIGHTLY_HOOK=$STUB/my-hook run "$NIGHTLY"
	expect "$EXIT_REGRESSION" "my-hook failed"
	[ "$(head -n 1 "$STUB/hook")" = "$NIGHT 40" ]
	if grep -qx open "$STUB/hook"; then return 1; fi
}

@test "the units are systemd's, and the checkout's path is in the choices" {
	run "$ROOT/scripts/nightly/install" "$BATS_TEST_TMPDIR/units"
	expect 0 "nightly.conf" "enable --now"
	conf=$HOME/.config/faultline/nightly.conf
	grep -qx "FAULTLINE_CHECKOUT=\"$ROOT\"" "$conf"
	# installed again it has one such line, and what was chosen stays
	echo 'NIGHTLY_RIGS=tcg' >>"$conf"
	"$ROOT/scripts/nightly/install" "$BATS_TEST_TMPDIR/units"
	[ "$(grep -c FAULTLINE_CHECKOUT "$conf")" -eq 1 ]
	grep -qx NIGHTLY_RIGS=tcg "$conf"
	# a night takes the file as it is
	NIGHTLY_CONF=$conf run "$NIGHTLY"
	expect 0
	[ "$(called)" = "source run history alert alert report trend" ]
	grep -q "^SuccessExitStatus=$EXIT_IMPROVED $EXIT_UNJUDGED $EXIT_BASE_MOVED$" "$BATS_TEST_TMPDIR/units/faultline-nightly.service"
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze on this machine"
	systemd-analyze verify "$BATS_TEST_TMPDIR"/units/faultline-nightly.{service,timer}
}

@test "the workflow's steps are the night's own, and its exit codes too" {
	yml=$ROOT/scripts/nightly/github.yml
	grep -q "^          $EXIT_IMPROVED | $EXIT_UNJUDGED | $EXIT_BASE_MOVED) " "$yml"
	# The script of the step, run on a night that found a regression, and on doubts.
	mkdir -p "$BATS_TEST_TMPDIR/w/results" "$BATS_TEST_TMPDIR/bin"
	sed -n '/^          code=0$/,/^          esac$/p' "$yml" | sed 's/^          //' >"$BATS_TEST_TMPDIR/step"
	printf '#!/bin/sh\nexec "%s"\n' "$NIGHTLY" >"$BATS_TEST_TMPDIR/bin/make"
	chmod +x "$BATS_TEST_TMPDIR/bin/make"
	cd "$BATS_TEST_TMPDIR/w"
	ln -s "$NIGHTLY_DIR" results/nightly
	export GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$BATS_TEST_TMPDIR/summary PATH=$BATS_TEST_TMPDIR/bin:$PATH
	echo 40 >"$STUB/alert"
	run bash -e "$BATS_TEST_TMPDIR/step"
	expect "$EXIT_REGRESSION" "::error ::more"
	grep -q "the alert's text" "$GITHUB_STEP_SUMMARY"
	rm -rf "$NIGHTLY_DIR"/*
	echo 42 >"$STUB/alert"
	run bash -e "$BATS_TEST_TMPDIR/step"
	expect 0 "::notice::"
}

# Packages as apt-get would have them: version $STUB/version, content
# $STUB/content; installed where $STUB/installed is.
packages() {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/apt-get" <<-'APT'
		#!/bin/bash
		echo "apt-get $*" >>"$STUB/calls"
		[ ! -f "$STUB/away" ] || { echo "E: the mirror is away" >&2; exit 100; }
		case " $* " in
		*" --print-uris "*) echo "'http://x/y' linux-source-6.12_$(cat "$STUB/version")_all.deb 1 SHA256:0" ;;
		*" download "*) cp "$STUB/content" ./linux-source-6.12_new_all.deb ;;
		esac
	APT
	cat >"$BATS_TEST_TMPDIR/bin/dpkg-query" <<-'DPKG'
		#!/bin/bash
		[ -f "$STUB/installed" ] || exit 1
		case $* in *Status*) echo 'ii ' ;; *) cat "$STUB/installed" ;; esac
	DPKG
	cat >"$BATS_TEST_TMPDIR/bin/dpkg-deb" <<-'DEB'
		#!/bin/bash
		mkdir -p usr/src && cp "$2" usr/src/linux-source-6.12.tar.xz
	DEB
	printf '#!/bin/sh\necho "${FAKE_UID:-0}"\n' >"$BATS_TEST_TMPDIR/bin/id"
	chmod +x "$BATS_TEST_TMPDIR"/bin/*
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	echo 6.12.1 >"$STUB/version"
	echo one >"$STUB/content"
	unset KERNEL_SRC
}

@test "source: what was downloaded is downloaded again when it is newer, and only then" {
	packages
	have=$FAULTLINE_CACHE/packages/linux-source-6.12.tar.xz
	run "$ROOT/scripts/nightly/source" v6.12
	expect 0 "v6.12: linux-source-6.12_6.12.1_all.deb"
	[ "$(cat "$have")" = one ]
	: >"$STUB/calls"
	touch -d 2020-01-01 "$have"
	run "$ROOT/scripts/nightly/source" v6.12
	expect 0
	if grep -q "download linux" "$STUB/calls"; then return 1; fi
	# another version of the same content: the time stays, so nothing is built
	echo 6.12.2 >"$STUB/version"
	run "$ROOT/scripts/nightly/source" v6.12
	expect 0 "6.12.2"
	[ "$(date -r "$have" +%Y)" = 2020 ]
	echo 6.12.3 >"$STUB/version"
	echo three >"$STUB/content"
	run "$ROOT/scripts/nightly/source" v6.12
	expect 0 "6.12.3"
	[ "$(cat "$have")" = three ]
	[ "$(ls "$FAULTLINE_CACHE/packages")" = $'linux-source-6.12.tar.xz\nlinux-source-6.12.tar.xz.from' ]
}

@test "source: what is installed is upgraded by root, and a warning for others" {
	packages
	echo 6.12.1-1 >"$STUB/installed"
	run "$ROOT/scripts/nightly/source" v6.12
	expect 0 "v6.12: linux-source-6.12 6.12.1-1"
	[ "$(grep -c "apt-get update" "$STUB/calls")" -eq 1 ]
	grep -q "install -y --no-install-recommends --only-upgrade linux-source-6.12$" "$STUB/calls"
	: >"$STUB/calls"
	FAKE_UID=1000 run "$ROOT/scripts/nightly/source" v6.12
	expect "$EXIT_MISSING" "only root upgrades it"
	[ ! -s "$STUB/calls" ]
}

@test "source: a mirror that is away leaves what is there, and says so" {
	packages
	"$ROOT/scripts/nightly/source" v6.12
	touch "$STUB/away"
	run "$ROOT/scripts/nightly/source" v6.12
	expect "$EXIT_MISSING" "E: the mirror is away" "what is in $FAULTLINE_CACHE/packages stays"
	[ "$(cat "$FAULTLINE_CACHE/packages/linux-source-6.12.tar.xz")" = one ]
	run "$ROOT/scripts/nightly/source" v0
	expect "$EXIT_UNKNOWN_NAME" v0
}

@test "source: a git tree is pulled, but never over what was changed there" {
	packages
	export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
	cd "$BATS_TEST_TMPDIR"
	git init -q upstream && echo one >upstream/Makefile
	git -C upstream add Makefile && git -C upstream commit -qm one
	git clone -q upstream tree
	echo two >upstream/Makefile && git -C upstream commit -qam two
	KERNEL_SRC=$PWD/tree run "$ROOT/scripts/nightly/source" v6.12
	expect 0 "v6.12: $PWD/tree at"
	[ "$(cat tree/Makefile)" = two ]
	echo three >upstream/Makefile && git -C upstream commit -qam three
	echo mine >tree/Makefile
	KERNEL_SRC=$PWD/tree run "$ROOT/scripts/nightly/source" v6.12
	expect "$EXIT_MISSING" "pull --ff-only"
	[ "$(cat tree/Makefile)" = mine ]
	if grep -qs apt-get "$STUB/calls"; then return 1; fi
	# rewritten upstream: what is there is measured, and that it is gone is said
	git -C tree checkout -q Makefile
	git -C upstream reset -q --hard HEAD~2 && echo other >upstream/Makefile && git -C upstream commit -qam other
	KERNEL_SRC=$PWD/tree run "$ROOT/scripts/nightly/source" v6.12
	expect "$EXIT_MISSING" "is at $(git -C tree rev-parse --short=12 HEAD), which its upstream does not have: it was force-pushed"
	[ "$(cat tree/Makefile)" = two ]
}

# A branch with a commit SUBJECT... each, of Linux 6.12; -f: from the first one on
branch() {
	export GIT_AUTHOR_NAME='A. Developer' GIT_AUTHOR_EMAIL=ad@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
	local up=$BATS_TEST_TMPDIR/upstream subject
	[ -d "$up" ] || {
		git init -q -b next "$up"
		printf '%s\n' 'VERSION = 6' 'PATCHLEVEL = 12' >"$up/Makefile"
		git -C "$up" add Makefile && git -C "$up" commit -qm first
	}
	[ "$1" != -f ] || { git -C "$up" reset -q --hard "$(git -C "$up" rev-list --max-parents=0 HEAD)"; shift; }
	for subject; do
		echo "$subject" >>"$up/Makefile"
		git -C "$up" commit -qam "$subject"
	done
	head=$(git -C "$up" rev-parse HEAD)
}

@test "trees to follow: the newest commit is a base, and a force-push loses nothing" {
	export NIGHTLY_RIGS=tcg NIGHTLY_TREES="kvm-next=$BATS_TEST_TMPDIR/upstream#next"
	git=$FAULTLINE_CACHE/follow/kvm-next.git
	branch one
	run "$NIGHTLY"
	expect 0 "kvm-next: ${head:0:7}" '"one"'
	[ "$(called)" = "source run history run history alert alert alert report trend" ]
	grep -q -- "^run --rig tcg --base kvm-next --variants baseline --out $NIGHT/tree-kvm-next$" "$STUB/calls"
	conf=$FAULTLINE_CACHE/follow/bases/kvm-next/base.conf
	grep -qx "version = 6.12" "$conf" && grep -qx "tree    = $git" "$conf"
	if grep -q '^package' "$conf"; then false; fi
	first=$head run=$(basename "$(readlink "$NIGHT/tree-kvm-next/latest")")
	[ "$(git -C "$git" rev-parse "refs/measured/$run")" = "$first" ]
	# --base all is of the bases that stand in variants/
	if FAULTLINE=$FL bash -c '"$FAULTLINE" list' | grep -q kvm-next; then false; fi
	FAULTLINE_BASES=$FAULTLINE_CACHE/follow/bases run "$FL" list
	expect 0 "kvm-next" "Linux 6.12, kvm-next"
	branch -f other
	NIGHTLY_DATE=2026-11-24 run "$NIGHTLY"
	expect 0 "${head:0:12}: it was force-pushed, ${first:0:12} is no longer in it and kept here"
	git -C "$BATS_TEST_TMPDIR/upstream" reflog expire --expire=now --all
	git -C "$BATS_TEST_TMPDIR/upstream" gc -q --prune=now
	git -C "$git" gc -q --prune=now
	[ "$(git -C "$git" show -s --format=%s "refs/measured/$run")" = one ]
	# a repository that is away: the commit that is there is measured, and it is said
	mv "$BATS_TEST_TMPDIR/upstream" "$BATS_TEST_TMPDIR/away"
	NIGHTLY_DATE=2026-11-25 run "$NIGHTLY"
	expect 0 "kvm-next: $BATS_TEST_TMPDIR/upstream cannot be fetched" "${head:0:12} stays" "follow: exit code 4"
	[ -d "$NIGHTLY_DIR/2026-11-25/tree-kvm-next" ]
	NIGHTLY_DATE=2026-11-26 NIGHTLY_TREES=v6.12=/x run "$NIGHTLY"
	expect "$EXIT_USAGE" "is not NAME=WHERE"
}

@test "a tree that got worse: the alert names commit, subject and author" {
	export NIGHTLY_RIGS=tcg NIGHTLY_TREES="kvm-next=$BATS_TEST_TMPDIR/upstream#next"
	git=$FAULTLINE_CACHE/follow/kvm-next.git
	branch one
	run "$NIGHTLY"
	good=$(basename "$(readlink "$NIGHT/tree-kvm-next/latest")")
	branch two $'three <b>\033[2J'
	two=$(git -C "$BATS_TEST_TMPDIR/upstream" rev-parse HEAD~)
	NIGHTLY_DATE=2026-11-24 NIGHT=$NIGHTLY_DIR/2026-11-24
	# the night's own run is not known before: the alert's lines are made by its stub
	run "$NIGHTLY"
	bad=$(basename "$(readlink "$NIGHT/tree-kvm-next/latest")")
	printf '%s\t' tcg kvm-next off touch-write "$good" "$bad" 2400 >"$STUB/to-bisect"
	echo 2460 >>"$STUB/to-bisect"
	printf '%s\t' tcg v6.12 off touch-write "$good" "$bad" 2400 >>"$STUB/to-bisect"
	echo 2460 >>"$STUB/to-bisect"
	printf '%s\n' "" "$two is the first bad commit: 2460 instructions per fault" >"$STUB/bisected"
	echo 40 >"$STUB/alert"
	again() { rm -f "$NIGHT/exit" "$NIGHT"/stamp/{alert,bisect}; : >"$STUB/calls"; run "$NIGHTLY"; }
	again
	expect "$EXIT_REGRESSION" "Which commit: kvm-next, touch-write (off, tcg), 2400 -> 2460"
	grep -q -- "^bisect $(git -C "$git" rev-parse "refs/measured/$good") $head --rig tcg --base kvm-next --profile off --workload touch-write --limit 2430$" "$STUB/calls"
	[ "$(grep -c ^bisect "$STUB/calls")" -eq 1 ]
	for f in alert.txt alert.mail; do
		grep -q "^    ${two:0:7}[0-9a-f]* (\"two\")$" "$NIGHT/$f"
		grep -q "^    by A. Developer <ad@example.org>, 20" "$NIGHT/$f"
	done
	# once, however often; and a subject is no command for a terminal
	printf '%s\n' "$head is the first bad commit: 2460 instructions per fault" >"$STUB/bisected"
	again
	[ "$(grep -c '^Which commit' "$NIGHT/alert.txt")" -eq 1 ]
	if grep -q $'\033' "$NIGHT/alert.txt" "$NIGHT/alert.mail"; then false; fi
	# equal handlers are never accused
	echo "    the handler's code is that of its parent" >>"$STUB/bisected"
	again
	expect "$EXIT_REGRESSION" "no commit is accused"
	# no time
	touch "$STUB/slow"
	NIGHTLY_BISECT_MINUTES=0 again
	expect "$EXIT_REGRESSION" "no time was left"
	rm "$STUB/slow"
	echo 44 >"$STUB/bisect"
	printf '%s\n' "the first bad commit is one of these 2: between them is what cannot be measured" "    aaa one" "    bbb two" "3 of 4 commits measured" >"$STUB/bisected"
	again
	expect "$EXIT_REGRESSION" "one of several" "    bbb two"
	# a run whose commit nobody kept
	sed -i "s/$good/nowhere/" "$STUB/to-bisect"
	again
	expect "$EXIT_REGRESSION" "which commits nowhere and $bad measured is not known"
}

# A variant whose handler is planted N instructions more expensive; 0: as const-fields.
mine() {
	local dir=$BATS_TEST_TMPDIR/variants/v6.1/mine
	mkdir -p "$dir"
	cp "$TESTS/variants/v6.1/nops/variant.conf" "$dir"
	: >"$dir/series"
	[ "$1" -gt 0 ] || return 0
	sed "s/patchable_function_entry(7)/patchable_function_entry($1)/" \
		"$TESTS/variants/v6.1/nops/0001-nops.patch" >"$dir/0001-slow.patch"
	echo 0001-slow.patch >"$dir/series"
}

@test "two real nights: a planted slow variant is a hard alert, an ack silences it" {
	unset FAULTLINE_CACHE
	export HOME=$HOME_BEFORE NIGHTLY_CONF=/dev/null
	export FAULTLINE=$FL NIGHTLY_SOURCE=/bin/true NIGHTLY_RIGS=tcg
	export FAULTLINE_HISTORY=$BATS_TEST_TMPDIR/history.db NIGHTLY_ACKS=$BATS_TEST_TMPDIR/acks.conf
	export FAULTLINE_VARIANTS=$BATS_TEST_TMPDIR/variants
	export NIGHTLY_TCG_ARGS="--base v6.1 --variants baseline,mine --workloads touch-write,null --boots 2 --attribute"
	: >"$NIGHTLY_ACKS"
	mine 0
	NIGHTLY_DATE=2026-11-23 run "$NIGHTLY"
	expect "$EXIT_UNJUDGED"
	mine 64
	NIGHTLY_DATE=2026-11-24 run "$NIGHTLY"
	expect "$EXIT_REGRESSION" "HARD v6.1/mine off touch-write.instructions_over_baseline" \
		"the variant's code changed, the baseline's" \
		"kvm_faultin_pfn +64" "commit $("$FL" --version | sed -nE "s,^revision (.{12}).*,\1,p")"
	[ "$(jq -r '[.regressions[]?, .items[]?] | length' "$NIGHTLY_DIR/2026-11-24/alert.json")" -ge 1 ]
	grep -q '^Subject: .*mine.*touch-write' "$NIGHTLY_DIR/2026-11-24/alert.mail"
	[ -f "$NIGHTLY_DIR/latest/tcg/latest/report/report.html" ]
	# From the page's data on, both nights' reports are where its script says.
	sed -nE 's,^<script type="application/json" id="data">(.*)</script>$,\1,p' "$NIGHTLY_DIR/trend.html" |
		jq -r '(.links // "") as $from | .runs[][2] | (if startswith("/") then . else $from + . end) + "/report/report.html"' \
			>"$BATS_TEST_TMPDIR/links"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/links")" -eq 2 ]
	while read -r l; do
		[ -f "$NIGHTLY_DIR/$l" ] || [ -f "$l" ] || { echo "$l"; return 1; }
	done <"$BATS_TEST_TMPDIR/links"
	printf '%s\n' '[tcg/v6.1/mine/*/touch-write/instr*]' 'commit = 1a2b3c' 'who = me' \
		'why = the price of a new check' 'until = 2099-01-01' >"$NIGHTLY_ACKS"
	NIGHTLY_DATE=2026-11-25 run "$NIGHTLY"
	expect 0 "acknowledged" "the price of a new check"
	grep -q "the price of a new check" "$NIGHTLY_DIR/trend.html"
}

@test "what nightly.conf says holds without it is what a night takes" {
	n=0
	while IFS='=' read -r key value; do
		[[ $value =~ ^[0-9]+$ ]] || continue
		taken=$(sed -nE "s/.*\\$\{$key:=([0-9]+)\}.*/\1/p" "$ROOT/scripts/nightly/run")
		[ -z "$taken" ] || { [ "$taken" = "$value" ] && n=$((n + 1)); }
	done < <(sed -n 's/^#\(NIGHTLY_[A-Z_]*=\)/\1/p' "$ROOT/scripts/nightly/nightly.conf")
	[ "$n" -eq 5 ]
}
