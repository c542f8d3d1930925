// SPDX-License-Identifier: GPL-2.0
/*
 * A bisect as text; see bisect_report.h.
 */
#include <stdlib.h>

#include "bisect_report.h"
#include "text.h"
#include "util.h"

#define FIGURES	51	/* columns in front of a subject */

void bisect_text__head(FILE *f, bool has_by)
{
	fprintf(f, "%-5s %5s  %-12s %8s %7s %6s  %s\n", "", "left", "commit",
		"figure", has_by ? "more" : "", "took", "subject");
}

static void add_subject(FILE *f, const char *subject)
{
	char *text = xasprintf("%.*s", REPORT_COLUMNS - FIGURES, subject);

	fputs(text__clean(text), f);
	free(text);
}

void bisect_text__row(FILE *f, const struct bisect_row *r)
{
	char took[32];

	fprintf(f, "%-5s ", r->word);
	if (r->left)
		fprintf(f, "%5zu", r->left);
	else
		fprintf(f, "%5s", "");
	fprintf(f, "  %-12.12s ", r->name);
	if (r->measured)
		fprintf(f, "%8.0f ", r->figure);
	else
		fprintf(f, "%8s ", "-");
	if (r->measured && r->has_by)
		fprintf(f, "%+7.0f", r->by);
	else
		fprintf(f, "%7s", "");
	fprintf(f, " %6s  ", duration_text(r->seconds, took));
	add_subject(f, r->subject);
	fputc('\n', f);
	if (r->why) {
		char *why = text__clean(xasprintf("%s", r->why));

		text__wrapped(f, 6, why);
		free(why);
	}
	fflush(f);
}

void bisect_text__commit(FILE *f, const char *name, const char *subject)
{
	char *line = text__clean(xasprintf("%.12s %s", name, subject));

	text__wrapped(f, 4, line);
	free(line);
}

void bisect_text__names(FILE *f, const char *word, const struct strlist *names)
{
	char *list = strlist__join(names, ", ");
	char *line = text__clean(xasprintf("%s: %s", word, list));

	if (names->nr)
		text__wrapped(f, 4, line);
	free(line);
	free(list);
}
