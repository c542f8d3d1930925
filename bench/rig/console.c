// SPDX-License-Identifier: GPL-2.0
/*
 * What a host's console must not say. The words are those the kernel's own
 * report functions print: __warn(), die(), panic(), the stall detectors.
 */
#include <string.h>

#include "rig.h"

static const struct {
	const char *text;
	enum outcome outcome;
} signs[] = {
	{ "Oops: ", OUTCOME_OOPS },
	{ "BUG: ", OUTCOME_OOPS },
	{ "kernel BUG at ", OUTCOME_OOPS },
	{ "general protection fault", OUTCOME_OOPS },
	{ "invalid opcode: ", OUTCOME_OOPS },
	{ "Unable to handle kernel ", OUTCOME_OOPS },
	{ "Kernel panic - ", OUTCOME_PANIC },
	{ "WARNING: CPU: ", OUTCOME_WARN },
	{ "WARNING: possible ", OUTCOME_WARN },
	{ "UBSAN: ", OUTCOME_WARN },
	{ "INFO: rcu", OUTCOME_WARN },
	{ "rcu: INFO: ", OUTCOME_WARN },
	{ "INFO: task ", OUTCOME_WARN },
	{ "Call Trace:", OUTCOME_WARN },
};

enum outcome console__scan(const char *text, char **line)
{
	enum outcome worst = OUTCOME_OK;

	*line = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		const char *at = strstr(text, signs[i].text);
		const char *from = at, *to;

		if (!at || signs[i].outcome >= worst)
			continue;
		worst = signs[i].outcome;
		while (from > text && from[-1] != '\n')
			from--;
		if (*from == '[' && (to = strchr(from, ']')) && to < at)
			from = to + 1 + strspn(to + 1, " ");
		*line = xasprintf("%.*s", (int)strcspn(from, "\r\n"), from);
	}
	return worst;
}
