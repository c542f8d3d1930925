/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What two built variants say of their code without running it, as plain text.
 */
#ifndef FAULTLINE_STATIC_TEXT_H
#define FAULTLINE_STATIC_TEXT_H

#include <stdio.h>

#include "err.h"

/*
 * Print the functions of the handler that differ between kernel folders dir_a
 * and dir_b, the layout of struct kvm_page_fault in both and, where function is
 * not NULL, how its disassembly differs. At most REPORT_COLUMNS wide, but for
 * lines of disassembly and of a diff. Return: 0, or -1 with code and message in
 * @err: EXIT_MISSING when a folder cannot be read, EXIT_UNKNOWN_NAME when neither
 * has the function.
 */
int static_text__print(FILE *f, const char *name_a, const char *dir_a,
		       const char *name_b, const char *dir_b,
		       const char *function, struct err *err);

#endif
