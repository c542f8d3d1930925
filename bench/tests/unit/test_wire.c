// SPDX-License-Identifier: GPL-2.0
/* The channel between host and rig: lines, damage, plan. */
#include "unit.h"
#include "guest.h"
#include "plan.h"
#include "channel.h"
#include "console.h"
#include "wire.h"

/* Lines of a whole, sound boot of one cell, as the host would say them. */
static const char *const sound[] = {
	"hello 1", "str release 6.1.0", "str vuln/spectre_v2 Vulnerable",
	"cell t", "num events 3", "num total 7000", "num irqs 0",
	"stat pf_taken 3", "num samples 3", "num clock_floor 4",
	"hist 2300 2", "hist 2400 1", "end t pass ok", "bye 1", NULL
};

static char *channel(const char *const *payload)
{
	char *text = xstrdup("");

	for (unsigned int i = 0; payload[i]; i++) {
		char line[WIRE_MAX + 1], *longer;

		wire__format(line, i, payload[i]);
		longer = xasprintf("%s%s", text, line);
		free(text);
		text = longer;
	}
	return text;
}

static void a_line_comes_back_as_it_was_said(void **state)
{
	char line[WIRE_MAX + 1];
	const char *why;

	(void)state;
	wire__format(line, 12, "hist 2300 4");
	line[strcspn(line, "\n")] = '\0';
	assert_string_equal(wire__parse(line, 12, &why), "hist 2300 4");
}

static void every_single_changed_byte_is_seen(void **state)
{
	char line[WIRE_MAX + 1], copy[WIRE_MAX + 1];
	const char *why;
	size_t n;

	(void)state;
	n = wire__format(line, 7, "num total 1234567") - 1;
	line[n] = '\0';
	for (size_t i = 0; i < n; i++) {
		memcpy(copy, line, n + 1);
		copy[i] ^= 1;
		assert_null(wire__parse(copy, 7, &why));
	}
}

static void control_bytes_cannot_make_a_second_line(void **state)
{
	char line[WIRE_MAX + 1];

	(void)state;
	wire__format(line, 0, "str cmdline a\nbye 1");
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void an_overlong_payload_stays_one_line(void **state)
{
	char line[WIRE_MAX + 1], *big = xcalloc(1, 5000);
	const char *why;

	(void)state;
	memset(big, 'x', 4999);
	assert_true(wire__format(line, 4000000000u, big) <= WIRE_MAX);
	line[strcspn(line, "\n")] = '\0';
	assert_non_null(wire__parse(line, 4000000000u, &why));
	free(big);
}

static void a_sound_channel_fills_the_record(void **state)
{
	struct record *r = record__new();
	char *text = channel(sound);
	struct channel_log h;

	(void)state;
	channel__parse(text, r, &h);
	assert_true(h.done);
	assert_false(h.damaged);
	assert_string_equal(h.end, "pass");
	assert_int_equal(r->events, 3);
	assert_int_equal(r->total, 7000);
	assert_int_equal(r->nr_bins, 2);
	assert_int_equal(r->bin[1].ticks, 2400);
	assert_int_equal(numbers__find(&r->stats, "pf_taken")->value, 3);
	channel__free(&h);
	record__free(r);
	free(text);
}

static void a_cell_is_said_once_and_what_the_host_says_is_plain(void **state)
{
	const char *const said[] = { "hello 1", "str pmu a\x1b[2J", "cell t", "cell t", NULL };
	struct record *r = record__new();
	char *text = channel(said);
	struct channel_log h;

	(void)state;
	channel__parse(text, r, &h);
	assert_true(h.damaged);
	assert_string_equal(h.cell, "t");
	assert_string_equal(json_string_value(json_object_get(r->host, "pmu")), "a?[2J");
	channel__free(&h);
	record__free(r);
	free(text);
}

/* A sound channel with this in place of its events and samples. */
static bool hears_vcpus(const char *first, const char *second, struct record *r)
{
	const char *const said[] = {
		"hello 1", "cell t", "num events 3", first, second,
		"num total 7000", "num samples 3", "hist 2300 3",
		"end t pass ok", "bye 1", NULL
	};
	char *text = channel(said);
	struct channel_log h;
	bool ok;

	channel__parse(text, r, &h);
	ok = h.done && !h.damaged;
	channel__free(&h);
	free(text);
	return ok;
}

static void what_each_vcpu_did_is_heard_in_order(void **state)
{
	static const char *const bad[] = {
		"vcpu 0 1 1 0 10", "vcpu 2 1 1 0 10", "vcpu 1 1 1 0",
		"vcpu 1 1 1 0 10 11", "vcpu 1 1 -2 0 10", "vcpu 1 1 1 0 x",
	};
	struct record *r = record__new();

	(void)state;
	assert_true(hears_vcpus("vcpu 0 2 2 5 3000", "vcpu 1 1 -1 3005 3995", r));
	assert_int_equal(r->nr_vcpus, 2);
	assert_int_equal(r->vcpu[0].touches, 2);
	assert_int_equal(r->vcpu[0].faults, 2);
	assert_int_equal(r->vcpu[1].faults, -1);
	assert_int_equal(r->vcpu[1].begin, 3005);
	assert_int_equal(r->vcpu[1].ticks, 3995);
	record__free(r);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		r = record__new();
		assert_false(hears_vcpus("vcpu 0 2 2 5 3000", bad[i], r));
		record__free(r);
	}
}

static void a_missing_line_is_damage(void **state)
{
	char *text = channel(sound), *second, *third;
	struct record *r = record__new();
	struct channel_log h;

	(void)state;
	second = strchr(text, '\n') + 1;
	third = strchr(second, '\n') + 1;
	memmove(second, third, strlen(third) + 1);
	channel__parse(text, r, &h);
	assert_true(h.damaged);
	assert_false(h.done);
	channel__free(&h);
	record__free(r);
	free(text);
}

