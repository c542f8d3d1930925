#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Building kernels: what is refused and how, what is shared, what is kept.
#
# stage: build
# order: 10
# needs: the source of v6.1; builds kernels
# takes: 1 min
# kernels: v6.1 off const-fields struct-by-pointer baseline same-code nop

load common.bash

BUILD=$ROOT/scripts/build-kernel

handler() { sed -n 's/^handler_sha256 = //p' "$1/info"; }
vmlinux() { sed -n 's/^vmlinux_sha256 = //p' "$1/info"; }
# The last line: progress goes to stderr, which `run` mixes in.
kernel() { "$BUILD" v6.1 "$1" off 2>/dev/null; }

@test "every step of v6.1's series applies cleanly and compiles without a warning" {
	run "$ROOT/scripts/check-series" v6.1
	expect 0 "v6.1/baseline: 10 patches, no fuzz, no offset" \
		"v6.1/struct-by-pointer: 9 patches" "v6.1/const-fields: 0 patches"
}

@test "a step that compiles with a warning is named" {
	v=$BATS_TEST_TMPDIR/v/v6.1/warns
	mkdir -p "$v"
	cp "$TESTS/variants/v6.1/no-build/variant.conf" "$v"
	sed 's/^+this is not C;/+static int unused_thing;/' \
		"$TESTS/variants/v6.1/no-build/0001-no-build.patch" >"$v/0001-warns.patch"
	echo 0001-warns.patch >"$v/series"
	FAULTLINE_VARIANTS=$BATS_TEST_TMPDIR/v run "$ROOT/scripts/check-series" \
		v6.1 warns
	expect "$EXIT_BUILD" "step 1" "unused_thing"
}

@test "what checkpatch says of a series has a reason, or is refused" {
	run "$ROOT/scripts/checkpatch" v6.1 no-const slot-by-value
	expect 0 "1	AVOID_BUG	v6.1/slot-by-value	stock's" "no error, and each message has its reason"
	v=$BATS_TEST_TMPDIR/v/v6.1/untidy
	mkdir -p "$v"
	cp "$ROOT/variants/v6.1/no-const/variant.conf" "$v"
	sed '/^+\t/s/$/ /' "$ROOT"/variants/v6.1/no-const/0001-*.patch >"$v/0001-untidy.patch"
	echo 0001-untidy.patch >"$v/series"
	FAULTLINE_VARIANTS=$BATS_TEST_TMPDIR/v run "$ROOT/scripts/checkpatch" v6.1 untidy
	expect "$EXIT_PATCH" "v6.1/untidy/" "TRAILING_WHITESPACE" "have no reason"
}

