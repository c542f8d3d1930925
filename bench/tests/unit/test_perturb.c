// SPDX-License-Identifier: GPL-2.0
/* Perturbed boots: what a seed comes to, its record, and what holds over layouts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "compare.h"
#include "exact.h"
#include "judge.h"
#include "made.h"
#include "run.h"

#define N	1000	/* faults of a made record */

static struct run run;
static struct comparison c;
static struct judgements j;

/* All faults cost the same but one, into which a tick fell. */
static struct record *boot_of(const char *variant, uint64_t seed, uint64_t boot,
			      uint64_t typical, uint64_t tick)
{
	struct record *r = make_record(variant, "off", "touch", boot, typical);
	const struct perturb p = perturb__of_seed(seed);

	record__set_perturb(r, &p);
	r->events = N;
	r->stats.item[0].value = r->expect.item[0].value = N;
	r->bin[0] = (struct bin) { typical, N - 1 };
	r->bin[1] = (struct bin) { typical + tick, 1 };
	r->total = N * typical + tick + 2000;
	return r;
}

static void add(struct record *r)
{
	run.record = xrealloc(run.record, (run.nr + 1) * sizeof(*run.record));
	run.record[run.nr++] = r;
}

static void compare(void)
{
	struct err e;

	assert_int_equal(compare__make(&c, &run, "v6.1", "off", NULL, NULL, &e), 0);
	assert_int_equal(judge__run(&j, &run, &judge_defaults, &e), 0);
}

static void end(void)
{
	judgements__free(&j);
	compare__free(&c);
	run__free(&run);
	run = (struct run) { 0 };
}

static const struct judgement *judged(const char *variant)
{
	for (size_t i = 0; i < j.nr; i++) {
		if (!strcmp(j.item[i].variant, variant))
			return &j.item[i];
	}
	fail_msg("no judgement of %s", variant);
	return NULL;
}

static void a_seed_is_always_the_same_and_no_other(void **state)
{
	const struct perturb plain = perturb__of_seed(0);

	(void)state;
	assert_int_equal(plain.text + plain.archive + plain.spin + plain.pages, 0);
	for (uint64_t seed = 1; seed < 200; seed++) {
		const struct perturb p = perturb__of_seed(seed);
		const struct perturb again = perturb__of_seed(seed);
		const struct perturb next = perturb__of_seed(seed + 1);

		assert_memory_equal(&p, &again, sizeof(p));
		assert_true(perturb__plausible(&p));
		assert_int_not_equal(p.text, next.text);
		assert_int_not_equal(p.spin, next.spin);
		assert_true(p.archive && p.spin && p.pages);
	}
	/* the boots that a run has by default are of three link layouts */
	assert_int_equal(perturb__of_seed(1).text, 1);
	assert_int_equal(perturb__of_seed(2).text, 2);
}

static void a_record_says_its_perturbation(void **state)
{
	struct record *r = boot_of("baseline", 3, 4, 2362, 15000), *s;
	struct record *plain = make_record("baseline", "off", "touch", 1, 2362);
	char *line = record__line(r), *without = record__line(plain), err[256];

	(void)state;
	assert_non_null(strstr(line, "\"perturb\":{\"seed\":3,"));
	assert_null(strstr(without, "perturb"));
	s = record__parse(line, strlen(line), err, sizeof(err));
	assert_non_null(s);
	assert_memory_equal(s->perturb, r->perturb, sizeof(*s->perturb));
	assert_int_equal(record__seed(s), 3);
	assert_int_equal(record__seed(plain), 0);
	record__free(s);
	r->perturb->text = PERTURB_LAYOUTS + 1;	/* there is no such layout */
	free(line);
	line = record__line(r);
	assert_null(record__parse(line, strlen(line), err, sizeof(err)));
	assert_non_null(strstr(err, "perturb"));
	free(without);
	free(line);
	record__free(plain);
	record__free(r);
}

static void a_tick_elsewhere_leaves_a_cell_exact(void **state)
{
	(void)state;
	add(boot_of("baseline", 0, 1, 2362, 15000));
	add(boot_of("baseline", 1, 2, 2362, 0));
	add(boot_of("baseline", 2, 3, 2362, 18000));
	add(boot_of("nop", 0, 1, 2363, 0));
	add(boot_of("nop", 1, 2, 2363, 16000));
	add(boot_of("nop", 2, 3, 2363, 0));
	compare();
	assert_true(c.row[0].cell[0].exact);
	assert_int_equal(c.row[0].cell[0].seeds, 3);
	assert_true(c.row[0].diff[1].exact);
	assert_int_equal(c.aa.pairs, 2);
	assert_int_equal(c.aa.held, 2);
	assert_int_equal(c.aa.equal, 0);
	assert_float_equal(c.aa.diff[0], 0, 0);
	assert_float_equal(c.aa.diff[1], 0, 0);
	assert_float_equal(c.aa.mean[0], -15, 1e-9);
	assert_float_equal(c.aa.mean[1], 3, 1e-9);
	assert_int_equal(judged("nop")->is, JUDGED_WORSE);
	assert_string_equal(judged("nop")->reason,
			    "more: +1 instruction per fault (+0.04 %), exact over 3 layouts");
	assert_int_equal(j.aa_differ, 0);
	end();
}

