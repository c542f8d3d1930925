// SPDX-License-Identifier: GPL-2.0
/* A guest that rings the end before the start. */
#include "guest-lib.h"

void guest_main(const struct guest_params *p)
{
	(void)p;
	guest_ring(BELL_READY);
	guest_ring(BELL_END);
}
