#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Several vCPUs under rig tcg: replayed to the bit, their denominators, and each way in which
# one of them can misbehave.
#
# stage: boot
# order: 60
# needs: kernels of v6.1; boots
# takes: 30 s
# kernels: v6.1 off baseline const-fields

load common.bash

SMP=smp-touch-2,smp-touch-4,smp-touch-8,smp-overlap-4

setup_file() {
	load common.bash
	export OUT=$BATS_FILE_TMPDIR/results
	"$FL" run --rig tcg --base v6.1 --variants baseline -p off --no-perturb \
		--workloads "null,touch-write,$SMP,vcpus-most,vcpus-uneven" \
		--out "$OUT" >"$BATS_FILE_TMPDIR/said" 2>&1 ||
		{ cat "$BATS_FILE_TMPDIR/said"; return 1; }
	export RECORDS=$OUT/latest/records.jsonl
}

# of WORKLOAD FILTER: jq's, of the first boot's record
of() {
	jq -c --arg w "$1" "select(.workload == \$w and .boot == 1) | $2" "$RECORDS"
}

run_one() {	# WORKLOAD [OPTION...]
	local w=$1
	shift
	run "$FL" run --rig tcg --base v6.1 --variants const-fields -p off \
		--workloads "$w" --boots 1 --out "$BATS_TEST_TMPDIR/r" "$@"
}

# Outcome and reason of run_one's record.
skipped() {
	jq -r '.outcome + ": " + .why' "$BATS_TEST_TMPDIR/r/latest/records.jsonl"
}

@test "two boots of several vCPUs are bit-equal" {
	grep -q "8 of 8 cells exact" "$BATS_FILE_TMPDIR/said"
	for w in ${SMP//,/ }; do
		[ "$(jq -c --arg w "$w" 'select(.workload == $w) |
			[.total, .irqs, .hist, .vcpus, .stats]' "$RECORDS" |
			sort -u | wc -l)" -eq 1 ] || { echo "$w"; return 1; }
		[ "$(jq -c --arg w "$w" 'select(.workload == $w)' "$RECORDS" |
			wc -l)" -eq 2 ]
	done
}

# Not the timer's ticks, nor into which figures the samples divide that empty a
# batch of the LRU, one of 15: both depend on the size of the host's archive.
@test "one vCPU's figures are what they were before there were several" {
	local ref=$BATS_TEST_TMPDIR/reference.jsonl
	records_of "$REF/attribute" >"$ref"
	local what='select(.base == "v6.1" and .variant == "baseline" and
		.profile == "off" and .workload == "touch-write" and .boot == 1) |'
	[ "$(jq -r "$what .vmlinux_sha256" "$ref")" = \
		"$(of touch-write .vmlinux_sha256 | tr -d '"')" ] ||
		skip "another kernel than the reference's"
	what+='[.events, ([.hist[][1]] | add), .clock_floor, [.hist[:3][][0]],
		(.hist | sort_by(-.[1]) | [.[0][0], .[0][1] > 3800, .[1][0]]),
		(.stats | with_entries(select(.key | test("^p(f|ages)_"))))]'
	was=$(jq -c "$what" "$ref") is=$(jq -c "$what" "$RECORDS")
	[ "$is" = "$was" ] || { echo "was $was"; echo "is $is"; return 1; }
	[ "$(of touch-write 'has("vcpus")')" = false ]
}

@test "doorbells and samples agree though vCPUs take turns" {
	run "$FL" compare "$OUT/latest"
	expect 0 "they agree in 7 of 7 cells" "several vCPUs of the touches that faulted"
}

@test "the faults of one vCPU over 4 take at most 1.5 times the ticks" {
	one=$(of touch-write .total) four=$(of smp-touch-4 .total)
	times=$(awk -v a="$four" -v b="$one" 'BEGIN { printf "%.4f", a / b }')
	echo "# $four / $one ticks = $times times" >&3
	[ "$(of touch-write .stats.pf_fixed)" = "$(of smp-touch-4 .stats.pf_fixed)" ]
	[ $((four * 2)) -le $((one * 3)) ]
}

