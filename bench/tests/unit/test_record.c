// SPDX-License-Identifier: GPL-2.0
/* Records: written, read back, damaged, compared. */
#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "unit.h"
#include "compare.h"
#include "exact.h"
#include "made.h"
#include "run.h"

static struct record *make(const char *variant, const char *workload,
			   uint64_t boot, uint64_t typical)
{
	return make_record(variant, "off", workload, boot, typical);
}

static struct record *make_null(const char *variant, uint64_t boot)
{
	struct record *r = make(variant, "null", boot, 0);

	r->events = 0;
	r->nr_bins = 0;
	r->total = 2000;
	r->stats.item[0].value = r->expect.item[0].value = 0;
	return r;
}

static void a_record_survives_writing_and_reading(void **state)
{
	struct record *r = make("baseline", "touch", 1, 2362), *s;
	char *line = record__line(r), err[256];

	(void)state;
	s = record__parse(line, strlen(line), err, sizeof(err));
	assert_non_null(s);
	assert_true(record__same_cell(r, s));
	assert_true(record__bit_equal(r, s));
	assert_string_equal(s->handler_sha256, r->handler_sha256);
	free(line);
	record__free(s);
	record__free(r);
}

static void no_changed_digit_goes_unseen(void **state)
{
	struct record *r = make("baseline", "touch", 1, 2362);
	char *line = record__line(r), err[256];
	size_t changed = 0;

	(void)state;
	for (size_t i = 0; line[i]; i++) {
		char was = line[i];

		if (was < '0' || was > '9')
			continue;
		line[i] = was == '9' ? '8' : was + 1;
		assert_null(record__parse(line, strlen(line), err, sizeof(err)));
		line[i] = was;
		changed++;
	}
	assert_true(changed > 20);
	free(line);
	record__free(r);
}

static void no_cut_line_is_a_record(void **state)
{
	struct record *r = make("baseline", "touch", 1, 2362);
	char *line = record__line(r), err[256];

	(void)state;
	for (size_t n = 0; n + 1 < strlen(line); n++)
		assert_null(record__parse(line, n, err, sizeof(err)));
	free(line);
	record__free(r);
}

static void a_wrong_denominator_cannot_be_ok(void **state)
{
	struct record *r = make("baseline", "touch", 1, 2362);
	char *line, err[256];

	(void)state;
	r->stats.item[0].value = 9;
	assert_int_equal(record__check(r, err, sizeof(err)), -1);
	assert_string_equal(err, "pf_taken is 9, the workload must provoke 10");
	line = record__line(r);		/* says ok, with a sound checksum */
	assert_null(record__parse(line, strlen(line), err, sizeof(err)));
	free(line);
	r->outcome = OUTCOME_DENOMINATOR;
	line = record__line(r);
	record__free(r);
	r = record__parse(line, strlen(line), err, sizeof(err));
	assert_non_null(r);
	assert_false(record__valid(r));
	free(line);
	record__free(r);
}

/* As v5.10 counts: faults that mapped something, and exits. */
static struct record *make_old(void)
{
	struct record *r = make("baseline", "touch", 1, 2362);
	static const struct number stats[] = {
		{ "exits", 13 }, { "io_exits", 1 }, { "irq_exits", 2 },
	};

	free(r->stats.item[0].name);
	free(r->expect.item[0].name);
	r->stats.item[0].name = xstrdup("pf_fixed");
	r->expect.item[0].name = xstrdup("pf_fixed");
	for (size_t i = 0; i < ARRAY_SIZE(stats); i++)
		numbers__add(&r->stats, stats[i].name, stats[i].value);
	numbers__add(&r->expect, "event_exits", 10);
	return r;
}

static void an_exit_too_many_cannot_be_ok(void **state)
{
	struct record *r = make_old();
	char *line = record__line(r), err[256];
	struct record *s = record__parse(line, strlen(line), err, sizeof(err));

	(void)state;
	assert_non_null(s);
	assert_int_equal(record__event_exits(s), 10);
	record__free(s);
	free(line);
	r->stats.item[1].value++;	/* a fault taken twice: spurious, not fixed */
	line = record__line(r);
	assert_null(record__parse(line, strlen(line), err, sizeof(err)));
	assert_string_equal(err, "event_exits is 11, the workload must provoke 10");
	r->stats.item[3].value++;	/* another interrupt is no fault */
	assert_int_equal(record__check(r, err, sizeof(err)), 0);
	free(r->stats.item[1].name);
	r->stats.item[1].name = xstrdup("not_exits");
	assert_int_equal(record__event_exits(r), -1);
	assert_int_equal(record__check(r, err, sizeof(err)), -1);
	assert_string_equal(err, "KVM has no counter event_exits to check");
	free(line);
	record__free(r);
}

