#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# A fault's instructions by two rigs: the committed attribution next to what
# callgrind counts here and now.
#
# stage: boot
# order: 80
# needs: kernels of v6.1; valgrind
# takes: 40 s
# kernels: v6.1 off baseline const-fields+indirect

load common.bash
unset FAULTLINE_WORKLOADS FAULTLINE_VARIANTS

R=$REF/attribute

# A copy of the reference run in $copy, to be doctored.
copy_run() {
	copy=$BATS_TEST_TMPDIR/run
	cp -r "$R" "$copy"
	chmod -R u+w "$copy"
	split_attributions "$copy"
}

@test "the handler's functions execute as many instructions in both rigs" {
	for w in $("$FL" list workloads | sed -nE 's/^  (touch-write|write-upgrade|mmio|shadow-touch) .*/\1/p'); do
		run "$FL" instructions "$R" -w "$w"
		expect 0 "Agrees: each of the handler's own functions" \
			"Instructions, not cycles." "Its loop around the"
		n=$((${n-0} + 1))
	done
	[ "$n" -eq 4 ]
	[[ $output != *DISAGREES* ]]
	widest=$(awk '{ if (length > n) n = length } END { print n }' <<<"$output")
	[ "$widest" -le 75 ]
}

@test "the processor single-steps as many instructions as callgrind counts" {
	for w in touch-write mmio shadow-touch; do
		n=$("$FL" instructions "$R" -w "$w" --format json | jq .vitro.instructions)
		p=$("$ROOT/scripts/build-vitro" v6.1 0 baseline:off 2>/dev/null)
		run "$p" --cell baseline:off --step -w "$w"
		expect 0 " instructions, $n where each turn of a rep is one"
	done
}

@test "through a retpoline too, which returns to where nobody called from" {
	run "$FL" instructions "$R-retpoline" -w touch-write -p retpoline -v const-fields+indirect
	expect 0 "__x86_indirect_thunk_rax              3      3     +0" "Agrees:"
}

@test "JSON: groups are the totals, the handler's own are equal" {
	"$FL" instructions "$R" -w touch-write -v const-fields --format json >"$BATS_TEST_TMPDIR/json"
	run jq -c '[.tcg.instructions, .vitro.instructions] as $total |
		([.functions[].tcg] | add) == $total[0],
		([.functions[].vitro] | add) == $total[1],
		([.functions[] | select(.group == "own") | .tcg != .vitro] | any | not),
		($total[0] > 2000 and $total[1] > 1000)' "$BATS_TEST_TMPDIR/json"
	[ "$output" = $'true\ntrue\ntrue\ntrue' ] || { cat "$BATS_TEST_TMPDIR/json"; return 1; }
}

@test "functions that do not agree are named, and the exit code says so" {
	copy_run
	for f in "$copy"/attribution/v6.1.baseline.off.touch-write.*.json.xz; do
		xz -dc "$f" | sed 's/kvm_release_pfn_clean/@/g
			s/handle_changed_spte_acc_track/kvm_release_pfn_clean/g
			s/@/handle_changed_spte_acc_track/g' | xz >"$f.new"
		mv "$f.new" "$f"
	done
	run "$FL" instructions "$copy" -w touch-write
	expect "$EXIT_DISAGREE" "DISAGREES: 2 of the handler's own functions" \
		"kvm_release_pfn_clean                 3      8     +5  DISAGREES" \
		"handle_changed_spte_acc_track         8      3     -5  DISAGREES"
}

@test "another handler than was booted is refused" {
	copy_run
	jq '(.kernels[] | select(.variant == "baseline") | .handler_sha256) = "00ff"' \
		"$R/run.json" >"$copy/run.json"
	run "$FL" instructions "$copy" -w touch-write
	expect "$EXIT_CHANGED" "is not the one that" "there 00ff"
}

