// SPDX-License-Identifier: GPL-2.0
/*
 * One series of the history; see alert_series.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alert_series.h"
#include "attributed.h"
#include "autocorrelation.h"
#include "changepoint.h"
#include "interval.h"

#define SIGMAS	3.0	/* that the newest point may be off its level */
#define ERRORS	5.0	/* standard errors that two levels lie apart, at least */
#define ERRORS_ON	4.0	/* the same where noise goes on, of errors that know it */
#define MAD_SD	1.4826	/* sigma of a normal distribution in units of its MAD */

/* The absolute ones are the percentages of a fault of 2400 instructions. */
const struct alert_limits alert_defaults = {
	.soft = 0.5, .hard = 2, .soft_abs = 12, .hard_abs = 48,
	.few = 20,
};

const char *alert__name(enum alert_is is)
{
	static const char *const name[NR_ALERT_IS] = {
		[ALERT_NOTHING] = "nothing", [ALERT_CHANGED] = "changed",
		[ALERT_FEW] = "too few points", [ALERT_BETTER] = "better",
		[ALERT_BASE] = "base moved", [ALERT_SUSPECT] = "suspect",
		[ALERT_UNJUDGED] = "unjudged", [ALERT_SOFT] = "soft",
		[ALERT_HARD] = "hard",
	};

	return name[is];
}

bool alert__is_exact(const char *metric)
{
	return !strncmp(metric, "instructions", strlen("instructions")) ||
	       attributed__is(metric);
}

/* How bad is a change? CHANGED: below the limits; of: what 100 % are. */
static enum alert_is grade(double before, double now, double of,
			   double soft_abs, double hard_abs,
			   const struct alert_limits *l)
{
	double diff = now - before, percent = 100 * fabs(diff) / fabs(of);
	bool soft = percent >= l->soft || fabs(diff) >= soft_abs;
	bool hard = percent >= l->hard || fabs(diff) >= hard_abs;

	if (!soft && !hard)
		return ALERT_CHANGED;
	if (diff < 0)
		return ALERT_BETTER;
	return hard ? ALERT_HARD : ALERT_SOFT;
}

static bool worse(enum alert_is is)
{
	return is == ALERT_SOFT || is == ALERT_HARD;
}

/* Of one direction, and both beyond a limit or both below it. */
static bool same_kind(enum alert_is a, enum alert_is b)
{
	return a == b || (worse(a) && worse(b));
}

/* A point whose boots differ says no more than that it is within its spread. */
static enum alert_is grade_exact(double before, const struct history_point *p,
				 const struct alert_limits *l)
{
	double slack = isnan(p->spread) ? 0 : p->spread;

	if (fabs(p->value - before) <= slack)
		return ALERT_NOTHING;
	return grade(before, p->value, p->reference ?: before, l->soft_abs,
		     l->hard_abs, l);
}

static void take_percent(struct alert_verdict *v)
{
	double of = v->reference ?: v->before;

	v->percent = of ? 100 * (v->now - v->before) / fabs(of) : NAN;
}

struct alert_verdict alert__exact(const struct history_point *p, size_t nr,
				  const struct history_accepted *accepted,
				  const struct alert_limits *limits)
{
	struct alert_verdict v = { .is = ALERT_FEW, .before = NAN, .now = NAN,
				   .percent = NAN };

	if (nr)
		v.now = p[nr - 1].value;
	if (!nr || (nr == 1 && !accepted))
		return v;
	v.before = accepted ? accepted->value : p[0].value;
	v.reference = p[nr - 1].reference;
	take_percent(&v);
	v.is = grade_exact(v.before, &p[nr - 1], limits);
	v.began = nr - 1;
	while (v.began && same_kind(grade_exact(v.before, &p[v.began - 1],
						limits), v.is))
		v.began--;
	v.points = nr - v.began;
	return v;
}

/* A stretch of one level. */
struct level {
	size_t from, nr;
	double value;		/* its median */
	double sd;		/* of its points, from their MAD */
	double of;		/* what 100 % of it are */
};

static struct level level_of(const struct history_point *p, const double *v,
			     size_t from, size_t nr)
{
	struct level l = { .from = from, .nr = nr,
			   .value = interval__median(v + from, nr) };
	double *off = xcalloc(nr, sizeof(*off));

	for (size_t i = 0; i < nr; i++)
		off[i] = fabs(v[from + i] - l.value);
	l.sd = MAD_SD * interval__median(off, nr);
	for (size_t i = 0; i < nr; i++)
		off[i] = p[from + i].reference;
	l.of = p[from].reference ? interval__median(off, nr) : l.value;
	free(off);
	return l;
}

/* The stretches between change points; its arrays are allocated. */
struct all_levels {
	const double *v;
	struct level *l;
	size_t *from;		/* of each, and the number of values */
	size_t n;
	struct autocorrelation noise;
};

