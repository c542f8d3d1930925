// SPDX-License-Identifier: GPL-2.0
/* Any set of factors: what each level does, and what two do together. */
#include "unit.h"
#include "catalog.h"
#include "effects.h"
#include "made_vitro.h"
#include "noisy_effects.h"

static void add(struct run *run, struct record *r)
{
	run->record = xrealloc(run->record, (run->nr + 1) * sizeof(r));
	run->record[run->nr++] = r;
}

static struct run empty_run(void)
{
	return (struct run) {
		.dir = xstrdup("/nowhere"),
		.meta = json_pack("{ss}", "id", "t"),
	};
}

/* 50 for shape b, 7 for x, 3 for y, and 5 for x in shape b. */
static uint64_t cost_of(int b, int x, int y)
{
	return 1000 + 50 * b + 7 * x + 3 * y + 5 * b * x;
}

static char *name_of(int b, int x, int y)
{
	return xasprintf("%s%s%s", b ? "b" : "baseline", x ? "+x" : "",
			 y ? "+y" : "");
}

/* Shape x (x) x (y), under two profiles of which the second costs 20; but for `not`. */
static struct run made(const char *not, bool noisy)
{
	struct run run = empty_run();

	for (int i = 0; i < 16; i++) {
		const int b = i & 1, x = i >> 1 & 1, y = i >> 2 & 1, p = i >> 3;
		const char *profile = p ? "retpoline" : "off";
		const uint64_t cost = cost_of(b, x, y) + 20 * p;
		char *name = name_of(b, x, y);

		for (uint64_t boot = 1; boot <= 3 && strcmp(name, not); boot++) {
			const struct truth none = { 0 }, t = { cost, 0, 150, 0 };

			add(&run, noisy ? make_vitro(name, profile, "touch", boot,
						     t, none, !i) :
				    make_record(name, profile, "touch", boot, cost));
		}
		free(name);
	}
	return run;
}

static struct strlist list(const char *names)
{
	struct strlist l = { 0 };

	strlist__split(&l, names, ',');
	return l;
}

static const struct levels_effect *effect(const struct levels *l,
					  const char *name, size_t *at)
{
	for (*at = 0; *at < l->nr_effects; ++*at) {
		if (!strcmp(l->effect[*at].name, name))
			return &l->effect[*at];
	}
	fail_msg("there is no effect %s", name);
	return NULL;
}

static void is_exactly(const struct effects *x, const char *name,
		       size_t settings, double by)
{
	size_t at;
	const struct levels_effect *e = effect(&x->levels, name, &at);

	assert_int_equal(e->settings, settings);
	assert_true(x->row[0].value[at].made);
	assert_false(x->row[0].value[at].varies);
	assert_float_equal(x->row[0].value[at].by, by, 1e-9);
}

static void a_known_factorial_comes_apart(void **state)
{
	struct strlist wanted = list("shape,x,y");
	struct run run = made("", false);
	struct effects x;
	struct err e;

	(void)state;
	assert_int_equal(effects__make(&x, &run, "v6.1", &wanted, NULL, NULL, &e), 0);
	assert_int_equal(x.levels.nr_cells, 8);
	assert_int_equal(x.exact, 8);
	assert_string_equal(x.levels.factor[0].levels.item[0], "baseline");
	/* 50, and 5 more in the half that has x; of x the same the other way round */
	is_exactly(&x, "b", 4, 52.5);
	is_exactly(&x, "+x", 4, 9.5);
	is_exactly(&x, "+y", 4, 3);
	is_exactly(&x, "b with +x", 2, 5);
	is_exactly(&x, "b with +y", 2, 0);
	is_exactly(&x, "+x with +y", 2, 0);
	effects__free(&x);
	strlist__free(&wanted);
	run__free(&run);
}

static void all_is_every_factor_and_another_reference_turns_the_sign(void **state)
{
	struct strlist wanted = list(ALL);
	struct run run = made("", false);
	struct effects x;
	struct err e;

	(void)state;
	assert_int_equal(effects__make(&x, &run, "v6.1", &wanted, "b", NULL, &e), 0);
	assert_int_equal(x.levels.nr_factors, 4);
	assert_int_equal(x.levels.nr_cells, 16);
	is_exactly(&x, "baseline", 8, -52.5);
	is_exactly(&x, "retpoline", 8, 20);
	is_exactly(&x, "baseline with +x", 4, -5);
	is_exactly(&x, "+x with retpoline", 4, 0);
	effects__free(&x);
	strlist__free(&wanted);
	run__free(&run);
}

