#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Packed runs on the command line: every command reads them as it did before,
# and what is cut or damaged is named.
#
# stage: quick
# order: 38
# needs: the reference run
# takes: 5 s

load common.bash

setup() {
	R=$BATS_TEST_TMPDIR/run
	cp -r "$TESTS/golden/run" "$R"
	chmod -R u+w "$R"
}

@test "a packed run compares as before, and takes less room" {
	"$FL" compare "$R" >"$BATS_TEST_TMPDIR/before"
	run "$FL" pack "$R"
	expect 0 "$R: $(wc -l <"$TESTS/golden/run/records.jsonl") records, 0 attributions"
	[ ! -e "$R/records.jsonl" ]
	[ $(($(stat -c %s "$R/records.jsonl.xz") * 4)) -lt \
		"$(stat -c %s "$TESTS/golden/run/records.jsonl")" ]
	"$FL" compare "$R" | diff "$BATS_TEST_TMPDIR/before" -
	records_of "$R" | cmp - "$TESTS/golden/run/records.jsonl"
	run "$FL" pack "$R"
	expect 0
	"$FL" compare "$R" | diff "$BATS_TEST_TMPDIR/before" -
}

@test "the history knows a packed run for the same run" {
	export FAULTLINE_HISTORY=$BATS_TEST_TMPDIR/h.db
	copy_plain "$REF/attribute" "$BATS_TEST_TMPDIR/plain"
	"$FL" history add "$BATS_TEST_TMPDIR/plain"
	n=$(sqlite3 "$FAULTLINE_HISTORY" 'select count(*) from point')
	run "$FL" history add "$REF/attribute"
	expect 0
	[ "$(sqlite3 "$FAULTLINE_HISTORY" 'select count(*) from point')" = "$n" ]
	[ "$(sqlite3 "$FAULTLINE_HISTORY" 'select count(*) from run')" = 1 ]
}

@test "a packed file that is cut or changed names what is missing, exit code 30" {
	"$FL" pack "$R"
	nr=$(wc -l <"$TESTS/golden/run/records.jsonl")
	cp "$R/records.jsonl.xz" "$BATS_TEST_TMPDIR/whole"
	truncate -s -100 "$R/records.jsonl.xz"
	run "$FL" compare "$R"
	expect "$EXIT_BAD_RECORD" "records.jsonl.xz:" "it is cut: its end is missing; records" \
		"to $nr are missing"
	: >"$R/records.jsonl.xz"
	run "$FL" compare "$R"
	expect "$EXIT_BAD_RECORD" "it is cut: it is empty; records 1 to $nr are missing"
	run "$FL" report "$R" --out "$BATS_TEST_TMPDIR/report"
	expect "$EXIT_BAD_RECORD"
	cp "$BATS_TEST_TMPDIR/whole" "$R/records.jsonl.xz"
	printf x | dd of="$R/records.jsonl.xz" bs=1 seek=2000 conv=notrunc status=none
	run "$FL" compare "$R"
	expect "$EXIT_BAD_RECORD" "it is damaged"
	run "$FL" history add "$R" --db "$BATS_TEST_TMPDIR/h.db"
	expect "$EXIT_BAD_RECORD" "records.jsonl.xz:" "run --resume"
	run "$FL" pack "$R"
	expect "$EXIT_BAD_RECORD" "stays as it is" "run --resume"
	[ ! -e "$R/records.jsonl" ]
}

@test "a run that is unfinished, damaged or none is not packed" {
	jq '.state = "interrupted"' "$TESTS/golden/run/run.json" >"$R/run.json"
	run "$FL" pack "$R"
	expect "$EXIT_NO_DATA" "not finished (it is interrupted)" "run --resume"
	cp "$TESTS/golden/run/run.json" "$R"
	truncate -s -40 "$R/records.jsonl"
	run "$FL" pack "$R"
	expect "$EXIT_BAD_RECORD" "1 lines that are no records" "stays as it is"
	[ -e "$R/records.jsonl" ] && [ ! -e "$R/records.jsonl.xz" ]
	run "$FL" pack "$BATS_TEST_TMPDIR"
	expect "$EXIT_NO_DATA" "is not a run"
	run "$FL" pack
	expect "$EXIT_USAGE" "which RUN?"
}

@test "no room: the run is as it was" {
	before=$(sha256sum <"$R/records.jsonl")
	run bash -c "ulimit -f 1; trap '' XFSZ; '$FL' pack '$R'"
	expect "$EXIT_STORAGE" "File too large" "records are still there"
	[ "$(sha256sum <"$R/records.jsonl")" = "$before" ]
	[ ! -e "$R/records.jsonl.xz" ] && [ ! -e "$R/records.jsonl.xz.new" ]
}

