/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two rigs' instructions side by side, as text and JSON.
 */
#ifndef FAULTLINE_INSTRUCTIONS_REPORT_H
#define FAULTLINE_INSTRUCTIONS_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "instructions.h"

/* What the figures are of. */
struct instr_setting {
	const char *base, *variant, *profile, *workload, *run;
	const char *creator;		/* "callgrind-3.19.0" */
	const char *handler_sha256;	/* the same in both rigs */
	bool same_vmlinux;		/* ... and so is all of the kernel */
};

/* One table, at most REPORT_COLUMNS wide. */
void report__instructions_text(FILE *f, const struct instructions *x,
			       const struct instr_setting *s);
/* Everything that text says. `agrees`: the handler's own functions do. */
json_t *report__instructions_json(const struct instructions *x,
				  const struct instr_setting *s);

#endif
