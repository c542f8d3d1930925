// SPDX-License-Identifier: GPL-2.0
/* What is printed of false alarms is what is measured. */
#include "unit.h"
#include "false_alarms.h"
#include "sim_noisy.h"

#define FEW	25	/* runs of a case that takes long; of the others all 1,000 */

/* The worst of the noises, in runs with a word. */
static size_t measure(const struct false_alarms *c, bool related, size_t runs)
{
	size_t worst = 0;

	for (int n = 0; n < NR_SIM_NOISES; n++) {
		size_t with;

		if (sim__related(n) != related)
			continue;
		with = sim__false((struct sim_run) {
			.noise = n, .layouts = c->layouts,
			.comparisons = c->comparisons }, runs);
		worst = with > worst ? with : worst;
	}
	return worst;
}

static void the_table_is_what_a_thousand_runs_give(void **state)
{
	size_t measured = 0;

	(void)state;
	for (size_t i = 0; i < FALSE_ALARM_CASES; i++) {
		const struct false_alarms *c = &false_alarm_cases[i];

		if (c->comparisons > 1)
			continue;
		assert_int_equal(measure(c, false, 1000), c->independent);
		assert_int_equal(measure(c, true, 1000), c->related);
		measured++;
	}
	assert_int_equal(measured, 3);
}

/* Of the first of the same runs; make simulate does all of them. */
static void the_long_cases_are_what_a_few_runs_give(void **state)
{
	(void)state;
	for (size_t i = 0; i < FALSE_ALARM_CASES; i++) {
		const struct false_alarms *c = &false_alarm_cases[i];

		if (c->comparisons == 1 || c->comparisons > 30)
			continue;
		for (int related = 0; related < 2; related++) {
			const double of = related ? c->related : c->independent;
			const double expect = FEW * of / 1000;
			const size_t with = measure(c, related, FEW);

			if (fabs(with - expect) > 4 * sqrt(expect + 1))
				fail_msg("%zu layouts, %zu comparisons: %zu of %d, and %g of 1,000 are kept",
					 c->layouts, c->comparisons, with, FEW, of);
		}
	}
}

static void what_lies_between_cases_is_the_worst_around_it(void **state)
{
	const struct false_alarms *c = false_alarm_cases;
	unsigned int worst = 0;

	(void)state;
	for (size_t i = 0; i < FALSE_ALARM_CASES; i++) {
		const struct false_alarms x = false_alarms__around(c[i].layouts,
								   c[i].comparisons);

		assert_int_equal(x.independent, c[i].independent);
		assert_int_equal(x.related, c[i].related);
		if (c[i].layouts >= 12 && c[i].comparisons >= 30 && c[i].related > worst)
			worst = c[i].related;
	}
	assert_int_equal(false_alarms__around(17, 60).related, worst);
	assert_int_equal(false_alarms__around(1, 0).related, c[0].related);
	assert_int_equal(false_alarms__around(99, 999).related,
			 c[FALSE_ALARM_CASES - 1].related);
}

/*
 * Two boots of equal cells that replay each other; in some a timer tick falls
 * into a fault, in others between two.
 */
static struct run exact_run(gsl_rng *rng)
{
	struct run run = { .dir = xstrdup("/nowhere"), .meta = json_object() };
	struct record *r;

	run.record = xcalloc(2 * 6 * 3, sizeof(*run.record));
	for (size_t i = 0; i < 6 * 3; i++) {
		const bool tick = gsl_rng_uniform(rng) < 0.3;
		char *variant = i % 6 ? xasprintf("v%zu", i % 6) : xstrdup("baseline");
		char *workload = xasprintf("w%zu", i / 6);

		for (uint64_t boot = 1; boot <= 2; boot++) {
			r = make_record(variant, "off", workload, boot, 2400);
			r->bin[0].count = 1023;
			r->bin[1] = (struct bin) { tick ? 2400 + 17000 : 2500, 1 };
			r->events = 1024;
			r->total = 1024 * 2400 + 20000;
			run.record[run.nr++] = r;
		}
		free(workload);
		free(variant);
	}
	return run;
}

static void exact_runs_of_equal_cells_have_no_word(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	size_t with = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		struct run run = exact_run(rng);

		with += sim__words(&run) > 0;
		run__free(&run);
	}
	gsl_rng_free(rng);
	assert_int_equal(with, 0);
}

static void the_line_names_what_it_is_of(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	struct run run = exact_run(rng);
	char *text = false_alarms__text(&run, 0);

	(void)state;
	assert_string_equal(text, "Of 1,000 equal runs of this kind (rig tcg, 2 boots per cell, exact) 0 would have had a word (make simulate).");
	free(text);
	run__free(&run);
	run = sim__run(&(struct sim_run) { .rng = rng, .layouts = 24,
					   .comparisons = 30 });
	text = false_alarms__text(&run, 30);
	assert_non_null(strstr(text, "(rig vitro, 24 layouts per cell, 30 comparisons) "));
	free(text);
	run__free(&run);
	gsl_rng_free(rng);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_what_a_thousand_runs_give),
		cmocka_unit_test(the_long_cases_are_what_a_few_runs_give),
		cmocka_unit_test(what_lies_between_cases_is_the_worst_around_it),
		cmocka_unit_test(exact_runs_of_equal_cells_have_no_word),
		cmocka_unit_test(the_line_names_what_it_is_of),
	};

	return cmocka_run_group_tests_name("false_alarms", tests, NULL, NULL);
}
