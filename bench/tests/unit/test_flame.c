// SPDX-License-Identifier: GPL-2.0
/*
 * Folded stacks, the trees they stand for, and the pictures of them. Widths
 * are read back out of the SVG; 1180 pixels are the whole.
 */
#include "unit.h"
#include <inttypes.h>
#include "flame_svg.h"
#include "util.h"

#define INNER		1180000		/* thousandths of a pixel */
#define LEFT		10000
#define MAX_BOXES	512

struct box {
	int64_t x, width;
	int y;
	char class[8];
};

static int by_place(const void *p, const void *q)
{
	const struct box *x = p, *y = q;

	return x->y != y->y ? x->y - y->y : (x->x > y->x) - (x->x < y->x);
}

/* Boxes have decimals, the swatches of the legend have none. */
static size_t boxes_of(const char *svg, struct box *box)
{
	size_t nr = 0;

	while ((svg = strstr(svg, "<rect class=\""))) {
		int64_t x, width;
		int fx, fw, y;
		char class[8];

		if (sscanf(svg, "<rect class=\"%7[a-z0-9]\" x=\"%" SCNd64 ".%3d\" y=\"%d\" width=\"%" SCNd64 ".%3d\"",
			   class, &x, &fx, &y, &width, &fw) == 6) {
			assert_true(nr < MAX_BOXES);
			box[nr] = (struct box) { x * 1000 + fx,
						 width * 1000 + fw, y, "" };
			strcpy(box[nr++].class, class);
		}
		svg++;
	}
	if (nr)
		qsort(box, nr, sizeof(*box), by_place);
	return nr;
}

/* No two boxes of a row overlap, each stands within one of the row above. */
static void check_places(const struct box *box, size_t nr)
{
	for (size_t i = 1; i < nr; i++) {
		bool held = false;

		if (box[i].y == box[i - 1].y)
			assert_true(box[i - 1].x + box[i - 1].width <= box[i].x);
		for (size_t k = 0; k < nr; k++)
			held |= box[k].y == box[i].y - 18 &&
				box[k].x <= box[i].x && box[i].x + box[i].width <=
				box[k].x + box[k].width;
		assert_true(held);
	}
	assert_int_equal(box[0].x, LEFT);
	assert_int_equal(box[0].width, INNER);
}

static char *draw(const struct folded *a, size_t nr)
{
	size_t size;
	char *s;
	FILE *f = open_memstream(&s, &size);

	flame_svg__write(f, "T", "S", "instructions per fault", a, nr);
	fclose(f);
	return s;
}

static char *draw_diff(const struct folded *a, size_t nr_a,
		       const struct folded *b, size_t nr_b)
{
	size_t size;
	char *s;
	FILE *f = open_memstream(&s, &size);

	flame_svg__write_diff(f, "T", "S", "instructions", a, nr_a, b, nr_b);
	fclose(f);
	return s;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in: %s", part, text);
}

static void assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' is in: %s", part, text);
}

/* The box whose tooltip begins with that name: all of its <g>. */
static char *box_named(const char *svg, const char *name)
{
	char *head = xasprintf("<g><title>%s\n", name);
	const char *at = strstr(svg, head), *end;

	if (!at)
		fail_msg("no box %s in: %s", name, svg);
	end = strstr(at, "</g>");
	free(head);
	return xasprintf("%.*s", (int)(end - at), at);
}

static const struct folded small[] = {
	{ "main", 10 }, { "main;alpha", 30 }, { "main;alpha;leaf", 20 },
	{ "main;beta", 40 },
};

static void a_tree_has_self_and_inclusive_counts(void **state)
{
	struct folded_node n[16];
	size_t nr = folded__tree(small, ARRAY_SIZE(small), n), i;

	(void)state;
	assert_true(nr <= folded__room(small, ARRAY_SIZE(small)));
	assert_int_equal(nr, 5);
	assert_int_equal(n[0].all, 100);
	assert_int_equal(n[0].self, 0);
	i = n[n[0].child].child;
	assert_memory_equal(n[i].name, "alpha", 5);
	assert_int_equal(n[i].all, 50);
	assert_int_equal(n[i].self, 30);
	assert_int_equal(n[n[i].child].depth, 3);
	assert_memory_equal(n[n[i].next].name, "beta", 4);
}

