#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# docs/own-patch.md, followed literally by a script, in a git tree of Linux 6.12 and
# with kernels that are built and booted. The tree is where it was the last time, so
# its objects are used again: the first time takes a whole kernel build longer.
#
# stage: build
# order: 80
# needs: the source of v6.12; git; builds kernels and boots them
# takes: 3 min

load common.bash
load own_patch.bash

HANDLER=arch/x86/kvm/mmu/mmu.c

as_author() {
	GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=A \
		GIT_COMMITTER_EMAIL=a@example.org GIT_AUTHOR_DATE='2026-01-01 00:00 +0000' \
		GIT_COMMITTER_DATE='2026-01-01 00:00 +0000' git -c commit.gpgsign=false "$@"
}

# A checkout that is no other one's: its results are its own, its linux a branch of
# three commits on the package's tree. Of the files git has there only KVM's.
setup() {
	unset FAULTLINE_VARIANTS FAULTLINE_WORKLOADS FAULTLINE_RESULTS FAULTLINE_ROOT
	CHECKOUT=$ROOT/build/own-patch
	rm -rf "$CHECKOUT"
	mkdir -p "$CHECKOUT/linux"
	ln -s "$ROOT"/{variants,guests,bench,build,scripts,docs} "$CHECKOUT"
	printf 'all:\n' >"$CHECKOUT/Makefile"
	export FAULTLINE_ROOT=$CHECKOUT
	read -r store tree <<<"$("$ROOT/scripts/source" package v6.12)"
	cd "$CHECKOUT/linux"
	git init -q -b master .
	echo "$store/objects" >.git/objects/info/alternates
	git sparse-checkout set --no-cone /Makefile /arch/x86/kvm/ /arch/x86/include/asm/kvm_host.h /include/linux/kvm_host.h
	git reset -q --hard "$(as_author commit-tree -m "Linux 6.12" "$tree")"
	git checkout -q -b mine
	git branch -q -u master
	# A local is renamed, a test is added to the handler, a field to kvm_vcpu.
	sed -i '/^int noinline kvm_mmu_page_fault/,/^}/s/\bemulation_type\b/kind_of_emulation/g' "$HANDLER"
	as_author commit -qam "a local is renamed"
	sed -i '/^static int kvm_tdp_mmu_page_fault/,/^\tint r;/s/^\tint r;/&\n\n\tif (unlikely(READ_ONCE(vcpu->arch.walk_mmu) == NULL))\n\t\treturn RET_PF_RETRY;/' "$HANDLER"
	as_author commit -qam "a test is added"
	sed -i 's/^struct kvm_vcpu {/&\n\tu64 faults_seen;/' include/linux/kvm_host.h
	sed -i '/^static int kvm_tdp_mmu_page_fault/,/^\tint r;/s/^\tint r;/&\n\n\tWRITE_ONCE(vcpu->faults_seen, vcpu->faults_seen + 1);/' "$HANDLER"
	as_author commit -qam "a field is added"
	[ "$(git rev-list --count master..)" -eq 3 ]
}

@test "the page's commands work on a kernel, as they stand there" {
	before=$(git status --porcelain=v2 --branch; git for-each-ref)
	follow "$CHECKOUT"
	[ "$(git status --porcelain=v2 --branch; git for-each-ref)" = "$before" ]
	output=$(said "faultline diff") status=0
	expect 0 "a local is renamed" "a test is added" "a field is added" "exact"
	grep -qE '^touch-write +[0-9]+ +(=|\+0) +\+[1-9][0-9]* +[+-][0-9]+ +[0-9]+ +exact' <<<"$output"
	lacks "invalid|fails"
	output=$(said "faultline bisect HEAD~3 HEAD --workload touch-write")
	expect 0 "$(git rev-parse HEAD~1) is the first bad commit"
	output=$(said 'git bisect run faultline diff "$start" HEAD --workloads touch-write --no-dirty --exit-code')
	expect 0 "$(git rev-parse HEAD~1) is the first bad commit"
}
