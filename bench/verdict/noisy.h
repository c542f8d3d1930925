/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What noisy records say: figures in TSC cycles per fault, and differences that
 * are paired.
 *
 * The layout (the record's boot) is the unit: blocks of one process are not
 * independent, so out of each layout comes one figure, the median over its
 * blocks, and estimate and interval (Hodges and Lehmann) are over layouts. Where a
 * cell was linked twice, a block is the mean of both copies. In a difference the median is over
 * the differences block by block, which takes out what the machine did to both
 * cells alike; see docs/format.md. Under rigs of guests on hardware the
 * layout is a boot, nothing is measured in turns, and the difference is that of
 * the medians. A run here has records of one rig.
 */
#ifndef FAULTLINE_NOISY_H
#define FAULTLINE_NOISY_H

#include "paired_word.h"
#include "run.h"

#define NOISY_CONFIDENCE	0.95

/* A value over layouts, in TSC cycles per fault. */
struct noisy_value {
	size_t layouts;		/* that it is of; 0: there is none, why says so */
	double value;		/* Hodges-Lehmann estimate over layouts */
	double low, high;	/* its 95 % interval; NAN: too few layouts */
	double half;		/* value +- half has all of it */
	double least, most;	/* over layouts */
	double percent;		/* of a difference, of the cell it is compared with */
	size_t unpaired;	/* layouts left out: their blocks do not pair */
	const char *why;	/* why there is none, or no interval; "" */
};

struct noisy_cell {
	const char *base, *profile, *variant, *workload;
	size_t boots, valid;	/* records, and those that count */
	bool skipped;		/* every one is a skip */
	bool usable;		/* one valid record or more */
	const char *why;	/* of the last invalid record, or why there is none */
	const char *handler;	/* sha256 of its code, "" unknown */
	struct noisy_value mode[NR_CYCLES_MODES];
	/* Of the valid records that have the mode: mean, mean, least. */
	double floor[NR_CYCLES_MODES], kept[NR_CYCLES_MODES];
	uint64_t chunk[NR_CYCLES_MODES];
	double pmu[NR_CYCLES_PMU];	/* mean a fault; < 0: not counted */
};

/* The strings are the caller's, and must outlive the cell. */
struct noisy_cell noisy__cell(const struct run *run, const char *base,
			      const char *profile, const char *variant,
			      const char *workload);

/* What a layout says of a cell: the median over its blocks. */
double noisy__layout(const struct cycles_series *s);

/* A sum of cells, each times its weight; all of one base and workload. */
struct noisy_term {
	const struct noisy_cell *cell;
	double weight;
};

/*
 * The sum, in every layout in which all of its cells are valid and have as many
 * blocks of as many faults: the median over blocks of the sums block by block.
 * A layout in which they have not is left out, and where no other is left, why
 * says so. percent is left 0.
 */
struct noisy_value noisy__sum(const struct run *run, enum cycles_mode m,
			      const struct noisy_term *term, size_t nr);

/*
 * The same sums one by one, a layout each, into v, which has room for run->nr;
 * how many. *unpaired: layouts left out.
 */
size_t noisy__each(const struct run *run, enum cycles_mode m,
		   const struct noisy_term *term, size_t nr, double *v,
		   size_t *unpaired);

struct noisy_rule;

struct noisy_diff {
	struct noisy_value by;		/* c minus ref; percent of ref's figure */
	bool same_code;			/* equal handlers: noise by definition */
	double reach;			/* of A/A; INFINITY: there is none */
	double p;			/* Wilcoxon's signed rank, of this one alone; NAN */
	struct paired_word word;
};

/*
 * c against ref, paired, and its word by the rule of the run. aa is noisy__aa()
 * of the same workload and mode; where c has a second copy of its own, the
 * worse of both is what a word must exceed.
 */
struct noisy_diff noisy__diff(const struct run *run, enum cycles_mode m,
			      const struct noisy_cell *ref,
			      const struct noisy_cell *c,
			      const struct noisy_value *aa,
			      const struct noisy_rule *rule);

/*
 * The second copy of a cell's code against the first, paired: what another
 * address alone does. Percent of the first.
 */
struct noisy_value noisy__aa(const struct run *run, enum cycles_mode m,
			     const struct noisy_cell *c);

/* The end of its interval that is farther from 0; INFINITY without interval. */
double noisy__reach(const struct noisy_value *v);

#endif
