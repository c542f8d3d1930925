# SPDX-License-Identifier: GPL-2.0
# Tables of docs/ that are made of several runs, or of a few columns of one: what
# no command of faultline prints as one table. scripts/docs sources it.
# shellcheck shell=bash

# Instructions per fault of the reference run, and hot TSC cycles of a vitro run of
# the same workloads: six workloads, three shapes.
table_result() {
	head_row workload 'baseline: instructions' struct-by-pointer const-fields \
		'baseline: hot TSC cycles' struct-by-pointer const-fields
	{
		faultline compare results/reference --base v6.1 --profiles off --format csv &&
			faultline compare results/reference/workloads --base v6.1 --profiles off --format csv
	} | awk -F, '
	$1 == "base" { split("", at); for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ v = $at["variant"]; w = $at["workload"] }
	$at["rig"] == "tcg" && v == "baseline" { n[w, v] = one($at["typical"]) }
	$at["rig"] == "tcg" && v != "baseline" { n[w, v] = sprintf("%s (%+d)", one($at["typical"]), $at["difference"]) }
	$at["rig"] == "vitro" && $at["mode"] == "hot" && v == "baseline" {
		c[w, v] = sprintf("%.1f ± %.1f", $at["cycles"], $at["interval"])
	}
	$at["rig"] == "vitro" && $at["mode"] == "hot" && v != "baseline" {
		c[w, v] = sprintf("%.1f (%+.1f ± %.1f)", $at["cycles"], $at["difference"], $at["difference_interval"])
	}
	function one(typical) { return typical == "" ? "several" : typical }
	function of(t, w, v) { return (w, v) in t ? t[w, v] : "-" }
	END {
		nr = split("touch-read touch-write write-upgrade huge-2m mmio shadow-touch", show, " ")
		s = "struct-by-pointer"
		k = "const-fields"
		for (i = 1; i <= nr; i++) {
			w = show[i]
			if (!((w, k) in n))
				exit 1
			print "| `" w "` | " of(n, w, "baseline") " | " of(n, w, s) " | " of(n, w, k) " | " \
				of(c, w, "baseline") " | " of(c, w, s) " | " of(c, w, k) " |"
		}
	}'
}

# One workload on every base: instructions per fault of the three shapes.
table_on_bases() { # WORKLOAD
	local base run
	head_row base source baseline struct-by-pointer const-fields
	for base in $(own_files "variants/*/base.conf" | cut -d/ -f2 | sort -V); do
		run=results/reference/$base
		if [ ! -d "$run" ]; then
			[ -n "$(value "variants/$base/base.conf" package)" ] || continue
			run=results/reference
		fi
		faultline compare "$run" --base "$base" --profiles off --workloads "$1" --format csv |
			awk -F, -v title="$(value "variants/$base/base.conf" title)" '
			NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
			{ t[$at["variant"]] = $at["typical"]; d[$at["variant"]] = $at["difference"] }
			function diff(v) { return sprintf("%d (%+d)", t[v], d[v]) }
			END {
				if (!("const-fields" in t))
					exit 1
				print "| " base " | " title " | " t["baseline"] " | " \
					diff("struct-by-pointer") " | " diff("const-fields") " |"
			}' base="$base" || return
	done
}
# table vendors RUN BASE [WORKLOADS]: what a fault costs in each shape, AMD's CPU and
# Intel's
table_vendors() {
	faultline compare "$1" --vendors --base "$2" ${3:+--workloads "$3"} --format csv | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{
		w = $at["workload"]; c = $at["vendor"] SUBSEP $at["variant"]
		t = $at["typical"]; d = $at["difference"]
		if (!(w in seen)) { seen[w]; row[++rows] = w }
		if (!($at["vendor"] in vendor)) { vendor[$at["vendor"]]; v[++vendors] = $at["vendor"] }
		if (!($at["variant"] in shape)) { shape[$at["variant"]]; s[++shapes] = $at["variant"] }
		is[w, c] = t == "" ? "" : shapes > 1 && $at["variant"] != s[1] ? sprintf("%d (%+d)", t, d) : t
	}
	END {
		head = "| workload |"; line = "| --- |"
		for (i = 1; i <= vendors; i++)
			for (k = 1; k <= shapes; k++) {
				head = head " " (k == 1 ? v[i] ": " : "") s[k] " |"
				line = line " ---: |"
			}
		print head; print line
		for (r = 1; r <= rows; r++) {
			text = "| `" row[r] "` |"; any = 0
			for (i = 1; i <= vendors; i++)
				for (k = 1; k <= shapes; k++) {
					cell = is[row[r], v[i], s[k]]
					any += cell != ""
					text = text " " (cell == "" ? "-" : cell) " |"
				}
			if (any)
				print text
		}
	}'
}

