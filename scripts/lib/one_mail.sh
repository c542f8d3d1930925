# SPDX-License-Identifier: GPL-2.0
# One mail as a program hands it over, b4 above all: what it says of itself, and
# its text as git reads it.
# shellcheck shell=bash disable=SC2154

# shellcheck source=scripts/lib/mail.sh
. "$ROOT/scripts/lib/mail.sh"

# header FILE NAME: the first of that name, unfolded
header() {
	awk -v name="$2" '
		/^\r?$/ { exit }
		{ sub(/\r$/, "") }
		/^[ \t]/ { if (here) { sub(/^[ \t]+/, " "); value = value $0 }; next }
		here { exit }
		tolower(substr($0, 1, length(name) + 1)) == tolower(name) ":" {
			here = 1
			value = substr($0, length(name) + 2)
		}
		END { sub(/^ +/, "", value); print value }' "$1"
}

# without_headers FILE PATTERN: drop headers of those names, in place
without_headers() {
	awk -v names="^($2):" '
		body { print; next }
		/^\r?$/ { body = 1 }
		/^[ \t]/ { if (!gone) print; next }
		{ gone = tolower($0) ~ names }
		!gone || body' "$1" >"$1.new" && mv "$1.new" "$1"
}

# undo_half_decoded FILE: b4 decodes a body and leaves the headers that say how it
# was encoded. Where they cannot be true any more they are dropped.
undo_half_decoded() {
	local body boundary
	body=$(sed '1,/^\r\{0,1\}$/d' "$1" | tr -d '\r\000')
	case $(header "$1" Content-Transfer-Encoding | tr '[:upper:]' '[:lower:]') in
	*base64*)
		! grep -qaE '^(diff -|--- |@@ -)' <<<"$body" ||
			without_headers "$1" content-transfer-encoding
		;;
	*quoted-printable*)
		# There a = has two hex digits after it, or the end of the line.
		! grep -qaE '=([^0-9A-Fa-f]|[0-9A-Fa-f]([^0-9A-Fa-f]|$))' <<<"$body" ||
			without_headers "$1" content-transfer-encoding
		;;
	esac
	boundary=$(header "$1" Content-Type | sed -nE 's/^multipart\/.*boundary="?([^";]*)"?.*/\1/ip')
	if [ -n "$boundary" ] && ! grep -qaF -e "--$boundary" <<<"$body"; then
		without_headers "$1" 'content-(type|transfer-encoding)'
	fi
}

# id_of TEXT: the first <message-id> in it, without its brackets
id_of() {
	sed -nE 's/^[^<]*<([^<>[:space:]]+)>.*/\1/p' <<<"$1"
}

# one_mail TO: the mail on standard input into the file TO; prints what it is
# (patch, cover, reply, talk), its n and m of [PATCH n/m] or 0, its id, that of
# the first mail of its thread, and its title: a line each, after a word
one_mail() (
	mail_dir=''
	trap 'rm -rf "$mail_dir"' EXIT
	mail_dir=$(mktemp -d) || die "$EXIT_STORAGE" "cannot make a folder in ${TMPDIR:-/tmp}"
	cat >"$1" || die "$EXIT_STORAGE" "cannot write $1: is the disk full?"
	[ -s "$1" ] || refuse "the mail on standard input is empty"
	undo_half_decoded "$1"
	add_file "$1" 1
	[ ${#mail_file[@]} -eq 1 ] || refuse "${#mail_file[@]} mails are on standard input, not one"
	decode 0
	kind=${mail_kind[0]}
	if [ "${mail_number[0]:-1}" -eq 0 ]; then
		kind=cover
	elif [ "${mail_diff[0]}" = yes ] && [ "$kind" != reply ]; then
		kind="patch"
	elif [ "$kind" = patch ] && [ "${mail_diff[0]}" != no ]; then
		refuse "the mail is damaged: ${mail_diff[0]}"
	elif [ "$kind" = patch ]; then
		kind="talk"
	fi
	id=$(id_of "$(header "$1" Message-Id)")
	thread=$(id_of "$(header "$1" References)")
	thread=${thread:-$(id_of "$(header "$1" In-Reply-To)")}
	printf 'kind %s\nnumber %s\ncount %s\nid %s\nthread %s\ntitle %s\n' "$kind" \
		"${mail_number[0]:-0}" "${mail_count[0]:-0}" "$id" "${thread:-$id}" "${mail_title[0]}"
)
