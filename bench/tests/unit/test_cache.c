// SPDX-License-Identifier: GPL-2.0
/*
 * What a cache holds and what of it goes, on one that is made up: sizes on disk,
 * last uses, locks, and what nobody can use any more.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utime.h>

#include "cache.h"

#define DAY	86400
#define MB	1000000

static char top[] = "/tmp/test cache.XXXXXX";

static char *below(const char *path)
{
	return xasprintf("%s/%s", top, path);
}

/* A file of that size, written, that was used days ago; and its folders. */
static void file(const char *path, size_t bytes, double days)
{
	char *name = below(path), *slash = strrchr(name, '/');
	time_t then = time(NULL) - days * DAY;
	struct utimbuf times = { then, then };
	char *text = malloc(bytes + 1);
	FILE *f;

	*slash = '\0';
	path_make(name);
	*slash = '/';
	f = fopen(name, "w");
	assert_non_null(f);
	memset(text, 'x', bytes);
	fwrite(text, 1, bytes, f);
	fclose(f);
	utime(name, &times);
	*slash = '\0';
	utime(name, &times);
	free(text);
	free(name);
}

static void text(const char *path, const char *said, double days)
{
	char *name = below(path);
	time_t then = time(NULL) - days * DAY;
	struct utimbuf times = { then, then };
	FILE *f;

	file(path, 0, days);
	f = fopen(name, "w");
	fputs(said, f);
	fclose(f);
	utime(name, &times);
	free(name);
}

static void kernel(const char *name, size_t bytes, double days)
{
	char *info = xasprintf("kernels/v6.1/%s/info", name);
	char *vmlinux = xasprintf("kernels/v6.1/%s/vmlinux", name);

	file(vmlinux, bytes, days);
	text(info, "base = v6.1\nvariant = v\n", days);
	free(vmlinux);
	free(info);
}

static struct cache_item *find(const struct cache *c, const char *path)
{
	for (size_t i = 0; i < c->nr; i++) {
		if (!strcmp(c->item[i].path, path))
			return &c->item[i];
	}
	fail_msg("the cache has no %s", path);
	return NULL;
}

static bool there(const char *path)
{
	char *name = below(path);
	bool is = path_exists(name);

	free(name);
	return is;
}

/* Prune; how many were busy. */
static size_t prune(const struct cache_limits *l)
{
	struct cache c;
	struct err e;
	size_t busy;

	assert_int_equal(cache__read(&c, &e), 0);
	cache__choose(&c, l);
	assert_int_equal(cache__remove(&c, &busy, &e), 0);
	cache__free(&c);
	return busy;
}

static void near(uint64_t bytes, uint64_t want)
{
	if (bytes < want || bytes > want + 40000)
		fail_msg("%llu bytes, not %llu", (unsigned long long)bytes,
			 (unsigned long long)want);
}

static void sizes_are_of_the_disk(void **state)
{
	struct cache c;
	struct err e;
	char *a, *b;

	(void)state;
	file("packages/p.tar.xz", 3 * MB, 1);
	kernel("a-1", MB, 1);
	a = below("kernels/v6.1/a-1/vmlinux");
	b = below("kernels/v6.1/a-1/again");
	assert_int_equal(link(a, b), 0);	/* counts once */
	free(b);
	b = below("kernels/v6.1/a-1/sparse");
	assert_int_equal(close(open(b, O_CREAT | O_WRONLY, 0600)), 0);
	assert_int_equal(truncate(b, 1000L * MB), 0);	/* counts nothing */
	assert_int_equal(cache__read(&c, &e), 0);
	near(find(&c, "packages/p.tar.xz")->bytes, 3 * MB);
	near(find(&c, "kernels/v6.1/a-1")->bytes, MB);
	assert_int_equal(c.bytes, find(&c, "packages/p.tar.xz")->bytes +
				  find(&c, "kernels/v6.1/a-1")->bytes);
	cache__free(&c);
	free(b);
	free(a);
}

static void the_least_recently_used_go_first(void **state)
{
	(void)state;
	kernel("old-1", 2 * MB, 30);
	kernel("used-2", 2 * MB, 40);
	file("kernels/v6.1/used-2/used", 0, 2);
	kernel("new-3", 2 * MB, 1);
	prune(&(struct cache_limits) { .total = 4 * MB + 100000 });
	assert_false(there("kernels/v6.1/old-1"));
	assert_true(there("kernels/v6.1/used-2"));
	prune(&(struct cache_limits) { .older_than_s = 1.5 * DAY });
	assert_false(there("kernels/v6.1/used-2"));
	assert_true(there("kernels/v6.1/new-3"));
	prune(&(struct cache_limits) { .fresh_s = 2 * DAY, .total = 1 });
	assert_true(there("kernels/v6.1/new-3"));
	prune(&(struct cache_limits) { .total = 1 });
	assert_false(there("kernels/v6.1/new-3"));
}

