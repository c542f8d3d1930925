#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The history on the command line: the committed runs, and files and runs that
# cannot be used.
#
# stage: quick
# order: 30
# needs: the reference run
# takes: 15 s

load common.bash

FILL=$ROOT/build/unit/history_fill
SQL=$ROOT/build/unit/history_sql
NIGHT=$ROOT/build/unit/alert_run

setup() {
	DB=$BATS_TEST_TMPDIR/h.db
	# the committed runs are older than that, whatever this machine's clock says
	export FAULTLINE_HISTORY=$DB FAULTLINE_NOW=2026-12-01T00:00:00Z
}

# Where a test waits for something: 10 s for COMMAND to succeed.
await() {
	for _ in $(seq 200); do
		"$@" && return
		sleep 0.05
	done
	echo "in vain: $*"
	return 1
}

# The history as schema 1 was: no more than series, runs, code and points
as_schema_1() {
	"$SQL" "$DB" "create table p as select * from point; drop view withdrawn;
		drop table point; drop table withdrawal; drop table measured;
		drop table accepted; drop table setup; drop table samples;
		create table point (series integer, started integer, run integer, code integer,
			value real, spread real, boots integer, exact integer,
			primary key (series, started, run)) strict, without rowid;
		insert into point select series, started, run, code, value, spread, boots, exact
			from p join run on id = run; drop table p; pragma user_version = 1"
}

@test "a run is added once, the invalid and the skipped are counted" {
	run "$FL" history add "$REF"
	expect 0 "20261127T192843Z-002eb: 5836 points of 1683 cells" \
		"left out: 0 invalid, 65 skipped"
	run "$FL" history add "$REF" "$REF/attribute"
	expect 0 "20261127T192843Z-002eb is in $DB already" \
		"20261127T202014Z-02df1: 302 points of 12 cells"
	[ "$(sqlite3 "$DB" 'select count(*) from point')" -eq 6138 ]
}

@test "list and show have the published figures" {
	"$FL" history add "$REF" "$REF/attribute"
	run "$FL" history list --base v6.1 --variant const-fields --profile off
	expect 0 "rig tcg on QEMU 7.2.22, EPYC"
	grep -qE '^touch-write +instructions +2 2026-11-27 +2362$' <<<"$output"
	grep -qE '^touch-exec +instructions +1 2026-11-27 +2366$' <<<"$output"
	run "$FL" history show --base v6.1 --variant 'const-f*s' --profile off \
		--workload touch-write --metric instructions
	expect 0 "v6.1 const-fields off" "touch-write instructions in instructions"
	[ "$(grep -cE '^2026.* 2362 +- +2 exact ' <<<"$output")" -eq 2 ]
	[ "$(wc -l <<<"$output")" -eq 6 ]
	run "$FL" history show --workload nothing
	expect "$EXIT_NO_DATA" "no point that matches" "history list"
}

@test "no line of list is wider than a mail takes" {
	"$FL" history add "$REF"
	"$FL" history list >"$BATS_TEST_TMPDIR/list"
	if grep -nE '^.{76}' "$BATS_TEST_TMPDIR/list"; then return 1; fi
}

