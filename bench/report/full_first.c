// SPDX-License-Identifier: GPL-2.0
/*
 * The first screen of the report's page: what a reviewer asks. For each variant and
 * the row that matters most, what a fault costs, by how much that differs, how sure
 * that is, and in which functions it is.
 */
#include <math.h>
#include <string.h>

#include "catalog.h"
#include "flame_page.h"
#include "full.h"

#define HEADLINE	"touch-write"	/* the workload, where the run has it */

static void text(FILE *f, const char *s)
{
	svg__text(f, s, strlen(s));
}

const struct judgement *full_report__first(const struct full_report *r)
{
	const struct judgements *j = r->verdicts;
	const struct judgement *first = NULL;

	for (size_t i = 0; i < j->nr; i++) {
		const struct judgement *k = &j->item[i];
		const bool base = !strcmp(k->base, DEFAULT_BASE);

		/* As the answer: the default base, else the first; its first profile. */
		if (!first || (base && strcmp(first->base, DEFAULT_BASE)))
			first = k;
		else if (judgement__same_table(first, k) &&
			 !strcmp(k->workload, HEADLINE) &&
			 strcmp(first->workload, HEADLINE))
			first = k;
	}
	return first;
}

static const char *where_of(const struct full_report *r, const struct judgement *k)
{
	for (size_t i = 0; i < r->nr_where; i++) {
		const struct full_where *w = &r->where[i];

		if (!strcmp(w->variant, k->variant) && !strcmp(w->workload, k->workload) &&
		    !strcmp(w->base, k->base) && !strcmp(w->profile, k->profile))
			return *w->text ? w->text : "in no function";
	}
	return k->same_code ? "the code is the same" : "";
}

/*
 * What decided, where no function is known: of cycles the interval of all of the
 * run's comparisons and what the reason ends with; else the reason.
 */
static void write_why(FILE *f, const struct judgement *k)
{
	static const char before[] = "layouts";
	const char *said = *k->mode ? strstr(k->reason, before) : NULL;

	if (!said || isnan(k->run_low)) {
		text(f, k->reason);
		return;
	}
	fprintf(f, "%+.1f to %+.1f over all comparisons", k->run_low, k->run_high);
	text(f, said + strlen(before));
}

static void write_sure(FILE *f, const struct judgement *k)
{
	if (isnan(k->diff))
		fputs("&ndash;", f);
	else if (*k->mode && !isnan(k->low))
		fprintf(f, "%+.1f to %+.1f", k->low, k->high);
	else if (*k->mode)
		fputs("too few layouts", f);
	else
		fprintf(f, "exact, %zu boots", k->boots);
}

static void write_row(FILE *f, const struct full_report *r,
		      const struct judgement *k, bool where)
{
	static const char *const class[NR_JUDGED] = { "", "", "better", "worse" };
	const int digits = *k->mode ? 1 : 0;

	fputs("<tr><td>", f);
	text(f, k->variant);
	fprintf(f, "%s%s</td><td>", *k->mode ? ", " : "", k->mode);
	if (isnan(k->diff)) {
		fputs("&ndash;</td><td>&ndash;", f);
	} else {
		report__judged_figure(f, k, k->ref);
		fputs(" &rarr; ", f);
		report__judged_figure(f, k, k->value);
		fprintf(f, "</td><td class=\"%s\"><strong>%+.*f</strong> (%+.2f&nbsp;%%)",
			class[k->is], digits, k->diff, k->percent);
	}
	fputs("</td><td>", f);
	write_sure(f, k);
	fprintf(f, "</td><td class=\"%s l\">", class[k->is]);
	text(f, judged__name(k->is, *k->mode));
	fputs("</td><td class=\"l where\">", f);
	if (where)
		text(f, where_of(r, k));
	else
		write_why(f, k);
	fputs("</td></tr>\n", f);
}

void report__full_first(FILE *f, const struct full_report *r)
{
	const struct judgements *j = r->verdicts;
	const struct judgement *first = full_report__first(r);
	const bool where = r->nr_where;

	if (!first)
		return;
	fputs("<div class=\"wide\" tabindex=\"0\"><table class=\"first\"><caption>", f);
	text(f, first->workload);
	fputs(" on ", f);
	text(f, first->base);
	fputs(", profile ", f);
	text(f, first->profile);
	fprintf(f, ": %s per fault</caption><thead><tr><th>variant</th><th>", first->unit);
	text(f, first->against);
	fprintf(f, " &rarr; variant</th><th>difference</th>"
		"<th>%s</th><th class=\"l\">verdict</th><th class=\"l\">%s</th></tr></thead><tbody>\n",
		*first->mode ? "95&nbsp;% interval" : "how sure",
		where ? "in which functions" : "why");
	for (size_t i = 0; i < j->nr; i++) {
		const struct judgement *k = &j->item[i];

		if (judgement__same_table(first, k) && !strcmp(k->workload, first->workload))
			write_row(f, r, k, where);
	}
	fputs("</tbody></table></div>\n", f);
}
