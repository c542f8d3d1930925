// SPDX-License-Identifier: GPL-2.0
/* A guest that crashes in the measured phase: no IDT, so #UD ends it. */
#include "guest-lib.h"

void guest_main(const struct guest_params *p)
{
	(void)p;
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	asm volatile("ud2");
}
