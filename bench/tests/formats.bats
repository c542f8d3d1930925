#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# What other programs are given, read as they read it: Google Benchmark's JSON by
# the rules of compare.py and github-action-benchmark, JUnit by a schema,
# OpenMetrics by its grammar, annotations by the runner's.
#
# stage: quick
# order: 41
# needs: the reference run
# takes: 20 s

load common.bash

FORMATS=$TESTS/formats
NIGHT=$ROOT/build/unit/alert_run
SQL=$ROOT/build/unit/history_sql

setup() {
	OUT=$BATS_TEST_TMPDIR/out
	DB=$BATS_TEST_TMPDIR/h.db
	export FAULTLINE_HISTORY=$DB
	: >"$BATS_TEST_TMPDIR/acks"
}

# night N [PLANT...], see bench/tests/unit/alert_run.c
night() {
	local n=$1
	shift
	"$NIGHT" "$REF/attribute" "$BATS_TEST_TMPDIR/night-$n" "night-$n" \
		"2026-11-0${n}T01:00:00Z" "$n$n$n$n$n$n$n$n" "$@"
}

# gbench RUN: the file of a report of it
gbench() {
	mkdir -p "$OUT/${1##*/}"
	"$FL" report "$1" --out "$OUT/${1##*/}" >/dev/null
	echo "$OUT/${1##*/}/gbench.json"
}

# alerts BEFORE NOW: what github-action-benchmark alerts on at a threshold of
# 100 %: the first of a name before, each of it now, value / value above 1
alerts() {
	jq -nr --slurpfile before "$1" --slurpfile now "$2" '
		$now[0].benchmarks[] | . as $n |
		[$before[0].benchmarks[] | select(.name == $n.name)][0] |
		select(. != null and $n.real_time / .real_time > 1) | .name'
}

# moved BEFORE NOW: what compare.py prints as moved: entries of a name and kind
# in their order, as many as both have, (now - before) / |before| of either time
moved() {
	jq -nr --slurpfile before "$1" --slurpfile now "$2" '
		def groups: [.benchmarks[] | select(.run_type == "iteration")] |
			group_by(.name) | map({key: .[0].name, value: .}) | from_entries;
		($before[0] | groups) as $b | ($now[0] | groups) as $n |
		$b | keys_unsorted[] | . as $name | select($n[$name]) |
		range([$b[$name], $n[$name] | length] | min) as $i |
		[$b[$name][$i], $n[$name][$i]] |
		select(.[0].real_time != .[1].real_time or
			.[0].cpu_time != .[1].cpu_time) | $name'
}

@test "gbench.json compared with itself has no alert, by either reader" {
	local run json
	for run in vitro linux attribute; do
		json=$(gbench "$REF/$run")
		[ "$(jq '.benchmarks | length' "$json")" -ge 12 ]
		[ -z "$(alerts "$json" "$json")" ]
		[ -z "$(moved "$json" "$json")" ]
		# One entry a name, and it says that it is the only one.
		jq -e '.benchmarks | (map(.name) | length == (unique | length)) and
			all(.repetitions == 1 and .repetition_index == 0)' "$json"
		jq -e '.context.json_schema_version == 1' "$json"
	done
}

@test "one cell that costs more is one alert, of both readers" {
	local before now
	night 1
	night 2 const-fields touch-write kvm_faultin_pfn 60
	before=$(gbench "$BATS_TEST_TMPDIR/night-1")
	now=$(gbench "$BATS_TEST_TMPDIR/night-2")
	[ "$(alerts "$before" "$now")" = v6.1/touch-write/const-fields/off ]
	[ "$(moved "$before" "$now")" = v6.1/touch-write/const-fields/off ]
	[ -z "$(alerts "$now" "$before")" ]
}

