#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Attribution on real boots: the known answers, and that the instrument does
# not change what it measures. One run serves all tests of this file.
#
# stage: boot
# order: 15
# needs: kernels of v6.1; boots; the mirror for QEMU of other releases, else skipped
# takes: 3 min
# kernels: v6.1 off baseline struct-by-pointer const-fields nops thrice

load common.bash

WORKLOADS=null,exit,touch-write,write-upgrade,mmio,shadow-touch

setup_file() {
	load common.bash
	export OUT=$BATS_FILE_TMPDIR/results
	"$FL" run --attribute --workloads $WORKLOADS --out "$OUT" \
		--variants "baseline,struct-by-pointer,const-fields,nops,thrice" \
		>"$BATS_FILE_TMPDIR/said" 2>&1 ||
		{ cat "$BATS_FILE_TMPDIR/said"; return 1; }
	export RUN=$OUT/latest
}

# all [NAME]: every attribution of the run whose file's name has NAME, as one
# array
all() {
	zcat "$RUN/attribution/"*"${1-}"*.json.gz | jq -s .
}

# of WORKLOAD VARIANT FUNCTION FIELD: of the typical fault, largest class
of() {
	zcat "$RUN/attribution/v6.1.$2.off.$1.1.json.gz" |
		jq --arg f "$3" --argjson i "$4" \
			'[.classes[0].functions[] | select(.[0] == $f)[$i]] | add // 0'
}
EXCLUSIVE=1 CALLS=5

# Without the plugin, or with another one: QEMU gets further options.
run_with() {
	local dir=$1 option=$2
	printf '#!/bin/bash\ncase $1 in -M | --version) exec qemu-system-x86_64 "$@" ;; esac\nexec qemu-system-x86_64 "$@" %s\n' \
		"$option" >"$BATS_TEST_TMPDIR/qemu"
	chmod +x "$BATS_TEST_TMPDIR/qemu"
	FAULTLINE_QEMU=$BATS_TEST_TMPDIR/qemu "$FL" run --boots 1 --workloads \
		$WORKLOADS --variants const-fields --out "$dir" >/dev/null 2>&1
}

# What was measured, whatever was measured with it.
figures() {
	jq -sc --arg v const-fields 'map(select(.variant == $v and .boot == 1))
		| sort_by(.workload) | .[] | [.workload, .total, .hist, .stats,
		.irqs, .clock_floor]' "$1/latest/records.jsonl"
}

@test "exclusive figures of all functions sum to the fault's total" {
	n=$(all | jq '[.[].classes[] | select((.functions | map(.[1]) | add)
		!= .figures.instructions)] | length')
	[ "$n" -eq 0 ]
	n=$(all | jq '[.[].classes[] | select((.functions_sum | map(.[1]) | add)
		!= (.histogram | map(.[0] * .[1]) | add))] | length')
	[ "$n" -eq 0 ]
	[ "$(all touch | jq '[.[].classes[]] | length')" -ge 10 ]
}

@test "every fault is in a class, every class has its faults in its histogram" {
	for w in touch-write:4096 write-upgrade:4096 mmio:1024 shadow-touch:1024; do
		n=$(all "${w%:*}" | jq -c "map([.classes[].faults] | add) | unique")
		[ "$n" = "[${w#*:}]" ] || { echo "$w: $n"; return 1; }
	done
	n=$(all | jq '[.[].classes[] | select((.histogram | map(.[1]) | add)
		!= .faults)] | length')
	[ "$n" -eq 0 ]
	[ "$(all | jq 'map(.odd + .untold) | add')" -eq 0 ]
}

@test "the plugin counts what the guest's clock says, in every single fault" {
	[ "$(all | jq 'map(.agrees) | all')" = true ]
	# It is the record's own histogram, and not an empty one.
	zcat "$RUN/attribution/v6.1.baseline.off.touch-write.1.json.gz" |
		jq -c .samples >"$BATS_TEST_TMPDIR/plugin"
	jq -c 'select(.variant == "baseline" and .workload == "touch-write" and
		.boot == 1) | .hist' "$RUN/records.jsonl" >"$BATS_TEST_TMPDIR/clock"
	[ "$(jq 'map(.[1]) | add' "$BATS_TEST_TMPDIR/plugin")" -eq 4096 ]
	cmp "$BATS_TEST_TMPDIR/plugin" "$BATS_TEST_TMPDIR/clock"
}

