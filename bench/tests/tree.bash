# SPDX-License-Identifier: GPL-2.0
# What the tests of sources share: a git repository of bench/tests/tiny-kernel, a
# base for it, commits as variants.
# shellcheck shell=bash disable=SC2154

# new_world DIR: a cache, a base v0.9 and a repository, all of the test's own
new_world() {
	W=$1
	export FAULTLINE_CACHE=$W/cache FAULTLINE_BASES=$W/bases FAULTLINE_VARIANTS=$W/bases
	mkdir -p "$W/bases/v0.9/stock"
	cat >"$W/bases/v0.9/base.conf" <<-CONF
	title = a kernel of four objects
	version = 0.9
	package = linux-source-0.9
	kconfig = base.config
	handler = arch/x86/kvm/mmu/*.o
	link = virt/kvm/kvm_main.o
	steps = 5
	steps_variant = 2
	CONF
	echo CONFIG_KVM=y >"$W/bases/v0.9/base.config"
	echo 'title = stock' >"$W/bases/v0.9/stock/variant.conf"
	: >"$W/bases/v0.9/stock/series"
	new_repository "$W/linux"
}

# as_author COMMAND...: git, as somebody, at a fixed time
as_author() {
	GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=A \
		GIT_COMMITTER_EMAIL=a@example.org GIT_CONFIG_GLOBAL=/dev/null/none "$@"
}

new_repository() { # DIR
	cp -r "$TESTS/tiny-kernel" "$1"
	git -C "$1" init -q -b master
	git -C "$1" add -A
	as_author git -C "$1" commit -qm stock
}

# commit DIR SUBJECT: all that is changed
commit() {
	as_author git -C "$1" commit -qam "$2"
}

# as_variant DIR COMMIT: the commit as a variant of v0.9, its name printed
as_variant() {
	local id name
	id=$(git -C "$1" rev-parse "$2")
	name=${id:0:12}
	mkdir -p "$FAULTLINE_CACHE/commits/v0.9/$name"
	: >"$FAULTLINE_CACHE/commits/v0.9/$name/series"
	cat >"$FAULTLINE_CACHE/commits/v0.9/$name/variant.conf" <<-CONF
	title = $(git -C "$1" log -1 --format=%s "$2")
	commit = $id
	tree = $(git -C "$1" rev-parse "$2^{tree}")
	repository = $(realpath "$1/.git")
	CONF
	echo "$name"
}

# build VARIANT: its kernel's folder
build() {
	"$ROOT/scripts/build-kernel" v0.9 "$1" off
}

info() { # FOLDER KEY
	sed -n "s/^$2 = //p" "$1/info"
}

# the one store of a kind, by its name's beginning
store() {
	echo "$FAULTLINE_CACHE/trees/$1"*
}
