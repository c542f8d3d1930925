#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The axes other than the shape: profiles, dispatch, steps, bases, MMUs. Real
# kernels and real boots.
#
# stage: boot
# order: 25
# needs: kernels of every base; boots
# takes: 3 min
# kernels: v6.1 off const-fields const-fields+indirect const-fields+direct baseline
# kernels: v6.1 no-retpoline-build const-fields const-fields+indirect const-fields+direct
# kernels: v5.10 off baseline struct-by-pointer@0 struct-by-pointer@1 struct-by-pointer@10 const-fields nop
# kernels: v6.12 off baseline struct-by-pointer const-fields nop
# kernels: v7.3 off baseline struct-by-pointer const-fields nop

load common.bash

BUILD=$ROOT/scripts/build-kernel

setup_file() {
	load common.bash
	export OUT=$BATS_FILE_TMPDIR/results
	"$FL" run --variants const-fields,const-fields+indirect,const-fields+direct \
		--workloads null,touch-write,shadow-touch --profiles all \
		--out "$OUT" >"$BATS_FILE_TMPDIR/said" 2>&1 ||
		{ cat "$BATS_FILE_TMPDIR/said"; return 1; }
	export CSV=$BATS_FILE_TMPDIR/run.csv
	"$FL" compare "$OUT/latest" --against const-fields --format csv >"$CSV"
}

# of PROFILE WORKLOAD VARIANT: its typical figure, or the median where it has
# several that none of them is
of() {
	awk -F, -v p="$1" -v w="$2" -v v="$3" \
		'$3 == p && $4 == w && $5 == v { print $10 == "" ? $13 : $10 }' "$CSV"
}

# more PROFILE WORKLOAD VARIANT: by how much most of its faults differ from those of
# const-fields
more() {
	awk -F, -v p="$1" -v w="$2" -v v="$3" \
		'$3 == p && $4 == w && $5 == v { print $17 }' "$CSV"
}

handler() { sed -n 's/^handler_sha256 = //p' "$1/info"; }
kernel() { "$BUILD" "$@" 2>/dev/null; }

@test "every profile takes effect, and every cell is exact" {
	[ "$(tail -n +2 "$CSV" | wc -l)" -eq 54 ]
	[ "$(tail -n +2 "$CSV" | awk -F, '$6 == 2 && $7 == 2 && $8 == "yes"' | wc -l)" -eq 54 ]
	jq -se 'map(select(.profile == "rethunk").host["vuln/retbleed"])
		| length > 0 and all(startswith("Mitigation: untrained return thunk"))' \
		"$OUT/latest/records.jsonl"
	jq -se 'map(select(.profile == "retpoline-lfence").host["vuln/spectre_v2"])
		| length > 0 and all(test("LFENCE"))' "$OUT/latest/records.jsonl"
}

@test "each mitigation costs what the one before it does, and more" {
	for w in null touch-write shadow-touch; do
		v=const-fields
		[ "$(of no-retpoline-build $w $v)" -le "$(of off $w $v)" ]
		[ "$(of off $w $v)" -lt "$(of retpoline $w $v)" ]
		[ "$(of retpoline $w $v)" -lt "$(of rethunk $w $v)" ]
		[ "$(of rethunk $w $v)" -lt "$(of distro $w $v)" ]
	done
}

@test "the shortcut saves most where a retpoline is paid, and nothing in shadow paging" {
	saved() { more "$1" "$2" const-fields+indirect; }
	[ "$(saved retpoline touch-write)" -gt "$(saved off touch-write)" ]
	[ "$(saved retpoline null)" -eq 0 ]
	# shadow paging pays the retpoline either way; the test is what is left
	[ "$(saved retpoline shadow-touch)" -le 0 ]
}

@test "direct is what stock does with retpolines compiled in, indirect without" {
	a=$(kernel v6.1 const-fields off) b=$(kernel v6.1 const-fields+direct off)
	c=$(kernel v6.1 const-fields+indirect off)
	[ -n "$(handler "$a")" ]
	[ "$(handler "$a")" = "$(handler "$b")" ]
	[ "$(handler "$a")" != "$(handler "$c")" ]
	grep -qx 'dispatch = direct' "$a/info"
	grep -qx 'dispatch = indirect' "$c/info"
	d=$(kernel v6.1 const-fields no-retpoline-build)
	e=$(kernel v6.1 const-fields+direct no-retpoline-build)
	grep -qx 'dispatch = indirect' "$d/info"
	[ "$(handler "$d")" != "$(handler "$e")" ]
}

