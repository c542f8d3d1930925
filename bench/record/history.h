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

#include <string.h>

#include "selection.h"

#define HISTORY_SCHEMA	5	/* user_version of the file */

/*
 * How far a run's start may lie after this machine's clock, or before the start of
 * the newest run of its rig, machine and base. A day: two runs overlap, and a
 * clock that is wrong by a time zone harms nothing, since the order is that of
 * adding. What is further off comes from a wrong clock, or is no new run.
 */
#define HISTORY_SLACK_S	86400

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

/* In source_sha256 between the hash of the base's source and that of the variant's patches. */
#define HISTORY_PATCHES	" patches "

/* Texts of a point that was read are as long as the history is open. */
struct history_point {
	const char *run;	/* its id */
	int64_t added;		/* the run's place in the order of adding, from 1 */
	const char *started;	/* of the run, UTC, ISO 8601 */
	bool withdrawn;		/* see history__withdraw(); only a walk has such */
	double value;		/* in the series' unit */
	double spread;		/* value +- spread; NAN: exact, or of one boot */
	uint64_t boots;		/* valid ones (layouts), that value is of */
	bool exact;		/* two boots or more, all valid and bit-equal */
	/* A difference's percentages are of this figure; 0: value is no difference. */
	double reference;
	const struct history_setup *setup;	/* as long as the history is open; NULL unknown */
	int64_t samples;	/* of history__samples(); equal: the same ones; 0 unknown */
	const char *handler_sha256;	/* of the handler's code, "" unknown */
	const char *release;	/* of the kernel, "6.1.192", "" unknown */
	const char *source_sha256;	/* of the base's source, "" unknown; and HISTORY_PATCHES */
	const char *revision;	/* of this tool, "+" at its end: with changes */
	const char *path;	/* the run's folder; below the checkout: relative to it */
};

struct history_series {
	int64_t id;		/* in this file */
	struct history_key key;
	const char *unit;	/* "instructions", "TSC cycles" */
	size_t points;		/* see history__count(); else 0 */
	/* Start of the oldest and the newest point, UTC, ISO 8601; "" without any. */
	char *first, *last;
	int64_t first_added, last_added;	/* see struct history_point; 0 without */
	double value;		/* of the newest; NAN without points */
};

/*
 * Points are in the order in which their runs were added: a clock orders nothing.
 * Those of a withdrawn run are left out, and count as if they were not there,
 * unless it says otherwise.
 */

/*
 * The series that match (NULL: all), by key, allocated; *nr of them. Its points
 * are not counted.
 */
struct history_series *history__series(struct history *h,
				       const struct selection *match,
				       size_t *nr);
void history__series_free(struct history_series *s, size_t nr);
/* Count their points: every one is read, so it is slower the more there are. */
void history__count(struct history *h, struct history_series *s, size_t nr);

/*
 * The newest `most` points of a series (0: all), oldest first, *nr of them;
 * allocated, the caller frees it.
 */
struct history_point *history__points(struct history *h, int64_t series,
				      size_t most, size_t *nr);
/* As in struct history_new; allocated, the caller frees it; NULL where there is no such. */
char *history__samples(struct history *h, int64_t id);

/*
 * The oldest point of a series, and the newest that was added before `added`.
 * Return: was there one?
 */
bool history__oldest(struct history *h, int64_t series,
		     struct history_point *p);
bool history__newest_before(struct history *h, int64_t series,
			    int64_t added, struct history_point *p);

/*
 * On how many days runs of a rig started that were added after that one: the
 * nights in which it was measured, whatever their dates are.
 */
size_t history__nights_after(struct history *h, const char *rig, int64_t added);

/*
 * Every point of every series that matches, withdrawn ones too, oldest first,
 * `newest` at most of each (0: all); p lives until fn returns. However many there are, few are in
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
	/* Add it whenever it started, and withdraw it at once; NULL, NULL: do not. */
	const char *apart_who, *apart_why;
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
	HISTORY_REFUSED,	/* from the future, or before the newest: nothing was done */
	HISTORY_FAILED,		/* nothing was added; see history__error() */
};

/*
 * Add a run and all of its points, or nothing. EXIT_BAD_RECORD where started is
 * no time.
 */
enum history_added history__add(struct history *h, const struct history_run *r,
				const struct history_new *p, size_t nr);
/* Why the last run was HISTORY_REFUSED, in words; as long as h is open. */
const char *history__refusal(const struct history *h);

/*
 * What time it is, in seconds since 1970: the machine's clock, or FAULTLINE_NOW,
 * as 2026-11-22T20:12:10Z.
 */
int64_t history__now(void);

/* What was said of a run: it is withdrawn, or (out false) it counts again. */
struct history_withdrawal {
	char *run, *started;
	char *when;		/* UTC, ISO 8601 */
	char *who, *why;
	bool out;
};

/*
 * From now on a run, by its id or its path as the history has it, is left out of
 * what is judged, or counts again. The run stays, and so does this.
 * Return: 0; 1: it is so already, nothing was done; -1: there is no such run, or
 * history__error().
 */
int history__withdraw(struct history *h, const struct history_withdrawal *w);
/* All that was said, in that order, allocated; *nr of them. */
struct history_withdrawal *history__withdrawals(struct history *h, size_t *nr);
void history__withdrawals_free(struct history_withdrawal *w, size_t nr);

/* What measures or what is measured is another one from this run on. */
struct history_event {
	char *run, *started;
	int64_t added;
	char *rig, *base;
	const char *what;	/* "instrument", "program", "compiler", "kernel", "source" */
	char *before, *after;	/* several are joined by ", " */
};

/* In the order of adding, by rig and base in a run, allocated; *nr of them. */
struct history_event *history__events(struct history *h, size_t *nr);
void history__events_free(struct history_event *e, size_t nr);

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
	const char *when;	/* UTC, ISO 8601 */
	const char *who, *why;
	const char *commit;	/* that made it so, "" unknown */
	int64_t after;		/* the newest point then, as in history_point; 0 unknown */
};

/*
 * From now on this is the accepted value of a series, until the run that its newest
 * point is of is withdrawn. Not to be set: after. Return: 0, or -1.
 */
int history__accept(struct history *h, int64_t series,
		     const struct history_accepted *a);
/* The newest one, its strings allocated; false: none was ever accepted. */
bool history__accepted(struct history *h, int64_t series,
		       struct history_accepted *a);
/*
 * All that hold, in the order in which it was said, allocated; *nr of them. after:
 * where it is unknown, the newest run that had started then.
 */
struct history_accepted *history__all_accepted(struct history *h,
					       int64_t series, size_t *nr);
void history__accepted_free(struct history_accepted *a);

/* How much of a point's source_sha256 is the hash of the base's source. */
static inline size_t history__source_len(const char *source_sha256)
{
	const char *patches = strstr(source_sha256, HISTORY_PATCHES);

	return patches ? (size_t)(patches - source_sha256) : strlen(source_sha256);
}

#endif
