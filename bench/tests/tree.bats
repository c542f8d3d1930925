#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Sources as git trees: what a kernel's key is made of, a work tree that nothing
# spoils, a repository that is only read, commits whose code is equal. The kernel
# is bench/tests/tiny-kernel, which builds in a second.
#
# stage: quick
# order: 56
# needs: nothing built but the programs
# takes: 90 s

load common.bash
load tree.bash

setup() {
	new_world "$BATS_TEST_TMPDIR/w"
	export KERNEL_SRC=$W/linux
	cd "$BATS_TEST_TMPDIR"
}

# key VARIANT: the key of its kernel, which is there
key() {
	"$ROOT/scripts/build-kernel" --find v0.9 "$1" off | sed 's/.*-//'
}

work_tree() { # the work tree of the repository's store
	echo "$FAULTLINE_CACHE"/trees/git-*/tree
}

# snapshot DIR: its files, their times and contents
snapshot() {
	(cd "$1" && find . -printf '%p %T@ %m %s\n' | sort
		find . -type f -print0 | sort -z | xargs -0 sha256sum)
}

@test "a checkout there and back costs no build, and nothing in the repository is written" {
	first=$(build stock)
	echo '/* another */' >>"$W/linux/arch/x86/kvm/mmu/mmu.c"
	git -C "$W/linux" checkout -qb mine
	commit "$W/linux" mine
	snapshot "$W/linux" >before
	second=$(build stock)
	[ "$first" != "$second" ]
	snapshot "$W/linux" | diff before -
	git -C "$W/linux" checkout -q master
	run build stock
	expect 0 "$first"
	lacks 'KERNEL|SOURCE|IMPORT'
}

@test "uncommitted changes are measured, untracked files and built ones are not" {
	first=$(build stock)
	echo 'CONFIG_X=y' >"$W/linux/.config"
	echo 'not C' >"$W/linux/new.c"
	mkdir -p "$W/linux/include/generated"
	[ "$(build stock)" = "$first" ]
	sed -i 's/<< 12/<< 13/' "$W/linux/arch/x86/kvm/mmu/spte.c"
	cp "$W/linux/.git/index" index
	second=$(build stock)
	[ "$first" != "$second" ]
	cmp "$W/linux/.git/index" index
	# staged or not is the same tree
	git -C "$W/linux" add arch
	[ "$(build stock)" = "$second" ]
	# and so is the commit of it, whatever its message
	commit "$W/linux" 'another shift'
	[ "$(build stock)" = "$second" ]
	as_author git -C "$W/linux" commit -q --amend -m 'reworded'
	[ "$(build stock)" = "$second" ]
}

@test "only what differs between two trees is compiled again" {
	build stock
	sed -i 's/<< 12/<< 13/' "$W/linux/arch/x86/kvm/mmu/spte.c"
	build stock
	grep ' CC ' "$FAULTLINE_CACHE/logs/v0.9-stock.log" >compiled
	[ "$(cat compiled)" = '  CC      arch/x86/kvm/mmu/spte.o' ]
}

@test "a spoilt work tree is put right, and what was found is said" {
	first=$(build stock)
	t=$(work_tree)
	echo 'spoilt' >>"$t/arch/x86/kvm/mmu/mmu.c"
	rm "$t/virt/kvm/kvm_main.c"
	echo 'int x;' >"$t/include/added.h"
	mkdir -p "$t/empty/deep"
	: >"$t/empty/deep/file"
	chmod +x "$t/Kconfig"
	rm -rf "$first"
	run build stock
	expect 0 "RESTORE" "changed: Kconfig arch/x86/kvm/mmu/mmu.c" \
		"removed: virt/kvm/kvm_main.c" "added: empty/deep/file include/added.h"
	diff -r "$t" "$W/linux" -x .git
	[ ! -x "$t/Kconfig" ]
	# a folder where a file was, a file where a folder was
	rm -rf "$t/Makefile" "$t/init" "$first"
	mkdir "$t/Makefile"
	: >"$t/init"
	run build stock
	expect 0 "RESTORE" Makefile init
	diff -r "$t" "$W/linux" -x .git
	# once right it is right
	rm -rf "$first"
	run build stock
	expect 0
	lacks RESTORE
}