@test "what is missing is named" {
	run "$FL" instructions
	expect "$EXIT_USAGE" "which RUN?"
	run "$FL" instructions "$R"
	expect "$EXIT_USAGE" "which --workloads? one is needed"
	run "$FL" instructions "$R" -w nobody
	expect "$EXIT_UNKNOWN_NAME" "nobody"
	run "$FL" instructions "$R" -w touch-write -v nobody
	[ "$status" -ne 0 ] && [[ $output == *nobody* ]]
	run "$FL" instructions "$R" -w huge-2m
	expect "$EXIT_NO_DATA" "no attribution of v6.1, profile off, huge-2m" \
		"faultline run --attribute"
	run "$FL" instructions /nonexistent -w touch-write
	[ "$status" -ne 0 ] && [[ $output == *"/nonexistent"* ]]
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s /usr/bin/* /usr/sbin/* "$BATS_TEST_TMPDIR/bin" 2>/dev/null || true
	rm "$BATS_TEST_TMPDIR/bin/valgrind"
	PATH=$BATS_TEST_TMPDIR/bin run "$FL" instructions "$R" -w touch-write
	expect "$EXIT_MISSING" "no valgrind on PATH" "scripts/deps vitro"
}

# A valgrind that finds no RDTSCP in this machine's CPUID, and so refuses it: a
# copy whose one CPUID, a function written in assembly, clears EDX's bit 27.
masked_valgrind() {
	local from
	export VALGRIND_LIB=$BATS_TEST_TMPDIR/valgrind
	from=$(find /usr/libexec/valgrind /usr/lib*/valgrind /usr/lib/*/valgrind \
		-name callgrind-amd64-linux 2>/dev/null | head -n 1)
	[ -n "$from" ] || skip "valgrind's callgrind-amd64-linux is not where it is looked for"
	cp -rs "$(dirname "$from")" "$VALGRIND_LIB"
	rm "$VALGRIND_LIB/callgrind-amd64-linux"
	LC_ALL=C sed 's/\x55\x48\x89\xe5\x53\(\x89\xf8\x48\x89\xcf\x89\xf1\x48\x89\xd6\x0f\xa2\)\(\x48\x85\xf6\x74\x02\x89\x06\x48\x85\xff\x74\x02\x89\x1f\x4d\x85\xc0\x74\x03\x41\x89\x08\x4d\x85\xc9\x74\x03\x41\x89\x11.\)\x48\x89\xec\x5d\xc3/\x53\1\x0f\xba\xf2\x1b\2\xc3\x90\x90\x90\x90/' \
		"$from" >"$VALGRIND_LIB/callgrind-amd64-linux"
	chmod +x "$VALGRIND_LIB/callgrind-amd64-linux"
	! cmp -s "$from" "$VALGRIND_LIB/callgrind-amd64-linux" ||
		skip "this valgrind's function of CPUID is another one"
}

@test "a valgrind that refuses RDTSCP: the instruction is named; hidden, all agree" {
	grep -qw rdtscp /proc/cpuinfo ||
		skip "this machine's CPUID hides RDTSCP: valgrind refuses it in every test above"
	masked_valgrind
	unset FAULTLINE_CPUID_HIDE
	run "$FL" instructions "$R" -w touch-write
	expect "$EXIT_RIG" "valgrind refuses the instruction rdtscp (bytes 0f 01 f9) in " \
		"tsc_hz; do without it: FAULTLINE_CPUID_HIDE=rdtscp faultline instructions"
	export FAULTLINE_CPUID_HIDE=rdtscp
	for w in touch-write write-upgrade mmio shadow-touch; do
		run "$FL" instructions "$R" -w "$w"
		expect 0 "Agrees: each of the handler's own functions"
	done
	run "$FL" instructions "$R" -w touch-write -v const-fields
	expect 0 "Agrees:"
	run "$FL" instructions "$R-retpoline" -w touch-write -p retpoline -v const-fields+indirect
	expect 0 "Agrees:"
}

@test "what this machine's CPUID lacks is hidden from the program, which has valgrind's" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "hidden: $FAULTLINE_CPUID_HIDE." >&2\nexit 3\n' \
		>"$BATS_TEST_TMPDIR/bin/valgrind"
	chmod +x "$BATS_TEST_TMPDIR/bin/valgrind"
	unset FAULTLINE_CPUID_HIDE
	lacking=
	for f in rdtscp popcnt erms fsrm; do
		grep -qw "$f" /proc/cpuinfo || lacking+=${lacking:+,}$f
	done
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	run "$FL" instructions "$R" -w touch-write
	[ "$status" -ne 0 ] && [[ $output == *"hidden: $lacking."* ]]
	FAULTLINE_CPUID_HIDE=fsrm,erms,popcnt,rdtscp run "$FL" instructions "$R" -w touch-write
	[ "$status" -ne 0 ] && [[ $output == *"hidden: rdtscp,popcnt,erms,fsrm."* ]]
	FAULTLINE_CPUID_HIDE=tsc run "$FL" instructions "$R" -w touch-write
	expect "$EXIT_USAGE" "FAULTLINE_CPUID_HIDE: no feature 'tsc'; there are: rdtscp, popcnt, erms, fsrm"
}
