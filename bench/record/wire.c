// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of the channel between host and rig; see wire.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "wire.h"

#define PREFIX_MAX	24	/* "<seq> <crc> " */

static unsigned long checksum(const char *text)
{
	return crc32(0, (const unsigned char *)text, strlen(text));
}

size_t wire__format(char line[WIRE_MAX + 1], unsigned int seq,
		    const char *payload)
{
	char clean[WIRE_MAX - PREFIX_MAX];
	size_t n = strnlen(payload, sizeof(clean) - 1);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = payload[i];

		clean[i] = c < 0x20 || c == 0x7f ? '?' : c;
	}
	clean[n] = '\0';
	return snprintf(line, WIRE_MAX + 1, "%u %08lx %s\n", seq,
			checksum(clean), clean);
}

char *wire__parse(char *line, unsigned int seq, const char **why)
{
	unsigned long found, crc;
	char *p;

	found = strtoul(line, &p, 10);
	if (p == line || *p != ' ') {
		*why = "a line without a number";
		return NULL;
	}
	if (found != seq) {
		*why = "a line is missing";
		return NULL;
	}
	line = p + 1;
	crc = strtoul(line, &p, 16);
	if (p != line + 8 || *p != ' ' || crc != checksum(p + 1)) {
		*why = "a line is damaged";
		return NULL;
	}
	return p + 1;
}
