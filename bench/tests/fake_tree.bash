# SPDX-License-Identifier: GPL-2.0
# A kernel tree of a few files, and a checkout whose kernels are one file each and
# whose QEMU boots nothing (stubs/diff, stub_qemu.c): what a fault costs stands in
# the handler. For tests that are about commits.
# shellcheck shell=bash disable=SC2154

HANDLER=arch/x86/kvm/mmu/mmu.c

# fake_checkout: FAULTLINE_ROOT, and STUB with a line for each build and boot
fake_checkout() {
	export STUB=$BATS_TEST_TMPDIR/stub FAULTLINE_CACHE=$BATS_TEST_TMPDIR/cache
	export FAULTLINE_RESULTS=$BATS_TEST_TMPDIR/results FAULTLINE=$FL
	export FAULTLINE_QEMU=$ROOT/build/unit/stub_qemu FAULTLINE_ROOT=$BATS_TEST_TMPDIR/root
	export GIT_AUTHOR_NAME="A Developer" GIT_AUTHOR_EMAIL=dev@example.org
	export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
	unset FAULTLINE_VARIANTS FAULTLINE_WORKLOADS
	mkdir -p "$STUB" "$FAULTLINE_ROOT/scripts"
	ln -s "$ROOT"/{variants,guests,bench,build} "$FAULTLINE_ROOT"
	ln -s "$ROOT"/scripts/{new,lib,source} "$TESTS"/stubs/diff/* "$FAULTLINE_ROOT/scripts"
}

# handler FIGURE [TEXT]: its text; TEXT goes into the middle of it
handler() {
	printf '// figure %s\nint kvm_mmu_page_fault(int x) { return x + %s; }\n' "$1" "$1"
	printf 'int direct_page_fault(int x) { return 3 * x; }\n%s\n' "${2-}"
}

# fake_tree DIR: a repository with one commit, of 1000; it is the current folder
fake_tree() {
	git init -q -b master "$1"
	cd "$1" || return 1
	mkdir -p "${HANDLER%/*}"
	printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 7\n' >Makefile
	handler 1000 >"$HANDLER"
	git add .
	git commit -qm "the start"
}

# add_commit SUBJECT [FIGURE]: one with a file of its own, and what a fault costs
add_commit() {
	echo "$1" >"note of $1"
	[ $# -lt 2 ] || handler "$2" >"$HANDLER"
	git add .
	git commit -qm "$1"
}

# history FROM [AT...]: commits 1 to 64 on the start; from FROM on a fault costs
# seven more; the commits AT do not build
history() {
	local i from=$1 text
	shift
	for ((i = 1; i <= 64; i++)); do
		text=''
		[[ " $* " != *" $i "* ]] || text='#error broken'
		printf 'commit refs/heads/master\nauthor A <a@example.org> %d +0000\n' $((1700000000 + i))
		printf 'committer A <a@example.org> %d +0000\n' $((1700000000 + i))
		printf 'data <<X\ncommit %d\nX\n' "$i"
		[ "$i" -ne 1 ] || printf 'from refs/heads/master^0\n'
		printf 'M 100644 inline %s\ndata <<X\n%s\nX\n' "$HANDLER" \
			"$(handler $((i >= from ? 1007 : 1000)) "$text")"
		printf 'M 100644 inline notes\ndata <<X\n%s\nX\n\n' "$i"
	done | git fast-import --quiet
	git reset -q --hard
}

# builds: how many kernels were built; boots: how many hosts were booted
builds() {
	{ wc -l <"$STUB/builds"; } 2>/dev/null || echo 0
}

boots() {
	{ wc -l <"$STUB/boots"; } 2>/dev/null || echo 0
}
