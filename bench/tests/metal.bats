#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The rig of the machine itself, on machines that have no such hardware: the
# machine is planted (a tree of /sys and /proc, a /dev/kvm in name only), the
# VMM is the real one, run inside a tcg host.
#
# stage: boot
# order: 70
# needs: kernel of v6.1; boots; root for one test
# takes: 40 s
# kernels: v6.1 off const-fields
# builds: build-guest v6.1

load common.bash

setup() {
	M=$BATS_TEST_TMPDIR/machine
	OUT=$BATS_TEST_TMPDIR/r
}

put() {	# FILE VALUE
	mkdir -p "$M$(dirname "$1")"
	echo "$2" >"$M$1"
}

value() { cat "$M$1"; }

# A noisy machine: every setting is as it should not be.
noisy_machine() {
	put /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor powersave
	put /sys/devices/system/cpu/cpu1/cpufreq/scaling_governor schedutil
	put /sys/devices/system/cpu/intel_pstate/no_turbo 0
	put /sys/devices/system/cpu/cpufreq/boost 1
	put /sys/devices/system/cpu/smt/control on
	put /proc/sys/kernel/randomize_va_space 2
	put /proc/sys/kernel/nmi_watchdog 1
	put /proc/sys/kernel/numa_balancing 1
	put /sys/kernel/mm/transparent_hugepage/enabled "[always] madvise never"
	put /sys/kernel/mm/ksm/run 1
	put /proc/loadavg "0.00 0.00 0.00 1/99 1234"
	mkdir -p "$M/run"
	export FAULTLINE_SYSFS=$M
}

is_quiet() {
	[ "$(value /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor)" = performance ] &&
		[ "$(value /sys/devices/system/cpu/cpu1/cpufreq/scaling_governor)" = performance ] &&
		[ "$(value /sys/devices/system/cpu/intel_pstate/no_turbo)" = 1 ] &&
		[ "$(value /sys/devices/system/cpu/cpufreq/boost)" = 0 ] &&
		[ "$(value /sys/devices/system/cpu/smt/control)" = off ] &&
		[ "$(value /proc/sys/kernel/randomize_va_space)" = 0 ] &&
		[ "$(value /proc/sys/kernel/nmi_watchdog)" = 0 ] &&
		[ "$(value /proc/sys/kernel/numa_balancing)" = 0 ] &&
		[ "$(value /sys/kernel/mm/transparent_hugepage/enabled)" = madvise ] &&
		[ "$(value /sys/kernel/mm/ksm/run)" = 0 ]
}

is_as_before() {
	[ "$(value /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor)" = powersave ] &&
		[ "$(value /sys/devices/system/cpu/cpu1/cpufreq/scaling_governor)" = schedutil ] &&
		[ "$(value /sys/devices/system/cpu/intel_pstate/no_turbo)" = 0 ] &&
		[ "$(value /sys/devices/system/cpu/cpufreq/boost)" = 1 ] &&
		[ "$(value /sys/devices/system/cpu/smt/control)" = on ] &&
		[ "$(value /proc/sys/kernel/randomize_va_space)" = 2 ] &&
		[ "$(value /proc/sys/kernel/nmi_watchdog)" = 1 ] &&
		[ "$(value /proc/sys/kernel/numa_balancing)" = 1 ] &&
		[ "$(value /sys/kernel/mm/transparent_hugepage/enabled)" = always ] &&
		[ "$(value /sys/kernel/mm/ksm/run)" = 1 ] &&
		[ ! -e "$M/run/faultline-quiet-host" ]
}

within() {	# SECONDS COMMAND...
	local n=$(($1 * 10))
	shift
	for _ in $(seq "$n"); do
		"$@" && return 0
		sleep 0.1
	done
	return 1
}

# A KVM in name only, and a VMM of the test's own: the text of a script.
fake_vmm() {
	put /sys/module/kvm_amd/parameters/npt Y
	put /sys/module/kvm/parameters/tdp_mmu Y
	mkdir -p "$M/sys/kernel/debug/kvm"
	printf '#!/bin/bash\n%s\n' "$1" >"$BATS_TEST_TMPDIR/vmm"
	chmod +x "$BATS_TEST_TMPDIR/vmm"
	export FAULTLINE_METAL=$BATS_TEST_TMPDIR/vmm FAULTLINE_KVM=/dev/null
	export FAULTLINE_SYSFS=$M
	VMM_ENV=(env "LD_PRELOAD=$ROOT/build/fakekvm.so")
}

# What /sys/kernel/notes says of a build id in hex.
notes() {	# FILE BUILD-ID
	local bytes
	mkdir -p "$M$(dirname "$1")"
	# A note of another kind in front of it, as kernels have.
	printf '\x04\0\0\0\x04\0\0\0\x12\0\0\0Xen\0abcd' >"$M$1"
	printf '\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0' >>"$M$1"
	bytes=$(sed 's/../\\x&/g' <<<"$2")
	printf '%b' "$bytes" >>"$M$1"
}

# A cache with one kernel of v6.1: const-fields.
planted_cache() {	# BUILD-ID [LINE-OF-INFO...]
	export FAULTLINE_CACHE=$BATS_TEST_TMPDIR/cache
	local dir=$FAULTLINE_CACHE/metal/v6.1/const-fields-1
	mkdir -p "$dir"
	printf '%s\n' "base = v6.1" "variant = const-fields" "build_id = $1" \
		"vmlinux_sha256 = aa" "handler_sha256 = bb" "${@:2}" >"$dir/info"
	echo CONFIG_RETPOLINE=y >"$dir/config"
}