static void a_channel_cut_anywhere_is_never_done(void **state)
{
	char *whole = channel(sound);
	size_t n = strlen(whole);

	(void)state;
	for (size_t cut = 0; cut + 1 < n; cut++) {
		struct record *r = record__new();
		char *text = xasprintf("%.*s", (int)cut, whole);
		struct channel_log h;

		channel__parse(text, r, &h);
		assert_false(h.done);
		channel__free(&h);
		record__free(r);
		free(text);
	}
	free(whole);
}

static void a_plan_comes_back_as_it_was_printed(void **state)
{
	struct plan_cell in, out;
	unsigned int line = 0;
	char err[128], *text;
	size_t size;
	FILE *f;

	(void)state;
	plan__init(&in);
	assert_int_equal(plan__set(&in, "cell", "c1"), 0);
	assert_int_equal(plan__set(&in, "guest", "touch"), 0);
	assert_int_equal(plan__set(&in, "region_gpa", "0x140000000"), 0);
	assert_int_equal(plan__set(&in, "ready", "dirty-log"), 0);
	assert_int_equal(plan__set(&in, "page_size", "2m"), 0);
	assert_int_equal(in.vcpus, 1);
	assert_int_equal(in.overlap, 0);
	assert_int_equal(plan__set(&in, "vcpus", "8"), 0);
	assert_int_equal(plan__set(&in, "overlap", "yes"), 0);
	assert_int_equal(plan__set(&in, "backing", "guest-memfd"), 0);
	assert_int_equal(plan__set(&in, "irqchip", "yes"), 0);
	f = open_memstream(&text, &size);
	plan__print_header(f);
	plan__print(f, &in);
	fclose(f);
	f = fmemopen(text, size, "r");
	assert_int_equal(plan__parse(f, &out, &line, err, sizeof(err)), 1);
	assert_memory_equal(&in, &out, sizeof(in));
	assert_int_equal(out.vcpus, 8);
	assert_int_equal(out.overlap, 1);
	assert_int_equal(out.backing, BACKING_GUEST_MEMFD);
	assert_int_equal(out.irqchip, 1);
	assert_int_equal(plan__parse(f, &out, &line, err, sizeof(err)), 0);
	fclose(f);
	free(text);
}

static void a_plan_refuses_what_it_cannot_mean(void **state)
{
	struct plan_cell c;

	(void)state;
	plan__init(&c);
	assert_true(plan__set(&c, "guest", "../init") < 0);
	assert_true(plan__set(&c, "events", "-1") < 0);
	assert_true(plan__set(&c, "events", "4096x") < 0);
	assert_true(plan__set(&c, "events", "99999999") < 0);
	assert_true(plan__set(&c, "op", "jump") < 0);
	assert_true(plan__set(&c, "backing", "paper") < 0);
	assert_true(plan__set(&c, "evnts", "1") < 0);
}

static void a_plan_cut_in_the_middle_is_refused(void **state)
{
	char text[] = "faultline-plan 1\ncell a\nguest touch\n", err[128];
	FILE *f = fmemopen(text, strlen(text), "r");
	struct plan_cell c;
	unsigned int line = 0;

	(void)state;
	assert_int_equal(plan__parse(f, &c, &line, err, sizeof(err)), -1);
	fclose(f);
}

static void consoles_are_told_apart_by_the_kernels_own_words(void **state)
{
	static const struct {
		const char *text;
		enum outcome want;
	} cases[] = {
		{ "[    0.1] Speculative Return Stack Overflow: WARNING: See https\n",
		  OUTCOME_OK },
		{ "[    0.1] WARNING: CPU: 0 PID: 1 at mm/x.c:1 f+0x1\n",
		  OUTCOME_WARN },
		{ "[    0.1] Kernel panic - not syncing: planted\n",
		  OUTCOME_PANIC },
		{ "[    0.1] BUG: kernel NULL pointer dereference\n"
		  "[    0.1] Oops: 0002 [#1] SMP\n"
		  "[    0.2] Kernel panic - not syncing: Attempted to kill init!\n",
		  OUTCOME_OOPS },
		{ "guest| Kernel panic - not syncing: planted\n"
		  "guest| BUG: its own\n", OUTCOME_OK },
		{ "guest| Kernel panic - not syncing: its own\n"
		  "[    0.1] Kernel panic - not syncing: planted\n",
		  OUTCOME_PANIC },
		{ "", OUTCOME_OK },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *line;

		assert_int_equal(console__scan(cases[i].text, &line),
				 cases[i].want);
		assert_int_equal(line == NULL, cases[i].want == OUTCOME_OK);
		free(line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_comes_back_as_it_was_said),
		cmocka_unit_test(every_single_changed_byte_is_seen),
		cmocka_unit_test(control_bytes_cannot_make_a_second_line),
		cmocka_unit_test(an_overlong_payload_stays_one_line),
		cmocka_unit_test(a_sound_channel_fills_the_record),
		cmocka_unit_test(a_cell_is_said_once_and_what_the_host_says_is_plain),
		cmocka_unit_test(what_each_vcpu_did_is_heard_in_order),
		cmocka_unit_test(a_missing_line_is_damage),
		cmocka_unit_test(a_channel_cut_anywhere_is_never_done),
		cmocka_unit_test(a_plan_comes_back_as_it_was_printed),
		cmocka_unit_test(a_plan_refuses_what_it_cannot_mean),
		cmocka_unit_test(a_plan_cut_in_the_middle_is_refused),
		cmocka_unit_test(consoles_are_told_apart_by_the_kernels_own_words),
	};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
