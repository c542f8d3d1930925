// SPDX-License-Identifier: GPL-2.0
/*
 * Google Benchmark behind its C header: each call shown once, and what became
 * of it read back from the library's own JSON. Times are manual where they
 * must be exact.
 */
#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "unit.h"

#include "gbench.h"
#include "util.h"

static json_t *run_json(const char *filter, long expected)
{
	struct gbench_output out = { GBENCH_JSON, tmpfile() };
	json_error_t err;
	json_t *root;

	assert_non_null(out.file);
	assert_int_equal(gbench__run(filter, &out, 1), expected);
	rewind(out.file);
	root = json_loadf(out.file, 0, &err);
	if (!root)
		fail_msg("line %d: %s", err.line, err.text);
	fclose(out.file);
	return root;
}

static json_t *nth(json_t *root, size_t i)
{
	json_t *run = json_array_get(json_object_get(root, "benchmarks"), i);

	assert_non_null(run);
	return run;
}

static json_t *named(json_t *root, const char *name)
{
	json_t *runs = json_object_get(root, "benchmarks"), *run;
	size_t i;

	json_array_foreach(runs, i, run) {
		if (!strcmp(json_string_value(json_object_get(run, "name")), name))
			return run;
	}
	fail_msg("no benchmark %s", name);
	return NULL;
}

static size_t how_many(json_t *root)
{
	return json_array_size(json_object_get(root, "benchmarks"));
}

static const char *text(json_t *run, const char *key)
{
	const char *s = json_string_value(json_object_get(run, key));

	return s ? s : "(none)";
}

static double number(json_t *run, const char *key)
{
	json_t *v = json_object_get(run, key);

	if (!json_is_number(v))
		fail_msg("no number %s", key);
	return json_number_value(v);
}

/* Flags are the library's and stay set: a test sets them back. */
static void flags(const char *flag)
{
	char *argv[] = { "test", (char *)flag, NULL };
	int argc = 2;

	assert_int_equal(gbench__initialize(&argc, argv), 0);
	assert_int_equal(argc, 1);
}

static void once(struct gbench_state *s, void *data)
{
	(void)data;
	gbench__for_each(s)
		gbench__clobber_memory();
}

/* A benchmark of n iterations that take seconds each. */
struct manual { double seconds; };

static void manual(struct gbench_state *s, void *data)
{
	const struct manual *m = data;

	gbench__for_each(s)
		gbench__set_iteration_time(s, m->seconds);
}

static struct gbench *timed(const char *name, gbench_fn fn, void *data,
			    int64_t n)
{
	struct gbench *b = gbench__register(name, fn, data);

	assert_non_null(b);
	assert_int_equal(gbench__use_manual_time(b), 0);
	assert_int_equal(gbench__iterations(b, n), 0);
	return b;
}

static struct gbench *brief(const char *name, gbench_fn fn, void *data)
{
	struct gbench *b = gbench__register(name, fn, data);

	assert_non_null(b);
	assert_int_equal(gbench__iterations(b, 1), 0);
	return b;
}

static int clear(void **state)
{
	(void)state;
	gbench__shutdown();
	return 0;
}

static void show_arguments(struct gbench_state *s, void *data)
{
	once(s, data);
	gbench__counter_int(s, "first", gbench__range(s, 0), GBENCH_PLAIN);
	if (data)
		gbench__counter_int(s, "second", gbench__range(s, 1), GBENCH_PLAIN);
}

static void arguments_stand_in_names_and_reach_the_function(void **state)
{
	static const int64_t pair[] = { -3, 7 };
	static const int64_t range[][2] = { { 1, 2 }, { 5, 6 } };
	static const int64_t a[] = { 10, 20 }, b[] = { 4 };
	static const int64_t *const list[] = { a, b };
	static const size_t len[] = { 2, 1 };
	static const char *const name[] = { "x", "y" };
	static const struct { const char *name; int first, second; } want[] = {
		{ "one/9", 9, 0 }, { "one/1", 1, 0 }, { "one/4", 4, 0 },
		{ "one/16", 16, 0 }, { "one/20", 20, 0 }, { "one/2", 2, 0 },
		{ "one/5", 5, 0 },
		{ "two/x:-3/y:7", -3, 7 }, { "two/x:1/y:5", 1, 5 },
		{ "two/x:2/y:5", 2, 5 }, { "two/x:1/y:6", 1, 6 },
		{ "two/x:2/y:6", 2, 6 }, { "two/x:10/y:4", 10, 4 },
		{ "two/x:20/y:4", 20, 4 },
	};
	struct gbench *one, *two;
	json_t *root;

	(void)state;
	one = brief("one", show_arguments, NULL);
	assert_int_equal(gbench__arg(one, 9), 0);
	assert_int_equal(gbench__range_multiplier(one, 4), 0);
	assert_int_equal(gbench__range_of_args(one, 1, 20), 0);
	assert_int_equal(gbench__dense_range(one, 2, 7, 3), 0);
	two = brief("two", show_arguments, "both");
	assert_int_equal(gbench__args(two, pair, 2), 0);
	assert_int_equal(gbench__ranges(two, range, 2), 0);
	assert_int_equal(gbench__args_product(two, list, len, 2), 0);
	assert_int_equal(gbench__arg_names(two, name, 2), 0);
	root = run_json(NULL, ARRAY_SIZE(want));
	assert_int_equal(how_many(root), ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		char *full = xasprintf("%s/iterations:1", want[i].name);
		json_t *run = named(root, full);

		assert_float_equal(number(run, "first"), want[i].first, 0);
		if (i >= 7)
			assert_float_equal(number(run, "second"), want[i].second, 0);
		free(full);
	}
	json_decref(root);
}

