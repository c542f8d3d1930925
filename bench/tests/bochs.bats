#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Rig bochs: what is exact and known of both vendors' CPUs, and that a run opens no port and
# leaves a terminal as it was. One run serves all tests of this file.
#
# stage: boot
# order: 20
# needs: kernels of v6.1; boots; bochs, else skipped
# takes: 2 min
# kernels: v6.1 off const-fields nop

load common.bash
load bochs.bash

# One run for the first tests: on a terminal whose type nobody says, watched for sockets.
setup_file() {
	load common.bash
	load bochs.bash
	has_bochs || return 0
	export OUT=$BATS_FILE_TMPDIR/results
	local said=$BATS_FILE_TMPDIR/said sockets=$BATS_FILE_TMPDIR/sockets pid watcher
	(
		while sleep 0.5; do
			for pid in $(pgrep -f "^[^ ]*bochs[^ ]* .*bochs-(intel|amd)\.bochsrc"); do
				echo "seen $pid"
				find "/proc/$pid/fd" -lname 'socket:*' -printf '%p %l\n' 2>/dev/null || true
			done
		done >"$sockets"
	) 3>&- &
	watcher=$!
	script -qec "stty -g; env -u TERM '$FL' run --rig bochs --base v6.1 -p off \
		--variants const-fields,nop --workloads touch-write,mmio --out '$OUT'; stty -g" \
		/dev/null >"$said" 2>&1 </dev/null
	kill "$watcher" 2>/dev/null || true
	grep -q "8 of 8 cells exact" "$said" || { cat "$said"; return 1; }
	"$FL" compare "$OUT/latest" --against const-fields --format csv >"$BATS_FILE_TMPDIR/csv"
}

# of RIG WORKLOAD VARIANT COLUMN: one field of the comparison
of() {
	awk -F, -v r="$1" -v w="$2" -v v="$3" -v col="$4" '
		NR == 1 { for (i = 1; i <= NF; i++) { if ($i == col) c = i; at[$i] = i } }
		$at["rig"] == r && $at["workload"] == w && $at["variant"] == v { print $c }' \
		"$BATS_FILE_TMPDIR/csv"
}

@test "under both vendors' CPUs every cell is exact, in boots that are perturbed" {
	needs_bochs
	for r in bochs-intel bochs-amd; do
		for w in touch-write mmio; do
			for v in const-fields nop; do
				[ "$(of $r $w $v exact)" = yes ] || { echo "$r $w $v"; return 1; }
			done
		done
	done
	[ "$(jq -r 'select(.boot == 2) | .perturb.layout' "$OUT/latest/records.jsonl" |
		sort -u | wc -l)" -eq 1 ]
}

@test "one nop in the handler is one instruction in every fault, of both vendors" {
	needs_bochs
	for r in bochs-intel bochs-amd; do
		for w in touch-write mmio; do
			[ "$(of $r $w nop difference)" = 1 ] ||
				{ echo "$r $w: $(of $r $w nop difference)"; return 1; }
		done
	done
}

@test "no socket is opened, and the terminal is as it was" {
	needs_bochs
	grep -q '^seen' "$BATS_FILE_TMPDIR/sockets"
	grep 'socket:' "$BATS_FILE_TMPDIR/sockets" && return 1
	# What the run itself writes is the end of a line of progress.
	sed 's/\r\x1b\[K/\n/g' "$BATS_FILE_TMPDIR/said" >"$BATS_TEST_TMPDIR/said"
	grep $'\033' "$BATS_TEST_TMPDIR/said" && return 1
	[ "$(head -n 1 "$BATS_TEST_TMPDIR/said")" = "$(tail -n 1 "$BATS_TEST_TMPDIR/said")" ]
	[ -z "$(find "$OUT" -name '*.image')" ]
}

@test "a workload whose host needs more memory than Bochs gives is a skip" {
	run "$FL" run --rig bochs --cpu amd --base v6.1 --variants const-fields \
		--workloads huge-1g --boots 1 --out "$BATS_TEST_TMPDIR/r"
	expect 0 "1 skips"
	jq -r .why "$BATS_TEST_TMPDIR"/r/latest/records.jsonl |
		grep -q "the host needs 2560 MiB of memory, and Bochs gives at most 2048"
}
