// SPDX-License-Identifier: GPL-2.0
/* See replay.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"
#include "replay.h"

#define KERNEL_HALF	(1ull << 63)
#define STACK_SIZE	16384ull	/* THREAD_SIZE of x86-64 */
#define MAX_BASE	32

/* KVM's counters that say what became of a fault, most telling first. */
static const struct { const char *member, *word; } verdicts[] = {
	{ "stat.pf_fast", "fast" },
	{ "stat.pf_emulate", "emulated" },
	{ "stat.pf_fixed", "fixed" },
	{ "stat.pf_spurious", "spurious" },
};

/* Functions that are looked for by name. */
enum landmark {
	HANDLER, VMX, SWITCH, SHADOW_FAULT, EMULATE, THUNK, RETURN_THUNK, NOTHING
};

struct replay {
	const struct probe_log *log;
	struct decoder *decoder;
	struct place *place;		/* one an instruction */
	uint8_t *landmark;		/* its function's */
	int8_t *verdict;		/* index into verdicts, or -1 */
	replay_visitor visit;		/* or NULL */
	void *arg;
};

/* The path that is being replayed. */
struct going {
	struct replay *r;
	struct path_profile *profile;		/* NULL: only the base is looked for */
	struct shadow shadow;
	unsigned int irqs;		/* interrupts that are not over */
	bool ret_done;			/* the newest instruction has returned */
	uint32_t newest;		/* it, plus one; 0: there is none */
	uint64_t away_slot;		/* another task runs until a ret from here */
	size_t handler_depth;		/* frames up to the handler's, or 0 */
	uint64_t stack_low, stack_top;
	uint64_t *line;			/* of code, one an instruction */
	bool saw[NOTHING], said[ARRAY_SIZE(verdicts)], user;
	/* Functions that had been entered before: innermost first. */
	struct { uint64_t slot; const char *name; } base[MAX_BASE];
	size_t nr_base;
	bool base_ends;
};

static bool in_kernel(uint64_t addr)
{
	return addr & KERNEL_HALF;
}

static enum landmark landmark_of(const char *name)
{
	if (!strcmp(name, "kvm_mmu_page_fault"))
		return HANDLER;
	if (!strcmp(name, "vmx_vcpu_run"))
		return VMX;
	if (!strcmp(name, "__switch_to_asm"))
		return SWITCH;
	if (!strcmp(name, "kvm_handle_page_fault"))
		return SHADOW_FAULT;
	if (!strcmp(name, "x86_emulate_instruction"))
		return EMULATE;
	if (!strncmp(name, "__x86_indirect_thunk_", 21))
		return THUNK;
	if (strstr(name, "return_thunk"))
		return RETURN_THUNK;
	return NOTHING;
}

struct replay *replay__new(const struct probe_log *log, struct image *img)
{
	struct decoder *d = decoder__new();
	size_t nr = log->nr_insns ?: 1;
	long offset[ARRAY_SIZE(verdicts)];
	struct replay *r;

	if (!d)
		return NULL;
	for (size_t v = 0; v < ARRAY_SIZE(verdicts); v++)
		offset[v] = image__offset_of(img, "kvm_vcpu",
					     verdicts[v].member);
	r = xcalloc(1, sizeof(*r));
	r->log = log;
	r->decoder = d;
	r->place = xcalloc(nr, sizeof(*r->place));
	r->landmark = xcalloc(nr, 1);
	r->verdict = xcalloc(nr, 1);
	for (size_t i = 0; i < log->nr_insns; i++) {
		const struct insn *in = &log->insn[i];
		const struct func *f = image__func_at(img, in->addr);

		r->place[i] = (struct place) {
			.name = f ? f->name : in_kernel(in->addr) ?
				REPLAY_UNKNOWN : REPLAY_USER,
			.start = f ? f->addr : 0,
			.addr = in->addr,
			.kind = in->kind,
			.kernel = in_kernel(in->addr),
		};
		r->landmark[i] = landmark_of(r->place[i].name);
		r->verdict[i] = -1;
		for (size_t v = 0; v < ARRAY_SIZE(verdicts); v++) {
			if (in->disp_stored && offset[v] > 0 &&
			    in->disp == offset[v])
				r->verdict[i] = v;
		}
	}
	return r;
}

