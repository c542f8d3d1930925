// SPDX-License-Identifier: GPL-2.0
/* See udiff.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "udiff.h"
#include "util.h"

/* Where in the diff the reader is. */
struct reader {
	struct source_lines *side[2];	/* of the old files, of the new ones */
	char *file[2];			/* NULL: before the first, or /dev/null */
	int at[2], left[2];		/* line numbers, and lines left of a hunk */
};

static void add(struct source_lines *l, const char *file, int line,
		const char *text, size_t len)
{
	while (len && isspace((unsigned char)*text))
		text++, len--;
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	if (!(l->nr & (l->nr - 1)))
		l->item = xrealloc(l->item, (l->nr * 2 ?: 1) * sizeof(*l->item));
	l->item[l->nr++] = (struct source_line) {
		xstrdup(file), line, xasprintf("%.*s", (int)len, text) };
}

/* "a/x.c" of "--- a/x.c", and git's tab after a name with blanks. */
static void take_name(struct reader *r, int side, const char *line, size_t len)
{
	const char *name = line + 4, *end = line + len;
	const char *tab = memchr(line, '\t', len);

	free(r->file[side]);
	r->file[side] = NULL;
	if (tab)
		end = tab;
	if ((name[0] == 'a' || name[0] == 'b') && name[1] == '/')
		r->file[side] = xasprintf("%.*s", (int)(end - name - 2), name + 2);
}

/* "@@ -A[,N] +B[,M] @@": N and M are 1 where they are not there. */
static bool take_head(struct reader *r, const char *line)
{
	const char *p = line + 3;

	for (int side = 0; side < 2; side++) {
		char *end;

		if (*p != "-+"[side])
			return false;
		r->at[side] = strtol(p + 1, &end, 10);
		r->left[side] = *end == ',' ? strtol(end + 1, &end, 10) : 1;
		if (*end != ' ' || r->at[side] < 0 || r->left[side] < 0)
			return false;
		p = end + 1;
	}
	return true;
}

static bool take_line(struct reader *r, const char *line, size_t len)
{
	bool of[2] = { *line == '-' || *line == ' ', *line == '+' || *line == ' ' };

	if (*line == '\\')		/* no newline at the end of the file */
		return true;
	for (int side = 0; side < 2; side++) {
		if (!of[side])
			continue;
		if (!r->left[side]--)
			return false;
		if (*line != ' ' && r->file[side])
			add(r->side[side], r->file[side], r->at[side],
			    line + 1, len - 1);
		r->at[side]++;
	}
	return of[0] || of[1];
}

static bool take(struct reader *r, const char *line, size_t len)
{
	if (r->left[0] || r->left[1])
		return len && take_line(r, line, len);
	if (len > 3 && !strncmp(line, "@@ ", 3))
		return take_head(r, line);
	if (len > 4 && !strncmp(line, "--- ", 4))
		take_name(r, 0, line, len);
	else if (len > 4 && !strncmp(line, "+++ ", 4))
		take_name(r, 1, line, len);
	return true;
}

bool udiff__read(const char *text, struct source_lines *removed,
		 struct source_lines *added)
{
	struct reader r = { .side = { removed, added } };
	bool good = true;
	size_t len;

	for (; *text && good; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		good = take(&r, text, len);
	}
	good = good && !r.left[0] && !r.left[1];
	free(r.file[0]);
	free(r.file[1]);
	if (!good) {
		source_lines__free(removed);
		source_lines__free(added);
	}
	return good;
}

static int by_place(const void *a, const void *b)
{
	const struct source_line *x = a, *y = b;
	int n = strcmp(x->file, y->file);

	return n ? n : (x->line > y->line) - (x->line < y->line);
}

void source_lines__add_once(struct source_lines *l, const struct source_line *s)
{
	for (size_t i = 0; i < l->nr; i++) {
		if (!by_place(&l->item[i], s))
			return;
	}
	add(l, s->file, s->line, s->text, strlen(s->text));
}

void source_lines__sort(struct source_lines *l)
{
	if (l->nr)
		qsort(l->item, l->nr, sizeof(*l->item), by_place);
}

void source_lines__free(struct source_lines *l)
{
	for (size_t i = 0; i < l->nr; i++) {
		free(l->item[i].file);
		free(l->item[i].text);
	}
	free(l->item);
	*l = (struct source_lines) { 0 };
}
