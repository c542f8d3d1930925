# SPDX-License-Identifier: GPL-2.0
# Mail to steps: mailboxes, single mails, maildirs, folders of patches and bare
# diffs become patches in order, decoded as `git am` decodes them. What is left
# out is named; what cannot be read, is missing or is there twice is refused.
# shellcheck shell=bash disable=SC2034

# shellcheck source=scripts/lib/apply.sh
. "$ROOT/scripts/lib/apply.sh"

# What was read, an entry per mail: where its text is and how messages name it;
# its box: mails that were given as one thing; its subject, decoded, and without
# [PATCH] and Re:; what its brackets say: version, number, of how many; the diff,
# and whether there is one (yes, no, or why git cannot read it); what it is.
mail_file=() mail_name=() mail_box=() mail_subject=() mail_title=()
mail_version=() mail_number=() mail_count=() mail_patch=() mail_diff=() mail_kind=()
mail_bare=()		# 1: a diff without a mail around it
box_in_order=()		# 1: a box whose order was chosen (a file `series`)
step_patch=() step_title=() step_name=() step_mail=()

# The line that parts the mails of a mailbox.
FROM_LINE='^From .*[0-9][0-9]:[0-9][0-9].* [0-9]{4}'

# refuse WHAT: a mailbox that is no series
refuse() {
	die "$EXIT_PATCH" "$*"
}

# plain_copy FILE TO: unpacked where it is packed
plain_copy() {
	local how=cat
	case $(head -c 6 "$1" | od -An -tx1 | tr -d ' \n') in
	1f8b*) how='gzip -dc' ;;
	fd377a585a00) how='xz -dc' ;;
	425a68*) how='bzip2 -dc' ;;
	28b52ffd*) how='zstd -qdc' ;;
	esac
	$how <"$1" >"$2" 2>"$2.why" ||
		refuse "$1 cannot be unpacked: ${how%% *}: $(head -n 1 "$2.why")"
}

# is_mail FILE: whether it begins as a mail does: with From, or with headers up to
# an empty line
is_mail() {
	awk '
		!seen && /^[[:space:]]*$/ { next }
		!seen++ && /^(From|>From)[ :]/ { ok = 1; exit }
		/^\r?$/ { ok = headers; exit }
		/^[ \t]/ && headers { next }
		/^[!-9;-~]+:/ { headers++; next }
		{ exit }
		END { exit !ok }' "$1"
}

# add_mail TEXT NAME BOX
add_mail() {
	mail_file+=("$1") mail_name+=("$2") mail_box+=("$3")
}