ID=0123456789abcdef0123456789abcdef01234567

@test "no /dev/kvm: a skip for every workload, with the reason, and exit 0" {
	export FAULTLINE_KVM=$BATS_TEST_TMPDIR/none
	run "$FL" run --rig metal --workloads touch-write,mmio --out "$OUT"
	expect 0 "2 skipped"
	[ "$(jq -r .outcome "$OUT/latest/records.jsonl" | sort -u)" = skip ]
	jq -r .why "$OUT/latest/records.jsonl" | grep -q "this machine has no $FAULTLINE_KVM (No such file"
	[ "$(jq -r .variant "$OUT/latest/records.jsonl" | sort -u)" = "$(uname -r)" ]
	run "$FL" compare "$OUT/latest"
	expect 0 "skipped: touch-write" "no virtualization in the"
}

@test "a file that is no KVM is not taken for one" {
	export FAULTLINE_KVM=/dev/null
	run "$FL" run --rig metal --workloads touch-write --out "$OUT"
	expect 0 "1 skipped"
	jq -r .why "$OUT/latest/records.jsonl" | grep -q "/dev/null is not a KVM"
}

@test "a KVM that no hardware drives is a skip" {
	fake_vmm 'exit 1'
	rm -r "$M/sys/module/kvm_amd"
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads touch-write --out "$OUT"
	expect 0 "1 skipped"
	jq -r .why "$OUT/latest/records.jsonl" | grep -q "neither kvm_amd nor kvm_intel"
}

@test "/dev/kvm without permission: said with what to do" {
	[ "$(id -u)" -eq 0 ] || skip "needs root to become somebody else"
	# A checkout that is open to all, its lock too: not below a folder of root's.
	copy=$(mktemp -d /tmp/faultline-open.XXXXXX)
	mkdir -p "$copy/build" "$copy/r"
	for f in variants guests scripts; do cp -r "$ROOT/$f" "$copy/$f"; done
	cp "$ROOT/build/faultline" "$ROOT/build/faultline-metal" "$copy/build/"
	chmod -R a+rwX "$copy"
	touch "$copy/kvm"
	chmod 600 "$copy/kvm"
	export FAULTLINE_KVM=$copy/kvm FAULTLINE_ROOT=$copy
	unset FAULTLINE_RUN_LOCK FAULTLINE_VARIANTS FAULTLINE_WORKLOADS
	them=(setpriv --reuid=65534 --clear-groups)
	run "${them[@]}" "$copy/build/faultline" doctor
	said=$output
	run "${them[@]}" "$copy/build/faultline" run --rig metal --workloads touch-write --out "$copy/r"
	rm -rf "$copy"
	expect "$EXIT_MISSING" "is there, but this user may not open it: Permission denied" \
		"usermod -aG kvm USER"
	output=$said
	expect "$status" "note    $copy/kvm: Permission denied" "fix: run as root"
}

@test "both vendors built into the kernel: the CPU's flag says which one counts" {
	fake_vmm 'exit 1'
	put /sys/module/kvm_intel/parameters/ept Y
	put /proc/cpuinfo $'processor\t: 0\nflags\t\t: fpu svm vmx_not\n'
	put /sys/module/kvm_amd/parameters/npt N
	put /sys/module/kvm/parameters/tdp_mmu N
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads touch-write,shadow-touch --out "$OUT"
	jq -r 'select(.workload == "touch-write").why' "$OUT/latest/records.jsonl" | grep -q "tdp_mmu=N npt=N"
	jq -r 'select(.workload == "shadow-touch").outcome' "$OUT/latest/records.jsonl" | grep -vq skip
	put /proc/cpuinfo $'processor\t: 0\nflags\t\t: fpu vmx\n'
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads shadow-touch --out "$OUT"
	jq -r .why "$OUT/latest/records.jsonl" | grep -q "wants kvm_intel.ept=0, and here it is Y"
}

@test "KVM's counters out of reach: said with what to do" {
	fake_vmm 'exit 1'
	rm -r "$M/sys/kernel/debug/kvm"
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads touch-write --out "$OUT"
	expect "$EXIT_MISSING" "mount -t debugfs"
}

@test "what the machine is not booted with is a skip, not a failure" {
	fake_vmm 'exit 1'
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads shadow-touch,legacy-touch --out "$OUT"
	expect 0 "2 skipped"
	jq -r .why "$OUT/latest/records.jsonl" | grep -q "wants kvm_amd.npt=0, and here it is Y"
	jq -r .why "$OUT/latest/records.jsonl" | grep -q "the TDP MMU must be off"
}

@test "a VMM that dies, hangs or lies has no valid record" {
	fake_vmm 'echo "no memory" >&2; exit 3'
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads touch-write --out "$OUT"
	expect "$EXIT_RIG" "faultline-metal ended with status 3: no memory"
	fake_vmm 'printf "guest| no memory\nguest| hello\nmine\n" >&2; exit 3'
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads touch-write --out "$OUT"
	expect "$EXIT_RIG" "faultline-metal ended with status 3: mine"
	fake_vmm 'exec sleep 60'
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads touch-write --boot-limit 1 --out "$OUT"
	expect "$EXIT_HANG" "still running after 1 s"
	fake_vmm 'echo "0 00000000 hello 1"; exit 16'
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads touch-write --out "$OUT"
	expect "$EXIT_LOST" "a line is damaged"
}

@test "huge pages of a VMM that was killed are given back" {
	put /proc/sys/vm/nr_hugepages 4
	fake_vmm "echo 68 >$M/proc/sys/vm/nr_hugepages; kill -9 \$\$"
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads huge-2m --out "$OUT"
	expect "$EXIT_RIG" "faultline-metal was killed by signal 9"
	[ "$(value /proc/sys/vm/nr_hugepages)" = 4 ]
}

