/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Doing the boots that jobs.h has planned.
 */
#ifndef FAULTLINE_BOOTS_H
#define FAULTLINE_BOOTS_H

#include "jobs.h"

/* Do them, several at a time, and keep each record as it comes. */
void boots__all(struct session *s);

#endif
