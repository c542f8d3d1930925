#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# faultline cache: what is kept, and what of it goes, on a cache that is made up.
#
# stage: quick
# order: 50
# needs: nothing built but the programs; git, gcc
# takes: 3 s

load common.bash

setup() {
	export FAULTLINE_CACHE="$BATS_TEST_TMPDIR/a cache"
	unset FAULTLINE_CACHE_LIMIT
}

# made PATH BYTES DAYS: a file that was used so long ago
made() {
	mkdir -p "$FAULTLINE_CACHE/$(dirname "$1")"
	head -c "$2" /dev/zero | tr '\0' x >"$FAULTLINE_CACHE/$1"
	touch -d "$3 days ago" "$FAULTLINE_CACHE/$1" "$FAULTLINE_CACHE/$(dirname "$1")"
}

kernel() { # NAME DAYS
	made "kernels/v6.1/$1/vmlinux" 2000000 "$2"
	printf 'base = v6.1\nvariant = %s\n' "${1%-*}" >"$FAULTLINE_CACHE/kernels/v6.1/$1/info"
	printf '# a config\n%s\n' "${3-CONFIG_RETPOLINE=y}" >"$FAULTLINE_CACHE/kernels/v6.1/$1/config"
	touch -d "$2 days ago" "$FAULTLINE_CACHE/kernels/v6.1/$1/info" "$FAULTLINE_CACHE/kernels/v6.1/$1"
}

a_cache() {
	kernel mine-111 3
	kernel 'with a space-222' 40 CONFIG_KVM=y
	made trees/git-1/tree/Makefile 1000000 3
	made trees/git-1/obj-1/vmlinux 3000000 3
	echo / >"$FAULTLINE_CACHE/trees/git-1/origin"
	made packages/linux-source-6.1.tar.xz 1000000 1
	made src/v6.1-abc/tree/Makefile 1000000 90
	touch -d "90 days ago" "$FAULTLINE_CACHE/src/v6.1-abc"
	made ccache/1/x 1000 0
	made boots/ab/abcd 1000 2
	made logs/x.log 1000 0
	made 'somebody else/x' 1000 0
}

@test "list: every thing with its age, last use and size, a total, how it comes back" {
	a_cache
	touch -d '1 hour ago' "$FAULTLINE_CACHE/kernels/v6.1/mine-111/used"
	run "$FL" cache
	expect 0 "a cache" "v6.1/mine " "v6.1/with a space, no-retpoline-build" "obj-1" \
		"linux-source-6.1.tar.xz" "old source (kept by an earlier release" \
		"somebody else" "not of Faultline" "To get room: faultline cache prune --to"
	grep -qE '^  v6.1/mine +3 d +1 h +2 MB$' <<<"$output"
	grep -qE '^  v6.1/with a space, no-retpoline-build +40 d +40 d +2 MB$' <<<"$output"
	grep -qE '^all +10.0? MB$|^all +10 MB$' <<<"$output"
	[ -z "$(awk 'length > 75' <<<"$output")" ]
	[ "$("$FL" cache list)" = "$output" ]
}

@test "list and prune as JSON say the same" {
	a_cache
	"$FL" cache --format json >"$BATS_TEST_TMPDIR/j"
	jq -e '.bytes == ([.items[].bytes] | add)
		and ([.items[] | select(.kind == "kernel")] | length) == 2
		and (.items[] | select(.kind == "objects").source) == "trees/git-1"' "$BATS_TEST_TMPDIR/j"
	"$FL" cache prune --older-than 30 --format json >"$BATS_TEST_TMPDIR/j"
	jq -e '[.removed[].path] | sort == ["kernels/v6.1/with a space-222", "src/v6.1-abc"]' "$BATS_TEST_TMPDIR/j"
}

@test "prune: by age, by size, least recently used first, and a dry run that removes nothing" {
	a_cache
	run "$FL" cache prune --older-than 30 --dry-run
	expect 0 "with a space" "v6.1-abc" "would remove 3 MB"
	[ -d "$FAULTLINE_CACHE/kernels/v6.1/with a space-222" ]
	run "$FL" cache prune --older-than 30
	expect 0 "removed 3 MB; 7 MB left"
	[ ! -e "$FAULTLINE_CACHE/kernels/v6.1/with a space-222" ]
	[ ! -e "$FAULTLINE_CACHE/src/v6.1-abc" ]
	run "$FL" cache prune --to 3M
	expect 0 "removed"
	[ -e "$FAULTLINE_CACHE/packages/linux-source-6.1.tar.xz" ]
	run "$FL" cache prune --to 0
	expect 0
	[ "$(find "$FAULTLINE_CACHE" -type f ! -name '*.lock')" = "$FAULTLINE_CACHE/somebody else/x" ]
	run "$FL" cache prune --to 0
	expect 0 "removed 0 kB"
}

@test "prune without options keeps the limit of the environment" {
	a_cache
	run "$FL" cache prune
	expect 0 "removed 0 kB"
	FAULTLINE_CACHE_LIMIT=7500k run "$FL" cache prune
	expect 0 "with a space" "removed 3 MB"
	FAULTLINE_CACHE_LIMIT=much run "$FL" cache prune
	expect "$EXIT_USAGE" "FAULTLINE_CACHE_LIMIT=much is no size"
}