@test "a fault's total is the guest's sample less the guest's own instructions" {
	# An empty sample, and the load or store itself; an emulated load is
	# not executed. So 5 for a store, 4 for mmio.
	for w in touch-write:5 write-upgrade:5 shadow-touch:5 mmio:4; do
		sample=$(jq "select(.variant == \"nops\" and .workload ==
			\"${w%:*}\" and .boot == 1) | [.hist | max_by(.[1])[0],
			4096][0]" "$RUN/records.jsonl")
		total=$(zcat "$RUN/attribution/v6.1.nops.off.${w%:*}.1.json.gz" |
			jq '.classes[0].figures.instructions')
		[ $((sample - total)) -eq "${w#*:}" ] ||
			{ echo "$w: $sample - $total"; return 1; }
	done
}

@test "seven nops planted in a function are in that function and in no other" {
	run "$FL" attribute "$RUN" -w touch-write --variants const-fields,nops \
		--against const-fields --format json
	expect 0
	[ "$(jq -c '.[0].differences' <<<"$output")" = \
		'[{"function":"kvm_faultin_pfn","difference":{"nops":7}}]' ] ||
		{ jq -c '.[0].differences' <<<"$output"; return 1; }
	# Nowhere, where that function is not reached.
	run "$FL" attribute "$RUN" -w write-upgrade --variants const-fields,nops \
		--against const-fields --format json
	[ "$(jq -c '.[0].differences' <<<"$output")" = '[]' ]
}

@test "a function called three times a fault says three" {
	for w in touch-write write-upgrade mmio shadow-touch; do
		[ "$(of $w thrice planted_thrice $CALLS)" -eq 3 ]
		[ "$(of $w thrice kvm_mmu_page_fault $CALLS)" -eq 1 ]
		[ "$(of $w const-fields planted_thrice $CALLS)" -eq 0 ]
	done
}

# The timer ticks once or twice in a boot; in which of the variants it meets a
# fault on its way depends on the size of the host's archive.
@test "a fault interrupted by a timer is apart, and its interrupt apart again" {
	all .off.touch-write. | jq 'map(select([.classes[] |
		select(.class | test("interrupted"))] | length > 0))' \
		>"$BATS_TEST_TMPDIR/met"
	of_met() { jq -c "$1" "$BATS_TEST_TMPDIR/met"; }
	[ "$(of_met length)" -ge 1 ]
	[ "$(of_met 'all(.[].classes[] | select(.class | test("interrupted"));
		.faults <= 2 and .irq_instructions > 1000)')" = true ]
	# What is no fault has its ticks with it: exits, and null from bell to bell.
	n=$(all | jq '[.[].classes[] | select(.class | test("interrupted|no fault") | not)
		| .irq_instructions] | add')
	[ "$n" -eq 0 ]
	# The stack is whole again after it: the handler is as long as without, where
	# the tick did not fall into a fault that empties an LRU batch; and never shorter.
	[ "$(of_met 'any(.[]; [.classes[].figures.handler] | unique | length == 1)')" = true ]
	[ "$(of_met 'all(.[]; [.classes[].figures.handler] | .[0] == min)')" = true ]
	# The other class is the mode and holds all but these.
	[ "$(of_met 'all(.[]; .classes[0].class == "npf store, fixed" and
		([.classes[].faults] | add) == 4096 and .classes[0].faults >= 4094)')" = true ]
}

@test "classes say how the guest provoked it and what KVM returned" {
	for w in "touch-write:npf store, fixed" "write-upgrade:npf store, fast" \
		"mmio:npf load, emulated, by the VMM" \
		"shadow-touch:pf store, fixed"; do
		n=$(all "${w%%:*}" | jq -r '[.[].classes[0].class] | unique[]')
		[ "$n" = "${w#*:}" ] || { echo "$w: $n"; return 1; }
	done
}

