# SPDX-License-Identifier: GPL-2.0
# Equal code, told before anything is linked: all objects of a commit are
# compiled, and what of them reaches a kernel is hashed. Where a kernel of the
# same code is there already, the commit's is that one.
# shellcheck shell=bash disable=SC2154

# objects_target: what makes every object of a kernel, and links none of it. Until
# 5.18 the goal was called descend.
objects_target() {
	if grep -q '^build-dir[[:space:]]*:= \.' "$STORE/tree/Makefile"; then
		echo .
	else
		echo descend
	fi
}

# linked_objects: the names of them, in the order of the link, of the object tree
# that is the current folder. Older kernels have no built-in.a of all folders.
linked_objects() {
	local o
	if [ -f built-in.a ]; then
		ar t built-in.a
	else
		for o in head_64 head64 ebda platform-quirks; do
			[ ! -f "arch/x86/kernel/$o.o" ] || echo "arch/x86/kernel/$o.o"
		done
		find . -name built-in.a -not -path './tools/*' | sort | while read -r o; do
			ar t "$o"
		done
	fi
	find . -name lib.a -not -path './tools/*' | sort | while read -r o; do
		ar t "$o"
	done
}

# list_code OBJ TREE: hash and name, a line each, of all that a link would take:
# objects, the linker's script, what links
list_code() (
	cd "$1" || exit
	mapfile -t objects < <(linked_objects | awk '!seen[$0]++')
	[ ${#objects[@]} -gt 0 ] || die "$EXIT_BUILD" "$name: no object in $1/built-in.a"
	"${FAULTLINE:-$ROOT/build/faultline}" code-hash objects.manifest "${objects[@]}" &&
		sha256sum .config arch/x86/kernel/vmlinux.lds include/config/kernel.release &&
		store_git ls-tree "$2" -- Makefile scripts arch/x86/Makefile arch/x86/tools tools/objtool |
		awk '{ print $3, "source/" $4 }'
)

# hash_code OBJ TREE -> code_sha256, changed_code: OBJ/code is the list of what is
# compiled now; changed_code are the objects that differ from the last one.
hash_code() {
	list_code "$1" "$2" >"$1/code.new" || exit
	changed_code=''
	[ ! -f "$1/code" ] ||
		changed_code=$(awk 'NR == FNR { had[$2] = $1; next } had[$2] != $1 { print $2 } { delete had[$2] }
			END { for (o in had) print o }' "$1/code" "$1/code.new" | sort | paste -sd' ')
	mv "$1/code.new" "$1/code"
	code_sha256=$({ cat "$1/code"; decided_by "$wanted"; kept_by; } | sha256_of)
}

# find_same_code: the kernel of this base that has that code, printed
find_same_code() {
	local info
	while read -r info; do
		[ -f "${info%/info}/vmlinux" ] && echo "${info%/info}" && return
	done < <(grep -lx "code_sha256 = $code_sha256" "$CACHE/kernels/$base"/*/info 2>/dev/null)
	return 1
}

# keep_same DIR: the commit's kernel is that one; its own folder says so.
keep_same() {
	local new=$out.new.$$
	rm -rf "$new"
	mkdir -p "$new" && cat >"$new/info" <<-INFO || die "$EXIT_STORAGE" "cannot write $new: is the disk full?"
	base = $base
	variant = $variant
	profile = $profile
	tree = $TREE
	code_sha256 = $code_sha256
	same_code_as = $1
	INFO
	rm -rf "$out"
	mv "$new" "$out"
}
