// SPDX-License-Identifier: GPL-2.0
/*
 * A mmu_lock that the second vCPU waits for without end.
 */
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "shim.h"

void _raw_read_lock(rwlock_t *lock);

void _raw_read_lock(rwlock_t *lock)
{
	while (raw_smp_processor_id() == 1)
		cpu_relax();
	queued_read_lock(&lock->raw_lock);
}
