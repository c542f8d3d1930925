// SPDX-License-Identifier: GPL-2.0
/* Verdicts and their reasons, on runs whose truth is known. */
#include <inttypes.h>
#include <math.h>
#include <unistd.h>

#include "unit.h"
#include "judged_run.h"
#include "made_vitro.h"

static const struct truth none = { 0 };

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

	assert_string_equal(judged__name(k->is, *mode), judged__name(is, *mode));
	if (!strstr(k->reason, reason))
		fail_msg("\"%s\" lacks \"%s\"", k->reason, reason);
}

/* Attributed: the typical fault's instructions and `rep` iterations. */
static struct record *with_rep(struct record *r, uint64_t iterations)
{
	r->rep = xcalloc(1, sizeof(*r->rep));
	*r->rep = (struct record_rep) { r->bin[0].ticks - 5, iterations };
	return r;
}

/* The baseline's fault has 48 iterations. A fifth of the difference is no note. */
static void a_rep_counted_once_is_said_where_it_changes_much(void **state)
{
	static const struct {
		const char *name;
		uint64_t typical, iterations;
		const char *once;	/* NULL: not a word of it */
	} rows[] = {
		{ "nearly", 12272, 58, "more: +11 instructions per fault (+0.09 %), exact in 2 boots of one layout; +1 with rep counted once" },
		{ "none", 12272, 59, "; +0 with rep counted once" },
		{ "turned", 12266, 56, "; -3 with rep counted once" },
		{ "hidden", 12261, 58, "; -10 with rep counted once" },
		{ "fewer", 12235, 55, "fewer: -26 instructions per fault (-0.21 %), exact in 2 boots of one layout; -33 with rep counted once" },
		{ "fifth", 12211, 58, NULL },
		{ "over", 12211, 59, "; -61 with rep counted once" },
		{ "equal", 12272, 48, NULL },
	};

	(void)state;
	begin();
	for (uint64_t b = 1; b <= 2; b++) {
		add(with_rep(make_record("baseline", "off", "touch", b, 12261), 48));
		add(make_record("unknown", "off", "touch", b, 12272));
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			add(with_rep(make_record(rows[i].name, "off", "touch", b,
						 rows[i].typical),
				     rows[i].iterations));
	}
	/* The plugin's typical fault is not the one that the samples have. */
	add(with_rep(make_record("other", "off", "touch", 1, 12272), 58));
	run.record[run.nr - 1]->rep->instructions += 100;
	add(make_record("other", "off", "touch", 2, 12272));
	judge();
	assert_null(strstr(of("unknown", "")->reason, "rep"));
	assert_null(strstr(of("other", "")->reason, "rep"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *reason = of(rows[i].name, "")->reason;

		if (rows[i].once ? !strstr(reason, rows[i].once) :
				   !!strstr(reason, "rep"))
			fail_msg("%s: %s", rows[i].name, reason);
	}
	end();
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
	     "more: +1 instruction per fault (+0.04 %), exact in 2 boots");
	says("less", "", JUDGED_BETTER,
	     "fewer: -31 instructions per fault (-1.24 %), exact in 2 boots");
	says("same", "", JUDGED_SAME, "no difference: not one instruction");
	assert_int_equal(j.count[JUDGED_WORSE], 1);
	assert_int_equal(j.count[JUDGED_BETTER], 1);
	assert_int_equal(j.count[JUDGED_SAME], 1);
	assert_true(isnan(of("more", "")->p));
	assert_string_equal(j.answer, "Against baseline on v6.1, profile off: "
		"more executes more instructions in 1 of 1 workload (most +0.04 % in touch); "
		"less executes fewer instructions in 1 of 1 workload (most -1.24 % in touch); "
		"same is no different anywhere.");
	end();
}

