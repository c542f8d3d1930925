// SPDX-License-Identifier: GPL-2.0
/* Verdicts on noisy records whose truth is known. */
#include <math.h>

#include "rigs.h"
#include "unit.h"
#include "exact.h"
#include "made_vitro.h"
#include "noisy_compare.h"

#define LAYOUTS	6

static const struct truth none = { 0 };
static const struct noisy_value still = { .layouts = LAYOUTS, .half = 0 };
static const struct noisy_rule rule = {
	.comparisons = 1, .least_percent = 0.5, .least_abs = 1,
};

static struct run empty_run(void)
{
	return (struct run) { .dir = xstrdup("/nowhere"), .meta = json_object() };
}

static void add(struct run *run, struct record *r)
{
	run->record = xrealloc(run->record, (run->nr + 1) * sizeof(r));
	run->record[run->nr++] = r;
}

/* baseline with a second copy, and "other" that costs `more`. */
static struct run pair_of(struct truth t, double more, size_t layouts)
{
	struct truth costlier = t;
	struct run run = empty_run();

	costlier.cost += more;
	for (size_t l = 1; l <= layouts; l++) {
		add(&run, make_vitro("baseline", "off", "touch", l, t, none, true));
		add(&run, make_vitro("other", "off", "touch", l, costlier, none, false));
	}
	return run;
}

static struct noisy_cell cell(const struct run *run, const char *variant)
{
	return noisy__cell(run, "v6.1", "off", variant, "touch");
}

static struct noisy_diff diff(const struct run *run, enum cycles_mode m,
			      const struct noisy_value *aa)
{
	struct noisy_cell ref = cell(run, "baseline"), c = cell(run, "other");
	struct noisy_value own = noisy__aa(run, m, &ref);

	return noisy__diff(run, m, &ref, &c, aa ? aa : &own, &rule);
}

/* The machine moves every block by up to 200, ten times what is to be found. */
static void noise_common_to_both_cells_cancels(void **state)
{
	struct run run = pair_of((struct truth) { 460, 0, 200, 0 }, 20, LAYOUTS);
	struct noisy_diff d = diff(&run, CYCLES_HOT, NULL);
	struct noisy_cell ref = cell(&run, "baseline");

	(void)state;
	assert_int_equal(d.by.layouts, LAYOUTS);
	assert_float_equal(d.by.value, 20, 1e-9);
	assert_float_equal(d.by.half, 0, 1e-9);
	assert_float_equal(d.by.percent, 100 * 20 / ref.mode[CYCLES_HOT].value, 1e-9);
	assert_int_equal(d.word.is, WORD_SLOWER);
	/* while the figures themselves are not still */
	assert_true(ref.mode[CYCLES_HOT].half > 20);
	run__free(&run);
}

/* Middle blocks alike, the outer ones 37 apart: the medians are the same. */
static void a_difference_is_the_median_of_differences(void **state)
{
	struct run run = pair_of((struct truth) { 460, 0, 0, 0 }, 0, 1);
	struct cycles_series *twice = &run.record[0]->cycles->mode[CYCLES_HOT];
	double *a = twice->block;
	double *b = run.record[1]->cycles->mode[CYCLES_HOT].block;

	(void)state;
	for (size_t i = 0; i < MADE_BLOCKS; i++) {
		a[i] = twice->aa[i] = 100 * (i + 1);
		b[i] = a[i] + (i >= 12 && i < 20 ? 0 : 37);
	}
	assert_float_equal(cell(&run, "other").mode[CYCLES_HOT].value,
			   cell(&run, "baseline").mode[CYCLES_HOT].value, 1e-9);
	assert_float_equal(diff(&run, CYCLES_HOT, NULL).by.value, 37, 1e-9);
	run__free(&run);
}

static void a_planted_difference_is_within_its_interval(void **state)
{
	struct run run = pair_of((struct truth) { 460, 5, 60, 4 }, 37, LAYOUTS);
	struct noisy_diff d = diff(&run, CYCLES_HOT, NULL);

	(void)state;
	assert_true(fabs(d.by.value - 37) <= d.by.half);
	assert_true(d.by.half > 0.5 && d.by.half < 10);
	assert_true(d.by.least < d.by.value && d.by.value < d.by.most);
	assert_int_equal(d.word.is, WORD_SLOWER);
	run__free(&run);
	run = pair_of((struct truth) { 460, 5, 60, 4 }, -37, LAYOUTS);
	assert_int_equal(diff(&run, CYCLES_HOT, NULL).word.is, WORD_FASTER);
	run__free(&run);
}

