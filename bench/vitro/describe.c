// SPDX-License-Identifier: GPL-2.0
/*
 * This machine, made as quiet as it lets itself be, and what it did not allow.
 */
#include "quiet.h"
#include "session.h"

void session__describe(struct vitro_session *s)
{
	char why[256];

	quiet__pin(&s->pinned);
	quiet__priority(&s->priority);
	quiet__memory(&s->memory);
	s->tsc_hz = quiet__tsc_hz(&s->tsc);
	s->has_pmu = !counters__open(&s->counters, why, sizeof(why));
	s->pmu = s->has_pmu ? xstrdup("cycles, instructions, branch-misses") :
			      xasprintf("not counted: %s", why);
}
