// SPDX-License-Identifier: GPL-2.0
/*
 * The history: what is stored comes back, in order, once, and nothing of it can
 * be changed. What it says of files it cannot use, history.bats tests.
 */
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"
#include "history_priv.h"
#include "history_report.h"
#include "made_vitro.h"
#include "points.h"

static char *path;

static int fresh(void **state)
{
	(void)state;
	free(path);
	path = xasprintf("/tmp/faultline-test-history.%d.db", (int)getpid());
	setenv("FAULTLINE_NOW", "2026-12-01T00:00:00Z", 1);
	unlink(path);
	return 0;
}

static int gone(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static struct history_new point_of(const char *variant, double value)
{
	return (struct history_new) {
		.key = { "tcg", "QEMU 7.2.22", "v6.1", variant, "off",
			 "touch-write", "instructions" },
		.unit = "instructions",
		.point = { .value = value, .spread = NAN, .boots = 2,
			   .exact = true, .handler_sha256 = "aa",
			   .release = "6.1.192", .source_sha256 = "bb" },
		.samples = "2414:9 2514:1",
	};
}

static struct history *open_history(enum history_mode mode)
{
	struct err e;
	struct history *h = history__open(path, mode, &e);

	assert_non_null(h);
	return h;
}

/* A run of one point. */
static enum history_added add(struct history *h, const char *id,
			      const char *started, const char *variant,
			      double value)
{
	struct history_run r = { id, started, "results/x", "rev", "records" };
	struct history_new p = point_of(variant, value);

	return history__add(h, &r, &p, 1);
}

static struct history_series only(struct history *h, const char *variant)
{
	struct selection match = { 0 };
	struct history_series *s, one;
	size_t nr;

	selection__add(&match, BY_VARIANT, variant ?: "*");
	s = history__series(h, &match, &nr);
	selection__free(&match);
	assert_int_equal(nr, 1);
	history__count(h, s, nr);
	one = s[0];
	free(s);
	return one;
}

static void a_point_comes_back_as_it_was(void **state)
{
	struct history *h = open_history(HISTORY_WRITE);
	struct history_run r = { "id", "2026-11-22T20:12:10Z", "results/id",
				 "rev+", "sha" };
	struct history_new p = point_of("baseline", 2414.0625);
	const struct history_setup setup = { "QEMU 7.2.22", "cpio", "gcc 12" };
	struct history_point *got;
	char *samples;
	size_t nr;

	(void)state;
	p.point.exact = false;
	p.point.spread = 0.1;
	p.point.boots = 7;
	p.point.reference = 2400.5;
	p.point.setup = &setup;
	assert_int_equal(history__add(h, &r, &p, 1), HISTORY_ADDED);
	history__close(h);
	h = open_history(HISTORY_READ);
	got = history__points(h, only(h, NULL).id, 0, &nr);
	assert_int_equal(nr, 1);
	assert_string_equal(got->run, "id");
	assert_string_equal(got->started, "2026-11-22T20:12:10Z");
	assert_true(got->value == 2414.0625);
	assert_true(got->spread == 0.1);
	assert_int_equal(got->boots, 7);
	assert_false(got->exact);
	assert_string_equal(got->handler_sha256, "aa");
	assert_string_equal(got->release, "6.1.192");
	assert_string_equal(got->source_sha256, "bb");
	assert_string_equal(got->revision, "rev+");
	assert_string_equal(got->path, "results/id");
	assert_true(got->reference == 2400.5);
	assert_string_equal(got->setup->instrument, "QEMU 7.2.22");
	assert_string_equal(got->setup->program, "cpio");
	assert_string_equal(got->setup->compiler, "gcc 12");
	samples = history__samples(h, got->samples);
	assert_string_equal(samples, "2414:9 2514:1");
	free(samples);
	free(got);
	history__close(h);
}

/* Runs and code are read once and kept: not so early that later ones are missed. */
static void what_was_added_since_the_last_look_is_read(void **state)
{
	struct history *h, *other;
	struct history_point *got;
	size_t nr;

	(void)state;
	h = open_history(HISTORY_WRITE);
	add(h, "a", "2026-01-01T00:00:00Z", "baseline", 1);
	free(history__points(h, only(h, NULL).id, 0, &nr));
	other = open_history(HISTORY_WRITE);
	add(other, "b", "2026-01-02T00:00:00Z", "baseline", 2);
	history__close(other);
	got = history__points(h, only(h, NULL).id, 0, &nr);
	assert_int_equal(nr, 2);
	assert_string_equal(got[0].run, "a");
	assert_string_equal(got[1].run, "b");
	assert_string_equal(got[1].started, "2026-01-02T00:00:00Z");
	free(got);
	history__close(h);
}

static int count_walked(const struct history_series *s,
			const struct history_point *p, void *arg)
{
	(void)s;
	(void)p;
	++*(int *)arg;
	return 0;
}

static void a_point_of_code_that_is_not_there_is_damage(void **state)
{
	struct history *h = open_history(HISTORY_WRITE);
	struct history_point p;
	int64_t id;
	int walked = 0;
	size_t nr;

	(void)state;
	add(h, "a", "2026-01-01T00:00:00Z", "baseline", 1);
	id = only(h, NULL).id;
	history__exec(h, "PRAGMA foreign_keys = OFF;"
			 "INSERT INTO run SELECT 2, 'b', started, path, revision,"
			 " records_sha256 FROM run;"
			 "INSERT INTO point (series, run, code, value, boots, exact)"
			 " SELECT series, 2, 99, value, boots, exact FROM point");
	assert_null(history__error(h));
	assert_int_equal(history__walk(h, NULL, 0, count_walked, &walked), -1);
	assert_int_equal(walked, 0);
	assert_int_equal(history__error(h)->code, EXIT_HISTORY);
	assert_non_null(strstr(history__error(h)->text, "code 99"));
	history__close(h);
	h = open_history(HISTORY_READ);
	assert_null(history__points(h, id, 0, &nr));
	assert_int_equal(nr, 0);
	history__close(h);
	h = open_history(HISTORY_READ);
	assert_false(history__newest_before(h, id, 3, &p));
	history__close(h);
}

static void an_exact_point_has_no_spread(void **state)
{
	struct history *h = open_history(HISTORY_WRITE);
	struct history_point *got;
	size_t nr;

	(void)state;
	add(h, "a", "2026-01-01T00:00:00Z", "baseline", 1);
	got = history__points(h, only(h, "baseline").id, 0, &nr);
	assert_true(got->exact);
	assert_true(isnan(got->spread));
	free(got);
	history__close(h);
}

static void a_run_is_added_once(void **state)
{
	struct history *h = open_history(HISTORY_WRITE);
	struct history_run other = { "a", "2026-01-01T00:00:00Z", "results/x",
				     "rev", "other records" };
	struct history_new p = point_of("baseline", 9);

	(void)state;
	assert_int_equal(add(h, "a", "2026-01-01T00:00:00Z", "baseline", 1), HISTORY_ADDED);
	assert_int_equal(add(h, "a", "2026-01-01T00:00:00Z", "baseline", 1), HISTORY_THERE);
	assert_int_equal(history__add(h, &other, &p, 1), HISTORY_OTHER);
	assert_int_equal(only(h, NULL).points, 1);
	assert_true(only(h, NULL).value == 1);
	history__close(h);
}

static void nothing_can_be_changed_or_taken_out(void **state)
{
	static const char *const bad[] = {
		"UPDATE point SET value = 1", "DELETE FROM point",
		"REPLACE INTO point SELECT series, run, code, 1, spread, boots, exact, reference, setup, samples FROM point",
		"UPDATE run SET started = 1", "DELETE FROM run",
		"REPLACE INTO run SELECT * FROM run",
		"UPDATE series SET base = 'x'", "DELETE FROM series",
		"REPLACE INTO series SELECT * FROM series",
		"UPDATE code SET release = 'x'", "DELETE FROM code",
		"REPLACE INTO code SELECT * FROM code",
		"UPDATE setup SET compiler = 'x'", "DELETE FROM setup",
		"REPLACE INTO setup SELECT * FROM setup",
		"UPDATE samples SET bins = 'x'", "DELETE FROM samples",
		"REPLACE INTO samples SELECT * FROM samples",
		"UPDATE accepted SET value = 1", "DELETE FROM accepted",
		"REPLACE INTO accepted SELECT * FROM accepted",
		"UPDATE measured SET rig = 'x'", "DELETE FROM measured",
		"REPLACE INTO measured SELECT * FROM measured",
		"UPDATE withdrawal SET out = 0", "DELETE FROM withdrawal",
		"REPLACE INTO withdrawal SELECT * FROM withdrawal",
	};
	const struct history_withdrawal w = { .run = "a", .who = "me",
					      .why = "so", .out = true };
	struct history *h = open_history(HISTORY_WRITE);
	struct history_accepted a = { 5, "2026-01-01T00:00:00Z", "me", "so", "" };

	(void)state;
	add(h, "a", "2026-01-01T00:00:00Z", "baseline", 1);
	history__accept(h, only(h, NULL).id, &a);
	assert_int_equal(history__withdraw(h, &w), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(sqlite3_exec(h->db, bad[i], NULL, NULL, NULL),
				 SQLITE_CONSTRAINT);
		assert_string_equal(sqlite3_errmsg(h->db),
				    "the history is append-only");
	}
	history__close(h);
}

static void add_days(struct history *h, const char *variant, size_t days)
{
	for (size_t i = 1; i <= days; i++) {
		char *id = xasprintf("%s-%zu", variant, i);
		char *day = xasprintf("2026-01-%02zuT00:00:00Z", i);

		add(h, id, day, variant, i);
		free(day);
		free(id);
	}
}

static void the_newest_points_come_oldest_first(void **state)
{
	struct history *h = open_history(HISTORY_WRITE);
	struct history_point *p;
	int64_t id;
	size_t nr;

	(void)state;
	add_days(h, "baseline", 9);
	add_days(h, "other", 3);
	id = only(h, "baseline").id;
	p = history__points(h, id, 4, &nr);
	assert_int_equal(nr, 4);
	for (size_t i = 0; i < nr; i++)
		assert_true(p[i].value == 6 + i);
	free(p);
	p = history__points(h, id, 100, &nr);
	assert_int_equal(nr, 9);
	free(p);
	assert_int_equal(only(h, "baseline").points, 9);
	assert_string_equal(only(h, "baseline").first, "2026-01-01T00:00:00Z");
	assert_string_equal(only(h, "baseline").last, "2026-01-09T00:00:00Z");
	assert_true(only(h, "baseline").value == 9);
	history__close(h);
}

struct seen {
	double value[4096];
	size_t nr, stop;
};

static int see(const struct history_series *s, const struct history_point *p,
	       void *arg)
{
	struct seen *seen = arg;

	(void)s;
	seen->value[seen->nr++] = p->value;
	return seen->nr == seen->stop ? 7 : 0;
}

/* Points 0, 1, ... of one series, two of each second. */
static void add_many(struct history *h, size_t nr)
{
	history__exec(h, "BEGIN;"
			 "INSERT INTO series VALUES (1, 'r', 'm', 'b', 'v', 'p', 'w', 'x', 'u');"
			 "INSERT INTO code VALUES (1, '', '', '')");
	for (size_t i = 0; i < nr; i++) {
		char *sql = xasprintf("INSERT INTO run VALUES (%zu, 'r%zu', %zu, '', '', '');"
				      "INSERT INTO point VALUES (1, %zu, 1, %zu, NULL, 2, 1, NULL, NULL, NULL)",
				      i + 1, i, i / 2, i + 1, i);

		history__exec(h, sql);
		free(sql);
	}
	history__exec(h, "COMMIT");
}

/* More points than a walk has in memory at a time, some of one second. */
static void a_walk_has_every_point_once_and_stops_when_asked(void **state)
{
	struct history *h = open_history(HISTORY_WRITE);
	struct seen seen = { .nr = 0 };

	(void)state;
	add_many(h, 3000);
	assert_int_equal(history__walk(h, NULL, 0, see, &seen), 0);
	assert_int_equal(seen.nr, 3000);
	for (size_t i = 0; i < seen.nr; i++)
		assert_true(seen.value[i] == i);
	seen.nr = 0;
	assert_int_equal(history__walk(h, NULL, 5, see, &seen), 0);
	assert_int_equal(seen.nr, 5);
	assert_true(seen.value[0] == 2995);
	seen = (struct seen) { .stop = 2 };
	assert_int_equal(history__walk(h, NULL, 0, see, &seen), 7);
	assert_int_equal(seen.nr, 2);
	history__close(h);
}

/* More points than it has at once: whoever reads slowly keeps nobody from writing. */
static int write_meanwhile(const struct history_series *s,
			   const struct history_point *p, void *arg)
{
	struct history *other = open_history(HISTORY_WRITE);

	(void)s;
	(void)p;
	(void)arg;
	assert_int_equal(add(other, "meanwhile", "2026-02-01T00:00:00Z",
			     "baseline", 1), HISTORY_ADDED);
	history__close(other);
	return 1;
}

static void a_reader_keeps_no_writer_waiting(void **state)
{
	struct history *h = open_history(HISTORY_WRITE);

	(void)state;
	add_many(h, 3000);
	history__close(h);
	history_wait_s = 0;
	h = open_history(HISTORY_READ);
	assert_int_equal(history__walk(h, NULL, 0, write_meanwhile, NULL), 1);
	history_wait_s = 10;
	history__close(h);
}

/* By less than a day: told, and the order stays that of adding. */
static void a_clock_that_was_set_back_is_told(void **state)
{
	struct history *h = open_history(HISTORY_WRITE);
	struct history_jump *j;
	struct history_point *p;
	size_t nr;

	(void)state;
	add(h, "first", "2026-01-05T20:00:00Z", "baseline", 1);
	add(h, "elsewhere", "2026-01-05T01:00:00Z", "other", 2);
	j = history__jumps(h, &nr);	/* of another series: no matter */
	assert_int_equal(nr, 0);
	history__jumps_free(j, nr);
	add(h, "back", "2026-01-05T10:00:00Z", "baseline", 3);
	add(h, "on", "2026-01-06T00:00:00Z", "baseline", 4);
	j = history__jumps(h, &nr);
	assert_int_equal(nr, 1);
	assert_string_equal(j->run, "back");
	assert_string_equal(j->started, "2026-01-05T10:00:00Z");
	assert_string_equal(j->before, "first");
	assert_string_equal(j->before_started, "2026-01-05T20:00:00Z");
	assert_int_equal(j->series, 1);
	history__jumps_free(j, nr);
	p = history__points(h, only(h, "baseline").id, 0, &nr);
	assert_int_equal(nr, 3);
	assert_string_equal(p[0].run, "first");
	assert_string_equal(p[1].run, "back");
	assert_string_equal(p[2].run, "on");
	assert_true(p[0].added < p[1].added && p[1].added < p[2].added);
	free(p);
	history__close(h);
}

/* FAULTLINE_NOW is 2026-12-01; a day's slack, not a second more. */
static void a_run_from_the_future_is_refused(void **state)
{
	struct history *h = open_history(HISTORY_WRITE);

	(void)state;
	assert_int_equal(add(h, "a", "2026-11-30T00:00:00Z", "baseline", 1), HISTORY_ADDED);
	assert_int_equal(add(h, "b", "2026-12-02T00:00:01Z", "baseline", 2), HISTORY_REFUSED);
	assert_non_null(strstr(history__refusal(h), "2026-12-02T00:00:01Z, 24 hours after this machine's clock, 2026-12-01T00:00:00Z"));
	assert_int_equal(add(h, "c", "2031-01-01T00:00:00Z", "new", 2), HISTORY_REFUSED);
	assert_null(history__error(h));
	assert_true(only(h, NULL).value == 1);
	assert_int_equal(add(h, "d", "2026-12-02T00:00:00Z", "baseline", 3), HISTORY_ADDED);
	history__close(h);
}

/* ... of the same rig, machine and base. */
static void a_run_from_before_the_newest_is_refused(void **state)
{
	struct history *h = open_history(HISTORY_WRITE);
	struct history_run r = { "d", "2026-01-01T00:00:00Z", "results/x",
				 "rev", "records" };
	struct history_new p = point_of("baseline", 5);

	(void)state;
	add(h, "a", "2026-01-05T00:00:00Z", "baseline", 1);
	assert_int_equal(add(h, "b", "2026-01-03T23:59:59Z", "other", 2), HISTORY_REFUSED);
	assert_non_null(strstr(history__refusal(h), "24 hours before a of 2026-01-05T00:00:00Z"));
	assert_int_equal(add(h, "c", "2026-01-04T00:00:00Z", "baseline", 3), HISTORY_ADDED);
	assert_int_equal(history__add(h, &r, &p, 1), HISTORY_REFUSED);
	p.key.base = "v5.10";
	assert_int_equal(history__add(h, &r, &p, 1), HISTORY_ADDED);
	/* set apart, it is there and does not count */
	r = (struct history_run) { "e", "2031-01-01T00:00:00Z", "results/x",
				   "rev", "records", "me", "its clock" };
	p = point_of("baseline", 6);
	assert_int_equal(history__add(h, &r, &p, 1), HISTORY_ADDED);
	assert_int_equal(add(h, "f", "2026-01-06T00:00:00Z", "other", 7), HISTORY_ADDED);
	assert_int_equal(only(h, "other").points, 1);
	history__close(h);
}

static int count_all(const struct history_series *s,
		     const struct history_point *p, void *arg)
{
	size_t *n = arg;

	(void)s;
	n[0]++;
	n[1] += p->withdrawn;
	return 0;
}

/* Two points, the newer withdrawn, then not; what was accepted goes with it. */
static void a_withdrawn_run_stays_and_does_not_count(void **state)
{
	const struct history_accepted yes = { 2, "2026-01-03T00:00:00Z", "me", "so", "" };
	struct history_withdrawal w = { .run = "b", .who = "A", .why = "wrong", .out = true };
	struct history *h = open_history(HISTORY_WRITE);
	struct history_withdrawal *said;
	struct history_accepted got;
	struct history_point p;
	size_t n[2] = { 0 }, nr;

	(void)state;
	add(h, "a", "2026-01-01T00:00:00Z", "baseline", 1);
	add(h, "b", "2026-01-02T00:00:00Z", "baseline", 2);
	history__accept(h, only(h, NULL).id, &yes);
	assert_true(history__accepted(h, only(h, NULL).id, &got));
	assert_int_equal(got.after, only(h, NULL).last_added);
	history__accepted_free(&got);
	assert_int_equal(history__withdraw(h, &w), 0);
	assert_int_equal(history__withdraw(h, &w), 1);
	assert_int_equal(only(h, NULL).points, 1);
	assert_true(only(h, NULL).value == 1);
	assert_false(history__newest_before(h, only(h, NULL).id, 2, &p) && p.value == 2);
	assert_false(history__accepted(h, only(h, NULL).id, &got));
	history__accepted_free(&got);
	assert_int_equal(history__nights_after(h, "tcg", 1), 0);
	assert_int_equal(history__walk(h, NULL, 0, count_all, n), 0);
	assert_int_equal(n[0], 2);
	assert_int_equal(n[1], 1);
	/* it is there: the same run is not added again */
	assert_int_equal(add(h, "b", "2026-01-02T00:00:00Z", "baseline", 2), HISTORY_THERE);
	w.out = false;
	w.why = "right after all";
	assert_int_equal(history__withdraw(h, &w), 0);
	assert_int_equal(only(h, NULL).points, 2);
	assert_int_equal(history__nights_after(h, "tcg", 1), 1);
	said = history__withdrawals(h, &nr);
	assert_int_equal(nr, 2);
	assert_string_equal(said[0].who, "A");
	assert_string_equal(said[0].why, "wrong");
	assert_true(said[0].out && !said[1].out);
	history__withdrawals_free(said, nr);
	w.run = "nowhere";
	assert_int_equal(history__withdraw(h, &w), -1);
	assert_null(history__error(h));
	history__close(h);
}

/* Another compiler, then another kernel, then the first of both; and nothing. */
static void what_changed_between_runs_is_an_event(void **state)
{
	static const struct history_setup gcc12 = { "QEMU 7", "cpio", "gcc 12" };
	static const struct history_setup gcc13 = { "QEMU 7", "cpio", "gcc 13" };
	static const struct history_setup qemu8 = { "QEMU 8", "cpio", "gcc 13" };
	static const struct { const char *id, *day; const struct history_setup *setup; const char *release; } night[] = {
		{ "a", "2026-01-01T00:00:00Z", &gcc12, "6.1.1" },
		{ "b", "2026-01-02T00:00:00Z", &gcc13, "6.1.1" },
		{ "c", "2026-01-03T00:00:00Z", &gcc13, "6.1.2" },
		{ "d", "2026-01-04T00:00:00Z", NULL, "6.1.2" },
		{ "e", "2026-01-05T00:00:00Z", &qemu8, "6.1.2" },
	};
	struct history *h = open_history(HISTORY_WRITE);
	struct history_withdrawal w = { .run = "b", .who = "A", .why = "w", .out = true };
	struct history_event *e;
	size_t nr;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(night); i++) {
		struct history_run r = { night[i].id, night[i].day, "results/x", "rev", "sha" };
		struct history_new p = point_of("baseline", 1);

		p.point.setup = night[i].setup;
		p.point.release = (char *)night[i].release;
		assert_int_equal(history__add(h, &r, &p, 1), HISTORY_ADDED);
	}
	e = history__events(h, &nr);
	assert_int_equal(nr, 3);
	assert_string_equal(e[0].run, "b");
	assert_string_equal(e[0].what, "compiler");
	assert_string_equal(e[0].before, "gcc 12");
	assert_string_equal(e[0].after, "gcc 13");
	assert_string_equal(e[1].run, "c");
	assert_string_equal(e[1].what, "kernel");
	assert_string_equal(e[1].before, "6.1.1");
	/* d does not say; e is compared with c */
	assert_string_equal(e[2].run, "e");
	assert_string_equal(e[2].what, "instrument");
	assert_string_equal(e[2].before, "QEMU 7");
	history__events_free(e, nr);
	/* without b the compiler changed with c */
	assert_int_equal(history__withdraw(h, &w), 0);
	e = history__events(h, &nr);
	assert_int_equal(nr, 3);
	assert_string_equal(e[0].run, "c");
	history__events_free(e, nr);
	history__close(h);
}

