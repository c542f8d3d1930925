// SPDX-License-Identifier: GPL-2.0
/*
 * The values of options; see options.h.
 */
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "util.h"

const char *options__format(struct argp_state *state, const char *arg,
			    const char *words)
{
	struct strlist known = { 0 };
	char *list = xstrdup(words), *next = list, *word;
	bool is_known;

	while ((word = strsep(&next, ", "))) {
		if (*word)
			strlist__add(&known, word);
	}
	is_known = strlist__has(&known, arg);
	strlist__free(&known);
	free(list);
	if (!is_known)
		argp_error(state, "no format '%s'; there are: %s", arg, words);
	return arg;
}

const struct table_format *options__table_format(struct argp_state *state,
						 const char *arg)
{
	char all[100];
	size_t n = 0;

	for (const struct table_format *f = table_formats; f->name; f++)
		n += snprintf(all + n, sizeof(all) - n, "%s%s", n ? ", " : "",
			      f->name);
	return table_format__find(options__format(state, arg, all));
}

double options__number(struct argp_state *state, const char *option,
		       const char *arg, double most)
{
	char *end;
	double v = strtod(arg, &end);

	if (end == arg || *end || !(v >= 0) || v > most)
		argp_error(state, "--%s: '%s' is not a number from 0 to %g",
			   option, arg, most);
	return v;
}

unsigned long options__count(struct argp_state *state, const char *option,
			     const char *arg, unsigned long most)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 10);

	if (*arg < '0' || *arg > '9' || *end || !n || n > most)
		argp_error(state, "--%s: '%s' is not a number from 1 to %lu",
			   option, arg, most);
	return n;
}

void options__no_argument(struct argp_state *state, const char *arg)
{
	argp_error(state, "'%s': this command takes options only", arg);
}
