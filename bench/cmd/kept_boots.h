/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Boots that need not be done again: below boots/ of the cache, a file each, the
 * record of an exact boot under a key of everything that decides it. What is
 * damaged, or was cut short, is as if it were not there.
 */
#ifndef FAULTLINE_KEPT_BOOTS_H
#define FAULTLINE_KEPT_BOOTS_H

#include "jobs.h"

/*
 * The key of a boot, allocated; the caller frees it. NULL of one that is not
 * kept: of a noisy rig, attributed, of a Linux guest, or with perf in the host,
 * whose files are no part of the key.
 */
char *kept_boots__key(const struct session *s, const struct job *j);
/* The record under a key, or NULL; base, variant and profile are as it was kept. */
struct record *kept_boots__find(const char *key);
/* Keep a valid record of that run; what cannot be written is not kept. */
void kept_boots__add(const char *key, const struct run *run,
		     const struct record *r);

/*
 * Names of the functions that differ between two kernels, of which finding them
 * takes as long as half a boot: the same, kept by the hashes of both.
 */
int kept_functions__changed(struct strlist *names, const struct kernel *a,
			    const struct kernel *b, char *err, size_t errlen);

#endif
