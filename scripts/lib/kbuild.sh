# SPDX-License-Identifier: GPL-2.0
# How kbuild is called: flags, the configuration, one line of progress, what is
# said when it fails. scripts/build-kernel builds a whole kernel by it and
# scripts/check-series KVM alone, in one object tree, with the same commands, so
# that neither makes the other compile anything again.
# shellcheck shell=bash disable=SC2154
# shellcheck source=scripts/lib/sandbox.sh
. "$ROOT/scripts/lib/sandbox.sh"

# last_lines: of each symbol the last of its lines; CONFIG_X= wants nothing of X.
last_lines() {
	awk -F= '
		/^CONFIG_/ { if (!($1 in line)) order[++n] = $1; line[$1] = $0 }
		END { for (i = 1; i <= n; i++) if (line[order[i]] !~ /=$/) print line[order[i]] }'
}

# wanted_config BASE [LINE...]: the configuration as asked: fragments in the
# base's order (its own folder first, then variants/kconfig), then the profile's
# lines. Of one symbol the last line counts; a base's `CONFIG_X=` takes back what
# variants/kconfig says of X.
wanted_config() {
	local dir f
	dir=$(base_dir "$1")
	shift
	{
		for f in $(conf_get "$dir/base.conf" kconfig); do
			cat "$dir/$f" 2>/dev/null ||
				cat "$ROOT/variants/kconfig/$f" ||
				die "$EXIT_MISSING" "$dir/base.conf names $f, which is neither in its folder nor in variants/kconfig"
		done
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} | last_lines
}

# What decides what comes out of a configured tree, besides it: debug
# information of lines for all functions, of types for the handler's own.
DEBUG_C=-g1 DEBUG_S=-g DEBUG_HANDLER=-g

# find_compiler -> cc (CC in words), compiler, linker: as their first lines say.
# CC is taken from the environment; it is in every kernel's key.
find_compiler() {
	local tool
	read -ra cc <<<"${CC:-gcc}"
	for tool in make "${cc[0]}" ld git flex bison; do
		command -v "$tool" >/dev/null ||
			die "$EXIT_MISSING" "$tool is missing; run: scripts/deps"
	done
	compiler=$("${cc[@]}" --version | head -n 1)
	[ -n "$compiler" ] || die "$EXIT_MISSING" "CC=$CC is no compiler: it says nothing to --version"
	linker=$(ld --version | head -n 1)
}

# decided_by WANTED: what decides the objects of a tree, as text: the configuration
# as asked, the compiler, the linker, the flags
decided_by() {
	echo "$1"
	echo "$compiler, $linker, $DEBUG_C, $DEBUG_S, $DEBUG_HANDLER"
}

# object_tree_of WANTED: the name of the folder next to the work tree
object_tree_of() {
	local key
	key=$(decided_by "$1" | sha256_of)
	echo "obj-${key:0:12}"
}

