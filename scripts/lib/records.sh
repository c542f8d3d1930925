# SPDX-License-Identifier: GPL-2.0
# For scripts and tests: the records of a run, which may be packed.
# shellcheck shell=bash

# records_of RUN: one record per line
records_of() {
	if [ -f "$1/records.jsonl" ]; then
		cat "$1/records.jsonl"
	else
		xz -dc "$1/records.jsonl.xz"
	fi
}