static int64_t bodies[3], told[3];

static void count_single(struct gbench_state *s, void *data)
{
	(void)data;
	told[0] = gbench__max_iterations(s);
	while (gbench__keep_running(s))
		bodies[0]++;
}

static void count_batches(struct gbench_state *s, void *data)
{
	(void)data;
	while (gbench__keep_running_batch(s, 64))
		bodies[1] += 64;
	told[1] = gbench__max_iterations(s);
}

static void count_all(struct gbench_state *s, void *data)
{
	int64_t n = gbench__take(s);

	(void)data;
	bodies[2] += n;
	assert_int_equal(gbench__take(s), 0);
	assert_int_equal(gbench__take(s), 0);
	assert_false(gbench__keep_running(s));
	told[2] = n;
}

static void every_iteration_is_run_once_in_each_form_of_loop(void **state)
{
	static const gbench_fn fn[] = { count_single, count_batches, count_all };
	static const char *const name[] = { "a", "b", "c" };
	static const int64_t n[] = { 1000, 1024, 1000 };
	json_t *root;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		gbench__iterations(gbench__register(name[i], fn[i], NULL), 1000);
	root = run_json(NULL, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(bodies[i], n[i]);
		assert_int_equal(told[i], n[i]);
		assert_float_equal(number(nth(root, i), "iterations"), n[i], 0);
	}
	json_decref(root);
}

static void nap(double ms)
{
	nanosleep(&(struct timespec) { 0, ms * 1e6 }, NULL);
}

static void napping(struct gbench_state *s, void *pause)
{
	assert_int_equal(gbench__pause_timing(s), -EINVAL);
	gbench__for_each(s) {
		assert_int_equal(gbench__resume_timing(s), -EINVAL);
		nap(10);
		if (pause)
			assert_int_equal(gbench__pause_timing(s), 0);
		nap(40);
		if (pause) {
			assert_int_equal(gbench__pause_timing(s), -EINVAL);
			if (gbench_n > 1)	/* the last is left to the loop's end */
				assert_int_equal(gbench__resume_timing(s), 0);
		}
	}
	assert_int_equal(gbench__pause_timing(s), -EINVAL);
}

static void paused_time_does_not_count(void **state)
{
	struct gbench *b[2];
	json_t *root;
	double paused;

	(void)state;
	b[0] = gbench__register("all", napping, NULL);
	b[1] = gbench__register("paused", napping, b);
	for (int i = 0; i < 2; i++) {
		gbench__iterations(b[i], 3);
		assert_int_equal(gbench__use_real_time(b[i]), 0);
		gbench__unit(b[i], GBENCH_MS);
	}
	root = run_json(NULL, 2);
	assert_true(number(named(root, "all/iterations:3/real_time"), "real_time") >= 50);
	paused = number(named(root, "paused/iterations:3/real_time"), "real_time");
	assert_true(paused >= 10 && paused < 40);
	json_decref(root);
}

static void manual_time_is_what_was_set_in_every_unit(void **state)
{
	static const double time[] = { 250e6, 250e3, 250, 0.25 };
	static const char *const unit[] = { "ns", "us", "ms", "s" };
	struct manual quarter = { 0.25 };
	json_t *root;

	(void)state;
	for (int u = GBENCH_NS; u <= GBENCH_S; u++)
		assert_int_equal(gbench__unit(timed(unit[u], manual, &quarter, 4), u), 0);
	root = run_json(NULL, 4);
	for (int u = GBENCH_NS; u <= GBENCH_S; u++) {
		char *name = xasprintf("%s/iterations:4/manual_time", unit[u]);
		json_t *run = named(root, name);

		assert_float_equal(number(run, "real_time"), time[u], 0);
		assert_string_equal(text(run, "time_unit"), unit[u]);
		free(name);
	}
	json_decref(root);
}

static void *burn(void *ms)
{
	struct timespec t;

	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	while (t.tv_nsec < *(int *)ms * 1000000);
	return NULL;
}

static void burn_elsewhere(struct gbench_state *s, void *ms)
{
	gbench__for_each(s) {
		pthread_t t;

		assert_int_equal(pthread_create(&t, NULL, burn, ms), 0);
		pthread_join(t, NULL);
	}
}

static void process_time_is_that_of_all_threads(void **state)
{
	int ms = 40;
	json_t *root;
	struct gbench *b;

	(void)state;
	brief("own", burn_elsewhere, &ms);
	b = brief("all", burn_elsewhere, &ms);
	assert_int_equal(gbench__measure_process_cpu_time(b), 0);
	root = run_json(NULL, 2);
	assert_true(number(named(root, "own/iterations:1"), "cpu_time") < 20e6);
	assert_true(number(named(root, "all/iterations:1/process_time"), "cpu_time") >= 40e6);
	json_decref(root);
}

static void show_threads(struct gbench_state *s, void *data)
{
	int i = gbench__thread_index(s);

	once(s, data);
	gbench__counter(s, "bits", 1 << i, GBENCH_PLAIN);
	gbench__counter(s, "avg", gbench__thread_count(s), GBENCH_AVG_THREADS);
}