static void a_lost_sample_or_counter_cannot_be_ok(void **state)
{
	struct record *r = make("baseline", "touch", 1, 2362);
	char err[256];

	(void)state;
	r->bin[0].count = 8;
	assert_int_equal(record__check(r, err, sizeof(err)), -1);
	r->bin[0].count = 9;
	assert_int_equal(record__check(r, err, sizeof(err)), 0);
	numbers__add(&r->expect, "pf_unheard_of", 0);
	assert_int_equal(record__check(r, err, sizeof(err)), -1);
	record__free(r);
}

/* Two vCPUs that took five faults each, one after the other. */
static struct record *make_smp(void)
{
	struct record *r = make("baseline", "smp", 1, 2362);

	numbers__add(&r->stats, "pf_fixed", 9);
	numbers__add(&r->stats, "pf_spurious", 1);
	record__add_vcpu(r, &(struct record_vcpu) { 5, 5, 100, 12000 });
	record__add_vcpu(r, &(struct record_vcpu) { 5, 5, 12100,
						    r->total - 12100 });
	return r;
}

/* Null where it reads back; else why it is no record, in err. */
static const char *unread(const struct record *r, char *err, size_t errlen)
{
	char *line = record__line(r);
	struct record *s = record__parse(line, strlen(line), err, errlen);

	free(line);
	if (!s)
		return err;
	assert_true(record__bit_equal(r, s));
	record__free(s);
	return NULL;
}

static void what_each_vcpu_did_survives_writing_and_reading(void **state)
{
	struct record *r = make_smp(), *s;
	char err[256];
	struct err e;

	(void)state;
	assert_null(unread(r, err, sizeof(err)));
	s = record__copy(r, &e);
	assert_int_equal(s->nr_vcpus, 2);
	assert_int_equal(s->vcpu[1].begin, 12100);
	s->vcpu[0].ticks--;
	assert_false(record__bit_equal(r, s));
	s->vcpu[0].ticks++;
	assert_true(record__bit_equal(r, s));
	s->nr_vcpus = 0;
	assert_false(record__bit_equal(r, s));
	assert_false(record__bit_equal(s, r));
	record__free(s);
	r->vcpu[1].faults = -1;		/* a KVM that does not say */
	assert_null(unread(r, err, sizeof(err)));
	record__free(r);
}

/* Known or not, it is no measured figure: a boot without the plugin is equal. */
static void what_is_known_of_reps_survives_writing_and_reading(void **state)
{
	static const struct record_rep wrong = { 9, 10 };
	struct record *r = make("baseline", "touch", 1, 2362), *s;
	char err[256];
	struct err e;

	(void)state;
	s = record__copy(r, &e);
	assert_null(s->rep);
	r->rep = xcalloc(1, sizeof(*r->rep));
	*r->rep = (struct record_rep) { 2357, 0 };
	assert_true(record__bit_equal(r, s));
	record__free(s);
	s = record__copy(r, &e);
	assert_int_equal(s->rep->instructions, 2357);
	assert_int_equal(s->rep->iterations, 0);
	record__free(s);
	*r->rep = wrong;
	assert_non_null(strstr(unread(r, err, sizeof(err)), "its rep"));
	record__free(r);
}

