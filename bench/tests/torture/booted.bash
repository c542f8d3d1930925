# SPDX-License-Identifier: GPL-2.0
# Faults of what is booted: another kernel, another initramfs, before the run or
# while it boots. A right one is there again before the run goes on.
# shellcheck shell=bash disable=SC2154

# kernel_of CACHE: its one kernel's file
kernel_of() { echo "$1"/kernels/v6.1/*/vmlinux; }

fault_wrong_kernel() {
	own_cache
	cp "$OTHER/vmlinux" "$(kernel_of "$C")"
	does again
	under -- "$FL" run "${CELLS[@]}"
	# shellcheck disable=SC2086
	look $codes
	says "$must_say"
	kept=$(whole_records "$(run_of)" | wc -l)
	cp "$(kernel_of "$cache")" "$(kernel_of "$C")"
	go_on
}

# meanwhile COMMAND: in the boot of null, so before that of touch-write
meanwhile() {
	own_cache
	does "of touch-write || { $1; }; again"
	under -- "$FL" run "${CELLS[@]}"
	# shellcheck disable=SC2086
	look $codes
	says "$must_say"
	kept=$(whole_records "$(run_of)" | wc -l)
	cp "$(kernel_of "$cache")" "${C}/kernels/v6.1/"*/vmlinux 2>/dev/null ||
		cp "$(kernel_of "$cache")" "$(dirname "$C"/kernels/v6.1/*/info)/vmlinux"
	go_on
}

fault_swapped_kernel() { meanwhile "cp '$OTHER/vmlinux' '$(kernel_of "$cache" | sed "s#^$cache#$W/cache#")'"; }
fault_lost_kernel() { meanwhile "rm -f '$(kernel_of "$cache" | sed "s#^$cache#$W/cache#")'"; }

fault_wrong_initramfs() {
	cp "$ROOT/build/host.cpio" "$W/host.cpio"
	with=(env "FAULTLINE_HOST_CPIO=$W/host.cpio")
	does 'of null && again; exit 1'
	under -- "$FL" run "${CELLS[@]}"
	printf 'x' >>"$W/host.cpio"
	under -- "$FL" run --resume "$W/r/latest"
	# shellcheck disable=SC2086
	look $codes
	says "$must_say"
	kept=$(whole_records "$(run_of)" | wc -l)
	go_on
}

fault_swapped_initramfs() {
	cp "$ROOT/build/host.cpio" "$W/host.cpio"
	with=(env "FAULTLINE_HOST_CPIO=$W/host.cpio")
	does "of touch-write || printf x >>'$W/host.cpio'; again"
	once
}
