#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The vitro rig on this machine: known answers, every workload, and what is not
# as it should be. Figures are checked against bounds that any machine keeps.
#
# stage: alone
# order: 10
# needs: kernels of every base; measures time
# takes: 1 min
# kernels: v6.1 off baseline const-fields const-fields+indirect chain chain0 needy wrong-frame lost-dirty
# kernels: v6.1 no-retpoline-build const-fields
# kernels: v5.10 off baseline
# kernels: v6.12 off baseline
# kernels: v7.3 off baseline

load common.bash

run_vitro() {	# OPTION...: a run in $R, what it said in $output, its exit code
	R=$BATS_TEST_TMPDIR/r
	run "$FL" run --rig vitro --out "$R" --boots 1 --seconds 0.1 "$@"
	R=$R/latest
}

records() {	# FILTER: over all records of $R, as one array
	jq -sr "$1" "$R/records.jsonl"
}

# The program of one layout for these cells, built once for the file.
program() {	# CELL...
	"$ROOT/scripts/build-vitro" v6.1 1 "$@" 2>/dev/null
}

@test "two hundred dependent additions are about as many cycles, A/A is not" {
	run_vitro -v chain,chain0 -w touch-write --boots 7 --seconds 0.5
	expect 0 "14 valid; 2 of 2 cells measured in 7 layouts"
	"$FL" compare "$R" --against chain0 --format json >"$BATS_TEST_TMPDIR/json"
	run jq -c '.[0] | (.cells[] | select(.variant == "chain") |
		.hot.difference) as $d | (.aa[] | select(.mode == "hot")) as $a |
		[$d.cycles > 199 / 3, $d.cycles < 199 * 3,
		 $d.cycles - $d.interval > 0, $d.mark, $d.layouts,
		 ($a.cycles | fabs) < 199 / 4]' "$BATS_TEST_TMPDIR/json"
	[ "$output" = '[true,true,true,"slower",7,true]' ] ||
		{ echo "$output"; cat "$BATS_TEST_TMPDIR/json"; return 1; }
}

@test "every workload of every base is measured, and its counters are as expected" {
	unset FAULTLINE_WORKLOADS
	run_vitro --base all -v baseline
	expect 0 "100 records, 72 valid, 28 skipped; 72 of 100 cells measured in 1 layout, 28 skipped with their reason"
	# What is no fault, or not there, is a skip that says so; nothing else is.
	run records 'map(select(.outcome == "skip")) | group_by(.base)[] |
		[.[0].base, (map(.workload) | sort | join(","))] | join(" ")'
	for base in v5.10 v6.1 v6.12 v7.3; do
		grep -qx "$base exit,null,pre-fault,smp-overlap-4,smp-touch-2,smp-touch-4,smp-touch-8" <<<"$output" || { echo "$output"; return 1; }
	done
	run records 'map(select(.workload == "pre-fault") | .base + " " + .why)[]'
	expect 0 "v6.1 KVM_PRE_FAULT_MEMORY came with 6.11" \
		"v6.12 vitro calls the page-fault handler only: guest prefault does not reach it"
	# Counters are those expected, of every fault, and some are.
	n=$(records 'map(select(.outcome == "ok") | . as $r |
		select((.expect | length) == 0 or
			([.expect | to_entries[] | .value == $r.stats[.key]] | all | not)) |
		.base + " " + .workload) | join(", ")')
	[ -z "$n" ] || { echo "$n"; return 1; }
	# As many faults as were taken, hot and cold, above the floor.
	n=$(records 'map(select(.outcome == "ok") | select((.events > 0 and
		(.cycles.hot | min) > .cycles.floor_hot and
		(.cycles.cold | min) > .cycles.floor_cold and
		.cycles.chunk.cold == 1 and (.cycles.aa_hot | length) ==
		(.cycles.hot | length)) | not) | .base + " " + .workload) | join(", ")')
	[ -z "$n" ] || { echo "$n"; return 1; }
	[ "$(records 'map(select(.outcome == "ok") | .host.release |
		split(".")[0:2] | join(".")) | unique | join(" ")')" = "5.10 6.1 6.12 7.3" ]
}

