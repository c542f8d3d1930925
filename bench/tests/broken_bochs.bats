#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Rig bochs on broken hosts, emulators and machines: each must be told from the others by
# outcome, reason and exit code, and leave nothing. What needs no emulator has a script in
# its place.
#
# stage: boot
# order: 36
# needs: kernels of v6.1; boots; some of it bochs, else skipped; root for one test
# takes: 1 min
# kernels: v6.1 off baseline broken

load common.bash
load bochs.bash

@test "a guest that crashes, under both vendors' CPUs" {
	needs_bochs
	# Nobody's terminal, no type of it, the output to a pipe.
	# shellcheck disable=SC2086
	run bash -c "setsid env -u TERM '$FL' run --rig bochs $CELL --variants baseline \
		--workloads guest-triple --out '$BATS_TEST_TMPDIR/r' </dev/null 2>&1 | cat
		exit \${PIPESTATUS[0]}"
	expect "$status" "bochs-intel v6.1 baseline off guest-triple #1: guest-fail triple fault after bell 2"
	if [[ $("$REAL" --help 2>/dev/null) == *"Emulator 2."* ]]; then
		expect "$EXIT_GUEST_FAIL" "#1: rig Bochs ended with status 1: " "exception with no resolution; of the host or of its guest" "3.0 tells them apart"
	else
		expect "$EXIT_GUEST_FAIL" "bochs-amd v6.1 baseline off guest-triple #1: guest-fail triple fault after bell 2"
	fi
	nothing_left
}

@test "a panic, which ends Bochs as everything does" {
	needs_bochs
	run_one bochs broken plant-panic
	expect "$EXIT_PANIC" "Kernel panic - not syncing: planted"
	[ "$(recorded | cut -d: -f1)" = $'bochs-amd panic\nbochs-intel panic' ] || { recorded; return 1; }
	nothing_left
}

# An invalid opcode, where the kernel is entered.
@test "a triple fault of the host" {
	needs_bochs
	bad_bochs 'at=$(od -An -tu4 -j4 -N4 "$stem.image")
		printf "\017\013" | dd of="$stem.image" bs=1 conv=notrunc status=none \
			seek=$((at - 0x1000000 + 0x20000))
		exec '"$REAL"' "$@"'
	run_one bochs-intel baseline short-touch
	expect "$EXIT_PANIC" "the host reset itself and printed nothing"
	nothing_left
}

@test "a CPU model without VMX is named, and a kernel without kvm_intel" {
	needs_bochs
	run_one bochs-intel baseline no-kvm-vendor
	expect "$EXIT_RIG" "init gave up: /dev/kvm: No such file or directory: the CPU has VMX, so the kernel lacks CONFIG_KVM_INTEL"
	bad_bochs 'sed -i "s/model=[a-z0-9_]*/model=p4_prescott_celeron_336/" "$rc"
		exec '"$REAL"' "$@"'
	run_one bochs-intel baseline short-touch
	expect "$EXIT_RIG" "init gave up: /dev/kvm: No such file or directory: the CPU has neither SVM nor VMX"
	nothing_left
}

@test "two runs at once measure the same" {
	needs_bochs
	export FAULTLINE_RUN_LOCK
	for n in 1 2; do
		FAULTLINE_RUN_LOCK=$BATS_TEST_TMPDIR/lock.$n
		"$FL" run --rig bochs $CELL --jobs 1 --variants baseline --workloads short-touch \
			--out "$BATS_TEST_TMPDIR/r$n" >"$BATS_TEST_TMPDIR/said$n" 2>&1 3>&- &
	done
	wait
	for n in 1 2; do
		jq -cS '[.rig, .total, .hist, .stats]' "$BATS_TEST_TMPDIR/r$n/latest/records.jsonl"
	done >"$BATS_TEST_TMPDIR/all"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/all")" -eq 4 ] || { cat "$BATS_TEST_TMPDIR"/said?; return 1; }
	[ "$(sort -u "$BATS_TEST_TMPDIR/all" | wc -l)" -eq 2 ]
	nothing_left
}