/*
 * By hand: 450, 452, 455, 465, 470, 480 have 21 Walsh averages, of which the
 * eleventh is 461; six layouts have all of them in the 95 % interval.
 */
static void a_figure_is_the_estimate_over_layouts_of_medians(void **state)
{
	static const double median[] = { 455, 465, 450, 480, 452, 470 };
	struct run run = pair_of((struct truth) { 460, 0, 0, 0 }, 0, LAYOUTS);
	struct noisy_value v;

	(void)state;
	for (size_t l = 0; l < LAYOUTS; l++) {
		struct cycles_series *s = &run.record[2 * l]->cycles->mode[CYCLES_HOT];

		/* Of two copies 10 apart, the middle; a third of it is far off. */
		for (size_t i = 0; i < MADE_BLOCKS; i++) {
			s->block[i] = i < 20 ? median[l] - 5 : 950;
			s->aa[i] = i < 20 ? median[l] + 5 : 950;
		}
	}
	run.record[0]->cycles->mode[CYCLES_HOT].kept = 0.7;
	run.record[2]->cycles->mode[CYCLES_HOT].floor = 30;
	v = cell(&run, "baseline").mode[CYCLES_HOT];
	assert_float_equal(v.value, 461, 1e-9);
	assert_float_equal(v.low, 450, 1e-9);
	assert_float_equal(v.high, 480, 1e-9);
	assert_float_equal(v.half, 19, 1e-9);
	assert_float_equal(v.least, 450, 0);
	assert_float_equal(v.most, 480, 0);
	assert_float_equal(cell(&run, "baseline").kept[CYCLES_HOT], 0.7, 0);
	assert_float_equal(cell(&run, "baseline").floor[CYCLES_HOT], 25, 1e-9);
	run__free(&run);
}

static void the_second_copy_shows_what_an_address_does(void **state)
{
	struct run run = pair_of((struct truth) { 460, 15, 80, 2 }, 0, LAYOUTS);
	struct noisy_cell ref = cell(&run, "baseline"), c = cell(&run, "other");
	struct noisy_value aa = noisy__aa(&run, CYCLES_HOT, &ref);

	(void)state;
	assert_int_equal(aa.layouts, LAYOUTS);
	assert_true(fabs(aa.value) <= aa.half);
	assert_true(aa.least < 0 && aa.most > 0 && aa.most - aa.least > 10);
	assert_float_equal(noisy__reach(&aa), fmax(-aa.low, aa.high), 1e-9);
	aa = noisy__aa(&run, CYCLES_HOT, &c);
	assert_int_equal(aa.layouts, 0);
	assert_string_equal(aa.why, "no second copy of its code was measured");
	assert_true(isinf(noisy__reach(&aa)));
	run__free(&run);
}

static void a_difference_below_the_layout_effect_has_no_mark(void **state)
{
	struct run run = pair_of((struct truth) { 460, 40, 60, 2 }, -6, LAYOUTS);
	struct noisy_diff d = diff(&run, CYCLES_HOT, NULL);

	(void)state;
	assert_int_equal(d.by.layouts, LAYOUTS);
	assert_int_equal(d.word.is, WORD_NONE);
	/* though no A/A were in its way */
	assert_true(d.by.half > fabs(d.by.value));
	assert_int_equal(diff(&run, CYCLES_HOT, &still).word.is, WORD_NONE);
	run__free(&run);
}

/* The interval excludes 0, and still: the same code moved by as much. */
static void a_difference_below_the_runs_own_has_no_mark(void **state)
{
	struct run run = pair_of((struct truth) { 460, 0, 60, 0.1 }, 10, LAYOUTS);
	struct noisy_value aa = { .layouts = LAYOUTS, .value = -6, .half = 5,
				  .low = -11, .high = -1 };

	(void)state;
	assert_int_equal(diff(&run, CYCLES_HOT, &still).word.is, WORD_SLOWER);
	assert_int_equal(diff(&run, CYCLES_HOT, &aa).word.is, WORD_NONE);
	aa.low = -9;
	assert_int_equal(diff(&run, CYCLES_HOT, &aa).word.is, WORD_SLOWER);
	aa.layouts = 0;		/* nobody knows */
	assert_int_equal(diff(&run, CYCLES_HOT, &aa).word.is, WORD_NONE);
	run__free(&run);
}

