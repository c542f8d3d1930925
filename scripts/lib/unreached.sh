# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Which changed lines no workload executes, for docs/results/coverage.md, and why: the
# lines are those of a file that `faultline coverage --save` wrote, the reasons those of
# unreached.conf. Sourced by scripts/docs.

UNREACHED=${BASH_SOURCE[0]%/*}/unreached.conf

# table coverage FILE BASE...: how many lines of each base and variant are what
table_coverage() {
	local file=$1 base
	shift
	head_row base variant changed 'with code' measured outside WARN never
	for base; do
		faultline coverage "$file" --base "$base" | awk -v base="$base" '
		/^lines of / { on = 1; next }
		!NF { on = 0 }
		on { print "| " base " | `" $1 "` | " $2 " | " $3 " | " $4 " | " $5 " | " $6 " | " $7 " |"; rows++ }
		END { exit !rows }' || return
	done
}

# unreached FILE BASE: variant, function, line and text of each line never executed
unreached() {
	faultline coverage "$1" --base "$2" | awk '
	/^[^ ].*, never executed:$/ { variant = $1; sub(/,$/, "", variant); next }
	/^[^ ]/ || !NF { variant = ""; next }
	variant == "" { next }
	/^  [^ ]/ { func = $0; sub(/^[^,]*, /, "", func); next }
	{ line = $1; sub(/^ *[0-9]+  /, ""); print variant "\t" func "\t" line "\t" $0 }'
}

# table unreached FILE BASE: a row a reason, and the lines that have it. A line that has
# none is an error: say why in unreached.conf, or measure a workload that reaches it.
table_unreached() {
	local file=$1 base=$2
	head_row 'why no workload reaches them' baseline struct-by-pointer const-fields
	unreached "$file" "$base" | awk -F'\t' -v base="$base" '
	FNR == NR {
		if ($0 ~ /^(#|$)/) next
		if (NF != 4) { print FILENAME ": " $0 > "/dev/stderr"; bad = 1; exit }
		bases[++n] = $1; funcs[n] = $2; texts[n] = $3; why[n] = $4
		next
	}
	{
		for (i = 1; i <= n; i++)
			if (base ~ "^(" bases[i] ")$" && $2 ~ "^(" funcs[i] ")$" && $4 ~ texts[i])
				break
		if (i > n) { print base "/" $1 ": nothing in unreached.conf says why " $2 ", " $3 " is never executed: " $4 > "/dev/stderr"; bad = 1; next }
		if (!(why[i] in seen)) { seen[why[i]]; order[++rows] = why[i] }
		at = why[i] SUBSEP $1
		cell[at] = cell[at] (last[at] == $2 ? " " : (cell[at] == "" ? "" : "; ") "`" $2 "()` ") $3
		last[at] = $2
	}
	function of(w, v) { return (w, v) in cell ? cell[w, v] : "-" }
	END {
		for (r = 1; r <= rows; r++)
			print "| " order[r] " | " of(order[r], "baseline") " | " of(order[r], "struct-by-pointer") " | " of(order[r], "const-fields") " |"
		exit bad
	}' "$UNREACHED" -
}
