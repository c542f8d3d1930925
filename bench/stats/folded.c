// SPDX-License-Identifier: GPL-2.0
/*
 * Folded stacks as lines: read, add up, write; see folded.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "folded.h"

size_t folded__lines(const char *text)
{
	size_t nr = 1;

	while ((text = strchr(text, '\n'))) {
		text++;
		nr++;
	}
	return nr;
}

/* The count after the last space of a line, which ends the stack. -1 or 0. */
static int parse_line(char *line, struct folded *a)
{
	char *blank = strrchr(line, ' '), *end;

	if (!blank || blank == line || blank[1] < '0' || blank[1] > '9')
		return -1;
	errno = 0;
	a->n = strtoll(blank + 1, &end, 10);
	if (*end || errno)
		return -1;
	*blank = '\0';
	a->stack = line;
	return 0;
}

size_t folded__parse(char *text, struct folded *a, size_t *nr)
{
	*nr = 0;
	for (size_t number = 1; text; number++) {
		char *line = text, *end = strchr(text, '\n');

		text = end ? end + 1 : NULL;
		if (end)
			*end = '\0';
		if (end && end > line && end[-1] == '\r')
			end[-1] = '\0';
		if (!*line || *line == '#')
			continue;
		if (parse_line(line, &a[*nr]))
			return number;
		++*nr;
	}
	return 0;
}

/* The end of a frame sorts before any character of a longer name. */
static int rank(char c)
{
	return c == '\0' ? 0 : c == ';' ? 1 : (unsigned char)c + 2;
}

static int by_stack(const void *x, const void *y)
{
	const char *s = ((const struct folded *)x)->stack;
	const char *t = ((const struct folded *)y)->stack;

	while (*s && *s == *t) {
		s++;
		t++;
	}
	return rank(*s) - rank(*t);
}

size_t folded__merge(struct folded *a, size_t nr)
{
	size_t kept = 0;

	if (nr)
		qsort(a, nr, sizeof(*a), by_stack);
	for (size_t i = 0; i < nr; i++) {
		if (!a[i].n)
			continue;
		if (kept && !strcmp(a[kept - 1].stack, a[i].stack))
			a[kept - 1].n += a[i].n;
		else
			a[kept++] = a[i];
	}
	return kept;
}

void folded__write(FILE *f, const struct folded *a, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		fprintf(f, "%s %" PRId64 "\n", a[i].stack, a[i].n);
}
