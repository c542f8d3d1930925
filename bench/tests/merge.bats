#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Runs that were measured apart become one run, or a reason why not; and how a
# run is split.
#
# stage: quick
# order: 35
# needs: the reference run
# takes: 15 s

load common.bash

GOLDEN=$TESTS/golden/run
VITRO=$REF/vitro

# pick JQ FILE: its lines for which JQ holds, byte by byte (jq would write
# numbers its own way, and a line ends in its checksum)
pick() {
	paste -d ' ' <(jq -c "$1" "$2") "$2" | sed -n 's/^true //p'
}

# part NAME RUN FIELD VALUE...: the cells of RUN whose FIELD is among the values,
# as a run of its own; FIELD is base, variant or profile
part() {
	local name=$1 run=$2 field=$3 values
	shift 3
	values=$(jq -nc '$ARGS.positional' --args "$@")
	mkdir -p "parts/$name/boots"
	records_of "$run" | LC_ALL=C sort >was>all
	pick ".$field as \$x | $values | index(\$x) != null" all >"parts/$name/records.jsonl"
	jq --argjson v "$values" --arg f "$field" --arg id "$name" '
		def mine: . as $x | $v | index($x);
		.id = $id | .kernels |= map(select(.[$f] | mine)) |
		if $f == "base" then .plan.sections |= map(select(.base | mine))
		else .plan.sections |= map(.[$f + "s"] |= map(select(mine))) end' \
		"$run/run.json" >"parts/$name/run.json"
	echo "said by $name" >"parts/$name/boots/$name.console"
}

# change PART JQ: another run.json
change() {
	jq "$2" "parts/$1/run.json" >new.json
	mv new.json "parts/$1/run.json"
}

