// SPDX-License-Identifier: GPL-2.0
/* See history_figures.h. */
#include <math.h>
#include <stdlib.h>

#include "history_figures.h"
#include "history_priv.h"

struct history_figure *history__figures(struct history *h, int64_t series,
					size_t most, size_t *nr)
{
	sqlite3_stmt *s = history__prepare(h,
		"SELECT run, value, spread FROM point p WHERE series = ? AND"
		COUNTS " ORDER BY run DESC LIMIT ?");
	struct history_figure *list = NULL;
	size_t n = 0, room = 0;

	history__bind(h, s, "ii", series, most ? (int64_t)most : (int64_t)-1);
	while (history__row(h, s)) {
		if (n == room) {
			room = room ? 2 * room : 512;
			list = xrealloc(list, room * sizeof(*list));
		}
		list[n++] = (struct history_figure) {
			.added = sqlite3_column_int64(s, 0),
			.value = sqlite3_column_double(s, 1),
			.spread = sqlite3_column_type(s, 2) == SQLITE_NULL ?
				  NAN : sqlite3_column_double(s, 2),
		};
	}
	sqlite3_finalize(s);
	for (size_t i = 0; i < n / 2; i++) {
		struct history_figure t = list[i];

		list[i] = list[n - 1 - i];
		list[n - 1 - i] = t;
	}
	*nr = h->err.code ? 0 : n;
	if (*nr)
		return list;
	free(list);
	return NULL;
}

static char *text_of(sqlite3_stmt *s, int column)
{
	return xstrdup((const char *)sqlite3_column_text(s, column) ?: "");
}

struct history_kept *history__kept(struct history *h, size_t *nr)
{
	sqlite3_stmt *s = history__prepare(h,
		"SELECT id, started, name, path, revision FROM run ORDER BY id");
	struct history_kept *list = NULL;
	size_t n = 0, room = 0;

	while (history__row(h, s)) {
		if (n == room) {
			room = room ? 2 * room : 64;
			list = xrealloc(list, room * sizeof(*list));
		}
		list[n++] = (struct history_kept) {
			.added = sqlite3_column_int64(s, 0),
			.started = sqlite3_column_int64(s, 1),
			.id = text_of(s, 2),
			.path = text_of(s, 3),
			.revision = text_of(s, 4),
		};
	}
	sqlite3_finalize(s);
	*nr = n;
	return list;
}

void history__kept_free(struct history_kept *k, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(k[i].id);
		free(k[i].path);
		free(k[i].revision);
	}
	free(k);
}

struct history_key *history__keys(struct history *h, const char *glob,
				  size_t *nr)
{
	sqlite3_stmt *s = history__prepare(h,
		"SELECT DISTINCT rig, base, profile, workload, metric"
		" FROM series WHERE metric GLOB ?");
	struct history_key *list = NULL;
	size_t n = 0, room = 0;

	history__bind(h, s, "t", glob);
	while (history__row(h, s)) {
		if (n == room) {
			room = room ? 2 * room : 64;
			list = xrealloc(list, room * sizeof(*list));
		}
		list[n++] = (struct history_key) {
			.rig = text_of(s, 0), .machine = "",
			.base = text_of(s, 1), .variant = "",
			.profile = text_of(s, 2), .workload = text_of(s, 3),
			.metric = text_of(s, 4),
		};
	}
	sqlite3_finalize(s);
	*nr = n;
	return list;
}

void history__keys_free(struct history_key *k, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free((char *)k[i].rig);
		free((char *)k[i].base);
		free((char *)k[i].profile);
		free((char *)k[i].workload);
		free((char *)k[i].metric);
	}
	free(k);
}
