/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Google Benchmark for C. A benchmark is a C function with a loop that the
 * library times; everything else, its flags, repetitions, aggregates and
 * output formats, is the library's own:
 *
 *	static void copy(struct gbench_state *s, void *data)
 *	{
 *		gbench__for_each(s)
 *			memcpy(data, other, gbench__range(s, 0));
 *	}
 *
 *	b = gbench__register("copy", copy, buffer);
 *	gbench__range_of_args(b, 8, 4096);
 *	gbench__initialize(&argc, argv);
 *	gbench__run(NULL, NULL, 0);
 *
 * Functions that return int return 0 or -errno, and what they could not do is
 * not done: -EINVAL for a value or an order of calls that the library would
 * abort the process for, -ENOMEM. A benchmark's first error sticks, so that it
 * need not be looked at before gbench__run(), which returns it. No exception
 * leaves any of them. Only gbench__run()'s benchmarks run in threads; all
 * functions without a state are for one thread.
 */
#ifndef FAULTLINE_GBENCH_H
#define FAULTLINE_GBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Registering: a family of benchmarks, one for each set of arguments. */

struct gbench;
struct gbench_state;

/*
 * Run the loop once. Called several times, with growing numbers of iterations
 * until they take the minimum time, and by as many threads at once as are
 * asked for; data is what was registered, the same for all.
 */
typedef void (*gbench_fn)(struct gbench_state *s, void *data);

/*
 * A new benchmark, run after those registered before it; the name is copied.
 * Valid until gbench__clear() or gbench__shutdown(). NULL with errno EINVAL
 * (no name, no function) or ENOMEM.
 */
struct gbench *gbench__register(const char *name, gbench_fn fn, void *data);

/*
 * Arguments, read by gbench__range(); each call adds benchmarks. They stand in
 * the name, "copy/8/1". All of a benchmark's sets have the same number of
 * arguments, or -EINVAL.
 */
/* One benchmark with one argument. */
int gbench__arg(struct gbench *b, int64_t value);
/* One benchmark with n arguments. */
int gbench__args(struct gbench *b, const int64_t *value, size_t n);
/* One argument: lo, the powers of the multiplier between, hi; lo <= hi. */
int gbench__range_of_args(struct gbench *b, int64_t lo, int64_t hi);
/* One argument: lo, lo + step ... not above hi; lo <= hi, step > 0. */
int gbench__dense_range(struct gbench *b, int64_t lo, int64_t hi, int step);
/* n arguments, each of its own { lo, hi }, in every combination. */
int gbench__ranges(struct gbench *b, const int64_t (*range)[2], size_t n);
/* n arguments: every combination of list[i][0 .. len[i]), none empty. */
int gbench__args_product(struct gbench *b, const int64_t *const *list,
			 const size_t *len, size_t n);
/* What the ranges after this call multiply by, from 2 on; 8 until then. */
int gbench__range_multiplier(struct gbench *b, int multiplier);
/* Names of the n arguments, copied: "copy/bytes:8/align:1". */
int gbench__arg_names(struct gbench *b, const char *const *name, size_t n);

/* Threads; each call adds benchmarks, with "/threads:n" in the name. n > 0. */
int gbench__threads(struct gbench *b, int n);
/* lo, the powers of two between, hi; 0 < lo <= hi. */
int gbench__thread_range(struct gbench *b, int lo, int hi);
/* lo, lo + step ... and hi; 0 < lo <= hi, step > 0. */
int gbench__dense_thread_range(struct gbench *b, int lo, int hi, int step);
/* As many threads as there are processors. */
int gbench__thread_per_cpu(struct gbench *b);

/*
 * Which time says how many iterations are run and what rates are per: CPU time
 * of the thread unless one of these is called. The first two exclude each
 * other (-EINVAL).
 */
int gbench__use_real_time(struct gbench *b);
/* The sum of gbench__set_iteration_time(); real_time in the output. */
int gbench__use_manual_time(struct gbench *b);
/* CPU time is that of the whole process, not of the benchmark's thread. */
int gbench__measure_process_cpu_time(struct gbench *b);

/*
 * How long: seconds > 0, warm-up seconds >= 0, or exactly n > 0 iterations,
 * which excludes the others (-EINVAL). These go before the flags; of warm-up the
 * library takes notice only where gbench__min_time() is called as well.
 */
