/* SPDX-License-Identifier: GPL-2.0 */
/* Many comparisons at once: p-values that allow for each other. Pure. */
#ifndef FAULTLINE_HOLM_H
#define FAULTLINE_HOLM_H

#include <stddef.h>

/*
 * Holm, A simple sequentially rejective multiple test procedure, Scand. J.
 * Statist. 6 (1979): from p to adjusted p, in the same order. Below alpha are
 * those that may be called different with at most alpha risk that one of all
 * is not. A NAN is no comparison: it stays and does not count. 0 or -ENOMEM.
 */
int holm__adjust(const double *p, size_t n, double *adjusted);

#endif
