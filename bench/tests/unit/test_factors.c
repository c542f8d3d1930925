// SPDX-License-Identifier: GPL-2.0
/* The factorial of shape, dispatch and profile, and the steps of a series. */
#include "unit.h"
#include "factors.h"
#include "made_vitro.h"
#include "noisy_factors.h"
#include "steps.h"

static void add(struct run *run, struct record *r)
{
	run->record = xrealloc(run->record, (run->nr + 1) * sizeof(r));
	run->record[run->nr++] = r;
}

static void add_cell(struct run *run, const char *variant, const char *profile,
		     const char *workload, uint64_t typical)
{
	add(run, make_record(variant, profile, workload, 1, typical));
	add(run, make_record(variant, profile, workload, 2, typical));
}

static void note_kernel(struct run *run, const char *variant,
			const char *profile, const char *dispatch)
{
	json_t *all = json_object_get(run->meta, "kernels");

	json_array_append_new(all, json_pack("{ss ss ss ss}", "base", "v6.1",
					     "variant", variant, "profile",
					     profile, "dispatch", dispatch));
}

static struct run empty_run(void)
{
	return (struct run) {
		.dir = xstrdup("/nowhere"),
		.meta = json_pack("{ss s[] s{s[ss]}}", "id", "t", "kernels",
				  "series", "v6.1/rfc", "first", "second"),
	};
}

/*
 * cost = 1000 + 50 for shape b + 7 indirect + profile (0, 10, 20), and 3 for
 * each retpoline that an indirect call pays.
 */
static struct run factorial(void)
{
	static const char *const profile[] = {
		"off", "retpoline", "retpoline-lfence",
	};
	struct run run = empty_run();

	for (int s = 0; s < 2; s++) {
		for (int p = 0; p < 3; p++) {
			const char *shape = s ? "b" : "baseline";
			char *indirect = xasprintf("%s+indirect", shape);
			uint64_t direct = 1000 + 50 * s + 10 * p;

			add_cell(&run, shape, profile[p], "touch", direct);
			add_cell(&run, indirect, profile[p], "touch",
				 direct + 7 + 3 * p);
			note_kernel(&run, shape, profile[p], "direct");
			note_kernel(&run, indirect, profile[p], "indirect");
			free(indirect);
		}
	}
	return run;
}

static void a_known_factorial_comes_apart(void **state)
{
	struct run run = factorial();
	struct factors f;
	struct err e;
	const struct factor_diffs *d;

	(void)state;
	assert_int_equal(factors__make(&f, &run, "v6.1", NULL, NULL, &e), 0);
	assert_int_equal(f.shapes.nr, 2);
	assert_string_equal(f.shapes.item[0], "baseline");
	assert_int_equal(f.nr_rows, 1);
	assert_int_equal(f.exact, 12);
	assert_true(f.row[0].cells[1].complete);
	d = &f.row[0].diffs[1];
	assert_int_equal(d->saved[PROFILE_OFF], 7);
	assert_int_equal(d->saved[PROFILE_LFENCE], 13);
	assert_int_equal(d->added[DIRECT][PROFILE_RETPOLINE], 10);
	assert_int_equal(d->added[INDIRECT][PROFILE_RETPOLINE], 13);
	assert_int_equal(d->interaction[PROFILE_OFF], 0);
	assert_int_equal(d->interaction[PROFILE_LFENCE], 6);
	/* 7 + the mean of 0, 3, 6; 10 + half of 3; 3 * p leaves +-1.5 over */
	assert_float_equal(f.row[0].main.shape[1], 50, 1e-9);
	assert_float_equal(f.row[0].main.indirect, 10, 1e-9);
	assert_float_equal(f.row[0].main.profile[PROFILE_RETPOLINE], 11.5, 1e-9);
	assert_float_equal(f.row[0].main.profile[PROFILE_LFENCE], 23, 1e-9);
	assert_float_equal(f.row[0].main.residual, 1.5, 1e-9);
	factors__free(&f);
	run__free(&run);
}

