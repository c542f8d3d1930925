// SPDX-License-Identifier: GPL-2.0
/*
 * Allocation by several threads, built as the page allocator and SLUB are: a
 * free list per CPU, without any lock, refilled from one that all share under a
 * lock, to which a CPU goes for a batch at a time.
 */
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "shim.h"

#define BATCH	32u
#define MOST	(4 * BATCH)	/* on a CPU's list */

/* For all kinds: what is fresh comes from the same memory. */
static DEFINE_RAW_SPINLOCK(lock);

void *shim_alloc_of(struct shim_pool *p)
{
	return shim_alloc(p->size);
}

static void push(void **list, void *object)
{
	*(void **)object = *list;
	*list = object;
}

static void *pop(void **list)
{
	void *object = *list;

	if (object)
		*list = *(void **)object;
	return object;
}

static void refill(struct shim_pool *p, struct shim_pool_cpu *c)
{
	raw_spin_lock(&lock);
	while (c->nr < BATCH) {
		void *object = pop(&p->shared);

		push(&c->free, object ? object : p->fresh(p));
		c->nr++;
	}
	raw_spin_unlock(&lock);
}

static void drain(struct shim_pool *p, struct shim_pool_cpu *c)
{
	raw_spin_lock(&lock);
	while (c->nr > MOST - BATCH) {
		push(&p->shared, pop(&c->free));
		c->nr--;
	}
	raw_spin_unlock(&lock);
}

void *shim_pool_get(struct shim_pool *p)
{
	struct shim_pool_cpu *c = &p->cpu[raw_smp_processor_id()];

	if (!c->nr)
		refill(p, c);
	c->nr--;
	return pop(&c->free);
}

void shim_pool_put(struct shim_pool *p, void *object)
{
	struct shim_pool_cpu *c = &p->cpu[raw_smp_processor_id()];

	push(&c->free, object);
	if (++c->nr > MOST)
		drain(p, c);
}
