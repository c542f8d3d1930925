// SPDX-License-Identifier: GPL-2.0
/*
 * Alerts: what one series says, what comes of it with limits, acceptance, acks
 * and exit codes, and how it fares on histories whose truth is known.
 */
#include <math.h>
#include <unistd.h>

#include "unit.h"
#include "alert.h"
#include "alert_report.h"
#include "made_nights.h"
#include "sim.h"

#define NIGHTS	80

static struct history_point p[NIGHTS];
static const struct alert_limits *limits = &alert_defaults;

/* All the same, exact, a day after the other. */
static void flat(double value)
{
	static char started[NIGHTS][32];

	for (size_t i = 0; i < NIGHTS; i++) {
		snprintf(started[i], sizeof(started[i]),
			 "2026-%02zu-%02zuT00:00:00Z", 1 + i / 28, 1 + i % 28);
		p[i] = (struct history_point) {
			.value = value, .spread = NAN, .boots = 2,
			.exact = true, .started = started[i],
		};
	}
}

static struct alert_verdict exact(size_t nr)
{
	return alert__exact(p, nr, NULL, limits);
}

static void one_point_is_the_accepted_value_and_nothing_to_judge(void **state)
{
	(void)state;
	flat(2400);
	assert_int_equal(exact(0).is, ALERT_FEW);
	assert_int_equal(exact(1).is, ALERT_FEW);
	assert_int_equal(exact(2).is, ALERT_NOTHING);
}

static void one_instruction_is_found_the_same_night(void **state)
{
	struct alert_verdict v;

	(void)state;
	flat(2414);
	p[30].value = 2415;
	v = exact(31);
	assert_int_equal(v.is, ALERT_CHANGED);
	assert_int_equal(v.began, 30);
	assert_int_equal(v.points, 1);
	assert_true(v.before == 2414 && v.now == 2415);
	p[30].value = 2413;
	assert_int_equal(exact(31).is, ALERT_CHANGED);
	assert_int_equal(exact(32).is, ALERT_NOTHING);	/* and back again */
}

/* 2000 instructions: 0.5 % are 10, 2 % are 40. */
static void limits_decide_how_bad_it_is(void **state)
{
	static const struct { double now; enum alert_is is; } say[] = {
		{ 2009, ALERT_CHANGED }, { 2010, ALERT_SOFT },
		{ 2039, ALERT_SOFT }, { 2040, ALERT_HARD },
		{ 1991, ALERT_CHANGED }, { 1990, ALERT_BETTER },
		{ 1900, ALERT_BETTER },
	};

	(void)state;
	flat(2000);
	for (size_t i = 0; i < ARRAY_SIZE(say); i++) {
		p[9].value = say[i].now;
		assert_int_equal(exact(10).is, say[i].is);
	}
}

/* 12000 instructions: 12 are 0.1 %, and 48 are 0.4 %. */
static void absolute_limits_count_where_they_are_reached_first(void **state)
{
	struct alert_limits none = *limits;

	(void)state;
	none.soft_abs = none.hard_abs = INFINITY;
	flat(12000);
	p[9].value = 12011;
	assert_int_equal(exact(10).is, ALERT_CHANGED);
	p[9].value = 12012;
	assert_int_equal(exact(10).is, ALERT_SOFT);
	assert_int_equal(alert__exact(p, 10, NULL, &none).is, ALERT_CHANGED);
	p[9].value = 12048;
	assert_int_equal(exact(10).is, ALERT_HARD);
	p[9].value = 12100;
	assert_int_equal(alert__exact(p, 10, NULL, &none).is, ALERT_SOFT);
}

static void a_regression_began_where_it_passed_the_limit(void **state)
{
	struct alert_verdict v;

	(void)state;
	flat(2000);
	for (size_t i = 10; i < NIGHTS; i++)
		p[i].value = i < 20 ? 2005 : i < 25 ? 2020 : 2100;
	v = exact(40);
	assert_int_equal(v.is, ALERT_HARD);
	assert_int_equal(v.began, 20);
	assert_int_equal(v.points, 20);
	assert_true(v.percent == 5);
	/* one night without, and it begins anew */
	p[30].value = 2000;
	assert_int_equal(exact(40).began, 31);
}

