// SPDX-License-Identifier: GPL-2.0
/*
 * What points name by a number: their runs, code and setups. A run is in thousands
 * of points, so its texts are read once and kept, and points share them. Nothing
 * that was stored ever changes, so what was read stays right; what somebody added
 * meanwhile has a higher number, and is read when it is first asked for.
 */
#include <stdlib.h>

#include "history_priv.h"

/* A number and KNOWN_TEXTS texts, in the order of history_priv.h's names. */
static const char *const rows[NR_KNOWN] = {
	[KNOWN_RUN] = "SELECT id, name, started, revision, path FROM run",
	[KNOWN_CODE] = "SELECT id, handler_sha256, release, source_sha256, '' FROM code",
	[KNOWN_SETUP] = "SELECT id, instrument, program, compiler, '' FROM setup",
};

static void take(struct known *k, enum known_is is, sqlite3_stmt *s)
{
	struct known_row *row = xcalloc(1, sizeof(*row));

	row->id = sqlite3_column_int64(s, 0);
	for (int i = 0; i < KNOWN_TEXTS; i++)
		row->text[i] = is == KNOWN_RUN && i == KNOWN_STARTED ?
			history__time_text(sqlite3_column_int64(s, i + 1)) :
			history__text(s, i + 1);
	row->setup = (struct history_setup) { row->text[0], row->text[1],
					      row->text[2] };
	if (k->nr == k->room) {
		k->room = k->room ? 2 * k->room : 64;
		k->row = xrealloc(k->row, k->room * sizeof(*k->row));
	}
	k->row[k->nr++] = row;
}

static void read_on(struct history *h, enum known_is is)
{
	struct known *k = &h->known[is];
	char *sql = xasprintf("%s WHERE id > ? ORDER BY id", rows[is]);
	sqlite3_stmt *s = history__prepare(h, sql);

	history__bind(h, s, "i", k->nr ? k->row[k->nr - 1]->id : INT64_MIN);
	while (history__row(h, s))
		take(k, is, s);
	sqlite3_finalize(s);
	free(sql);
}

/* Numbers rise, as a rule by one, so most are found where they should be. */
static const struct known_row *find(const struct known *k, int64_t id)
{
	size_t low = 0, high = k->nr;

	if (k->nr && id >= k->row[0]->id &&
	    (uint64_t)(id - k->row[0]->id) < k->nr &&
	    k->row[id - k->row[0]->id]->id == id)
		return k->row[id - k->row[0]->id];
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (k->row[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < k->nr && k->row[low]->id == id ? k->row[low] : NULL;
}

const struct known_row *history__known(struct history *h, enum known_is is,
				       int64_t id)
{
	static const struct known_row none = {
		.text = { "", "", "", "" }, .setup = { "", "", "" },
	};
	static const char *const name[NR_KNOWN] = { "run", "code", "setup" };
	const struct known_row *row = find(&h->known[is], id);

	if (row)
		return row;
	read_on(h, is);
	row = find(&h->known[is], id);
	if (!row && !h->err.code)
		history__fail_with(h, EXIT_HISTORY, "%s is damaged: a point names %s %lld, which is not there; set the file aside and add the runs again: faultline history add results/*/",
				   h->path, name[is], (long long)id);
	return row ?: &none;
}

void history__forget(struct history *h)
{
	for (int is = 0; is < NR_KNOWN; is++) {
		struct known *k = &h->known[is];

		for (size_t i = 0; i < k->nr; i++) {
			for (int t = 0; t < KNOWN_TEXTS; t++)
				free((char *)k->row[i]->text[t]);
			free(k->row[i]);
		}
		free(k->row);
		*k = (struct known) { 0 };
	}
}