@test "variants, profiles and boots are not chosen on metal but booted" {
	for o in "--variants baseline" "--profiles off" "--base v6.1" "--boots 3"; do
		# shellcheck disable=SC2086
		run "$FL" run --rig metal $o --out "$OUT"
		expect "$EXIT_USAGE" "measures the kernel that runs here" "install-variant"
	done
}

@test "the running kernel is called by its build id, in the profile it was booted with" {
	export FAULTLINE_KVM=$BATS_TEST_TMPDIR/none FAULTLINE_SYSFS=$M
	notes /sys/kernel/notes $ID
	put /proc/cmdline "BOOT_IMAGE=/vmlinuz root=/dev/sda1 mitigations=off"
	put /sys/devices/system/cpu/vulnerabilities/spectre_v2 "Vulnerable; IBPB: disabled"
	put /sys/devices/system/cpu/vulnerabilities/retbleed Vulnerable
	put /sys/devices/system/cpu/vulnerabilities/spec_rstack_overflow Vulnerable
	planted_cache $ID
	run "$FL" doctor
	[[ $output == *"the running kernel is v6.1/const-fields, profile off"* ]]
	run "$FL" run --rig metal --workloads touch-write --out "$OUT"
	expect 0 "v6.1/const-fields, profile off"
	[ "$(jq -r '.base + "/" + .variant + " " + .profile + " " + .handler_sha256' \
		"$OUT/latest/records.jsonl")" = "v6.1/const-fields off bb" ]
	# Booted otherwise it is the same kernel in another profile.
	put /proc/cmdline "root=/dev/sda1 $("$FL" recipe v6.1 const-fields retpoline | sed -n 's/^cmdline //p')"
	put /sys/devices/system/cpu/vulnerabilities/spectre_v2 "Mitigation: Retpolines; RSB filling"
	run "$FL" doctor
	[[ $output == *"v6.1/const-fields, profile retpoline"* ]]
	# Words on the command line that took no effect make no profile.
	put /sys/devices/system/cpu/vulnerabilities/spectre_v2 "Mitigation: Enhanced IBRS"
	run "$FL" doctor
	[[ $output == *"v6.1/const-fields, profile as-booted"* ]]
}

@test "one digit of the build id off, or a KVM module of another build: by its release" {
	export FAULTLINE_KVM=$BATS_TEST_TMPDIR/none FAULTLINE_SYSFS=$M
	put /proc/sys/kernel/osrelease 6.1.99-mine
	notes /sys/kernel/notes ${ID%7}8
	planted_cache $ID
	run "$FL" doctor
	[[ $output == *"the running kernel is 6.1.99-mine, which is not a variant"* ]]
	notes /sys/kernel/notes $ID
	notes /sys/module/kvm/notes/.note.gnu.build-id ${ID%7}9
	run "$FL" doctor
	[[ $output == *"6.1.99-mine, which is not a variant: the kernel is v6.1/const-fields, but its KVM module is from another build"* ]]
	planted_cache $ID "kvm_build_id = ${ID%7}9"
	run "$FL" doctor
	[[ $output == *"the running kernel is v6.1/const-fields"* ]]
}