@test "a check of a tree that is right writes no file" {
	build stock
	t=$(work_tree)
	snapshot "$t" >before
	rm -rf "$FAULTLINE_CACHE"/kernels/v0.9/stock-*
	build stock
	snapshot "$t" | diff before -
	if grep ' CC ' "$FAULTLINE_CACHE/logs/v0.9-stock.log"; then return 1; fi
}

@test "killed at any moment, the same command gives the same kernel" {
	first=$(build stock)
	want=$(info "$first" vmlinux_sha256)
	sed -i 's/<< 12/<< 13/' "$W/linux/arch/x86/kvm/mmu/spte.c"
	commit "$W/linux" other
	for after in 0.05 0.1 0.2 0.3 0.4 0.5 0.7; do
		git -C "$W/linux" checkout -q master~1
		rm -rf "$first"
		[ "$after" != 0.3 ] || rm -rf "$FAULTLINE_CACHE/trees"
		setsid "$ROOT/scripts/build-kernel" v0.9 stock off >/dev/null 2>&1 &
		pid=$!
		sleep "$after"
		kill -9 -- "-$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		git -C "$W/linux" checkout -q master
		setsid "$ROOT/scripts/build-kernel" v0.9 stock off >/dev/null 2>&1 &
		pid=$!
		sleep "$after"
		kill -9 -- "-$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		git -C "$W/linux" checkout -q master~1
		[ "$(info "$(build stock)" vmlinux_sha256)" = "$want" ]
	done
}

@test "two builds of one tree take turns, and the second says that it waits" {
	build stock
	rm -rf "$FAULTLINE_CACHE"/kernels
	exec 8>>"$(echo "$FAULTLINE_CACHE"/trees/git-*/lock)"
	flock 8
	build stock 2>said 8>&- &
	for _ in $(seq 50); do
		grep -q WAIT said && break
		sleep 0.1
	done
	grep "WAIT .*another build in $FAULTLINE_CACHE/trees/git-" said
	exec 8>&-
	wait $!
	ls "$FAULTLINE_CACHE"/kernels/v0.9/stock-*/info
}

@test "a folder that is no git tree: its files, without what a build left there" {
	rm -rf "$W/linux/.git"
	first=$(build stock)
	: >"$W/linux/.config"
	: >"$W/linux/init/main.o"
	mkdir -p "$W/linux/include/generated" "$W/linux/arch/x86/include/generated"
	: >"$W/linux/include/generated/autoconf.h"
	[ "$(build stock)" = "$first" ]
	sed -i 's/<< 12/<< 13/' "$W/linux/arch/x86/kvm/mmu/spte.c"
	[ "$(build stock)" != "$first" ]
	rm "$W/linux/init/main.c"
	run build stock
	expect "$EXIT_BUILD"
}

@test "a worktree, a bare repository and a submodule are read as well" {
	first=$(build stock)
	git -C "$W/linux" worktree add -q "$W/second" 2>/dev/null
	KERNEL_SRC=$W/second run build stock
	expect 0 "$first"
	git clone -q --bare "$W/linux" "$W/bare.git"
	KERNEL_SRC=$W/bare.git run build stock
	expect 0 "$first"
	git init -q "$W/super"
	git -C "$W/super" -c protocol.file.allow=always submodule --quiet add "$W/linux" kernel
	KERNEL_SRC=$W/super/kernel run build stock
	expect 0 "$first"
	# a folder of another repository is a folder
	cp -r "$TESTS/tiny-kernel" "$W/super/copied"
	KERNEL_SRC=$W/super/copied run build stock
	expect 0 "$first"
}

@test "another version, a merge that is under way, no kernel: refused by name" {
	sed -i 's/PATCHLEVEL = 9/PATCHLEVEL = 10/' "$W/linux/Makefile"
	run build stock
	expect "$EXIT_WRONG_SOURCE" "is Linux 0.10, base v0.9 wants 0.9" "scripts/new base v0.10 --from v0.9" "tree = "
	git -C "$W/linux" checkout -q .
	git -C "$W/linux" checkout -qb a
	sed -i 's/<< 12/<< 13/' "$W/linux/arch/x86/kvm/mmu/spte.c"
	commit "$W/linux" a
	git -C "$W/linux" checkout -qb b master
	sed -i 's/<< 12/<< 14/' "$W/linux/arch/x86/kvm/mmu/spte.c"
	commit "$W/linux" b
	as_author git -C "$W/linux" merge -q a >/dev/null || true
	run build stock
	expect "$EXIT_MISSING" "in the middle of a merge"
	git init -q "$W/empty"
	KERNEL_SRC=$W/empty run build stock
	expect "$EXIT_MISSING" "without a commit"
}

