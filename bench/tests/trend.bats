#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The trend page: of the committed runs, and of names that mean harm.
#
# stage: quick
# order: 45
# needs: the reference run
# takes: 5 s

load common.bash

SQL=$ROOT/build/unit/history_sql

setup() {
	DB=$BATS_TEST_TMPDIR/h.db
	PAGE=$BATS_TEST_TMPDIR/t.html
	"$FL" history add --db "$DB" "$REF/vitro" \
		"$REF/attribute" >/dev/null
}

# nights N: N more runs, a day apart, the last ten 3 instructions more expensive
nights() {
	"$SQL" "$DB" "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		INSERT INTO run SELECT i + 10, 'night-' || i, 1795500000 + 86400 * i,
			'results/night-' || i, 'revision', 'records' FROM n;
		INSERT INTO point SELECT p.series, r.id, p.code,
			p.value + CASE WHEN p.exact THEN (r.id > $1) * 3
				ELSE (r.id * 37 + p.series * 11) % 9 / 4.0 + (r.id > $1) * 40 END,
			p.spread, p.boots, p.exact, p.reference, p.setup, p.samples FROM point p, run r
			WHERE r.id > 10 AND p.run IN (1, 2)"
}

@test "one picture per workload, cycles first, every series a line" {
	run "$FL" trend --db "$DB" --out "$PAGE"
	expect 0 "pictures of 164 series, 0 moves"
	[ "$(grep -o '<polyline' "$PAGE" | wc -l)" -eq 164 ]
	[ "$(grep -o '<h2>[^<]*' "$PAGE" | head -n 1)" = "<h2>v5.10, profile off: TSC cycles per fault, hot" ]
	grep -q 'no line ever moved for good' "$PAGE"
	grep -q 'href="../results/reference/vitro/report/report.html"' "$PAGE"
	# Nothing is fetched: no address but of the runs' reports.
	[ -z "$(grep -Eo '(src|href)="[^"]*"|url\([^)]*' "$PAGE" | grep -v 'report/report.html"$')" ]
}

@test "moves for good are marked, exact ones and change points" {
	nights 40
	run "$FL" trend --db "$DB" --out "$PAGE" --profile off --base v6.1
	expect 0
	grep -q 'baseline: 2409.0 to 2412.0 (+0.12 %) in the run of' "$PAGE" ||
		grep -Eq 'baseline: 24[0-9]*.0 to 24[0-9]*.0 \(\+0\.1. %\) in the run of' "$PAGE"
	grep -Eq 'baseline: [0-9.]+ to [0-9.]+ \(\+1.\... %\) by change point, from the run of 2026-12-2' "$PAGE"
	grep -q 'class="mark s0"' "$PAGE"
}

@test "names from outside are text and nothing else" {
	"$SQL" "$DB" "INSERT INTO series VALUES (900, '<i>rig', 'a\"b', 'v6.1', '<script>alert(1)</script>', 'off', '</svg><b>', 'cycles_hot', 'TSC & cycles');
		INSERT INTO run VALUES (900, 'x', 1795500000, 'javascript:alert(1)//\"><i>', 'r<', 'r');
		INSERT INTO point SELECT 900, 900, id, 250, NULL, 2, 0, NULL, NULL, NULL FROM code LIMIT 1"
	run "$FL" trend --db "$DB" --out "$PAGE"
	expect 0
	[ "$(grep -c '<script\|</svg><b>\|<i>' "$PAGE")" -eq 0 ]
	[ "$(grep -c 'href="javascript' "$PAGE")" -eq 0 ]
	grep -q '&lt;script&gt;alert(1)&lt;/script&gt;' "$PAGE"
}

@test "nothing to draw, nowhere to write" {
	run "$FL" trend --db "$DB" --workload nobody --out "$PAGE"
	expect "$EXIT_NO_DATA" "no such series"
	run "$FL" trend --db "$BATS_TEST_TMPDIR/none.db"
	expect "$EXIT_NO_DATA" "none.db"
	run "$FL" trend --db "$DB" --out /nonexistent/t.html
	expect "$EXIT_STORAGE" "/nonexistent/t.html"
	run "$FL" trend --db "$DB" --newest some
	expect "$EXIT_USAGE" "'some' is not a number from 1"
}

@test "the page is shown by a browser without a complaint" {
	command -v chromium >/dev/null || skip "no chromium on this machine; run: scripts/deps test"
	nights 40
	"$FL" trend --db "$DB" --out "$PAGE" --profile off
	chromium --headless --no-sandbox --disable-gpu --enable-logging=stderr \
		--dump-dom "file://$PAGE" >"$BATS_TEST_TMPDIR/dom" 2>"$BATS_TEST_TMPDIR/said"
	[ "$(grep -c CONSOLE "$BATS_TEST_TMPDIR/said")" -eq 0 ]
	[ "$(grep -o '<polyline' "$BATS_TEST_TMPDIR/dom" | wc -l)" -eq "$(grep -o '<polyline' "$PAGE" | wc -l)" ]
}

@test "known changes stand on the page, and those whose time is up say so" {
	cat >"$BATS_TEST_TMPDIR/acks" <<-'A'
		[tcg/v6.1/*/off/touch-write/instr*]
		commit = 1a2b3c4d
		who = A <a@example.org>
		why = the price of the new check
		until = 2099-03-01

		[vitro/*/*/*/*/cycles_hot]
		commit = 5e6f
		who = B
		why = last year's
		until = 2001-03-01
	A
	run "$FL" trend --db "$DB" --out "$PAGE" --acks "$BATS_TEST_TMPDIR/acks"
	expect 0
	grep -q 'the price of the new check (A &lt;a@example.org&gt;, commit 1a2b3c4d, until 2099-03-01)</li>' "$PAGE"
	grep -q "last year's (B, commit 5e6f, until 2001-03-01) <b>(its time is up)</b>" "$PAGE"
	run "$FL" trend --db "$DB" --out "$PAGE" --acks /nonexistent
	[ "$status" -ne 0 ] && [[ $output == *"/nonexistent"* ]]
}
