// SPDX-License-Identifier: GPL-2.0
/* See judge.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "compare.h"
#include "false_alarms.h"
#include "judge_priv.h"
#include "run_rigs.h"

const struct judge_options judge_defaults = {
	.least_percent = 0.5, .least_abs = 1,
};

const char *judged__name(enum judged j, bool time)
{
	static const char *const names[NR_JUDGED][2] = {
		[JUDGED_NONE] = { "no verdict", "no verdict" },
		[JUDGED_SAME] = { "no difference", "no difference" },
		[JUDGED_BETTER] = { "fewer", "faster" },
		[JUDGED_WORSE] = { "more", "slower" },
	};

	return names[j][time];
}

bool judgement__same_table(const struct judgement *a, const struct judgement *b)
{
	return !strcmp(a->base, b->base) && !strcmp(a->profile, b->profile) &&
	       !strcmp(a->rig, b->rig);
}

bool judgements__time(const struct judgements *j)
{
	return j->nr && *j->item[0].mode;
}

char *judgements__counts(const struct judgements *j,
			 const size_t count[NR_JUDGED])
{
	return xasprintf(judgements__time(j) ?
		"%zu slower, %zu faster, %zu no difference, %zu no verdict" :
		"instructions: more in %zu, fewer in %zu, no difference in %zu, no verdict in %zu",
		count[JUDGED_WORSE], count[JUDGED_BETTER], count[JUDGED_SAME],
		count[JUDGED_NONE]);
}

const char *judge__intern(struct judgements *j, const char *name)
{
	for (size_t i = 0; i < j->names.nr; i++) {
		if (!strcmp(j->names.item[i], name))
			return j->names.item[i];
	}
	strlist__add(&j->names, name);
	return j->names.item[j->names.nr - 1];
}

struct judgement *judge__add(struct judge *x, const char *base,
			     const char *profile, const char *variant,
			     const char *workload, const char *against)
{
	struct judgements *j = x->j;

	j->item = xrealloc(j->item, (j->nr + 1) * sizeof(*j->item));
	j->item[j->nr] = (struct judgement) {
		.base = judge__intern(j, base),
		.profile = judge__intern(j, profile),
		.variant = judge__intern(j, variant),
		.workload = judge__intern(j, workload),
		.rig = judge__intern(j, run__rig(x->run)),
		.against = judge__intern(j, against),
		.mode = "", .unit = "instructions",
		.ref = NAN, .value = NAN, .diff = NAN, .percent = NAN,
		.low = NAN, .high = NAN, .run_low = NAN, .run_high = NAN,
		.p = NAN, .shows = NAN,
	};
	return &j->item[j->nr++];
}

bool judge__too_small(const struct judge_options *o, const struct judgement *j)
{
	return fabs(j->diff) < o->least_abs &&
	       fabs(j->percent) < o->least_percent;
}

enum judged judge__direction(double diff)
{
	return diff < 0 ? JUDGED_BETTER : JUDGED_WORSE;
}

char *judge__lacks(bool ref_usable, bool ref_skipped, const char *ref_why,
		   bool usable, bool skipped, const char *why)
{
	if (!usable)
		return xasprintf("no verdict: %s%s", skipped ? "skipped: " :
				 "no valid record: ", why);
	if (!ref_usable)
		return xasprintf("no verdict: the reference has no figure: %s%s",
				 ref_skipped ? "skipped: " : "", ref_why);
	return NULL;
}

bool judge__has_reference(const struct judge *x, const char *base,
			  const char *profile)
{
	struct strlist all = { 0 };
	bool has;

	compare__variants(x->run, base, profile, &all);
	has = x->opt->against ? strlist__has(&all, x->opt->against) : all.nr > 0;
	strlist__free(&all);
	return has;
}

/* Nothing of this base and profile can be compared with the reference. */
static void no_reference(struct judge *x, const char *base,
			 const char *profile)
{
	struct strlist variants = { 0 }, workloads = { 0 };

	compare__variants(x->run, base, profile, &variants);
	compare__workloads(x->run, base, profile, &workloads);
	for (size_t w = 0; w < workloads.nr; w++) {
		for (size_t v = 0; v < variants.nr; v++) {
			struct judgement *j = judge__add(x, base, profile,
				variants.item[v], workloads.item[w],
				x->opt->against);

			j->reason = xasprintf("no verdict: the run has no %s of %s, profile %s",
					      x->opt->against, base, profile);
		}
	}
	strlist__free(&workloads);
	strlist__free(&variants);
}

