// SPDX-License-Identifier: GPL-2.0
/*
 * How the end of a piece of code is timed here; see tsc.h.
 */
#include "cpu.h"
#include "tsc.h"

bool tsc__rdtscp(void)
{
	/* Threads that ask at once get, and keep, the same answer. */
	static int known = -1;
	int is = __atomic_load_n(&known, __ATOMIC_RELAXED);

	if (is < 0) {
		is = cpu__has("rdtscp");
		__atomic_store_n(&known, is, __ATOMIC_RELAXED);
	}
	return is;
}

const char *tsc__end_name(void)
{
	return tsc__rdtscp() ? "rdtscp" : "lfence; rdtsc";
}