static void the_last_accepted_value_counts(void **state)
{
	struct history *h = open_history(HISTORY_WRITE);
	struct history_accepted a = { 1, "2026-01-02T00:00:00Z", "A", "why", "c1" };
	struct history_accepted b = { 2, "2026-01-01T00:00:00Z", "B", "so", "" }, got;
	int64_t id, other;

	(void)state;
	add(h, "a", "2026-01-01T00:00:00Z", "baseline", 1);
	add(h, "b", "2026-01-01T00:00:00Z", "other", 1);
	id = only(h, "baseline").id;
	other = only(h, "other").id;
	assert_false(history__accepted(h, id, &got));
	history__accept(h, id, &a);
	history__accept(h, id, &b);
	assert_true(history__accepted(h, id, &got));
	assert_true(got.value == 2);
	assert_string_equal(got.who, "B");
	assert_string_equal(got.why, "so");
	assert_string_equal(got.when, "2026-01-01T00:00:00Z");
	assert_string_equal(got.commit, "");
	history__accepted_free(&got);
	assert_false(history__accepted(h, other, &got));
	history__close(h);
}

static void an_older_schema_is_brought_up_with_its_points(void **state)
{
	struct history *h = xcalloc(1, sizeof(*h));
	struct history_accepted a = { 1, "2026-01-02T00:00:00Z", "A", "why", "" };
	struct history_point *p;
	size_t nr;

	(void)state;
	h->path = xstrdup(path);
	assert_int_equal(sqlite3_open(path, &h->db), SQLITE_OK);
	history__migrate(h, 1);
	history__exec(h, "INSERT INTO series VALUES (1, 'tcg', 'm', 'b', 'v', 'p', 'w', 'instructions', 'u');"
			 "INSERT INTO code VALUES (1, '', '', '');"
			 "INSERT INTO run VALUES (1, 'a', 1767225600, '', '', '');"
			 "INSERT INTO run VALUES (2, 'future', 1924992000, '', '', '');"
			 "INSERT INTO point VALUES (1, 1924992000, 2, 1, 9, NULL, 2, 1);"
			 "INSERT INTO point VALUES (1, 1767225600, 1, 1, 2414, NULL, 2, 1)");
	history__close(h);
	h = open_history(HISTORY_WRITE);
	/* of the two that it had, one is from 2031 */
	assert_true(only(h, NULL).value == 2414);
	assert_int_equal(only(h, NULL).points, 1);
	history__accept(h, only(h, NULL).id, &a);
	p = history__points(h, only(h, NULL).id, 0, &nr);
	assert_int_equal(nr, 1);
	assert_true(!p->reference && !p->setup && !p->samples);
	free(p);
	/* and takes new points */
	assert_int_equal(add(h, "b", "2026-01-02T00:00:00Z", "v", 2415), HISTORY_ADDED);
	assert_null(history__check(h, false));
	history__close(h);
	h = open_history(HISTORY_READ);	/* the number was raised as well */
	history__series_free(history__series(h, NULL, &nr), nr);
	assert_int_equal(nr, 2);
	history__close(h);
}