@test "v5.15, whose source is a tree of somebody's: measured, and patched as boot does it" {
	HELD=retry-invalidate,retry-move-slot,ept-access-track,dirty-huge-2m
	run "$ROOT/scripts/build-kernel" v5.15 baseline off
	[ "$status" -ne "$EXIT_MISSING" ] && [ "$status" -ne "$EXIT_WRONG_SOURCE" ] ||
		skip "${lines[-1]}"
	unset FAULTLINE_WORKLOADS
	run_vitro --base v5.15 -v baseline
	expect 0 "25 records, 18 valid, 7 skipped; 18 of 25 cells measured in 1 layout, 7 skipped with their reason"
	run_vitro --base v5.15 -v baseline -w $HELD
	expect 0 "4 records, 4 valid"
	run booted v5.15 baseline off
	expect 0 " instructions: 0 differ"
	run booted v5.15 baseline rethunk
	expect 0 " instructions: 0 differ"
	# A notifier is at work nowhere.
	planted base.h 's/mmu_notifier_range_end = ULONG_MAX/mmu_notifier_range_end = 0/'
	run_vitro --base v5.15 -v baseline -w $HELD
	expect "$EXIT_DENOMINATOR" "retry-invalidate" "pf_fixed is 4096 where 0 was expected" "3 valid"
}

@test "each cell is there twice, anywhere; what executes the same code is known" {
	run_vitro -v baseline,baseline+indirect -p off,retpoline,retpoline-lfence \
		-w touch-write --boots 2
	expect 0 "12 valid; 6 of 6 cells measured in 2 layouts"
	[ "$(records 'map((.cycles.aa_hot | length) == (.cycles.hot | length) and
		(.cycles.aa_cold | length) == (.cycles.cold | length) and
		(.host.tsc_quantum | test("^[1-9][0-9]*$")) and
		(.host.carry_over_hot | tonumber >= 0) and
		(.host.carry_over_cold | tonumber >= 0) and
		(.host | has("counters") | not)) | all')" = true ]
	# Twelve copies at twelve places; the mean place of both layouts is the middle.
	[ "$(records 'group_by(.boot)[] | map(.host.place | split(",")[]) |
		map(tonumber) | sort == [range(12)]' | xargs)" = "true true" ]
	[ "$(records 'group_by(.variant + .profile)[] | map(.host.place |
		split(",") | map(tonumber)) | transpose | map(add)' | jq -cs unique)" = "[[11,11]]" ]
	# No indirect call: no profile changes what is executed, in no layout. With
	# one, each does.
	[ "$(records 'group_by(.variant) | map([.[0].variant,
		(map(.host.executed) | unique | length),
		(map(.host.executed_indirect) | unique | join(" "))] |
		map(tostring) | join(" ")) | join(", ")')" = "baseline 1 0, baseline+indirect 3 1" ]
}

@test "a cold fault costs the same however many other cells take turns" {
	# Medians over the cells: of 2 copies and of 24.
	median() { records 'map(.cycles.cold | sort[length / 2 | floor]) | sort[length / 2 | floor]'; }
	run_vitro -v baseline -w touch-write
	expect 0 "1 valid"
	few=$(median)
	run_vitro -v baseline,baseline+indirect,const-fields -p off,retpoline,retpoline-lfence,rethunk -w touch-write
	expect 0 "12 valid"
	many=$(median)
	jq -en "$many < 1.4 * $few" || { echo "$few, $many"; return 1; }
}

