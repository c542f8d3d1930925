#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Several threads on one struct kvm: what a run of them says, that the checks see
# a lock that does not lock, and that everything ends.
#
# stage: alone
# order: 20
# needs: kernels of v6.1; two CPUs; measures time
# takes: 1 min
# kernels: v6.1 off const-fields wrong-frame

load common.bash

PLANTS=$TESTS/plants

run_vitro() {	# OPTION...: a run in $R, what it said in $output, its exit code
	R=$BATS_TEST_TMPDIR/r
	run "$FL" run --rig vitro --out "$R" --boots 1 --seconds 0.1 "$@"
	R=$R/latest
}

records() {	# FILTER: over all records of $R, as one array
	jq -sr "$1" "$R/records.jsonl"
}

program() {	# [--threads] CELL...
	local threads=()
	[ "$1" = --threads ] && { threads=(--threads); shift; }
	"$ROOT/scripts/build-vitro" "${threads[@]}" v6.1 1 "$@" 2>/dev/null
}

two_cpus() {
	[ "$(nproc)" -ge 2 ] || skip "one CPU: threads do not fault at once"
}

@test "each touch is accounted for, each page mapped once, by the kernel's own lock" {
	two_cpus
	run_vitro -v const-fields -w touch-threads-1,touch-threads-2,overlap-threads-2,legacy-threads-2,legacy-overlap-threads-2
	expect 0 "5 valid; 5 of 5 cells measured"
	n=$(records 'map(select((.stats |
		.threads_touches == .threads_faults + .threads_found - .threads_again and
		.threads_faults == .pf_taken and
		.threads_faults_s > 0 and .threads_faults_s_thread > 0 and
		.threads_faults_s_least <= .threads_faults_s_most and
		.threads_repetitions >= 128) and
		.events == .stats.threads_faults - .stats.threads_late - .stats.threads_again and
		(.cycles.hot | min) > .cycles.floor_hot | not) | .workload) | join(" ")')
	[ -z "$n" ] || { echo "$n"; return 1; }
	# A fill is 4096 pages a thread, or in all where they share them; of the
	# legacy MMU 512, and as many more prefetched as fit a cache line.
	[ "$(records 'map([.workload, (.stats.pages_4k / .stats.threads_repetitions), .stats.threads]
		| map(tostring) | join(" ")) | join(", ")')" = \
		"touch-threads-1 4096 1, touch-threads-2 8192 2, overlap-threads-2 4096 2, legacy-threads-2 8192 2, legacy-overlap-threads-2 4096 2" ]
	n=$(records '[.[].host | .mmu_lock, .stand_ins, .threads] | unique | join("; ")')
	for text in "qspinlock.o, qrwlock.o of the kernel, compared with its vmlinux" \
		"get_user_pages() is a sum" "2 on $(nproc) CPUs"; do
		[[ $n == *"$text"* ]] || { echo "no '$text' in $n"; return 1; }
	done
}

@test "threads on the same pages lose races and say so, on their own they lose none" {
	two_cpus
	run_vitro -v const-fields -w touch-threads-2,overlap-threads-2,legacy-overlap-threads-2
	expect 0 "3 valid"
	[ "$(records 'map(.workload + " " + (.stats.threads_late > 0 | tostring)) | sort | join(", ")')" = \
		"legacy-overlap-threads-2 true, overlap-threads-2 true, touch-threads-2 false" ]
	# What lost an exchange of an SPTE is among the late ones.
	[ "$(records 'map(.stats.threads_lost <= .stats.threads_late) | all')" = true ]
}

@test "a lock held for writing makes two threads wait for each other" {
	two_cpus
	run_vitro -v const-fields -w legacy-threads-2
	expect 0 "1 valid"
	n=$(records '.[0].stats.threads_permille_of_one')
	[ "$n" -gt 1100 ] || { echo "$n"; return 1; }
}

@test "more threads than CPUs are marked, in the table and in the record" {
	[ "$(nproc)" -lt 8 ] || skip "8 CPUs or more"
	p=$(program --threads const-fields:off)
	run "$p" --table --hot 0.1 -w legacy-threads-1,legacy-threads-8 \
		--records "$BATS_TEST_TMPDIR/records"
	expect 0 "first touch, store, threads on pages of their own, without the TDP MMU; mmu_lock: held for writing" \
		"! more threads than the $(nproc) CPUs" "Not the kernel's: "
	grep -Eq '^const-fields:off +1  +[0-9]+ +[0-9]+ +0% +[0-9]+ +1.00x ' <<<"$output" ||
		{ echo "$output"; return 1; }
	# On a loaded machine they may not get through in time, which is said.
	grep -Eq '^const-fields:off +8!( +[0-9]+ +[0-9]+ +[0-9]+% +[0-9]+ +[0-9.]+x | skipped: a vCPU was not through in time)' \
		<<<"$output" || { echo "$output"; return 1; }
	[ "$(jq -sr '.[0].host.threads' "$BATS_TEST_TMPDIR/records")" = "1 on $(nproc) CPUs" ]
	[ "$(jq -sr '.[1] | select(.outcome == "ok") | .host.threads' "$BATS_TEST_TMPDIR/records")" = \
		"8 on $(nproc) CPUs; oversubscribed: a holder of the lock may not be running" ] ||
		[ "$(jq -sr '.[1].outcome' "$BATS_TEST_TMPDIR/records")" = skip ]
}