@test "the instrument changes nothing: with it, without it, with an empty one" {
	"$FL" run --boots 1 --workloads $WORKLOADS --variants const-fields \
		--out "$BATS_TEST_TMPDIR/none" >/dev/null 2>&1
	run_with "$BATS_TEST_TMPDIR/empty" "-plugin $ROOT/build/empty.so"
	figures "$BATS_TEST_TMPDIR/none" >"$BATS_TEST_TMPDIR/a"
	figures "$BATS_TEST_TMPDIR/empty" >"$BATS_TEST_TMPDIR/b"
	figures "$OUT" >"$BATS_TEST_TMPDIR/c"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/a")" -eq 6 ]
	cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
	cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/c"
}

@test "the table adds up to the difference of the totals, and says so" {
	run "$FL" attribute "$RUN" --workload touch-write --against baseline \
		--variants struct-by-pointer,const-fields
	expect 0 "every total is the sum of its functions, exactly" \
		"every fault the same, in 6 boots" \
		"3 of 3 variants: every boot the same, function by function"
	sum=$(awk '/^function/ { on = 1; next } /^all functions/ { print s; exit }
		on { s += $NF }' <<<"$output")
	total=$(awk '/^all functions/ { print $NF; exit }' <<<"$output")
	[ "$sum" -eq "$total" ]
	[ "$total" -ne 0 ]
	awk 'length > 75 { bad = 1; print } END { exit bad }' <<<"$output"
}

@test "boots of one kernel have the same attribution, function by function" {
	n=$("$FL" attribute "$RUN" --format json |
		jq '[.[].variants[].boots_equal] | all')
	[ "$n" = true ]
}

@test "folded stacks sum to the total, the handler is on the vCPU's stack" {
	"$FL" attribute "$RUN" -w touch-write -v baseline --folded - >"$BATS_TEST_TMPDIR/f"
	sum=$(awk '{ s += $NF } END { print s }' "$BATS_TEST_TMPDIR/f")
	[ "$sum" -eq "$(zcat "$RUN/attribution/v6.1.baseline.off.touch-write.1.json.gz" |
		jq '.classes[0].figures.instructions')" ]
	grep -qE '^kvm_arch_vcpu_ioctl_run;kvm_mmu_page_fault;direct_page_fault;kvm_tdp_mmu_map [0-9]+$' \
		"$BATS_TEST_TMPDIR/f"
	if grep -qvE '^[^ ]+ [0-9]+$' "$BATS_TEST_TMPDIR/f"; then return 1; fi
}

@test "a flame picture is one SVG, coloured by what two variants differ in" {
	"$FL" attribute "$RUN" -w touch-write -v baseline,const-fields \
		--flame "$BATS_TEST_TMPDIR/d.svg"
	head -n 1 "$BATS_TEST_TMPDIR/d.svg" | grep -q '^<svg '
	[ "$(tail -n 1 "$BATS_TEST_TMPDIR/d.svg")" = "</svg>" ]
	grep -qE '<title>kvm_mmu_page_fault$' "$BATS_TEST_TMPDIR/d.svg"
	grep -qE 'class="r[123]".*>\+43 </tspan>kvm_mmu_page_fault<' "$BATS_TEST_TMPDIR/d.svg"
	grep -qE 'class="b[123]".*>-53 </tspan>direct_page_fault<' "$BATS_TEST_TMPDIR/d.svg"
	if grep -qE '<script|https?://[^w]' "$BATS_TEST_TMPDIR/d.svg"; then return 1; fi
	run "$FL" attribute "$RUN" --flame "$BATS_TEST_TMPDIR/e.svg"
	expect "$EXIT_USAGE" "--flame takes one of --workloads"
}

# struct-by-pointer clears its struct by a `rep stos` of 10 words in shadow paging,
# which QEMU counts as 11: +11 instructions, +1 where a `rep` is one.
@test "a difference that is iterations of a rep is said to be" {
	run "$FL" attribute "$RUN" -w shadow-touch -v baseline,struct-by-pointer
	expect 0
	grep -qE '^all functions +[0-9]+ +[0-9]+ +\+11$' <<<"$output"
	grep -qE '^rep counted once +[0-9]+ +[0-9]+ +\+1$' <<<"$output"
	run "$FL" attribute "$RUN" -w shadow-touch -v baseline,struct-by-pointer --functions
	grep -qE '^kvm_mmu_page_fault +10$' <<<"$output"
	# The file says in which function.
	for v in baseline:0 struct-by-pointer:10; do
		n=$(zcat "$RUN/attribution/v6.1.${v%:*}.off.shadow-touch.1.json.gz" |
			jq '[.classes[0].rep_iterations[] |
				select(.[0] == "kvm_mmu_page_fault")[1]] | add // 0')
		[ "$n" -eq "${v#*:}" ]
	done
	run "$FL" compare "$RUN" -v baseline,struct-by-pointer
	expect 0 "shadow-touch, struct-by-pointer: +1 and not +11"
	run "$FL" compare "$RUN" -v baseline,struct-by-pointer --format csv
	[ "$(awk -F, '$4 == "shadow-touch" && $5 == "struct-by-pointer" {
		print $17, $NF }' <<<"$output")" = "11 1" ]
	run "$FL" compare "$RUN" --verdicts -w shadow-touch -v baseline,struct-by-pointer
	expect 0
	[[ $(tr -s ' \n' ' ' <<<"$output") == *"+11 instructions per fault"*"+1 with rep counted once"* ]]
}

@test "without attribution compare says how a rep counts, and how to learn more" {
	run "$FL" compare "$TESTS/golden/run"
	expect 0 "one an iteration; counted once: faultline run --attribute"
	lacks "and not [+-]"
}

@test "a trace has every instruction of the fault, and source lines" {
	run "$FL" trace "$RUN" -w write-upgrade -v const-fields
	expect 0 "arch/x86/kvm/mmu/mmu.c:" "kvm_mmu_page_fault" "vmrun"
	want=$(zcat "$RUN/attribution/v6.1.const-fields.off.write-upgrade.1.json.gz" |
		jq '.classes[0].figures.instructions')
	n=$(grep -cE '^ +ffffffff8[0-9a-f]{7}  ' <<<"$output")
	[ "$n" -eq "$want" ] || { echo "$n of $want"; return 1; }
}

@test "the static view finds the planted nops, and equal code equal" {
	run "$FL" attribute "$RUN" --static --function kvm_faultin_pfn \
		--variants const-fields,nops --against const-fields
	expect 0 "kvm_faultin_pfn" "struct kvm_page_fault {"
	n=$(grep -c '^+[^+]*nop' <<<"$output")
	[ "$n" -eq 7 ] || { echo "$output"; return 1; }
	run "$FL" attribute "$RUN" --static --function direct_page_fault \
		--variants const-fields,nops --against const-fields
	expect 0 "byte-equal but for addresses"
}

@test "modelled cycles are called modelled and name their assumptions" {
	run "$FL" attribute "$RUN" -w touch-write --model skylake-avx512,znver3 \
		--variants baseline,const-fields
	expect 0 "Modelled cycles" "Not measured" "L1 cache" \
		"left out by znver3" "vmrun"
	run "$FL" attribute "$RUN" -w touch-write --model no-such-cpu
	expect "$EXIT_UNKNOWN_NAME" no-such-cpu
}

@test "without llvm-mca the rest still works" {
	run env PATH=/nowhere "$FL" attribute "$RUN" -w touch-write --model znver3
	expect "$EXIT_MISSING" llvm
	run env PATH=/nowhere "$FL" attribute "$RUN" -w touch-write
	expect 0 "every total is the sum"
}

# Two instruments are compared by it: the hypercalls, and what the VMM measured
# from bell to bell, in which the handler is not.
@test "a workload without a fault has its exits attributed" {
	for w in exit null; do
		run "$FL" attribute "$RUN" --workload $w
		expect 0 'of class "no fault"' "every total is the sum of its functions"
		[[ $output =~ in\ kvm_mmu_page_fault\ +0 ]]
	done
}

# The plugin's log, which a run removes, of the typical hypercall exit: what lies
# between KVM's call of kvm_emulate_instruction() and its return.
@test "most of a hypercall exit is the decoding of its instruction" {
	printf '#!/bin/bash\ncase $1 in -M | --version) exec qemu-system-x86_64 "$@" ;; esac\nqemu-system-x86_64 "$@"; r=$?\nfor a; do [[ $a != *faultprobe* ]] || { a=${a#*out=}; cp "${a%%%%,*}" %q; }; done\nexit $r\n' \
		"$BATS_TEST_TMPDIR/log" >"$BATS_TEST_TMPDIR/qemu"
	chmod +x "$BATS_TEST_TMPDIR/qemu"
	FAULTLINE_QEMU=$BATS_TEST_TMPDIR/qemu "$FL" run --attribute --boots 1 \
		--workloads exit --variants baseline --out "$BATS_TEST_TMPDIR/r" \
		>/dev/null 2>&1
	d=$("$ROOT/scripts/build-kernel" v6.1 baseline off)
	{ nm "$d/vmlinux" | awk '$2 ~ /[tT]/ { print $1, 1, $3 }'
	awk '/^insn / { print $3, 2, $2 }' "$BATS_TEST_TMPDIR/log"; } | LC_ALL=C sort |
		awk '$2 == 1 { f = $3; next } { print $3, f }' >"$BATS_TEST_TMPDIR/f"
	most=$(awk '/^path / && $2 > m { m = $2 } END { print m }' "$BATS_TEST_TMPDIR/log")
	n=$(awk -v most="$most" 'NR == FNR { f[$1] = $2; next }
		/^path / { on = $2 == most; whole = on ? $6 : whole }
		on && /^x / { for (i = $2; i <= $3; i++) {
			if (f[i] == "kvm_emulate_instruction") inside = 1
			if (f[i] == "__svm_skip_emulated_instruction") inside = 0
			n += inside } }
		END { print n + 0, whole }' "$BATS_TEST_TMPDIR/f" "$BATS_TEST_TMPDIR/log")
	echo "# ${n% *} of ${n#* } instructions decode the hypercall" >&3
	[ "${n% *}" -gt $((${n#* } / 2)) ]
	[ "${n% *}" -lt "${n#* }" ]
}

@test "a run without attribution says how to get one" {
	"$FL" run --boots 1 --workloads null --variants const-fields \
		--out "$BATS_TEST_TMPDIR/r" >/dev/null 2>&1
	run "$FL" attribute "$BATS_TEST_TMPDIR/r/latest"
	expect "$EXIT_NO_DATA" "no attribution" "faultline run --attribute"
	run "$FL" attribute "$RUN" --workload huge-2m
	expect "$EXIT_NO_DATA" "no attribution" huge-2m
}

@test "unknown class and variant are refused with what there is" {
	run "$FL" attribute "$RUN" -w touch-write --class nothing
	expect "$EXIT_UNKNOWN_NAME" "npf store, fixed"
	run "$FL" attribute "$RUN" -w touch-write -v nobody
	expect "$EXIT_UNKNOWN_NAME" nobody baseline
}

# A copy of the run whose attributions can be spoiled.
copy_run() {
	cp -r "$OUT" "$BATS_TEST_TMPDIR/copy"
	COPY=$BATS_TEST_TMPDIR/copy/$(basename "$(readlink -f "$RUN")")
	SPOILT=$COPY/attribution/v6.1.const-fields.off.touch-write.1.json.gz
}

@test "a vmlinux that is not the one booted is refused by its build id" {
	copy_run
	for b in 1 2; do
		f=${SPOILT%.1.json.gz}.$b.json.gz
		zcat "$f" | sed -E 's/"build_id":"[0-9a-f]{8}/"build_id":"00000000/' |
			gzip >"$f.new"
		mv "$f.new" "$f"
	done
	run "$FL" trace "$COPY" -w touch-write -v const-fields
	expect "$EXIT_CHANGED" "build id" "booted 00000000"
	run "$FL" attribute "$COPY" -w touch-write --static
	expect "$EXIT_CHANGED" "build id"
}

@test "an attribution that was cut off is named" {
	copy_run
	truncate -s 2000 "$SPOILT"
	run "$FL" attribute "$COPY" -w touch-write
	expect "$EXIT_BAD_RECORD" "$(basename "$SPOILT")"
}

@test "an attribution that does not add up is not believed" {
	copy_run
	for b in 1 2; do
		f=${SPOILT%.1.json.gz}.$b.json.gz
		zcat "$f" | jq -c '.classes[0].functions[0][1] += 1' | gzip >"$f.new"
		mv "$f.new" "$f"
	done
	run "$FL" attribute "$COPY" -w touch-write
	expect 0 "DO NOT ADD UP"
}

@test "a plugin that QEMU refuses is a record with QEMU's words" {
	echo 'int nothing;' >"$BATS_TEST_TMPDIR/p.c"
	gcc -shared -fPIC -o "$BATS_TEST_TMPDIR/p.so" "$BATS_TEST_TMPDIR/p.c"
	run env FAULTLINE_PLUGIN="$BATS_TEST_TMPDIR/p.so" "$FL" run --attribute \
		--boots 1 --workloads null --variants const-fields \
		--out "$BATS_TEST_TMPDIR/r"
	expect "$EXIT_RIG" "Could not load plugin" "p.so"
	run env FAULTLINE_PLUGIN="$BATS_TEST_TMPDIR/none.so" "$FL" run --attribute \
		--boots 1 --workloads null --variants const-fields \
		--out "$BATS_TEST_TMPDIR/r"
	expect "$EXIT_MISSING" "none.so is missing"
}

# Its hash is noted as that of the build: another file is refused before it boots.
@test "a vmlinux without symbols is named before anything is believed" {
	mkdir -p "$BATS_TEST_TMPDIR/cache/kernels/v6.1"
	d=$("$ROOT/scripts/build-kernel" v6.1 const-fields off)
	cp -r "$d" "$BATS_TEST_TMPDIR/cache/kernels/v6.1/"
	cp "${d%/kernels/*}/trees.known" "$BATS_TEST_TMPDIR/cache/"
	d=$(echo "$BATS_TEST_TMPDIR"/cache/kernels/v6.1/*)
	strip "$d/vmlinux"
	sed -i "s/^vmlinux_sha256 = .*/vmlinux_sha256 = $(sha256sum <"$d/vmlinux" | cut -d' ' -f1)/" "$d/info"
	run env FAULTLINE_CACHE="$BATS_TEST_TMPDIR/cache" "$FL" run --attribute \
		--boots 1 --workloads null --variants const-fields \
		--out "$BATS_TEST_TMPDIR/r"
	expect "$EXIT_RIG" "stripped"
}

@test "a resumed run attributes what is missing and nothing twice" {
	copy_run
	grep -v '"workload":"mmio"' "$COPY/records.jsonl" >"$COPY/new"
	mv "$COPY/new" "$COPY/records.jsonl"
	rm "$COPY/attribution/"*.mmio.*
	run "$FL" run --resume "$COPY"
	expect 0 "10 boots"
	[ "$(ls "$COPY/attribution/" | wc -l)" -eq 60 ]
	run "$FL" attribute "$COPY" -w mmio
	expect 0 "every boot the same, function by function"
}

# The plugin under the QEMU of another release: the same faults, function by
# function. Skipped where the mirror does not have that release.
under_qemu_of() {
	q=$("$ROOT/scripts/other-qemu" "$1" 2>"$BATS_TEST_TMPDIR/why") ||
		skip "$(tail -n 1 "$BATS_TEST_TMPDIR/why")"
	v=$("$q" --version | sed -n 's/^QEMU emulator version \([0-9]*\).*/\1/p')
	[ "$v" -gt 7 ]
	run env FAULTLINE_QEMU="$q" "$FL" run --attribute --boots 1 \
		--workloads touch-write,write-upgrade,shadow-touch \
		--variants baseline --out "$BATS_TEST_TMPDIR/r"
	expect 0 "3 valid"
	n=$(zcat "$BATS_TEST_TMPDIR/r/latest/attribution/"*.gz |
		jq -sc '[(map(.agrees) | all), (map(.odd) | add)]')
	[ "$n" = '[true,0]' ]
	for w in touch-write write-upgrade; do
		for d in "$RUN" "$BATS_TEST_TMPDIR/r/latest"; do
			zcat "$d/attribution/v6.1.baseline.off.$w.1.json.gz" |
				jq -c '.classes[0].functions[] | [.[0], .[1], .[2], .[5]]'
		done >"$BATS_TEST_TMPDIR/f"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/f")" -gt 60 ]
		[ "$(sort "$BATS_TEST_TMPDIR/f" | uniq -c | awk '$1 != 2' | wc -l)" -eq 0 ] ||
			{ sort "$BATS_TEST_TMPDIR/f" | uniq -u; return 1; }
	done
}

@test "under the QEMU of Debian 13 it attributes the same" {
	under_qemu_of trixie
}

@test "under a QEMU whose plugins are called otherwise (11.1) it does, too" {
	under_qemu_of trixie-backports
}
