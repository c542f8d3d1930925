#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The command line without a boot: names, options, runs that are not sound.

load common.bash

@test "a command that is none is refused and the commands are listed" {
	run "$FL" frobnicate
	expect "$EXIT_USAGE" "no command 'frobnicate'" run compare doctor
}

@test "every command has help with an example or an exit code" {
	for c in list run compare doctor handler-text; do
		run "$FL" $c --help
		expect 0 "Usage: faultline $c"
	done
}

@test "an option that is none is a usage error" {
	run "$FL" run --frob
	expect "$EXIT_USAGE"
	run "$FL" run --boots none
	expect "$EXIT_USAGE" "'none' is not a number"
	run "$FL" compare x --format yaml
	expect "$EXIT_USAGE" "text, json, csv"
}

@test "an unknown base lists the bases" {
	run "$FL" run --base v9.9
	expect "$EXIT_UNKNOWN_NAME" "no base 'v9.9'" v6.1
}

@test "an unknown variant lists the variants" {
	run "$FL" run --variants nobody
	expect "$EXIT_UNKNOWN_NAME" "no variant 'nobody'" baseline \
		struct-by-pointer const-fields
}

@test "a step past the series says how long it is" {
	run "$FL" run --variants struct-by-pointer@10
	expect "$EXIT_UNKNOWN_NAME" "step 10 is past the series; struct-by-pointer has 9 patches"
	run "$FL" run --base v5.10 --variants struct-by-pointer@11
	expect "$EXIT_UNKNOWN_NAME" "struct-by-pointer has 10 patches"
	run "$FL" run --variants const-fields@x
	expect "$EXIT_UNKNOWN_NAME" "'x' is not a step; write const-fields@N" "const-fields@all"
	run "$FL" run --variants const-fields@1
	expect "$EXIT_UNKNOWN_NAME" "const-fields has 0 patches"
}

@test "an unknown overlay lists the overlays" {
	run "$FL" run --variants const-fields+sideways
	expect "$EXIT_UNKNOWN_NAME" "no overlay 'sideways'; there are: direct, indirect"
}

@test "a recipe: patches, overlays, Kconfig lines of the base" {
	run "$FL" recipe v5.10 struct-by-pointer@2+indirect no-retpoline-build
	expect 0 "patch $ROOT/variants/v5.10/struct-by-pointer/0001-" \
		"patch $ROOT/variants/v5.10/struct-by-pointer/0002-" \
		"overlay $ROOT/variants/v5.10/overlays/indirect" \
		"config CONFIG_RETPOLINE=n"
	[ "$(grep -c '^patch' <<<"$output")" -eq 2 ]
	run "$FL" recipe v6.12 const-fields no-retpoline-build
	expect 0 "config CONFIG_MITIGATION_RETPOLINE=n"
}

@test "list names bases, overlays, steps, and why a base skips something" {
	run "$FL" list
	expect 0 v5.10 v6.1 v6.12 "+indirect" "(10 steps)" "(stock: no patches)" \
		"(skipped: KVM_PRE_FAULT_MEMORY came with 6.11)"
	run "$FL" list workloads --base v6.12
	[ "$status" -eq 0 ]
	! grep -q skipped <<<"$output"
}

@test "everything leaves nothing to choose; factors and steps neither" {
	run "$FL" run --everything --base v6.1
	expect "$EXIT_USAGE" "leaves nothing to choose"
	run "$FL" compare x --factors --steps
	expect "$EXIT_USAGE" "is not --steps"
	run "$FL" compare x --steps --against baseline
	expect "$EXIT_USAGE" "no --against"
}

@test "an unknown workload lists the workloads" {
	run "$FL" run --variants const-fields --workloads touch-nothing
	expect "$EXIT_UNKNOWN_NAME" "no workload 'touch-nothing'" touch-write mmio
}

@test "an unknown profile and an unknown rig list what there is" {
	run "$FL" run --variants const-fields --profiles nix
	expect "$EXIT_UNKNOWN_NAME" "no profile 'nix'" off retpoline
	run "$FL" run --rig laser
	expect "$EXIT_UNKNOWN_NAME" "no rig 'laser'" tcg
}

@test "list names the three shapes and every workload of the house" {
	run "$FL" list
	expect 0 baseline struct-by-pointer const-fields null exit touch-read \
		touch-write touch-random touch-exec write-upgrade huge-2m mmio \
		refault shadow-touch above-4g tcg
	run "$FL" list colours
	expect "$EXIT_UNKNOWN_NAME" "no kind 'colours'" workloads
}

@test "a workload row with an unknown key is refused with its line" {
	printf '[odd]\nguest = touch\nevnts = 5\nexpect = pf_taken=N\n' \
		>"$BATS_TEST_TMPDIR/w.conf"
	FAULTLINE_WORKLOADS=$BATS_TEST_TMPDIR/w.conf run "$FL" list workloads
	expect "$EXIT_USAGE" "w.conf:3:" "evnts" "no such key"
}

@test "doctor says what is there and exits accordingly" {
	run "$FL" doctor
	expect 0 "rig tcg" "microvm, isa-debugcon" "GiB free"
}