# One boot, said again by a Bochs that is a script.
@test "lines that the debugger cuts in two are whole, what is cut or changed is not" {
	needs_bochs
	local t=$BATS_TEST_TMPDIR cut
	bad_bochs "$REAL"' "$@" >'"$t/out 2>$t/err; r=\$?; cat $t/out; cat $t/err >&2
		cp \"\$stem.console\" $t/; exit \$r"
	run_one bochs-intel baseline short-touch
	expect 0 "1 valid"
	total=$(jq .total "$t/r/latest/records.jsonl")
	cut='(0).[162660809] [0x000001000500] 0010:ffffffff81000500 (unk. ctxt): out dx, al ; ee'
	sed -E "/^[0-9]+ [0-9a-f]{8} /s/^(.{14})/\1$cut\n(0) [0x000001000501] ret ; c3\n/" \
		"$t/out" >"$t/cut"
	[ "$(wc -l <"$t/cut")" -gt "$(($(wc -l <"$t/out") + 10))" ]
	again() {
		bad_bochs 'cp '"$t"'/*.console "$stem.console"; cat '"$t/$1; cat $t/err >&2; exit 1"
		run_one bochs-intel baseline short-touch
	}
	again cut
	expect 0 "1 valid"
	[ "$(jq .total "$t/r/latest/records.jsonl")" = "$total" ]
	sed '/ num total /s/.$/&7/' "$t/out" >"$t/changed"
	again changed
	expect "$EXIT_LOST" "a line is damaged"
	grep -v ' num total ' "$t/out" >"$t/less"
	again less
	expect "$EXIT_LOST" "a line is missing"
	sed -n '1,/ num total /p' "$t/out" | head -c -5 >"$t/short"
	again short
	expect "$EXIT_LOST" "lost-record"
}

@test "no Bochs at all: its packages are named, and doctor misses nothing" {
	FAULTLINE_BOCHS=bochs-none run_one bochs baseline short-touch
	expect "$EXIT_MISSING" "bochs-none is missing" "apt-get install" "bochs bochs-term"
	FAULTLINE_BOCHS=bochs-none run "$FL" doctor
	grep -A3 '^rig bochs' <<<"$output" | grep -q 'note *bochs-none: not found'
}

