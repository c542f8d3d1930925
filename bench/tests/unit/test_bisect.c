// SPDX-License-Identifier: GPL-2.0
/*
 * The search for a commit, over thousands of made-up histories: lines, and
 * topics that were merged; with commits that do not build.
 */
#include <stdbool.h>

#include "bisect.h"
#include "unit.h"

#define MOST	1200

static uint64_t state = 1;

static size_t below(size_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % n;
}

/* A history as it grows: parents are earlier commits, or what is good. */
struct made {
	size_t nr, parent[MOST][4], parents[MOST];
	bool broken[MOST];	/* cannot be measured */
	bool bad[MOST];
	size_t asked, skipped, culprit;
	size_t stop_after;	/* 0: never */
};

static struct made made;

static void empty(void)
{
	memset(&made, 0, sizeof(made));
}

static size_t commit(void)
{
	assert_true(made.nr < MOST);
	return made.nr++;
}

static size_t commit_on(size_t parent)
{
	const size_t c = commit();

	made.parent[c][made.parents[c]++] = parent;
	return c;
}

static void line(size_t nr)
{
	empty();
	commit();
	while (made.nr < nr)
		commit_on(made.nr - 1);
}

/*
 * A mainline with topics that begin somewhere in its last commits and are
 * merged later, some with two topics in one merge.
 */
static void topics(size_t nr)
{
	size_t head, tip[4];

	empty();
	head = commit();
	while (made.nr + 40 < nr) {
		size_t open = 1 + below(3);

		for (size_t t = 0; t < open; t++) {
			tip[t] = commit_on(below(4) ? head : below(made.nr));
			for (size_t n = below(9); n; n--)
				tip[t] = commit_on(tip[t]);
		}
		for (size_t n = below(4); n; n--)
			head = commit_on(head);
		if (open == 3 && !below(4)) {
			head = commit_on(head);
			for (size_t t = 0; t < 3; t++)
				made.parent[head][made.parents[head]++] = tip[t];
			continue;
		}
		for (size_t t = 0; t < open; t++) {
			head = commit_on(head);
			made.parent[head][made.parents[head]++] = tip[t];
		}
	}
	while (made.nr < nr)
		head = commit_on(head);
}

/* Bad is the culprit, and whatever has it in its history. */
static void plant(size_t culprit)
{
	made.culprit = culprit;
	made.asked = made.skipped = 0;
	for (size_t c = 0; c < made.nr; c++) {
		made.bad[c] = c == culprit;
		for (size_t i = 0; i < made.parents[c]; i++)
			made.bad[c] |= made.bad[made.parent[c][i]];
	}
}

static enum bisect_answer measure(const struct bisect_step *step, void *arg)
{
	struct made *m = arg;

	assert_true(step->commit < m->nr && step->left <= m->nr);
	if (m->stop_after && m->asked + m->skipped == m->stop_after)
		return BISECT_STOP;
	if (m->broken[step->commit]) {
		m->skipped++;
		return BISECT_SKIP;
	}
	m->asked++;
	return m->bad[step->commit] ? BISECT_BAD : BISECT_GOOD;
}

/* Only what BAD has in its history is what git would list. */
static struct bisect_history history(void)
{
	struct bisect_history h = { .nr = made.nr };

	h.id = calloc(made.nr, sizeof(*h.id));
	h.parent = calloc(made.nr, sizeof(*h.parent));
	h.nr_parents = calloc(made.nr, sizeof(*h.nr_parents));
	for (size_t c = 0; c < made.nr; c++) {
		h.parent[c] = calloc(5, sizeof(**h.parent));
		memcpy(h.parent[c], made.parent[c], sizeof(made.parent[c]));
		h.nr_parents[c] = made.parents[c];
	}
	return h;
}

static struct bisect_result search(const struct bisect_history *h,
				   bool bad_first)
{
	const struct bisect_search s = { measure, &made, bad_first };
	struct bisect_result r = bisect__run(h, &s);

	assert_int_equal(r.measured, made.asked);
	assert_int_equal(r.skipped, made.skipped);
	return r;
}

static void finds(const struct bisect_history *h, size_t culprit,
		  bool bad_first)
{
	struct bisect_result r;

	plant(culprit);
	r = search(h, bad_first);
	assert_int_equal(r.end, BISECT_FOUND);
	assert_int_equal(r.nr, 1);
	assert_int_equal(r.candidate[0], culprit);
	bisect__free_result(&r);
}

static void line_of_a_thousand_takes_ten_and_good(void **test_state)
{
	struct bisect_history h;

	(void)test_state;
	line(1000);
	h = history();
	for (size_t c = 0; c < made.nr; c++) {
		finds(&h, c, false);
		assert_true(made.asked <= 10);
	}
	bisect__free(&h);
}