@test "profiles that differ in the command line share one build" {
	a=$(kernel v6.1 const-fields off)
	for p in retpoline retpoline-lfence rethunk distro; do
		[ "$(kernel v6.1 const-fields $p)" = "$a" ]
	done
	[ "$(kernel v6.1 const-fields no-retpoline-build)" != "$a" ]
	grep -q '# CONFIG_RETPOLINE is not set' \
		"$(kernel v6.1 const-fields no-retpoline-build)/config"
}

@test "the factor table: six figures a workload, and what they come apart into" {
	run "$FL" compare "$OUT/latest" --factors --against const-fields
	expect 0 "direct call" "indirect call" "shadow-touch" "Main effects" \
		"exact         18 of 18 cells"
	[ "$(awk '{ if (length > w) w = length } END { print w }' <<<"$output")" -le 75 ]
	json=$("$FL" compare "$OUT/latest" --factors --format json)
	[ "$(jq '.[0].workloads[] | select(.workload == "touch-write")
		.cells[] | select(.dispatch == "indirect" and .profile == "retpoline")
		.typical' <<<"$json")" = "$(of retpoline touch-write const-fields+indirect)" ]
}

@test "a CPU model that is not affected is a skip with its reason" {
	cat >"$BATS_TEST_TMPDIR/qemu" <<'Q'
#!/bin/bash
exec qemu-system-x86_64 "${@/EPYC,/EPYC-Milan,}"
Q
	chmod +x "$BATS_TEST_TMPDIR/qemu"
	FAULTLINE_QEMU=$BATS_TEST_TMPDIR/qemu run "$FL" run --variants const-fields \
		--workloads null --profiles rethunk,off --out "$BATS_TEST_TMPDIR/r"
	expect 0 "4 records, 2 valid, 2 skipped; 1 of 2 cells exact, over 2 layouts, 1 skipped"
	run "$FL" compare "$BATS_TEST_TMPDIR/r/latest" --profiles rethunk
	expect 0 "skipped: null" "this CPU model is not affected by retbleed"
}

@test "an MMU that is not the workload's makes the record invalid" {
	run "$FL" run --variants const-fields --workloads lost-mmu --boots 1 \
		--out "$BATS_TEST_TMPDIR/r"
	expect "$EXIT_PROFILE" "the TDP MMU must be on, the host reports tdp_mmu=Y npt=N"
}

@test "a kernel that has no KVM_PRE_FAULT_MEMORY is a skip" {
	run "$FL" run --variants const-fields --workloads pre-fault-any,pre-fault \
		--boots 1 --out "$BATS_TEST_TMPDIR/r"
	expect 0 "2 skipped"
	jq -se 'map(.why) | sort == ["KVM_PRE_FAULT_MEMORY came with 6.11",
		"this kernel has no KVM_PRE_FAULT_MEMORY"]' \
		"$BATS_TEST_TMPDIR/r/latest/records.jsonl"
}

@test "steps of a series: equal patches share a kernel and a boot" {
	[ "$(kernel v6.1 baseline@0 off)" = "$(kernel v6.1 const-fields off)" ]
	[ "$(kernel v6.1 baseline@10 off)" = "$(kernel v6.1 baseline off)" ]
	run "$FL" run --variants const-fields,baseline@0 --workloads null \
		--out "$BATS_TEST_TMPDIR/r"
	expect 0 "2 boots for 4 records" "4 records, 4 valid; 2 of 2 cells exact"
	# A,B in the first round, B,A in the second: the first of each is booted
	jq -se 'map(select(.measured_as) | [.boot, .variant, .measured_as]) | sort
		== [[1, "baseline@0", "const-fields"], [2, "const-fields", "baseline@0"]]' \
		"$BATS_TEST_TMPDIR/r/latest/records.jsonl"
}

