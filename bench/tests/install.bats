#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# An installed faultline, from another folder and with an installation that
# cannot be written; its man page; completion in bash.
#
# stage: quick
# order: 39
# needs: the reference run
# takes: 10 s

load common.bash

setup_file() {
	DEST=$BATS_FILE_TMPDIR/dest
	make -s CC="${CC:-gcc}" -C "$(dirname "$BATS_TEST_FILENAME")/../.." install \
		DESTDIR="$DEST" PREFIX=/usr >"$BATS_FILE_TMPDIR/said" 2>&1 ||
		{ cat "$BATS_FILE_TMPDIR/said"; return 1; }
	(cd "$DEST" && find . -type f -exec sha256sum {} + | sort) >"$BATS_FILE_TMPDIR/files"
}

setup() {
	DEST=$BATS_FILE_TMPDIR/dest
	INSTALLED=$DEST/usr/bin/faultline
	SHARE=$DEST/usr/share/faultline
	HERE=$BATS_TEST_TMPDIR/here
	mkdir "$HERE"
	cd "$HERE" || return
	export FAULTLINE_CACHE=$BATS_TEST_TMPDIR/cache
	unset CC FAULTLINE_ROOT FAULTLINE_VARIANTS FAULTLINE_WORKLOADS FAULTLINE_RESULTS FAULTLINE_RUN_LOCK
}

# Nothing of it was written, whatever was done.
teardown() {
	(cd "$DEST" && find . -type f -exec sha256sum {} + | sort) | diff "$BATS_FILE_TMPDIR/files" -
}

@test "no path of the checkout or of DESTDIR is in what is installed" {
	for f in "$DEST"/usr/share/faultline/scripts/* "$DEST"/usr/share/man/man1/* \
		"$DEST"/usr/share/bash-completion/completions/*; do
		[ -d "$f" ] || ! grep -lF -e "$ROOT" -e "$DEST" "$f" || return 1
	done
	[ "$(readlink "$INSTALLED")" = ../lib/faultline/faultline ]
	[ "$("$INSTALLED" --version)" = "$("$FL" --version)" ]
	# Every build of a kernel takes it.
	cmp "$ROOT/scripts/lib/postlink.mk" "$SHARE/scripts/lib/postlink.mk"
}

@test "it lists what the checkout lists" {
	run "$INSTALLED" list
	expect 0
	[ "$output" = "$(env -u FAULTLINE_VARIANTS -u FAULTLINE_WORKLOADS "$FL" list)" ]
	# The program alone knows where it is, and so do the scripts.
	run "$SHARE/scripts/deps" nonsense
	expect "$EXIT_USAGE" "usage: scripts/deps"
	run "$INSTALLED" recipe v6.1 struct-by-pointer off
	expect 0 "patch $SHARE/variants/v6.1/struct-by-pointer/0001-"
}

@test "a run is compared, packed and reported from any folder" {
	cp -r "$REF/attribute" run
	run "$INSTALLED" compare run
	expect 0 "Instructions"
	"$FL" compare run | diff - <("$INSTALLED" compare run)
	run "$INSTALLED" report run --out report
	expect 0
	[ -s report/report.html ]
}

@test "doctor finds what was built" {
	run "$INSTALLED" doctor
	[ "$status" -eq 0 ] || [ "$status" -eq "$EXIT_MISSING" ]
	[[ $output != *"run: make"* ]] || { echo "$output"; return 1; }
}

@test "runs and the history go to ./results, or where FAULTLINE_RESULTS says" {
	run "$INSTALLED" run --split --workloads null --variants baseline
	expect 0 "--workloads"
	mkdir results
	"$INSTALLED" history add "$REF/attribute"
	[ -s results/history.db ]
	[ "$("$INSTALLED" history export --format jsonl | jq -r .path | sort -u)" = "$REF/attribute" ]
	export FAULTLINE_RESULTS=$BATS_TEST_TMPDIR/other
	mkdir "$FAULTLINE_RESULTS"
	run "$INSTALLED" merge "$TESTS/golden/run"
	expect 0 "$FAULTLINE_RESULTS/"
	[ -e "$FAULTLINE_RESULTS/latest/run.json" ]
	[ ! -e results/latest ]
	# The checkout's own results stay where they were.
	[ "$(bash -c '. "$1/scripts/lib/common.sh"; echo "$RESULTS"' - "$SHARE")" = "$FAULTLINE_RESULTS" ]
	unset FAULTLINE_RESULTS
	[ "$(bash -c '. "$1/scripts/lib/common.sh"; echo "$RESULTS $MADE"' - "$ROOT")" = \
		"$ROOT/results $ROOT/build" ]
	[ "$(bash -c '. "$1/scripts/lib/common.sh"; echo "$RESULTS $MADE"' - "$SHARE")" = \
		"$HERE/results $FAULTLINE_CACHE" ]
}

@test "a kernel that is to be built is looked for in the cache, not below PREFIX" {
	export KERNEL_SRC=$BATS_TEST_TMPDIR/nothing
	mkdir "$KERNEL_SRC"
	run "$INSTALLED" run --variants baseline --workloads null
	expect "$EXIT_MISSING" "KERNEL_SRC=$KERNEL_SRC holds no kernel source"
	[ -e "$FAULTLINE_CACHE/run.lock" ]
	[ -d results ]
}

@test "an earlier installation leaves nothing behind" {
	other=$BATS_TEST_TMPDIR/other
	mkdir -p "$other/usr/share/faultline/variants/v0.1"
	"$ROOT/scripts/install" "$other" /usr variants bench/util/exits.h
	[ ! -e "$other/usr/share/faultline/variants/v0.1" ]
	[ -e "$other/usr/share/faultline/variants/v6.1/base.conf" ]
	run "$ROOT/scripts/install" "$other" usr variants
	expect "$EXIT_USAGE" "PREFIX=usr is no absolute path"
}

@test "the man page has every command and exit code, and formats without a warning" {
	page=$DEST/usr/share/man/man1/faultline.1
	MANWIDTH=80 man --warnings=w -E UTF-8 -l "$page" >text 2>warnings
	[ ! -s warnings ] || { head warnings; return 1; }
	"$FL" --help | sed -nE 's/^  ([a-z-]+) .*/\1/p' >commands
	[ "$(wc -l <commands)" -gt 15 ]
	while read -r c; do
		grep -q "^   $c\$" text || { echo "no $c"; return 1; }
	done <commands
	grep -q -- '^       -w, --workloads=' text
	grep -qE '^       30 ' text
	grep -q 'FAULTLINE_RESULTS' text
	[ "$(grep -cE '\\[-&e]' text)" -eq 0 ]
	[ "$(wc -L <text)" -le 90 ]
}

