/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the commands read the values of their options. Each function ends the
 * program as argp_error() does, with EXIT_USAGE and what is wrong.
 */
#ifndef FAULTLINE_OPTIONS_H
#define FAULTLINE_OPTIONS_H

#include <argp.h>

#include "table.h"

/* One of the words, as in "text, json"; the first is the default by custom. */
const char *options__format(struct argp_state *state, const char *arg,
			    const char *words);

/* A format of tables, by its name. */
const struct table_format *options__table_format(struct argp_state *state,
						 const char *arg);

/* A number from 0 to most. */
double options__number(struct argp_state *state, const char *option,
		       const char *arg, double most);

/* A whole number from 1 to most. */
unsigned long options__count(struct argp_state *state, const char *option,
			     const char *arg, unsigned long most);

/* An argument where a command takes options only. */
void options__no_argument(struct argp_state *state, const char *arg);

#endif
