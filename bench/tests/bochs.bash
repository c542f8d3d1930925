# SPDX-License-Identifier: GPL-2.0
# What the bats files about rig bochs share.
# shellcheck shell=bash disable=SC2154

REAL=${FAULTLINE_BOCHS:-bochs-bin}
CELL="--base v6.1 -p off --boots 1"
# How the files are called that a boot makes for Bochs.
ENDS="image rom msrs bochsrc commands initrd"

has_bochs() { command -v "$REAL" >/dev/null; }
needs_bochs() { has_bochs || skip "no $REAL on this machine; run: scripts/deps bochs"; }

# A Bochs that does something to the boot: the text of a shell script that gets the
# real command line; $stem is that of the boot's files, $rc its bochsrc. To a run that
# goes on it is the same program, whatever it does.
bad_bochs() {	# [--version VERSION] TEXT
	local t=$BATS_TEST_TMPDIR
	echo 2.7 >"$t/version"
	[ "$1" != --version ] || { echo "$2" >"$t/version"; shift 2; }
	echo "$1" >"$t/does"
	cat >"$t/bochs" <<-SH
		#!/bin/bash
		if [ "\$*" = --help ]; then echo "  Bochs x86 Emulator \$(cat "$t/version")"; exit; fi
		for a in "\$@"; do case \$a in *.bochsrc) rc=\$a stem=\${a%.bochsrc} ;; esac; done
		ends() { printf 'Bochs is exiting with the following message:\n%s\n' "\$1" >&2; exit 1; }
		. "$t/does"
	SH
	chmod +x "$t/bochs"
	export FAULTLINE_BOCHS=$t/bochs
}

run_one() {	# RIG VARIANT WORKLOAD [OPTION...]
	local rig=$1 v=$2 w=$3
	shift 3
	# shellcheck disable=SC2086
	run "$FL" run --rig "$rig" $CELL --variants "$v" --workloads "$w" \
		--out "$BATS_TEST_TMPDIR/r" "$@"
}

recorded() {
	jq -r '.rig + " " + .outcome + ": " + .why' "$BATS_TEST_TMPDIR/r/latest/records.jsonl" | sort
}

# processes: of Bochs, which runs in the folder of a boot's files
processes() {
	find /proc/[0-9]* -maxdepth 1 -name cwd -lname "$BATS_TEST_TMPDIR/*" 2>/dev/null || true
}

# Of the files that a boot makes for Bochs none is left, and no process.
nothing_left() {
	local left e
	for _ in $(seq 30); do
		left=$(processes)
		[ -n "$left" ] || break
		sleep 0.1
	done
	for e in $ENDS; do
		left+=$(find "$BATS_TEST_TMPDIR" -name "*.$e")
	done
	[ -z "$left" ] || { echo "left: $left"; return 1; }
}