# The real VMM in a real KVM host, which relays what it said; build/relay is
# init in there.
metal_archive() {
	local d=$BATS_TEST_TMPDIR/initramfs
	mkdir -p "$d/guests"
	cp "$ROOT/build/relay" "$d/init"
	cp "$ROOT/build/faultline-metal" "$d/"
	cp "$ROOT"/build/guests/*.bin "$d/guests/"
	(cd "$d" && find . | LC_ALL=C sort | cpio -o -H newc --quiet --owner=0:0) \
		>"$BATS_TEST_TMPDIR/metal.cpio"
}

# The most common sample and its percent: a page of page tables more or less moves one sample.
typical() { jq -c '[.events, .stats.pf_taken, .stats.pf_fixed, (.events as $n | .hist | max_by(.[1]) | [.[0], (.[1] * 100 / $n | floor)])]' "$1"; }

@test "the metal program in a tcg host finds what init finds" {
	metal_archive
	"$FL" run --variants const-fields --workloads touch-write,huge-2m --boots 1 --out "$OUT/init"
	FAULTLINE_HOST_CPIO=$BATS_TEST_TMPDIR/metal.cpio "$FL" run \
		--variants const-fields --workloads touch-write,huge-2m --boots 1 --out "$OUT/metal"
	[ "$(typical "$OUT/init/latest/records.jsonl" | sort)" = \
		"$(typical "$OUT/metal/latest/records.jsonl" | sort)" ]
	jq -e '.host.aslr == "off for the VMM"' "$OUT/metal/latest/records.jsonl"
}

# What it said there, asked as the rig asks it: blocks, and counters.
real_wire() {
	metal_archive
	cat >"$BATS_TEST_TMPDIR/w.conf" <<-CONF
	[noisy-touch]
	guest    = touch
	op       = write
	chunk    = 64
	counters = yes
	expect   = pf_taken=N pf_fixed=N
	CONF
	FAULTLINE_WORKLOADS=$BATS_TEST_TMPDIR/w.conf \
		FAULTLINE_HOST_CPIO=$BATS_TEST_TMPDIR/metal.cpio "$FL" run \
		--variants const-fields --workloads noisy-touch --boots 1 --out "$OUT/tcg"
	cp "$OUT/tcg/latest/boots/"*.wire "$BATS_TEST_TMPDIR/wire"
}

@test "from the VMM's words to a record in cycles, and a comparison of boots" {
	real_wire
	grep -q 'str pmu not counted: ' "$BATS_TEST_TMPDIR/wire"
	[ "$(grep -c ' block ' "$BATS_TEST_TMPDIR/wire")" -eq 64 ]
	fake_vmm 'cat "${0%/*}/wire"; exit 16'
	put /proc/sys/kernel/random/boot_id first
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads touch-write --out "$OUT"
	expect 0 "1 records, 1 valid"
	R=$OUT/latest/records.jsonl
	jq -e '.rig == "metal" and .boot == 1 and .host.boot_id == "first" and
		(.cycles.hot | length) == 64 and .cycles.chunk.hot == 64 and
		([.hist[][1]] | add) == 4096 and .cycles.pmu == null' "$R"
	# The blocks are the samples: their sums are equal.
	jq -e '([.cycles.hot[]] | add) * 64 == ([.hist[] | .[0] * .[1]] | add)' "$R"
	# The same boot of the machine adds nothing; the next one is boot 2.
	run "${VMM_ENV[@]}" "$FL" run --resume "$OUT/latest"
	expect 0 "1 records, 1 valid"
	put /proc/sys/kernel/random/boot_id second
	run "${VMM_ENV[@]}" "$FL" run --resume "$OUT/latest"
	expect 0 "2 records, 2 valid" "boot 2 of it"
	# Another kernel joins the run.
	put /proc/sys/kernel/osrelease 6.1.99-other
	put /proc/sys/kernel/random/boot_id third
	run "${VMM_ENV[@]}" "$FL" run --resume "$OUT/latest"
	expect 0 "3 records, 3 valid" "running/6.1.99-other, profile as-booted, boot 1 of it"
	[ "$(jq '.plan.sections[0].variants | length' "$OUT/latest/run.json")" -eq 2 ]
	[ "$(jq '.kernels | length' "$OUT/latest/run.json")" -eq 2 ]
	run "$FL" compare "$OUT/latest" --against "$(uname -r)"
	expect 0 "rig metal" "6.1.99-other" "boot" "pmu: not counted: "
}

@test "counters that were counted are in the record, host and guest apart" {
	real_wire
	crc() { printf '%s' "$1" | gzip -c | tail -c8 | od -An -tx4 -N4 | tr -d ' '; }
	# The lines anew, with the PMU's among them.
	sed -E 's/^[0-9]+ [0-9a-f]{8} //; s/^str pmu .*/str pmu counted\ncount host_cycles 8192000\ncount host_instructions 9830400\ncount host_branch_misses 4096\ncount guest_instructions 40960/' \
		"$BATS_TEST_TMPDIR/wire" | { n=0; while read -r line; do
		echo "$n $(crc "$line") $line"; n=$((n + 1)); done; } >"$BATS_TEST_TMPDIR/wire2"
	fake_vmm 'cat "${0%/*}/wire2"; exit 16'
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads touch-write --out "$OUT"
	expect 0 "1 records, 1 valid"
	jq -e '.cycles.pmu.cycles == 2000 and .cycles.pmu.instructions == 2400 and
		.cycles.pmu.branch_misses == 1 and .stats.perf_guest_instructions == 40960' \
		"$OUT/latest/records.jsonl"
}

# Workloads of a test's own, run by the real VMM in a tcg host; what it said is
# in $BATS_TEST_TMPDIR/wire.
wire_of() {	# WORKLOAD CPIO [ROW...]
	local w=$1 cpio=$2
	shift 2
	printf '%s\n' "[$w]" "$@" >"$BATS_TEST_TMPDIR/w.conf"
	FAULTLINE_WORKLOADS=$BATS_TEST_TMPDIR/w.conf FAULTLINE_HOST_CPIO=$cpio \
		"$FL" run --variants const-fields --workloads "$w" --boots 1 --out "$OUT/tcg"
	cp "$OUT/tcg/latest/boots/"*.wire "$BATS_TEST_TMPDIR/wire"
}

@test "more vCPUs than the machine has CPUs is a skip that names both" {
	metal_archive
	wire_of two "$BATS_TEST_TMPDIR/metal.cpio" "guest = smp" "vcpus = 2" \
		"op = write" "events = 64" "expect = pf_taken=N"
	grep -q 'end .* skip 2 vCPUs, and 1 CPUs here: they would take turns' "$BATS_TEST_TMPDIR/wire"
	fake_vmm 'cat "${0%/*}/wire"; exit 16'
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads smp-touch-2 --out "$OUT"
	expect 0 "1 skipped"
	[ "$(jq -r '.outcome + ": " + .why' "$OUT/latest/records.jsonl")" = \
		"skip: 2 vCPUs, and 1 CPUs here: they would take turns" ]
	# Under tcg they do take turns, on one CPU, and that is no skip.
	wire_of two "$ROOT/build/host.cpio" "guest = smp" "vcpus = 2" \
		"op = write" "events = 64" "expect = pf_taken=N"
	[ "$(jq -r .outcome "$OUT/tcg/latest/records.jsonl")" = ok ]
}

