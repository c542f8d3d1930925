// SPDX-License-Identifier: GPL-2.0
/*
 * Long work says where it is and how much time is left.
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "util.h"

#define PLAIN_EVERY_S	10	/* seconds between lines off a terminal */

double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

const char *duration_text(double s, char buf[32])
{
	unsigned int n = s < 0 ? 0 : s + 0.5;

	snprintf(buf, 32, "%u:%02u", n / 60, n % 60);
	return buf;
}

void progress__start(struct progress *p, const char *what, size_t total)
{
	*p = (struct progress) {
		.what = what, .total = total, .started = now_s(),
	};
}

void progress__step(struct progress *p, const char *text)
{
	bool terminal = isatty(STDERR_FILENO);
	double now = now_s(), left;
	char buf[32];

	p->done++;
	if (!terminal && p->done < p->total && now - p->last < PLAIN_EVERY_S)
		return;
	p->last = now;
	left = (now - p->started) / p->done * (p->total - p->done);
	fprintf(stderr, "%s  %-7s [%zu/%zu] %s, %s left%s",
		terminal ? "\r\033[K" : "", p->what, p->done, p->total, text,
		duration_text(left, buf), terminal ? "" : "\n");
	fflush(stderr);
}

void progress__end(struct progress *p)
{
	char buf[32];

	fprintf(stderr, "%s  %-7s [%zu/%zu] in %s\n",
		isatty(STDERR_FILENO) ? "\r\033[K" : "", p->what, p->done,
		p->total, duration_text(now_s() - p->started, buf));
}
