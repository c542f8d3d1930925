# SPDX-License-Identifier: GPL-2.0
# Memory that runs out, and the power.
# shellcheck shell=bash disable=SC2154

# memory_group MIB: a cgroup that holds that much, of version 1 or 2; its procs file
memory_group() {
	local top
	[ "$(id -u)" -eq 0 ] || return 1
	if [ -d /sys/fs/cgroup/memory ]; then
		top=/sys/fs/cgroup/memory/torture.$$
		mkdir -p "$top" 2>/dev/null && echo $(($1 << 20)) >"$top/memory.limit_in_bytes" || return 1
		echo $(($1 << 20)) >"$top/memory.memsw.limit_in_bytes" 2>/dev/null
	else
		top=/sys/fs/cgroup/torture.$$
		mkdir -p "$top" 2>/dev/null && echo $(($1 << 20)) >"$top/memory.max" || return 1
		echo 0 >"$top/memory.swap.max" 2>/dev/null
	fi
	echo "$top/cgroup.procs"
}

# QEMU alone is in it: the kernel kills it, and nobody else.
fault_qemu_no_memory() {
	local procs
	procs=$(memory_group 24) || { skip "no memory cgroup may be made"; return; }
	does "of null && again; echo \$\$ >$procs; really"
	once
	rmdir "${procs%/*}" 2>/dev/null
}

# The command has so much address space, doubled until it passes.
fault_memory() {
	local kib
	for ((kib = 4096; kib < 4194304; kib *= 2)); do
		fresh
		does again
		resume_by=again
		under -- bash -c "ulimit -v $kib; exec \"\$@\"" run "$FL" run "${CELLS[@]}"
		# shellcheck disable=SC2086
		look $codes
		kept=$(whole_records "$(run_of)" | wc -l)
		[ "$status" -ne 0 ] || break
		go_on again
	done
	went_on=resume
}

# The results are on a file system of their own, on a loop device. At a moment all
# processes are stopped and the file below that device is copied: it has what had come
# to the disk, and nothing that the kernel still held. That is what the power leaves; a
# file system that reads its journal again comes up from it.
fault_power_cut() {
	local i cuts=${1:-6} ms whole
	[ "$(id -u)" -eq 0 ] && command -v mkfs.ext4 >/dev/null || { skip "root mounts a loop device"; return; }
	[ -z "$quick" ] || cuts=2
	for ((i = 0; i < cuts; i++)); do
		fresh
		truncate -s 24M "$W/disk"
		mkfs.ext4 -q -F "$W/disk" >/dev/null 2>&1 && mount -o loop "$W/disk" "$W/r" 2>/dev/null ||
			{ skip "no loop device may be mounted"; return; }
		rmdir "$W/r/lost+found"
		does 'sleep 0.3; again'
		ms=$((400 + RANDOM % 1600))
		under --at "$ms:cut=cp --sparse=always '$W/disk' '$W/cut'" -- "$FL" run "${CELLS[@]}"
		# What it had said by then must be on the disk.
		umount "$W/r"
		[ -f "$W/cut" ] || { cp "$W/disk" "$W/cut"; }
		mount -o loop "$W/cut" "$W/r" 2>/dev/null || { wrong "the file system does not come up"; return; }
		# shellcheck disable=SC2086
		look $codes
		kept=$(whole_records "$(run_of)" | wc -l)
		go_on again
		umount "$W/r"
	done
	planted=$cuts
}
