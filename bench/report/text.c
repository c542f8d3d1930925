// SPDX-License-Identifier: GPL-2.0
/*
 * What the plain-text reports share; see text.h.
 */
#include <string.h>

#include "text.h"

/*
 * A word that no line can hold, as a list of names is: a piece and, as in a
 * shell, a backslash where the next line goes on with it.
 */
static const char *write_piece(FILE *f, const char *word, int n)
{
	while (n > REPORT_COLUMNS) {
		fprintf(f, "%.*s\\\n", REPORT_COLUMNS - 1, word);
		word += REPORT_COLUMNS - 1;
		n -= REPORT_COLUMNS - 1;
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

void text__head(FILE *f, const struct run *run, const char *what)
{
	json_t *rig = json_object_get(run->meta, "rig");
	const char *qemu = json_string_value(json_object_get(rig, "qemu"));

	fprintf(f, "Instructions a fault: %s\n", what);
	if (qemu)
		fprintf(f, "%.*s\n", REPORT_COLUMNS, qemu);
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

void text__csv(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', f);
		fputc(*s, f);
	}
	fputc('"', f);
}

void text__workload(FILE *f, const char *name)
{
	const char *dash = strrchr(name, '-');
	const bool number = dash && dash[1] && !dash[1 + strspn(dash + 1, "0123456789")];
	int most = NAME_WIDTH - 1;

	if (strlen(name) <= (size_t)most || !number)
		fprintf(f, "%-*.*s", NAME_WIDTH, most, name);
	else
		fprintf(f, "%.*s.%s ", most - 1 - (int)strlen(dash), name, dash);
}
