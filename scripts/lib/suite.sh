# SPDX-License-Identifier: GPL-2.0
# Packages of another Debian release, from the mirrors that this machine's own
# configuration names: they have its suites too. All goes into a package list
# of our own in the current folder; nothing is installed, the machine's lists
# are not touched and no root is needed.
# shellcheck shell=bash

# use_suite SUITE -> suite_apt: options that make apt-get look there and
# nowhere else. "trixie-backports" alone would lack what its packages need, so
# trixie is next to it.
use_suite() {
	local codename keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	local release=${1%-backports}
	codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	mkdir -p lists/partial cache/archives/partial
	[ -f "$keyring" ] && keyring="[signed-by=$keyring] " || keyring=''
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' | sort -u |
		sed -nE "s#^([^ ]+) $codename(-security)? main\$#deb $keyring\\1 $release\\2 main#p" \
		>sources.list
	[ "$release" = "$1" ] ||
		sed -n "/-security main\$/!s# $release main\$# $1 main#p" \
			sources.list >backports.list
	[ ! -f backports.list ] || cat backports.list >>sources.list
	suite_apt=(-o "Dir::Etc::SourceList=$PWD/sources.list"
		-o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$PWD/lists"
		-o "Dir::Cache=$PWD/cache" -o Acquire::Languages=none)
	apt-get "${suite_apt[@]}" update
}

# download PACKAGE [APT-OPTION...]: into the current folder
download() {
	local package=$1
	shift
	apt-get "$@" download "$package" && ls ./"$package"_*.deb >/dev/null
}

download_from() { # SUITE PACKAGE
	[ -n "$1" ] || return 1
	use_suite "$1"
	download "$2" "${suite_apt[@]}"
}

# download_closure SUITE PACKAGE: it and all it needs, down to the C library,
# into cache/archives of the current folder. An empty status file makes apt-get
# think that nothing is installed here.
download_closure() {
	use_suite "$1"
	: >status
	apt-get "${suite_apt[@]}" -o "Dir::State::status=$PWD/status" \
		-o Dir::Etc::PreferencesParts=/dev/null \
		-o Dir::Etc::Preferences=/dev/null -o Debug::NoLocking=1 \
		-t "$1" --download-only --yes \
		--no-install-recommends install "$2"
}

# codename_of ALIAS: trixie for stable. A mirror may have the newest lists under
# the codename alone.
codename_of() {
	use_suite "$1" >&2 || :
	sed -n 's/^Codename: //p' lists/*_dists_"$1"_InRelease | head -n 1
}

# suite_of PACKAGE: nothing where this machine's own suites have it, else the
# first other one that has. Fails where none has.
suite_of() (
	local suite own dir
	apt-cache show "$1" >/dev/null 2>&1 && exit 0
	own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	dir=$(mktemp -d) && cd "$dir" || exit
	trap 'rm -rf "$dir"' EXIT
	for suite in "$own-backports" stable stable-backports testing sid; do
		rm -rf lists cache
		case $suite in
		stable | testing) suite=$(codename_of "$suite" 2>log) ;;
		stable-backports) suite=$(codename_of stable 2>log)-backports ;;
		esac
		say LOOK "for $1 in $suite"
		rm -rf lists cache
		use_suite "$suite" >log 2>&1
		apt-cache "${suite_apt[@]}" show "$1" >/dev/null 2>&1 && echo "$suite" && exit
	done
	exit 1
)