@test "of several vCPUs there are blocks, and words in place of counters" {
	wire_of two "$ROOT/build/host.cpio" "guest = smp" "vcpus = 2" "op = write" \
		"chunk = 64" "counters = yes" "expect = pf_taken=N pf_fixed=N"
	fake_vmm 'cat "${0%/*}/wire"; exit 16'
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads smp-touch-2 --out "$OUT"
	expect 0 "1 records, 1 valid"
	jq -e '.outcome == "ok" and [.vcpus[].touches] == [2048, 2048] and
		(.cycles.hot | length) == 64 and .cycles.pmu == null and
		([.cycles.hot[]] | add) * 64 == ([.hist[] | .[0] * .[1]] | add) and
		([.stats | keys[] | select(startswith("perf_"))] | length) == 0 and
		.host.pmu == "not counted: the counters count one thread, the cell has 2 vCPUs"' \
		"$OUT/latest/records.jsonl"
	run "$FL" compare "$OUT/latest" --against "$(uname -r)"
	expect 0 "pmu: not counted: the counters count one thread, the cell has 2 vCPUs"
}

# A VMM that notes what it was started with.
noting_vmm() {
	fake_vmm 'printf "%s\n" "$@" >"${0%/*}/args"; echo "noted" >&2; exit 3'
}

args() { paste -sd' ' "$BATS_TEST_TMPDIR/args"; }

@test "the Linux guest's folder is handed over, to the workloads that are in it" {
	noting_vmm
	mkdir "$BATS_TEST_TMPDIR/guest"
	echo archive >"$BATS_TEST_TMPDIR/guest/guest.cpio"
	export FAULTLINE_GUEST=$BATS_TEST_TMPDIR/guest
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads linux-anon --out "$OUT"
	expect "$EXIT_RIG" "faultline-metal ended with status 3: noted"
	[[ $(args) == *".plan $ROOT/build/guests/ $FAULTLINE_GUEST/" ]]
	[ "$(jq -r '.host["guest/guest.cpio_sha256"]' "$OUT/latest/records.jsonl")" = \
		"$(sha256sum <"$FAULTLINE_GUEST/guest.cpio" | cut -d' ' -f1)" ]
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads touch-write --out "$OUT"
	expect "$EXIT_RIG" "noted"
	[[ $(args) == *".plan $ROOT/build/guests/" ]]
	jq -e '.host | has("guest/guest.cpio_sha256") | not' "$OUT/latest/records.jsonl"
	rm "$FAULTLINE_GUEST/guest.cpio" "$BATS_TEST_TMPDIR/args"
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads linux-anon --out "$OUT"
	expect "$EXIT_RIG" "guest.cpio: the Linux guest is missing; run: scripts/build-guest"
	[ ! -e "$BATS_TEST_TMPDIR/args" ]
}

@test "the Linux guest is that of the running kernel's base, or the default's" {
	noting_vmm
	# A checkout whose scripts/build-guest only says whom it was asked for.
	root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root/scripts" "$root/guest" "$root/build"
	ln -s "$ROOT/variants" "$ROOT/guests" "$root/"
	cp "$ROOT/build/host.cpio" "$root/build/"
	echo archive >"$root/guest/guest.cpio"
	printf '#!/bin/sh\necho "$@" >>%s/asked\necho %s/guest\n' "$root" "$root" \
		>"$root/scripts/build-guest"
	chmod +x "$root/scripts/build-guest"
	export FAULTLINE_ROOT=$root
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads linux-anon --out "$OUT"
	expect "$EXIT_RIG" "noted"
	[ "$(cat "$root/asked")" = v6.1 ]
	notes /sys/kernel/notes $ID
	planted_cache $ID
	sed -i 's/^base = .*/base = v6.12/' "$FAULTLINE_CACHE/metal/v6.1/const-fields-1/info"
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads linux-anon,linux-cow --out "$OUT"
	expect "$EXIT_RIG" "v6.12/const-fields"
	[ "$(tail -n +2 "$root/asked" | sort -u)" = v6.12 ]
	[[ $(args) == *" $root/guest/" ]]
}

@test "a Linux boot is too few events for a figure in cycles: a skip" {
	noting_vmm
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads linux-boot --out "$OUT"
	expect 0 "1 skipped"
	jq -r .why "$OUT/latest/records.jsonl" | grep -q "1 events: a figure in cycles needs at least 8"
	[ ! -e "$BATS_TEST_TMPDIR/args" ]
}

@test "the metal program boots the Linux guest from the folder it is given" {
	metal_archive
	"$FL" run --variants const-fields --workloads linux-anon --boots 1 --out "$OUT/init"
	wire_of noisy-linux "$BATS_TEST_TMPDIR/metal.cpio" "guest = linux-anon" \
		"limit_ms = 60000" "chunk = 64" "counters = yes" \
		"expect = guest_faults=N guest_touched=N pf_taken=N pf_fixed=N"
	[ "$(jq .outcome "$OUT/tcg/latest/records.jsonl")" = '"ok"' ]
	linux() { jq -c '[.events, (.stats | .guest_faults, .guest_touched, .pf_taken, .pf_fixed)]' "$1"; }
	[ "$(linux "$OUT/tcg/latest/records.jsonl")" = "[4096,4096,4096,4096,4096]" ]
	[ "$(linux "$OUT/init/latest/records.jsonl")" = "[4096,4096,4096,4096,4096]" ]
	# From its words to a record of this machine: in cycles, by the boot.
	fake_vmm 'cat "${0%/*}/wire"; exit 16'
	run "${VMM_ENV[@]}" "$FL" run --rig metal --workloads linux-anon --out "$OUT"
	expect 0 "1 records, 1 valid"
	jq -e '.rig == "metal" and (.cycles.hot | length) == 64 and
		(.host["guest/vmlinux_sha256"] | length) == 64' "$OUT/latest/records.jsonl"
}