@test "a path with a space: refused at once, before anything is unpacked" {
	FAULTLINE_CACHE="$W/a b" run build stock
	expect "$EXIT_MISSING" "cannot build in '$W/a b'" "set FAULTLINE_CACHE"
	[ ! -e "$W/a b/trees" ]
	# the user's own tree may have one
	first=$(build stock)
	mv "$W/linux" "$W/my linux"
	KERNEL_SRC="$W/my linux" run build stock
	expect 0 "$first"
}

@test "a commit is built from its repository, and a broken one says what lacks" {
	unset KERNEL_SRC
	sed -i 's/<< 12/<< 13/' "$W/linux/arch/x86/kvm/mmu/spte.c"
	commit "$W/linux" shift
	v=$(as_variant "$W/linux" HEAD)
	snapshot "$W/linux" >before
	d=$(build "$v")
	snapshot "$W/linux" | diff before -
	[ "$(info "$d" tree)" = "$(git -C "$W/linux" rev-parse 'HEAD^{tree}')" ]
	KERNEL_SRC=$W/linux run build stock
	expect 0 "$d"
	# an object that is gone, as in a partial clone, is named before the build
	git clone -q --bare --no-local "$W/linux" "$W/lacks.git"
	mv "$W"/lacks.git/objects/pack "$W/pack"
	cat "$W"/pack/*.pack | git -C "$W/lacks.git" unpack-objects -q
	blob=$(git -C "$W/linux" rev-parse HEAD:init/main.c)
	rm -f "$W/lacks.git/objects/${blob:0:2}/${blob:2}"
	sed -i "s#^repository = .*#repository = $W/lacks.git#" "$FAULTLINE_CACHE/commits/v0.9/$v/variant.conf"
	rm -rf "$d"
	run build "$v"
	expect "$EXIT_MISSING" "$W/lacks.git" "partial clone" "git worktree add"
	# and a repository that was moved
	sed -i "s#^repository = .*#repository = $W/moved.git#" "$FAULTLINE_CACHE/commits/v0.9/$v/variant.conf"
	run build "$v"
	expect "$EXIT_MISSING" "$W/moved.git is no git directory (any more)"
}

@test "equal code is told before the link: a local renamed, a comment, a move of lines" {
	unset KERNEL_SRC
	first=$(build "$(as_variant "$W/linux" HEAD)")
	sed -i 's/\bspte\b/leaf/g; s/long leaf = spte_of/long leaf = spte_of/' "$W/linux/arch/x86/kvm/mmu/mmu.c"
	sed -i '3i/* a comment */' "$W/linux/arch/x86/kvm/mmu/spte.c"
	commit "$W/linux" rename
	v=$(as_variant "$W/linux" HEAD)
	run build "$v"
	expect 0 "no change in the code" "$first"
	lacks ' LD '
	[ "$(ls "$(echo "$FAULTLINE_CACHE/kernels/v0.9/$v"-*)")" = info ]
	[ "$("$ROOT/scripts/build-kernel" --find v0.9 "$v" off)" = "$first" ]
	# its kernel gone, it is built
	rm -rf "$first"
	run build "$v"
	expect 0 "built in"
	second=$(build "$v")
	[ "$(info "$second" vmlinux_sha256)" != '' ]
}

@test "a commit whose code is that of a base's variant is that variant's kernel" {
	first=$(build stock)
	sed -i '3i/* a comment */' "$W/linux/arch/x86/kvm/mmu/spte.c"
	commit "$W/linux" comment
	git -C "$W/linux" checkout -q HEAD~1
	run build "$(as_variant "$W/linux" master)"
	expect 0 "no change in the code, it is the kernel of stock" "$first"
}

