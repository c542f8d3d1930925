#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# A run as files: each holds what the run has, says what it lacks, and takes
# names from outside for nothing but names.
#
# stage: quick
# order: 25
# needs: the reference run; chromium for the page, else skipped
# takes: 35 s

load common.bash

setup() {
	R=$REF
	OUT=$BATS_TEST_TMPDIR/report
}

dom() {	# FILE: as a browser has it, complaints in $BATS_TEST_TMPDIR/said
	chromium --headless --no-sandbox --disable-gpu --enable-logging=stderr \
		--virtual-time-budget=5000 --dump-dom "file://$1" 2>"$BATS_TEST_TMPDIR/said"
}

need_browser() {
	command -v chromium >/dev/null || skip "no chromium on this machine; run: scripts/deps test"
}

@test "every file is written, and is what it says it is" {
	run "$FL" report "$R/attribute" --out "$OUT"
	expect 0 report.txt report.md report.html report.json junit.xml gbench.json
	xmllint --noout "$OUT/junit.xml"
	jq -e '.faultline_report == 1 and (.judgements | length) == 8 and
		(.sections | map(.id) | index("attribution") != null)' "$OUT/report.json"
	[ "$(awk 'length > 75' "$OUT/report.txt" | wc -l)" -eq 0 ]
	# The same line ends them: how often an equal run would have had a word.
	last=$(jq -r .false_alarms "$OUT/report.json")
	[[ $last == "Of 1,000 equal runs of this kind (rig tcg, "*" exact) 0 would have had a word"* ]]
	[ "$(tail -n 2 "$OUT/report.txt" | tr '\n' ' ')" = "$last " ]
	[ "$(tail -n 1 "$OUT/report.md")" = "$last" ]
	grep -qF "<p id=\"false-alarms\">$last</p>" "$OUT/report.html"
	# The same answer opens all that are read.
	answer=$(jq -r .answer "$OUT/report.json")
	[ "$(tr '\n' ' ' <"$OUT/report.txt" | cut -c1-"${#answer}")" = "$answer" ]
	grep -qF "$answer" "$OUT/report.html"
	# As many cases as verdicts, as many failures as are slower.
	[ "$(grep -c '<testcase' "$OUT/junit.xml")" -eq 8 ]
	[ "$(grep -c '<failure' "$OUT/junit.xml")" -eq "$(jq .count.slower "$OUT/report.json")" ]
	[ "$(jq .count.slower "$OUT/report.json")" -eq 3 ]
}

@test "verdicts are compare's differences" {
	"$FL" report "$R/attribute" --out "$OUT" >/dev/null
	want=$("$FL" compare "$R/attribute" --format json | jq -c '[.[].cells[] |
		select(.variant != "baseline") | [.variant, .workload, .difference.typical]] | sort')
	have=$(jq -c '[.judgements[] | [.variant, .workload, .difference]] | sort' "$OUT/report.json")
	[ "$(jq -c 'map(.[2] |= floor)' <<<"$have")" = "$want" ] || { echo "$want"; echo "$have"; return 1; }
}

@test "sections: what the run has, else the command that adds it" {
	"$FL" report "$R/vitro" --out "$OUT" >/dev/null
	run jq -r '.sections[] | .id + (if .text then " text" else " missing: " + .missing end)' "$OUT/report.json"
	expect 0 "tables text" "factors text" "validity text" "machine text" "reproduce text" \
		"attribution missing: " "record one: faultline run --attribute" \
		"beside missing: This run has cycles alone." "faultline run --rig tcg"
	"$FL" report "$R" --beside "$R/vitro" --out "$OUT" >/dev/null
	run jq -r '.sections[] | select(.id == "beside").text' "$OUT/report.json"
	expect 0 "disagree: fewer"
	grep -qE '^touch-write +struct-by-pointer +-31 +[+][0-9.]+  DISAGREE$' <<<"$output"
	"$FL" report "$R/attribute" --out "$OUT" >/dev/null
	run jq -r '.sections[] | select(.id == "attribution" or .id == "code").text' "$OUT/report.json"
	expect 0 "Where the difference to baseline is" "kvm_tdp_mmu_map"
}

@test "Google Benchmark's JSON: one benchmark per cell, with the fields its tools read" {
	"$FL" report "$R/attribute" --out "$OUT" >/dev/null
	jq -e '.context.date != "" and (.benchmarks | length) == 12 and
		([.benchmarks[] | .name and .run_type == "iteration" and
			.real_time > 500 and .cpu_time == .real_time and
			.time_unit == "ns" and (.label | test("not ns"))] | all)' "$OUT/gbench.json"
}

@test "Google Benchmark's names are there once each, none with perf, a boot is no fault" {
	local run
	for run in vitro linux; do
		mkdir -p "$OUT/$run"
		"$FL" report "$R/$run" --out "$OUT/$run" >/dev/null
		jq -e '[.benchmarks[].name] | (length > 10) and (length == (unique | length)) and
			(any(contains("+")  and (contains("+indirect") | not)) | not)' "$OUT/$run/gbench.json"
	done
	jq -e '[.benchmarks[] | select(.name | contains("linux-boot")) | .label] |
		unique == ["instructions of a whole boot, not ns"]' "$OUT/linux/gbench.json"
	"$FL" compare "$R/vitro" -b v6.1 -p off | grep -q "^touch-write *$(jq -r '.benchmarks[] |
		select(.name == "v6.1/touch-write/baseline/off/hot").real_time * 10 | round / 10' \
		"$OUT/vitro/gbench.json") "
}

@test "Google Benchmark's figures are the table's, with several vCPUs as well" {
	"$FL" report "$R" --out "$OUT" >/dev/null
	"$FL" compare "$R" -b v6.1 -p off --format json | jq -c '[.[].cells[] |
		select(.typical != null) |
		["v6.1/\(.workload)/\(.variant)/off", .typical]] | sort' >"$BATS_TEST_TMPDIR/table"
	jq -c --slurpfile t "$BATS_TEST_TMPDIR/table" '[.benchmarks[] |
		[.name, .real_time]] | unique | map(select(.[0] as $n |
			$t[0] | any(.[0] == $n))) | sort' "$OUT/gbench.json" >"$BATS_TEST_TMPDIR/json"
	grep -q 'smp-overlap-4/baseline/off",2414' "$BATS_TEST_TMPDIR/table"
	diff "$BATS_TEST_TMPDIR/table" "$BATS_TEST_TMPDIR/json"
}