# add_file FILE BOX: the mails of one file. -: what comes on standard input
add_file() {
	local nr=${#mail_file[@]} raw name=$1 m n=0 split
	raw=$mail_dir/raw.$nr split=$mail_dir/split.$nr
	if [ "$1" = - ]; then
		name="the mail"
		cat >"$raw.in"
		set -- "$raw.in" "$2"
	fi
	[ -r "$1" ] && [ ! -d "$1" ] ||
		die "$EXIT_MISSING" "$1 cannot be read; name a mailbox, a mail, a diff or a folder of them"
	plain_copy "$1" "$raw"
	[ -s "$raw" ] || refuse "$name is empty"
	if ! is_mail "$raw"; then
		n=$(grep -acE "$FROM_LINE|^commit [0-9a-f]{40}" "$raw")
		[ "$n" -le 1 ] && ! grep -qaE "$FROM_LINE" "$raw" ||
			refuse "$name holds $n mails or commits, but does not begin with a mail; make it again with git format-patch --stdout"
		add_mail "$raw" "$name" "$2"
		mail_bare[nr]=1
		return
	fi
	# What follows the first mail is not part of it, whatever that begins with.
	grep -am 1 . "$raw" | grep -qaE "$FROM_LINE" ||
		sed -i '1i From mail Thu Jan  1 00:00:00 1970' "$raw"
	mkdir "$split"
	git mailsplit -d6 -b --keep-cr -o"$split" -- "$raw" >/dev/null 2>"$raw.why" ||
		refuse "$name cannot be taken apart: $(head -n 1 "$raw.why")"
	set -- "$2" "$split"/*
	for m in "${@:2}"; do
		n=$((n + 1))
		add_mail "$m" "$name$([ $# -eq 2 ] || echo ", mail $n")" "$1"
	done
}

# add_folder FOLDER BOX: a maildir; or the patches that its `series` lists; or
# what git format-patch and b4 leave in one
add_folder() {
	local dir=${1%/} f files=()
	if [ -d "$dir/cur" ] || [ -d "$dir/new" ]; then
		mapfile -t files < <(find "$dir/cur" "$dir/new" -type f 2>/dev/null | sort -V)
	elif [ -f "$dir/series" ]; then
		mapfile -t files < <(awk -v dir="$dir/" '/^[^#[:space:]]/ { print dir $1 }' "$dir/series")
		box_in_order[$2]=1
	else
		mapfile -t files < <(find "$dir" -maxdepth 1 -type f -regextype posix-extended -regex \
			'.*/([0-9]{4}-[^/]*|[^/.][^/]*\.(patch|diff|eml|mbx|mbox))(\.(gz|xz))?' | sort)
	fi
	[ ${#files[@]} -gt 0 ] ||
		die "$EXIT_USAGE" "the folder $1 holds no patch: no maildir, no series, no *.patch"
	for f in "${files[@]}"; do
		add_file "$f" "$2"
	done
}

# unix_lines FILE: a text whose every line ends in CR LF is one of LF
unix_lines() {
	grep -qav $'\r$' "$1" || sed -i 's/\r$//' "$1"
}

# decode I: its subject and its diff
decode() {
	local m=${mail_file[$1]} how=(-k --no-scissors --quoted-cr=nowarn)
	mail_patch[$1]=$m.patch
	unix_lines "$m"
	if [ -n "${mail_bare[$1]-}" ]; then
		cp "$m" "$m.patch"
		: >"$m.msg"
		mail_subject[$1]=$(sed -nE '/^(diff -|--- |Index: )/q; /^(commit|Author:|Date:|#)/d
			s/^[[:space:]]*//; /./{ p; q }' "$m")
	else
		# A charset that nobody knows spoils the words, not the diff.
		git mailinfo "${how[@]}" -u "$m.msg" "$m.patch" <"$m" >"$m.info" 2>"$m.why" ||
			git mailinfo "${how[@]}" -n "$m.msg" "$m.patch" <"$m" >"$m.info" 2>/dev/null ||
			refuse "${mail_name[$1]} cannot be read: $(head -n 1 "$m.why")"
		unix_lines "$m.patch"
		mail_subject[$1]=$(sed -n 's/^Subject: //p' "$m.info")
	fi
	mail_subject[$1]=$(iconv -c -f UTF-8 -t UTF-8 <<<"${mail_subject[$1]}" |
		tr -s '\000-\037\177 ' ' ' | sed 's/^ //; s/ $//')
	read_subject "$1"
	mail_diff[$1]=$(has_diff "$m.patch")
}

# read_subject I: [PATCH v2 3/5] and Re: off its front, and what they say
read_subject() {
	local s=${mail_subject[$1]} tag
	mail_version[$1]=1 mail_number[$1]='' mail_count[$1]='' mail_kind[$1]=talk
	shopt -s nocasematch
	while :; do
		if [[ $s =~ ^(re|aw|sv|vs|antw|odp)[[:space:]]*:[[:space:]]*(.*) ]]; then
			s=${BASH_REMATCH[2]} mail_kind[$1]=reply
		elif [[ $s =~ ^\[([^]]*)\][[:space:]:]*(.*) ]]; then
			tag=" ${BASH_REMATCH[1]} " s=${BASH_REMATCH[2]}
			if [[ $tag =~ [^0-9]([0-9]{1,4})/([0-9]{1,4})[^0-9] ]]; then
				mail_number[$1]=$((10#${BASH_REMATCH[1]}))
				mail_count[$1]=$((10#${BASH_REMATCH[2]}))
			fi
			[[ ! $tag =~ ([^a-z]|patch|rfc)v([0-9]{1,3})[^0-9.] ]] ||
				mail_version[$1]=$((10#${BASH_REMATCH[2]}))
			[[ ! $tag =~ patch|rfc ]] || [ "${mail_kind[$1]}" = reply ] || mail_kind[$1]="patch"
		else
			break
		fi
	done
	shopt -u nocasematch
	mail_title[$1]=${s:-$(basename "${mail_name[$1]}")}
}

# has_diff PATCH: yes, no, or what git says of a damaged one. A rename, a mode, an
# empty file and binary data are diffs as well.
has_diff() {
	local why first
	if why=$(git apply --numstat "$1" 2>&1 >/dev/null) ||
	   git apply -p0 --numstat "$1" >/dev/null 2>&1; then
		echo yes
	else
		first=$(sed -n 's/^error: //p' <<<"$why" | head -n 1)
		case $first in
		"No valid patches"* | "unrecognized input"*) echo no ;;
		*) echo "${first:-$why}" ;;
		esac
	fi
}

# sort_out: which mails are steps: mail_kind is patch, cover, reply or talk
sort_out() {
	local i replies=() patches=0 said
	for i in "${!mail_file[@]}"; do
		said="${mail_name[i]} ('${mail_subject[i]}')"
		case ${mail_kind[i]},${mail_number[i]},${mail_diff[i]} in
		reply,*,yes) replies+=("$i"); continue ;;
		reply,*) ;;
		*,0,*) mail_kind[i]=cover ;;
		*,yes)
			! grep -qaE '^(Subject|Content-[TD][a-z-]*): ' "${mail_patch[i]}" ||
				refuse "$said holds another mail after its diff: the From line between them is damaged; get it again from where it was sent"
			mail_kind[i]="patch" patches=$((patches + 1))
			continue
			;;
		*,no)
			[ "${mail_kind[i]}" = talk ] && [ -z "${mail_bare[i]-}" ] ||
				refuse "$said holds no diff that git can read; get it again from where it was sent"
			;;
		*) refuse "$said is damaged: ${mail_diff[i]}; get it again from where it was sent" ;;
		esac
		case ${mail_kind[i]} in
		cover) say MAIL "left out: $said is the cover letter" ;;
		reply) say MAIL "left out: $said is a reply" ;;
		*) say MAIL "left out: $said holds no diff" ;;
		esac
	done
	if [ ${#replies[@]} -eq 1 ] && [ "$patches" -eq 0 ]; then
		mail_kind[replies[0]]="patch"
		replies=()
	fi
	for i in "${replies[@]}"; do
		say MAIL "left out: ${mail_name[i]} ('${mail_subject[i]}') is a reply, although it holds a diff; to take it, name it alone"
	done
}

# same_diff I J: whether two mails hold the same patch, what a list added aside
same_diff() {
	cmp -s <(sed '/^-- $/,$d' "${mail_patch[$1]}") <(sed '/^-- $/,$d' "${mail_patch[$2]}")
}

# put_in_order BOX: its patches by their numbers, into `order`
put_in_order() {
	local i j k key before=() after=() version='' first=''
	declare -A at=() done_=()
	for i in "${!mail_file[@]}"; do
		[ "${mail_box[i]}" = "$1" ] && [ "${mail_kind[i]}" = patch ] || continue
		if [ -n "${box_in_order[$1]-}" ]; then
			order+=("$i")
			continue
		fi
		[ -z "$version" ] || [ "$version" = "${mail_version[i]}" ] ||
			refuse "two versions of a series are in one box: ${mail_name[first]} ('${mail_subject[first]}') and ${mail_name[i]} ('${mail_subject[i]}'); keep one of them"
		[ -n "$version" ] || version=${mail_version[i]} first=$i
		key=${mail_number[i]}/${mail_count[i]}
		if [ "$key" != / ] && [ -n "${at[$key]-}" ]; then
			j=${at[$key]}
			same_diff "$i" "$j" ||
				refuse "two mails are $key: ${mail_name[j]} ('${mail_subject[j]}') and ${mail_name[i]} ('${mail_subject[i]}'); keep one of them"
			say MAIL "left out: ${mail_name[i]} ('${mail_subject[i]}') is there a second time"
			continue
		fi
		[ "$key" = / ] || at[$key]=$i
		before+=("$i")
	done
	for i in "${before[@]}"; do
		key=${mail_count[i]}
		if [ -z "$key" ]; then
			after+=("$i")
		elif [ -z "${done_[$key]-}" ]; then
			done_[$key]=1
			check_holes "$1" "$key"
			for ((k = 1; k < 10000 && k <= key; k++)); do
				[ -z "${at[$k/$key]-}" ] || after+=("${at[$k/$key]}")
			done
			for j in "${before[@]}"; do	# [PATCH 4/3]
				[ "${mail_count[j]}" != "$key" ] || [ "${mail_number[j]}" -le "$key" ] ||
					after+=("$j")
			done
		fi
	done
	if [ "${before[*]}" != "${after[*]}" ]; then
		say MAIL "in the order of their numbers: $(numbers "${after[@]}"); they came as $(numbers "${before[@]}")"
	fi
	order+=("${after[@]}")
}

# numbers I...: 1/3 2/3 3/3
numbers() {
	local i out=()
	for i in "$@"; do
		out+=("${mail_number[i]:--}${mail_count[i]:+/${mail_count[i]}}")
	done
	echo "${out[*]}"
}

# check_holes BOX COUNT: every number of a series is there. One mail alone was
# chosen by whoever named it.
check_holes() {
	local k missing=() there
	for ((k = 1; k <= $2; k++)); do
		[ -n "${at[$k/$2]-}" ] || missing+=("$k/$2")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ ${#mail_file[@]} -eq 1 ]; then
		say MAIL "${mail_name[0]} is $(numbers 0) alone, without the others of its series"
		return
	fi
	refuse "the series is not whole: ${missing[*]} $([ ${#missing[@]} -eq 1 ] && echo is || echo are) missing in ${mail_name[first]%, mail *}; get it whole from where it was sent, or name the wanted mails as a folder with a file 'series'"
}

# read_mails DIR FILE...: the steps of all FILEs, in order: step_patch (a file in
# DIR), step_title, step_name, and step_mail: the entry of the arrays above.
read_mails() {
	local i f box=0 last=''
	mail_dir=$1
	order=()
	shift
	for f in "$@"; do
		i=${#mail_file[@]} box=$((box + 1))
		if [ -d "$f" ]; then
			add_folder "$f" "$box"
		else
			add_file "$f" "$box"
		fi
		for ((; i < ${#mail_file[@]}; i++)); do
			decode "$i"
		done
	done
	join_singles
	sort_out
	for ((f = 1; f <= box; f++)); do
		put_in_order "$f"
	done
	[ ${#order[@]} -gt 0 ] || die "$EXIT_USAGE" "$* holds no patch"
	for i in "${order[@]}"; do
		step_mail+=("$i")
		step_patch+=("${mail_patch[i]}") step_title+=("${mail_title[i]}")
		step_name+=("${mail_name[i]} ('${mail_title[i]}')")
	done
}

# join_singles: files of one mail each that are numbered as one series are one box
join_singles() {
	local i last=''
	declare -A of=()
	for i in "${!mail_file[@]}"; do
		of[${mail_box[i]}]=$((${of[${mail_box[i]}]-0} + 1))
	done
	for i in "${!mail_file[@]}"; do
		[ "${of[${mail_box[i]}]}" -eq 1 ] && [ -n "${mail_count[i]}" ] || { last=''; continue; }
		if [ -n "$last" ] && [ "${mail_count[last]},${mail_version[last]}" = "${mail_count[i]},${mail_version[i]}" ]; then
			mail_box[i]=${mail_box[last]}
		fi
		last=$i
	done
}

# apply_mails GITDIR TREE FILE...: FILEs as one series onto TREE; prints TREE, a
# tab and the subject of each step. In a subshell: it ends with EXIT_PATCH, and a
# message, where it cannot.
apply_mails() (
	index_dir='' as_git_am=1
	trap 'rm -rf "$index_dir"' EXIT
	in_index "$1" "$2"
	read_mails "$index_dir" "${@:3}"
	apply_steps
)

# apply_patches [--no-offset] GITDIR TREE FILE...: the same, but each FILE is one
# patch, and they are taken as they are given: a variant's series and its steps.
apply_patches() (
	offset='' index_dir=''
	[ "$1" != --no-offset ] || { offset=$1; shift; }
	trap 'rm -rf "$index_dir"' EXIT
	in_index "$1" "$2"
	mail_dir=$index_dir
	for f in "${@:3}"; do
		i=${#mail_file[@]}
		add_file "$f" 1
		[ ${#mail_file[@]} -eq $((i + 1)) ] || refuse "$f holds $((${#mail_file[@]} - i)) mails, not one patch"
		decode "$i"
		[ "${mail_diff[i]}" = yes ] || refuse "$f holds no diff that git can read: ${mail_diff[i]}"
		step_patch+=("${mail_patch[i]}") step_title+=("${mail_title[i]}")
		step_name+=("patch $(basename "$f")")
	done
	apply_steps $offset
)

# fits_patch GITDIR TREE FILE: whether one patch applies to TREE
fits_patch() {
	apply_patches "$@" >/dev/null 2>&1
}

# header_of I NAME: a header of a mail, unfolded
header_of() {
	awk -v want="$(tr A-Z a-z <<<"$2"):" '
		/^\r?$/ && seen { exit }
		{ sub(/\r$/, "") }
		/^[ \t]/ { if (here) printf " %s", substr($0, 2); next }
		{ seen = 1; here = tolower(substr($0, 1, length(want))) == want }
		here { printf "%s", substr($0, length(want) + 1) }' "${mail_file[$1]}"
}

# write_mail I FILE: a step as one plain mail, its text decoded, its number and
# version gone with the series it was part of
write_mail() {
	local m=${mail_file[$1]} author email
	{
		echo "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001"
		if [ -f "$m.info" ]; then
			author=$(sed -n 's/^Author: //p' "$m.info")
			email=$(sed -n 's/^Email: //p' "$m.info")
			[ -z "$author$email" ] || echo "From: $author <$email>"
			sed -n '/^Date: ./p' "$m.info"
		fi
		echo "Subject: [PATCH] ${mail_title[$1]}"
		header_of "$1" Message-ID | sed 's/^ *\(.*\)/Message-ID: \1\n/'
		printf '%s\n' 'MIME-Version: 1.0' 'Content-Type: text/plain; charset=UTF-8' \
			'Content-Transfer-Encoding: 8bit' ''
		iconv -c -f UTF-8 -t UTF-8 "$m.msg"
		[ "$(head -n 1 "${mail_patch[$1]}")" = --- ] || echo ---
		cat "${mail_patch[$1]}"
	} >"$2" || die "$EXIT_STORAGE" "cannot write $2: is the disk full?"
}
