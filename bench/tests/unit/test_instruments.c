// SPDX-License-Identifier: GPL-2.0
/*
 * One cell by two instruments: each rule explains its part and no other, a rule
 * left out leaves it, what no rule explains is named. Paths are made up of the
 * few kinds of instructions that the rules are about.
 */
#include "unit.h"

#include "instruments.h"
#include "made.h"
#include "path_diff.h"

#define TEXT	0xffffffff81000000ull
#define HANDLER	"kvm_mmu_page_fault"
#define SKIP	"__svm_skip_emulated_instruction"

/* A path that is being made, and the record whose typical event it is. */
struct made {
	struct attr_class class;
	struct record *record;
	uint64_t at;			/* the next instruction's address */
};

static uint32_t function(struct attr_trace *t, const char *name)
{
	for (size_t i = 0; i < t->func.nr; i++) {
		if (!strcmp(t->func.item[i], name))
			return i;
	}
	strlist__add(&t->func, name);
	return t->func.nr - 1;
}

static void add_step(struct attr_trace *t, uint32_t insn)
{
	t->step = xrealloc(t->step, (t->nr_steps + 1) * sizeof(*t->step));
	t->step[t->nr_steps++] = (struct step) { .kind = STEP_INSN, .insn = insn };
}

/* An instruction of a function, executed that many times in a row. */
static void insn(struct made *m, const char *func, const char *bytes, size_t len,
		 uint64_t times)
{
	struct attr_trace *t = &m->class.trace;
	struct attr_insn *in;

	t->insn = xrealloc(t->insn, (t->nr_insns + 1) * sizeof(*t->insn));
	in = &t->insn[t->nr_insns++];
	*in = (struct attr_insn) { .addr = m->at, .len = len,
				   .func = function(t, func) };
	memcpy(in->bytes, bytes, len);
	m->at += len;
	for (uint64_t i = 0; i < times; i++)
		add_step(t, t->nr_insns - 1);
	m->class.figures.insns += times;
	m->class.figures.handler += strcmp(func, HANDLER) ? 0 : times;
}

static void plain(struct made *m, const char *func, size_t n)
{
	for (size_t i = 0; i < n; i++)
		insn(m, func, "\x90", 1, 1);
}

static void rep(struct made *m, const char *func, uint64_t times)
{
	insn(m, func, "\xf3\x48\xab", 3, times);
}

static void both_plain(struct made *a, struct made *b, const char *func, size_t n)
{
	plain(a, func, n);
	plain(b, func, n);
}

/* An instruction that boot wrote: two bytes of its choice. */
static void patched(struct made *m, const char *func, const char *bytes)
{
	insn(m, func, bytes, 2, 1);
}

/* Code that this instrument does not come to. */
static void skip_over(struct made *m, size_t bytes)
{
	m->at += bytes;
}

static struct made begin(const char *rig, const char *next_rip)
{
	struct made m = { .at = TEXT };

	m.record = make_record("baseline", "off", "touch-write", 1, 0);
	free(m.record->rig);
	m.record->rig = xstrdup(rig);
	m.record->host = json_pack("{ss}", "kvm_amd.nrips", next_rip);
	numbers__add(&m.record->stats, "exits", 11);
	numbers__add(&m.record->stats, "io_exits", 1);
	numbers__add(&m.record->stats, "irq_exits", 0);
	return m;
}

/* What the guest's clock reads: the path, and the guest's own instructions. */
static void end(struct made *m, uint64_t guest)
{
	m->record->bin[0].ticks = m->class.figures.insns + guest;
	m->record->bin[1].ticks = m->class.figures.insns + guest + 100;
}

/* Guests that differ by the attempt of the instruction that exits. */
static void end_both(struct made *a, struct made *b)
{
	end(a, 5);
	end(b, 6);
}

static void free_made(struct made *m)
{
	free(m->class.trace.insn);
	free(m->class.trace.step);
	strlist__free(&m->class.trace.func);
	record__free(m->record);
}

static void free_pair(struct instruments_pair *p)
{
	for (size_t i = 0; i < p->nr_parts; i++)
		free(p->part[i].func);
	free(p->part);
	free(p->missing);
}

