// SPDX-License-Identifier: GPL-2.0
/* See refused.h. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "insn.h"
#include "refused.h"
#include "util.h"

#define BYTES_ARE	"unhandled instruction bytes:"
#define BYTES_MOST	15

/* " 0xF 0x1 0xF9 0x48 ...": as many as valgrind shows of what begins there. */
static size_t read_bytes(const char *s, uint8_t *bytes)
{
	size_t n = 0;

	while (n < BYTES_MOST) {
		char *end;
		unsigned long v = strtoul(s, &end, 16);

		if (end == s || v > 0xff)
			break;
		bytes[n++] = v;
		s = end;
		if (*s == '\n')
			break;
	}
	return n;
}

/* No process may execute these: what became of it is in the program's words. */
static bool expected(const uint8_t *bytes, size_t n)
{
	return bytes[0] == 0xfa || bytes[0] == 0xfb ||
	       (n > 1 && bytes[0] == 0x0f && bytes[1] == 0x0b);
}

/* "==17==    at 0x1090C9: main (in /tmp/p)" or "main (p.c:7)": "main". */
static char *func_after(const char *s)
{
	const char *at = strstr(s, "==    at 0x"), *next = strstr(s, BYTES_ARE);
	const char *name, *line;

	if (!at || (next && next < at))
		return NULL;
	name = strstr(at, ": ");
	line = strchr(at, '\n');
	if (!name || (line && name > line))
		return NULL;
	name += strlen(": ");
	if (!strncmp(name, "???", 3))
		return NULL;
	return xasprintf("%.*s", (int)strcspn(name, " \n"), name);
}

static char *hex(const uint8_t *bytes, size_t n)
{
	char *s = xcalloc(n, 3);

	for (size_t i = 0; i < n; i++)
		sprintf(s + 3 * i, i + 1 < n ? "%02x " : "%02x", bytes[i]);
	return s;
}

static void disassemble(struct refused *r, const uint8_t *bytes, size_t n)
{
	struct decoder *d = decoder__new();
	struct insn in = { .unknown = true };

	if (d)
		insn__decode(d, &in, 0, bytes, n);
	decoder__free(d);
	if (in.unknown) {
		r->insn = xstrdup("(unknown)");
		r->bytes = hex(bytes, n);
		return;
	}
	r->mnemonic = xstrdup(in.mnemonic);
	r->insn = xasprintf("%s%s%s", in.mnemonic, *in.operands ? " " : "",
			    in.operands);
	r->bytes = hex(bytes, in.len);
}

bool refused__find(struct refused *r, const char *log)
{
	memset(r, 0, sizeof(*r));
	while ((log = strstr(log, BYTES_ARE))) {
		uint8_t bytes[BYTES_MOST];
		size_t n;

		log += strlen(BYTES_ARE);
		n = read_bytes(log, bytes);
		if (!n || expected(bytes, n))
			continue;
		refused__free(r);
		disassemble(r, bytes, n);
		r->func = func_after(log);
	}
	return r->bytes;
}

void refused__free(struct refused *r)
{
	free(r->mnemonic);
	free(r->insn);
	free(r->bytes);
	free(r->func);
	memset(r, 0, sizeof(*r));
}