@test "export: CSV, JSON lines and OpenMetrics have the same figures" {
	"$FL" history add "$REF" "$REF/attribute"
	run "$FL" history export --out "$BATS_TEST_TMPDIR/x.csv"
	expect 0
	[ "$(wc -l <"$BATS_TEST_TMPDIR/x.csv")" -eq 6139 ]
	head -n 1 "$BATS_TEST_TMPDIR/x.csv" | grep -q '^rig,machine,base,.*,path,withdrawn.$'
	"$FL" history export --format jsonl --newest 1 >"$BATS_TEST_TMPDIR/x.jsonl"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/x.jsonl")" -eq 6106 ]
	jq -se 'map(select(.base == "v6.1" and .variant == "baseline" and
		.profile == "off" and .workload == "shadow-touch" and
		.metric == "instructions")) | length == 1 and
		.[0].value == 12261 and .[0].exact and .[0].spread == null and
		.[0].path == "results/reference/attribute"' "$BATS_TEST_TMPDIR/x.jsonl"
	# a difference is to the baseline of the same run, and goes on under any QEMU
	jq -se 'map(select(.base == "v6.1" and .variant == "const-fields" and
		.profile == "off" and .workload == "touch-write" and
		.metric == "instructions_over_baseline")) | length == 1 and
		.[0].value == -52 and .[0].baseline == 2414 and .[0].exact and
		.[0].machine == "any instrument" and (.[0].instrument | test("^QEMU 7.2.22")) and
		(.[0].compiler | test("^gcc"))' "$BATS_TEST_TMPDIR/x.jsonl"
	"$FL" history export --format openmetrics >"$BATS_TEST_TMPDIR/x.prom"
	[ "$(tail -n 1 "$BATS_TEST_TMPDIR/x.prom")" = "# EOF" ]
	grep -q '^# TYPE faultline_fault_instructions gauge$' "$BATS_TEST_TMPDIR/x.prom"
	grep -q '^# UNIT faultline_fault_instructions instructions$' "$BATS_TEST_TMPDIR/x.prom"
	grep -q 'base="v6.1",variant="baseline",profile="off",workload="shadow-touch",metric="instructions"} 12261$' "$BATS_TEST_TMPDIR/x.prom"
	[ "$(grep -c '^faultline_fault_instructions{' "$BATS_TEST_TMPDIR/x.prom")" -eq 6006 ]
}

@test "cycles: a point a mode with its interval, in a family of their own" {
	"$ROOT/build/unit/vitro_run" "$BATS_TEST_TMPDIR/v" 6
	run "$FL" history add "$BATS_TEST_TMPDIR/v"
	expect "$EXIT_BAD_RECORD" "run.json has no started"
	jq '.started = "2026-11-23T00:00:00Z"' "$BATS_TEST_TMPDIR/v/run.json" >"$BATS_TEST_TMPDIR/j"
	mv "$BATS_TEST_TMPDIR/j" "$BATS_TEST_TMPDIR/v/run.json"
	run "$FL" history add "$BATS_TEST_TMPDIR/v"
	expect 0 "204 points of 36 cells" "18 skipped"
	# as compare has it: baseline's figure and its interval
	want=$("$FL" compare "$BATS_TEST_TMPDIR/v" --format json --profiles off |
		jq '.[0].cells[] | select(.workload == "touch-write" and .variant == "baseline").hot | [.cycles, .interval]')
	"$FL" history export --format jsonl --workload touch-write --variant baseline --profile off --metric cycles_hot >"$BATS_TEST_TMPDIR/x"
	jq -se --argjson want "$want" 'length == 1 and .[0].unit == "TSC cycles" and
		(.[0].exact | not) and .[0].boots == 6 and
		[.[0].value, .[0].spread] == $want' "$BATS_TEST_TMPDIR/x"
	run "$FL" history export --format openmetrics
	expect 0 "# UNIT faultline_fault_tsc_cycles tsc_cycles" 'metric="cycles_cold"'
}

