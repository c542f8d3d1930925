// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded by `make torture`: the clock of the day jumps by $TORTURE_JUMP seconds
 * after it was asked for the first time. The clock that only goes on stays as it is,
 * as it does when somebody sets a machine's time.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long jumped(void)
{
	static int asked;

	return asked++ ? atol(getenv("TORTURE_JUMP") ?: "0") : 0;
}

time_t time(time_t *to)
{
	struct timespec t;

	syscall(SYS_clock_gettime, CLOCK_REALTIME, &t);
	t.tv_sec += jumped();
	if (to)
		*to = t.tv_sec;
	return t.tv_sec;
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
	int r = syscall(SYS_clock_gettime, clock, t);

	if (!r && clock == CLOCK_REALTIME)
		t->tv_sec += jumped();
	return r;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	t->tv_sec = now.tv_sec;
	t->tv_usec = now.tv_nsec / 1000;
	return 0;
}
