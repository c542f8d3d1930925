// SPDX-License-Identifier: GPL-2.0
/*
 * One hypercall that KVM does not know an event: an exit that does nothing but
 * skip one instruction. It is no floor under a fault: without SVM's next RIP,
 * which QEMU does not give, KVM fetches and decodes the instruction to skip it,
 * which costs more than many a fault.
 */
#include "guest-lib.h"

#define UNKNOWN_HYPERCALL	0x7fffffffull
#define KVM_ENOSYS		1000

void guest_main(const struct guest_params *p)
{
	guest_clock_floor();
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t ret = UNKNOWN_HYPERCALL;
		uint64_t t0 = guest_clock();

		asm volatile("vmmcall" : "+a"(ret) : : "memory");
		guest_sample(i, guest_clock() - t0);
		guest_check(i, (uint64_t)-KVM_ENOSYS, ret);
	}
	guest_ring(BELL_END);
}
