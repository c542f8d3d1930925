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
	load fake_tree.bash
	fake_checkout
	mkdir "$BATS_TEST_TMPDIR/linux"
	cd "$BATS_TEST_TMPDIR/linux" || return
	git init -q -b master .
	kernel 6.12
	write 1000
	commit "the start"
}

kernel() { # VERSION
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = 7\n' "${1%.*}" "${1#*.}" >Makefile
	mkdir -p arch/x86/kvm/mmu
}

# write FIGURE [TEXT]: the handler; its code depends on neither // nor the name
write() { handler "$@" >"$HANDLER"; }

commit() { # SUBJECT
	git add -A .
	git commit -q -m "$1"
}

# three: a branch of three commits on top of master
three() {
	git checkout -q -b mine
	git branch -q -u master
	write 1000 "// a comment"
	commit "a comment"
	write 1006
	commit "a check"
	write 1007
	commit "a field"
}

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

@test "every way to name commits" {
	three
	diff_ -2
	expect 0 "start  $(git rev-parse --short=12 HEAD~2)" "touch-write       1000    +6    +1   1007"
	diff_ HEAD~1
	expect 0 "touch-write       1000    +6   1006" "1 commit"
	diff_ master...mine
	expect 0 "=    +6    +1   1007"
	diff_ --merge-base master
	expect 0 "=    +6    +1   1007"
	diff_ mine master
	expect 0 "touch-write       1007    -7   1000"
	diff_ HEAD~2..HEAD~1 --format csv
	expect 0 ",1,yes,1006,1006.000000,6,"
	for f in json markdown html; do
		diff_ -1 --format $f
		expect 0 "a field"
	done
	diff_ -1 master
	expect "$EXIT_USAGE" "use one"
	diff_ nothing..
	expect "$EXIT_UNKNOWN_NAME" "'nothing' is no commit"
	git branch --unset-upstream
	diff_
	expect "$EXIT_USAGE" "has no upstream" "HEAD~3.."
}

@test "a merge counts as what it brought to its first parent" {
	git checkout -q -b side
	echo >side.txt
	commit side
	git checkout -q master
	write 1006
	commit "a check"
	git merge -q --no-ff --no-commit side
	write 1010
	commit "the merge, with a change of its own"
	diff_ -2
	expect 0 "touch-write       1000    +6    +4   1010"
	lacks " side$"
}

# Every file of the repository, the index and its time among them. (An object that
# would be written and is there is given a new time by git itself.)
state() {
	find . -path ./arch -prune -o -type f -printf '%p %s %T@\n' |
		sed -E 's#^(\./\.git/objects/.*) [0-9.]+$#\1#' | LC_ALL=C sort
}

@test "uncommitted changes are the last column, and nothing of the tree is written" {
	three
	write 1017
	echo new >untracked.c
	touch -d '1 hour ago' Makefile
	before=$(state)
	diff_
	expect 0 "+1   +10   1017" "dirty-" "uncommitted changes" "1 untracked"
	diff_ -2 --dirty
	expect 0 "+6    +1   +10   1017"
	diff_ --no-dirty
	expect 0 "+1   1007"
	diff_ master..HEAD~1
	expect 0 "+6   1006"
	diff_ master..HEAD~1 --dirty
	expect "$EXIT_USAGE" "does not end at HEAD"
	diff_ HEAD..
	expect 0 "touch-write       1007   +10   1017"
	diff <(state) - <<<"$before"
	git add arch
	diff_ -1
	expect 0 "+1   +10   1017"
	# Another git holds the index: it is only read.
	: >.git/index.lock
	write 1018
	diff_ -1
	expect 0 "+1   +11   1018"
	rm .git/index.lock
	git checkout -q -f
	diff_ -1 --dirty
	expect 0 "there are no uncommitted changes" "+1   1007"
}

@test "a merge with conflicts has no tree" {
	three
	git checkout -q -b other master
	write 2000
	commit other
	git checkout -q mine
	git merge -q other || true
	diff_
	expect 0 "files have conflicts" "+6    +1   1007"
	diff_ --dirty
	expect "$EXIT_USAGE" "resolve them"
}