static void threads_are_as_many_and_each_has_its_index(void **state)
{
	static const int n[] = { 1, 2, 4, 5, 2, 4 };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct gbench *b;
	json_t *root;

	(void)state;
	b = brief("t", show_threads, NULL);
	assert_int_equal(gbench__thread_range(b, 1, 5), 0);	/* 1 2 4 5 */
	b = brief("d", show_threads, NULL);
	assert_int_equal(gbench__dense_thread_range(b, 2, 4, 2), 0);
	b = brief("c", show_threads, NULL);
	assert_int_equal(gbench__thread_per_cpu(b), 0);
	b = brief("e", show_threads, NULL);
	assert_int_equal(gbench__threads(b, 3), 0);
	root = run_json(NULL, 8);
	for (size_t i = 0; i < ARRAY_SIZE(n); i++) {
		char *name = xasprintf("%c/iterations:1/threads:%d", i < 4 ? 't' : 'd', n[i]);
		json_t *run = named(root, name);

		assert_float_equal(number(run, "bits"), (1 << n[i]) - 1, 0);
		assert_float_equal(number(run, "avg"), n[i], 0);
		assert_float_equal(number(run, "threads"), n[i], 0);
		free(name);
	}
	assert_float_equal(number(nth(root, 6), "threads"), cpus, 0);
	assert_float_equal(number(named(root, "e/iterations:1/threads:3"), "bits"), 7, 0);
	json_decref(root);
}

static void count_things(struct gbench_state *s, void *data)
{
	manual(s, data);
	gbench__counter(s, "plain", 1, GBENCH_PLAIN);
	gbench__counter(s, "plain", 12.5, GBENCH_PLAIN);
	gbench__counter(s, "rate", 100, GBENCH_RATE);
	gbench__counter(s, "inverse", 100, GBENCH_RATE | GBENCH_INVERT);
	gbench__counter(s, "each", 80, GBENCH_AVG_ITERATIONS);
	gbench__counter(s, "times", 3, GBENCH_PER_ITERATION_IS);
	gbench__counter_int(s, "big", 1536, GBENCH_1024);
	gbench__counter_int(s, "large", 1500, GBENCH_PLAIN);
	assert_int_equal(gbench__set_items_processed(s, 50), 0);
	assert_int_equal(gbench__set_bytes_processed(s, 4096), 0);
	assert_int_equal(gbench__counter(s, "", 1, 0), -EINVAL);
	assert_int_equal(gbench__set_label(s, "what it is"), 0);
}

/* 8 iterations of a quarter of a second: 2 s. */
static void counters_are_divided_as_asked_for(void **state)
{
	static const struct { const char *name; double v; } want[] = {
		{ "plain", 12.5 }, { "rate", 50 }, { "inverse", 0.02 },
		{ "each", 10 }, { "times", 24 }, { "big", 1536 },
		{ "items_per_second", 25 }, { "bytes_per_second", 2048 },
	};
	struct gbench_output out = { GBENCH_CONSOLE, tmpfile() };
	struct manual quarter = { 0.25 };
	char table[4096] = "";
	json_t *root;

	(void)state;
	timed("c", count_things, &quarter, 8);
	root = run_json(NULL, 1);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		assert_float_equal(number(nth(root, 0), want[i].name), want[i].v, 1e-12);
	assert_string_equal(text(nth(root, 0), "label"), "what it is");
	json_decref(root);
	assert_int_equal(gbench__run(NULL, &out, 1), 1);
	rewind(out.file);
	assert_true(fread(table, 1, sizeof(table) - 1, out.file) > 0);
	fclose(out.file);
	assert_non_null(strstr(table, " big=1.5k"));
	assert_non_null(strstr(table, " large=1.5k"));
	assert_non_null(strstr(table, " bytes_per_second=2k/s"));
	assert_non_null(strstr(table, "what it is"));
	assert_null(strchr(table, '\033'));
}

static int bodies_after_skip;

static void skip_in_the_loop(struct gbench_state *s, void *data)
{
	(void)data;
	while (gbench__keep_running(s)) {
		bodies_after_skip++;
		assert_false(gbench__skipped(s));
		assert_int_equal(gbench__skip_with_error(s, "no \"luck\""), 0);
		assert_true(gbench__skipped(s));
		assert_int_equal(gbench__pause_timing(s), -EINVAL);
	}
}

static void skip_before(struct gbench_state *s, void *data)
{
	if (gbench__thread_index(s) == gbench__thread_count(s) - 1)
		gbench__skip_with_error(s, data);
	gbench__for_each(s)
		bodies_after_skip += 100 * (data && gbench__skipped(s));
}

static void skip_and_return(struct gbench_state *s, void *data)
{
	gbench__skip_with_error(s, data);
}

static void leave_early(struct gbench_state *s, void *data)
{
	if (gbench__keep_running(s) && data)
		gbench__pause_timing(s);
}

static void no_loop(struct gbench_state *s, void *data)
{
	if (gbench__thread_index(s) == 0)
		return;
	once(s, data);
}

static void ask_for_too_much(struct gbench_state *s, void *data)
{
	once(s, data);
	assert_int_equal(gbench__range(s, 1), 0);
}

static void uneven_batches(struct gbench_state *s, void *data)
{
	int64_t n = 3;

	(void)data;
	while (gbench__keep_running_batch(s, n))
		n = 1000;
}

