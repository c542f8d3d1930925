#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# How a matrix shares out over the nodes of a Slurm, several of them on this machine. A
# boot takes a time and no CPU here, for the machine has fewer CPUs than nodes: so the
# times are those of the share-out, with what is done once (split, submission, merge).
#
#	FAULTLINE_TEST_SLURM=1 FAULTLINE_TEST_NODES="60 1 2 4 8" bats bench/tests/slurm_nodes.bats
#
# FAULTLINE_TEST_NODES is the seconds of a boot, then numbers of nodes, 1 first.
#
# stage: quick
# order: 51
# needs: FAULTLINE_TEST_SLURM=1 and Slurm, else skipped; then kernels and boots
# takes: 1 min

load common.bash
load slurm.bash

SLURM=$ROOT/scripts/nightly/slurm
MATRIX=(--base v6.1 -v "baseline,struct-by-pointer,const-fields,const-pointer"
	-p "off,retpoline,retpoline-lfence,rethunk" -w null --boots 1)

setup() {
	need_slurm
	[ -z "$WHY_NOT" ] || skip "$WHY_NOT"
	[ -n "${FAULTLINE_TEST_NODES-}" ] || skip "set FAULTLINE_TEST_NODES=\"60 1 2 4 8\" as well: the time of a boot, and how many nodes"
	unset FAULTLINE_VARIANTS FAULTLINE_WORKLOADS
}

teardown() {
	[ -z "${DIR-}" ] || stop_slurm "$DIR"
}

compared() {
	"$FL" compare "$1" "${@:2}" | sed 's/Reproduce: see .*//'
}

@test "N nodes are N times as fast as one, less a tenth" {
	read -r REPLAY_SECONDS first nodes <<<"$FAULTLINE_TEST_NODES"
	[ "$first" -eq 1 ]
	REAL_QEMU=$(command -v "${FAULTLINE_QEMU:-qemu-system-x86_64}")
	export FAULTLINE=$FL REPLAY_SECONDS REAL_QEMU REPLAY=$BATS_TEST_TMPDIR/replay
	export FAULTLINE_QEMU=$TESTS/stubs/slow-qemu
	# the real boots
	REPLAY_SECONDS=0 "$FL" run --out "$BATS_TEST_TMPDIR/one" "${MATRIX[@]}"
	for n in 1 $nodes; do
		start_slurm "$BATS_TEST_TMPDIR/slurm-$n" "$n" 1
		began=$(date +%s%3N)
		run "$SLURM" --out "$DIR/array" --wait "${MATRIX[@]}"
		took=$(($(date +%s%3N) - began))
		expect 0 "16 of 16 parts" "16 records of 16 runs"
		stop_slurm "$DIR"
		diff <(compared "$BATS_TEST_TMPDIR/one/latest") <(compared "$DIR/array/latest")
		[ "$n" -gt 1 ] || one=$took
		echo "nodes $n: $((took / 1000)).$((took % 1000 / 100)) s, $((one * 100 / took)) hundredths of one node's speed" |
			tee -a "$BATS_TEST_TMPDIR/times" >&3
		[ $((took * n * 9)) -le $((one * 10)) ] || { cat "$BATS_TEST_TMPDIR/times"; false; }
	done
}
