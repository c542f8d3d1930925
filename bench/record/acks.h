/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes that are known: a file of stanzas, each named by a pattern of series
 * and saying who acknowledged what, why, and until when.
 *
 *	[tcg/v6.1/const-fields/off/touch-write/instr*]
 *	commit = 1a2b3c4d
 *	who = A. Kernel Developer <akd@example.org>
 *	why = the price of the new check, discussed on the list
 *	until = 2027-03-01
 *	at_most = 3
 *
 * The pattern is fnmatch(3)'s over rig/base/variant/profile/workload/metric; no
 * '*' or '?' stands for a '/'. Until its last day, in UTC, an ack holds; then
 * it is void. at_most is a percentage, and optional: more than that is not
 * acknowledged.
 */
#ifndef FAULTLINE_ACKS_H
#define FAULTLINE_ACKS_H

#include "history.h"

struct ack {
	char *pattern, *commit, *who, *why;
	char until[sizeof("2027-03-01")];
	double at_most;			/* percent; INFINITY where not given */
	unsigned int line;
};

struct acks {
	char *path;
	struct ack *item;
	size_t nr;
};

/*
 * Read a file, or size bytes of text that are named path. 0, or a negative
 * errno with err naming file and line: -EINVAL for what is no ack. acks is
 * empty then, and needs no acks__free().
 */
int acks__read(struct acks *a, const char *path, char *err, size_t errlen);
int acks__parse(struct acks *a, const char *path, const char *text,
		size_t size, char *err, size_t errlen);
void acks__free(struct acks *a);

bool ack__matches(const struct ack *a, const struct history_key *k);
/* Is it void on a day, "2027-03-02"? */
bool ack__expired(const struct ack *a, const char *day);

#endif
