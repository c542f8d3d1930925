/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long kernels took to build on this machine, as their info files say.
 */
#ifndef FAULTLINE_BUILD_TIMES_H
#define FAULTLINE_BUILD_TIMES_H

#include "kernels.h"

/*
 * Say how many are still to be built and how long that will take, and how long it all
 * will with what is to come then.
 */
void build_times__say(const struct kernels *all);

#endif