/* mid is inlined: leaf, which it called, is called by top now, 2 more expensive. */
static void a_function_whose_caller_went_is_compared_with_itself(void **state)
{
	const struct folded a[] = {
		{ "top", 10 }, { "top;mid", 5 }, { "top;mid;leaf", 20 },
		{ "top;mid;leaf;low", 7 },
	};
	const struct folded b[] = {
		{ "top", 11 }, { "top;leaf", 22 }, { "top;leaf;low", 7 },
		{ "top;new", 1 },
	};
	struct folded_node x[16], y[16];
	size_t nx = folded__tree(a, 4, x), ny = folded__tree(b, 4, y);
	int64_t sum = 0;
	char *svg, *box;

	(void)state;
	folded__match(x, nx, y, ny);
	for (size_t i = 0; i < ny; i++)
		sum += folded__self_diff(x, &y[i]);
	for (size_t i = 0; i < nx; i++)
		sum -= x[i].peer == FOLDED_NONE ? x[i].self : 0;
	assert_int_equal(sum, y[0].all - x[0].all);

	svg = draw_diff(a, 4, b, 4);
	box = box_named(svg, "leaf");
	assert_has(box, "+2 against 27 before, called by mid");
	free(box);
	box = box_named(svg, "low");
	assert_has(box, "class=\"eq\"");
	free(box);
	box = box_named(svg, "new");
	assert_has(box, "+1, not there before");
	free(box);
	assert_has(svg, ">    -5</tspan>  mid  from top<");
	free(svg);
}

/* Two of a name are left over: which is which nobody can tell. */
static void an_ambiguous_name_is_no_peer(void **state)
{
	const struct folded a[] = { { "p;lock", 3 }, { "q;lock", 3 } };
	const struct folded b[] = { { "r;lock", 3 } };
	struct folded_node x[8], y[8];
	size_t nx = folded__tree(a, 2, x), ny = folded__tree(b, 1, y);

	(void)state;
	folded__match(x, nx, y, ny);
	assert_int_equal(y[2].peer, FOLDED_NONE);
}

static void a_name_in_two_places_is_told_apart_by_path(void **state)
{
	const struct folded a[] = { { "p;lock", 3 }, { "q;lock", 4 } };
	char *svg = draw_diff(a, 2, a, 2);

	(void)state;
	assert_has(svg, "+0 against 3 before<");
	assert_has(svg, "+0 against 4 before<");
	assert_has_not(svg, "not there before");
	free(svg);
}

static void widths_are_the_counts(void **state)
{
	struct box box[MAX_BOXES];
	char *svg = draw(small, ARRAY_SIZE(small));
	size_t nr = boxes_of(svg, box);

	(void)state;
	assert_int_equal(nr, 5);
	check_places(box, nr);
	assert_int_equal(box[1].width, INNER);			/* main */
	assert_int_equal(box[2].width, INNER / 100 * 50);	/* alpha */
	assert_int_equal(box[3].x, LEFT + INNER / 100 * 50);	/* beta */
	assert_int_equal(box[3].width, INNER / 100 * 40);
	assert_int_equal(box[4].width, INNER / 100 * 20);	/* leaf */
	free(svg);
}

/* Thirds, sevenths and large numbers, over four levels. */
static void callees_never_exceed_their_caller(void **state)
{
	struct folded a[256];
	struct box box[MAX_BOXES];
	uint64_t seed = 7;
	char *svg;
	size_t nr;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(a); i++) {
		seed = seed * 6364136223846793005 + 1442695040888963407;
		a[i].stack = xasprintf("f%d;g%d;h%d", (int)(seed >> 33) % 3,
				       (int)(seed >> 37) % 7,
				       (int)(seed >> 43) % 9);
		a[i].n = (seed >> 20) % 3 ? (int64_t)(seed >> 50) :
			 (int64_t)(seed >> 10);
	}
	svg = draw(a, ARRAY_SIZE(a));
	nr = boxes_of(svg, box);
	assert_true(nr > 100);
	check_places(box, nr);
	free(svg);
	for (size_t i = 0; i < ARRAY_SIZE(a); i++)
		free((char *)a[i].stack);
}

static void order_and_repetition_of_stacks_change_no_byte(void **state)
{
	const struct folded other[] = {
		{ "main;beta", 15 }, { "main;alpha;leaf", 20 }, { "main", 10 },
		{ "main;beta", 25 }, { "main;none", 0 }, { "main;alpha", 30 },
	};
	char *x = draw(small, ARRAY_SIZE(small));
	char *y = draw(other, ARRAY_SIZE(other));

	(void)state;
	assert_string_equal(x, y);
	free(y);
	free(x);
	x = draw_diff(other, 4, small, ARRAY_SIZE(small));
	y = draw_diff(other, 4, small, ARRAY_SIZE(small));
	assert_string_equal(x, y);
	free(y);
	free(x);
}