@test "a run that is unfinished, empty, damaged or none is not added" {
	mkdir "$BATS_TEST_TMPDIR/r"
	records_of "$REF/attribute" >"$BATS_TEST_TMPDIR/r/records.jsonl"
	for state in running interrupted; do
		jq --arg s $state '.state = $s' "$REF/attribute/run.json" >"$BATS_TEST_TMPDIR/r/run.json"
		run "$FL" history add "$BATS_TEST_TMPDIR/r"
		expect "$EXIT_NO_DATA" "not finished (it is $state)" "run --resume"
	done
	jq '.schema = 1' "$REF/attribute/run.json" >"$BATS_TEST_TMPDIR/r/run.json"
	run "$FL" history add "$BATS_TEST_TMPDIR/r"
	expect "$EXIT_BAD_RECORD" "schema 1, this program reads 2"
	jq '.started = "yesterday"' "$REF/attribute/run.json" >"$BATS_TEST_TMPDIR/r/run.json"
	run "$FL" history add "$BATS_TEST_TMPDIR/r"
	expect "$EXIT_BAD_RECORD" "does not say when it started"
	cp "$REF/attribute/run.json" "$BATS_TEST_TMPDIR/r"
	echo '{"a": 1}' >>"$BATS_TEST_TMPDIR/r/records.jsonl"
	run "$FL" history add "$BATS_TEST_TMPDIR/r"
	expect "$EXIT_BAD_RECORD" "1 lines are no records" "run --resume"
	: >"$BATS_TEST_TMPDIR/r/records.jsonl"
	run "$FL" history add "$BATS_TEST_TMPDIR/r"
	expect "$EXIT_NO_DATA" "no valid record (0 cells" "nothing to add"
	run "$FL" history add "$BATS_TEST_TMPDIR"
	expect "$EXIT_NO_DATA" "is not a run"
	[ "$(sqlite3 "$DB" 'select count(*) from run')" -eq 0 ]
}

@test "the same run with other records is refused" {
	"$FL" history add "$REF/attribute"
	copy_plain "$REF/attribute" "$BATS_TEST_TMPDIR/r"
	sed -i '$d' "$BATS_TEST_TMPDIR/r/records.jsonl"
	run "$FL" history add "$BATS_TEST_TMPDIR/r"
	expect "$EXIT_CHANGED" "with other records" "run anew"
	[ "$(sqlite3 "$DB" 'select count(*) from point')" -eq 302 ]
}

@test "a clock that was set back by less than a day is told; points go by adding" {
	"$FL" history add "$REF/attribute"
	"$FL" history add "$REF"
	run "$FL" history list
	expect 0 "warning: run 20261127T192843Z-002eb says it started at 2026-11-27T19:28:43Z, but was added after 20261127T202014Z-02df1" "in 32 series" "the order of adding"
	"$FL" history show --workload mmio --variant baseline --profile off --base v6.1 --metric instructions >"$BATS_TEST_TMPDIR/x"
	[ "$(grep ^2026 "$BATS_TEST_TMPDIR/x" | cut -c1-13 | paste -sd ' ')" = "2026-11-27T20 2026-11-27T19" ]
}

# made ID STARTED: a small run
made() {
	"$NIGHT" "$REF/attribute" "$BATS_TEST_TMPDIR/$1" "$1" "$2" rev "${@:3}"
}

@test "a run from the future, or from before the newest, is refused; apart it is kept" {
	made a 2026-11-20T01:00:00Z
	made future 2031-01-01T01:00:00Z
	made old 2026-11-10T01:00:00Z
	made b 2026-11-21T01:00:00Z
	run "$FL" history add "$BATS_TEST_TMPDIR"/{a,future,old,b}
	expect "$EXIT_OUT_OF_ORDER" "/future is not added: it says that it started at 2031-01-01T01:00:00Z, 1492 days after this machine's clock, 2026-12-01" \
		"history add --apart" "/old is not added: it says that it started at 2026-11-10T01:00:00Z, 10 days before a of 2026-11-20" \
		"b: 302 points"
	[ "$(sqlite3 "$DB" 'select group_concat(name) from run')" = a,b ]
	run "$FL" history add --apart --who me --why "the clock of that machine" "$BATS_TEST_TMPDIR/future"
	expect 0 "302 points" "withdrawn at once"
	run "$FL" history show --workload mmio --variant baseline --metric instructions
	expect 0 " future withdrawn"
	[ "$(grep -c '^20' <<<"$output")" -eq 3 ]
	run "$FL" history list
	expect 0 "2 2026-11-21"
	run "$FL" history events
	expect 0 "future" "withdrawn by me on 2026-12-01: the clock of that machine"
	run "$FL" history check
	expect 0 sound
}

