// SPDX-License-Identifier: GPL-2.0
/* See entry_points.h. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "code.h"
#include "entry_points.h"
#include "guest_side.h"

static bool take(const char *line, uint64_t *vmexit)
{
	uint64_t from, to;
	unsigned int vcpus;

	if (sscanf(line, "entry %" SCNx64 " %" SCNx64, &from, &to) == 2)
		return code__add_entry(from, to);
	if (sscanf(line, "vcpus %u", &vcpus) == 1) {
		guest__vcpus(vcpus);
		return vcpus > 0;
	}
	if (sscanf(line, "vmexit %" SCNx64, &from) != 1)
		return false;
	if (vmexit)
		*vmexit = from;
	return true;
}

int entry_points__read(const char *path, uint64_t *vmexit)
{
	FILE *f = fopen(path, "r");
	char line[256];

	if (!f) {
		fprintf(stderr, "cannot read points=%s\n", path);
		return -1;
	}
	while (fgets(line, sizeof(line), f)) {
		if (!take(line, vmexit)) {
			fprintf(stderr, "%s: bad line: %s", path,
				line);
			fclose(f);
			return -1;
		}
	}
	fclose(f);
	return 0;
}
