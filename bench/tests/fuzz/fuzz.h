/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzzers share. A reader answers by a value or by an error. All else
 * is a bug: a crash, a leak, another finding of a sanitizer, the end of the
 * program, an error with EXIT_INTERNAL, or a MUST that is not met.
 */
#ifndef FAULTLINE_FUZZ_H
#define FAULTLINE_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

#define MUST(x) do {							\
	if (!(x)) {							\
		fprintf(stderr, "%s:%d: not so: %s\n", __FILE__,	\
			__LINE__, #x);					\
		abort();						\
	}								\
} while (0)

/* An error that a reader returned: a message, and not one of a bug. */
void fuzz_error(const struct err *e);

/* A folder of this process alone, removed at its end. */
const char *fuzz_dir(void);
/* Its file of that name, with new content. */
void fuzz_file(const char *name, const void *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
