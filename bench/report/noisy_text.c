// SPDX-License-Identifier: GPL-2.0
/*
 * What the plain-text reports of noisy figures share; see noisy_text.h.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "noisy_text.h"

void noisy_text__head(FILE *f, const struct run *run, const char *what)
{
	json_t *machine = json_object_get(run->meta, "machine");
	const char *cpu = json_string_value(json_object_get(machine, "cpu"));

	fprintf(f, "TSC cycles a fault: %s\n", what);
	if (cpu)
		fprintf(f, "%.*s\n", REPORT_COLUMNS, cpu);
}

int noisy_text__digits(const struct noisy_value *v)
{
	return isfinite(v->half) && v->half >= 9.95 ? 0 : 1;
}

double noisy_text__rounded(double x, int digits)
{
	double unit = digits ? 0.1 : 1;

	return round(x / unit) * unit + 0.0;
}

/* As that, in units of so many cycles. */
static int format_value(char *text, size_t size, const struct noisy_value *v,
			bool sign, double unit)
{
	int digits = unit > 1 ? 0 : noisy_text__digits(v);
	const char *k = unit > 1 ? "k" : "";
	double x = noisy_text__rounded(v->value / unit, digits);

	if (!v->layouts)
		return snprintf(text, size, "-");
	if (isfinite(v->half))
		return snprintf(text, size, sign ? "%+.*f%s +-%.*f%s" :
				"%.*f%s +-%.*f%s", digits, x, k, digits,
				v->half / unit, k);
	return snprintf(text, size, sign ? "%+.*f%s" : "%.*f%s", digits, x, k);
}

void noisy_text__value(FILE *f, int width, const struct noisy_value *v,
		       bool sign)
{
	char text[64];

	if (format_value(text, sizeof(text), v, sign, 1) >= width)
		format_value(text, sizeof(text), v, sign, 1000);
	fprintf(f, "%*s", width, text);
}

void noisy_text__percent(FILE *f, double percent)
{
	fprintf(f, "%+7.*f%%", fabs(percent) < 999.995 ? 2 : 0, percent);
}

void noisy_text__figure(FILE *f, int width, const struct noisy_cell *c,
			enum cycles_mode m)
{
	if (c->skipped)
		fprintf(f, "%*s", width, "skipped");
	else if (c->boots && !c->usable)
		fprintf(f, "%*s", width, "invalid");
	else
		noisy_text__value(f, width, &c->mode[m], false);
}

void noisy_text__own_head(FILE *f, const struct noisy_setting *s)
{
	char *units = xasprintf("%ss", s->unit);

	fprintf(f, "A/A: the same code linked twice; %s: least and most of the reference\n\n"
		   "%-*s%-5s%14s%8s%18s%7s%8s\n", units, NAME_WIDTH, "workload",
		"mode", "A/A", "", units, "floor", "shows");
	free(units);
}

void noisy_text__own(FILE *f, enum cycles_mode m, const struct noisy_own *own,
		     const struct noisy_cell *ref)
{
	const struct noisy_value *v = &ref->mode[m];
	double reach = noisy__reach(&own->by);

	if (!v->layouts)
		return;
	text__workload(f, ref->workload);
	fprintf(f, "%-5s", cycles_mode_names[m]);
	noisy_text__value(f, 14, &own->by, true);
	if (own->by.layouts)
		noisy_text__percent(f, own->by.percent);
	else
		fprintf(f, "%8s", "");
	fprintf(f, "%8.*f ..%7.*f%7.1f", v->least < 9999.95, v->least,
		v->most < 9999.95, v->most, ref->floor[m]);
	if (isfinite(reach))
		fprintf(f, "%8.*f\n", reach < 9999.95, reach);
	else
		fprintf(f, "%8s\n", "-");
}

void noisy_text__whose(FILE *f, enum cycles_mode m, const struct noisy_own *own,
		       const struct noisy_cell *ref, struct strlist *said)
{
	char *text = NULL;

	if (!ref->mode[m].layouts)
		return;
	if (!own->by.layouts)
		text = xasprintf("no A/A, %s: %s: no mark either",
				 cycles_mode_names[m], own->by.why);
	else if (strcmp(own->variant, ref->variant) ||
		 strcmp(own->profile, ref->profile))
		text = xasprintf("A/A, %s: that of %s, profile %s",
				 cycles_mode_names[m], own->variant,
				 own->profile);
	if (text && !strlist__has(said, text)) {
		text__wrapped(f, 0, text);
		strlist__add(said, text);
	}
	free(text);
}

