/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the plain-text reports share.
 */
#ifndef FAULTLINE_TEXT_H
#define FAULTLINE_TEXT_H

#include <stdio.h>

#include "report.h"

/* Words of text in lines of at most REPORT_COLUMNS, indented. */
void text__wrapped(FILE *f, int indent, const char *text);

/*
 * A command as one can type it, after `before`: words are quoted where a shell
 * would take them for more, lines continue after a backslash.
 */
void text__command(FILE *f, const char *before, const struct strlist *words);
/* The same of run.json's "command", whose first member is program and command. */
void text__run_command(FILE *f, const char *before, const struct run *run);
/* A word, quoted where it has to be; allocated, the caller frees it. */
char *text__quoted(const char *word);

/* Bytes that would steer a terminal, or are no UTF-8, become '?', in place. */
char *text__clean(char *text);

/* What a run is called: its id, or else its folder. */
const char *text__run_id(const struct run *run);

/*
 * A name of at most @n bytes, allocated; the caller frees it. Of a longer one that ends in a number
 * ("overlap-threads-2") the number stays.
 */
char *text__cut(const char *name, int most);

/* "Instructions per fault: <what>", and the QEMU it was measured under. */
void text__head(FILE *f, const struct run *run, const char *what);

/* Why a cell has no figure, or is not exact; nothing for a sound one. */
void text__why(FILE *f, const struct cmp_cell *c, const char *workload,
	       const char *variant, const char *profile);

/*
 * For CSV, RFC 4180: quotes around a text, and doubled inside it. What a spreadsheet
 * would compute gets an apostrophe, so that it is a text there too; the name of an
 * overlay (+indirect) is left as it is, for those who read the table by program.
 */
void text__csv(FILE *f, const char *s);
bool text__is_formula(const char *s);

/* For Markdown: what begins markup, or ends the cell of a table, stands for itself. */
void text__markdown(FILE *f, const char *s);

#endif
