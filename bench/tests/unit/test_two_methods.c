// SPDX-License-Identifier: GPL-2.0
/*
 * Doorbells and samples of one record: they agree but for loop, ticks and
 * switches, and a cell where they do not has no figure anywhere.
 */
#include "unit.h"
#include "compare.h"
#include "judge.h"
#include "made.h"
#include "two_methods.h"

#define NULLS	2000		/* ticks of the doorbells of made_null() */

static struct record *made_null(const char *variant, uint64_t boot)
{
	struct record *r = make_record(variant, "off", "null", boot, 0);

	r->events = 0;
	r->nr_bins = 0;
	r->total = NULLS;
	r->stats.item[0].value = r->expect.item[0].value = 0;
	return r;
}

/* 64 events of 2400 ticks and 30 of the loop each, as huge-2m has them. */
static struct record *made(const char *variant, uint64_t boot)
{
	struct record *r = make_record(variant, "off", "touch", boot, 2400);

	r->events = 64;
	r->nr_bins = 1;
	r->bin[0] = (struct bin) { 2400, 64 };
	r->total = NULLS + 64 * (2400 + 30);
	r->stats.item[0].value = r->expect.item[0].value = 64;
	return r;
}

static void the_loop_is_what_the_samples_leave_over(void **state)
{
	struct record *r = made("baseline", 1);
	struct two_methods m = two_methods__of(r, NULLS);

	(void)state;
	assert_true(m.compared && m.agree);
	assert_float_equal(m.over, 30, 1e-9);
	r->total -= 64 * 31;
	assert_false(two_methods__of(r, NULLS).agree);
	r->total += 64 * (LOOP_LIMIT + 2);
	assert_false(two_methods__of(r, NULLS).agree);
	record__free(r);
}

/* A tick of 17,000 instructions between two of 64 samples is 265 per event. */
static void a_tick_between_two_samples_is_no_disagreement(void **state)
{
	struct record *r = made("baseline", 1);

	(void)state;
	r->total += 17000;
	assert_false(two_methods__of(r, NULLS).agree);
	r->irqs = 1;
	assert_true(two_methods__of(r, NULLS).agree);
	r->total += 2 * 17000;		/* which one tick does not explain */
	assert_false(two_methods__of(r, NULLS).agree);
	record__free(r);
}

/* The second of two vCPUs ran while the first was in a sample. */
static void what_other_vcpus_did_in_a_sample_is_not_its_own(void **state)
{
	struct record *r = made("baseline", 1);

	(void)state;
	r->nr_bins = 2;
	r->bin[0].count = 63;
	r->bin[1] = (struct bin) { 2400 + 32 * 2430 + 15000, 1 };
	r->total += 15000 + 2 * 9000;
	r->irqs = 1;
	assert_false(two_methods__of(r, NULLS).agree);
	record__add_vcpu(r, &(struct record_vcpu) { 32, 32, 0, 1 });
	record__add_vcpu(r, &(struct record_vcpu) { 32, 32, 0, 1 });
	assert_true(two_methods__of(r, NULLS).agree);
	r->total += 1000 * 4096;
	assert_false(two_methods__of(r, NULLS).agree);
	record__free(r);
}

static void nothing_to_compare_with_is_no_disagreement(void **state)
{
	struct record *r = made("baseline", 1);

	(void)state;
	assert_false(two_methods__of(r, 0).compared);
	r->clock_floor = 0;		/* a Linux guest takes no empty sample */
	assert_false(two_methods__of(r, NULLS).compared);
	record__free(r);
}

static struct run in_memory(struct record **record, size_t nr)
{
	struct run run = {
		.dir = xstrdup("/nowhere"),
		.meta = json_pack("{ss s{ss s[{ss s[ss] s[s] s[ss]}]}}",
				  "id", "t", "plan", "rig", "tcg", "sections",
				  "base", "v6.1", "variants", "baseline", "nop",
				  "profiles", "off", "workloads", "null", "touch"),
		.record = xcalloc(nr, sizeof(*record)),
		.nr = nr,
	};

	memcpy(run.record, record, nr * sizeof(*record));
	return run;
}

static void a_total_that_is_off_is_refused_where_it_is_compared(void **state)
{
	struct record *recs[] = {
		made_null("baseline", 1), made_null("baseline", 2),
		made_null("nop", 1), made_null("nop", 2),
		made("baseline", 1), made("baseline", 2),
		made("nop", 1), made("nop", 2),
	};
	struct run run = in_memory(recs, ARRAY_SIZE(recs));
	struct judgements j = { 0 };
	struct comparison c;
	struct err e;

	(void)state;
	for (size_t i = 6; i < 8; i++) {
		recs[i]->bin[0].ticks = 2300;	/* it would be "fewer" */
		recs[i]->irqs = 1;
		recs[i]->total += 1000 * recs[i]->events;
	}
	assert_int_equal(compare__make(&c, &run, "v6.1", "off", NULL, NULL, &e), 0);
	assert_int_equal(c.methods.cells, 2);
	assert_int_equal(c.methods.disagree, 1);
	assert_true(c.row[1].cell[0].usable);
	assert_false(c.row[1].cell[1].usable);
	assert_false(c.row[1].diff[1].comparable);
	assert_int_equal(c.usable, 3);
	assert_int_equal(c.exact, 3);
	assert_non_null(strstr(c.row[1].cell[1].why, "two methods disagree: "));
	compare__free(&c);
	assert_int_equal(judge__run(&j, &run, &judge_defaults, &e), 0);
	assert_int_equal(j.disagree, 1);
	assert_int_equal(j.item[1].is, JUDGED_NONE);
	assert_ptr_equal(strstr(j.item[1].reason, "no verdict: two methods disagree: "),
			 j.item[1].reason);
	judgements__free(&j);
	run__free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_loop_is_what_the_samples_leave_over),
		cmocka_unit_test(a_tick_between_two_samples_is_no_disagreement),
		cmocka_unit_test(what_other_vcpus_did_in_a_sample_is_not_its_own),
		cmocka_unit_test(nothing_to_compare_with_is_no_disagreement),
		cmocka_unit_test(a_total_that_is_off_is_refused_where_it_is_compared),
	};

	return cmocka_run_group_tests_name("two methods", tests, NULL, NULL);
}