@test "a layout is the same whatever awk, locale and time there are" {
	run "$FL" layout 7 4 3 4096
	expect 0
	want=$output
	[ "$(grep -c "^copy [0-3] [0-3]\$" <<<"$output")" -eq 4 ]
	[ "$(grep -cE "^object [0-2] [0-9]+\$" <<<"$output")" -eq 3 ]
	# The only programs of others that have a say.
	mkdir "$BATS_TEST_TMPDIR/bin"
	for awk in awk mawk gawk sort; do
		printf '#!/bin/sh\necho 1e+09\n' >"$BATS_TEST_TMPDIR/bin/$awk"
		chmod +x "$BATS_TEST_TMPDIR/bin/$awk"
	done
	[ "$(PATH=$BATS_TEST_TMPDIR/bin:$PATH LC_ALL=tr_TR.UTF-8 "$FL" layout 7 4 3 4096)" = "$want" ]
	for bad in "x 4 3 4096" "-1 4 3 4096" "7 4 3" "7 4 3 1e9"; do
		# shellcheck disable=SC2086
		run "$FL" layout -- $bad
		expect "$EXIT_USAGE" layout
	done
	p=$(program const-fields:off)
	sum=$(sha256sum <"$p")
	rm "$p"
	[ "$(LC_ALL=tr_TR.UTF-8 program const-fields:off)" = "$p" ]
	[ "$(sha256sum <"$p")" = "$sum" ]
}

@test "copies are alike: text at the same offset of 2 MiB that each has to itself" {
	p=$(program const-fields:off const-fields+indirect:off)
	# Text, constants, data of each copy: a segment each.
	readelf -lW "$p" | awk '$1 == "LOAD" && length($3) == 18 && $3 >= "0x0000000010000000" { print $3, $7 $8 }' >"$BATS_TEST_TMPDIR/segments"
	[ "$(grep -c " RE$" "$BATS_TEST_TMPDIR/segments")" -eq 4 ]
	while read -r at flags; do
		[ "$flags" != RE ] || [ $((at % (16 << 20))) -eq 0 ]
		[ "$flags" != R ] || [ $((at % (16 << 20))) -eq $((2 << 20)) ]
	done <"$BATS_TEST_TMPDIR/segments"
}

# patched PROFILE: "REWRITTEN/SITES" of retpolines and of returns
patched() {
	records "map(select(.profile == \"$1\"))[0].host.patched" |
		sed -E 's/^([0-9]+) of ([0-9]+) retpoline sites, ([0-9]+) of ([0-9]+) return sites,.*/\1 \2 \3 \4/'
}

@test "each profile patches what boot patches under it" {
	run_vitro -v const-fields -p all -w touch-write
	expect 0 "5 valid, 1 skipped"
	read -r retpolines sites returns return_sites < <(patched off)
	[ "$sites" -gt 50 ] && [ "$return_sites" -gt 500 ]
	[ "$retpolines" -eq "$sites" ] && [ "$returns" -eq "$return_sites" ]
	[ "$(patched retpoline)" = "0 $sites $returns $return_sites" ]
	[ "$(patched retpoline-lfence)" = "$sites $sites $returns $return_sites" ]
	[ "$(patched rethunk)" = "0 $sites $returns $return_sites" ]
	[ "$(patched no-retpoline-build)" = "0 0 0 0" ]
	# The thunks themselves are alternatives: other ones with a retpoline.
	[ "$(records 'map(select(.profile == "off" or .profile == "retpoline") |
		.host.patched | capture("(?<n>[0-9]+) of [0-9]+ alternatives").n) |
		unique | length')" -eq 2 ]
	[ "$(records 'map(select(.outcome == "skip") | .profile + " " + .why)[]')" = \
		"distro profile distro: the machine decides at boot what is patched under it, and vitro does not boot" ]
}

# booted BASE VARIANT PROFILE: what vitro patched against the kernel that booted
booted() {
	local kernel program dir=$BATS_TEST_TMPDIR
	kernel=$("$ROOT/scripts/build-kernel" "$@") || return
	[ -f "$dir/$1-$2-$3" ] || "$ROOT/scripts/booted-code" "$@" "$dir/$1-$2-$3" || return
	program=$("$ROOT/scripts/build-vitro" "$1" 1 "$2:$3") || return
	# The emulated CPU has neither.
	FAULTLINE_CPUID_HIDE=erms,fsrm "$program" --patched "$dir/patched" || return
	"$FL" patched-code "$dir/$1-$2-$3" "$dir/patched" "$kernel"/objs/*.o "$kernel"/link/*.o
}

@test "what vitro patched is what boot patched, instruction by instruction" {
	for cell in "v6.1 const-fields off" "v6.1 const-fields retpoline" \
		"v6.1 const-fields retpoline-lfence" "v6.1 const-fields rethunk" \
		"v6.1 const-fields srso" "v6.1 const-fields its" \
		"v5.10 baseline off" "v6.12 baseline off" "v7.3 baseline off"; do
		# shellcheck disable=SC2086
		run booted $cell
		expect 0 " instructions: 0 differ"
		n=$(sed -nE 's/^([0-9]+) functions.*/\1/p' <<<"$output")
		[ "$n" -gt 500 ] || { echo "$cell: $n functions"; return 1; }
	done
}

