// SPDX-License-Identifier: GPL-2.0
/*
 * This machine, made as quiet as it lets itself be, and what it did not allow.
 */
#include "quiet_process.h"
#include "session.h"
#include "tsc.h"

void session__describe(struct vitro_session *s)
{
	char why[256];

	quiet_process__pin(&s->pinned);
	quiet_process__priority(&s->priority);
	quiet_process__memory(&s->memory);
	s->tsc_hz = quiet_process__tsc_hz(&s->tsc);
	s->tsc_end = tsc__end_name();
	s->has_pmu = !counters__open(&s->counters, why, sizeof(why));
	s->pmu = s->has_pmu ? xstrdup("cycles, instructions, branch-misses") :
			      xasprintf("not counted: %s", why);
}
