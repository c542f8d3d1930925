// SPDX-License-Identifier: GPL-2.0
/*
 * The plugin's log, read and replayed: paths through a kernel made here,
 * whose figures are counted by hand in its source (walked.h).
 */
#include <errno.h>

#include "unit.h"

#include "replay.h"
#include "walked.h"

/* A log of one or more paths, replayed. */
struct again {
	struct image *img;
	struct probe_log log;
	struct replay *replay;
	struct path_profile profile[4];
	size_t nr;
};

static void go_again(struct again *a, struct walk *w)
{
	char err[256] = "";

	memset(a, 0, sizeof(*a));
	a->img = w->img;
	a->log = walk__log(w, "");
	a->replay = replay__new(&a->log, a->img);
	assert_true(a->log.nr_paths <= ARRAY_SIZE(a->profile));
	for (; a->nr < a->log.nr_paths; a->nr++) {
		if (replay__go(a->replay, &a->log.path[a->nr], &a->profile[a->nr],
			       err, sizeof(err)))
			fail_msg("%s", err);
	}
}

static void forget(struct again *a)
{
	for (size_t i = 0; i < a->nr; i++)
		path_profile__free(&a->profile[i]);
	replay__free(a->replay);
	probe_log__free(&a->log);
	image__close(a->img);
}

static const struct path_func *func(const struct path_profile *w, const char *name)
{
	for (size_t i = 0; i < w->nr_funcs; i++) {
		if (!strcmp(w->func[i].name, name))
			return &w->func[i];
	}
	return NULL;
}

struct want {
	const char *name;
	uint64_t own, inclusive, loads, stores, calls;
};

static void functions_are(const struct path_profile *w, const struct want *want,
			  size_t nr)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < nr; i++) {
		const struct path_func *f = func(w, want[i].name);

		if (!f || f->cost.insns != want[i].own ||
		    f->cost.inclusive != want[i].inclusive ||
		    f->cost.loads != want[i].loads ||
		    f->cost.stores != want[i].stores ||
		    f->cost.calls != want[i].calls)
			fail_msg("%s: %lu own, %lu inclusive, %lu loads, %lu stores, %lu calls",
				 want[i].name, f ? f->cost.insns : 0,
				 f ? f->cost.inclusive : 0,
				 f ? f->cost.loads : 0, f ? f->cost.stores : 0,
				 f ? f->cost.calls : 0);
	}
	assert_int_equal(w->nr_funcs, nr);
	for (size_t i = 0; i < w->nr_funcs; i++)
		sum += w->func[i].cost.insns;
	assert_int_equal(sum, w->figures.insns);
}

static void stacks_are(const struct path_profile *w, const struct path_stack *want,
		       size_t nr)
{
	for (size_t i = 0; i < nr && i < w->nr_stacks; i++) {
		if (strcmp(w->stack[i].stack, want[i].stack) ||
		    w->stack[i].insns != want[i].insns)
			fail_msg("stack %zu is %s %lu, not %s %lu", i,
				 w->stack[i].stack, w->stack[i].insns,
				 want[i].stack, want[i].insns);
	}
	assert_int_equal(w->nr_stacks, nr);
}

#define IN_RUN	"vcpu_enter_guest;svm_vcpu_run"
#define IN_PF	"vcpu_enter_guest;kvm_mmu_page_fault"

/*
 * The shortest fault: __svm_vcpu_run has 5 instructions after the exit, two of
 * which stuff the return stack buffer, and 2 before the entry; svm_vcpu_run 3
 * and 2, vcpu_enter_guest 2 and 2, the handler 4. Who called whom shows in the
 * rets only. The stack: rets up to STACK_TOP, stuffing down to 48 below.
 */