@test "a folder is the same source under another locale, zone, umask, and place for temporary files" {
	rm -rf "$W/linux/.git"
	: >"$W/linux/include/B.h"
	: >"$W/linux/include/a.h"
	: >"$W/linux/include/_c.h"
	first=$(build stock)
	mkdir "$W/t m p"
	rm -rf "$FAULTLINE_CACHE/trees" "$FAULTLINE_CACHE/trees.known"
	mv "$first" "$W/first"
	second=$(umask 077 && env LC_ALL=C.UTF-8 LANG=en_US.UTF-8 LC_COLLATE=en_US.UTF-8 TZ=Asia/Tokyo \
		TMPDIR="$W/t m p" "$ROOT/scripts/build-kernel" v0.9 stock off)
	[ "$first" = "$second" ]
	for key in tree source_sha256 vmlinux_sha256 code_sha256; do
		[ -n "$(info "$second" $key)" ]
		[ "$(info "$W/first" $key)" = "$(info "$second" $key)" ]
	done
}

@test "other code is other: an instruction, an object outside the handler, the linker's script" {
	unset KERNEL_SRC
	first=$(build "$(as_variant "$W/linux" HEAD)")
	sed -i 's/vcpu->faults++/vcpu->faults += 2/' "$W/linux/arch/x86/kvm/mmu/mmu.c"
	commit "$W/linux" handler
	second=$(build "$(as_variant "$W/linux" HEAD)")
	[ "$first" != "$second" ]
	[ "$(info "$second" changed_objects)" = arch/x86/kvm/mmu/mmu.o ]
	[ "$(info "$second" changed_since)" = "$(git -C "$W/linux" rev-parse 'HEAD~1^{tree}')" ]
	sed -i 's/while (run())/while (run() \&\& run())/' "$W/linux/init/main.c"
	commit "$W/linux" outside
	third=$(build "$(as_variant "$W/linux" HEAD)")
	[ "$second" != "$third" ]
	[ "$(info "$second" handler_sha256)" = "$(info "$third" handler_sha256)" ]
	[ "$(info "$third" changed_objects)" = init/main.o ]
	sed -i 's/ALIGN(16)/ALIGN(64)/' "$W/linux/arch/x86/kernel/vmlinux.lds.S"
	commit "$W/linux" script
	fourth=$(build "$(as_variant "$W/linux" HEAD)")
	[ "$third" != "$fourth" ]
	# back to the first: no build
	run build "$(as_variant "$W/linux" HEAD~3)"
	expect 0 "$first"
	lacks 'KERNEL|RESTORE'
}

# What a shell may export, each with a value that would change a kernel, a key, a
# configuration or a source.
leaks() {
	cat <<-LEAKS
	ARCH=arm64
	SUBARCH=um
	SRCARCH=arm64
	CROSS_COMPILE=aarch64-linux-gnu-
	LLVM=1
	LLVM_IAS=1
	KCONFIG_CONFIG=/nonexistent/.config
	KCONFIG_ALLCONFIG=/nonexistent/all
	KBUILD_OUTPUT=/nonexistent
	KBUILD_EXTMOD=/nonexistent
	KBUILD_CFLAGS=-O0
	KBUILD_BUILD_USER=somebody
	KBUILD_BUILD_TIMESTAMP=now
	KCFLAGS=-O0
	KCPPFLAGS=-DPLANTED
	KAFLAGS=-DPLANTED
	LDFLAGS=--no-such-flag
	CFLAGS=-O0
	CPPFLAGS=-DPLANTED
	CFLAGS_KERNEL=-O0
	HOSTCFLAGS=-DPLANTED
	HOSTCC=/nonexistent/cc
	LOCALVERSION=-mine
	INSTALL_PATH=/nonexistent
	W=1
	C=2
	M=/nonexistent
	O=/nonexistent
	MAKEFLAGS=k
	MAKEFILES=/nonexistent.mk
	GNUMAKEFLAGS=-k
	CPATH=/nonexistent
	C_INCLUDE_PATH=/nonexistent
	GCC_EXEC_PREFIX=/nonexistent/
	COMPILER_PATH=/nonexistent
	DEPENDENCIES_OUTPUT=/nonexistent/deps
	SOURCE_DATE_EPOCH=1
	LDEMULATION=elf_i386
	GNUTARGET=elf32-i386
	GIT_DIR=/nonexistent
	GIT_WORK_TREE=/nonexistent
	GIT_INDEX_FILE=/nonexistent/index
	GIT_OBJECT_DIRECTORY=/nonexistent
	GIT_ALTERNATE_OBJECT_DIRECTORIES=/nonexistent
	GIT_CEILING_DIRECTORIES=$W
	GIT_CONFIG_GLOBAL=$W/gitconfig
	GIT_CONFIG_SYSTEM=$W/gitconfig
	GIT_CONFIG_PARAMETERS='core.autocrlf=true'
	GIT_LITERAL_PATHSPECS=1
	GIT_GLOB_PATHSPECS=1
	GIT_DEFAULT_HASH=sha256
	XDG_CONFIG_HOME=$W/xdg
	LC_ALL=C.UTF-8
	LC_COLLATE=en_US.UTF-8
	LANG=de_DE.UTF-8
	LANGUAGE=de
	CDPATH=$W:/usr
	BASH_ENV=/nonexistent
	ENV=/nonexistent
	GREP_OPTIONS=-v
	POSIXLY_CORRECT=1
	TAR_OPTIONS=--exclude=*.c
	XZ_DEFAULTS=--nonsense
	TMPDIR=/nonexistent
	TZ=Asia/Tokyo
	CCACHE_PREFIX=/nonexistent
	PERL5OPT=-Mnonexistent
	QUOTING_STYLE=c
	LEAKS
}