@test "what the next argument or field costs: one value in, one out, in each shape" {
	for v in baseline const-fields struct-by-pointer; do
		for o in input output input+output output+input; do
			run "$ROOT/scripts/format-series" v6.1 "$v+$o" "$BATS_TEST_TMPDIR/$v+$o"
			case $o in
			output+input) expect "$EXIT_PATCH" "overlay input does not apply on variant $v" ;;
			*) expect 0 ;;
			esac
		done
	done
	# whatever their order, each is the change of its own shape
	grep -q 'bool prefetch, u64 stolen, u64 \*spte' "$BATS_TEST_TMPDIR"/baseline+input+output/*.patch
}

@test "stock and its variants differ in the handler's text" {
	a=$(kernel const-fields) b=$(kernel struct-by-pointer) c=$(kernel baseline)
	[ -n "$(handler "$a")" ]
	[ "$(handler "$a")" != "$(handler "$b")" ]
	[ "$(handler "$a")" != "$(handler "$c")" ]
	[ "$(handler "$b")" != "$(handler "$c")" ]
}

@test "a comment leaves the handler's text what it was, a nop does not" {
	a=$(kernel const-fields)
	[ "$(handler "$a")" = "$(handler "$(kernel same-code)")" ]
	[ "$(handler "$a")" != "$(handler "$(kernel nop)")" ]
}

@test "what was recorded is what is there" {
	d=$(kernel const-fields)
	[ "$(vmlinux "$d")" = "$(sha256sum <"$d/vmlinux" | cut -d' ' -f1)" ]
	grep -q '^source_sha256 = [0-9a-f]\{64\}$' "$d/info"
	grep -q '^config_sha256 = [0-9a-f]\{64\}$' "$d/info"
	grep -qx 'CONFIG_BUG=y' "$d/config"
	grep -qx 'CONFIG_SMP=y' "$d/config"
	grep -qx 'CONFIG_RETPOLINE=y' "$d/config"
	grep -qx 'CONFIG_CC_OPTIMIZE_FOR_PERFORMANCE=y' "$d/config"
	[ -f "$d/objs/mmu.o" ] && [ -f "$d/objs/tdp_mmu.o" ]
	[ "$(ls "$d/link" | paste -sd' ')" = "dirty_ring.o kvm_main.o retpoline.o" ]
	grep -q '^gcc .* -mcmodel=kernel ' "$d/cflags"
	[ "$(wc -l <"$d/cflags")" -eq 1 ]
	if grep -q -- "${FAULTLINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/faultline}" "$d/cflags"; then return 1; fi
}

@test "the objects kept are the code of their vmlinux, wholly" {
	d=$(kernel const-fields)
	run "$FL" same-code "$d/vmlinux" "$d"/objs/*.o "$d"/link/*.o
	expect 0 "same code: $(sed -n 's/^same_code = //p' "$d/info")"
	"$FL" same-code --json "$d/vmlinux" "$d"/objs/*.o "$d"/link/*.o >"$BATS_TEST_TMPDIR/same"
	[ "$(jq '[.masked_relocations[]] | add' "$BATS_TEST_TMPDIR/same")" = 0 ]
	[ "$(jq .code_bytes "$BATS_TEST_TMPDIR/same")" -gt 140000 ]
	run "$FL" same-code "$d/vmlinux" "$(kernel nop)"/objs/*.o
	expect "$EXIT_CHANGED" "mmu.o: .text+0x" "kvm_mmu_page_fault+0"
}

@test "going to a variant and back gives the same kernel, bit by bit" {
	d=$(kernel const-fields)
	before=$(vmlinux "$d")
	kernel nop >/dev/null
	mv "$d" "$d.aside"
	again=$(kernel const-fields) || { mv "$d.aside" "$d"; false; }
	after=$(vmlinux "$again")
	rm -rf "$d.aside"
	[ "$before" = "$after" ]
}

@test "a build killed in the middle is undone by the next one" {
	d=$(kernel nop)
	before=$(vmlinux "$d")
	rm -rf "$d"
	setsid "$BUILD" v6.1 nop off >/dev/null 2>&1 &
	pid=$!
	sleep 3
	kill -9 -- -"$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	[ ! -e "$d/info" ]
	a=$(kernel const-fields)
	[ -n "$a" ]
	[ "$(vmlinux "$(kernel nop)")" = "$before" ]
}

@test "a half-written object of a killed build is not linked" {
	d=$(kernel nop)
	before=$(vmlinux "$d")
	obj=${FAULTLINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/faultline}/trees/$(sed -n 's/^object_tree = //p' "$d/info")
	[ -d "$obj" ]
	touch -d '1 minute ago' "$obj/.building"
	: >"$obj/kernel/fork.o"
	rm -rf "$d"
	[ "$(vmlinux "$(kernel nop)")" = "$before" ]
}

@test "a patch that does not apply: patch, file and hunk are named" {
	run "$BUILD" v6.1 no-apply off
	expect "$EXIT_PATCH" "0001-no-apply.patch does not apply" \
		"arch/x86/kvm/mmu/mmu.c" "Hunk #1 FAILED at"
	# and the tree is whole again
	[ -n "$(kernel const-fields)" ]
}

@test "a kernel that does not build: the error and the log's place" {
	run "$BUILD" v6.1 no-build off
	expect "$EXIT_BUILD" "error:" "v6.1/no-build does not build" \
		"the whole log is" "no-build.log"
}

@test "faultline run passes the reason and the exit code on" {
	run "$FL" run --variants no-apply --workloads null \
		--out "$BATS_TEST_TMPDIR"
	expect "$EXIT_PATCH" "does not apply"
	run "$FL" run --variants no-build --workloads null \
		--out "$BATS_TEST_TMPDIR"
	expect "$EXIT_BUILD" "does not build"
}

@test "a series that names a missing patch is refused" {
	v=$BATS_TEST_TMPDIR/v/v6.1/gap
	mkdir -p "$v"
	cp "$TESTS/variants/v6.1/nop/variant.conf" "$v"
	echo 0001-not-there.patch >"$v/series"
	FAULTLINE_VARIANTS=$BATS_TEST_TMPDIR/v run "$BUILD" v6.1 gap off
	expect "$EXIT_PATCH" "0001-not-there.patch, which is not there"
}

@test "a patch that leaves the kernel tree is refused" {
	v=$BATS_TEST_TMPDIR/v/v6.1/out
	mkdir -p "$v"
	cp "$TESTS/variants/v6.1/nop/variant.conf" "$v"
	printf -- '--- a/../escaped\n+++ b/../escaped\n@@ -0,0 +1 @@\n+x\n' \
		>"$v/0001-out.patch"
	echo 0001-out.patch >"$v/series"
	FAULTLINE_VARIANTS=$BATS_TEST_TMPDIR/v run "$BUILD" v6.1 out off
	expect "$EXIT_PATCH" "outside the kernel tree"
}

@test "KERNEL_SRC of another version is refused" {
	mkdir "$BATS_TEST_TMPDIR/k"
	printf 'VERSION = 5\nPATCHLEVEL = 10\nSUBLEVEL = 1\n' \
		>"$BATS_TEST_TMPDIR/k/Makefile"
	KERNEL_SRC=$BATS_TEST_TMPDIR/k run "$BUILD" v6.1 const-fields off
	expect "$EXIT_WRONG_SOURCE" "is Linux 5.10, base v6.1 wants 6.1"
	KERNEL_SRC=/nonexistent run "$BUILD" v6.1 const-fields off
	expect "$EXIT_MISSING" "holds no kernel source"
}

@test "a source package that is not available is named" {
	mkdir -p "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/tree/variants/v6.1/a"
	cp -r "$ROOT/scripts" "$ROOT/bench" "$BATS_TEST_TMPDIR/tree/"
	cp -r "$ROOT/variants/kconfig" "$ROOT/variants/profiles.conf" \
		"$BATS_TEST_TMPDIR/tree/variants/"
	sed 's/linux-source-6.1/linux-source-0.99/' \
		"$ROOT/variants/v6.1/base.conf" \
		>"$BATS_TEST_TMPDIR/tree/variants/v6.1/base.conf"
	cp "$ROOT/variants/v6.1/base.config" "$BATS_TEST_TMPDIR/tree/variants/v6.1/"
	touch "$BATS_TEST_TMPDIR/tree/variants/v6.1/a/variant.conf"
	FAULTLINE=$FL run "$BATS_TEST_TMPDIR/tree/scripts/build-kernel" v6.1 a off
	expect "$EXIT_MISSING" "package linux-source-0.99 is not available" KERNEL_SRC
}

@test "a Kconfig line that does not survive is named" {
	mkdir -p "$BATS_TEST_TMPDIR/tree"
	cp -r "$ROOT/scripts" "$ROOT/bench" "$ROOT/variants" "$BATS_TEST_TMPDIR/tree/"
	echo CONFIG_NO_SUCH_THING=y \
		>>"$BATS_TEST_TMPDIR/tree/variants/kconfig/host.config"
	FAULTLINE=$FL run "$BATS_TEST_TMPDIR/tree/scripts/build-kernel" v6.1 const-fields off
	expect "$EXIT_BUILD" "CONFIG_NO_SUCH_THING=y did not survive Kconfig"
}

@test "a base takes a line of host.config back" {
	mkdir -p "$BATS_TEST_TMPDIR/variants/kconfig" "$BATS_TEST_TMPDIR/variants/v9.9"
	cd "$BATS_TEST_TMPDIR/variants"
	printf 'CONFIG_KEPT=y\nCONFIG_GONE=y\nCONFIG_SAID=y\n' >kconfig/host.config
	printf 'CONFIG_GONE=\nCONFIG_SAID=n\n' >v9.9/base.config
	echo "kconfig = host.config base.config" >v9.9/base.conf
	# shellcheck disable=SC2016
	run bash -c '. "$1/scripts/lib/common.sh"; . "$1/scripts/lib/kbuild.sh"
		ROOT=$2 wanted_config v9.9' - "$ROOT" "$BATS_TEST_TMPDIR"
	[ "$status" -eq 0 ]
	[ "$output" = $'CONFIG_KEPT=y\nCONFIG_SAID=n' ]
}
