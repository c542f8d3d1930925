// SPDX-License-Identifier: GPL-2.0
/*
 * A history with damaged bytes: whatever is asked of it is an error or what it was
 * before, never another answer. A thousand files, the same ones every time;
 * test_damage N tries another number.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"
#include "history_priv.h"
#include "history_report.h"

#define NIGHTS		60
#define VARIANTS	6

static unsigned long tries = 1000;
static char *path;
static unsigned char *sound;	/* the file as it was */
static size_t size;

static void add_night(struct history *h, int night)
{
	const struct history_setup setup = { night < 30 ? "QEMU 7" : "QEMU 8",
					     "cpio", "gcc 12" };
	struct history_new p[VARIANTS];
	char *id = xasprintf("night-%d", night);
	char *day = history__time_text(1700000000 + 86400L * night);
	const struct history_run run = { id, day, "results/x", "rev", "sha" };
	char name[VARIANTS][16], bins[VARIANTS][40];

	for (int i = 0; i < VARIANTS; i++) {
		snprintf(name[i], sizeof(name[i]), "variant-%d", i);
		snprintf(bins[i], sizeof(bins[i]), "%d:1023 19140:1", 2400 + i + night % 3);
		p[i] = (struct history_new) {
			.key = { "tcg", "made", "v6.1", name[i], "off", "touch", "instructions" },
			.unit = "instructions",
			.point = { .value = 2400 + i + night % 3, .spread = NAN,
				   .boots = 2, .exact = true, .handler_sha256 = "h",
				   .release = night < 40 ? "6.1.1" : "6.1.2",
				   .source_sha256 = "s", .setup = &setup },
			.samples = bins[i],
		};
	}
	assert_int_equal(history__add(h, &run, p, VARIANTS), HISTORY_ADDED);
	free(day);
	free(id);
}

static void make(void)
{
	const struct history_accepted yes = { 2401, "2024-01-03T00:00:00Z", "me", "so", "" };
	const struct history_withdrawal w = { .run = "night-7", .who = "me", .why = "w", .out = true };
	struct err e;
	struct history *h;

	path = xasprintf("/tmp/faultline-test-damage.%d.db", (int)getpid());
	unlink(path);
	h = history__open(path, HISTORY_WRITE, &e);
	assert_non_null(h);
	history__exec(h, "PRAGMA synchronous = OFF");
	for (int i = 0; i < NIGHTS; i++)
		add_night(h, i);
	assert_int_equal(history__accept(h, 2, &yes), 0);
	assert_int_equal(history__withdraw(h, &w), 0);
	history__close(h);
	sound = (unsigned char *)path_read(path, &size);
	assert_non_null(sound);
}

/* All that can be asked of a history, as text. */
static void ask_all(struct history *h, FILE *f)
{
	struct history_out out = { .file = f };
	size_t nr, nr_w;
	struct history_series *s = history__series(h, NULL, &nr);
	struct history_event *e;
	struct history_withdrawal *w;

	history__count(h, s, nr);
	report__history_list(f, s, nr);
	report__history_openmetrics(f, s, nr);
	for (size_t i = 0; i < nr; i++) {
		struct history_accepted a;
		struct history_point *p;
		size_t n;

		if (history__accepted(h, s[i].id, &a))
			fprintf(f, "accepted %g %s %s\n", a.value, a.who, a.why);
		history__accepted_free(&a);
		p = history__points(h, s[i].id, 0, &n);
		for (size_t k = 0; k < n; k++) {
			char *bins = history__samples(h, p[k].samples);

			fprintf(f, "%s\n", bins ?: "-");
			free(bins);
		}
		free(p);
	}
	history__series_free(s, nr);
	history__walk(h, NULL, 0, report__history_point_jsonl, &out);
	e = history__events(h, &nr);
	w = history__withdrawals(h, &nr_w);
	report__history_events(f, e, nr, w, nr_w);
	history__events_free(e, nr);
	history__withdrawals_free(w, nr_w);
}

/* The answer, allocated; NULL where it is an error. */
static char *answer(void)
{
	struct err e;
	struct history *h = history__open(path, HISTORY_READ, &e);
	char *text = NULL;
	size_t n;
	bool bad;
	FILE *f;

	if (!h)
		return NULL;
	f = open_memstream(&text, &n);
	ask_all(h, f);
	fclose(f);
	bad = history__error(h);
	history__close(h);
	if (!bad)
		return text;
	free(text);
	return NULL;
}

static uint64_t random_state;

static size_t below(size_t n)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (random_state >> 33) % n;
}

/* A bit, some bytes, a sector of nothing, or a page where another one was. */
static void damage(unsigned char *b)
{
	size_t at, n = 1 + below(16);

	switch (below(4)) {
	case 0:
		b[below(size)] ^= 1 << below(8);
		break;
	case 1:
		while (n--) {
			at = below(size);
			b[at] = b[at] + 1 + below(255);
		}
		break;
	case 2:
		memset(b + 512 * below(size / 512), below(2) ? 0xff : 0, 512);
		break;
	default:
		at = 4096 * below(size / 4096);
		memcpy(b + at, sound + 4096 * below(size / 4096), 4096);
	}
}

static void write_file(const unsigned char *b)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(b, 1, size, f), size);
	fclose(f);
}

static void what_is_damaged_gives_no_other_answer(void **state)
{
	unsigned long errors = 0, right = 0, same = 0, found = 0;
	unsigned char *b = xcalloc(size, 1);
	char *want = answer();

	(void)state;
	assert_non_null(want);
	for (unsigned long i = 1; i <= tries; i++) {
		struct err e;
		struct history *h;
		char *got;

		random_state = i;
		memcpy(b, sound, size);
		damage(b);
		write_file(b);
		got = answer();
		if (got && strcmp(got, want))
			fail_msg("damaged file %lu gives another answer", i);
		errors += !got;
		right += got != NULL;
		same += got && !memcmp(b, sound, size);
		free(got);
		h = history__open(path, HISTORY_READ, &e);
		got = h ? history__check(h, false) : NULL;
		found += !h || got || history__error(h);
		free(got);
		if (h)
			history__close(h);
	}
	print_message("%lu damaged files: %lu are an error, %lu the right answer (%lu of them equal to the sound one); check finds %lu\n",
		      tries, errors, right, same, found);
	assert_true(found + same >= errors);
	write_file(sound);
	free(want);
	free(b);
}

/* Nothing is added to one, and what is added elsewhere stays as it is. */
static void nothing_is_added_to_a_damaged_page(void **state)
{
	unsigned char *b = xcalloc(size, 1);
	struct history *h;
	struct err e;

	(void)state;
	for (size_t at = 0; at < size; at += 4096) {
		memcpy(b, sound, size);
		b[at + 2000] ^= 4;
		write_file(b);
		h = history__open(path, HISTORY_WRITE, &e);
		if (h) {
			char *wrong = history__check(h, true);

			assert_true(wrong || history__error(h));
			free(wrong);
			history__close(h);
		}
	}
	free(b);
	write_file(sound);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_damaged_gives_no_other_answer),
		cmocka_unit_test(nothing_is_added_to_a_damaged_page),
	};
	int r;

	if (argc > 1)
		tries = strtoul(argv[1], NULL, 10);
	make();
	r = cmocka_run_group_tests_name("damage", tests, NULL, NULL);
	unlink(path);
	free(sound);
	free(path);
	return r;
}
