#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Which changed lines were executed: lines that are planted to be reached by one
# workload, or by none, and instruments that lose what was executed.
#
# stage: boot
# order: 17
# needs: kernels of v6.1 and v6.12; boots
# takes: 2 min
# kernels: v6.1 off const-fields unreached
# kernels: v6.12 off baseline const-fields

load common.bash

setup_file() {
	load common.bash
	export OUT=$BATS_FILE_TMPDIR/results
	"$FL" run --attribute --boots 1 --workloads null,touch-write,write-upgrade \
		--variants const-fields,unreached --out "$OUT" \
		>"$BATS_FILE_TMPDIR/said" 2>&1 ||
		{ cat "$BATS_FILE_TMPDIR/said"; return 1; }
	export RUN=$OUT/latest
}

# lines VARIANT WORKLOADS: "executed workloads" of each line that has code
lines() {
	"$FL" coverage "$RUN" --variants "const-fields,$1" --workloads "$2" --format csv |
		awk -F, -v v="$1" '$2 == v { print $6, $7 }' | sort | uniq -c | awk '{ $1 = $1 } 1'
}

# row VARIANT: its counts in the table
row() {
	awk -v v="$1" '$1 == v && NF == 7 { print $2, $3, $4, $5, $6, $7; exit }' <<<"$output"
}

@test "a line that no workload can reach is named, one that touch-write reaches is not" {
	run "$FL" coverage "$RUN" --variants const-fields,unreached
	expect 0 "unreached, never executed:" "mmu.c, kvm_faultin_pfn" \
		"WRITE_ONCE(fault->map_writable, false);" \
		"const-fields  changes nothing"
	if grep -qE 'READ_ONCE|WARN_ON_ONCE' <<<"$output"; then echo "$output"; return 1; fi
	# A comment, a brace and a blank line; the test; the store; the WARN.
	[ "$(row unreached)" = "6 3 1 0 1 1" ] || { echo "$output"; return 1; }
	[ "$(lines unreached null,touch-write)" = "1 measured touch-write
1 never
1 warn" ]
}

@test "what a workload does before its doorbell is not measured" {
	[ "$(lines unreached write-upgrade)" = "1 never
1 outside write-upgrade
1 warn" ]
	run "$FL" coverage "$RUN" --variants const-fields,unreached --workloads write-upgrade
	expect 0 "unreached, executed outside of what is measured:"
}

@test "what was found is kept in a file and printed again without runs" {
	"$FL" coverage "$RUN" --save "$BATS_TEST_TMPDIR/c.json.xz" >"$BATS_TEST_TMPDIR/a"
	FAULTLINE_CACHE=/nowhere "$FL" coverage "$BATS_TEST_TMPDIR/c.json.xz" \
		>"$BATS_TEST_TMPDIR/b"
	cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/c.json.xz")" -lt 2000 ]
	run "$FL" coverage "$BATS_TEST_TMPDIR/c.json.xz" --workloads null
	expect "$EXIT_USAGE" "--base and --variants"
	run "$FL" coverage "$BATS_TEST_TMPDIR/c.json.xz" --variants nobody
	expect "$EXIT_UNKNOWN_NAME"
	echo '{"faultline_coverage":2}' >"$BATS_TEST_TMPDIR/bad"
	run "$FL" coverage "$BATS_TEST_TMPDIR/bad"
	expect "$EXIT_BAD_RECORD" "no coverage of schema 1"
}

# QEMU, and then the log of the plugin as a sed script leaves it.
spoil() { # SCRIPT
	printf '#!/bin/bash\ncase $1 in -M | --version) exec qemu-system-x86_64 "$@" ;; esac\nqemu-system-x86_64 "$@"; r=$?\nfor a; do [[ $a != *faultprobe* ]] || { a=${a#*out=}; sed -i %q "${a%%%%,*}"; }; done\nexit $r\n' \
		"$1" >"$BATS_TEST_TMPDIR/qemu"
	chmod +x "$BATS_TEST_TMPDIR/qemu"
	run env FAULTLINE_QEMU="$BATS_TEST_TMPDIR/qemu" "$FL" run --attribute --boots 1 \
		--workloads null --variants const-fields \
		--out "$BATS_TEST_TMPDIR/r"
}

@test "a plugin that loses blocks makes no valid record" {
	spoil '/^ran .* 1$/{n;d}'
	expect "$EXIT_RIG" "the plugin lost code" "is on a path, and not among what was executed"
}

@test "jumps that nothing explains, or a clock that counts otherwise, are refused" {
	for spoilt in '.odd = 3' '.agrees = false'; do
		cp -r "$(readlink -f "$RUN")" "$BATS_TEST_TMPDIR/copy"
		f=$BATS_TEST_TMPDIR/copy/attribution/v6.1.unreached.off.touch-write.1.json.gz
		zcat "$f" | jq -c "$spoilt" | gzip >"$f.new"
		mv "$f.new" "$f"
		run "$FL" coverage "$BATS_TEST_TMPDIR/copy"
		expect "$EXIT_DISAGREE" "v6.1/unreached, touch-write" "the plugin lost code"
		rm -r "$BATS_TEST_TMPDIR/copy"
	done
}

@test "a run that does not say what was executed is refused with what to do" {
	run "$FL" coverage "$ROOT/results/reference/attribute" --workloads touch-write
	expect "$EXIT_NO_DATA" "made before that was kept" "faultline run --attribute --base v6.1"
	run "$FL" coverage "$TESTS/golden/run"
	expect "$EXIT_NO_DATA" "record it: faultline run --attribute"
}

@test "where the VMM calls the handler, no clock of a guest can disagree" {
	run "$FL" run --attribute --boots 1 --base v6.12 --workloads pre-fault \
		--variants baseline,const-fields --out "$BATS_TEST_TMPDIR/r"
	expect 0
	run "$FL" coverage "$BATS_TEST_TMPDIR/r/latest" --format csv
	expect 0 ',kvm_mmu_do_page_fault,measured,pre-fault'
}