@test "doctor finds what makes a machine noisy, and how to fix it" {
	noisy_machine
	run "$FL" doctor
	for t in "governor: powersave" "governor: schedutil" "turbo: 0" "boost: 1" "SMT: on" \
		"ASLR: 2" "NMI watchdog: 1" "NUMA balancing: 1" "THP: always" "KSM: 1"; do
		[[ $output == *"note    $t"* ]] || { echo "no $t in $output"; return 1; }
	done
	[[ $output == *"echo performance >/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"* ]]
	[[ $output == *"ok      other load: 0.00"* ]]
	put /proc/loadavg "3.10 1.00 0.50 4/99 1234"
	run "$FL" doctor
	[[ $output == *"note    other load: 3.10 in the last minute, 3 running"* ]]
}

@test "--quiet-host sets, writes it down, and puts back at the end" {
	noisy_machine
	fake_vmm "for f in \$(cd $M && find sys/devices sys/kernel/mm proc/sys/kernel -type f | sort); do echo \"\$f \$(cat $M/\$f)\"; done >${BATS_TEST_TMPDIR}/seen; exit 3"
	run "${VMM_ENV[@]}" "$FL" run --rig metal --quiet-host --workloads touch-write --out "$OUT"
	expect "$EXIT_RIG" "governor: performance, was powersave" "SMT: off, was on" "THP: madvise, was always"
	is_as_before
	grep -q "cpu1/cpufreq/scaling_governor performance" "$BATS_TEST_TMPDIR/seen"
	grep -q "smt/control off" "$BATS_TEST_TMPDIR/seen"
	grep -q "ksm/run 0" "$BATS_TEST_TMPDIR/seen"
	jq -e '.quiet_host.set | index("KSM: 0, was 1")' "$OUT/latest/run.json"
	# Also where the run dies of something else.
	noisy_machine
	run "${VMM_ENV[@]}" "$FL" run --rig metal --quiet-host --workloads touch-write --out /proc/none
	[ "$status" -ne 0 ]
	put /sys/kernel/mm/transparent_hugepage/enabled always
	is_as_before
}

start_quiet_run() {	# sets PID; the VMM waits for the test
	noisy_machine
	fake_vmm 'exec sleep 60'
	"${VMM_ENV[@]}" "$FL" run --rig metal --quiet-host --workloads touch-write \
		--out "$OUT" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	PID=$!
	within 10 is_quiet
	[ -s "$M/run/faultline-quiet-host" ]
}

guard_of() { pgrep -P "$1" -x faultline-guard; }

@test "--quiet-host puts back on Ctrl-C" {
	start_quiet_run
	kill -INT "$PID"
	code=0
	wait "$PID" || code=$?
	[ "$code" -eq "$EXIT_INTERRUPTED" ]
	is_as_before
}

@test "--quiet-host puts back after kill -9 of the run" {
	start_quiet_run
	kill -KILL "$PID"
	wait "$PID" || true
	within 5 is_as_before
}

@test "--quiet-host puts back by itself where the guard was killed" {
	start_quiet_run
	kill -KILL "$(guard_of "$PID")"
	kill -INT "$PID"
	wait "$PID" || true
	is_as_before
}

@test "both killed: the next start, or doctor, puts back and says so" {
	start_quiet_run
	run "${VMM_ENV[@]}" "$FL" doctor	# a run that lives is left alone
	is_quiet
	kill -KILL "$(guard_of "$PID")" "$PID"
	wait "$PID" || true
	is_quiet
	run "$FL" doctor
	[[ $output == *"run $PID with --quiet-host was killed: its settings were put back"* ]]
	is_as_before
	start_quiet_run
	guard=$(guard_of "$PID")
	kill -KILL "$guard" "$PID"
	wait "$PID" || true
	# The guard has the run's lock too, until it is gone.
	for _ in $(seq 50); do
		[ -d "/proc/$guard" ] || break
		sleep 0.1
	done
	FAULTLINE_KVM=/dev/null run "$FL" run --rig metal --workloads touch-write --out "$OUT"
	expect 0 "its settings were put back"
	is_as_before
}

@test "what cannot be set is said, and the rest is set" {
	[ "$(id -u)" -eq 0 ] || skip "needs root to make a file that root cannot write"
	noisy_machine
	fake_vmm 'exit 3'
	f=/sys/devices/system/cpu/intel_pstate/no_turbo
	chattr +i "$M$f" 2>/dev/null || skip "no immutable files here"
	run "${VMM_ENV[@]}" "$FL" run --rig metal --quiet-host --workloads touch-write --out "$OUT"
	chattr -i "$M$f"
	expect "$EXIT_RIG" "--quiet-host: turbo: 0, not 1: Operation not permitted" \
		"boost: 0, was 1"
}

# A machine with AMD's nested virtualization, in name only.
nested_machine() {
	fake_vmm 'exit 1'
	put /sys/module/kvm_amd/parameters/nested 1
}

@test "nested: no KVM, nested off on AMD and on Intel: each a skip with its reason" {
	FAULTLINE_KVM=$BATS_TEST_TMPDIR/none run "$FL" run --rig nested \
		--variants const-fields --workloads touch-write --out "$OUT"
	expect 0 "1 cells" "skipped"
	jq -r .why "$OUT/latest/records.jsonl" | grep -q "this machine has no "
	nested_machine
	put /sys/module/kvm_amd/parameters/nested 0
	run "${VMM_ENV[@]}" "$FL" run --rig nested --variants const-fields --workloads touch-write --out "$OUT"
	expect 0 "skipped"
	jq -r .why "$OUT/latest/records.jsonl" | grep -q "modprobe kvm_amd nested=1"
	rm -r "$M/sys/module/kvm_amd"
	put /sys/module/kvm_intel/parameters/nested N
	run "${VMM_ENV[@]}" "$FL" run --rig nested --variants const-fields --workloads touch-write --out "$OUT"
	expect 0 "skipped"
	jq -r .why "$OUT/latest/records.jsonl" | grep -q "modprobe kvm_intel nested=1"
}