void replay__free(struct replay *r)
{
	if (!r)
		return;
	decoder__free(r->decoder);
	free(r->place);
	free(r->landmark);
	free(r->verdict);
	free(r);
}

const char *replay__name(const struct replay *r, uint32_t insn)
{
	return r->place[insn].name;
}

/* Who had called whom before the path began shows when they are returned to. */
static void note_base(struct going *g, const struct place *p)
{
	if (g->shadow.prev && g->shadow.prev->kernel != p->kernel)
		g->base_ends = true;
	if (g->base_ends || g->nr_base == MAX_BASE ||
	    (g->shadow.prev && !g->shadow.returned))
		return;
	g->base[g->nr_base].slot = SHADOW_NO_SLOT;
	g->base[g->nr_base++].name = p->name;
}

static void note_figures(struct going *g, uint32_t i)
{
	const struct insn *in = &g->r->log->insn[i];
	struct path_figures *f = &g->profile->figures;
	uint8_t mark = g->r->landmark[i];

	shadow__top(&g->shadow)->cost.insns++;
	if (in->repeats && g->newest == i + 1) {
		shadow__top(&g->shadow)->cost.rep++;
		f->rep++;
	}
	g->newest = i + 1;
	g->line[f->insns++] = in->addr / PROBE_LINE;
	f->branches += in->kind == INSN_JCC;
	f->indirect += in->kind == INSN_CALL_INDIRECT ||
		       in->kind == INSN_JMP_INDIRECT;
	f->calls += in->kind == INSN_CALL || in->kind == INSN_CALL_INDIRECT;
	if (mark == VMX)	/* an exit is in it, without a call */
		g->saw[VMX] = true;
	if (g->shadow.entered && mark != NOTHING) {
		f->thunks += mark == THUNK;
		f->return_thunks += mark == RETURN_THUNK;
		g->saw[mark] = true;
		if (mark == HANDLER && !g->handler_depth)
			g->handler_depth = g->shadow.depth;
	}
	if (g->shadow.depth < g->handler_depth)
		g->handler_depth = 0;
	f->handler += g->handler_depth > 0;
	if (g->r->verdict[i] >= 0)
		g->said[g->r->verdict[i]] = true;
	g->user |= !in_kernel(in->addr);
}

static void go_insn(struct going *g, uint32_t i)
{
	const struct place *p = &g->r->place[i];

	if (g->irqs)
		return;
	if (!g->away_slot && g->shadow.called &&
	    g->r->landmark[i] == SWITCH) {
		g->away_slot = g->shadow.slot;
		g->shadow.called = false;
	}
	if (g->away_slot) {
		if (g->profile)
			g->profile->away++;
		return;
	}
	g->ret_done = false;
	if (!g->profile)
		note_base(g, p);
	shadow__insn(&g->shadow, p);
	if (g->profile)
		note_figures(g, i);
}

static bool is_call(const struct insn *in)
{
	return in->kind == INSN_CALL || in->kind == INSN_CALL_INDIRECT;
}

static bool is_stack_access(const struct insn *in, const struct step *s)
{
	bool store = s->kind == STEP_STORE;

	return (store && (is_call(in) || !strncmp(in->mnemonic, "push", 4))) ||
	       (!store && in->kind == INSN_RET);
}

/*
 * The stack that the VM exit found: its first use, all around it. Others,
 * as that of the way out to the VMM, are left out.
 */
static void note_stack(struct going *g, const struct insn *in,
		       const struct step *s)
{
	if (!in_kernel(in->addr) || !in_kernel(s->addr))
		return;
	if (!g->stack_top && is_stack_access(in, s)) {
		g->stack_top = s->addr + s->size;
		g->stack_low = s->addr;
	}
	if (!g->stack_top ||
	    (s->addr ^ (g->stack_top - 1)) & ~(STACK_SIZE - 1))
		return;
	if (is_stack_access(in, s) && s->addr + s->size > g->stack_top)
		g->stack_top = s->addr + s->size;
	if (s->kind == STEP_STORE && s->addr < g->stack_low)
		g->stack_low = s->addr;
}