static void the_chain_of_callers_is_found_from_their_returns(void **state)
{
	static const struct want want[] = {
		{ "__svm_vcpu_run", 7, 7, 2, 3, 1 },
		{ "kvm_mmu_page_fault", 4, 4, 2, 1, 1 },
		{ "svm_vcpu_run", 5, 12, 2, 3, 1 },
		{ "vcpu_enter_guest", 4, 20, 1, 2, 0 },
	};
	static const struct path_stack stacks[] = {
		{ "vcpu_enter_guest", 4 },
		{ IN_PF, 4 },
		{ IN_RUN, 5 },
		{ IN_RUN ";__svm_vcpu_run", 7 },
	};
	struct walk w;
	struct again a;

	(void)state;
	walk__start(&w, walked_kernel());
	walk__fault(&w, 1, GUEST_LOADS, "");
	go_again(&a, &w);
	assert_int_equal(a.log.path[0].own, 20);
	functions_are(&a.profile[0], want, ARRAY_SIZE(want));
	stacks_are(&a.profile[0], stacks, ARRAY_SIZE(stacks));
	assert_int_equal(a.profile[0].figures.insns, 20);
	assert_int_equal(a.profile[0].figures.handler, 4);
	assert_int_equal(a.profile[0].figures.calls, 5);
	assert_int_equal(a.profile[0].figures.indirect, 1);
	assert_int_equal(a.profile[0].figures.stack_bytes, 48);
	assert_int_equal(a.profile[0].figures.stack_depth, 3);
	assert_int_equal(a.profile[0].figures.code_lines, 4);
	assert_true(a.profile[0].fault);
	assert_string_equal(a.profile[0].class, "npf load, retried");
	forget(&a);
}

/*
 * Each part costs the handler its jump there, itself and its jump back. The
 * function that calls itself is entered 5 times: 56 bytes below STACK_TOP, 7
 * functions on one another. 4 lines of code as above, 5 of the parts, 7 of
 * what they call.
 */
static void every_function_has_what_it_executed(void **state)
{
	static const struct want want[] = {
		{ "__svm_vcpu_run", 7, 7, 2, 3, 1 },
		{ "__x86_indirect_thunk_rax", 3, 3, 1, 2, 1 },
		{ "__x86_return_thunk", 1, 1, 1, 0, 1 },
		{ "jumper", 3, 3, 1, 1, 1 },
		{ "kvm_mmu_page_fault", 22, 61, 3, 8, 1 },
		{ "landing", 2, 2, 2, 0, 1 },
		{ "leaf", 9, 9, 6, 3, 3 },
		{ "pointed", 2, 2, 1, 0, 1 },
		{ "recurse", 19, 19, 5, 4, 5 },
		{ "svm_vcpu_run", 5, 12, 2, 3, 1 },
		{ "vcpu_enter_guest", 4, 77, 1, 2, 0 },
	};
	static const struct path_stack stacks[] = {
		{ "vcpu_enter_guest", 4 },
		{ IN_PF, 22 },
		{ IN_PF ";__x86_indirect_thunk_rax", 3 },
		{ IN_PF ";__x86_return_thunk", 1 },
		{ IN_PF ";jumper", 3 },
		{ IN_PF ";landing", 2 },
		{ IN_PF ";leaf", 9 },
		{ IN_PF ";pointed", 2 },
		{ IN_PF ";recurse", 4 },
		{ IN_PF ";recurse;recurse", 4 },
		{ IN_PF ";recurse;recurse;recurse", 4 },
		{ IN_PF ";recurse;recurse;recurse;recurse", 4 },
		{ IN_PF ";recurse;recurse;recurse;recurse;recurse", 3 },
		{ IN_RUN, 5 },
		{ IN_RUN ";__svm_vcpu_run", 7 },
	};
	static const struct path_figures figures = {
		.insns = 77, .handler = 61, .calls = 16, .loads = 25,
		.stores = 26, .branches = 5, .indirect = 6, .thunks = 1,
		.return_thunks = 1, .stack_bytes = 56, .stack_depth = 7,
		.code_lines = 16,
	};
	struct walk w;
	struct again a;

	(void)state;
	walk__start(&w, walked_kernel());
	w.again = 4;
	walk__fault(&w, 1, GUEST_STORES, "three tail again thunk fixed");
	go_again(&a, &w);
	functions_are(&a.profile[0], want, ARRAY_SIZE(want));
	stacks_are(&a.profile[0], stacks, ARRAY_SIZE(stacks));
	for (size_t i = 0; i < sizeof(figures) / sizeof(uint64_t); i++) {
		if (((uint64_t *)&a.profile[0].figures)[i] !=
		    ((uint64_t *)&figures)[i])
			fail_msg("figure %zu is %lu", i,
				 ((uint64_t *)&a.profile[0].figures)[i]);
	}
	assert_string_equal(a.profile[0].class, "npf store, fixed");
	forget(&a);
}

