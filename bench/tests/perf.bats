#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# perf inside the host: its faults are KVM's and the guest's, what it costs is
# shown and is not in what is measured without it; and a perf that is missing,
# refused, deaf or wrong.
#
# stage: boot
# order: 40
# needs: kernels and the Linux guest of v6.1; boots; perf
# takes: 2 min
# kernels: v6.1 off baseline const-fields
# builds: build-guest v6.1

load common.bash

WORKLOADS=touch-write,mmio,linux-anon

setup_file() {
	load common.bash
	export OUT=$BATS_FILE_TMPDIR/with
	"$FL" run --variants baseline,const-fields --workloads $WORKLOADS --no-perturb \
		--counters default,exits --out "$OUT" \
		>"$BATS_FILE_TMPDIR/said" 2>&1 ||
		{ cat "$BATS_FILE_TMPDIR/said"; return 1; }
}

# of WORKLOAD STAT: what the records say, each value once
of() {
	jq -r --arg w "$1" --arg s "$2" 'select(.workload == $w) | .stats[$s]' \
		"$OUT/latest/records.jsonl" | sort -u
}

# run_one EVENTS [WORKLOAD]
run_one() {
	run "$FL" run --variants const-fields --workloads "${2-short-touch}" --boots 1 \
		--counters "$1" --out "$BATS_TEST_TMPDIR/r"
}

record_of() {	# WORKLOAD
	jq -c --arg w "$1" 'select(.workload == $w)' \
		"$BATS_TEST_TMPDIR/r/latest/records.jsonl"
}

# other_perf KIND: a perf that is wrong in one way
other_perf() {
	gcc -static -O1 -DKIND="$1" -o "$BATS_TEST_TMPDIR/perf" \
		"$TESTS/host/fakeperf.c"
	export FAULTLINE_PERF=$BATS_TEST_TMPDIR/perf
}

@test "guest, doorbells, KVM and perf count the same faults, in two boots" {
	for w in touch-write:4096 mmio:1024 linux-anon:4096; do
		n=${w#*:} w=${w%:*}
		[ "$(of "$w+perf" perf/kvm:kvm_page_fault)" = "$n" ] ||
			{ echo "$w: $(of "$w+perf" perf/kvm:kvm_page_fault)"; return 1; }
		[ "$(of "$w+perf" pf_taken)" = "$n" ]
		[ "$(of "$w+exits" perf/exit/npf)" = "$n" ]
	done
	[ "$(of linux-anon+perf guest_faults)" = 4096 ]
	run "$FL" counters "$OUT/latest"
	expect 0 "counts          equal in 12 of 12 cells" \
		"exact           12 of 12 cells with perf"
	[[ $output != *" !"$'\n'* ]]
}

@test "every entry has its exit" {
	# Of each page, of the doorbell, and where the tick met the guest one of that.
	jq -se 'map(select(.workload == "touch-write+perf").stats)
		| length == 4 and all(.["perf/kvm:kvm_exit"] == .["perf/kvm:kvm_entry"]
		and .["perf/kvm:kvm_exit"] == 4097 + .irq_exits and .io_exits == 1)' \
		"$OUT/latest/records.jsonl"
}

@test "perf costs something, as much in both shapes, and is in no other figure" {
	run "$FL" counters "$OUT/latest"
	costs=$(sed -nE 's/^touch-write\+perf .* (\+[0-9]+)  4096 .*/\1/p' <<<"$output")
	[ "$(wc -l <<<"$costs")" -eq 2 ]
	[ "$(sort -u <<<"$costs" | wc -l)" -eq 1 ]
	[ "${costs%%$'\n'*}" -gt 100 ]
	"$FL" run --variants baseline,const-fields --workloads $WORKLOADS --boots 1 \
		--out "$BATS_TEST_TMPDIR/without" >/dev/null 2>&1
	figures() {
		jq -S -c 'select(.boot == 1 and (.workload | test("[+]") | not)) |
			[.workload, .variant, .total, .hist, .stats]' "$1" | sort
	}
	figures "$OUT/latest/records.jsonl" >"$BATS_TEST_TMPDIR/a"
	figures "$BATS_TEST_TMPDIR/without/latest/records.jsonl" >"$BATS_TEST_TMPDIR/b"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/a")" -eq 6 ]
	cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
}

@test "what is compared and kept is what was measured without perf" {
	run "$FL" compare "$OUT/latest" --format csv
	[ "$status" -eq 0 ]
	[[ $output == *touch-write* ]]
	[[ $output != *+perf* ]]
	run "$FL" history add "$OUT/latest" --db "$BATS_TEST_TMPDIR/h.db"
	expect 0
	kept=$(sqlite3 "$BATS_TEST_TMPDIR/h.db" "SELECT DISTINCT workload FROM series ORDER BY 1")
	[ "$(paste -sd, <<<"$kept")" = linux-anon,mmio,touch-write ] || { echo "$kept"; return 1; }
}