/* An error stays, changes nothing, and is not in the file. */
static void an_error_sticks_to_the_history_alone(void **state)
{
	struct history *h = open_history(HISTORY_WRITE);
	const struct history_accepted a = { 1, "2026-01-02T00:00:00Z", "A", "why", "" };
	struct history_run r = { "b", "2026-01-02T00:00:00Z", "results/b",
				 "rev", "records" };
	struct history_new p[] = { point_of("other", 2), point_of("baseline", 1) };
	size_t nr = 1;

	(void)state;
	assert_int_equal(add(h, "a", "2026-01-01T00:00:00Z", "baseline", 1),
			 HISTORY_ADDED);
	assert_null(history__error(h));
	p[1].unit = "hours";		/* after the first point was inserted */
	assert_int_equal(history__add(h, &r, p, 2), HISTORY_FAILED);
	assert_int_equal(history__error(h)->code, EXIT_INTERNAL);
	assert_non_null(strstr(history__error(h)->text, "is in instructions there, the run has hours"));
	assert_int_equal(add(h, "c", "2026-01-03T00:00:00Z", "baseline", 1),
			 HISTORY_FAILED);
	assert_null(history__series(h, NULL, &nr));
	assert_int_equal(nr, 0);
	assert_int_equal(history__accept(h, 1, &a), -1);
	assert_int_equal(history__walk(h, NULL, 0, NULL, NULL), -1);
	assert_non_null(strstr(history__error(h)->text, "hours"));
	history__close(h);
	h = open_history(HISTORY_READ);
	assert_int_equal(only(h, NULL).points, 1);
	history__close(h);
}