static void vcpus_that_do_not_add_up_cannot_be_ok(void **state)
{
	struct record *r = make_smp();
	char err[256];

	(void)state;
	r->vcpu[0].touches = 4;
	assert_string_equal(unread(r, err, sizeof(err)),
			    "9 touches by all vCPUs for 10 events");
	r->vcpu[0].touches = 5;
	r->vcpu[0].faults = 4;
	assert_string_equal(unread(r, err, sizeof(err)),
			    "pf_taken is 10, by the vCPUs 9");
	r->vcpu[0].faults = 5;
	r->vcpu[1].ticks++;
	assert_non_null(strstr(unread(r, err, sizeof(err)), "vCPU 1 ran from"));
	r->vcpu[1].ticks--;
	r->stats.item[2].value = 2;
	assert_string_equal(unread(r, err, sizeof(err)),
			    "pf_fixed and pf_spurious are 11, pf_taken is 10");
	r->stats.item[2].value = 0;	/* one was tried again */
	assert_null(unread(r, err, sizeof(err)));
	numbers__add(&r->stats, "exits", 13);
	numbers__add(&r->stats, "io_exits", 2);
	numbers__add(&r->stats, "irq_exits", 0);
	assert_string_equal(unread(r, err, sizeof(err)),
			    "event_exits is 11, pf_taken is 10");
	r->stats.item[5].value = 1;
	assert_null(unread(r, err, sizeof(err)));
	r->nr_vcpus = 1;
	r->vcpu[0].touches = r->vcpu[0].faults = 10;
	assert_non_null(strstr(unread(r, err, sizeof(err)), "its vcpus"));
	record__free(r);
}

/* Two vCPUs touch the same five pages; the longest touches are those that fault. */
static struct record *make_overlap(uint64_t faults)
{
	struct record *r = make_old();

	free(r->expect.item[1].name);
	r->expect.item[1].name = xstrdup("event_exits>=");
	r->expect.item[0].value = r->expect.item[1].value = 5;
	r->stats.item[0].value = 5;
	r->stats.item[1].value = 3 + faults;
	r->bin = xrealloc(r->bin, 3 * sizeof(*r->bin));
	r->bin[0] = (struct bin) { 5, 4 };
	r->bin[1] = (struct bin) { 2362, 5 };
	r->bin[2] = (struct bin) { 5954, 1 };
	r->nr_bins = 3;
	record__add_vcpu(r, &(struct record_vcpu) { 5, -1, 100, 12000 });
	record__add_vcpu(r, &(struct record_vcpu) { 5, -1, 12100, 9000 });
	return r;
}

static void a_touch_that_took_no_fault_is_in_no_figure(void **state)
{
	struct record *r = make_overlap(5);
	struct bin *bin;
	char err[256];
	size_t nr;

	(void)state;
	assert_null(unread(r, err, sizeof(err)));
	bin = record__fault_bins(r, &nr);
	assert_int_equal(nr, 2);
	assert_int_equal(bin[0].ticks, 2362);
	assert_int_equal(bin[0].count, 4);
	assert_int_equal(bin[1].count, 1);
	assert_int_equal(record__late_faults(r), 0);
	free(bin);
	record__free(r);
	r = make_overlap(7);		/* two came while others mapped their page */
	assert_null(unread(r, err, sizeof(err)));
	free(record__fault_bins(r, &nr));
	assert_int_equal(nr, 3);
	assert_int_equal(record__late_faults(r), 2);
	r->nr_vcpus = 0;		/* one vCPU takes each touch for a fault */
	free(record__fault_bins(r, &nr));
	assert_int_equal(nr, 3);
	assert_int_equal(record__late_faults(r), 0);
	record__free(r);
}

static void a_line_with_a_control_character_is_no_record(void **state)
{
	struct record *r = make("baseline", "touch", 1, 2362);
	char *line, err[256];

	(void)state;
	free(r->profile);
	r->profile = xstrdup("\x1b[2J");
	line = record__line(r);
	assert_null(record__parse(line, strlen(line), err, sizeof(err)));
	assert_string_equal(err, "its profile holds a control character");
	free(line);
	free(r->profile);
	r->profile = xstrdup("off");
	json_object_set_new(r->host, "pmu", json_string("\x07"));
	line = record__line(r);
	assert_null(record__parse(line, strlen(line), err, sizeof(err)));
	assert_string_equal(err, "its host holds a control character");
	free(line);
	record__free(r);
}

static struct run in_memory(struct record **record, size_t nr);