@test "the attributions are one file; unpacked and packed again they print the same" {
	A=$BATS_TEST_TMPDIR/a
	copy_plain "$REF/attribute-retpoline" "$A"
	[ ! -e "$A/attribution.jsonl.xz" ]
	"$FL" attribute "$A" >"$BATS_TEST_TMPDIR/before"
	grep -q 'Instructions per fault' "$BATS_TEST_TMPDIR/before"
	run "$FL" pack "$A"
	expect 0 "4 records, 2 attributions"
	[ ! -e "$A/attribution" ]
	"$FL" attribute "$A" | diff "$BATS_TEST_TMPDIR/before" -
	cmp <(xz -dc "$A/attribution.jsonl.xz") <(xz -dc "$REF/attribute-retpoline/attribution.jsonl.xz")
	run "$FL" pack "$A"
	expect 0 "4 records, 2 attributions"
}

@test "packed without traces every figure is as it was, and trace says why it has none" {
	A=$BATS_TEST_TMPDIR/a
	copy_plain "$REF/attribute-retpoline" "$A"
	"$FL" attribute "$A" --functions >"$BATS_TEST_TMPDIR/before"
	run "$FL" pack --no-traces "$A"
	expect 0 "4 records, 2 attributions"
	"$FL" attribute "$A" --functions | diff "$BATS_TEST_TMPDIR/before" -
	[ $(($(stat -c %s "$A/attribution.jsonl.xz") * 8)) -lt "$(stat -c %s "$REF/attribute-retpoline/attribution.jsonl.xz")" ]
	run "$FL" trace "$A" -p retpoline -w touch-write -v const-fields
	expect "$EXIT_NO_DATA" "packed with --no-traces" "faultline run --attribute"
	run "$FL" attribute "$A" -p retpoline -w touch-write --model skylake-avx512
	expect "$EXIT_NO_DATA" "packed with --no-traces"
	cp "$REF/attribute-retpoline/attribution.jsonl.xz" "$A"
	run "$FL" pack --no-traces "$A"
	expect 0 "4 records, 2 attributions"
	"$FL" attribute "$A" --functions | diff "$BATS_TEST_TMPDIR/before" -
}

@test "attributions that are cut or changed are named, exit code 30" {
	A=$BATS_TEST_TMPDIR/a
	cp -r "$REF/attribute-retpoline" "$A"
	chmod -R u+w "$A"
	truncate -s -100 "$A/attribution.jsonl.xz"
	for what in "attribute $A" "trace $A -w touch-write -v const-fields" "pack $A"; do
		run "$FL" $what
		expect "$EXIT_BAD_RECORD" "$A/attribution.jsonl.xz: it is cut: its end is missing"
	done
	cp "$REF/attribute-retpoline/attribution.jsonl.xz" "$A"
	printf x | dd of="$A/attribution.jsonl.xz" bs=1 seek=2000 conv=notrunc status=none
	run "$FL" attribute "$A"
	expect "$EXIT_BAD_RECORD" "$A/attribution.jsonl.xz: it is damaged"
	xz -dc "$REF/attribute-retpoline/attribution.jsonl.xz" | sed '2s/^{"name"/{"nome"/' |
		xz >"$A/attribution.jsonl.xz"
	run "$FL" attribute "$A"
	expect "$EXIT_BAD_RECORD" "$A/attribution.jsonl.xz:2: the line is no attribution"
	rm "$A/attribution.jsonl.xz"
	run "$FL" attribute "$A"
	expect "$EXIT_NO_DATA" "no attribution"
}

@test "merged, packed parts keep their attributions" {
	A=$BATS_TEST_TMPDIR/a B=$BATS_TEST_TMPDIR/b
	for v in 'const-fields' 'const-fields[+]indirect'; do
		copy_plain "$REF/attribute-retpoline" "$BATS_TEST_TMPDIR/$v"
		sed -i "/\"variant\":\"$v\"/!d" "$BATS_TEST_TMPDIR/$v/records.jsonl"
		find "$BATS_TEST_TMPDIR/$v/attribution" -type f | grep -v "6.1.$v.retpoline" | xargs rm
		"$FL" pack "$BATS_TEST_TMPDIR/$v"
	done
	run "$FL" merge "$BATS_TEST_TMPDIR"/const* --out "$BATS_TEST_TMPDIR/merged"
	expect 0
	diff <("$FL" attribute "$BATS_TEST_TMPDIR/merged/latest") <("$FL" attribute "$REF/attribute-retpoline")
}

@test "the committed runs are packed, and take at most 3.5 MB" {
	[ -z "$(find "$REF" -name '*.jsonl' -o -name '*.json.gz' -o -name '*.json.xz' ! -name coverage.json.xz)" ]
	[ "$(du -sb "$REF" | cut -f1)" -le 3500000 ]
	run "$FL" attribute "$REF/attribute" -w mmio
	expect 0 "every fault the same, in 6 boots"
}
