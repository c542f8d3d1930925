// SPDX-License-Identifier: GPL-2.0
/*
 * Cells with perf next to those without; see perf_cells.h.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "perf_cells.h"

#define PREFIX	"perf/"

const char *perf_cells__event(const char *stat)
{
	return strncmp(stat, PREFIX, strlen(PREFIX)) ? NULL :
						       stat + strlen(PREFIX);
}

static int64_t stat_of(const struct record *r, const char *name)
{
	const struct number *n = r ? numbers__find(&r->stats, name) : NULL;

	return n ? n->value : NOT_COUNTED;
}

static const struct record *first_valid(const struct run *run,
					const struct record *of,
					const char *workload)
{
	for (size_t i = run__first(run, of->base, of->variant, of->profile,
				   workload);
	     i < run->nr; i = run__next(run, i)) {
		if (record__valid(run->record[i]))
			return run->record[i];
	}
	return NULL;
}

/* A fault by perf: its tracepoint, or the exits that a fault of a guest is. */
static int64_t faults_of(const struct record *r)
{
	static const char *const names[] = {
		PREFIX "kvm:kvm_page_fault", PREFIX "exit/npf",
		PREFIX "exit/EPT_VIOLATION",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int64_t n = stat_of(r, names[i]);

		if (n != NOT_COUNTED)
			return n;
	}
	return NOT_COUNTED;
}

/* What the workload must provoke, where it says it of this counter. */
static int64_t expected(const struct record *r, const char *stat)
{
	const struct number *n = r ? numbers__find(&r->expect, stat) : NULL;

	return n ? n->value : NOT_COUNTED;
}

static bool is_other(int64_t a, int64_t b)
{
	return a != NOT_COUNTED && b != NOT_COUNTED && a != b;
}

static void fill(struct perf_row *row, const struct run *run,
		 const struct record *any)
{
	const struct record *without;

	row->base = any->base;
	row->profile = any->profile;
	row->variant = any->variant;
	row->workload = any->workload;
	row->plain = workload_plain_name(any->workload);
	row->without = compare__cell(run, any->base, any->profile,
				     any->variant, row->plain);
	row->with = compare__cell(run, any->base, any->profile, any->variant,
				  any->workload);
	row->r = first_valid(run, any, any->workload);
	without = first_valid(run, any, row->plain);
	row->doorbell = expected(row->r, "pf_taken");
	row->guest = stat_of(row->r, "guest_faults");
	row->kvm = stat_of(without, "pf_taken");
	row->kvm_with = stat_of(row->r, "pf_taken");
	row->perf = faults_of(row->r);
	row->differ = is_other(row->perf, row->kvm_with) ||
		      is_other(row->perf, row->doorbell);
	row->moved = is_other(row->kvm, row->kvm_with);
}

static bool has(const struct perf_cells *c, const struct record *r)
{
	for (size_t i = 0; i < c->nr; i++) {
		const struct perf_row *row = &c->row[i];

		if (!strcmp(row->workload, r->workload) &&
		    !strcmp(row->variant, r->variant) &&
		    !strcmp(row->profile, r->profile) &&
		    !strcmp(row->base, r->base))
			return true;
	}
	return false;
}

bool perf_cells__same_kernel(const struct perf_row *a,
			   const struct perf_row *b)
{
	return !strcmp(a->base, b->base) && !strcmp(a->profile, b->profile) &&
	       !strcmp(a->variant, b->variant);
}

/* Rows of one kernel together, in the order in which they come first. */
static void group(struct perf_cells *c)
{
	for (size_t i = 1; i < c->nr; i++) {
		struct perf_row row = c->row[i];
		size_t at = i;

		for (size_t k = 0; k < i; k++) {
			if (perf_cells__same_kernel(&c->row[k], &row))
				at = k + 1;
		}
		memmove(&c->row[at + 1], &c->row[at],
			(i - at) * sizeof(*c->row));
		c->row[at] = row;
	}
}

int perf_cells__make(struct perf_cells *c, const struct run *run,
		     struct err *err)
{
	*c = (struct perf_cells) { 0 };
	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];
		struct perf_row *row;

		if (!workload_has_perf(r->workload) ||
		    !run__shows(run, r->base, r->profile, r->workload) ||
		    has(c, r))
			continue;
		c->row = xrealloc(c->row, (c->nr + 1) * sizeof(*c->row));
		row = &c->row[c->nr++];
		*row = (struct perf_row) { 0 };
		fill(row, run, r);
		c->counted += row->perf != NOT_COUNTED;
		c->differ += row->differ;
		c->inexact += !row->with.exact;
	}
	group(c);
	if (c->nr)
		return 0;
	return err__set(err, EXIT_NO_DATA, "%s has no cell with perf in the host; make some: faultline run --counters default,exits,profile --workloads NAME",
			run->dir);
}

int perf_cells__check(const struct perf_cells *c, const struct run *run,
		      struct err *err)
{
	if (!c->differ)
		return 0;
	return err__set(err, EXIT_DISAGREE, "%zu cells of %s where perf and KVM do not count the same faults",
			c->differ, run->dir);
}

void perf_cells__free(struct perf_cells *c)
{
	for (size_t i = 0; i < c->nr; i++)
		free(c->row[i].plain);
	free(c->row);
	*c = (struct perf_cells) { 0 };
}
