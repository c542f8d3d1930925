#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Broken hosts, broken guests, broken machines: each is provoked for real and
# must be told from the others by outcome, reason and exit code.
#
# stage: boot
# order: 35
# needs: kernels of v6.1 and v5.10; boots; root for one test
# takes: 2 min
# kernels: v6.1 off const-fields broken
# kernels: v5.10 off baseline

load common.bash

OUTCOME='.outcome + ": " + .why'

run_one() {	# VARIANT WORKLOAD [OPTION...]
	local v=$1 w=$2
	shift 2
	run "$FL" run --variants "$v" --workloads "$w" --boots 1 \
		--out "$BATS_TEST_TMPDIR/r" "$@"
}

recorded() { jq -r "$OUTCOME" "$BATS_TEST_TMPDIR/r/latest/records.jsonl"; }

@test "a WARN in the kernel log" {
	run_one broken plant-warn
	expect "$EXIT_WARN" "warn WARNING: CPU: 0"
	[[ $(recorded) == "warn: WARNING: CPU: 0"* ]]
}

@test "an oops" {
	run_one broken plant-oops
	expect "$EXIT_OOPS" "oops BUG: kernel NULL pointer dereference"
}

@test "a panic" {
	run_one broken plant-panic
	expect "$EXIT_PANIC" "Kernel panic - not syncing: planted"
}

@test "a hang: the limit per boot" {
	run_one broken plant-hang --boot-limit 8
	expect "$EXIT_HANG" "the host was still up after 8 s"
}

@test "a guest that crashes" {
	run_one const-fields guest-triple
	expect "$EXIT_GUEST_FAIL" "triple fault after bell 2"
}

@test "a guest that never rings" {
	run_one const-fields guest-silent
	expect "$EXIT_GUEST_HANG" "no bell after bell 2 in 50 ms"
}

@test "a guest whose own check fails: line, expected, found" {
	run_one const-fields guest-wrong
	expect "$EXIT_GUEST_FAIL" "guest check in line 10, event 7: expected 0x"
}

@test "a guest that rings out of order" {
	run_one const-fields guest-order
	expect "$EXIT_GUEST_FAIL" "bell 3 after bell 1"
}

@test "a denominator that does not match" {
	run_one const-fields guest-half
	expect "$EXIT_DENOMINATOR" "pf_taken is 32, the workload must provoke 64"
}

@test "an exit too many, on a base that counts no faults taken" {
	run "$FL" run --rig tcg --base v5.10 --variants baseline -p off \
		--workloads guest-extra --boots 1 --out "$BATS_TEST_TMPDIR"
	expect "$EXIT_DENOMINATOR" \
		"event_exits is 65, the workload must provoke 64"
}

@test "a profile that did not take effect" {
	run_one const-fields lost-profile --profiles retpoline
	expect "$EXIT_PROFILE" "spectre_v2 must be 'Mitigation: Retpolines*'" \
		"the host reports 'Vulnerable"
}

@test "an invalid record is never compared" {
	run_one const-fields guest-half
	run "$FL" compare "$BATS_TEST_TMPDIR/r/latest"
	expect "$EXIT_NO_DATA" "invalid" "pf_taken is 32"
}

# A QEMU that does something to the boot: the text of a shell script that
# gets the real command line.
bad_qemu() {
	cat >"$BATS_TEST_TMPDIR/qemu" <<SH
#!/bin/bash
for a in "\$@"; do
	case \$a in file,id=wire,path=*) wire=\${a#*path=} ;; esac
done
case "\$*" in *--version*) exec qemu-system-x86_64 --version ;; esac
$1
SH
	chmod +x "$BATS_TEST_TMPDIR/qemu"
	export FAULTLINE_QEMU=$BATS_TEST_TMPDIR/qemu
}

@test "a record cut on its way" {
	bad_qemu 'qemu-system-x86_64 "$@"; r=$?; truncate -s -30 "$wire"; exit $r'
	run_one const-fields short-touch
	expect "$EXIT_LOST" "lost-record"
}

@test "a record damaged on its way" {
	bad_qemu 'qemu-system-x86_64 "$@"; r=$?
		sed -i "s/num total ./num total 9/" "$wire"; exit $r'
	run_one const-fields short-touch
	expect "$EXIT_LOST" "a line is damaged"
}

@test "a line lost on its way" {
	bad_qemu 'qemu-system-x86_64 "$@"; r=$?; sed -i 9d "$wire"; exit $r'
	run_one const-fields short-touch
	expect "$EXIT_LOST" "a line is missing"
}

@test "what another workload's boot said is not this one's record" {
	bad_qemu 'qemu-system-x86_64 "$@"; r=$?
		sed "s/cell short-touch/cell touch-write/" "$wire" | while read -r n _ line; do
			printf "%s %s %s\n" "$n" "$(printf %s "$line" | gzip -c | tail -c8 |
				od -An -tx4 -N4 | tr -d " ")" "$line"
		done >"$wire.new"; mv "$wire.new" "$wire"; exit $r'
	run_one const-fields short-touch
	expect "$EXIT_LOST" "the host ran the cell 'touch-write' and not 'short-touch'"
}

