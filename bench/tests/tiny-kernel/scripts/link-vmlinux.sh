# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2086
"$1" -o vmlinux --build-id=sha1 --no-warn-rwx-segments -T "$KBUILD_LDS" $objects && nm vmlinux >System.map