@test "the stand-ins' returns are sites, also of a tree that leaves no line of objtool" {
	for base in v5.10 v6.1; do
		shim=$("$ROOT/scripts/build-shim" $base baseline off)
		readelf -SW "$shim/kernel.o" | grep -q " [.]return_sites "
	done
}

# With the shim's sources changed: planted FILE SED-SCRIPT
planted() {
	export FAULTLINE_SHIM=$BATS_TEST_TMPDIR/shim
	rm -rf "$FAULTLINE_SHIM"
	cp -r "$ROOT/bench/vitro/shim" "$FAULTLINE_SHIM"
	sed -i "$2" "$FAULTLINE_SHIM/$1"
	if cmp -s "$ROOT/bench/vitro/shim/$1" "$FAULTLINE_SHIM/$1"; then
		echo "nothing was planted"
		return 1
	fi
}

@test "planted: a return that is not patched, a jump label in the wrong state" {
	run booted v6.1 const-fields rethunk
	expect 0 " 0 differ"
	planted patch.c 's/^\tif (thunk) {/\tif (thunk \&\& out->return_sites != 100) {/'
	run booted v6.1 const-fields rethunk
	expect "$EXIT_CHANGED" "retq, in the booted kernel jmp retbleed_return_thunk"
	planted jumps.c "s/ > 0) != jump/ > 0) == jump/"
	run booted v6.1 const-fields rethunk
	expect "$EXIT_CHANGED" "in the booted kernel nopl (%rax, %rax)"
}

@test "a handler whose jump label is not as boot leaves it is an invalid record" {
	run_vitro -v const-fields -w touch-write
	expect 0 "1 valid"
	[[ $(records '.[0].host.jump_labels') == "0 of "*" are jumps, as they were built"* ]]
	# The last one, which no fault meets, is written after boot's patches.
	planted machine.c '/^static void zap(void)$/,/^}$/s/^\tint n;$/&\n\textern struct jump_entry shim_jumps_end[];\n\n\t*(u8 *)jump_entry_code(shim_jumps_end - 1) = 0xe9;/'
	run_vitro -v const-fields -w touch-write
	expect "$EXIT_RIG" "is not in the state that boot leaves it in"
	[ "$(records '.[0].outcome')" = rig ]
}

@test "the same process is a Google Benchmark program" {
	p=$(program const-fields:off const-fields+indirect:off)
	run "$p" --benchmark_list_tests -w touch-write,mmio
	expect 0 touch-write/hot/const-fields/off touch-write/cold/const-fields+indirect/off \
		mmio/hot/const-fields/off/again
	[ "${#lines[@]}" -eq 16 ]
	run "$p" -w touch-write,mmio --benchmark_min_time=0.02 \
		--benchmark_filter='/const-fields(.indirect)?/off' \
		--benchmark_repetitions=2 --benchmark_enable_random_interleaving=true \
		--benchmark_out="$BATS_TEST_TMPDIR/json" --benchmark_out_format=json
	expect 0 "const-fields+indirect/off"
	run jq -r '.context | [.base, .layout, .release[0:4]] | join(" ")' "$BATS_TEST_TMPDIR/json"
	expect 0 "v6.1 1 6.1."
	# Each twice and its aggregates; every one with cycles and a dispatch.
	run jq -c '.benchmarks | [(map(select(.run_type == "iteration")) | length),
		(map(select(.aggregate_name == "median")) | length),
		(map(select(.run_type == "iteration") | .tsc > 20 and .tsc < 100000) | all),
		(map(select(.run_type == "iteration") | .faults == 512 or .faults == 1) | all),
		(map(.label) | unique), (map(has("error_occurred")) | any)]' "$BATS_TEST_TMPDIR/json"
	[ "$output" = '[32,16,true,true,["direct","indirect"],false]' ] ||
		{ echo "$output"; return 1; }
}

