// SPDX-License-Identifier: GPL-2.0
/*
 * Fill a history with made-up points, the same whenever it is made. No test,
 * but a helper of those that want a large one.
 *
 *	history_fill FILE SERIES RUNS	all at once, each run a day after the other
 *	history_fill FILE SERIES	one more run, as `history add` does it
 *	history_fill FILE SERIES RUNS noisy	likewise, every other series noisy:
 *				cycles, 1 % around levels that move every 300 nights
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history_priv.h"

static void bulk(struct history *h, long series, long runs)
{
	char *sql = xasprintf(
		"PRAGMA synchronous = OFF; BEGIN IMMEDIATE;"
		"INSERT INTO code (handler_sha256, release, source_sha256)"
		" VALUES ('handler', '6.1.192', 'source');"
		"WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL"
		" SELECT i + 1 FROM n WHERE i < %ld)"
		" INSERT INTO run SELECT i, 'run-' || i,"
		" 1000000000 + 3600 * i, 'results/run-' || i, 'revision',"
		" 'records' FROM n;"
		"WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL"
		" SELECT i + 1 FROM n WHERE i < %ld)"
		" INSERT INTO series SELECT i, 'tcg', 'made', 'v6.1',"
		" 'variant-' || i, 'off', 'touch-write', 'instructions',"
		" 'instructions' FROM n;"
		"INSERT INTO measured SELECT id, id, 'tcg', 'made', 'v6.1', NULL,"
		" '6.1.192', 'source' FROM run;"
		"INSERT INTO point (series, run, code, value,"
		" spread, boots, exact) SELECT s.id, r.id, 1,"
		" 2400 + (s.id * 7 + r.id * 13) %% 50, NULL, 2, 1"
		" FROM series s CROSS JOIN run r ORDER BY s.id, r.id;"
		"COMMIT", runs, series);

	history__exec(h, sql);
	free(sql);
}

/* Sums of twelve uniform numbers, less 6, are normal enough, of deviation 1. */
static double noise(uint64_t *state)
{
	double sum = -6;

	for (int i = 0; i < 12; i++) {
		*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
		sum += (*state >> 11) * 0x1p-53;
	}
	return sum;
}

/* Series by series, as the file has them: night by night it is written for an hour. */
static void nights(struct history *h, long series, long runs)
{
	uint64_t state = 1;
	sqlite3_stmt *s;
	char *sql = xasprintf(
		"PRAGMA synchronous = OFF; BEGIN IMMEDIATE;"
		"INSERT INTO code (handler_sha256, release, source_sha256)"
		" VALUES ('h', '6.1.192', 's');"
		"WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL"
		" SELECT i + 1 FROM n WHERE i < %ld)"
		" INSERT INTO run SELECT i, 'run-' || (i - 1),"
		" 1600000000 + 86400 * (i - 1), 'results/none', 'revision',"
		" 'records' FROM n;"
		"WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL"
		" SELECT i + 1 FROM n WHERE i < %ld)"
		" INSERT INTO series SELECT i + 1, iif(i %% 2, 'vitro', 'tcg'),"
		" 'made', 'v6.1', 'variant-' || (i + 1), 'off', 'touch-write',"
		" iif(i %% 2, 'cycles_hot', 'instructions'),"
		" iif(i %% 2, 'TSC cycles', 'instructions') FROM n;"
		"INSERT INTO measured (run, rig, machine, base, setup, release,"
		" source_sha256) SELECT DISTINCT r.id, s.rig, s.machine, s.base,"
		" NULL, '6.1.192', 's' FROM run r CROSS JOIN series s",
		runs, series - 1);

	history__exec(h, sql);
	s = history__prepare(h, "INSERT INTO point (series, run, code, value,"
		" spread, boots, exact) VALUES (?, ?, 1, ?, NULL, 24, ?)");
	for (long i = 0; i < series; i++) {
		for (long r = 0; r < runs; r++) {
			double value = i % 2 ? (240 + 3 * (r / 300 % 2)) *
				(1 + 0.01 * noise(&state)) : 2400 + r / 300;

			history__bind(h, s, "iidi", i + 1, r + 1, value,
				      (int64_t)!(i % 2));
			history__row(h, s);
		}
	}
	sqlite3_reset(s);
	sqlite3_finalize(s);
	history__exec(h, "COMMIT");
	free(sql);
}

static void one(struct history *h, long series)
{
	struct history_run run = {
		"20260101T000000Z-one", "2026-01-01T00:00:00Z", "results/one",
		"revision", "records",
	};
	struct history_new *p = xcalloc(series, sizeof(*p));

	for (long i = 0; i < series; i++)
		p[i] = (struct history_new) {
			.key = { "tcg", "made", "v6.1",
				 xasprintf("variant-%ld", i + 1), "off",
				 "touch-write", "instructions" },
			.unit = "instructions",
			.point = { .value = 2400, .spread = NAN, .boots = 2,
				   .exact = true, .handler_sha256 = "handler",
				   .release = "6.1.192",
				   .source_sha256 = "source" },
		};
	history__add(h, &run, p, series);
	for (long i = 0; i < series; i++)
		free((char *)p[i].key.variant);
	free(p);
}

int main(int argc, char **argv)
{
	long series = argc > 2 ? atol(argv[2]) : 0;
	long runs = argc > 3 ? atol(argv[3]) : 0;
	struct history *h;
	struct err e;

	if (series < 1 || runs < 0 || argc > 5)
		die(EXIT_USAGE, "history_fill FILE SERIES [RUNS [noisy]]");
	h = history__open(argv[1], HISTORY_WRITE, &e);
	if (!h)
		die_err(&e);
	if (argc > 4)
		nights(h, series, runs);
	else if (runs)
		bulk(h, series, runs);
	else
		one(h, series);
	if (history__error(h))
		die_err(history__error(h));
	history__close(h);
	return 0;
}
