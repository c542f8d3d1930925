// SPDX-License-Identifier: GPL-2.0
/*
 * From hyperfine's JSON to records; see hyperfine.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hyperfine.h"
#include "provenance.h"
#include "rigs.h"

#define MOST_SECONDS	86400	/* a boot that took a day did not */

static int refuse(char *err, size_t errlen, const char *path, const char *what,
		  const char *which)
{
	snprintf(err, errlen, "%s: %s%s%s; is it what hyperfine --export-json wrote?",
		 path, what, which ? ": " : "", which ?: "");
	return -1;
}

/* "v6.1 baseline off linux-boot again" into the record; false if it is not one. */
static bool take_name(struct record *r, const char *name, uint64_t round)
{
	struct strlist words = { 0 };
	char *copy = xstrdup(name), *save, *word;
	bool good;

	for (word = strtok_r(copy, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		strlist__add(&words, word);
	good = words.nr == 4 ||
	       (words.nr == 5 && !strcmp(words.item[4], "again"));
	if (good) {
		r->base = xstrdup(words.item[0]);
		r->variant = xstrdup(words.item[1]);
		r->profile = xstrdup(words.item[2]);
		r->workload = xstrdup(words.item[3]);
		r->boot = hyperfine__boot(round, words.nr == 5);
	}
	strlist__free(&words);
	free(copy);
	return good;
}

/* Seconds of user or system time as a counter of nanoseconds. */
static void take_time(struct record *r, const json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key);
	char *name = xasprintf("hyperfine/%s_ns", key);

	if (json_is_number(v) && json_number_value(v) >= 0 &&
	    json_number_value(v) < MOST_SECONDS)
		numbers__add(&r->stats, name, json_number_value(v) * 1e9 + 0.5);
	free(name);
}

static struct record *take_result(const json_t *o, uint64_t round,
				  const char **what, const char **which)
{
	struct record *r = record__new();
	json_t *times, *codes = NULL;
	double s;

	*which = NULL;
	*what = "a result without command and times";
	if (json_unpack((json_t *)o, "{ss so s?o}", "command", which, "times",
			&times, "exit_codes", &codes) || !json_is_array(times))
		goto bad;
	*what = "a command whose name is not BASE VARIANT PROFILE WORKLOAD [again]";
	if (!take_name(r, *which, round))
		goto bad;
	*what = "not one run per command";
	if (json_array_size(times) != 1)
		goto bad;
	*what = "no time of a boot";
	s = json_number_value(json_array_get(times, 0));
	if (!json_is_number(json_array_get(times, 0)) || !isfinite(s) ||
	    s <= 0 || s >= MOST_SECONDS)
		goto bad;
	*what = "it failed";
	if (json_integer_value(json_array_get(codes, 0)))
		goto bad;
	r->wall_s = s;
	take_time(r, o, "user");
	take_time(r, o, "system");
	r->rig = xstrdup(RIG_HYPERFINE);
	r->time = time_text();
	r->vmlinux_sha256 = xstrdup("");
	r->handler_sha256 = xstrdup("");
	r->outcome = OUTCOME_OK;
	r->why = xstrdup("");
	return r;
bad:
	record__free(r);
	return NULL;
}

static bool is_there(const struct hyperfine *h, size_t from,
		     const struct record *r)
{
	for (size_t i = from; i < h->nr; i++) {
		if (h->record[i]->boot == r->boot &&
		    record__same_cell(h->record[i], r))
			return true;
	}
	return false;
}

int hyperfine__read(struct hyperfine *h, const char *path, uint64_t round,
		    char *err, size_t errlen)
{
	const char *what, *which;
	const size_t before = h->nr;
	json_error_t e;
	json_t *all = json_load_file(path, 0, &e), *o, *results;
	size_t i;

	if (!all) {
		snprintf(err, errlen, "%s:%d: %s", path, e.line, e.text);
		return -1;
	}
	results = json_object_get(all, "results");
	if (!json_array_size(results)) {
		json_decref(all);
		return refuse(err, errlen, path, "no results", NULL);
	}
	json_array_foreach(results, i, o) {
		struct record *r = take_result(o, round, &what, &which);

		if (r && is_there(h, before, r)) {
			what = "twice in one round";
			record__free(r);
			r = NULL;
		}
		if (!r) {
			refuse(err, errlen, path, what, which);
			while (h->nr > before)
				record__free(h->record[--h->nr]);
			json_decref(all);
			return -1;
		}
		h->record = xrealloc(h->record, (h->nr + 1) *
				     sizeof(struct record *));
		h->record[h->nr++] = r;
	}
	json_decref(all);
	return 0;
}

void hyperfine__free(struct hyperfine *h)
{
	for (size_t i = 0; i < h->nr; i++)
		record__free(h->record[i]);
	free(h->record);
	*h = (struct hyperfine) { 0 };
}
