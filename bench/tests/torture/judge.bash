# SPDX-License-Identifier: GPL-2.0
# What `make torture` holds every fault to. Nothing here starts anything but jq.
# shellcheck shell=bash disable=SC2154

# figures RUN: all that was measured, a line a cell's boot, in one order: the newest record of
# each counts. What another boot of the same cell may say otherwise is its time, how long
# it took and its checksum.
figures() {
	jq -Rcs '[split("\n")[] | fromjson?] | group_by([.base, .variant, .profile, .workload, .rig, .boot])[]
		| last | del(.time, .wall_s, .crc, .crc32, .kept_from)' "$1/records.jsonl" 2>/dev/null |
		jq -cS . | LC_ALL=C sort
}

# whole_records RUN: the lines of it that are valid measurements, as they are
whole_records() {
	[ ! -f "$1/records.jsonl" ] ||
		jq -Rr '. as $line | fromjson? | select(.outcome? == "ok") | $line' "$1/records.jsonl"
}

# said_ok SAID: the cells that the command said were measured
said_ok() {
	sed -nE 's/^  BOOT +\[[0-9]+\/[0-9]+\] (.*) #([0-9]+): ok.*/\1 \2/p' "$1" | LC_ALL=C sort
}

# recorded_ok RUN: the same, as its records have them
recorded_ok() {
	whole_records "$1" | jq -r '"\(.base) \(.variant) \(.profile) \(.workload) \(.boot)"' | LC_ALL=C sort
}

# lost SAID RUN: what was said to be measured and has no record
lost() {
	LC_ALL=C comm -23 <(said_ok "$1") <(recorded_ok "$2")
}

# dropped BEFORE RUN: whole records, a file of lines, that the run has no more
dropped() {
	[ ! -s "$1" ] || grep -vxFf "$2/records.jsonl" "$1"
}

# forge RUN FIELD VALUE: the field of its first record is that JSON, and the checksum is right
forge() {
	local line crc
	line=$(head -n 1 "$1/records.jsonl" | jq -cS --arg f "$2" --argjson v "$3" '.[$f] = $v | .wall_s = 0.5 | del(.crc32)' |
		sed -E 's/\\u00([0-9a-f]{2})/\\u00\U\1/g') || return
	crc=$(printf '%s' "$line" | gzip -c | tail -c8 | od -An -tx4 -N4 | tr -d ' ')
	{
		printf '%s,"crc32":"%s"}\n' "${line%\}}" "$crc"
		tail -n +2 "$1/records.jsonl"
	} >"$1/forged" && mv "$1/forged" "$1/records.jsonl"
}

# listing FOLDER...: every file with its size, time and mode. Of the checkout, what
# a run locks there is not looked at.
listing() {
	find "$@" \( -name .git -o -path "$ROOT/build" \) -prune -o \( -type d -printf '%p %y %m\n' -o -printf '%p %y %m %s %T@\n' \) 2>/dev/null | LC_ALL=C sort
}

# is_one_of WORD WORD...
is_one_of() {
	local word=$1 w
	shift
	for w in "$@"; do [ "$w" != "$word" ] || return 0; done
	return 1
}

# code_of NAME: the number of an exit code's name, or the number itself
code_of() {
	local name=$1
	case $name in
	EXIT_*) echo "${!name}" ;;
	*) echo "$name" ;;
	esac
}
