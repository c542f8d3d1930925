// SPDX-License-Identifier: GPL-2.0
/*
 * One cell by two instruments: what each counting rule makes of the difference,
 * and what is left; see instruments.h. Nothing here is a known figure: all comes
 * from the two typical events as they were executed, and from KVM's counters.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "compare.h"
#include "insn.h"
#include "instruments.h"
#include "path_diff.h"
#include "rigs.h"

#define HANDLER		"kvm_mmu_page_fault"
/* KVM's function that asks the CPU for the next RIP, in any base and vendor. */
#define SKIPS		"skip_emulated_instruction"
#define NEXT_RIP	"kvm_amd.nrips"

/* A pair while it is worked on. */
struct work {
	struct instruments_pair *p;
	const struct instruments_side *side;
	const struct rig_facts *facts[2];
	struct path path[2];
	unsigned int without;
	bool next_rip;		/* one of the CPUs says it, the other does not */
};

static void add(struct work *w, int rule, const char *func, uint64_t addr,
		uint64_t a, uint64_t b)
{
	struct instruments_pair *p = w->p;

	if (rule >= 0 && w->without & 1u << rule)
		rule = -1;
	if (rule >= 0)
		p->by[rule] += (int64_t)(b - a);
	p->part = xrealloc(p->part, (p->nr_parts + 1) * sizeof(*p->part));
	p->part[p->nr_parts++] = (struct instruments_part) {
		.rule = rule, .func = xstrdup(func), .addr = addr,
		.insns = { a, b },
	};
}

/* What the other instrument counts where one counts n executions of a `rep`. */
static uint64_t rep_as(uint64_t n, const struct rig_facts *from,
		       const struct rig_facts *to)
{
	if (from->rep_end == to->rep_end)
		return n;
	if (to->rep_end)
		return n + 1;
	return n > 1 ? n - 1 : 1;
}

static bool repeats(const struct path *p, size_t i)
{
	const struct attr_insn *in = path__insn(p, i);

	return insn__repeats(in->bytes, in->len);
}

/* The same instruction on both paths, as often as the rules say? */
static void both(struct work *w, size_t a, size_t b)
{
	uint64_t n[2] = { w->path[0].step[a].times, w->path[1].step[b].times };
	uint64_t addr = path__insn(&w->path[0], a)->addr;
	const char *func = path__func(&w->path[0], a);

	if (n[0] == n[1] && w->facts[0]->rep_end == w->facts[1]->rep_end)
		return;
	if (!repeats(&w->path[0], a))
		return;
	/* Of none and of one iteration an instrument without an end counts one. */
	if (n[1] == rep_as(n[0], w->facts[0], w->facts[1]) ||
	    n[0] == rep_as(n[1], w->facts[1], w->facts[0])) {
		if (n[0] != n[1])
			add(w, RULE_REP, func, addr, n[0], n[1]);
		return;
	}
	add(w, -1, func, addr, n[0], n[1]);
}