@test "a lock that keeps nobody out is seen, and named in the record" {
	two_cpus
	export FAULTLINE_PLANT=$PLANTS/no-write-lock.c
	run_vitro -v const-fields -w legacy-threads-2,legacy-overlap-threads-2,touch-threads-2
	[ "$status" -eq "$EXIT_DENOMINATOR" ] || [ "$status" -eq "$EXIT_RIG" ] ||
		{ echo "$status: $output"; return 1; }
	# What takes the lock for reading does not mind.
	[ "$(records 'map(select(.outcome == "ok") | .workload + ": " + .host.mmu_lock) | join(" ")')" = \
		"touch-threads-2: PLANTED, not the kernel's: _raw_write_lock" ]
}

@test "a vCPU that never gets the lock is ended, others are measured" {
	two_cpus
	export FAULTLINE_PLANT=$PLANTS/stuck-lock.c
	run_vitro -v const-fields -w touch-threads-2,legacy-threads-2
	expect "$EXIT_RIG" "a vCPU was not through in time; it was at text+0x" "1 valid"
}

@test "a wrong SPTE is caught by the walk, whoever wrote it" {
	run_vitro -v wrong-frame -w touch-threads-2,overlap-threads-2
	expect "$EXIT_DENOMINATOR" "wrong table: gfn 0x4003f: found 4 KiB at frame" "0 valid"
}

@test "the program is a Google Benchmark program, with threads as without" {
	p=$(program --threads const-fields:off)
	run "$p" --benchmark_list_tests --benchmark_filter=threads
	expect 0 touch-threads-1/hot/const-fields/off overlap-threads-8/hot/const-fields/off/again
	[ "${#lines[@]}" -eq 32 ]
	run "$p" --benchmark_filter='^(touch|overlap)-threads-2/hot/const-fields/off/m' \
		--benchmark_out="$BATS_TEST_TMPDIR/json" --benchmark_out_format=json
	expect 0
	run jq -c '[.context.mmu_lock[0:10], (.benchmarks | length),
		(.benchmarks | map(.tsc > 20 and .faults_s > 0 and .faults_s_thread > 0 and
			has("late") and has("again") and has("spread_percent")) | all),
		(.benchmarks | map(.label[0:12]) | unique)]' "$BATS_TEST_TMPDIR/json"
	expect 0 '["spinlock.o",2,true,["2 threads on"]]'
}

@test "threads are only where they were linked for and asked for" {
	p=$(program const-fields:off)
	run "$p" -w touch-threads-2 --records "$BATS_TEST_TMPDIR/records"
	expect "$EXIT_NO_DATA" "this program is linked for one thread; link it by scripts/build-vitro --threads"
	run "$p" --table
	expect "$EXIT_USAGE" "scripts/build-vitro --threads"
	run "$p" -w touch-threads-3
	expect "$EXIT_UNKNOWN_NAME" "no workload 'touch-threads-3'" touch-threads-2
	run "$p" -w touch-threads
	expect "$EXIT_UNKNOWN_NAME" "no workload 'touch-threads'"
	# One run has both, each in its own program.
	run_vitro -v const-fields -w touch-write,touch-threads-1
	expect 0 "2 valid; 2 of 2 cells measured"
	[ "$(records 'map(.workload + " " + (.cycles | has("cold") | tostring) + " " +
		(.host | has("mmu_lock") | tostring)) | sort | join(", ")')" = \
		"touch-threads-1 false true, touch-write true false" ]
	# A name that is too long for its column keeps its number.
	run "$FL" compare "$R"
	expect 0 "touch-threa.-1"
}

@test "a row of threads that cannot be is refused" {
	printf '[x]\nguest = touch\nclass = c\nexpect = pf_fixed=N\nthreads = 9\n' >"$BATS_TEST_TMPDIR/w.conf"
	FAULTLINE_WORKLOADS=$BATS_TEST_TMPDIR/w.conf run "$FL" list workloads
	expect "$EXIT_USAGE" "[x] threads = 9: numbers from 1 to 8, 1 among them"
	printf '[x]\nguest = touch\nclass = c\nexpect = pf_fixed=N\nthreads = 2\nshare = some\n' >"$BATS_TEST_TMPDIR/w.conf"
	FAULTLINE_WORKLOADS=$BATS_TEST_TMPDIR/w.conf run "$FL" list workloads
	expect "$EXIT_USAGE" "[x] share = some: all, or leave it out"
}

@test "refused affinity: measured, and said" {
	R=$BATS_TEST_TMPDIR/r
	run "$ROOT/build/unit/refuse" sched_setaffinity -- \
		"$FL" run --rig vitro --out "$R" -v const-fields -w touch-threads-2 \
		--boots 1 --seconds 0.1
	expect 0 "1 valid"
	[ "$(jq -r .host.pinned "$R/latest/records.jsonl")" = \
		"not pinned: pthread_setaffinity_np: Operation not permitted" ]
}
