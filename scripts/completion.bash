# SPDX-License-Identifier: GPL-2.0
# Completion of faultline for bash. What can be typed is asked of the program
# itself, so there is no list to keep: commands and options from --help, names
# from `faultline list`.
# shellcheck shell=bash

# _faultline_words HOW: what --help, on standard input, offers
_faultline_words() {
	case $1 in
	commands) sed -nE 's/^  ([a-z-]+) .*/\1/p' ;;
	options) grep -oE '^ +(-[A-Za-z?], )?--[a-z-]+=?' | grep -oE -- '--[a-z-]+=?' ;;
	esac
}

# _faultline_names PROGRAM KIND: names of bases, variants and so on
_faultline_names() {
	local column=1
	[ "$2" = variants ] && column=2
	"$1" list "$2" 2>/dev/null | awk -v c="$column" '/^  [^ ]/ { print $c }' | sort -u
	case $2 in
	bases) echo all ;;
	profiles) echo all today ;;
	rigs) "$1" list rigs 2>/dev/null | awk '/^  [^ ]/ { rig = $1 } $1 == "--cpu" { print rig "-" $2 }' ;;
	esac
}

# What an option takes: a kind of names, words, or files.
_faultline_values() {
	case $2 in
	--base | -b) _faultline_names "$1" bases ;;
	--variant | --variants | --against | -v) _faultline_names "$1" variants ;;
	--profile | --profiles | -p) _faultline_names "$1" profiles ;;
	--workload | --workloads | -w) _faultline_names "$1" workloads ;;
	--rig | --rigs) _faultline_names "$1" rigs ;;
	--cpu) "$1" list rigs 2>/dev/null | awk '$1 == "--cpu" { print $2 }' | sort -u ;;
	--format) "$1" "$3" --help 2>/dev/null |
		grep -A 3 -e '--format' | grep -oE '\b(text|csv|json|jsonl|markdown|html|junit|openmetrics)\b' | sort -u ;;
	*) return 1 ;;
	esac
}

_faultline() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]-} words done_part=
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$("$program" --help | _faultline_words commands) --help --version" -- "$cur")
		return
	fi
	# --base=v6: bash cuts the word at the '='.
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if words=$(_faultline_values "$program" "$prev" "$command"); then
		# Of a list only the part after the last comma is completed.
		[[ $cur == *,* ]] && done_part=${cur%,*},
		mapfile -t COMPREPLY < <(compgen -P "$done_part" -W "$words" -- "${cur##*,}")
		return
	fi
	case $cur in
	-*)
		words=$("$program" "$command" --help 2>/dev/null | _faultline_words options)
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		[[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null
		return
		;;
	esac
	if [ "$command" = list ]; then
		mapfile -t COMPREPLY < <(compgen -W "bases variants overlays profiles workloads rigs" -- "$cur")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

complete -o filenames -F _faultline faultline
