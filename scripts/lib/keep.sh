# SPDX-License-Identifier: GPL-2.0
# What scripts/build-kernel keeps of a built tree besides the kernel: objects
# without debug information and how they were compiled. It reads the object
# tree and never writes there.
# shellcheck shell=bash
# shellcheck source=scripts/lib/sandbox.sh
. "$ROOT/scripts/lib/sandbox.sh"

# objtool_line OBJ COMMAND OBJECT: how kbuild called objtool for it, its name left out
objtool_line() {
	sed -nE "1s#.*; *(\./tools/objtool/objtool .*[^ ]) +[^ ]*${3//./\\.}.*#\1#p" "$1/$2" 2>/dev/null
}

# objtool_of OBJ: what objtool does to one object of the handler. With
# CONFIG_X86_KERNEL_IBT kbuild leaves it until all are one, vmlinux.o; what it can
# only do there, which changes no code, is left out.
objtool_of() {
	local line word kept=()
	line=$(objtool_line "$1" arch/x86/kvm/mmu/.spte.o.cmd spte.o)
	[ -n "$line" ] || line=$(late_objtool "$1")
	for word in $line; do
		case $word in
		--ibt | --link | --noinstr | --unret) ;;
		*) kept+=("$word") ;;
		esac
	done
	echo "${kept[*]-}"
}

# late_objtool OBJ: nothing where each object had it when it was compiled
late_objtool() {
	[ -n "$(objtool_line "$1" arch/x86/kvm/mmu/.spte.o.cmd spte.o)" ] ||
		objtool_line "$1" .vmlinux.o.cmd vmlinux.o
}

# early_objtool OBJ TREE: the same of trees that leave no line of it, before 5.17; as
# their Makefile.build would call it
early_objtool() {
	{
		echo 'include include/config/auto.conf'
		sed -n '/^objtool_args =/,/^\(#\|__objtool_obj\|cmd_objtool\|ifndef CONFIG_LTO\)/p' \
			"$2/scripts/Makefile.build" | sed '$d'
		# shellcheck disable=SC2016
		echo 'all: ; @echo $(if $(CONFIG_STACK_VALIDATION),./tools/objtool/objtool $(objtool_args))'
	} | env -u MAKEFLAGS make -s -C "$1" --no-print-directory -f - all
}

# finish_object OBJ FILE: FILE is a copy of an object of OBJ; do what kbuild has not
# done to it yet
finish_object() {
	local file objtool
	[ -n "$(late_objtool "$1")" ] || return 0
	objtool=$(objtool_of "$1") file=$(realpath "$2")
	# shellcheck disable=SC2086	# words
	may_write=$(dirname "$file") confined env -C "$1" $objtool "$file" >&2
}