@test "a machine whose clock ran ahead: its run is withdrawn, and the next night goes on" {
	made a 2026-11-20T01:00:00Z
	made ahead 2031-01-01T01:00:00Z
	made b 2026-11-21T01:00:00Z
	"$FL" history add "$BATS_TEST_TMPDIR/a"
	FAULTLINE_NOW=2031-01-01T02:00:00Z "$FL" history add "$BATS_TEST_TMPDIR/ahead"
	# the clock is right again
	run "$FL" history add "$BATS_TEST_TMPDIR/b"
	expect "$EXIT_OUT_OF_ORDER" "before ahead of 2031-01-01T01:00:00Z" "withdraw that one"
	run "$FL" history withdraw nowhere --who me --why x
	expect "$EXIT_NO_DATA" "has no run 'nowhere'"
	run "$FL" history withdraw ahead --who me
	expect "$EXIT_USAGE" "needs --who and --why"
	run "$FL" history withdraw "$BATS_TEST_TMPDIR/ahead" --who me --why "its clock"
	expect 0 "it stays in the history, and is not judged"
	run "$FL" history add "$BATS_TEST_TMPDIR/b"
	expect 0 "302 points"
	run "$FL" history withdraw ahead --who me --why again
	expect 0 "was withdrawn"
	run "$FL" history restore ahead --who me --why "it was right"
	expect 0 "counts again"
	"$FL" history export --format jsonl | jq -se 'length == 906 and all(.[]; .withdrawn | not)'
	"$FL" history events --format jsonl | jq -se 'map([.event, .run, .who, .why]) == [
		["withdrawn", "ahead", "me", "its clock"], ["restored", "ahead", "me", "it was right"]]'
}

# The case of the reports: seven nights, one run dated 2031, four nights that
# cost 100 instructions more.
@test "one run from the future: it is refused, and what got worse after it is found" {
	for n in 1 2 3 4 5 6 7; do
		made "n$n" "2026-11-0${n}T01:00:00Z"
		"$FL" history add "$BATS_TEST_TMPDIR/n$n"
	done
	made future 2031-01-01T01:00:00Z
	run "$FL" history add "$BATS_TEST_TMPDIR/future"
	expect "$EXIT_OUT_OF_ORDER" "1492 days after this machine's clock"
	for n in 8 9; do
		made "n$n" "2026-11-0${n}T01:00:00Z" '*' mmio kvm_faultin_pfn 100
		"$FL" history add "$BATS_TEST_TMPDIR/n$n"
	done
	run "$FL" alert --acks /dev/null
	expect "$EXIT_BASE_MOVED" "the base moved by +100" "since run n8"
	# apart it is in the history, and as silent
	"$FL" history add --apart --who me --why "its clock" "$BATS_TEST_TMPDIR/future"
	for n in 10 11; do
		made "n$n" "2026-11-${n}T01:00:00Z" const-fields mmio kvm_faultin_pfn 100
		"$FL" history add "$BATS_TEST_TMPDIR/n$n"
	done
	run "$FL" alert --acks /dev/null
	expect "$EXIT_REGRESSION" "HARD v6.1/const-fields off mmio" "since run n10"
	if grep -q ended <<<"$output"; then false; fi
}

# ... as an older Faultline took it in.
@test "a run from the future in an older history is withdrawn when it is brought up" {
	made a 2026-11-20T01:00:00Z
	made future 2031-01-01T01:00:00Z
	FAULTLINE_NOW=2031-01-02T00:00:00Z "$FL" history add "$BATS_TEST_TMPDIR"/{a,future}
	as_schema_1
	made b 2026-11-21T01:00:00Z const-fields mmio kvm_faultin_pfn 100
	run "$FL" history add "$BATS_TEST_TMPDIR/b"
	expect 0 "302 points"
	run "$FL" history events
	expect 0 "2031-01-01T01:00:00Z future" "withdrawn by faultline on 2026-12-01"
	run "$FL" alert --acks /dev/null
	expect "$EXIT_REGRESSION" "HARD v6.1/const-fields off mmio" "since run b"
}

