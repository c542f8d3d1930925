// SPDX-License-Identifier: GPL-2.0
/*
 * What is said of a patch; see checked.h.
 */
#include <stdlib.h>

#include "checked.h"
#include "util.h"

static int by_weight(const void *a, const void *b)
{
	const struct checked_row *x = a, *y = b;

	if (x->status != y->status)
		return x->status < y->status ? 1 : -1;
	if (x->said != y->said)
		return x->said ? 1 : -1;
	return (x->by < y->by) - (x->by > y->by);
}

/* Why a cell has no figure: a boot that went wrong is the patch's, a skip is not. */
static void say_unusable(struct checked_row *r, const struct cmp_cell *start,
			 const struct cmp_cell *end)
{
	const bool broken = start->usable && !end->usable && !end->skipped;

	r->status = broken ? CHECKED_FAIL : CHECKED_WARN;
	r->why = start->usable ? end->why : start->why;
}

static struct checked_row make_row(const struct steps *s, const struct step_row *row,
				   const struct limit *l)
{
	const struct cmp_cell *start = &row->cell[0], *end = &row->cell[s->nr - 1];
	const struct limit any = { .most = 0 };
	struct limit_answer more = limit__judge(&any, start, end);
	struct limit_answer over = limit__judge(l, start, end);
	struct checked_row r = { row->workload, s->profile, CHECKED_PASS, true,
				 more.by, 0, 0, NULL };

	if (start->usable && end->usable) {
		r.from = compare__fault(start);
		r.to = compare__fault(end);
	}
	if (!start->usable || !end->usable) {
		r.said = false;
		say_unusable(&r, start, end);
	} else if (l->given && over.says == LIMIT_EXCEEDED) {
		r.status = CHECKED_FAIL;
	} else if (more.says == LIMIT_UNSAID) {
		r.said = false;
		r.status = CHECKED_WARN;
		r.why = more.why;
	} else if (more.says == LIMIT_EXCEEDED) {
		r.status = CHECKED_WARN;
	}
	return r;
}

struct checked checked__make(const struct steps *s, size_t nr,
			     const struct limit *l)
{
	struct checked c = { .status = CHECKED_PASS, .same_handler = true };
	size_t all = 0;

	for (size_t i = 0; i < nr; i++)
		all += s[i].nr_rows;
	c.row = xcalloc(all + 1, sizeof(*c.row));
	for (size_t i = 0; i < nr; i++) {
		if (s[i].nr < 2)
			continue;
		c.failed = c.failed ?: s[i].step[s[i].nr - 1].failed;
		for (size_t w = 0; w < s[i].nr_rows; w++) {
			const struct step_row *row = &s[i].row[w];
			struct checked_row r = make_row(&s[i], row, l);

			c.same_handler &= compare__diff(&row->cell[0],
				&row->cell[s[i].nr - 1]).same_handler;
			if (r.status > c.status)
				c.status = r.status;
			c.row[c.nr++] = r;
		}
	}
	if (c.nr)
		qsort(c.row, c.nr, sizeof(*c.row), by_weight);
	else
		c.status = CHECKED_WARN;
	if (c.failed)
		c.status = CHECKED_FAIL;
	c.same_handler &= c.nr > 0;
	return c;
}

void checked__free(struct checked *c)
{
	free(c->row);
	*c = (struct checked) { 0 };
}
