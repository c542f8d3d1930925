/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What runs say of executed code, kernel by kernel, and the lines of source that a
 * variant changes.
 */
#ifndef FAULTLINE_COVERAGE_READ_H
#define FAULTLINE_COVERAGE_READ_H

#include "attribution.h"
#include "select.h"
#include "udiff.h"

/* What one workload executed of a kernel, in a run. */
struct coverage_boot {
	char *workload;
	struct executed executed;
};

struct coverage_kernel {
	char *base, *variant, *profile, *build_id;
	const char *run;		/* a folder that has it */
	struct coverage_boot *boot;
	size_t nr;
};

struct coverage_kernels {
	struct coverage_kernel *item;
	size_t nr;
};

/*
 * Add what a run's attributions have of the chosen cells, of each the first boot.
 * Dies with EXIT_NO_DATA where one does not say what was executed, EXIT_DISAGREE
 * where the instrument lost some of it.
 */
void coverage_kernels__add(struct coverage_kernels *k, const struct run *run,
			   const struct selection *shown);
void coverage_kernels__free(struct coverage_kernels *k);

/* What a variant's source has that of another one has not, and the other way. */
void coverage__changes(const char *base, const char *from, const char *to,
		       struct source_lines *removed, struct source_lines *added);

#endif
