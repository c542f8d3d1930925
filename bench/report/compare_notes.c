// SPDX-License-Identifier: GPL-2.0
/*
 * What stands under a comparison in instructions; see compare_notes.h.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare_notes.h"
#include "exact_table.h"
#include "perturb.h"
#include "report.h"
#include "text.h"

/* Is the whole row skipped, and for one reason? */
static bool row_skipped(const struct comparison *c, const struct cmp_row *row)
{
	for (size_t v = 0; v < c->variants.nr; v++) {
		if (!row->cell[v].skipped ||
		    strcmp(row->cell[v].why, row->cell[0].why))
			return false;
	}
	return true;
}

static void add_reason(struct table *t, const struct cmp_cell *cell,
		       const char *workload, const char *variant)
{
	const char *where = table__string(t, "%s, %s", workload, variant);
	const double apart = cell->high - cell->low;
	const int decimals = apart >= 10 ? 0 : apart >= 0.1 ? 1 : 3;

	exact_table__reason(t, cell, where, "invalid");
	if (!cell->usable || cell->exact)
		return;
	if (cell->repeats && cell->seeds > 1)
		table__reason(t, NULL, table__string(t, "%.*f .. %.*f over %zu layouts: a difference within it has no word",
						     decimals, compare__fault(cell) + cell->low,
						     decimals, compare__fault(cell) + cell->high,
						     perturb__layouts(cell->seeds)));
	else
		table__reason(t, NULL, table__string(t, "spread over %zu boots: %" PRIu64
						     " instructions typical, %.1f mean",
						     cell->valid,
						     cell->typical_max - cell->typical,
						     cell->mean_max - cell->mean));
}

void compare_notes__reasons(struct table *t, const struct comparison *c)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct cmp_row *row = &c->row[w];

		if (row_skipped(c, row)) {
			exact_table__reason(t, &row->cell[0], row->workload, "");
			continue;
		}
		for (size_t v = 0; v < c->variants.nr; v++)
			add_reason(t, &row->cell[v], row->workload,
				   c->variants.item[v]);
	}
}

/* A Linux guest takes no empty sample: no figure, rather than a 0. */
static void add_floor(struct table *t, const struct comparison *c)
{
	struct strlist parts = { 0 };
	uint64_t clock = 0;
	char *all;

	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct cmp_cell *cell = &c->row[w].cell[0];
		const char *workload = c->row[w].workload;

		if (!cell->usable)
			continue;
		if (!cell->events)
			strlist__add(&parts, table__string(t, "%" PRIu64 " doorbells (%s)",
							   cell->total, workload));
		clock = clock ?: cell->clock_floor;
	}
	if (clock)
		strlist__add(&parts, table__string(t, "%" PRIu64 " an empty sample", clock));
	all = strlist__join(&parts, ", ");
	table__note(t, "floor", "%s\nnothing of it is subtracted", *all ? all :
		    "not measured: run the workload null");
	free(all);
	strlist__free(&parts);
}

static void add_methods(struct table *t, const struct cmp_methods *m)
{
	const size_t agree = m->cells - m->disagree;
	char *worst;

	if (!m->cells) {
		table__note(t, "two methods", "not compared: run the workload null for what the doorbells cost");
		return;
	}
	if (agree)
		table__note(t, "two methods", "bells less doorbells and samples: %.1f .. %.1f per event\n"
			    "they agree in %zu of %zu cells: the guest's loop (%d allowed),\n"
			    "ticks and switches of vCPUs (%d each)", m->least,
			    m->most, agree, m->cells, LOOP_LIMIT, TICK_LIMIT);
	if (!m->disagree)
		return;
	worst = two_methods__text(&m->worst);
	table__note(t, agree ? "" : "two methods", "DISAGREE in %zu of %zu cells, which have no figure",
		    m->disagree, m->cells);
	table__reason(t, NULL, table__string(t, "%s, %s: %s", m->workload,
					     m->variant, worst));
	free(worst);
}

/* Who took a page first is no fact of the handler. */
static void add_vcpus(struct table *t, const struct comparison *c)
{
	bool any = false;

	for (size_t i = 0; i < c->nr_rows * c->variants.nr; i++) {
		const struct cmp_row *row = &c->row[i / c->variants.nr];
		const struct cmp_cell *cell = &row->cell[i % c->variants.nr];

		any |= cell->usable && cell->vcpus;
		if (cell->usable && cell->late)
			table__note(t, "no difference", "%s, %s: %" PRId64 " faults were late,\n"
				    "of vCPUs to pages that others mapped: who ran when",
				    row->workload, c->variants.item[i % c->variants.nr],
				    cell->late);
	}
	if (any)
		table__note(t, "several vCPUs", "of the touches that faulted; no mean, for a sample has in\n"
			    "it what other vCPUs did when its own had to wait");
}