static void what_is_no_history_is_an_error_of_opening_it(void **state)
{
	static const char *const begin = "/tmp/faultline-nothing";
	struct err e;
	FILE *f = fopen(path, "w");

	(void)state;
	for (int i = 0; i < 300; i++)
		fputs("this is no database\n", f);
	fclose(f);
	assert_null(history__open(path, HISTORY_READ, &e));
	assert_int_equal(e.code, EXIT_HISTORY);
	assert_non_null(strstr(e.text, "is no history"));
	assert_null(history__open(begin, HISTORY_READ, &e));
	assert_int_equal(e.code, EXIT_NO_DATA);
	assert_non_null(strstr(e.text, "there is no history /tmp/faultline-nothing"));
	f = fopen(path, "w");
	fclose(f);
	assert_null(history__open(path, HISTORY_READ, &e));
	assert_int_equal(e.code, EXIT_NO_DATA);
	assert_non_null(strstr(e.text, "is empty"));
}

/* Names are parameters, never SQL; a pattern is of the name alone. */
static void hostile_names_are_names(void **state)
{
	static const char nasty[] = "x'); DROP TABLE point; --\"\\\n\033[2J<b>";
	struct history *h = open_history(HISTORY_WRITE);

	(void)state;
	add(h, nasty, "2026-01-01T00:00:00Z", nasty, 1);
	add(h, "b", "2026-01-02T00:00:00Z", "baseline", 1);
	assert_string_equal(only(h, "x*").key.variant, nasty);
	assert_int_equal(only(h, "baseline").points, 1);
	history__close(h);
}