static void colour_and_sign_say_more_less_equal(void **state)
{
	const struct folded b[] = {
		{ "main", 10 }, { "main;alpha", 42 }, { "main;alpha;leaf", 20 },
		{ "main;beta", 39 },
	};
	char *svg = draw_diff(small, 4, b, 4), *box;

	(void)state;
	box = box_named(svg, "alpha");
	assert_has(box, "class=\"r3\"");
	assert_has(box, "<tspan class=\"d\">+12 </tspan>alpha<");
	assert_has(box, "42 in itself, +12\n+12 against 50 before");
	free(box);
	box = box_named(svg, "beta");
	assert_has(box, "class=\"b1\"");
	assert_has(box, "<tspan class=\"d\">-1 </tspan>beta<");
	free(box);
	box = box_named(svg, "leaf");
	assert_has(box, "class=\"eq\"");
	assert_has_not(box, "tspan");
	free(box);
	box = box_named(svg, "all");
	/* Of what it calls, and so of no colour of its own. */
	assert_has(box, "class=\"eq\"");
	assert_has(box, "+11 against 100 before");
	assert_has_not(box, "tspan");
	assert_has(box, "111 instructions with all it calls, 100.00% of all");
	free(box);
	assert_has(svg, ">+7 to +12<");		/* the bands: 1, 6, 12 */
	assert_has(svg, ">-1<");
	free(svg);
}

static void an_equal_run_is_grey_all_over(void **state)
{
	struct box box[MAX_BOXES];
	char *svg = draw_diff(small, 4, small, 4);
	size_t nr = boxes_of(svg, box);

	(void)state;
	for (size_t i = 0; i < nr; i++)
		assert_string_equal(box[i].class, "eq");
	assert_has_not(svg, "no longer there");
	free(svg);
}

static void names_are_safe_in_xml(void **state)
{
	const struct folded a[] = {
		{ "<b>&\"x\"", 5 }, { "bad\x01\xff" "end", 5 },
		{ "\xc3\xa9t\xc3\xa9", 5 },
	};
	char *svg = draw(a, 3);

	(void)state;
	assert_has(svg, "<title>&lt;b&gt;&amp;&quot;x&quot;\n");
	assert_has(svg, ">&lt;b&gt;&amp;&quot;x&quot;</text>");
	assert_has(svg, "bad??end");
	assert_has(svg, "\xc3\xa9t\xc3\xa9\n");
	assert_has_not(svg, "<b>");
	assert_has_not(svg, "<script");
	free(svg);
}

/* A label of 1180 pixels takes (1180 - 2 * 4) / 7 = 167 characters. */
static void a_long_name_is_cut_on_the_box_and_whole_in_the_tooltip(void **state)
{
	char name[2001], *svg, *text, *box;
	struct folded a = { name, 1 };
	size_t len;

	(void)state;
	memset(name, 'w', 2000);
	name[2000] = '\0';
	svg = draw(&a, 1);
	box = box_named(svg, name);
	text = strstr(box, "<text");
	text = strchr(text, '>') + 1;
	len = strcspn(text, "<");
	assert_int_equal(len, 166 + strlen("\xe2\x80\xa6"));
	free(box);
	free(svg);
}

/* "+1 " takes three of the 167. */
static void a_label_with_a_sign_is_no_longer(void **state)
{
	char name[2001], *svg, *text;
	struct folded a = { name, 1 }, b = { name, 2 };

	(void)state;
	memset(name, 'w', 2000);
	name[2000] = '\0';
	svg = draw_diff(&a, 1, &b, 1);
	text = strstr(strstr(svg, "<g><title>www"), "</tspan>") + strlen("</tspan>");
	assert_int_equal(strcspn(text, "<"), 163 + strlen("\xe2\x80\xa6"));
	free(svg);
}

