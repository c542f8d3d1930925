# SPDX-License-Identifier: GPL-2.0
# Packages that are downloaded and unpacked, never installed: by the machine's
# own package manager, from the mirrors its own configuration names.
# shellcheck shell=bash

# download PACKAGE [APT-OPTION...]: into the current folder
download() {
	local package=$1
	shift
	apt-get "$@" download "$package" && ls ./"$package"_*.deb >/dev/null
}

# The mirrors that this machine's own configuration names have the suites of
# other releases too. They go into a package list of our own, in the current
# folder; the machine's lists are not touched.
download_from() { # SUITE PACKAGE [APT-OPTION...]
	[ -n "$1" ] || return 1
	local options=(-o "Dir::Etc::SourceList=$PWD/sources.list"
		-o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$PWD/lists"
		-o "Dir::Cache=$PWD/cache" -o Acquire::Languages=none)
	if [ ! -f sources.list ]; then
		list_suite "$1" >sources.list
		mkdir -p lists/partial cache/archives/partial
		apt-get "${options[@]}" update
	fi
	download "${@:2}" "${options[@]}"
}

# The lines of a package list for a suite, from the machine's own mirrors.
list_suite() { # SUITE
	local codename keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	[ -f "$keyring" ] && keyring="[signed-by=$keyring] " || keyring=''
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' | sort -u |
		sed -nE "s#^([^ ]+) $codename(-security)? main\$#deb $keyring\\1 $1\\2 main#p"
}
