// SPDX-License-Identifier: GPL-2.0
/* See ran.h. */
#include <stdlib.h>

#include "ran.h"

unsigned int ran__now;

void ran__start(void)
{
	for (struct block *b = code__blocks(); b; b = b->older)
		b->ran[NOT_MEASURED] = b->ran[IS_MEASURED] = 0;
	ran__now = NOT_MEASURED;
}

/* Of each instruction a bit for NOT_MEASURED and one for IS_MEASURED. */
static uint8_t *bits_of_all(void)
{
	uint8_t *bits = calloc(code__nr() + 1, 1);

	if (!bits)
		abort();
	for (const struct block *b = code__blocks(); b; b = b->older) {
		for (unsigned int m = NOT_MEASURED; m <= IS_MEASURED; m++)
			for (uint32_t i = 0; i < b->ran[m]; i++)
				bits[b->insn[i]] |= 1 << m;
	}
	return bits;
}

void ran__write(FILE *f)
{
	uint8_t *bits = bits_of_all();

	for (uint32_t i = 0, j; i < code__nr(); i = j) {
		bool measured = bits[i] >> IS_MEASURED;

		for (j = i + 1; bits[j] && bits[i] &&
		     measured == bits[j] >> IS_MEASURED; j++)
			;
		if (bits[i])
			fprintf(f, "ran %u %u %d\n", i, j - 1, measured);
	}
	free(bits);
}
