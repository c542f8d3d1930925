/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzzers share. A reader answers: by a value, an error, or die() with
 * a message, which comes back here (fuzz.c). What is left is a bug: a crash, a
 * finding of a sanitizer, die() with EXIT_INTERNAL, or a MUST that is not met.
 */
#ifndef FAULTLINE_FUZZ_H
#define FAULTLINE_FUZZ_H

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

/* 0, and then the exit code of a die() in what follows. */
#define FUZZ_DIED() setjmp(fuzz_died)
extern jmp_buf fuzz_died;

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