@test "doctor names a missing QEMU and the line that mends it" {
	FAULTLINE_QEMU=qemu-system-none run "$FL" doctor
	expect "$EXIT_MISSING" "MISSING qemu-system-none" \
		"mend: apt-get install -y qemu-system-x86"
}

@test "compare refuses what is not a run" {
	run "$FL" compare "$BATS_TEST_TMPDIR"
	expect "$EXIT_NO_DATA" "is not a run"
	run "$FL" compare /nonexistent
	expect "$EXIT_NO_DATA" "is not a run"
}

golden() {	# a copy of the golden run
	cp -r "$TESTS/golden/run" "$BATS_TEST_TMPDIR/run"
	R=$BATS_TEST_TMPDIR/run
}

@test "the golden run compares as it did when it was committed" {
	golden
	for format in text csv json; do
		run "$FL" compare "$R" --format $format
		[ "$status" -eq 0 ]
		diff <(echo "$output") "$TESTS/golden/compare.$format"
	done
}

@test "a run without steps or without the other dispatch says what to run" {
	golden
	run "$FL" compare "$R" --steps
	expect "$EXIT_NO_DATA" "has no steps; run them: faultline run --variants NAME@all"
	run "$FL" compare "$R" --factors
	expect "$EXIT_NO_DATA" "has no cell of the factor table; run them: faultline run --base v6.1 --profiles off,retpoline,retpoline-lfence --variants NAME,NAME+indirect"
	run "$FL" compare "$R" --base v5.10
	expect "$EXIT_UNKNOWN_NAME" "no base in this run 'v5.10'; there are: v6.1"
	run "$FL" compare "$R" --profiles rethunk
	expect "$EXIT_UNKNOWN_NAME" "no profile in this run 'rethunk'"
}

@test "text for a mail is at most 75 columns wide" {
	golden
	"$FL" compare "$R" --against nop >"$BATS_TEST_TMPDIR/text"
	"$FL" compare "$R" >>"$BATS_TEST_TMPDIR/text"
	[ "$(wc -L <"$BATS_TEST_TMPDIR/text")" -le 75 ]
}

@test "compare against another variant turns the signs around" {
	golden
	a=$("$FL" compare "$R" --format csv |
		awk -F, '$4 == "touch-write" && $5 == "nop" { print $17 }')
	b=$("$FL" compare "$R" --format csv --against nop |
		awk -F, '$4 == "touch-write" && $5 == "const-fields" { print $17 }')
	[ "$a" -eq 1 ]
	[ "$b" -eq -1 ]
	run "$FL" compare "$R" --against nobody
	expect "$EXIT_UNKNOWN_NAME" "no variant in this run 'nobody'" nop
}

@test "a truncated record is named, the others are still compared" {
	golden
	truncate -s -40 "$R/records.jsonl"
	run "$FL" compare "$R"
	expect "$EXIT_BAD_RECORD" "the line is cut" "Typical fault" \
		"faultline run --resume"
}

@test "a record with one changed digit is named and left out" {
	golden
	sed -i '2s/"total":\([0-9]\)/"total":9\1/' "$R/records.jsonl"
	run "$FL" compare "$R"
	expect "$EXIT_BAD_RECORD" "records.jsonl:2: its checksum does not match"
}

@test "a broken run.json is named, the records stay" {
	golden
	echo '{' >"$R/run.json"
	before=$(sha256sum <"$R/records.jsonl")
	run "$FL" compare "$R"
	expect "$EXIT_BAD_RECORD" "run.json"
	[ "$(sha256sum <"$R/records.jsonl")" = "$before" ]
}

@test "a run without records says how to go on" {
	golden
	: >"$R/records.jsonl"
	run "$FL" compare "$R"
	expect "$EXIT_NO_DATA" "no record yet" "--resume"
}

@test "missing packages: one command for who may not install" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/dpkg-query"
	printf '#!/bin/sh\necho 1000\n' >"$BATS_TEST_TMPDIR/bin/id"
	chmod +x "$BATS_TEST_TMPDIR"/bin/*
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run "$ROOT/scripts/deps" bench
	expect "$EXIT_MISSING" "run as root: apt-get install -y" \
		qemu-system-x86 linux-source-6.1
}

# In README some tables are whole and some are parts; each of their lines must
# be one that compare prints of the reference run.
@test "README's tables are what compare prints of the reference run" {
	R=$ROOT/results/reference
	{
		"$FL" compare "$R" --profiles off
		"$FL" compare "$R" --factors --variants const-fields
		"$FL" compare "$R" --factors
		"$FL" compare "$R" --steps
	} >"$BATS_TEST_TMPDIR/all"
	"$FL" compare "$R" --base v6.1 --profiles off >"$BATS_TEST_TMPDIR/first"
	sed -n '/^    Instructions a fault: v6.1, profile off/,/^    Instructions, not/p' \
		"$ROOT/README.md" | sed 's/^    //' >"$BATS_TEST_TMPDIR/readme"
	diff "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/readme"
	workloads=$("$FL" list workloads | sed -nE 's/^  ([a-z0-9-]+) .*/\1/p' | paste -sd'|')
	grep -E "^    ($workloads) " "$ROOT/README.md" | sed 's/^    //' \
		>"$BATS_TEST_TMPDIR/rows"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/rows")" -gt 100 ]
	! grep -vxFf "$BATS_TEST_TMPDIR/all" "$BATS_TEST_TMPDIR/rows"
}

