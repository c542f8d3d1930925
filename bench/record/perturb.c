// SPDX-License-Identifier: GPL-2.0
/* See perturb.h. */
#include "perturb.h"
#include "util.h"

/* SplitMix64: Steele, Lea, Flood, Fast splittable PRNGs, OOPSLA 2014. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

struct perturb perturb__of_seed(uint64_t seed)
{
	struct perturb p = { .seed = seed };
	uint64_t state = seed;

	if (!seed)
		return p;
	p.text = seed % (PERTURB_LAYOUTS + 1);
	p.archive = 1 + next(&state) % PERTURB_MOST_ARCHIVE;
	p.spin = 1 + next(&state) % PERTURB_MOST_SPIN;
	p.pages = 1 + next(&state) % PERTURB_MOST_PAGES;
	return p;
}

size_t perturb__layouts(size_t seeds)
{
	return seeds < PERTURB_LAYOUTS + 1 ? seeds : PERTURB_LAYOUTS + 1;
}

char *perturb__layouts_text(size_t seeds)
{
	const size_t layouts = perturb__layouts(seeds);

	return layouts == seeds ? xasprintf("%zu layouts", seeds) :
				  xasprintf("%zu boots of %zu layouts", seeds, layouts);
}

bool perturb__plausible(const struct perturb *p)
{
	return p->seed && p->text <= PERTURB_LAYOUTS &&
	       p->archive <= PERTURB_MOST_ARCHIVE &&
	       p->spin <= PERTURB_MOST_SPIN && p->pages <= PERTURB_MOST_PAGES;
}