/* What a plain mean is off by when a tick falls into a sample or does not. */
static void add_shows(struct table *t, const struct comparison *c)
{
	double most = 0;
	const char *which = NULL;

	for (size_t i = 0; i < c->nr_rows * c->variants.nr; i++) {
		const struct cmp_row *row = &c->row[i / c->variants.nr];
		const struct cmp_cell *cell = &row->cell[i % c->variants.nr];

		if (!cell->usable || cell->vcpus || cell->largest <= most)
			continue;
		most = cell->largest;
		which = row->workload;
	}
	table__note(t, "shows", "a difference of 1 instruction, where most faults have it\n"
		    "of a mean of the pairs, what more than 1 in 20 faults have");
	if (c->aa.worst)
		table__note(t, "", "of a cell that is not exact, what its layouts are apart:\n"
			    "%s up to %+.0f", c->aa.worst, compare__farther(c->aa.diff));
	most = fmax(most, fabs(compare__farther(c->aa.mean)));
	if (which)
		table__note(t, "", "of a plain mean no less than %.1f (%s): its largest\n"
			    "sample alone, which may be a timer tick", most, which);
}

/* How many layouts, as the table's own text. */
static const char *layouts_text(struct table *t, size_t seeds)
{
	char *text = perturb__layouts_text(seeds);
	const char *its = table__string(t, "%s", text);

	free(text);
	return its;
}

static void add_aa(struct table *t, const struct comparison *c)
{
	const struct cmp_aa *a = &c->aa;
	const char *ref = c->variants.item[0];

	if (!a->pairs)
		table__note(t, "A/A", "none: one boot of %s; --boots 2 gives one", ref);
	else if (a->seeds < 2)
		table__note(t, "A/A", "%s: bit-equal in %zu of %zu pairs of boots,\n"
			    "replays of one layout", ref, a->equal, a->pairs);
	else
		table__note(t, "A/A", "%s over %s:%ssame figures in %zu of %zu pairs\n"
			    "typical %+.0f .. %+.0f, mean of pairs %+.1f .. %+.1f,\n"
			    "plain mean %+.1f .. %+.1f", ref, layouts_text(t, a->seeds),
			    perturb__layouts(a->seeds) < a->seeds ? "\n" : " ", a->held, a->pairs, a->diff[0], a->diff[1],
			    a->trimmed[0], a->trimmed[1], a->mean[0], a->mean[1]);
	if (a->pairs)
		add_shows(t, c);
}

/* The commonest figures of the row's first cell that has several. */
static void add_several(struct table *t, const struct comparison *c,
			const struct cmp_row *row)
{
	const struct cmp_cell *first = NULL;
	const char *variant = NULL;
	size_t nr = 0;

	for (size_t v = 0; v < c->variants.nr; v++) {
		if (!row->cell[v].usable || !row->cell[v].several)
			continue;
		nr++;
		variant = first ? variant : c->variants.item[v];
		first = first ?: &row->cell[v];
	}
	if (!first)
		return;
	exact_table__several(t, first, nr > 1 ?
		table__string(t, "%s, %s and %zu more:", row->workload, variant, nr - 1) :
		table__string(t, "%s, %s:", row->workload, variant));
}

static void add_shares(struct table *t, const struct comparison *c)
{
	double least = 1;
	const char *which = NULL;
	bool big = false;

	for (size_t i = 0; i < c->nr_rows * c->variants.nr; i++) {
		const struct cmp_row *row = &c->row[i / c->variants.nr];
		const struct cmp_cell *cell = &row->cell[i % c->variants.nr];

		big |= cell->mean > COMPARE_MOST_VALUE;
		if (!cell->usable || cell->several || cell->share > least)
			continue;
		least = cell->share;
		which = row->workload;
	}
	if (big)
		table__note(t, "k", "thousands, rounded; --format csv has every digit");
	if (which)
		table__note(t, "typical", "what most faults share; least shared in %s: %.0f %%",
			    which, 100 * least);
	for (size_t w = 0; w < c->nr_rows; w++)
		add_several(t, c, &c->row[w]);
}

/* What the differences are of, and whether the mean of the pairs says the same. */
struct pairs_seen {
	size_t nr, equal;	/* to a tenth of an instruction */
	const struct cmp_diff *least, *apart;
	const char *least_of, *apart_of;	/* workload, variant */
};

static void see_pairs(struct table *t, struct pairs_seen *s,
		      const struct comparison *c, const struct cmp_row *row,
		      size_t v)
{
	const struct cmp_diff *d = &row->diff[v];
	const double apart = fabs(d->by.mean - d->by.diff);
	const char *where;

	if (!d->comparable)
		return;
	where = table__string(t, "%s, %s", row->workload, c->variants.item[v]);
	if (!d->by.shared) {
		table__note(t, "vary", "%s\nmost faults share no difference; %+" PRId64
			    " in %.0f %%,\nfrom %+" PRId64 " to %+" PRId64 "; 5 %% trimmed mean of the pairs %+.1f",
			    where, d->by.diff, 100 * d->by.share, d->by.least,
			    d->by.most, d->by.mean);
		return;
	}
	s->nr++;
	s->equal += apart < 0.05;
	if (!s->least || d->by.share < s->least->by.share) {
		s->least = d;
		s->least_of = where;
	}
	if (!s->apart || apart > fabs(s->apart->by.mean - s->apart->by.diff)) {
		s->apart = d;
		s->apart_of = where;
	}
}

