// SPDX-License-Identifier: GPL-2.0
/*
 * The noisy part of a record; see cycles.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cycles.h"

const char *const cycles_mode_names[NR_CYCLES_MODES] = { "hot", "cold" };
const char *const cycles_pmu_names[NR_CYCLES_PMU] = {
	"cycles", "instructions", "branch_misses",
};

/* What a mode has: one key each, the chunk apart. */
#define AA_KEY		"aa_%s"
#define FLOOR_KEY	"floor_%s"
#define KEPT_KEY	"kept_%s"

struct cycles *cycles__new(void)
{
	struct cycles *c = xcalloc(1, sizeof(*c));

	for (size_t i = 0; i < NR_CYCLES_PMU; i++)
		c->pmu[i] = -1;
	return c;
}

void cycles__free(struct cycles *c)
{
	if (!c)
		return;
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		free(c->mode[m].block);
		free(c->mode[m].aa);
	}
	free(c);
}

static bool all_positive(const double *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(v[i]) || v[i] <= 0)
			return false;
	}
	return true;
}

static const char *check_series(const struct cycles_series *s)
{
	if (s->nr < CYCLES_BLOCKS_MIN || s->nr > CYCLES_BLOCKS_MAX)
		return "8 to 1024 blocks, not this many";
	if (!all_positive(s->block, s->nr) ||
	    (s->aa && !all_positive(s->aa, s->nr)))
		return "a block that is no positive number";
	if (!s->chunk || s->chunk > INT32_MAX)
		return "no chunk of faults";
	if (!isfinite(s->floor) || s->floor < 0)
		return "a floor that is no cost";
	if (!(s->kept > 0 && s->kept <= 1))
		return "a share kept that is no share";
	return NULL;
}

int cycles__check(const struct cycles *c, char *err, size_t errlen)
{
	size_t modes = 0;

	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		const char *why = c->mode[m].nr ? check_series(&c->mode[m]) :
						  NULL;

		modes += c->mode[m].nr > 0;
		if (why) {
			snprintf(err, errlen, "cycles, %s: %s",
				 cycles_mode_names[m], why);
			return -1;
		}
	}
	if (!modes) {
		snprintf(err, errlen, "cycles, but neither hot nor cold");
		return -1;
	}
	for (size_t i = 0; i < NR_CYCLES_PMU; i++) {
		if (isfinite(c->pmu[i]))
			continue;
		snprintf(err, errlen, "cycles: the PMU's %s is no number",
			 cycles_pmu_names[i]);
		return -1;
	}
	return 0;
}

static json_t *array_of(const double *v, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, json_real(v[i]));
	return a;
}

static void set_of_mode(json_t *o, const char *fmt, size_t m, json_t *value)
{
	char key[32];

	snprintf(key, sizeof(key), fmt, cycles_mode_names[m]);
	json_object_set_new(o, key, value);
}

json_t *cycles__to_json(const struct cycles *c)
{
	json_t *chunk = json_object(), *pmu = json_object();
	json_t *o = json_pack("{ss so}", "unit", CYCLES_UNIT, "chunk", chunk);

	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		const struct cycles_series *s = &c->mode[m];

		if (!s->nr)
			continue;
		json_object_set_new(chunk, cycles_mode_names[m],
				    json_integer(s->chunk));
		set_of_mode(o, "%s", m, array_of(s->block, s->nr));
		if (s->aa)
			set_of_mode(o, AA_KEY, m, array_of(s->aa, s->nr));
		set_of_mode(o, FLOOR_KEY, m, json_real(s->floor));
		set_of_mode(o, KEPT_KEY, m, json_real(s->kept));
	}
	for (size_t i = 0; i < NR_CYCLES_PMU; i++) {
		if (c->pmu[i] >= 0)
			json_object_set_new(pmu, cycles_pmu_names[i],
					    json_real(c->pmu[i]));
	}
	if (json_object_size(pmu))
		json_object_set(o, "pmu", pmu);
	json_decref(pmu);
	return o;
}

/* A member, counted as one that is known; NULL when it is not there. */
static json_t *take(json_t *o, const char *fmt, size_t m, size_t *known)
{
	char key[32];
	json_t *v;

	snprintf(key, sizeof(key), fmt, cycles_mode_names[m]);
	v = json_object_get(o, key);
	*known += !!v;
	return v;
}

