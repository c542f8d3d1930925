// SPDX-License-Identifier: GPL-2.0
/*
 * The one file that a packed run's attributions are in: each is found by its
 * name, and a file that is cut, changed or no archive is told by its path.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"
#include "attribution.h"
#include "attribution_archive.h"
#include "made.h"
#include "packed.h"
#include "scratch.h"

#define ITEMS	300

static char dir[] = "/tmp/faultline-unit-XXXXXX";
static struct run run = { .dir = dir };

static char *name_of(int i)
{
	return xasprintf("v6.1.%d\"quoted\".off.touch.1", i * 7 % ITEMS);
}

/* Objects that xz cannot make nothing of. */
static void write_some(void)
{
	struct archived item[ITEMS];

	srand(1);
	for (int i = 0; i < ITEMS; i++) {
		char *text = xasprintf("{\"n\":%d,\"x\":[%d,%d,%d]}", i * 7 % ITEMS,
				       rand(), rand(), rand());

		item[i] = (struct archived) { name_of(i), text, strlen(text) };
	}
	assert_int_equal(archive__write(&run, item, ITEMS), 0);
	for (int i = 0; i < ITEMS; i++) {
		free(item[i].name);
		free((char *)item[i].text);
	}
}

static void put_lines(const char *text)
{
	char *path = run__attributions(&run);

	assert_int_equal(packed__write(path, text, strlen(text)), 0);
	free(path);
}

static void each_is_found_by_its_name(void **state)
{
	const struct archive *a;

	(void)state;
	assert_null(archive__of(&run));
	write_some();
	a = archive__of(&run);
	assert_string_equal(a->wrong, "");
	assert_int_equal(a->nr, ITEMS);
	for (int i = 0; i < ITEMS; i++) {
		char *name = name_of(i), *text;
		const struct archived *one = archive__find(a, name);

		assert_non_null(one);
		text = xasprintf("{\"n\":%d,", i * 7 % ITEMS);
		assert_memory_equal(one->text, text, strlen(text));
		assert_int_equal(one->text[one->size - 1], '}');
		free(text);
		free(name);
	}
	assert_null(archive__find(a, ""));
	assert_null(archive__find(a, "v6.1"));
	assert_null(archive__find(a, "w"));
}

/* Unpacked once; another file in its place is read anew. */
static void it_is_read_once_until_it_is_another(void **state)
{
	const struct archive *a;
	const char *text;

	(void)state;
	write_some();
	a = archive__of(&run);
	text = a->text;
	for (int i = 0; i < 3; i++)
		assert_ptr_equal(archive__of(&run)->text, text);
	put_lines("{\"name\":\"a\",\"attribution\":{}}\n");
	a = archive__of(&run);
	assert_int_equal(a->nr, 1);
	assert_string_equal(a->item[0].name, "a");
}

/* As merged runs have it, and xz -d reads it. */
static void one_after_the_other_the_first_counts(void **state)
{
	char *path = run__attributions(&run), *one;
	const struct archive *a;
	size_t size;
	FILE *f;

	(void)state;
	put_lines("{\"name\":\"b\",\"attribution\":{\"of\":2}}\n"
		  "{\"name\":\"c\",\"attribution\":{}}\n");
	one = path_read(path, &size);
	put_lines("{\"name\":\"b\",\"attribution\":{\"of\":1}}\n");
	f = fopen(path, "a");
	assert_int_equal(fwrite(one, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
	a = archive__of(&run);
	assert_string_equal(a->wrong, "");
	assert_int_equal(a->nr, 3);
	assert_memory_equal(archive__find(a, "b")->text, "{\"of\":1}", 8);
	assert_non_null(archive__find(a, "c"));
	free(one);
	free(path);
}

/* Then it may have had everything, and nothing of it can be loaded. */
static void must_be_wrong(const char *how)
{
	const struct archive *a = archive__of(&run);
	char *path = run__attributions(&run), err[512] = "";
	struct record *r = make_record("baseline", "off", "touch", 1, 37);
	struct attribution x;
	size_t files;

	assert_memory_equal(a->wrong, path, strlen(path));
	assert_non_null(strstr(a->wrong, how));
	assert_true(attribution__there(&run, r));
	assert_true(attribution__load(&x, &run, r, err, sizeof(err)) < 0);
	assert_string_equal(err, a->wrong);
	assert_true(attribution__pack(&run, true, &files, err, sizeof(err)) < 0);
	assert_string_equal(err, a->wrong);
	record__free(r);
	free(path);
}

static void a_damaged_one_is_named(void **state)
{
	static const struct { const char *text, *how; } bad[] = {
		{ "{}\n", ".xz:1: the line is no attribution with its name" },
		{ "\n", ".xz:1: the line is no" },
		{ "{\"name\":1,\"attribution\":{}}\n", ".xz:1: the line is no" },
		{ "{\"name\":\"a\",\"attribution\":{}\n\n", ".xz:2: the line is no" },
		{ "{\"name\":\"a\",\"attribution\":\n", ".xz:1: the line is no" },
		{ "{\"attribution\":{},\"name\":\"a\"}\n", ".xz:1: the line is no" },
		{ "{\"name\":\"a\",\"attribution\":{}}", ".xz:1: the line is cut" },
	};
	char *path = run__attributions(&run), *whole;
	size_t size;
	FILE *f;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		put_lines(bad[i].text);
		must_be_wrong(bad[i].how);
	}
	write_some();
	whole = path_read(path, &size);
	for (size_t cut = 0; cut < size; cut += 499) {
		assert_int_equal(truncate(path, 0), 0);
		f = fopen(path, "w");
		assert_int_equal(fwrite(whole, 1, cut, f), cut);
		assert_int_equal(fclose(f), 0);
		must_be_wrong("it is cut");
	}
	whole[size / 2] ^= 0x10;
	f = fopen(path, "w");
	assert_int_equal(fwrite(whole, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
	must_be_wrong("it is damaged");
	free(whole);
	free(path);
}

/* What is no attribution is refused when it is wanted, with its name. */
static void an_object_that_is_none_is_named(void **state)
{
	struct record *r = make_record("baseline", "off", "touch", 1, 37);
	char err[512], *name = run__attribution_name(r), *line;
	struct attribution a;

	(void)state;
	line = xasprintf("{\"name\":\"%s\",\"attribution\":{}}\n", name);
	put_lines(line);
	assert_true(attribution__there(&run, r));
	assert_true(attribution__load(&a, &run, r, err, sizeof(err)) < 0);
	assert_non_null(strstr(err, "attribution.jsonl.xz, "));
	assert_non_null(strstr(err, name));
	assert_non_null(strstr(err, "is no attribution of schema"));
	r->boot = 2;
	assert_false(attribution__there(&run, r));
	free(line);
	free(name);
	record__free(r);
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
		cmocka_unit_test(each_is_found_by_its_name),
		cmocka_unit_test(it_is_read_once_until_it_is_another),
		cmocka_unit_test(one_after_the_other_the_first_counts),
		cmocka_unit_test(a_damaged_one_is_named),
		cmocka_unit_test(an_object_that_is_none_is_named),
	};

	return cmocka_run_group_tests_name("attribution_archive", tests, make_dir,
					   remove_dir);
}
