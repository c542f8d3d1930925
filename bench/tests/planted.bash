# SPDX-License-Identifier: GPL-2.0
# For files that measure workloads as they are and with one planted wrong line.
# shellcheck shell=bash disable=SC2154

OWN=$ROOT/guests/workloads.conf

# plant WORKLOAD SED: its stanza, called wrong-WORKLOAD, changed by sed
plant() {
	[ -f "$BATS_TEST_TMPDIR/planted.conf" ] ||
		cp "$FAULTLINE_WORKLOADS" "$BATS_TEST_TMPDIR/planted.conf"
	awk -v name="[$1]" '/^\[/ { on = $0 == name } on && !/^#/' "$OWN" |
		sed -e "s/^\[.*/[wrong-$1]/" -e "$2" >>"$BATS_TEST_TMPDIR/planted.conf"
}

# both_ways BASE PROFILE { WORKLOAD SED WHY }...: each workload is ok in one boot under
# rig tcg, and the planted one is not, for the reason WHY
both_ways() {
	local base=$1 profile=$2 all="" w records
	local -A why=()
	shift 2
	while [ $# -gt 0 ]; do
		plant "$1" "$2"
		all=$all,$1,wrong-$1
		why[$1]=$3
		shift 3
	done
	FAULTLINE_WORKLOADS=$BATS_TEST_TMPDIR/planted.conf \
		run "$FL" run --rig tcg --base "$base" --variants const-fields -p "$profile" \
		--boots 1 --workloads "${all#,}" --out "$BATS_TEST_TMPDIR/r"
	records=$BATS_TEST_TMPDIR/r/latest/records.jsonl
	for w in "${!why[@]}"; do
		[ "$(jq -r "select(.workload == \"$w\").outcome" "$records")" = ok ] &&
			jq -r "select(.workload == \"wrong-$w\") | .outcome + \": \" + .why" \
				"$records" | grep -F "${why[$w]}" ||
			{ jq -r '.workload + ": " + .outcome + ": " + .why' "$records"; return 1; }
	done
}
