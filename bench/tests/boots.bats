#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Real boots of sound hosts: the three shapes, the known answers, and that
# nothing but the shape differs. One run serves all tests of this file.
#
# stage: boot
# order: 30
# needs: kernels of v6.1; boots
# takes: 2 min
# kernels: v6.1 off baseline struct-by-pointer const-fields nop same-code

load common.bash

THREE="baseline struct-by-pointer const-fields"

setup_file() {
	load common.bash
	export OUT=$BATS_FILE_TMPDIR/results CELLS
	local variants=baseline,struct-by-pointer,const-fields,nop,same-code
	CELLS=$(($(tr , "\n" <<<$ALL | wc -l) * $(tr , "\n" <<<$variants | wc -l)))
	"$FL" run --variants $variants \
		--workloads "$ALL" --out "$OUT" >"$BATS_FILE_TMPDIR/said" 2>&1 ||
		{ cat "$BATS_FILE_TMPDIR/said"; return 1; }
	export CSV=$BATS_FILE_TMPDIR/run.csv
	"$FL" compare "$OUT/latest" --against const-fields --format csv >"$CSV"
}

# of WORKLOAD VARIANT COLUMN: one field of the comparison
of() {
	awk -F, -v w="$1" -v v="$2" -v col="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == col) c = i }
		$4 == w && $5 == v { print $c }' "$CSV"
}

@test "every cell is valid and exact" {
	[ "$(tail -n +2 "$CSV" | wc -l)" -eq "$CELLS" ]
	[ "$(tail -n +2 "$CSV" | awk -F, '$6 == 2 && $7 == 2 && $8 == "yes"' | wc -l)" -eq "$CELLS" ]
}

@test "one nop in the handler is one instruction in every fault" {
	for w in touch-read touch-write touch-random touch-exec write-upgrade \
		huge-2m mmio refault shadow-touch above-4g; do
		[ "$(of $w nop difference)" = 1 ] ||
			{ echo "$w: $(of $w nop difference)"; return 1; }
	done
}

@test "one nop in the handler is nothing where no fault is taken" {
	[ "$(of null nop difference)" = 0 ]
	[ "$(of exit nop difference)" = 0 ]
}

@test "two variants with the same code have the same figures" {
	for w in ${ALL//,/ }; do
		[ "$(of "$w" same-code difference)" = 0 ]
		[ "$(of "$w" same-code total)" = "$(of "$w" const-fields total)" ]
	done
	run "$FL" compare "$OUT/latest"
	expect 0
	grep -Eq "(same-code and const-fields|const-fields and same-code): the same handler code" <<<"$output"
}

@test "the shapes differ in cost and in nothing that KVM counts" {
	for w in ${ALL//,/ }; do
		n=$(jq -c --arg w "$w" 'select(.workload == $w and
			(.variant == "baseline" or .variant == "struct-by-pointer"
			 or .variant == "const-fields")) | .stats
			| del(.irq_exits, .preemption_other, .preemption_reported,
			      .host_state_reload, .fpu_reload, .signal_exits,
			      .exits, .request_irq_exits)' \
			"$OUT/latest/records.jsonl" | sort -u | wc -l)
		[ "$n" -eq 1 ] || { echo "$w: $n different sets of counters"; return 1; }
	done
}

@test "the workloads provoke the fault they name" {
	stat() {
		jq -r --arg w "$1" --arg s "$2" 'select(.workload == $w and
			.variant == "const-fields" and .boot == 1) | .stats[$s]' \
			"$OUT/latest/records.jsonl"
	}
	[ "$(stat write-upgrade pf_fast)" = 4096 ]
	[ "$(stat touch-write pf_fast)" = 0 ]
	[ "$(stat huge-2m pages_2m)" = 64 ]
	[ "$(stat mmio mmio_exits)" = 1024 ]
	[ "$(stat exit hypercalls)" = 4096 ]
	[ "$(stat null pf_taken)" = 0 ]
	# Each event is one exit, and what KVM exits for besides is counted.
	jq -se 'map(select(.outcome == "ok")) | length > 100 and all(
		.stats.exits - .stats.io_exits - .stats.irq_exits ==
			(.expect.event_exits // .stats.pf_taken))' \
		"$OUT/latest/records.jsonl"
	[ "$(stat shadow-touch pages_4k)" = 8192 ]
	jq -se 'map(select(.workload == "shadow-touch").host["kvm_amd.npt"])
		| length == 10 and all(. == "N")' "$OUT/latest/records.jsonl"
	jq -se 'map(select(.workload == "touch-write").host["kvm_amd.npt"])
		| length == 10 and all(. == "Y")' "$OUT/latest/records.jsonl"
}

# README says so: QEMU tells KVM no next RIP, so each hypercall is decoded to
# be skipped, and exit is no floor under a fault.
@test "every hypercall exit decodes an instruction, no fault but mmio does" {
	jq -se 'length > 0 and all(.host["kvm_amd.nrips"] == "0")' "$OUT/latest/records.jsonl"
	jq -se 'all(.stats.insn_emulation == (if .workload == "exit" or
		.workload == "mmio" then .events else 0 end))' "$OUT/latest/records.jsonl"
	[ "$(of exit const-fields typical)" -gt "$(of touch-write const-fields typical)" ]
	grep -q 'no next RIP' "$ROOT/README.md"
}

