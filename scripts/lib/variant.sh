# SPDX-License-Identifier: GPL-2.0
# `scripts/new variant`: a folder of patches, of somebody's mail or of a range of
# the git tree that the current folder is in; made again when that has changed.
# shellcheck shell=bash disable=SC2154

# shellcheck source=scripts/lib/mail.sh
. "$ROOT/scripts/lib/mail.sh"
# shellcheck source=scripts/lib/range.sh
. "$ROOT/scripts/lib/range.sh"

# bases: their names
bases() {
	(cd "$ROOT/variants" && echo */base.conf | sed 's#/base.conf##g')
}

# find_made TOP: base and from of the variant $name that was made before
find_made() {
	local d of found=()
	for d in "$1"/v*/"$name"; do
		[ -f "$d/variant.conf" ] || continue
		of=$(basename "$(dirname "$d")")
		[ -z "$base" ] || [ "$of" = "$base" ] || continue
		[ -z "$(conf_get "$d/variant.conf" from)" ] || found+=("$of")
	done
	[ ${#found[@]} -gt 0 ] ||
		die "$EXIT_UNKNOWN_NAME" "no variant '$name' here says what it was made from; say it: --from MAIL or --from RANGE"
	[ ${#found[@]} -eq 1 ] ||
		die "$EXIT_USAGE" "'$name' was made for ${found[*]}; choose one with --base"
	base=${found[0]}
	from=$(conf_get "$1/$base/$name/variant.conf" from)
}

# series_of_mail: $from as patches in $work/out
series_of_mail() {
	local i n=0
	git init -q --bare --template= "$work/git" && mkdir "$work/mails" ||
		die "$EXIT_STORAGE" "cannot write $work: is the disk full?"
	export GIT_DIR=$work/git
	read_mails "$work/mails" "$from"
	for i in "${step_mail[@]}"; do
		n=$((n + 1))
		write_mail "$i" "$work/out/$(printf %04d $n)-$(file_name "${mail_title[i]}").patch"
	done
	unset GIT_DIR
	[ -n "$base" ] || say NOTE "base v6.1, since no --base is given"
	base=${base:-v6.1}
}

# file_name SUBJECT: as git format-patch names the file
file_name() {
	local s
	s=$(tr -cs 'A-Za-z0-9_.\n' '-' <<<"$1" | sed 's/\.\.*/./g; s/^[-.]*//' | cut -c1-52 |
		sed 's/[-.]*$//')
	echo "${s:-patch}"
}

# series_of_range: $from as patches in $work/out; the base, if none is given
series_of_range() {
	local version
	resolve_range "$from" || no_source
	list_range "$from"
	borrow "$work/git"
	version=$(version_of "$work/git" "$range_start") || exit
	if [ -z "$base" ]; then
		[ -n "$version" ] ||
			die "$EXIT_WRONG_SOURCE" "${range_top:-$range_git} is no kernel tree where $from begins: its Makefile has no VERSION and PATCHLEVEL; or say --base BASE"
		[ -f "$ROOT/variants/$version/base.conf" ] ||
			die "$EXIT_UNKNOWN_NAME" "$from begins on Linux ${version#v}, and there is no base $version; measure it as it is: faultline diff $from; or make the base: scripts/new base $version --from BASE; there are: $(bases)"
		base=$version
	elif [ "$base" != "$version" ]; then
		say NOTE "$from begins on Linux ${version#v}, and is taken for $base as --base says"
	fi
	range_patches "$work/git" "$work/out"
	say_uncommitted
}

no_source() {
	die "$EXIT_USAGE" "--from $from: neither mail (no such file or folder) nor a git range of the tree in $(pwd)"
}

# make_series: $work/out and its `series` of $from, and $base
make_series() {
	if [ "$from" = - ] || [ -e "$from" ]; then
		if git rev-parse -q --verify --end-of-options "$from^{commit}" >/dev/null 2>&1; then
			die "$EXIT_USAGE" "$from is a file and a commit; say ./$from for the file or $from..HEAD for the range"
		fi
		series_of_mail
	elif find_repository; then
		series_of_range
	else
		no_source
	fi
	(cd "$work/out" && ls -- *.patch 2>/dev/null) >"$work/series"
	mv "$work/series" "$work/out/"
	[ -s "$work/out/series" ] || die "$EXIT_USAGE" "--from $from holds no patch"
}

# write_conf FILE [OLD]: what the variant is; of an old one, what was written there
write_conf() {
	local line origin=${from#-}
	if [ -n "${2-}" ]; then
		while IFS= read -r line; do
			case $line in
			from[\ =]*) line="from  = $from" origin='' ;;
			'why   = Made from '*) line="why   = Made from $from." ;;
			esac
			printf '%s\n' "$line"
		done <"$2" >"$1"
	else
		cat >"$1" <<-CONF
			# One line for tables and reports.
			title = $name
			# Why it exists; an indented line goes on.
			why   = ${from:+Made from $from.}
			# What the handler's functions take.
			shape =
		CONF
	fi
	[ -z "$origin" ] || cat >>"$1" <<-CONF
		# What scripts/new variant $name --replace makes its series of.
		from  = $from
	CONF
}

# put_in_place TOP: $work/out as the variant's folder, all of it or nothing
put_in_place() {
	local dir=$1/$base/$name new
	new=$(mktemp -d "$1/$base/.new.XXXXXX") && chmod 755 "$new" &&
		cp -r "$work/out/." "$new/" ||
		die "$EXIT_STORAGE" "cannot write $1/$base: is the disk full?"
	if [ -d "$dir" ]; then
		mv "$dir" "$new.old"
	fi
	mv "$new" "$dir" || die "$EXIT_STORAGE" "cannot write $dir"
	rm -rf "$new.old"
}

# say_next TOP: commands that can be pasted where this one was called
say_next() {
	local fl=build/faultline runs=results
	[ "$PWD" = "$ROOT" ] || fl=$(printf %q "$ROOT/build/faultline")
	[ ! -f "$ROOT/revision" ] || fl=faultline
	[ "$PWD" = "$ROOT" ] && [ "$RESULTS" = "$ROOT/results" ] || runs=$(printf %q "$RESULTS")
	[ "$1" = "$ROOT/variants" ] || fl="FAULTLINE_VARIANTS=$(printf %q "$1") $fl"
	say NEXT "$fl run --base $base --variants $name@all"
	say NEXT "$fl compare $runs/latest --steps"
}

new_variant() {
	local top=${FAULTLINE_NEW_TOP:-$ROOT/variants} dir n
	[ -z "$base" ] || [ -f "$ROOT/variants/$base/base.conf" ] ||
		die "$EXIT_UNKNOWN_NAME" "no base '$base'; there are: $(bases)"
	top=$(cd "$top" && pwd) || die "$EXIT_MISSING" "there is no folder $top"
	[ -z "$replace" ] || [ -n "$from" ] || find_made "$top"
	work=$(mktemp -d) && mkdir "$work/out" ||
		die "$EXIT_STORAGE" "cannot write ${TMPDIR:-/tmp}: is the disk full?"
	trap 'rm -rf "$work"' EXIT
	if [ -n "$from" ]; then
		make_series
	else
		base=${base:-v6.1}
		echo "# One patch file a line, in order. '#' begins a comment." >"$work/out/series"
	fi
	dir=$top/$base/$name
	if [ -e "$dir" ]; then
		[ -n "$replace" ] || die "$EXIT_USAGE" "$dir is there already; --replace makes its series again"
		[ -f "$dir/series" ] || die "$EXIT_USAGE" "$dir is no variant: it has no series"
		write_conf "$work/out/variant.conf" "$dir/variant.conf"
	else
		write_conf "$work/out/variant.conf"
	fi
	mkdir -p "$top/$base"
	put_in_place "$top"
	n=$(grep -c '^[^#]' "$dir/series")
	say NEW "$dir ($n patch$([ "$n" -eq 1 ] || echo es))"
	[ "$n" -gt 0 ] || say NEXT "put patches into it and their names into its series, then:"
	say_next "$top"
}