@test "nested: the command line, and cycles by the boot" {
	nested_machine
	# What asks for KVM gets TCG: all but the accelerator is as it would be.
	cat >"$BATS_TEST_TMPDIR/qemu" <<-'SH'
	#!/bin/bash
	case "$*" in *--version*) exec qemu-system-x86_64 --version ;; esac
	unset LD_PRELOAD
	echo "$*" >>"${0%/*}/asked"
	args=()
	for a in "$@"; do
		case $a in
		kvm) args+=(tcg -icount shift=0,sleep=off) ;;
		host,pmu=on) args+=("EPYC,+svm,+npt,-rdrand,-rdseed,-erms") ;;
		nokaslr*) args+=("$a no_timer_check noapictimer nolapic_timer") ;;
		*) args+=("$a") ;;
		esac
	done
	exec qemu-system-x86_64 "${args[@]}"
	SH
	chmod +x "$BATS_TEST_TMPDIR/qemu"
	export FAULTLINE_QEMU=$BATS_TEST_TMPDIR/qemu
	run "${VMM_ENV[@]}" "$FL" run --rig nested --variants const-fields \
		--workloads touch-write,null --boots 2 --out "$OUT"
	expect 0 "1 of 2 cells measured in 2 boots"
	grep -q -- "-accel kvm -cpu host,pmu=on" "$BATS_TEST_TMPDIR/asked"
	if grep -q icount "$BATS_TEST_TMPDIR/asked"; then return 1; fi
	if grep -q "noapictimer" "$BATS_TEST_TMPDIR/asked"; then return 1; fi
	jq -es '[.[] | select(.workload == "touch-write")] | length == 2 and
		all(.rig == "nested" and (.cycles.hot | length) == 64 and .outcome == "ok")' \
		"$OUT/latest/records.jsonl"
	jq -e '.rig.name == "nested" and .rig.cpu == "host,pmu=on"' "$OUT/latest/run.json"
	run "$FL" compare "$OUT/latest"
	expect 0 "TSC cycles per fault: v6.1, profile off, rig nested" "2 boots: an interval needs 6"
	run "$FL" run --rig nested --attribute --out "$OUT"
	expect "$EXIT_USAGE" "--attribute does not work with the rig nested" "--rig tcg"
}

# install-variant: a machine below a folder, with its programs in the test's own
# PATH and a kernel that was never built.

fake() {	# PROGRAM TEXT: it notes how it was called
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/bash\necho "%s $*" >>"%s/called"\n%s\n' "$1" "$BATS_TEST_TMPDIR" "$2" \
		>"$BATS_TEST_TMPDIR/bin/$1"
	chmod +x "$BATS_TEST_TMPDIR/bin/$1"
}

# /dev/sda1, ext4, on AHCI's disk driver; this machine runs with `quiet`.
installable_machine() {
	put /etc/faultline-metal ""
	put /proc/cmdline "BOOT_IMAGE=/vmlinuz-1 root=UUID=ab ro quiet mitigations=auto"
	put /proc/self/mountinfo "22 1 8:1 / / rw - ext4 /dev/sda1 rw"
	put /dev/sda1 ""
	mkdir -p "$M/sys/devices/pci0/0000:00:1f.2/host0/block/sda/sda1" "$M/sys/class/block" \
		"$M/sys/module/ahci" "$M/sys/module/sd_mod" "$M/sys/bus/ahci" "$M/sys/bus/sd"
	ln -s ../../../module/ahci "$M/sys/bus/ahci/module"
	ln -s ../../../module/sd_mod "$M/sys/bus/sd/module"
	ln -sf ../../module/ahci "$M/sys/bus/ahci/module"
	ln -sf ../../module/sd_mod "$M/sys/bus/sd/module"
	ln -s ../../../bus/ahci "$M/sys/devices/pci0/0000:00:1f.2/driver"
	ln -s ../../../../bus/sd "$M/sys/devices/pci0/0000:00:1f.2/host0/driver"
	ln -s ../../devices/pci0/0000:00:1f.2/host0/block/sda/sda1 "$M/sys/class/block/sda1"
	put /boot/grub/grub.cfg old
	mkdir -p "$M/etc/grub.d"
	fake systemd-detect-virt 'exit 1'
	fake grub-mkconfig 'true'
	fake grub-reboot 'true'
	fake grub-mkrelpath 'echo /faultline'
	fake grub-probe 'echo 1234-ABCD'
	fake mkinitramfs 'echo initrd >"$2"'
	K=$BATS_TEST_TMPDIR/kernel
	mkdir -p "$K/files/lib/modules/6.1-fl"
	echo "release = 6.1-fl" >"$K/info"
	echo kernel >"$K/bzImage"
	echo CONFIG_X=y >"$K/config"
	echo kernel/fs/ext4/ext4.ko >"$K/files/lib/modules/6.1-fl/modules.builtin"
	printf 'kernel/drivers/ata/ahci.ko\nkernel/drivers/scsi/sd-mod.ko\n' \
		>"$K/files/lib/modules/6.1-fl/modules.order"
	fake build "case \$1 in --find) [ ! -e $BATS_TEST_TMPDIR/built ] || echo $K ;; *) touch $BATS_TEST_TMPDIR/built; echo $K ;; esac"
	export FAULTLINE_BUILD_METAL=$BATS_TEST_TMPDIR/bin/build FAULTLINE_DESTDIR=$M
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

install_variant() { run "$ROOT/scripts/install-variant" "$@" v6.1 const-fields retpoline; }

@test "install-variant says what it would do and does nothing" {
	installable_machine
	before=$(cd "$M" && find . | sort)
	install_variant
	expect 0 "would build: " "refuse when it lacks one of: ahci ext4 sd_mod" \
		"command line: root=UUID=ab ro quiet nopti l1tf=off" \
		" kvm.nx_huge_pages=off spectre_v2=retpoline,generic" \
		"would run grub-mkconfig and grub-reboot" "to go back: reboot" "nothing was done"
	[ "$(cd "$M" && find . | sort)" = "$before" ]
	if grep -q '^grub-\|^mkinitramfs\|^build v' "$BATS_TEST_TMPDIR/called"; then return 1; fi
}

@test "install-variant --do: kernel, modules, one entry, one boot" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, as it says"
	installable_machine
	install_variant --do
	expect 0 "to go back: reboot" "to remove it: rm -r"
	[ "$(cat "$M/boot/faultline/vmlinuz-6.1-fl")" = kernel ]
	[ "$(cat "$M/boot/faultline/initrd-6.1-fl")" = initrd ]
	[ -f "$M/lib/modules/6.1-fl/modules.order" ]
	# Nothing that GRUB's own list would find, and make the default.
	[ -z "$(ls "$M"/boot/vmlinuz* "$M"/boot/config* 2>/dev/null)" ]
	entry=$(sh "$M/etc/grub.d/42_faultline-6.1-fl")
	[[ $entry == *"--id faultline-6.1-fl {"* ]]
	[[ $entry == *"linux /faultline/vmlinuz-6.1-fl root=UUID=ab ro quiet nopti l1tf=off "*" kvm.nx_huge_pages=off spectre_v2=retpoline,generic"* ]]
	[[ $entry == *"--set=root 1234-ABCD"* ]]
	grep -q '^grub-reboot faultline-6.1-fl$' "$BATS_TEST_TMPDIR/called"
	# What it says of going back leaves nothing.
	eval "$(sed -n 's/^to remove it: \(rm -r [^;]*\).*/\1/p' <<<"$output")"
	[ -z "$(find "$M" -name '*6.1-fl*')" ]
}

