# SPDX-License-Identifier: GPL-2.0
# What scripts/torture does around each fault: a folder of its own, the command below
# `plant`, and what of judge.bash it is held to. A fault is a function fault_NAME that
# calls `once` for each time that it is planted, or commands and `look` itself.
# shellcheck shell=bash disable=SC2154

CELLS=(--base v6.1 --variants const-fields -p off --workloads 'null,touch-write' --boots 1 --jobs 1)

# key NAME KEY: of the table
key() {
	awk -v name="[$1]" -v key="$2" '
	/^\[/ { on = $0 == name; last = ""; next }
	!on || /^#/ { next }
	/^[ \t]+[^ \t]/ { if (last == key) { sub(/^[ \t]+/, ""); text = text " " $0 } next }
	{ last = $0; sub(/[ \t]*=.*/, "", last) }
	last == key { text = $0; sub(/^[^=]*=[ \t]*/, "", text) }
	END { print text }' "$TABLE/faults.conf"
}

# clean COMMAND...: as a user has it who sets nothing, in this fault's folder
clean() {
	(
		cd "$W/cwd" || exit
		unset "${!FAULTLINE_@}" "${!GIT_@}" XDG_CACHE_HOME KERNEL_SRC
		export HOME=$W/home TMPDIR=$W/tmp LC_ALL=C.UTF-8
		export FAULTLINE_CACHE=$C FAULTLINE_RESULTS=$W/r FAULTLINE_RUN_LOCK=$W/lock
		export FAULTLINE_QEMU=$HERE/qemu TORTURE_DOES=$W/does
		export TORTURE_REFERENCE=$reference TORTURE_ROOT=$ROOT
		exec "$@"
	)
}

# under [OPTION-OF-PLANT...] -- COMMAND...: sets status; what it says is in $W/said
under() {
	local opts=()
	while [ "$1" != -- ]; do
		opts+=("$1")
		shift
	done
	shift
	clean "${with[@]}" "$PLANT" --left "$W/left" "${opts[@]}" "$@" >"$W/said" 2>&1 </dev/null
	status=$?
	cat "$W/said" >>"$W/log"
}

# fresh: the folder of a fault, empty
fresh() {
	mount -l 2>/dev/null | grep -qF "$W/" && umount "$W"/*/ 2>/dev/null
	chmod -R u+rwX "$W" 2>/dev/null
	rm -rf "$W"
	mkdir -p "$W"/{home,tmp,cwd,outside,r}
	echo "nobody's" >"$W/outside/file"
	C=$cache
	does "of null && again; $([ -z "$quick" ] && echo really || echo again)"
	with=()
	: >"$W/left"
	before=$(outside)
}

# does TEXT: what QEMU does from now on
does() { printf '%s\n' "$1" >"$W/does"; }

# own_cache: this fault has a cache of its own, which it may spoil
own_cache() {
	cp -a "$cache" "$W/cache"
	C=$W/cache
}

# outside: every file that no command has a business with
outside() { listing "$W"/{home,tmp,cwd,outside} "$ROOT" | grep -v '/__pycache__'; }

lost_() { problems+=("lost: $*"); nr_lost=$((nr_lost + 1)); }
wrong() { problems+=("$*"); }
changed() { problems+=("figures changed: $*"); nr_changed=$((nr_changed + 1)); }

# run_of: the newest run of this fault, whether `latest` came to point to it or not
run_of() {
	local d last=''
	for d in "$W"/r/2*/; do
		[ ! -f "$d/run.json" ] || last=${d%/}
	done
	echo "${last:-$W/r/none}"
}

# look CODE...: at what the command left, and said; its run is the newest, or in `at`
look() {
	local more code may=()
	for code in "$@"; do may+=("$(code_of "$code")"); done
	is_one_of "$status" "${may[@]}" ||
		wrong "exit code $status, not ${may[*]}: $(tail -n 1 "$W/said")"
	[ ! -s "$W/left" ] || wrong "left: $(paste -sd, "$W/left")"
	if grep -qE 'Sanitizer|Segmentation fault|core dumped|stack smashing' "$W/said"; then
		wrong "crashed: $(tail -n 1 "$W/said")"
	fi
	more=$(LC_ALL=C comm -13 <(printf '%s\n' "$before") <(outside))
	more+=$(LC_ALL=C comm -23 <(printf '%s\n' "$before") <(outside))
	[ -z "$more" ] || wrong "outside: $(head -n 2 <<<"$more" | paste -sd' ')"
	more=$(lost "$W/said" "${at-$(run_of)}")
	[ -z "$more" ] || lost_ "$more"
	seen_codes+=" $status"
	planted=$((planted + 1))
}

# says TEXT...: each is in what the command said
says() {
	local text
	for text in "$@"; do
		grep -qF -e "$text" "$W/said" || wrong "no '$text' in: $(tail -n 1 "$W/said")"
	done
	said=$(grep -F -e "$1" "$W/said" | head -n 1)
}

# go_on: without the fault the same run goes on, or the same command where there is none
go_on() {
	local had=$W/had run
	does "of null && again; $([ -z "$quick" ] && echo "${1-really}" || echo again)"
	with=()
	run=$(run_of)
	whole_records "$run" >"$had"
	[ ! -f "$W/sound" ] || { grep -xFf "$W/sound" "$had" >"$had.sound"; mv "$had.sound" "$had"; }
	if [ -f "$run/run.json" ]; then
		under -- "$FL" run --resume "$run" --jobs 1
		went_on=resume
	else
		under -- "$FL" run "${CELLS[@]}"
		went_on='the same command'
	fi
	[ "$status" -eq 0 ] || wrong "does not go on, exit code $status: $(tail -n 1 "$W/said")"
	same_figures
	[ ! -s "$had" ] || [ -z "$(dropped "$had" "$run")" ] ||
		lost_ "a record that was kept is gone after --resume"
}

# same_figures: as an undisturbed run has them
same_figures() {
	figures "$(run_of)" >"$W/figures"
	cmp -s "$W/figures" "$work/figures" ||
		changed "$(diff "$work/figures" "$W/figures" | head -n 2 | cut -c1-160 | paste -sd' ')"
}

# once [OPTION-OF-PLANT...]: the run with the fault, what it came to, and how it goes on
once() {
	under "$@" -- "$FL" run "${CELLS[@]}" "${options[@]}"
	# shellcheck disable=SC2086
	look $codes
	if [ -n "$must_say" ]; then says "$must_say"; fi
	kept=$(whole_records "$(run_of)" | wc -l)
	go_on "${resume_by-really}"
}

# skip TEXT: this fault cannot be planted here
skip() { skipped=$*; }

one_fault() { # NAME
	local name=$1 codes must_say options=() resume_by=really began=$SECONDS result f=fault_${1//-/_}
	local problems=() nr_problems skipped='' seen_codes='' planted=0 kept='' said='' went_on=''
	W=$work/w/$name
	codes=$(key "$name" code)
	must_say=$(key "$name" says)
	fresh
	: >"$W/log"
	if [ "$(type -t "$f")" != function ]; then
		wrong "no function $f"
	else
		"$f"
	fi
	nr_problems=${#problems[@]}
	kinds=$((kinds + 1))
	if [ -n "$skipped" ]; then
		result="not here: $skipped"
		nr_skipped=$((nr_skipped + 1))
	elif [ "$nr_problems" -eq 0 ]; then
		result=right
		nr_right=$((nr_right + 1))
		keep_log_of "$name"
	else
		result="WRONG: $(printf '%s; ' "${problems[@]:0:3}")"
		nr_wrong=$((nr_wrong + 1))
		cp "$W/log" "$work/$name.log"
	fi
	printf '%-22s %4d x  %4d s  %s\n' "$name" "$planted" $((SECONDS - began)) "$result"
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$planted" \
		"$(tr ' ' '\n' <<<"${seen_codes# }" | sort -n | uniq -c | awk '{ printf "%s%s", s, $2; s = " " }')" \
		"${kept:--}" "${went_on:--}" "${result%%:*}" >>"$work/rows"
}

# What is right leaves its row and nothing else.
keep_log_of() {
	fresh
	rm -rf "$W"
}

begin_table() {
	[ -n "$work" ] || work=$(mktemp -d "${TMPDIR:-/tmp}/torture.XXXXXX") ||
		die "$EXIT_STORAGE" "cannot write ${TMPDIR:-/tmp}"
	mkdir -p "$work" && work=$(cd "$work" && pwd -P) && chmod 755 "$work"
	kinds=0 nr_right=0 nr_wrong=0 nr_lost=0 nr_changed=0 nr_skipped=0
	: >"$work/rows"
	reference=$work/reference
	W=$work/w/undisturbed cache=$work/cache
	make_cache || exit
	fresh
	does really
	if [ ! -s "$work/figures" ]; then
		under -- "$FL" run "${CELLS[@]}"
		[ "$status" -eq 0 ] || die "$status" "the undisturbed run failed: $(tail -n 1 "$W/said")"
		rm -rf "$reference"
		cp -r "$(readlink -f "$W/r/latest")" "$reference"
		figures "$reference" >"$work/figures"
	fi
	say TORTURE "${#names[@]} kinds; undisturbed: $(wc -l <"$work/figures") records, $(sha256_of <"$work/figures" | cut -c1-12)"
}

# make_cache: one kernel of the user's cache, copied
make_cache() {
	local dir to
	dir=$("$ROOT/scripts/build-kernel" v6.1 const-fields off) || return
	to=$cache${dir#"$REAL_CACHE"}
	BROKEN=$(FAULTLINE_VARIANTS=$ROOT/bench/tests/variants "$ROOT/scripts/build-kernel" v6.1 broken off) || return
	OTHER=$("$ROOT/scripts/build-kernel" v6.1 struct-by-pointer off) || return
	[ ! -f "$to/vmlinux" ] || return 0
	mkdir -p "$to" && cp "$dir"/{vmlinux,info,config} "$to/" && cp "$REAL_CACHE/trees.known" "$cache/" ||
		die "$EXIT_STORAGE" "cannot write $work"
	know_package
}

# know_package: a package in the cache has another name below this one
know_package() {
	local from=$REAL_CACHE/packages/linux-source-6.1.tar.xz id known
	[ -f "$from" ] || return 0
	mkdir -p "$cache/packages"
	ln "$from" "$cache/packages/" 2>/dev/null || cp -p "$from" "$cache/packages/"
	id=$(stat -c '%n %s %Y' "$from" | sha256_of)
	known=$(sed -n "s/^$id /$(stat -c '%n %s %Y' "$cache/packages/${from##*/}" | sha256_of) /p" "$cache/trees.known")
	echo "$known" >>"$cache/trees.known"
}

# write_rows: to $out, in the order of the table; a fault that was not run now keeps the
# row it had there
write_rows() {
	touch "$out"
	awk -F'\t' '{ row[$1] = $0 } END { while ((getline name < names) > 0) if (name in row) print row[name] }' \
		names=<(printf '%s\n' "${all[@]}") "$out" "$work/rows" >"$out.new" && mv "$out.new" "$out"
}

end_table() {
	local skipped=''
	[ "$nr_skipped" -eq 0 ] || skipped=", $nr_skipped not here"
	[ -z "$out" ] || write_rows
	echo "$kinds kinds, $nr_right right, $nr_lost lost, $nr_wrong wrong, $nr_changed figures changed$skipped"
	[ "$nr_wrong" -eq 0 ] || die "$EXIT_CHECK" "what a fault that is wrong said is in $work/NAME.log"
	[ -n "${keep_work-}" ] || rm -rf "$work"
}