@test "options that are wrong, and a cache that is not there" {
	run "$FL" cache
	expect "$EXIT_NO_DATA" "there is no cache yet"
	run "$FL" cache prune --older-than never
	expect "$EXIT_USAGE" "'never' is no number of days"
	run "$FL" cache prune --to x
	expect "$EXIT_USAGE" "'x' is no size"
	run "$FL" cache --to 1G
	expect "$EXIT_USAGE" "that option is of: faultline cache prune"
	run "$FL" cache frob
	expect "$EXIT_USAGE" "list or prune, not 'frob'"
}

@test "two prunes at once: the second says so; what is in use is left alone and said" {
	a_cache
	exec 7>"$FAULTLINE_CACHE/prune.lock"
	flock 7
	run "$FL" cache prune --to 0
	expect "$EXIT_BUSY" "another process prunes this cache"
	run "$FL" cache prune --to 0 --dry-run
	expect 0 "would remove"
	exec 7>&-
	exec 7<"$FAULTLINE_CACHE/kernels/v6.1/mine-111" 8>"$FAULTLINE_CACHE/trees/git-1/lock"
	flock -s 7
	flock 8
	run "$FL" cache prune --to 0
	expect 0 "3 in use, and left alone"
	[ -f "$FAULTLINE_CACHE/kernels/v6.1/mine-111/info" ]
	[ -f "$FAULTLINE_CACHE/trees/git-1/obj-1/vmlinux" ]
	exec 7<&- 8>&-
}

@test "a prune that is killed, or cannot write: the next one ends it" {
	a_cache
	made kernels/v6.1/half-3.gone.999999999/vmlinux 1000 0
	run bash -c "'$FL' cache prune --older-than 30 >/dev/full"
	expect "$EXIT_STORAGE"
	[ ! -e "$FAULTLINE_CACHE/kernels/v6.1/half-3.gone.999999999" ]
	[ ! -e "$FAULTLINE_CACHE/kernels/v6.1/with a space-222" ]
	[ -f "$FAULTLINE_CACHE/kernels/v6.1/mine-111/info" ]
}

@test "a link that leads out of the cache goes alone: nothing is written or removed where it leads" {
	a_cache
	mkdir -p "$BATS_TEST_TMPDIR/elsewhere/obj-1"
	echo mine >"$BATS_TEST_TMPDIR/elsewhere/obj-1/vmlinux"
	ln -s "$BATS_TEST_TMPDIR/elsewhere" "$FAULTLINE_CACHE/trees/git-2"
	ln -s "$BATS_TEST_TMPDIR/elsewhere" "$FAULTLINE_CACHE/kernels/v6.1/linked-444"
	run "$FL" cache prune --to 0
	expect 0 "removed"
	[ ! -e "$FAULTLINE_CACHE/trees/git-2" ]
	[ "$(cd "$BATS_TEST_TMPDIR/elsewhere" && find . | sort | paste -sd" ")" = ". ./obj-1 ./obj-1/vmlinux" ]
}

@test "what cannot be removed is named" {
	[ "$(id -u)" -ne 0 ] || command -v chattr >/dev/null || skip "root, and no chattr"
	a_cache
	if [ "$(id -u)" -eq 0 ]; then
		chattr +i "$FAULTLINE_CACHE/kernels/v6.1/with a space-222/vmlinux" 2>/dev/null ||
			skip "root, and a file system without chattr"
	else
		chmod a-w "$FAULTLINE_CACHE/kernels/v6.1"
	fi
	run "$FL" cache prune --older-than 30
	chattr -R -i "$FAULTLINE_CACHE" 2>/dev/null || chmod u+w "$FAULTLINE_CACHE/kernels/v6.1"
	expect "$EXIT_STORAGE" "with a space-222 cannot be removed"
}

# The kernels of these are one file each, and no host is booted.
@test "a build keeps the limit, says so in one line, and leaves what it uses" {
	load fake_tree.bash
	fake_checkout
	fake_tree "$BATS_TEST_TMPDIR/linux"
	handler 1006 >"$HANDLER"
	git commit -qam "a check"
	kernel old-1 30
	FAULTLINE_CACHE_LIMIT=1M run "$FL" diff -1 --workloads touch-write
	expect 0 "touch-write       1000    +6   1006" "  PRUNE   1 unused things of the cache, 2 MB"
	[ "$(grep -c PRUNE <<<"$output")" -eq 1 ]
	[ ! -e "$FAULTLINE_CACHE/kernels/v6.1/old-1" ]
	[ -d "$FAULTLINE_CACHE/kernels/v6.12" ]
	# Nothing was built: nothing is looked at.
	kernel old-2 30
	rm "$FAULTLINE_CACHE/prune.lock"
	FAULTLINE_CACHE_LIMIT=1M run "$FL" diff -1 --workloads touch-write
	expect 0
	lacks PRUNE
	[ -d "$FAULTLINE_CACHE/kernels/v6.1/old-2" ]
	# Two kernels share what is of this repository; the sizes say how much.
	"$FL" cache --format json | jq -e '[.items[] | select(.kind == "commit")] | length == 2'
}