static void identical_code_differs_by_noise_only(void **state)
{
	struct run run = pair_of((struct truth) { 460, 0, 60, 0.1 }, 10, LAYOUTS);

	(void)state;
	assert_false(diff(&run, CYCLES_HOT, &still).same_code);
	for (size_t i = 0; i < run.nr; i++) {
		free(run.record[i]->handler_sha256);
		run.record[i]->handler_sha256 = xstrdup("5a");
	}
	assert_true(diff(&run, CYCLES_HOT, &still).same_code);
	assert_int_equal(diff(&run, CYCLES_HOT, &still).word.is, WORD_NONE);
	run__free(&run);
}

static void one_layout_has_a_figure_and_no_interval(void **state)
{
	struct run run = pair_of((struct truth) { 460, 0, 60, 0 }, 37, 1);
	struct noisy_diff d = diff(&run, CYCLES_HOT, &still);
	struct noisy_value v = cell(&run, "other").mode[CYCLES_HOT];

	(void)state;
	assert_true(isnan(v.half));
	assert_string_equal(v.why, "an interval needs 6 layouts");
	assert_float_equal(d.by.value, 37, 1e-9);
	assert_true(isnan(d.by.half));
	assert_string_equal(d.by.why, "an interval needs 6 layouts");
	assert_int_equal(d.word.is, WORD_NONE);
	run__free(&run);
}

static void a_mode_that_was_not_measured_has_no_figure(void **state)
{
	struct run run = pair_of((struct truth) { 460, 0, 0, 0 }, 37, 2);
	struct noisy_diff d = diff(&run, CYCLES_COLD, &still);
	struct noisy_cell c = cell(&run, "other");

	(void)state;
	assert_int_equal(c.mode[CYCLES_COLD].layouts, 0);
	assert_string_equal(c.mode[CYCLES_COLD].why, "not measured");
	assert_int_equal(d.by.layouts, 0);
	assert_int_equal(d.word.is, WORD_NONE);
	c = cell(&run, "nobody");
	assert_string_equal(c.mode[CYCLES_HOT].why,
			    "no record: the run did not get there");
	run__free(&run);
}

static void shorten(struct record *r)
{
	r->cycles->mode[CYCLES_HOT].nr = MADE_BLOCKS / 2;
}

static void blocks_that_are_not_as_many_are_not_paired(void **state)
{
	struct run run = pair_of((struct truth) { 460, 0, 60, 0 }, 37, 3);
	struct noisy_diff d;

	(void)state;
	shorten(run.record[1]);
	d = diff(&run, CYCLES_HOT, &still);
	assert_int_equal(d.by.layouts, 2);
	assert_int_equal(d.by.unpaired, 1);
	assert_float_equal(d.by.value, 37, 1e-9);
	shorten(run.record[3]);
	run.record[5]->cycles->mode[CYCLES_HOT].chunk = 256;
	d = diff(&run, CYCLES_HOT, &still);
	assert_int_equal(d.by.layouts, 0);
	assert_int_equal(d.by.unpaired, 3);
	assert_non_null(strstr(d.by.why, "not paired"));
	run__free(&run);
}

/* The medians are 455 and 470, 460 and 480; no block was at another's time. */
static void boots_of_a_machine_are_held_against_each_other_by_their_medians(void **state)
{
	struct run run = pair_of((struct truth) { 460, 0, 0, 0 }, 0, 2);
	static const double median[] = { 455, 470, 460, 480 };
	struct noisy_diff d;

	(void)state;
	for (size_t r = 0; r < 4; r++) {
		struct cycles_series *s = &run.record[r]->cycles->mode[CYCLES_HOT];

		free(run.record[r]->rig);
		run.record[r]->rig = xstrdup("metal");
		/* A third of the blocks is far off, at one end or the other. */
		for (size_t i = 0; i < s->nr; i++)
			s->block[i] = (r & 1 ? i < 10 : i >= 22) ? 2000 : median[r];
		if (s->aa)
			memcpy(s->aa, s->block, s->nr * sizeof(*s->aa));
	}
	shorten(run.record[1]);
	for (size_t i = 0; i < MADE_BLOCKS / 2; i++)
		run.record[1]->cycles->mode[CYCLES_HOT].block[i] = i < 5 ? 2000 : 470;
	d = diff(&run, CYCLES_HOT, NULL);
	assert_int_equal(d.by.layouts, 2);
	assert_int_equal(d.by.unpaired, 0);
	assert_float_equal(d.by.value, 17.5, 1e-9);
	assert_string_equal(rigs__facts("metal")->unit, "boot");
	assert_string_equal(rigs__facts("vitro")->unit, "layout");
	run__free(&run);
}