static void add_pairing(struct table *t, const struct comparison *c)
{
	struct pairs_seen s = { 0 };

	for (size_t w = 0; w < c->nr_rows; w++) {
		for (size_t v = 1; v < c->variants.nr; v++)
			see_pairs(t, &s, c, &c->row[w], v);
	}
	if (!s.nr)
		return;
	table__note(t, "difference", "of faults paired in order of size: what most pairs share\n"
		    "at least %.1f %% of them: %s", floor(1000 * s.least->by.share) / 10,
		    s.least_of);
	if (s.equal == s.nr)
		table__note(t, "", "their 5 %% trimmed mean is the same in all %zu cells",
			    s.nr);
	else
		table__note(t, "", "their 5 %% trimmed mean is the same in %zu of %zu cells:\n"
			    "%+.1f in %s", s.equal, s.nr, s.apart->by.mean,
			    s.apart_of);
}

static const struct cmp_cell *usable_of(const struct comparison *c, size_t v)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		if (c->row[w].cell[v].usable)
			return &c->row[w].cell[v];
	}
	return NULL;
}

static void add_identical(struct table *t, const struct comparison *c, size_t a,
			  size_t b)
{
	const struct cmp_cell *x = usable_of(c, a), *y = usable_of(c, b);
	struct cmp_diff d;

	if (!x || !y)
		return;
	d = compare__diff(x, y);
	if (d.same_code)
		table__note(t, "identical", "%s and %s: the same kernel,\n"
			    "%.12s: any difference between them is noise",
			    c->variants.item[a], c->variants.item[b], x->vmlinux);
	else if (d.same_handler)
		table__note(t, "identical", "%s and %s: the same handler code,\n"
			    "%.12s, in kernels that are not: a difference between\n"
			    "them has its cause outside of the handler",
			    c->variants.item[a], c->variants.item[b], x->handler);
}

/* An older KVM tells fewer faults apart; what it lacks was not checked. */
static void add_denominator(struct table *t, const struct comparison *c)
{
	char *lacks = strlist__join(&c->counters.lacks, ", ");
	char *checked = strlist__join(&c->counters.checked, ", ");

	table__note(t, "denominator", "KVM counted what the guest provoked in %zu of %zu cells%s%s",
		    c->usable, c->cells - c->skipped, *lacks ? "\n" : "",
		    *lacks ? table__string(t, "%s has no %s", c->base, lacks) : "");
	if (*lacks)
		table__reason(t, NULL, table__string(t, "checked: %s", checked));
	free(checked);
	free(lacks);
}

static void add_rep(struct table *t, const struct comparison *c)
{
	struct rep_seen seen = { 0 };

	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct cmp_row *row = &c->row[w];

		for (size_t v = 1; row->cell[0].events && v < c->variants.nr; v++)
			exact_table__see_rep(&seen, &row->diff[v],
				table__string(t, "%s, %s", row->workload,
					      c->variants.item[v]));
	}
	exact_table__rep(t, &seen);
}

static void add_exact(struct table *t, const struct comparison *c)
{
	size_t most = 0, replayed = 0;

	for (size_t i = 0; i < c->nr_rows * c->variants.nr; i++) {
		const struct cmp_row *row = &c->row[i / c->variants.nr];
		const struct cmp_cell *cell = &row->cell[i % c->variants.nr];

		if (!cell->exact)
			continue;
		most = cell->seeds > most ? cell->seeds : most;
		replayed += cell->seeds == 1;
	}
	if (most < 2)
		table__note(t, "exact", "%zu of %zu cells: replayed, one layout:\n"
			    "every boot gave the same figures, bit by bit",
			    c->exact, c->cells - c->skipped);
	else
		table__note(t, "exact", "%zu of %zu cells, over %s: what most faults\n"
			    "share and the mean of the pairs are the same in each%s",
			    c->exact, c->cells - c->skipped, layouts_text(t, most), !replayed ? "" :
			    table__string(t, "\n%zu of them were replayed in one layout",
					  replayed));
}

void compare_notes__add(struct table *t, const struct comparison *c)
{
	add_shares(t, c);
	add_pairing(t, c);
	add_floor(t, c);
	add_rep(t, c);
	add_denominator(t, c);
	add_vcpus(t, c);
	add_methods(t, &c->methods);
	add_aa(t, c);
	for (size_t a = 0; a < c->variants.nr; a++) {
		for (size_t b = a + 1; b < c->variants.nr; b++)
			add_identical(t, c, a, b);
	}
	add_exact(t, c);
	if (c->left_out)
		table__note(t, "left out", "%zu steps and overlays: --steps, --factors or --variants LIST",
			    c->left_out);
}