static void no_batch(struct gbench_state *s, void *data)
{
	(void)data;
	while (gbench__keep_running_batch(s, 0))
		;
}

static void what_has_no_figures_says_why(void **state)
{
	static const struct {
		gbench_fn fn;
		int threads;
		const char *why;
	} row[] = {
		{ skip_in_the_loop, 1, "no \"luck\"" },
		{ skip_before, 1, "before" },
		{ skip_before, 3, "the last" },
		{ skip_and_return, 2, "all gone" },
		{ leave_early, 1, "returned before the end of its loop" },
		{ leave_early, 2, "returned before the end of its loop" },
		{ no_loop, 1, "returned without a loop" },
		{ no_loop, 2, "returned without a loop" },
		{ ask_for_too_much, 1, "asked for an argument it does not have" },
		{ uneven_batches, 1, "batches of different size, or of none" },
		{ no_batch, 1, "batches of different size, or of none" },
	};
	json_t *root;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct gbench *b = gbench__register("x", row[i].fn, (void *)row[i].why);

		gbench__iterations(b, 100);
		gbench__threads(b, row[i].threads);
		if (row[i].fn == ask_for_too_much)
			gbench__arg(b, 5);
	}
	brief("good", once, NULL);
	root = run_json(NULL, ARRAY_SIZE(row) + 1);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		assert_true(json_is_true(json_object_get(nth(root, i), "error_occurred")));
		assert_string_equal(text(nth(root, i), "error_message"), row[i].why);
	}
	assert_null(json_object_get(named(root, "good/iterations:1"), "error_occurred"));
	assert_int_equal(gbench__failed(), ARRAY_SIZE(row));
	assert_int_equal(bodies_after_skip, 1);
	json_decref(root);
	json_decref(run_json("good", 1));
	assert_int_equal(gbench__failed(), 0);
}

static double spread(const double *v, size_t n)
{
	double lo = v[0], hi = v[0];

	for (size_t i = 1; i < n; i++) {
		lo = v[i] < lo ? v[i] : lo;
		hi = v[i] > hi ? v[i] : hi;
	}
	return hi - lo;
}

static double number_of(const double *v, size_t n)
{
	(void)v;
	return n;
}

static void growing(struct gbench_state *s, void *data)
{
	static const double seconds[] = { 1, 2, 6 };
	int *i = data;
	struct manual m = { seconds[*i % 3] };

	manual(s, &m);
	gbench__counter(s, "ten", 10 * m.seconds, GBENCH_PLAIN);
	(*i)++;
}

static struct gbench *thrice(const char *name, int *i)
{
	struct gbench *b = timed(name, growing, i, 1);

	assert_int_equal(gbench__repetitions(b, 3), 0);
	assert_int_equal(gbench__unit(b, GBENCH_S), 0);
	assert_int_equal(gbench__statistic(b, "spread", spread, false), 0);
	assert_int_equal(gbench__statistic(b, "count", number_of, true), 0);
	return b;
}

static void a_statistic_of_ones_own_stands_with_the_others(void **state)
{
	static const char base[] = "g/iterations:1/repeats:3/manual_time_";
	static const struct { const char *name; double time, ten; } want[] = {
		{ "mean", 3, 30 }, { "median", 2, 20 }, { "spread", 5, 50 },
		{ "count", 3, 3 },
	};
	struct gbench *b;
	int i = 0, j = 0;
	json_t *root;

	(void)state;
	thrice("g", &i);
	b = thrice("only", &j);
	assert_int_equal(gbench__report_aggregates_only(b, true), 0);
	root = run_json(NULL, 2);
	assert_int_equal(how_many(root), 3 + 6 + 6);
	for (size_t k = 0; k < ARRAY_SIZE(want); k++) {
		char *name = xasprintf("%s%s", base, want[k].name);
		json_t *run = named(root, name);

		assert_string_equal(text(run, "run_type"), "aggregate");
		assert_string_equal(text(run, "aggregate_name"), want[k].name);
		assert_string_equal(text(run, "aggregate_unit"),
				    k == 3 ? "percentage" : "time");
		assert_float_equal(number(run, "real_time"), want[k].time, 1e-9);
		assert_float_equal(number(run, "ten"), want[k].ten, 1e-9);
		free(name);
	}
	json_decref(root);
}

static void a_display_of_aggregates_only_leaves_the_file_whole(void **state)
{
	char path[] = "/tmp/faultline-gbench.XXXXXX", *flag;
	int fd = mkstemp(path), i = 0;
	json_t *root, *file;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	flag = xasprintf("--benchmark_out=%s", path);
	flags(flag);
	assert_int_equal(gbench__display_aggregates_only(thrice("g", &i), true), 0);
	root = run_json(NULL, 1);
	flags("--benchmark_out=");
	assert_int_equal(how_many(root), 6);
	file = json_load_file(path, 0, NULL);
	assert_non_null(file);
	assert_int_equal(how_many(file), 9);
	json_decref(root);
	json_decref(file);
	unlink(path);
	free(flag);
}

static double other[GBENCH_STATISTICS];
#define STATISTIC(i) static double stat##i(const double *v, size_t n) { (void)v; return other[i] = n + i; }
STATISTIC(0) STATISTIC(1) STATISTIC(2) STATISTIC(3) STATISTIC(4) STATISTIC(5)
STATISTIC(6) STATISTIC(7) STATISTIC(8) STATISTIC(9) STATISTIC(10) STATISTIC(11)
STATISTIC(12) STATISTIC(13) STATISTIC(14) STATISTIC(15)

