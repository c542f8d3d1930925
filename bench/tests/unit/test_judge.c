// SPDX-License-Identifier: GPL-2.0
/* Verdicts and their reasons, on runs whose truth is known. */
#include <math.h>

#include "unit.h"
#include "judge.h"
#include "made_vitro.h"

static struct run run;
static struct judgements j;
static const struct truth none = { 0 };

static void begin(void)
{
	run = (struct run) { .dir = xstrdup("/nowhere"), .meta = json_object() };
}

static void add(struct record *r)
{
	run.record = xrealloc(run.record, (run.nr + 1) * sizeof(r));
	run.record[run.nr++] = r;
}

static void judge(void)
{
	judge__run(&j, &run, &judge_defaults);
}

static void end(void)
{
	judgements__free(&j);
	run__free(&run);
}

/* The only judgement of a variant's mode. */
static const struct judgement *of(const char *variant, const char *mode)
{
	for (size_t i = 0; i < j.nr; i++) {
		if (!strcmp(j.item[i].variant, variant) &&
		    !strcmp(j.item[i].mode, mode))
			return &j.item[i];
	}
	fail_msg("no judgement of %s", variant);
	return NULL;
}

static void says(const char *variant, const char *mode, enum judged is,
		 const char *reason)
{
	const struct judgement *k = of(variant, mode);

	assert_string_equal(judged__name(k->is), judged__name(is));
	if (!strstr(k->reason, reason))
		fail_msg("\"%s\" lacks \"%s\"", k->reason, reason);
}

static void one_instruction_is_a_verdict_none_is_none(void **state)
{
	(void)state;
	begin();
	for (uint64_t b = 1; b <= 2; b++) {
		add(make_record("baseline", "off", "touch", b, 2500));
		add(make_record("more", "off", "touch", b, 2501));
		add(make_record("less", "off", "touch", b, 2469));
		add(make_record("same", "off", "touch", b, 2500));
	}
	judge();
	says("more", "", JUDGED_WORSE,
	     "slower: +1 instructions a fault (+0.04 %), exact in 2 boots");
	says("less", "", JUDGED_BETTER,
	     "faster: -31 instructions a fault (-1.24 %), exact in 2 boots");
	says("same", "", JUDGED_SAME, "no difference: not one instruction");
	assert_int_equal(j.count[JUDGED_WORSE], 1);
	assert_int_equal(j.count[JUDGED_BETTER], 1);
	assert_int_equal(j.count[JUDGED_SAME], 1);
	assert_true(isnan(of("more", "")->p));
	assert_string_equal(j.answer, "Against baseline on v6.1, profile off: "
		"more is slower in 1 of 1 (most +0.04 % in touch); "
		"less is faster in 1 of 1 (most -1.24 % in touch); "
		"same is no different anywhere.");
	end();
}

static void no_verdict_says_what_is_missing(void **state)
{
	struct record *r;

	(void)state;
	begin();
	for (uint64_t b = 1; b <= 2; b++) {
		add(make_record("baseline", "off", "touch", b, 2500));
		add(make_record("odd", "off", "touch", b, 2510 + b));
		r = make_record("bad", "off", "touch", b, 2500);
		r->outcome = OUTCOME_PANIC;
		free(r->why);
		r->why = xstrdup("Oops: 0000");
		add(r);
		r = make_record("cannot", "off", "touch", b, 2500);
		r->outcome = OUTCOME_SKIP;
		free(r->why);
		r->why = xstrdup("came with 6.11");
		add(r);
	}
	add(make_record("once", "off", "touch", 1, 2520));
	judge();
	says("once", "", JUDGED_NONE,
	     "no verdict: +20 instructions a fault (+0.80 %) in one boot; two can");
	says("odd", "", JUDGED_NONE, "but the boots differ");
	says("bad", "", JUDGED_NONE, "no valid record: Oops: 0000");
	says("cannot", "", JUDGED_NONE, "skipped: came with 6.11");
	assert_int_equal(j.count[JUDGED_NONE], 4);
	end();
}

static void equal_handlers_are_never_faster(void **state)
{
	(void)state;
	begin();
	for (uint64_t b = 1; b <= 2; b++) {
		struct record *r = make_record("twin", "off", "touch", b, 2490);

		add(make_record("baseline", "off", "touch", b, 2500));
		free(r->handler_sha256);
		r->handler_sha256 = xstrdup("handler of baseline");
		add(r);
	}
	judge();
	says("twin", "", JUDGED_SAME, "the handlers are equal");
	end();
}

