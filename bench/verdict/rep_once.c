// SPDX-License-Identifier: GPL-2.0
/* See rep_once.h. */
#include <inttypes.h>
#include <stdlib.h>

#include "rep_once.h"

/* More than a fifth of the difference is said. */
#define PART	5

static int sign(int64_t n)
{
	return (n > 0) - (n < 0);
}

struct rep_once rep_once__of(const struct record_rep *ref,
			     const struct record_rep *own, int64_t diff)
{
	struct rep_once once = { 0 };
	int64_t more;

	if (!ref || !own)
		return once;
	/* Of another class of faults than most of the samples are. */
	if ((int64_t)(own->instructions - ref->instructions) != diff)
		return once;
	more = own->iterations - ref->iterations;
	once.known = true;
	once.diff = diff - more;
	once.matters = sign(once.diff) != sign(diff) ||
		       llabs(more) * PART > llabs(diff);
	return once;
}

void rep_once__add(char **reason, const struct rep_once *once)
{
	char *with;

	if (!once->matters)
		return;
	with = xasprintf("%s; %+" PRId64 " with rep counted once", *reason,
			 once->diff);
	free(*reason);
	*reason = with;
}