/* Three workloads with the figures of one; a fourth differs in one variant. */
static void workloads_with_the_same_figures_are_one_finding(void **state)
{
	static const struct { const char *name; uint64_t base, a, b; } is[] = {
		{ "write", 2414, 2383, 2362 }, { "random", 2414, 2383, 2362 },
		{ "exec", 2414, 2383, 2363 }, { "refault", 2414, 2383, 2362 },
		{ "upgrade", 1351, 1379, 1351 }, { "mmio", 1351, 1379, 1351 },
	};

	(void)state;
	begin();
	for (size_t w = 0; w < 6; w++) {
		for (uint64_t n = 1; n <= 2; n++) {
			add(make_record("baseline", "off", is[w].name, n, is[w].base));
			add(make_record("a", "off", is[w].name, n, is[w].a));
			add(make_record("b", "off", is[w].name, n, is[w].b));
		}
	}
	judge();
	assert_string_equal(j.answer, "Against baseline on v6.1, profile off: "
		"a executes fewer instructions in 2 of 3 distinct results (most -1.28 % in write), more in 1 (most +2.07 % in upgrade); "
		"b executes fewer instructions in 2 of 3 distinct results (most -2.15 % in write). "
		"write, random and refault are one result; so are upgrade and mmio: their figures are equal in every variant.");
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
	     "no verdict: +20 instructions per fault (+0.80 %) in one boot; two can");
	says("odd", "", JUDGED_NONE, "but the boots differ");
	says("bad", "", JUDGED_NONE, "no valid record: Oops: 0000");
	says("cannot", "", JUDGED_NONE, "skipped: came with 6.11");
	assert_int_equal(j.count[JUDGED_NONE], 4);
	end();
}

/* What two kernels that are equal differ by is not the code's. */
static void equal_kernels_are_never_faster(void **state)
{
	(void)state;
	begin();
	for (uint64_t b = 1; b <= 2; b++) {
		struct record *r = make_record("copy", "off", "touch", b, 2490);

		add(make_record("baseline", "off", "touch", b, 2500));
		free(r->handler_sha256);
		r->handler_sha256 = xstrdup("handler of baseline");
		add(r);
	}
	judge();
	says("copy", "", JUDGED_SAME, "the kernels are equal");
	end();
}

/* A patch of svm.c: the handler is the same, and the fault costs more. */
static void a_difference_outside_of_the_handler_is_one(void **state)
{
	(void)state;
	begin();
	for (uint64_t b = 1; b <= 2; b++) {
		struct record *r = make_record("svm", "off", "touch", b, 2531);
		struct record *still = make_record("still", "off", "touch", b, 2500);

		add(make_record("baseline", "off", "touch", b, 2500));
		for (int i = 0; i < 2; i++) {
			struct record *it = i ? still : r;

			free(it->handler_sha256);
			free(it->vmlinux_sha256);
			it->handler_sha256 = xstrdup("handler of baseline");
			/* as a perturbed second boot has it: boot 1 counts */
			it->vmlinux_sha256 = xasprintf("other %" PRIu64, b);
			add(it);
		}
	}
	judge();
	says("svm", "", JUDGED_WORSE, "more: +31 instructions per fault (+1.24 %)");
	says("svm", "", JUDGED_WORSE, "the handler's objects are equal: the cause is outside of arch/x86/kvm/mmu");
	assert_false(of("svm", "")->same_code);
	says("still", "", JUDGED_SAME, "not one instruction, exact in 2 boots of one layout, and the handlers are equal");
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
			struct truth costlier = t;
			char *name = xasprintf("v%zu", i);

			costlier.cost += more[i];
			add(make_vitro(name, "off", "touch", l, costlier, none, false));
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
	assert_true(k->run_low < k->low && k->run_high > k->high && k->p < 0.01);
	assert_int_equal(j.comparisons, 3);
	assert_true(k->shows > 0 && k->shows < 20);
	assert_int_equal(k->boots, 24);
	assert_int_equal(j.aa_pairs, 1);
	end();
}

/* The sentence has a figure where no variant has a word: the one nearest to one. */
static void what_is_not_shown_is_said_with_its_interval(void **state)
{
	const struct judgement *k;
	char *want;

	(void)state;
	noisy(24, (double []) { 0 }, 1, 3);
	k = of("v0", "hot");
	assert_true(k->is == JUDGED_SAME);
	want = xasprintf("v0 is not shown to differ anywhere (nearest: %+.1f TSC cycles per fault in touch %s, 95 %% interval %+.1f .. %+.1f).",
			 k->diff, k->mode, k->low, k->high);
	assert_non_null(strstr(j.answer, want));
	free(want);
	end();
}

