#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# docs/extending.md, done as it says: in a copy of the sources, with the code
# of that page.
#
# stage: quick
# order: 60
# needs: nothing built but the programs
# takes: 15 s

load common.bash

# A copy of the sources and of what was compiled from them, so that make
# compiles no more than what is new.
setup() {
	COPY=$BATS_TEST_TMPDIR/faultline
	mkdir -p "$COPY/build"
	(. "$ROOT/scripts/lib/common.sh" && cd "$ROOT" && own_files --others "*" | grep -v ^results/ |
		while read -r f; do [ ! -e "$f" ] || echo "$f"; done |
		tar -cf - -T -) | tar -xf - -C "$COPY"
	cp -a "$ROOT/build/bench" "$COPY/build/"
	export FAULTLINE_ROOT=$COPY FAULTLINE_CACHE=$BATS_TEST_TMPDIR/cache
	unset FAULTLINE_VARIANTS FAULTLINE_WORKLOADS
	TOY=$COPY/build/faultline
}

# block SECTION N: the Nth piece of code in a section of the page
block() {
	awk -v section="### $1" -v n="$2" '
		/^###? / { in_it = $0 == section }
		/^```/ { code = !code; at += code && in_it; next }
		code && in_it && at == n' "$COPY/docs/extending.md"
}

# What differs from the tree, the build aside.
touched() {
	diff -rq -x build -x .git -x results "$ROOT" "$COPY" |
		grep -v "^Only in $ROOT" |
		sed -E "s|^Files .* and $COPY/(.*) differ|\1|; s|^Only in $COPY/(.*): (.*)|\1/\2|"
}

build() {
	make -s -C "$COPY" build/faultline 2>"$BATS_TEST_TMPDIR/said" || {
		cat "$BATS_TEST_TMPDIR/said"
		return 1
	}
}

# Kernels that differ in nothing but their names.
no_kernels() {
	cat >"$COPY/scripts/build-kernel" <<-'END'
		#!/bin/bash
		[ "$1" != --find ] || shift
		dir=$FAULTLINE_CACHE/$1-$2-$3
		mkdir -p "$dir"
		sum=$(sha256sum <<<"$dir" | cut -d' ' -f1)
		printf '%s\n' "vmlinux_sha256 = $sum" "handler_sha256 = $sum" >"$dir/info"
		echo "$dir"
	END
}

@test "a rig: one file and one row, and it is listed, run and compared" {
	block "A rig" 1 >"$COPY/bench/rig/toy.c"
	block "A rig" 2 >"$BATS_TEST_TMPDIR/row"
	[ -s "$COPY/bench/rig/toy.c" ]
	[ -s "$BATS_TEST_TMPDIR/row" ]
	sed -i "/EOL/{
		r $BATS_TEST_TMPDIR/row
		N
	}" "$COPY/bench/record/rigs.c"
	[ "$(touched)" = "bench/record/rigs.c
bench/rig/toy.c" ]
	build
	no_kernels

	make -s -C "$COPY" build/unit/test_rigs
	"$COPY/build/unit/test_rigs"

	run "$TOY" list rigs
	expect 0 "toy               no host: a fault costs"
	run "$TOY" doctor
	[[ $output == *"rig toy, no host: a fault costs"*"nothing is needed"* ]]

	run "$TOY" run --rig toy --workloads touch-write,touch-read \
		--variants baseline,const-fields --out "$BATS_TEST_TMPDIR/exact"
	expect 0 "8 records, 8 valid; 4 of 4 cells exact"
	run "$TOY" compare "$BATS_TEST_TMPDIR/exact/latest"
	expect 0 "Instructions" "1008" "1012" "every boot gave the same"
	[[ $output != *"TSC"* ]]

	# The same file with another row: noisy, with a unit of its own.
	sed -i '/"toy"/,/}/{
		s/RIG_INSTRUCTIONS/RIG_CYCLES/
		s/"boot"/"shuffle"/
		s/\.boots = 2/.boots = 4/
		s/\.samples = true/.paired = true/
	}' "$COPY/bench/record/rigs.c"
	build
	run "$TOY" run --rig toy --workloads touch-write,touch-read \
		--variants baseline,const-fields --out "$BATS_TEST_TMPDIR/noisy"
	expect 0 "16 records, 16 valid; 4 of 4 cells measured in 4 shuffles"
	run "$TOY" compare "$BATS_TEST_TMPDIR/noisy/latest"
	expect 0 "TSC cycles" "shuffle" "1013"
	run "$TOY" compare "$BATS_TEST_TMPDIR/exact/latest"
	[ "$status" -ne 0 ]

	# Any other faultline can read what it left.
	unset FAULTLINE_ROOT
	run "$FL" compare "$BATS_TEST_TMPDIR/exact/latest"
	expect 0 "1008" "1012"
	run "$FL" compare "$BATS_TEST_TMPDIR/noisy/latest"
	expect 0 "TSC cycles" "1013"
}

@test "a workload: one payload and one stanza, and it is listed and part of the host" {
	"$COPY/scripts/new" workload mine
	[ "$(touched)" = "guests/flat/mine.c
guests/workloads.conf" ]
	build
	make -s -C "$COPY" build/guests/mine.bin 2>"$BATS_TEST_TMPDIR/said"
	[ -s "$COPY/build/guests/mine.bin" ]
	# The host's archive takes every payload without being told.
	make -s -C "$COPY" -n build/host.cpio | grep -q 'build/guests/mine\.bin'
	run "$TOY" list workloads
	expect 0 "mine"
	# The payload alone is no workload, nor is the stanza a payload.
	rm "$COPY/guests/flat/mine.c" "$COPY/build/guests/mine.bin"
	run make -s -C "$COPY" build/guests/mine.bin
	[ "$status" -ne 0 ]
}

@test "a command: one file and one row, and it is listed and runs" {
	block "A command" 1 >"$COPY/bench/cmd/toy.c"
	block "A command" 2 >"$BATS_TEST_TMPDIR/row"
	[ -s "$COPY/bench/cmd/toy.c" ]
	[ -s "$BATS_TEST_TMPDIR/row" ]
	sed -i "/EOL/{
		r $BATS_TEST_TMPDIR/row
		N
	}" "$COPY/bench/cmd/cmd.h"
	[ "$(touched)" = "bench/cmd/cmd.h
bench/cmd/toy.c" ]
	build

	run "$TOY" --help
	expect 0 "  toy           how many records a run has"
	run "$TOY" toy --help
	expect 0 "Usage: faultline toy" "Only these workloads" "Example"
	run "$TOY" toy "$ROOT/results/reference/attribute" --workloads 'touch-*'
	expect 0 "chosen"
	run "$TOY" toy
	expect "$EXIT_USAGE" "which RUN? results/latest is the newest"
	run "$TOY" toy "$ROOT/results/reference/attribute" --workloads nope
	expect "$EXIT_UNKNOWN_NAME" "no workload in this run 'nope'; there are: "
}

@test "an output format: one file and one row, and compare prints it" {
	block "An output format" 1 >"$COPY/bench/report/table_tsv.c"
	block "An output format" 2 >"$BATS_TEST_TMPDIR/row"
	sed -i "/ROW(csv)/r $BATS_TEST_TMPDIR/row" "$COPY/bench/report/table.h"
	[ "$(touched)" = "bench/report/table.h
bench/report/table_tsv.c" ]
	build
	run "$TOY" compare "$TESTS/golden/run" --format tsv
	expect 0 $'null\t2425\t2425\t+0\t+0.00%\texact' \
		$'touch-write\t2362\t2363\t+1\t+0.04%\texact' \
		$'touch-write\t2599.9\t1.8\t1\t2600.9\t1.8\t1'
	[ "${#lines[@]}" -eq 8 ]
	run "$TOY" compare x --format yaml
	expect "$EXIT_USAGE" "text, json, csv, tsv"
	run "$TOY" compare --help
	expect 0 "text json csv tsv"
}

@test "a metric: one row, and text, JSON, CSV and HTML have it" {
	block "A metric" 1 >"$BATS_TEST_TMPDIR/row"
	sed -i "/METRIC(\"median\"/r $BATS_TEST_TMPDIR/row" "$COPY/bench/report/compare_table.c"
	[ "$(touched)" = "bench/report/compare_table.c" ]
	build
	R=$TESTS/golden/run
	n=$("$TOY" compare "$R" --format json | jq '.[0].cells[] |
		select(.workload == "touch-write" and .variant == "nop").typical_faults')
	[ "$n" -gt 0 ]
	[ "$("$TOY" compare "$R" --format csv | sed -n 1p | tr , '\n' |
		grep -A1 -x median | tail -n 1)" = typical_faults ]
	run "$TOY" compare "$R"
	expect 0 "Faults that took the typical figure"
	[ "$(awk '/^Faults that took/ { it = 1 } it && $1 == "touch-write" { print $3; exit }' <<<"$output")" = "$n" ]
	run "$TOY" compare "$R" --format html
	expect 0 "<caption>Faults that took the typical figure</caption>"
	# What was there has not moved.
	diff <("$TOY" compare "$R" | sed '/^Faults that took/,/^$/d; /^workload  /,/^$/d') \
		<("$FL" compare "$R" | sed '/^workload  /,/^$/d')
}

@test "a plot: one script and one row, and it is listed and drawn" {
	command -v gnuplot >/dev/null || skip "no gnuplot on this machine; run: scripts/deps report"
	block "A plot" 1 >"$COPY/bench/report/dots.gp"
	block "A plot" 2 >"$BATS_TEST_TMPDIR/row"
	sed -i "/{ \"layouts\", /r $BATS_TEST_TMPDIR/row" "$COPY/bench/report/plots.c"
	[ "$(touched)" = "bench/report/dots.gp
bench/report/plots.c" ]
	build
	run "$TOY" plot "$TESTS/golden/run" --list
	expect 0 "dots-v6.1-off" "effect-v6.1-off"
	run "$TOY" plot "$TESTS/golden/run" --picture dots-v6.1-off --out "$BATS_TEST_TMPDIR/p.svg"
	expect 0 p.svg
	xmllint --noout "$BATS_TEST_TMPDIR/p.svg"
	grep -q "What each variant adds" "$BATS_TEST_TMPDIR/p.svg"
}

@test "a variant: a range, and the commands that scripts/new prints are pasted" {
	# The real commands, with a rig that boots nothing in the place of tcg.
	block "A rig" 1 | sed 's/"toy"/"tcg"/; /static void toy_doctor/,$d' >"$COPY/bench/rig/toy.h"
	sed -i 's/^static const char \*const options/#include "toy.h"\n&/
		s/qemu__boot(job, r, &tcg_kind)/toy_boot(job, r)/
		s/qemu__describe(meta, &tcg_kind)/toy_describe(meta)/
		s/qemu__need,/toy_need,/' "$COPY/bench/rig/tcg.c"
	# What it cannot make up: what tcg asks of a floor, and of faults that overlap.
	sed -i '/^\[\(null\|smp-overlap-4\)\]/,/^$/d' "$COPY/guests/workloads.conf"
	build
	no_kernels
	load mail.bash
	tiny_git "$BATS_TEST_TMPDIR/linux"
	three_commits "$BATS_TEST_TMPDIR/linux"

	# In the kernel tree, the checkout elsewhere.
	cd "$BATS_TEST_TMPDIR/linux"
	run "$COPY/scripts/new" variant mine --from master..mine
	expect 0 "$COPY/variants/v6.1/mine (3 patches)"
	mapfile -t hints < <(sed -n 's/^  NEXT    //p' <<<"$output")
	[ "${#hints[@]}" -eq 2 ]
	run bash -c "${hints[0]}"
	expect 0 " off exit #1: ok" "cells exact"
	run bash -c "${hints[1]}"
	expect 0 "touch-write       1006    +0    +0    +0   1006  exact" "1  KVM: x86/mmu: Read the pfn once" \
		"2  KVM: x86/mmu: Say naïvely, in a subject that is so long that it is f"

	# In the checkout, and of a mailbox.
	git format-patch -q --stdout -1 >"$BATS_TEST_TMPDIR/one.mbox"
	cd "$COPY"
	run scripts/new variant boxed --base v6.12 --from "$BATS_TEST_TMPDIR/one.mbox"
	expect 0 "build/faultline run --base v6.12 --variants boxed@all" \
		"build/faultline compare results/latest --steps"
	mapfile -t hints < <(sed -n 's/^  NEXT    //p' <<<"$output")
	run bash -c "${hints[0]}"
	expect 0 " off exit #1: ok" "cells exact"
	run bash -c "${hints[1]}"
	expect 0 "each patch of boxed" "1  KVM: x86/mmu: Expect the caches to be topped up"
}
