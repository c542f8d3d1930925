// SPDX-License-Identifier: GPL-2.0
/* Build ids among ELF notes, sound and damaged; noisy rigs of guests. */
#include "unit.h"

#include <stdlib.h>

#include "cycles.h"
#include "guest.h"
#include "channel.h"
#include "running.h"
#include "wire.h"

#define NOTE(name, desc, type) name, 0, 0, 0, desc, 0, 0, 0, type, 0, 0, 0

static void the_id_is_found_behind_other_notes(void **state)
{
	static const unsigned char notes[] = {
		NOTE(6, 5, 1), 'L', 'i', 'n', 'u', 'x', 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0,
		NOTE(4, 4, 1), 'G', 'N', 'U', 0, 9, 9, 9, 9,
		NOTE(4, 4, 3), 'X', 'e', 'n', 0, 8, 8, 8, 8,
		NOTE(4, 3, 3), 'G', 'N', 'U', 0, 0xab, 0x00, 0x1f, 0,
	};
	char *id = running__build_id(notes, sizeof(notes));

	(void)state;
	assert_non_null(id);
	assert_string_equal(id, "ab001f");
	free(id);
	/* Cut anywhere in its last note, it has none. */
	for (size_t n = 0; n < sizeof(notes); n++)
		assert_null(running__build_id(notes, n));
}

static void sizes_that_cannot_be_are_no_note(void **state)
{
	unsigned char notes[] = {
		0xff, 0xff, 0xff, 0xff, 4, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0, 1, 2, 3, 4,
	};

	(void)state;
	assert_null(running__build_id(notes, sizeof(notes)));
	memset(notes, 0, 4);
	notes[0] = 4;
	memset(notes + 4, 0xff, 4);
	assert_null(running__build_id(notes, sizeof(notes)));
}

static char *channel(const char *const *payload, size_t nr)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < nr; i++) {
		char line[WIRE_MAX + 1], *longer;

		wire__format(line, i, payload[i]);
		longer = xasprintf("%s%s", text, line);
		free(text);
		text = longer;
	}
	return text;
}

/* 16 samples, two a block: block i holds i + 100 and i + 102 ticks. */
static void blocks_and_counters_become_cycles_a_fault(void **state)
{
	const char *said[] = {
		"hello 1", "cell x", "num events 16", "num total 9999", "num chunk 2",
		"block 202", "block 204", "block 206", "block 208", "block 210",
		"block 212", "block 214", "block 216",
		"count host_cycles 3200", "count host_instructions 6400",
		"count guest_instructions 160", "num clock_floor 24",
		"hist 100 16", "end x pass ok", "bye 1",
	};
	char *text = channel(said, ARRAY_SIZE(said)), err[128];
	struct record *r = record__new();
	struct channel_log h;

	(void)state;
	r->rig = xstrdup("metal");
	channel__parse(text, r, &h);
	assert_false(h.damaged);
	assert_int_equal(channel__cycles(&h, r, err, sizeof(err)), 0);
	assert_int_equal(r->cycles->mode[CYCLES_HOT].nr, 8);
	assert_true(r->cycles->mode[CYCLES_HOT].block[0] == 101);
	assert_true(r->cycles->mode[CYCLES_HOT].block[7] == 108);
	assert_int_equal(r->cycles->mode[CYCLES_HOT].chunk, 2);
	assert_true(r->cycles->mode[CYCLES_HOT].floor == 24);
	assert_int_equal(r->cycles->mode[CYCLES_COLD].nr, 0);
	assert_true(r->cycles->pmu[PMU_CYCLES] == 200);
	assert_true(r->cycles->pmu[PMU_INSTRUCTIONS] == 400);
	assert_true(r->cycles->pmu[PMU_BRANCH_MISSES] < 0);
	assert_int_equal(numbers__find(&r->stats, "perf_guest_instructions")->value, 160);
	assert_int_equal(record__check(r, err, sizeof(err)), 0);
	/* Samples count here too: one too few is no record. */
	r->bin[0].count--;
	assert_int_equal(record__check(r, err, sizeof(err)), -1);
	assert_string_equal(err, "15 samples for 16 events");
	channel__free(&h);
	free(text);
	record__free(r);
}

static void without_blocks_there_are_no_cycles(void **state)
{
	const char *said[] = { "hello 1", "cell x", "num events 16", "hist 100 16",
			       "end x pass ok", "bye 1" };
	char *text = channel(said, ARRAY_SIZE(said)), err[128];
	struct record *r = record__new();
	struct channel_log h;

	(void)state;
	r->rig = xstrdup("metal");
	channel__parse(text, r, &h);
	assert_int_equal(channel__cycles(&h, r, err, sizeof(err)), -1);
	assert_string_equal(err, "the host sent no blocks");
	assert_null(r->cycles);
	assert_int_equal(record__check(r, err, sizeof(err)), -1);
	assert_string_equal(err, "rig metal measures cycles, and there are none");
	channel__free(&h);
	free(text);
	record__free(r);
}

static void a_workload_is_cut_into_blocks_that_cycles_can_have(void **state)
{
	static const uint64_t events[] = { 8, 9, 63, 64, 65, 127, 128, 1000, 4096,
					   GUEST_MAX_EVENTS };
	struct workload w = { .name = (char *)"w" };
	char *why;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		struct plan_cell c;
		uint64_t blocks;

		w.cell.events = events[i];
		c = channel__noisy_cell(&w);
		blocks = events[i] / c.chunk;
		assert_true(blocks >= CYCLES_BLOCKS_MIN && blocks <= CYCLES_BLOCKS_MAX);
		assert_int_equal(c.counters, 1);
		assert_null(channel__too_few(&w));
	}
	w.cell.events = 7;
	why = channel__too_few(&w);
	assert_non_null(why);
	free(why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_id_is_found_behind_other_notes),
		cmocka_unit_test(sizes_that_cannot_be_are_no_note),
		cmocka_unit_test(blocks_and_counters_become_cycles_a_fault),
		cmocka_unit_test(without_blocks_there_are_no_cycles),
		cmocka_unit_test(a_workload_is_cut_into_blocks_that_cycles_can_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