/* The plant: code that costs what its address says. */
static void a_cost_that_rests_on_the_layout_is_not_exact(void **state)
{
	(void)state;
	for (uint64_t k = 0; k < 2; k++) {
		add(boot_of("baseline", k, k + 1, 2362, 0));
		add(boot_of("place", k, k + 1, 2362 + 48 * k, 0));
		add(boot_of("less", k, k + 1, 2362 + 48 * k - 100, 0));
	}
	compare();
	assert_true(c.row[0].cell[0].exact);
	assert_false(c.row[0].cell[1].exact);
	assert_true(c.row[0].cell[1].repeats);
	assert_float_equal(c.row[0].cell[1].low, 0, 0);
	assert_float_equal(c.row[0].cell[1].high, 48, 0);
	assert_float_equal(c.row[0].diff[1].range, 48, 0);
	assert_int_equal(judged("place")->is, JUDGED_SAME);
	assert_non_null(strstr(judged("place")->reason, "no difference shown"));
	assert_float_equal(judged("place")->shows, 49, 0);
	/* beyond the range there is a word, and the range with it */
	assert_int_equal(judged("less")->is, JUDGED_BETTER);
	assert_non_null(strstr(judged("less")->reason,
			       "give or take the 48.0 that the boots of 2 layouts are apart"));
	end();
}

/* One in ten faults differs: the commonest does not, the trimmed mean does. */
static void what_few_faults_have_is_no_exact_figure(void **state)
{
	(void)state;
	for (uint64_t k = 0; k < 2; k++) {
		struct record *r = boot_of("baseline", k, k + 1, 2362, 40);

		if (k) {
			r->bin[0].count -= N / 10;
			r->bin[1].count += N / 10;
		}
		add(r);
	}
	compare();
	assert_false(c.row[0].cell[0].exact);
	assert_true(c.row[0].cell[0].high > 0);
	end();
}

static void boots_of_one_seed_must_be_bit_equal(void **state)
{
	(void)state;
	add(boot_of("baseline", 0, 1, 2362, 15000));
	add(boot_of("baseline", 0, 2, 2362, 15001));
	compare();
	assert_false(c.row[0].cell[0].exact);
	assert_false(c.row[0].cell[0].repeats);
	end();
	add(boot_of("baseline", 0, 1, 2362, 15000));
	add(boot_of("baseline", 0, 2, 2362, 15000));
	compare();
	assert_true(c.row[0].cell[0].exact);
	assert_int_equal(c.row[0].cell[0].seeds, 1);
	assert_int_equal(c.aa.equal, 1);
	end();
}

/* Whole boots and the like, in whose totals the ticks are: a range, no word. */
static void a_total_with_ticks_in_it_has_its_range(void **state)
{
	(void)state;
	for (uint64_t k = 0; k < 2; k++) {
		struct record *base = boot_of("baseline", k, k + 1, 0, 0);
		struct record *other = boot_of("other", k, k + 1, 0, 0);

		base->events = other->events = 0;
		base->nr_bins = other->nr_bins = 0;
		base->total = 1000000 + 700 * k;
		other->total = 1000900 + 400 * k;
		add(base);
		add(other);
	}
	compare();
	assert_false(c.row[0].cell[0].exact);
	assert_float_equal(c.row[0].diff[1].range, 1100, 0);
	assert_int_equal(judged("other")->is, JUDGED_SAME);
	end();
}

/* Seeds beyond the link layouts have other pages and another phase alone. */
static void layouts_are_not_more_than_were_linked(void **state)
{
	char *two = perturb__layouts_text(2), *many = perturb__layouts_text(50);

	(void)state;
	assert_string_equal(two, "2 layouts");
	assert_string_equal(many, "50 boots of 3 layouts");
	assert_int_equal(perturb__layouts(50), PERTURB_LAYOUTS + 1);
	free(many);
	free(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layouts_are_not_more_than_were_linked),
		cmocka_unit_test(a_seed_is_always_the_same_and_no_other),
		cmocka_unit_test(a_record_says_its_perturbation),
		cmocka_unit_test(a_tick_elsewhere_leaves_a_cell_exact),
		cmocka_unit_test(a_cost_that_rests_on_the_layout_is_not_exact),
		cmocka_unit_test(what_few_faults_have_is_no_exact_figure),
		cmocka_unit_test(boots_of_one_seed_must_be_bit_equal),
		cmocka_unit_test(a_total_with_ticks_in_it_has_its_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
