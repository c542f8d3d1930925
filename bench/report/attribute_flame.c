// SPDX-License-Identifier: GPL-2.0
/*
 * The typical fault of an attribution as a flame picture: one variant's, or
 * two variants' difference.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "attribute_report.h"
#include "flame_svg.h"

#define UNIT	"instructions per fault"

static struct folded *stacks_of(const struct attr_class *c)
{
	struct folded *f = xcalloc(c->nr_stacks ?: 1, sizeof(*f));

	for (size_t i = 0; i < c->nr_stacks; i++)
		f[i] = (struct folded) { c->stack[i].stack,
					 c->stack[i].insns };
	return f;
}

void report__attribute_flame(FILE *f, const struct attr_cmp *c)
{
	const struct attr_column *a = &c->column[0], *b = &c->column[1];
	struct folded *of_a = stacks_of(a->class), *of_b = NULL;
	char *title, *subtitle;

	if (c->nr_columns < 2 || !b->class) {
		title = xasprintf("%s, %s, profile %s, %s", c->base,
				  a->variant, c->profile, c->workload);
		subtitle = xasprintf("Typical fault of class \"%s\", from VM exit to VM entry: instructions, not time",
				     c->class);
		flame_svg__write(f, title, subtitle, UNIT, of_a,
				 a->class->nr_stacks);
	} else {
		title = xasprintf("%s against %s: %s, profile %s, %s",
				  b->variant, a->variant, c->base, c->profile,
				  c->workload);
		subtitle = xasprintf("Typical fault of class \"%s\", from VM exit to VM entry: %" PRIu64 " instructions, %" PRIu64 " before (%+" PRId64 "); instructions, not time",
				     c->class, b->total, a->total, b->diff);
		of_b = stacks_of(b->class);
		flame_svg__write_diff(f, title, subtitle, UNIT, of_a,
				      a->class->nr_stacks, of_b,
				      b->class->nr_stacks);
	}
	free(subtitle);
	free(title);
	free(of_b);
	free(of_a);
}
