// SPDX-License-Identifier: GPL-2.0
/*
 * One cell's faults and nothing else, for valgrind's callgrind to count.
 */
#include <string.h>

#include "executed.h"
#include "session.h"

struct share {
	const struct fill *fill;
	unsigned int n;
};

/* Collected by callgrind (--toggle-collect): only what is called from here. */
__attribute__((noinline))
static void alone__faults(const struct vitro_copy *c, const struct fill *f,
			  unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		c->entry(c->vcpu, f->gpa[i], f->error_code, NULL, 0);
}

static void take(struct subject *s, void *arg)
{
	struct share *w = arg;

	alone__faults(s->cell->copy, w->fill, w->n);
}

static void begin(struct subject *s, void *arg)
{
	fill__begin(arg, s);
}

static struct subject *find(struct vitro_session *s, const char *cell)
{
	struct strlist known = { 0 };
	struct err e;

	for (size_t i = 0; i < s->nr; i++) {
		const struct vitro_cell *c = s->subject[i].cell;
		char *name = xasprintf("%s:%s", c->variant, c->profile);

		if (!strcmp(name, cell))
			return &s->subject[i];
		strlist__add(&known, name);
	}
	if (catalog__check_name("cell", cell, &known, &e))
		die_err(&e);
	return NULL;
}

/* The second fault of a fill: the first one makes tables. */
static void print_steps(struct vitro_session *s, struct subject *one)
{
	struct executed_steps n;

	if (executed__step(one, &s->fill, 1, &n))
		printf("%llu instructions, %llu where each turn of a rep is one\n",
		       (unsigned long long)n.instructions,
		       (unsigned long long)(n.instructions + n.turns));
}

void alone__run(struct vitro_session *s, const char *workload,
		const char *cell, uint64_t faults)
{
	struct subject *one = find(s, cell);
	struct share w = { .fill = &s->fill };
	char err[256];

	if (session__ready(s, workload, err, sizeof(err)))
		die(EXIT_NO_DATA, "%s: %s", workload, err);
	if (!faults)
		print_steps(s, one);
	while (faults && !one->failed) {
		w.n = faults < s->fill.faults ? faults : s->fill.faults;
		subject__try(one, begin, &s->fill);
		subject__try(one, take, &w);
		faults -= w.n;
	}
	if (one->failed)
		die(EXIT_RIG, "%s: %s", cell, one->failed);
}
