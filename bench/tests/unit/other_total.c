// SPDX-License-Identifier: GPL-2.0
/*
 * Records from stdin to stdout, whole and sound, with an interrupt more each.
 * No test, but a helper of those that want a cell with other figures.
 */
#include <stdlib.h>
#include <string.h>

#include "record.h"

int main(void)
{
	char *line = NULL, err[256];
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		struct record *r = record__parse(line, strlen(line),
						 err, sizeof(err));
		char *text;

		if (!r)
			die(EXIT_BAD_RECORD, "%s", err);
		r->irqs++;
		text = record__line(r);
		fputs(text, stdout);
		free(text);
		record__free(r);
	}
	free(line);
	return 0;
}