/*
 * QEMU executes a `rep` of n words n + 1 times: 9 words are 10 instructions
 * and no word is 1, counted once both are 1. The jumps there and back are 2.
 * What an interrupt executes in its midst is no iteration.
 */
static void a_rep_counts_once_an_iteration_and_is_known_to(void **state)
{
	static const struct { unsigned int words; bool irq; } rows[] = {
		{ 9 }, { 0 }, { 1 }, { 9, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct path_figures *f;
		struct walk w;
		struct again a;

		walk__start(&w, walked_kernel());
		w.words = rows[i].words;
		if (rows[i].irq)
			w.irq_at = label(&w, "clear");
		walk__fault(&w, 1, GUEST_LOADS, "clear three");
		go_again(&a, &w);
		f = &a.profile[0].figures;
		assert_int_equal(f->insns, 20 + 2 + rows[i].words + 1 + 14);
		assert_int_equal(f->rep, rows[i].words);
		assert_int_equal(func(&a.profile[0], "kvm_mmu_page_fault")->cost.rep,
				 rows[i].words);
		assert_int_equal(func(&a.profile[0], "leaf")->cost.rep, 0);
		forget(&a);
	}
}

/*
 * 140 calls that nobody returns from, 5 instructions a pair: no function is
 * entered by them, and there is room on the stack for those that come then.
 */
static void stuffing_calls_no_function_and_leaves_no_trace(void **state)
{
	struct walk w;
	struct again a;
	const struct path_profile *profile = &a.profile[0];

	(void)state;
	walk__start(&w, walked_kernel());
	walk__begin(&w);
	for (int i = 0; i < 70; i++)
		walk__part(&w, "stuff");
	walk__part(&w, "three");
	w.target = label(&w, "leave");
	go_to(&w, "behind_vmrun");
	walk__end(&w, 1, PROBE_RETRY, GUEST_LOADS);
	go_again(&a, &w);
	assert_int_equal(func(profile, "kvm_mmu_page_fault")->cost.insns,
			 4 + 70 * 5 + 5);
	assert_int_equal(func(profile, "kvm_mmu_page_fault")->cost.calls, 1);
	assert_int_equal(func(profile, "leaf")->cost.insns, 9);
	assert_int_equal(func(profile, "leaf")->cost.calls, 3);
	assert_int_equal(func(profile, "vcpu_enter_guest")->cost.insns, 4);
	assert_int_equal(profile->nr_stacks, 5);
	assert_string_equal(profile->stack[2].stack, IN_PF ";leaf");
	assert_int_equal(profile->figures.stack_depth, 3);
	assert_int_equal(profile->figures.stack_bytes, 48);
	assert_int_equal(profile->figures.handler, 4 + 70 * 5 + 5 + 9);
	forget(&a);
}

/* Out to the VMM from the handler, after its push; back after the jump. */
static void the_vmms_instructions_are_no_function(void **state)
{
	struct walk w;
	struct again a;

	(void)state;
	walk__start(&w, walked_kernel());
	walk__begin(&w);
	end_block(&w);
	w.pc = 0x401000;
	step(&w);
	step(&w);
	end_block(&w);
	w.pc = label(&w, "leave");
	go_to(&w, "behind_vmrun");
	walk__end(&w, 1, PROBE_NEXT, GUEST_LOADS);
	go_again(&a, &w);
	assert_string_equal(a.profile[0].class, "npf load, retried, by the VMM");
	assert_int_equal(a.profile[0].figures.insns, 21);
	assert_int_equal(a.profile[0].figures.handler, 1);
	assert_int_equal(func(&a.profile[0], REPLAY_USER)->cost.insns, 2);
	assert_int_equal(func(&a.profile[0], REPLAY_USER)->cost.calls, 0);
	assert_string_equal(a.profile[0].stack[0].stack, REPLAY_USER);
	forget(&a);
}

static void the_class_says_how_and_what_became_of_it(void **state)
{
	struct walk w;
	struct again a;

	(void)state;
	walk__start(&w, walked_kernel());
	walk__fault(&w, 1, GUEST_STORES, "shadow");
	walk__fault(&w, 1, GUEST_LOADS, "shadow emulate");
	walk__begin(&w);
	w.target = label(&w, "leave");
	go_to(&w, "behind_vmrun");
	walk__end(&w, 1, PROBE_ELSEWHERE, GUEST_STORES);
	/* ... and a path that never comes to the handler is no fault */
	w.own = w.irq = 0;
	w.pc = label(&w, "other_goes_on");
	step(&w);
	walk__end(&w, 1, PROBE_NEXT, "ef");
	go_again(&a, &w);
	assert_string_equal(a.profile[0].class, "pf store, retried");
	assert_int_equal(a.profile[0].figures.return_thunks, 1);
	assert_int_equal(a.profile[0].figures.thunks, 0);
	assert_string_equal(a.profile[1].class, "pf load, emulated");
	assert_string_equal(a.profile[2].class, "npf fetch, retried");
	assert_string_equal(a.profile[3].class, "no fault");
	assert_false(a.profile[3].fault);
	forget(&a);
}

/* VMX's is known by who enters the guest, and shadow paging is that on both. */
static void the_class_says_whose_tables_they_are(void **state)
{
	struct walk w;
	struct again a;

	(void)state;
	walk__start(&w, walked_kernel());
	walk__fault(&w, 1, GUEST_LOADS, "vmx fixed");
	walk__fault(&w, 1, GUEST_STORES, "vmx shadow");
	go_again(&a, &w);
	assert_string_equal(a.profile[0].class, "ept load, fixed");
	assert_string_equal(a.profile[1].class, "pf store, retried");
	forget(&a);
}

/* Same figures, functions and stacks. */
static void cost_the_same(const struct path_profile *a, const struct path_profile *b)
{
	assert_memory_equal(&a->figures, &b->figures, sizeof(a->figures));
	assert_int_equal(a->nr_funcs, b->nr_funcs);
	for (size_t i = 0; i < a->nr_funcs; i++) {
		assert_string_equal(a->func[i].name, b->func[i].name);
		assert_memory_equal(&a->func[i].cost, &b->func[i].cost,
				    sizeof(a->func[i].cost));
	}
	stacks_are(a, b->stack, b->nr_stacks);
}

/* In the middle, and between a call and the first instruction called. */
static void an_interrupt_is_apart(void **state)
{
	static const char *const at[] = { "fixed", "leaf", "behind_inner" };
	struct walk w;
	struct again a;

	(void)state;
	walk__start(&w, walked_kernel());
	walk__fault(&w, 1, GUEST_LOADS, "three fixed");
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		w.irq_at = label(&w, at[i]);
		walk__fault(&w, 1, GUEST_LOADS, "three fixed");
	}
	go_again(&a, &w);
	assert_false(a.profile[0].interrupted);
	assert_string_equal(a.profile[0].class, "npf load, fixed");
	for (size_t i = 1; i < a.nr; i++) {
		/* 4 of the entry, 3 of do_irq, 3 of leaf */
		assert_int_equal(a.log.path[i].irq, 10);
		cost_the_same(&a.profile[i], &a.profile[0]);
		assert_true(a.profile[i].interrupted);
		assert_string_equal(a.profile[i].class,
				    "npf load, fixed, interrupted");
	}
	forget(&a);
}