# keep_object NAME FILE DIR OBJ
keep_object() {
	local to=$3/${2##*/}
	mkdir -p "$3" && cp "$2" "$to" ||
		die "$EXIT_STORAGE" "cannot write $3: is the disk full?"
	finish_object "$4" "$to" || die "$EXIT_BUILD" "$1: objtool fails on $2"
	objcopy --strip-debug "$to" ||
		die "$EXIT_STORAGE" "cannot write $3: is the disk full?"
}

# keep_objects NAME BASE_CONF OBJ TREE NEW: objs/, link/ and cflags of NEW, which
# holds vmlinux and config.
keep_objects() {
	local name=$1 conf=$2 obj=$3 tree=$4 new=$5 o f
	for o in $(conf_get "$conf" handler); do
		for f in "$obj"/$o; do
			[ -f "$f" ] || die "$EXIT_BUILD" "$name: $conf names $o as the handler, which was not built"
			keep_object "$name" "$f" "$new/objs" "$obj"
		done
	done
	for o in $(conf_get "$conf" link); do
		if [ -f "$obj/$o" ]; then
			keep_object "$name" "$obj/$o" "$new/link" "$obj"
		elif [ "${o##*/}" != retpoline.o ] ||
			grep -qE '^CONFIG_(MITIGATION_)?RETPOLINE=y' "$new/config"; then
			die "$EXIT_BUILD" "$name: $conf names $o under link, which was not built"
		fi
	done
	compiler_line "$obj" "$tree" >"$new/cflags" ||
		die "$EXIT_BUILD" "$name: no command of the compiler in $obj/arch/x86/kvm/mmu/.spte.o.cmd"
}

# compiler_line OBJ TREE: how kbuild compiled the handler's spte.o, in one line:
# without what only that file, debug information and dependencies are about,
# and with @TREE@ and @OBJ@ for the two trees. kbuild runs it in @OBJ@.
compiler_line() {
	local obj=$1 tree=$2 line word words kept=()
	line=$(sed -nE 's/^(saved)?cmd_[^ ]+ := //p' "$obj/arch/x86/kvm/mmu/.spte.o.cmd" |
		head -n 1)
	read -ra words <<<"${line%%;*}"
	set -- "${words[@]}"
	while [ $# -gt 0 ]; do
		word=$1
		shift
		case $word in
		-g | -g[0-9] | -Wp,-MMD,* | -Wp,-MD,* | -c | *.c) continue ;;
		-DKBUILD_BASENAME=* | -DKBUILD_MODNAME=* | -DKBUILD_MODFILE=* | -D__KBUILD_MODNAME=*) continue ;;
		-o)
			shift
			continue
			;;
		# relative to where kbuild runs it
		-I./*) word=-I$obj/${word#-I./} ;;
		-I[!/]*) word=-I$obj/${word#-I} ;;
		./*) word=$obj/${word#./} ;;
		esac
		word=${word//"$tree"/@TREE@}
		kept+=("${word//"$obj"/@OBJ@}")
	done
	[ ${#kept[@]} -gt 1 ] && echo "${kept[*]}"
}

# discarded_by OBJ: the sections that the kernel's linker script discards, a
# pattern a line
discarded_by() {
	tr '\n' ' ' <"$1/arch/x86/kernel/vmlinux.lds" |
		grep -oE '/DISCARD/[[:space:]]*:[[:space:]]*\{[^}]*\}' |
		grep -oE '\*\([^)]*\)' | sed -E 's/^\*\(//; s/\)$//' | tr -s ' ' '\n'
}

# same_code_of NAME NEW [VMLINUX]: "N objects, B bytes, R relocations" that NEW's
# objects and its vmlinux (or VMLINUX) have in common, which is all of them; or the
# build fails, and the next one links again. The file `discarded` next to it names
# what no kernel keeps; data sections besides, which are nowhere in it, are no
# reason to throw a kernel away: "no: " and their names.
same_code_of() {
	local text f objects=() vmlinux=${3-$2/vmlinux} said
	for f in "$2"/objs/*.o "$2"/link/*.o; do
		[ -f "$f" ] && objects+=("$f")
	done
	said=$(mktemp) || die "$EXIT_STORAGE" "no temporary file: is the disk full?"
	text=$("${FAULTLINE:-$ROOT/build/faultline}" same-code "$vmlinux" \
		"${objects[@]}" 2>"$said") || {
		local status=$?
		cat "$said" >&2
		[ "$status" -eq "$EXIT_CHANGED" ] || { rm -f "$said"; exit "$status"; }
		text=$(sections_missing "$said")
		rm -f "$said"
		[ -n "$text" ] || die "$EXIT_CHANGED" "$1: the objects are not the code of its vmlinux; a bug in Faultline, or a build that was disturbed: run it again, which links again"
		echo "faultline: warning: $1 is kept, but not for rig vitro: $text nowhere in its vmlinux" >&2
		echo "no: $text"
		return
	}
	rm -f "$said"
	text=$(tail -n 1 <<<"$text")
	echo "${text#same code: }"
}

# sections_missing FILE: the sections, none of code, that are all that the words of
# same-code name as a difference; else nothing
sections_missing() {
	grep -vE ' differs from .* bytes or more$' "$1" >"$1.each"
	if ! grep -qvE ': [^ ]+: [0-9]+ bytes that are nowhere in vmlinux' "$1.each" &&
	   ! grep -qE ': [^ ]*text[^ ]*: [0-9]+ bytes' "$1.each"; then
		sed -nE 's/.*: ([^ ]+): [0-9]+ bytes that are nowhere.*/\1/p' "$1.each" | sort -u | paste -sd' '
	fi
	rm -f "$1.each"
}
