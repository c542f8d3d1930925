/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is said of a patch, as a reviewer's tool reads it.
 */
#ifndef FAULTLINE_CHECKED_REPORT_H
#define FAULTLINE_CHECKED_REPORT_H

#include "checked.h"
#include "report.h"

/* One line: "+11 instructions per touch-write fault (2494 -> 2505)"; allocated. */
char *checked_text__summary(const struct checked *c);

/*
 * The answer of a check of b4 review: an array of one result. tool is the head of
 * its column; status a word of "pass", "warn", "fail".
 */
void checked_json__print(FILE *f, const char *tool, enum checked_status status,
			 const char *summary, const char *details);

/*
 * The same for b4 prep and b4 am, which read what checkpatch prints: nothing where
 * it passes, else a line for what is to be looked at.
 */
void checked_lines__print(FILE *f, enum checked_status status, const char *summary,
			  const struct checked *c);

#endif
