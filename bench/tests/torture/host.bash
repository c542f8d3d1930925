# SPDX-License-Identifier: GPL-2.0
# Faults of the host, of its guest, and of what they say: all in the boot of
# touch-write, while the boot of null is as it was.
# shellcheck shell=bash disable=SC2154

# broken WHAT: the host's kernel is the test's own that misbehaves in the handler
broken() {
	does "of null && again
		set_option -kernel '$BROKEN/vmlinux'
		append kvm.plant=$1
		really"
}

fault_host_panic() { broken panic; once; }
fault_host_oops() { broken oops; once; }
fault_host_warn() { broken warn; once; }

fault_host_hang() {
	broken hang
	options=(--boot-limit 12)
	once
}

# An invalid opcode at the kernel's entry, before there is a table of handlers.
reset() {
	cp "$OTHER/vmlinux" "$W/vmlinux"
	printf '\017\013' | dd of="$W/vmlinux" bs=1 conv=notrunc status=none seek=$((0x200000))
}

fault_host_reset() {
	reset
	does "of null && again; set_option -kernel '$W/vmlinux'; really"
	once
}

fault_host_reset_loop() {
	reset
	does "of null && again; set_option -kernel '$W/vmlinux'; without -no-reboot; really"
	options=(--boot-limit 5)
	resume_by=again
	once
}

guest_is() {
	does "of null && again; guest touch $1; really"
	once
}

fault_guest_triple() { guest_is triple; }

# It has a second, which is a minute of this machine's: here it has 50 ms of it.
fault_guest_hang() {
	does "of null && again
		guest touch silent
		LC_ALL=C sed -i 's/limit_ms 1000/limit_ms 0050/' \"\$initrd\"
		really"
	once
}

fault_guest_data() { guest_is wrong; }
fault_guest_half() { guest_is half; }
fault_guest_extra() { guest_is extra; }
fault_guest_order() { guest_is order; }
fault_wrong_guest() { guest_is null; }

# What the undisturbed boot said, changed on its way by a command that gets its file.
wire() {
	does "of null && again; said; $1; exit 33"
	once
}

fault_wire_lost() { wire 'sed -i 9d "$wire"'; }
fault_wire_cut() { wire 'truncate -s -30 "$wire"'; }
fault_wire_doubled() { wire 'sed -i 9p "$wire"'; }
fault_wire_reordered() { wire 'sed -i "9{h;d};10G" "$wire"'; }

# One bit of a digit in the middle of a line of the record.
fault_wire_flipped() { wire 'sed -i "s/\(num total .*\)2/\13/; t; s/\(num total .*\)4/\15/; t; s/\(num total .*\)[0-9]\$/\1X/" "$wire"'; }
fault_wire_empty() { wire ': >"$wire"'; }
fault_wire_of_other_boot() { wire 'cp "${wire/touch-write/null}" "$wire"'; }

# measured: an undisturbed run, by what the boots said once
measured() {
	does again
	under -- "$FL" run "${CELLS[@]}"
	[ "$status" -eq 0 ] || wrong "no run to damage: $(tail -n 1 "$W/said")"
	R=$(run_of)
	whole_records "$R" >"$W/sound"
}

# compared COMMAND...: what compare says of a run that the command damaged in its folder
compared() {
	measured
	(cd "$R" && "$@")
	under -- "$FL" compare "$R"
	# shellcheck disable=SC2086
	look $codes
	[ -z "$must_say" ] || says "$must_say"
	kept=$(whole_records "$R" | wc -l)
}

# damaged COMMAND...: the records of a run on the disk; and what --resume makes of them
damaged() {
	compared "$@"
	go_on
}

fault_file_lost() { damaged sed -i 2d records.jsonl; }
fault_file_cut() { damaged truncate -s -30 records.jsonl; }
fault_file_doubled() { damaged sed -i 2p records.jsonl; }
fault_file_reordered() { damaged sed -i '1{h;d};2G' records.jsonl; }
fault_file_flipped() { damaged sed -i '2s/"total":\(.\)/"total":9\1/' records.jsonl; }
fault_file_zeros() { damaged dd if=/dev/zero of=records.jsonl bs=1 seek=100 count=300 conv=notrunc status=none; }

# The run's own file: without it nothing says what the records are of, so the same
# command makes another run.
lost_run() {
	compared "$@"
	[ "$kept" -eq 2 ] || lost_ "records.jsonl of the run was touched"
	does "of null && again; $([ -z "$quick" ] && echo really || echo again)"
	under -- "$FL" run "${CELLS[@]}"
	[ "$status" -eq 0 ] || wrong "does not go on: $(tail -n 1 "$W/said")"
	went_on='the same command'
	same_figures
}

fault_run_lost() { lost_run rm run.json; }
fault_run_cut() { lost_run truncate -s 200 run.json; }

fault_plan_lost() {
	does "of null && again; cp '$ROOT/build/host.cpio' \"\$initrd\"; really"
	once
}
fault_initramfs_cut() {
	does "of null && again; head -c 200000 '$ROOT/build/host.cpio' >\"\$initrd\"; really"
	once
}
