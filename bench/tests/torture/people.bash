# SPDX-License-Identifier: GPL-2.0
# Faults of names, owners, modes and of others who are at work: nothing that a name
# holds is done, nothing outside is followed to.
# shellcheck shell=bash disable=SC2154

HOSTILE=('../../outside' '; touch cwd/pwned' '$(touch pwned)' '`touch pwned`' '-rf' '--out=/' '%s%n%s'
	$'a\nb' $'\e[2J' '[a-' '/etc/passwd' 'ä ö' $'\xff\xfe' "$(printf 'x%.0s' {1..5000})" 'a/b' '.' '..' "'" '"' '\')

# Each of them as each name on the command line.
fault_hostile_names() {
	local name option
	for name in "${HOSTILE[@]}"; do
		for option in --base --variants --profiles --workloads --rig --cpu --counters; do
			[ -z "$quick" ] || [ $option = --variants ] || continue
			under -- "$FL" run --base v6.1 --variants const-fields -p off --workloads null --boots 1 "$option=$name"
			# shellcheck disable=SC2086
			look $codes
		done
		under -- "$FL" compare "$name"
		# shellcheck disable=SC2086
		look $codes
		under -- "$FL" run --resume "$name"
		# shellcheck disable=SC2086
		look $codes
	done
	# Some are the name of an event, which is asked for and not there: that run is left.
	rm -rf "$W/r"
	mkdir "$W/r"
	kept=0
	go_on again
}

# Each of them in each field of a record that is sound but for that: its checksum is
# made anew by `faultline merge`, or the line is refused; what is printed of it has no
# control character, and is no file's name.
fault_hostile_fields() {
	local name field command asked
	for name in "${HOSTILE[@]}"; do
		[ -z "$quick" ] || [[ $name == *[![:print:]]* ]] || continue
		for field in base variant profile workload rig why time vmlinux_sha256; do
			rm -rf "$W/r"
			mkdir "$W/r"
			cp -r "$reference" "$W/r/20260101T000000Z-00000"
			forge "$W/r/20260101T000000Z-00000" "$field" "$(jq -nR --arg n "$name" '$n')" 2>/dev/null || continue
			for command in compare report; do
				# shellcheck disable=SC2086
				asked=("$FL" "$command" "$W/r/20260101T000000Z-00000")
				[ $command = compare ] || asked+=(--out "$W/r/out")
				under -- "${asked[@]}"
				# shellcheck disable=SC2086
				look $codes
				if LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$W/said"; then
					wrong "a control character of field $field is printed by $command"
				fi
			done
		done
	done
	rm -rf "$W/r"
	mkdir "$W/r"
	kept=0
	go_on again
}

# A kernel's folder that is a link to a folder outside, and a tree's that is one.
fault_cache_links() {
	local kernel
	own_cache
	kernel=$(echo "$C"/kernels/v6.1/*)
	mv "$kernel" "$W/elsewhere"
	ln -s "$W/elsewhere" "$kernel"
	mkdir -p "$C/trees" "$C/src"
	ln -s "$W/outside" "$C/trees/git-0"
	ln -s "$W/outside" "$C/src/v6.1-old"
	ln -s "$W/outside/file" "$C/packages.tar.xz"
	does again
	once
	touch -h -d '90 days ago' "$C"/trees/git-0 "$C"/src/v6.1-old
	under -- "$FL" cache prune --to 0
	look EXIT_OK EXIT_STORAGE
	[ -f "$W/outside/file" ] || wrong "prune followed a link out of the cache"
	[ -f "$W/elsewhere/vmlinux" ] || wrong "prune removed what a link leads to"
}

# open_checkout: what runs is a copy that every user may read
open_checkout() {
	local f
	mkdir -p "$W/open/build" "$W/open/bench/util"
	for f in variants guests scripts bench/tests; do
		mkdir -p "$W/open/$(dirname "$f")" && cp -r "$ROOT/$f" "$W/open/$f"
	done
	cp "$ROOT/bench/util/exits.h" "$W/open/bench/util/"
	cp "$ROOT"/build/{faultline,host.cpio,plant} "$W/open/build/"
	chmod -R a+rX "$W/open"
}

fault_cache_of_another() {
	local FL=$W/open/build/faultline PLANT=$W/open/build/plant HERE=$W/open/bench/tests/torture
	[ "$(id -u)" -eq 0 ] || { skip "root becomes somebody else"; return; }
	open_checkout
	own_cache
	chmod -R go-w "$C"
	chmod -R a+rX "$W" "$reference"
	chown -R 65534 "$W"/{r,home,tmp,cwd,outside}
	with=(setpriv --reuid=65534 --clear-groups --)
	clean "${with[@]}" test -x "$FL" -a -r "$reference/run.json" 2>/dev/null || { skip "another user may not read $work"; return; }
	before=$(outside)
	chown 65534 "$W"
	does again
	once
}

umask_is() {
	does again
	local old
	old=$(umask)
	umask "$1"
	once
	umask "$old"
}

fault_umask_077() { umask_is 077; }
fault_umask_000() { umask_is 000; }

# --- others at work ---

# several N: runs at once, of one cache; each has a lock of its own, as checkouts have
several() {
	local i pids=() failed=0
	does again
	for ((i = 0; i < $1; i++)); do
		(
			status=0
			with=(env "FAULTLINE_RUN_LOCK=$W/lock.$i" "FAULTLINE_RESULTS=$W/many/$i")
			clean "${with[@]}" "$PLANT" --left "$W/left.$i" "$FL" run "${CELLS[@]}" >"$W/said.$i" 2>&1 </dev/null
		) &
		pids+=($!)
	done
	for i in "${!pids[@]}"; do
		wait "${pids[i]}" || { failed=$((failed + 1)); cat "$W/said.$i" >>"$W/log"; }
		cat "$W/left.$i" >>"$W/left"
		figures "$(echo "$W/many/$i"/2*)" | cmp -s - "$work/figures" || changed "in run $i of $1"
	done
	status=0
	[ "$failed" -eq 0 ] || wrong "$failed of $1 failed"
	: >"$W/said"
	look EXIT_OK
	kept=$((2 * $1))
	planted=$1
	went_on=-
}

fault_two_runs() { several 2; }
fault_ten_runs() { several 10; }

fault_same_checkout() {
	does "echo >'$W/up'; sleep 2; again"
	( clean "$PLANT" "$FL" run "${CELLS[@]}" >"$W/first" 2>&1 </dev/null ) &
	local i
	for ((i = 0; i < 200; i++)); do
		[ -e "$W/up" ] && break
		sleep 0.1
	done
	under -- "$FL" run "${CELLS[@]}" --out "$W/second"
	wait
	# shellcheck disable=SC2086
	look $codes
	says "$must_say"
	[ ! -e "$W/second" ] || [ -z "$(find "$W/second" -type f)" ] || wrong "the second run made files"
	kept=$(whole_records "$(run_of)" | wc -l)
	go_on again
}

# --- clocks and counters ---

jump() {
	does again
	with=(env "LD_PRELOAD=$ROOT/build/clock.so" "TORTURE_JUMP=$1")
	resume_by=again
	once
}

fault_clock_forward() { jump 1500000000; }
fault_clock_back() { jump -600000000; }

# A perf whose PMU counts nothing that can be: its figures are left out, and named.
fault_pmu_lies() {
	gcc -static -O1 -DKIND=LIAR -o "$W/perf" "$ROOT/bench/tests/host/fakeperf.c" || { skip "no gcc"; return; }
	local at=$W/pmu/latest
	with=(env "FAULTLINE_PERF=$W/perf" "FAULTLINE_WORKLOADS=$ROOT/bench/tests/workloads.conf")
	under -- "$FL" run --base v6.1 --variants const-fields -p off --workloads short-touch --boots 1 --jobs 1 --counters default --out "$W/pmu"
	# shellcheck disable=SC2086
	look $codes
	jq -se 'map(select(.workload == "short-touch+perf")) | length == 1 and
		(.[0].stats | has("perf/instructions:Hk") | not) and
		(.[0].host["perf/lacks"] | contains("the PMU miscounts"))' "$W"/pmu/latest/records.jsonl >/dev/null ||
		wrong "the PMU's figures are in the record, or nothing says that it lies"
	kept=$(whole_records "$(readlink -f "$W/pmu/latest")" | wc -l)
	unset at
	go_on
}

# One run: a boot for each of KVM's calls, the N-th of which fails, until one passes.
fault_kvm_ioctl() {
	local n list=''
	[ -f "$ROOT/build/ioctl.cpio" ] || { skip "no build/ioctl.cpio"; return; }
	for n in $(if [ -n "$quick" ]; then echo 1 5 12; else seq 20; fi); do
		printf '[ioctl-%d]\nguest = touch\nop = write\nevents = 4096\ncmdline = FAIL_IOCTL=%d\ntdp_mmu = on\nexpect = pf_taken=N pf_fixed=N\n\n' "$n" "$n"
	done >"$W/ioctl.conf"
	for n in $(if [ -n "$quick" ]; then echo 1 5 12; else seq 20; fi); do list+=,ioctl-$n; done
	local at=$W/ioctl/latest
	with=(env "FAULTLINE_HOST_CPIO=$ROOT/build/ioctl.cpio" "FAULTLINE_WORKLOADS=$W/ioctl.conf")
	does really
	under -- "$FL" run --base v6.1 --variants const-fields -p off --workloads "${list#,}" --boots 1 --jobs 1 --out "$W/ioctl"
	# shellcheck disable=SC2086
	look $codes
	says "$must_say"
	planted=$(wc -l <"$W"/ioctl/latest/records.jsonl)
	kept=$(jq -r 'select(.outcome == "ok").workload' "$W"/ioctl/latest/records.jsonl | wc -l)
	# A valid one is what the last is, in which nothing failed. Bell to bell is also what
	# the test's own ioctl() executes, so not the total.
	jq -c 'select(.outcome == "ok") | [.hist, .stats]' "$W"/ioctl/latest/records.jsonl | sort -u >"$W/ioctl.ok"
	[ "$(wc -l <"$W/ioctl.ok")" -le 1 ] || changed "a call failed and the record is valid and another one"
	[ -n "$quick" ] || [ "$(jq -r 'select(.workload == "ioctl-20").outcome' "$W"/ioctl/latest/records.jsonl)" = ok ] ||
		wrong "the twentieth call fails still: there are more of them"
	jq -r 'select(.outcome != "ok" and .why == "").workload' "$W"/ioctl/latest/records.jsonl | grep -q . && wrong "one has no reason"
	unset at
	go_on
}
