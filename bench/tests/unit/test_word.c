// SPDX-License-Identifier: GPL-2.0
/* The one rule for words: in tables and verdicts alike, seldom of equal code. */
#include "unit.h"
#include "noisy_compare.h"
#include "report.h"
#include "sim_noisy.h"

/* The word that the table has for a cell. */
static const char *in_table(const struct table *t, const char *variant,
			    const char *workload)
{
	json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(t->json, "cells"), i, cell) {
		const char *v = "", *w = "", *mark = "";

		json_unpack(cell, "{s:s, s:s, s:{s:{s:s}}}", "variant", &v,
			    "workload", &w, "hot", "difference", "mark", &mark);
		if (!strcmp(v, variant) && !strcmp(w, workload))
			return mark;
	}
	fail_msg("no cell of %s", variant);
	return "";
}

static struct tables tables_of(const struct run *run)
{
	struct noisy_comparison c;
	struct tables t = { 0 };
	struct noisy_rule rule;
	struct err e;

	noisy_rule__make(&rule, run, &judge_defaults);
	assert_int_equal(noisy_compare__make(&c, run, &rule, "v6.1", "off", NULL,
					     NULL, &e), 0);
	cycles_table__add(&t, &c, run);
	noisy_compare__free(&c);
	return t;
}

/* Words that differ between both. */
static size_t disagreements(const struct run *run, size_t words[2])
{
	struct tables t = tables_of(run);
	struct judgements j;
	size_t disagree = 0;
	struct err e;

	assert_int_equal(judge__run(&j, run, &judge_defaults, &e), 0);
	for (size_t i = 0; i < j.nr; i++) {
		const struct judgement *k = &j.item[i];
		const char *word = in_table(t.item[0], k->variant, k->workload);
		const bool says = k->is == JUDGED_BETTER || k->is == JUDGED_WORSE;

		disagree += strcmp(word, says ? judged__name(k->is, true) : "") != 0;
		words[says]++;
	}
	judgements__free(&j);
	tables__free(&t);
	return disagree;
}

/* Effects of 0 to some 25 cycles, noise of every kind, 6 to 24 layouts. */
static void table_and_verdict_have_the_same_word(void **state)
{
	size_t words[2] = { 0 }, disagree = 0;
	struct sim_run s = { .rng = gsl_rng_alloc(gsl_rng_mt19937) };

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		double effect[8];
		struct run run;

		s.noise = i % NR_SIM_NOISES;
		s.layouts = 6 + 6 * gsl_rng_uniform_int(s.rng, 4);
		s.comparisons = 1 + gsl_rng_uniform_int(s.rng, 8);
		for (size_t c = 0; c < s.comparisons; c++)
			effect[c] = 8 * gsl_ran_ugaussian(s.rng);
		s.effect = effect;
		run = sim__run(&s);
		disagree += disagreements(&run, words);
		run__free(&run);
	}
	gsl_rng_free(s.rng);
	assert_int_equal(disagree, 0);
	/* and both kinds were there */
	assert_true(words[0] > 500 && words[1] > 500);
}

static void thirty_equal_cells_seldom_have_a_word(void **state)
{
	static const enum sim_noise noises[] = { SIM_NORMAL, SIM_T3, SIM_STEPS };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(noises); i++) {
		size_t with = sim__false((struct sim_run) {
			.noise = noises[i], .layouts = 24, .comparisons = 30 }, 200);

		if (with > 14)		/* 7 % */
			fail_msg("%s: %zu of 200 runs of equal code have a word",
				 sim_noise_names[noises[i]], with);
	}
}

/* Twenty dependent additions among thirty equal cells. */
static void a_planted_chain_of_20_cycles_is_found(void **state)
{
	const double effect[30] = { [7] = 20 };
	struct sim_run s = { .rng = gsl_rng_alloc(gsl_rng_mt19937),
			     .layouts = 24, .comparisons = 30,
			     .effect = effect };

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		struct judgements j;
		struct run run;
		struct err e;

		s.noise = i % 2 ? SIM_T3 : SIM_NORMAL;
		run = sim__run(&s);
		assert_int_equal(judge__run(&j, &run, &judge_defaults, &e), 0);
		assert_int_equal(j.comparisons, 30);
		assert_string_equal(j.item[7].workload, "w1");
		assert_int_equal(j.item[7].is, JUDGED_WORSE);
		assert_true(j.item[7].run_low < 20 && j.item[7].run_high > 20);
		judgements__free(&j);
		run__free(&run);
	}
	gsl_rng_free(s.rng);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_and_verdict_have_the_same_word),
		cmocka_unit_test(thirty_equal_cells_seldom_have_a_word),
		cmocka_unit_test(a_planted_chain_of_20_cycles_is_found),
	};

	return cmocka_run_group_tests_name("word", tests, NULL, NULL);
}