/* A difference of 3 to a baseline of 2000: 0.5 % are 10, not 0.015. */
static void a_differences_percent_are_of_the_baseline(void **state)
{
	static const struct { double now; enum alert_is is; } say[] = {
		{ 3, ALERT_NOTHING }, { 4, ALERT_CHANGED }, { 12, ALERT_CHANGED },
		{ 13, ALERT_SOFT }, { 42, ALERT_SOFT }, { 43, ALERT_HARD },
		{ -6, ALERT_CHANGED }, { -7, ALERT_BETTER },
	};

	(void)state;
	flat(3);
	for (size_t i = 0; i < NIGHTS; i++)
		p[i].reference = 2000;
	for (size_t i = 0; i < ARRAY_SIZE(say); i++) {
		p[9].value = say[i].now;
		assert_int_equal(exact(10).is, say[i].is);
	}
	p[9].value = 43;
	assert_true(exact(10).percent == 2);
	assert_true(exact(10).reference == 2000);
	/* equal code: 0, and 1 more is no infinite regression */
	for (size_t i = 0; i < NIGHTS; i++)
		p[i].value = 0;
	p[9].value = 1;
	assert_int_equal(exact(10).is, ALERT_CHANGED);
}

static void what_was_accepted_is_what_counts(void **state)
{
	struct history_accepted a = { .value = 2100, .when = "2026-01-15T00:00:00Z" };

	(void)state;
	flat(2000);
	for (size_t i = 10; i < NIGHTS; i++)
		p[i].value = 2100;
	assert_int_equal(exact(40).is, ALERT_HARD);
	assert_int_equal(alert__exact(p, 40, &a, limits).is, ALERT_NOTHING);
	assert_int_equal(alert__exact(p, 5, &a, limits).is, ALERT_BETTER);
	p[39].value = 2101;
	assert_int_equal(alert__exact(p, 40, &a, limits).is, ALERT_CHANGED);
	/* with an accepted value one point can be judged */
	assert_int_equal(alert__exact(p, 1, &a, limits).is, ALERT_BETTER);
}

static void boots_that_differ_say_no_more_than_their_spread(void **state)
{
	(void)state;
	flat(2000);
	p[9].value = 2030;
	p[9].spread = 30;
	p[9].exact = false;
	assert_int_equal(exact(10).is, ALERT_NOTHING);
	p[9].spread = 29;
	assert_int_equal(exact(10).is, ALERT_SOFT);
}

static void a_figure_from_nothing_is_hard(void **state)
{
	(void)state;
	flat(0);
	assert_int_equal(exact(10).is, ALERT_NOTHING);
	p[9].value = 1;
	assert_int_equal(exact(10).is, ALERT_HARD);
	assert_true(isnan(exact(10).percent));
}

/* A noise of up to +-1 around a level, no two nights alike. */
static void noisy(double level, size_t from)
{
	for (size_t i = from; i < NIGHTS; i++)
		p[i].value = level + sin(7.3 * i);
}

static struct alert_verdict judge(size_t nr)
{
	return alert__noisy(p, nr, NULL, limits);
}

static void few_noisy_points_are_not_judged(void **state)
{
	(void)state;
	flat(0);
	noisy(240, 0);
	assert_int_equal(judge(0).is, ALERT_FEW);
	assert_int_equal(judge(limits->few - 1).is, ALERT_FEW);
	assert_int_equal(judge(limits->few).is, ALERT_NOTHING);
}

static void the_newest_point_alone_never_alerts(void **state)
{
	struct alert_verdict v;

	(void)state;
	flat(0);
	noisy(240, 0);
	p[59].value = 24000;
	v = judge(60);
	assert_int_equal(v.is, ALERT_SUSPECT);
	assert_int_equal(v.began, 59);
	assert_true(v.now == 24000);
	p[59].value = 2;
	assert_int_equal(judge(60).is, ALERT_SUSPECT);
	/* run again, it was nothing */
	p[60].value = 240.2;
	assert_int_equal(judge(61).is, ALERT_NOTHING);
}