/*
 * Chosen at the call, back after it: 6 instructions of the path there, call
 * leaf, 3 of leaf, call, 6 of the path back. But for the call itself the fault
 * is the one that executes a nop in its place.
 */
static void another_task_is_apart(void **state)
{
	struct walk w;
	struct again a;

	(void)state;
	walk__start(&w, walked_kernel());
	walk__fault(&w, 1, GUEST_LOADS, "plain tail fixed");
	walk__fault(&w, 1, GUEST_LOADS, "away tail fixed");
	go_again(&a, &w);
	assert_string_equal(a.profile[1].class, "npf load, fixed, switched");
	assert_int_equal(a.profile[1].away, 17);
	assert_int_equal(a.log.path[1].own, a.log.path[0].own + 17);
	assert_null(func(&a.profile[1], "__switch_to_asm"));
	assert_null(func(&a.profile[1], "other_task"));
	a.profile[1].figures.calls--;
	a.profile[1].figures.stores--;
	((struct path_func *)func(&a.profile[1], "kvm_mmu_page_fault"))->cost.stores--;
	cost_the_same(&a.profile[1], &a.profile[0]);
	forget(&a);
}

struct told {
	size_t steps, apart, deepest;
};

static void hear(void *arg, const struct step *s, const char *name,
		 size_t depth, bool apart)
{
	struct told *t = arg;

	t->steps++;
	t->apart += apart;
	if (!apart && s->kind == STEP_INSN) {
		assert_non_null(name);
		if (depth > t->deepest)
			t->deepest = depth;
	}
}

