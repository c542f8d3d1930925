// SPDX-License-Identifier: GPL-2.0
/*
 * The channel out of Bochs's standard output. A line of the debugger may begin
 * wherever the host's last byte was, so those are cut out first; what is no line
 * of the channel then, as the banner is, goes with them. Nothing that is lost
 * here goes unseen: the channel's lines are numbered and have checksums.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "bochs_channel.h"
#include "util.h"

#define EXITS	"Bochs is exiting with the following message:\n"

/* "(0).[1234] ..." or "(0) [0x...] ...": CPU, then time or address. */
static bool is_debugger(const char *p)
{
	if (*p++ != '(' || !isdigit((unsigned char)*p))
		return false;
	p += strspn(p, "0123456789");
	return !strncmp(p, ").[", 3) || !strncmp(p, ") [", 3);
}

static void cut_debugger(char *text)
{
	char *to = text;

	for (const char *p = text; *p;) {
		if (is_debugger(p)) {
			p += strcspn(p, "\n");
			p += *p == '\n';
		} else {
			*to++ = *p++;
		}
	}
	*to = '\0';
}

/* "<seq> <8 hex digits> ", as bench/record/wire.h has it. */
static bool is_channel(const char *line)
{
	const size_t digits = strspn(line, "0123456789");

	return digits && line[digits] == ' ' &&
	       strspn(line + digits + 1, "0123456789abcdef") == 8 &&
	       line[digits + 9] == ' ';
}

void bochs_channel__filter(char *text)
{
	char *to = text;

	cut_debugger(text);
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, "\n");

		n += p[n] == '\n';
		if (is_channel(p)) {
			memmove(to, p, n);
			to += n;
		}
		p += n;
	}
	*to = '\0';
}

char *bochs_channel__exit(const char *text)
{
	const char *at = strstr(text, EXITS);

	if (!at)
		return NULL;
	at += strlen(EXITS);
	return xasprintf("%.*s", (int)strcspn(at, "\n"), at);
}
