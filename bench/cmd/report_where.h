/* SPDX-License-Identifier: GPL-2.0 */
/* Where a difference is, for the first screen of a report and its flame pictures. */
#ifndef FAULTLINE_REPORT_WHERE_H
#define FAULTLINE_REPORT_WHERE_H

#include "full.h"

/*
 * Of the table that the answer is of, where it has attributions: in which functions
 * each variant differs, workload by workload, and the flame pictures of the
 * differences of the first workload. Nothing where there is no attribution.
 */
void report_where__add(struct full_report *r, const char *against);

#endif
