// SPDX-License-Identifier: GPL-2.0
/*
 * From what perf printed in the host to counters: what is missing, estimated,
 * impossible or of the user alone is named and never a number.
 */
#include "perf_parse.h"
#include "unit.h"

struct heard_perf {
	struct channel_log h;
	struct workload w;
	struct record *r;
	char *why;
};

static void set_up(struct heard_perf *p, const char *perf)
{
	*p = (struct heard_perf) { .r = record__new() };
	plan__init(&p->w.cell);
	assert_int_equal(plan__set(&p->w.cell, "perf", perf), 0);
	p->r->events = 64;
	p->r->total = 1000000;
	numbers__add(&p->r->stats, "pf_taken", 64);
	json_object_set_new(p->r->host, "perf", json_string("ran"));
}

static void tear_down(struct heard_perf *p)
{
	channel__free(&p->h);
	record__free(p->r);
	free(p->why);
}

static enum outcome take(struct heard_perf *p)
{
	return perf_parse__take(&p->h, &p->w, p->r, &p->why);
}

static void say(struct heard_perf *p, const char *event, const char *value,
		const char *unit, const char *running)
{
	char *line = xasprintf("{\"counter-value\" : \"%s\", \"unit\" : \"%s\", \"event\" : \"%s\", \"event-runtime\" : 1, \"pcnt-running\" : %s}",
			       value, unit, event, running);

	strlist__add(&p->h.perf, line);
	free(line);
}

static int64_t count(const struct heard_perf *p, const char *name)
{
	const struct number *n = numbers__find(&p->r->stats, name);

	return n ? n->value : -1;
}

static const char *lacks(const struct heard_perf *p)
{
	return json_string_value(json_object_get(p->r->host, "perf/lacks")) ?: "";
}

static void counts_become_numbers(void **state)
{
	struct heard_perf p;

	(void)state;
	set_up(&p, PERF_DEFAULT);
	say(&p, "kvm:kvm_page_fault", "64.000000", "", "100.00");
	say(&p, "task-clock", "15.839107", "msec", "100.00");
	say(&p, "instructions:Hk", "123456", "", "100.00");
	assert_int_equal(take(&p), OUTCOME_OK);
	assert_int_equal(count(&p, "perf/kvm:kvm_page_fault"), 64);
	assert_int_equal(count(&p, "perf/task-clock_ns"), 15839107);
	assert_int_equal(count(&p, "perf/instructions:Hk"), 123456);
	assert_string_equal(lacks(&p), "");
	tear_down(&p);
}

