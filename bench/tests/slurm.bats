#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The matrix on a real Slurm: one node, Debian's packages, everything of it in a
# folder of the test's. Asked for by FAULTLINE_TEST_SLURM=1, for it boots hosts and
# takes a minute; slurm-wlm and munge are in no list of packages but this line's.
#
# stage: quick
# order: 50
# needs: FAULTLINE_TEST_SLURM=1 and Slurm, else skipped; then kernels and boots
# takes: 1 min

load common.bash

SLURM=$ROOT/scripts/nightly/slurm
MATRIX=(--base v6.1 -v "baseline,const-fields" -p off -w "null" --boots 1)

setup_file() {
	load common.bash
	load slurm.bash
	need_slurm
	[ -z "$WHY_NOT" ] || return 0
	start_slurm "$BATS_FILE_TMPDIR" 1 "$(nproc)"
}

teardown_file() {
	load slurm.bash
	[ -z "${DIR-}" ] || stop_slurm "$DIR"
}

setup() {
	[ -z "$WHY_NOT" ] || skip "$WHY_NOT"
	unset FAULTLINE_VARIANTS FAULTLINE_WORKLOADS
}

compared() {
	"$FL" compare "$1" "${@:2}" | sed 's/Reproduce: see .*//'
}

@test "the node is up" {
	grep -q idle "$DIR/sinfo" || { cat "$DIR/sinfo" "$DIR"/*.log; return 1; }
}

@test "an array and a merge give the run that one machine gives" {
	run "$SLURM" --out "$DIR/array" --wait "${MATRIX[@]}"
	cat "$DIR/sinfo"
	echo "$output"
	expect 0 "2 of 2 parts" "2 records of 2 runs"
	"$FL" run --out "$DIR/one" "${MATRIX[@]}"
	diff <(compared "$DIR/one/latest") <(compared "$DIR/array/latest")
	diff <(compared "$DIR/one/latest" --format json) <(compared "$DIR/array/latest" --format json)
	[ "$(jq '.parts | length' "$DIR/array/latest/run.json")" -eq 2 ]
	[ "$(jq -c .plan "$DIR/array/latest/run.json")" = "$(jq -c .plan "$DIR/one/latest/run.json")" ]
	"$FL" history add --db "$DIR/history.db" "$DIR/array/latest"
}

@test "a part that fails is named, and submitted again alone" {
	mkdir -p "$DIR/bin"
	# The second part fails the first time.
	printf '#!/bin/sh\n[ "${SLURM_ARRAY_TASK_ID-}" = 2 ] && [ ! -f "%s/fixed" ] && exit 29\nexec "%s" "$@"\n' \
		"$DIR" "$FL" >"$DIR/bin/faultline"
	chmod +x "$DIR/bin/faultline"
	export FAULTLINE=$DIR/bin/faultline
	run "$SLURM" --out "$DIR/again" --wait "${MATRIX[@]}"
	expect "$EXIT_NO_DATA" "1 of 2 parts are not finished (2)" "--resume $DIR/again/slurm-"
	[ ! -e "$DIR/again/latest" ]
	touch "$DIR/fixed"
	before=$(cat "$DIR"/again/slurm-*/part-0001/latest/run.json)
	run "$SLURM" --wait --resume "$DIR"/again/slurm-*
	expect 0 "1 of 2 parts" "2 records of 2 runs"
	[ "$(cat "$DIR"/again/slurm-*/part-0001/latest/run.json)" = "$before" ]
}

@test "a night measures on Slurm" {
	export NIGHTLY_CONF=/dev/null NIGHTLY_SLURM=1 NIGHTLY_RIGS=tcg NIGHTLY_DIR=$DIR/nights NIGHTLY_MIN_FREE_MB=1
	export NIGHTLY_TCG_ARGS="${MATRIX[*]}" NIGHTLY_SOURCE=/bin/true FAULTLINE=$FL
	export FAULTLINE_HISTORY=$DIR/night.db
	run "$ROOT/scripts/nightly/run"
	[[ $output == *"run-tcg: exit code 0"* && $output == *"history-tcg: exit code 0"* ]] ||
		{ echo "$output"; return 1; }
}

@test "options that no run takes submit nothing" {
	run "$SLURM" --out "$DIR/none" --base v0
	expect "$EXIT_UNKNOWN_NAME" v0
	[ -z "$(ls "$DIR/none")" ]
	run "$SLURM" --resume "$DIR/none"
	expect "$EXIT_NO_DATA" parts.tsv
}
