# SPDX-License-Identifier: GPL-2.0
# Faults of the machine: disk, memory, processes, descriptors, emulators that are
# killed, moments at which processes are killed, clocks.
# shellcheck shell=bash disable=SC2154

ENOSPC=28 EIO=5 EAGAIN=11

# each_n KIND ERROR SUFFIX FOLDER: the N-th call fails, N counted up until it passes;
# with --quick every seventh
each_n() {
	local n=1
	while :; do
		fresh
		does again
		resume_by=again
		once --fail "$1:$2:$n$3:$W/$4" --calls "$work/calls"
		[ "$(cat "$work/calls")" -ge "$n" ] || break
		[ ${#problems[@]} -lt 5 ] || break
		n=$((n + (${#quick} ? 7 : 1)))
	done
	planted=$n
}

fault_disk_write() { each_n write $ENOSPC '' r; }
fault_disk_full() { each_n write $ENOSPC + r; }
fault_disk_error() { each_n write $EIO + r; }
fault_no_processes() { each_n fork $EAGAIN '' r; }

# A file system of its own that has that much room, and a file that takes it.
fault_disk_really_full() {
	[ "$(id -u)" -eq 0 ] || { skip "root mounts a small tmpfs"; return; }
	mount -t tmpfs -o size=4m tmpfs "$W/r" 2>/dev/null || { skip "no tmpfs may be mounted"; return; }
	does "of touch-write && fallocate -l \$((\$(stat -f -c '%a * %S' '$W/r') - 4096)) '$W/r/filler'; again"
	under -- "$FL" run "${CELLS[@]}"
	# shellcheck disable=SC2086
	look $codes
	says "$must_say"
	kept=$(whole_records "$(run_of)" | wc -l)
	rm -f "$W/r/filler"
	go_on again
	umount "$W/r"
}

fault_results_read_only() {
	[ "$(id -u)" -eq 0 ] || { skip "root mounts a read-only tmpfs"; return; }
	mount -t tmpfs -o ro tmpfs "$W/r" 2>/dev/null || { skip "no tmpfs may be mounted"; return; }
	under -- "$FL" run "${CELLS[@]}"
	umount "$W/r"
	# shellcheck disable=SC2086
	look $codes
	says "$must_say"
	kept=0
	go_on
}

# A kernel that is there needs nothing of the cache but to be read.
fault_cache_read_only() {
	[ "$(id -u)" -eq 0 ] || { skip "root mounts the cache read-only"; return; }
	own_cache
	mount --bind "$C" "$C" 2>/dev/null && mount -o remount,ro,bind "$C" || { skip "nothing may be mounted"; return; }
	does again
	once
	umount "$C"
}

fault_cache_removed() {
	own_cache
	does "of touch-write || rm -rf '$C'; again"
	under -- "$FL" run "${CELLS[@]}"
	# shellcheck disable=SC2086
	look $codes
	says "$must_say"
	kept=$(whole_records "$(run_of)" | wc -l)
	rm -rf "$C"
	own_cache
	go_on
}

# --- what is said ---

fault_output_full() {
	does again
	under -- bash -c 'exec "$@" >/dev/full' run "$FL" run "${CELLS[@]}"
	# shellcheck disable=SC2086
	look $codes
	go_on again
}

fault_output_closed() {
	does again
	under -- bash -c '"$@" 2>&1 | head -c 1; exit ${PIPESTATUS[0]}' run "$FL" run "${CELLS[@]}"
	# shellcheck disable=SC2086
	look $codes
	go_on again
}

fault_no_descriptors_at_all() {
	does again
	under -- bash -c 'exec "$@" 0<&- 1>&- 2>&-' run "$FL" run "${CELLS[@]}"
	# shellcheck disable=SC2086
	look $codes
	go_on again
}

fault_descriptors() {
	local n
	for ((n = 4; ; n += 2)); do
		fresh
		does again
		under -- prlimit "--nofile=$n:$n" "$FL" run "${CELLS[@]}"
		# shellcheck disable=SC2086
		look $codes
		kept=$(whole_records "$(run_of)" | wc -l)
		go_on again
		[ "${seen_codes##* }" != 0 ] || [ $n -gt 64 ] || break
		[ $n -lt 64 ] || { wrong "64 descriptors are not enough"; break; }
	done
}

# --- emulators ---

fault_qemu_killed() {
	does 'of null && again
		(sleep 0.7; kill -9 $$) &
		really'
	once
}

fault_qemu_stopped() {
	does 'of null && again; really'
	options=(--boot-limit 12)
	once --at 300:stop=qemu-system-x86
}

fault_qemu_refuses() {
	does 'of null && again; exec "$REAL" -no-such-option "${args[@]}"'
	once
}

fault_qemu_missing() {
	with=(env "FAULTLINE_QEMU=$W/none")
	once
}

# bochs_run [OPTION...]: one cell, by a Bochs that does what is in $W/bochs.does first
bochs_run() {
	under -- "$FL" run --rig bochs-intel --base v6.1 --variants const-fields -p off --workloads null --boots 1 --jobs 1 --out "$W/bochs.r" "$@"
}

bochs() {
	local real at=$W/bochs.r/latest
	real=$(command -v bochs-bin)
	with=(env "FAULTLINE_BOCHS=$W/bochs")
	cat >"$W/bochs" <<-SH
		#!/bin/bash
		[ "\$*" != --help ] || { ${real:-false} --help 2>/dev/null | grep Emulator || echo "  Bochs x86 Emulator 2.7"; exit; }
		. "$W/bochs.does"
		exec ${real:-false} "\$@"
	SH
	chmod +x "$W/bochs"
	echo "$1" >"$W/bochs.does"
	bochs_run "${options[@]}"
	# shellcheck disable=SC2086
	look $codes
	says "$must_say"
	kept=0
	[ -z "$(find "$W/bochs.r" -name '*.image' -o -name '*.rom')" ] || wrong "a boot's files are left"
	[ -n "$real" ] || { skip "no bochs-bin to go on with; scripts/deps bochs"; return; }
	echo : >"$W/bochs.does"
	[ -z "$quick" ] || return 0
	bochs_goes_on
}

# The limit of a run stands in its plan, so one of two seconds is a run to leave.
bochs_goes_on() {
	if [[ " ${options[*]} " == *' 2 '* ]]; then
		bochs_run --boot-limit 900
		went_on='the same command'
	else
		under -- "$FL" run --resume "$(readlink -f "$W/bochs.r/latest")"
		went_on=resume
	fi
	[ "$status" -eq 0 ] || wrong "does not go on, exit code $status: $(tail -n 1 "$W/said")"
}

fault_bochs_killed() {
	options=(--boot-limit 900)
	bochs 'echo 0 d7ef3967 hello 1; kill -9 $$'
}

fault_bochs_stopped() {
	options=(--boot-limit 2)
	bochs 'kill -STOP $$'
}

# --- processes that are killed at moments of the run ---


# at_moments ROUNDS ACTION...: in turn. Every tenth boots for real.
at_moments() {
	local i rounds=$1 real ms factor done=0 began=$SECONDS state=$work/${FUNCNAME[1]}
	shift
	does again
	under -- "$FL" run "${CELLS[@]}"
	local t=${EPOCHREALTIME/./}
	fresh
	does again
	under -- "$FL" run "${CELLS[@]}"
	whole_ms=$(((${EPOCHREALTIME/./} - t) / 1000))
	[ -s "$state" ] && done=$(cat "$state")
	for ((i = done + 1; i <= rounds; i++)); do
		local actions=("$@")
		fresh
		real=again factor=1
		[ -n "$quick" ] || [ $((i % 10)) -ne 0 ] || real=really factor=3
		does "of null && again; $real"
		resume_by=again
		ms=$(((RANDOM * 32768 + RANDOM) % (factor * whole_ms * 11 / 10 + 1)))
		once --at "$ms:${actions[i % ${#actions[@]}]}"
		[ ${#problems[@]} -lt 5 ] || break
		echo "$i" >"$state"
		if [ $((i % 20)) -eq 0 ] && [ "$rounds" -gt 20 ]; then
			say ROUND "$i of $rounds, $nr_lost lost, $(((SECONDS - began) * (rounds - i) / (i - done) / 60)) min left"
		fi
	done
	planted=$rounds
	# Asked again, all of them are made again.
	[ ${#problems[@]} -gt 0 ] || rm -f "$state"
}

fault_killed_at_random() { at_moments "$ROUNDS" kill-all kill-one kill-command; }
fault_stopped_by_ctrl_c() { at_moments $((ROUNDS < 20 ? ROUNDS : 20)) int-command term-command; }
