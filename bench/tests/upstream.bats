#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# What others claimed: each series of ours below variants/upstream applies, says what
# the claim is, and has a row from the reference run.
#
# stage: build
# order: 35
# needs: the sources of v6.1, v6.12 and v7.3
# takes: 20 s

load common.bash
# shellcheck source=scripts/lib/common.sh
. "$ROOT/scripts/lib/common.sh"
# shellcheck source=scripts/lib/docs.sh
. "$ROOT/scripts/lib/docs.sh"
# shellcheck source=scripts/lib/upstream.sh
. "$ROOT/scripts/lib/upstream.sh"

setup() {
	cd "$ROOT" || return
}

@test "every series of the claims applies without fuzz, in patches that build on each other" {
	local base
	upstream_claims | cut -f1 | sort -u >"$BATS_TEST_TMPDIR/bases"
	[ -s "$BATS_TEST_TMPDIR/bases" ]
	while read -r base; do
		mapfile -t names < <(upstream_claims | awk -F'\t' -v b="$base" '$1 == b { print $2 }')
		FAULTLINE_VARIANTS=$ROOT/$UPSTREAM_SERIES run "$ROOT/scripts/check-series" --apply "$base" "${names[@]}"
		expect 0 "$base/${names[0]}: 1 patches, no fuzz, no offset"
	done <"$BATS_TEST_TMPDIR/bases"
}

@test "every claim has its words, who said them, the mail, and what was found" {
	local base name conf key n=0
	while IFS=$'\t' read -r base name _; do
		conf=$UPSTREAM_SERIES/$base/$name/variant.conf
		for key in title change why claim by upstream message answer; do
			[ -n "$(folded "$conf" "$key")" ] || { echo "$conf: no $key"; return 1; }
		done
		[[ $(folded "$conf" message) =~ ^[^[:space:]@]+@[^[:space:]@]+$ ]]
		[[ $(folded "$conf" upstream) =~ ^[0-9a-f]{12}$ ]]
		[[ $(folded "$conf" direction) =~ ^(in|out)$ ]]
		[[ $(folded "$conf" answer) =~ ^(confirmed|'not confirmed'|'cannot be said'|'not measured yet') ]]
		grep -q "$(folded "$conf" message)" "$UPSTREAM_SERIES/$base/$name"/0001-*.patch
		grep -q "$(folded "$conf" upstream)" "$UPSTREAM_SERIES/$base/$name"/0001-*.patch
		n=$((n + 1))
	done < <(upstream_claims)
	[ "$n" -ge 12 ]
}

@test "every claim has a figure from the reference run, with the sign of the change" {
	run table_upstream
	expect 0 "| change |"
	[ "$(grep -c '^| .*@' <<<"$output")" -eq "$(upstream_claims | wc -l)" ]
	# A series that takes a change out saves what the change costs.
	figure=$(printf 'tcg\tv6.12\ttouch-write\tno-early-retry\t2400\t-7\tyes\n' |
		upstream_figures v6.12 no-early-retry instructions)
	[ "$figure" = "\`touch-write\` +7" ]
	figure=$(printf 'tcg\tv6.12\ttouch-write\tprove-mmu\t2400\t9\tyes\n' |
		upstream_figures v6.12 prove-mmu instructions)
	[ "$figure" = "\`touch-write\` +9" ]
}
