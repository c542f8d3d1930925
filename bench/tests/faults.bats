#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The faults that production takes (--workloads faults): each is valid on v6.1, and
# one that expects anything else of KVM's counters, or of the host, is not.
#
# stage: boot
# order: 65
# needs: kernels of v6.1; boots
# takes: 1 min
# kernels: v6.1 off baseline

load common.bash

conf=$ROOT/guests/workloads.conf

# One boot each, under rig tcg; the records are in $RECORDS.
run_tcg() {	# WORKLOADS
	run "$FL" run --rig tcg --base v6.1 --variants baseline -p off --boots 1 \
		--workloads "$1" --out "$BATS_TEST_TMPDIR/r"
	RECORDS=$BATS_TEST_TMPDIR/r/latest/records.jsonl
}

# The stanza of a workload, with another name, changed by sed, as one more file.
plant() {	# WORKLOAD SED
	awk -v name="[$1]" '/^\[/ { on = $0 == name } on && !/^#/' "$conf" |
		sed -e "s/^\[.*/[wrong-$1]/" -e "$2" >>"$BATS_TEST_TMPDIR/wrong.conf"
	export FAULTLINE_WORKLOADS=$BATS_TEST_TMPDIR/wrong.conf
}

# Every workload is ok, and its planted one is not, by what it was told to expect.
both_ways() {	# WORKLOAD SED WHY...
	local all="" w
	local -A why=()

	while [ $# -gt 0 ]; do
		plant "$1" "$2"
		all=$all,$1,wrong-$1
		why[$1]=$3
		shift 3
	done
	run_tcg "${all#,}"
	for w in "${!why[@]}"; do
		[ "$(jq -r "select(.workload == \"$w\").outcome" "$RECORDS")" = ok ] ||
			{ jq -r '.workload + ": " + .why' "$RECORDS"; return 1; }
		jq -r "select(.workload == \"wrong-$w\").why" "$RECORDS" |
			grep -qF "${why[$w]}" ||
			{ jq -r '.workload + ": " + .why' "$RECORDS"; return 1; }
	done
}

@test "they are in no list of all, and are measured by their group's name" {
	run "$FL" run --split --rig tcg --base v6.1 --variants baseline
	expect 0
	lacks 'nx-touch-write|mmio-again'
	run "$FL" run --split --rig tcg --base v6.1 --variants baseline --workloads faults
	expect 0
}

@test "NX huge pages: small pages, huge ones, and huge ones that are executed" {
	both_ways nx-touch-write 's/^host .*/host = kvm.nx_huge_pages=N/' \
		"kvm.nx_huge_pages must be 'N', the host reports Y" \
		nx-touch-exec 's/^cmdline .*/cmdline = kvm.nx_huge_pages=off/' \
		"kvm.nx_huge_pages must be 'Y', the host reports N" \
		nx-huge-2m 's/pages_2m=N/pages_2m=0/' 'pages_2m is 64, the workload must provoke 0' \
		nx-huge-2m-exec 's/pages_4k=N/pages_4k=0/' 'pages_4k is 64, the workload must provoke 0' \
		nx-huge-2m-split 's/nx_lpage_splits=N/nx_lpage_splits=0/' \
		'nx_lpage_splits is 64, the workload must provoke 0'
}

@test "MMIO again: its SPTE is there, so no fault is taken" {
	both_ways mmio-again 's/pf_taken=0/pf_taken=N/' 'pf_taken is 0, the workload must provoke 1024'
}