@test "runs that were deleted stay in the history, and are judged" {
	made a 2026-11-20T01:00:00Z
	made b 2026-11-21T01:00:00Z const-fields touch-write kvm_faultin_pfn 60
	"$FL" history add "$BATS_TEST_TMPDIR"/{a,b}
	rm -r "$BATS_TEST_TMPDIR"/{a,b}
	run "$FL" alert --acks /dev/null --json "$BATS_TEST_TMPDIR/a.json"
	expect "$EXIT_REGRESSION" "HARD v6.1/const-fields off touch-write" "since run b"
	jq -e '.items[0].functions == []' "$BATS_TEST_TMPDIR/a.json"
	for c in list show events check export "withdraw b --who me --why x" "restore $BATS_TEST_TMPDIR/b --who me --why y"; do
		# shellcheck disable=SC2086
		run "$FL" history $c
		expect 0
	done
	run "$FL" trend --out "$BATS_TEST_TMPDIR/t.html"
	expect 0 "302 series"
}

@test "another QEMU, compiler and kernel are events" {
	made a 2026-11-20T01:00:00Z
	made b 2026-11-21T01:00:00Z qemu=7.2.23
	made c 2026-11-22T01:00:00Z qemu=7.2.23 release=6.1.194 compiler="gcc 13"
	"$FL" history add "$BATS_TEST_TMPDIR"/{a,b,c}
	run "$FL" history events
	expect 0 "2026-11-21T01:00:00Z b" "tcg v6.1: instrument QEMU 7.2.22, EPYC" "-> QEMU 7.2.23" \
		"tcg v6.1: compiler gcc" "-> gcc 13" "tcg v6.1: kernel 6.1.192 -> 6.1.194"
	"$FL" history events --format jsonl | jq -se 'map([.run, .event]) == [["b", "instrument"], ["c", "compiler"], ["c", "kernel"]]'
	# and a run that is withdrawn takes its own with it
	"$FL" history withdraw b --who me --why "a QEMU of my own"
	"$FL" history events --format jsonl | jq -se 'map([.run, .event]) == [["c", "compiler"], ["c", "instrument"], ["c", "kernel"], ["b", "withdrawn"]]'
}

@test "names from outside stay names: SQL, shell, HTML, terminal" {
	cp -r "$REF/attribute" "$BATS_TEST_TMPDIR/r"
	jq '.id = "\u001b[2J\"; DROP TABLE run; -- <b>$(id)" | .tool.revision = "a,\"b\"\r\n=1+1" | .rig.cpu = "x\"} 1\n# EOF\\"' \
		"$REF/attribute/run.json" >"$BATS_TEST_TMPDIR/r/run.json"
	run "$FL" history add "$BATS_TEST_TMPDIR/r"
	expect 0 "302 points"
	run "$FL" history show
	expect 0 '\x1b[2J"; DROP TABLE run; -- <b>$(id)'
	if grep -q $'\033' <<<"$output"; then false; fi
	"$FL" history export --format jsonl | jq -se 'length == 302 and
		.[0].revision == "a,\"b\"\r\n=1+1"'
	# a quoted field doubles its quotes: all rows have as many of them
	"$FL" history export >"$BATS_TEST_TMPDIR/x.csv"
	grep -q '"a,""b""' "$BATS_TEST_TMPDIR/x.csv"
	"$FL" history export --format openmetrics >"$BATS_TEST_TMPDIR/x.prom"
	grep -q 'x\\"} 1\\n# EOF\\\\",base=' "$BATS_TEST_TMPDIR/x.prom"
	[ "$(grep -c '^# EOF' "$BATS_TEST_TMPDIR/x.prom")" -eq 1 ]
	run "$FL" history check
	expect 0 "is sound"
}

