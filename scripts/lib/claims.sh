# SPDX-License-Identifier: GPL-2.0
# A list between `<!-- claims -->` and `<!-- end -->`: each of its items links to a
# page of docs/results, and each figure in it is one that a command printed there, in
# a block of the section that the link names.
# shellcheck shell=bash

# claims PAGE: a line an item
claims() {
	awk '
	function flush() { if (text != "") print text; text = "" }
	$0 == "<!-- claims -->" { on = 1; next }
	on && $0 == "<!-- end -->" { flush(); on = 0 }
	!on { next }
	/^- / { flush(); text = substr($0, 3); next }
	/^[ \t]+[^ \t]/ && text != "" { sub(/^[ \t]+/, " "); text = text $0; next }
	{ flush() }' "$1"
}

# printed PAGE ANCHOR: what the blocks of that section hold; without an anchor those of
# the whole page
printed() {
	local line marks level=0 block='' on=1
	[ -z "$2" ] || on=
	while IFS= read -r line || [ -n "$line" ]; do
		case $line in
		'<!-- claims -->') ;;
		'<!-- end -->') block= ;;
		'<!-- '*) block=1 ;;
		*)
			if [ -n "$block" ]; then
				[ -z "$on" ] || printf '%s\n' "$line"
			elif [ -n "$2" ] && [ "${line:0:1}" = '#' ]; then
				marks=${line%%[!#]*}
				if [ "$(anchors <(printf '%s\n' "$line"))" = "$2" ]; then
					on=1 level=${#marks}
				elif [ "${#marks}" -le "$level" ]; then
					on=
				fi
			fi
			;;
		esac
	done <"$1"
}

# figures: the numbers of a text, without signs; of links, code and versions none
figures() {
	sed -E 's/\]\([^)]*\)//g; s/`[^`]*`//g; s/\b(Linux|gcc|clang|v) ?[0-9]+(\.[0-9]+)*//g' |
		grep -oE '[0-9]+(\.[0-9]+)?' | sort -u
}

# unfounded PAGE: claims that nothing printed founds
unfounded() {
	local claim target text figure
	local -a link
	while IFS= read -r claim; do
		mapfile -t link < <(grep -oE '\]\([^) ]+\.md[^) ]*\)' <<<"$claim" | sed 's/^](//; s/)$//')
		if [ ${#link[@]} -eq 0 ]; then
			echo "$1: a claim links to no page: ${claim:0:60}"
			continue
		fi
		text=$(for target in "${link[@]}"; do
			[[ $target == *'#'* ]] || target+='#'
			printed "$(dirname "$1")/${target%%#*}" "${target#*#}"
		done)
		while read -r figure; do
			grep -qE "(^|[^0-9.])${figure//./\\.}(\.0)?([^0-9.]|\.?$|\.[^0-9])" <<<"$text" ||
				echo "$1: no command printed $figure in ${link[*]}: ${claim:0:60}"
		done < <(figures <<<"$claim")
	done < <(claims "$1")
}