int gbench__min_time(struct gbench *b, double seconds);
int gbench__min_warmup_time(struct gbench *b, double seconds);
int gbench__iterations(struct gbench *b, int64_t n);
/* n > 0. From 2 on there are aggregates: mean, median, stddev, cv. */
int gbench__repetitions(struct gbench *b, int n);
/* Aggregates only, in all outputs; or in those of gbench__run() but not in --benchmark_out. */
int gbench__report_aggregates_only(struct gbench *b, bool on);
int gbench__display_aggregates_only(struct gbench *b, bool on);

enum gbench_unit { GBENCH_NS, GBENCH_US, GBENCH_MS, GBENCH_S };

/* What times are printed in; does not change what is measured. */
int gbench__unit(struct gbench *b, enum gbench_unit unit);

/* Over n values, n > 0; values do not outlive the call. */
typedef double (*gbench_statistic_fn)(const double *value, size_t n);

/*
 * One more aggregate, called name, when there are repetitions. fn sees one
 * value a repetition: all its seconds, of all iterations (the output divides
 * by iterations and goes by unit), then in calls of their own its CPU seconds
 * and each counter's values. As a ratio the result is printed as it is, as
 * percentage. -ENOSPC: GBENCH_STATISTICS different functions are there.
 */
#define GBENCH_STATISTICS 16
int gbench__statistic(struct gbench *b, const char *name,
		      gbench_statistic_fn fn, bool ratio);

enum gbench_complexity {
	GBENCH_O_NONE, GBENCH_O_1, GBENCH_O_N, GBENCH_O_N_SQUARED,
	GBENCH_O_N_CUBED, GBENCH_O_LOG_N, GBENCH_O_N_LOG_N,
	GBENCH_O_AUTO,		/* what fits CPU time best */
};

/* Fit time over gbench__set_complexity_n(): aggregates BigO and RMS. */
int gbench__complexity(struct gbench *b, enum gbench_complexity o);

/* Running: what a benchmark's function may call, from its own thread. */

struct gbench_state {
	int64_t left;		/* iterations until the library is asked */
	struct gbench_run *run;	/* gbench.cc's */
};

bool gbench__next(struct gbench_state *s, int64_t n);

/*
 * The loop, in one of three forms, run once per call and to its end; a function that
 * returns before is reported with an error_message. Timing starts with it.
 */
/* while (gbench__keep_running(s)) body; */
static inline bool gbench__keep_running(struct gbench_state *s)
{
	if (__builtin_expect(s->left >= 1, 1)) {
		s->left--;
		return true;
	}
	return gbench__next(s, 1);
}

/*
 * while (gbench__keep_running_batch(s, n)) n bodies; n > 0 is the same in all
 * of a loop. Iterations are rounded up to whole batches.
 */
static inline bool gbench__keep_running_batch(struct gbench_state *s, int64_t n)
{
	if (__builtin_expect(s->left >= n && n > 0, 1)) {
		s->left -= n;
		return true;
	}
	return gbench__next(s, n);
}

/*
 * All iterations at once, > 0, and 0 in the next call; the loop over them is
 * the caller's own, its counter in a register.
 */
int64_t gbench__take(struct gbench_state *s);
/*
 * gbench__for_each(s) body; the fastest. Leave it by break only after
 * gbench__skip_with_error().
 */
#define gbench__for_each(s)						\
	for (int64_t gbench_n; (gbench_n = gbench__take(s)) > 0;)	\
		for (; gbench_n > 0; gbench_n--)

/*
 * Do not time what is between; both take about a microsecond. -EINVAL outside
 * the loop, when paused twice or resumed while running. The loop's end resumes.
 */
int gbench__pause_timing(struct gbench_state *s);
int gbench__resume_timing(struct gbench_state *s);
/* Add to this thread's manual time; seconds >= 0 and finite, or -EINVAL. */
int gbench__set_iteration_time(struct gbench_state *s, double seconds);

/* Argument i. One that is not there is 0 and skips with an error. */
int64_t gbench__range(struct gbench_state *s, size_t i);
/* 0 .. gbench__thread_count() - 1. */
int gbench__thread_index(const struct gbench_state *s);
int gbench__thread_count(const struct gbench_state *s);
/*
 * How many iterations this thread does, before, in and after the loop (where
 * batches may have rounded it up).
 */
