// SPDX-License-Identifier: GPL-2.0
/*
 * Which functions make the difference, all workloads in one table per variant.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "attribute_report.h"
#include "text.h"

#define LEAST_NAME	20	/* columns of a function's name, at least */
#define LEAST_COLUMN	8

/* A function and what it changed, a workload each. */
struct line {
	const char *name;
	int64_t *diff;
	bool *there;
	uint64_t weight;	/* all its differences, signs dropped */
};

struct lines {
	struct line *item;
	size_t nr;
};

static struct line *line_of(struct lines *l, const char *name, size_t nr)
{
	struct line *line;

	for (size_t i = 0; i < l->nr; i++) {
		if (!strcmp(l->item[i].name, name))
			return &l->item[i];
	}
	l->item = xrealloc(l->item, (l->nr + 1) * sizeof(*l->item));
	line = &l->item[l->nr++];
	*line = (struct line) {
		.name = name,
		.diff = xcalloc(nr, sizeof(*line->diff)),
		.there = xcalloc(nr, sizeof(*line->there)),
	};
	return line;
}

static size_t column_of(const struct attr_cmp *c, const char *variant)
{
	for (size_t v = 1; v < c->nr_columns; v++) {
		if (!strcmp(c->column[v].variant, variant))
			return v;
	}
	return 0;
}

static int by_weight(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return strcmp(x->name, y->name);
}

static struct lines lines_of(const struct attr_cmp *c, size_t nr,
			     const char *variant)
{
	struct lines l = { 0 };

	for (size_t w = 0; w < nr; w++) {
		size_t v = column_of(&c[w], variant);

		for (size_t i = 0; v && i < c[w].nr_rows; i++) {
			const struct attr_row *row = &c[w].row[i];
			struct line *line;

			if (!row->diff[v] && row->there[v] == row->there[0])
				continue;
			line = line_of(&l, row->name, nr);
			line->diff[w] = row->diff[v];
			line->there[w] = true;
			line->weight += llabs(row->diff[v]);
		}
	}
	if (l.nr)
		qsort(l.item, l.nr, sizeof(*l.item), by_weight);
	return l;
}

static int width_of(const struct attr_cmp *c)
{
	int n = strlen(c->workload) + 1;

	return n < LEAST_COLUMN ? LEAST_COLUMN : n;
}

/* What the columns leave of a line. */
static int name_width(const struct attr_cmp *c, size_t nr)
{
	int left = REPORT_COLUMNS;

	for (size_t w = 0; w < nr; w++)
		left -= width_of(&c[w]);
	return left < LEAST_NAME ? LEAST_NAME : left;
}

static void print_total(FILE *f, const struct attr_cmp *c, size_t nr,
			const char *variant, const char *what)
{
	fprintf(f, "%-*s", name_width(c, nr), what);
	for (size_t w = 0; w < nr; w++) {
		size_t v = column_of(&c[w], variant);
		int width = width_of(&c[w]);

		if (!v || !c[w].column[v].class)
			fprintf(f, "%*s", width, "-");
		else if (*what == 's')
			fprintf(f, "%+*" PRId64, width,
				c[w].column[v].diff_sum);
		else
			fprintf(f, "%*" PRIu64, width, c[w].column[v].total);
	}
	fputc('\n', f);
}

/* One past the last workload in which the function differs. */
static size_t last_column(const struct line *line, size_t nr)
{
	while (nr && !line->there[nr - 1])
		nr--;
	return nr;
}

static void print_rep_once(FILE *f, const struct attr_cmp *c, size_t nr,
			   const char *variant)
{
	fprintf(f, "%-*s", name_width(c, nr), "rep counted once");
	for (size_t w = 0; w < nr; w++) {
		const struct attr_class *ref = c[w].column[0].class;
		const struct attr_class *own =
			c[w].column[column_of(&c[w], variant)].class;

		if (own && own != ref && own->rep_known && ref->rep_known)
			fprintf(f, "%+*" PRId64, width_of(&c[w]),
				(int64_t)(attr_class__rep_once(own) -
					  attr_class__rep_once(ref)));
		else
			fprintf(f, "%*s", width_of(&c[w]), "-");
	}
	fputc('\n', f);
}

static void print_variant(FILE *f, const struct attr_cmp *c, size_t nr,
			  const char *variant)
{
	struct lines l = lines_of(c, nr, variant);
	int name = name_width(c, nr);

	fprintf(f, "%-*.*s", name, name - 1, variant);
	for (size_t w = 0; w < nr; w++)
		fprintf(f, "%*s", width_of(&c[w]), c[w].workload);
	fputc('\n', f);
	for (size_t i = 0; i < l.nr; i++) {
		fprintf(f, "%-*.*s", name, name - 1, l.item[i].name);
		for (size_t w = 0; w < last_column(&l.item[i], nr); w++) {
			if (l.item[i].there[w])
				fprintf(f, "%+*" PRId64, width_of(&c[w]),
					l.item[i].diff[w]);
			else
				fprintf(f, "%*s", width_of(&c[w]), "");
		}
		fputc('\n', f);
		free(l.item[i].diff);
		free(l.item[i].there);
	}
	free(l.item);
	print_total(f, c, nr, variant, "sum");
	print_rep_once(f, c, nr, variant);
	print_total(f, c, nr, variant, "all functions");
}

void report__attribute_summary(FILE *f, const struct attr_cmp *c, size_t nr)
{
	bool sums = true;

	fprintf(f, "Where the difference to %s is: %s, profile %s, typical fault,\neach function's own instructions\n",
		c[0].column[0].variant, c[0].base, c[0].profile);
	for (size_t v = 1; v < c[0].nr_columns; v++) {
		fputc('\n', f);
		print_variant(f, c, nr, c[0].column[v].variant);
	}
	fputc('\n', f);
	for (size_t w = 0; w < nr; w++)
		sums &= c[w].sums;
	text__wrapped(f, 0, sums ?
		"sum: of the lines above; it is the difference of the totals, exactly. rep counted once: the difference, where a rep is one instruction and not one an iteration. Empty: the same as there." :
		"THE LINES DO NOT ADD UP to the differences of the totals: do not trust this table.");
}
