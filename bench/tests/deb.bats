#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The Debian package: what it depends on, and that lintian accepts it.
#
# stage: quick
# order: 95
# needs: dpkg-buildpackage, debhelper and lintian, else it is skipped
# takes: 120 s

load common.bash

# field NAME: a field of the binary package's control, one package a line
field() {
	awk -v name="$1:" '/^Package:/ { on = 1 }
		on && $1 == name { inside = 1; $1 = "" }
		inside && /^[A-Z][A-Za-z-]*:/ { inside = 0 }
		inside { gsub(/[ ,]/, ""); if ($0) print }' "$ROOT/scripts/debian/control"
}

@test "the package names every package that scripts/packages.conf does for its users" {
	{ field Depends; field Recommends; field Suggests; } >named
	for p in $(sed -nE 's/^(bench|attribute|vitro|report|bochs|perf) +//p' "$ROOT/scripts/packages.conf"); do
		grep -qx "$p" named || { echo "no $p"; return 1; }
	done
	[ "$(wc -l <named)" -gt 30 ]
}

@test "the package is built, and lintian has nothing to say" {
	for tool in dpkg-buildpackage dh lintian; do
		command -v "$tool" >/dev/null || skip "no $tool: apt-get install dpkg-dev debhelper lintian"
	done
	[ -e "$ROOT/.git" ] || skip "this is no checkout"
	missing=$(cd "$ROOT/scripts" && dpkg-checkbuilddeps debian/control 2>&1) || skip "$missing"
	! command -v ccache >/dev/null || export CC="ccache ${CC:-gcc}" CCACHE_DIR=$BATS_TEST_TMPDIR/ccache
	export DEB_BUILD_OPTIONS=nocheck DEBFULLNAME='A. U. Thor' DEBEMAIL=author@debian.org
	run "$ROOT/scripts/deb" "$BATS_TEST_TMPDIR/deb"
	expect 0 "faultline_"
	deb=$(tail -n 1 <<<"$output")
	[ "$(dpkg-deb -f "$deb" Maintainer)" = "A. U. Thor <author@debian.org>" ]
	dpkg-deb -x "$deb" root
	unset FAULTLINE_ROOT FAULTLINE_VARIANTS FAULTLINE_WORKLOADS
	[ "$(root/usr/bin/faultline --version | head -n 1)" = "$("$FL" --version | head -n 1)" ]
	run root/usr/bin/faultline list bases
	expect 0 v6.1 v7.3
	# The same as `make install` puts there, but for its documents.
	[ -s root/usr/lib/faultline/host.cpio ]
	[ -x root/usr/share/faultline/scripts/build-kernel ]
	man --warnings=w -E UTF-8 -l root/usr/share/man/man1/faultline.1.gz >text 2>warnings
	[ ! -s warnings ]
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}