static void what_is_no_count_is_named(void **state)
{
	static const struct {
		const char *event, *value, *running, *why;
	} cases[] = {
		{ "cycles:Hk", "<not supported>", "100.00", "cycles:Hk: <not supported>" },
		{ "cycles:Hk", "<not counted>", "0.00", "<not counted>" },
		{ "branch-misses", "17", "57.00", "branch-misses: multiplexed" },
		{ "cycles:u", "99999", "100.00", "cycles:u: counted in user space only" },
		{ "instructions", "63", "100.00", "fewer instructions than faults" },
		{ "cycles", "0", "100.00", "fewer cycles than faults" },
		{ "msr/tsc/", "400000", "100.00", "less than half of the doorbell's ticks" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct heard_perf p;
		char *stat = xasprintf("perf/%s", cases[i].event);

		set_up(&p, PERF_DEFAULT);
		say(&p, "kvm:kvm_page_fault", "64", "", "100.00");
		say(&p, cases[i].event, cases[i].value, "", cases[i].running);
		assert_int_equal(take(&p), OUTCOME_OK);
		assert_int_equal(count(&p, stat), -1);
		assert_non_null(strstr(lacks(&p), cases[i].why));
		tear_down(&p);
		free(stat);
	}
}

static void lacks_of_host_and_perf_stand_together(void **state)
{
	struct heard_perf p;

	(void)state;
	set_up(&p, PERF_DEFAULT);
	json_object_set_new(p.r->host, "perf/lacks", json_string("cycles: no PMU"));
	say(&p, "kvm:kvm_exit", "65", "", "100");
	say(&p, "page-faults", "<not counted>", "", "100");
	assert_int_equal(take(&p), OUTCOME_OK);
	assert_string_equal(lacks(&p), "cycles: no PMU; page-faults: <not counted>");
	tear_down(&p);
}

static void faults_are_held_against_kvms(void **state)
{
	static const struct {
		const char *perf, *line;
		enum outcome outcome;
	} cases[] = {
		{ PERF_EXITS, "  npf  64  99.95%  99.9%  2.10us  3.90us  2.66us ( +- 0.1% )", OUTCOME_OK },
		{ PERF_EXITS, "  npf  63  99.95%  99.9%  2.10us  3.90us  2.66us ( +- 0.1% )", OUTCOME_DENOMINATOR },
		{ PERF_EXITS, "EPT_VIOLATION 65 99.95% 99.9% 2.10us 3.90us 2.66us ( +- 0.1% )", OUTCOME_DENOMINATOR },
		{ PERF_DEFAULT, "{\"counter-value\" : \"65\", \"event\" : \"kvm:kvm_page_fault\"}", OUTCOME_DENOMINATOR },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct heard_perf p;

		set_up(&p, cases[i].perf);
		strlist__add(&p.h.perf, cases[i].line);
		assert_int_equal(take(&p), cases[i].outcome);
		tear_down(&p);
	}
}

static void exits_have_a_count_and_a_time(void **state)
{
	struct heard_perf p;

	(void)state;
	set_up(&p, PERF_EXITS);
	strlist__add(&p.h.perf, "Analyze events for all VMs, all VCPUs:");
	strlist__add(&p.h.perf, "             VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time         Avg time ");
	strlist__add(&p.h.perf, "                 npf         64    99.98%    99.93%      3.30us     11.04us      3.54us ( +-   0.39% )");
	strlist__add(&p.h.perf, "           interrupt          1     0.02%     0.07%     10.04us     10.04us     10.04us ( +-   0.00% )");
	strlist__add(&p.h.perf, "Total Samples:65, Total events handled time:14524.36us.");
	assert_int_equal(take(&p), OUTCOME_OK);
	assert_int_equal(count(&p, "perf/exit/npf"), 64);
	assert_int_equal(count(&p, "perf/exit_ns/npf"), 3540);
	assert_int_equal(count(&p, "perf/exit/interrupt"), 1);
	assert_int_equal(p.r->stats.nr, 5);
	tear_down(&p);
}

static void a_profile_tells_host_guest_and_user_apart(void **state)
{
	struct heard_perf p;

	(void)state;
	set_up(&p, PERF_PROFILE);
	strlist__add(&p.h.perf, "  254        ;[k] kvm_faultin_pfn");
	strlist__add(&p.h.perf, "7 ;[.] main");
	strlist__add(&p.h.perf, "3 ;[g] 0xffffffff81000000");
	assert_int_equal(take(&p), OUTCOME_OK);
	assert_int_equal(count(&p, "perf/profile/kvm_faultin_pfn"), 254);
	assert_int_equal(count(&p, "perf/profile/user:main"), 7);
	assert_int_equal(count(&p, "perf/profile/guest:0xffffffff81000000"), 3);
	tear_down(&p);
}

static void a_perf_that_failed_or_counted_nothing(void **state)
{
	struct heard_perf p;

	(void)state;
	set_up(&p, PERF_DEFAULT);
	say(&p, "kvm:kvm_exit", "65", "", "100");
	json_object_set_new(p.r->host, "perf", json_string("failed: it printed nothing"));
	assert_int_equal(take(&p), OUTCOME_RIG);
	assert_string_equal(p.why, "perf failed: it printed nothing");
	tear_down(&p);

	set_up(&p, PERF_DEFAULT);
	strlist__add(&p.h.perf, "{\"counter-value\" : 5}");
	strlist__add(&p.h.perf, "no JSON at all");
	assert_int_equal(take(&p), OUTCOME_RIG);
	assert_non_null(strstr(p.why, "perf counted nothing"));
	tear_down(&p);
}

static void without_perf_nothing_is_asked(void **state)
{
	struct heard_perf p;

	(void)state;
	set_up(&p, PERF_DEFAULT);
	*p.w.cell.perf = '\0';
	json_object_del(p.r->host, "perf");
	assert_int_equal(take(&p), OUTCOME_OK);
	tear_down(&p);
}

static void the_plan_carries_events(void **state)
{
	char text[1024], err[256];
	struct plan_cell in, out;
	unsigned int line = 0;
	FILE *f = fmemopen(text, sizeof(text), "w");

	(void)state;
	plan__init(&in);
	assert_int_equal(plan__set(&in, "cell", "touch-write+perf"), 0);
	assert_int_equal(plan__set(&in, "guest", "touch"), 0);
	assert_int_equal(plan__set(&in, "perf", "{cycles:Hk,kvm:*},msr/tsc/"), 0);
	assert_int_not_equal(plan__set(&in, "perf", "a b"), 0);
	assert_int_not_equal(plan__set(&in, "perf", "-p1"), 0);
	assert_int_not_equal(plan__set(&in, "perf", ""), 0);
	plan__print_header(f);
	plan__print(f, &in);
	fclose(f);
	f = fmemopen(text, strlen(text), "r");
	assert_int_equal(plan__parse(f, &out, &line, err, sizeof(err)), 1);
	assert_string_equal(out.perf, "{cycles:Hk,kvm:*},msr/tsc/");
	assert_string_equal(out.id, "touch-write+perf");
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_become_numbers),
		cmocka_unit_test(what_is_no_count_is_named),
		cmocka_unit_test(lacks_of_host_and_perf_stand_together),
		cmocka_unit_test(faults_are_held_against_kvms),
		cmocka_unit_test(exits_have_a_count_and_a_time),
		cmocka_unit_test(a_profile_tells_host_guest_and_user_apart),
		cmocka_unit_test(a_perf_that_failed_or_counted_nothing),
		cmocka_unit_test(without_perf_nothing_is_asked),
		cmocka_unit_test(the_plan_carries_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