static void more_points_confirm_a_suspect(void **state)
{
	struct alert_verdict v;

	(void)state;
	flat(0);
	noisy(240, 0);
	noisy(252, 60);
	assert_int_equal(judge(61).is, ALERT_SUSPECT);
	v = judge(63);
	assert_int_equal(v.is, ALERT_HARD);
	assert_int_equal(v.began, 60);
	assert_true(fabs(v.percent - 5) < 0.5);
	noisy(228, 60);
	assert_int_equal(judge(63).is, ALERT_BETTER);
}

/* A change point is found at both, but only one stands 5 standard errors off. */
static void a_new_level_must_be_known_well(void **state)
{
	struct alert_verdict v;

	(void)state;
	flat(0);
	noisy(100, 0);
	noisy(101, 40);
	v = judge(NIGHTS);
	assert_int_equal(v.levels, 2);
	assert_int_equal(v.is, ALERT_NOTHING);
	noisy(103, 40);
	assert_int_equal(judge(NIGHTS).is, ALERT_HARD);
}

/* +-1 around a difference of 2 to 400 cycles, then 1 % of the 400 more. */
static void a_noisy_differences_percent_are_of_the_baseline(void **state)
{
	struct alert_verdict v;

	(void)state;
	flat(0);
	noisy(2, 0);
	for (size_t i = 0; i < NIGHTS; i++)
		p[i].reference = 400;
	assert_int_equal(judge(40).is, ALERT_NOTHING);
	noisy(6, 40);
	v = judge(NIGHTS);
	assert_int_equal(v.is, ALERT_SOFT);
	assert_true(fabs(v.percent - 1) < 0.1);
	assert_true(v.reference == 400);
	noisy(14, 40);
	assert_int_equal(judge(NIGHTS).is, ALERT_HARD);
}

static void a_level_that_came_back_is_no_alert(void **state)
{
	(void)state;
	flat(0);
	noisy(240, 0);
	noisy(252, 40);
	assert_int_equal(judge(55).is, ALERT_HARD);
	noisy(240, 60);
	assert_int_equal(judge(NIGHTS).is, ALERT_NOTHING);
}

static void an_accepted_level_is_the_new_measure(void **state)
{
	struct history_accepted a = { .value = 252 };

	(void)state;
	flat(0);
	noisy(240, 0);
	noisy(252, 40);
	a.when = p[45].started;
	assert_int_equal(alert__noisy(p, NIGHTS, &a, limits).is, ALERT_NOTHING);
	a.when = p[30].started;
	assert_int_equal(alert__noisy(p, NIGHTS, &a, limits).is, ALERT_HARD);
	noisy(240, 60);
	a.when = p[45].started;
	assert_int_equal(alert__noisy(p, NIGHTS, &a, limits).is, ALERT_BETTER);
}

static void without_any_noise_nothing_divides_by_it(void **state)
{
	(void)state;
	flat(240);
	assert_int_equal(judge(60).is, ALERT_NOTHING);
	p[59].value = 240.1;			/* below the soft limit */
	assert_int_equal(judge(60).is, ALERT_NOTHING);
	p[59].value = 242;
	assert_int_equal(judge(60).is, ALERT_SUSPECT);
}

static void levels_are_drawn_as_they_were_judged(void **state)
{
	double *l;

	(void)state;
	flat(0);
	noisy(240, 0);
	noisy(252, 40);
	l = alert__levels(p, NIGHTS, "cycles_hot");
	assert_true(fabs(l[0] - 240) < 0.5 && l[0] == l[39]);
	assert_true(fabs(l[40] - 252) < 0.5 && l[40] == l[NIGHTS - 1]);
	free(l);
	l = alert__levels(p, NIGHTS, "instructions");
	assert_true(l[3] == p[3].value);
	free(l);
}