@test "not a tree, not a kernel, too old, without KVM" {
	cd "$BATS_TEST_TMPDIR" || return
	diff_
	expect "$EXIT_WRONG_SOURCE" "is in no git tree" "cd linux"
	cd linux || return
	kernel 5.4
	commit old
	diff_ -1
	expect "$EXIT_WRONG_SOURCE" "is Linux 5.4.7" "from 5.10 on"
	git rm -q -r arch
	kernel 6.12
	commit "no KVM"
	diff_ HEAD HEAD~2
	expect "$EXIT_WRONG_SOURCE" "no arch/x86/kvm/mmu"
	echo all: >Makefile
	commit "no kernel"
	diff_ HEAD HEAD~1
	expect "$EXIT_WRONG_SOURCE" "is no kernel tree"
	[ ! -e "$STUB/builds" ]
}

@test "a version without a base: made of the nearest, its stanzas kept" {
	kernel 6.18
	commit "6.18"
	write 1001
	commit more
	diff_ -1
	expect 0 "v6.18 is new here" "those of v6.12" "v6.18, profile off"
	conf=$FAULTLINE_CACHE/bases/v6.18/base.conf
	[ "$(sed -n '/^\[/,$p' "$conf")" = "$(sed -n '/^\[/,$p' "$ROOT/variants/v6.12/base.conf")" ]
	[ -n "$(sed -n '/^\[/,$p' "$conf")" ]
	run "$FL" list bases
	lacks v6.18
	diff_ -1
	expect 0
	lacks "is new here"
	# It follows what it was made of.
	rm "$FAULTLINE_ROOT/variants"
	cp -r "$ROOT/variants" "$FAULTLINE_ROOT"
	sed -i 's/^link .*/& more.o/' "$FAULTLINE_ROOT/variants/v6.12/base.conf"
	diff_ -1
	expect 0 "is new here"
	grep -q '^link .* more.o' "$conf"
	diff_ -1
	lacks "is new here"
	# A range over two versions is measured as its start is.
	diff_ HEAD~2..
	expect 0 "is Linux 6.18.7: measured with the configuration of v6.12"
}

@test "an empty range, and one without anything to measure" {
	three
	diff_ HEAD..master
	expect "$EXIT_NO_DATA" "nothing to measure"
	diff_ --no-dirty HEAD..master
	expect "$EXIT_NO_DATA" "holds no commit"
	git checkout -q master
	git branch -q -u mine
	diff_
	expect "$EXIT_NO_DATA" "nothing to measure"
}

@test "a start that does not build" {
	write 1000 "#error planted"
	commit broken
	write 1001
	commit repaired
	diff_ -1
	expect "$EXIT_BUILD" "the start of the range does not build" "error: planted" "name a later one"
	[ -z "$(ls "$FAULTLINE_RESULTS" 2>/dev/null)" ]
}

@test "a commit that does not build: its column says so, the others are measured" {
	write 1001
	commit one
	write 1002 "#error planted"
	commit two
	write 1007
	commit three
	diff_ -3
	expect "$EXIT_BUILD" "touch-write       1000    +1 fails    +6   1007" \
		"fails: commit 2, $(git rev-parse --short=12 HEAD~1)" "error: planted" \
		"column 3 is against commit 1, $(git rev-parse --short=12 HEAD~2)"
	run "$FL" compare "$FAULTLINE_RESULTS/latest" --steps
	expect 0 "+1 fails    +6   1007"
}

@test "a commit that does not boot: the same, with what the console said" {
	write 1001
	commit one
	write 1002 "// boot panic"
	commit two
	write 1007
	commit three
	diff_ -3
	expect "$EXIT_PANIC" "touch-write       1000    +1     -    +6   1007" \
		"invalid: touch-write, commit 2" "planted" "column 3 is against commit 1"
}