static void any_line_takes_what_most_says(void **test_state)
{
	(void)test_state;
	assert_int_equal(bisect__most(1000, false), 10);
	assert_int_equal(bisect__most(1023, false), 10);
	assert_int_equal(bisect__most(1024, false), 11);
	assert_int_equal(bisect__most(512, true), 10);
	assert_int_equal(bisect__most(1, false), 1);
	assert_int_equal(bisect__most(1, true), 1);
	for (size_t nr = 1; nr <= 130; nr++) {
		struct bisect_history h;

		line(nr);
		h = history();
		for (size_t c = 0; c < nr; c++) {
			finds(&h, c, false);
			assert_true(made.asked <= bisect__most(nr, false));
			finds(&h, c, true);
			assert_true(made.asked <= bisect__most(nr, true));
		}
		bisect__free(&h);
	}
}

static void bad_is_measured_before_it_is_named(void **test_state)
{
	(void)test_state;
	for (size_t nr = 1; nr <= 1000; nr += 27) {
		struct bisect_history h;
		struct bisect_result r;

		line(nr);
		h = history();
		memset(made.bad, 0, sizeof(made.bad));
		r = search(&h, false);
		assert_int_equal(r.end, BISECT_NOT_BAD);
		assert_int_equal(r.nr, 0);
		assert_true(made.asked <= bisect__most(nr, false));
		bisect__free_result(&r);
		made.asked = 0;
		r = search(&h, true);
		assert_int_equal(r.end, BISECT_NOT_BAD);
		assert_int_equal(made.asked, 1);
		bisect__free_result(&r);
		bisect__free(&h);
	}
}

/*
 * What a merge has below it cannot always be halved: some take one more than a
 * line of as many, few two.
 */
static void finds_it_among_topics_and_merges(void **test_state)
{
	size_t merges = 0, more = 0;

	(void)test_state;
	for (int i = 0; i < 20; i++) {
		struct bisect_history h;

		topics(1000);
		h = history();
		for (size_t c = below(20); c < made.nr; c += 20) {
			merges += made.parents[c] > 1;
			finds(&h, c, false);
			more += made.asked > 10;
			assert_true(made.asked <= 12);
		}
		bisect__free(&h);
	}
	assert_true(merges > 50 && more < 20 * 50 / 5);
}

static bool only_the_last_could_be_measured(const struct bisect_result *r)
{
	for (size_t i = 0; i + 1 < r->nr; i++) {
		if (!made.broken[r->candidate[i]])
			return false;
	}
	return !made.broken[r->candidate[r->nr - 1]];
}

static bool is_candidate(const struct bisect_result *r, size_t c)
{
	for (size_t i = 0; i < r->nr; i++) {
		if (r->candidate[i] == c)
			return true;
	}
	return false;
}

static void skips_what_does_not_build(void **test_state)
{
	size_t several = 0;

	(void)test_state;
	for (int i = 0; i < 4000; i++) {
		struct bisect_history h;
		struct bisect_result r;
		const size_t nr = 2 + below(200);

		if (i & 1)
			line(nr);
		else
			topics(nr + 40);
		for (size_t n = below(1 + made.nr / 8); n; n--)
			made.broken[below(made.nr - 1)] = true;
		h = history();
		plant(below(made.nr));
		r = search(&h, i & 2);
		assert_true(r.end == BISECT_FOUND || r.end == BISECT_SEVERAL);
		assert_true(is_candidate(&r, made.culprit));
		assert_true(only_the_last_could_be_measured(&r));
		assert_true((r.nr == 1) == (r.end == BISECT_FOUND));
		several += r.end == BISECT_SEVERAL;
		bisect__free_result(&r);
		bisect__free(&h);
	}
	assert_true(several > 100 && several < 2000);
}

static void two_of_a_thousand_cost_no_more_than_themselves(void **test_state)
{
	(void)test_state;
	for (int i = 0; i < 500; i++) {
		struct bisect_history h;
		struct bisect_result r;

		if (i & 1)
			line(1000);
		else
			topics(1000);
		made.broken[below(999)] = made.broken[below(999)] = true;
		h = history();
		plant(below(1000));
		r = search(&h, false);
		assert_true(is_candidate(&r, made.culprit));
		assert_true(made.asked <= (i & 1 ? 11 : 12));
		assert_true(made.skipped <= 2);
		bisect__free_result(&r);
		bisect__free(&h);
	}
}

/* 300 neighbours do not build: the search does not try them all. */
static void leaves_a_stretch_that_does_not_build(void **test_state)
{
	struct bisect_history h;
	size_t tried = 0;

	(void)test_state;
	line(1000);
	for (size_t c = 350; c < 650; c++)
		made.broken[c] = true;
	h = history();
	for (size_t c = 0; c < 1000; c++) {
		if (c >= 349 && c <= 650)
			continue;
		finds(&h, c, false);
		assert_true(made.asked + made.skipped <= 36);
		tried += made.asked + made.skipped;
	}
	assert_true(tried < 698 * 24);
	bisect__free(&h);
}