# The kernel's folder is a copy, in a cache of the test's own.
@test "a vmlinux or an initramfs that is swapped while the run boots" {
	local from to t=$BATS_TEST_TMPDIR
	from=$("$ROOT/scripts/build-kernel" v6.1 const-fields off)
	to=$t/cache/kernels/v6.1/${from##*/}
	mkdir -p "$to"
	cp "$from"/{vmlinux,info,config} "$to/"
	cp "${from%/kernels/*}/trees.known" "$t/cache/"
	cp "$ROOT/build/host.cpio" "$t/host.cpio"
	export FAULTLINE_CACHE=$t/cache FAULTLINE_HOST_CPIO=$t/host.cpio
	bad_qemu "qemu-system-x86_64 \"\$@\"; r=\$?; echo >>'$to/vmlinux'; exit \$r"
	run_one const-fields null
	expect "$EXIT_RIG" "vmlinux is not the kernel that was built there" "and it is built again"
	[ "$(jq -r .outcome "$t/r/latest/records.jsonl")" = rig ]
	cp "$from/vmlinux" "$to/"
	bad_qemu "qemu-system-x86_64 \"\$@\"; r=\$?; echo >>'$t/host.cpio'; exit \$r"
	run_one const-fields null
	expect "$EXIT_RIG" "host.cpio changed while the run booted it"
}

@test "QEMU refuses its command line" {
	bad_qemu 'exec qemu-system-x86_64 -no-such-option "$@"'
	run_one const-fields short-touch
	expect "$EXIT_RIG" "QEMU ended with status 1" "no-such-option"
}

@test "QEMU is killed" {
	bad_qemu 'qemu-system-x86_64 "$@" & p=$!; sleep 0.4; kill -9 $p; wait $p; kill -9 $$'
	run_one const-fields short-touch
	expect "$EXIT_RIG" "QEMU was killed by signal 9"
}

@test "no QEMU at all" {
	FAULTLINE_QEMU=qemu-system-none run_one const-fields short-touch
	expect "$EXIT_MISSING" "qemu-system-none is missing" "apt-get install"
}

@test "boots that differ are not exact, and their spread is printed" {
	# the second boot's clock counts two ticks an instruction
	bad_qemu 'case $wire in *.2.wire) set -- "${@/shift=0/shift=1}" ;; esac
		exec qemu-system-x86_64 "$@"'
	run "$FL" run --variants const-fields --workloads short-touch --boots 2 \
		--no-perturb --out "$BATS_TEST_TMPDIR/r"
	expect 0 "0 of 1 cells exact"
	run "$FL" compare "$BATS_TEST_TMPDIR/r/latest"
	expect 0 "not exact: short-touch, const-fields" "its boots differ" \
		"spread over 2 boots"
	run "$FL" run --variants const-fields --workloads short-touch --boots 2 \
		--out "$BATS_TEST_TMPDIR/p"
	expect 0 "0 of 1 cells exact"
	run "$FL" compare "$BATS_TEST_TMPDIR/p/latest"
	expect 0 "not exact: short-touch, const-fields" \
		"it does not hold over the layouts of its boots" "2362 .. "
}

@test "a guest image that is not there: init says so" {
	printf '[lost]\nguest = nobody\nexpect = pf_taken=N\n' \
		>"$BATS_TEST_TMPDIR/w.conf"
	export FAULTLINE_WORKLOADS=$BATS_TEST_TMPDIR/w.conf
	run_one const-fields lost
	expect "$EXIT_RIG" "init gave up: /guests/nobody.bin: No such file"
}

@test "a full disk: a clear error, finished records stay, resume continues" {
	[ "$(id -u)" -eq 0 ] || skip "needs root to mount a small tmpfs"
	mkdir "$BATS_TEST_TMPDIR/small"
	mount -t tmpfs -o size=8m tmpfs "$BATS_TEST_TMPDIR/small" ||
		skip "may not mount a tmpfs here"
	run "$FL" run --variants const-fields --workloads short-touch \
		--boots 4 --jobs 1 --out "$BATS_TEST_TMPDIR/small"
	first=$status
	R=$(readlink -f "$BATS_TEST_TMPDIR/small/latest")
	fallocate -l "$(($(stat -f -c '%a * %S' "$R") - 64 * 1024))" "$R/filler"
	sed -i 's/"boots": 4/"boots": 8/' "$R/run.json"
	run "$FL" run --resume "$R" --jobs 1
	code=$status said=$output kept=$(wc -l <"$R/records.jsonl")
	rm "$R/filler"
	run "$FL" run --resume "$R"
	resumed=$status total=$(jq -r .outcome "$R/records.jsonl" | grep -c '^ok$')
	umount "$BATS_TEST_TMPDIR/small"
	[ "$first" -eq 0 ]
	status=$code output=$said
	expect "$EXIT_STORAGE" "No space left" "--resume"
	[ "$kept" -ge 4 ]
	[ "$resumed" -eq 0 ]
	[ "$total" -eq 8 ]
}

@test "a cell whose record cannot be written is not said to be measured" {
	run_one const-fields null
	local R
	R=$(readlink -f "$BATS_TEST_TMPDIR/r/latest")
	sed -i 's/"boots": 1/"boots": 2/' "$R/run.json"
	run "$ROOT/build/plant" --fail "write:28:1+:$R/records.jsonl" "$FL" run --resume "$R"
	expect "$EXIT_STORAGE" "No space left" "1 records are kept"
	lacks '#2: ok'
}

wait_for_records() {	# FILE N
	for _ in $(seq 300); do
		[ "$(cat "$1" 2>/dev/null | wc -l)" -ge "$2" ] && return 0
		sleep 0.1
	done
	return 1
}

start_long_run() {	# sets PID and R
	"$FL" run --variants const-fields --workloads short-touch --boots 12 \
		--out "$BATS_TEST_TMPDIR/r" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	PID=$!
	R=$BATS_TEST_TMPDIR/r/latest
	wait_for_records "$R/records.jsonl" 2
}

no_qemu_left() {
	for _ in $(seq 30); do
		pgrep -f "$BATS_TEST_TMPDIR/r/" >/dev/null || return 0
		sleep 0.1
	done
	return 1
}

@test "Ctrl-C: finished records stay, resume measures the rest once" {
	start_long_run
	kill -INT "$PID"
	code=0
	wait "$PID" || code=$?
	[ "$code" -eq "$EXIT_INTERRUPTED" ]
	grep -q 'go on with: faultline run --resume' "$BATS_TEST_TMPDIR/said"
	no_qemu_left
	[ "$(jq -r .state "$R/run.json")" = interrupted ]
	before=$(cat "$R/records.jsonl")
	[ "$(wc -l <<<"$before")" -lt 12 ]
	run "$FL" run --resume "$R"
	expect 0 "12 records, 12 valid; 1 of 1 cells exact"
	[ "$(wc -l <"$R/records.jsonl")" -eq 12 ]
	[ "$(head -n "$(wc -l <<<"$before")" "$R/records.jsonl")" = "$before" ]
}

@test "kill -9: no QEMU is left behind, finished records stay, resume continues" {
	start_long_run
	kill -9 "$PID"
	wait "$PID" || true
	no_qemu_left
	[ "$(wc -l <"$R/records.jsonl")" -ge 2 ]
	printf '{"schema":1,"half a rec' >>"$R/records.jsonl"
	run "$FL" run --resume "$R"
	expect 0 "12 records, 12 valid; 1 of 1 cells exact" "the line is cut"
	run "$FL" compare "$R"
	expect 0 "exact"
}

@test "two runs at once in one checkout" {
	start_long_run
	run "$FL" run --variants const-fields --workloads null \
		--out "$BATS_TEST_TMPDIR/second"
	expect "$EXIT_BUSY" "is taken by process $PID"
	wait "$PID"
}

@test "an estimate is not worth dying for" {
	mkdir -p "$BATS_TEST_TMPDIR/r/old"
	ln -s old "$BATS_TEST_TMPDIR/r/latest"
	echo '{"schema": 1}' >"$BATS_TEST_TMPDIR/r/old/run.json"
	run_one const-fields null
	expect 0 "assumed" "1 valid"
}

@test "a run is not resumed when its kernel or its guests changed" {
	run "$FL" run --variants const-fields --workloads null --boots 1 \
		--out "$BATS_TEST_TMPDIR/r"
	R=$BATS_TEST_TMPDIR/r/latest
	cp "$R/run.json" "$BATS_TEST_TMPDIR/was"
	sed -i -E 's/("vmlinux_sha256": ")./\1x/' "$R/run.json"
	run "$FL" run --resume "$R"
	expect "$EXIT_CHANGED" "another kernel of v6.1/const-fields" "begin a new run"
	sed -E 's/("host_cpio_sha256": ")./\1x/' "$BATS_TEST_TMPDIR/was" >"$R/run.json"
	run "$FL" run --resume "$R"
	expect "$EXIT_CHANGED" "host program or guest"
	cp "$BATS_TEST_TMPDIR/was" "$R/run.json"
	run "$FL" run --resume "$R"
	expect 0 "1 records, 1 valid"
}

@test "damaged records are set aside and measured again, sound ones stay" {
	run "$FL" run --variants const-fields --workloads null,short-touch \
		--boots 2 --out "$BATS_TEST_TMPDIR/r"
	R=$BATS_TEST_TMPDIR/r/latest
	sound=$(sed -n '1p;3p;4p' "$R/records.jsonl")
	sed -i '2s/"boot":\(.\)/"boot":9/' "$R/records.jsonl"
	run "$FL" compare "$R"
	expect "$EXIT_BAD_RECORD" "records.jsonl:2:"
	run "$FL" run --resume "$R"
	expect 0 "4 records, 4 valid; 2 of 2 cells exact"
	[ "$(head -n 3 "$R/records.jsonl")" = "$sound" ]
	[ "$(wc -l <"$R/records.jsonl.damaged")" -eq 4 ]
	run "$FL" compare "$R"
	expect 0 exact
}