static void an_invalid_layout_is_left_out_of_both(void **state)
{
	struct run run = pair_of((struct truth) { 460, 0, 60, 0 }, 37, 3);
	struct noisy_diff d;
	struct noisy_cell c;

	(void)state;
	make_vitro_none(run.record[3], OUTCOME_RIG, "trap: kvm_lapic_foo");
	d = diff(&run, CYCLES_HOT, &still);
	c = cell(&run, "other");
	assert_int_equal(d.by.layouts, 2);
	assert_int_equal(d.by.unpaired, 0);
	assert_float_equal(d.by.value, 37, 1e-9);
	assert_int_equal(c.boots, 3);
	assert_int_equal(c.valid, 2);
	assert_string_equal(c.why, "trap: kvm_lapic_foo");
	/* cycles of wrong tables are no cycles of a fault */
	run.record[1]->outcome = OUTCOME_DENOMINATOR;
	d = diff(&run, CYCLES_HOT, &still);
	assert_int_equal(d.by.layouts, 1);
	assert_int_equal(cell(&run, "other").mode[CYCLES_HOT].layouts, 1);
	run__free(&run);
}

/* (b - a) - (d - c) with costs 10, 47, 20, 30 is 27, whatever the machine did. */
static void four_cells_of_two_profiles_pair_by_block(void **state)
{
	static const double cost[] = { 10, 47, 20, 30 };
	static const double weight[] = { -1, 1, 1, -1 };
	struct run run = empty_run();
	struct noisy_term term[4];
	struct noisy_cell c[4];
	struct noisy_value v;

	(void)state;
	for (size_t l = 1; l <= LAYOUTS; l++) {
		for (size_t i = 0; i < 4; i++)
			add(&run, make_vitro(i % 2 ? "b" : "a",
					     i / 2 ? "off" : "retpoline",
					     "touch", l,
					     (struct truth) { 500 + cost[i], 0, 90, 0 },
					     none, false));
	}
	for (size_t i = 0; i < 4; i++) {
		c[i] = noisy__cell(&run, "v6.1", i / 2 ? "off" : "retpoline",
				   i % 2 ? "b" : "a", "touch");
		term[i] = (struct noisy_term) { &c[i], weight[i] };
	}
	v = noisy__sum(&run, CYCLES_HOT, term, 4);
	assert_int_equal(v.layouts, LAYOUTS);
	assert_float_equal(v.value, 27, 1e-9);
	assert_float_equal(v.half, 0, 1e-9);
	run__free(&run);
}

/* baseline's copies lie 2 apart, other's 30: a difference of 20 is within that. */
static void the_worse_second_copy_is_what_a_word_must_exceed(void **state)
{
	struct run run = pair_of((struct truth) { 460, 0, 60, 0.1 }, 20, LAYOUTS);

	(void)state;
	assert_int_equal(diff(&run, CYCLES_HOT, NULL).word.is, WORD_SLOWER);
	for (size_t l = 0; l < LAYOUTS; l++) {
		struct cycles_series *s = &run.record[2 * l + 1]->cycles->mode[CYCLES_HOT];

		s->aa = xcalloc(s->nr, sizeof(*s->aa));
		for (size_t i = 0; i < s->nr; i++) {
			s->aa[i] = s->block[i] + 15;
			s->block[i] -= 15;
		}
	}
	assert_float_equal(diff(&run, CYCLES_HOT, NULL).by.value, 20, 0.1);
	assert_float_equal(diff(&run, CYCLES_HOT, NULL).reach, 30, 0.1);
	assert_int_equal(diff(&run, CYCLES_HOT, NULL).word.is, WORD_NONE);
	assert_int_equal(diff(&run, CYCLES_HOT, NULL).word.why, WORD_WITHIN_AA);
	run__free(&run);
}