static struct all_levels all_levels_of(const struct history_point *p, const double *v,
			       size_t nr)
{
	struct changepoint *at = xcalloc(nr / CHANGEPOINT_LEAST + 1, sizeof(*at));
	size_t changes = changepoint__find(v, nr, at);
	struct all_levels s = {
		.v = v, .n = changes + 1,
		.l = xcalloc(changes + 1, sizeof(*s.l)),
		.from = xcalloc(changes + 2, sizeof(*s.from)),
		.noise = autocorrelation__of(v, nr),
	};

	for (size_t i = 0; i <= changes; i++) {
		size_t from = i ? at[i - 1].at : 0;
		size_t to = i < changes ? at[i].at : nr;

		s.l[i] = level_of(p, v, from, to - from);
		s.from[i] = from;
		s.from[i + 1] = to;
	}
	free(at);
	return s;
}

static void all_levels_free(struct all_levels *s)
{
	free(s->l);
	free(s->from);
}

static double *values_of(const struct history_point *p, size_t nr)
{
	double *v = xcalloc(nr, sizeof(*v));

	for (size_t i = 0; i < nr; i++)
		v[i] = p[i].value;
	return v;
}

/* The stretch that was accepted: that of the last point there was then. */
static size_t accepted_level(const struct level *l, size_t n,
			     const struct history_point *p,
			     const struct history_accepted *a)
{
	size_t i = n;

	if (!a)
		return 0;
	while (--i && (a->after ? p[l[i].from].added > a->after :
				  strcmp(p[l[i].from].started, a->when) > 0))
		;
	return i;
}

/* Do they lie apart by more than how well the two are known? */
static bool apart(const struct all_levels *s, size_t a, size_t b)
{
	const struct level *x = &s->l[a], *y = &s->l[b];
	double error = fmax(x->sd, y->sd) * sqrt(1.0 / x->nr + 1.0 / y->nr);

	if (fabs(y->value - x->value) < ERRORS * error)
		return false;
	return !(s->noise.part > 0) ||
	       fabs(autocorrelation__apart(&s->noise, s->v, s->from + a,
					   b - a + 1)) >= ERRORS_ON;
}

static enum alert_is grade_level(const struct all_levels *s, size_t ref, size_t at,
				 const struct alert_limits *limits)
{
	const struct level *r = &s->l[ref];

	return !apart(s, ref, at) ? ALERT_NOTHING :
	       grade(r->value, s->l[at].value, r->of, INFINITY, INFINITY, limits);
}

/* Does the newest point lie off the points before it of its stretch? */
static bool is_suspect(const struct history_point *p, const double *v,
		       const struct level *l,
		       const struct alert_limits *limits)
{
	struct level rest;
	double off;

	if (l->nr < 2)
		return true;
	rest = level_of(p, v, l->from, l->nr - 1);
	off = fabs(v[l->from + l->nr - 1] - rest.value);
	return l->nr > limits->few / 2 && off > SIGMAS * rest.sd &&
	       off >= limits->soft / 100 * fabs(rest.of);
}

static void judge_levels(struct alert_verdict *v, const struct all_levels *s,
			 size_t ref, size_t last,
			 const struct alert_limits *limits)
{
	size_t first = last;

	v->before = s->l[ref].value;
	v->now = s->l[last].value;
	v->is = ref < last ? grade_level(s, ref, last, limits) :
			     ALERT_NOTHING;
	if (v->is == ALERT_CHANGED)
		v->is = ALERT_NOTHING;
	while (first > ref + 1 && same_kind(grade_level(s, ref, first - 1, limits), v->is))
		first--;
	v->began = s->l[first].from;
}

struct alert_verdict alert__noisy(const struct history_point *p, size_t nr,
				  const struct history_accepted *accepted,
				  const struct alert_limits *limits)
{
	struct alert_verdict v = { .is = ALERT_FEW, .before = NAN, .now = NAN,
				   .percent = NAN };
	struct all_levels s;
	double *value;
	size_t ref;

	if (nr)
		v.now = p[nr - 1].value;
	if (nr < limits->few || !nr)
		return v;
	value = values_of(p, nr);
	s = all_levels_of(p, value, nr);
	v.levels = s.n;
	ref = accepted_level(s.l, s.n, p, accepted);
	judge_levels(&v, &s, ref, s.n - 1, limits);
	if (!worse(v.is) && is_suspect(p, value, &s.l[s.n - 1], limits)) {
		v.is = ALERT_SUSPECT;
		v.before = s.l[s.n - 1].value;
		v.now = value[nr - 1];
		v.began = nr - 1;
	}
	v.points = nr - v.began;
	v.reference = p[0].reference ? s.l[ref].of : 0;
	take_percent(&v);
	free(value);
	all_levels_free(&s);
	return v;
}

double *alert__levels(const struct history_point *p, size_t nr,
		      const char *metric)
{
	double *value = values_of(p, nr);
	struct all_levels s;

	if (!nr || alert__is_exact(metric))
		return value;
	s = all_levels_of(p, value, nr);
	for (size_t i = 0; i < s.n; i++) {
		for (size_t k = 0; k < s.l[i].nr; k++)
			value[s.l[i].from + k] = s.l[i].value;
	}
	all_levels_free(&s);
	return value;
}
