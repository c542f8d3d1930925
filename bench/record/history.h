/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history: one SQLite file of what every run measured, append-only. A
 * series is one metric of one cell on one machine, a point is its figure in
 * one run. Storing only: what a figure is, bench/verdict/points.h says.
 *
 * A file may be no history, damaged, of a newer schema, locked for longer than
 * history_wait_s, or not writable: EXIT_HISTORY, EXIT_BUSY, EXIT_STORAGE, with a
 * message of which file, what was found and what to do. Such an error sticks to
 * the history, as one of a FILE does: from then on every function does nothing
 * and returns nothing, and history__error() says what it was. Ask it before an
 * answer is believed. Nothing of an unfinished transaction stays.
 *
 * No statement is open while a caller has the word, so that whoever reads
 * slowly (a pager) keeps nobody from writing; since nothing that was stored
 * ever changes, what a slow reader sees is whole nevertheless.
 */
#ifndef FAULTLINE_HISTORY_H
#define FAULTLINE_HISTORY_H

#include "selection.h"

#define HISTORY_SCHEMA	3	/* user_version of the file */

struct history;

enum history_mode {
	HISTORY_READ,		/* adds nothing, works in a read-only folder */
	HISTORY_WRITE,		/* makes the file, brings an older schema up */
};

/* Seconds to wait for another process's lock; 10 unless set. */
extern double history_wait_s;

/* FAULTLINE_HISTORY, or results/history.db of this checkout, allocated. */
char *history__default_path(void);

/*
 * Open a history. To read, a file that is not there or empty is EXIT_NO_DATA,
 * and one of an older schema EXIT_HISTORY (whoever writes next brings it up).
 * Return: the history, or NULL with code and message in @err.
 */
struct history *history__open(const char *path, enum history_mode mode,
			      struct err *err);
void history__close(struct history *h);

/* The first error of this history, or NULL: there was none. */
const struct err *history__error(const struct history *h);

/*
 * Everything SQLite can check, all of the file read: NULL, or what is wrong,
 * allocated. quick leaves out that indexes and tables agree.
 */
char *history__check(struct history *h, bool quick);

/*
 * What a series is keyed by; none is "". To match series: patterns of fnmatch(3),
 * NULL for any.
 */
struct history_key {
	const char *rig, *machine, *base, *variant, *profile, *workload;
	const char *metric;	/* "instructions", "cycles_hot", ... */
};

/* Its names as a selection wants them; inline, for programs without SQLite. */
static inline struct selected history__selected(const struct history_key *k)
{
	return (struct selected) { .part = {
		[BY_RIG] = k->rig,
		[BY_BASE] = k->base,
		[BY_VARIANT] = k->variant,
		[BY_PROFILE] = k->profile,
		[BY_WORKLOAD] = k->workload,
		[BY_METRIC] = k->metric,
		[BY_MACHINE] = k->machine,
	} };
}

/* What measured a point and what built its kernel; one a few nights, shared. */
struct history_setup {
	const char *instrument;	/* "QEMU 7.2.22, EPYC,+svm", "" unknown */
	const char *program;	/* sha256 of what measures in the host, "" unknown */
	const char *compiler;	/* of the kernel, "" unknown */
};

struct history_point {
	char *run;		/* its id */
	char *started;		/* of the run, UTC, ISO 8601 */
	double value;		/* in the series' unit */
	double spread;		/* value +- spread; NAN: exact, or of one boot */
	uint64_t boots;		/* valid ones (layouts), that value is of */
	bool exact;		/* two boots or more, all valid and bit-equal */
	/* A difference's percentages are of this figure; 0: value is no difference. */
	double reference;
	const struct history_setup *setup;	/* as long as the history is open; NULL unknown */
	int64_t samples;	/* of history__samples(); equal: the same ones; 0 unknown */
	char *handler_sha256;	/* of the handler's code, "" unknown */
	char *release;		/* of the kernel, "6.1.192", "" unknown */
	char *source_sha256;	/* of the base's source, "" unknown */
	char *revision;		/* of this tool, "+" at its end: with changes */
	char *path;		/* the run's folder; below the checkout: relative to it */
};

