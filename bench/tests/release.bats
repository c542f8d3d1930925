#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# A release: its version, the tarball, what is built of it in two folders.
#
# stage: quick
# order: 90
# needs: a checkout with a commit, or its tarball
# takes: 60 s

load common.bash

setup_file() {
	TREE=$BATS_FILE_TMPDIR/tree
	mkdir "$TREE" "$BATS_FILE_TMPDIR/out"
	# What is here, committed or not, as the tarball would have it.
	bash -c '. "$1/scripts/lib/common.sh"
		cd "$ROOT" && own_files --others "*" ":!results" | while IFS= read -r f; do [ ! -e "$f" ] || echo "$f"; done |
			tar -cf - -T - | tar -xf - -C "$2"
		own_revision | tr -d "+?" | sed "s/\$/?/" >"$2/source-revision"' - \
		"$(dirname "$BATS_TEST_FILENAME")/../.." "$TREE"
}

setup() {
	TREE=$BATS_FILE_TMPDIR/tree
	VERSION=$(sed -nE 's/^#define FAULTLINE_VERSION "(.*)"$/\1/p' "$ROOT/bench/util/version.h")
	# A tree of its own, whatever runs this.
	unset FAULTLINE_ROOT FAULTLINE_VARIANTS FAULTLINE_WORKLOADS
}

@test "one version: the program's, the man page's, the changelog's" {
	[[ $VERSION =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]
	run "$FL" --version
	expect 0 "faultline $VERSION" "revision "
	[ "$(sed -nE 's/^## (.*)/\1/p' "$ROOT/CHANGELOG.md" | head -n 1)" = "$VERSION" ]
	run "$ROOT/scripts/man"
	expect 0 "\"Faultline $VERSION\""
}

@test "the tarball is what git has of the commit, and the same bytes again" {
	[ -e "$ROOT/.git" ] || skip "this is no checkout"
	"$ROOT/scripts/dist" "$BATS_TEST_TMPDIR/a" 2>/dev/null
	(umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 "$ROOT/scripts/dist" "$BATS_TEST_TMPDIR/b" 2>/dev/null)
	cmp "$BATS_TEST_TMPDIR"/[ab]/*.tar.xz
	tar -xf "$BATS_TEST_TMPDIR"/a/*.tar.xz -C "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"/faultline-[0-9]*
	diff <(find . -type f -o -type l | sed 's,^\./,,' | grep -vx source-revision | LC_ALL=C sort) \
		<(git -C "$ROOT" -c core.quotePath=false ls-tree -r --name-only HEAD | LC_ALL=C sort)
	[ "$(cat source-revision)" = "$(git -C "$ROOT" rev-parse HEAD)?" ]
	[ -z "$(find . -type f -perm /022)" ]
	# A tarball makes none.
	run scripts/dist
	expect "$EXIT_MISSING" "is no git checkout"
}

# build FOLDER LOG: all that is installed, with nothing that git is asked. An empty
# ccache spares the second what is the same command on the same text: with a folder's
# name or a time in either it is another.
build() {
	local compiler=${CC:-gcc}
	[[ $compiler == *ccache* ]] || ! command -v ccache >/dev/null || compiler="ccache $compiler"
	export CCACHE_DIR=$BATS_TEST_TMPDIR/ccache
	unset CCACHE_NOHASHDIR CCACHE_BASEDIR
	(cd "$1" && env -u MAKEFLAGS CC="$compiler" make -s -j2 CFLAGS='-O1 -g' \
		all build/vitro.a man) >"$2" 2>&1 || { cat "$2"; return 1; }
}

# made FOLDER: a checksum of each file that is installed, objects' too
made() {
	(cd "$1/build" && find . -type f ! -name '*.d' ! -path './initramfs/*' -exec sha256sum {} + | LC_ALL=C sort -k2)
}

@test "what is built is the same bytes in another folder, at another time, for another user" {
	cd "$BATS_TEST_TMPDIR" || return
	one=$BATS_TEST_TMPDIR/one two="$BATS_TEST_TMPDIR/a longer path/zwölf"
	cp -r "$TREE" "$one"
	build "$one" "$BATS_TEST_TMPDIR/said"
	mkdir -p "${two%/*}"
	cp -r "$TREE" "$two"
	find "$two" -exec touch -d '2001-02-03 04:05' {} +
	(umask 077 && export LC_ALL=C.UTF-8 TZ=Asia/Tokyo && build "$two" "$BATS_TEST_TMPDIR/said")
	made "$one" >one.sums
	[ "$(wc -l <one.sums)" -gt 300 ]
	made "$two" | diff one.sums -
	# Nor is the folder's name in it where both have names of one length.
	run grep -rlaF "$one" "$one/build" --exclude='*.d'
	[ -z "$output" ] || { echo "$output"; return 1; }
	# Without git it knows what it is of, and that nobody knows what was changed since.
	run "$two/build/faultline" --version
	expect 0 "faultline $VERSION" "revision $(cat "$TREE/source-revision")"
	cp -r "$ROOT/bench/tests/golden/run" "$BATS_TEST_TMPDIR/run"
	run "$two/build/faultline" compare "$BATS_TEST_TMPDIR/run"
	expect 0 "touch"
	make -s -C "$two" CFLAGS='-O1 -g' CC="${CC:-gcc}" install DESTDIR="$BATS_TEST_TMPDIR/dest" PREFIX=/usr
	run "$BATS_TEST_TMPDIR/dest/usr/bin/faultline" --version
	expect 0 "revision $(cat "$TREE/source-revision")"
}
