// SPDX-License-Identifier: GPL-2.0
/*
 * A patch's check in one line, as JSON and as checkpatch's lines; see
 * checked_report.h.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "checked_report.h"
#include "text.h"
#include "util.h"

#define NAMED	3	/* rows in one line */

/* "+11 instructions per touch-write fault (2494 -> 2505)" */
static void print_row(FILE *f, const struct checked_row *r)
{
	if (r->said)
		fprintf(f, "%+.0f instructions per %s fault (%lu -> %lu)", r->by,
			r->workload, r->from, r->to);
	else
		fprintf(f, "%s: %s", r->workload, r->why ?: "no figure");
	if (strcmp(r->profile, DEFAULT_PROFILE))
		fprintf(f, ", %s", r->profile);
}

/* Rows that are not a plain 0, worst first; those that cost less come last. */
static size_t print_rows(FILE *f, const struct checked *c)
{
	size_t named = 0, others = 0;

	for (size_t i = 0; i < c->nr; i++) {
		const struct checked_row *r = &c->row[i];

		if (r->said && !r->by && r->status == CHECKED_PASS)
			continue;
		if (named == NAMED) {
			others++;
			continue;
		}
		fputs(named++ ? "; " : "", f);
		print_row(f, r);
	}
	if (others)
		fprintf(f, "; and %zu more", others);
	return named;
}

char *checked_text__summary(const struct checked *c)
{
	size_t size;
	char *text;
	FILE *f = xmemstream(&text, &size);

	if (c->failed)
		fputs(c->failed, f);
	else if (!c->nr)
		fputs("nothing was measured", f);
	else if (!print_rows(f, c))
		fputs(c->same_handler ? "no change in the handler's code" :
		      "a fault costs what it did before", f);
	fclose(f);
	return text__clean(text);
}

void checked_json__print(FILE *f, const char *tool, enum checked_status status,
			 const char *summary, const char *details)
{
	static const char *const words[] = { "pass", "warn", "fail" };
	json_t *all = json_pack("[{ss ss ss ss}]", "tool", tool, "status", words[status],
				"summary", summary, "details", details);

	json_dumpf(all, f, JSON_INDENT(2));
	fputc('\n', f);
	json_decref(all);
}

void checked_lines__print(FILE *f, enum checked_status status, const char *summary,
			  const struct checked *c)
{
	if (status == CHECKED_PASS)
		return;
	if (!c || c->failed || !c->nr) {
		fprintf(f, "%s: %s\n", status == CHECKED_FAIL ? "ERROR" : "WARNING", summary);
		return;
	}
	for (size_t i = 0; i < c->nr; i++) {
		if (c->row[i].status == CHECKED_PASS)
			continue;
		fputs(c->row[i].status == CHECKED_FAIL ? "ERROR: " : "WARNING: ", f);
		print_row(f, &c->row[i]);
		fputc('\n', f);
	}
}