/* Histories are of a baseline, two variants and their differences. */
static struct history_new made_point(const char *variant, const char *metric,
				     double value, double reference)
{
	static const struct history_setup setup = { "QEMU 7.2", "cpio", "gcc" };
	bool exact = alert__is_exact(metric);

	return (struct history_new) {
		.key = { exact ? "tcg" : "vitro",
			 exact && reference ? "any instrument" : "made", "v6.1",
			 variant, "off", "touch", metric },
		.unit = exact ? "instructions" : "TSC cycles",
		.point = { .value = value, .spread = NAN, .boots = 2,
			   .exact = exact, .reference = reference,
			   .handler_sha256 = "h", .release = "6.1.192",
			   .source_sha256 = "s", .setup = &setup },
	};
}

/* A night of one metric, and of its differences. */
static void add_night(struct made_nights *m, const char *metric, double baseline,
		      double a, double b)
{
	char *over = xasprintf("%s_over_baseline", metric);
	const struct history_new point[] = {
		made_point("baseline", metric, baseline, 0),
		made_point("a", metric, a, 0), made_point("b", metric, b, 0),
		made_point("a", over, a - baseline, baseline),
		made_point("b", over, b - baseline, baseline),
	};

	made_nights__add(m, point, ARRAY_SIZE(point));
	free(over);
}

static enum faultline_exit judge_history(struct made_nights *m)
{
	const struct alert_options o = { .limits = alert_defaults,
					 .today = "2026-06-01", .ended_days = 7 };

	return made_nights__judge(m, &o);
}

/* Items that count. */
static size_t loud(const struct made_nights *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->a.nr; i++)
		n += alert__counts(&m->a.item[i]);
	return n;
}

static void exact_nights_of_equal_code_say_nothing(void **state)
{
	struct made_nights m;

	(void)state;
	made_nights__begin(&m);
	for (size_t i = 0; i < 100; i++)
		add_night(&m, "instructions", 2414, 2362, 2383);
	assert_int_equal(judge_history(&m), EXIT_OK);
	assert_int_equal(loud(&m), 0);
	assert_int_equal(m.a.count[ALERT_NOTHING], 5);
	made_nights__end(&m);
}

static void a_base_that_moved_is_one_item_and_a_variants_own_is_another(void **state)
{
	struct made_nights m;

	(void)state;
	made_nights__begin(&m);
	add_night(&m, "instructions", 2414, 2362, 2383);
	add_night(&m, "instructions", 2434, 2382, 2403);
	assert_int_equal(judge_history(&m), EXIT_BASE_MOVED);
	assert_int_equal(loud(&m), 1);
	assert_int_equal(m.a.item[0].v.is, ALERT_BASE);
	assert_string_equal(m.a.item[0].series->key.variant, "baseline");
	assert_int_equal(m.a.item[0].moved.variants, 2);
	assert_true(m.a.item[0].moved.most == 20);
	/* b by 60 more */
	add_night(&m, "instructions", 2434, 2382, 2463);
	assert_int_equal(judge_history(&m), EXIT_REGRESSION);
	assert_int_equal(loud(&m), 2);
	assert_int_equal(m.a.item[0].v.is, ALERT_HARD);
	assert_string_equal(m.a.item[0].series->key.metric,
			    "instructions_over_baseline");
	assert_int_equal(m.a.item[1].v.is, ALERT_BASE);
	/* a did not go with it: then it was not the base alone */
	add_night(&m, "instructions", 2434, 2362, 2403);
	assert_int_equal(judge_history(&m), EXIT_REGRESSION);
	assert_int_equal(m.a.count[ALERT_SOFT], 1);
	assert_int_equal(m.a.count[ALERT_BETTER], 1);
	assert_int_equal(m.a.count[ALERT_BASE], 0);
	made_nights__end(&m);
}