/* Another process with a lock, until its pipe is closed. */
static pid_t with_lock(const char *path, int flags, int how, int *to_end)
{
	char *name = below(path), byte;
	int ready[2], end[2];
	pid_t pid;

	assert_int_equal(pipe(ready) | pipe(end), 0);
	pid = fork();
	if (!pid) {
		close(end[1]);
		flock(open(name, flags, 0600), how);
		byte = write(ready[1], "", 1);
		_exit(read(end[0], &byte, 1) < 0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	close(end[0]);
	*to_end = end[1];
	free(name);
	return pid;
}

static void what_is_in_use_stays(void **state)
{
	const struct cache_limits all = { .total = 1 };
	int run, build;

	(void)state;
	kernel("busy-1", MB, 30);
	kernel("idle-2", MB, 1);
	text("trees/v6.1-abc/origin", "/\n", 30);
	file("trees/v6.1-abc/tree/Makefile", 1000, 30);
	file("trees/v6.1-abc/obj-1/vmlinux", 1000, 30);
	with_lock("kernels/v6.1/busy-1", O_RDONLY, LOCK_SH, &run);
	with_lock("trees/v6.1-abc/lock", O_RDWR | O_CREAT, LOCK_EX, &build);
	/* the kernel, the work tree, and its objects */
	assert_int_equal(prune(&all), 3);
	assert_true(there("kernels/v6.1/busy-1"));
	assert_false(there("kernels/v6.1/idle-2"));
	assert_true(there("trees/v6.1-abc/tree/Makefile"));
	assert_true(there("trees/v6.1-abc/obj-1/vmlinux"));
	close(run);
	close(build);
	while (wait(NULL) > 0)
		;
	assert_int_equal(prune(&all), 0);
	assert_false(there("kernels/v6.1/busy-1"));
	assert_false(there("trees/v6.1-abc"));
}

/* Found by a build between the look and the lock. */
static void what_is_found_meanwhile_stays(void **state)
{
	struct cache c;
	struct err e;
	size_t busy;

	(void)state;
	kernel("found-1", MB, 30);
	assert_int_equal(cache__read(&c, &e), 0);
	cache__choose(&c, &(struct cache_limits) { .total = 1 });
	file("kernels/v6.1/found-1/used", 0, 0);
	assert_int_equal(cache__remove(&c, &busy, &e), 0);
	assert_int_equal(busy, 1);
	assert_false(find(&c, "kernels/v6.1/found-1")->taken);
	assert_true(there("kernels/v6.1/found-1/info"));
	cache__free(&c);
}

static void what_nobody_can_use_goes_first(void **state)
{
	char *live = xasprintf("kernels/v6.1/b-2.new.%d", (int)getpid()), *info;

	(void)state;
	file("kernels/v6.1/a-1.new.999999999/vmlinux", MB, 0);
	info = xasprintf("%s/vmlinux", live);
	file(info, MB, 0);
	text("kernels/v6.1/same-3/info", "same_code_as = /no/such/kernel\n", 0);
	kernel("good-4", MB, 0);
	file("kernels/v6.1/no-info-5/vmlinux", MB, 0);
	text("trees/git-1/origin", "/no/such/repository/.git\n", 0);
	file("trees/git-1/obj-1/vmlinux", MB, 0);
	text("commits/v6.1/0123456789ab/variant.conf", "title = t\nrepository = /no/such/repository/.git\n", 0);
	text("commits/v6.1/ba9876543210/variant.conf", "title = t\nrepository = /\n", 0);
	prune(&(struct cache_limits) { 0 });
	assert_false(there("kernels/v6.1/a-1.new.999999999"));
	assert_false(there("kernels/v6.1/same-3"));
	assert_false(there("kernels/v6.1/no-info-5"));
	assert_false(there("trees/git-1"));
	assert_false(there("commits/v6.1/0123456789ab"));
	assert_true(there("commits/v6.1/ba9876543210"));
	assert_true(there("kernels/v6.1/good-4"));
	assert_true(there(live));
	prune(&(struct cache_limits) { .total = 1 });
	assert_true(there(live));		/* somebody is at it */
	free(info);
	free(live);
}

/* A disk that is not mounted today: a build by itself leaves it, prune does not. */
static void a_repository_that_is_away_may_come_back(void **state)
{
	(void)state;
	text("trees/git-1/origin", "/no/such/repository/.git\n", 2);
	file("trees/git-1/obj-1/vmlinux", MB, 2);
	file("trees/git-1/tree/Makefile", MB, 2);
	text("trees/git-2/origin", "/no/such/repository/.git\n", 9);
	prune(&(struct cache_limits) { .by_itself = true });
	assert_true(there("trees/git-1/obj-1"));
	assert_false(there("trees/git-2"));
	prune(&(struct cache_limits) { 0 });
	assert_false(there("trees/git-1"));
}

static void a_repository_has_a_limit_of_its_own(void **state)
{
	(void)state;
	text("trees/git-1/origin", "/\n", 9);
	file("trees/git-1/tree/Makefile", MB, 9);
	file("trees/git-1/obj-old/vmlinux", 2 * MB, 8);
	file("trees/git-1/obj-new/vmlinux", 2 * MB, 2);
	text("commits/v6.1/0123456789ab/variant.conf", "title = t\nrepository = /\n", 5);
	file("kernels/v6.1/0123456789ab-1/vmlinux", MB, 5);
	text("kernels/v6.1/0123456789ab-1/info", "base = v6.1\nvariant = 0123456789ab\n", 5);
	kernel("another-2", MB, 9);
	prune(&(struct cache_limits) { .source = 4 * MB + 200000 });
	assert_false(there("trees/git-1/obj-old"));
	assert_true(there("trees/git-1/obj-new"));
	assert_true(there("kernels/v6.1/0123456789ab-1"));
	prune(&(struct cache_limits) { .source = 3 * MB + 200000 });
	assert_false(there("kernels/v6.1/0123456789ab-1"));
	assert_true(there("trees/git-1/obj-new"));
	assert_true(there("kernels/v6.1/another-2"));
	assert_true(there("trees/git-1/tree"));
}

/* The one with the code is used whenever one that has the same code is. */
static void a_kernel_that_others_lean_on_is_used_when_they_are(void **state)
{
	char *said;

	(void)state;
	kernel("target-1", MB, 50);
	kernel("other-2", MB, 10);
	said = xasprintf("variant = v\nsame_code_as = %s/kernels/v6.1/target-1\n", top);
	text("kernels/v6.1/leans-3/info", said, 1);
	prune(&(struct cache_limits) { .total = MB + 200000 });
	assert_true(there("kernels/v6.1/target-1"));
	assert_true(there("kernels/v6.1/leans-3"));
	assert_false(there("kernels/v6.1/other-2"));
	free(said);
}

static void what_is_not_of_faultline_stays(void **state)
{
	(void)state;
	file("my notes/text", 1000, 900);
	prune(&(struct cache_limits) { .older_than_s = 1, .total = 1 });
	assert_true(there("my notes/text"));
}

static void one_prune_at_a_time(void **state)
{
	struct err e;
	int lock = cache__lock(&e);

	(void)state;
	assert_true(lock >= 0);
	assert_int_equal(cache__lock(&e), -1);
	assert_int_equal(e.code, EXIT_BUSY);
	close(lock);
	lock = cache__lock(&e);
	assert_true(lock >= 0);
	close(lock);
}

static void limits_are_kept_after_builds_and_once_in_a_while(void **state)
{
	char *said;

	(void)state;
	kernel("old-1", 3 * MB, 30);
	kernel("new-2", 3 * MB, 0);
	setenv("FAULTLINE_CACHE_LIMIT", "4M", 1);
	said = cache__keep_limits();
	assert_non_null(said);
	assert_non_null(strstr(said, "1 unused things of the cache, 3 MB"));
	free(said);
	assert_false(there("kernels/v6.1/old-1"));
	assert_true(there("kernels/v6.1/new-2"));
	kernel("old-1", 3 * MB, 30);
	assert_null(cache__keep_limits());
	setenv("FAULTLINE_CACHE_LIMIT", "lots", 1);
	said = cache__keep_limits();
	assert_non_null(strstr(said, "FAULTLINE_CACHE_LIMIT=lots is no size"));
	free(said);
	unsetenv("FAULTLINE_CACHE_LIMIT");
}

static void sizes_are_read_and_written(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
		const char *said;
	} good[] = {
		{ "0", 0, "0 kB" }, { "1", 1, "1 kB" }, { "500M", 500000000, "500 MB" },
		{ "1.5G", 1500000000, "1.5 GB" }, { "40GB", 40000000000, "40.0 GB" },
		{ "2 G", 2000000000, "2.0 GB" }, { "7k", 7000, "7 kB" },
	};
	static const char *const bad[] = { "", "G", "-1G", "1X", "nan", "1GG", "inf" };
	uint64_t bytes;
	char buf[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_true(cache__parse_size(good[i].text, &bytes));
		assert_int_equal(bytes, good[i].bytes);
		assert_string_equal(cache__size_text(bytes, buf), good[i].said);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(cache__parse_size(bad[i], &bytes));
}

static int make_top(void **state)
{
	(void)state;
	strcpy(strrchr(top, '.'), ".XXXXXX");
	setenv("FAULTLINE_CACHE", mkdtemp(top) ?: "/nowhere", 1);
	return 0;
}

static int remove_top(void **state)
{
	(void)state;
	return cache__delete(top);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, make_top, remove_top)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sizes_are_of_the_disk),
		TEST(the_least_recently_used_go_first),
		TEST(what_is_in_use_stays),
		TEST(what_is_found_meanwhile_stays),
		TEST(what_nobody_can_use_goes_first),
		TEST(a_repository_that_is_away_may_come_back),
		TEST(a_repository_has_a_limit_of_its_own),
		TEST(a_kernel_that_others_lean_on_is_used_when_they_are),
		TEST(what_is_not_of_faultline_stays),
		TEST(one_prune_at_a_time),
		TEST(limits_are_kept_after_builds_and_once_in_a_while),
		TEST(sizes_are_read_and_written),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
