/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The names of what the history keeps of attributions: figures of the typical fault
 * from VM exit to VM entry, as `path_stores`, and of one function in it, as
 * `function.kvm_faultin_pfn.instructions`; each also `_over_baseline`. What the
 * compiler hangs on a function's name (.isra.0, .cold) is no part of it: such parts
 * come and go, and are counted with their function.
 */
#ifndef FAULTLINE_ATTRIBUTED_H
#define FAULTLINE_ATTRIBUTED_H

#include "attribution.h"

#define ATTRIBUTED_PATH		"path_"
#define ATTRIBUTED_FUNCTION	"function."

/* A figure of the typical fault. */
struct attributed_figure {
	const char *metric, *unit, *words;
	bool kept;		/* by default; else where it is asked for */
	bool judged;		/* likewise */
	/* Value, and how far the faults of the same way are above it. */
	uint64_t (*of)(const struct attr_class *c, uint64_t *spread);
};
extern const struct attributed_figure attributed_figures[];
extern const size_t attributed_nr_figures;

/* A figure of one function; the first is kept and judged by default. */
enum attributed_cost {
	ATTRIBUTED_INSTRUCTIONS, ATTRIBUTED_LOADS, ATTRIBUTED_STORES,
	ATTRIBUTED_ENTERED, NR_ATTRIBUTED_COSTS
};
extern const char *const attributed_costs[NR_ATTRIBUTED_COSTS];

/* Is a metric one of these? Of one function? */
bool attributed__is(const char *metric);
bool attributed__is_function(const char *metric);
/* Is it judged where nobody asks for it? */
bool attributed__is_judged(const char *metric);

/* The name of a function in a metric, allocated; the caller frees it. */
char *attributed__function(const char *metric);
/* "function.NAME.stores", of a symbol's name; allocated, the caller frees it. */
char *attributed__metric(const char *symbol, enum attributed_cost cost);
/* How long a symbol's name is without what the compiler hung on it. */
size_t attributed__stem(const char *symbol);

/*
 * "stores per fault", "instructions per fault in kvm_faultin_pfn", where @per is
 * " per fault"; allocated, the caller frees it.
 */
char *attributed__words(const char *metric, const char *per);

#endif
