// SPDX-License-Identifier: GPL-2.0
/*
 * Comparison of noisy variants; see noisy_compare.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "noisy_compare.h"
#include "rigs.h"

/* What a rig says of itself: such a value begins with "not ". */
static const char *const limit_keys[] = {
	"pinned", "priority", "pmu", "memory", "aslr", "counters",
};

struct noisy_own noisy__own(const struct run *run, enum cycles_mode m,
			    const struct noisy_cell *ref)
{
	struct noisy_own own = { noisy__aa(run, m, ref), ref->variant,
				 ref->profile };

	for (size_t i = 0; i < run->nr && !own.by.layouts; i++) {
		const struct record *r = run->record[i];
		struct noisy_cell c;

		if (!record__valid(r) || !r->cycles || !r->cycles->mode[m].aa ||
		    strcmp(r->base, ref->base) ||
		    strcmp(r->workload, ref->workload))
			continue;
		c = noisy__cell(run, r->base, r->profile, r->variant,
				r->workload);
		own = (struct noisy_own) { noisy__aa(run, m, &c), r->variant,
					   r->profile };
	}
	return own;
}

static void note_limit(struct noisy_setting *s, const char *key,
		       const char *value)
{
	char *text;

	if (!value || strncmp(value, "not ", 4))
		return;
	text = xasprintf("%s: %s", key, value);
	if (!strlist__has(&s->limits, text))
		strlist__add(&s->limits, text);
	free(text);
}

void noisy__set(struct noisy_setting *s, const struct run *run,
		const char *base)
{
	const struct rig_facts *any = rigs__first(RIG_CYCLES);

	*s = (struct noisy_setting) {
		.rig = any->name, .unit = any->unit, .paired = any->paired,
	};
	for (size_t k = 0; k < ARRAY_SIZE(limit_keys); k++) {
		for (size_t i = 0; i < run->nr; i++) {
			const struct record *r = run->record[i];
			json_t *v = json_object_get(r->host, limit_keys[k]);

			if (strcmp(r->base, base))
				continue;
			s->rig = r->rig;
			s->unit = rigs__facts(r->rig)->unit;
			s->paired = rigs__facts(r->rig)->paired;
			note_limit(s, limit_keys[k], json_string_value(v));
		}
	}
}

void noisy__count(struct noisy_setting *s, const struct noisy_cell *c)
{
	s->cells++;
	s->usable += c->usable;
	s->skipped += c->skipped;
	if (c->valid > s->layouts)
		s->layouts = c->valid;
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		if (!c->mode[m].layouts)
			continue;
		if (!s->has[m] || c->kept[m] < s->kept[m])
			s->kept[m] = c->kept[m];
		s->has[m] = true;
		s->chunk[m] = c->chunk[m];
	}
}

static void fill_row(const struct run *run, struct noisy_comparison *c,
		     struct noisy_row *row)
{
	row->cell = xcalloc(c->variants.nr, sizeof(*row->cell));
	for (size_t v = 0; v < c->variants.nr; v++) {
		row->cell[v] = noisy__cell(run, c->base, c->profile,
					   c->variants.item[v], row->workload);
		noisy__count(&c->set, &row->cell[v]);
	}
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		row->own[m] = noisy__own(run, m, &row->cell[0]);
		row->diff[m] = xcalloc(c->variants.nr, sizeof(*row->diff[m]));
		row->diff[m][0].by.why = "the reference itself";
		for (size_t v = 1; v < c->variants.nr; v++) {
			struct noisy_diff *d = &row->diff[m][v];

			*d = noisy__diff(run, m, &row->cell[0], &row->cell[v],
					 &row->own[m].by, c->rule);
			if (d->by.layouts && !d->same_code)
				row->shows[m] = fmax(row->shows[m], d->word.shows);
		}
	}
}

int noisy_compare__make(struct noisy_comparison *c, const struct run *run,
			const struct noisy_rule *rule, const char *base,
			const char *profile, const char *reference,
			const struct strlist *variants, struct err *err)
{
	struct strlist workloads = { 0 };

	*c = (struct noisy_comparison) { .base = base, .profile = profile,
					 .rule = rule };
	if (compare__order(run, base, profile, reference, variants,
			   &c->variants, err))
		return -1;
	noisy__set(&c->set, run, base);
	c->left_out = compare__left_out(run, base, profile, &c->variants);
	compare__workloads(run, base, profile, &workloads);
	c->row = xcalloc(workloads.nr, sizeof(*c->row));
	for (size_t w = 0; w < workloads.nr; w++) {
		c->row[w].workload = xstrdup(workloads.item[w]);
		fill_row(run, c, &c->row[c->nr_rows++]);
	}
	strlist__free(&workloads);
	return 0;
}

void noisy_compare__free(struct noisy_comparison *c)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		free(c->row[w].workload);
		free(c->row[w].cell);
		for (size_t m = 0; m < NR_CYCLES_MODES; m++)
			free(c->row[w].diff[m]);
	}
	free(c->row);
	strlist__free(&c->variants);
	strlist__free(&c->set.limits);
}