/* Other overlays than the wanted are other cells; one shape alone is no factor. */
static void a_factor_that_is_not_wanted_stays_at_its_first_level(void **state)
{
	struct strlist wanted = list("x"), none = list("z");
	struct run run = made("", false);
	struct effects x;
	struct err e;

	(void)state;
	assert_int_equal(effects__make(&x, &run, "v6.1", &wanted, NULL, NULL, &e), 0);
	assert_int_equal(x.levels.nr_cells, 2);
	is_exactly(&x, "+x", 1, 7);
	effects__free(&x);
	assert_int_equal(effects__make(&x, &run, "v6.1", &none, NULL, NULL, &e), -1);
	assert_int_equal(e.code, EXIT_UNKNOWN_NAME);
	assert_non_null(strstr(e.text, "no factor in this run 'z'; there are: shape, x, y, profile"));
	strlist__free(&none);
	strlist__free(&wanted);
	run__free(&run);
}

static void a_missing_cell_takes_its_pairs_alone(void **state)
{
	struct strlist wanted = list("shape,x,y");
	struct run run = made("b+x+y", false);
	struct effects x;
	struct err e;

	(void)state;
	assert_int_equal(effects__make(&x, &run, "v6.1", &wanted, NULL, NULL, &e), 0);
	assert_int_equal(x.levels.nr_cells, 7);
	is_exactly(&x, "b", 3, (50 + 55 + 50) / 3.0);
	is_exactly(&x, "b with +x", 1, 5);
	effects__free(&x);
	strlist__free(&wanted);
	run__free(&run);
}

static void equal_code_is_called_identical(void **state)
{
	struct strlist wanted = list("shape,x");
	struct run run = made("", false);
	struct effects x;
	struct err e;
	size_t at;

	(void)state;
	for (size_t i = 0; i < run.nr; i++) {
		struct record *r = run.record[i];

		if (strcmp(r->variant, "b") && strcmp(r->variant, "b+x"))
			continue;
		free(r->handler_sha256);
		r->handler_sha256 = xstrdup(strchr(r->variant, '+') ?
					    "handler of baseline+x" :
					    "handler of baseline");
	}
	assert_int_equal(effects__make(&x, &run, "v6.1", &wanted, NULL, NULL, &e), 0);
	effect(&x.levels, "b", &at);
	assert_true(x.row[0].value[at].identical);
	effect(&x.levels, "+x", &at);
	assert_false(x.row[0].value[at].identical);
	effects__free(&x);
	strlist__free(&wanted);
	run__free(&run);
}

static void is_in_cycles(const struct noisy_effects_of_run *x, const char *name,
			 size_t settings, double by)
{
	size_t at;
	const struct levels_effect *e = effect(&x->levels, name, &at);
	const struct noisy_value *v = &x->row[0].value[CYCLES_HOT][at];

	assert_int_equal(e->settings, settings);
	assert_int_equal(v->layouts, 3);
	assert_float_equal(v->value, by, 1e-9);
	assert_float_equal(v->half, 0, 1e-9);
	assert_int_equal(x->row[0].value[CYCLES_COLD][at].layouts, 0);
}

/* The machine moves every block by up to 150, which is gone in each sum. */
static void the_same_factorial_in_cycles(void **state)
{
	struct strlist wanted = list("shape,x,y");
	struct run run = made("", true);
	struct noisy_effects_of_run x;
	struct err e;

	(void)state;
	assert_int_equal(noisy_effects__make(&x, &run, "v6.1", &wanted, NULL,
					     NULL, &e), 0);
	assert_int_equal(x.levels.nr_cells, 8);
	assert_int_equal(x.set.layouts, 3);
	assert_true(x.set.has[CYCLES_HOT]);
	is_in_cycles(&x, "b", 4, 52.5);
	is_in_cycles(&x, "+x", 4, 9.5);
	is_in_cycles(&x, "+y", 4, 3);
	is_in_cycles(&x, "b with +x", 2, 5);
	is_in_cycles(&x, "+x with +y", 2, 0);
	noisy_effects__free(&x);
	strlist__free(&wanted);
	run__free(&run);
}

int main(void)
{
	const struct CMUnitTest effects[] = {
		cmocka_unit_test(a_known_factorial_comes_apart),
		cmocka_unit_test(all_is_every_factor_and_another_reference_turns_the_sign),
		cmocka_unit_test(a_factor_that_is_not_wanted_stays_at_its_first_level),
		cmocka_unit_test(a_missing_cell_takes_its_pairs_alone),
		cmocka_unit_test(equal_code_is_called_identical),
		cmocka_unit_test(the_same_factorial_in_cycles),
	};

	return cmocka_run_group_tests(effects, NULL, NULL);
}
