// SPDX-License-Identifier: GPL-2.0
/*
 * Files that may be packed: what is read is what was written, and what is cut
 * or damaged is told, with what comes before it.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"
#include "made.h"
#include "packed.h"
#include "run.h"
#include "scratch.h"

#define LINES	2000

static char dir[] = "/tmp/faultline-unit-XXXXXX";

static char *in_dir(const char *name)
{
	return xasprintf("%s/%s", dir, name);
}

/* So many bytes that do not pack to nothing. */
static char *made_text(size_t *size)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	srand(1);
	for (int i = 0; i < LINES; i++)
		fprintf(f, "line %d %x%x%x\n", i, (unsigned int)rand(),
			(unsigned int)rand(), (unsigned int)rand());
	fclose(f);
	return text;
}

static void put(const char *path, const char *bytes, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void what_was_packed_is_read_back(void **state)
{
	char *path = in_dir("a.xz"), err[128], *back, *packed;
	size_t size, n, bytes;
	char *text = made_text(&size);

	(void)state;
	assert_int_equal(packed__write(path, text, size), 0);
	packed = path_read(path, &bytes);
	assert_true(bytes < size);
	back = packed__read(path, &n, err, sizeof(err));
	assert_string_equal(err, "");
	assert_int_equal(n, size);
	assert_memory_equal(back, text, size);
	free(back);
	/* Two of them, one after the other, as xz and cat make it. */
	packed = xrealloc(packed, 2 * bytes);
	memcpy(packed + bytes, packed, bytes);
	put(path, packed, 2 * bytes);
	back = packed__read(path, &n, err, sizeof(err));
	assert_string_equal(err, "");
	assert_int_equal(n, 2 * size);
	assert_memory_equal(back + size, text, size);
	free(back);
	free(packed);
	free(text);
	free(path);
}

/* Plain, gzip or xz: the name has no part in it. */
static void a_file_is_what_its_first_bytes_say(void **state)
{
	static const char *const with[] = { "cat", "gzip -c", "xz -c" };
	char *path = in_dir("b.json.gz"), err[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(with); i++) {
		char *command = xasprintf("printf hello | %s >%s", with[i], path);
		char *back;
		size_t n;

		assert_int_equal(system(command), 0);
		back = packed__read(path, &n, err, sizeof(err));
		assert_string_equal(err, "");
		assert_string_equal(back, "hello");
		assert_int_equal(n, 5);
		free(back);
		free(command);
	}
	free(path);
}

static void a_cut_file_gives_what_comes_before(void **state)
{
	char *path = in_dir("c.xz"), err[128], *packed;
	size_t size, bytes, n;
	char *text = made_text(&size);

	(void)state;
	assert_int_equal(packed__write(path, text, size), 0);
	packed = path_read(path, &bytes);
	for (size_t cut = 0; cut < bytes; cut += 997) {
		char *back;

		put(path, packed, cut);
		back = packed__read(path, &n, err, sizeof(err));
		assert_non_null(back);
		assert_non_null(strstr(err, cut < 6 && cut ? "damaged" : "cut"));
		assert_true(n <= size);
		assert_memory_equal(back, text, n);
		if (cut > bytes / 2)
			assert_true(n > size / 4);
		free(back);
	}
	free(packed);
	free(text);
	free(path);
}

static void a_changed_byte_is_told(void **state)
{
	char *path = in_dir("d.xz"), err[128], *packed;
	size_t size, bytes, n;
	char *text = made_text(&size);

	(void)state;
	assert_int_equal(packed__write(path, text, size), 0);
	packed = path_read(path, &bytes);
	for (size_t at = 0; at < bytes; at += 499) {
		packed[at] ^= 0x10;
		put(path, packed, bytes);
		free(packed__read(path, &n, err, sizeof(err)));
		assert_string_not_equal(err, "");
		packed[at] ^= 0x10;
	}
	free(packed);
	free(text);
	free(path);
}

static void what_cannot_be_read_or_written_is_told(void **state)
{
	char err[128];
	size_t n;

	(void)state;
	assert_null(packed__read("/nowhere/a.xz", &n, err, sizeof(err)));
	assert_string_equal(err, "No such file or directory");
	assert_true(packed__write("/nowhere/a.xz", "a", 1) < 0);
}

static struct run a_run(uint64_t boots)
{
	static int nr;
	char *parent = xasprintf("%s/%d", dir, nr++);	/* ids are of a second */
	struct run run;
	struct err e;

	assert_int_equal(run__create(&run, parent, json_object(), &e), 0);
	free(parent);
	for (uint64_t b = 1; b <= boots; b++)
		assert_int_equal(run__append(&run, make_record("baseline", "off",
				 "touch-write", b, 2400 + b)), 0);
	return run;
}

static void read_again(struct run *run)
{
	char *where = xstrdup(run->dir);
	struct err e;

	run__free(run);
	assert_int_equal(run__read(run, where, &e), 0);
	free(where);
}

static void a_packed_run_is_the_same_run(void **state)
{
	struct run run = a_run(5);
	char *plain = run__records_path(&run), *sha256 = run__records_sha256(&run);
	char *again;
	size_t n;
	char *text = path_read(plain, &n), *back;
	struct err e;

	(void)state;
	assert_int_equal(run__pack(&run), 0);
	assert_int_equal(run__pack(&run), 0);
	assert_false(path_exists(plain));
	assert_true(run__is_packed(&run));
	again = run__records_sha256(&run);
	assert_string_equal(sha256, again);
	read_again(&run);
	assert_int_equal(run.nr, 5);
	assert_int_equal(run.bad, 0);
	assert_int_equal(run.record[4]->boot, 5);

	/* More records: it is unpacked, to the byte, and goes on. */
	assert_int_equal(run__reopen(&run, &e), 0);
	assert_false(run__is_packed(&run));
	back = path_read(plain, NULL);
	assert_string_equal(back, text);
	assert_int_equal(run__append(&run, make_record("baseline", "off",
			 "touch-write", 6, 2406)), 0);
	read_again(&run);
	assert_int_equal(run.nr, 6);
	assert_null(json_object_get(run.meta, "packed"));
	free(back);
	free(text);
	free(again);
	free(sha256);
	free(plain);
	run__free(&run);
}

static void a_cut_packed_run_says_what_is_missing(void **state)
{
	struct run run = a_run(400);
	char *packed = run__path(&run, "records.jsonl.xz"), *aside, *said;
	size_t size;
	struct err e;

	(void)state;
	assert_int_equal(run__pack(&run), 0);
	free(path_read(packed, &size));
	assert_int_equal(truncate(packed, size / 2), 0);
	read_again(&run);
	assert_true(run.nr > 0 && run.nr < 400);
	assert_int_equal(run.bad, 400 - run.nr);
	said = xasprintf("%s:%zu: it is cut: its end is missing; records %zu to 400 are missing\n",
			 packed, run.nr + 1, run.nr + 1);
	assert_string_equal(run.bad_text, said);

	/* Resumed, the sound ones stay, and the file is set aside. */
	size = run.nr;
	assert_int_equal(run__reopen(&run, &e), 0);
	read_again(&run);
	assert_int_equal(run.nr, size);
	assert_int_equal(run.bad, 0);
	assert_false(run__is_packed(&run));
	aside = xasprintf("%s.damaged", packed);
	assert_true(path_exists(aside));
	free(aside);
	free(said);
	free(packed);
	run__free(&run);
}

/* Killed between two of its steps, and both files are there. */
static void the_plain_file_counts_where_both_are(void **state)
{
	struct run run = a_run(3);
	char *plain = run__path(&run, "records.jsonl"), *text;
	size_t n;

	(void)state;
	text = path_read(plain, &n);
	assert_int_equal(run__pack(&run), 0);
	put(plain, text, n);
	assert_int_equal(run__append(&run, make_record("baseline", "off",
			 "touch-write", 4, 2404)), 0);
	read_again(&run);
	assert_int_equal(run.nr, 4);
	assert_int_equal(run.bad, 0);
	assert_int_equal(run__pack(&run), 0);
	read_again(&run);
	assert_int_equal(run.nr, 4);
	assert_true(run__is_packed(&run));
	free(text);
	free(plain);
	run__free(&run);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return scratch__remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_packed_is_read_back),
		cmocka_unit_test(a_file_is_what_its_first_bytes_say),
		cmocka_unit_test(a_cut_file_gives_what_comes_before),
		cmocka_unit_test(a_changed_byte_is_told),
		cmocka_unit_test(what_cannot_be_read_or_written_is_told),
		cmocka_unit_test(a_packed_run_is_the_same_run),
		cmocka_unit_test(a_cut_packed_run_says_what_is_missing),
		cmocka_unit_test(the_plain_file_counts_where_both_are),
	};

	return cmocka_run_group_tests_name("packed", tests, make_dir, remove_dir);
}