static void there_is_room_for_sixteen_statistics_each_its_own(void **state)
{
	static const gbench_statistic_fn fn[GBENCH_STATISTICS] = {
		stat0, stat1, stat2, stat3, stat4, stat5, stat6, stat7, stat8,
		stat9, stat10, stat11, stat12, stat13, stat14, stat15,
	};
	struct gbench *b;
	json_t *root;

	(void)state;
	b = brief("g", once, NULL);
	gbench__repetitions(b, 2);
	for (int i = 0; i < GBENCH_STATISTICS; i++) {
		char *name = xasprintf("s%d", i);

		assert_int_equal(gbench__statistic(b, name, fn[i], true), 0);
		free(name);
	}
	assert_int_equal(gbench__statistic(b, "again", fn[3], true), 0);
	root = run_json(NULL, 1);
	for (int i = 0; i < GBENCH_STATISTICS; i++) {
		char *name = xasprintf("g/iterations:1/repeats:2_s%d", i);

		assert_float_equal(number(named(root, name), "real_time"), 2 + i, 0);
		free(name);
	}
	json_decref(root);
	assert_int_equal(gbench__statistic(b, "more", spread, true), -ENOSPC);
	assert_int_equal(gbench__run(NULL, NULL, 0), -ENOSPC);
	gbench__clear();
	b = brief("g", once, NULL);
	assert_int_equal(gbench__statistic(b, "more", spread, true), 0);
}

static void as_long_as_n(struct gbench_state *s, void *data)
{
	struct manual m = { gbench__range(s, 0) };

	(void)data;
	assert_int_equal(gbench__set_complexity_n(s, 0), -EINVAL);
	assert_int_equal(gbench__set_complexity_n(s, m.seconds), 0);
	manual(s, &m);
}

static void complexity_is_fitted(void **state)
{
	struct gbench *b;
	json_t *root, *fit;

	(void)state;
	b = timed("n", as_long_as_n, NULL, 1);
	gbench__dense_range(b, 16, 128, 16);
	assert_int_equal(gbench__complexity(b, GBENCH_O_N), 0);
	root = run_json(NULL, 8);
	fit = named(root, "n/iterations:1/manual_time_BigO");
	assert_string_equal(text(fit, "big_o"), "N");
	assert_float_equal(number(fit, "real_coefficient"), 1e9, 1);
	json_decref(root);
}

static void the_filter_selects(void **state)
{
	char *argv[] = { "test", "--benchmark_filter=^ab$", NULL };
	json_t *root;
	int argc = 2;

	(void)state;
	gbench__register("ab", once, NULL);
	gbench__register("abc", once, NULL);
	gbench__register("xyz", once, NULL);
	flags("--benchmark_min_time=0.001");
	root = run_json("^a", 2);
	assert_string_equal(text(nth(root, 1), "name"), "abc");
	json_decref(root);
	root = run_json("-^a", 1);
	assert_string_equal(text(nth(root, 0), "name"), "xyz");
	json_decref(root);
	assert_int_equal(gbench__run("none", NULL, 0), 0);
	assert_int_equal(gbench__run("a[", NULL, 0), 0);
	assert_int_equal(gbench__initialize(&argc, argv), 0);
	root = run_json(NULL, 1);
	assert_string_equal(text(nth(root, 0), "name"), "ab");
	json_decref(root);
	flags("--benchmark_filter=");
}

static char order[64];

static void note(struct gbench_state *s, void *data)
{
	once(s, NULL);
	strncat(order, data, 1);
}

static void interleaving_runs_all_repetitions_in_random_order(void **state)
{
	json_t *root;
	int changes;

	(void)state;
	brief("a", note, "a");
	brief("b", note, "b");
	flags("--benchmark_repetitions=12");
	json_decref(run_json(NULL, 2));
	assert_string_equal(order, "aaaaaaaaaaaabbbbbbbbbbbb");
	order[0] = '\0';
	flags("--benchmark_enable_random_interleaving=true");
	root = run_json(NULL, 2);
	flags("--benchmark_enable_random_interleaving=false");
	flags("--benchmark_repetitions=1");
	/* One in 700000 runs is not mixed up. */
	changes = 0;
	for (size_t i = 1; i < 24; i++)
		changes += order[i] != order[i - 1];
	assert_int_equal(strlen(order), 24);
	assert_true(changes > 1);
	assert_int_equal(how_many(root), 2 * (12 + 4));
	assert_float_equal(number(named(root, "b/iterations:1"), "repetitions"), 12, 0);
	json_decref(root);
}

static void counted(struct gbench_state *s, void *name)
{
	once(s, NULL);
	gbench__counter(s, name, 5, GBENCH_PLAIN);
}

static char *contents(FILE *f)
{
	char *s = xcalloc(1, 8192);

	rewind(f);
	assert_true(fread(s, 1, 8191, f) > 0);
	fclose(f);
	return s;
}

