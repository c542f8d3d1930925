// SPDX-License-Identifier: GPL-2.0
/* See instructions.h. */
#include <stdlib.h>
#include <string.h>

#include "instructions.h"

/* What a stand-in does instead, in a few words, by how its name begins. */
static const struct {
	const char *name, *why;
} known[] = {
	{ "get_user_pages", "a sum, no walk" },
	{ "shim_pfn", "of that sum" },
	{ "mark_page_accessed", "empty" },
	{ "copy_user_", "which: by CPUID" },
	{ "rep_movs_", "which: by CPUID" },
	{ "__get_user_", "without STAC, CLAC" },
	{ "x86_emulate_instr", "emulates nothing" },
	{ "__SCT__", "of no backend" },
};

struct sets {
	const struct strlist *own, *stand_ins;
};

static const char *explain(const struct instr_row *r)
{
	if (!r->diff || r->group == INSTR_KERNEL)
		return "";
	if (r->group == INSTR_OWN)
		return "DISAGREES";
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (!strncmp(r->name, known[i].name, strlen(known[i].name)))
			return known[i].why;
	}
	return "other code";
}

/* The list keeps every name for as long as the rows live. */
static const char *intern(struct instructions *x, const char *name, size_t len)
{
	char *copy;

	for (size_t i = 0; i < x->names.nr; i++) {
		if (strlen(x->names.item[i]) == len &&
		    !strncmp(x->names.item[i], name, len))
			return x->names.item[i];
	}
	copy = xasprintf("%.*s", (int)len, name);
	strlist__add(&x->names, copy);
	free(copy);
	return x->names.item[x->names.nr - 1];
}

static void add(struct instructions *x, enum instr_rig rig,
		enum instr_group group, const char *under, const char *name,
		uint64_t insns)
{
	struct instr_row *r;

	x->sum[group][rig] += insns;
	for (size_t i = 0; i < x->nr; i++) {
		r = &x->row[i];
		/* Names are interned: equal ones are one. */
		if (r->name == name && r->group == group && r->under == under) {
			r->insns[rig] += insns;
			return;
		}
	}
	x->row = xrealloc(x->row, (x->nr + 1) * sizeof(*x->row));
	r = &x->row[x->nr++];
	*r = (struct instr_row) { .name = name, .group = group, .under = under };
	r->insns[rig] = insns;
}

/*
 * Where a stack of the kernel's belongs, by its functions from the entry on:
 * the first that is not of the handler's objects decides.
 */
static void add_stack(struct instructions *x, const struct sets *sets,
		      const struct path_stack *s)
{
	const char *at = s->stack, *under = NULL, *name = NULL;
	bool inside = false;

	for (;;) {
		size_t len = strcspn(at, ";");
		bool last = !at[len];

		name = intern(x, at, len);
		inside |= !strcmp(name, INSTR_ENTRY);
		if (inside && !under && !strlist__has(sets->own, name)) {
			if (last && strlist__has(sets->stand_ins, name)) {
				add(x, INSTR_TCG, INSTR_STAND_IN, NULL, name,
				    s->insns);
				return;
			}
			under = name;
		}
		if (last)
			break;
		at += len + 1;
	}
	add(x, INSTR_TCG, inside && !under ? INSTR_OWN : INSTR_KERNEL, under,
	    name, s->insns);
}

static void add_vitro(struct instructions *x, const struct sets *sets,
		      const char *prefix)
{
	const struct callgrind_part *p = x->vitro.part;

	for (size_t i = 0; i < p->nr; i++) {
		const char *name = p->func[i].name;

		if (!strcmp(name, INSTR_HARNESS)) {
			x->harness += p->func[i].insns;
			continue;
		}
		if (!strncmp(name, prefix, strlen(prefix)))
			name += strlen(prefix);
		name = intern(x, name, strlen(name));
		add(x, INSTR_VITRO, strlist__has(sets->own, name) ? INSTR_OWN :
		    INSTR_STAND_IN, NULL, name, p->func[i].insns);
	}
}

static struct instr_part *part_of(struct instructions *x, const char *under)
{
	for (size_t i = 0; i < x->nr_parts; i++) {
		if (x->part[i].under == under)
			return &x->part[i];
	}
	x->part = xrealloc(x->part, (x->nr_parts + 1) * sizeof(*x->part));
	x->part[x->nr_parts] = (struct instr_part) { .under = under };
	return &x->part[x->nr_parts++];
}

static int by_size(const void *a, const void *b)
{
	const struct instr_part *x = a, *y = b;

	if (x->insns != y->insns)
		return x->insns < y->insns ? 1 : -1;
	return strcmp(x->under ?: "", y->under ?: "");
}

static int by_place(const void *a, const void *b, void *arg)
{
	const struct instr_row *r = a, *s = b;
	struct instructions *x = arg;

	if (r->group != s->group)
		return r->group < s->group ? -1 : 1;
	if (r->under != s->under)
		return part_of(x, r->under) < part_of(x, s->under) ? -1 : 1;
	for (int rig = 0; rig < NR_INSTR_RIGS; rig++) {
		if (r->insns[rig] != s->insns[rig])
			return r->insns[rig] < s->insns[rig] ? 1 : -1;
	}
	return strcmp(r->name, s->name);
}

static void judge(struct instructions *x, const struct sets *sets)
{
	for (size_t i = 0; i < x->nr; i++) {
		struct instr_row *r = &x->row[i];

		r->diff = r->insns[INSTR_VITRO] - r->insns[INSTR_TCG];
		r->why = explain(r);
		x->differing += r->group == INSTR_OWN && r->diff;
		if (r->group == INSTR_KERNEL)
			part_of(x, r->under)->insns += r->insns[INSTR_TCG];
	}
	for (size_t i = 0; i < x->nr_parts; i++)
		x->part[i].stand_in = x->part[i].under &&
			strlist__has(sets->stand_ins, x->part[i].under);
	if (x->nr_parts)
		qsort(x->part, x->nr_parts, sizeof(*x->part), by_size);
	if (x->nr)
		qsort_r(x->row, x->nr, sizeof(*x->row), by_place, x);
}

void instructions__compare(struct instructions *x, const struct attr_class *tcg,
			   const struct callgrind_typical *vitro,
			   const char *prefix, const struct strlist *own,
			   const struct strlist *stand_ins)
{
	const struct sets sets = { own, stand_ins };
	uint64_t sum[NR_INSTR_RIGS] = { 0 };

	*x = (struct instructions) { .tcg = tcg, .vitro = *vitro };
	for (size_t i = 0; i < tcg->nr_stacks; i++)
		add_stack(x, &sets, &tcg->stack[i]);
	add_vitro(x, &sets, prefix);
	x->total[INSTR_TCG] = tcg->figures.insns;
	x->total[INSTR_VITRO] = vitro->part->total;
	judge(x, &sets);
	sum[INSTR_VITRO] = x->harness;
	for (int g = 0; g < NR_INSTR_GROUPS; g++)
		for (int rig = 0; rig < NR_INSTR_RIGS; rig++)
			sum[rig] += x->sum[g][rig];
	x->sums = sum[INSTR_TCG] == x->total[INSTR_TCG] &&
		  sum[INSTR_VITRO] == x->total[INSTR_VITRO];
}

void instructions__free(struct instructions *x)
{
	free(x->row);
	free(x->part);
	strlist__free(&x->names);
	*x = (struct instructions) { 0 };
}
