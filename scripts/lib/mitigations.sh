# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What each mitigation adds, for the tables of docs/results/mitigations.md: the runs
# below results/reference/mitigations, a profile against the one that it is on top
# of (`over` in variants/profiles.conf). Sourced by scripts/docs.

mitigation_runs() { printf '%s\n' results/reference/mitigations/*/; }

# Profile, and what it is on top of, in the order of the file.
overs() { stanzas variants/profiles.conf over | awk -F'\t' '$2 != ""'; }

# each boot's own typical figure: CPU model, base, profile, workload, figure
boots_of() { # RUN
	xz -dc "$1/records.jsonl.xz" | jq -r 'select(.outcome == "ok") |
		[.rig, .base, .profile, .workload, (.hist | max_by(.[1])[0])] | @tsv'
}

# table mitigations: typical instructions by workload, CPU model and base
table_mitigations() {
	local run
	head_row 'CPU model' base profile 'on top of' touch-write mmio exit null
	for run in $(mitigation_runs); do
		boots_of "$run" | tr '\t' , | sed 's/^/boot,/' &&
			faultline compare "$run" --against const-fields --format csv || return
	done | awk -F, '
	NR == FNR { split($0, f, "\t"); profile[++np] = f[1]; over[f[1]] = f[2]; next }
	$1 == "boot" {
		key = $2 " | " $3 SUBSEP $4 SUBSEP $5
		boots[key] = boots[key] (key in boots ? " " : "") $6
		next
	}
	$1 == "base" { split("", at); for (i = 1; i <= NF; i++) at[$i] = i; next }
	{
		cell = $at["rig"] " | " $at["base"]
		if (!(cell in seen)) { seen[cell] = 1; order[++nc] = cell }
		if ($at["exact"] == "yes")
			t[cell, $at["profile"], $at["workload"]] = $at["typical"]
		else if ($at["valid"] > 1)
			t[cell, $at["profile"], $at["workload"]] = "by layout"
	}
	function adds(c, p, w) {
		if (!((c, p, w) in t) || !((c, over[p], w) in t))
			return "-"
		if (t[c, over[p], w] == "by layout")
			return "by layout"
		if (t[c, p, w] == "" || t[c, over[p], w] == "")
			return "several"
		if (t[c, p, w] == "by layout")
			return ranges(boots[c, p, w], t[c, over[p], w])
		return sprintf("%+d (%d)", t[c, p, w] - t[c, over[p], w], t[c, p, w])
	}
	function ranges(each, than,   b, n, i, list, had) {
		n = split(each, b, " ")
		for (i = 1; i <= n; i++)
			if (!had[b[i]]++)
				list = list (list == "" ? "" : " or ") sprintf("%+d", b[i] - than)
		return list " by layout"
	}
	END {
		nw = split("touch-write mmio exit null", w, " ")
		for (i = 1; i <= nc; i++) {
			for (k = 1; k <= np; k++) {
				line = ""
				for (j = 1; j <= nw; j++)
					line = line " | " adds(order[i], profile[k], w[j])
				if (line !~ /[0-9]/)
					continue
				print "| " order[i] " | `" profile[k] "` | `" over[profile[k]] "`" line " |"
				rows++
			}
		}
		exit !rows
	}' <(overs) -
}

# table mitigation-skips: which model cannot have what, as its records say
table_mitigation_skips() {
	local run
	head_row 'CPU model' base profile 'why not'
	for run in $(mitigation_runs); do
		faultline compare "$run" --against const-fields --format csv || return
	done | awk -F, '
	$1 == "base" { split("", at); for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["valid"] == 0 && match($0, /"profile [^:]*: [^"]*"/) {
		why = substr($0, RSTART + 1, RLENGTH - 2)
		sub(/^profile [^:]*: /, "", why)
		row = "| " $at["rig"] " | " $at["base"] " | `" $at["profile"] "` | " why " |"
		if (!(row in seen))
			print row
		seen[row] = 1
	}'
}

# own instructions of each function under a profile: name and count
own_instructions() { # RUN RIG BASE PROFILE WORKLOAD
	faultline attribute "$1" --rigs "$2" -b "$3" -p "$4" -w "$5" -v const-fields \
		--against const-fields --functions 2>/dev/null |
		awk '/^function / { on = 1; next } /^all functions/ { print "all functions\t" $3; exit }
			on && NF >= 6 { print $1 "\t" $3 "\t" $6 }'
}

# attributed_pairs WORKLOAD: run, CPU model, base, profile and what it is on top of,
# of which a run has both
attributed_pairs() {
	local run
	for run in $(mitigation_runs); do
		[ -f "$run/attribution.jsonl.xz" ] || continue
		xz -dc "$run/records.jsonl.xz" | jq -r --arg w "$1" 'select(.outcome == "ok" and .workload == $w) |
			[.rig, .base, .profile] | @tsv' | sort -u |
			awk -F'\t' -v run="$run" '
			NR == FNR { order[++n] = $1; over[$1] = $2; next }
			{ has[$1, $2, $3] = 1; if (!(($1, $2) in seen)) { seen[$1, $2] = 1; rig[++m] = $1; base[m] = $2 } }
			END {
				for (i = 1; i <= m; i++) for (k = 1; k <= n; k++) {
					p = order[k]
					if ((rig[i], base[i], p) in has && (rig[i], base[i], over[p]) in has)
						print run "\t" rig[i] "\t" base[i] "\t" p "\t" over[p]
				}
			}' <(overs) -
	done
}

# table mitigation-parts WORKLOAD: in which functions they are
table_mitigation_parts() {
	local run rig base profile over
	head_row 'CPU model' base profile 'on top of' adds 'own instructions of these functions (calls)'
	while IFS=$'\t' read -r run rig base profile over; do
		parts_row "$run" "$rig" "$base" "$profile" "$over" "$1"
	done < <(attributed_pairs "$1")
}

# table mitigation-costs WORKLOAD...: what of it is per return and per indirect call,
# in thunks, and what is left
table_mitigation_costs() {
	local run rig base profile over workload
	head_row 'CPU model' base profile workload adds 'per return' 'per indirect call' 'in other functions'
	for workload; do
		while IFS=$'\t' read -r run rig base profile over; do
			costs_row "$run" "$rig" "$base" "$profile" "$over" "$workload"
		done < <(attributed_pairs "$workload")
	done
}

costs_row() { # RUN RIG BASE PROFILE OVER WORKLOAD
	local line
	line=$(awk -F'\t' '
		function kind(f) {
			return f ~ /(return_thunk|safe_ret)$/ ? "return" : f ~ /indirect_(call_|jump_)?thunk/ ? "indirect" : ""
		}
		NR == FNR { was[$1] = $2; next }
		$1 == "all functions" { adds = $2 - was[$1]; all = 1; next }
		$2 != was[$1] {
			k = kind($1)
			own[k] += $2 - was[$1]
			if (k == "return" && calls[k] < $3) calls[k] = $3
			if (k == "indirect") calls[k] += $3
		}
		{ has[$1] = 1 }
		END {
			if (!("all functions" in was) || !all) exit
			for (f in was) if (!(f in has) && f != "all functions") own[kind(f)] -= was[f]
			printf "%+d\t%s\t%s\t%+d\n", adds, times("return"), times("indirect"), own[""]
		}
		function times(k) { return own[k] ? sprintf("%+d in %d", own[k], calls[k]) : "-" }' \
		<(own_instructions "$1" "$2" "$3" "$5" "$6") \
		<(own_instructions "$1" "$2" "$3" "$4" "$6"))
	[ -n "$line" ] || return
	IFS=$'\t' read -ra line <<<"$line"
	row "$2" "$3" "$(code "$4")" "$6" "${line[@]}"
}

parts_row() { # RUN RIG BASE PROFILE OVER WORKLOAD
	local line
	line=$(awk -F'\t' '
		NR == FNR { was[$1] = $2; next }
		$1 == "all functions" { adds = $2 - was[$1]; all = 1; next }
		$2 != was[$1] { d[$1] = $2 - was[$1]; calls[$1] = $3 }
		{ has[$1] = 1 }
		END {
			if (!("all functions" in was) || !all) exit
			for (f in was) if (!(f in has) && f != "all functions") d[f] = -was[f]
			for (n = 0; n < 6; n++) {
				best = ""
				for (f in d) if (best == "" || size(d[f]) > size(d[best]) ||
					size(d[f]) == size(d[best]) && f < best) best = f
				if (best == "") break
				list = list (list == "" ? "" : ", ") sprintf("`%s` %+d", best, d[best]) (calls[best] > 1 ? " (" calls[best] ")" : "")
				delete d[best]
			}
			for (f in d) { rest += d[f]; more++ }
			if (more) list = list sprintf(", %d more %+d", more, rest)
			if (list != "") printf "%+d\t%s", adds, list
		}
		function size(x) { return x < 0 ? -x : x }' \
		<(own_instructions "$1" "$2" "$3" "$5" "$6") \
		<(own_instructions "$1" "$2" "$3" "$4" "$6"))
	[ -z "$line" ] || row "$2" "$3" "$(code "$4")" "$(code "$5")" "${line%%$'\t'*}" "${line#*$'\t'}"
}