/* CSVs whose benchmarks differ in counters make the library abort. */
static void outputs_of_one_run_say_the_same(void **state)
{
	struct gbench_output out[] = {
		{ GBENCH_CONSOLE, tmpfile() }, { GBENCH_JSON, tmpfile() },
		{ GBENCH_CSV, tmpfile() }, { GBENCH_DISPLAY, tmpfile() },
	};
	char *s[4];

	(void)state;
	brief("left", counted, "l");
	brief("right", counted, "r");
	assert_int_equal(gbench__run(NULL, out, 4), 2);
	for (int i = 0; i < 4; i++) {
		s[i] = contents(out[i].file);
		assert_non_null(strstr(s[i], "left/iterations:1"));
		assert_non_null(strstr(s[i], "right/iterations:1"));
	}
	assert_non_null(strstr(s[0], " r=5"));
	assert_non_null(strstr(s[2], ",\"l\",\"r\"\n"));
	assert_non_null(strstr(s[2], ",5,\n"));
	assert_non_null(strstr(s[2], ",,5\n"));
	for (int i = 0; i < 4; i++)
		free(s[i]);
}

/* The library takes the format for its display from the first run it sees. */
static void an_output_is_whole_however_often_it_is_written(void **state)
{
	(void)state;
	brief("a", once, NULL);
	for (int i = 0; i < 3; i++) {
		struct gbench_output out[] = {
			{ GBENCH_DISPLAY, tmpfile() }, { GBENCH_CSV, tmpfile() },
		};
		char *display, *csv;

		json_decref(run_json(NULL, 1));
		assert_int_equal(gbench__run(NULL, out, 2), 1);
		display = contents(out[0].file);
		csv = contents(out[1].file);
		assert_non_null(strstr(display, "Iterations"));
		assert_true(!strncmp(csv, "name,iterations,", 16));
		free(display);
		free(csv);
	}
}

static void an_output_that_cannot_be_written_is_an_error(void **state)
{
	struct gbench_output out = { GBENCH_JSON, fopen("/dev/full", "w") };

	(void)state;
	assert_non_null(out.file);
	brief("a", once, NULL);
	assert_int_equal(gbench__run(NULL, &out, 1), -EIO);
	fclose(out.file);
	out.file = NULL;
	assert_int_equal(gbench__run(NULL, &out, 1), -EINVAL);
}

static void context_is_in_the_output_until_shutdown(void **state)
{
	json_t *root;

	(void)state;
	brief("a", once, NULL);
	assert_int_equal(gbench__add_context("kernel", "6.1"), 0);
	assert_int_equal(gbench__add_context("kernel", "6.12"), -EEXIST);
	assert_int_equal(gbench__add_context("", "x"), -EINVAL);
	root = run_json(NULL, 1);
	assert_string_equal(text(json_object_get(root, "context"), "kernel"), "6.1");
	json_decref(root);
	gbench__shutdown();
	gbench__shutdown();
	assert_int_equal(gbench__run(NULL, NULL, 0), 0);
	brief("a", once, NULL);
	root = run_json(NULL, 1);
	assert_string_equal(text(json_object_get(root, "context"), "kernel"), "(none)");
	json_decref(root);
}

static void flags_are_taken_out_and_others_stay(void **state)
{
	char *argv[] = { "test", "mine", "--benchmark_repetitions=1",
			 "--benchmark_repetitions=many", NULL };
	char *wrong[] = { "test", "--benchmark_format=xml", NULL };
	char *back[] = { "test", "--benchmark_format=console", NULL };
	char *help[] = { "test", "--help", NULL };
	int argc = 4;

	(void)state;
	assert_int_equal(gbench__initialize(&argc, argv), 0);
	assert_int_equal(argc, 3);
	assert_string_equal(argv[1], "mine");
	assert_string_equal(argv[2], "--benchmark_repetitions=many");
	assert_true(gbench__report_unrecognized(argc, argv));
	assert_false(gbench__report_unrecognized(1, argv));
	argc = 2;
	assert_int_equal(gbench__initialize(&argc, wrong), -EINVAL);
	argc = 2;
	assert_int_equal(gbench__initialize(&argc, help), 1);
	argc = 2;
	assert_int_equal(gbench__initialize(&argc, back), 0);
	argc = 0;
	assert_int_equal(gbench__initialize(&argc, argv), -EINVAL);
}

/* Adds the seconds it took, by the clock, to *total: warm-up included. */
static void naps(struct gbench_state *s, void *total)
{
	struct timespec a, b;

	gbench__for_each(s) {
		clock_gettime(CLOCK_MONOTONIC, &a);
		nap(1);
		clock_gettime(CLOCK_MONOTONIC, &b);
		*(double *)total += b.tv_sec - a.tv_sec + (b.tv_nsec - a.tv_nsec) / 1e9;
	}
}

static void a_benchmark_runs_as_long_as_it_is_told(void **state)
{
	double slept[3] = { 0 };
	struct gbench *b[3];
	json_t *root;

	(void)state;
	flags("--benchmark_min_time=0.004");
	for (int i = 0; i < 3; i++) {
		b[i] = gbench__register(i == 0 ? "flag" : i == 1 ? "own" : "warm",
					naps, &slept[i]);
		gbench__use_real_time(b[i]);
	}
	assert_int_equal(gbench__min_time(b[1], 0.06), 0);
	gbench__min_time(b[2], 0.004);
	assert_int_equal(gbench__min_warmup_time(b[2], 0.2), 0);
	root = run_json(NULL, 3);
	flags("--benchmark_min_time=0.5");
	for (int i = 0; i < 3; i++) {
		json_t *run = nth(root, i);
		double ms = number(run, "iterations") * number(run, "real_time") / 1e6;

		assert_true(ms >= (i == 1 ? 60 : 4));
	}
	assert_true(slept[2] >= 0.18);
	json_decref(root);
}

