# SPDX-License-Identifier: GPL-2.0
# docs/own-patch.md, followed literally: every line of its blocks that are commands,
# in order, in one shell.
# shellcheck shell=bash disable=SC2154

# commands_of PAGE: the lines of its ```sh blocks
commands_of() {
	awk '/^```sh$/ { sh = 1; next } /^```/ { sh = 0 } sh' "$1"
}

# follow FOLDER [COMMAND...]: the page's commands, from that folder on, each
# printed before what it prints; the end of the first that fails is the end
follow() {
	local folder=$1 page=$ROOT/docs/own-patch.md
	shift
	{
		echo 'set -e -o pipefail'
		printf '%s\n' "$@"
		commands_of "$page" | while IFS= read -r line; do
			printf 'printf "\\n$ %%s\\n" %q\n%s\n' "$line" "$line"
		done
	} >"$BATS_TEST_TMPDIR/page.sh"
	(cd "$folder" && bash "$BATS_TEST_TMPDIR/page.sh") >"$BATS_TEST_TMPDIR/said" 2>&1 || {
		status=$?
		tail -n 40 "$BATS_TEST_TMPDIR/said"
		return $status
	}
}

# said COMMAND: what one of them printed
said() {
	awk -v command="\$ $1" '$0 == command { it = 1; next } /^\$ / { it = 0 } it' \
		"$BATS_TEST_TMPDIR/said"
}