static bool all_valid(const struct noisy_cell *c)
{
	return c->boots && c->valid == c->boots;
}

static void print_state(FILE *f, const struct noisy_cell *c)
{
	char *state = c->usable ? xasprintf("%zu of %zu layouts invalid",
					    c->boots - c->valid, c->boots) :
		      xstrdup(c->skipped ? "skipped" : c->boots ? "invalid" :
			      "missing");
	char *text = xasprintf("%s: %s, %s, %s", state, c->workload,
			       c->variant, c->profile);

	text__wrapped(f, 0, text);
	free(text);
	free(state);
}

/* How many cells from here on are of one workload. */
static size_t same_workload(const struct noisy_cell *const *cell, size_t nr)
{
	size_t n = 1;

	while (n < nr && !strcmp(cell[n]->workload, cell[0]->workload))
		n++;
	return n;
}

/* Is all of it skipped, and for one reason? */
static bool all_skipped(const struct noisy_cell *const *cell, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (!cell[i]->skipped || strcmp(cell[i]->why, cell[0]->why))
			return false;
	}
	return true;
}

void noisy_text__reasons(FILE *f, const struct noisy_cell *const *cell,
			 size_t nr)
{
	const char *why = NULL;		/* still to be said */
	size_t n;

	for (size_t i = 0; i < nr; i += n) {
		n = same_workload(cell + i, nr - i);
		for (size_t k = i; k < i + n; k++) {
			bool all = all_skipped(cell + i, n);

			if (all_valid(cell[k]) || (all && k > i))
				continue;
			if (why && strcmp(why, cell[k]->why))
				text__wrapped(f, 4, why);
			why = cell[k]->why;
			if (all)
				fprintf(f, "skipped: %s\n", cell[k]->workload);
			else
				print_state(f, cell[k]);
		}
	}
	if (why)
		text__wrapped(f, 4, why);
}

static void print_modes(FILE *f, const struct noisy_setting *s,
			const char *base)
{
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		if (s->has[m])
			fprintf(f, "%-14schunks of %" PRIu64 " fault%s; %.0f %% of the rounds kept, or more\n",
				cycles_mode_names[m], s->chunk[m],
				s->chunk[m] == 1 ? "" : "s", 100 * s->kept[m]);
		else if (s->paired)
			fprintf(f, "%-14snot measured: faultline run --rig %s --base %s\n",
				cycles_mode_names[m], s->rig, base);
	}
}

static void print_limits(FILE *f, const struct noisy_setting *s)
{
	for (size_t i = 0; i < s->limits.nr; i++) {
		fprintf(f, "%s", i ? "" : "not set\n");
		text__wrapped(f, 4, s->limits.item[i]);
	}
}

void noisy_text__tail(FILE *f, const struct noisy_setting *s,
		      const char *base, const struct run *run)
{
	if (s->layouts < 2)
		fprintf(f, "+-            none, and no mark: 1 %s: an interval needs 2 (%s)\n", s->unit,
			s->paired ? "--boots 2" : "boot again, run --resume");
	else
		fprintf(f, "+-            %.0f %% by Student's t; the %s is the unit\n",
			100 * NOISY_CONFIDENCE, s->unit);
	fprintf(f, s->paired ?
		"differences   paired by block: medians of what differs at the same time\n" :
		"differences   of the medians of boots, which are not at the same time\n");
	print_modes(f, s, base);
	fprintf(f, "shows         a smaller difference means nothing: the far end of A/A's +-\n"
		   "%s", s->paired ?
		"floor         what the harness costs; nothing of it is subtracted\n" :
		"floor         two readings of the guest's clock; the world switch is in the\n"
		"              figures as well, and nothing is subtracted: see exit\n");
	print_limits(f, s);
	fprintf(f, "measured      %zu of %zu cells, in %zu %s%s\n", s->usable,
		s->cells - s->skipped, s->layouts, s->unit,
		s->layouts == 1 ? "" : "s");
	fprintf(f, "\nTSC cycles: neither core cycles nor instructions.\nReproduce: see %s/run.json\n",
		json_string_value(json_object_get(run->meta, "id")) ?: run->dir);
}
