// SPDX-License-Identifier: GPL-2.0
/*
 * A quiet process: what the system allows, and what it refuses, is said.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "quiet.h"

static int refuse_affinity(pid_t pid, size_t size, const cpu_set_t *set)
{
	(void)pid, (void)size, (void)set;
	errno = EPERM;
	return -1;
}

static int refuse_nice(int nice)
{
	(void)nice;
	errno = EACCES;
	return -1;
}

static void pins_to_the_last_cpu(void **state)
{
	cpu_set_t before, now;
	char *said;

	(void)state;
	sched_getaffinity(0, sizeof(before), &before);
	assert_int_equal(quiet__pin(&said), 0);
	sched_getaffinity(0, sizeof(now), &now);
	assert_int_equal(CPU_COUNT(&now), 1);
	assert_true(CPU_ISSET(atoi(said + strlen("cpu ")), &now));
	assert_int_equal(sched_getcpu(), atoi(said + strlen("cpu ")));
	for (int i = sched_getcpu() + 1; i < CPU_SETSIZE; i++)
		assert_false(CPU_ISSET(i, &before));
	sched_setaffinity(0, sizeof(before), &before);
	free(said);
}

static void says_what_is_refused(void **state)
{
	struct quiet_system was = quiet_system;
	char *said;

	(void)state;
	quiet_system.set_affinity = refuse_affinity;
	quiet_system.set_priority = refuse_nice;
	quiet_system.huge_pages = "/nonexistent/thp";
	assert_int_equal(quiet__pin(&said), -EPERM);
	assert_string_equal(said, "not pinned: sched_setaffinity: Operation not permitted");
	free(said);
	assert_int_equal(quiet__priority(&said), -EACCES);
	assert_string_equal(said, "not raised: setpriority: Permission denied");
	free(said);
	assert_int_equal(quiet__memory(&said), -ENOENT);
	assert_non_null(strstr(said, "not in large pages: /nonexistent/thp: No such file"));
	free(said);
	quiet_system = was;
}

static void large_pages_never(void **state)
{
	struct quiet_system was = quiet_system;
	char path[] = "/tmp/faultline-thp-XXXXXX", *said;
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, "always madvise [never]\n", 23), 23);
	close(fd);
	quiet_system.huge_pages = path;
	assert_int_equal(quiet__memory(&said), -ENOENT);
	assert_non_null(strstr(said, "says never"));
	free(said);
	unlink(path);
	quiet_system = was;
}

static void clock_rate(void **state)
{
	char *a, *b;
	double x = quiet__tsc_hz(&a), y = quiet__tsc_hz(&b);

	(void)state;
	assert_true(x > 1e8 && x < 1e10);
	assert_true(fabs(x - y) < 0.02 * x);
	assert_non_null(strstr(a, " MHz, "));
	free(a);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pins_to_the_last_cpu),
		cmocka_unit_test(says_what_is_refused),
		cmocka_unit_test(large_pages_never),
		cmocka_unit_test(clock_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
