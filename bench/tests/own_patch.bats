#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# docs/own-patch.md, followed literally by a script, in a tree of one file whose
# kernels are one file each. own_patch_kernel.bats does it with a kernel.
#
# stage: quick
# order: 50
# needs: git, gcc
# takes: 15 s

load common.bash
load fake_tree.bash
load own_patch.bash

setup() {
	fake_checkout
	CHECKOUT=$FAULTLINE_ROOT
	# `make` of the page is the developer's; here all is made.
	printf 'all:\n' >"$CHECKOUT/Makefile"
	ln -s "$FAULTLINE_RESULTS" "$CHECKOUT/results"
	mkdir "$FAULTLINE_RESULTS"
	fake_tree "$CHECKOUT/linux"
	git checkout -q -b mine
	git branch -q -u master
	handler 1000 "// a comment" >"$HANDLER"
	git commit -qam "a name"
	handler 1006 >"$HANDLER"
	git commit -qam "a check"
	handler 1007 >"$HANDLER"
	git commit -qam "a field"
}

@test "the page's commands work as they stand there, in that order" {
	follow "$CHECKOUT"
	[ "$(commands_of "$ROOT/docs/own-patch.md" | wc -l)" -ge 20 ]
	output=$(said "faultline diff") status=0
	expect 0 "touch-write       1000     =    +6    +1   1007  exact" "a field"
	output=$(said "faultline diff HEAD~2..HEAD~1")
	expect 0 "touch-write       1000    +6   1006"
	output=$(said "faultline diff --mbox ../series.mbox --onto HEAD~2")
	expect 0 "touch-write       1000    +6    +1   1007"
	output=$(said "git format-patch -q --stdout -1 | faultline check-mail --onto HEAD~1")
	expect 0 "\"tool\"" "+1"
	output=$(said "faultline bisect HEAD~3 HEAD --workload touch-write")
	expect 0 "is the first bad commit" "that is +6"
	output=$(said 'git bisect run faultline diff "$start" HEAD --workloads touch-write --no-dirty --exit-code')
	expect 0 "$(git rev-parse HEAD~1) is the first bad commit"
	output=$(said "faultline cache")
	expect 0 "v6.12/$(git rev-parse --short=12 HEAD)" "To get room"
}

@test "the tree is as it was: branch, index, files" {
	echo new >untracked
	before=$(git status --porcelain=v2 --branch; git for-each-ref; git stash list)
	follow "$CHECKOUT"
	[ "$(git status --porcelain=v2 --branch; git for-each-ref; git stash list)" = "$before" ]
}

@test "a command of the page that fails is seen" {
	printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/faultline"
	chmod +x "$BATS_TEST_TMPDIR/faultline"
	run follow "$CHECKOUT" "cd() { builtin cd \"\$@\"; PATH=$BATS_TEST_TMPDIR:\$PATH; }"
	[ "$status" -eq 1 ]
}
