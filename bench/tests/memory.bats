#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Guest memory that is not simply there: filled by the VMM when it is touched, or
# private. Each workload is valid on a kernel that has what it needs, a planted wrong
# count is not, and on any other kernel it is a skip that says which has it.
#
# stage: boot
# order: 67
# needs: kernel of v6.1; those of profiles userfaultfd and private-memory where the cache has them, else skipped; boots
# takes: 20 s
# kernels: v6.1 off const-fields

load common.bash
load planted.bash

# Their kernels take 8 minutes for nothing but these tests.
need_kernel() { # BASE PROFILE
	[ -n "$("$ROOT/scripts/build-kernel" --find "$1" const-fields "$2" 2>/dev/null)" ] ||
		skip "the cache has no kernel of it; to have this tested: scripts/build-kernel $1 const-fields $2"
}

outcomes() { jq -r '.workload + ": " + .outcome + ": " + .why' "$BATS_TEST_TMPDIR/r/latest/records.jsonl"; }

@test "they are in no list of all, and are measured by the name of their group" {
	run "$FL" run --split --rig tcg --base v6.1 --variants const-fields
	expect 0
	lacks 'uffd-|private-touch'
	run "$FL" run --split --rig tcg --base v6.1 --variants const-fields -p memory \
		--workloads userfaultfd,private
	expect 0 uffd-sync uffd-async uffd-retry private-touch userfaultfd private-memory
}

@test "on a kernel without it each is a skip that says which profile has it" {
	run "$FL" run --rig tcg --base v6.1 --variants const-fields -p off --boots 1 \
		--workloads userfaultfd,private --out "$BATS_TEST_TMPDIR/r"
	expect 0
	run outcomes
	expect 0 "uffd-sync: skip: its memory is filled by userfaultfd, which this kernel lacks: -p userfaultfd has it" \
		"uffd-async: skip: its memory is filled by userfaultfd, which this kernel lacks: -p userfaultfd has it" \
		"private-touch: skip: its memory is private, and this KVM has no KVM_X86_SW_PROTECTED_VM: -p private-memory has it"
}

@test "a page that the VMM copies: the vCPU waits for it, or a worker of KVM's does" {
	need_kernel v6.1 userfaultfd
	both_ways v6.1 userfaultfd \
		uffd-sync 's/uffd_async=0/uffd_async=N/' 'uffd_async is 0, the workload must provoke 4096' \
		uffd-async 's/^irqchip .*/irqchip = no/' 'uffd_async is 0, the workload must provoke 4096' \
		uffd-retry 's/^stale .*/stale = no/' 'pf_taken is 4096, the workload must provoke 8192'
}

@test "private memory: the guest's stores come to no shared page" {
	need_kernel v6.12 private-memory
	both_ways v6.12 private-memory \
		private-touch 's/shared_stores=0/shared_stores=N/' 'shared_stores is 0, the workload must provoke 4096'
}
