// SPDX-License-Identifier: GPL-2.0
/* Files of stanzas: what is read, what is refused and with which line. */
#include <errno.h>

#include "unit.h"
#include "util.h"

static int parse(struct conf *c, const char *text, char *err)
{
	return conf__parse(c, "t", text, strlen(text), err, 128);
}

static void stanzas_keys_and_comments_are_read(void **state)
{
	struct strlist names = { 0 };
	struct conf c;
	char err[128];

	(void)state;
	assert_int_equal(parse(&c, "top = 1\n# no\n\n[a]\nx = 1 2\n[b]\nx=3\nx = 4\n",
			       err), 0);
	assert_string_equal(conf__get(&c, "", "top"), "1");
	assert_string_equal(conf__get(&c, "a", "x"), "1 2");
	assert_string_equal(conf__get(&c, "b", "x"), "4");
	assert_null(conf__get(&c, "a", "y"));
	conf__stanzas(&c, &names);
	assert_int_equal(names.nr, 2);
	assert_string_equal(names.item[1], "b");
	strlist__free(&names);
	conf__free(&c);
}

static void an_indented_line_goes_on_with_the_value(void **state)
{
	struct conf c;
	char err[128];

	(void)state;
	assert_int_equal(parse(&c, "why = one\n      two\n\tthree\n", err), 0);
	assert_string_equal(conf__get(&c, "", "why"), "one two three");
	conf__free(&c);
}

static void a_line_that_is_nothing_is_named(void **state)
{
	struct conf c;
	char err[128];

	(void)state;
	assert_int_equal(parse(&c, "a = 1\n[b\n", err), -EINVAL);
	assert_non_null(strstr(err, "t:2:"));
	conf__free(&c);
	assert_int_equal(parse(&c, "words\n", err), -EINVAL);
	conf__free(&c);
	assert_int_equal(parse(&c, "  indented first\n", err), -EINVAL);
	conf__free(&c);
	assert_int_equal(conf__parse(&c, "t", "a = 1\0b\n", 8, err, 128),
			 -EINVAL);
	conf__free(&c);
}

static void a_file_without_last_newline_is_whole(void **state)
{
	struct conf c;
	char err[128];

	(void)state;
	assert_int_equal(parse(&c, "a = 1", err), 0);
	assert_string_equal(conf__get(&c, "", "a"), "1");
	conf__free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stanzas_keys_and_comments_are_read),
		cmocka_unit_test(an_indented_line_goes_on_with_the_value),
		cmocka_unit_test(a_line_that_is_nothing_is_named),
		cmocka_unit_test(a_file_without_last_newline_is_whole),
	};

	return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