static void a_terminal_sees_no_control_characters(void **state)
{
	char *t = safe_text("a\033[2J\n\xc2\x9b" "\xe2\x80\xae" "\xc3\xa9\x7f");

	(void)state;
	assert_string_equal(t, "a\\x1b[2J\\x0a\\xc2\\x9b\\xe2\\x80\\xae\xc3\xa9\\x7f");
	free(t);
	t = safe_text("\xc3\xa9\xff");	/* no UTF-8: no byte of it passes */
	assert_string_equal(t, "\\xc3\\xa9\\xff");
	free(t);
}

static struct run made_run(const char *meta)
{
	return (struct run) { .dir = xstrdup("/nowhere"),
			      .meta = json_loads(meta, 0, NULL) };
}

static void keep(struct run *run, struct record *r)
{
	run->record = xrealloc(run->record, (run->nr + 1) * sizeof(r));
	run->record[run->nr++] = r;
}

#define META	"{\"id\":\"i\",\"started\":\"2026-01-01T00:00:00Z\","		\
		"\"state\":\"finished\",\"tool\":{\"revision\":\"r\",\"changed\":true}," \
		"\"machine\":{\"cpu\":\"AMD EPYC\",\"cpus\":2,\"arch\":\"x86_64\"}," \
		"\"rig\":{\"qemu\":\"QEMU emulator version 7.2.22 (Debian 1)\",\"cpu\":\"EPYC,+svm\"," \
		"\"host_cpio_sha256\":\"cpio\"}," \
		"\"kernels\":[{\"base\":\"v6.1\",\"variant\":\"baseline\"," \
		"\"profile\":\"off\",\"release\":\"6.1.192\",\"source_sha256\":\"s\"," \
		"\"compiler\":\"gcc 12\"}]}"

