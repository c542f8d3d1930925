// SPDX-License-Identifier: GPL-2.0
/*
 * What callgrind wrote.
 */
#include "fuzz.h"
#include "callgrind.h"

static const char *namer(void *arg, uint64_t pc)
{
	(void)arg;
	return pc & 16 ? "even" : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int named = 0; named < 2; named++) {
		struct callgrind g = { 0 };
		char err[256];

		if (callgrind__parse(&g, "out", (const char *)data, size,
				     named ? namer : NULL, NULL, err,
				     sizeof(err)))
			continue;
		callgrind__typical(&g, "even", "odd");
		callgrind__free(&g);
	}
	return 0;
}
