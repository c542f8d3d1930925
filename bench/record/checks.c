// SPDX-License-Identifier: GPL-2.0
/*
 * The checks as text; see checks.h.
 */
#include <inttypes.h>
#include <string.h>

#include "checks.h"

void checks__print(FILE *f, const struct check *c)
{
	fprintf(f, "%s %" PRIu64 " %s %s\n", c->name, c->limit_ms, c->setup,
		c->command);
}

int checks__parse(FILE *f, struct check *c)
{
	char line[sizeof(*c) + 64];

	if (!fgets(line, sizeof(line), f))
		return 0;
	return sscanf(line, "%63s %" SCNu64 " %511s %511[^\n]", c->name,
		      &c->limit_ms, c->setup, c->command) == 4 ? 1 : -1;
}
