// SPDX-License-Identifier: GPL-2.0
/*
 * gbench-small: the small benchmarks, with all flags of Google Benchmark. Its
 * figures are nanoseconds and time stamp counter ticks of the machine it runs
 * on: they explain the suite's, they are not among them.
 */
#include <stdlib.h>

#include "small.h"

int main(int argc, char **argv)
{
	long n;

	/* The name stays in argv, as gbench__initialize() wants it. */
	switch (gbench__initialize(&argc, argv)) {
	case 0:
		break;
	case 1:
		return 0;
	default:
		return 2;
	}
	if (gbench__report_unrecognized(argc, argv))
		return 2;
	gbench__add_context("figures", "ns and TSC ticks of this machine; not of a modelled or simulated one");
	if (args__register() || dispatch__register() || exits__register()) {
		fprintf(stderr, "gbench-small: the benchmarks cannot be registered\n");
		return EXIT_FAILURE;
	}
	n = gbench__run(NULL, NULL, 0);
	gbench__shutdown();
	return n > 0 && !gbench__failed() ? 0 : EXIT_FAILURE;
}