static void a_baseline_that_alone_got_cheaper_makes_variants_worse(void **state)
{
	struct made_nights m;

	(void)state;
	made_nights__begin(&m);
	add_night(&m, "instructions", 2414, 2362, 2383);
	add_night(&m, "instructions", 2374, 2362, 2383);
	assert_int_equal(judge_history(&m), EXIT_REGRESSION);
	assert_int_equal(m.a.count[ALERT_SOFT], 2);
	assert_int_equal(m.a.count[ALERT_BETTER], 1);
	made_nights__end(&m);
}

/* NULL: each QEMU came with sources of its own, so that none is a bridge. */
static const char *under_source, *under_revision = "rev";

/* A night of the baseline alone, under a QEMU. */
static void add_under(struct made_nights *m, const char *qemu, double value)
{
	char *id = xasprintf("night-%zu", m->nights);
	char *day = xasprintf("2026-%02zu-%02zuT00:00:00Z",
			      1 + m->nights / 28, 1 + m->nights % 28);
	const struct history_run run = { id, day, "results/none", under_revision, "r" };
	struct history_new point = made_point("baseline", "instructions", value,
					      0);

	point.key.machine = qemu;
	point.point.source_sha256 = (char *)(under_source ?: qemu);
	assert_int_equal(history__add(m->h, &run, &point, 1), HISTORY_ADDED);
	m->nights++;
	free(day);
	free(id);
}

static void what_was_accepted_holds_where_the_next_instrument_counts_the_same(void **state)
{
	struct made_nights m;

	(void)state;
	made_nights__begin(&m);
	add_under(&m, "QEMU 7", 2400);
	add_under(&m, "QEMU 7", 2400);
	add_under(&m, "QEMU 8", 2400);
	assert_int_equal(judge_history(&m), EXIT_OK);
	assert_int_equal(m.a.ended, 1);
	/* worse since, under the second and the third */
	add_under(&m, "QEMU 8", 2460);
	assert_int_equal(judge_history(&m), EXIT_REGRESSION);
	assert_true(m.a.item[0].v.before == 2400 && m.a.item[0].v.began == 1);
	add_under(&m, "QEMU 9", 2460);
	assert_int_equal(judge_history(&m), EXIT_REGRESSION);
	assert_int_equal(loud(&m), 1);
	assert_true(m.a.item[0].v.before == 2400);
	made_nights__end(&m);
}

static void another_figure_under_another_instrument_waits_for_somebody(void **state)
{
	const struct history_accepted yes = { 2460, "2026-03-01T00:00:00Z", "me",
					      "so", "" };
	struct made_nights m;

	(void)state;
	made_nights__begin(&m);
	add_under(&m, "QEMU 7", 2400);
	add_under(&m, "QEMU 7", 2410);
	for (size_t i = 0; i < 20; i++)
		add_under(&m, "QEMU 8", 2460);
	assert_int_equal(judge_history(&m), EXIT_UNJUDGED);
	assert_int_equal(m.a.count[ALERT_UNJUDGED], 1);
	assert_int_equal(m.a.item[0].v.is, ALERT_UNJUDGED);
	assert_true(m.a.item[0].v.before == 2400);
	assert_true(m.a.item[0].v.now == 2460);
	assert_string_equal(m.a.item[0].before.run, "night-1");
	assert_non_null(strstr(m.a.item[0].cause, "QEMU 7 -> QEMU 8"));
	/* what the old one says does not fade meanwhile, however long it takes */
	assert_int_equal(m.a.count[ALERT_CHANGED], 1);
	/* nor is it known under the next, whatever that counts */
	add_under(&m, "QEMU 9", 2460);
	assert_int_equal(judge_history(&m), EXIT_UNJUDGED);
	assert_int_equal(m.a.count[ALERT_UNJUDGED], 1);
	assert_int_equal(m.a.count[ALERT_CHANGED], 1);
	assert_string_equal(m.a.item[0].series->key.machine, "QEMU 9");
	history__accept(m.h, m.a.item[0].series->id, &yes);
	assert_int_equal(judge_history(&m), EXIT_OK);
	assert_int_equal(loud(&m), 0);
	add_under(&m, "QEMU 9", 2520);
	assert_int_equal(judge_history(&m), EXIT_REGRESSION);
	made_nights__end(&m);
}

