// SPDX-License-Identifier: GPL-2.0
/*
 * The channel of an ordinary process: a file or pipe, written line by line.
 * Its exit status is the exit port's value.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

static int to = -1;

static void put(const char *line, size_t size)
{
	while (size) {
		ssize_t n = write(to, line, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			fprintf(stderr, "faultline-metal: the channel: %s\n",
				strerror(errno));
			_exit(1);	/* the rig finds the record cut */
		}
		line += n;
		size -= n;
	}
}

static _Noreturn void leave(int code)
{
	exit(code);
}

const struct chan_end *chan_pipe__open(int fd)
{
	static const struct chan_end end = { put, leave };

	to = fd;
	return &end;
}