plant_settings() {
	mkdir -p "$W/xdg/git"
	printf '[core]\n\tautocrlf = true\n\tignoreCase = true\n\tfileMode = false\n[diff]\n\tnoprefix = true\n[apply]\n\twhitespace = fix\n[index]\n\tversion = 4\n[feature]\n\tmanyFiles = true\n' \
		>"$W/gitconfig"
	cp "$W/gitconfig" "$W/xdg/git/config"
	echo '*.c eol=crlf' >"$W/xdg/git/attributes"
	echo '*.c' >"$W/xdg/git/ignore"
}

@test "what a shell exports changes neither key nor source nor configuration, one by one" {
	plant_settings
	first=$(build stock)
	while IFS= read -r leak; do
		got=$(env "$leak" "$ROOT/scripts/build-kernel" --find v0.9 stock off 2>said) || true
		if [ "$got" != "$first" ]; then
			echo "$leak: $got $(cat said)"
			return 1
		fi
	done < <(leaks)
}

@test "all of it at once: the same kernel, and nothing of it is in make's environment" {
	plant_settings
	first=$(build stock)
	want=$(info "$first" vmlinux_sha256)
	obj=$FAULTLINE_CACHE/trees/$(info "$first" object_tree)
	cp "$obj/environment" clean
	rm -rf "$FAULTLINE_CACHE"/{trees,kernels,trees.known}
	mapfile -t planted < <(leaks)
	(umask 077 && env "${planted[@]}" "$ROOT/scripts/build-kernel" v0.9 stock off)
	diff <(sort clean) <(sort "$obj/environment")
	[ "$(info "$first" vmlinux_sha256)" = "$want" ]
	[ "$(stat -c %a "$(work_tree)/Makefile")" = 644 ]
}

@test "git config --global of a script puts no file in the place of /dev/null" {
	run bash -c '. "$1/scripts/lib/common.sh"; git config --global a.b c' - "$ROOT"
	[ "$status" -ne 0 ]
	[ -c /dev/null ]
	run bash -c '. "$1/scripts/lib/common.sh"; git config --get-all user.name; git --version' - "$ROOT"
	expect 0 "git version"
}

@test "another compiler is another kernel, and the record names it" {
	first=$(build stock)
	printf '#!/bin/sh\ncase $1 in --version) echo "tiny-cc 3.1"; exit ;; esac\nexec gcc "$@"\n' >"$W/tiny-cc"
	chmod +x "$W/tiny-cc"
	second=$(CC=$W/tiny-cc build stock)
	[ "$first" != "$second" ]
	[ "$(info "$second" compiler)" = "tiny-cc 3.1" ]
	[ "$(info "$first" object_tree)" != "$(info "$second" object_tree)" ]
	[ "$(build stock)" = "$first" ]
	CC=no-such-compiler run build stock
	expect "$EXIT_MISSING" "no-such-compiler is missing"
}

