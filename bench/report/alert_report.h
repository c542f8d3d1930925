/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Alerts as text, mail, JUnit XML, annotations of GitHub and JSON. Every name
 * in them came from outside, and is escaped as the format wants it.
 */
#ifndef FAULTLINE_ALERT_REPORT_H
#define FAULTLINE_ALERT_REPORT_H

#include <stdio.h>

#include "alert.h"

/*
 * One line of at most REPORT_COLUMNS (allocated; the caller frees it):
 * "[faultline] +2.3% cycles per fault: v6.1/const-fields touch-write".
 */
char *alert__headline(const struct alerts *a);
/* "cycles per fault: no regression in 36 series"; allocated; the caller frees it. */
char *alert__cycles_line(const struct alerts *a);

/* At most REPORT_COLUMNS wide, but where a name is wider. */
void report__alert_text(FILE *f, const struct alerts *a, const char *day);
/* A Subject: line, an empty one, the text. */
void report__alert_mail(FILE *f, const struct alerts *a, const char *day);
/* A test case a series that was judged; regressions are failures. */
void report__alert_junit(FILE *f, const struct alerts *a);
/* A workflow command a line: ::error of a hard regression, ::warning of a soft one. */
void report__alert_github(FILE *f, const struct alerts *a);
/* All of it, nothing rounded away. */
void report__alert_json(FILE *f, const struct alerts *a, const char *day);
/* Commands for a shell in the checkout that measure the suspects again, a line each. */
void report__alert_rerun(FILE *f, const struct alerts *a);
/*
 * A line for each baseline whose exact figure got worse, for a bisect: rig, base,
 * profile, workload, last good run, first bad run, both figures, tabs between.
 */
void report__alert_bisect(FILE *f, const struct alerts *a);

/* alert_*.c share: */

static inline const char *alert__plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* "v6.1/const-fields off touch-write.cycles_hot (rig vitro)", allocated; the caller frees it. */
char *alert__series_name(const struct history_key *k);
/* "+2.3 %: 240.3 -> 245.8 TSC cycles per fault", allocated; the caller frees it. */
char *alert__figures(const struct alert_item *i);
/* "kvm_mmu_page_fault +3, ..." of the first few functions; "" none. In new memory. */
char *alert__functions(const struct alert_item *i);
/* "stores +6, kvm_faultin_pfn +60, ...": figures of attributions; likewise. */
char *alert__parts(const struct alert_item *i);
/* Where it began and what changed there, in sentences; allocated, the caller frees it. */
char *alert__story(const struct alert_item *i);

#endif
