// SPDX-License-Identifier: GPL-2.0
/*
 * Which cells and series are meant; see selection.h.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "selection.h"

void selection__add(struct selection *s, enum select_by by, const char *list)
{
	strlist__split(&s->names[by], list, ',');
}

int selection__parts(const char *pattern)
{
	int parts = 1;

	for (const char *c = pattern; *c; c++)
		parts += *c == '/';
	return parts == CELL_PARTS || parts == SERIES_PARTS ? parts : 0;
}

char *selection__part(const char *pattern, enum select_by by)
{
	for (int i = 0; i < (int)by; i++) {
		pattern += strcspn(pattern, "/");
		if (!*pattern)
			return xstrdup("*");
		pattern++;
	}
	return xasprintf("%.*s", (int)strcspn(pattern, "/"), pattern);
}

bool selection__pattern_matches(const char *pattern, const struct selected *is)
{
	const int parts = selection__parts(pattern);

	for (int i = 0; i < parts; i++) {
		const char *name = is->part[i];
		char *glob = selection__part(pattern, i);
		bool match = !name || (!strchr(name, '/') &&
				       !fnmatch(glob, name, FNM_PATHNAME));

		free(glob);
		if (!match)
			return false;
	}
	return parts;
}

bool selection__name(const struct strlist *globs, const char *name)
{
	for (size_t i = 0; i < globs->nr; i++) {
		if (!fnmatch(globs->item[i], name, 0))
			return true;
	}
	return !globs->nr;
}

bool selection__has(const struct selection *s, const struct selected *is)
{
	for (size_t i = 0; i < NR_SELECT_BY; i++) {
		if (is->part[i] && !selection__name(&s->names[i], is->part[i]))
			return false;
	}
	for (size_t i = 0; i < s->patterns.nr; i++) {
		if (selection__pattern_matches(s->patterns.item[i], is))
			return true;
	}
	return !s->patterns.nr;
}

bool selection__is_glob(const char *name)
{
	return name[strcspn(name, "*?[")];
}

bool selection__empty(const struct selection *s)
{
	for (size_t i = 0; i < NR_SELECT_BY; i++) {
		if (s->names[i].nr)
			return false;
	}
	return !s->patterns.nr;
}

void selection__free(struct selection *s)
{
	for (size_t i = 0; i < NR_SELECT_BY; i++)
		strlist__free(&s->names[i]);
	strlist__free(&s->patterns);
}