@test "lines that do not survive Kconfig are all listed; an =n of an unknown symbol is one" {
	printf 'CONFIG_KVM=y\nCONFIG_GONE=y\nCONFIG_ALSO_GONE=n\nCONFIG_RETPOLINE=n\n' >"$W/bases/v0.9/base.config"
	run build stock
	expect "$EXIT_BUILD" "CONFIG_GONE=y did not survive Kconfig (unknown there)" \
		"CONFIG_ALSO_GONE=n did not survive Kconfig (unknown there)" "and 1 more lines above"
	# a base made from another one: left out, listed, in the record
	mkdir -p "$FAULTLINE_CACHE/bases"
	mv "$W/bases/v0.9" "$FAULTLINE_CACHE/bases/"
	run build stock
	expect 0 "v0.9 has no CONFIG_ALSO_GONE, CONFIG_GONE: left out"
	d=$(build stock)
	[ "$(info "$d" kconfig_gone)" = "ALSO_GONE GONE" ]
	grep -qx CONFIG_KVM=y "$d/config"
}

@test "other Kconfig files configure anew, whatever tree was there before" {
	build stock
	printf 'config MORE\n\tbool "more"\n' >>"$W/linux/Kconfig"
	d=$(build stock)
	grep -qx '# CONFIG_MORE is not set' "$d/config"
}

@test "a tree with a build in it: the log's own words say what to do" {
	git -C "$W/linux" add -f Makefile
	: >"$W/linux/.config"
	git -C "$W/linux" add -f .config
	run build stock
	expect "$EXIT_BUILD" "make mrproper" "the whole log is"
}

@test "sections that the kernel's linker script discards are no difference; others are said" {
	echo 'static int checked __attribute__((section("__tiny_check"), used)) = 1;' \
		>>"$W/linux/arch/x86/kvm/mmu/spte.c"
	d=$(build stock)
	[[ $(info "$d" same_code) == "3 objects, "* ]]
	grep -qx __tiny_check "$d/discarded"
	# one that the link loses, without the script's saying so: kept, and said
	sed -i 's/__tiny_check/__gone/' "$W/linux/arch/x86/kvm/mmu/spte.c"
	sed -i 's/ && nm vmlinux/ \&\& objcopy -R __gone vmlinux \&\& nm vmlinux/' "$W/linux/scripts/link-vmlinux.sh"
	run build stock
	expect 0 "is kept, but not for rig vitro: __gone nowhere in its vmlinux"
	d=$(build stock)
	[ "$(info "$d" same_code)" = "no: __gone" ]
}

@test "a full disk at any step: it is said, and with room the same command gives the same kernel" {
	unshare -rm mount -t tmpfs none /mnt 2>/dev/null || skip "no file system of one's own here"
	first=$(build stock)
	want=$(info "$first" vmlinux_sha256)
	used=$(du -sk "$FAULTLINE_CACHE" | cut -f1)
	rm -rf "$FAULTLINE_CACHE"
	mkdir "$FAULTLINE_CACHE"
	# shellcheck disable=SC2016
	cat >"$W/full" <<-'SCRIPT'
		for percent in 2 5 10 20 30 40 50 60 70 80 90; do
			mount -t tmpfs -o size=$((used * percent / 100))k none "$FAULTLINE_CACHE"
			said=$("$ROOT/scripts/build-kernel" v0.9 stock off 2>&1)
			echo "$percent $? $(tail -n 1 <<<"$said")"
			mount -o remount,size=$((used * 4))k "$FAULTLINE_CACHE"
			d=$("$ROOT/scripts/build-kernel" v0.9 stock off 2>&1 | tail -n 1)
			echo "after $(sed -n 's/^vmlinux_sha256 = //p' "$d/info" || echo "$d")"
			umount "$FAULTLINE_CACHE"
		done
	SCRIPT
	used=$used ROOT=$ROOT unshare -rm bash "$W/full" >said 2>&1
	cat said
	[ "$(grep -cx "after $want" said)" -eq 11 ]
	# the code says what it was, unless so much fitted that all of it did
	[ "$(grep -cE "^[0-9]+ $EXIT_STORAGE faultline: " said)" -ge 6 ]
	[ "$(grep -cE '^[0-9]+ ' said)" -eq "$(grep -cE "^[0-9]+ ($EXIT_STORAGE|0) " said)" ]
}
