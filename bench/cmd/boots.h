/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Doing the boots that jobs.h has planned.
 */
#ifndef FAULTLINE_BOOTS_H
#define FAULTLINE_BOOTS_H

#include "jobs.h"

/*
 * Take those from the store that were done before (kept_boots.h), which leaves
 * the others in the plan. Return: how many.
 */
size_t boots__take_kept(struct session *s);
/* Do them, several at a time, and keep each record as it comes. */
void boots__all(struct session *s);

#endif
