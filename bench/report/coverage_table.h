/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Coverage as tables: how many lines of each variant were executed, by which
 * workloads, and the lines that were not.
 */
#ifndef FAULTLINE_COVERAGE_TABLE_H
#define FAULTLINE_COVERAGE_TABLE_H

#include "coverage.h"
#include "table.h"

/* One table a base. */
void coverage_tables__add(struct tables *t, const struct coverage *c);

#endif