@test "what the host lacks is named, and is no zero" {
	[ "$(of touch-write+perf perf/cycles:Hk)" = null ]
	run "$FL" counters "$OUT/latest"
	expect 0 "not counted: cycles, instructions, branch-misses: no PMU" "msr/tsc/"
}

@test "the TSC by perf is the doorbells' and what perf needs to begin and end" {
	tsc=$(of touch-write+perf perf/msr/tsc/ | head -n 1)
	total=$(jq -r 'select(.workload == "touch-write+perf") | .total' \
		"$OUT/latest/records.jsonl" | head -n 1)
	[ "$tsc" -gt "$total" ]
	[ "$tsc" -lt $((total + total / 10)) ]
}

@test "perf record's profile is of the handler" {
	run_one profile linux-anon
	expect 0
	run "$FL" counters "$BATS_TEST_TMPDIR/r/latest"
	samples=$(sed -nE 's/^linux-anon\+profile, const-fields: ([0-9]+) samples.*/\1/p' <<<"$output")
	[ "$samples" -gt 200 ]
	[[ $output == *kvm_tdp_mmu_map* ]]
	[[ $output == *direct_page_fault* ]]
}

@test "events of one's own, by --counters; the CSV has each" {
	run_one kvm:kvm_exit,page-faults,kvm:kvm_page_fault
	expect 0
	run "$FL" counters "$BATS_TEST_TMPDIR/r/latest" --format csv
	expect 0 '"short-touch+perf",1,no,"kvm:kvm_page_fault",64' '"kvm:kvm_exit",65'
	[ "$(wc -l <<<"$output")" -eq 4 ]
}

@test "an invalid event" {
	run_one kvm:kvm_unheard_of
	expect "$EXIT_RIG" "perf: " "kvm_unheard_of"
	[ "$(record_of short-touch | jq -r .outcome)" = ok ]
}

@test "an invalid list" {
	run_one "default,page-faults"
	expect "$EXIT_USAGE" "--counters default,page-faults"
	run_one "-p 1"
	expect "$EXIT_USAGE" "invalid event list"
}

@test "a run without perf says how to add it" {
	"$FL" run --variants const-fields --workloads short-touch --boots 1 \
		--out "$BATS_TEST_TMPDIR/r" >/dev/null 2>&1
	run "$FL" counters "$BATS_TEST_TMPDIR/r/latest"
	expect "$EXIT_NO_DATA" "no cell with perf" "faultline run --counters"
}

@test "perf is missing on this machine" {
	FAULTLINE_PERF=/nowhere/perf run_one default
	expect "$EXIT_MISSING" "perf is missing: /nowhere/perf" "linux-perf"
}

@test "perf is refused: a skip with perf's words" {
	other_perf REFUSED
	run_one default
	expect 0 "1 skipped"
	[[ $(record_of short-touch+perf | jq -r .why) == "perf is refused here: "*paranoid* ]]
}

@test "perf says nothing, does not answer, gives up" {
	for k in SILENT DEAF; do
		other_perf $k
		run_one default
		expect "$EXIT_RIG" "perf: it printed nothing"
	done
	other_perf FAINT
	run_one default
	expect "$EXIT_RIG" "perf failed"
}

@test "perf counts other faults than KVM" {
	other_perf MISCOUNT
	run_one default
	expect "$EXIT_DENOMINATOR" "kvm:kvm_page_fault is 63, KVM's pf_taken 64"
}

@test "a PMU that lies, and an event it does not have" {
	other_perf LIAR
	run_one default
	expect 0
	r=$(record_of short-touch+perf)
	[ "$(jq -r '.stats["perf/instructions:Hk"]' <<<"$r")" = null ]
	[ "$(jq -r '.stats["perf/cycles:Hk"]' <<<"$r")" = null ]
	[[ $(jq -r '.host["perf/lacks"]' <<<"$r") == *"instructions:Hk: the PMU miscounts"*"cycles:Hk: the PMU miscounts"*"branch-misses:Hk: <not supported>"* ]]
}

@test "the machine's own program has perf as well" {
	d=$BATS_TEST_TMPDIR/host
	mkdir -p "$d" && (cd "$d" && cpio -id --quiet <"$ROOT/build/host.cpio")
	cp "$ROOT/build/relay" "$d/init"
	cp "$ROOT/build/faultline-metal" "$d/"
	(cd "$d" && find . -mindepth 1 | cpio -o -H newc --quiet) >"$BATS_TEST_TMPDIR/host.cpio"
	FAULTLINE_HOST_CPIO=$BATS_TEST_TMPDIR/host.cpio run_one kvm:kvm_page_fault
	expect 0
	[ "$(record_of short-touch+perf | jq -r '.stats["perf/kvm:kvm_page_fault"]')" = 64 ]
}
