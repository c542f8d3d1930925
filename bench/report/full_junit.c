// SPDX-License-Identifier: GPL-2.0
/* The report as JUnit XML: a suite a table, a case a verdict. */
#include <string.h>

#include "flame_page.h"
#include "full.h"

static void text(FILE *f, const char *s)
{
	svg__text(f, s, strlen(s));
}

/* "v6.1.off", of a run of several rigs "bochs-intel.v6.1.off" */
static void write_suite(FILE *f, const struct judgement *k, bool rigs)
{
	if (rigs) {
		text(f, k->rig);
		fputc('.', f);
	}
	text(f, k->base);
	fputc('.', f);
	text(f, k->profile);
}

static void write_case(FILE *f, const struct judgement *k, bool rigs)
{
	fputs("  <testcase classname=\"", f);
	write_suite(f, k, rigs);
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
		"<testsuites name=\"faultline\" tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n",
		j->nr, j->count[JUDGED_WORSE]);
	for (size_t i = 0, end; i < j->nr; i = end) {
		size_t failed = 0, skipped = 0;

		for (end = i; end < j->nr && judgement__same_table(&j->item[i], &j->item[end]); end++) {
			failed += j->item[end].is == JUDGED_WORSE;
			skipped += j->item[end].is == JUDGED_NONE;
		}
		fputs(" <testsuite name=\"", f);
		write_suite(f, &j->item[i], j->rigs);
		fprintf(f, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
			end - i, failed, skipped);
		for (size_t k = i; k < end; k++)
			write_case(f, &j->item[k], j->rigs);
		fputs(" </testsuite>\n", f);
	}
	fputs("</testsuites>\n", f);
}