@test "a name that is a formula, very long, or no UTF-8, is a name in every output" {
	# json_dump keeps what it is given; jq cannot write what is no UTF-8
	cp -r "$REF/attribute" "$BATS_TEST_TMPDIR/r"
	long=$(head -c 100000 /dev/zero | tr '\0' x)
	jq --arg long "$long" '.id = "=HYPERLINK(\"http://x\")" | .tool.revision = "@SUM(1)" + $long | .rig.cpu = "-1+cmd|x"' \
		"$REF/attribute/run.json" >"$BATS_TEST_TMPDIR/r/run.json"
	run "$FL" history add "$BATS_TEST_TMPDIR/r"
	expect 0 "302 points"
	"$FL" history export >"$BATS_TEST_TMPDIR/x.csv"
	[ "$(grep -c "\"'=HYPERLINK(\"\"http://x\"\")\",\"2026-" "$BATS_TEST_TMPDIR/x.csv")" -eq 302 ]
	[ "$(grep -c "\"'@SUM(1)xxx" "$BATS_TEST_TMPDIR/x.csv")" -eq 302 ]
	if grep -qE '(^|,)"?[=@+-][A-Za-z]' "$BATS_TEST_TMPDIR/x.csv"; then false; fi
	"$SQL" "$DB" "drop trigger series_no_update; update series set workload = cast(x'ff1b5d303b' as text) || workload"
	for c in list show events export "export --format jsonl" "export --format openmetrics"; do
		# shellcheck disable=SC2086
		run "$FL" history $c
		expect 0
		if grep -q $'\033' <<<"$output" && [ "$c" != export ]; then echo "$c"; false; fi
	done
	"$FL" history export --format jsonl | jq -se 'length == 302 and all(.[]; .workload | startswith("\\xff"))'
	"$FL" history withdraw '=HYPERLINK("http://x")' --who $'a\nb\033[2J' --why '<script>'
	run "$FL" history events
	expect 0 '=HYPERLINK("http://x")' 'withdrawn by a\x0ab\x1b[2J on 2026'
	run "$FL" history check
	expect 0 sound
}

@test "no history, an empty file, a folder: said, and nothing is made" {
	run "$FL" history list
	expect "$EXIT_NO_DATA" "there is no history $DB" "history add RUN"
	[ ! -e "$DB" ]
	: >"$DB"
	run "$FL" history show
	expect "$EXIT_NO_DATA" "is empty"
	run "$FL" history list --db "$BATS_TEST_TMPDIR"
	expect "$EXIT_STORAGE" "unable to open"
	run "$FL" history add "$REF/attribute" --db /proc/h.db
	expect "$EXIT_STORAGE" "/proc/h.db" "another --db"
	# a name that SQLite would take for something else is a name
	cd "$BATS_TEST_TMPDIR"
	run "$FL" history add "$REF/attribute" --db :memory:
	expect 0
	[ -s "$BATS_TEST_TMPDIR/:memory:" ]
}

@test "what is no database, or another program's, is left as it is" {
	printf 'this is a text, and a long one\n%.0s' $(seq 100) >"$DB"
	before=$(sha256sum "$DB")
	for c in list "add $REF/attribute" check; do
		# shellcheck disable=SC2086
		run "$FL" history $c
		expect "$EXIT_HISTORY" "$DB" "is no history" "name another --db"
	done
	[ "$(sha256sum "$DB")" = "$before" ]
	rm "$DB"
	sqlite3 "$DB" 'create table t (a); insert into t values (1)'
	run "$FL" history add "$REF/attribute"
	expect "$EXIT_HISTORY" "a database of another program"
	[ "$(sqlite3 "$DB" 'select name from sqlite_schema')" = t ]
}

@test "a newer schema is refused, to read and to write" {
	"$FL" history add "$REF/attribute"
	sqlite3 "$DB" 'pragma user_version = 99'
	for c in list "add $REF"; do
		# shellcheck disable=SC2086
		run "$FL" history $c
		expect "$EXIT_HISTORY" "schema 99, this program knows up to 5" "newer Faultline"
	done
}

@test "an older schema is read by nobody until a writer brought it up" {
	"$FL" history add "$REF/attribute"
	as_schema_1
	run "$FL" history list
	expect "$EXIT_HISTORY" "schema 1, this program reads 5" "history add"
	run "$FL" history add "$REF/attribute"
	expect 0 already
	run "$FL" history check
	expect 0 sound
	[ "$(sqlite3 "$DB" 'select count(*) from accepted; pragma user_version' | xargs)" = "0 5" ]
}