static int calls;

static __attribute__((const, noinline)) int pure(int x)
{
	calls++;
	return x;
}

static int seen;

__attribute__((optimize("O2"), noinline)) static int known(void)
{
	int x = 1;

	return __builtin_constant_p(x);
}

__attribute__((optimize("O2"), noinline)) static int known_after_forget(void)
{
	int x = 1;

	gbench__forget(x);
	return __builtin_constant_p(x) * 2 + (x != 1);
}

__attribute__((optimize("O2"), noinline)) static int known_after_clobber(void)
{
	seen = 1;
	gbench__clobber_memory();
	return __builtin_constant_p(seen);
}

__attribute__((optimize("O2"), noinline)) static void drop(void)
{
	(void)pure(2);
}

__attribute__((optimize("O2"), noinline)) static void keep(void)
{
	struct { long a[4]; } big = { { 1 } };

	gbench__do_not_optimize(pure(2));
	gbench__do_not_optimize(big);
}

static void the_compiler_does_not_see_through(void **state)
{
	(void)state;
	assert_true(known());
	assert_int_equal(known_after_forget(), 0);
	assert_int_equal(known_after_clobber(), 0);
	drop();
	assert_int_equal(calls, 0);
	keep();
	assert_int_equal(calls, 1);
}

/* The library aborts for each of these. */
static void what_the_library_aborts_for_is_an_error(void **state)
{
	static const int64_t v[] = { 1, 2 }, backwards[][2] = { { 2, 1 } };
	static const int64_t *const list[] = { v };
	static const char *const name[] = { NULL };
	static const size_t empty[] = { 0 };
	struct gbench *b, *real, *fixed, *timed_;

	(void)state;
	errno = 0;
	assert_null(gbench__register("", once, NULL));
	assert_int_equal(errno, EINVAL);
	assert_null(gbench__register("a", NULL, NULL));
	assert_int_equal(gbench__arg(NULL, 1), -EINVAL);
	assert_int_equal(gbench__use_real_time(NULL), -EINVAL);
	b = gbench__register("a", once, NULL);
	real = gbench__register("b", once, NULL);
	fixed = gbench__register("c", once, NULL);
	timed_ = gbench__register("d", once, NULL);
	assert_int_equal(gbench__args(b, v, 0), -EINVAL);
	assert_int_equal(gbench__args(b, NULL, 1), -EINVAL);
	assert_int_equal(gbench__arg(b, 1), 0);
	assert_int_equal(gbench__args(b, v, 2), -EINVAL);
	assert_int_equal(gbench__range_of_args(b, 2, 1), -EINVAL);
	assert_int_equal(gbench__dense_range(b, 2, 1, 1), -EINVAL);
	assert_int_equal(gbench__dense_range(b, 1, 2, 0), -EINVAL);
	assert_int_equal(gbench__ranges(b, backwards, 1), -EINVAL);
	assert_int_equal(gbench__args_product(b, list, empty, 1), -EINVAL);
	assert_int_equal(gbench__arg_names(b, name, 1), -EINVAL);
	assert_int_equal(gbench__range_multiplier(b, 1), -EINVAL);
	assert_int_equal(gbench__threads(b, 0), -EINVAL);
	assert_int_equal(gbench__thread_range(b, 0, 1), -EINVAL);
	assert_int_equal(gbench__thread_range(b, 2, 1), -EINVAL);
	assert_int_equal(gbench__dense_thread_range(b, 1, 2, 0), -EINVAL);
	assert_int_equal(gbench__repetitions(b, 0), -EINVAL);
	assert_int_equal(gbench__unit(b, 4), -EINVAL);
	assert_int_equal(gbench__complexity(b, 99), -EINVAL);
	assert_int_equal(gbench__statistic(b, "", spread, false), -EINVAL);
	assert_int_equal(gbench__statistic(b, "s", NULL, false), -EINVAL);
	assert_int_equal(gbench__use_real_time(real), 0);
	assert_int_equal(gbench__use_manual_time(real), -EINVAL);
	assert_int_equal(gbench__use_manual_time(fixed), 0);
	assert_int_equal(gbench__use_real_time(fixed), -EINVAL);
	assert_int_equal(gbench__iterations(fixed, 0), -EINVAL);
	assert_int_equal(gbench__iterations(fixed, 1), 0);
	assert_int_equal(gbench__min_time(fixed, 1), -EINVAL);
	assert_int_equal(gbench__min_warmup_time(fixed, 1), -EINVAL);
	assert_int_equal(gbench__min_time(timed_, 0), -EINVAL);
	assert_int_equal(gbench__min_warmup_time(timed_, -1), -EINVAL);
	assert_int_equal(gbench__min_time(timed_, 1), 0);
	assert_int_equal(gbench__iterations(timed_, 1), -EINVAL);
	assert_int_equal(gbench__run(NULL, NULL, 0), -EINVAL);
}

static void wrong_times(struct gbench_state *s, void *data)
{
	(void)data;
	gbench__for_each(s) {
		assert_int_equal(gbench__set_iteration_time(s, -1), -EINVAL);
		assert_int_equal(gbench__set_iteration_time(s, __builtin_nan("")), -EINVAL);
		assert_int_equal(gbench__set_iteration_time(s, 0.5), 0);
	}
	assert_int_equal(gbench__set_label(s, NULL), -EINVAL);
}

