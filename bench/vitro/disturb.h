/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What makes a fault a cold one: between two faults of a vCPU the processor
 * ran a guest and much else, so the handler finds neither its branches
 * predicted nor its lines in the first level of caches.
 */
#ifndef FAULTLINE_DISTURB_H
#define FAULTLINE_DISTURB_H

#include <stddef.h>

/* Make the code and the data. 0, or -errno with why in err. */
int disturb__init(char *err, size_t errlen);
/* Bytes of data that disturb() walks, branches that it takes. */
size_t disturb__bytes(void);
size_t disturb__branches(void);

/*
 * Take thousands of indirect branches, each elsewhere and each time to where
 * none was predicted, and walk twice as much data as the second level of cache
 * holds. No mitigation is asked for: what is left in the predictors is other
 * code's, as it is after a guest ran.
 */
void disturb(void);

#endif