@test "a damaged file is said to be, and nothing is added to it" {
	"$FL" history add "$REF/attribute"
	truncate -s -5000 "$DB"
	for c in list check "add $REF"; do
		# shellcheck disable=SC2086
		run "$FL" history $c
		expect "$EXIT_HISTORY" "$DB is damaged" "mv $DB $DB.damaged" .recover
	done
	# in the midst of points that a new run does not come near
	rm "$DB"
	"$FILL" "$DB" 200 500
	dd if=/dev/urandom of="$DB" bs=4096 seek=300 count=1 conv=notrunc status=none
	before=$(sha256sum "$DB")
	for c in check show "add $REF"; do
		# shellcheck disable=SC2086
		run "$FL" history $c
		expect "$EXIT_HISTORY" "$DB is damaged"
	done
	[ "$(sha256sum "$DB")" = "$before" ]
}

@test "rows that contradict each other fail the check" {
	"$FL" history add "$REF/attribute"
	"$SQL" "$DB" 'pragma foreign_keys = off; drop trigger run_no_delete; delete from run'
	run "$FL" history check
	expect "$EXIT_HISTORY" "a row of measured is of no run"
}

@test "what another program wrote into it is said to be damage" {
	"$FL" history add "$REF/attribute"
	sqlite3 "$DB" 'drop trigger run_no_update; update run set started = 1'
	for c in list check "add $REF"; do
		# shellcheck disable=SC2086
		run "$FL" history $c
		expect "$EXIT_HISTORY" "$DB is damaged"
	done
}

@test "brought up on a full disk, or killed: the older file is as it was" {
	"$FL" history add "$REF"
	as_schema_1
	before=$(sha256sum "$DB")
	run bash -c "ulimit -f $(($(stat -c %s "$DB") / 2048)); '$FL' history add '$REF/attribute'"
	expect "$EXIT_STORAGE" "$DB" "free some room"
	[ "$(sha256sum "$DB")" = "$before" ]
	[ "$(cd "$BATS_TEST_TMPDIR" && echo h.db*)" = h.db ]
	# what a killed one left is not taken for anything
	echo half >"$DB.new"
	echo half >"$DB.new-journal"
	run "$FL" history add "$REF/attribute"
	expect 0 "302 points"
	[ "$(cd "$BATS_TEST_TMPDIR" && echo h.db*)" = h.db ]
	run "$FL" history check
	expect 0 sound
	[ "$("$FL" history export --format jsonl | wc -l)" -eq 6138 ]
}

@test "another process has it: wait, then say which" {
	"$FL" history add "$REF/attribute"
	mkfifo "$BATS_TEST_TMPDIR/hold"
	sqlite3 "$DB" <"$BATS_TEST_TMPDIR/hold" >"$BATS_TEST_TMPDIR/held" 3>&- &
	holder=$!
	exec 9>"$BATS_TEST_TMPDIR/hold"
	echo "begin immediate; select 'held';" >&9
	await grep -q held "$BATS_TEST_TMPDIR/held"
	run "$FL" history add "$REF" --wait 0.3 9>&-
	expect "$EXIT_BUSY" "process $holder (sqlite3 $DB" "after 0.3 s" "wait for it"
	run "$FL" history list 9>&-
	expect 0			# readers need not wait for that
	# and one that goes away in time is waited for
	(sleep 0.5; echo "commit;" >&9) 3>&- &
	exec 9>&-
	run "$FL" history add "$REF"
	expect 0 "5836 points"
	wait
}