@test "the same range again boots nothing, and the records say where they are from" {
	three
	diff_
	n=$(boots)
	[ "$n" -gt 0 ]
	first=$(readlink "$FAULTLINE_RESULTS/latest")
	diff_
	expect 0 "boots were done before" "=    +6    +1   1007  exact"
	[ "$(boots)" -eq "$n" ]
	[ "$(jq -r .kept_from "$FAULTLINE_RESULTS/latest/records.jsonl" | grep -c "^$first, on ")" -eq 8 ]
	# One that is rewritten, not changed, is another commit of the same tree.
	git commit -q --amend -m "a field, in other words"
	diff_
	expect 0 "in other words"
	[ "$(boots)" -eq "$n" ]
	[ "$(builds)" -eq 4 ]
	# And `run` does not take from it.
	run "$FL" run --base v6.12 --variants "$(git rev-parse --short=12 HEAD)" --workloads touch-write
	expect 0
	[ "$(boots)" -eq $((n + 2)) ]
}

@test "what is damaged in the store is measured again" {
	three
	diff_ -1
	n=$(boots)
	grep -L "^functions" "$FAULTLINE_CACHE"/boots/*/* >"$BATS_TEST_TMPDIR/files"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/files")" -eq 4 ]
	{ read -r a && read -r b && read -r c; } <"$BATS_TEST_TMPDIR/files"
	truncate -s -20 "$a"
	: >"$b"
	sed -i '2s/"total":./"total":9/' "$c"
	diff_ -1
	expect 0 "touch-write       1006    +1   1007  exact" "1 boots were done before"
	[ "$(boots)" -eq $((n + 3)) ]
	diff_ -1
	expect 0 "4 boots were done before"
}

# again WHAT COMMAND...: with one input of a boot changed, every boot is done anew
again() {
	local n what=$1
	n=$(boots)
	shift
	"$@" "$FL" diff --workloads touch-write -1 >"$BATS_TEST_TMPDIR/said" 2>&1 ||
		{ cat "$BATS_TEST_TMPDIR/said"; return 1; }
	[ "$(boots)" -eq $((n + 4)) ] || { echo "$what: $n, then $(boots)"; return 1; }
}

@test "whatever decides a boot is in the store's key" {
	three
	diff_ -1
	cp "$ROOT/build/unit/stub_qemu" "$BATS_TEST_TMPDIR/qemu"
	echo >>"$BATS_TEST_TMPDIR/qemu"
	again "another QEMU" env FAULTLINE_QEMU="$BATS_TEST_TMPDIR/qemu"
	{ cat "$ROOT/build/host.cpio"; echo; } >"$BATS_TEST_TMPDIR/cpio"
	again "another host program or guest" env FAULTLINE_HOST_CPIO="$BATS_TEST_TMPDIR/cpio"
	cp "$FL" "$BATS_TEST_TMPDIR/faultline"
	echo >>"$BATS_TEST_TMPDIR/faultline"
	FL=$BATS_TEST_TMPDIR/faultline again "another faultline"
	# The catalog: a workload's plan, its command line, what a profile is.
	rm "$FAULTLINE_ROOT"/{variants,guests}
	cp -r "$ROOT"/{variants,guests} "$FAULTLINE_ROOT"
	again_conf() {
		sed -i "$2" "$FAULTLINE_ROOT/$1"
		cmp "$FAULTLINE_ROOT/$1" "$ROOT/$1" && return 1
		again "$1: $2"
	}
	again_conf guests/workloads.conf '/^\[touch-write\]/a limit_ms = 77777'
	again_conf guests/workloads.conf '/^\[touch-write\]/a cmdline = quiet'
	again_conf variants/profiles.conf '0,/^cmdline = mitigations=off/s//& quiet/'
	again_conf variants/profiles.conf '0,/^verify  = spectre_v2=Vulnerable/s//&*/'
}

@test "two at once, on one tree and on two" {
	three
	cp -r . ../other
	: >"$STUB/wait"
	"$FL" diff --workloads touch-write >"$BATS_TEST_TMPDIR/a" 2>&1 &
	a=$!
	"$FL" diff --workloads touch-write >"$BATS_TEST_TMPDIR/b" 2>&1 &
	b=$!
	(cd ../other && exec "$FL" diff --workloads touch-write >"$BATS_TEST_TMPDIR/c" 2>&1) &
	c=$!
	sleep 1
	rm "$STUB/wait"
	wait $a || { cat "$BATS_TEST_TMPDIR/a"; return 1; }
	wait $b || { cat "$BATS_TEST_TMPDIR/b"; return 1; }
	wait $c
	for f in a b c; do grep -q "=    +6    +1   1007  exact" "$BATS_TEST_TMPDIR/$f" || { cat "$BATS_TEST_TMPDIR/$f"; return 1; }; done
}