int64_t gbench__max_iterations(const struct gbench_state *s);

/* What becomes of a counter's value, over threads added up; | them. */
enum gbench_counter {
	GBENCH_PLAIN = 0,
	GBENCH_RATE = 1 << 0,		/* divided by seconds */
	GBENCH_AVG_THREADS = 1 << 1,	/* divided by threads */
	GBENCH_PER_ITERATION_IS = 1 << 2, /* multiplied by iterations */
	GBENCH_AVG_ITERATIONS = 1 << 3,	/* divided by iterations */
	GBENCH_INVERT = 1u << 31,	/* 1 / all that */
	GBENCH_1024 = 1 << 16,		/* k, M, G of consoles are 1024s */
};

/*
 * Set a counter, a top-level key of the JSON; a new value replaces the old.
 * Called by each thread. -EINVAL without a name. The second is for code
 * compiled without floating point.
 */
int gbench__counter(struct gbench_state *s, const char *name, double value,
		    unsigned int flags);
int gbench__counter_int(struct gbench_state *s, const char *name,
			int64_t value, unsigned int flags);
/* Counters items_per_second and bytes_per_second; n is of all iterations. */
int gbench__set_items_processed(struct gbench_state *s, int64_t n);
int gbench__set_bytes_processed(struct gbench_state *s, int64_t n);
/* What gbench__complexity() fits over, > 0. */
int gbench__set_complexity_n(struct gbench_state *s, int64_t n);
/* A text printed with the figures; it is copied. */
int gbench__set_label(struct gbench_state *s, const char *label);
/*
 * This run has no figures: its error_message is why, copied, of the first
 * thread that says so. The loop ends at its next test, or does not begin.
 */
int gbench__skip_with_error(struct gbench_state *s, const char *why);
bool gbench__skipped(const struct gbench_state *s);

/* The value must be there, in a register or in memory. */
#define gbench__do_not_optimize(value)					\
	__asm__ volatile("" : : "r,m"(value) : "memory")
/* The compiler no longer knows what is in a variable. */
#define gbench__forget(variable)					\
	__asm__ volatile("" : "+rm"(variable) : : "memory")
/* All writes to memory that others can see must be done. */
#define gbench__clobber_memory()	__asm__ volatile("" : : : "memory")

/* The program. */

/*
 * Take --benchmark_... and --v flags, all the library's, out of argv; argv[0]
 * must stay. 0; 1 when --help printed them; -EINVAL, with the flags on stdout,
 * when a format or colour is invalid. Invalid numbers stay in argv.
 */
int gbench__initialize(int *argc, char **argv);
/* Are there more than argv[0]? Then say on stderr which. */
bool gbench__report_unrecognized(int argc, char **argv);
/* A key and a value for the outputs' context. -EEXIST, -EINVAL without a key. */
int gbench__add_context(const char *key, const char *value);

enum gbench_format {
	GBENCH_DISPLAY,		/* what --benchmark_format says, by default a table */
	GBENCH_CONSOLE,		/* a table without colours */
	GBENCH_JSON,
	GBENCH_CSV,		/* written at the end, with all counters */
};

struct gbench_output {
	enum gbench_format format;
	FILE *file;		/* stays open, flushed at the end */
};

/*
 * Run all benchmarks whose name matches an extended regular expression ("-"
 * before it: does not match), or --benchmark_filter with NULL, and write to nr
 * outputs, or with nr 0 as GBENCH_DISPLAY to stdout; --benchmark_out is written
 * in any case. How many matched, 0 also when the expression is invalid (stderr
 * says so); -EIO when an output could not be written; else the first error of
 * registering or of nr outputs. May be called again.
 * The library ends the process by itself, with status 1, when --benchmark_out
 * cannot be opened, and aborts when a thread cannot be made.
 */
long gbench__run(const char *filter, const struct gbench_output *out, size_t nr);
/* How many runs of the last gbench__run() had an error_message. */
size_t gbench__failed(void);

/* Forget all benchmarks and their errors; statistics' room is free again. */
void gbench__clear(void);
/* That, and forget the context; gbench may be used again. */
void gbench__shutdown(void);

#ifdef __cplusplus
}
#endif
#endif
