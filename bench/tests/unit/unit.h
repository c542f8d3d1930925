/* SPDX-License-Identifier: GPL-2.0 */
/* What every unit test includes: cmocka and the headers it wants first. */
#ifndef FAULTLINE_UNIT_H
#define FAULTLINE_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#endif
