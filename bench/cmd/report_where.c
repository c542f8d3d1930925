// SPDX-License-Identifier: GPL-2.0
/* See report_where.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "attribute.h"
#include "attribute_report.h"
#include "report_where.h"
#include "run_rigs.h"

#define FUNCTIONS	3	/* named, of each difference */
#define FLAMES		4	/* pictures */

/* "kvm_tdp_mmu_map -24, kvm_faultin_pfn -9, 4 more +2": all of the difference. */
static char *functions_of(const struct attr_cmp *c, size_t column)
{
	struct strlist parts = { 0 };
	int64_t rest = 0;
	size_t more = 0;
	char *all, *part;

	for (size_t i = 0; i < c->nr_rows; i++) {
		const int64_t d = c->row[i].diff[column];

		if (!d)
			continue;
		if (parts.nr < FUNCTIONS) {
			part = xasprintf("%s %+" PRId64, c->row[i].name, d);
			strlist__add(&parts, part);
			free(part);
			continue;
		}
		rest += d;
		more++;
	}
	if (more) {
		part = xasprintf("%zu more %+" PRId64, more, rest);
		strlist__add(&parts, part);
		free(part);
	}
	all = strlist__join(&parts, ", ");
	strlist__free(&parts);
	return all;
}

static void add_where(struct full_report *r, const struct attr_cmp *c)
{
	for (size_t v = 1; v < c->nr_columns; v++) {
		if (!c->column[v].class)
			continue;
		r->where = xrealloc(r->where, (r->nr_where + 1) * sizeof(*r->where));
		r->where[r->nr_where++] = (struct full_where) {
			xstrdup(c->base), xstrdup(c->profile),
			xstrdup(c->column[v].variant), xstrdup(c->workload),
			functions_of(c, v),
		};
	}
}

/* The two columns of a difference, as a comparison of its own. */
static void add_flame(struct full_report *r, const struct attr_cmp *c, size_t v)
{
	struct attr_column two[] = { c->column[0], c->column[v] };
	struct attr_cmp one = *c;
	size_t size;
	char *svg;
	FILE *f = xmemstream(&svg, &size);

	one.column = two;
	one.nr_columns = ARRAY_SIZE(two);
	report__attribute_flame(f, &one);
	fclose(f);
	r->flame = xrealloc(r->flame, (r->nr_flames + 1) * sizeof(*r->flame));
	r->flame[r->nr_flames++] = (struct full_picture) {
		NULL, xasprintf("%s, %s", c->workload, c->column[v].variant), svg,
	};
}

static void add_view(struct full_report *r, const struct run *view,
		     const char *base, const char *profile, const char *against)
{
	static const struct strlist all;
	struct strlist workloads = { 0 };

	attribute__workloads(view, base, profile, &workloads);
	for (size_t i = 0; i < workloads.nr; i++) {
		struct attr_cmp c;
		struct err ignored;

		/* The section of attribution says what is wrong with it. */
		if (attribute__compare(&c, view, base, profile, workloads.item[i],
				       NULL, against, &all, &ignored))
			continue;
		add_where(r, &c);
		for (size_t v = 1; !i && v < c.nr_columns && r->nr_flames < FLAMES; v++) {
			if (c.column[0].class && c.column[v].class)
				add_flame(r, &c, v);
		}
		attribute__free(&c);
	}
	strlist__free(&workloads);
}

void report_where__add(struct full_report *r, const char *against)
{
	const struct judgement *k = full_report__first(r);
	struct run_views v;

	if (!k)
		return;
	run__views(&v, r->run);
	for (size_t i = 0; i < v.nr && !r->nr_where; i++) {
		if (!strcmp(run__rig(&v.item[i]), k->rig))
			add_view(r, &v.item[i], k->base, k->profile, against);
	}
	run__free_views(&v);
}
