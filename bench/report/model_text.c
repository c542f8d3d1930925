// SPDX-License-Identifier: GPL-2.0
/*
 * Modelled cycles as plain text, with what they assume.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "attribute_report.h"
#include "model.h"
#include "text.h"

#define CPU_WIDTH	24
#define REF_WIDTH	10
#define VAR_WIDTH	20

static const char assumptions[] =
	"Not measured. Assumed: every load hits the L1 cache, every branch is predicted, the front end never waits, no load waits for an earlier store (so an argument passed on the stack costs no forwarding), the fault begins with an empty pipeline and is over when its last instruction retires.";

static void print_row(FILE *f, const struct attr_cmp *c,
		      const struct model *m)
{
	fprintf(f, "%-*.*s", CPU_WIDTH, CPU_WIDTH - 1, m->cpu);
	for (size_t v = 0; v < c->nr_columns; v++) {
		int width = v ? VAR_WIDTH - 7 : REF_WIDTH;

		if (!m->there[v]) {
			fprintf(f, "%*s", v ? VAR_WIDTH : REF_WIDTH, "-");
			continue;
		}
		fprintf(f, "%*" PRIu64, width, m->column[v].cycles);
		if (v)
			fprintf(f, "%+7" PRId64, m->there[0] ?
				(int64_t)(m->column[v].cycles -
					  m->column[0].cycles) : 0);
	}
	fputc('\n', f);
}

/* "36 of 2409: vmload 2, rep stosq 7" */
static void print_left_out(FILE *f, const struct attr_cmp *c,
			   const struct model *m, size_t v)
{
	const struct mca *k = &m->column[v];
	char *text, *more;

	if (!m->there[v])
		return;
	text = xasprintf("left out by %s, %s: %zu of %zu instructions, which the model does not know:",
			 m->cpu, c->column[v].variant, k->left_out,
			 k->insns + k->left_out);
	for (size_t i = 0; i < k->nr_left; i++) {
		more = xasprintf("%s%s %s %zu", text, i ? "," : "",
				 k->left[i].mnemonic, k->left[i].nr);
		free(text);
		text = more;
	}
	text__wrapped(f, 2, text);
	free(text);
}

void report__model_text(FILE *f, const struct attr_cmp *c,
			const struct model *m, size_t nr)
{
	fprintf(f, "Modelled cycles of one %s fault, class \"%s\"\n\n",
		c->workload, c->class);
	fprintf(f, "%-*s%*.*s", CPU_WIDTH, "llvm-mca's model of", REF_WIDTH,
		REF_WIDTH - 1, c->column[0].variant);
	for (size_t v = 1; v < c->nr_columns; v++)
		fprintf(f, "%*.*s", VAR_WIDTH, VAR_WIDTH - 1,
			c->column[v].variant);
	fputc('\n', f);
	for (size_t i = 0; i < nr; i++)
		print_row(f, c, &m[i]);
	fputc('\n', f);
	text__wrapped(f, 2, assumptions);
	for (size_t i = 0; i < nr; i++) {
		for (size_t v = 0; v < c->nr_columns; v++)
			print_left_out(f, c, &m[i], v);
	}
}
