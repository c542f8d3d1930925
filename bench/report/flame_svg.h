/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flame pictures: an icicle, root on top, as one SVG that needs nothing else.
 * The same input gives the same bytes.
 */
#ifndef FAULTLINE_FLAME_SVG_H
#define FAULTLINE_FLAME_SVG_H

#include <stdio.h>

#include "folded.h"

/*
 * The icicle of nr stacks, in any order, each once or more often; those with
 * n <= 0 are left out. unit is what n counts ("instructions per fault"). Colour
 * is the part of the kernel, as far as a name tells.
 */
void flame_svg__write(FILE *f, const char *title, const char *subtitle,
		      const char *unit, const struct folded *a, size_t nr);
/*
 * The icicle of b, each function coloured by its own difference to a, callees
 * apart: more red, less blue, equal grey; a label begins with the
 * difference ("+12"). A function that
 * only moved is compared with itself where it was before (folded__match()).
 * What only a has is in a list under the picture.
 */
void flame_svg__write_diff(FILE *f, const char *title, const char *subtitle,
			   const char *unit, const struct folded *a,
			   size_t nr_a, const struct folded *b, size_t nr_b);

#endif
