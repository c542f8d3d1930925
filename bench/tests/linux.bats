#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The Linux guest: built once, booted below two shapes of the handler, what it
# counts next to what KVM counts; and guests that panic, run out of memory, have
# no init or are no kernel at all.
#
# stage: boot
# order: 10
# needs: kernels and the Linux guest of v6.1; boots
# takes: 2 min
# kernels: v6.1 off baseline const-fields
# builds: build-guest v6.1

load common.bash

OUTCOME='.outcome + ": " + .why'

setup_file() {
	load common.bash
	export GUEST OUT=$BATS_FILE_TMPDIR/results
	GUEST=$("$ROOT/scripts/build-guest" v6.1) || return 1
	"$FL" run --variants baseline,const-fields \
		--workloads linux-boot,linux-anon,linux-cow,linux-thp,linux-thp-off \
		--out "$OUT" >"$BATS_FILE_TMPDIR/said" 2>&1 ||
		{ cat "$BATS_FILE_TMPDIR/said"; return 1; }
}

# of WORKLOAD COUNTER: what the records say, each value once
of() {
	jq -r --arg w "$1" --arg s "$2" 'select(.workload == $w) | .stats[$s]' \
		"$OUT/latest/records.jsonl" | sort -u
}

run_one() {	# WORKLOAD
	run "$FL" run --variants const-fields --workloads "$1" --boots 1 \
		--out "$BATS_TEST_TMPDIR/r"
}

recorded() { jq -r "$OUTCOME" "$BATS_TEST_TMPDIR/r/latest/records.jsonl"; }

# archive FOLDER: what the host unpacks, from the folder's content
archive() { (cd "$1" && find . -mindepth 1 | cpio -o -H newc --quiet); }

# other_guest VMLINUX INITRAMFS: a guest of these, in FAULTLINE_GUEST
other_guest() {
	local d=$BATS_TEST_TMPDIR/guest
	mkdir -p "$d/root/guests/linux"
	cp "$1" "$d/vmlinux"
	cp "$2" "$d/initramfs.cpio"
	cp "$d/vmlinux" "$d/initramfs.cpio" "$d/root/guests/linux/"
	archive "$d/root" >"$d/guest.cpio"
	export FAULTLINE_GUEST=$d
}

@test "every Linux guest is valid, and its faults the same over two layouts" {
	run "$FL" compare "$OUT/latest" --format csv
	[ "$status" -eq 0 ]
	[ "$(tail -n +2 <<<"$output" | awk -F, '$6 == 2 && $7 == 2' | wc -l)" -eq 10 ]
	[ "$(awk -F, '($4 == "linux-anon" || $4 == "linux-cow") && $8 == "yes"' \
		<<<"$output" | wc -l)" -eq 4 ]
	# ticks are in the one sample of a whole boot: it has a range and no word within
	run "$FL" compare "$OUT/latest"
	expect 0 "not exact: linux-boot, baseline" "over 2 layouts: a difference within it has no"
}

@test "a replayed Linux guest is equal to the last bit" {
	run "$FL" run --variants const-fields --workloads linux-boot,linux-thp --no-perturb \
		--out "$BATS_TEST_TMPDIR/r"
	expect 0 "2 of 2 cells exact"
}

@test "guest, init and KVM count the same faults" {
	for w in linux-anon:4096 linux-cow:2048 linux-thp-off:8192; do
		for s in guest_faults guest_touched pf_taken pf_fixed; do
			[ "$(of "${w%:*}" $s)" = "${w#*:}" ] ||
				{ echo "$w $s: $(of "${w%:*}" $s)"; return 1; }
		done
	done
}

@test "a guest's huge page is one fault to it and 512 to KVM" {
	[ "$(of linux-thp guest_faults)" = 16 ]
	[ "$(of linux-thp guest_huge)" = 16 ]
	# Its page tables come on top: how many of them depends on its ticks.
	for n in $(of linux-thp pf_fixed); do
		[ "$n" -ge $((16 * 512)) ]
		[ "$n" -le $((16 * 512 + 64)) ]
	done
	[ "$(of linux-thp-off guest_huge)" = 0 ]
}

@test "a shape that is cheaper a fault is cheaper below Linux" {
	total() {
		jq -r --arg v "$1" 'select(.workload == "linux-anon" and
			.variant == $v and .boot == 1) | .total' \
			"$OUT/latest/records.jsonl"
	}
	[ "$(total const-fields)" -lt "$(total baseline)" ]
}