@test "README's attributions are what attribute prints of the reference runs" {
	R=$ROOT/results/reference
	"$FL" attribute "$R/attribute" --summary >"$BATS_TEST_TMPDIR/sum"
	sed -n '/^    Where the difference to/,/^    Empty: /p' "$ROOT/README.md" |
		sed 's/^    //' >"$BATS_TEST_TMPDIR/readme"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/sum")" -gt 25 ]
	diff "$BATS_TEST_TMPDIR/sum" "$BATS_TEST_TMPDIR/readme"
	"$FL" attribute "$R/attribute-retpoline" -p retpoline |
		sed -n '/^function  /,/^all functions/p' >"$BATS_TEST_TMPDIR/dispatch"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/dispatch")" -gt 3 ]
	sed -n '/^    function .*const-fields+indi/,/^    all functions/p' "$ROOT/README.md" |
		sed 's/^    //' | diff "$BATS_TEST_TMPDIR/dispatch" -
}

@test "exit codes in README are those of the table" {
	while read -r name code; do
		grep -qE "^\| $code +\|" "$ROOT/README.md" ||
			{ echo "README lacks $name = $code"; return 1; }
	done < <(sed -nE 's/^\s*(EXIT_[A-Z_]+)\s*=\s*([0-9]+),.*/\1 \2/p' \
		"$ROOT/bench/util/exits.h")
}

new_tree() {	# a checkout's worth of variants, to make new ones in
	mkdir -p "$BATS_TEST_TMPDIR/v/v6.1"
	export FAULTLINE_NEW_TOP=$BATS_TEST_TMPDIR/v
}

@test "new variant: a template with every field" {
	new_tree
	run "$ROOT/scripts/new" variant mine
	expect 0 "variants/v6.1/mine" || expect 0 "/v/v6.1/mine"
	grep -q '^title' "$BATS_TEST_TMPDIR/v/v6.1/mine/variant.conf"
	[ -f "$BATS_TEST_TMPDIR/v/v6.1/mine/series" ]
	run "$ROOT/scripts/new" variant mine
	expect "$EXIT_USAGE" "is there already"
}

@test "new base: a folder to begin README's recipe with" {
	new_tree
	run "$ROOT/scripts/new" base v6.18 --from v6.12
	expect 0 "scripts/build-kernel v6.18 const-fields off"
	cd "$BATS_TEST_TMPDIR/v/v6.18"
	grep -qx 'package = linux-source-6.18' base.conf
	[ -f base.config ] && [ -f const-fields/series ] && [ ! -e baseline ]
	[ -f overlays/indirect/overlay.conf ]
	run "$ROOT/scripts/new" base 6.18 --from v6.12
	expect "$EXIT_USAGE" "v and the two numbers"
	run "$ROOT/scripts/new" base v6.19 --from v9.9
	expect "$EXIT_UNKNOWN_NAME" "there are: v5.10 v6.1 v6.12"
}

@test "new variant: from a mbox, patches in order" {
	new_tree
	git init -q "$BATS_TEST_TMPDIR/g"
	cd "$BATS_TEST_TMPDIR/g"
	for i in 1 2; do
		echo $i >f && git add f
		git -c user.name=a -c user.email=a@b.c commit -qm "step $i"
	done
	git format-patch --stdout --root HEAD >../m.mbox
	run "$ROOT/scripts/new" variant boxed --from ../m.mbox
	expect 0 "2 patches"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/v/v6.1/boxed/series")" -eq 2 ]
	head -n 1 "$BATS_TEST_TMPDIR/v/v6.1/boxed/series" | grep -q '^0001-step-1'
	run "$ROOT/scripts/new" variant ranged --from HEAD~1..HEAD
	expect 0 "1 patch"
	run "$ROOT/scripts/new" variant nothing --from no-such-thing
	expect "$EXIT_USAGE" "neither a file nor a git range"
}

@test "another QEMU: one suite at a time, what was had is not asked for again" {
	export FAULTLINE_CACHE=$BATS_TEST_TMPDIR/cache
	there=$FAULTLINE_CACHE/qemu/trixie-10.0/qemu-system-x86_64
	run "$ROOT/scripts/other-qemu" trixie bookworm
	expect "$EXIT_USAGE" "usage:"
	run "$ROOT/scripts/other-qemu" ../trixie
	expect "$EXIT_USAGE" "usage:"
	mkdir -p "$(dirname "$there")"
	printf '#!/bin/sh\n' >"$there"
	chmod +x "$there"
	run "$ROOT/scripts/other-qemu"
	expect 0
	[ "$output" = "$there" ]
}
