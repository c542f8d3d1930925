// SPDX-License-Identifier: GPL-2.0
/*
 * What a fault may cost, as an argp child; see limit_options.h.
 */
#include "limit_options.h"
#include "options.h"

#define MOST	1e12

enum { OPT_MORE_THAN = 1024, OPT_LIMIT };

static const struct argp_option option_table[] = {
	{ "more-than", OPT_MORE_THAN, "N", 0, "More than N above the start (default 0)", 0 },
	{ "limit", OPT_LIMIT, "N", 0, "A figure above N, whatever the start has", 0 },
	{ 0 }
};

static void set(struct argp_state *state, bool absolute, double most)
{
	struct limit *l = state->input;

	if (l->given && l->absolute != absolute)
		argp_error(state, "--more-than and --limit cannot be used together");
	*l = (struct limit) { true, absolute, most };
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case OPT_MORE_THAN:
		set(state, false, options__number(state, "more-than", arg, MOST));
		break;
	case OPT_LIMIT:
		set(state, true, options__number(state, "limit", arg, MOST));
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

const struct argp limit_options__argp = { option_table, parse, NULL, NULL, NULL, NULL, NULL };
