// SPDX-License-Identifier: GPL-2.0
/* KTAP: what its readers take for a result, and what they must not. */
#include "unit.h"
#include "ktap.h"
#include "util.h"

static char *text;
static size_t size;
static struct ktap k;

static void begin(size_t planned)
{
	ktap__begin(&k, xmemstream(&text, &size), planned);
}

static void is(const char *want)
{
	fclose(k.file);
	assert_string_equal(text, want);
	free(text);
}

static void results_are_counted_from_one_after_their_notes(void **state)
{
	(void)state;
	begin(3);
	ktap__result(&k, KTAP_PASS, "v6.1/a/one", NULL);
	ktap__note(&k, "exit 1: no");
	ktap__result(&k, KTAP_FAIL, "v6.1/a/two", NULL);
	ktap__result(&k, KTAP_SKIP, "v6.1/a/three", "fails on stock: no");
	is("KTAP version 1\n1..3\nok 1 v6.1/a/one\n# exit 1: no\n"
	   "not ok 2 v6.1/a/two\nok 3 v6.1/a/three # SKIP fails on stock: no\n");
}

static void nothing_from_outside_is_a_line_or_a_directive(void **state)
{
	(void)state;
	begin(2);
	ktap__note(&k, "Subtest: none\nok 1 planted");
	ktap__result(&k, KTAP_FAIL, "a # SKIP b\r\nok 2", NULL);
	ktap__result(&k, KTAP_SKIP, "c", "two\nlines");
	is("KTAP version 1\n1..2\n#  Subtest: none ok 1 planted\n"
	   "not ok 1 a ? SKIP b  ok 2\nok 2 c # SKIP two lines\n");
}

static void passed_is_something_and_nothing_failed(void **state)
{
	(void)state;
	begin(3);
	assert_false(ktap__passed(&k));
	ktap__result(&k, KTAP_SKIP, "a", "not here");
	assert_false(ktap__passed(&k));		/* nothing was tried */
	ktap__result(&k, KTAP_PASS, "b", NULL);
	assert_true(ktap__passed(&k));
	ktap__result(&k, KTAP_FAIL, "c", NULL);
	assert_false(ktap__passed(&k));
	fclose(k.file);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results_are_counted_from_one_after_their_notes),
		cmocka_unit_test(nothing_from_outside_is_a_line_or_a_directive),
		cmocka_unit_test(passed_is_something_and_nothing_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