@test "the program refuses what it does not know, each with its exit code" {
	p=$(program const-fields:off const-fields+indirect:off)
	run "$p" --benchmark_filter=nothing
	expect "$EXIT_RIG" "nothing"
	run "$p" --frob
	expect "$EXIT_USAGE" "--frob"
	run "$p" --hot never
	expect "$EXIT_USAGE" "'never' is not a number of seconds"
	run "$p" --boot none
	expect "$EXIT_USAGE" "'none' is not a number above 0"
	run "$p" -w nobody
	expect "$EXIT_UNKNOWN_NAME" "no workload 'nobody'" touch-write spurious
	run "$p" --cell nobody:off
	expect "$EXIT_UNKNOWN_NAME" "no cell 'nobody:off'" const-fields+indirect:off
	run "$p" -w null --records "$BATS_TEST_TMPDIR/records"
	expect "$EXIT_NO_DATA" "guest null does not reach it"
	run "$p" --records /nonexistent/records --hot 0.1 --cold 0.1
	expect "$EXIT_STORAGE" "/nonexistent/records: No such file"
	run "$p" --records /dev/full --hot 0.1 --cold 0.1
	expect "$EXIT_STORAGE" "/dev/full: No space left"
}

@test "a handler that needs what the shim lacks: it is named, others are measured" {
	run_vitro -v const-fields,needy -w touch-write,mmio
	expect "$EXIT_RIG" "the handler needs ktime_get, which the shim lacks" "2 valid"
	[ "$(records 'map([.variant, .workload, .outcome, .why]) | sort | map(join(" "))[]')" = \
"const-fields mmio ok 
const-fields touch-write ok 
needy mmio rig the handler needs ktime_get, which the shim lacks
needy touch-write rig the handler needs ktime_get, which the shim lacks" ]
	p=$(program const-fields:off needy:off)
	run "$p" --benchmark_filter='hot/' --benchmark_min_time=0.01
	expect "$EXIT_RIG" "the handler needs ktime_get" "direct"
}

@test "a wrong SPTE that no counter knows of is caught by the walk" {
	run_vitro -v const-fields,wrong-frame -w touch-write,shadow-touch,ept-touch-read
	expect "$EXIT_DENOMINATOR" "wrong table: gfn 0x4003f: found 4 KiB at frame"
	[ "$(records 'map(select(.variant == "wrong-frame") | .outcome) | unique | join(" ")')" = denominator ]
	[ "$(records 'map(select(.variant == "const-fields") | .outcome) | unique | join(" ")')" = ok ]
}

@test "a page that the dirty log lacks fails this workload, not the next one" {
	run_vitro -v lost-dirty -w write-upgrade,touch-write,ept-write-upgrade,mmio
	expect "$EXIT_DENOMINATOR" "dirty_pages is 4032 where 4096 was expected"
	[ "$(records 'map(.workload + " " + .outcome) | sort | join(", ")')" = \
		"ept-write-upgrade denominator, mmio ok, touch-write ok, write-upgrade denominator" ]
}

@test "objects that are not those of the vmlinux are refused" {
	kernel=$("$ROOT/scripts/build-kernel" v6.1 const-fields off)
	copy=$BATS_TEST_TMPDIR/cache/kernels/v6.1/$(basename "$kernel")
	mkdir -p "$(dirname "$copy")"
	cp -rs "$kernel" "$copy"
	# With a shim, as if the object had been changed after its making.
	"$ROOT/scripts/build-shim" v6.1 const-fields off
	object=$copy/objs/mmu.o
	cp --remove-destination "$kernel/objs/mmu.o" "$object"
	at=$(readelf -SW "$object" | sed -nE 's/.* \.text +PROGBITS +[0-9a-f]+ ([0-9a-f]+) .*/\1/p')
	printf '\x90' | dd of="$object" bs=1 seek=$((0x$at + 64)) conv=notrunc status=none
	export FAULTLINE_CACHE=$BATS_TEST_TMPDIR/cache
	run "$ROOT/scripts/build-shim" v6.1 const-fields off
	expect "$EXIT_CHANGED" "mmu.o: .text+0x40 " "its objects are not those of its vmlinux" \
		"remove that folder"
	run_vitro -v const-fields -w touch-write
	expect "$EXIT_CHANGED" "its objects are not those of its vmlinux"
}

refused() {	# CALL... -- PROGRAM...
	"$ROOT/build/unit/refuse" "$@"
}

@test "refused affinity, priority, perf and personality: measured, and said" {
	R=$BATS_TEST_TMPDIR/r
	run refused sched_setaffinity setpriority perf_event_open personality -- \
		"$FL" run --rig vitro --out "$R" -v const-fields -w touch-write \
		--boots 2 --seconds 0.1
	expect 0 "2 valid; 1 of 1 cells measured in 2 layouts"
	run jq -r '.host | [.pinned, .priority, .pmu, .aslr][]' "$R/latest/records.jsonl"
	expect 0 "not pinned: sched_setaffinity: Operation not permitted" \
		"not raised: setpriority: Operation not permitted" \
		"not counted: perf_event_open of cycles is refused: Operation not permitted; as root: sysctl" \
		"not off: personality: Operation not permitted"
	run "$FL" compare "$R/latest"
	expect 0 "not set" "pinned: not pinned" "priority: not raised" "pmu: not counted" "aslr: not off"
}

# OUTCOME END PATCHED: of the one record of $R, what reads the counter at the end
# and how many alternatives were patched in.
with_hidden() {	# FEATURES
	FAULTLINE_CPUID_HIDE=$1 run_vitro -v baseline -w touch-write
	expect 0 "1 valid" || return
	records '.[0] | .outcome, (.host.tsc_end | sub(" "; "")), (.host.patched |
		capture("(?<n>[0-9]+) of [0-9]+ alternatives").n)' | xargs
}

