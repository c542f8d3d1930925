# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What others claimed of the fault path, for docs/results/upstream.md: the series
# below variants/upstream, what their variant.conf says of the claim, and what came
# out in results/reference/upstream. Sourced by scripts/docs and scripts/upstream.

UPSTREAM_SERIES=variants/upstream
UPSTREAM_REFERENCE=results/reference/upstream

# The stock variant of a base: what the series are compared with.
upstream_stock() { # BASE
	[ "$1" = v5.10 ] && echo baseline || echo const-fields
}

# folded FILE KEY: a value of several lines, as one
folded() {
	awk -v key="$2" '
	/^[ \t]*(#|$)/ { on = 0; next }
	/^[ \t]/ { if (on) { sub(/^[ \t]+/, ""); text = text " " $0 } next }
	{ k = $0; sub(/[ \t]*=.*/, "", k); on = k == key; if (on) { text = $0; sub(/^[^=]*=[ \t]*/, "", text) } }
	END { print text }' "$1"
}

# Base and series of every claim, in the order of the bases and of the dates there.
upstream_claims() {
	local conf dir
	for conf in "$UPSTREAM_SERIES"/*/*/variant.conf; do
		dir=${conf%/variant.conf}
		printf '%s\t%s\t%s\n' "$(basename "${dir%/*}")" "${dir##*/}" "$(folded "$conf" message)"
	done | sort -t $'\t' -k1,1V -k3,3
}

# What the run says of each cell: rig, base, workload, series, instructions and
# difference; under vitro TSC cycles, difference and its interval.
upstream_cells() { # RUN
	local base
	for base in $(upstream_claims | cut -f1 | uniq); do
		# A run of some of the series lacks bases.
		faultline compare "$1" --base "$base" --variants '*' --against "$(upstream_stock "$base")" --format csv 2>/dev/null || :
	done | awk -F, '
	$1 == "base" { split("", at); for (i = 1; i <= NF; i++) at[$i] = i; next }
	!("mode" in at) && $at["typical"] != "" {
		print $at["rig"] "\t" $at["base"] "\t" $at["workload"] "\t" $at["variant"] "\t" \
			$at["typical"] "\t" $at["difference"] "\t" $at["exact"]
	}
	("mode" in at) && $at["mode"] == "hot" {
		print "vitro\t" $at["base"] "\t" $at["workload"] "\t" $at["variant"] "\t" \
			$at["cycles"] "\t" $at["difference"] "\t" $at["difference_interval"]
	}'
}

# table upstream [RUN]: a row a claim; of a RUN, of those that it measured. What a change costs is what its series adds
# where it brings the change, and what it takes where it takes the change out.
table_upstream() {
	local run=${1-$UPSTREAM_REFERENCE} base name message conf cells
	cells=$(upstream_cells "$run") && [ -n "$cells" ] || return 1
	head_row change claim 'base and series' 'what the change adds: instructions' \
		'hot TSC cycles' 'where' 'the claim'
	while IFS=$'\t' read -r base name message; do
		conf=$UPSTREAM_SERIES/$base/$name/variant.conf
		grep -qP "\t$base\t[^\t]*\t$name\t" <<<"$cells" || [ $# -eq 0 ] || continue
		row "$(folded "$conf" change)" \
			"$(folded "$conf" claim) ($(folded "$conf" by); \`$message\`, \`$(folded "$conf" upstream)\`)" \
			"$base [\`$name\`](../../$UPSTREAM_SERIES/$base/$name)" \
			"$(upstream_figures "$base" "$name" instructions <<<"$cells")" \
			"$(upstream_figures "$base" "$name" cycles <<<"$cells")" \
			"$(upstream_where "$run" "$base" "$name")" \
			"$(folded "$conf" answer)"
	done < <(upstream_claims)
}

# upstream_figures BASE NAME instructions|cycles: of the cells on standard input
upstream_figures() {
	awk -F'\t' -v base="$1" -v name="$2" -v what="$3" \
		-v sign="$([ "$(folded "$UPSTREAM_SERIES/$1/$2/variant.conf" direction)" = in ] && echo 1 || echo -1)" '
	$2 != base || $4 != name || ($1 == "vitro") != (what == "cycles") { next }
	what == "cycles" { text = sprintf("%+.1f ± %.1f", sign * $6, $7) }
	what != "cycles" { text = $7 == "yes" ? sprintf("%+d", sign * $6) : "not exact" }
	{
		rig = $1 == "bochs-intel" ? " on Intel" : ""
		sub(/^\+0$/, "0", text)
		line = line (line == "" ? "" : ", ") "`" $3 "`" rig " " text
	}
	END { print line == "" ? "-" : line }'
}

# upstream_where RUN BASE NAME: in which functions they are, the first six
upstream_where() {
	[ -f "$1/functions.tsv" ] || { echo -; return; }
	awk -F'\t' -v base="$2" -v name="$3" \
		-v sign="$([ "$(folded "$UPSTREAM_SERIES/$2/$3/variant.conf" direction)" = in ] && echo 1 || echo -1)" '
	$2 == base && $4 == name {
		if (w == "") w = $1 FS $3
		if ($1 FS $3 == w && ++n <= 6)
			line = line (line == "" ? "" : ", ") sprintf("`%s` %+d", $5, sign * $6)
	}
	END { print line == "" ? "-" : line }' "$1/functions.tsv"
}
