// SPDX-License-Identifier: GPL-2.0
/*
 * The cells that two instruments have, and what came of each; see instruments.h.
 */
#include <stdlib.h>
#include <string.h>

#include "attribute.h"
#include "compare.h"
#include "instruments.h"
#include "record.h"
#include "rigs.h"
#include "run.h"

static const struct {
	const char *name, *text;
} rules[NR_COUNTING_RULES] = {
	[RULE_REP] = { "rep",
		"of n executions counts n + 1 in QEMU, max(1, n) in Bochs" },
	[RULE_EXIT] = { "exit",
		"what makes a guest exit counts for the attempt too in Bochs" },
	[RULE_NEXT_RIP] = { "next-rip",
		"QEMU's SVM says none: KVM decodes the instruction to skip it" },
	[RULE_PATCHED] = { "patched",
		"boot patches code by what the CPU has, and the CPUs differ" },
	[RULE_VENDOR] = { "vendor",
		"VM exit, dispatch and entry are other code: VMX, not SVM" },
	[RULE_TABLES] = { "tables",
		"branches in the handler go another way on the other's CPU" },
};

const char *counting_rule__name(enum counting_rule r)
{
	return rules[r].name;
}

const char *counting_rule__text(enum counting_rule r)
{
	return rules[r].text;
}

/* A cell by one rig, of all runs: which record, and in which run it is. */
struct found {
	const struct run *run;
	const struct record *record;
	bool attributed;
};

struct search {
	const struct run *run;
	size_t nr;
};

static bool is_shown(const struct record *r, const struct selection *shown)
{
	const struct selected is = { {
		[BY_RIG] = r->rig, [BY_BASE] = r->base,
		[BY_VARIANT] = r->variant, [BY_PROFILE] = r->profile,
		[BY_WORKLOAD] = r->workload,
	} };

	return record__valid(r) &&
	       rigs__facts(r->rig)->figure == RIG_INSTRUCTIONS &&
	       (!shown || selection__has(shown, &is));
}

/* The first record that is attributed, or else the first. */
static struct found find(const struct search *s, const struct instruments_row *row,
			 const char *rig)
{
	struct found f = { 0 };

	for (size_t i = 0; i < s->nr; i++) {
		const struct run *run = &s->run[i];

		for (size_t k = run__first(run, row->base, row->variant,
					   row->profile, row->workload);
		     k < run->nr; k = run__next(run, k)) {
			const struct record *r = run->record[k];
			struct found one = { run, r, false };

			if (strcmp(r->rig, rig) || !record__valid(r))
				continue;
			one.attributed = attribute__has(run, r);
			if (one.attributed)
				return one;
			if (!f.record)
				f = one;
		}
	}
	return f;
}

static bool has_row(const struct instruments *x, const struct record *r)
{
	for (size_t i = 0; i < x->nr; i++) {
		const struct instruments_row *row = &x->row[i];

		if (!strcmp(row->base, r->base) &&
		    !strcmp(row->profile, r->profile) &&
		    !strcmp(row->variant, r->variant) &&
		    !strcmp(row->workload, r->workload))
			return true;
	}
	return false;
}

/* Every rig and every cell. */
static void list(struct instruments *x, const struct search *s,
		 const struct selection *shown)
{
	for (size_t i = 0; i < s->nr; i++) {
		for (size_t k = 0; k < s->run[i].nr; k++) {
			const struct record *r = s->run[i].record[k];

			if (!is_shown(r, shown))
				continue;
			if (!strlist__has(&x->rigs, r->rig))
				strlist__add(&x->rigs, r->rig);
			if (has_row(x, r))
				continue;
			x->row = xrealloc(x->row, (x->nr + 1) * sizeof(*x->row));
			x->row[x->nr++] = (struct instruments_row) {
				.base = r->base, .profile = r->profile,
				.variant = r->variant, .workload = r->workload,
				.events = r->events,
			};
		}
	}
}

/* Names in the order of the runs' plans. */
struct order {
	struct strlist base, profile, variant, workload;
};

static void add_plan(struct order *o, const struct run *run)
{
	compare__bases(run, &o->base);
	for (size_t b = 0; b < o->base.nr; b++) {
		const char *base = o->base.item[b];

		compare__profiles(run, base, &o->profile);
		for (size_t p = 0; p < o->profile.nr; p++) {
			compare__variants(run, base, o->profile.item[p], &o->variant);
			compare__workloads(run, base, o->profile.item[p], &o->workload);
		}
	}
}

static size_t place(const struct strlist *order, const char *name)
{
	size_t i = 0;

	while (i < order->nr && strcmp(order->item[i], name))
		i++;
	return i;
}

static int by_name(const struct strlist *order, const char *a, const char *b)
{
	return (int)place(order, a) - (int)place(order, b);
}

static int by_plan(const void *a, const void *b, void *arg)
{
	const struct instruments_row *x = a, *y = b;
	const struct order *o = arg;

	return by_name(&o->base, x->base, y->base) ?:
	       by_name(&o->profile, x->profile, y->profile) ?:
	       by_name(&o->variant, x->variant, y->variant) ?:
	       by_name(&o->workload, x->workload, y->workload);
}