@test "what CPUID does not offer is not patched in, RDTSCP not executed; the record says so" {
	FAULTLINE_CPUID_HIDE=smap run_vitro -v baseline -w touch-write
	expect "$EXIT_USAGE" "FAULTLINE_CPUID_HIDE: no feature 'smap'"
	end="lfence;rdtsc"
	! grep -qw rdtscp /proc/cpuinfo || end=rdtscp
	all=$(with_hidden "")
	[[ $all == "ok $end "[1-9]* ]] || { echo "$all"; return 1; }
	[ "$(with_hidden rdtscp)" = "ok lfence;rdtsc ${all##* }" ]
	some=$(with_hidden erms)
	[[ $some == "ok $end "[1-9]* ]] || { echo "$some"; return 1; }
	if grep -qw erms /proc/cpuinfo; then
		[ "${some##* }" -lt "${all##* }" ]
	fi
}

@test "refused %gs or writable text: the program ends, the record says why" {
	p=$(program const-fields:off)
	# ARCH_SET_GS; ld.so's ARCH_SET_FS is another one
	run refused arch_prctl=0x1001 -- "$p"
	expect "$EXIT_MISSING" "%gs cannot be set: arch_prctl(ARCH_SET_GS): Operation not permitted" \
		"seccomp"
	# PROT_READ | PROT_WRITE | PROT_EXEC
	run refused mprotect=7 -- "$p"
	expect "$EXIT_MISSING" "the handler's text cannot be made writable"
	run refused mmap=7 -- "$p"
	expect "$EXIT_MISSING" "disturb the caches: Operation not permitted"
	R=$BATS_TEST_TMPDIR/r
	run refused arch_prctl=0x1001 -- "$FL" run --rig vitro --out "$R" --boots 1 \
		-v const-fields -w touch-write
	expect "$EXIT_RIG" "the program ended with 4: faultline: vitro: %gs cannot be set"
}