/* 17 instructions and their accesses, the last of them the ret that leads back. */
static void a_visitor_hears_what_is_apart(void **state)
{
	char err[256] = "";
	struct told told = { 0 };
	struct walk w;
	struct again a;
	struct path_profile profile;

	(void)state;
	walk__start(&w, walked_kernel());
	w.again = 2;
	walk__fault(&w, 1, GUEST_LOADS, "away again");
	go_again(&a, &w);
	assert_int_equal(replay__visit(a.replay, a.log.path, &profile, hear, &told,
				       err, sizeof(err)), 0);
	assert_int_equal(told.steps, a.log.path[0].nr_steps);
	/* push, store, load, pop, ret, twice; call, load, store, ret; call */
	assert_int_equal(told.apart, 17 + 10 + 4 + 1);
	assert_int_equal(told.deepest, 4);
	path_profile__free(&profile);
	forget(&a);
}

static void a_way_that_contradicts_its_count_is_refused(void **state)
{
	char err[256] = "";
	struct probe_log log;
	struct replay *r;
	struct walk w;
	struct path_profile profile;

	(void)state;
	walk__start(&w, walked_kernel());
	w.own_off = 1;
	walk__fault(&w, 1, GUEST_LOADS, "");
	log = walk__log(&w, "");
	r = replay__new(&log, w.img);
	assert_int_equal(replay__go(r, log.path, &profile, err, sizeof(err)),
			 -EINVAL);
	assert_string_equal(err, "a path of 21 instructions is 20 when it is replayed");
	path_profile__free(&profile);
	replay__free(r);
	probe_log__free(&log);
	image__close(w.img);
}

/* Two nops, a load and a store, and a ret. */
#define LOG_HEAD \
	"faultprobe 1\n" \
	"insn 0 ffffffff81000000 90\n" \
	"insn 1 ffffffff81000001 488b03\n" \
	"insn 2 ffffffff81000004 48ff4308\n" \
	"insn 3 ffffffff81000008 c3\n"

static char *write_log(const char *text)
{
	char *path = xasprintf("%s/text", walked_folder());
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path;
}