@test "two methods agree, and the table says so" {
	run "$FL" compare "$OUT/latest"
	expect 0 "they agree in" "over 2 layouts: same figures in 12 of 12 pairs" "typical +0 .. +0" \
		"a difference of 1 instruction, where most faults have it" \
		"nothing of it is subtracted" "exact"
}

@test "a retpoline costs instructions, and the profile is checked in sysfs" {
	run "$FL" run --variants const-fields --profiles off,retpoline \
		--workloads touch-write --out "$BATS_TEST_TMPDIR"
	expect 0 "2 of 2 cells exact"
	m() {
		jq -r --arg p "$1" '.[] | select(.profile == $p) | .cells[0].typical' \
			<<<"$json"
	}
	json=$("$FL" compare "$BATS_TEST_TMPDIR/latest" --format json)
	[ "$(m retpoline)" -gt "$(m off)" ]
}

@test "another run gives the same records to the last digit" {
	"$FL" run --variants nop --workloads touch-write,shadow-touch --boots 1 \
		--out "$BATS_TEST_TMPDIR" --jobs 1
	for w in touch-write shadow-touch; do
		sel='select(.variant == "nop" and .workload == $w and .boot == 1)
			| [.total, .hist, .stats, .irqs]'
		a=$(jq -cS --arg w $w "$sel" "$OUT/latest/records.jsonl")
		b=$(jq -cS --arg w $w "$sel" "$BATS_TEST_TMPDIR/latest/records.jsonl")
		[ -n "$a" ]
		[ "$a" = "$b" ]
	done
}

@test "run.json holds what reproduces the run" {
	jq -e '.state == "finished" and .schema == 2
		and (.kernels | length) == 5
		and (.kernels[0].vmlinux_sha256 | length) == 64
		and (.kernels[0].source_sha256 | length) == 64
		and (.rig.qemu | startswith("QEMU"))
		and (.machine.cpus > 0) and (.tool.revision | length) >= 7
		and .plan.boots == 2' "$OUT/latest/run.json" >/dev/null
	[ -f "$OUT/latest/boots/v6.1.nop.off.touch-write.1.console" ]
}

# What the guest executes from one reading of its clock to the next is known from
# its code, where the `rep stos` is one instruction. Of n words it counts n + 1.
@test "a rep stos counts once an iteration, and once more" {
	"$FL" run --variants const-fields --workloads rep-stos --boots 1 \
		--out "$BATS_TEST_TMPDIR"
	once=$(objdump -d "$ROOT/build/guests/stos.elf" | awk -F'\t' '
		$3 ~ /^rep stos/ { rep = 1 }
		{ n++ }
		$3 ~ /^rdtsc/ { if (rep) { print n; exit } n = 0 }')
	[ "$once" -ge 3 ]
	jq -e --argjson once "$once" '.hist | length == 12 and all(.[1] == 1) and
		([.[][0]] == [range(12) | $once - 1 + (. + 1)])' \
		"$BATS_TEST_TMPDIR/latest/records.jsonl"
}

@test "what else lies in the initramfs is not in the figures" {
	cp -r "$ROOT/build/initramfs" "$BATS_TEST_TMPDIR/i"
	seq 60000 >"$BATS_TEST_TMPDIR/i/junk"
	(cd "$BATS_TEST_TMPDIR/i" && find . | LC_ALL=C sort |
		cpio -o -H newc --quiet --owner=0:0 >../other.cpio)
	FAULTLINE_HOST_CPIO=$BATS_TEST_TMPDIR/other.cpio "$FL" run \
		--variants const-fields --workloads huge-2m,touch-write,mmio \
		--boots 1 --out "$BATS_TEST_TMPDIR"
	for w in huge-2m touch-write mmio; do
		[ "$("$FL" compare "$BATS_TEST_TMPDIR/latest" --format json |
			jq --arg w $w '.[0].cells[] | select(.workload == $w).typical')" \
			= "$(of $w const-fields typical)" ]
	done
}
