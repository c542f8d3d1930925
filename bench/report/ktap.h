/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Results as KTAP version 1, flat: plan, then a line a test. Written for what
 * reads it: kunit.py knows SKIP and takes any other `not ok` for a failure, TODO
 * and XFAIL too, so a failure that is expected is a SKIP with its reason. Notes
 * stand before the line that they are of, where kunit.py looks for them.
 */
#ifndef FAULTLINE_KTAP_H
#define FAULTLINE_KTAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum ktap_is { KTAP_PASS, KTAP_FAIL, KTAP_SKIP, NR_KTAP };

struct ktap {
	FILE *file;
	size_t count[NR_KTAP];
};

void ktap__begin(struct ktap *k, FILE *file, size_t planned);
/* A line for people; of several lines it is one. */
void ktap__note(const struct ktap *k, const char *text);
/* The next result; of a SKIP with its reason, else why is not looked at. */
void ktap__result(struct ktap *k, enum ktap_is is, const char *name,
		  const char *why);
/*
 * Is it what kunit.py calls passed: nothing failed, and something did pass? An
 * exit code of 0 goes with nothing else.
 */
bool ktap__passed(const struct ktap *k);

#endif