static void accesses_stand_behind_their_instruction(void **state)
{
	static const struct step want[] = {
		{ STEP_INSN, 0, 0, 0 },
		{ STEP_INSN, 0, 1, 0 },
		{ STEP_LOAD, 8, 1, 0xffff888000000000 },
		{ STEP_INSN, 0, 2, 0 },
		{ STEP_LOAD, 8, 2, 0xffff888000000008 },
		{ STEP_STORE, 8, 2, 0xffff888000000008 },
		{ STEP_ENTER, 0, 0, 0 },
		{ STEP_INSN, 0, 0, 0 },
		{ STEP_LEAVE, 0, 0, 0 },
		{ STEP_INSN, 0, 3, 0 },
		{ STEP_LOAD, 8, 3, 0xffffc90000000000 },
		{ STEP_INSN, 0, 0, 0 },
		{ STEP_INSN, 0, 1, 0 },
	};
	char *path = write_log(LOG_HEAD
		"path 3 2 retry 488b03 6 2 1 4 7 1\n"
		"x 0 2\n"
		"l 1 ffff888000000000 8\n"
		"l 2 ffff888000000008 8\ns 2 ffff888000000008 8\n"
		"i 1\nx 0 0\ni 0\n"
		"x 3 3\nl 3 ffffc90000000000 8\nx 0 1\nend\n"
		"path 2 1 not - 9 0 - - - 0\nend\n"
		"sample 30 1\nsample 10 5\nsample 20 2\n"
		"total exits 99\ntotal odd 4\ntotal uncounted 6\n"
		"total long 5\ntotal of_tomorrow 1\nbye\n");
	struct probe_log log = read_log(path);
	const struct probe_path *p = &log.path[0];

	(void)state;
	assert_int_equal(log.nr_insns, 4);
	assert_int_equal(log.insn[3].kind, INSN_RET);
	assert_int_equal(p->nr_steps, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		if (p->step[i].kind != want[i].kind ||
		    p->step[i].size != want[i].size ||
		    p->step[i].insn != want[i].insn ||
		    p->step[i].addr != want[i].addr)
			fail_msg("step %zu is of kind %d, instruction %u", i,
				 p->step[i].kind, p->step[i].insn);
	}
	assert_int_equal(p->count, 3);
	assert_int_equal(p->phase, 2);
	assert_string_equal(p->how, PROBE_RETRY);
	assert_int_equal(p->guest_len, 3);
	assert_memory_equal(p->guest, "\x48\x8b\x03", 3);
	assert_int_equal(p->own, 6);
	assert_int_equal(p->irq, 2);
	assert_int_equal(p->lines_min, 1);
	assert_int_equal(p->lines_max, 4);
	assert_int_equal(p->lines_sum, 7);
	assert_false(log.path[1].stored);
	assert_int_equal(log.path[1].guest_len, 0);
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(log.sample[i].ticks, 10 * (i + 1));
	assert_int_equal(log.sample[0].count, 5);
	assert_int_equal(log.exits, 99);
	assert_int_equal(log.odd, 4);
	assert_int_equal(log.uncounted, 6);
	assert_int_equal(log.overflow, 5);
	probe_log__free(&log);
	free(path);
}

#define A_PATH	"path 1 2 retry 90 1 0 0 0 0 1\n"

