/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why something failed: the exit code of the program that gives up over it,
 * and one message. A library sets it and returns; a command or a rig ends the
 * program with it.
 */
#ifndef FAULTLINE_ERR_H
#define FAULTLINE_ERR_H

#include "exits.h"

struct err {
	enum faultline_exit code;
	char text[8192];	/* a longer message ends in "..." */
};

/*
 * Set code and message. Return: -1, so that `return err__set(...)` says both
 * that and why.
 */
int err__set(struct err *e, enum faultline_exit code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* End the program with the message and the code. Libraries never do. */
_Noreturn void die_err(const struct err *e);

#endif