compared() {
	"$FL" compare "$1" "${@:2}" | sed 's/Reproduce: see .*//'
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "the parts of a run compare as the run did" {
	part a "$GOLDEN" variant const-fields
	part b "$GOLDEN" variant nop
	run "$FL" merge --out out parts/a parts/b
	expect 0 "16 records of 2 runs"
	diff <(compared "$GOLDEN") <(compared out/latest)
	diff <(compared "$GOLDEN" --format json) <(compared out/latest --format json)
	[ "$(jq -c .plan out/latest/run.json)" = "$(jq -c .plan "$GOLDEN/run.json")" ]
}

@test "a run that was split cell group by cell group has its plan again" {
	n=0
	for v in baseline struct-by-pointer const-fields; do
		for p in off retpoline distro; do
			n=$((n + 1))
			part "v$n" "$REF" variant "$v"
			pick ".profile == \"$p\" and .base == \"v6.1\"" \
				"parts/v$n/records.jsonl" >r
			mv r "parts/v$n/records.jsonl"
			change "v$n" ".plan.sections |= (map(select(.base == \"v6.1\" and .variants != []))[0:1] | map(.profiles = [\"$p\"]))"
			change "v$n" ".kernels |= map(select(.base == \"v6.1\" and .profile == \"$p\"))"
		done
	done
	run "$FL" merge --out out parts/v*
	expect 0 "342 records of 9 runs"
	[ "$(jq -c '.plan.sections | map([.base, .variants, .profiles])' out/latest/run.json)" = \
		'[["v6.1",["baseline","struct-by-pointer","const-fields"],["off","retpoline","distro"]]]' ]
	diff <(compared "$REF" --base v6.1 --variants baseline,struct-by-pointer,const-fields --profiles distro) \
		<(compared out/latest --base v6.1 --variants baseline,struct-by-pointer,const-fields --profiles distro)
}

@test "where each part came from is kept, and what its boots said" {
	part a "$GOLDEN" variant const-fields
	part b "$GOLDEN" variant nop
	change b '.machine.cpu = "Another CPU" | .command = ["here", "$(id)"]'
	"$FL" merge --out out parts/a parts/b
	[ "$(jq -r '.parts | map(.id) | join(" ")' out/latest/run.json)" = "a b" ]
	[ "$(jq -r '.parts[1].machine.cpu' out/latest/run.json)" = "Another CPU" ]
	[ "$(jq -r '.parts[1].command[1]' out/latest/run.json)" = '$(id)' ]
	[ "$(jq -r .machine.cpu out/latest/run.json)" = "AMD EPYC; Another CPU" ]
	[ "$(jq -r '.parts[0].records_sha256' out/latest/run.json)" = \
		"$(sha256sum <parts/a/records.jsonl | cut -d' ' -f1)" ]
	[ "$(cat out/latest/boots/*.console)" = $'said by a\nsaid by b' ]
}

@test "the same parts make the same run, and the history has it once" {
	part a "$GOLDEN" variant const-fields
	part b "$GOLDEN" variant nop
	"$FL" merge --out out parts/a parts/b
	first=$(readlink out/latest)
	run "$FL" merge --out out parts/a parts/b parts/a
	expect 0 "there already"
	[ "$(readlink out/latest)" = "$first" ]
	"$FL" history add --db h.db out/latest
	run "$FL" history add --db h.db out/latest
	expect 0 "already"
	# other parts: another run
	part c "$GOLDEN" variant nop
	"$FL" merge --out out parts/a parts/c
	[ "$(readlink out/latest)" != "$first" ]
}

@test "a cell in two parts must be bit-equal" {
	part a "$GOLDEN" variant const-fields nop
	part b "$GOLDEN" variant nop
	run "$FL" merge --out out parts/a parts/b
	expect 0 "16 records of 2 runs"
	# the second boot's figures under the first one's number
	"$ROOT/build/unit/other_total" <parts/b/records.jsonl >r
	mv r parts/b/records.jsonl
	run "$FL" merge --out other parts/a parts/b
	expect "$EXIT_DISAGREE" parts/b "v6.1/nop" "other figures"
	[ -z "$(ls other)" ]
}

@test "parts of other programs, sources, plans or revisions are refused by name" {
	part a "$GOLDEN" variant const-fields
	refuse() { # JQ WORDS
		rm -rf parts/b
		part b "$GOLDEN" variant nop
		change b "$1"
		run "$FL" merge --out out parts/a parts/b
		expect "$EXIT_CHANGED" parts/b "$2" || { echo "$1"; return 1; }
		[ -z "$(ls out)" ]
	}
	refuse '.rig.qemu_sha256 = "00"' "other programs"
	refuse '.kernels[0].source_sha256 = "00"' "another source_sha256"
	refuse '.kernels[0].compiler = "clang"' "another compiler"
	refuse '.plan.boots = 3' "'boots'"
	refuse '.plan.attribute = true' "'attribute'"
	refuse '.tool.revision = "00"' "other revisions"
}

@test "a kernel of one cell in two builds is refused" {
	part a "$GOLDEN" variant const-fields nop
	part b "$GOLDEN" variant nop
	change b '.kernels[0].vmlinux_sha256 = "00"'
	run "$FL" merge --out out parts/a parts/b
	expect "$EXIT_CHANGED" "v6.1/nop" "another vmlinux_sha256"
}

@test "unfinished and damaged parts are refused, with the way to fix them" {
	part a "$GOLDEN" variant const-fields
	part b "$GOLDEN" variant nop
	change b '.state = "interrupted"'
	run "$FL" merge --out out parts/a parts/b
	expect "$EXIT_NO_DATA" "not finished" "--resume"
	change b '.state = "finished"'
	echo '{"half' >>parts/b/records.jsonl
	run "$FL" merge --out out parts/a parts/b
	expect "$EXIT_BAD_RECORD" "--resume"
	run "$FL" merge --out out parts/none
	expect "$EXIT_NO_DATA" parts/none
	run "$FL" merge
	expect "$EXIT_USAGE" "RUN"
}

@test "a noisy rig's runs are merged by whole bases" {
	part a "$VITRO" base v6.1
	part b "$VITRO" base v5.10
	run "$FL" merge --out out parts/a parts/b
	expect 0 "864 records of 2 runs"
	diff <(compared "$VITRO") <(compared out/latest)
	part c "$VITRO" variant baseline
	part d "$VITRO" variant const-fields
	run "$FL" merge --out other parts/c parts/d
	expect "$EXIT_DISAGREE" "base v" "paired within a process"
	change b '.machine.cpu = "Another CPU"'
	run "$FL" merge --out other parts/a parts/b
	expect "$EXIT_CHANGED" "two machines" "'cpu'"
}

@test "a place that cannot be written keeps nothing half" {
	part a "$GOLDEN" variant const-fields
	touch file
	run "$FL" merge --out file/out parts/a
	expect "$EXIT_STORAGE" file/out
}

@test "split: base x variant x profile a part, of a noisy rig a base" {
	unset FAULTLINE_VARIANTS FAULTLINE_WORKLOADS
	run "$FL" run --split --base v6.1,v5.10 -v baseline,const-fields -p off,distro -w null -n 3
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 8 ]
	[ "${lines[1]}" = $'--rig\ttcg\t--base\tv6.1\t--variants\tbaseline\t--profiles\tdistro\t--workloads\tnull\t--boots\t3' ]
	run "$FL" run --split --rig vitro --base v6.1,v5.10 -v baseline,const-fields -p off,distro -w touch-write --seconds 0.5
	[ "${#lines[@]}" -eq 2 ]
	[ "${lines[1]}" = $'--rig\tvitro\t--base\tv5.10\t--variants\tbaseline,const-fields\t--profiles\toff,distro\t--workloads\ttouch-write\t--seconds\t0.5' ]
	run "$FL" run --split --rig vitro --everything
	expect "$EXIT_USAGE" "in one process"
	run "$FL" run --split --base v6.1 -v nonesuch
	expect "$EXIT_UNKNOWN_NAME" nonesuch
	run "$FL" run --split --resume x
	expect "$EXIT_USAGE" "--split"
}

@test "what is read is written as it stood, byte by byte, of every rig" {
	for run in "$GOLDEN" "$REF" "$REF/vitro" "$REF/linux" "$REF/attribute"; do
		"$FL" merge --out out "$run"
		records_of "$run" | LC_ALL=C sort >was
		LC_ALL=C sort out/latest/records.jsonl >is
		[ -s is ] && [ -z "$(LC_ALL=C comm -13 was is)" ]	# of a boot measured twice the later
		rm -rf out
	done
	# of which some have what others lack
	for member in cycles measured_as host; do
		cat <(records_of "$REF") <(records_of "$REF/vitro") <(records_of "$REF/linux") |
			jq -e --arg m "$member" 'select(has($m)) | true' | head -n 1 | grep -q true ||
			{ echo "no record has $member"; return 1; }
	done
}
