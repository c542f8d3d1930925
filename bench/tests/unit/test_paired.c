// SPDX-License-Identifier: GPL-2.0
/* Pairs of two histograms; the expected numbers are worked out by hand. */
#include "unit.h"
#include "paired.h"

#define HIST(values, counts) \
	(&(struct paired_hist) { values, counts, sizeof(values) / sizeof(*values) })

/* The two of finding 2: a tick fell into one fault of the first. */
static void a_tick_in_one_of_them_is_in_one_pair(void **state)
{
	const uint64_t va[] = { 1293, 19140 }, ca[] = { 1023, 1 };
	const uint64_t vb[] = { 1308 }, cb[] = { 1024 };
	struct paired p;

	(void)state;
	assert_int_equal(paired__hists(&p, HIST(va, ca), HIST(vb, cb)), 0);
	assert_int_equal(p.n, 1024);
	assert_int_equal(p.mode, 15);
	assert_int_equal(p.mode_count, 1023);
	assert_float_equal(p.trimmed, 15, 1e-12);
	assert_int_equal(p.least, 1308 - 19140);
	assert_int_equal(p.most, 15);
	/* and the other way around */
	assert_int_equal(paired__hists(&p, HIST(vb, cb), HIST(va, ca)), 0);
	assert_int_equal(p.mode, -15);
	assert_float_equal(p.trimmed, -15, 1e-12);
	assert_int_equal(p.most, 19140 - 1308);
}

/* Of finding 3: every fault is cheaper, and the most common figure is larger. */
static void cheaper_in_every_pair_is_never_more(void **state)
{
	const uint64_t va[] = { 12261, 15801, 15813, 29000 };
	const uint64_t ca[] = { 471, 379, 154, 20 };
	const uint64_t vb[] = { 12257, 15797, 28996 };
	const uint64_t cb[] = { 471, 379 + 154, 20 };
	struct paired p;

	(void)state;
	assert_int_equal(paired__hists(&p, HIST(va, ca), HIST(vb, cb)), 0);
	assert_int_equal(p.mode, -4);
	assert_int_equal(p.mode_count, 870);
	assert_int_equal(p.least, -16);
	assert_int_equal(p.most, -4);
	/* 51 go at each end: all of them -16 and -4 */
	assert_float_equal(p.trimmed, -(16.0 * (154 - 51) + 4 * (870 - 51)) / 922, 1e-9);
}

/* 10 10 10 20 and 11 12 12 20: +1, +2, +2, 0. */
static void parts_of_one_difference_are_put_together(void **state)
{
	const uint64_t va[] = { 10, 20 }, ca[] = { 3, 1 };
	const uint64_t vb[] = { 11, 12, 20 }, cb[] = { 1, 2, 1 };
	struct paired p;

	(void)state;
	assert_int_equal(paired__hists(&p, HIST(va, ca), HIST(vb, cb)), 0);
	assert_int_equal(p.mode, 2);
	assert_int_equal(p.mode_count, 2);
	assert_float_equal(p.trimmed, 5.0 / 4, 1e-12);
	assert_int_equal(p.least, 0);
	assert_int_equal(p.most, 2);
}

/* Of 40 pairs 2 go at each end; of 39 one. */
static void one_in_twenty_is_cut_at_each_end(void **state)
{
	const uint64_t va[] = { 100 }, vb[] = { 101, 900 };
	uint64_t ca[] = { 40 }, cb[] = { 38, 2 };
	struct paired p;

	(void)state;
	assert_int_equal(paired__hists(&p, HIST(va, ca), HIST(vb, cb)), 0);
	assert_float_equal(p.trimmed, 1, 1e-12);
	ca[0] = 39;
	cb[0] = 37;
	assert_int_equal(paired__hists(&p, HIST(va, ca), HIST(vb, cb)), 0);
	assert_float_equal(p.trimmed, (36 + 800) / 37.0, 1e-9);
}

static void a_bin_without_samples_pairs_with_nothing(void **state)
{
	const uint64_t va[] = { 1, 10, 11 }, ca[] = { 0, 2, 0 };
	const uint64_t vb[] = { 5, 12, 13 }, cb[] = { 0, 0, 2 };
	struct paired p;

	(void)state;
	assert_int_equal(paired__hists(&p, HIST(va, ca), HIST(vb, cb)), 0);
	assert_int_equal(p.mode, 3);
	assert_int_equal(p.mode_count, 2);
	assert_int_equal(p.least, 3);
}

static void other_numbers_are_an_error_and_no_figure(void **state)
{
	const uint64_t v[] = { 1293, 1300 }, a[] = { 10, 1 }, b[] = { 10, 2 };
	const struct paired_hist none = { 0 };
	struct paired p;

	(void)state;
	assert_int_equal(paired__hists(&p, HIST(v, a), HIST(v, b)), -1);
	assert_int_equal(p.n, 0);
	assert_int_equal(p.mode, 0);
	assert_int_equal(paired__hists(&p, &none, HIST(v, b)), -1);
	assert_int_equal(paired__hists(&p, &none, &none), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tick_in_one_of_them_is_in_one_pair),
		cmocka_unit_test(cheaper_in_every_pair_is_never_more),
		cmocka_unit_test(parts_of_one_difference_are_put_together),
		cmocka_unit_test(one_in_twenty_is_cut_at_each_end),
		cmocka_unit_test(a_bin_without_samples_pairs_with_nothing),
		cmocka_unit_test(other_numbers_are_an_error_and_no_figure),
	};

	return cmocka_run_group_tests_name("paired", tests, NULL, NULL);
}
