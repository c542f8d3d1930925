// SPDX-License-Identifier: GPL-2.0
/*
 * faultline layout: where scripts/build-vitro puts what it links. Drawn here,
 * and not in the script, so that a layout is the same whatever awk, sort and
 * locale there are.
 */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include "balance.h"
#include "cmd.h"
#include "util.h"

#define GAP_STEP	16	/* bytes, what the kernel aligns functions to */
#define MOST		100000

static const struct argp argp = {
	.args_doc = "LAYOUT COPIES OBJECTS GAP",
	.doc = "Print a link layout of the vitro program: `copy I PLACE` for each "
	       "copy of the handler, then `object I BYTES` for the objects of a "
	       "copy in their order, with the gap before each: less than GAP bytes. "
	       "Everything counts from 0. Layout 0 changes nothing and has no gaps.\v"
	       "Example:\n  faultline layout 7 36 20 4096",
};

static long number(const char *text, const char *what, long least)
{
	char *end;
	long v = strtol(text, &end, 10);

	if (*end || end == text || v < least || v > MOST)
		die(EXIT_USAGE, "layout: %s '%s' is not a number from %ld to %d",
		    what, text, least, MOST);
	return v;
}

static size_t *places(size_t n, size_t layout, enum balance_what what)
{
	size_t *place = xcalloc(n + 1, sizeof(*place));

	if (balance__places(place, n, layout, what))
		die(EXIT_INTERNAL, "no memory for %zu places", n);
	return place;
}

static void print_objects(size_t layout, size_t n, long gap)
{
	size_t *place = places(n, layout, BALANCE_OBJECTS);
	size_t *object = xcalloc(n + 1, sizeof(*object));

	for (size_t i = 0; i < n; i++)
		object[place[i]] = i;
	for (size_t at = 0; at < n; at++) {
		long steps = layout ? gap / GAP_STEP : 0;

		if (steps > 0)
			steps = balance__draw(balance__draw(BALANCE_GAPS, layout), at) % steps;
		printf("object %zu %ld\n", object[at], steps * GAP_STEP);
	}
	free(object);
	free(place);
}

int cmd_layout(int argc, char **argv)
{
	size_t layout, copies, *place;
	int first;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, &first, NULL);
	if (argc - first != 4)
		die(EXIT_USAGE, "layout needs LAYOUT COPIES OBJECTS GAP");
	layout = number(argv[first], "LAYOUT", 0);
	copies = number(argv[first + 1], "COPIES", 0);
	place = places(copies, layout, BALANCE_TEXT);
	for (size_t i = 0; i < copies; i++)
		printf("copy %zu %zu\n", i, place[i]);
	free(place);
	print_objects(layout, number(argv[first + 2], "OBJECTS", 0),
		      number(argv[first + 3], "GAP", -MOST));
	return EXIT_OK;
}