@test "a help text with a dot, a quote or a backslash at its start is text" {
	cat >fake <<-'SH'
	#!/bin/sh
	[ "$1" = --help ] && { echo '  odd   .TH is no macro'; exit; }
	printf 'Usage: faultline odd\n.SH here\n\n  -x, --xx=X                 .br and \\n stay\n                             '"'"'quoted'"'"'\n\n.nf \\fBno\\fR\n'
	SH
	chmod +x fake
	FAULTLINE=$PWD/fake "$ROOT/scripts/man" >page
	man --warnings=w -E UTF-8 -l page >text 2>warnings
	[ ! -s warnings ]
	grep -q '\.TH is no macro' text
	grep -qF '.br and \n stay' text
	grep -qF "'quoted'" text
	grep -qF '.nf \fBno\fR' text
}

# complete WORD...: what completes the last of them, on one line
complete_words() {
	run bash -c '
		. "$1"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_faultline
		echo "${COMPREPLY[*]}"' - \
		"$DEST/usr/share/bash-completion/completions/faultline" "$INSTALLED" "$@"
	[ "$status" -eq 0 ]
}

@test "completion: commands, options, names, the last of a list" {
	complete_words com
	[ "$output" = compare ]
	complete_words ''
	[ "$(wc -w <<<"$output")" -eq \
		$(($("$FL" --help | grep -cE '^  [a-z-]+ ') + 2)) ]
	complete_words run --work
	[ "$output" = --workloads= ]
	complete_words run --quiet
	[ "$output" = --quiet-host ]
	complete_words run --base v7
	[ "$output" = v7.3 ]
	complete_words run --base = v7
	[ "$output" = v7.3 ]
	complete_words run --variants struct-by
	[ "$output" = struct-by-pointer ]
	complete_words run -p retpoline,dis
	[ "$output" = retpoline,distro ]
	complete_words run --workloads touch-write,ref
	[ "$output" = touch-write,refault ]
	complete_words run --rig vit
	[ "$output" = vitro ]
	complete_words compare run --format c
	[ "$output" = csv ]
	complete_words list work
	[ "$output" = workloads ]
	mkdir results
	complete_words compare res
	[ "$output" = results ]
	complete_words nonsense --x
	[ -z "$output" ]
}
