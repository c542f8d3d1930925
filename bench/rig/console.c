// SPDX-License-Identifier: GPL-2.0
/*
 * What a host's console must not have: the words that the kernel's own report
 * functions print: __warn(), die(), panic(), the stall detectors.
 */
#include <string.h>

#include "console.h"
#include "plan.h"

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

/* Its first place in a line of the host; a Linux guest's lines are marked. */
static const char *find_sign(const char *text, const char *sign)
{
	const char *at = text, *line;

	while ((at = strstr(at, sign))) {
		for (line = at; line > text && line[-1] != '\n';)
			line--;
		if (strncmp(line, GUEST_CONSOLE_MARK,
			    strlen(GUEST_CONSOLE_MARK)))
			break;
		at++;
	}
	return at;
}

enum outcome console__scan(const char *text, char **line)
{
	enum outcome worst = OUTCOME_OK;
	const char *first = NULL, *from, *stamp;

	*line = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		const char *at = find_sign(text, signs[i].text);

		if (at && (signs[i].outcome < worst ||
			   (signs[i].outcome == worst && at < first))) {
			worst = signs[i].outcome;
			first = at;
		}
	}
	if (!first)
		return OUTCOME_OK;
	for (from = first; from > text && from[-1] != '\n';)
		from--;
	stamp = *from == '[' ? strchr(from, ']') : NULL;	/* printk's time */
	if (stamp && stamp < first)
		from = stamp + 1 + strspn(stamp + 1, " ");
	*line = xasprintf("%.*s", (int)strcspn(from, "\r\n"), from);
	return worst;
}