/* nr_a faults that cost a, the others of ten b, the last of them with a tick. */
static void split(struct record *r, uint64_t a, uint64_t nr_a, uint64_t b, uint64_t tick)
{
	r->bin = xrealloc(r->bin, 3 * sizeof(*r->bin));
	r->bin[0] = (struct bin) { a, nr_a };
	r->bin[1] = (struct bin) { b, 9 - nr_a };
	r->bin[2] = (struct bin) { b + tick, 1 };
	r->nr_bins = 3;
}

/*
 * Eight of ten faults cost 7 more in the indirect cells, and one becomes a fault of
 * the other kind, which is the commonest then; a tick is in the direct cell of off.
 */
static void effects_are_of_pairs_and_not_of_the_commonest_fault(void **state)
{
	struct run run = factorial();
	struct strlist only = { 0 };
	struct factors f;
	struct err e;

	(void)state;
	strlist__add(&only, "baseline");
	for (size_t i = 0; i < run.nr; i++) {
		struct record *r = run.record[i];

		if (strcmp(r->variant, "baseline") && strcmp(r->variant, "baseline+indirect"))
			continue;
		if (!strcmp(r->variant, "baseline"))
			split(r, 1000, 5, 2000, strcmp(r->profile, "off") ? 0 : 15000);
		else
			split(r, 1007, 4, 2007, 0);
	}
	assert_int_equal(factors__make(&f, &run, "v6.1", NULL, &only, &e), 0);
	assert_true(f.row[0].cells[0].at[DIRECT][PROFILE_OFF].several);
	assert_int_equal(f.row[0].diffs[0].saved[PROFILE_OFF], 7);
	assert_int_equal(f.row[0].diffs[0].added[DIRECT][PROFILE_LFENCE], 0);
	assert_true(f.row[0].main.complete);
	factors__free(&f);
	/* Half of the faults one way, half the other: no effect, and none is made up. */
	for (size_t i = 0; i < run.nr; i++) {
		if (!strcmp(run.record[i]->variant, "baseline+indirect"))
			split(run.record[i], 1003, 5, 2009, 0);
	}
	assert_int_equal(factors__make(&f, &run, "v6.1", NULL, &only, &e), 0);
	assert_true(f.row[0].diffs[0].saved[PROFILE_OFF] == VARIES);
	assert_true(f.row[0].diffs[0].interaction[PROFILE_LFENCE] == VARIES);
	assert_int_equal(f.row[0].diffs[0].added[DIRECT][PROFILE_LFENCE], 0);
	assert_false(f.row[0].main.complete);
	factors__free(&f);
	strlist__free(&only);
	run__free(&run);
}

/* A kernel without retpolines calls indirectly by itself: not a direct cell. */
static void a_plain_variant_stands_for_what_its_kernel_does(void **state)
{
	struct run run = empty_run();
	struct factors f;
	struct err e;

	(void)state;
	add_cell(&run, "baseline", "off", "touch", 1000);
	note_kernel(&run, "baseline", "off", "indirect");
	assert_int_equal(factors__make(&f, &run, "v6.1", NULL, NULL, &e), 0);
	assert_false(f.row[0].cells[0].at[DIRECT][PROFILE_OFF].usable);
	assert_true(f.row[0].cells[0].at[INDIRECT][PROFILE_OFF].usable);
	assert_false(f.row[0].cells[0].complete);
	assert_false(f.row[0].main.complete);
	factors__free(&f);
	run__free(&run);
}

static void the_overlay_counts_before_the_plain_variant(void **state)
{
	struct run run = empty_run();
	struct factors f;
	struct err e;

	(void)state;
	add_cell(&run, "baseline", "off", "touch", 1000);
	add_cell(&run, "baseline+direct", "off", "touch", 999);
	note_kernel(&run, "baseline", "off", "direct");
	assert_int_equal(factors__make(&f, &run, "v6.1", NULL, NULL, &e), 0);
	assert_int_equal(f.row[0].cells[0].at[DIRECT][PROFILE_OFF].typical, 999);
	factors__free(&f);
	run__free(&run);
}

