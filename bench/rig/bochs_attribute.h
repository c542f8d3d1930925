/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attribution under Bochs: its debugger traces the measured phase, and a
 * program that stands between makes the plugin's log of it.
 */
#ifndef FAULTLINE_BOCHS_ATTRIBUTE_H
#define FAULTLINE_BOCHS_ATTRIBUTE_H

#include "bochs.h"
#include "boot.h"

/* A traced boot takes so much longer than one that is not. */
#define BOCHS_TRACE_SLOWDOWN	10

/* How Bochs is run then: words before its own, and what its debugger is told. */
struct bochs_attribute {
	char *words[BOCHS_WORDS];	/* the last is NULL */
	char *commands;
};

/*
 * Fill *a and write the job's points. Return: 0, or -EINVAL with a message in
 * @err and nothing to free.
 */
int bochs_attribute__prepare(struct bochs_attribute *a, const struct boot *b,
			     char *err, size_t errlen);
void bochs_attribute__free(struct bochs_attribute *a);
/* Return: the program that makes the log, allocated; the caller frees it. */
char *bochs_attribute__program(void);

#endif