/* The first figure under the new one is of the same sources, or it is no bridge. */
static void a_bridge_moves_what_was_accepted(void **state)
{
	struct made_nights m;

	(void)state;
	under_source = "s";
	made_nights__begin(&m);
	add_under(&m, "QEMU 7", 2400);
	add_under(&m, "QEMU 7", 2410);
	add_under(&m, "QEMU 8", 2470);
	assert_int_equal(judge_history(&m), EXIT_OK);
	assert_int_equal(m.a.count[ALERT_CHANGED], 1);
	assert_true(m.a.item[0].v.before == 2460);
	add_under(&m, "QEMU 8", 2530);
	assert_int_equal(judge_history(&m), EXIT_REGRESSION);
	assert_true(m.a.item[0].v.before == 2460);
	made_nights__end(&m);
	/* with changes that nobody knows */
	under_revision = "rev+";
	made_nights__begin(&m);
	add_under(&m, "QEMU 7", 2400);
	add_under(&m, "QEMU 8", 2460);
	assert_int_equal(judge_history(&m), EXIT_UNJUDGED);
	made_nights__end(&m);
	under_source = NULL;
	under_revision = "rev";
}

static void add_on(struct made_nights *m, const char *cpu, double value)
{
	char *id = xasprintf("night-%zu", m->nights);
	char *day = xasprintf("2026-%02zu-%02zuT00:00:00Z",
			      1 + m->nights / 28, 1 + m->nights % 28);
	const struct history_run run = { id, day, "results/none", "rev", "r" };
	struct history_new point = made_point("baseline", "cycles_hot", value, 0);

	point.key.machine = cpu;
	assert_int_equal(history__add(m->h, &run, &point, 1), HISTORY_ADDED);
	m->nights++;
	free(day);
	free(id);
}

/* However many nights it has; two machines that take turns are no such case. */
static void cycles_of_a_machine_in_anothers_place_wait_for_somebody(void **state)
{
	const struct history_accepted yes = { 260, "2026-06-01T00:00:00Z", "me",
					      "so", "" };
	struct made_nights m;

	(void)state;
	made_nights__begin(&m);
	for (size_t i = 0; i < 30; i++)
		add_on(&m, "old", 240 + sin(7.3 * i));
	assert_int_equal(judge_history(&m), EXIT_OK);
	for (size_t i = 0; i < 30; i++)
		add_on(&m, "new", 260 + sin(7.3 * i));
	assert_int_equal(judge_history(&m), EXIT_UNJUDGED);
	assert_int_equal(m.a.count[ALERT_UNJUDGED], 1);
	assert_non_null(strstr(m.a.item[0].cause, "old -> new"));
	history__accept(m.h, m.a.item[0].series->id, &yes);
	assert_int_equal(judge_history(&m), EXIT_OK);
	made_nights__end(&m);
	made_nights__begin(&m);
	for (size_t i = 0; i < 60; i++)
		add_on(&m, i % 2 ? "one" : "two", 240 + 20 * (i % 2) + sin(7.3 * i));
	assert_int_equal(judge_history(&m), EXIT_OK);
	made_nights__end(&m);
}

/* The clock of the machine, say: every cell 5 % more, no difference. */
static void a_step_that_all_cells_of_a_machine_share_is_one_item(void **state)
{
	struct made_nights m;

	(void)state;
	made_nights__begin(&m);
	for (size_t i = 0; i < 80; i++) {
		double at = 240 * (i < 60 ? 1 : 1.05) + sin(7.3 * i);

		add_night(&m, "cycles_hot", at, at + 9 + 0.3 * sin(3.1 * i),
			  at - 4 + 0.3 * sin(5.7 * i));
	}
	assert_int_equal(judge_history(&m), EXIT_BASE_MOVED);
	assert_int_equal(loud(&m), 1);
	assert_int_equal(m.a.item[0].v.is, ALERT_BASE);
	assert_int_equal(m.a.covered, 2);
	made_nights__end(&m);
}

