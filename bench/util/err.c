// SPDX-License-Identifier: GPL-2.0
/*
 * An error that travels as a code and a text; see err.h.
 */
#include <string.h>

#include "util.h"

int err__set(struct err *e, enum faultline_exit code, const char *fmt, ...)
{
	static const char cut[] = "...";
	va_list ap;
	int n;

	e->code = code;
	va_start(ap, fmt);
	n = vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(e->text))
		memcpy(e->text + sizeof(e->text) - sizeof(cut), cut, sizeof(cut));
	return -1;
}

_Noreturn void die_err(const struct err *e)
{
	die(e->code, "%s", e->text);
}