static int judge_base(struct judge *x, const char *base, bool noisy)
{
	struct strlist profiles = { 0 };
	int r = 0;

	compare__profiles(x->run, base, &profiles);
	for (size_t i = 0; i < profiles.nr && !r; i++) {
		if (!judge__has_reference(x, base, profiles.item[i]))
			no_reference(x, base, profiles.item[i]);
		else if (noisy)
			r = judge__noisy(x, base, profiles.item[i]);
		else
			r = judge__exact(x, base, profiles.item[i]);
	}
	strlist__free(&profiles);
	return r;
}

/* Is the reference in a part of the run? */
static int check_reference(const struct judge *x, const struct strlist *bases)
{
	struct strlist all = { 0 };
	int r = 0;

	for (size_t b = 0; x->opt->against && b < bases->nr; b++) {
		struct strlist profiles = { 0 };

		compare__profiles(x->run, bases->item[b], &profiles);
		for (size_t p = 0; p < profiles.nr; p++)
			compare__variants(x->run, bases->item[b],
					  profiles.item[p], &all);
		strlist__free(&profiles);
	}
	if (x->opt->against)
		r = catalog__check_name("variant in this run", x->opt->against,
					&all, x->err);
	strlist__free(&all);
	return r;
}

/* "bochs-intel: Against ..." after what is said of the rigs before it. */
static void add_answer(struct judgements *j, char *before, const char *rig)
{
	char *own = j->answer;

	j->answer = xasprintf("%s%s%s: %s", before ?: "", before ? " " : "", rig,
			      own);
	free(before);
	free(own);
}

/* All cells of one rig. */
static int judge_view(struct judge *x, const struct strlist *bases)
{
	struct judgements *j = x->j;
	const bool noisy = record__noisy(x->run->record[0]);
	int r = 0;
	char *before;

	x->first = j->nr;
	if (noisy) {
		noisy_rule__make(&x->rule, x->run, x->opt);
		j->comparisons = x->rule.comparisons;
	}
	for (size_t i = 0; i < bases->nr && !r; i++)
		r = judge_base(x, bases->item[i], noisy);
	if (r)
		return -1;
	before = j->answer;
	j->answer = NULL;
	r = judge__answer(x, bases);
	if (!r && j->rigs)
		add_answer(j, before, run__rig(x->run));
	return r;
}

static int judge_all(struct judge *x, const struct strlist *bases)
{
	const struct run *run = x->run;
	struct judgements *j = x->j;
	int r = check_reference(x, bases);
	struct run_views v;

	run__views(&v, run);
	j->rigs = v.nr > 1;
	for (size_t i = 0; i < v.nr && !r; i++) {
		x->run = &v.item[i];
		r = judge_view(x, bases);
	}
	x->run = run;
	run__free_views(&v);
	if (r)
		return -1;
	for (size_t i = 0; i < j->nr; i++)
		j->count[j->item[i].is]++;
	j->false_alarms = false_alarms__text(run, j->comparisons);
	return 0;
}

int judge__run(struct judgements *j, const struct run *run,
	       const struct judge_options *o, struct err *err)
{
	struct judge x = { .j = j, .run = run, .opt = o, .err = err };
	struct strlist bases = { 0 };
	int r;

	*j = (struct judgements) { .against = o->against };
	if (!run->nr) {
		j->answer = xstrdup("The run has no record yet.");
		return 0;
	}
	compare__bases(run, &bases);
	r = judge_all(&x, &bases);
	strlist__free(&bases);
	strlist__free(&x.aa);
	if (r)
		judgements__free(j);
	return r;
}

void judgements__free(struct judgements *j)
{
	for (size_t i = 0; i < j->nr; i++)
		free(j->item[i].reason);
	free(j->item);
	free(j->answer);
	free(j->false_alarms);
	strlist__free(&j->names);
	*j = (struct judgements) { 0 };
}

void judgements__keep(struct judgements *j, const struct selection *s)
{
	size_t nr = 0;

	for (size_t i = 0; i < j->nr; i++) {
		struct judgement *k = &j->item[i];
		const struct selected is = { .part = {
			[BY_RIG] = k->rig, [BY_BASE] = k->base, [BY_VARIANT] = k->variant,
			[BY_PROFILE] = k->profile, [BY_WORKLOAD] = k->workload,
		} };

		if (selection__has(s, &is)) {
			j->item[nr++] = *k;
			continue;
		}
		j->count[k->is]--;
		free(k->reason);
	}
	j->nr = nr;
}
