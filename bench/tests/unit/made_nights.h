/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A history of made nights, in a file of the test's own, and what alert says of it.
 */
#ifndef FAULTLINE_MADE_NIGHTS_H
#define FAULTLINE_MADE_NIGHTS_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit.h"
#include "alert.h"

struct made_nights {
	struct history *h;
	struct alerts a;
	char *path;
	size_t nights;
};

/* Empty, at a clock that is later than all of its nights. */
static inline void made_nights__begin(struct made_nights *m)
{
	struct err e;

	*m = (struct made_nights) { .path = xasprintf("/tmp/faultline-test-nights.%d.db",
						      (int)getpid()) };
	setenv("FAULTLINE_NOW", "2027-01-01T00:00:00Z", 1);
	unlink(m->path);
	m->h = history__open(m->path, HISTORY_WRITE, &e);
	assert_non_null(m->h);
}

static inline void made_nights__end(struct made_nights *m)
{
	alerts__free(&m->a);
	history__close(m->h);
	unlink(m->path);
	free(m->path);
}

/* One night more, with these points. */
static inline void made_nights__add(struct made_nights *m,
				    const struct history_new *point, size_t nr)
{
	char id[32], day[64];
	const struct history_run run = { id, day, "results/none", "rev", "r" };

	snprintf(id, sizeof(id), "night-%zu", m->nights);
	snprintf(day, sizeof(day), "2026-%02zu-%02zuT00:00:00Z",
		 1 + m->nights / 28, 1 + m->nights % 28);
	assert_int_equal(history__add(m->h, &run, point, nr), HISTORY_ADDED);
	m->nights++;
}

/* What alert says of it, and ends with; nothing is acknowledged. */
static inline enum faultline_exit made_nights__judge(struct made_nights *m,
						     const struct alert_options *o)
{
	static const struct acks no_acks;

	alerts__free(&m->a);
	alerts__judge(&m->a, m->h, &no_acks, o);
	assert_null(history__error(m->h));
	return alerts__exit(&m->a);
}

#endif
