/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log of a host's kernel.
 */
#ifndef FAULTLINE_CONSOLE_H
#define FAULTLINE_CONSOLE_H

#include "record.h"

/*
 * Look for what no healthy boot prints. Return: the worst of OUTCOME_OOPS,
 * OUTCOME_PANIC, OUTCOME_WARN and OUTCOME_OK, with the first line of that kind
 * in *line, allocated.
 */
enum outcome console__scan(const char *text, char **line);

#endif