# table vendors-added RUN BASE: what is added to a fault of the baseline
table_vendors_added() {
	faultline compare "$1" --vendors --base "$2" --format csv | awk -F, '
	NR == 1 {
		for (i = 1; i <= NF; i++) {
			at[$i] = i
			if ($i ~ /_adds$/) { name[++n] = $i; sub(/_adds$/, "", name[n]) }
		}
		next
	}
	NR == 2 { shape = $at["variant"] }
	$at["variant"] == shape {
		w = $at["workload"]
		if (!(w in seen)) { seen[w]; row[++rows] = w }
		if (!($at["vendor"] in vendor)) { vendor[$at["vendor"]]; v[++vendors] = $at["vendor"] }
		for (i = 1; i <= n; i++) {
			x = $at[name[i] "_adds"]
			if (x != "") { is[w, i, $at["vendor"]] = sprintf("%+d", x); has[i] }
		}
	}
	END {
		head = "| workload |"; line = "| --- |"
		for (i = 1; i <= n; i++)
			for (k = 1; i in has && k <= vendors; k++) {
				title = name[i]
				sub(/_retpoline$/, ", under retpoline", title)
				gsub(/_/, "-", title)
				head = head " " (k == 1 ? title ": " : "") v[k] " |"
				line = line " ---: |"
			}
		print head; print line
		for (r = 1; r <= rows; r++) {
			text = "| " row[r] " |"; any = 0
			for (i = 1; i <= n; i++)
				for (k = 1; i in has && k <= vendors; k++) {
					cell = is[row[r], i, v[k]]
					any += cell != ""
					text = text " " (cell == "" ? "-" : cell) " |"
				}
			if (any)
				print text
		}
	}'
}


# table faults RUN WORKLOADS: what a fault costs in each shape, and what part of it
# the difference is. "by layout": the perturbed boot has another figure. In the order
# that they are asked for.
table_faults() {
	head_row workload events baseline struct-by-pointer const-fields 'of the fault'
	faultline compare "$1" --base v6.1 --profiles off --workloads "$2" --format csv | awk -F, -v asked="$2" '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{
		w = $at["workload"]; v = $at["variant"]
		t[w, v] = $at["typical"] == "" ? "several" : $at["typical"]
		d[w, v] = $at["difference"]; p[w, v] = $at["difference_percent"]
		events[w] = $at["events"]
		if ($at["exact"] != "yes") layout[w]
	}
	function diff(w, v) {
		if (d[w, v] == "")
			return t[w, v]
		if (t[w, v] == "several")
			return sprintf("%+d", d[w, v])
		return sprintf("%d (%+d)", t[w, v], d[w, v])
	}
	END {
		rows = split(asked, row, ",")
		for (r = 1; r <= rows; r++) {
			w = row[r]
			if (!((w, "const-fields") in t))
				exit 1
			print "| `" w "` | " events[w] " | " t[w, "baseline"] \
				(w in layout ? " by layout" : "") " | " diff(w, "struct-by-pointer") \
				" | " diff(w, "const-fields") " | " \
				(p[w, "const-fields"] == "" ? "-" : sprintf("%.2f %%", p[w, "const-fields"])) " |"
		}
	}'
}
# What the kernels of a run were compiled by, as a reader says it: gcc 12.2.0.
compiler_of() { # RUN
	jq -r '[.kernels[].compiler] | unique | join("; ")' "$1/run.json" |
		sed -E 's/ *\([^)]*\)//; s/^(Debian )?clang version/clang/; s/^([a-z]+)-[0-9]+ /\1 /'
}

# table compilers RUN BASE WORKLOAD...: the three shapes as each compiler makes them:
# of RUN, and of the runs below results/reference/compilers
table_compilers() {
	local run=$1 base=$2 each
	shift 2
	head_row workload compiler baseline struct-by-pointer const-fields
	for each in "$run" results/reference/compilers/*/; do
		faultline compare "${each%/}" --base "$base" --profiles off --workloads "$(IFS=,; echo "$*")" --format csv |
			awk -F, -v compiler="$(compiler_of "${each%/}")" '
			NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
			$at["rig"] != "tcg" { next }
			{
				w = $at["workload"]; t = $at["typical"]; d = $at["difference"]
				cell = t == "" ? "several" : t
				is[w, $at["variant"]] = $at["variant"] == "baseline" ? cell : sprintf("%s (%+d)", cell, d)
				seen[w]
			}
			END {
				for (w in seen)
					printf "%s\t| `%s` | %s | %s | %s | %s |\n", w, w, compiler, is[w, "baseline"], \
						is[w, "struct-by-pointer"], is[w, "const-fields"]
			}'
	done | awk -F'\t' -v order="$*" '
	{ of[$1] = of[$1] $2 "\n" }
	END {
		n = split(order, w, " ")
		for (i = 1; i <= n; i++) {
			if (!(w[i] in of))
				exit 1
			printf "%s", of[w[i]]
		}
	}'
}
