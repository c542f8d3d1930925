#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# faultline bisect over made-up histories of a small tree: what it measures, what
# it finds, and that it leaves the repository alone.
#
# stage: quick
# needs: git, gcc
# takes: 1 min

load common.bash
load fake_tree.bash

setup() {
	fake_checkout
	fake_tree "$BATS_TEST_TMPDIR/linux"
}

# bisect ARGUMENT...: of touch-write
bisect() {
	run "$FL" bisect "$@" --workload touch-write
}

# found COMMIT: that is what the last bisect says
found() {
	expect 0 "$(git rev-parse "$1") is the first bad commit"
}

@test "the commit is found among 64, two of which do not build" {
	history 34 32 35
	bisect HEAD~64 HEAD
	found HEAD~30
	grep -q '^skip .*commit 32' <<<"$output"
	grep -q '^skip .*commit 35' <<<"$output"
	grep -q "its parent $(git rev-parse --short=12 HEAD~31): .*, so that is +7" <<<"$output"
	[ "$(builds)" -le 11 ]
}

@test "first, last and any other: the commit is found, with eight builds" {
	for at in 1 2 17 63 64; do
		rm -rf "${STUB:?}"/* "$BATS_TEST_TMPDIR/linux"
		fake_tree "$BATS_TEST_TMPDIR/linux"
		history "$at"
		bisect HEAD~64 HEAD --more-than 5
		found "HEAD~$((64 - at))"
		grep -q "its parent .*: 1000, so that is +7" <<<"$output"
		grep -q 'changed in the handler: kvm_mmu_page_fault$' <<<"$output"
		[ "$(builds)" -le 8 ]
	done
}

@test "a merge that did it itself is named, with both of its parents" {
	add_commit one
	git checkout -qb topic HEAD~1
	add_commit "of the topic"
	add_commit "of the topic, too"
	git checkout -q master
	add_commit two
	git merge -q --no-commit topic
	handler 1007 >"$HANDLER"
	git add .
	git commit -qm "Merge the topic"
	add_commit three
	bisect HEAD~4 HEAD
	found HEAD~1
	grep -q "its parent $(git rev-parse --short=12 HEAD~1^1): .* +7" <<<"$output"
	grep -q "and $(git rev-parse --short=12 HEAD~1^2): .* +7" <<<"$output"
}

@test "a commit of a merged topic is found, not its merge" {
	add_commit one
	git checkout -qb topic
	add_commit "of the topic"
	add_commit "the culprit" 1007
	add_commit "of the topic, too"
	git checkout -q master
	add_commit two
	git merge -q -m "Merge the topic" topic
	add_commit three
	bisect HEAD~4 HEAD
	found topic~1
}

@test "where skipped commits are between, all that it may be are named" {
	history 33 32 33
	bisect HEAD~64 HEAD
	expect "$EXIT_SEVERAL" "is one of these 3" "commit 32" "commit 33" "commit 34"
	lacks 'commit 31$.*first bad'
}

@test "GOOD that is bad, and BAD that is not, are told first" {
	history 1
	bisect HEAD~10 HEAD --limit 100
	expect "$EXIT_NOT_BETWEEN" "is bad already"
	[ "$(builds)" -eq 1 ]
	bisect HEAD~10 HEAD --more-than 50
	expect "$EXIT_NOT_BETWEEN" "is not bad"
	[ "$(builds)" -eq 2 ]
}

@test "a limit is of the figure itself" {
	history 40
	bisect HEAD~64 HEAD --limit 1007
	expect "$EXIT_NOT_BETWEEN" "is not bad"
	bisect HEAD~64 HEAD --limit 1006
	found HEAD~24
}

@test "killed, and started again: what was measured is measured no more" {
	history 20
	touch "$STUB/wait"
	"$FL" bisect HEAD~64 HEAD --workload touch-write >"$BATS_TEST_TMPDIR/said" 2>&1 &
	local pid=$! n=0
	rm "$STUB/wait"
	while ! grep -q '^bad ' "$BATS_TEST_TMPDIR/said" && [ $((n += 1)) -lt 600 ]; do
		sleep 0.02
	done
	kill -9 "$pid"
	wait "$pid" || true
	before=$(builds)
	[ "$before" -ge 2 ]
	[ "$before" -lt 8 ]
	bisect HEAD~64 HEAD
	found HEAD~44
	[ "$(sort -u "$STUB/builds" | wc -l)" -eq 8 ]
	[ "$(builds)" -le 9 ]
	bisect HEAD~64 HEAD
	found HEAD~44
	grep -q ' 0 kernels built' <<<"$output"
}

@test "commits whose code is equal are not booted again" {
	history 33
	bisect HEAD~64 HEAD
	found HEAD~31
	[ "$(builds)" -eq 8 ]
	[ "$(boots)" -eq 4 ] || { boots; false; }
}

@test "the repository is as it was: no object, no index, no ref" {
	history 33
	echo "not committed" >>notes
	before=$(find . -type f -print0 | sort -z | xargs -0 sha256sum; find . -printf '%p %T@\n' | sort)
	bisect HEAD~64 HEAD
	found HEAD~31
	[ "$before" = "$(find . -type f -print0 | sort -z | xargs -0 sha256sum; find . -printf '%p %T@\n' | sort)" ]
}

@test "a GOOD that does not build says so, but for --limit" {
	history 33 1
	bisect HEAD~63 HEAD
	expect "$EXIT_BUILD" "GOOD" "does not build"
	bisect HEAD~63 HEAD --limit 100
	found HEAD~62
}

@test "what is no range is refused before anything is built" {
	history 33
	run "$FL" bisect HEAD~4 HEAD
	expect "$EXIT_USAGE" "--workload"
	run "$FL" bisect HEAD --workload touch-write
	expect "$EXIT_USAGE" "GOOD and BAD"
	bisect HEAD~4 HEAD --limit 5 --more-than 5
	expect "$EXIT_USAGE" "cannot be used together"
	bisect HEAD~4 nowhere
	expect "$EXIT_UNKNOWN_NAME" "nowhere"
	bisect HEAD HEAD
	expect "$EXIT_NO_DATA" "empty"
	bisect HEAD HEAD~4
	expect "$EXIT_NO_DATA" "is no ancestor"
	run "$FL" bisect HEAD~4 HEAD --workload nothing
	expect "$EXIT_UNKNOWN_NAME" "nothing"
	cd "$BATS_TEST_TMPDIR"
	bisect HEAD~4 HEAD
	expect "$EXIT_WRONG_SOURCE" "git tree"
	[ ! -f "$STUB/builds" ]
}

# exit_code ARGUMENT...: of diff, of touch-write
exit_code() {
	run "$FL" diff "$@" --workloads touch-write --no-dirty --exit-code
}

@test "diff --exit-code: 0 not more, 1 more, 125 cannot be said, 129 nobody's commit" {
	history 2 4
	exit_code HEAD~64 HEAD~63
	expect 0 "not more expensive"
	exit_code HEAD~64 HEAD~62
	expect 1 "touch-write: 1007, +7, which is more than +0"
	exit_code HEAD~64 HEAD~62 --more-than 7
	expect 0
	exit_code HEAD~64 HEAD~62 --limit 1006
	expect 1 "above 1006"
	exit_code HEAD~64 HEAD~60
	expect 125 "cannot be said"
	exit_code HEAD~60 HEAD
	expect 125 "does not build"
	exit_code HEAD~64 nowhere
	expect 129 "nowhere"
	exit_code HEAD~64 HEAD --more-than much
	expect 129 "--more-than"
	run "$FL" diff HEAD~64 HEAD --limit 5
	expect "$EXIT_USAGE" "--exit-code"
	exit_code HEAD~64 HEAD~62 --rig vitros
	expect 129 "vitros"
}

@test "diff --exit-code: a host that does not boot is 125" {
	add_commit "breaks the boot"
	handler 1001 "// boot panic" >"$HANDLER"
	git commit -qam "breaks it"
	exit_code HEAD~1 HEAD
	expect 125 "cannot be said"
}

@test "git bisect run with diff --exit-code finds the commit" {
	history 40 41
	git bisect start HEAD HEAD~64
	start=$(git rev-parse master~64)
	run git bisect run "$FL" diff "$start" HEAD --workloads touch-write --no-dirty --exit-code --more-than 5
	expect 0 "$(git rev-parse master~24) is the first bad commit"
}