static void few_layouts_cannot_reach_a_verdict(void **state)
{
	(void)state;
	noisy(3, (double []) { 50 }, 1, 0.1);
	says("v0", "hot", JUDGED_NONE,
	     "no verdict: 3 layouts cannot reach p < 0.05; 6 can");
	end();
	noisy(6, (double []) { 50 }, 1, 0.1);
	says("v0", "hot", JUDGED_WORSE, "slower");
	end();
	/* The same six next to a second comparison are too few. */
	noisy(6, (double []) { 50, 50 }, 2, 0.1);
	says("v0", "hot", JUDGED_NONE, "with 1 other comparison; 7 can");
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
	assert_true(of("v0", "hot")->run_low < 0);
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

static void why(struct record *r, enum outcome o, const char *text)
{
	r->outcome = o;
	free(r->why);
	r->why = xstrdup(text);
	add(r);
}

static void a_boot_that_went_wrong_is_named(void **state)
{
	(void)state;
	begin();
	for (uint64_t b = 1; b <= 2; b++)
		add(make_record("baseline", "off", "touch", b, 2500));
	add(make_record("half", "off", "touch", 1, 2510));
	why(make_record("half", "off", "touch", 2, 2510), OUTCOME_OOPS, "Oops: 0002");
	judge();
	says("half", "", JUDGED_NONE, "1 of 2 boots are invalid: Oops: 0002");
	end();
	/* It is the reference's. */
	begin();
	add(make_record("baseline", "off", "touch", 1, 2500));
	why(make_record("baseline", "off", "touch", 2, 2500), OUTCOME_OOPS, "Oops: 0002");
	for (uint64_t b = 1; b <= 2; b++)
		add(make_record("more", "off", "touch", b, 2510));
	judge();
	says("more", "", JUDGED_NONE, "1 of 2 boots of the reference are invalid");
	end();
}

static void other_denominators_are_not_compared(void **state)
{
	(void)state;
	begin();
	for (uint64_t b = 1; b <= 2; b++) {
		struct record *r = make_record("twice", "off", "touch", b, 2400);

		add(make_record("baseline", "off", "touch", b, 2500));
		r->events = 20;
		add(r);
	}
	judge();
	says("twice", "", JUDGED_NONE,
	     "other denominators: the reference provoked 10 events, this one 20");
	end();
}

/* The commonest fault of `variant` has `typical`, of ten that many; one `far`. */
static void skewed(const char *variant, uint64_t typical, uint64_t nr,
		   uint64_t far)
{
	for (uint64_t b = 1; b <= 2; b++) {
		struct record *r = make_record(variant, "off", "touch", b, typical);

		r->bin = xrealloc(r->bin, 4 * sizeof(*r->bin));
		r->nr_bins = 2;
		r->bin[0].count = nr;
		r->bin[1] = (struct bin) { far, 10 - nr };
		if (nr < 5) {		/* and the rest in parts as small */
			r->nr_bins = 4;
			r->bin[1] = (struct bin) { far, 3 };
			r->bin[2] = (struct bin) { far + 1, 2 };
			r->bin[3] = (struct bin) { far + 2, 10 - nr - 5 };
		}
		add(r);
	}
}

static void a_mean_that_says_otherwise_is_said(void **state)
{
	(void)state;
	begin();
	skewed("baseline", 1293, 9, 19140);
	skewed("tick", 1308, 9, 2000);
	judge();
	says("tick", "", JUDGED_WORSE,
	     "more: +15 instructions per fault (+1.16 %), exact in 2 boots of one layout; but the mean over the pairs of faults is -1700.5");
	end();
	/* Six of ten pairs are of the far faults, and they say what is said. */
	begin();
	skewed("baseline", 1293, 4, 19140);
	skewed("split", 1308, 4, 2000);
	judge();
	says("split", "", JUDGED_BETTER, "fewer: -17140 instructions per fault");
	says("split", "", JUDGED_BETTER, "60 % of the faults have it");
	says("split", "", JUDGED_BETTER, "no typical fault in the reference: the commonest are 1293 (40 %), 19140 (30 %), 19141 (20 %)");
	assert_true(isnan(of("split", "")->ref));
	end();
	/* A half is not most of them. */
	begin();
	skewed("baseline", 1293, 5, 19140);
	skewed("half", 1308, 5, 2000);
	judge();
	says("half", "", JUDGED_NONE, "no verdict: no difference that most faults share: -17140 instructions per fault");
	says("half", "", JUDGED_NONE, "in 50 % of them, from -17140 to +15 in all");
	assert_true(isnan(of("half", "")->diff));
	end();
}

/* N faults of each figure, in two boots. */
static void with_bins(const char *variant, const struct bin *bin, size_t nr)
{
	for (uint64_t b = 1; b <= 2; b++) {
		struct record *r = make_record(variant, "off", "touch", b, 0);

		r->bin = xrealloc(r->bin, nr * sizeof(*bin));
		memcpy(r->bin, bin, nr * sizeof(*bin));
		r->nr_bins = nr;
		r->events = 0;
		for (size_t i = 0; i < nr; i++)
			r->events += bin[i].count;
		add(r);
	}
}

/* legacy-upgrade of v5.10, profile distro: the tick is in a fault of one alone. */
static void a_tick_in_one_cell_is_no_difference(void **state)
{
	(void)state;
	begin();
	with_bins("baseline", (struct bin []) { { 1293, 1023 }, { 19140, 1 } }, 2);
	with_bins("const", (struct bin []) { { 1308, 1024 } }, 1);
	judge();
	says("const", "", JUDGED_WORSE, "more: +15 instructions per fault (+1.16 %), exact in 2 boots");
	assert_null(strstr(of("const", "")->reason, "mean"));
	assert_float_equal(of("const", "")->diff, 15, 1e-9);
	end();
}

/* shadow-touch of v6.1, every fault 4 to 16 cheaper: another figure is the commonest. */
static void cheaper_in_every_fault_is_never_more(void **state)
{
	const struct judgement *k;

	(void)state;
	begin();
	with_bins("baseline", (struct bin []) { { 12261, 471 }, { 15801, 379 },
		{ 15813, 154 }, { 29000, 20 } }, 4);
	with_bins("cheaper", (struct bin []) { { 12257, 471 }, { 15797, 533 },
		{ 28996, 20 } }, 3);
	judge();
	k = of("cheaper", "");
	says("cheaper", "", JUDGED_BETTER, "fewer: -4 instructions per fault (-0.03 %)");
	says("cheaper", "", JUDGED_BETTER, "the commonest are 12261 (46 %), 15801 (37 %), 15813 (15 %)");
	assert_true(k->percent < 0);
	assert_true(isnan(k->ref));
	assert_true(isnan(k->value));
	end();
}

static void without_faults_nothing_is_a_fault(void **state)
{
	(void)state;
	begin();
	for (uint64_t b = 1; b <= 2; b++) {
		for (int i = 0; i < 2; i++) {
			struct record *r = make_record(i ? "more" : "baseline",
						       "off", "null", b, 100);

			r->events = 0;
			r->nr_bins = 0;
			r->total = 2400 + 24 * i;
			add(r);
		}
	}
	judge();
	says("more", "", JUDGED_WORSE,
	     "more: +24 instructions from bell to bell (+1.00 %)");
	end();
}

/* const-fields is there under `off` alone, and is asked for. */
static void a_part_without_the_reference_has_no_verdict(void **state)
{
	const struct judge_options o = { .against = "const", .least_abs = 1 };
	size_t missing = 0;
	struct err e;

	(void)state;
	begin();
	for (uint64_t b = 1; b <= 2; b++) {
		add(make_record("baseline", "lfence", "touch", b, 2500));
		add(make_record("baseline", "off", "touch", b, 2500));
		add(make_record("const", "off", "touch", b, 2490));
	}
	assert_int_equal(judge__run(&j, &run, &o, &e), 0);
	assert_int_equal(j.nr, 2);
	for (size_t i = 0; i < j.nr; i++) {
		if (strcmp(j.item[i].profile, "lfence")) {
			assert_string_equal(j.item[i].against, "const");
			assert_int_equal(j.item[i].is, JUDGED_WORSE);
			continue;
		}
		assert_string_equal(j.item[i].reason,
			"no verdict: the run has no const of v6.1, profile lfence");
		missing++;
	}
	assert_int_equal(missing, 1);
	assert_non_null(strstr(j.answer, "Against const on v6.1, profile off"));
	end();
}

/* As a run that was stopped, or a plan by hand, may have it. */
static void a_base_without_profiles_is_passed_over(void **state)
{
	(void)state;
	begin();
	json_object_set_new(run.meta, "plan",
		json_pack("{s[{ss s[s] s[] s[s]}]}", "sections",
			  "base", "v6.1", "variants", "baseline",
			  "profiles", "workloads", "touch"));
	for (uint64_t b = 1; b <= 2; b++) {
		struct record *r = make_record("baseline", "off", "touch", b, 2500);

		free(r->base);
		r->base = xstrdup("v5.10");
		add(r);
	}
	judge();
	assert_int_equal(j.nr, 0);
	assert_string_equal(j.answer, "There is nothing to compare: of v5.10, profile off, the run has baseline alone.");
	end();
}

/* The second copy of baseline, off stands for the other profiles too. */
static void one_pair_of_copies_is_counted_once(void **state)
{
	static const char *const profiles[] = { "off", "retpoline", "lfence" };
	const struct truth t = { 250, 3, 40, 2 };

	(void)state;
	begin();
	for (uint64_t l = 1; l <= 8; l++) {
		for (size_t p = 0; p < 3; p++) {
			add(make_vitro("baseline", profiles[p], "touch", l, t, none, !p));
			add(make_vitro("other", profiles[p], "touch", l, t, none, false));
		}
	}
	judge();
	assert_int_equal(j.nr, 3);
	assert_int_equal(j.aa_pairs, 1);
	end();
}

/*
 * Of two comparisons six layouts are too few, though the other has twelve: the
 * interval allows for all of them alike, and so does the table.
 */
static void few_layouts_beside_many_are_too_few(void **state)
{
	const struct truth t = { 250, 0.1, 40, 2 }, costlier = { 300, 0.1, 40, 2 };

	(void)state;
	begin();
	for (uint64_t l = 1; l <= 12; l++) {
		add(make_vitro("baseline", "off", "touch", l, t, none, true));
		add(make_vitro("many", "off", "touch", l, costlier, none, false));
		if (l <= 6)
			add(make_vitro("few", "off", "touch", l, costlier, none, false));
	}
	judge();
	assert_int_equal(of("few", "hot")->boots, 6);
	says("few", "hot", JUDGED_NONE, "6 layouts cannot reach p < 0.05 with 1 other comparison; 7 can");
	says("many", "hot", JUDGED_WORSE, "slower: +");
	end();
}

/* Eleven layouts of +6 and a far one, which outweighs them in the mean alone. */
static void one_far_layout_does_not_decide(void **state)
{
	const struct truth t = { 250, 0, 0, 0 };

	(void)state;
	begin();
	for (uint64_t l = 1; l <= 12; l++) {
		struct truth other = t;

		other.cost += l == 1 ? -200 : 6 + 0.01 * l;
		add(make_vitro("baseline", "off", "touch", l, t, none, true));
		add(make_vitro("other", "off", "touch", l, other, none, false));
	}
	judge();
	assert_float_equal(of("other", "hot")->diff, 6.06, 0.02);
	says("other", "hot", JUDGED_WORSE, "slower: +6.1 TSC cycles");
	end();
}

static void what_was_not_measured_has_a_reason_too(void **state)
{
	const struct truth t = { 250, 3, 40, 2 };

	(void)state;
	begin();
	for (uint64_t l = 1; l <= 6; l++) {
		add(make_vitro_none(make_vitro("baseline", "off", "pre", l, t, none, true),
				    OUTCOME_SKIP, "came with 6.11"));
		add(make_vitro_none(make_vitro("other", "off", "pre", l, t, none, true),
				    OUTCOME_SKIP, "came with 6.11"));
	}
	judge();
	assert_int_equal(j.nr, 1);
	says("other", "hot", JUDGED_NONE, "no verdict: skipped: came with 6.11");
	end();
	begin();
	for (uint64_t l = 1; l <= 6; l++) {
		add(make_vitro_none(make_vitro("baseline", "off", "touch", l, t, none, true),
				    OUTCOME_RIG, "trap: x"));
		add(make_vitro("other", "off", "touch", l, t, none, false));
	}
	judge();
	says("other", "hot", JUDGED_NONE, "the reference has no figure: trap: x");
	end();
}

static void identical_handlers_in_cycles_are_never_faster(void **state)
{
	const struct truth t = { 250, 0.1, 40, 2 }, costlier = { 300, 0.1, 40, 2 };

	(void)state;
	begin();
	for (uint64_t l = 1; l <= 24; l++) {
		struct record *r = make_vitro("copy", "off", "touch", l, costlier, none, false);

		free(r->handler_sha256);
		r->handler_sha256 = xstrdup("handler of baseline, off");
		add(make_vitro("baseline", "off", "touch", l, t, none, true));
		add(r);
	}
	judge();
	says("copy", "hot", JUDGED_SAME, "the handlers are equal");
	assert_int_equal(j.comparisons, 0);
	end();
}

/* The second copy of the same code is 30 costlier, wherever it is linked. */
static void a_difference_below_that_of_the_same_code_is_none(void **state)
{
	const struct truth t = { 250, 0.1, 40, 0.5 }, costlier = { 270, 0.1, 40, 0.5 };

	(void)state;
	begin();
	for (uint64_t l = 1; l <= 24; l++) {
		struct record *r = make_vitro("baseline", "off", "touch", l, t, none, true);

		for (size_t i = 0; i < MADE_BLOCKS; i++)
			r->cycles->mode[CYCLES_HOT].aa[i] += 30;
		add(r);
		add(make_vitro("other", "off", "touch", l, costlier, none, false));
	}
	judge();
	says("other", "hot", JUDGED_SAME, "of the same code twice (A/A)");
	assert_true(of("other", "hot")->run_low > 0);
	assert_true(of("other", "hot")->shows > 29);
	assert_int_equal(j.aa_differ, 1);
	end();
}

static void without_a_second_copy_nothing_says_what_is_noise(void **state)
{
	const struct truth t = { 250, 0.1, 40, 2 }, costlier = { 300, 0.1, 40, 2 };

	(void)state;
	begin();
	for (uint64_t l = 1; l <= 24; l++) {
		add(make_vitro("baseline", "off", "touch", l, t, none, false));
		add(make_vitro("other", "off", "touch", l, costlier, none, false));
	}
	judge();
	says("other", "hot", JUDGED_NONE, "but no second copy of the same code");
	assert_int_equal(j.aa_pairs, 0);
	end();
}

/* build/unit/test_judge: the checkout, whose bases name their handler, is three levels up. */
static int find_checkout(void **state)
{
	char root[4096] = "";

	(void)state;
	if (readlink("/proc/self/exe", root, sizeof(root) - 1) < 0)
		return -1;
	for (int up = 0; up < 3; up++)
		*strrchr(root, '/') = '\0';
	return setenv("FAULTLINE_ROOT", root, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rep_counted_once_is_said_where_it_changes_much),
		cmocka_unit_test(one_instruction_is_a_verdict_none_is_none),
		cmocka_unit_test(workloads_with_the_same_figures_are_one_finding),
		cmocka_unit_test(no_verdict_says_what_is_missing),
		cmocka_unit_test(equal_kernels_are_never_faster),
		cmocka_unit_test(a_difference_outside_of_the_handler_is_one),
		cmocka_unit_test(cycles_that_differ_are_a_verdict),
		cmocka_unit_test(what_is_not_shown_is_said_with_its_interval),
		cmocka_unit_test(few_layouts_cannot_reach_a_verdict),
		cmocka_unit_test(beside_many_others_a_borderline_one_goes_away),
		cmocka_unit_test(a_run_of_equals_has_no_winner),
		cmocka_unit_test(an_effect_below_the_least_does_not_count),
		cmocka_unit_test(no_record_no_verdict),
		cmocka_unit_test(a_boot_that_went_wrong_is_named),
		cmocka_unit_test(other_denominators_are_not_compared),
		cmocka_unit_test(a_mean_that_says_otherwise_is_said),
		cmocka_unit_test(a_tick_in_one_cell_is_no_difference),
		cmocka_unit_test(cheaper_in_every_fault_is_never_more),
		cmocka_unit_test(without_faults_nothing_is_a_fault),
		cmocka_unit_test(a_part_without_the_reference_has_no_verdict),
		cmocka_unit_test(a_base_without_profiles_is_passed_over),
		cmocka_unit_test(one_pair_of_copies_is_counted_once),
		cmocka_unit_test(few_layouts_beside_many_are_too_few),
		cmocka_unit_test(one_far_layout_does_not_decide),
		cmocka_unit_test(what_was_not_measured_has_a_reason_too),
		cmocka_unit_test(a_difference_below_that_of_the_same_code_is_none),
		cmocka_unit_test(without_a_second_copy_nothing_says_what_is_noise),
		cmocka_unit_test(identical_handlers_in_cycles_are_never_faster),
	};

	return cmocka_run_group_tests(tests, find_checkout, NULL);
}
