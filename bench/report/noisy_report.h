/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Noisy judgements as text, JSON, CSV: TSC cycles with their intervals, never
 * beside an instruction count.
 */
#ifndef FAULTLINE_NOISY_REPORT_H
#define FAULTLINE_NOISY_REPORT_H

#include <stdio.h>

#include "noisy_factors.h"

/* A table a mode and variant, at most REPORT_COLUMNS wide. */
void report__noisy_text(FILE *f, const struct noisy_comparison *c,
			const struct run *run);
json_t *report__noisy_json(const struct noisy_comparison *c);
/* A header (where wanted) and a line a cell and mode. */
void report__noisy_csv(FILE *f, const struct noisy_comparison *c, bool header);

/* The retpoline table in cycles. */
void report__noisy_factors_text(FILE *f, const struct noisy_factors *x,
				const struct run *run);
json_t *report__noisy_factors_json(const struct noisy_factors *x);
/* A header (where wanted) and a line a figure or difference. */
void report__noisy_factors_csv(FILE *f, const struct noisy_factors *x,
			       bool header);

#endif
