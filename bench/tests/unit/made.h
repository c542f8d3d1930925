/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Made-up records of ten events, nine of them of the typical cost, and a
 * handler that is the variant's own.
 */
#ifndef FAULTLINE_MADE_H
#define FAULTLINE_MADE_H

#include "record.h"

static inline struct record *make_record(const char *variant,
					 const char *profile,
					 const char *workload, uint64_t boot,
					 uint64_t typical)
{
	struct record *r = record__new();

	r->base = xstrdup("v6.1");
	r->variant = xstrdup(variant);
	r->profile = xstrdup(profile);
	r->workload = xstrdup(workload);
	r->rig = xstrdup("tcg");
	r->boot = boot;
	r->time = xstrdup("2026-11-22T00:00:00Z");
	r->outcome = OUTCOME_OK;
	r->why = xstrdup("");
	r->vmlinux_sha256 = xstrdup("00");
	r->handler_sha256 = xasprintf("handler of %s", variant);
	r->wall_s = 1.25;
	r->events = 10;
	r->total = 10 * typical + 2000 + 250;
	r->clock_floor = 4;
	numbers__add(&r->stats, "pf_taken", 10);
	numbers__add(&r->expect, "pf_taken", 10);
	r->bin = xcalloc(2, sizeof(*r->bin));
	r->bin[0] = (struct bin) { typical, 9 };
	r->bin[1] = (struct bin) { typical + 100, 1 };
	r->nr_bins = 2;
	return r;
}

#endif