@test "too little memory is told, whichever piece is the one too many" {
	p=$(program const-fields:off)
	limited() { ulimit -v $(($1 * 1024)) && "$p" --records "$BATS_TEST_TMPDIR/records" --hot 0.1 --cold 0.1; }
	run limited 100
	expect "$EXIT_MISSING" "no room for page tables, 256 MiB at 0x" "Cannot allocate memory" "ulimit -v"
	run limited 400
	expect "$EXIT_MISSING" "no room for page tables, 256 MiB"
	run limited 560
	expect "$EXIT_MISSING" "no room for 16 MiB of guest memory"
	run limited 1000
	expect 0
}

@test "a layout that does not link is named, with the linker's words" {
	run env FAULTLINE_VITRO_GAP=-4096 "$ROOT/scripts/build-vitro" v6.1 7 const-fields:off
	expect "$EXIT_BUILD" "cannot move location counter backwards" "layout 7 of v6.1 does not link"
	FAULTLINE_VITRO_GAP=-4096 run_vitro -v const-fields -w touch-write
	expect "$EXIT_BUILD" "layout 1 of v6.1 does not link"
}

@test "a run whose program does not link ends with the script's code, and goes on later" {
	local r=$BATS_TEST_TMPDIR/r
	run env FAULTLINE_VITRO_GAP=-4096 "$FL" run --rig vitro --variants const-fields \
		--workloads touch-write --boots 1 --seconds 0.05 --out "$r"
	expect "$EXIT_BUILD" "layout 1 of v6.1 does not link"
	[ "$(jq -r .state "$r/latest/run.json")" = interrupted ]
	[ ! -s "$r/latest/records.jsonl" ]
	run "$FL" run --resume "$r/latest"
	expect 0 "1 records, 1 valid"
}

@test "packed programs run in a folder by themselves, with their own libraries" {
	run "$ROOT/scripts/vitro-pack" v6.1 1
	expect "$EXIT_USAGE" "usage:"
	pack=$("$ROOT/scripts/vitro-pack" v6.1 1,2 const-fields:off 2>/dev/null)
	tar -C "$BATS_TEST_TMPDIR" -xf "$pack"
	cd "$BATS_TEST_TMPDIR/vitro-v6.1"
	env -i PATH="$PATH" SECONDS_EACH=0.05 ./run >"$BATS_TEST_TMPDIR/records.jsonl"
	[ "$(jq -sr 'map([.outcome, .boot, .host.layout, .host.aslr] | map(tostring) |
		join(" ")) | join(", ")' "$BATS_TEST_TMPDIR/records.jsonl")" = "ok 1 1 off, ok 2 2 off" ]
	run env -i PATH="$PATH" ./pmu
	expect 0 '"pmu":"'
}

@test "too many cells, and invalid names" {
	mapfile -t cells < <(yes const-fields:off | head -n 64)
	run "$ROOT/scripts/build-vitro" v6.1 1 "${cells[@]}"
	expect "$EXIT_USAGE" "64 cells, each of them twice" "more than the 126 copies that fit into one process"
	run "$ROOT/scripts/build-vitro" v6.1 1
	expect "$EXIT_USAGE" "usage:"
	run "$ROOT/scripts/build-vitro" v9.9 1 const-fields:off
	expect "$EXIT_UNKNOWN_NAME" "no base 'v9.9'"
	run "$ROOT/scripts/build-vitro" v6.1 1 nobody:off
	expect "$EXIT_UNKNOWN_NAME" "no variant 'nobody'"
	run "$ROOT/scripts/build-vitro" v6.1 1 const-fields:nix
	expect "$EXIT_UNKNOWN_NAME" "no profile 'nix'"
	run "$ROOT/scripts/build-vitro" v6.1 1 const-fields:distro
	expect "$EXIT_UNKNOWN_NAME" "profile distro does not say what boot patches"
}

