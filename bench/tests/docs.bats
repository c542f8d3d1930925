#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The pages of docs/: their blocks are what the commands print, and a planted
# wrong digit is seen.
#
# stage: quick
# order: 15
# needs: nothing built but the programs
# takes: 15 s

load common.bash

@test "the pages are what their commands print, and their links lead somewhere" {
	run "$ROOT/scripts/docs" --check
	expect 0
	[ -z "$output" ]
	# Whoever empties the pages of blocks has not made them right.
	[ "$(grep -rh '^<!-- faultline ' "$ROOT/docs/results" | wc -l)" -gt 8 ]
	grep -q '^<!-- table result -->' "$ROOT/README.md"
}

# plant FILE SED-SCRIPT: a changed copy of a page at $PAGE
plant() {
	PAGE=$BATS_TEST_TMPDIR/page.md
	sed "$2" "$ROOT/$1" >"$PAGE"
	if cmp -s "$ROOT/$1" "$PAGE"; then return 1; fi
	run "$ROOT/scripts/docs" --check "$PAGE"
}

@test "a page with one wrong digit is named, with its block and line" {
	right=$(sed -n '/--factors --base v6.1/,$p' "$ROOT/docs/results/cycles.md" |
		grep -m 1 -oE '^touch-write +[0-9]+[.][0-9]' | grep -oE '[0-9.]+$')
	wrong=${right%?}$(((${right: -1} + 1) % 10))
	plant docs/results/cycles.md "/--factors --base v6.1/,\$s/^\(touch-write *\)$right/\1$wrong/"
	expect "$EXIT_CHANGED" "page.md:" \
		"not what 'faultline compare results/reference/vitro --factors --base v6.1' prints" \
		"$wrong" "$right"
	plant docs/results/rfc-steps.md '/^touch-write/s/+13/+12/'
	expect "$EXIT_CHANGED" "'faultline compare results/reference --steps'"
	plant docs/results/attribution.md 's/^sum  .*-52/&1/'
	expect "$EXIT_CHANGED" "'faultline attribute results/reference/attribute --summary'"
	plant README.md 's/| 2414 |/| 2415 |/'
	expect "$EXIT_CHANGED" "'table result'" "2415"
	plant docs/exit-codes.md '/^| 27 |/d'
	expect "$EXIT_CHANGED" "'table exits'" "now:   | 27 |"
	plant docs/workloads.md '/^| .smp-touch-8/d'
	expect "$EXIT_CHANGED" "'table workloads flat'"
}

@test "a claim with a figure that no command printed, and one without a page" {
	# The figures of README are those of the pages that it links to.
	[ "$(sed -n '/^<!-- claims -->/,/^<!-- end -->/p' "$ROOT/README.md" | grep -c '^- ')" -ge 5 ]
	while IFS='~' read -r script why; do
		sed "$script" "$ROOT/README.md" >"$ROOT/claims.$$.md"
		run "$ROOT/scripts/docs" --check "claims.$$.md"
		rm "$ROOT/claims.$$.md"
		expect "$EXIT_CHANGED" "claims.$$.md: $why" "1 pages claim what no command printed"
	done <<-'CASES'
	s/is -41 and/is -42 and/~no command printed 42 in docs/results/attribution.md#the-shapes
	s/57.4 to/57.5 to/~no command printed 57.5 in
	s/cycles.md#another-vendors-cpu/cycles.md#dispatch-and-mitigation-v61/~no command printed 57.4 in
	s/- \*\*The direct call/- Nothing was measured.\n&/~a claim links to no page: Nothing was measured.
	CASES
}

@test "scripts/docs puts a page right, and only its blocks" {
	plant docs/results/rfc-steps.md 's/+13/+12/; s/ 154 of 154 / 153 of 154 /'
	"$ROOT/scripts/docs" "$PAGE"
	cmp "$PAGE" "$ROOT/docs/results/rfc-steps.md"
	printf 'a\n<!-- table exits -->\nold\n<!-- end -->\n\nz' >"$PAGE"
	"$ROOT/scripts/docs" "$PAGE"
	[ "$(sed -n '1p;3p' "$PAGE" | paste -sd'#')" = "a#| code | name | meaning | next step |" ]
	[ "$(tail -n 1 "$PAGE")" = z ]
	[ "$(grep -cx old "$PAGE")" -eq 0 ]
}

@test "a block that cannot be filled, a link that leads nowhere" {
	while IFS='~' read -r text why; do
		printf "$text" >"$BATS_TEST_TMPDIR/page.md"
		run "$ROOT/scripts/docs" --check "$BATS_TEST_TMPDIR/page.md"
		[ "$status" -ne 0 ]
		expect "$status" "page.md" "$why"
	done <<-'CASES'
	<!-- cat x -->\n<!-- end -->\n~not by this
	<!-- table nobody -->\n<!-- end -->\n~no table 'nobody'
	<!-- table exits -->\n~has no end
	<!-- table exits -->\n<!-- table exits -->\n<!-- end -->\n~has no end before this
	<!-- end -->\n~an end without a block
	<!-- faultline compare /nonexistent -->\n<!-- end -->\n~/nonexistent
	<!-- faultline --help | sed -n '/^nothing/p' -->\n<!-- end -->\n~it prints nothing
	see [that](nowhere.md)\n~leads nowhere: nowhere.md
	# a\n## B c\n[b](#b-c) [d](#d)\n~leads to no heading: #d
	CASES
}

@test "every exit code has a meaning, and a next step but for success" {
	while read -r name code; do
		grep -qE "^\| $code \| \`$name\` \| [^|]{6,} \| [^|]{6,} \|\$" "$ROOT/docs/exit-codes.md" ||
			[ "$code" -eq 0 ] || { echo "docs/exit-codes.md lacks $name = $code"; return 1; }
	done < <(sed -nE 's/^\s*(EXIT_[A-Z_]+)\s*=\s*([0-9]+),.*/\1 \2/p' \
		"$ROOT/bench/util/exits.h")
}

@test "a line that no workload executes and that has no reason is an error, with its name" {
	run bash -c ". '$ROOT/scripts/lib/common.sh'; . '$ROOT/scripts/lib/docs.sh'
		. '$ROOT/scripts/lib/unreached.sh'; UNREACHED='$BATS_TEST_TMPDIR/why'
		grep -v '[^[:print:]]kvm_tdp_page_fault' '$ROOT/scripts/lib/unreached.conf' >\"\$UNREACHED\"
		table_unreached '$ROOT/results/reference/coverage.json.xz' v6.1"
	expect 1 'v6.1/baseline: nothing in unreached.conf says why kvm_tdp_page_fault, 4403 is never executed:' \
		'| why no workload reaches them |'
}
