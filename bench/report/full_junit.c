// SPDX-License-Identifier: GPL-2.0
/* The report as JUnit XML: a suite a table, a case a verdict. */
#include <string.h>

#include "flame_page.h"
#include "full.h"

static void text(FILE *f, const char *s)
{
	svg__text(f, s, strlen(s));
}

static bool same_suite(const struct judgement *a, const struct judgement *b)
{
	return !strcmp(a->base, b->base) && !strcmp(a->profile, b->profile);
}

static void write_case(FILE *f, const struct judgement *k)
{
	fputs("  <testcase classname=\"", f);
	text(f, k->base);
	fputc('.', f);
	text(f, k->profile);
	fputc('.', f);
	text(f, k->variant);
	fputs("\" name=\"", f);
	text(f, k->workload);
	if (*k->mode)
		fprintf(f, " %s", k->mode);
	fputs("\">", f);
	if (k->is == JUDGED_WORSE || k->is == JUDGED_NONE) {
		fputs(k->is == JUDGED_WORSE ? "<failure message=\"" :
		      "<skipped message=\"", f);
		text(f, k->reason);
		fputs("\"/>", f);
	} else {
		fputs("<system-out>", f);
		text(f, k->reason);
		fputs("</system-out>", f);
	}
	fputs("</testcase>\n", f);
}

void report__full_junit(FILE *f, const struct full_report *r)
{
	const struct judgements *j = r->verdicts;

	fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites name=\"faultline\" tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\">\n",
		j->nr, j->count[JUDGED_WORSE], j->count[JUDGED_NONE]);
	for (size_t i = 0, end; i < j->nr; i = end) {
		size_t failed = 0, skipped = 0;

		for (end = i; end < j->nr && same_suite(&j->item[i], &j->item[end]); end++) {
			failed += j->item[end].is == JUDGED_WORSE;
			skipped += j->item[end].is == JUDGED_NONE;
		}
		fputs(" <testsuite name=\"", f);
		text(f, j->item[i].base);
		fputc('.', f);
		text(f, j->item[i].profile);
		fprintf(f, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
			end - i, failed, skipped);
		for (size_t k = i; k < end; k++)
			write_case(f, &j->item[k]);
		fputs(" </testsuite>\n", f);
	}
	fputs("</testsuites>\n", f);
}
