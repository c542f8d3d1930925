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

# The kernel's files that a layout's link writes: from 6.16 on also one with
# sections that the last step takes out again.
LINKED='vmlinux vmlinux.unstripped'

set_aside() { # OBJ
	local f
	for f in $LINKED; do
		[ ! -f "$1/$f" ] || mv "$1/$f" "$1/$f.plain"
	done
}

# A build that was killed while it linked a layout left the kernel of before
# under another name; what is called vmlinux then is no kernel for make.
mend_layout() { # OBJ
	local f
	for f in $LINKED; do
		[ ! -f "$1/$f.plain" ] || mv "$1/$f.plain" "$1/$f"
	done
}

# The script with which the layout is linked: after what must come first (the
# boot code, the entry code), before all other text, a gap.
gap_script() { # OBJ LAYOUT
	sed "s/\*(\.text /. = . + $(gap_of "$2"); &/" \
		"$1/arch/x86/kernel/vmlinux.lds" >"$1/arch/x86/kernel/layout.lds"
	! cmp -s "$1/arch/x86/kernel/vmlinux.lds" "$1/arch/x86/kernel/layout.lds"
}

# saved_command FILE: what kbuild did for it
saved_command() {
	sed -nE "s/^(saved)?cmd_[^ ]* := //p" ".$1.cmd" | head -n 1
}

# Kbuild's own last steps, in the environment that kbuild did them in; what that is,
# the build said itself.
link_here() ( # TREE OBJ
	local command strip=:
	cd "$2" || exit
	command=$(saved_command vmlinux)
	if [[ $command != *link-vmlinux.sh* ]]; then
		strip=$command
		command=$(saved_command vmlinux.unstripped)
	fi
	command=$(sed -nE 's/([^;]*link-vmlinux\.sh[^;]*);.*/\1/p' <<<"$command")
	[ -n "$command" ] || exit
	# shellcheck disable=SC1091
	. ./.link-env
	export KBUILD_LDS=arch/x86/kernel/layout.lds MAKE=make
	export MAKEFLAGS="rR --include-dir=$1"
	eval "$command" && eval "$strip"
)

link_again() { # TREE OBJ LOG
	confined bash -c "$(declare -f saved_command link_here); link_here \"\$@\"" - "$1" "$2" >>"$3" 2>&1
}

# keep_layouts NAME TREE OBJ LOG NEW: NEW/layout1/vmlinux and so on, of the
# objects in OBJ, whose own vmlinux is as before. NEW holds objs/ and link/, which
# must be the code of each.
keep_layouts() {
	local name=$1 tree=$2 obj=$3 log=$4 new=$5 n
	for n in $LAYOUTS; do
		gap_script "$obj" "$n" ||
			die "$EXIT_BUILD" "$name: no *(.text in $obj/arch/x86/kernel/vmlinux.lds: where does the text begin?"
		set_aside "$obj"
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
