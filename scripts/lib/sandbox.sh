# SPDX-License-Identifier: GPL-2.0
# What a kernel build of somebody's commits may do: it is somebody's code. With
# bubblewrap it sees no network, no other process and no file of the user's but the
# tree, and writes to its object tree alone; with and without it has a limit of
# memory and of time. docs/running.md says what is not protected.
# shellcheck shell=bash disable=SC2154

# The most address space of one process, in KiB, and seconds of one call of make.
BUILD_MEMORY=$((8 << 20)) BUILD_SECONDS=7200
confine=() limited=''

# What is hidden: the user's own files, and where programs listen.
hidden_folders() {
	local dir
	for dir in /tmp /var/tmp /run /home /root "$HOME"; do
		dir=$(realpath -e "$dir" 2>/dev/null) && [ -d "$dir" ] && [ "$dir" != / ] && echo "$dir"
	done | sort -u
}

# shown_again FILE...: of what stands in a hidden folder, bwrap's words that show it
shown_again() {
	local file hidden
	for file in "$@"; do
		[[ $file == /* ]] && [ -e "$file" ] || continue
		while read -r hidden; do
			[[ $(realpath "$file") != "$hidden"/* ]] || printf '%s\n' --ro-bind "$file" "$file"
		done < <(hidden_folders)
	done
}

# choose_sandbox TREE OBJ -> confine: the words in front of a command. FAULTLINE_SANDBOX
# is `no`, or `must` where a build without one is to fail; else what there is is used.
choose_sandbox() {
	local dir words path
	confine=() limited=1
	[ "${FAULTLINE_SANDBOX-}" != no ] || return 0
	words=(bwrap --unshare-net --unshare-ipc --unshare-pid --unshare-uts --die-with-parent
		--new-session --cap-drop ALL --ro-bind / / --dev /dev --proc /proc)
	if ! "${words[@]}" true 2>/dev/null; then
		[ "${FAULTLINE_SANDBOX-}" != must ] ||
			die "$EXIT_MISSING" "bwrap is missing or not permitted here, and FAULTLINE_SANDBOX=must: apt-get install bubblewrap"
		[ -e "$CACHE/said-no-sandbox" ] ||
			echo "faultline: warning: commits are built without a sandbox, with all rights of yours: bwrap is missing or not permitted here (apt-get install bubblewrap; said once)" >&2
		: >"$CACHE/said-no-sandbox"
		return 0
	fi
	while read -r dir; do words+=(--tmpfs "$dir"); done < <(hidden_folders)
	IFS=: read -ra path <<<"$kbuild_path:${LD_LIBRARY_PATH-}:${LD_PRELOAD-}"
	mapfile -t -O ${#words[@]} words < <(shown_again "${path[@]}" "$1" \
		"$(dirname "$(dirname "$(realpath "$(command -v "${cc[0]}")")")")")
	words+=(--bind "$2" "$2")
	# What it keeps for itself is not what other builds take.
	if [[ " ${kbuild_env[*]}" == *" CCACHE_DIR="* ]]; then
		mkdir -p "$STORE/ccache" || die "$EXIT_STORAGE" "cannot make $STORE/ccache: is the disk full?"
		kbuild_env=("${kbuild_env[@]/#CCACHE_DIR=*/CCACHE_DIR=$STORE/ccache}" CCACHE_MAXSIZE=500M)
		words+=(--bind "$STORE/ccache" "$STORE/ccache")
	fi
	confine=("${words[@]}")
}

# confined COMMAND...: in the sandbox that was chosen, if any, within its limits; it may
# write to the folder may_write as well
confined() {
	local words=("${confine[@]}")
	[ -n "$limited" ] || { "$@"; return; }
	[ ${#words[@]} -eq 0 ] || [ -z "${may_write-}" ] || words+=(--bind "$may_write" "$may_write")
	(ulimit -v "$BUILD_MEMORY" 2>/dev/null
	exec timeout --foreground -k 5 "$BUILD_SECONDS" "${words[@]}" "$@" </dev/null)
}