/* The figures of an array (allocated; the caller frees it), or NULL. */
static double *read_array(json_t *a, size_t *nr)
{
	double *v;
	json_t *x;
	size_t i;

	*nr = json_array_size(a);
	if (!*nr)
		return NULL;
	v = xcalloc(*nr, sizeof(*v));
	json_array_foreach(a, i, x) {
		if (!json_is_number(x)) {
			free(v);
			return NULL;
		}
		v[i] = json_number_value(x);
	}
	return v;
}

static const char *read_series(struct cycles_series *s, json_t *o, size_t m,
			       size_t *known)
{
	json_t *block = take(o, "%s", m, known);
	json_t *aa = take(o, AA_KEY, m, known);
	json_t *floor = take(o, FLOOR_KEY, m, known);
	json_t *kept = take(o, KEPT_KEY, m, known);
	json_t *chunk = json_object_get(json_object_get(o, "chunk"),
					cycles_mode_names[m]);
	size_t nr_aa;

	if (!block)
		return aa || floor || kept ? "members of a mode without blocks" :
					     NULL;
	s->block = read_array(block, &s->nr);
	if (!s->block)
		return "blocks that are not an array of numbers";
	if (!json_is_number(floor) || !json_is_number(kept) ||
	    !json_is_integer(chunk) || json_integer_value(chunk) < 1)
		return "floor, share kept and chunk are numbers, and all needed";
	s->floor = json_number_value(floor);
	s->kept = json_number_value(kept);
	s->chunk = json_integer_value(chunk);
	if (!aa)
		return NULL;
	s->aa = read_array(aa, &nr_aa);
	return s->aa && nr_aa == s->nr ? NULL :
	       "the A/A blocks are not as many numbers";
}

static const char *read_pmu(struct cycles *c, json_t *pmu)
{
	size_t known = 0;

	if (!pmu)
		return NULL;
	for (size_t i = 0; i < NR_CYCLES_PMU; i++) {
		json_t *v = json_object_get(pmu, cycles_pmu_names[i]);

		if (!v)
			continue;
		if (!json_is_number(v) || json_number_value(v) < 0)
			return "an invalid count of a PMU";
		c->pmu[i] = json_number_value(v);
		known++;
	}
	return known && known == json_object_size(pmu) ? NULL :
	       "an unknown counter of a PMU";
}

static const char *read_all(struct cycles *c, json_t *o)
{
	const char *unit = json_string_value(json_object_get(o, "unit")), *why;
	json_t *chunk = json_object_get(o, "chunk"), *v;
	json_t *pmu = json_object_get(o, "pmu");
	size_t known = 2 + !!pmu;
	const char *key;

	if (!unit || strcmp(unit, CYCLES_UNIT) || !json_is_object(chunk))
		return "unit \"" CYCLES_UNIT "\" and chunk are needed";
	json_object_foreach(chunk, key, v) {
		if (strcmp(key, cycles_mode_names[CYCLES_HOT]) &&
		    strcmp(key, cycles_mode_names[CYCLES_COLD]))
			return "a chunk of an unknown mode";
	}
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		why = read_series(&c->mode[m], o, m, &known);
		if (why)
			return why;
	}
	why = read_pmu(c, pmu);
	if (!why && known != json_object_size(o))
		why = "an unknown member";
	return why;
}

struct cycles *cycles__from_json(json_t *o, char *err, size_t errlen)
{
	struct cycles *c = cycles__new();
	const char *why = read_all(c, o);

	if (why)
		snprintf(err, errlen, "cycles: %s", why);
	if (why || cycles__check(c, err, errlen)) {
		cycles__free(c);
		return NULL;
	}
	return c;
}

static bool equal_arrays(const double *a, const double *b, size_t n)
{
	return !a == !b && (!a || !memcmp(a, b, n * sizeof(*a)));
}

bool cycles__equal(const struct cycles *a, const struct cycles *b)
{
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		const struct cycles_series *s = &a->mode[m], *t = &b->mode[m];

		if (s->nr != t->nr || s->chunk != t->chunk ||
		    s->floor != t->floor || s->kept != t->kept ||
		    !equal_arrays(s->block, t->block, s->nr) ||
		    !equal_arrays(s->aa, t->aa, s->nr))
			return false;
	}
	return !memcmp(a->pmu, b->pmu, sizeof(a->pmu));
}
