# SPDX-License-Identifier: GPL-2.0
# Further link layouts of a kernel: the same objects, linked once more with a
# gap before all other text, so that every function has another address and
# another place in its page and line. A figure that holds in several of them
# does not depend on where the linker put the handler.
# shellcheck shell=bash disable=SC2154

LAYOUTS='1 2'		# bench/record/perturb.c knows how many there are

# Bytes of a layout's gap: pages, lines, and a quarter or half of a line, since
# functions begin at multiples of 16.
gap_of() { # LAYOUT
	case $1 in
	1) echo $((3 * 4096 + 5 * 64 + 16)) ;;
	2) echo $((6 * 4096 + 42 * 64 + 32)) ;;
	esac
}

# A build that was killed while it linked a layout left the kernel of before
# under another name; what is called vmlinux then is no kernel for make.
mend_layout() { # OBJ
	[ -f "$1/vmlinux.plain" ] || return 0
	mv "$1/vmlinux.plain" "$1/vmlinux"
}

# The script with which the layout is linked: after the first page, which the
# boot protocol wants at the beginning, a gap.
gap_script() { # OBJ LAYOUT
	sed "s/^ *KEEP(\*(\.head\.text))\$/&\n . = . + $(gap_of "$2");/" \
		"$1/arch/x86/kernel/vmlinux.lds" >"$1/arch/x86/kernel/layout.lds"
	! cmp -s "$1/arch/x86/kernel/vmlinux.lds" "$1/arch/x86/kernel/layout.lds"
}

# Kbuild's own last step, in the environment that kbuild did it in.
link_again() ( # TREE OBJ LOG
	local command
	cd "$2" || exit
	command=$(sed -nE 's/^(saved)?cmd_vmlinux := ([^;]*link-vmlinux\.sh[^;]*);.*/\2/p' .vmlinux.cmd)
	[ -n "$command" ] || exit
	# shellcheck disable=SC1091
	. ./.link-env
	export KBUILD_LDS=arch/x86/kernel/layout.lds MAKE=make
	export MAKEFLAGS="rR --include-dir=$1"
	eval "$command" >>"$3" 2>&1
)

# keep_layouts NAME TREE OBJ LOG NEW: NEW/layout1/vmlinux and so on, of the
# objects in OBJ, whose own vmlinux is as before. NEW holds objs/ and link/, which
# must be the code of each.
keep_layouts() {
	local name=$1 tree=$2 obj=$3 log=$4 new=$5 n
	for n in $LAYOUTS; do
		gap_script "$obj" "$n" ||
			die "$EXIT_BUILD" "$name: no .head.text in $obj/arch/x86/kernel/vmlinux.lds: where does the text begin?"
		mv "$obj/vmlinux" "$obj/vmlinux.plain"
		link_again "$tree" "$obj" "$log" || {
			mend_layout "$obj"
			fail_build "$name, link layout $n," "$log"
		}
		mkdir -p "$new/layout$n"
		same_code_of "$name, link layout $n" "$new" "$obj/vmlinux" >/dev/null || exit
		objcopy --strip-all "$obj/vmlinux" "$new/layout$n/vmlinux" ||
			die "$EXIT_STORAGE" "cannot write $new: is the disk full?"
		mend_layout "$obj"
	done
}

# The lines of info that name the layouts in FOLDER.
layout_lines() { # FOLDER
	local n
	for n in $LAYOUTS; do
		echo "layout${n}_sha256 = $(sha256_of <"$1/layout$n/vmlinux")"
	done
}