/* Ten faults, nine of 2414 and one of 2514: 2424 on the mean. */
static void an_exact_cell_has_its_typical_fault_and_its_mean(void **state)
{
	struct run run = made_run(META);
	struct points p;
	struct err e;

	(void)state;
	keep(&run, make_record("baseline", "off", "touch", 1, 2414));
	keep(&run, make_record("baseline", "off", "touch", 2, 2414));
	assert_int_equal(points__of_run(&p, &run, &e), 0);
	assert_int_equal(p.nr, 2);
	assert_int_equal(p.cells, 1);
	assert_string_equal(p.item[0].key.metric, "instructions");
	assert_true(p.item[0].point.value == 2414);
	assert_true(p.item[0].point.exact);
	assert_int_equal(p.item[0].point.boots, 2);
	assert_string_equal(p.item[0].key.machine, "QEMU 7.2.22, EPYC,+svm");
	assert_string_equal(p.item[0].point.release, "6.1.192");
	assert_string_equal(p.item[0].point.source_sha256, "s");
	assert_string_equal(p.item[1].key.metric, "instructions_mean");
	assert_true(p.item[1].point.value == 2424);
	assert_string_equal(p.run.revision, "r+");
	points__free(&p);
	run__free(&run);
}

/* A variant's figure, its mean, and what it costs over the baseline of the run. */
static void a_difference_is_to_the_baseline_of_the_same_run(void **state)
{
	struct run run = made_run(META);
	const struct history_new *over;
	struct points p;
	struct err e;

	(void)state;
	for (uint64_t boot = 1; boot <= 2; boot++) {
		keep(&run, make_record("baseline", "off", "touch", boot, 2414));
		keep(&run, make_record("mine", "off", "touch", boot, 2420));
		keep(&run, make_record("mine", "off", "alone", boot, 2420));
	}
	assert_int_equal(points__of_run(&p, &run, &e), 0);
	assert_int_equal(p.nr, 2 + 3 + 2);
	over = &p.item[4];
	assert_string_equal(over->key.metric, "instructions_over_baseline");
	assert_string_equal(over->key.variant, "mine");
	assert_string_equal(over->key.machine, "any instrument");
	assert_true(over->point.value == 6);
	assert_true(over->point.reference == 2414);
	assert_true(over->point.exact);
	assert_int_equal(over->point.boots, 2);
	assert_string_equal(over->point.handler_sha256,
			    "handler of mine over handler of baseline");
	assert_string_equal(over->point.setup->instrument,
			    "QEMU 7.2.22, EPYC,+svm");
	assert_string_equal(over->point.setup->program, "cpio");
	assert_string_equal(p.item[0].point.setup->compiler, "gcc 12");
	assert_string_equal(p.item[0].samples, "2414:9 2514:1");
	assert_null(over->samples);
	points__free(&p);
	run__free(&run);
}

