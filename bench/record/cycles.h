/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The noisy part of a record: TSC cycles per fault of a handler called in a user
 * process, block by block. docs/format.md describes the format.
 *
 * One process is one link layout, the `boot` of its records. All variants and
 * profiles of a base are in it and take turns by short chunks, so block i of
 * every record of that base, workload and boot was taken at the same time.
 */
#ifndef FAULTLINE_CYCLES_H
#define FAULTLINE_CYCLES_H

#include <jansson.h>

#include "util.h"

#define CYCLES_UNIT	"tsc"
#define CYCLES_BLOCKS_MIN	8
#define CYCLES_BLOCKS_MAX	1024

/* Caches and predictors warm, or not: never one figure. */
enum cycles_mode { CYCLES_HOT, CYCLES_COLD, NR_CYCLES_MODES };
enum cycles_pmu { PMU_CYCLES, PMU_INSTRUCTIONS, PMU_BRANCH_MISSES, NR_CYCLES_PMU };

extern const char *const cycles_mode_names[NR_CYCLES_MODES];
extern const char *const cycles_pmu_names[NR_CYCLES_PMU];

struct cycles_series {
	size_t nr;		/* blocks; 0: this mode was not measured */
	double *block;		/* TSC cycles per fault, one figure per block */
	double *aa;		/* as many, of a second copy of the code, or NULL */
	uint64_t chunk;		/* faults per chunk */
	double floor;		/* TSC cycles per fault that the harness costs */
	double kept;		/* share of the rounds that the noise filter kept */
};

struct cycles {
	struct cycles_series mode[NR_CYCLES_MODES];
	double pmu[NR_CYCLES_PMU];	/* a fault, by the PMU; < 0: not counted */
};

/* No mode, no PMU. */
struct cycles *cycles__new(void);
void cycles__free(struct cycles *c);

/*
 * Can these be measurements? A mode at least; CYCLES_BLOCKS_MIN to _MAX
 * figures in it, finite and positive; a chunk; a share in (0, 1]. 0, or -1 with
 * why in err.
 */
int cycles__check(const struct cycles *c, char *err, size_t errlen);

/* c must pass cycles__check(), or the object is not one that reads back. */
json_t *cycles__to_json(const struct cycles *c);
/* NULL with a message in @err if it is invalid or fails cycles__check(). */
struct cycles *cycles__from_json(json_t *o, char *err, size_t errlen);

/* Every figure is equal. */
bool cycles__equal(const struct cycles *a, const struct cycles *b);

#endif
