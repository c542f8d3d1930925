// SPDX-License-Identifier: GPL-2.0
/* A guest that starts and never rings again. */
#include "guest-lib.h"

void guest_main(const struct guest_params *p)
{
	(void)p;
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	for (;;)
		asm volatile("pause");
}
