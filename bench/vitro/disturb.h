/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What makes a fault a cold one: between two faults of a vCPU the processor
 * ran a guest and much else, so the handler finds neither its branches
 * predicted nor its lines in the first level of caches.
 */
#ifndef FAULTLINE_DISTURB_H
#define FAULTLINE_DISTURB_H

#include <stddef.h>

/* Make the code and the data. 0, or -errno with a message in @err. */
int disturb__init(char *err, size_t errlen);
/* Bytes of data that disturb() walks, branches that it takes. */
size_t disturb__bytes(void);
size_t disturb__branches(void);

/*
 * Take thousands of indirect branches, each of them elsewhere and none to
 * where it went the time before, and walk twice as much data as the first
 * level of cache holds; the branches' code is twice that level's as well. The
 * second level is left alone: which of its lines go is a lottery of physical
 * addresses, which would be most of what is measured. No mitigation is asked
 * for: what is left in the predictors is other code's, as after a guest ran.
 */
void disturb(void);

#endif