static void who_ran_when_is_in_no_mean_and_no_difference(void **state)
{
	struct record *recs[] = {
		make_overlap(5), make_overlap(5), make_overlap(5), make_overlap(5),
	};
	struct run run;
	struct comparison c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		free(recs[i]->variant);
		recs[i]->variant = xstrdup(i < 2 ? "baseline" : "nop");
		recs[i]->boot = 1 + i % 2;
	}
	for (size_t i = 2; i < 4; i++) {	/* preempted in a fault */
		recs[i]->bin[1].ticks = 2331;
		recs[i]->bin[2].ticks = 9000;
	}
	run = in_memory(recs, 4);
	assert_int_equal(compare__make(&c, &run, "v6.1", "off", NULL, NULL, &e), 0);
	assert_int_equal(c.row[1].cell[0].typical, 2362);
	assert_true(isnan(c.row[1].cell[0].mean));
	assert_true(c.row[1].diff[1].comparable);
	assert_int_equal(c.row[1].diff[1].by.diff, -31);
	compare__free(&c);
	for (size_t i = 2; i < 4; i++)
		recs[i]->stats.item[1].value++;
	assert_int_equal(compare__make(&c, &run, "v6.1", "off", NULL, NULL, &e), 0);
	assert_true(c.row[1].cell[1].usable);
	assert_int_equal(c.row[1].cell[1].late, 1);
	assert_false(c.row[1].diff[1].comparable);
	compare__free(&c);
	run__free(&run);
}

static void a_least_is_met_by_more_and_not_by_less(void **state)
{
	struct record *r = make("baseline", "touch", 1, 2362);
	char err[256];

	(void)state;
	free(r->expect.item[0].name);
	r->expect.item[0].name = xstrdup("pf_taken>=");
	assert_null(unread(r, err, sizeof(err)));
	r->stats.item[0].value = 11;
	assert_null(unread(r, err, sizeof(err)));
	r->stats.item[0].value = 9;
	assert_string_equal(unread(r, err, sizeof(err)),
			    "pf_taken is 9, the workload must provoke at least 10");
	record__free(r);
}

static void a_most_is_met_by_less_and_not_by_more(void **state)
{
	struct record *r = make("baseline", "touch", 1, 2362);
	char err[256];

	(void)state;
	free(r->expect.item[0].name);
	r->expect.item[0].name = xstrdup("pf_taken<=");
	assert_null(unread(r, err, sizeof(err)));
	r->stats.item[0].value = 9;
	assert_null(unread(r, err, sizeof(err)));
	r->stats.item[0].value = 11;
	assert_string_equal(unread(r, err, sizeof(err)),
			    "pf_taken is 11, the workload must provoke at most 10");
	record__free(r);
}

static void any_byte_of_a_console_can_be_the_reason(void **state)
{
	struct record *r = make("baseline", "touch", 1, 2362), *s;
	char *line, err[256];

	(void)state;
	free(r->why);
	r->why = xstrdup("BUG: \xff\x80\x01 <b>\"");
	r->outcome = OUTCOME_OOPS;
	line = record__line(r);
	s = record__parse(line, strlen(line), err, sizeof(err));
	assert_non_null(s);
	assert_string_equal(s->why, "BUG: ??? <b>\"");
	record__free(s);
	record__free(r);
	free(line);
}

static struct run in_memory(struct record **record, size_t nr)
{
	struct run run = {
		.dir = xstrdup("/nowhere"),
		.meta = json_pack("{ss s{ss s[{ss s[sss] s[s] s[ss]}]}}",
				  "id", "t", "plan", "rig", "tcg", "sections",
				  "base", "v6.1", "variants", "baseline",
				  "nop", "copy", "profiles", "off",
				  "workloads", "null", "touch"),
		.record = xcalloc(nr, sizeof(*record)),
		.nr = nr,
	};

	memcpy(run.record, record, nr * sizeof(*record));
	return run;
}

