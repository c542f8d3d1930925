/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Made-up records of rig vitro with a known truth. A block is
 *
 *	cost + layout effect + what the machine did then + the cell's own noise
 *
 * where the third part is common to every cell of a workload's layout: large,
 * and gone in a difference that is paired by block.
 */
#ifndef FAULTLINE_MADE_VITRO_H
#define FAULTLINE_MADE_VITRO_H

#include "made.h"
#include "rigs.h"

#define MADE_BLOCKS	32

struct truth {
	double cost;		/* TSC cycles per fault; 0: this mode is not there */
	double layout;		/* +- so much by layout, the cell's own */
	double machine;		/* +- so much by block, common to all cells */
	double own;		/* +- so much by block, the cell's own */
};

/* The same for the same arguments: -1 to 1, no two alike (splitmix64). */
static inline double made_noise(const char *salt, uint64_t a, uint64_t b)
{
	uint64_t x = a * 0x9e3779b97f4a7c15u + b * 0xbf58476d1ce4e5b9u;

	for (; *salt; salt++)
		x = (x ^ (unsigned char)*salt) * 0x100000001b3u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	x ^= x >> 31;
	return (double)(x >> 11) / (1ull << 52) - 1;
}

static inline double *made_blocks(const struct truth *t, const char *cell,
				  const char *machine, uint64_t layout)
{
	double *v = xcalloc(MADE_BLOCKS, sizeof(*v));

	for (size_t i = 0; i < MADE_BLOCKS; i++)
		v[i] = t->cost + t->layout * made_noise(cell, layout, 1000) +
		       t->machine * made_noise(machine, layout, i) +
		       t->own * made_noise(cell, layout, i);
	return v;
}

/* aa: with a second copy of its code, whose layout effect is another. */
static inline void make_mode(struct record *r, enum cycles_mode m,
			     const struct truth *t, bool aa)
{
	struct cycles_series *s = &r->cycles->mode[m];
	char *cell = xasprintf("%s %s %s %d", r->variant, r->profile,
			       r->workload, m);
	char *copy = xasprintf("%s again", cell);
	char *machine = xasprintf("%s %d", r->workload, m);

	*s = (struct cycles_series) {
		.nr = MADE_BLOCKS,
		.block = made_blocks(t, cell, machine, r->boot),
		.aa = aa ? made_blocks(t, copy, machine, r->boot) : NULL,
		.chunk = m == CYCLES_HOT ? 512 : 1,
		.floor = m == CYCLES_HOT ? 24 : 90,
		.kept = 0.9,
	};
	free(machine);
	free(copy);
	free(cell);
}

static inline struct record *make_vitro(const char *variant,
					const char *profile,
					const char *workload, uint64_t layout,
					struct truth hot, struct truth cold,
					bool aa)
{
	struct record *r = make_record(variant, profile, workload, layout, 0);

	free(r->rig);
	r->rig = xstrdup(RIG_VITRO);
	free(r->handler_sha256);
	r->handler_sha256 = xasprintf("handler of %s, %s", variant, profile);
	r->total = 0;
	r->clock_floor = 0;
	r->nr_bins = 0;
	r->cycles = cycles__new();
	if (hot.cost)
		make_mode(r, CYCLES_HOT, &hot, aa);
	if (cold.cost)
		make_mode(r, CYCLES_COLD, &cold, aa);
	return r;
}

/* The record is of another outcome, and measured nothing. */
static inline struct record *make_vitro_none(struct record *r, enum outcome o,
					     const char *why)
{
	cycles__free(r->cycles);
	r->cycles = NULL;
	r->outcome = o;
	free(r->why);
	r->why = xstrdup(why);
	return r;
}

#endif
