#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Workloads whose guest has page tables that KVM shadows: an L1 that runs an L2, and
# Linux without nested paging. Each is valid, and a planted wrong count is not.
#
# stage: boot
# order: 66
# needs: kernels and the Linux guest of v6.1; boots
# takes: 1 min
# kernels: v6.1 off const-fields
# builds: build-guest v6.1

load common.bash
load planted.bash

@test "they are in no list of all, and are measured by the name of their group" {
	run "$FL" run --split --base v6.1 --variants const-fields
	expect 0
	lacks 'nested-|shadow-linux'
	run "$FL" run --split --base v6.1 --variants const-fields --workloads nested,shadow-linux
	expect 0 nested-touch nested-sync shadow-linux-anon shadow-linux-mprotect
}

@test "L2 faults: to L1 and again, mapped by L1, with a table that KVM follows" {
	both_ways v6.1 off \
		nested-touch 's/pf_taken=128/pf_taken=N/' 'pf_taken is 128, the workload must provoke 64' \
		nested-mapped 's/nested_run=0/nested_run=N/' 'nested_run is 0, the workload must provoke 1024' \
		nested-sync 's/pf_fixed=2032/pf_fixed=N/' 'pf_fixed is 2032, the workload must provoke 1024'
}

@test "the plugin counts what L2's clock counts, L1's VMRUN among it" {
	run "$FL" run --attribute --base v6.1 --variants const-fields -p off --boots 1 \
		--workloads nested-touch --out "$BATS_TEST_TMPDIR/r"
	expect 0
	zcat "$BATS_TEST_TMPDIR"/r/latest/attribution/*.nested-touch.1.json.gz |
		jq -e '.agrees and (.samples | length) > 0'
}

@test "a Linux guest below shadow paging gets each of its faults by way of KVM" {
	both_ways v6.1 off \
		shadow-linux-anon 's/pf_guest=N/pf_guest=0/' 'pf_guest is 4096, the workload must provoke 0'
}

@test "where KVM gives a guest no SVM, L2 is a skip that says so" {
	FAULTLINE_WORKLOADS=$BATS_TEST_TMPDIR/off.conf
	sed -n '/^\[nested-touch\]/,/^$/p' "$OWN" |
		sed 's/^\[.*/[nested-off]\ncmdline = kvm_amd.nested=0/' >"$FAULTLINE_WORKLOADS"
	run "$FL" run --rig tcg --base v6.1 --variants const-fields -p off --boots 1 \
		--workloads nested-off --out "$BATS_TEST_TMPDIR/r"
	jq -r '.outcome + ": " + .why' "$BATS_TEST_TMPDIR/r/latest/records.jsonl" |
		grep '^skip: its L1 runs an L2 by SVM, and KVM gives a guest none here'
}
