#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# faultline diff: what a developer types in his own tree, and what comes of it. The
# kernels are one file each, and no host is booted.
#
# stage: quick
# needs: git, gcc
# takes: 1 min

load common.bash

setup() {
	export STUB=$BATS_TEST_TMPDIR/stub FAULTLINE_CACHE=$BATS_TEST_TMPDIR/cache
	export FAULTLINE_RESULTS=$BATS_TEST_TMPDIR/results FAULTLINE=$FL
	export FAULTLINE_QEMU=$ROOT/build/unit/stub_qemu FAULTLINE_ROOT=$BATS_TEST_TMPDIR/root
	export GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=e GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=e
	unset FAULTLINE_VARIANTS FAULTLINE_WORKLOADS
	mkdir -p "$STUB" "$FAULTLINE_ROOT/scripts" "$BATS_TEST_TMPDIR/linux"
	ln -s "$ROOT"/{variants,guests,bench,build} "$FAULTLINE_ROOT"
	ln -s "$ROOT"/scripts/{new,lib} "$TESTS"/stubs/diff/* "$FAULTLINE_ROOT/scripts"
	cd "$BATS_TEST_TMPDIR/linux" || return
	git init -q -b master .
	kernel 6.12
	handler 1000
	commit "the start"
}

kernel() { # VERSION
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = 7\n' "${1%.*}" "${1#*.}" >Makefile
	mkdir -p arch/x86/kvm/mmu
}

# handler FIGURE [TEXT]: its code depends on both, but not on what is after //
handler() {
	cat >arch/x86/kvm/mmu/mmu.c <<-C
	// figure $1
	int kvm_mmu_page_fault(int x) { return x + $1; }
	int direct_page_fault(int x) { return 3 * x; }
	${2-}
	C
}

commit() { # SUBJECT
	git add -A .
	git commit -q -m "$1"
}

# three: a branch of three commits on top of master
three() {
	git checkout -q -b mine
	git branch -q -u master
	handler 1000 "// a comment"
	commit "a comment"
	handler 1006
	commit "a check"
	handler 1007
	commit "a field"
}

builds() { wc -l <"$STUB/builds"; }
boots() { cat "$STUB/boots" 2>/dev/null | wc -l; }
# shellcheck disable=SC2120
diff_() { run "$FL" diff --workloads touch-write "$@"; }

@test "a branch: the start, what each commit added, the end, ids and functions" {
	three
	diff_
	expect 0 "touch-write       1000     =    +6    +1   1007  exact" \
		"start  $(git rev-parse --short=12 HEAD~3)" "1      $(git rev-parse --short=12 HEAD~2)" "a field" \
		"2  kvm_mmu_page_fault" "BASE    v6.12, Linux 6.12.7"
	lacks "^ *1  kvm_mmu"
	[ "$(builds)" -eq 4 ]
	while read -r line; do [ ${#line} -le 75 ]; done < <("$FL" diff --workloads touch-write 2>/dev/null)
}
