/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long kernels took to build on this machine, as their info files say.
 */
#ifndef FAULTLINE_BUILD_TIMES_H
#define FAULTLINE_BUILD_TIMES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Say how many are to be built, and how long that will take; first: of a source
 * of which nothing is compiled yet.
 */
void build_times__say(size_t missing, bool first);

#endif
