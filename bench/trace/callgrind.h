/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What valgrind's callgrind counted: the instructions that each function
 * executed itself, dump by dump.
 * The format: https://valgrind.org/docs/manual/cl-format.html
 */
#ifndef FAULTLINE_CALLGRIND_H
#define FAULTLINE_CALLGRIND_H

#include <stddef.h>
#include <stdint.h>

struct callgrind_func {
	char *name;
	uint64_t insns;		/* its own, callees apart */
};

/* One dump: from the one before up to its own trigger. */
struct callgrind_part {
	struct callgrind_func *func;	/* by name, those of no cost left out */
	size_t nr;
	uint64_t total;
};

struct callgrind {
	char *creator;		/* "callgrind-3.19.0" */
	struct callgrind_part *part;
	size_t nr;
};

/* The function that an address is in, or NULL where nobody knows. */
typedef const char *(*callgrind_namer)(void *arg, uint64_t pc);

/*
 * Read a file, or size bytes of text that are named path. 0, or a negative
 * errno with err naming the line: not callgrind's format, no instructions
 * counted in it, cut off, or functions that do not add up to their total.
 *
 * Whose an instruction is tells its address, where a namer is given. Callgrind
 * itself goes by calls and returns, and loses its way in a retpoline, which
 * returns to where nobody called from.
 */
int callgrind__read(struct callgrind *g, const char *path,
		    callgrind_namer name, void *arg, char *err, size_t errlen);
int callgrind__parse(struct callgrind *g, const char *path, const char *text,
		     size_t size, callgrind_namer name, void *arg, char *err,
		     size_t errlen);
void callgrind__free(struct callgrind *g);

uint64_t callgrind_part__of(const struct callgrind_part *p, const char *name);

/*
 * Of the parts in which the function entry was executed the typical one: of
 * the commonest total, the function apart excepted, the commonest way, which
 * is the same instructions in every function. NULL when there is none.
 */
struct callgrind_typical {
	const struct callgrind_part *part;
	size_t faults;		/* parts in which entry was executed */
	size_t typical;		/* ... that share the total */
	size_t same_path;	/* ... and every function's figure */
};

struct callgrind_typical callgrind__typical(const struct callgrind *g,
					    const char *entry,
					    const char *apart);

#endif
