/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Values and where they stood, sorted by value. Change points sort stretches of every
 * noisy series, millions of values a night, so this compares without a call.
 */
#ifndef FAULTLINE_PLACED_H
#define FAULTLINE_PLACED_H

#include <stddef.h>

struct placed {
	double value;
	size_t place;
};

/*
 * n of v with their places, rising, of equal ones the earlier place first;
 * allocated, the caller frees it. NULL without memory. v has no NAN.
 */
struct placed *placed__sorted(const double *v, size_t n);

#endif