@test "names from outside are names, in every file" {
	mkdir "$BATS_TEST_TMPDIR/cwd" && cd "$BATS_TEST_TMPDIR/cwd"
	for name in '<script>alert(1)</script>' "'; DROP TABLE run; --" '$(touch x)`touch y`' \
		'../../../../x' 'a|b`c`' '&amp;"' "]]>"; do
		run=$("$ROOT/build/unit/run_fill" "$BATS_TEST_TMPDIR/runs" 44 "$name")
		run "$FL" report "$run" --out "$OUT"
		[ "$status" -eq 0 ] || { echo "$name: $output"; return 1; }
		xmllint --noout "$OUT/junit.xml"
		jq -e --arg n "$name" '[.judgements[].variant] | index($n) != null' "$OUT/report.json" >/dev/null
		jq -e . "$OUT/gbench.json" >/dev/null
		[ "$(grep -c '<script>' "$OUT/report.html")" -eq 1 ]
		[ "$(grep -c '<script' "$OUT/report.md")" -eq 0 ] || [[ $name == *script* ]]
		[ "$(awk 'length > 75' "$OUT/report.txt" | wc -l)" -eq 0 ]
		[ "$(grep -c "<b>\|<i>" "$OUT/report.html")" -eq 0 ]
	done
	[ -z "$(ls)" ]
	[ ! -e "$BATS_TEST_TMPDIR/x" ]
	# What a terminal or a table would do something with is in no record.
	for name in $'two\nlines' $'\e[2J'; do
		run "$ROOT/build/unit/run_fill" "$BATS_TEST_TMPDIR/runs" 44 "$name"
		[ "$status" -ne 0 ]
		[[ $output == *"holds a control character"* ]] || { echo "$output"; return 1; }
	done
}