static void note_access(struct going *g, const struct insn *in,
			const struct step *s)
{
	struct cost *c = &shadow__top(&g->shadow)->cost;
	struct path_figures *f = &g->profile->figures;
	bool store = s->kind == STEP_STORE;

	c->loads += !store;
	c->stores += store;
	f->loads += !store;
	f->stores += store;
	note_stack(g, in, s);
}

static void go_access(struct going *g, const struct step *s)
{
	const struct insn *in = &g->r->log->insn[s->insn];

	if (g->irqs)
		return;
	if (g->away_slot) {
		/* The ret that leads back to where the other was chosen. */
		if (in->kind == INSN_RET && s->addr == g->away_slot)
			g->away_slot = 0;
		return;
	}
	if (g->profile)
		note_access(g, in, s);
	if (s->kind == STEP_STORE && is_call(in)) {
		shadow__call(&g->shadow, s->addr);
	} else if (s->kind == STEP_LOAD && in->kind == INSN_RET &&
		   !g->ret_done) {
		/* What else is attributed to it belongs to an interrupt after it. */
		g->ret_done = true;
		shadow__ret(&g->shadow, s->addr);
		if (!g->profile && g->shadow.returned && !g->base_ends &&
		    g->nr_base)
			g->base[g->nr_base - 1].slot = s->addr;
	}
}

static bool is_apart(const struct going *g)
{
	return g->irqs || g->away_slot;
}

static void tell(const struct going *g, const struct step *s, bool apart)
{
	const struct replay *r = g->r;
	size_t d = g->shadow.depth;

	if (!g->profile || !r->visit)
		return;
	r->visit(r->arg, s, s->kind == STEP_ENTER || s->kind == STEP_LEAVE ?
		 NULL : r->place[s->insn].name,
		 d ? g->shadow.frame[d - 1].level - 1 : 0,
		 apart);
}

static void go(struct going *g, const struct probe_path *path)
{
	for (size_t i = 0; i < path->nr_steps; i++) {
		const struct step *s = &path->step[i];
		bool was_apart = is_apart(g);

		switch (s->kind) {
		case STEP_INSN:
			go_insn(g, s->insn);
			break;
		case STEP_LOAD:
		case STEP_STORE:
			go_access(g, s);
			break;
		case STEP_ENTER:
			g->irqs++;
			if (g->profile)
				g->profile->interrupted = true;
			break;
		case STEP_LEAVE:
			g->irqs -= g->irqs > 0;
			break;
		}
		tell(g, s, was_apart || is_apart(g));
	}
}

/* What the fault is called: by the tables that it is in, and the CPU that walks them. */
static const char *fault_of(const struct going *g)
{
	return g->saw[SHADOW_FAULT] ? "pf" : g->saw[VMX] ? "ept" : "npf";
}

/* "npf store, fixed": how the guest provoked it, what KVM returned. */
static char *class_of(const struct going *g, const struct probe_path *path)
{
	const char *result = g->saw[EMULATE] ? "emulated" : "retried";
	const char *access = "fetch";
	struct insn in;

	if (!g->saw[HANDLER])
		return xstrdup("no fault");
	/* 5.10 also counts what it emulates as fixed. */
	for (size_t v = ARRAY_SIZE(verdicts); v-- > 0;) {
		if (g->said[v] && (!g->saw[EMULATE] || !v))
			result = verdicts[v].word;
	}
	insn__decode(g->r->decoder, &in, 0, path->guest, path->guest_len);
	if (strcmp(path->how, PROBE_ELSEWHERE))
		access = in.stores ? "store" : in.loads ? "load" : "access";
	return xasprintf("%s %s, %s%s%s%s", fault_of(g),
			 access, result, g->user ? ", by the VMM" : "",
			 g->profile->interrupted ? ", interrupted" : "",
			 g->profile->away ? ", switched" : "");
}

static struct path_func *func_of(struct path_profile *w, const char *name)
{
	for (size_t i = 0; i < w->nr_funcs; i++) {
		if (!strcmp(w->func[i].name, name))
			return &w->func[i];
	}
	w->func = xrealloc(w->func, (w->nr_funcs + 1) * sizeof(*w->func));
	w->func[w->nr_funcs] = (struct path_func) { .name = name };
	return &w->func[w->nr_funcs++];
}