/* Of every variant; where the direct call is the baseline's, that is the difference. */
static void a_profile_is_over_off_and_an_indirect_call_over_the_direct_one(void **state)
{
	static const struct {
		const char *variant, *profile, *metric;
		double value;
	} want[] = {
		{ "baseline", "retpoline", "instructions_over_off", 80 },
		{ "mine", "off", "instructions_over_baseline", 6 },
		{ "mine", "retpoline", "instructions_over_baseline", 16 },
		{ "mine", "retpoline", "instructions_over_off", 90 },
		{ "baseline+indirect", "off", "instructions_over_baseline", 11 },
		{ "mine@2+indirect", "off", "instructions_over_baseline", 36 },
		{ "mine@2+indirect", "off", "instructions_over_direct", 33 },
	};
	struct run run = made_run(META);
	struct points p;
	struct err e;
	size_t n = 0;

	(void)state;
	keep(&run, make_record("baseline", "off", "touch", 1, 2414));
	keep(&run, make_record("baseline", "retpoline", "touch", 1, 2494));
	keep(&run, make_record("mine", "off", "touch", 1, 2420));
	keep(&run, make_record("mine", "retpoline", "touch", 1, 2510));
	keep(&run, make_record("baseline+indirect", "off", "touch", 1, 2425));
	keep(&run, make_record("mine@2+indirect", "off", "touch", 1, 2450));
	keep(&run, make_record("mine@2", "off", "touch", 1, 2417));
	assert_int_equal(points__of_run(&p, &run, &e), 0);
	for (size_t i = 0; i < p.nr && n < ARRAY_SIZE(want); i++) {
		if (!p.item[i].point.reference)
			continue;
		assert_string_equal(p.item[i].key.variant, want[n].variant);
		assert_string_equal(p.item[i].key.profile, want[n].profile);
		assert_string_equal(p.item[i].key.metric, want[n].metric);
		assert_true(p.item[i].point.value == want[n].value);
		n++;
	}
	assert_int_equal(n, ARRAY_SIZE(want));
	points__free(&p);
	run__free(&run);
}

/* Neither begins a series of its own, and either may move a figure. */
static void linker_and_microcode_are_of_the_setup(void **state)
{
	static const struct truth hot = { .cost = 460 }, cold = { .cost = 4000 };
	struct run run = made_run(META);
	struct points p;
	struct err e;
	json_t *kernel;

	(void)state;
	kernel = json_array_get(json_object_get(run.meta, "kernels"), 0);
	json_object_set_new(kernel, "linker", json_string("GNU ld 2.40"));
	json_object_set_new(json_object_get(run.meta, "machine"), "microcode",
			    json_string("0x1000065"));
	keep(&run, make_vitro("baseline", "off", "touch", 1, hot, cold, true));
	keep(&run, make_record("baseline", "off", "touch", 1, 2414));
	assert_int_equal(points__of_run(&p, &run, &e), 0);
	assert_string_equal(p.item[0].key.metric, "cycles_hot");
	assert_string_equal(p.item[0].key.machine, "AMD EPYC, 2 CPUs, x86_64");
	assert_string_equal(p.item[0].point.setup->instrument,
			    "AMD EPYC, 2 CPUs, x86_64, microcode 0x1000065");
	assert_string_equal(p.item[2].point.setup->instrument,
			    "QEMU 7.2.22, EPYC,+svm");
	assert_string_equal(p.item[2].point.setup->compiler, "gcc 12; GNU ld 2.40");
	points__free(&p);
	run__free(&run);
}

/* By layout: +12 and +18, whatever the machine did to both. */
static void cycles_over_baseline_are_paired_by_layout(void **state)
{
	static const struct truth base[] = { { .cost = 460 }, { .cost = 560 } };
	static const struct truth mine[] = { { .cost = 472 }, { .cost = 578 } };
	static const struct truth cold = { .cost = 4000 };
	struct run run = made_run(META);
	struct points p;
	struct err e;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		keep(&run, make_vitro("baseline", "off", "touch", i + 1, base[i], cold, true));
		keep(&run, make_vitro("mine", "off", "touch", i + 1, mine[i], cold, true));
	}
	assert_int_equal(points__of_run(&p, &run, &e), 0);
	assert_int_equal(p.nr, 2 + 4);
	assert_string_equal(p.item[4].key.metric, "cycles_hot_over_baseline");
	assert_string_equal(p.item[4].key.machine, "AMD EPYC, 2 CPUs, x86_64");
	assert_float_equal(p.item[4].point.value, 15, 1e-9);
	assert_float_equal(p.item[4].point.reference, 510, 1e-9);
	assert_int_equal(p.item[4].point.boots, 2);
	assert_string_equal(p.item[5].key.metric, "cycles_cold_over_baseline");
	assert_float_equal(p.item[5].point.value, 0, 1e-9);
	points__free(&p);
	run__free(&run);
}