static void steps_are_held_against_the_step_before(void **state)
{
	struct run run = empty_run();
	struct strlist series = { 0 };
	struct steps s;

	(void)state;
	/* out of order, and with another variant among them */
	add_cell(&run, "rfc@10", "off", "touch", 1040);
	add_cell(&run, "rfc@0", "off", "touch", 1000);
	add_cell(&run, "rfc@2", "off", "touch", 1030);
	add_cell(&run, "rfc", "off", "touch", 1);
	add_cell(&run, "rfc@2+indirect", "off", "touch", 2);
	add_cell(&run, "other@1", "off", "touch", 3);
	steps__series(&run, "v6.1", "off", &series);
	assert_int_equal(series.nr, 1);		/* other has one step only */
	assert_string_equal(series.item[0], "rfc");
	s = steps__make(&run, "v6.1", "off", "rfc");
	assert_int_equal(s.nr, 3);
	assert_int_equal(s.step[2].number, 10);
	assert_int_equal(s.row[0].diff[1].by.diff, 30);
	assert_int_equal(s.row[0].diff[2].by.diff, 10);
	assert_true(s.row[0].exact);
	assert_string_equal(s.step[1].title, "second");
	assert_string_equal(s.step[2].title, "");
	steps__free(&s);
	strlist__free(&series);
	run__free(&run);
}

/* Of four commits the second does not build and the third did not boot. */
static void a_commit_is_held_against_the_last_that_was_measured(void **state)
{
	static const char *const names[] = { "start", "one", "two", "three" };
	struct run run = empty_run();
	json_t *commits = json_array();
	struct strlist series = { 0 };
	struct steps s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		json_array_append_new(commits, json_pack("{ss ss ss}", "base",
			"v6.1", "variant", names[i], "subject", "a subject"));
	json_object_set_new(run.meta, "commits", commits);
	json_object_set_new(run.meta, "kernels", json_pack("[{ss ss ss ss}]",
		"base", "v6.1", "variant", "one", "profile", "off", "failed", "no ;"));
	add_cell(&run, "start", "off", "touch", 1000);
	add_cell(&run, "three", "off", "touch", 1007);
	steps__series(&run, "v6.1", "off", &series);
	assert_int_equal(series.nr, 1);
	assert_string_equal(series.item[0], STEPS_COMMITS);
	s = steps__make(&run, "v6.1", "off", STEPS_COMMITS);
	assert_int_equal(s.nr, 4);
	assert_string_equal(s.step[1].failed, "no ;");
	assert_null(s.step[2].failed);
	assert_false(s.row[0].diff[1].comparable);
	assert_false(s.row[0].diff[2].comparable);
	assert_true(s.row[0].diff[3].comparable);
	assert_int_equal(s.row[0].diff[3].by.diff, 7);
	assert_int_equal(s.row[0].against[3], 0);
	steps__free(&s);
	strlist__free(&series);
	run__free(&run);
}

/*
 * The same factorial in cycles, in three layouts, under a machine that moves
 * the blocks by up to 150: 500 + 7 indirect + profile (0, 10, 20), and 30 for a
 * retpoline that an indirect call pays, 60 for an LFENCE.
 */
static struct run noisy_factorial(void)
{
	static const char *const profile[] = {
		"off", "retpoline", "retpoline-lfence",
	};
	struct run run = empty_run();

	for (int p = 0; p < 3; p++) {
		note_kernel(&run, "baseline", profile[p], "direct");
		for (uint64_t l = 1; l <= 3; l++) {
			struct truth t = { 500 + 10 * p, 0, 150, 0 };
			const struct truth none = { 0 };

			add(&run, make_vitro("baseline", profile[p], "touch", l,
					     t, none, p == 0));
			t.cost += 7 + 30 * p;
			add(&run, make_vitro("baseline+indirect", profile[p],
					     "touch", l, t, none, false));
		}
	}
	return run;
}