@test "a commit made while it runs changes nothing" {
	three
	: >"$STUB/wait"
	"$FL" diff --workloads touch-write >"$BATS_TEST_TMPDIR/said" 2>&1 &
	pid=$!
	for _ in {1..100}; do
		grep -q PLAN "$BATS_TEST_TMPDIR/said" && break
		sleep 0.1
	done
	write 1050
	git commit -q -a --amend -m "something else"
	git checkout -q master
	rm "$STUB/wait"
	wait $pid
	grep -q '=    +6    +1   1007  exact' "$BATS_TEST_TMPDIR/said"
	grep -q 'a field$' "$BATS_TEST_TMPDIR/said"
}

@test "stopped at any moment, the same command goes on" {
	three
	write 1008 "// boot slow"
	commit slow
	for signal in INT TERM KILL; do
		rm -rf "$STUB/boots"
		"$FL" diff --workloads touch-write >"$BATS_TEST_TMPDIR/said" 2>&1 &
		pid=$!
		for _ in {1..100}; do
			grep -qs . "$STUB/boots" && break
			sleep 0.1
		done
		sleep 0.5
		kill -$signal $pid
		code=0
		wait $pid || code=$?
		case $signal in
		KILL) [ $code -eq 137 ] ;;
		*)
			[ $code -eq "$EXIT_INTERRUPTED" ]
			grep -q "go on with: .*diff --workloads touch-write" "$BATS_TEST_TMPDIR/said"
			;;
		esac
	done
	git reset -q --hard HEAD~1
	diff_
	expect 0 "boots were done before" "=    +6    +1   1007  exact"
	[ "$(sort "$STUB/builds" | uniq -d)" = "" ]
}

@test "shallow: what is there is measured, what is not is said" {
	three
	git clone -q --depth 2 "file://$PWD" ../shallow
	cd ../shallow || return
	diff_ -1
	expect 0 "touch-write       1006    +1   1007"
	diff_ HEAD~1
	expect "$EXIT_MISSING" "shallow" "--deepen=1"
	diff_ -3
	expect "$EXIT_MISSING" "--deepen=3"
}

@test "a partial clone without the contents is told what fetches them" {
	three
	git config uploadpack.allowFilter true
	git clone -q --no-checkout --filter=blob:none "file://$PWD" ../partial
	cd ../partial || return
	diff_ HEAD~1..HEAD
	expect "$EXIT_MISSING" "partial clone" "git archive"
	for c in HEAD HEAD~1; do git archive $c >/dev/null; done
	diff_ HEAD~1..HEAD --no-dirty
	expect 0 "touch-write       1006    +1   1007"
}

@test "a linked worktree, a bare repository, a submodule" {
	three
	git worktree add -q ../linked HEAD
	git clone -q --bare . ../bare.git
	git init -q ../super
	git -C ../super -c protocol.file.allow=always submodule --quiet add "file://$PWD" linux
	git -C ../super/linux checkout -q mine
	for d in ../linked ../bare.git ../super/linux arch/x86; do
		run env -C "$d" "$FL" diff --workloads touch-write -3
		expect 0 "=    +6    +1   1007  exact"
	done
	run env -C ../bare.git "$FL" diff -1 --dirty
	expect "$EXIT_USAGE" "no work tree"
	cd ../linked || return
	write 1010
	diff_ -1
	expect 0 "+1    +3   1010" "uncommitted changes"
}

@test "a tree of another owner, until the user has git trust it" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to give the tree away"
	three
	chown -R nobody .
	export HOME=$BATS_TEST_TMPDIR/home
	mkdir -p "$HOME"
	diff_
	expect "$EXIT_MISSING" "somebody else" "safe.directory"
	git config --file "$HOME/.gitconfig" --add safe.directory "$PWD"
	diff_
	expect 0 "=    +6    +1   1007  exact"
}

