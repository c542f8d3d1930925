#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The matrix on a real Slurm: one node, Debian's packages, everything of it in a
# folder of the test's. Asked for by FAULTLINE_TEST_SLURM=1, for it boots hosts and
# takes a minute; slurm-wlm and munge are in no list of packages but this line's.
#
# stage: quick
# order: 50
# needs: FAULTLINE_TEST_SLURM=1 and Slurm, else skipped; then kernels and boots
# takes: 1 min

load common.bash

SLURM=$ROOT/scripts/nightly/slurm
MATRIX=(--base v6.1 -v "baseline,const-fields" -p off -w "null" --boots 1)

setup_file() {
	load common.bash
	export WHY_NOT=''
	[ "${FAULTLINE_TEST_SLURM-}" = 1 ] ||
		WHY_NOT="set FAULTLINE_TEST_SLURM=1 to try the real Slurm of this machine"
	for p in slurmctld slurmd sbatch munged; do
		command -v $p >/dev/null ||
			WHY_NOT="$p is missing: apt-get install slurm-wlm munge"
	done
	[ -z "$WHY_NOT" ] || return 0
	export DIR=$BATS_FILE_TMPDIR
	export SLURM_CONF=$DIR/slurm.conf
	chmod 755 "$DIR"
	mkdir -p "$DIR"/{munge,state,spool}
	head -c 1024 /dev/urandom >"$DIR/munge/key"
	chmod 600 "$DIR/munge/key"
	munged --force --key-file="$DIR/munge/key" --socket="$DIR/munge/socket" \
		--pid-file="$DIR/munge/pid" --log-file="$DIR/munge/log" \
		--seed-file="$DIR/munge/seed" 3>&-
	cat >"$SLURM_CONF" <<-CONF
		ClusterName=faultline
		SlurmctldHost=$(hostname -s)(127.0.0.1)
		SlurmctldPort=16817
		SlurmdPort=16818
		AuthType=auth/munge
		CredType=cred/munge
		AuthInfo=socket=$DIR/munge/socket
		SlurmUser=$(id -un)
		SlurmdUser=$(id -un)
		StateSaveLocation=$DIR/state
		SlurmdSpoolDir=$DIR/spool
		SlurmctldPidFile=$DIR/slurmctld.pid
		SlurmdPidFile=$DIR/slurmd.pid
		SlurmctldLogFile=$DIR/slurmctld.log
		SlurmdLogFile=$DIR/slurmd.log
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		MpiDefault=none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_Core
		ReturnToService=2
		SchedulerParameters=sched_interval=1
		NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
		PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP
	CONF
	slurmctld 3>&-
	slurmd 3>&-
	for _ in $(seq 60); do
		[ "$(sinfo -h -o %T 2>/dev/null)" = idle ] && break
		sleep 0.5
	done
	sinfo >"$DIR/sinfo" 2>&1
}

teardown_file() {
	[ -n "${DIR-}" ] || return 0
	for f in "${DIR-}/slurmd.pid" "${DIR-}/slurmctld.pid" "${DIR-}/munge/pid"; do
		[ -f "$f" ] || continue
		p=$(cat "$f")
		kill "$p" || true
		for _ in $(seq 50); do
			grep -qs '^State:.[^Z]' "/proc/$p/status" || break
			sleep 0.1
		done
	done
}

setup() {
	[ -z "$WHY_NOT" ] || skip "$WHY_NOT"
	unset FAULTLINE_VARIANTS FAULTLINE_WORKLOADS
}

compared() {
	"$FL" compare "$1" "${@:2}" | sed 's/Reproduce: see .*//'
}

@test "the node is up" {
	grep -q idle "$DIR/sinfo" || { cat "$DIR/sinfo" "$DIR"/*.log; return 1; }
}

@test "an array and a merge give the run that one machine gives" {
	run "$SLURM" --out "$DIR/array" --wait "${MATRIX[@]}"
	cat "$DIR/sinfo"
	echo "$output"
	expect 0 "2 of 2 parts" "2 records of 2 runs"
	"$FL" run --out "$DIR/one" "${MATRIX[@]}"
	diff <(compared "$DIR/one/latest") <(compared "$DIR/array/latest")
	diff <(compared "$DIR/one/latest" --format json) <(compared "$DIR/array/latest" --format json)
	[ "$(jq '.parts | length' "$DIR/array/latest/run.json")" -eq 2 ]
	[ "$(jq -c .plan "$DIR/array/latest/run.json")" = "$(jq -c .plan "$DIR/one/latest/run.json")" ]
	"$FL" history add --db "$DIR/history.db" "$DIR/array/latest"
}

@test "a part that fails is named, and submitted again alone" {
	mkdir -p "$DIR/bin"
	# The second part fails the first time.
	printf '#!/bin/sh\n[ "${SLURM_ARRAY_TASK_ID-}" = 2 ] && [ ! -f "%s/fixed" ] && exit 29\nexec "%s" "$@"\n' \
		"$DIR" "$FL" >"$DIR/bin/faultline"
	chmod +x "$DIR/bin/faultline"
	export FAULTLINE=$DIR/bin/faultline
	run "$SLURM" --out "$DIR/again" --wait "${MATRIX[@]}"
	expect "$EXIT_NO_DATA" "1 of 2 parts are not finished (2)" "--resume $DIR/again/slurm-"
	[ ! -e "$DIR/again/latest" ]
	touch "$DIR/fixed"
	before=$(cat "$DIR"/again/slurm-*/part-0001/latest/run.json)
	run "$SLURM" --wait --resume "$DIR"/again/slurm-*
	expect 0 "1 of 2 parts" "2 records of 2 runs"
	[ "$(cat "$DIR"/again/slurm-*/part-0001/latest/run.json)" = "$before" ]
}

@test "a night measures on Slurm" {
	export NIGHTLY_CONF=/dev/null NIGHTLY_SLURM=1 NIGHTLY_RIGS=tcg NIGHTLY_DIR=$DIR/nights NIGHTLY_MIN_FREE_MB=1
	export NIGHTLY_TCG_ARGS="${MATRIX[*]}" NIGHTLY_SOURCE=/bin/true FAULTLINE=$FL
	export FAULTLINE_HISTORY=$DIR/night.db
	run "$ROOT/scripts/nightly/run"
	[[ $output == *"run-tcg: exit code 0"* && $output == *"history-tcg: exit code 0"* ]] ||
		{ echo "$output"; return 1; }
}

@test "options that no run takes submit nothing" {
	run "$SLURM" --out "$DIR/none" --base v0
	expect "$EXIT_UNKNOWN_NAME" v0
	[ -z "$(ls "$DIR/none")" ]
	run "$SLURM" --resume "$DIR/none"
	expect "$EXIT_NO_DATA" parts.tsv
}