static void a_time_that_is_none_is_not_added(void **state)
{
	json_t *root;

	(void)state;
	timed("t", wrong_times, NULL, 2);
	root = run_json(NULL, 1);
	assert_float_equal(number(nth(root, 0), "real_time"), 0.5e9, 0);
	json_decref(root);
}


/* The library takes the display's format once: in a process of its own. */
static void a_display_follows_its_flag_run_after_run(void **state)
{
	int status = -1;
	pid_t pid = fork();

	(void)state;
	if (!pid) {
		struct gbench_output out = { GBENCH_DISPLAY, NULL };
		int bad = 0;

		brief("a", once, NULL);
		flags("--benchmark_format=json");
		for (int i = 0; i < 2; i++) {
			json_t *root;

			out.file = tmpfile();
			bad += gbench__run(NULL, &out, 1) != 1;
			rewind(out.file);
			root = json_loadf(out.file, 0, NULL);
			bad += !root || how_many(root) != 1;
			fclose(out.file);
		}
		_exit(bad);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* C++'s operator new, and what it throws. */
void *_Znwm(size_t n);
_Noreturn void _ZSt17__throw_bad_allocv(void);

static bool no_memory;

void *_Znwm(size_t n)
{
	void *p = no_memory ? NULL : malloc(n);

	if (!p)
		_ZSt17__throw_bad_allocv();
	return p;
}

static void run_out(struct gbench_state *s, void *data)
{
	static const char name[] = "a name too long to be kept without memory";

	once(s, data);
	no_memory = true;
	assert_int_equal(gbench__counter(s, name, 1, GBENCH_PLAIN), -ENOMEM);
	assert_int_equal(gbench__counter_int(s, name, 1, GBENCH_PLAIN), -ENOMEM);
	assert_int_equal(gbench__set_items_processed(s, 1), -ENOMEM);
	assert_int_equal(gbench__set_bytes_processed(s, 1), -ENOMEM);
	assert_int_equal(gbench__set_label(s, name), -ENOMEM);
	no_memory = false;
}

static void no_exception_comes_out_of_cplusplus(void **state)
{
	static const int64_t v[] = { 1 };
	char *argv[] = { "test", "--benchmark_filter=a name too long to be kept without memory", NULL };
	struct gbench *b;
	int argc = 2;

	(void)state;
	b = brief("a", run_out, NULL);
	no_memory = true;
	errno = 0;
	assert_null(gbench__register("b", once, NULL));
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(gbench__add_context("key", "value"), -ENOMEM);
	assert_int_equal(gbench__initialize(&argc, argv), -ENOMEM);
	assert_int_equal(gbench__run(NULL, NULL, 0), -ENOMEM);
	no_memory = false;
	json_decref(run_json(NULL, 1));
	no_memory = true;
	assert_int_equal(gbench__args(b, v, 1), -ENOMEM);
	assert_int_equal(gbench__statistic(b, "s", spread, false), -ENOMEM);
	no_memory = false;
	assert_int_equal(gbench__run(NULL, NULL, 0), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_display_follows_its_flag_run_after_run, clear),
		cmocka_unit_test_teardown(arguments_stand_in_names_and_reach_the_function, clear),
		cmocka_unit_test_teardown(every_iteration_is_run_once_in_each_form_of_loop, clear),
		cmocka_unit_test_teardown(paused_time_does_not_count, clear),
		cmocka_unit_test_teardown(manual_time_is_what_was_set_in_every_unit, clear),
		cmocka_unit_test_teardown(process_time_is_that_of_all_threads, clear),
		cmocka_unit_test_teardown(threads_are_as_many_and_each_has_its_index, clear),
		cmocka_unit_test_teardown(counters_are_divided_as_asked_for, clear),
		cmocka_unit_test_teardown(what_has_no_figures_says_why, clear),
		cmocka_unit_test_teardown(a_statistic_of_ones_own_stands_with_the_others, clear),
		cmocka_unit_test_teardown(a_display_of_aggregates_only_leaves_the_file_whole, clear),
		cmocka_unit_test_teardown(there_is_room_for_sixteen_statistics_each_its_own, clear),
		cmocka_unit_test_teardown(complexity_is_fitted, clear),
		cmocka_unit_test_teardown(the_filter_selects, clear),
		cmocka_unit_test_teardown(interleaving_runs_all_repetitions_in_random_order, clear),
		cmocka_unit_test_teardown(outputs_of_one_run_say_the_same, clear),
		cmocka_unit_test_teardown(an_output_is_whole_however_often_it_is_written, clear),
		cmocka_unit_test_teardown(an_output_that_cannot_be_written_is_an_error, clear),
		cmocka_unit_test_teardown(context_is_in_the_output_until_shutdown, clear),
		cmocka_unit_test_teardown(flags_are_taken_out_and_others_stay, clear),
		cmocka_unit_test_teardown(a_benchmark_runs_as_long_as_it_is_told, clear),
		cmocka_unit_test_teardown(the_compiler_does_not_see_through, clear),
		cmocka_unit_test_teardown(what_the_library_aborts_for_is_an_error, clear),
		cmocka_unit_test_teardown(no_exception_comes_out_of_cplusplus, clear),
		cmocka_unit_test_teardown(a_time_that_is_none_is_not_added, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