/* Records come as boots end, which is another order in each run. */
static void order_rows(struct instruments *x, const struct search *s)
{
	struct order o = { 0 };

	for (size_t i = 0; i < s->nr; i++)
		add_plan(&o, &s->run[i]);
	if (x->nr)
		qsort_r(x->row, x->nr, sizeof(*x->row), by_plan, &o);
	strlist__free(&o.base);
	strlist__free(&o.profile);
	strlist__free(&o.variant);
	strlist__free(&o.workload);
}

/* The default rig is what others are compared with, where it is there. */
static void order_rigs(struct strlist *rigs)
{
	for (size_t i = 1; i < rigs->nr; i++) {
		char *name = rigs->item[i];

		if (rigs__facts(name) != rigs__default())
			continue;
		memmove(rigs->item + 1, rigs->item, i * sizeof(*rigs->item));
		rigs->item[0] = name;
		return;
	}
}

/* Read what a record's boot executed, if it is there: 0, or -1 with err. */
static int read_path(struct attribution *a, struct instruments_side *side,
		     const struct found *f, struct err *err)
{
	char why[512];

	*side = (struct instruments_side) { .record = f->record };
	*a = (struct attribution) { 0 };
	if (!f->attributed)
		return 0;
	if (attribution__load(a, f->run, f->record, why, sizeof(why)))
		return err__set(err, EXIT_BAD_RECORD, "%s; remove it and the records that it is of, then: faultline run --resume %s",
				why, f->run->dir);
	/* The typical event is of the largest class; an old file names no functions. */
	if (a->nr && a->item[0].trace.func.nr)
		side->path = &a->item[0];
	return 0;
}

void instruments_count__add(struct instruments_count *c,
			    const struct instruments_pair *p)
{
	if (!p->there)
		return;
	c->pairs++;
	c->missing += !!p->missing;
	c->explained += !p->missing && p->explained;
	c->unexplained += !p->missing && !p->explained;
	c->two_vendors |= p->two_vendors;
}

static int fill_row(struct instruments *x, struct instruments_row *row,
		    const struct search *s, unsigned int without, struct err *err)
{
	struct found first = find(s, row, x->rigs.item[0]);
	struct instruments_side side[2];
	struct attribution a[2];
	int e;

	row->pair = xcalloc(x->rigs.nr, sizeof(*row->pair));
	if (!first.record)
		return 0;
	e = read_path(&a[0], &side[0], &first, err);
	row->run = first.run;
	row->handler = !e && side[0].path && side[0].path->figures.handler;
	for (size_t i = 1; i < x->rigs.nr && !e; i++) {
		struct found other = find(s, row, x->rigs.item[i]);

		if (!other.record)
			continue;
		e = read_path(&a[1], &side[1], &other, err);
		if (e)
			break;
		instruments__explain(&row->pair[i - 1], side, without);
		instruments_count__add(&x->all, &row->pair[i - 1]);
		attribution__free(&a[1]);
	}
	attribution__free(&a[0]);
	return e;
}

void instruments__add_own(struct instruments *x, struct instruments_row *row,
			  const struct instructions *own)
{
	row->own = (struct instruments_own) {
		.there = true, .differing = own->differing + !own->sums,
		.insns = { own->sum[INSTR_OWN][INSTR_TCG],
			   own->sum[INSTR_OWN][INSTR_VITRO] },
	};
	for (size_t i = 0; i < own->nr; i++)
		row->own.functions += own->row[i].group == INSTR_OWN;
	x->own++;
	x->own_differing += row->own.differing > 0;
}

static void free_row(struct instruments_row *row, size_t rigs)
{
	for (size_t i = 0; row->pair && i < rigs; i++) {
		struct instruments_pair *p = &row->pair[i];

		for (size_t k = 0; k < p->nr_parts; k++)
			free(p->part[k].func);
		free(p->part);
		free(p->missing);
	}
	free(row->pair);
}

void instruments__free(struct instruments *x)
{
	for (size_t i = 0; i < x->nr; i++)
		free_row(&x->row[i], x->rigs.nr);
	free(x->row);
	strlist__free(&x->rigs);
	*x = (struct instruments) { 0 };
}

int instruments__compare(struct instruments *x, const struct run *run, size_t nr,
			 const struct selection *shown, unsigned int without,
			 struct err *err)
{
	const struct search s = { run, nr };
	int e = 0;

	*x = (struct instruments) { 0 };
	list(x, &s, shown);
	order_rigs(&x->rigs);
	order_rows(x, &s);
	for (size_t i = 0; i < x->nr && !e; i++)
		e = fill_row(x, &x->row[i], &s, without, err);
	if (!e && !x->all.pairs) {
		char *rigs = strlist__join(&x->rigs, ", ");

		e = err__set(err, EXIT_NO_DATA, "no cell is in two exact instruments: of %s there is %s; measure it by another: faultline run --attribute --rig bochs",
			     nr > 1 ? "these runs" : run->dir,
			     *rigs ? rigs : "no exact rig");
		free(rigs);
	}
	if (e)
		instruments__free(x);
	return e;
}