static void free_all(struct instruments_pair *p, struct made *a, struct made *b)
{
	free_pair(p);
	free_made(a);
	free_made(b);
}

static struct instruments_pair explain(const struct made *a, const struct made *b,
				       unsigned int without)
{
	const struct instruments_side side[2] = {
		{ a->record, &a->class }, { b->record, &b->class },
	};
	struct instruments_pair p = { 0 };

	instruments__explain(&p, side, without);
	return p;
}

/* A fault of one exit, and nr `rep` of five words: 6 and 5 executions. */
static void make_fault(struct made *a, struct made *b, uint64_t figure, size_t nr)
{
	*a = begin("tcg", "0");
	*b = begin("bochs-amd", "1");
	for (size_t i = 0; i < nr; i++) {
		rep(a, HANDLER, 6);
		rep(b, HANDLER, 5);
	}
	both_plain(a, b, HANDLER, figure - 5 - 6 * nr);
	end(a, 5);
	end(b, 6);
}

/*
 * What was measured of v6.1, profile off, by QEMU 7.2.22 and Bochs 2.7: the
 * difference is the VM exit less the `rep` of each.
 */
static void known_figures_are_explained_by_two_rules(void **state)
{
	static const struct { uint64_t tcg, bochs, reps; } rows[] = {
		{ 2414, 2414, 1 }, { 2383, 2382, 2 }, { 2362, 2361, 2 },
		{ 5910, 5906, 5 }, { 5888, 5883, 6 }, { 5861, 5856, 6 },
		{ 12261, 12257, 5 }, { 12272, 12267, 6 },
		{ 1147, 1148, 0 }, { 1177, 1177, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct instruments_pair p;
		struct made a, b;

		make_fault(&a, &b, rows[i].tcg, rows[i].reps);
		p = explain(&a, &b, 0);
		assert_null(p.missing);
		assert_int_equal(p.figure[0], rows[i].tcg);
		assert_int_equal(p.figure[1], rows[i].bochs);
		assert_int_equal(p.by[RULE_REP], -(int64_t)rows[i].reps);
		assert_int_equal(p.by[RULE_EXIT], 1);
		assert_int_equal(p.left, 0);
		assert_true(p.explained);
		free_pair(&p);
		p = explain(&a, &b, 1u << RULE_EXIT);
		assert_int_equal(p.left, 1);
		assert_false(p.explained);
		free_pair(&p);
		p = explain(&a, &b, 1u << RULE_REP);
		assert_int_equal(p.left, -(int64_t)rows[i].reps);
		assert_int_equal(p.explained, !rows[i].reps);
		free_all(&p, &a, &b);
	}
}

static void one_planted_nop_is_one_in_both(void **state)
{
	struct instruments_pair p;
	struct made a, b;

	(void)state;
	make_fault(&a, &b, 2414 + 1, 1);
	p = explain(&a, &b, 0);
	assert_int_equal(p.figure[0], 2415);
	assert_int_equal(p.figure[1], 2415);
	assert_true(p.explained);
	free_all(&p, &a, &b);
}

/* 1 and 2 executions of a `rep` of one word, and 1 and 1 of one of none. */
static void a_rep_of_none_counts_one_in_both(void **state)
{
	static const struct {
		uint64_t tcg, bochs;
		bool explained;
	} rows[] = {
		{ 1, 1, true }, { 2, 1, true }, { 3, 2, true },
		{ 3, 3, false }, { 3, 1, false }, { 2, 2, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct made a = begin("tcg", "0"), b = begin("bochs-amd", "1");
		struct instruments_pair p;

		both_plain(&a, &b, HANDLER, 2);
		rep(&a, "clear", rows[i].tcg);
		rep(&b, "clear", rows[i].bochs);
		end_both(&a, &b);
		p = explain(&a, &b, 0);
		if (p.explained != rows[i].explained)
			fail_msg("row %zu: explained %d", i, p.explained);
		free_all(&p, &a, &b);
	}
}

/* Four instructions ask; QEMU's way decodes by 50, the other reads one field. */
static void make_hypercall(struct made *a, struct made *b, const char *asks)
{
	*a = begin("tcg", "0");
	*b = begin("bochs-amd", "1");
	both_plain(a, b, asks, 4);
	plain(a, "x86_decode_insn", 50);
	skip_over(b, 50);
	skip_over(a, 3);
	plain(b, asks, 3);
	both_plain(a, b, "vcpu_enter_guest", 20);
	end(a, 4);
	end(b, 5);
}

static void a_next_rip_that_is_not_said_is_decoded(void **state)
{
	struct instruments_pair p;
	struct made a, b;

	(void)state;
	make_hypercall(&a, &b, SKIP);
	p = explain(&a, &b, 0);
	assert_int_equal(p.diff, 3 - 50 + 1);
	assert_int_equal(p.by[RULE_NEXT_RIP], 3 - 50);
	assert_true(p.explained);
	free_pair(&p);
	p = explain(&a, &b, 1u << RULE_NEXT_RIP);
	assert_int_equal(p.left, 3 - 50);
	assert_false(p.explained);
	free_pair(&p);
	/* Both CPUs say it: then it does not explain why one decodes. */
	json_object_set_new(a.record->host, "kvm_amd.nrips", json_string("1"));
	p = explain(&a, &b, 0);
	assert_false(p.explained);
	free_all(&p, &a, &b);
	/* ... nor anything elsewhere. */
	make_hypercall(&a, &b, "handle_exit");
	p = explain(&a, &b, 0);
	assert_int_equal(p.by[RULE_NEXT_RIP], 0);
	assert_false(p.explained);
	free_all(&p, &a, &b);
}

/*
 * From 6.12 on the way out of a guest asks as well. What is asked is the variable:
 * another one, or its value of both CPUs, explains nothing.
 */
static void make_asking(struct made *a, struct made *b)
{
	static const char load[] = "\x8b\x05\x00\x10\x00\x00";	/* rip + 0x1000 */

	*a = begin("tcg", "0");
	*b = begin("bochs-amd", "1");
	insn(a, "svm_vcpu_run", load, 6, 1);
	insn(b, "svm_vcpu_run", load, 6, 1);
	a->class.trace.next_rip = b->class.trace.next_rip = a->at + 0x1000;
	insn(a, "svm_vcpu_run", "\x85\xc0", 2, 1);
	insn(b, "svm_vcpu_run", "\x85\xc0", 2, 1);
	insn(a, "svm_vcpu_run", "\x74\x08", 2, 1);
	insn(b, "svm_vcpu_run", "\x74\x08", 2, 1);
	skip_over(a, 8);
	plain(b, "svm_vcpu_run", 8);
	both_plain(a, b, "vcpu_enter_guest", 20);
	end_both(a, b);
}

static void the_way_out_of_a_guest_asks_for_the_next_rip(void **state)
{
	struct instruments_pair p;
	struct made a, b;

	(void)state;
	make_asking(&a, &b);
	p = explain(&a, &b, 0);
	assert_int_equal(p.by[RULE_NEXT_RIP], 8);
	assert_true(p.explained);
	free_pair(&p);
	json_object_set_new(a.record->host, "kvm_amd.nrips", json_string("1"));
	p = explain(&a, &b, 0);
	assert_false(p.explained);
	free_all(&p, &a, &b);
	make_asking(&a, &b);
	a.class.trace.next_rip += 4;
	p = explain(&a, &b, 0);
	assert_int_equal(p.by[RULE_NEXT_RIP], 0);
	assert_int_equal(p.left, 8);
	assert_false(p.explained);
	free_all(&p, &a, &b);
}

static void what_boot_patched_otherwise_goes_another_way(void **state)
{
	struct made a = begin("tcg", "0"), b = begin("bochs-amd", "1");
	struct instruments_pair p;

	(void)state;
	both_plain(&a, &b, HANDLER, 2);
	patched(&a, HANDLER, "\x66\x90");
	patched(&b, HANDLER, "\xeb\x07");	/* jumps over the seven */
	plain(&a, HANDLER, 7);
	skip_over(&b, 7);
	both_plain(&a, &b, HANDLER, 2);
	end_both(&a, &b);
	p = explain(&a, &b, 0);
	assert_int_equal(p.by[RULE_PATCHED], -7);
	assert_true(p.explained);
	free_pair(&p);
	p = explain(&a, &b, 1u << RULE_PATCHED);
	assert_int_equal(p.left, -7);
	assert_false(p.explained);
	free_all(&p, &a, &b);
}

/* Even where an attribution is there: it may have what another vCPU executed. */
static void several_vcpus_and_linux_guests_are_not_compared(void **state)
{
	for (int kind = 0; kind < 2; kind++) {
		struct instruments_pair p;
		struct made a, b;

		(void)state;
		make_fault(&a, &b, 2414, 1);
		if (kind) {
			free(a.record->workload);
			a.record->workload = xstrdup("linux-off");
		} else {
			record__add_vcpu(a.record, &(struct record_vcpu) { 0 });
			record__add_vcpu(a.record, &(struct record_vcpu) { 0 });
		}
		p = explain(&a, &b, 0);
		assert_non_null(p.missing);
		assert_non_null(strstr(p.missing, "several vCPUs"));
		free_all(&p, &a, &b);
	}
}

static void what_no_rule_explains_is_named(void **state)
{
	struct made a = begin("tcg", "0"), b = begin("bochs-amd", "1");
	const struct instruments_part *part;
	struct instruments_pair p;

	(void)state;
	both_plain(&a, &b, "f", 3);
	plain(&a, "f", 2);
	skip_over(&b, 2);
	both_plain(&a, &b, "f", 1);
	end_both(&a, &b);
	p = explain(&a, &b, 0);
	assert_int_equal(p.left, -2);
	assert_false(p.explained);
	assert_int_equal(p.nr_parts, 2);
	part = &p.part[0];
	assert_int_equal(part->rule, -1);
	assert_string_equal(part->func, "f");
	assert_int_equal(part->addr, TEXT + 2);
	assert_int_equal(part->insns[0], 2);
	assert_int_equal(part->insns[1], 0);
	assert_int_equal(p.part[1].rule, RULE_EXIT);
	free_all(&p, &a, &b);
}

/* Two pieces that make up for each other are no explanation. */
static void what_is_left_does_not_cancel(void **state)
{
	struct made a = begin("tcg", "0"), b = begin("bochs-amd", "1");
	struct instruments_pair p;

	(void)state;
	both_plain(&a, &b, "f", 3);
	plain(&a, "f", 2);
	skip_over(&b, 2);
	both_plain(&a, &b, "f", 3);
	skip_over(&a, 2);
	plain(&b, "f", 2);
	both_plain(&a, &b, "f", 1);
	end_both(&a, &b);
	p = explain(&a, &b, 0);
	assert_int_equal(p.left, 0);
	assert_false(p.explained);
	free_all(&p, &a, &b);
}

static void guests_that_differ_by_more_than_their_exits_are_not_explained(void **state)
{
	struct instruments_pair p;
	struct made a, b;

	(void)state;
	make_fault(&a, &b, 2414, 1);
	end(&b, 7);
	p = explain(&a, &b, 0);
	assert_int_equal(p.left, 2);
	assert_false(p.explained);
	free_pair(&p);
	end(&b, 6);
	b.record->stats.item[1].value += 5;	/* half an exit an event more */
	p = explain(&a, &b, 0);
	assert_false(p.explained);
	free_all(&p, &a, &b);
}

/* The handler is the same code on both, what is around it is not. */
static void of_two_vendors_the_handler_alone_is_compared(void **state)
{
	struct made a = begin("tcg", "0"), b = begin("bochs-intel", "");
	struct instruments_pair p;

	(void)state;
	plain(&a, "svm_handle_exit", 10);
	plain(&b, "svm_handle_exit", 3);
	skip_over(&b, 7);
	skip_over(&a, 40);
	plain(&b, "vmx_handle_exit", 40);
	both_plain(&a, &b, HANDLER, 5);
	rep(&a, "clear", 4);
	rep(&b, "clear", 3);
	both_plain(&a, &b, HANDLER, 5);
	plain(&a, "svm_vcpu_run", 8);
	end_both(&a, &b);
	p = explain(&a, &b, 0);
	assert_int_equal(p.by[RULE_VENDOR], 43 - 18);
	assert_int_equal(p.by[RULE_TABLES], 0);
	assert_int_equal(p.by[RULE_REP], -1);
	assert_int_equal(p.by[RULE_EXIT], 1);
	assert_true(p.explained);
	free_all(&p, &a, &b);
}

/*
 * Where the handler branches, it may for EPT alone: not for one vendor's two
 * CPUs, and not where there is no branch.
 */
static void the_handler_may_branch_on_the_tables_format(void **state)
{
	static const struct {
		const char *other, *last;
	} rows[] = {
		{ "bochs-intel", "\x74\x08" /* je */ }, { "bochs-amd", "\x74\x08" },
		{ "bochs-intel", "\x66\x90" /* nop */ },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct made a = begin("tcg", "0"), b = begin(rows[i].other, "0");
		struct instruments_pair p;

		both_plain(&a, &b, HANDLER, 3);
		insn(&a, HANDLER, rows[i].last, 2, 1);
		insn(&b, HANDLER, rows[i].last, 2, 1);
		skip_over(&a, 8);
		plain(&b, "make_spte", 8);
		both_plain(&a, &b, HANDLER, 3);
		end_both(&a, &b);
		p = explain(&a, &b, 0);
		assert_int_equal(p.by[RULE_TABLES], i ? 0 : 8);
		assert_int_equal(p.left, i ? 8 : 0);
		assert_int_equal(p.explained, !i);
		free_all(&p, &a, &b);
	}
}

static void nothing_is_explained_that_was_not_seen(void **state)
{
	struct instruments_side side[2];
	struct instruments_pair p = { 0 };
	struct made a, b;

	(void)state;
	make_fault(&a, &b, 2383, 2);
	side[0] = (struct instruments_side) { a.record, &a.class };
	side[1] = (struct instruments_side) { b.record, NULL };
	instruments__explain(&p, side, 0);
	assert_int_equal(p.diff, -1);
	assert_false(p.explained);
	assert_non_null(strstr(p.missing, "bochs-amd is not attributed: faultline run --attribute --rig bochs-amd --bases v6.1"));
	assert_int_equal(p.nr_parts, 0);
	free_pair(&p);
	p = (struct instruments_pair) { 0 };
	side[1].path = &b.class;
	free(b.record->vmlinux_sha256);
	b.record->vmlinux_sha256 = xstrdup("11");
	instruments__explain(&p, side, 0);
	assert_non_null(strstr(p.missing, "another kernel"));
	free_all(&p, &a, &b);
}

static void paths_that_share_nothing_are_all_different(void **state)
{
	struct made a = begin("tcg", "0"), b = begin("bochs-amd", "1");
	struct path path[2];
	struct path_diff d;

	(void)state;
	plain(&a, "f", 4);
	skip_over(&b, 100);
	plain(&b, "g", 3);
	path__of(&path[0], &a.class.trace, NULL);
	path__of(&path[1], &b.class.trace, NULL);
	path_diff__make(&d, path);
	assert_true(d.made);
	assert_int_equal(d.nr, 1);
	assert_int_equal(d.hunk[0].at[0], 0);
	assert_int_equal(d.hunk[0].at[1], 0);
	assert_int_equal(d.hunk[0].nr[0], 4);
	assert_int_equal(d.hunk[0].nr[1], 3);
	path_diff__free(&d);
	path__free(&path[0]);
	path__free(&path[1]);
	free_made(&a);
	free_made(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_figures_are_explained_by_two_rules),
		cmocka_unit_test(one_planted_nop_is_one_in_both),
		cmocka_unit_test(a_rep_of_none_counts_one_in_both),
		cmocka_unit_test(a_next_rip_that_is_not_said_is_decoded),
		cmocka_unit_test(the_way_out_of_a_guest_asks_for_the_next_rip),
		cmocka_unit_test(what_boot_patched_otherwise_goes_another_way),
		cmocka_unit_test(several_vcpus_and_linux_guests_are_not_compared),
		cmocka_unit_test(what_no_rule_explains_is_named),
		cmocka_unit_test(what_is_left_does_not_cancel),
		cmocka_unit_test(guests_that_differ_by_more_than_their_exits_are_not_explained),
		cmocka_unit_test(of_two_vendors_the_handler_alone_is_compared),
		cmocka_unit_test(the_handler_may_branch_on_the_tables_format),
		cmocka_unit_test(nothing_is_explained_that_was_not_seen),
		cmocka_unit_test(paths_that_share_nothing_are_all_different),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