struct history_series {
	int64_t id;		/* in this file */
	struct history_key key;
	const char *unit;	/* "instructions", "TSC cycles" */
	size_t points;
	/* The oldest and the newest by started, UTC, ISO 8601; "" without points. */
	char *first, *last;
	double value;		/* of the newest; NAN without points */
};

/*
 * The series that match (NULL: all), by key, allocated; *nr of them. Counts
 * every point, so it is slower the more there are.
 */
struct history_series *history__series(struct history *h,
				       const struct selection *match,
				       size_t *nr);
void history__series_free(struct history_series *s, size_t nr);

/*
 * The newest `most` points of a series (0: all), oldest first, allocated; *nr
 * of them. By the run's start, of equal ones as they were added.
 */
struct history_point *history__points(struct history *h, int64_t series,
				      size_t most, size_t *nr);
void history__points_free(struct history_point *p, size_t nr);
/* As in struct history_new; allocated, the caller frees it; NULL where there is no such. */
char *history__samples(struct history *h, int64_t id);
/* What one has, not itself. */
void history__point_free(struct history_point *p);

/*
 * The oldest point of a series, and the newest that is older than `started`;
 * history__point_free(p) is due. Return: was there one?
 */
bool history__oldest(struct history *h, int64_t series,
		     struct history_point *p);
bool history__newest_before(struct history *h, int64_t series,
			    const char *started, struct history_point *p);

/*
 * Every point of every series that matches, oldest first, `newest` at most of
 * each (0: all); p lives until fn returns. However many there are, few are in
 * memory at a time. Stops where fn returns other than 0, and returns that;
 * -1 where the history failed.
 */
int history__walk(struct history *h, const struct selection *match,
		  size_t newest,
		  int (*fn)(const struct history_series *s,
			    const struct history_point *p, void *arg),
		  void *arg);

/* A run as it comes into the history. */
struct history_run {
	const char *id, *started;	/* as in run.json */
	const char *path, *revision;	/* see struct history_point */
	const char *records_sha256;	/* of its records.jsonl */
};

/* run, started, revision, path and samples of point are not looked at. */
struct history_new {
	struct history_key key;
	const char *unit;
	struct history_point point;
	char *samples;			/* "2362:1023 19140:1", ticks and how many; or NULL */
};

enum history_added {
	HISTORY_ADDED,
	HISTORY_THERE,		/* a run of this id was there: nothing was done */
	HISTORY_OTHER,		/* likewise, but with other records */
	HISTORY_FAILED,		/* nothing was added; see history__error() */
};

/*
 * Add a run and all of its points, or nothing. EXIT_BAD_RECORD where started is
 * no time.
 */
enum history_added history__add(struct history *h, const struct history_run *r,
				const struct history_new *p, size_t nr);

/* A run that started before one that was added earlier, in the same series. */
struct history_jump {
	char *run, *started;		/* that says it started earlier */
	char *before, *before_started;	/* and this one was there already */
	size_t series;			/* that have both */
};

/* In the order they were added, allocated; *nr of them. */
struct history_jump *history__jumps(struct history *h, size_t *nr);
void history__jumps_free(struct history_jump *j, size_t nr);

/* What alert compares an exact series with; append-only as well. */
struct history_accepted {
	double value;		/* in the series' unit */
	char *when;		/* UTC, ISO 8601 */
	char *who, *why;
	char *commit;		/* that made it so, "" unknown */
};

/* From now on this is the accepted value of a series. Return: 0, or -1. */
int history__accept(struct history *h, int64_t series,
		     const struct history_accepted *a);
/* The newest one, its strings allocated; false: none was ever accepted. */
bool history__accepted(struct history *h, int64_t series,
		       struct history_accepted *a);
void history__accepted_free(struct history_accepted *a);

#endif
