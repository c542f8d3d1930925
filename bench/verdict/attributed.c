// SPDX-License-Identifier: GPL-2.0
/* See attributed.h. */
#include <stdlib.h>
#include <string.h>

#include "attributed.h"
#include "difference.h"

#define FIGURE(name, member)							\
static uint64_t name(const struct attr_class *c, uint64_t *spread)		\
{										\
	(void)spread;								\
	return c->figures.member;						\
}

FIGURE(instructions, insns)
FIGURE(loads, loads)
FIGURE(stores, stores)
FIGURE(calls, calls)
FIGURE(branches, branches)
FIGURE(indirect, indirect)
FIGURE(stack_bytes, stack_bytes)
FIGURE(code_lines, code_lines)

static uint64_t thunks(const struct attr_class *c, uint64_t *spread)
{
	(void)spread;
	return c->figures.thunks + c->figures.return_thunks;
}

/* Each fault has another page, so faults of one way may differ by a line. */
static uint64_t data_lines(const struct attr_class *c, uint64_t *spread)
{
	*spread = c->lines_max - c->lines_min;
	return c->lines_min;
}

/*
 * A line of code or data more comes from where the linker and the allocator put
 * things, too: it is kept, and judged where it is asked for.
 */
const struct attributed_figure attributed_figures[] = {
	{ "path_instructions", "instructions", "instructions from exit to entry", true, true, instructions },
	{ "path_stores", "stores", "stores", true, true, stores },
	{ "path_stack_bytes", "bytes", "bytes of stack", true, true, stack_bytes },
	{ "path_thunks", "thunks", "thunks", true, true, thunks },
	{ "path_code_lines", "cache lines", "cache lines of code", true, false, code_lines },
	{ "path_data_lines", "cache lines", "cache lines of data", true, false, data_lines },
	{ "path_loads", "loads", "loads", false, false, loads },
	{ "path_calls", "calls", "calls", false, false, calls },
	{ "path_branches", "branches", "conditional branches", false, false, branches },
	{ "path_indirect", "indirect branches", "indirect calls and jumps", false, false, indirect },
};
const size_t attributed_nr_figures = ARRAY_SIZE(attributed_figures);

const char *const attributed_costs[NR_ATTRIBUTED_COSTS] = {
	[ATTRIBUTED_INSTRUCTIONS] = "instructions",
	[ATTRIBUTED_LOADS] = "loads",
	[ATTRIBUTED_STORES] = "stores",
	[ATTRIBUTED_ENTERED] = "entered",
};

bool attributed__is_function(const char *metric)
{
	return !strncmp(metric, ATTRIBUTED_FUNCTION,
			strlen(ATTRIBUTED_FUNCTION));
}

bool attributed__is(const char *metric)
{
	return attributed__is_function(metric) ||
	       !strncmp(metric, ATTRIBUTED_PATH, strlen(ATTRIBUTED_PATH));
}

/* The last dot of a function's metric, without its difference; or NULL. */
static const char *what_of(const char *metric)
{
	const char *at = metric + difference__figure(metric);

	while (at > metric + strlen(ATTRIBUTED_FUNCTION) && at[-1] != '.')
		at--;
	return at > metric + strlen(ATTRIBUTED_FUNCTION) ? at - 1 : NULL;
}

static const struct attributed_figure *figure_of(const char *metric)
{
	const size_t n = difference__figure(metric);

	for (size_t i = 0; i < attributed_nr_figures; i++) {
		if (strlen(attributed_figures[i].metric) == n &&
		    !strncmp(attributed_figures[i].metric, metric, n))
			return &attributed_figures[i];
	}
	return NULL;
}

bool attributed__is_judged(const char *metric)
{
	const struct attributed_figure *f = figure_of(metric);
	const char *instructions = attributed_costs[ATTRIBUTED_INSTRUCTIONS];
	const char *what;

	if (!attributed__is_function(metric))
		return f && f->judged;
	what = what_of(metric);
	return what && !strncmp(what + 1, instructions, strlen(instructions));
}

char *attributed__function(const char *metric)
{
	const size_t n = strlen(ATTRIBUTED_FUNCTION);
	const char *what;

	if (!attributed__is_function(metric))
		return xstrdup("");
	what = what_of(metric);
	return what ? xasprintf("%.*s", (int)(what - metric - n), metric + n) :
		      xstrdup(metric + n);
}

size_t attributed__stem(const char *symbol)
{
	return *symbol == '.' ? strlen(symbol) : strcspn(symbol, ".");
}

char *attributed__metric(const char *symbol, enum attributed_cost cost)
{
	return xasprintf(ATTRIBUTED_FUNCTION "%.*s.%s",
			 (int)attributed__stem(symbol), symbol,
			 attributed_costs[cost]);
}

char *attributed__words(const char *metric, const char *per)
{
	const int figure = difference__figure(metric);
	const struct attributed_figure *f = figure_of(metric);
	const char *what = attributed__is_function(metric) ? what_of(metric) :
							     NULL;
	char *function, *words;

	if (!what)
		return f ? xasprintf("%s%s", f->words, per) :
			   xasprintf("%.*s%s", figure, metric, per);
	function = attributed__function(metric);
	words = xasprintf("%.*s%s in %s", (int)(metric + figure - what - 1),
			  what + 1, per, function);
	free(function);
	return words;
}
