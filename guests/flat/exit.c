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

/*
 * It is one instruction, whoever calls: on Intel its first execution is an exit of
 * its own, in which KVM writes VMCALL over it.
 */
static __attribute__((noinline)) uint64_t hypercall(uint64_t *ret)
{
	uint64_t a = UNKNOWN_HYPERCALL;
	uint64_t t0 = guest_clock();

	asm volatile("vmmcall" : "+a"(a) : : "memory");
	t0 = guest_clock() - t0;
	*ret = a;
	return t0;
}

void guest_main(const struct guest_params *p)
{
	uint64_t ret, t;

	guest_clock_floor();
	hypercall(&ret);
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	for (uint64_t i = 0; i < p->events; i++) {
		t = hypercall(&ret);
		guest_sample(i, t);
		guest_check(i, (uint64_t)-KVM_ENOSYS, ret);
	}
	guest_ring(BELL_END);
}
