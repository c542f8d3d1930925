# SPDX-License-Identifier: GPL-2.0
# The table of faults as docs/results/torture.md has it: what bench/tests/torture/faults.conf
# plants and expects, and what came of it when `make torture` was run last.
# shellcheck shell=bash

TORTURE=bench/tests/torture/faults.conf
CAME=docs/results/torture.tsv	# written by scripts/torture --out

# exit_names NAME...: as in exits.h, without what they all begin with
exit_names() {
	local word all=()
	for word in "$@"; do all+=("$(code "${word#EXIT_}")"); done
	echo "${all[*]}"
}

# table torture: a row a fault
table_torture() {
	local name what code says kept planted codes kept_nr next result
	head_row fault 'what is planted' 'exit code' message 'what is kept' times 'codes seen' 'goes on by' result
	while IFS=$'\t' read -r name what code says kept; do
		IFS=$'\t' read -r planted codes kept_nr next result < <(awk -F'\t' -v OFS='\t' -v n="$name" \
			'$1 == n { print $2, $3, $4, $5, $6 }' "$CAME")
		# shellcheck disable=SC2086
		row "$(code "$name")" "$what" "$(exit_names $code)" "$says" "$kept" \
			"${planted:--}" "${codes:--}" "${next:--}" "${result:-not run}"
	done < <(stanzas "$TORTURE" what code says kept | sed -E ':a; s/\t\t/\t \t/; ta')
}

# table torture-sum: what the command's last line says of those rows
table_torture_sum() {
	awk -F'\t' '{ n++; right += $6 == "right"; wrong += $6 == "WRONG"; here += $6 == "not here"; t += $2 }
	END { printf "%d kinds, planted %d times: %d right, %d wrong, %d not possible on that machine.\n", n, t, right, wrong, here }' "$CAME"
}