static uint64_t executed(const struct path *p, size_t at, size_t nr)
{
	uint64_t sum = 0;

	for (size_t i = at; i < at + nr; i++)
		sum += p->step[i].times;
	return sum;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static bool patched_otherwise(const struct work *w, size_t a, size_t b)
{
	const struct attr_insn *x = path__insn(&w->path[0], a);
	const struct attr_insn *y = path__insn(&w->path[1], b);

	return x->len != y->len || memcmp(x->bytes, y->bytes, x->len);
}

static struct insn decode(const struct path *p, size_t i)
{
	const struct attr_insn *in = path__insn(p, i);
	struct decoder *d = decoder__new();
	struct insn decoded = { 0 };

	if (d)
		insn__decode(d, &decoded, in->addr, in->bytes, in->len);
	decoder__free(d);
	return decoded;
}

/* Can what is executed after an instruction be another one the next time? */
static bool branches(const struct path *p, size_t i)
{
	const struct insn in = decode(p, i);

	return in.kind == INSN_JCC || in.kind == INSN_RET ||
	       in.kind == INSN_CALL_INDIRECT || in.kind == INSN_JMP_INDIRECT;
}

/* A branch by KVM's variable: it is loaded, tested, and here is the jump. */
static bool asks_for_next_rip(const struct path *p, size_t i)
{
	uint64_t at = p->trace->next_rip;

	if (!at || decode(p, i).kind != INSN_JCC)
		return false;
	for (size_t n = 1; n <= 2 && n <= i; n++) {
		if (decode(p, i - n).data == at)
			return true;
	}
	return false;
}

static bool is_about_next_rip(const struct path *p, size_t i)
{
	return ends_with(path__func(p, i), SKIPS) || asks_for_next_rip(p, i);
}

/*
 * Why the paths part here: the last instruction that both executed is not the
 * same bytes, asks for a next RIP that one CPU does not say, or is a branch in the
 * handler of two vendors' CPUs.
 */
static void one_alone(struct work *w, const struct path_hunk *h)
{
	uint64_t n[2];
	int rule = -1;

	for (int i = 0; i < 2; i++)
		n[i] = executed(&w->path[i], h->at[i], h->nr[i]);
	if (!h->at[0] || !h->at[1]) {
		add(w, -1, "", 0, n[0], n[1]);
		return;
	}
	if (patched_otherwise(w, h->at[0] - 1, h->at[1] - 1))
		rule = RULE_PATCHED;
	else if (w->next_rip && is_about_next_rip(&w->path[0], h->at[0] - 1))
		rule = RULE_NEXT_RIP;
	else if (w->p->two_vendors && branches(&w->path[0], h->at[0] - 1))
		rule = RULE_TABLES;
	add(w, rule, path__func(&w->path[0], h->at[0] - 1),
	    path__insn(&w->path[0], h->at[0] - 1)->addr, n[0], n[1]);
}

/* Both paths from their beginning to their end. */
static void along(struct work *w)
{
	struct path_diff d;
	size_t a = 0, b = 0;

	path_diff__make(&d, w->path);
	if (!d.made) {
		add(w, -1, "", 0, executed(&w->path[0], 0, w->path[0].nr),
		    executed(&w->path[1], 0, w->path[1].nr));
		return;
	}
	for (size_t i = 0; i <= d.nr; i++) {
		size_t end = i < d.nr ? d.hunk[i].at[0] : w->path[0].nr;

		while (a < end)
			both(w, a++, b++);
		if (i == d.nr)
			break;
		one_alone(w, &d.hunk[i]);
		a = d.hunk[i].at[0] + d.hunk[i].nr[0];
		b = d.hunk[i].at[1] + d.hunk[i].nr[1];
	}
	path_diff__free(&d);
}

/* VM exits of an event, or of the whole where there are no events; -1: it varies. */
static int64_t exits_of(const struct record *r)
{
	const struct number *all = numbers__find(&r->stats, "exits");
	int64_t n = record__event_exits(r);

	if (!r->events)
		return all ? all->value : -1;
	return n >= 0 && n % (int64_t)r->events == 0 ? n / (int64_t)r->events : -1;
}

/* What of a figure is the guest's, its clock and the instruction that exits. */
static int64_t guest_of(const struct work *w, int i)
{
	return w->p->figure[i] - w->side[i].path->figures.insns;
}

/* In the guest, and, of two vendors, all that is not the handler. */
static void around(struct work *w)
{
	int64_t exits = exits_of(w->side[0].record), whole[2];
	int64_t again = w->facts[1]->exit_again - w->facts[0]->exit_again;
	int64_t guest = guest_of(w, 1) - guest_of(w, 0);

	for (int i = 0; i < 2; i++)
		whole[i] = w->side[i].path->figures.insns -
			   executed(&w->path[i], 0, w->path[i].nr);
	if (whole[0] || whole[1])
		add(w, RULE_VENDOR, "", 0, whole[0], whole[1]);
	if (exits >= 0 && exits == exits_of(w->side[1].record) &&
	    guest == again * exits) {
		if (guest)
			add(w, RULE_EXIT, "", 0, guest_of(w, 0), guest_of(w, 1));
	} else {
		add(w, -1, "", 0, guest_of(w, 0), guest_of(w, 1));
	}
}

static const char *host_says(const struct record *r, const char *key)
{
	return json_string_value(json_object_get(r->host, key)) ?: "";
}

static bool same_vendor(const struct instruments_side *side)
{
	const struct rig_model *a = rigs__model(side[0].record->rig);
	const struct rig_model *b = rigs__model(side[1].record->rig);

	return a && b && !strcmp(a->vendor, b->vendor);
}

static bool same_kernel(const struct instruments_side *side)
{
	return !strcmp(side[0].record->vmlinux_sha256,
		       side[1].record->vmlinux_sha256);
}

/* Of two vendors only the handler is the same code: the path through it, if any. */
static void compare_paths(struct work *w)
{
	for (int i = 0; i < 2; i++) {
		const struct attr_class *c = w->side[i].path;

		path__of(&w->path[i], &c->trace, w->p->two_vendors ? HANDLER : NULL);
		if (w->p->two_vendors && !c->figures.handler)
			w->path[i].nr = 0;
	}
	along(w);
	around(w);
	for (int i = 0; i < 2; i++)
		path__free(&w->path[i]);
}

/* Faults of several vCPUs, and of a Linux guest, have other tasks in their midst. */
static bool has_no_path(const struct record *r)
{
	return r->nr_vcpus || !strncmp(r->workload, LINUX_GROUP "-", sizeof(LINUX_GROUP));
}

/* Why the paths of a pair are not compared; allocated, or NULL. */
static char *what_is_missing(const struct instruments_side side[2])
{
	const struct record *r[2] = { side[0].record, side[1].record };

	if (!same_kernel(side))
		return xasprintf("%s booted another kernel than %s: run both with one kernel",
				 r[0]->rig, r[1]->rig);
	if (has_no_path(r[0]))
		return xstrdup("of several vCPUs and of Linux guests no fault's path is attributed: there is none to compare");
	for (int i = 0; i < 2; i++) {
		if (side[i].path)
			continue;
		if (!r[i]->events)
			return xasprintf("%s has no path from bell to bell: faultline run --attribute --rig %s --workloads %s", r[i]->rig, r[i]->rig, r[i]->workload);
		return xasprintf("%s is not attributed: faultline run --attribute --rig %s --bases %s --profiles %s --variants %s --workloads %s",
				 r[i]->rig, r[i]->rig, r[i]->base,
				 r[i]->profile, r[i]->variant, r[i]->workload);
	}
	return NULL;
}

static uint64_t figure_of(const struct record *r)
{
	return r->events ? compare__faults(r).mode : r->total;
}

void instruments__explain(struct instruments_pair *p,
			  const struct instruments_side side[2],
			  unsigned int without)
{
	struct work w = { .p = p, .side = side, .without = without };

	p->there = true;
	for (int i = 0; i < 2; i++) {
		w.facts[i] = rigs__facts(side[i].record->rig);
		p->figure[i] = figure_of(side[i].record);
		p->traced[i] = side[i].path;
	}
	p->diff = p->figure[1] - p->figure[0];
	p->missing = what_is_missing(side);
	if (p->missing)
		return;
	w.next_rip = strcmp(host_says(side[0].record, NEXT_RIP),
			    host_says(side[1].record, NEXT_RIP));
	p->two_vendors = !same_vendor(side);
	compare_paths(&w);
	p->left = p->diff;
	for (int r = 0; r < NR_COUNTING_RULES; r++)
		p->left -= p->by[r];
	p->explained = !p->left;
	for (size_t i = 0; i < p->nr_parts; i++)
		p->explained &= p->part[i].rule >= 0;
}
