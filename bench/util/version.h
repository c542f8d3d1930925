/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The version of Faultline, here and in no other place: --version, the man page,
 * the tarball and the Debian package take it from this file, and the first
 * heading of CHANGELOG.md names it.
 */
#ifndef FAULTLINE_VERSION_H
#define FAULTLINE_VERSION_H

#define FAULTLINE_VERSION "0.9.0"

#endif
