# SPDX-License-Identifier: GPL-2.0
# A Slurm of one or more nodes on this machine, of Debian's packages, everything of it
# in a folder of the test's.
# shellcheck shell=bash disable=SC2034,SC2154

# need_slurm -> WHY_NOT: empty where it can be tried
need_slurm() {
	local p
	export WHY_NOT=''
	[ -n "${FAULTLINE_TEST_SLURM-}" ] ||
		WHY_NOT="set FAULTLINE_TEST_SLURM=1 to try the real Slurm of this machine"
	for p in slurmctld slurmd sbatch munged; do
		command -v $p >/dev/null ||
			WHY_NOT="$p is missing: apt-get install slurm-wlm munge"
	done
}

# start_slurm DIR NODES CPUS: until they are idle, or DIR/sinfo says what they are
start_slurm() {
	local i node
	export DIR=$1
	export SLURM_CONF=$DIR/slurm.conf
	mkdir -p "$DIR"/{munge,state,spool}
	chmod 755 "$DIR"
	head -c 1024 /dev/urandom >"$DIR/munge/key"
	chmod 600 "$DIR/munge/key"
	munged --force --key-file="$DIR/munge/key" --socket="$DIR/munge/socket" \
		--pid-file="$DIR/munge/pid" --log-file="$DIR/munge/log" \
		--seed-file="$DIR/munge/seed" 3>&-
	cat >"$SLURM_CONF" <<-CONF
		ClusterName=faultline
		SlurmctldHost=$(hostname -s)(127.0.0.1)
		SlurmctldPort=16817
		AuthType=auth/munge
		CredType=cred/munge
		AuthInfo=socket=$DIR/munge/socket
		SlurmUser=$(id -un)
		SlurmdUser=$(id -un)
		SlurmdParameters=config_overrides
		StateSaveLocation=$DIR/state
		SlurmdSpoolDir=$DIR/spool/%n
		SlurmctldPidFile=$DIR/slurmctld.pid
		SlurmdPidFile=$DIR/slurmd-%n.pid
		SlurmctldLogFile=$DIR/slurmctld.log
		SlurmdLogFile=$DIR/slurmd-%n.log
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		MpiDefault=none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_Core
		ReturnToService=2
		SchedulerParameters=sched_interval=1
	CONF
	for ((i = 1; i <= $2; i++)); do
		echo "NodeName=n$i NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((16820 + i)) CPUs=$3 State=UNKNOWN"
	done >>"$SLURM_CONF"
	echo "PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP" >>"$SLURM_CONF"
	slurmctld 3>&-
	for ((i = 1; i <= $2; i++)); do
		slurmd -N "n$i" 3>&-
	done
	for ((i = 0; i < 120; i++)); do
		[ "$(sinfo -h -o '%T %D' 2>/dev/null)" = "idle $2" ] && break
		sleep 0.5
	done
	sinfo >"$DIR/sinfo" 2>&1
}

# stop_slurm DIR: and wait until all of it is gone
stop_slurm() {
	local f p
	for f in "$1"/slurmd-*.pid "$1/slurmctld.pid" "$1/munge/pid"; do
		[ -f "$f" ] || continue
		p=$(cat "$f")
		kill "$p" || true
		for _ in $(seq 100); do
			grep -qs '^State:.[^Z]' "/proc/$p/status" || break
			sleep 0.1
		done
	done
}