@test "no gnuplot: all but the pictures, and it says so" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s /usr/bin/* /usr/sbin/* "$BATS_TEST_TMPDIR/bin" 2>/dev/null || true
	rm -f "$BATS_TEST_TMPDIR/bin/gnuplot"*
	PATH=$BATS_TEST_TMPDIR/bin run "$FL" report "$R/attribute" --out "$OUT"
	expect "$EXIT_MISSING" "no gnuplot on PATH" gnuplot-nox report.html
	grep -q "no gnuplot on PATH" "$OUT/report.html"
	[ -s "$OUT/report.md" ] && [ "$(grep -c 'id="picture-' "$OUT/report.html")" -eq 0 ]
	# Flames are drawn without it.
	[ "$(grep -c '<svg' "$OUT/report.html")" -gt 0 ]
	[ "$(grep -c 'id="flame-' "$OUT/report.html")" -eq 2 ]
	PATH=$BATS_TEST_TMPDIR/bin run "$FL" plot "$R/attribute" --out "$BATS_TEST_TMPDIR/p.svg"
	expect "$EXIT_MISSING" "gnuplot-nox"
}

@test "the published picture is what plot draws of the reference run" {
	run "$FL" plot "$R" --picture effect-v6.1-off --out "$BATS_TEST_TMPDIR/p.svg"
	expect 0
	cmp "$BATS_TEST_TMPDIR/p.svg" "$R/effect-v6.1-off.svg"
	grep -q "results/reference/effect-v6.1-off.svg" "$ROOT/docs/results/v6.1.md"
}

@test "a picture alone: the one of the report, by name" {
	run "$FL" plot "$R/vitro" --list
	expect 0 "effect-v6.1-off" "touch-write-v6.1-off-hot" "touch-write-v6.1-off-cold"
	run "$FL" plot "$R/vitro" --picture touch-write-v6.1-off-hot --out "$BATS_TEST_TMPDIR/p.svg"
	expect 0 p.svg
	xmllint --noout "$BATS_TEST_TMPDIR/p.svg"
	grep -q struct-by-pointer "$BATS_TEST_TMPDIR/p.svg"
	run "$FL" plot "$R/vitro" --picture nobody
	expect "$EXIT_UNKNOWN_NAME" "no picture 'nobody'" effect-v6.1-off
	# No script takes anything but arguments.
	[ "$(grep -hc 'system\|getenv\|`' "$ROOT"/bench/report/*.gp | sort -u)" = 0 ]
}

@test "nothing, damage, no place: each is told" {
	run "$FL" report
	expect "$EXIT_USAGE" "which RUN?"
	run "$FL" report /nonexistent
	expect "$EXIT_NO_DATA" "/nonexistent"
	mkdir "$BATS_TEST_TMPDIR/empty"
	cp "$R/run.json" "$BATS_TEST_TMPDIR/empty"
	run "$FL" report "$BATS_TEST_TMPDIR/empty" --out "$OUT"
	expect "$EXIT_NO_DATA" "has no record" "--resume"
	copy_plain "$R/attribute" "$BATS_TEST_TMPDIR/damaged"
	chmod -R u+w "$BATS_TEST_TMPDIR/damaged"
	sed -i '3s/"total"/"totel"/' "$BATS_TEST_TMPDIR/damaged/records.jsonl"
	run "$FL" report "$BATS_TEST_TMPDIR/damaged" --out "$OUT"
	expect "$EXIT_BAD_RECORD" "1 lines of" report.html
	grep -q "1 lines are no records" "$OUT/report.txt"
	run "$FL" report "$R/attribute" --out /nonexistent/report
	expect "$EXIT_STORAGE" "/nonexistent/report"
}

@test "the page in a browser: no complaint, nothing fetched, pictures there" {
	need_browser
	"$FL" report "$R/vitro" --out "$OUT" >/dev/null
	dom "$OUT/report.html" >"$BATS_TEST_TMPDIR/dom"
	[ "$(grep -c CONSOLE "$BATS_TEST_TMPDIR/said")" -eq 0 ]
	[ "$(grep -c '<figure' "$BATS_TEST_TMPDIR/dom")" -eq 3 ]
	[ "$(grep -c '<svg' "$BATS_TEST_TMPDIR/dom")" -ge 3 ]
	# Every address is a place in the page, or a name of XML.
	[ -z "$(grep -Eo "(src|href)=[\"'][^\"']*|url\([^)]*" "$OUT/report.html" | grep -Ev "=[\"']#|url\('?#")" ]
	[ -z "$(grep -o 'https\?://[^"'"'"' <)]*' "$OUT/report.html" | grep -v '^http://www.w3.org/' |
		grep -vF "$(jq -r '.sections[].text // ""' "$OUT/report.json" | grep -o 'https\?://[^ ]*' || echo none)")" ]
}

@test "the first screen: figure, interval and where, of each variant" {
	"$FL" report "$R/attribute" --out "$OUT" >/dev/null
	grep -q '<tr><td>struct-by-pointer</td><td>2414 &rarr; 2383</td><td class="better"><strong>-31</strong> (-1.28&nbsp;%)</td><td>exact, 2 boots</td><td class="better l">fewer</td><td class="l where">direct_page_fault -47, kvm_mmu_page_fault +49, kvm_tdp_mmu_map -21, 5 more -12</td>' "$OUT/report.html"
	# The functions are all of the difference.
	for n in -31:struct-by-pointer -52:const-fields; do
		[ "$(grep -o "<tr><td>${n#*:}</td>.*" "$OUT/report.html" | head -n 1 | sed 's/.*where">//; s/<.*//' |
			grep -o '[+-][0-9]*\(,\|$\)' | tr -d '+,' | paste -sd+ | sed 's/+-/-/g' | bc)" -eq "${n%:*}" ]
	done
	"$FL" report "$R/vitro" --out "$OUT" >/dev/null
	want=$(jq -r '.judgements[] | select(.base == "v6.1" and .profile == "off" and .variant == "struct-by-pointer" and .mode == "hot") |
		[.low, .high] | map(. * 10 | round / 10)| "+\(.[0]) to +\(.[1])"' "$OUT/report.json")
	grep -qF "<td>$want</td><td class=\" l\">no difference</td>" "$OUT/report.html"
	grep -q 'class="l where">+2.6 to +8.9 over all comparisons: not all of it is above the 2.9 of the same code twice' "$OUT/report.html"
}