/* ... and the difference is found under a step of the machine. */
static void a_variant_that_got_worse_is_found_under_a_step_of_the_machine(void **state)
{
	struct made_nights m;

	(void)state;
	made_nights__begin(&m);
	for (size_t i = 0; i < 80; i++) {
		double at = 240 * (i < 60 ? 1 : 0.95) + sin(7.3 * i);

		add_night(&m, "cycles_hot", at, at + 9 + 0.3 * sin(3.1 * i) +
			  (i < 60 ? 0 : 12), at - 4 + 0.3 * sin(5.7 * i));
	}
	assert_int_equal(judge_history(&m), EXIT_REGRESSION);
	assert_int_equal(m.a.item[0].v.is, ALERT_HARD);
	assert_string_equal(m.a.item[0].series->key.variant, "a");
	assert_string_equal(m.a.item[0].series->key.metric,
			    "cycles_hot_over_baseline");
	made_nights__end(&m);
}

static void an_exit_code_for_each_thing_to_do(void **state)
{
	struct alerts a = { 0 };

	(void)state;
	assert_int_equal(alerts__exit(&a), EXIT_NO_DATA);
	a.nr_series = 9;
	a.count[ALERT_FEW] = 9;
	assert_int_equal(alerts__exit(&a), EXIT_UNJUDGED);
	a.judged = 3;
	a.count[ALERT_CHANGED] = 1;
	a.acked = 1;
	assert_int_equal(alerts__exit(&a), EXIT_OK);
	a.count[ALERT_BETTER] = 1;
	assert_int_equal(alerts__exit(&a), EXIT_IMPROVED);
	a.count[ALERT_BASE] = 1;
	assert_int_equal(alerts__exit(&a), EXIT_BASE_MOVED);
	a.count[ALERT_UNJUDGED] = 1;
	assert_int_equal(alerts__exit(&a), EXIT_UNJUDGED);
	a.count[ALERT_UNJUDGED] = 0;
	a.count[ALERT_SUSPECT] = 1;
	assert_int_equal(alerts__exit(&a), EXIT_UNJUDGED);
	a.count[ALERT_SOFT] = 1;
	assert_int_equal(alerts__exit(&a), EXIT_REGRESSION);
	a.count[ALERT_SOFT] = 0;
	a.count[ALERT_HARD] = 1;
	assert_int_equal(alerts__exit(&a), EXIT_REGRESSION);
}

static void a_headline_fits_a_line_whatever_the_names(void **state)
{
	struct history_series s = {
		.key = { .rig = "vitro", .base = "v6.1", .variant = "const-fields",
			 .profile = "off", .workload = "touch-write",
			 .metric = "cycles_hot" },
	};
	struct alert_item i = { .series = &s, .v = { .is = ALERT_HARD, .percent = 2.31 } };
	struct alerts a = { .item = &i, .nr = 1, .nr_series = 1, .judged = 1,
			    .count = { [ALERT_HARD] = 1 } };
	char *line = alert__headline(&a);

	(void)state;
	assert_string_equal(line, "[faultline] +2.3% cycles per fault: v6.1/const-fields touch-write");
	free(line);
	s.key.variant = "ÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜ\n\033[2J";
	line = alert__headline(&a);
	assert_true(strlen(line) <= 75);
	assert_null(strpbrk(line, "\n\033"));
	assert_string_equal(line + strlen(line) - 3, "...");
	assert_int_not_equal((unsigned char)line[strlen(line) - 4] & 0xc0, 0xc0);
	free(line);
}

/* What make simulate prints in full: seeded, so the same every time. */
static void exact_series_are_quiet_for_a_thousand_nights(void **state)
{
	struct history_point *q = xcalloc(1000, sizeof(*q));

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		q[i] = (struct history_point) { .value = 2652.5625, .spread = NAN, .exact = true };
		if (i)
			assert_int_equal(alert__exact(q, i + 1, NULL, limits).is, ALERT_NOTHING);
	}
	free(q);
}