/* `layouts` of baseline, twice linked, and of variants that cost more. */
static void noisy(size_t layouts, const double *more, size_t nr, double layout)
{
	const struct truth t = { 250, layout, 40, 2 };

	begin();
	for (size_t l = 1; l <= layouts; l++) {
		add(make_vitro("baseline", "off", "touch", l, t, none, true));
		for (size_t i = 0; i < nr; i++) {
			struct truth dearer = t;
			char *name = xasprintf("v%zu", i);

			dearer.cost += more[i];
			add(make_vitro(name, "off", "touch", l, dearer, none, false));
			free(name);
		}
	}
	judge();
}

static void cycles_that_differ_are_a_verdict(void **state)
{
	const struct judgement *k;

	(void)state;
	noisy(24, (double []) { 20, 0, -20 }, 3, 3);
	says("v0", "hot", JUDGED_WORSE, "slower: +");
	says("v1", "hot", JUDGED_SAME, "no difference shown");
	says("v2", "hot", JUDGED_BETTER, "faster: -");
	k = of("v0", "hot");
	assert_true(k->low < 20 + 3 && k->high > 20 - 3 && k->low < k->high);
	assert_true(k->p_holm < 0.05 && k->p_holm >= k->p);
	assert_true(k->shows > 0 && k->shows < 20);
	assert_int_equal(k->boots, 24);
	assert_int_equal(j.aa_pairs, 1);
	end();
}

static void few_layouts_cannot_reach_a_verdict(void **state)
{
	(void)state;
	noisy(3, (double []) { 50 }, 1, 0.1);
	says("v0", "hot", JUDGED_NONE,
	     "no verdict: 3 layouts cannot reach p < 0.05 beside 0 other comparisons; 6 can");
	end();
	noisy(6, (double []) { 50 }, 1, 0.1);
	says("v0", "hot", JUDGED_WORSE, "slower");
	end();
	/* The same six beside a second comparison are too few. */
	noisy(6, (double []) { 50, 50 }, 2, 0.1);
	says("v0", "hot", JUDGED_NONE, "beside 1 other comparisons; 7 can");
	end();
}

static void beside_many_others_a_borderline_one_goes_away(void **state)
{
	double more[40] = { 5 };

	(void)state;
	noisy(12, more, 1, 5);
	assert_true(of("v0", "hot")->p < 0.05);
	end();
	noisy(12, more, 40, 5);
	assert_true(of("v0", "hot")->p < 0.05);
	assert_true(of("v0", "hot")->p_holm >= 0.05);
	assert_int_equal(of("v0", "hot")->is, JUDGED_SAME);
	end();
}

/* Forty runs of the same code under another name: none is faster or slower. */
static void a_run_of_equals_has_no_winner(void **state)
{
	const double more[40] = { 0 };

	(void)state;
	noisy(24, more, 40, 3);
	assert_int_equal(j.count[JUDGED_BETTER] + j.count[JUDGED_WORSE], 0);
	assert_int_equal(j.count[JUDGED_SAME], 40);
	end();
}

static void an_effect_below_the_least_does_not_count(void **state)
{
	(void)state;
	noisy(24, (double []) { 0.6 }, 1, 0.05);
	says("v0", "hot", JUDGED_SAME, "no difference that counts: +0.");
	end();
}

static void no_record_no_verdict(void **state)
{
	(void)state;
	begin();
	judge();
	assert_int_equal(j.nr, 0);
	assert_string_equal(j.answer, "The run has no record yet.");
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_instruction_is_a_verdict_none_is_none),
		cmocka_unit_test(no_verdict_says_what_is_missing),
		cmocka_unit_test(equal_handlers_are_never_faster),
		cmocka_unit_test(cycles_that_differ_are_a_verdict),
		cmocka_unit_test(few_layouts_cannot_reach_a_verdict),
		cmocka_unit_test(beside_many_others_a_borderline_one_goes_away),
		cmocka_unit_test(a_run_of_equals_has_no_winner),
		cmocka_unit_test(an_effect_below_the_least_does_not_count),
		cmocka_unit_test(no_record_no_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
