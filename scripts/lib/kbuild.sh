# SPDX-License-Identifier: GPL-2.0
# How kbuild is called: flags, the configuration, one line of progress, what is
# said when it fails. scripts/build-kernel builds a whole kernel by it and
# scripts/check-series KVM alone, in one object tree, with the same commands, so
# that neither makes the other compile anything again.
# shellcheck shell=bash disable=SC2154

# wanted_config BASE [LINE...]: the configuration as asked: fragments in the
# base's order (its own folder first, then variants/kconfig), then the profile's
# lines. Of one symbol the last line counts; CONFIG_X= wants nothing of X.
wanted_config() {
	local base=$1 f
	shift
	{
		for f in $(conf_get "$ROOT/variants/$base/base.conf" kconfig); do
			cat "$ROOT/variants/$base/$f" 2>/dev/null ||
				cat "$ROOT/variants/kconfig/$f" ||
				die "$EXIT_MISSING" "variants/$base/base.conf names $f, which is neither in its folder nor in variants/kconfig"
		done
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} | awk -F= '
		/^CONFIG_/ { if (!($1 in line)) order[++n] = $1; line[$1] = $0 }
		END { for (i = 1; i <= n; i++) if (line[order[i]] !~ /=$/) print line[order[i]] }'
}

# prepare_kbuild BASE TREE OBJ -> make_flags, and the environment of make
prepare_kbuild() {
	local conf=$ROOT/variants/$1/base.conf tree=$2 obj=$3 maps o f
	# Nothing of this machine or minute goes into the kernel.
	export KBUILD_BUILD_TIMESTAMP='Mon Jan  1 00:00:00 UTC 2024'
	export KBUILD_BUILD_USER=faultline KBUILD_BUILD_HOST=faultline
	export KBUILD_BUILD_VERSION=1
	unset MAKEFLAGS MFLAGS MAKELEVEL
	make_flags=(-C "$tree" O="$obj" "CC=${CC:-gcc}" LOCALVERSION= -j"$(nproc)"
		"ARCH_POSTLINK=$ROOT/scripts/lib/postlink.mk")
	# Source lines of all functions, types of the handler's own, with no path
	# of this machine. It is kept next to the kernel: the code is the same
	# without.
	maps="-fdebug-prefix-map=$tree/= -fdebug-prefix-map=$tree=. -fdebug-prefix-map=$obj=."
	make_flags+=(KCFLAGS="-g1 $maps" KAFLAGS="-g $maps")
	for o in $(conf_get "$conf" handler); do
		for f in "$tree"/${o%.o}.c; do
			f=${f#"$tree"/arch/x86/kvm/}
			make_flags+=("CFLAGS_${f%.c}.o=-g")
		done
	done
	# Objects are shared by building in place; ccache adds to that where
	# variants change the same files to and fro. The first build would only
	# fill it, and pay a fifth more for that. Debian's masquerade keeps CC the
	# same for kbuild.
	if [ -f "$obj/vmlinux" ]; then
		export PATH=/usr/lib/ccache:$PATH
		export CCACHE_DIR=$CACHE/ccache CCACHE_DEPEND=1 CCACHE_MAXSIZE=2G
	fi
}

# fail_build NAME LOG: the end, with the compiler's first words
fail_build() {
	grep -m 5 -E 'error:|Error [0-9]|undefined reference|No space left' "$2" >&2
	if grep -q 'No space left' "$2"; then
		die "$EXIT_STORAGE" "$1: the disk is full; free some room under $CACHE"
	fi
	die "$EXIT_BUILD" "$1 does not build; the whole log is $2"
}

# configure NAME WANTED OBJ LOG: OBJ/.config of the text WANTED, by make_flags;
# every line of it holds, or the build fails.
configure() {
	local name=$1 wanted=$2 obj=$3 log=$4 line
	echo "$wanted" >"$obj/wanted.config"
	cmp -s "$obj/wanted.config" "$obj/wanted.done" && return
	make "${make_flags[@]}" KCONFIG_ALLCONFIG="$obj/wanted.config" \
		allnoconfig >"$log" 2>&1 || fail_build "$name" "$log"
	while read -r line; do
		case $line in
		*=n) grep -q "^${line%=n}=" "$obj/.config" &&
			die "$EXIT_BUILD" "$name: $line did not survive Kconfig: something selects it; see variants/kconfig" ;;
		CONFIG_*) grep -qxF "$line" "$obj/.config" ||
			die "$EXIT_BUILD" "$name: $line did not survive Kconfig ($(grep -E "\b${line%%=*}\b" "$obj/.config" || echo unknown there)); see variants/kconfig" ;;
		esac
	done <"$obj/wanted.config"
	cp "$obj/wanted.config" "$obj/wanted.done"
}

# progress NAME EXPECTED: one line a step of kbuild becomes one line of progress
# with the time left, judged by how many steps such a build takes.
progress() {
	local name=$1 expected=$2 n=0 t0=$SECONDS now last=0 line left tty='' end=$'\n'
	[ -t 2 ] && tty=$'\r\e[K' end=''
	while read -r line; do
		[ "${V-}" = 1 ] && echo "  $line" >&2
		n=$((n + 1)) now=$SECONDS
		[ "${V-}" = 1 ] && continue
		if [ -n "$tty" ] || [ $((now - last)) -ge 10 ]; then
			left=$(((expected > n ? expected - n : 0) * (now - t0) / n))
			printf '%s  %-7s %s [%d/%d] %s, %d:%02d left%s' "$tty" \
				KERNEL "$name" "$n" "$expected" "$line" \
				$((left / 60)) $((left % 60)) "$end" >&2
			last=$now
		fi
	done
	[ -n "$tty" ] && printf '%s' "$tty" >&2
}

# A killed build can leave half-written objects that are newer than their
# sources: those it was at when it was killed. The mark says that it never came
# to its end; what was written in its last minute is made again.
mend_objects() { # OBJ
	local last
	[ -f "$1/.building" ] || return 0
	say CLEAN "objects of a build that was killed"
	last=$(find "$1" -type f \( -name '*.o' -o -name '*.a' \) -printf '%T@\n' |
		sort -n | tail -n 1)
	find "$1" -type f \( -name '*.o' -o -name '*.a' \) \
		-newer "$1/.building" -newermt "@$((${last%.*} - 60))" -delete
}

# compile NAME OBJ LOG EXPECTED: OBJ/vmlinux, by make_flags
compile() {
	local name=$1 obj=$2 log=$3 made
	mend_objects "$obj"
	touch "$obj/.building"
	make "${make_flags[@]}" vmlinux 2>&1 | tee "$log" |
		grep --line-buffered -E '^  [A-Z][A-Z0-9_]+ +[^ ]+$' | progress "$name" "$4"
	made=${PIPESTATUS[0]}
	[ "$made" -le 2 ] && rm -f "$obj/.building"	# make came to its end
	[ "$made" -eq 0 ] || fail_build "$name" "$log"
	if grep -q 'warning:' "$log"; then
		grep -m 3 'warning:' "$log" >&2
		echo "faultline: warning: $name builds with warnings, see $log" >&2
	fi
}
