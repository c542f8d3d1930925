// SPDX-License-Identifier: GPL-2.0
/*
 * A figure against a limit; see limit.h.
 */
#include <math.h>

#include "limit.h"

static struct limit_answer unsaid(struct limit_answer a, const char *why)
{
	a.says = LIMIT_UNSAID;
	a.why = why;
	return a;
}

/* least to most is what the figure may be. */
static struct limit_answer judge(struct limit_answer a, double least, double most,
				double limit)
{
	if (least > limit)
		a.says = LIMIT_EXCEEDED;
	else if (most <= limit)
		a.says = LIMIT_KEPT;
	else
		a = unsaid(a, "its boots are further apart than the limit lets them be");
	return a;
}

struct limit_answer limit__judge(const struct limit *l,
				 const struct cmp_cell *start,
				 const struct cmp_cell *c)
{
	struct limit_answer a = { LIMIT_UNSAID, 0, NULL };
	struct cmp_diff d = { 0 };
	bool differs = false;

	if (!c->usable)
		return unsaid(a, c->why);
	if (start && start->usable) {
		d = compare__diff(start, c);
		differs = d.comparable && isfinite(d.range);
		a.by = d.by.shared ? d.by.diff : d.by.mean;
	}
	if (l->absolute)
		return judge(a, fmin(c->typical, c->typical_max),
			     fmax(c->typical, c->typical_max), l->most);
	if (!start || !start->usable)
		return unsaid(a, start ? start->why : "the start was not measured");
	if (!differs)
		return unsaid(a, d.comparable ? "it is not exact: a boot of it was not replayed bit by bit" :
			      "it has another number of faults than the start");
	return judge(a, a.by - d.range, a.by + d.range, l->most);
}