static void differences_and_exactness_of_a_known_run(void **state)
{
	struct record *recs[] = {
		make_null("baseline", 1), make_null("baseline", 2),
		make_null("nop", 1), make_null("nop", 2),
		make("baseline", "touch", 1, 2362),
		make("baseline", "touch", 2, 2362),
		make("nop", "touch", 1, 2363), make("nop", "touch", 2, 2363),
		make("copy", "touch", 1, 2370), make("copy", "touch", 2, 2377),
	};
	struct run run = in_memory(recs, 10);
	struct comparison c;
	struct err e;

	(void)state;
	free(recs[8]->handler_sha256);
	free(recs[9]->handler_sha256);
	recs[8]->handler_sha256 = xstrdup(recs[4]->handler_sha256);
	recs[9]->handler_sha256 = xstrdup(recs[4]->handler_sha256);
	assert_int_equal(compare__make(&c, &run, "v6.1", "off", NULL, NULL, &e), 0);
	assert_string_equal(c.variants.item[0], "baseline");
	assert_int_equal(c.row[0].cell[0].typical, 2000);
	assert_int_equal(c.row[0].diff[1].by.diff, 0);
	assert_true(c.row[1].cell[1].exact);
	assert_true(c.row[1].diff[1].exact);
	assert_int_equal(c.row[1].diff[1].by.diff, 1);
	assert_float_equal(c.row[1].diff[1].percent, 100.0 / 2362, 1e-9);
	assert_float_equal(c.row[1].cell[0].share, 0.9, 1e-9);
	/* the copy's boots differ by 7, and its code is the baseline's */
	assert_false(c.row[1].cell[2].exact);
	assert_int_equal(c.row[1].cell[2].typical_max -
			 c.row[1].cell[2].typical, 7);
	assert_true(c.row[1].diff[2].same_code);
	assert_false(c.row[1].diff[1].same_code);
	/* copy has no null record: a reason, no figure */
	assert_false(c.row[0].cell[2].usable);
	assert_false(c.row[0].diff[2].comparable);
	assert_int_equal(c.aa.pairs, 2);
	assert_int_equal(c.aa.equal, 2);
	/* (total - 2000) / 10 - mean = typical + 25 - (typical + 10) */
	assert_float_equal(c.methods.least, 15, 1e-9);
	assert_int_equal(c.methods.disagree, 0);
	compare__free(&c);
	run__free(&run);
}

static void an_invalid_boot_is_left_out_and_spoils_exactness(void **state)
{
	struct record *recs[] = {
		make("baseline", "touch", 1, 2362),
		make("baseline", "touch", 2, 9999),
	};
	struct run run = in_memory(recs, 2);
	struct comparison c;
	struct err e;

	(void)state;
	recs[1]->outcome = OUTCOME_WARN;
	free(recs[1]->why);
	recs[1]->why = xstrdup("WARNING: CPU: 0");
	assert_int_equal(compare__make(&c, &run, "v6.1", "off", NULL, NULL, &e), 0);
	assert_true(c.row[1].cell[0].usable);
	assert_false(c.row[1].cell[0].exact);
	assert_int_equal(c.row[1].cell[0].typical_max, 2362);
	assert_string_equal(c.row[1].cell[0].why, "WARNING: CPU: 0");
	assert_int_equal(c.aa.pairs, 0);
	compare__free(&c);
	run__free(&run);
}

static void one_boot_is_not_exact(void **state)
{
	struct record *recs[] = { make("baseline", "touch", 1, 2362) };
	struct run run = in_memory(recs, 1);
	struct exactness e = exact__count(&run);

	(void)state;
	assert_int_equal(e.cells, 1);
	assert_int_equal(e.exact, 0);
	run__free(&run);
}

static void a_damaged_file_is_not_listed_line_by_line(void **state)
{
	char dir[] = "/tmp/faultline-unit-XXXXXX", *path, *where, *p;
	struct run run = { 0 };
	size_t lines = 0;
	struct err e;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(run__create(&run, dir, json_object(), &e), 0);
	path = run__path(&run, "records.jsonl");
	where = xstrdup(run.dir);
	run__free(&run);
	f = fopen(path, "w");
	for (int i = 0; i < 5000; i++)
		fputs("{}\n", f);
	fclose(f);
	assert_int_equal(run__read(&run, where, &e), 0);
	assert_int_equal(run.bad, 5000);
	for (p = run.bad_text; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 11);
	assert_non_null(strstr(run.bad_text, ":10: no schema"));
	assert_null(strstr(run.bad_text, ":11: "));
	assert_non_null(strstr(run.bad_text, "... and more in "));
	run__free(&run);
	free(path);
	free(where);
	path = xasprintf("rm -rf %s", dir);
	assert_int_equal(system(path), 0);
	free(path);
}

