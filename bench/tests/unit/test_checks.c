// SPDX-License-Identifier: GPL-2.0
/* The list of selftests, and the checks that rig and host exchange. */
#include "unit.h"
#include "selftests.h"

static void a_check_comes_back_as_it_was_printed(void **state)
{
	struct check c = {
		.name = "t.thp", .limit_ms = 500, .setup = "/proc/x=1,/sys/y=2",
		.command = "/selftests/t -b 64M",
	}, back;
	FILE *f = tmpfile();

	(void)state;
	checks__print(f, &c);
	checks__print(f, &c);
	rewind(f);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(checks__parse(f, &back), 1);
		assert_string_equal(back.name, c.name);
		assert_int_equal(back.limit_ms, c.limit_ms);
		assert_string_equal(back.setup, c.setup);
		assert_string_equal(back.command, c.command);
	}
	assert_int_equal(checks__parse(f, &back), 0);
	fclose(f);
}

static void a_line_that_is_no_check_is_refused(void **state)
{
	struct check c;
	FILE *f = tmpfile();

	(void)state;
	fputs("t 500 -\n", f);
	rewind(f);
	assert_int_equal(checks__parse(f, &c), -1);
	fclose(f);
}

static int try_list(struct selftests *list, const char *base,
		    const char *only, const char *text, struct err *e)
{
	char path[] = "/tmp/faultline-list.XXXXXX";
	struct strlist names = { 0 };
	int r;
	FILE *f = fdopen(mkstemp(path), "w");

	fputs(text, f);
	fclose(f);
	setenv("FAULTLINE_SELFTESTS", path, 1);
	strlist__split(&names, only, ',');
	r = selftests__read(list, base, &names, e);
	strlist__free(&names);
	remove(path);
	return r;
}

static void read_list(struct selftests *list, const char *base,
		      const char *only, const char *text)
{
	struct err e;

	assert_int_equal(try_list(list, base, only, text, &e), 0);
}

static const char text[] =
	"[one]\nprogram = p\nargs = -i 2\nargs@v5.10 = -j\nlimit = 0.5\n"
	"skip@v6.12 = hangs\n"
	"limit@v6.12+ = 3\nlimit@v6.2+ = 2\nlimit@v7.0 = 9\n"
	"[two]\nprogram = /x/q\nlimit = 2\ncmdline = a=b\n";

static void what_is_said_of_the_base_counts_first(void **state)
{
	struct selftests list;

	(void)state;
	read_list(&list, "v5.10", "", text);
	assert_int_equal(list.nr, 2);
	assert_string_equal(list.item[0].check.command, "/selftests/p -j");
	assert_null(list.item[0].skip);
	selftests__free(&list);
	read_list(&list, "v6.12", "", text);
	assert_string_equal(list.item[0].check.command, "/selftests/p -i 2");
	assert_int_equal(list.item[0].check.limit_ms, 3000);
	assert_string_equal(list.item[0].skip, "hangs");
	selftests__free(&list);
}

static void what_is_said_from_a_base_on_counts_for_later_ones(void **state)
{
	static const struct {
		const char *base;
		uint64_t limit_ms;
	} of[] = {
		{ "v5.10", 500 }, { "v6.1", 500 }, { "v6.2", 2000 },
		{ "v6.11", 2000 }, { "v6.12", 3000 }, { "v7.0", 9000 },
		{ "v7.3", 3000 },
	};
	struct selftests list;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
		read_list(&list, of[i].base, "one", text);
		assert_int_equal(list.item[0].check.limit_ms, of[i].limit_ms);
		selftests__free(&list);
	}
}

static void a_path_is_known_by_its_last_part_in_the_host(void **state)
{
	struct selftests list;

	(void)state;
	read_list(&list, "v6.1", "two", text);
	assert_int_equal(list.nr, 1);
	assert_string_equal(list.item[0].program, "/x/q");
	assert_string_equal(list.item[0].check.command, "/selftests/q");
	assert_string_equal(list.item[0].cmdline, "a=b");
	assert_string_equal(list.item[0].check.setup, "-");
	selftests__free(&list);
}

static void a_wrong_list_is_an_error_with_code_and_line(void **state)
{
	static const struct {
		const char *only, *text, *says;
		enum faultline_exit code;
	} wrong[] = {
		{ "", "[one]\nprogramm = p\n", "[one] programm: no such key", EXIT_USAGE },
		{ "", "[one]\nprogram = p\n", "[one] needs program and limit", EXIT_USAGE },
		{ "", "[a b]\nprogram = p\nlimit = 1\n", "[a b] does not fit", EXIT_USAGE },
		{ "", "[one]\nprogram\n", ":2: neither", EXIT_USAGE },
		{ "three", text, "no selftest 'three'; there are: one, two",
		  EXIT_UNKNOWN_NAME },
	};
	struct selftests list;
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(try_list(&list, "v6.1", wrong[i].only,
					  wrong[i].text, &e), -1);
		assert_int_equal(e.code, wrong[i].code);
		assert_non_null(strstr(e.text, wrong[i].says));
		assert_null(list.item);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_check_comes_back_as_it_was_printed),
		cmocka_unit_test(a_line_that_is_no_check_is_refused),
		cmocka_unit_test(what_is_said_of_the_base_counts_first),
		cmocka_unit_test(what_is_said_from_a_base_on_counts_for_later_ones),
		cmocka_unit_test(a_path_is_known_by_its_last_part_in_the_host),
		cmocka_unit_test(a_wrong_list_is_an_error_with_code_and_line),
	};

	return cmocka_run_group_tests_name("checks", tests, NULL, NULL);
}
