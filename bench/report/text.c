// SPDX-License-Identifier: GPL-2.0
/*
 * What the plain-text reports share; see text.h.
 */
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "run_rigs.h"

#define CONTINUED	4	/* columns before what goes on with a command */
#define PIECE		16	/* bytes; quoted at most four times as long */

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

/* At most n bytes of s, more than n long, and no character cut in two. */
static int whole(const char *s, int n)
{
	int part = n;

	while (part > n - 3 && ((unsigned char)s[part] & 0xc0) == 0x80)
		part--;
	return part;
}

/*
 * A word that no line can hold, as a list of names is: a piece and, as in a
 * shell, a backslash where the next line goes on with it.
 */
static const char *write_piece(FILE *f, const char *word, int n)
{
	while (n > REPORT_COLUMNS) {
		int part = whole(word, REPORT_COLUMNS - 1);

		fprintf(f, "%.*s\\\n", part, word);
		word += part;
		n -= part;
	}
	return word;
}

void text__wrapped(FILE *f, int indent, const char *text)
{
	int column = indent;

	fprintf(f, "%*s", indent, "");
	while (*text) {
		int n = strcspn(text, " ");

		if (column > indent && column + n + 1 > REPORT_COLUMNS) {
			fprintf(f, "\n%*s", indent, "");
			column = indent;
		}
		if (n > REPORT_COLUMNS) {
			const char *rest = write_piece(f, text, n);

			n -= rest - text;
			text = rest;
			indent = 0;
			column = 0;
		}
		column += fprintf(f, "%s%.*s", column > indent ? " " : "", n,
				  text);
		text += n + strspn(text + n, " ");
	}
	fputc('\n', f);
}

char *text__quoted(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
	bool control = false;
	char *quoted;
	size_t size;
	FILE *f;

	if (*word && !word[strspn(word, plain)])
		return xstrdup(word);
	for (const char *s = word; *s; s++)
		control |= is_control(*s);
	f = xmemstream(&quoted, &size);
	fputs(control ? "$'" : "'", f);
	for (const char *s = word; *s; s++) {
		if (is_control(*s))
			fprintf(f, "\\%03o", (unsigned char)*s);
		else if (control && strchr("\\'", *s))
			fprintf(f, "\\%c", *s);
		else if (*s == '\'')
			fputs("'\\''", f);
		else
			fputc(*s, f);
	}
	fputc('\'', f);
	fclose(f);
	return quoted;
}

/* A word too long for a line: pieces that a shell puts together again. */
static void write_long(FILE *f, const char *word)
{
	while (*word) {
		size_t n = strlen(word);
		char *piece, *quoted;

		if (n > PIECE)
			n = whole(word, PIECE);
		piece = xasprintf("%.*s", (int)n, word);
		quoted = text__quoted(piece);
		word += n;
		fprintf(f, "\\\n%s", quoted);
		free(quoted);
		free(piece);
	}
}

void text__command(FILE *f, const char *before, const struct strlist *words)
{
	size_t column = fprintf(f, "%s", before);
	bool first = true;

	for (size_t i = 0; i < words->nr; i++) {
		char *word = text__quoted(words->item[i]);
		size_t n = strlen(word);

		/* Room for " \\" after it. */
		if (n > REPORT_COLUMNS - 2 - CONTINUED) {
			fputs(first ? "" : " ", f);
			write_long(f, words->item[i]);
			column = REPORT_COLUMNS;
		} else if (!first && column + 1 + n > REPORT_COLUMNS - 2) {
			column = fprintf(f, " \\\n%*s%s", CONTINUED, "", word) - 3;
		} else {
			column += fprintf(f, "%s%s", first ? "" : " ", word);
		}
		first = false;
		free(word);
	}
	fputc('\n', f);
}

void text__run_command(FILE *f, const char *before, const struct run *run)
{
	struct strlist words = { 0 };
	json_t *word;
	size_t i;

	json_array_foreach(json_object_get(run->meta, "command"), i, word) {
		const char *s = json_string_value(word);
		char *parts = xstrdup(s ?: ""), *next = parts, *part;

		while (!i && (part = strsep(&next, " ")))
			strlist__add(&words, part);
		if (i && s)
			strlist__add(&words, s);
		free(parts);
	}
	text__command(f, before, &words);
	strlist__free(&words);
}

/* Bytes of the UTF-8 character at s, or 0. */
static size_t character(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t n = *u < 0x80 ? 1 : *u < 0xc2 ? 0 : *u < 0xe0 ? 2 :
		   *u < 0xf0 ? 3 : *u < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Too long for what they say, halves of UTF-16, beyond U+10FFFF. */
	if ((*u == 0xe0 && u[1] < 0xa0) || (*u == 0xed && u[1] > 0x9f) ||
	    (*u == 0xf0 && u[1] < 0x90) || (*u == 0xf4 && u[1] > 0x8f))
		return 0;
	/* U+0080 to U+009F steer terminals too. */
	return *u == 0xc2 && u[1] < 0xa0 ? 0 : n;
}

char *text__clean(char *text)
{
	for (char *s = text; *s;) {
		size_t n = character(s);

		if (!n || (is_control(*s) && *s != '\n' && *s != '\t'))
			*s = '?';
		s += n ? n : 1;
	}
	return text;
}

void text__head(FILE *f, const struct run *run, const char *what)
{
	char *emulator = run__emulator(run);

	fprintf(f, "Instructions per fault: %s\n", what);
	if (emulator)
		fprintf(f, "%.*s\n", REPORT_COLUMNS, emulator);
	free(emulator);
}

void text__why(FILE *f, const struct cmp_cell *c, const char *workload,
	       const char *variant, const char *profile)
{
	if (c->usable && c->exact)
		return;
	fprintf(f, "%s: %s, %s, %s\n", c->usable ? "not exact" :
		c->skipped ? "skipped" : !c->boots ? "missing" : "invalid",
		workload, variant, profile);
	text__wrapped(f, 4, c->why);
}

/* Is it the name of an overlay, +indirect: a sign, a letter, letters? */
static bool is_signed_name(const char *s)
{
	if (*s != '+' || s[1] < 'a' || s[1] > 'z')
		return false;
	s += strspn(s, "+-_.abcdefghijklmnopqrstuvwxyz0123456789");
	return !*s;
}

bool text__is_formula(const char *s)
{
	return *s && s[1] && strchr("=+-@\t\r", *s) && !is_signed_name(s);
}

void text__csv(FILE *f, const char *s)
{
	fputs(text__is_formula(s) ? "\"'" : "\"", f);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', f);
		fputc(*s, f);
	}
	fputc('"', f);
}

void text__markdown(FILE *f, const char *s)
{
	for (; *s; s++) {
		if (strchr("\\|`*_<>[]&#~!", *s))
			fprintf(f, "&#%d;", *s);
		else
			fputc(is_control(*s) ? ' ' : *s, f);
	}
}

const char *text__run_id(const struct run *run)
{
	return json_string_value(json_object_get(run->meta, "id")) ?: run->dir;
}

char *text__cut(const char *name, int most)
{
	const char *dash = strrchr(name, '-');
	const bool number = dash && dash[1] &&
			    !dash[1 + strspn(dash + 1, "0123456789")];

	if (strlen(name) <= (size_t)most || !number)
		return xasprintf("%.*s", most, name);
	return xasprintf("%.*s.%s", most - 1 - (int)strlen(dash), name, dash);
}
