// SPDX-License-Identifier: GPL-2.0
/*
 * Which functions a change is in; see alert_where.h.
 */
#include <stdlib.h>
#include <string.h>

#include "alert_where.h"
#include "attribution.h"
#include "run.h"

/* A run's folder, which is relative to the checkout where it is below it. */
static char *folder(const char *path)
{
	return *path == '/' ? xstrdup(path) : path_in_root("%s", path);
}

/* The attribution of a cell's lowest boot that has one. 0, or -1 and why. */
static int load(struct attribution *a, const struct history_key *k,
		const char *path, char *why, size_t size)
{
	struct run run = { .dir = folder(path) };
	struct record of = {
		.base = (char *)k->base, .variant = (char *)k->variant,
		.profile = (char *)k->profile, .workload = (char *)k->workload,
		.rig = (char *)k->rig,
	};
	int r = -1;

	snprintf(why, size, "%s has no attribution of it", path);
	for (of.boot = 1; of.boot <= 8; of.boot++) {
		if (!attribution__there(&run, &of))
			continue;
		r = attribution__load(a, &run, &of, why, size) ? -1 : 0;
		break;
	}
	free(run.dir);
	return r;
}

static void add(struct alert_where *w, const char *name, int64_t diff)
{
	if (!diff)
		return;
	w->func = xrealloc(w->func, (w->nr + 1) * sizeof(*w->func));
	w->func[w->nr++] = (struct alert_func) { xstrdup(name), diff };
}

static int by_size(const void *a, const void *b)
{
	const struct alert_func *x = a, *y = b;
	int64_t d = llabs(y->diff) - llabs(x->diff);

	return d ? (d > 0) - (d < 0) : strcmp(x->name, y->name);
}

/* Both lists are by name. */
static void hold_against(struct alert_where *w, const struct attr_funcs *old,
			 const struct attr_funcs *new)
{
	size_t i = 0, k = 0;

	while (i < old->nr || k < new->nr) {
		const struct attr_func *o = i < old->nr ? &old->item[i] : NULL;
		const struct attr_func *n = k < new->nr ? &new->item[k] : NULL;
		int c = !o ? 1 : !n ? -1 : strcmp(o->name, n->name);

		add(w, c <= 0 ? o->name : n->name,
		    (c >= 0 ? (int64_t)n->cost.insns : 0) -
		    (c <= 0 ? (int64_t)o->cost.insns : 0));
		i += c <= 0;
		k += c >= 0;
	}
	if (w->nr)
		qsort(w->func, w->nr, sizeof(*w->func), by_size);
}

void alert_where__find(struct alert_where *w, const struct history_key *k,
		       const char *before, const char *after)
{
	const struct attr_class *old, *new;
	struct attribution a, b;
	char why[512];

	*w = (struct alert_where) { 0 };
	if (load(&a, k, before, why, sizeof(why))) {
		w->why_not = xstrdup(why);
		return;
	}
	if (load(&b, k, after, why, sizeof(why))) {
		w->why_not = xstrdup(why);
		attribution__free(&a);
		return;
	}
	new = b.nr ? &b.item[0] : NULL;
	old = new ? attribution__class(&a, new->name) : NULL;
	if (old)
		hold_against(w, &old->func, &new->func);
	else
		w->why_not = xasprintf("%s and %s have no class of faults in common",
				       before, after);
	if (old && !w->nr)
		w->why_not = xstrdup("every function costs what it did");
	attribution__free(&b);
	attribution__free(&a);
}

void alert_where__free(struct alert_where *w)
{
	for (size_t i = 0; i < w->nr; i++)
		free(w->func[i].name);
	free(w->func);
	free(w->why_not);
	*w = (struct alert_where) { 0 };
}
