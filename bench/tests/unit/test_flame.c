// SPDX-License-Identifier: GPL-2.0
/*
 * Folded stacks and the pictures made of them. Widths and differences are
 * worked out by hand, and read back out of the SVG.
 */
#include "unit.h"

#include "flame_svg.h"
#include "util.h"

static const struct folded before[] = {
	{ "root;map", 60 }, { "root", 20 }, { "root;map;set", 10 },
	{ "root;gone", 10 },
};
static const struct folded after[] = {
	{ "root", 35 }, { "root;map", 40 }, { "root;map;set", 10 },
	{ "root;<new> & \"co\"", 15 },
};

/* The picture in new memory; of b against a, or of b alone. */
static char *drawn(const struct folded *a, size_t nr_a, const struct folded *b,
		   size_t nr_b)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (a)
		flame_svg__write_diff(f, "t <1>", "s", "instructions", a, nr_a,
				      b, nr_b);
	else
		flame_svg__write(f, "t <1>", "s", "instructions", b, nr_b);
	fclose(f);
	return text;
}

static double box_x;		/* where the box that was asked for last begins */

/* The box whose tooltip begins with name: its class and its width. */
static double box_of(const char *svg, const char *name, char class[16])
{
	char *want = xasprintf("<g><title>%s\n", name);
	const char *p = strstr(svg, want);
	double width;
	int y;

	if (!p)
		fail_msg("no box of %s", name);
	p = strstr(p, "<rect class=");
	assert_int_equal(sscanf(p, "<rect class=\"%15[a-z0-9]\" x=\"%lf\" y=\"%d\" width=\"%lf\"",
				class, &box_x, &y, &width), 4);
	free(want);
	return width;
}

static void lines_are_read_and_added_up(void **state)
{
	char text[] = "b;c 3\n# remark\na 1\n\nb;c 4\nb 0\n";
	struct folded f[8];
	size_t nr;

	(void)state;
	assert_true(folded__lines(text) <= 8);
	assert_int_equal(folded__parse(text, f, &nr), 0);
	assert_int_equal(nr, 4);
	assert_int_equal(folded__merge(f, nr), 2);
	assert_string_equal(f[0].stack, "a");
	assert_int_equal(f[0].n, 1);
	assert_string_equal(f[1].stack, "b;c");
	assert_int_equal(f[1].n, 7);
}

static void a_line_that_is_none_is_named(void **state)
{
	static const char *const bad[] = { "a 1\nb\n", "a 1\nb x\n",
					   "a 1\nb -2\n", "a 1\n 3\n" };
	struct folded f[8];
	size_t nr;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char *text = xstrdup(bad[i]);

		assert_int_equal(folded__parse(text, f, &nr), 2);
		free(text);
	}
}

static void a_box_is_as_wide_as_it_counts(void **state)
{
	char *svg = drawn(NULL, 0, before, ARRAY_SIZE(before)), class[16];
	double all = box_of(svg, "all", class), x;

	(void)state;
	assert_true(all > 1000);
	assert_float_equal(box_of(svg, "root", class), all, 0.01);
	assert_float_equal(box_of(svg, "map", class), all * 0.7, 0.01);
	assert_float_equal(box_of(svg, "set", class), all * 0.1, 0.01);
	assert_float_equal(box_of(svg, "gone", class), all * 0.1, 0.01);
	/* Side by side under their caller, by name. */
	x = box_x;
	box_of(svg, "map", class);
	assert_float_equal(box_x, x + all * 0.1, 0.01);
	x = box_x;
	box_of(svg, "set", class);
	assert_float_equal(box_x, x, 0.01);
	assert_non_null(strstr(svg, "70 instructions with all it calls, 70.00% of all\n60 in itself"));
	free(svg);
}

