// SPDX-License-Identifier: GPL-2.0
/*
 * A growing list of strings: names from the command line and from folders.
 */
#include <stdlib.h>
#include <string.h>

#include "util.h"

void strlist__add(struct strlist *l, const char *s)
{
	l->item = xrealloc(l->item, (l->nr + 1) * sizeof(*l->item));
	l->item[l->nr++] = xstrdup(s);
}

bool strlist__has(const struct strlist *l, const char *s)
{
	for (size_t i = 0; i < l->nr; i++) {
		if (!strcmp(l->item[i], s))
			return true;
	}
	return false;
}

void strlist__split(struct strlist *l, const char *s, char separator)
{
	const char sep[2] = { separator, '\0' };

	for (;;) {
		char *part;
		size_t n;

		s += strspn(s, sep);
		n = strcspn(s, sep);
		if (!n)
			return;
		part = xasprintf("%.*s", (int)n, s);
		if (!strlist__has(l, part))
			strlist__add(l, part);
		free(part);
		s += n;
	}
}

char *strlist__join(const struct strlist *l, const char *separator)
{
	char *s = xstrdup("");

	for (size_t i = 0; i < l->nr; i++) {
		char *t = xasprintf("%s%s%s", s, i ? separator : "", l->item[i]);

		free(s);
		s = t;
	}
	return s;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strlist__sort(struct strlist *l)
{
	if (l->nr)
		qsort(l->item, l->nr, sizeof(*l->item), by_text);
}

void strlist__free(struct strlist *l)
{
	for (size_t i = 0; i < l->nr; i++)
		free(l->item[i]);
	free(l->item);
	*l = (struct strlist) { 0 };
}
