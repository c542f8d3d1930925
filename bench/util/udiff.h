/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A unified diff, read: the lines that it removes, with their numbers in the old
 * files, and those that it adds, with their numbers in the new ones.
 */
#ifndef FAULTLINE_UDIFF_H
#define FAULTLINE_UDIFF_H

#include <stdbool.h>
#include <stddef.h>

struct source_line {
	char *file;		/* below the tree: no a/ or b/ before it */
	int line;
	char *text;		/* blanks around it apart */
};

struct source_lines {
	struct source_line *item;
	size_t nr;
};

/*
 * Read what git printed, to lists that were empty. Return: false where a hunk has
 * other lines than its head says, and nothing to free.
 */
bool udiff__read(const char *text, struct source_lines *removed,
		 struct source_lines *added);
/* Add a line, unless its file and number are in the list. */
void source_lines__add_once(struct source_lines *l, const struct source_line *s);
/* By file and number. */
void source_lines__sort(struct source_lines *l);
void source_lines__free(struct source_lines *l);

#endif
