/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hyperfine's JSON (--export-json), read back into records: seconds of the wall
 * clock of whole boots. Each file is one round, in which every command was run
 * once; a command's name (hyperfine -n) is
 *
 *	BASE VARIANT PROFILE WORKLOAD [again]
 *
 * `again` being the second boot of the same kernel in that round: A/A.
 */
#ifndef FAULTLINE_HYPERFINE_H
#define FAULTLINE_HYPERFINE_H

#include "run.h"

/* Boots of round n are 2n - 1 and, of `again`, 2n. */
static inline uint64_t hyperfine__boot(uint64_t round, bool again)
{
	return 2 * round - !again;
}

static inline uint64_t hyperfine__round(uint64_t boot)
{
	return (boot + 1) / 2;
}

static inline bool hyperfine__again(uint64_t boot)
{
	return boot % 2 == 0;
}

struct hyperfine {
	struct record **record;
	size_t nr;
};

/*
 * Add the records of one file, a round. 0, or -1 with err saying what is wrong
 * with it; then nothing of it was added.
 */
int hyperfine__read(struct hyperfine *h, const char *path, uint64_t round,
		    char *err, size_t errlen);
void hyperfine__free(struct hyperfine *h);

#endif