@test "killed in the middle: no earlier record is lost, none is half there" {
	"$FL" history add "$REF/attribute"
	before=$("$FL" history export | sha256sum)
	"$FILL" "$DB" 300000 3>&- &
	pid=$!
	# it is in the middle when the journal is there and the file has grown
	size=$(stat -c %s "$DB")
	grown() {
		[ -s "$DB-journal" ] && [ "$(stat -c %s "$DB")" -gt $((size + 100000)) ]
	}
	await grown
	kill -9 "$pid"
	wait "$pid" || true
	[ -s "$DB-journal" ]
	run "$FL" history check
	expect 0 "is sound"
	[ "$("$FL" history export | sha256sum)" = "$before" ]
	run "$FL" history add "$REF"
	expect 0 "5836 points"
}

@test "the disk is full: nothing of the run is there, all else is" {
	"$FL" history add "$REF/attribute"
	before=$("$FL" history export | sha256sum)
	blocks=$(($(stat -c %s "$DB") / 1024 + 20))
	run bash -c "ulimit -f $blocks; '$FL' history add '$REF'"
	expect "$EXIT_STORAGE" "$DB" "free some room"
	[ "$("$FL" history export | sha256sum)" = "$before" ]
	run "$FL" history check
	expect 0 "is sound"
}

@test "an export that finds no room leaves no half-written file" {
	"$FL" history add "$REF"
	run bash -c "trap '' XFSZ; ulimit -f 100; '$FL' history export --out '$BATS_TEST_TMPDIR/x.csv'"
	expect "$EXIT_STORAGE" "cannot write $BATS_TEST_TMPDIR/x.csv"
	run bash -c "ls '$BATS_TEST_TMPDIR'/x.csv*"
	[ "$status" -ne 0 ]
	run "$FL" history export --out /dev/full
	expect "$EXIT_STORAGE" "/dev/full"
	run bash -c "'$FL' history show >/dev/full"
	expect "$EXIT_STORAGE" "cannot write the output"
}

@test "a read-only folder: it is read, and not written" {
	"$FL" history add "$REF/attribute"
	dir=$(mktemp -d)
	cp "$DB" "$dir/h.db"
	cp "$FL" "$dir"
	as=()
	[ "$(id -u)" -ne 0 ] || as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	cp -r "$REF/attribute" "$dir/run"
	chmod -R a-w,a+rX "$dir"
	run "${as[@]}" "$dir/faultline" history list --db "$dir/h.db"
	expect 0 touch-write
	run "${as[@]}" "$dir/faultline" history add "$dir/run" --db "$dir/h.db"
	expect "$EXIT_STORAGE" "$dir/h.db" "may not be written"
	run "${as[@]}" "$dir/faultline" history add "$dir/run" --db "$dir/new.db"
	expect "$EXIT_STORAGE" "$dir/new.db" "writable"
	chmod -R u+w "$dir"
	rm -r "$dir"
}

@test "100,000 points: all come out, in little memory" {
	"$FILL" "$DB" 200 500
	[ "$("$FL" history export --format jsonl | wc -l)" -eq 100000 ]
	[ "$("$FL" history show --newest 3 | grep -c '^20')" -eq 600 ]
	/usr/bin/time -f %M -o "$BATS_TEST_TMPDIR/rss" "$FL" history export >/dev/null
	[ "$(cat "$BATS_TEST_TMPDIR/rss")" -lt 32768 ]
}

@test "options that do not fit are usage errors" {
	run "$FL" history
	expect "$EXIT_USAGE" "which of add, list, show, export, events, withdraw, restore, check"
	run "$FL" history frob
	expect "$EXIT_USAGE" "no 'frob'"
	run "$FL" history add
	expect "$EXIT_USAGE" "which RUN"
	run "$FL" history list results/latest
	expect "$EXIT_USAGE" "takes no RUN"
	run "$FL" history add x --base v6.1
	expect "$EXIT_USAGE" "takes no filter options"
	run "$FL" history export --format yaml
	expect "$EXIT_USAGE" "csv, jsonl, openmetrics"
	run "$FL" history show --format csv
	expect "$EXIT_USAGE" "go with export"
	run "$FL" history show --newest 0
	expect "$EXIT_USAGE" "--newest"
	run "$FL" history list --wait soon
	expect "$EXIT_USAGE" "'soon' is not a number"
}