/* Instructions of a node and all below it. */
static uint64_t subtree(const struct node *n)
{
	uint64_t sum = n->cost.insns;

	for (const struct node *c = n->child; c; c = c->sibling)
		sum += subtree(c);
	return sum;
}

static bool is_recursion(const struct node *n)
{
	for (const struct node *p = n->parent; p && p->name; p = p->parent) {
		if (p->name == n->name)
			return true;
	}
	return false;
}

static void add_stack(struct path_profile *w, const char *stack, uint64_t insns)
{
	w->stack = xrealloc(w->stack, (w->nr_stacks + 1) * sizeof(*w->stack));
	w->stack[w->nr_stacks++] = (struct path_stack) { xstrdup(stack), insns };
}

/* From the tree to functions and folded stacks. */
static void collect(struct path_profile *w, const struct node *n, const char *above)
{
	for (const struct node *c = n->child; c; c = c->sibling) {
		char *stack = xasprintf("%s%s%s", above, *above ? ";" : "",
					c->name);
		struct path_func *f = func_of(w, c->name);

		f->cost.insns += c->cost.insns;
		f->cost.rep += c->cost.rep;
		f->cost.loads += c->cost.loads;
		f->cost.stores += c->cost.stores;
		f->cost.calls += c->cost.calls;
		if (!is_recursion(c))
			f->cost.inclusive += subtree(c);
		if (c->cost.insns)
			add_stack(w, stack, c->cost.insns);
		collect(w, c, stack);
		free(stack);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct path_func *)a)->name,
		      ((const struct path_func *)b)->name);
}

static int by_stack(const void *a, const void *b)
{
	return strcmp(((const struct path_stack *)a)->stack,
		      ((const struct path_stack *)b)->stack);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Distinct cache lines that the path's own instructions begin in. */
static uint64_t count_code_lines(const struct going *g)
{
	size_t nr = g->profile->figures.insns;
	uint64_t distinct = 0;

	qsort(g->line, nr, sizeof(*g->line), by_value);
	for (size_t i = 0; i < nr; i++)
		distinct += !i || g->line[i] != g->line[i - 1];
	return distinct;
}

int replay__go(struct replay *r, const struct probe_path *path,
	       struct path_profile *profile, char *err, size_t errlen)
{
	struct going first = { .r = r }, g = { .r = r, .profile = profile };

	memset(profile, 0, sizeof(*profile));
	go(&first, path);
	for (size_t i = first.nr_base; i-- > 0;)
		shadow__push(&g.shadow, first.base[i].slot,
			     first.base[i].name);
	shadow__free(&first.shadow);
	g.line = xcalloc(path->nr_steps ?: 1, sizeof(*g.line));
	go(&g, path);
	profile->fault = g.saw[HANDLER];
	profile->class = class_of(&g, path);
	profile->figures.stack_bytes = g.stack_top - g.stack_low;
	profile->figures.stack_depth = g.shadow.deepest;
	profile->figures.code_lines = count_code_lines(&g);
	free(g.line);
	collect(profile, &g.shadow.root, "");
	shadow__free(&g.shadow);
	if (profile->nr_funcs)
		qsort(profile->func, profile->nr_funcs, sizeof(*profile->func), by_name);
	if (profile->nr_stacks)
		qsort(profile->stack, profile->nr_stacks, sizeof(*profile->stack),
		      by_stack);
	if (profile->figures.insns + profile->away == path->own)
		return 0;
	snprintf(err, errlen,
		 "a path of %" PRIu64 " instructions is %" PRIu64 " when it is replayed",
		 path->own, profile->figures.insns + profile->away);
	return -EINVAL;
}

int replay__visit(struct replay *r, const struct probe_path *path,
		  struct path_profile *profile, replay_visitor visit, void *arg, char *err,
		  size_t errlen)
{
	int ret;

	r->visit = visit;
	r->arg = arg;
	ret = replay__go(r, path, profile, err, errlen);
	r->visit = NULL;
	return ret;
}

void path_profile__free(struct path_profile *profile)
{
	for (size_t i = 0; i < profile->nr_stacks; i++)
		free(profile->stack[i].stack);
	free(profile->stack);
	free(profile->func);
	free(profile->class);
	memset(profile, 0, sizeof(*profile));
}
