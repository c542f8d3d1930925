// SPDX-License-Identifier: GPL-2.0
/*
 * Changes that are known; see acks.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "acks.h"
#include "selection.h"

static const char *const keys[] = { "commit", "who", "why", "until", "at_most" };

static int days_in(int month, int year)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
				    31 };
	bool leap = (!(year % 4) && year % 100) || !(year % 400);

	return days[month - 1] + (month == 2 && leap);
}

/* "2027-03-01", and a day that there is. */
static bool is_day(const char *s)
{
	int year, month, day;

	if (strlen(s) != 10)
		return false;
	for (size_t i = 0; i < 10; i++) {
		if (i == 4 || i == 7 ? s[i] != '-' : s[i] < '0' || s[i] > '9')
			return false;
	}
	year = atoi(s);
	month = atoi(s + 5);
	day = atoi(s + 8);
	return month >= 1 && month <= 12 && day >= 1 &&
	       day <= days_in(month, year);
}

static bool percent(const char *s, double *v)
{
	char *end;

	*v = strtod(s, &end);
	return end != s && (!*end || !strcmp(end, "%") || !strcmp(end, " %")) &&
	       isfinite(*v) && *v > 0;
}

static bool known_key(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!strcmp(keys[i], key))
			return true;
	}
	return false;
}

static int begin(struct acks *a, const struct conf_entry *e, char *err,
		 size_t errlen)
{
	if (selection__parts(e->stanza) != SERIES_PARTS) {
		snprintf(err, errlen, "%s:%u: [%s] is not " SERIES_PATTERN "; '*' stands for any of them",
			 a->path, e->line, e->stanza);
		return -EINVAL;
	}
	for (size_t i = 0; i < a->nr; i++) {
		if (strcmp(a->item[i].pattern, e->stanza))
			continue;
		snprintf(err, errlen, "%s:%u: [%s] is in line %u as well; one of them has to go",
			 a->path, e->line, e->stanza, a->item[i].line);
		return -EINVAL;
	}
	a->item = xrealloc(a->item, (a->nr + 1) * sizeof(*a->item));
	a->item[a->nr++] = (struct ack) {
		.pattern = xstrdup(e->stanza),
		.at_most = INFINITY,
		.line = e->line,
	};
	return 0;
}

static void set(char **to, const char *value)
{
	free(*to);
	*to = xstrdup(value);
}

/* One key of the newest ack. */
static int take(struct acks *a, const struct conf_entry *e, char *err,
		size_t errlen)
{
	struct ack *ack = a->nr ? &a->item[a->nr - 1] : NULL;
	const char *wrong = NULL;

	if (!ack)
		wrong = "stands before the first [pattern]";
	else if (!known_key(e->key))
		wrong = "no such key; there are: commit, who, why, until, at_most";
	else if (!*e->value)
		wrong = "says nothing";
	else if (!strcmp(e->key, "until") && !is_day(e->value))
		wrong = "is no day, as 2027-03-01 is";
	else if (!strcmp(e->key, "at_most") &&
		 !percent(e->value, &ack->at_most))
		wrong = "is no percentage above 0";
	if (wrong) {
		snprintf(err, errlen, "%s:%u: %s = %s: %s", a->path, e->line,
			 e->key, e->value, wrong);
		return -EINVAL;
	}
	if (!strcmp(e->key, "commit"))
		set(&ack->commit, e->value);
	else if (!strcmp(e->key, "who"))
		set(&ack->who, e->value);
	else if (!strcmp(e->key, "why"))
		set(&ack->why, e->value);
	else if (!strcmp(e->key, "until"))
		strcpy(ack->until, e->value);
	return 0;
}

static int check_whole(const struct acks *a, char *err, size_t errlen)
{
	for (size_t i = 0; i < a->nr; i++) {
		const struct ack *k = &a->item[i];
		const char *lacks = !k->commit ? "commit" : !k->who ? "who" :
				    !k->why ? "why" : !*k->until ? "until" : NULL;

		if (!lacks)
			continue;
		snprintf(err, errlen, "%s:%u: [%s] does not say %s; commit, who, why and until are needed",
			 a->path, k->line, k->pattern, lacks);
		return -EINVAL;
	}
	return 0;
}

int acks__parse(struct acks *a, const char *path, const char *text,
		size_t size, char *err, size_t errlen)
{
	struct conf c;
	int r = conf__parse(&c, path, text, size, err, errlen);

	*a = (struct acks) { .path = xstrdup(path) };
	for (size_t i = 0; i < c.nr && !r; i++)
		r = *c.entry[i].key ? take(a, &c.entry[i], err, errlen) :
				      begin(a, &c.entry[i], err, errlen);
	if (!r)
		r = check_whole(a, err, errlen);
	conf__free(&c);
	if (r)
		acks__free(a);
	return r;
}

int acks__read(struct acks *a, const char *path, char *err, size_t errlen)
{
	size_t size;
	char *text = path_read(path, &size);
	int r;

	*a = (struct acks) { 0 };
	if (!text) {
		r = -errno;
		snprintf(err, errlen, "%s: %s", path, strerror(-r));
		return r;
	}
	r = acks__parse(a, path, text, size, err, errlen);
	free(text);
	return r;
}

void acks__free(struct acks *a)
{
	for (size_t i = 0; i < a->nr; i++) {
		free(a->item[i].pattern);
		free(a->item[i].commit);
		free(a->item[i].who);
		free(a->item[i].why);
	}
	free(a->item);
	free(a->path);
	*a = (struct acks) { 0 };
}

bool ack__matches(const struct ack *a, const struct history_key *k)
{
	const struct selected is = history__selected(k);

	return selection__pattern_matches(a->pattern, &is);
}

bool ack__expired(const struct ack *a, const char *day)
{
	return strncmp(day, a->until, 10) > 0;
}
