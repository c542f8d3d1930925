// SPDX-License-Identifier: GPL-2.0
/* What a noisy run says of itself where the truth is known. */
#include "unit.h"
#include "judged_run.h"
#include "made_vitro.h"
#include "noisy_rule.h"

#define LAYOUTS	24
#define WORKLOADS	7

static const struct truth none = { 0 };
static const char *const profiles[] = { "off", "retpoline", "lfence" };

static void say(struct record *r, const char *key, const char *value)
{
	json_object_set_new(r->host, key, json_string(value));
}

/*
 * Seven workloads of baseline, the same code under all profiles, and of "other"
 * under off alone, which costs 30 more. Under retpoline the first `wrong`
 * workloads of baseline measure 8 more, which nothing of the code explains.
 */
static void nulls(size_t wrong, const char *executed)
{
	begin();
	for (uint64_t l = 1; l <= LAYOUTS; l++) {
		for (size_t w = 0; w < WORKLOADS; w++) {
			char *workload = xasprintf("w%zu", w);
			struct truth t = { 250, 3, 40, 2 };

			for (size_t p = 0; p < 2; p++) {
				t.cost = 250 + (p && w < wrong ? 8 : 0);
				say(add(make_vitro("baseline", profiles[p], workload,
						   l, t, none, true)),
				    "executed", executed);
			}
			t.cost = 280;
			say(add(make_vitro("other", "off", workload, l, t, none,
					   true)), "executed", "5b");
			free(workload);
		}
	}
	judge();
}

static size_t words(void)
{
	return j.count[JUDGED_BETTER] + j.count[JUDGED_WORSE];
}

static void known_nulls_that_do_not_differ_let_words_through(void **state)
{
	struct noisy_control c;

	(void)state;
	nulls(0, "5a");
	c = noisy_control__of(&run, CYCLES_HOT);
	assert_int_equal(c.intervals, WORKLOADS);
	assert_true(c.differ <= 1);
	assert_false(c.failed);
	assert_int_equal(noisy_control__of(&run, CYCLES_COLD).intervals, 0);
	assert_int_equal(words(), WORKLOADS);
	end();
}

/* The audit's 3 of 7: by chance that is 4 in 1,000. */
static void a_control_that_fails_leaves_no_word(void **state)
{
	struct noisy_control c;

	(void)state;
	nulls(3, "5a");
	c = noisy_control__of(&run, CYCLES_HOT);
	assert_in_range(c.differ, 3, 4);
	assert_true(c.failed);
	assert_int_equal(words(), 0);
	assert_int_equal(j.count[JUDGED_NONE], WORKLOADS);
	assert_non_null(strstr(j.item[0].reason, "but the run's control failed: "));
	end();
}

/* A record that does not say what it executed is nobody's null. */
static void records_without_it_have_no_control(void **state)
{
	(void)state;
	nulls(7, "not the same in both copies");
	assert_int_equal(noisy_control__of(&run, CYCLES_HOT).intervals, 0);
	assert_int_equal(words(), WORKLOADS);
	end();
}

/* Nineteen cells, both copies at places of their own; from place 11 on they cost `step` more. */
static struct noisy_place placed(double step)
{
	struct noisy_place p;

	begin();
	for (uint64_t l = 1; l <= LAYOUTS; l++) {
		for (size_t v = 0; v < 19; v++) {
			const size_t place = (v * 7 + l * 5) % 19;
			char *name = xasprintf("v%zu", v);
			char *text = xasprintf("%zu,%zu", place, 18 - place);
			struct record *r;
			struct truth t = { 2700 + 20 * v + (place > 10 ? step : 0),
					   60, 400, 90 };

			r = add(make_vitro(name, "off", "touch", l, none, t, true));
			say(r, "place", text);
			for (size_t i = 0; i < MADE_BLOCKS; i++)
				r->cycles->mode[CYCLES_COLD].aa[i] +=
					(18 - place > 10 ? step : 0) -
					(place > 10 ? step : 0);
			free(text);
			free(name);
		}
	}
	p = noisy_place__of(&run, CYCLES_COLD);
	assert_int_equal(noisy_place__of(&run, CYCLES_HOT).n, 0);
	run__free(&run);
	return p;
}

static void a_cost_that_depends_on_the_place_is_found(void **state)
{
	struct noisy_place p = placed(-119);

	(void)state;
	assert_int_equal(p.n, 2 * 19 * LAYOUTS);
	assert_true(p.r < -0.4 && p.p < 1e-9);
	p = placed(0);
	assert_true(p.r > -0.15 && p.r < 0.15 && p.p > PLACE_ALPHA);
}

/* Cold, 20 cycles in every layout: below the 26 in which the TSC counts. */
static void nothing_below_the_quantum_has_a_word(void **state)
{
	struct truth t = { 2700, 0, 400, 0.1 }, more = { 2720, 0, 400, 0.1 };

	(void)state;
	for (int q = 0; q < 2; q++) {
		begin();
		for (uint64_t l = 1; l <= LAYOUTS; l++) {
			say(add(make_vitro("baseline", "off", "touch", l, t, t, true)),
			    "tsc_quantum", q ? "26" : "");
			add(make_vitro("other", "off", "touch", l, more, more, true));
		}
		judge();
		/* A hot chunk of 512 faults tells it, whatever the quantum. */
		assert_int_equal(j.item[0].is, JUDGED_WORSE);
		assert_int_equal(j.item[1].is, q ? JUDGED_SAME : JUDGED_WORSE);
		assert_true(!q || j.item[1].shows >= 26);
		if (q)
			assert_non_null(strstr(j.item[1].reason, "in which the TSC counts"));
		end();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_nulls_that_do_not_differ_let_words_through),
		cmocka_unit_test(a_control_that_fails_leaves_no_word),
		cmocka_unit_test(records_without_it_have_no_control),
		cmocka_unit_test(a_cost_that_depends_on_the_place_is_found),
		cmocka_unit_test(nothing_below_the_quantum_has_a_word),
	};

	return cmocka_run_group_tests_name("noisy_control", tests, NULL, NULL);
}
