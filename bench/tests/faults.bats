#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The faults that production takes (--workloads faults): each is valid on its bases, and
# one that expects anything else of KVM's counters, or of the host, is not.
#
# stage: boot
# order: 65
# needs: kernels of every base; boots
# takes: 3 min
# kernels: v6.1 off const-fields
# kernels: v6.12 off baseline const-fields
# kernels: v5.10 off baseline
# kernels: v7.3 off baseline

load common.bash
load planted.bash

@test "they are in no list of all, and are measured by their group's name" {
	run "$FL" run --split --rig tcg --base v6.1 --variants const-fields
	expect 0
	lacks 'nx-touch-write|mmio-again'
	run "$FL" run --split --rig tcg --base v6.1 --variants const-fields --workloads faults
	expect 0 nx-touch-write nx-huge-2m-split mmio-again
}

@test "NX huge pages: small pages, huge ones, and huge ones that are executed" {
	both_ways v6.1 off nx-touch-write 's/^host .*/host = kvm.nx_huge_pages=N/' \
		"kvm.nx_huge_pages must be 'N', the host reports Y" \
		nx-touch-exec 's/^cmdline .*/cmdline = kvm.nx_huge_pages=off/' \
		"kvm.nx_huge_pages must be 'Y', the host reports N" \
		nx-huge-2m 's/pages_2m=N/pages_2m=0/' 'pages_2m is 64, the workload must provoke 0' \
		nx-huge-2m-exec 's/pages_4k=N/pages_4k=0/' 'pages_4k is 64, the workload must provoke 0' \
		nx-huge-2m-split 's/nx_lpage_splits=N/nx_lpage_splits=0/' \
		'nx_lpage_splits is 64, the workload must provoke 0' \
		nx-huge-2m-next 's/pages_4k=N/pages_4k=0/' 'pages_4k is 64, the workload must provoke 0' \
		nx-legacy-exec 's/pages_4k=512/pages_4k=N/' 'pages_4k is 512, the workload must provoke 64' \
		nx-shadow-exec 's/pages_4k=512/pages_4k=N/' 'pages_4k is 512, the workload must provoke 64'
}

@test "MMIO again: its SPTE is there, so no fault is taken" {
	both_ways v6.1 off mmio-again 's/pf_taken=0/pf_taken=N/' 'pf_taken is 0, the workload must provoke 1024'
}

@test "slots and logs: read-only, dirty ring, dirty logging splits a huge page" {
	both_ways v6.1 off readonly-write 's/mmio_exits=N/mmio_exits=0/' \
		'mmio_exits is 1024, the workload must provoke 0' \
		dirty-ring 's/dirty_pages=N/dirty_pages=1/' \
		'dirty_pages is 4096, the workload must provoke 1' \
		dirty-huge-2m 's/^host .*/host = kvm.eager_page_split=Y/' \
		"kvm.eager_page_split must be 'Y', the host reports N"
}

@test "memory that the host has yet to make, a guest without paging, and one with CR0.WP clear" {
	both_ways v6.1 off touch-unpopulated 's/pf_taken=N/pf_taken=0/' \
		'pf_taken is 4096, the workload must provoke 0' \
		huge-unpopulated 's/pages_2m=N/pages_2m=0/' \
		'pages_2m is 64, the workload must provoke 0' \
		nonpaging-touch 's/pf_fixed=N/pf_fixed=0/' \
		'pf_fixed is 1024, the workload must provoke 0' \
		shadow-no-wp 's/pf_taken=N/pf_taken=0/' 'pf_taken is 1024, the workload must provoke 0'
}

@test "a guest's stores to its own page tables, which KVM emulates" {
	both_ways v6.1 off shadow-own-table 's/pf_emulate=N/pf_emulate=0/' \
		'pf_emulate is 1024, the workload must provoke 0' \
		shadow-own-alias 's/mmu_pte_write=N/mmu_pte_write=0/' \
		'mmu_pte_write is 1024, the workload must provoke 0'
}

@test "a page of 1 GiB, which the host has to have" {
	both_ways v6.1 off huge-1g 's/hugepages=1/hugepages=0/' \
		'1 pages of 1 GiB, and the host has 0'
}

@test "a page that KVM is asked for though it is mapped, where it can be asked" {
	both_ways v6.12 off pre-fault-again 's/pages_4k=0/pages_4k=N/' \
		'pages_4k is 0, the workload must provoke 4096'
}

@test "the other bases count them as their rows say, or say why they have none" {
	run "$FL" run --rig tcg --bases v5.10,v6.12,v7.3 --variants baseline -p off --boots 1 \
		--workloads faults --out "$BATS_TEST_TMPDIR/r"
	expect 0
	run jq -r '.base + " " + .workload + " " + .outcome + ": " + .why' \
		"$BATS_TEST_TMPDIR/r/latest/records.jsonl"
	[ "$(grep ' skip: ' <<<"$output")" = "v5.10 dirty-ring skip: the dirty ring came with 5.11
v5.10 pre-fault-again skip: KVM_PRE_FAULT_MEMORY came with 6.11" ] || { echo "$output"; return 1; }
}
