/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tcg rig's QEMU, which also runs the kernel's selftests.
 */
#ifndef FAULTLINE_TCG_H
#define FAULTLINE_TCG_H

#include "qemu.h"

extern const struct qemu_kind tcg_kind;

#endif
