/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which lines of source that a variant changes were executed, by which workload.
 * A line has code where a kernel's line table says so, and was executed where one
 * instruction of it was, wherever it was inlined.
 */
#ifndef FAULTLINE_COVERAGE_H
#define FAULTLINE_COVERAGE_H

#include <jansson.h>

#include "executed_code.h"
#include "image.h"
#include "udiff.h"

/* When a workload executed a line. */
enum line_ran { LINE_NEVER, LINE_OUTSIDE, LINE_MEASURED };

struct coverage_line {
	char *file, *text;
	int line;
	char *func;		/* the source's function that it is in; NULL: no code */
	bool plain;		/* some of its code is not where the kernel warns */
	bool traps;		/* ... and some of it is the trap itself */
	uint8_t *ran;		/* enum line_ran of each workload of the variant */
};

/* A variant, in all kernels that were built of it. */
struct coverage_variant {
	char *base, *variant;
	char *counterpart;	/* it changes nothing: the lines are what these change, or NULL */
	bool hidden;			/* no table is to show it */
	struct strlist workloads;	/* that were executed */
	struct coverage_line *line;	/* by file and number */
	size_t nr;
	size_t left_out;		/* lines without code that a file only counts */
};

struct coverage {
	struct coverage_variant *item;
	size_t nr;
};

/* How many lines are what. */
struct coverage_count {
	size_t changed, code;
	size_t measured, outside;	/* executed */
	size_t warns, never;		/* the others that have code */
};

/* A variant more, and its lines; no workload has executed any. */
struct coverage_variant *coverage__add(struct coverage *c, const char *base,
				       const char *variant,
				       const struct source_lines *lines);
/* Where the lines of a variant are in one of its kernels. */
struct coverage_code {
	struct { uint64_t from, to; size_t line; } *item;
	size_t nr;
};
/* Find them; the lines are told in which function they are. */
void coverage__find_code(struct coverage_code *code, struct coverage_variant *v,
			 struct image *img);
void coverage_code__free(struct coverage_code *code);
/*
 * What a workload executed of that kernel. Several kernels and boots add up: a line
 * was executed where it was in one of them.
 */
void coverage__join(struct coverage_variant *v, const struct coverage_code *code,
		    const char *workload, const struct executed *e);

/*
 * Add what another coverage says of the same variants, and take over from it those that
 * this one lacks. Return: 0, or -1 with EXIT_CHANGED and a message in @err where this one
 * has not the same lines of one.
 */
int coverage__merge(struct coverage *to, struct coverage *from, struct err *err);

/*
 * Is it there for what must not happen? It was never executed, and all its code is
 * where the kernel warns; or it is a test that traps, in a function that was executed.
 */
bool coverage_line__warns(const struct coverage_variant *v, size_t line);
enum line_ran coverage_line__ran(const struct coverage_variant *v, size_t line);
struct coverage_count coverage__count(const struct coverage_variant *v);
/* Lines measured by a workload, and those by no other one. */
size_t coverage__by(const struct coverage_variant *v, size_t workload, size_t *alone);
void coverage__free(struct coverage *c);

/*
 * coverage_json.c: all of it, but that of lines without code there is only the number,
 * and of measured ones not the text. Return of reading: 0, or -1 with EXIT_BAD_RECORD and
 * a message in @err that begins with @of, and nothing to free.
 */
json_t *coverage__to_json(const struct coverage *c);
int coverage__from_json(struct coverage *c, const json_t *all, const char *of,
			struct err *err);

#endif