/* What is wrong with it, and the line that says so. */
static const struct { const char *text; int line; } damaged[] = {
	{ "", 0 },
	{ LOG_HEAD A_PATH "x 0 0\nend\ntotal exits 1\n", -9 },
	{ LOG_HEAD A_PATH "x 0 0\n", -7 },
	{ LOG_HEAD "by", 6 },
	{ "faultprobe 2\nbye\n", 1 },
	{ "insn 0 1000 90\nbye\n", 1 },
	{ LOG_HEAD "insn 5 1000 90\nbye\n", 6 },
	{ LOG_HEAD "insn 3 1000 90\nbye\n", 6 },
	{ LOG_HEAD "insn 4 1000 9\nbye\n", 6 },
	{ LOG_HEAD "insn 4 1000 xx\nbye\n", 6 },
	{ LOG_HEAD "insn 4 1000\nbye\n", 6 },
	{ LOG_HEAD A_PATH "x 0 4\nend\nbye\n", 7 },
	{ LOG_HEAD A_PATH "x 2 1\nend\nbye\n", 7 },
	{ LOG_HEAD A_PATH A_PATH "end\nbye\n", 7 },
	{ LOG_HEAD A_PATH "l 4 1000 8\nend\nbye\n", 7 },
	{ LOG_HEAD A_PATH "s 4 1000 8\nend\nbye\n", 7 },
	{ LOG_HEAD A_PATH "l 0 1000\nend\nbye\n", 7 },
	{ LOG_HEAD A_PATH "l 0 1000 999\nend\nbye\n", 7 },
	{ LOG_HEAD A_PATH "i 2\nend\nbye\n", 7 },
	{ LOG_HEAD A_PATH "y 0 0\nend\nbye\n", 7 },
	{ LOG_HEAD A_PATH "x 0 0\nbye\n", 8 },
	{ LOG_HEAD "x 0 0\nbye\n", 6 },
	{ LOG_HEAD "end\nbye\n", 6 },
	{ LOG_HEAD "path 0 2 retry 90 1 0 0 0 0 1\nend\nbye\n", 6 },
	{ LOG_HEAD "path 1 2 retry 9x 1 0 0 0 0 1\nend\nbye\n", 6 },
	{ LOG_HEAD "path 1 2 retry 90 1 0 0 0 0 2\nend\nbye\n", 6 },
	{ LOG_HEAD "path 1 2 retry 90 1 0 0 0 1\nend\nbye\n", 6 },
	{ LOG_HEAD "sample 1\nbye\n", 6 },
	{ LOG_HEAD "total odd\nbye\n", 6 },
	{ LOG_HEAD "bye\n" A_PATH "x 0 0\n", 7 },
};

static void a_damaged_log_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(damaged); i++) {
		char *path = write_log(damaged[i].text), *want, err[512] = "";
		struct probe_log log;
		int line = damaged[i].line;

		want = line > 0 ?
		       xasprintf("%s line %d says what it cannot say", path, line) :
		       xasprintf("%s ends after line %d", path, -line);
		if (probe_log__read(&log, path, err, sizeof(err)) != -EINVAL ||
		    strcmp(err, want))
			fail_msg("damage %zu: \"%s\", not \"%s\"", i, err, want);
		free(want);
		free(path);
	}
}

static void a_log_that_is_not_there_says_so(void **state)
{
	struct probe_log log;
	char err[512] = "";

	(void)state;
	assert_int_equal(probe_log__read(&log, "/nowhere/log", err, sizeof(err)),
			 -ENOENT);
	assert_string_equal(err, "/nowhere/log: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_chain_of_callers_is_found_from_their_returns),
		cmocka_unit_test(every_function_has_what_it_executed),
		cmocka_unit_test(a_rep_counts_once_an_iteration_and_is_known_to),
		cmocka_unit_test(stuffing_calls_no_function_and_leaves_no_trace),
		cmocka_unit_test(the_vmms_instructions_are_no_function),
		cmocka_unit_test(the_class_says_how_and_what_became_of_it),
		cmocka_unit_test(the_class_says_whose_tables_they_are),
		cmocka_unit_test(an_interrupt_is_apart),
		cmocka_unit_test(another_task_is_apart),
		cmocka_unit_test(a_visitor_hears_what_is_apart),
		cmocka_unit_test(a_way_that_contradicts_its_count_is_refused),
		cmocka_unit_test(accesses_stand_behind_their_instruction),
		cmocka_unit_test(a_damaged_log_is_refused),
		cmocka_unit_test(a_log_that_is_not_there_says_so),
	};

	return cmocka_run_group_tests_name("trace", tests, NULL,
					   remove_walked_folder);
}
