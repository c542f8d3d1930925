// SPDX-License-Identifier: GPL-2.0
/*
 * See bochs_attribute.h. The debugger stops where the host's init starts the
 * counters, just before its first clock reading, and where it stops them, just
 * after its last: the host is the same program, and executes the same, whether
 * it is traced or not.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bochs_attribute.h"
#include "guest.h"
#include "guest_files.h"
#include "plugin.h"

#define USER_CODE	0x33		/* its selector; the flat guests' is another */

char *bochs_attribute__program(void)
{
	return path_in_root("build/bochs-trace");
}

/* "begin ADDR" and "end ADDR", as the Makefile took them from init. */
static int read_marks(const char *path, uint64_t *begin, uint64_t *end)
{
	char *text = path_read(path, NULL);
	int n = text ? sscanf(text, "begin %" SCNx64 " end %" SCNx64, begin, end) : 0;

	free(text);
	return n == 2 ? 0 : -EINVAL;
}

int bochs_attribute__prepare(struct bochs_attribute *a, const struct boot *b,
			     char *err, size_t errlen)
{
	char *marks = path_in_root("build/host.marks"), *buffer, *guest;
	uint64_t begin, end;
	int r = read_marks(marks, &begin, &end);

	if (r)
		snprintf(err, errlen, "%s does not say where the measured phase begins; run: make",
			 marks);
	else
		r = plugin__points(b->job, b->points, err, errlen);
	free(marks);
	if (r)
		return r;
	guest = path_in_root("build/guests/%s.bin", b->cell.guest);
	buffer = path_in_root("build/bochs-stdout.so");
	*a = (struct bochs_attribute) {
		.words = {
			bochs_attribute__program(),
			xasprintf("out=%s", basename(b->job->probe)),
			xasprintf("points=%s", basename(b->points)),
			xasprintf("buffer=%s", buffer),
		},
		.commands = xasprintf("vb 0x%x:0x%" PRIx64 "\nc\n"
				      "vb 0x%x:0x%" PRIx64 "\n"
				      "trace on\ntrace-mem on\nc\n"
				      "trace-mem off\ntrace off\nd 1\nd 2\nc\n",
				      USER_CODE, begin, USER_CODE, end),
	};
	if (!guest_files__wanted(b->job->workload))
		a->words[4] = xasprintf("guest=%x:%s", GUEST_IMAGE_GPA, guest);
	free(guest);
	free(buffer);
	return 0;
}

void bochs_attribute__free(struct bochs_attribute *a)
{
	for (size_t i = 0; i < ARRAY_SIZE(a->words); i++)
		free(a->words[i]);
	free(a->commands);
	memset(a, 0, sizeof(*a));
}
