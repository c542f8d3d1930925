/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bochs, as the rig of that name runs it: one host from power-on to its end.
 */
#ifndef FAULTLINE_BOCHS_H
#define FAULTLINE_BOCHS_H

#include "rig.h"

#define BOCHS_MEMORY		512	/* MiB, of a host whose workload asks for no more */
#define BOCHS_MOST_MEMORY	2048	/* ... and the most that there is */
#define BOCHS_WORDS	6	/* at most before its own, the NULL at their end among them */

/* One Bochs; files below `stem` are made for it and removed after it. */
struct bochs_run {
	const struct rig_model *model;
	const char *stem;		/* of the boot's files */
	const char *image;		/* that bochs_image__write() wrote */
	unsigned int memory;		/* MiB */
	const char *console, *wire, *errors;	/* files that it fills */
	const char *commands;		/* of its debugger */
	char *const *words;		/* before its own: BOCHS_WORDS, or NULL */
	double limit_s;
	bool (*stop)(void);
};

/* Why it ended, where it ended by itself. */
enum bochs_end {
	BOCHS_SHUTDOWN,			/* the host asked for it */
	BOCHS_TRIPLE_FAULT,		/* of the host: a panic, or worse */
	BOCHS_GAVE_UP,			/* anything else; *why has it */
};

/* What its debugger is told where nobody looks on. */
#define BOCHS_CONTINUE	"c\n"

/* Return: the program, as it is looked for on PATH. */
const char *bochs__program(void);
/* Return: its version ("2.7"), "" where it tells none; a static text. */
const char *bochs__version(void);
/* Return: were whole runs made with that version? */
bool bochs__is_tried(const char *version);
/*
 * Return: why the Bochs of that version cannot be used, allocated, the caller frees
 * it; or NULL.
 */
char *bochs__unfit(const char *version);
/* Return: the ROM's file, allocated; the caller frees it. */
char *bochs__rom(void);
/* Return: what a model adds to the kernel's command line; a static text. */
const char *bochs__cmdline(const struct rig_model *model);
/*
 * Run it. Return: how the process ended, as spawn__run() does; where that is
 * SPAWN_EXITED, *why is a text (the caller frees it) and *ended is set.
 */
enum spawn_end bochs__run(const struct bochs_run *run, int *status,
			  enum bochs_end *ended, char **why);

#endif