static void a_known_factorial_in_cycles_comes_apart(void **state)
{
	struct run run = noisy_factorial();
	struct noisy_factors f;
	struct err err;
	const struct noisy_effects *e;

	(void)state;
	assert_int_equal(noisy_factors__make(&f, &run, "v6.1", NULL, NULL, &err), 0);
	assert_int_equal(f.shapes.nr, 1);
	assert_int_equal(f.set.usable, 6);
	assert_int_equal(f.set.layouts, 3);
	assert_true(f.set.has[CYCLES_HOT]);
	assert_false(f.set.has[CYCLES_COLD]);
	e = &f.row[0].shape[0].effect[CYCLES_HOT];
	assert_float_equal(e->saved[PROFILE_OFF].value, 7, 1e-9);
	assert_float_equal(e->saved[PROFILE_LFENCE].value, 67, 1e-9);
	assert_float_equal(e->saved[PROFILE_LFENCE].half, 0, 1e-9);
	assert_float_equal(e->saved[PROFILE_LFENCE].percent, 6700 /
		f.row[0].shape[0].at[INDIRECT][PROFILE_LFENCE].mode[CYCLES_HOT].value,
		1e-9);
	assert_float_equal(e->added[DIRECT][PROFILE_RETPOLINE].value, 10, 1e-9);
	assert_float_equal(e->added[INDIRECT][PROFILE_RETPOLINE].value, 40, 1e-9);
	assert_float_equal(e->interaction[PROFILE_OFF].value, 0, 1e-9);
	assert_float_equal(e->interaction[PROFILE_LFENCE].value, 60, 1e-9);
	assert_int_equal(f.row[0].own[CYCLES_HOT].by.layouts, 3);
	assert_int_equal(f.row[0].shape[0].effect[CYCLES_COLD].saved[0].layouts, 0);
	noisy_factors__free(&f);
	run__free(&run);
}

/* The other five stand, and what can be said of them is said. */
static void a_missing_cell_takes_only_its_own_differences(void **state)
{
	struct run run = noisy_factorial();
	struct noisy_factors f;
	struct err err;
	const struct noisy_effects *e;

	(void)state;
	for (size_t i = 0; i < run.nr; i++) {
		if (!strcmp(run.record[i]->variant, "baseline+indirect") &&
		    !strcmp(run.record[i]->profile, "retpoline"))
			make_vitro_none(run.record[i], OUTCOME_RIG, "trap");
	}
	assert_int_equal(noisy_factors__make(&f, &run, "v6.1", NULL, NULL, &err), 0);
	e = &f.row[0].shape[0].effect[CYCLES_HOT];
	assert_int_equal(e->saved[PROFILE_RETPOLINE].layouts, 0);
	assert_int_equal(e->added[INDIRECT][PROFILE_RETPOLINE].layouts, 0);
	assert_int_equal(e->interaction[PROFILE_RETPOLINE].layouts, 0);
	assert_int_equal(e->added[DIRECT][PROFILE_RETPOLINE].layouts, 3);
	assert_float_equal(e->saved[PROFILE_LFENCE].value, 67, 1e-9);
	noisy_factors__free(&f);
	run__free(&run);
}

int main(void)
{
	const struct CMUnitTest factors[] = {
		cmocka_unit_test(a_known_factorial_comes_apart),
		cmocka_unit_test(effects_are_of_pairs_and_not_of_the_commonest_fault),
		cmocka_unit_test(a_plain_variant_stands_for_what_its_kernel_does),
		cmocka_unit_test(the_overlay_counts_before_the_plain_variant),
		cmocka_unit_test(steps_are_held_against_the_step_before),
		cmocka_unit_test(a_commit_is_held_against_the_last_that_was_measured),
		cmocka_unit_test(a_known_factorial_in_cycles_comes_apart),
		cmocka_unit_test(a_missing_cell_takes_only_its_own_differences),
	};

	return cmocka_run_group_tests(factors, NULL, NULL);
}