static void no_more_false_alarms_than_last_plus_5_percent(void **state)
{
	static const double sigma[] = { 0.005, 0.01, 0.02, 0.05 };

	(void)state;
	for (int n = 0; n < NR_NOISES; n++) {
		size_t alarms = 0, naive = 0;

		for (size_t i = 0; i < ARRAY_SIZE(sigma); i++) {
			struct sim_aa r = sim__aa(1000 * i + 1, n, sigma[i], 500);

			assert_true(r.alarms <= r.naive + 1);
			alarms += r.alarms;
			naive += r.naive;
		}
		assert_true(alarms <= 1);
		assert_true(naive > 50);
	}
}

/* Where "last plus 5 %" is usable, which is in noise of 1 % and less. */
static void shifts_are_found_sooner_than_by_last_plus_5_percent(void **state)
{
	static const double sigma[] = { 0.005, 0.01 };
	static const double shift[] = { 0.02, 0.05, 0.1 };

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(sigma); k++) {
		for (size_t s = 0; s < ARRAY_SIZE(shift); s++) {
			struct sim_found f = { 0 };

			for (size_t i = 0; i < 15; i++)
				sim__shift(&f, 7000 + i, NORMAL, sigma[k], shift[s]);
			assert_int_equal(f.found, f.tries);
			assert_true(f.delay <= f.naive_delay);
			if (shift[s] < 0.1)
				assert_true(f.delay < f.naive_delay / 4);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_point_is_the_accepted_value_and_nothing_to_judge),
		cmocka_unit_test(one_instruction_is_found_the_same_night),
		cmocka_unit_test(limits_decide_how_bad_it_is),
		cmocka_unit_test(absolute_limits_count_where_they_are_reached_first),
		cmocka_unit_test(a_regression_began_where_it_passed_the_limit),
		cmocka_unit_test(a_differences_percent_are_of_the_baseline),
		cmocka_unit_test(what_was_accepted_is_what_counts),
		cmocka_unit_test(boots_that_differ_say_no_more_than_their_spread),
		cmocka_unit_test(a_figure_from_nothing_is_hard),
		cmocka_unit_test(few_noisy_points_are_not_judged),
		cmocka_unit_test(the_newest_point_alone_never_alerts),
		cmocka_unit_test(more_points_confirm_a_suspect),
		cmocka_unit_test(a_new_level_must_be_known_well),
		cmocka_unit_test(a_noisy_differences_percent_are_of_the_baseline),
		cmocka_unit_test(a_level_that_came_back_is_no_alert),
		cmocka_unit_test(an_accepted_level_is_the_new_measure),
		cmocka_unit_test(without_any_noise_nothing_divides_by_it),
		cmocka_unit_test(levels_are_drawn_as_they_were_judged),
		cmocka_unit_test(exact_nights_of_equal_code_say_nothing),
		cmocka_unit_test(a_base_that_moved_is_one_item_and_a_variants_own_is_another),
		cmocka_unit_test(a_baseline_that_alone_got_cheaper_makes_variants_worse),
		cmocka_unit_test(a_step_that_all_cells_of_a_machine_share_is_one_item),
		cmocka_unit_test(a_variant_that_got_worse_is_found_under_a_step_of_the_machine),
		cmocka_unit_test(what_was_accepted_holds_where_the_next_instrument_counts_the_same),
		cmocka_unit_test(another_figure_under_another_instrument_waits_for_somebody),
		cmocka_unit_test(a_bridge_moves_what_was_accepted),
		cmocka_unit_test(cycles_of_a_machine_in_anothers_place_wait_for_somebody),
		cmocka_unit_test(an_exit_code_for_each_thing_to_do),
		cmocka_unit_test(a_headline_fits_a_line_whatever_the_names),
		cmocka_unit_test(exact_series_are_quiet_for_a_thousand_nights),
		cmocka_unit_test(no_more_false_alarms_than_last_plus_5_percent),
		cmocka_unit_test(shifts_are_found_sooner_than_by_last_plus_5_percent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
