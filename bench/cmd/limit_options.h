/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --more-than and --limit: what a fault may cost. An argp child whose input is a
 * struct limit.
 */
#ifndef FAULTLINE_LIMIT_OPTIONS_H
#define FAULTLINE_LIMIT_OPTIONS_H

#include <argp.h>

#include "limit.h"

extern const struct argp limit_options__argp;
#define LIMIT_OPTIONS	{ &limit_options__argp, 0, "What counts as more expensive:", 2 }

#endif