@test "flame pictures of the differences are in the page, with what is elided" {
	"$FL" report "$R/attribute" --out "$OUT" >/dev/null
	[ "$(grep -c 'id="flame-' "$OUT/report.html")" -eq 2 ]
	grep -q '<title>const-fields against baseline: v6.1, profile off, touch-write</title>' "$OUT/report.html"
	"$FL" report "$R/attribute" --against const-fields --out "$OUT" >/dev/null
	grep -q '<title>baseline against const-fields' "$OUT/report.html"
	"$FL" report "$R/vitro" --out "$OUT" >/dev/null
	[ "$(grep -c 'id="flame' "$OUT/report.html")" -eq 0 ]
}

@test "pictures show differences: what every fault has more, and each layout" {
	run "$FL" plot "$R/attribute" --picture touch-write-v6.1-off --out "$BATS_TEST_TMPDIR/p.svg"
	expect 0
	grep -q 'What each variant adds to touch-write over baseline: v6.1, profile off' "$BATS_TEST_TMPDIR/p.svg"
	grep -q 'instructions more per fault' "$BATS_TEST_TMPDIR/p.svg"
	# A tick in one fault of 4,096 is larger than all else, and not in the picture.
	[ "$(sed -nE 's,.*<text> *([0-9-]+)</text>.*,\1,p' "$BATS_TEST_TMPDIR/p.svg" |
		awk '{ n++; bad += $1 > 100 || $1 < -100 } END { print (n > 10 && !bad) }')" = 1 ]
}

@test "the page in a browser: a head sorts its column, both ways" {
	need_browser
	"$FL" report "$R/attribute" --out "$OUT" >/dev/null
	page=$OUT/probe.html
	cat "$OUT/report.html" - >"$page" <<-'EOT'
		<script>
		const t = document.querySelector('th button').closest('table'), out = [];
		const col = () => [...t.tBodies[0].rows].map(r => parseFloat(r.children[2].dataset.n)).join(',');
		const b = t.querySelectorAll('th button')[2];
		b.click(); out.push(col()); b.click(); out.push(col());
		const size = [...document.querySelectorAll('figure > svg')].every(s => s.getBoundingClientRect().width > 200 && s.getBoundingClientRect().height > 50);
		document.title = out.join(' ') + ' ' + size + ' ' + (document.documentElement.scrollWidth <= innerWidth);
		</script>
	EOT
	title=$(dom "$page" | grep -o "<title>[^<]*" | head -n 1)
	[ "$title" = "<title>-31,-22,11,28 28,11,-22,-31 true true" ] || { echo "$title"; return 1; }
}

@test "what sets a base apart stands at the head of its tables, and nowhere else" {
	for base in v6.1 v7.3; do
		run=$("$ROOT/build/unit/run_fill" "$BATS_TEST_TMPDIR/runs" 44 $base all)
		for format in text markdown html json; do
			"$FL" compare "$run" --format $format >"$BATS_TEST_TMPDIR/$base.$format"
		done
	done
	cd "$BATS_TEST_TMPDIR"
	for format in text markdown html json; do
		grep -q 'models lazy and full' v7.3.$format
		[ "$(grep -c 'lazy and full\|not built as' v6.1.$format)" -eq 0 ]
	done
	sed -n '/^Instructions/,/^$/p' v7.3.text | grep -qx 'v7.3 is not built as other bases are'
	[ "$(jq -r '.. | .base_differs? // empty' v7.3.json)" = \
		"$(sed -nE '/^differs/,/^[^ ]/{s/^differs *= *//;/^(\[|#|$)/d;s/^ +//;p}' \
			"$ROOT/variants/v7.3/base.conf" | paste -sd' ')" ]
}