@test "a run of vitro takes no plugin, and tcg none of vitro's workloads" {
	run "$FL" run --rig vitro --attribute -v const-fields
	expect "$EXIT_USAGE" "--attribute does not work with the rig vitro" "--rig tcg"
	run "$FL" run --rig tcg -v const-fields -w spurious --boots 1 --out "$BATS_TEST_TMPDIR/t"
	expect 0 "0 valid, 1 skipped" "0 of 1 cells exact, 1 skipped with their reason"
	[ "$(jq -r .why "$BATS_TEST_TMPDIR/t/latest/records.jsonl")" = \
		"only the rig vitro has this workload" ]
	run "$FL" list workloads
	expect 0 "4096 events, rig vitro alone"
	[ "$(grep -E 'rig vitro( bochs)? alone' <<<"$output" | grep -vc threads)" -eq 9 ]
	run "$FL" doctor
	expect 0 "rig vitro" "vitro: $ROOT/build/vitro.a" "ok      objcopy"
}

@test "a program killed: its records say so, and a resumed run has them all" {
	out=$BATS_TEST_TMPDIR/r
	# Linked beforehand: what is waited for below is the program alone.
	program const-fields:off
	"$FL" run --rig vitro --out "$out" -v const-fields -w touch-write,mmio \
		--boots 1 --seconds 60 >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	suite=$!
	for _ in $(seq 100); do
		victim=$(pgrep -P "$suite" -f /layout-1) && break
		sleep 0.1
	done
	# Not while its parts are made: in the middle of a measurement.
	sleep 0.5
	kill -9 "$victim"
	status=0
	wait "$suite" || status=$?
	output=$(<"$BATS_TEST_TMPDIR/said")
	expect "$EXIT_RIG" "the program was killed by a signal: Killed" "0 valid; 0 of 2 cells measured"
	R=$out/latest
	[ "$(records 'map(.outcome) | join(" ")')" = "rig rig" ]
	run "$FL" run --resume "$R" --seconds 0.1
	expect 0 "2 valid; 2 of 2 cells measured in 1 layout"
	run "$FL" run --resume "$R"
	expect 0 "2 valid"
}

@test "an interrupted run keeps whole layouts, and goes on with the next" {
	out=$BATS_TEST_TMPDIR/r
	"$FL" run --rig vitro --out "$out" -v const-fields -w touch-write \
		--boots 3 --seconds 1.5 >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	suite=$!
	for _ in $(seq 200); do
		[ -s "$out/latest/records.jsonl" ] && break
		sleep 0.1
	done
	kill -INT "$suite"
	status=0
	wait "$suite" || status=$?
	output=$(<"$BATS_TEST_TMPDIR/said")
	expect "$EXIT_INTERRUPTED" "1 records are kept"
	run "$FL" run --resume "$out/latest" --seconds 0.1
	expect 0 "3 valid; 1 of 1 cells measured in 3 layouts"
}

@test "a counter that vitro does not have is named: it was not checked" {
	"$FL" run --rig vitro --base v6.1 --variants baseline -p off \
		--workloads huge-2m --boots 1 --out "$BATS_TEST_TMPDIR"
	jq -e '.outcome == "ok" and (.expect | has("pf_taken"))
		and (.expect | has("pf_fixed_after") | not)' \
		"$BATS_TEST_TMPDIR/latest/records.jsonl"
	run "$FL" compare "$BATS_TEST_TMPDIR/latest"
	expect 0 "counters: not counted in vitro, so not checked: pf_fixed_after"
}

@test "faults to be retried map nothing, and a page that is tracked is mapped again" {
	HELD=retry-invalidate,retry-move-slot,ept-access-track
	run_vitro --base all -v baseline -w $HELD
	expect 0 "12 records, 12 valid"
	# Nothing is held, and no page is marked.
	planted machine.c '/^static void invalidate/,/^}/s/1)/0)/; /^static void move_slot/,/^}/s/KVM_MEMSLOT_INVALID/0/; /^static void age/,/^}/s/shim_age(.*)/(void)0/'
	run_vitro -v baseline -w $HELD
	expect "$EXIT_DENOMINATOR"
	run records 'map(.workload + " " + .outcome + " " + .why) | sort[]'
	expect 0 "ept-access-track denominator pf_fixed is 0 where 4096 was expected" \
		"retry-invalidate denominator pf_fixed is 4096 where 0 was expected" \
		"retry-move-slot denominator pf_fixed is 4096 where 0 was expected"
}