static void names_all_that_it_may_be(void **test_state)
{
	struct bisect_history h;
	struct bisect_result r;

	(void)test_state;
	line(64);
	made.broken[20] = made.broken[21] = true;
	h = history();
	plant(21);
	r = search(&h, true);
	assert_int_equal(r.end, BISECT_SEVERAL);
	assert_int_equal(r.nr, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(r.candidate[i], 20 + i);
	bisect__free_result(&r);
	/* BAD does not build: the others are asked all the same. */
	made.broken[63] = true;
	plant(40);
	r = search(&h, true);
	assert_int_equal(r.end, BISECT_FOUND);
	assert_int_equal(r.candidate[0], 40);
	bisect__free_result(&r);
	plant(63);
	r = search(&h, true);
	assert_int_equal(r.end, BISECT_BAD_SKIPPED);
	assert_int_equal(r.candidate[r.nr - 1], 63);
	bisect__free_result(&r);
	bisect__free(&h);
}

static void goes_on_where_it_was_stopped(void **test_state)
{
	struct bisect_history h;
	struct bisect_result r;

	(void)test_state;
	topics(300);
	h = history();
	for (size_t stop = 1; stop < 9; stop++) {
		made.stop_after = stop;
		plant(123);
		r = search(&h, false);
		assert_true(r.end == BISECT_STOPPED || made.asked < 9);
		assert_true(r.measured <= stop);
		/* What it may be is said then as well. */
		assert_true(is_candidate(&r, 123));
		bisect__free_result(&r);
	}
	made.stop_after = 0;
	finds(&h, 123, false);
	bisect__free(&h);
}

/* A figure that goes up and down: one of its rises is found, in the bound. */
static void ends_whatever_the_answers_are(void **test_state)
{
	(void)test_state;
	for (int i = 0; i < 2000; i++) {
		struct bisect_history h;
		struct bisect_result r;

		if (i & 1)
			line(1 + below(1000));
		else
			topics(60 + below(900));
		for (size_t c = 0; c < made.nr; c++)
			made.bad[c] = below(2);
		made.bad[made.nr - 1] = true;
		h = history();
		r = search(&h, false);
		assert_int_equal(r.end, BISECT_FOUND);
		assert_true(made.bad[r.candidate[0]]);
		assert_true(made.asked <= (i & 1 ? 10 : 12));
		if (i & 1 && r.candidate[0])
			assert_false(made.bad[r.candidate[0] - 1]);
		bisect__free_result(&r);
		bisect__free(&h);
	}
}

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccc"
#define D "dddddddddddddddddddddddddddddddddddddddd"

static void reads_what_git_prints(void **test_state)
{
	struct bisect_history h;

	(void)test_state;
	assert_int_equal(bisect__read(&h, B " " A "\n" C " " A "\n"
				      D " " B " " C "\n"), 0);
	assert_int_equal(h.nr, 3);
	assert_string_equal(h.id[2], D);
	assert_int_equal(h.nr_parents[0], 0);
	assert_int_equal(h.nr_parents[1], 0);
	assert_int_equal(h.nr_parents[2], 2);
	assert_int_equal(h.parent[2][0], 0);
	assert_int_equal(h.parent[2][1], 1);
	bisect__free(&h);
	assert_int_equal(bisect__read(&h, ""), 0);
	assert_int_equal(h.nr, 0);
	bisect__free(&h);
	/* A root commit; a history in the other order; what is no list. */
	assert_int_equal(bisect__read(&h, A "\n" B " " A), 0);
	assert_int_equal(h.nr_parents[1], 1);
	bisect__free(&h);
	assert_int_equal(bisect__read(&h, B " " A "\n" A "\n"), -1);
	assert_int_equal(bisect__read(&h, "fatal: bad revision\n"), -1);
	assert_int_equal(bisect__read(&h, A " -f\n"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_of_a_thousand_takes_ten_and_good),
		cmocka_unit_test(any_line_takes_what_most_says),
		cmocka_unit_test(bad_is_measured_before_it_is_named),
		cmocka_unit_test(finds_it_among_topics_and_merges),
		cmocka_unit_test(skips_what_does_not_build),
		cmocka_unit_test(two_of_a_thousand_cost_no_more_than_themselves),
		cmocka_unit_test(leaves_a_stretch_that_does_not_build),
		cmocka_unit_test(names_all_that_it_may_be),
		cmocka_unit_test(goes_on_where_it_was_stopped),
		cmocka_unit_test(ends_whatever_the_answers_are),
		cmocka_unit_test(reads_what_git_prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