@test "the versions that were tried, one that cannot, one too old, one that is new" {
	bad_bochs --version 3.1 'exit 1'
	run_one bochs baseline short-touch
	expect "$EXIT_MISSING" "bochs is Bochs 3.1, which cannot run a host: it reads an image of the memory" \
		"2.7 and 3.0 were tried" "FAULTLINE_BOCHS" "apt-get install"
	run "$FL" doctor
	grep -A4 '^rig bochs' <<<"$output" | grep -q 'note .*Bochs 3.1, which cannot run a host'
	bad_bochs --version 2.6.11 'exit 1'
	run_one bochs baseline short-touch
	expect "$EXIT_MISSING" "Bochs 2.6.11, older than 2.7" "2.7 and 3.0 were tried"
	bad_bochs --version 3.2 'echo "$*" >&2; exit 1'
	run_one bochs-intel baseline short-touch
	expect "$EXIT_RIG" "Bochs 3.2 was not tried; 2.7 and 3.0 were"
	grep -q -- -debugger "$BATS_TEST_TMPDIR"/r/latest/boots/*.bochs
	bad_bochs --version 2.7 'echo "$*" >&2; exit 1'
	run_one bochs-intel baseline short-touch
	expect "$EXIT_RIG" "Bochs ended with status 1: it does not say why"
	lacks "was not tried"
	grep -q -- '-rc .*commands$' "$BATS_TEST_TMPDIR"/r/latest/boots/*.bochs
	nothing_left
}

@test "a program that is no Bochs, or says nothing: named with what it says" {
	FAULTLINE_BOCHS=false run_one bochs baseline short-touch
	expect "$EXIT_MISSING" "false does not say which Bochs it is; asked with --help it says: Usage: false"
	printf '#!/bin/sh\necho "libc.so.6: version GLIBC_2.38 not found" >&2\nexit 1\n' >"$BATS_TEST_TMPDIR/b"
	chmod +x "$BATS_TEST_TMPDIR/b"
	FAULTLINE_BOCHS=$BATS_TEST_TMPDIR/b run_one bochs baseline short-touch
	expect "$EXIT_MISSING" "it says: libc.so.6: version GLIBC_2.38 not found"
	printf '#!/bin/sh\nexec sleep 60\n' >"$BATS_TEST_TMPDIR/b"
	FAULTLINE_BOCHS=$BATS_TEST_TMPDIR/b run "$FL" doctor
	grep -A4 '^rig bochs' <<<"$output" | grep -q 'it says: nothing for 10 s'
	nothing_left
}

@test "the display's package is missing" {
	bad_bochs 'ends "[      ] x:1: display library '"'term'"' not available"'
	run_one bochs baseline short-touch
	expect "$EXIT_RIG" "display library 'term' not available; run: apt-get install" "bochs-term"
}

@test "Bochs is killed, and Bochs that panics itself" {
	bad_bochs 'echo 0 d7ef3967 hello 1; kill -9 $$'
	run_one bochs-intel baseline short-touch
	expect "$EXIT_RIG" "Bochs was killed by signal 9"
	bad_bochs 'ends "[MEM0  ] read beyond limit"'
	run_one bochs-intel baseline short-touch
	expect "$EXIT_RIG" "Bochs ended with status 1: [MEM0  ] read beyond limit"
	nothing_left
}

@test "a hang: the limit per boot, and nothing goes on after it" {
	bad_bochs 'exec sleep 600'
	run_one bochs-intel baseline short-touch --boot-limit 2
	expect "$EXIT_HANG" "the host was still up after 2 s"
	nothing_left
}

wait_for() { # FILE
	for _ in $(seq 200); do
		[ ! -s "$1" ] || return 0
		sleep 0.1
	done
	echo "no $1"
	return 1
}

# Bochs's debugger takes ^C for itself, as this one does, if a terminal sends it one.
@test "Ctrl-C at the terminal in mid-boot: no record of it, nothing is left, resume goes on" {
	local t=$BATS_TEST_TMPDIR
	bad_bochs "echo \$\$ >$t/pid; exec env --default-signal=INT sleep 600"
	mkfifo "$t/keys"
	script -qec "'$FL' run --rig bochs-intel $CELL --variants baseline --workloads short-touch \
		--out '$t/r'; echo status \$?" /dev/null <"$t/keys" >"$t/said" 2>&1 3>&- &
	exec 8>"$t/keys"
	wait_for "$t/pid"
	printf '\003' >&8
	wait
	exec 8>&-
	output=$(tr -d '\r' <"$t/said") status=0
	expect 0 "go on with: faultline run --resume" "status $EXIT_INTERRUPTED"
	[ ! -s "$t/r/latest/records.jsonl" ]
	nothing_left
	bad_bochs 'kill -9 $$'
	run "$FL" run --resume "$t/r/latest"
	expect "$EXIT_RIG" "Bochs was killed by signal 9"
}

@test "kill -9 of the run in mid-boot: no Bochs is left, and resume takes its files away" {
	local t=$BATS_TEST_TMPDIR
	bad_bochs "echo \$\$ >$t/pid; exec sleep 600"
	"$FL" run --rig bochs-intel $CELL --variants baseline --workloads short-touch \
		--out "$t/r" >"$t/said" 2>&1 3>&- &
	PID=$!
	wait_for "$t/pid"
	kill -9 "$PID"
	wait "$PID" || true
	for _ in $(seq 30); do
		kill -0 "$(cat "$t/pid")" 2>/dev/null || break
		sleep 0.1
	done
	run kill -0 "$(cat "$t/pid")"
	[ "$status" -ne 0 ]
	bad_bochs 'kill -9 $$'
	run "$FL" run --resume "$t/r/latest"
	expect "$EXIT_RIG" "Bochs was killed by signal 9"
	nothing_left
}

@test "an initramfs that the host has no room for" {
	truncate -s 300M "$BATS_TEST_TMPDIR/big.cpio"
	FAULTLINE_HOST_CPIO=$BATS_TEST_TMPDIR/big.cpio run_one bochs-intel baseline short-touch
	expect "$EXIT_RIG" "vmlinux and an initramfs of 300 MiB do not fit into the host's 512 MiB of memory"
	nothing_left
}

@test "a full disk: at the image, and while Bochs writes" {
	[ "$(id -u)" -eq 0 ] || skip "needs root to mount a small tmpfs"
	local small=$BATS_TEST_TMPDIR/small
	mkdir "$small"
	mount -t tmpfs -o size=8m tmpfs "$small" || skip "may not mount a tmpfs here"
	bad_bochs 'exec sleep 600'
	run "$FL" run --rig bochs-intel $CELL --variants baseline --workloads short-touch --out "$small/r"
	local code=$status said=$output left
	left=$(find "$small" -name '*.image')
	mount -o remount,size=200m "$small"
	bad_bochs "fallocate -l \$((\$(stat -f -c '%a * %S' $small) - 4096)) $small/filler
		yes 'a line of its' | head -c 1000000; exit 1"
	run "$FL" run --resume "$small/r/latest"
	umount "$small"
	expect "$EXIT_STORAGE" "No space left" "--resume"
	status=$code output=$said
	expect "$EXIT_STORAGE" "No space left" "--resume"
	[ -z "$left" ]
}

@test "two runs at once in one checkout" {
	local t=$BATS_TEST_TMPDIR
	bad_bochs "echo \$\$ >$t/pid; exec sleep 600"
	"$FL" run --rig bochs-intel $CELL --variants baseline --workloads short-touch \
		--out "$t/r" >"$t/said" 2>&1 3>&- &
	PID=$!
	wait_for "$t/pid"
	run_one bochs-amd baseline short-touch
	kill -INT "$PID"
	wait "$PID" || true
	expect "$EXIT_BUSY" "is taken by process $PID"
	nothing_left
}