@test "v5.10: stock, the ten steps' first and last, the review's shape" {
	run "$FL" run --base v5.10 \
		--variants baseline,struct-by-pointer@0,struct-by-pointer@1,struct-by-pointer@10,const-fields,nop \
		--workloads null,touch-write,legacy-touch,legacy-upgrade,huge-2m,shadow-touch \
		--out "$BATS_TEST_TMPDIR/r"
	expect 0 "72 records, 72 valid; 36 of 36 cells exact"
	run "$FL" compare "$BATS_TEST_TMPDIR/r/latest" --steps
	expect 0 "each patch of struct-by-pointer" "exact         18 of 18 cells" \
		"1  KVM: x86/mmu: Introduce struct kvm_page_fault" \
		"column 10 is patches 2 to 10 together"
	[ "$(awk '{ if (length > w) w = length } END { print w }' <<<"$output")" -le 75 ]
	"$FL" compare "$BATS_TEST_TMPDIR/r/latest" --steps --format json |
		jq -e 'all(.[0].workloads[]; .steps[0].typical + .steps[1].added
			+ .steps[2].added == .steps[2].typical)'
	# the known answer holds on this base too
	"$FL" compare "$BATS_TEST_TMPDIR/r/latest" --format csv |
		awk -F, '$5 == "nop" { n++; bad += $17 != ($4 == "null" ? 0 : 1) }
			END { exit !(n == 6 && bad == 0) }'
}

three_shapes() { # BASE
	run "$FL" run --base "$1" --workloads null,touch-write,pre-fault \
		--variants baseline,struct-by-pointer,const-fields,nop \
		--out "$BATS_TEST_TMPDIR/r"
	expect 0 "24 records, 24 valid; 12 of 12 cells exact"
	# pre-fault does not enter kvm_mmu_page_fault(), where the nop is
	"$FL" compare "$BATS_TEST_TMPDIR/r/latest" --against const-fields --format csv |
		awk -F, '$5 == "nop" { n++; bad += $17 != ($4 == "touch-write" ? 1 : 0) }
			END { exit !(n == 3 && bad == 0) }'
}

@test "v6.12: the three shapes, and faults without a world switch" {
	three_shapes v6.12
}

@test "v7.3: the three shapes, and faults without a world switch" {
	three_shapes v7.3
}

@test "every overlay applies on every step of every series of every base" {
	FAULTLINE_VARIANTS='' run "$ROOT/scripts/check-series" --apply all
	expect 0 "v5.10/struct-by-pointer: 10 patches" "v6.12/baseline: 10 patches" \
		"v7.3/baseline: 10 patches" \
		"no fuzz, no offset" "overlays fit each step"
}

@test "an overlay that does not apply on a variant is named, and what to add" {
	run "$BUILD" v6.1 own-dispatch+indirect off
	expect "$EXIT_PATCH" "overlay indirect does not apply on variant own-dispatch" \
		"add one that does"
	# and the tree is whole again
	[ -n "$(kernel v6.1 const-fields off)" ]
}

@test "a source package that another release has is looked for there" {
	mkdir -p "$BATS_TEST_TMPDIR/tree/variants/v5.10/a" "$BATS_TEST_TMPDIR/cache"
	cp -r "$ROOT/scripts" "$ROOT/bench" "$BATS_TEST_TMPDIR/tree/"
	cp -r "$ROOT/variants/kconfig" "$ROOT/variants/profiles.conf" \
		"$BATS_TEST_TMPDIR/tree/variants/"
	sed 's/linux-source-5.10/linux-source-0.99/' \
		"$ROOT/variants/v5.10/base.conf" \
		>"$BATS_TEST_TMPDIR/tree/variants/v5.10/base.conf"
	cp "$ROOT/variants/v5.10/base.config" "$BATS_TEST_TMPDIR/tree/variants/v5.10/"
	touch "$BATS_TEST_TMPDIR/tree/variants/v5.10/a/variant.conf"
	FAULTLINE=$FL FAULTLINE_CACHE=$BATS_TEST_TMPDIR/cache \
		run "$BATS_TEST_TMPDIR/tree/scripts/build-kernel" v5.10 a off
	expect "$EXIT_MISSING" "package linux-source-0.99 is not available, nor from bullseye" \
		KERNEL_SRC
	# the machine's own lists were not touched
	[ -z "$(find /var/lib/apt/lists -name '*bullseye*' 2>/dev/null)" ]
}

@test "v5.15: no package has its source, so all bases are without it, and asked for it says how to get it" {
	run "$FL" run --split --base all --variants baseline -w null
	expect 0 "SKIP    v5.15: get a git tree of it" "v6.12" "v5.10"
	lacks "^--rig.*v5[.]15"
	run env -u KERNEL_SRC "$BUILD" v5.15 baseline off
	expect "$EXIT_MISSING" "base v5.15 has no package: get a git tree of it" "KERNEL_SRC=FOLDER"
	# what is published of it is read without the source
	run env -u KERNEL_SRC "$FL" compare "$ROOT/results/reference/v5.15" -w touch-write
	expect 0 "v5.15, profile off" "struct-by-pointer" "const-fields" "exact"
}