@test "each vCPU takes the faults of its part, in its part of the total" {
	for n in 2 4 8; do
		[ "$(of smp-touch-$n '.vcpus | length')" = $n ]
		[ "$(of smp-touch-$n '[.vcpus[] | [.touches, .faults]] | unique')" = \
			"[[$((4096 / n)),$((4096 / n))]]" ]
		[ "$(of smp-touch-$n '.total as $t |
			all(.vcpus[]; .ticks > 0 and .begin + .ticks <= $t)')" = true ]
	done
	[ "$(of vcpus-uneven '[.vcpus[].touches]')" = "[33,33,34]" ]
	[ "$(of vcpus-most '[.vcpus[].touches] | unique')" = "[2]" ]
}

@test "no vCPU begins before all are at their start" {
	# The clock begins there: nobody's touch lies before it, and the total
	# ends with the last.
	for w in ${SMP//,/ }; do
		[ "$(of "$w" '.total as $t |
			([.vcpus[] | .begin + .ticks] | max) == $t')" = true ]
	done
}

@test "of pages that all vCPUs touch, each is mapped once" {
	[ "$(of smp-overlap-4 .events)" = 16384 ]
	[ "$(of smp-overlap-4 '.stats | [.pf_fixed, .pages_4k]')" = "[4096,4096]" ]
	[ "$(of smp-overlap-4 '.stats.pf_taken >= 4096')" = true ]
	[ "$(of smp-overlap-4 '.stats.pf_taken == ([.vcpus[].faults] | add)')" = true ]
	[ "$(of smp-overlap-4 '[.vcpus[].faults | select(. > 0)] | length > 1')" = true ]
}

# Another archive moves the tick, and with it who runs when.
@test "per fault that KVM fixed it is one vCPU's figure, whoever ran when" {
	cp -r "$ROOT/build/initramfs" "$BATS_TEST_TMPDIR/i"
	seq 20000 >"$BATS_TEST_TMPDIR/i/junk"
	(cd "$BATS_TEST_TMPDIR/i" && find . | LC_ALL=C sort |
		cpio -o -H newc --quiet --owner=0:0 >../other.cpio)
	FAULTLINE_HOST_CPIO=$BATS_TEST_TMPDIR/other.cpio "$FL" run --rig tcg \
		--base v6.1 --variants baseline -p off --workloads null,smp-overlap-4 \
		--boots 1 --out "$BATS_TEST_TMPDIR/r"
	"$FL" compare "$OUT/latest" --format json >"$BATS_TEST_TMPDIR/one"
	"$FL" compare "$BATS_TEST_TMPDIR/r/latest" --format json >"$BATS_TEST_TMPDIR/other"
	jq -es 'map(.[0].cells[] | select(.workload | test("^touch-write$|^smp-")))
		| length == 6 and (map(.typical) | unique | length) == 1
		and all(if .workload == "touch-write" then .mean > .typical
			else .mean == null end)' \
		"$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/other"
	# Who faulted is not what it was, so it is no replay.
	[ "$(of smp-overlap-4 '[.vcpus[].faults]')" != \
		"$(jq -c 'select(.workload == "smp-overlap-4") | [.vcpus[].faults]' \
			"$BATS_TEST_TMPDIR/r/latest/records.jsonl")" ]
}

@test "a vCPU that never starts is named" {
	run_one vcpu-never-starts
	expect "$EXIT_GUEST_HANG" \
		"vCPU 2 never started: no bell of it in 50 ms of the host's time, 3 of 4 vCPUs wait"
}

@test "a vCPU that never ends is named" {
	run_one vcpu-never-ends
	expect "$EXIT_GUEST_HANG" "vCPU 3: no bell after bell 2 in 50 ms"
}

@test "a vCPU whose check fails is named" {
	run_one vcpu-fails
	expect "$EXIT_GUEST_FAIL" "vCPU 3: guest check in line" \
		"event 7: expected 0x1, found 0x2"
}

@test "a vCPU that halts, one that rings twice" {
	run_one vcpu-halts
	expect "$EXIT_GUEST_FAIL" "vCPU 1: halted after bell 2"
	run_one vcpu-rings-twice
	expect "$EXIT_GUEST_FAIL" "vCPU 1: bell 1 after bell 1"
}

@test "vCPUs that touch each other's part, a least that is not met" {
	run_one vcpu-elsewhere
	expect "$EXIT_DENOMINATOR" "pf_taken is 16, the workload must provoke 64"
	run_one vcpus-least
	expect "$EXIT_DENOMINATOR" \
		"the workload must provoke at least 1000"
}

@test "more vCPUs than KVM has, than a guest has room for: skipped with words" {
	run_one vcpus-kvm
	expect 0 "1 skipped"
	skipped | grep -qE \
		"^skip: 60000 vCPUs, and this kernel's KVM_CAP_MAX_VCPUS is [1-9][0-9]+$"
	run_one vcpus-guest
	expect 0 "1 skipped"
	[ "$(skipped)" = "skip: 33 vCPUs, and a guest has room for 32" ]
}

@test "an invalid number of vCPUs is refused" {
	printf '[x]\nguest = smp\nvcpus = 0\nexpect = pf_taken=N\n' \
		>"$BATS_TEST_TMPDIR/w.conf"
	FAULTLINE_WORKLOADS=$BATS_TEST_TMPDIR/w.conf run_one x
	expect "$EXIT_USAGE" "[x] vcpus = 0: not a value it can have"
}

@test "rig vitro says why it has none of them" {
	[ -f "$ROOT/build/vitro.a" ] || make -s -C "$ROOT" build/vitro.a ||
		skip "build/vitro.a does not build here; run: scripts/deps vitro"
	run "$FL" run --rig vitro --base v6.1 --variants const-fields -p off \
		--workloads smp-touch-4 --boots 1 --out "$BATS_TEST_TMPDIR/r"
	expect 0 "1 skipped"
	[ "$(skipped)" = "skip: vitro calls the handler from one thread: 4 vCPUs need a host that runs them" ]
}