static void noisy_cells_are_measured_in_layouts_not_inexact(void **state)
{
	struct run run = pair_of((struct truth) { 460, 5, 60, 2 }, 37, 3);
	struct exactness e;

	(void)state;
	make_vitro_none(run.record[3], OUTCOME_RIG, "trap: kvm_lapic_foo");
	add(&run, make_record("baseline", "off", "touch", 1, 2362));
	add(&run, make_record("baseline", "off", "touch", 2, 2362));
	e = exact__count(&run);
	assert_int_equal(e.cells, 1);
	assert_int_equal(e.exact, 1);
	assert_int_equal(e.noisy, 2);
	assert_int_equal(e.measured, 2);
	assert_int_equal(e.layouts, 3);
	run__free(&run);
}

static void a_comparison_has_rows_marks_and_what_was_not_set(void **state)
{
	struct run run = pair_of((struct truth) { 460, 1, 60, 0.5 }, 37, LAYOUTS);
	struct noisy_comparison c;
	struct err e;

	(void)state;
	add(&run, make_vitro_none(make_vitro("baseline", "off", "mmio", 1, none,
					     none, false),
				  OUTCOME_SKIP, "no such class"));
	json_object_set_new(run.record[0]->host, "pinned",
			    json_string("not pinned: EPERM"));
	json_object_set_new(run.record[1]->host, "pinned",
			    json_string("not pinned: EPERM"));
	json_object_set_new(run.record[1]->host, "memory",
			    json_string("huge pages"));
	json_object_set_new(run.record[1]->host, "release",
			    json_string("not asked for"));
	assert_int_equal(noisy_compare__make(&c, &run, &rule, "v6.1", "off", NULL, NULL, &e), 0);
	assert_int_equal(c.nr_rows, 2);
	assert_string_equal(c.variants.item[0], "baseline");
	assert_int_equal(c.row[0].diff[CYCLES_HOT][1].word.is, WORD_SLOWER);
	assert_int_equal(c.row[0].own[CYCLES_HOT].by.layouts, LAYOUTS);
	assert_true(c.row[1].cell[0].skipped);
	assert_int_equal(c.row[1].diff[CYCLES_HOT][1].by.layouts, 0);
	assert_int_equal(c.set.cells, 4);
	assert_int_equal(c.set.usable, 2);
	assert_int_equal(c.set.skipped, 1);
	assert_int_equal(c.set.layouts, LAYOUTS);
	assert_int_equal(c.set.limits.nr, 1);
	assert_string_equal(c.set.limits.item[0], "pinned: not pinned: EPERM");
	noisy_compare__free(&c);
	/* compared with the other one, the A/A is still that of who has one */
	assert_int_equal(noisy_compare__make(&c, &run, &rule, "v6.1", "off", "other", NULL, &e), 0);
	assert_int_equal(c.row[0].diff[CYCLES_HOT][1].word.is, WORD_FASTER);
	assert_string_equal(c.row[0].own[CYCLES_HOT].variant, "baseline");
	noisy_compare__free(&c);
	run__free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(noise_common_to_both_cells_cancels),
		cmocka_unit_test(a_difference_is_the_median_of_differences),
		cmocka_unit_test(a_planted_difference_is_within_its_interval),
		cmocka_unit_test(a_figure_is_the_estimate_over_layouts_of_medians),
		cmocka_unit_test(the_second_copy_shows_what_an_address_does),
		cmocka_unit_test(a_difference_below_the_layout_effect_has_no_mark),
		cmocka_unit_test(a_difference_below_the_runs_own_has_no_mark),
		cmocka_unit_test(identical_code_differs_by_noise_only),
		cmocka_unit_test(one_layout_has_a_figure_and_no_interval),
		cmocka_unit_test(a_mode_that_was_not_measured_has_no_figure),
		cmocka_unit_test(blocks_that_are_not_as_many_are_not_paired),
		cmocka_unit_test(boots_of_a_machine_are_held_against_each_other_by_their_medians),
		cmocka_unit_test(an_invalid_layout_is_left_out_of_both),
		cmocka_unit_test(four_cells_of_two_profiles_pair_by_block),
		cmocka_unit_test(a_comparison_has_rows_marks_and_what_was_not_set),
		cmocka_unit_test(the_worse_second_copy_is_what_a_word_must_exceed),
		cmocka_unit_test(noisy_cells_are_measured_in_layouts_not_inexact),
	};

	return cmocka_run_group_tests_name("noisy", tests, NULL, NULL);
}
