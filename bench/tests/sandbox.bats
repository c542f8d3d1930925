#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# A build of somebody's commits is somebody's code: what it cannot do, and that the
# kernel is the same.
#
# stage: quick
# order: 45
# needs: bubblewrap, and the right to use it, else most is skipped
# takes: 15 s

load common.bash
load tree.bash

setup() {
	new_world "$BATS_TEST_TMPDIR"
	cd "$W" || return
	export HOME=$W/home FAULTLINE_SANDBOX=
	mkdir "$HOME"
	echo secret >"$HOME/key"
}

need_sandbox() {
	bwrap --ro-bind / / --unshare-net --unshare-pid true 2>/dev/null ||
		skip "no bwrap here: apt-get install bubblewrap"
}

# hostile: a commit whose Makefile does what it can, and notes what it did; its name
hostile() {
	cat >>linux/Makefile <<'MAKE'
prepare: hostile
hostile:
	@mkdir -p $(O)
	@: >$(O)/did
	@for f in $(HOME)/evil $(srctree)/evil $(HOME)/../evil $(O)/../evil $(O)/../../../kernels/evil; do \
		echo x >$$f; done 2>/dev/null; true
	@(: <$(HOME)/key) 2>/dev/null && echo "read the home folder" >>$(O)/did; true
	@tail -n +3 /proc/net/dev | grep -v ' lo:' >>$(O)/did; true
	@kill -0 $$(cat $(srctree)/victim 2>/dev/null) 2>/dev/null && echo "another process is seen" >>$(O)/did; true
MAKE
	echo "$$" >linux/victim
	git -C linux add victim
	commit linux "kvm: an odd Makefile"
	as_variant linux HEAD
}

@test "a hostile Makefile writes to its object tree alone, reads no home, has no network" {
	need_sandbox
	name=$(hostile)
	run build "$name"
	expect 0 "$FAULTLINE_CACHE/kernels/v0.9/"
	did=$(echo "$FAULTLINE_CACHE"/trees/git-*/obj-*/did)
	[ -f "$did" ]
	[ ! -s "$did" ] || { cat "$did"; return 1; }
	[ -z "$(find "$W" -name evil)" ]
	# The same without: what the sandbox is for.
	rm -rf "$FAULTLINE_CACHE/kernels" "$did"
	FAULTLINE_SANDBOX=no run build "$name"
	expect 0
	[ "$(find "$W" -name evil | wc -l)" -eq 4 ]
	grep -q "read the home folder" "$did"
	grep -q "another process is seen" "$did"
}

@test "the kernel is the same in the sandbox and outside, byte for byte" {
	need_sandbox
	echo '// more' >>linux/arch/x86/kvm/mmu/mmu.c
	commit linux "kvm: a line"
	name=$(as_variant linux HEAD)
	inside=$(build "$name" 2>/dev/null)
	cp -r "$inside" kept
	rm -rf "$FAULTLINE_CACHE/kernels" "$FAULTLINE_CACHE"/trees/git-*/obj-*
	outside=$(FAULTLINE_SANDBOX=no build "$name" 2>/dev/null)
	[ "${inside##*/}" = "${outside##*/}" ]
	diff -r -x info -x used kept "$outside"
	diff <(grep -v build_seconds kept/info) <(grep -v build_seconds "$outside/info")
}

@test "where no sandbox is to be made that is said once, and with must it is the end" {
	mkdir bin
	printf '#!/bin/sh\nexit 1\n' >bin/bwrap
	chmod +x bin/bwrap
	PATH=$W/bin:$PATH
	name=$(as_variant linux HEAD)
	FAULTLINE_SANDBOX=must run build "$name"
	expect "$EXIT_MISSING" "FAULTLINE_SANDBOX=must" "apt-get install bubblewrap"
	run build "$name"
	expect 0 "without a sandbox"
	rm -rf "$FAULTLINE_CACHE/kernels"
	run build "$name"
	expect 0
	lacks "without a sandbox"
	# A base's own series, and patches of variants/, are not asked about.
	FAULTLINE_SANDBOX=no run build "$name"
	expect 0
}

# limits COMMAND...: it, with the limits of a build set to little
limits() {
	run bash -uc '. "$1/scripts/lib/common.sh"; . "$1/scripts/lib/sandbox.sh"
		BUILD_MEMORY=$((256 << 10)) BUILD_SECONDS=1 limited=1
		shift; confined "$@"' - "$ROOT" "$@"
}

@test "a build has a limit of memory and of time, with and without a sandbox" {
	limits awk 'BEGIN { while (length(s) < 2 ^ 29) s = s "0123456789abcdef" s; print "grew" }'
	[ "$status" -ne 0 ]
	lacks grew
	limits sleep 20
	[ "$status" -eq 124 ]
	limits echo done
	expect 0 "done"
	printf 'prepare: wait\nwait:\n\t@sleep 30\n' >>linux/Makefile
	commit linux "kvm: it takes its time"
	name=$(as_variant linux HEAD)
	mkdir -p scripts
	cp -r "$ROOT/scripts/." scripts
	ln -s "$ROOT"/{build,bench,variants,guests} .
	sed -i 's/BUILD_SECONDS=7200/BUILD_SECONDS=2/' scripts/lib/sandbox.sh
	run scripts/build-kernel v0.9 "$name" off
	expect "$EXIT_BUILD" "is not built after 2 seconds"
}