static void a_hundred_calls_deep_is_a_hundred_rows(void **state)
{
	struct box box[MAX_BOXES];
	char stack[1000] = "f0", *svg;
	struct folded a = { stack, 3 };
	size_t nr;
	int height;

	(void)state;
	for (int i = 1; i < 100; i++)
		sprintf(stack + strlen(stack), ";f%d", i);
	svg = draw(&a, 1);
	nr = boxes_of(svg, box);
	assert_int_equal(nr, 101);
	check_places(box, nr);
	assert_int_equal(box[100].width, INNER);
	assert_int_equal(sscanf(strstr(svg, "height="), "height=\"%d\"", &height), 1);
	assert_true(box[100].y + 17 < height);
	free(svg);
}

static void nothing_is_said_to_be_nothing(void **state)
{
	const struct folded zero = { "a;b", 0 };
	struct box box[MAX_BOXES];
	char *svg = draw(NULL, 0);

	(void)state;
	assert_has(svg, "There is nothing to show");
	assert_int_equal(boxes_of(svg, box), 0);
	free(svg);
	svg = draw(&zero, 1);
	assert_has(svg, "There is nothing to show");
	free(svg);
	svg = draw_diff(small, 4, NULL, 0);
	assert_has(svg, "There is nothing to show");
	assert_has(svg, ">   -40</tspan>  beta  from main<");
	free(svg);
}

/* 40 are gone, 30 are listed; the other ten took 10. */
static void a_long_list_of_what_is_gone_ends_in_a_sum(void **state)
{
	const struct folded b = { "x", 1 };
	struct folded a[40];
	char *svg;

	(void)state;
	for (int i = 0; i < 40; i++)
		a[i] = (struct folded) { xasprintf("f%02d", i), 1 };
	svg = draw_diff(a, 40, &b, 1);
	assert_has(svg, "f29  from all<");
	assert_has_not(svg, "f30  from all<");
	assert_has(svg, "   -10  in 10 more");
	free(svg);
	for (int i = 0; i < 40; i++)
		free((char *)a[i].stack);
}

static void what_is_gone_is_listed_largest_first(void **state)
{
	const struct folded a[] = { { "f;x", 2 }, { "g", 5 }, { "h", 2 } };
	const struct folded b = { "k", 1 };
	char *svg = draw_diff(a, 3, &b, 1);

	(void)state;
	assert_has(svg, "Elided, no longer there: what each took itself");
	assert_has_not(svg, "f  from all<");	/* nothing in itself */
	assert_true(strstr(svg, "g  from all<") < strstr(svg, "x  from f<"));
	assert_true(strstr(svg, "x  from f<") < strstr(svg, "h  from all<"));
	free(svg);
}

static void a_plain_picture_is_coloured_by_part(void **state)
{
	const struct folded a[] = {
		{ "asm_exc_page_fault", 9 }, { "kvm_mmu_page_fault", 9 },
		{ "__alloc_pages", 9 }, { "_raw_spin_lock", 9 },
		{ "pte_list_add", 9 },	/* KVM's, though it begins with pte_ */
	};
	static const char *const part[] = { "entry", "kvm", "mm", "other", "kvm" };
	char *svg = draw(a, 5);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(a); i++) {
		char *box = box_named(svg, a[i].stack);
		char *class = xasprintf("class=\"%s\"", part[i]);

		assert_has(box, class);
		free(class);
		free(box);
	}
	free(svg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_has_self_and_inclusive_counts),
		cmocka_unit_test(a_function_whose_caller_went_is_compared_with_itself),
		cmocka_unit_test(an_ambiguous_name_is_no_peer),
		cmocka_unit_test(a_name_in_two_places_is_told_apart_by_path),
		cmocka_unit_test(widths_are_the_counts),
		cmocka_unit_test(callees_never_exceed_their_caller),
		cmocka_unit_test(order_and_repetition_of_stacks_change_no_byte),
		cmocka_unit_test(colour_and_sign_say_more_less_equal),
		cmocka_unit_test(an_equal_run_is_grey_all_over),
		cmocka_unit_test(names_are_safe_in_xml),
		cmocka_unit_test(a_long_name_is_cut_on_the_box_and_whole_in_the_tooltip),
		cmocka_unit_test(a_label_with_a_sign_is_no_longer),
		cmocka_unit_test(a_hundred_calls_deep_is_a_hundred_rows),
		cmocka_unit_test(nothing_is_said_to_be_nothing),
		cmocka_unit_test(a_long_list_of_what_is_gone_ends_in_a_sum),
		cmocka_unit_test(what_is_gone_is_listed_largest_first),
		cmocka_unit_test(a_plain_picture_is_coloured_by_part),
	};

	return cmocka_run_group_tests_name("flame", tests, NULL, NULL);
}
