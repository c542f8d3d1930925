# SPDX-License-Identifier: GPL-2.0
# What the blocks of the pages are filled with: faultline as a reader has it,
# and `table NAME`, which prints data of the tree as Markdown.
# shellcheck shell=bash

FAULTLINE=${FAULTLINE:-$ROOT/build/faultline}

# A block depends on the tree alone, not on who runs this.
unset "${!FAULTLINE_@}" ARGP_HELP_FMT 2>/dev/null
export LC_ALL=C.UTF-8

faultline() {
	FAULTLINE_ROOT=$ROOT "$FAULTLINE" "$@"
}

# docs_files: every page that may have blocks and links
docs_files() {
	own_files --others '*.md'
}

# table NAME [ARGUMENT...]
table() {
	local name=$1
	shift
	if [ "$(type -t "table_${name//-/_}")" != function ]; then
		echo "no table '$name'" >&2
		return 1
	fi
	"table_${name//-/_}" "$@"
}

# row CELL...: a row of a Markdown table
row() {
	printf '|'
	printf ' %s |' "$@"
	echo
}

# head_row CELL...: the first row and the line below it
head_row() {
	row "$@"
	row "${@/*/---}"
}

# stanzas FILE KEY...: a line a stanza of a .conf file, its name and the keys'
# values with tabs between; a key that it lacks is empty
stanzas() {
	local file=$1
	shift
	awk -v keys="$*" '
	function flush(	i, n, k, line) {
		if (name == "")
			return
		line = name
		n = split(keys, k, " ")
		for (i = 1; i <= n; i++)
			line = line "\t" value[k[i]]
		print line
	}
	/^[ \t]*(#|$)/ { key = ""; next }
	/^\[/ {
		flush()
		name = $0
		gsub(/^\[|\].*/, "", name)
		split("", value)
		key = ""
		next
	}
	/^[ \t]/ && key != "" { sub(/^[ \t]+/, ""); value[key] = value[key] " " $0; next }
	/=/ {
		key = $0
		sub(/[ \t]*=.*/, "", key)
		value[key] = $0
		sub(/^[^=]*=[ \t]*/, "", value[key])
	}
	END { flush() }' "$file"
}

# code TEXT: as code in a table, or nothing
code() {
	[ -z "${1// /}" ] || printf '`%s`' "${1//|/\\|}"
}

table_profiles() {
	local name group title over alone cmdline config verify
	head_row profile what 'on top of' 'kernel command line' 'checked after every boot'
	while IFS=$'\t' read -r name group title over alone cmdline config verify; do
		[ "${group# }" = "${1:-}" ] || continue
		row "$(code "$name")" "$title" "$(code "$over")" \
			"$([ "$alone" != yes ] || echo "all others off, ")$(code "$cmdline")$([ -z "${config# }" ] || echo " $(code "${config# }")")" \
			"$(code "$verify")"
	done < <(stanzas variants/profiles.conf group title over alone cmdline config verify |
		sed -E ':a; s/\t\t/\t \t/; ta')
}

# table workloads flat|vitro|linux|threads|GROUP: what row belongs to which
table_workloads() {
	local name class events rig threads group expect kind
	head_row workload 'fault class' events 'what must be counted (N: events)'
	while IFS=$'\t' read -r name class events rig threads group expect; do
		kind=flat
		[[ $rig == vitro* ]] && kind=vitro
		[[ $name == linux-* ]] && kind=linux
		[ "$threads" != ' ' ] && kind=threads && name="$name-N"
		[ "$group" != ' ' ] && kind=$group
		[ "$kind" = "$1" ] || continue
		row "$(code "$name")" "$class" "${events/# /4096}" "$(code "$expect")"
	done < <(stanzas guests/workloads.conf class events rig threads group expect |
		sed -E ':a; s/\t\t/\t \t/; ta')
}

# What the heads of scripts/packages.conf call a purpose, and its packages.
table_packages() {
	head_row purpose 'Debian packages'
	awk '!/^#/ && NF == 2 { if (!($1 in p)) order[++n] = $1; p[$1] = p[$1] " `" $2 "`" }
	END { for (i = 1; i <= n; i++) print "| " order[i] " |" p[order[i]] " |" }' \
		scripts/packages.conf
}

# A code, what it means and what to do: `MEANING -> NEXT` in exits.h.
table_exits() {
	head_row code name meaning 'next step'
	awk '
	/^\tEXIT_[A-Z_]+ *= *[0-9]+,/ { text = $0; on = 1 }
	on && !/^\tEXIT_/ { sub(/^[ \t]*\*?/, ""); text = text $0 }
	on && /\*\// {
		on = 0
		split(text, part, /,[ \t]*\/\* | *\*\//)
		split(part[1], code, /[ \t]*=[ \t]*|^\t/)
		n = split(part[2], p, " -> ")
		print "| " code[3] " | `" code[2] "` | " p[1] " | " (n > 1 ? p[2] : "") " |"
	}' bench/util/exits.h
}

# A command's page, under a heading of its own.
table_commands() {
	local command
	while read -r command; do
		printf '## %s\n\n```\n' "$command"
		faultline "$command" --help || return
		printf '```\n\n'
	done < <(faultline --help | sed -nE 's/^  ([a-z][a-z-]*)  .*/\1/p')
}

# The environment: scripts/lib/environment.conf, which must have every name
# that the sources read.
table_environment() {
	local name missing=0
	while read -r name; do
		grep -q "^${name}[[:space:]]" scripts/lib/environment.conf && continue
		echo "scripts/lib/environment.conf lacks $name, which the sources read" >&2
		missing=1
	done < <(docs_environment)
	[ "$missing" -eq 0 ] || return 1
	head_row variable 'what it sets' default
	sed -nE 's/^([A-Z_]+)\s+([^;]*); (.*)$/| `\1` | \2 | \3 |/p' scripts/lib/environment.conf
}

# Names that C or the scripts take from the environment.
docs_environment() {
	{
		grep -rhoE 'getenv\("FAULTLINE_[A-Z_]+"' bench --include='*.c' | grep -oE 'FAULTLINE_[A-Z_]+'
		grep -rhoE '\$\{(FAULTLINE|KERNEL)_[A-Z_]+:?[-+]' scripts --include='*' |
			grep -oE '(FAULTLINE|KERNEL)_[A-Z_]+'
	} | sort -u
}

# Which room may include which: scripts/lib/floors.conf, as lint holds it.
table_floors() {
	head_row room 'may include'
	sed -nE 's/^([a-z]+) *= *(.*)$/\1\t\2/p' scripts/lib/floors.conf |
		while IFS=$'\t' read -r room below; do
			row "$(code "$room/")" "$(sed "s#[a-z][a-z]*#\`&/\`#g; s/,/ /g" <<<"$below")"
		done
}

# The test files, by what their heads say.
table_tests() {
	local f
	head_row file 'what it tests' needs takes
	for f in bench/tests/*.bats; do
		row "$(code "$(basename "$f")")" "$(first_sentence "$f")" \
			"$(head_says "$f" needs)" "$(head_says "$f" takes)"
	done
}

# first_sentence FILE: of the paragraph under the SPDX line
first_sentence() {
	sed -n '3,$p' "$1" | sed '/^#/!Q; /^# *$/Q; /^# [a-z]*: /d; s/^# *//' |
		paste -sd' ' | sed -E 's/[.;] .*//; s/\.$//; s/\|/\\|/g'
}

head_says() {
	local text
	text=$(sed -nE "1,15s/^# $2: *(.*)/\\1/p" "$1" | head -n 1)
	echo "${text:--}"
}

# table file PATH: the file itself, fenced
table_file() {
	printf '```\n'
	cat "$1" || return
	printf '```\n'
}

# dead_links FILE: its relative links and pictures that lead nowhere, to a file
# or to a heading
dead_links() {
	local target page
	while read -r target; do
		case $target in
		*://* | mailto:*) continue ;;
		'#'*) page=$1 ;;
		*) page=$(dirname "$1")/${target%%#*} ;;
		esac
		if [ ! -e "$page" ]; then
			echo "$1: a link leads nowhere: $target"
		elif [[ $target == *.md#* || $target == '#'* ]] &&
			! anchors "$page" | grep -xF "${target#*#}" >/dev/null; then
			echo "$1: a link leads to no heading: $target"
		fi
	done < <(grep -oE '\]\([^) ]+\)' "$1" | sed 's/^](//; s/)$//')
}

# anchors FILE: its headings as links have them
anchors() {
	sed -nE 's/^#+ +(.*)$/\1/p' "$1" | tr '[:upper:]' '[:lower:]' |
		sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# make, which a block may call below another make
make() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make --no-print-directory "$@"
}

# Every base, the oldest first, and how its kernels are built otherwise.
table_bases() {
	local base conf suite
	head_row base source package "built otherwise"
	for base in $(own_files "variants/*/base.conf" | cut -d/ -f2 | sort -V); do
		conf=variants/$base/base.conf
		suite=$(value "$conf" suite)
		row "$base" "$(value "$conf" title)" \
			"$(code "$(value "$conf" package)")${suite:+ of $suite}" "$(value "$conf" differs)"
	done
}

# Every variant, by its variant.conf and series.
table_variants() {
	local conf dir group
	head_row base variant patches arguments why
	for conf in $(own_files 'variants/*/variant.conf' ':!variants/upstream'); do
		dir=${conf%/variant.conf}
		group=$(value "$conf" group)
		row "$(basename "${dir%/*}")" "$(code "${dir##*/}")${group:+, of $(code "$group")}" \
			"$(grep -cvE '^[[:space:]]*(#|$)' "$dir/series" 2>/dev/null)" \
			"$(code "$(value "$conf" shape)")" "$(value "$conf" why)"
	done
}

# Whose design each variant is, and the mails that hold it.
table_designs() {
	local conf dir mails
	head_row base variant "design of" mail
	for conf in $(own_files 'variants/*/variant.conf' ':!variants/upstream'); do
		dir=${conf%/variant.conf}
		mails=$(value "$conf" mail | tr ' ' '\n' |
			sed -E 's#.+#[&](https://lore.kernel.org/r/&)#' | paste -sd' ')
		row "$(basename "${dir%/*}")" "$(code "${dir##*/}")" \
			"$(value "$conf" design)" "$mails"
	done
}

# What checkpatch says and stays.
table_checkpatch() {
	local type where why
	head_row what where "why it stays"
	while IFS=$'\t' read -r type where why; do
		row "$(code "$type")" "$(sed -E 's/[^ ]+/`&`/g' <<<"$where")" "$why"
	done < <(stanzas variants/checkpatch.conf where why)
}

# The overlays of all bases; one that several have is said once.
table_overlays() {
	local conf
	head_row overlay bases what
	for conf in $(own_files 'variants/*/overlay.conf'); do
		printf '%s\t%s\t%s\n' "$(basename "${conf%/overlay.conf}")" \
			"$(cut -d/ -f2 <<<"$conf")" "$(value "$conf" title)"
	done | awk -F'\t' '{ k = $1 "\t" $3; if (!(k in b)) order[++n] = k; b[k] = b[k] " " $2 }
	END { for (i = 1; i <= n; i++) { split(order[i], p, "\t"); print "| `" p[1] "` |" b[order[i]] " | " p[2] " |" } }'
}
