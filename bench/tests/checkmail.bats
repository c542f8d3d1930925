#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# faultline check-mail as b4 0.16 calls it: the mail on standard input, as b4 writes
# it (a decoded body under the headers it came with), in the tree's top folder, all
# three streams pipes; for a review that is checked out, a file in B4_TRACKING_FILE.
#
# stage: quick
# needs: git, gcc, jq
# takes: 1 min

load common.bash
load fake_tree.bash

setup() {
	fake_checkout
	fake_tree "$BATS_TEST_TMPDIR/linux"
	unset B4_TRACKING_FILE
}

# mail SUBJECT [HEADER...]: HEAD's patch as b4 hands it over
mail() {
	printf 'From: A Developer <dev@example.org>\nDate: Fri, 27 Nov 2026 12:00:00 +0000\nSubject: %s\n' "$1"
	[ $# -lt 2 ] || printf '%s\n' "${@:2}"
	git format-patch -1 --stdout | sed '1,/^$/d' | { echo; cat; }
}

# check ARGUMENT... <MAIL: as b4 runs it; json is what came out
check() {
	status=0
	"$FL" check-mail --workloads touch-write,mmio "$@" \
		>"$BATS_TEST_TMPDIR/out" 2> >(cat >"$BATS_TEST_TMPDIR/err") || status=$?
	output=$(cat "$BATS_TEST_TMPDIR/out")
}

# says STATUS SUMMARY: the one result
says() {
	jq -e 'type == "array" and length == 1' "$BATS_TEST_TMPDIR/out" >/dev/null ||
		{ echo "no array of one: $output"; cat "$BATS_TEST_TMPDIR/err"; return 1; }
	jq -e --arg s "$1" --arg t "$2" '.[0].status == $s and (.[0].summary | contains($t))' \
		"$BATS_TEST_TMPDIR/out" >/dev/null || { echo "not $1 '$2': $output"; return 1; }
}

# patches FIGURE...: a commit each on a branch, as mails [PATCH n/m] in files
patches() {
	local n=0 figure
	git checkout -qb topic
	for figure in "$@"; do
		n=$((n + 1))
		add_commit "patch $n" "$figure"
		mail "[PATCH $n/$#] patch $n" "Message-Id: <$n@example.org>" \
			"In-Reply-To: <0@example.org>" "References: <0@example.org>" \
			>"$BATS_TEST_TMPDIR/$n"
	done
	printf 'From: A Developer <dev@example.org>\nSubject: [PATCH 0/%s] all of them\nMessage-Id: <0@example.org>\n\nwhy\n' \
		$# >"$BATS_TEST_TMPDIR/0"
	git checkout -q master
}

# tracking: what b4 writes of a series that is checked out, its branch with it
tracking() {
	local n patches=''
	git checkout -qb b4/review/change topic
	git commit -q --allow-empty -m "all of them"
	git checkout -q master
	for ((n = 1; n <= $1; n++)); do
		patches+="${patches:+,}{\"title\":\"[PATCH $n/$1] patch $n\",\"header-info\":{\"msgid\":\"$n@example.org\"}}"
	done
	printf '{"series":{"change-id":"change","expected":%s,"first-patch-commit":"%s","base-commit":"%s"},"patches":[%s]}' \
		"$1" "$(git rev-parse "topic~$(($1 - 1))")" "$(git rev-parse master)" "$patches" \
		>"$BATS_TEST_TMPDIR/tracking"
	export B4_TRACKING_FILE=$BATS_TEST_TMPDIR/tracking
}

@test "a patch that costs more is a warning, above a limit it fails" {
	patches 1011
	check <"$BATS_TEST_TMPDIR/1"
	says warn "+11 instructions per touch-write fault (1000 -> 1011)"
	[ "$status" -eq 0 ]
	[ "$(jq -r '.[0].tool' <<<"$output")" = faultline ]
	jq -r '.[0].details' <<<"$output" | grep -q 'touch-write  *1000  *+11  *1011  exact'
	jq -r '.[0].details' <<<"$output" | grep -q '1  kvm_mmu_page_fault'
	check --more-than 10 <"$BATS_TEST_TMPDIR/1"
	says fail "+11 instructions"
	check --more-than 11 --tool costs <"$BATS_TEST_TMPDIR/1"
	says warn "+11 instructions"
	[ "$(jq -r '.[0].tool' <<<"$output")" = costs ]
}

@test "fewer, the same figure and the same code pass, and say which" {
	patches 988
	check <"$BATS_TEST_TMPDIR/1"
	says pass "-12 instructions per touch-write fault"
	git checkout -q topic
	echo "/* a comment */" >>"$HANDLER"
	git commit -qam "a comment"
	mail "[PATCH] a comment" >"$BATS_TEST_TMPDIR/1"
	git checkout -q HEAD~1
	check <"$BATS_TEST_TMPDIR/1"
	says pass "no change in the handler's code"
	git checkout -q topic
	echo "int another(int x) { return x; }" >>"$HANDLER"
	git commit -qam "another"
	mail "[PATCH] another" >"$BATS_TEST_TMPDIR/1"
	git checkout -q HEAD~1
	check <"$BATS_TEST_TMPDIR/1"
	says pass "a fault costs what it did before"
}

@test "what does not apply, build or boot fails, and the reason is the summary" {
	git checkout -qb topic
	handler 1000 "#error broken" >"$HANDLER"
	git commit -qam "breaks the build"
	mail "[PATCH] breaks the build" >"$BATS_TEST_TMPDIR/build"
	handler 1000 "// boot panic" >"$HANDLER"
	git commit -qam "breaks the boot"
	mail "[PATCH] breaks the boot" >"$BATS_TEST_TMPDIR/boot"
	git checkout -q master
	check <"$BATS_TEST_TMPDIR/build"
	says fail "does not build: $HANDLER:1: error: broken"
	check <"$BATS_TEST_TMPDIR/boot"
	says fail "does not apply: file $HANDLER"
	[ "$status" -eq "$EXIT_PATCH" ]
	check --onto topic~1 <"$BATS_TEST_TMPDIR/boot"
	says fail "does not build"
	git checkout -q topic
	handler 1000 >"$HANDLER"
	git commit -qam "is right again"
	handler 1001 "// boot panic" >"$HANDLER"
	git commit -qam "breaks the boot again"
	mail "[PATCH] breaks the boot again" >"$BATS_TEST_TMPDIR/boot"
	git checkout -q HEAD~1
	check <"$BATS_TEST_TMPDIR/boot"
	says fail "panic"
}

@test "a series that b4 has checked out: its commits, wherever HEAD is" {
	patches 1001 1003 1006
	tracking 3
	for n in 1:+1 2:+2 3:+3; do
		check <"$BATS_TEST_TMPDIR/${n%:*}"
		says warn "${n#*:} instructions per touch-write fault"
		jq -r '.[0].details' <<<"$output" | grep -q "patch ${n%:*} of b4/review/change"
	done
	check --series <"$BATS_TEST_TMPDIR/0"
	says warn "+6 instructions per touch-write fault (1000 -> 1006)"
	[ "$(jq -r '.[0].tool' <<<"$output")" = faultline-series ]
	[ "$(builds)" -eq 4 ]
}

@test "a series that is not: each patch on those asked about before, the cover for all" {
	patches 1001 1003 1006
	check --series <"$BATS_TEST_TMPDIR/0"
	says warn "cannot be said: the patches of this series are not known"
	check <"$BATS_TEST_TMPDIR/2"
	says fail "does not apply"
	for n in 1:+1 2:+2 3:+3; do
		check <"$BATS_TEST_TMPDIR/${n%:*}"
		says warn "${n#*:} instructions per touch-write fault"
	done
	check --series <"$BATS_TEST_TMPDIR/0"
	says warn "+6 instructions per touch-write fault"
	add_commit "master moved"
	check <"$BATS_TEST_TMPDIR/3"
	says fail "does not apply"
}

@test "b4 prep asks about commits that HEAD has already, and takes lines" {
	patches 1000 1003 1001
	git checkout -q topic
	check --format lines <"$BATS_TEST_TMPDIR/1"
	[ "$status" -eq 0 ] && [ -z "$output" ] && [ ! -s "$BATS_TEST_TMPDIR/err" ]
	check --format lines <"$BATS_TEST_TMPDIR/2"
	grep -qx "WARNING: +3 instructions per touch-write fault (1000 -> 1003)" <<<"$output"
	[ "$(grep -c '^WARNING: ' <<<"$output")" -eq "$(wc -l <<<"$output")" ]
	[ ! -s "$BATS_TEST_TMPDIR/err" ]
	check --format lines --more-than 2 <"$BATS_TEST_TMPDIR/2"
	grep -qx "ERROR: +3 instructions per touch-write fault (1000 -> 1003)" <<<"$output"
	check --format lines <"$BATS_TEST_TMPDIR/3"
	[ -z "$output" ] && [ ! -s "$BATS_TEST_TMPDIR/err" ]
	sed 's/1001/1002/' "$BATS_TEST_TMPDIR/3" >"$BATS_TEST_TMPDIR/other"
	check --format lines <"$BATS_TEST_TMPDIR/other"
	[[ $output == "ERROR: "*"does not apply"* ]]
}

@test "headers of an encoding that b4 has undone do not spoil the patch" {
	patches 1011
	for cte in base64 quoted-printable 8bit; do
		sed "s/^Subject:/Content-Transfer-Encoding: $cte\n&/" "$BATS_TEST_TMPDIR/1" >"$BATS_TEST_TMPDIR/m"
		check <"$BATS_TEST_TMPDIR/m"
		says warn "+11 instructions"
	done
	{
		sed '/^$/,$d' "$BATS_TEST_TMPDIR/1"
		printf 'Content-Transfer-Encoding: base64\n\n'
		sed '1,/^$/d' "$BATS_TEST_TMPDIR/1" | base64
	} >"$BATS_TEST_TMPDIR/m"
	check <"$BATS_TEST_TMPDIR/m"
	says warn "+11 instructions"
	sed 's/^Subject:/Content-Type: multipart\/mixed; boundary="xx"\n&/' "$BATS_TEST_TMPDIR/1" >"$BATS_TEST_TMPDIR/m"
	check <"$BATS_TEST_TMPDIR/m"
	says warn "+11 instructions"
}

@test "what keeps it from being said is a warning, a wrong call a failure" {
	patches 1011
	handler 1000 "#error broken" >"$HANDLER"
	git commit -qam "does not build"
	git checkout -q topic
	git rebase -q -X theirs master
	git checkout -q master
	check --onto HEAD~1 --profiles nothing <"$BATS_TEST_TMPDIR/1"
	says fail "nothing"
	[ "$status" -eq "$EXIT_UNKNOWN_NAME" ]
	check --onto HEAD~1 --rig vitro <"$BATS_TEST_TMPDIR/1"
	says fail "not exact"
	check </dev/null
	says fail "empty"
	printf 'From: A <a@example.org>\nSubject: Re: hello\n\nno patch\n' >"$BATS_TEST_TMPDIR/m"
	check <"$BATS_TEST_TMPDIR/m"
	says warn "holds no patch"
	cd "$BATS_TEST_TMPDIR"
	check <"$BATS_TEST_TMPDIR/1"
	[ "$status" -eq "$EXIT_WRONG_SOURCE" ]
	says warn "git tree"
}

# state: every file of the repository with its hash and its time; but git renews
# that of an object which it would write if it were not there already
state() {
	find . -type f -print0 | sort -z | xargs -0 sha256sum
	find . -path ./.git/objects -prune -o -printf '%p %T@\n' | sort
}

@test "the repository is as it was: no object, no index, no ref" {
	patches 1011
	state >"$BATS_TEST_TMPDIR/before"
	check <"$BATS_TEST_TMPDIR/1"
	says warn "+11"
	state | diff "$BATS_TEST_TMPDIR/before" -
}
