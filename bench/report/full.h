/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A whole run as one report, in the forms that people and programs read: text
 * for a mail, Markdown, HTML, JSON, JUnit, Google Benchmark's JSON. All of them
 * lay out the same verdicts, sections and pictures.
 */
#ifndef FAULTLINE_FULL_H
#define FAULTLINE_FULL_H

#include <stdio.h>

#include "judge.h"
#include "table.h"

/* A part of the report that is the output of one command. */
struct full_section {
	const char *id, *title;
	char *command;		/* that prints it, as one would type it */
	char *text;		/* what it printed; NULL: there is none */
	struct tables tables;	/* the same, where it is tables; else empty */
	char *missing;		/* why, and what command adds it; NULL with text */
};

struct full_picture {
	const char *name;	/* of `faultline plot --picture` */
	char *title;
	char *svg;		/* an <svg> element, or NULL without gnuplot */
};

/* In which functions a difference is. */
struct full_where {
	char *base, *profile, *variant, *workload;
	char *text;		/* "kvm_tdp_mmu_map -24, 4 more +2" */
};

struct full_report {
	const struct run *run;
	const struct judgements *verdicts;
	struct full_section *section;
	size_t nr_sections;
	struct full_picture *picture;
	size_t nr_pictures;
	const char *no_pictures;	/* why there are none, or NULL */
	struct full_picture *flame;	/* of differences, where there are attributions */
	size_t nr_flames;
	struct full_where *where;
	size_t nr_where;
	char *made;			/* UTC */
};

/* The first judgement of the table that the answer is of; NULL without any. */
const struct judgement *full_report__first(const struct full_report *r);
/* The first screen of the page: figure, interval and where, for each variant. */
void report__full_first(FILE *f, const struct full_report *r);

void report__full_text(FILE *f, const struct full_report *r);
void report__full_markdown(FILE *f, const struct full_report *r);
void report__full_html(FILE *f, const struct full_report *r);
/* A figure of a judgement that has a difference: a number, or that it has several. */
void report__judged_figure(FILE *f, const struct judgement *k, double figure);
json_t *report__full_json(const struct full_report *r);
void report__full_junit(FILE *f, const struct full_report *r);
/* Every boot of every cell; a figure stands where the format has nanoseconds. */
json_t *report__full_gbench(const struct full_report *r);

#endif