# kbuild ARG...: make, in an environment of its own
kbuild() {
	local name pass=()
	for name in TMPDIR LD_LIBRARY_PATH LD_PRELOAD; do
		[ -z "${!name-}" ] || { [ $name = TMPDIR ] && [ ${#confine[@]} -gt 0 ]; } || pass+=("$name=${!name}")
	done
	confined env -i "PATH=$kbuild_path" "HOME=$HOME" LC_ALL=C TZ=UTC "${pass[@]}" \
		"${kbuild_env[@]}" make "$@"
}

# prepare_kbuild BASE TREE OBJ -> make_flags, kbuild_path, kbuild_env
prepare_kbuild() {
	local conf tree=$2 obj=$3 maps o f
	conf=$(base_dir "$1")/base.conf
	# Nothing of this machine or minute goes into the kernel.
	kbuild_env=(KBUILD_BUILD_TIMESTAMP='Mon Jan  1 00:00:00 UTC 2024'
		KBUILD_BUILD_USER=faultline KBUILD_BUILD_HOST=faultline
		KBUILD_BUILD_VERSION=1)
	kbuild_path=$PATH
	make_flags=(-C "$tree" O="$obj" "CC=${cc[*]}" LOCALVERSION= -j"$(nproc)"
		"ARCH_POSTLINK=$obj/postlink.mk")
	# In the object tree: from another checkout it is the same command.
	cmp -s "$ROOT/scripts/lib/postlink.mk" "$obj/postlink.mk" ||
		cp "$ROOT/scripts/lib/postlink.mk" "$obj/postlink.mk" ||
		die "$EXIT_STORAGE" "cannot write $obj: is the disk full?"
	# Source lines of all functions, types of the handler's own, with no path
	# of this machine. It is kept next to the kernel: the code is the same
	# without.
	maps="-fdebug-prefix-map=$tree/= -fdebug-prefix-map=$tree=. -fdebug-prefix-map=$obj=."
	make_flags+=(KCFLAGS="$DEBUG_C $maps" KAFLAGS="$DEBUG_S $maps")
	for o in $(conf_get "$conf" handler); do
		for f in "$tree"/${o%.o}.c; do
			f=${f#"$tree"/arch/x86/kvm/}
			make_flags+=("CFLAGS_${f%.c}.o=$DEBUG_HANDLER")
		done
	done
	# Objects are shared by building in place; ccache adds to that where
	# variants change the same files to and fro. The first build would only
	# fill it, and pay a fifth more for that. Debian's masquerade keeps CC the
	# same for kbuild.
	if [ -f "$obj/vmlinux" ]; then
		kbuild_path=/usr/lib/ccache:$PATH
		kbuild_env+=("CCACHE_DIR=$CACHE/ccache" CCACHE_DEPEND=1 CCACHE_MAXSIZE=2G)
	fi
}

# fail_build NAME LOG: the end, with the compiler's first words; the first of them in
# the message, which is all that a table or a reviewer's tool shows
fail_build() {
	local first
	grep -m 5 -E 'error:|\*\*\* |Error [0-9]|undefined reference|No space left' "$2" >&2
	if grep -qs 'No space left' "$2" || no_room; then
		die "$EXIT_STORAGE" "$1: the disk is full; free some room under $CACHE"
	fi
	first=$(grep -m 1 -E 'error:|undefined reference' "$2" | sed -E "s#^$CACHE/trees/[^/]*/tree/##")
	die "$EXIT_BUILD" "$1 does not build${first:+: $first}; the whole log is $2"
}

# kconfig_of TREE: what decides, besides the wanted lines, what configuration
# comes out: every Kconfig file, and how they are read.
kconfig_of() {
	store_git ls-tree -r "$1" |
		grep -E '\s(([^\t]*/)?Kconfig[^/]*|scripts/(kconfig/.*|[^/]*\.sh))$' | sha256_of
}

# declared OBJ: the symbols that the Kconfig files of the work tree declare
declared() {
	store_git ls-files | grep -E '(^|/)Kconfig[^/]*$' | (cd "$STORE/tree" && xargs cat --) |
		sed -nE 's/^[[:space:]]*(menu)?config[[:space:]]+([A-Za-z0-9_]+).*/CONFIG_\2/p' | sort -u
}

# drop_gone BASE OBJ: of a base that was made from another one (it is in the
# cache), lines of symbols that this tree no longer declares are left out of
# OBJ/wanted.config; OBJ/gone names them.
drop_gone() {
	local dir
	dir=$(base_dir "$1")
	: >"$2/gone"
	[ -n "$(conf_get "$dir/base.conf" template)" ] || [[ $dir == "$CACHE"/bases/* ]] || return 0
	sed -n 's/^\(CONFIG_[A-Za-z0-9_]*\)=.*/\1/p' "$2/wanted.config" | sort -u |
		comm -23 - <(declared) >"$2/gone"
	[ -s "$2/gone" ] || return 0
	say KCONFIG "$1 has no $(paste -sd' ' "$2/gone" | sed 's/ /, /g'): left out"
	grep -vE "^($(paste -sd'|' "$2/gone"))=" "$2/wanted.config" >"$2/wanted.new"
	mv "$2/wanted.new" "$2/wanted.config"
}

# lost_lines OBJ: the lines of wanted.config that .config does not hold, and why
lost_lines() {
	local line symbol
	while read -r line; do
		symbol=${line%%=*}
		case $line in
		*=n)
			if grep -q "^$symbol=" "$1/.config"; then
				echo "$line did not survive Kconfig: something selects it"
			elif ! grep -q "^# $symbol is not set" "$1/.config" &&
			     ! grep -qxF "$symbol" "$1/declared"; then
				echo "$line did not survive Kconfig (unknown there)"
			fi
			;;
		CONFIG_*)
			grep -qxF "$line" "$1/.config" ||
				echo "$line did not survive Kconfig ($(grep -E "\b$symbol\b" "$1/.config" ||
					{ grep -qxF "$symbol" "$1/declared" && echo "not to be set there"; } ||
					echo unknown there))"
			;;
		esac
	done <"$1/wanted.config"
}

# configure BASE NAME WANTED OBJ LOG TREE: OBJ/.config of the text WANTED and the
# Kconfig files of TREE, by make_flags; every line of it holds, or the build fails
# and names all that do not.
configure() {
	local base=$1 name=$2 wanted=$3 obj=$4 log=$5 lost
	printf '%s\n# Kconfig: %s\n' "$wanted" "$(kconfig_of "$6")" >"$obj/asked"
	cmp -s "$obj/asked" "$obj/asked.done" && return
	echo "$wanted" >"$obj/wanted.config"
	drop_gone "$base" "$obj"
	kbuild "${make_flags[@]}" KCONFIG_ALLCONFIG="$obj/wanted.config" \
		allnoconfig >"$log" 2>&1 || fail_build "$name" "$log"
	declared >"$obj/declared"
	lost=$(lost_lines "$obj")
	if [ -n "$lost" ]; then
		sed 's/^/  /' <<<"$lost" >&2
		die "$EXIT_BUILD" "$name: $(head -n 1 <<<"$lost")$([ "$(wc -l <<<"$lost")" -eq 1 ] || echo ", and $(($(wc -l <<<"$lost") - 1)) more lines above"); see variants/kconfig and $(base_dir "$base")"
	fi
	mv "$obj/asked" "$obj/asked.done"
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

# compile NAME OBJ LOG EXPECTED [TARGET]: OBJ/vmlinux, or TARGET, by make_flags
compile() {
	local name=$1 obj=$2 log=$3 made
	mend_objects "$obj"
	touch "$obj/.building"
	kbuild "${make_flags[@]}" "${5-vmlinux}" 2>&1 | tee "$log" |
		grep --line-buffered -E '^  [A-Z][A-Z0-9_]+ +[^ ]+$' | progress "$name" "$4"
	made=${PIPESTATUS[0]}
	[ "$made" -ne 124 ] || [ -z "${limited-}" ] ||
		die "$EXIT_BUILD" "$name is not built after $BUILD_SECONDS seconds, the most that a build of somebody's commits may take; see $log"
	[ "$made" -le 2 ] && rm -f "$obj/.building"	# make came to its end
	[ "$made" -eq 0 ] || fail_build "$name" "$log"
	if grep -q 'warning:' "$log"; then
		grep -m 3 'warning:' "$log" >&2
		echo "faultline: warning: $name builds with warnings, see $log" >&2
	fi
}