@test "JUnit of report and alert is what CI servers document" {
	night 1
	night 2 const-fields touch-write kvm_faultin_pfn 60
	gbench "$BATS_TEST_TMPDIR/night-2" >/dev/null
	xmllint --noout --schema "$FORMATS/junit.xsd" "$OUT/night-2/junit.xml"
	"$FL" history add "$BATS_TEST_TMPDIR/night-1" "$BATS_TEST_TMPDIR/night-2"
	run "$FL" alert --acks "$BATS_TEST_TMPDIR/acks" --junit "$OUT/alert.xml"
	expect "$EXIT_REGRESSION"
	xmllint --noout --schema "$FORMATS/junit.xsd" "$OUT/alert.xml"
	# The counts are those of the elements.
	for f in "$OUT/night-2/junit.xml" "$OUT/alert.xml"; do
		for what in tests:testcase failures:failure skipped:skipped; do
			[ "$(xmllint --xpath "sum(//testsuite/@${what%:*})" "$f")" = \
				"$(xmllint --xpath "count(//${what#*:})" "$f")" ]
		done
	done
	# The schema refuses what one of them does not know.
	sed 's/<testsuites /&skipped="1" /' "$OUT/night-2/junit.xml" >"$OUT/bad.xml"
	run xmllint --noout --schema "$FORMATS/junit.xsd" "$OUT/bad.xml"
	[ "$status" -ne 0 ]
}

@test "OpenMetrics is what its grammar says, whatever the names" {
	"$FL" history add "$REF/vitro" "$REF/attribute"
	"$SQL" "$DB" "INSERT INTO series VALUES (900, 'a\"b', 'c\\d', 'e' || char(10) || 'f', 'g{h}', 'i,j', '# EOF', 'k=l', 'TSC cycles');
		INSERT INTO point SELECT 900, run, code, -0.000001, spread, boots, exact, reference, setup, samples FROM point WHERE run = 1 LIMIT 1"
	"$FL" history export --format openmetrics >"$OUT.prom"
	grep -q '="e\\nf",variant="g{h}"' "$OUT.prom"
	awk -f "$FORMATS/openmetrics.awk" "$OUT.prom"
	for plant in '$d' 's/} /}/' 's/^# UNIT \([^ ]*\) .*/# UNIT \1 pages/' '5s/.*/&\n&/' 's/"} /\\q"} /'; do
		run awk -f "$FORMATS/openmetrics.awk" <(sed "$plant" "$OUT.prom")
		[ "$status" -ne 0 ] || { echo "not refused: $plant"; return 1; }
	done
	command -v promtool >/dev/null || return 0
	promtool check metrics <"$OUT.prom"
	# What reads OpenMetrics strictly wants a time of each sample.
	sed -E '/^[^#]/s/$/ 1700000000/' "$OUT.prom" >"$OUT.timed"
	promtool tsdb create-blocks-from openmetrics "$OUT.timed" "$BATS_TEST_TMPDIR/tsdb"
}

@test "annotations are read back by the runner's rules" {
	night 1
	night 2 const-fields touch-write kvm_faultin_pfn 60
	"$FL" history add "$BATS_TEST_TMPDIR/night-1" "$BATS_TEST_TMPDIR/night-2"
	run "$FL" alert --acks "$BATS_TEST_TMPDIR/acks" --github
	expect "$EXIT_REGRESSION"
	echo "$output" >"$OUT.said"
	awk -f "$FORMATS/annotations.awk" "$OUT.said" >"$OUT.read"
	[ "$(wc -l <"$OUT.read")" -eq 1 ]
	# The name, with its commas and colons, is the title; the text has its lines.
	IFS=$'\t' read -r command title text <"$OUT.read"
	[ "$command" = error ]
	[[ $title == v6.1/const-fields*touch-write.instructions_over_baseline* ]]
	[[ $text == *'functions: kvm_faultin_pfn +60'* ]]
	# A text that is not escaped is no annotation, or another one.
	run awk -f "$FORMATS/annotations.awk" <(printf '::error title=a\nb::c\n')
	[ "$status" -ne 0 ]
	run awk -f "$FORMATS/annotations.awk" <(printf '::error title=a,b::c\n')
	[ "$status" -ne 0 ]
}
