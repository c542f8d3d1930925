# SPDX-License-Identifier: GPL-2.0
# What a night is made of: its choices, lock, log, stamps, and when it goes.
# shellcheck shell=bash disable=SC2034,SC2154

MARK="a night of Faultline:"	# first words of a folder's `night` file
failed=''			# code of the first step that failed

# KEY=VALUE a line, as systemd's EnvironmentFile has it; what the environment
# says goes before it.
read_nightly_conf() {
	local conf=${NIGHTLY_CONF:-$HOME/.config/faultline/nightly.conf}
	local line name value n=0
	if [ ! -r "$conf" ]; then
		[ -z "${NIGHTLY_CONF-}" ] ||
			die "$EXIT_MISSING" "NIGHTLY_CONF=$conf is not there; scripts/nightly/nightly.conf is one to copy"
		return
	fi
	while IFS= read -r line || [ -n "$line" ]; do
		n=$((n + 1))
		case $line in
		'' | '#'* | ';'*) continue ;;
		esac
		name=${line%%=*} value=${line#*=}
		[[ $line == *=* && $name =~ ^(NIGHTLY_[A-Z_]+|FAULTLINE_[A-Z_]+|KERNEL_SRC)$ ]] ||
			die "$EXIT_USAGE" "$conf:$n: '$line' is no NIGHTLY_..., FAULTLINE_... or KERNEL_SRC=VALUE"
		case $value in
		\"*\" | \'*\') value=${value:1:-1} ;;
		esac
		[ -n "${!name+set}" ] || export "$name=$value"
	done <"$conf"
}

need_number() { # NAME VALUE
	[[ $2 =~ ^[0-9]{1,9}$ ]] ||
		die "$EXIT_USAGE" "$1=$2 is not a number"
}

# Whatever the night starts has the lock too: a killed night whose boots still
# run is not over.
lock_night() {
	exec 9>>"$DIR/.lock" || die "$EXIT_STORAGE" "cannot write $DIR/.lock"
	flock -n 9 ||
		die "$EXIT_BUSY" "a night still runs: $(cat "$DIR/.lock"); wait for it, or stop it and what it started (lock: $DIR/.lock)"
	echo "$DATE, process $$, since $(date -u +%FT%TZ)" >"$DIR/.lock"
}

need_space() {
	local dir free
	for dir in "$DIR" "$CACHE"; do
		while [ ! -d "$dir" ]; do dir=$(dirname "$dir"); done
		free=$(df -m --output=avail "$dir" | tail -n 1)
		[ "$free" -ge "$NIGHTLY_MIN_FREE_MB" ] ||
			die "$EXIT_STORAGE" "$dir has $((free)) MB free, a night wants $NIGHTLY_MIN_FREE_MB; free some room, or set NIGHTLY_MIN_FREE_MB"
	done
}

log() {
	printf '%s  %s\n' "$(date -u +%FT%TZ)" "$*" | tee -a "$NIGHT/log"
}

# keep FILE TEXT: whole or not at all, whatever the kill or the full disk
keep() {
	{ echo "$2" >"$1.new" && mv "$1.new" "$1"; } ||
		die "$EXIT_STORAGE" "cannot write $1: is the disk full?"
}

# unstamped NAME CODES COMMAND...: run it, keep what it said. CODES are exit codes
# that are answers as well as 0 is. What stops all of it ends the night here.
unstamped() {
	local name=$1 good=$2 began=$SECONDS
	shift 2
	log "$name: begins"
	"$@" 2>&1 | tee -a "$NIGHT/said/$name"
	code=${PIPESTATUS[0]}
	stamped=''
	case " 0 $good " in
	*" $code "*) stamped=1 ;;
	esac
	log "$name: exit code $code after $((SECONDS - began)) s${stamped:+, done}"
	[ -n "$stamped" ] && return
	failed=${failed:-$code}
	case $code in
	"$EXIT_BUSY" | "$EXIT_STORAGE" | "$EXIT_INTERRUPTED" | 129 | 137 | 143) finish "$code" ;;
	esac
}

# step NAME CODES COMMAND...: likewise, once per night. Sets code and stamped.
step() {
	if [ -s "$NIGHT/stamp/$1" ]; then
		code=$(cat "$NIGHT/stamp/$1") stamped=1
		log "$1: done before (exit code $code)"
		return
	fi
	unstamped "$@"
	[ -n "$stamped" ] || return
	keep "$NIGHT/stamp/$1" "$code"
}

# Nights older than that many days, by their names; the newest seven stay whatever
# the clock says. What is not a night that was made here stays.
prune() {
	local d name limit history kept=0
	limit=$(date -u -d "$DATE - $NIGHTLY_KEEP_DAYS days" +%F)
	history=$(readlink -m "${FAULTLINE_HISTORY:-$RESULTS/history.db}")
	while read -r name; do
		d=$DIR/$name
		[ ! -L "$d" ] && [ "$(cat "$d/night" 2>/dev/null)" = "$MARK $name" ] || continue
		kept=$((kept + 1))
		[ "$kept" -gt 7 ] && [[ $name < $limit ]] || continue
		case $history in
		"$(readlink -m "$d")"/*)
			say KEEP "$d: the history is in it"
			continue
			;;
		esac
		say PRUNE "$d"
		rm -rf --one-file-system -- "$d" || return
	done < <(cd "$DIR" && printf '%s\n' ????-??-?? | sort -r)
}

# The end: a hook may tell somebody. It does not hold the lock.
finish() {
	log "night $DATE: exit code $1"
	[ -z "${NIGHTLY_HOOK-}" ] || "$NIGHTLY_HOOK" "$NIGHT" "$1" 9>&- 2>&1 |
		tee -a "$NIGHT/said/hook" ||
		log "hook $NIGHTLY_HOOK failed"
	exit "$1"
}