@test "built objects and a .config in the tree are no part of it" {
	three
	echo '*.o' >.gitignore
	: >arch/x86/kvm/mmu/mmu.o
	echo CONFIG_KVM=n >.config
	diff_
	expect 0 "=    +6    +1   1007  exact"
}

@test "a full disk: a clear error, and afterwards the same command" {
	[ "$(id -u)" -eq 0 ] && unshare -m true || skip "needs root, to mount a small disk"
	three
	diff_ -1
	mkdir "$BATS_TEST_TMPDIR/small"
	cat >"$BATS_TEST_TMPDIR/full" <<-'END'
		mount -t tmpfs -o size=64k tmpfs "$1" || exit 77
		"$2" diff --workloads touch-write --out "$1/results"
		echo "first: $?"
		mount -o remount,size=4m "$1"
		"$2" diff --workloads touch-write --out "$1/results"
	END
	run unshare -m bash "$BATS_TEST_TMPDIR/full" "$BATS_TEST_TMPDIR/small" "$FL"
	[ "$status" -ne 77 ] || skip "no tmpfs here"
	expect 0 "first: $EXIT_STORAGE" "=    +6    +1   1007  exact"
}

@test "a series by mail, and by its message-id" {
	three
	git format-patch -q --stdout master..mine >"$BATS_TEST_TMPDIR/series.mbx"
	git checkout -q master
	diff_ --mbox "$BATS_TEST_TMPDIR/series.mbx"
	expect 0 "=    +6    +1   1007  exact" "mail-" "a check"
	diff_ --mbox "$BATS_TEST_TMPDIR/series.mbx" --onto mine
	expect "$EXIT_PATCH" "is not applied to"
	diff_ --mbox no-such-file
	expect "$EXIT_MISSING" "no-such-file is not there"
	diff_ --onto master
	expect "$EXIT_USAGE" "--mbox"
	if ! command -v b4 >/dev/null; then
		diff_ --message-id x@y
		expect "$EXIT_MISSING" "apt-get install -y b4" "--mbox"
	fi
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/bash\n[ "${@: -1}" = x@y ] && cp %q "$3/$5.mbx"\n' \
		"$BATS_TEST_TMPDIR/series.mbx" >"$BATS_TEST_TMPDIR/bin/b4"
	chmod +x "$BATS_TEST_TMPDIR/bin/b4"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH diff_ --message-id x@y
	expect 0 "=    +6    +1   1007  exact"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH diff_ --message-id other
	expect "$EXIT_MISSING" "does not find other"
}

@test "the run is one like any other" {
	three
	diff_ --format csv
	expect 0
	r=$FAULTLINE_RESULTS/latest
	[ "$(jq -r '.commits | map(.subject) | join("|")' "$r/run.json")" = "the start|a comment|a check|a field" ]
	run "$FL" compare "$r"
	expect 0 "$(git rev-parse --short=12 HEAD)"
	run "$FL" report "$r"
	expect 0
	grep -q "$(git rev-parse --short=12 HEAD)" "$r"/report/report.txt
}

@test "the plan goes by what builds took here" {
	three
	diff_ -1
	expect 0 "up to 2 kernels to build" "each, assumed: none was built here before; " \
		" the first, which compiles everything)" \
		"then up to 4 boots, about 0:0" ": in all about "
	diff_ -2
	expect 0 "up to 1 kernel to build, about 0:01 (0:01 each, the median of 2"
}

@test "many commits are several grids" {
	for i in {1..11}; do
		write $((1000 + i))
		commit "step $i"
	done
	diff_ -11
	expect 0 "start     1     2     3     4     5     6   at 6" "at 6     7     8     9    10    11    end"
	"$FL" diff --workloads touch-write -11 2>/dev/null >"$BATS_TEST_TMPDIR/table"
	[ "$(wc -L <"$BATS_TEST_TMPDIR/table")" -le 75 ]
}

@test "installed, a run is not put into the tree" {
	echo 0123456789abcdef >"$FAULTLINE_ROOT/revision"
	unset FAULTLINE_RESULTS
	three
	diff_ -1
	expect 0 "$FAULTLINE_CACHE/results/"
	[ -z "$(git status --porcelain --ignored)" ]
}
