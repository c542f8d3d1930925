/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is said of a patch that somebody reviews: it passes, it is worth a look, or
 * it fails, by what its end costs next to its start.
 */
#ifndef FAULTLINE_CHECKED_H
#define FAULTLINE_CHECKED_H

#include "limit.h"
#include "steps.h"

enum checked_status { CHECKED_PASS, CHECKED_WARN, CHECKED_FAIL };

/* One workload under one profile. */
struct checked_row {
	const char *workload, *profile;
	enum checked_status status;
	bool said;		/* there is a difference; else why says why not */
	double by;
	uint64_t from, to;	/* the figures */
	const char *why;
};

struct checked {
	enum checked_status status;	/* the worst of them */
	const char *failed;	/* the end does not build: why; or NULL */
	bool same_handler;	/* its code is the start's, in every row */
	struct checked_row *row;	/* the worst first */
	size_t nr;
};

/*
 * Of what diff measured, a steps per profile, with the commits start and end. More
 * than the limit fails, any more is a warning, and so is what cannot be said; an
 * end that does not build or boot where the start does fails.
 */
struct checked checked__make(const struct steps *s, size_t nr,
			     const struct limit *l);
void checked__free(struct checked *c);

#endif