static void colours_and_signs_are_of_the_function_itself(void **state)
{
	char *svg = drawn(before, ARRAY_SIZE(before), after,
			  ARRAY_SIZE(after)), class[16];

	(void)state;
	box_of(svg, "root", class);		/* 20 to 35 */
	assert_int_equal(class[0], 'r');
	assert_non_null(strstr(svg, ">+15</tspan> root<"));
	box_of(svg, "map", class);		/* 60 to 40 */
	assert_int_equal(class[0], 'b');
	assert_non_null(strstr(svg, ">-20</tspan> map<"));
	box_of(svg, "set", class);
	assert_string_equal(class, "eq");
	box_of(svg, "all", class);
	assert_string_equal(class, "eq");
	/* What is only in one of them: named as new, and listed as gone. */
	assert_non_null(strstr(svg, "not there before"));
	assert_non_null(strstr(svg, "No longer there"));
	assert_non_null(strstr(svg, ">   -10</tspan>  gone  from root<"));
	free(svg);
}

static void names_are_text_and_never_markup(void **state)
{
	char *svg = drawn(before, ARRAY_SIZE(before), after,
			  ARRAY_SIZE(after));

	(void)state;
	assert_null(strstr(svg, "<new>"));
	assert_null(strstr(svg, "<1>"));
	assert_non_null(strstr(svg, "&lt;new&gt; &amp; &quot;co&quot;"));
	assert_non_null(strstr(svg, "<title>t &lt;1&gt;</title>"));
	free(svg);
}

static void the_same_stacks_give_the_same_bytes(void **state)
{
	struct folded turned[ARRAY_SIZE(before)];
	char *a, *b;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		turned[i] = before[ARRAY_SIZE(before) - 1 - i];
	a = drawn(NULL, 0, before, ARRAY_SIZE(before));
	b = drawn(NULL, 0, turned, ARRAY_SIZE(turned));
	assert_string_equal(a, b);
	free(a);
	free(b);
}

static void nothing_is_said_to_be_nothing(void **state)
{
	static const struct folded zero[] = { { "a;b", 0 } };
	char *svg = drawn(NULL, 0, NULL, 0), *other = drawn(NULL, 0, zero, 1);

	(void)state;
	assert_non_null(strstr(svg, "There is nothing to show"));
	assert_string_equal(svg, other);
	free(svg);
	free(other);
}

/* A function whose caller was inlined is the same function. */
static void a_function_that_moved_is_held_against_itself(void **state)
{
	static const struct folded a[] = { { "r;f;g", 50 }, { "r;f", 5 } };
	static const struct folded b[] = { { "r;g", 52 }, { "r", 3 } };
	char *svg = drawn(a, ARRAY_SIZE(a), b, ARRAY_SIZE(b)), class[16];

	(void)state;
	box_of(svg, "g", class);
	assert_non_null(strstr(svg, ">+2</tspan> g<") ?:
			strstr(svg, ">+2</tspan>"));
	assert_non_null(strstr(svg, "against 50 before, called by f"));
	free(svg);
}

static void a_deep_stack_fits(void **state)
{
	char stack[1024] = "f0";
	struct folded one = { stack, 7 };
	char *svg;
	int height;

	(void)state;
	for (int i = 1; i < 100; i++)
		sprintf(stack + strlen(stack), ";f%d", i);
	svg = drawn(NULL, 0, &one, 1);
	assert_int_equal(sscanf(strstr(svg, "height="), "height=\"%d\"",
				&height), 1);
	assert_true(height > 100 * 18);
	assert_non_null(strstr(svg, "<title>f99\n7 instructions"));
	free(svg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read_and_added_up),
		cmocka_unit_test(a_line_that_is_none_is_named),
		cmocka_unit_test(a_box_is_as_wide_as_it_counts),
		cmocka_unit_test(colours_and_signs_are_of_the_function_itself),
		cmocka_unit_test(names_are_text_and_never_markup),
		cmocka_unit_test(the_same_stacks_give_the_same_bytes),
		cmocka_unit_test(nothing_is_said_to_be_nothing),
		cmocka_unit_test(a_function_that_moved_is_held_against_itself),
		cmocka_unit_test(a_deep_stack_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