static void a_cut_file_loses_its_last_record_only(void **state)
{
	char dir[] = "/tmp/faultline-unit-XXXXXX", *path;
	struct run run = { 0 };
	json_t *meta = json_object();
	struct err e;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(run__create(&run, dir, meta, &e), 0);
	for (uint64_t boot = 1; boot <= 3; boot++)
		assert_int_equal(run__append(&run, make("baseline", "touch",
							boot, 2362)), 0);
	path = run__path(&run, "records.jsonl");
	{
		size_t size;
		char *text = path_read(path, &size), *where = xstrdup(run.dir);

		assert_int_equal(truncate(path, size - 10), 0);
		run__free(&run);
		assert_int_equal(run__read(&run, where, &e), 0);
		assert_int_equal(run.nr, 2);
		assert_int_equal(run.bad, 1);
		assert_non_null(strstr(run.bad_text, ":3: the line is cut"));
		assert_int_equal(run__reopen(&run, &e), 0);
		assert_int_equal(run__append(&run, make("baseline", "touch", 3,
							2362)), 0);
		run__free(&run);
		assert_int_equal(run__read(&run, where, &e), 0);
		assert_int_equal(run.nr, 3);
		assert_int_equal(run.bad, 0);
		free(where);
		free(text);
	}
	run__free(&run);
	free(path);
	path = xasprintf("rm -rf %s", dir);
	assert_int_equal(system(path), 0);
	free(path);
}

static void a_text_that_is_not_utf8_is_no_record(void **state)
{
	char dir[] = "/tmp/faultline-unit-XXXXXX", *path;
	struct record *r = make("baseline", "touch", 1, 2362);
	struct run run;
	struct err e;

	(void)state;
	free(r->profile);
	r->profile = xstrdup("\xff");
	assert_null(record__line(r));
	assert_null(record__copy(r, &e));
	assert_int_equal(e.code, EXIT_INTERNAL);
	assert_non_null(strstr(e.text, "is not UTF-8"));
	assert_non_null(mkdtemp(dir));
	assert_int_equal(run__create(&run, dir, json_object(), &e), 0);
	assert_int_equal(run__append(&run, r), -EILSEQ);
	assert_int_equal(run.nr, 0);
	record__free(r);
	path = xasprintf("rm -rf %s", dir);
	assert_int_equal(system(path), 0);
	run__free(&run);
	free(path);
}

static void what_is_no_run_is_an_error_of_reading_it(void **state)
{
	struct run run;
	struct err e;

	(void)state;
	assert_int_equal(run__read(&run, "/nowhere", &e), -1);
	assert_int_equal(e.code, EXIT_NO_DATA);
	assert_non_null(strstr(e.text, "/nowhere is not a run"));
	assert_null(run.dir);
	assert_int_equal(run__create(&run, "/proc/nowhere", json_object(), &e), -1);
	assert_int_equal(e.code, EXIT_STORAGE);
	assert_null(run.meta);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_survives_writing_and_reading),
		cmocka_unit_test(no_changed_digit_goes_unseen),
		cmocka_unit_test(no_cut_line_is_a_record),
		cmocka_unit_test(a_wrong_denominator_cannot_be_ok),
		cmocka_unit_test(an_exit_too_many_cannot_be_ok),
		cmocka_unit_test(a_lost_sample_or_counter_cannot_be_ok),
		cmocka_unit_test(what_each_vcpu_did_survives_writing_and_reading),
		cmocka_unit_test(what_is_known_of_reps_survives_writing_and_reading),
		cmocka_unit_test(vcpus_that_do_not_add_up_cannot_be_ok),
		cmocka_unit_test(a_touch_that_took_no_fault_is_in_no_figure),
		cmocka_unit_test(who_ran_when_is_in_no_mean_and_no_difference),
		cmocka_unit_test(a_least_is_met_by_more_and_not_by_less),
		cmocka_unit_test(a_most_is_met_by_less_and_not_by_more),
		cmocka_unit_test(any_byte_of_a_console_can_be_the_reason),
		cmocka_unit_test(a_line_with_a_control_character_is_no_record),
		cmocka_unit_test(differences_and_exactness_of_a_known_run),
		cmocka_unit_test(an_invalid_boot_is_left_out_and_spoils_exactness),
		cmocka_unit_test(one_boot_is_not_exact),
		cmocka_unit_test(a_damaged_file_is_not_listed_line_by_line),
		cmocka_unit_test(a_cut_file_loses_its_last_record_only),
		cmocka_unit_test(a_text_that_is_not_utf8_is_no_record),
		cmocka_unit_test(what_is_no_run_is_an_error_of_reading_it),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