@test "the guest is the same bytes for every variant, and the record says which" {
	for f in vmlinux initramfs.cpio guest.cpio; do
		[ "$(jq -r --arg f "guest/${f}_sha256" '.host[$f]' \
			"$OUT/latest/records.jsonl" | sort -u)" = \
		  "$(sha256sum "$GUEST/$f" | cut -d' ' -f1)" ]
	done
	[ "$("$ROOT/scripts/build-guest" --find v6.1)" = "$GUEST" ]
}

@test "Linux guests are no part of all, and a group of their own" {
	run "$FL" run --workloads all --variants baseline --split
	[[ $output == *touch-read* ]]
	[[ $output != *linux-anon* ]]
	[ "$("$FL" list | grep -c '^ *linux-')" -ge 10 ]
}

@test "a guest kernel that panics" {
	run_one guest-panic
	expect "$EXIT_GUEST_FAIL" "Kernel panic - not syncing: Attempted to kill init!"
	[[ $(recorded) == "guest-fail: "* ]]
}

@test "a guest out of memory" {
	run_one guest-oom
	expect "$EXIT_GUEST_FAIL" "memory"
	[[ $(recorded) == "guest-fail: "*memory* ]]
}

@test "a guest whose init knows no such test" {
	run_one guest-no-test
	expect "$EXIT_GUEST_FAIL" "no test is called 'unheard-of'"
}

@test "a guest that provokes other faults than it is to" {
	run_one guest-miscount
	expect "$EXIT_DENOMINATOR" "guest_faults is 64, the workload must provoke 65"
}

@test "fewer or more faults of KVM's than can be: by which bound" {
	run_one guest-too-few
	expect "$EXIT_DENOMINATOR" "pf_fixed is 64, the workload must provoke at least 65"
	run_one guest-too-many
	expect "$EXIT_DENOMINATOR" "pf_fixed is 64, the workload must provoke at most 63"
}

@test "a guest of which more pages are wanted than it has" {
	run_one guest-all
	expect "$EXIT_GUEST_FAIL" "memory"
	[[ $(recorded) == "guest-fail: "*memory* ]]
}

@test "a guest without init" {
	mkdir -p "$BATS_TEST_TMPDIR/none/tmp"
	archive "$BATS_TEST_TMPDIR/none" >"$BATS_TEST_TMPDIR/none.cpio"
	other_guest "$GUEST/vmlinux" "$BATS_TEST_TMPDIR/none.cpio"
	run_one linux-anon
	expect "$EXIT_GUEST_FAIL" "Kernel panic - not syncing"
}

@test "a guest that is no kernel" {
	other_guest "$GUEST/info" "$GUEST/initramfs.cpio"
	run_one linux-anon
	expect "$EXIT_RIG" "not an x86-64 ELF kernel"
}

@test "a guest that is not there" {
	FAULTLINE_GUEST=$BATS_TEST_TMPDIR/nowhere run_one linux-anon
	expect "$EXIT_RIG" "the Linux guest is missing; run: scripts/build-guest v6.1"
}

@test "a base that does not exist has no guest" {
	run "$ROOT/scripts/build-guest" v0.1
	expect "$EXIT_UNKNOWN_NAME" "base v0.1"
}

@test "more memory than the host has: a skip that names both" {
	run_one guest-too-large
	expect 0 "1 skipped"
	[[ $(recorded) =~ ^"skip: a Linux guest of 3120 MiB does not fit: this host has "[1-4][0-9][0-9]" MiB free and keeps 32"$ ]]
}

@test "an invalid amount of memory is refused" {
	for m in 7 64M 3073 -1 ""; do
		printf '[x]\nguest = linux-anon\nmemory = %s\nexpect = pf_taken=N\n' "$m" \
			>"$BATS_TEST_TMPDIR/w.conf"
		FAULTLINE_WORKLOADS=$BATS_TEST_TMPDIR/w.conf run_one x
		expect "$EXIT_USAGE" "[x] memory = $m: not a value it can have"
	done
}

@test "all of the guest's memory is touched once, and KVM faults once for each page" {
	run_one linux-mem-64
	expect 0
	for s in guest_faults guest_touched pf_taken pf_fixed; do
		[ "$(jq ".stats.$s" "$BATS_TEST_TMPDIR/r/latest/records.jsonl")" = 14848 ]
	done
}