static void boots_that_differ_are_not_exact_and_have_a_spread(void **state)
{
	struct run run = made_run(META);
	struct points p;
	struct err e;

	(void)state;
	keep(&run, make_record("baseline", "off", "touch", 1, 2420));
	keep(&run, make_record("baseline", "off", "touch", 2, 2414));
	assert_int_equal(points__of_run(&p, &run, &e), 0);
	assert_false(p.item[0].point.exact);
	assert_true(p.item[0].point.value == 2414);
	assert_true(p.item[0].point.spread == 6);
	points__free(&p);
	run__free(&run);
}

static void invalid_and_skipped_cells_are_counted_and_left_out(void **state)
{
	struct run run = made_run(META);
	struct points p;
	struct err e;

	(void)state;
	keep(&run, make_vitro_none(make_record("baseline", "off", "a", 1, 1), OUTCOME_OOPS, "oops"));
	keep(&run, make_vitro_none(make_record("baseline", "off", "b", 1, 1), OUTCOME_SKIP, "no"));
	keep(&run, make_record("baseline", "off", "c", 1, 2414));
	keep(&run, make_vitro_none(make_record("baseline", "off", "c", 2, 1), OUTCOME_HANG, "hang"));
	assert_int_equal(points__of_run(&p, &run, &e), 0);
	assert_int_equal(p.cells, 3);
	assert_int_equal(p.invalid, 1);
	assert_int_equal(p.skipped, 1);
	assert_int_equal(p.partly, 1);
	assert_int_equal(p.nr, 2);
	assert_int_equal(p.item[0].point.boots, 1);
	assert_false(p.item[0].point.exact);
	assert_true(isnan(p.item[0].point.spread));
	points__free(&p);
	run__free(&run);
}

/* Six layouts, three at 460 and three at 470: 465, and all of them within. */
static void a_noisy_cell_has_a_point_a_mode_with_its_interval(void **state)
{
	static const struct truth hot = { .cost = 460 }, hot2 = { .cost = 470 };
	static const struct truth cold = { .cost = 4000 };
	struct run run = made_run(META);
	struct points p;
	struct err e;

	(void)state;
	for (uint64_t l = 1; l <= 6; l++)
		keep(&run, make_vitro("baseline", "off", "touch", l,
				      l % 2 ? hot : hot2, cold, true));
	/* exact records next to it are cells of their own */
	keep(&run, make_record("baseline", "off", "touch", 1, 2414));
	assert_int_equal(points__of_run(&p, &run, &e), 0);
	assert_int_equal(p.nr, 4);
	assert_int_equal(p.cells, 2);
	assert_string_equal(p.item[0].key.metric, "cycles_hot");
	assert_string_equal(p.item[0].unit, "TSC cycles");
	assert_string_equal(p.item[0].key.machine, "AMD EPYC, 2 CPUs, x86_64");
	assert_float_equal(p.item[0].point.value, 465, 1e-9);
	assert_float_equal(p.item[0].point.spread, 5, 1e-9);
	assert_int_equal(p.item[0].point.boots, 6);
	assert_false(p.item[0].point.exact);
	assert_string_equal(p.item[1].key.metric, "cycles_cold");
	assert_float_equal(p.item[1].point.value, 4000, 1e-9);
	assert_string_equal(p.item[2].key.rig, "tcg");
	assert_true(p.item[2].point.value == 2414);
	points__free(&p);
	run__free(&run);
}

#define test(t) cmocka_unit_test_setup_teardown(t, fresh, gone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_point_comes_back_as_it_was),
		test(what_was_added_since_the_last_look_is_read),
		test(a_point_of_code_that_is_not_there_is_damage),
		test(an_exact_point_has_no_spread),
		test(a_run_is_added_once),
		test(nothing_can_be_changed_or_taken_out),
		test(the_newest_points_come_oldest_first),
		test(a_walk_has_every_point_once_and_stops_when_asked),
		test(a_reader_keeps_no_writer_waiting),
		test(a_clock_that_was_set_back_is_told),
		test(a_run_from_the_future_is_refused),
		test(a_run_from_before_the_newest_is_refused),
		test(a_withdrawn_run_stays_and_does_not_count),
		test(what_changed_between_runs_is_an_event),
		test(the_last_accepted_value_counts),
		test(an_older_schema_is_brought_up_with_its_points),
		test(an_error_sticks_to_the_history_alone),
		test(what_is_no_history_is_an_error_of_opening_it),
		test(hostile_names_are_names),
		test(a_terminal_sees_no_control_characters),
		test(an_exact_cell_has_its_typical_fault_and_its_mean),
		test(a_difference_is_to_the_baseline_of_the_same_run),
		test(a_profile_is_over_off_and_an_indirect_call_over_the_direct_one),
		test(linker_and_microcode_are_of_the_setup),
		test(cycles_over_baseline_are_paired_by_layout),
		test(boots_that_differ_are_not_exact_and_have_a_spread),
		test(invalid_and_skipped_cells_are_counted_and_left_out),
		test(a_noisy_cell_has_a_point_a_mode_with_its_interval),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