@test "install-variant with systemd-boot: one entry, one boot" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, as it says"
	installable_machine
	rm -r "$M/boot/grub"
	put /boot/efi/loader/loader.conf "default debian"
	fake bootctl true
	install_variant --do
	expect 0 "to go back: reboot"
	grep -qx 'linux /faultline/vmlinuz-6.1-fl' "$M/boot/efi/loader/entries/faultline-6.1-fl.conf"
	grep -q '^bootctl set-oneshot faultline-6.1-fl.conf$' "$BATS_TEST_TMPDIR/called"
	[ "$(value /boot/efi/loader/loader.conf)" = "default debian" ]
}

@test "install-variant refuses a machine that is not meant for it" {
	installable_machine
	rm "$M/etc/faultline-metal"
	install_variant --do
	expect "$EXIT_MISSING" "not said to be meant for it" "touch /etc/faultline-metal"
	install_variant --yes-this-machine
	expect 0 "nothing was done"
	# In a virtual machine only the file counts, in a container nothing.
	fake systemd-detect-virt '[ "$1" = --vm ]'
	install_variant --do --yes-this-machine
	expect "$EXIT_MISSING" "virtual machine and not said to be meant"
	put /etc/faultline-metal ""
	install_variant
	expect 0 "nothing was done"
	fake systemd-detect-virt '[ "$1" = --container ]'
	install_variant --do
	expect "$EXIT_MISSING" "this is a container"
	[ ! -e "$M/boot/faultline" ]
}

@test "install-variant refuses without a boot loader it knows" {
	installable_machine
	rm -r "$M/boot/grub"
	install_variant --do
	expect "$EXIT_MISSING" "neither GRUB" "nor systemd-boot"
	[ ! -e "$M/boot/faultline" ]
}

@test "install-variant refuses a kernel that cannot reach this machine's root" {
	installable_machine
	echo kernel/drivers/scsi/sd-mod.ko >"$K/files/lib/modules/6.1-fl/modules.order"
	: >"$K/files/lib/modules/6.1-fl/modules.builtin"
	install_variant --do
	expect "$EXIT_MISSING" "lacks what the root of this machine needs: ahci ext4"
	[ ! -e "$M/boot/faultline" ]
	[ ! -e "$M/etc/grub.d/42_faultline-6.1-fl" ]
}

@test "install-variant takes its entry back where GRUB does not take it" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, as it says"
	installable_machine
	fake grub-reboot 'exit 1'
	install_variant --do
	expect "$EXIT_MISSING" "GRUB did not take the entry"
	[ ! -e "$M/etc/grub.d/42_faultline-6.1-fl" ]
	installable_machine
	fake mkinitramfs 'exit 1'
	install_variant --do
	expect "$EXIT_MISSING" "made no initramfs"
	[ ! -e "$M/etc/grub.d/42_faultline-6.1-fl" ]
}

@test "install-variant knows names and options" {
	run "$ROOT/scripts/install-variant" --frob v6.1 baseline off
	expect "$EXIT_USAGE" "usage:"
	run "$ROOT/scripts/install-variant" v6.1 nobody off
	expect "$EXIT_UNKNOWN_NAME" "no variant 'nobody'"
	run "$ROOT/scripts/install-variant" --help
	expect 0 "--yes-this-machine"
}
