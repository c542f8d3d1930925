// SPDX-License-Identifier: GPL-2.0
/*
 * Planning the boots of a run; see jobs.h. Each boot measures one cell, so no cell
 * depends on what else was run.
 */
#include <stdlib.h>
#include <string.h>

#include "jobs.h"
#include "need.h"
#include "subject.h"

static struct base_rows *rows_of(struct session *s, const char *base)
{
	for (size_t i = 0; i < s->nr_rows; i++) {
		if (!strcmp(s->rows[i].base, base))
			return &s->rows[i];
	}
	s->rows = xrealloc(s->rows, (s->nr_rows + 1) * sizeof(*s->rows));
	s->rows[s->nr_rows] = (struct base_rows) { .base = base };
	return &s->rows[s->nr_rows++];
}

static const struct profile *profile_of(struct base_rows *r, const char *name)
{
	for (size_t i = 0; i < r->nr_profiles; i++) {
		if (!strcmp(r->profile[i]->name, name))
			return r->profile[i];
	}
	r->profile = xrealloc(r->profile, (r->nr_profiles + 1) *
			      sizeof(struct profile *));
	r->profile[r->nr_profiles] = need_profile(r->base, name);
	return r->profile[r->nr_profiles++];
}

static const struct workload *workload_of(const struct session *s,
					  struct base_rows *r,
					  const char *name)
{
	struct workload *w;

	for (size_t i = 0; i < r->nr_workloads; i++) {
		if (!strcmp(r->workload[i]->name, name))
			return r->workload[i];
	}
	r->workload = xrealloc(r->workload, (r->nr_workloads + 1) *
			       sizeof(struct workload *));
	w = need_workload(r->base, name);
	if (s->events && !strcmp(w->cell.perf, PERF_DEFAULT))
		plan__set(&w->cell, "perf", s->events);
	r->workload[r->nr_workloads++] = w;
	return w;
}

/* A plan may name a CPU model of another Faultline. */
static void need_rig(const char *name)
{
	struct err e;

	if (!rig__find(name, &e))
		die_err(&e);
}

void jobs__resolve(struct session *s)
{
	for (size_t i = 0; i < s->matrix.nr; i++) {
		const struct section *sec = &s->matrix.item[i];
		struct base_rows *r = rows_of(s, sec->base);

		for (size_t j = 0; !s->running && j < sec->variants.nr; j++)
			variant__free(need_variant(sec->base,
						       sec->variants.item[j]));
		for (size_t j = 0; j < sec->profiles.nr; j++)
			profile_of(r, sec->profiles.item[j]);
		for (size_t j = 0; j < sec->workloads.nr; j++)
			workload_of(s, r, sec->workloads.item[j]);
		for (size_t j = 0; j < sec->rigs.nr; j++)
			need_rig(sec->rigs.item[j]);
	}
}

char *jobs__rig(const struct session *s, const struct job *j)
{
	const struct rig_model *m = j->boot.model;

	return m ? rigs__cell_name(m) : xstrdup(s->rig->name);
}

uint64_t jobs__running_boot(const struct run *run, const struct running *r)
{
	uint64_t last = 0;

	for (size_t i = 0; i < run->nr; i++) {
		const struct record *have = run->record[i];
		json_t *id = json_object_get(have->host, "boot_id");

		if (strcmp(have->base, r->base) ||
		    strcmp(have->variant, r->variant) ||
		    strcmp(have->profile, r->profile))
			continue;
		if (id && !strcmp(json_string_value(id), r->boot_id))
			return have->boot;
		if (have->boot > last)
			last = have->boot;
	}
	return last + 1;
}

static bool is_settled(const struct session *s, const char *base,
		       const char *variant, const char *profile,
		       const char *workload, const char *rig, uint64_t boot)
{
	const struct record *have = run__find(&s->run, base, variant, profile,
					      workload, rig, boot);

	return have && record__settled(have);
}

static const char *why_not(const struct session *s, const struct profile *profile,
			   const struct workload *workload, const char *rig)
{
	return profile->skip ?: workload->skip ?:
	       rig__cannot(s->rig, rigs__model(rig), profile, workload);
}

/* Boots of a section that are to be done, where no two kernels are the same. */
static size_t most_boots(struct session *s, const struct section *sec)
{
	struct base_rows *r = rows_of(s, sec->base);
	const size_t nv = sec->variants.nr, np = sec->profiles.nr;
	const size_t nw = sec->workloads.nr, nr = sec->rigs.nr;
	size_t boots = 0;

	for (size_t k = 0; k < nv * np * nw * nr; k++) {
		const struct profile *p = profile_of(r, sec->profiles.item[k / nv % np]);
		const struct workload *w = workload_of(s, r, sec->workloads.item[k / nv / np % nw]);
		const char *rig = sec->rigs.item[k / nv / np / nw];

		for (size_t b = 1; b <= s->boots; b++)
			boots += !why_not(s, p, w, rig) &&
				 !is_settled(s, sec->base, sec->variants.item[k % nv],
					     p->name, w->name, rig, b);
	}
	return boots;
}

void jobs__build_kernels(struct session *s)
{
	if (s->running) {
		kernels__add_running(&s->kernels, s->running);
		return;
	}
	for (size_t i = 0; i < s->matrix.nr; i++) {
		const struct section *sec = &s->matrix.item[i];

		if (!s->rig->boot_together)
			s->kernels.boots += most_boots(s, sec);
		for (size_t p = 0; p < sec->profiles.nr; p++) {
			const struct profile *profile =
				profile_of(rows_of(s, sec->base),
					   sec->profiles.item[p]);

			if (profile->skip)
				continue;
			for (size_t v = 0; v < sec->variants.nr; v++)
				kernels__add(&s->kernels, sec->base,
					     sec->variants.item[v], profile);
		}
	}
	s->kernels.boots_s = jobs__boots_s(s, s->kernels.boots);
	kernels__build(&s->kernels);
}

/* What a patch says that it does; or its file's name. */
static char *subject_of(const char *path)
{
	char *text = path_read(path, NULL), *subject = subject_of_mail(text ?: "");

	free(text);
	if (*subject)
		return subject;
	free(subject);
	return xstrdup(basename(path));
}

json_t *jobs__series(const struct session *s)
{
	json_t *all = json_object();

	for (size_t i = 0; !s->running && i < s->matrix.nr; i++) {
		const struct section *sec = &s->matrix.item[i];

		for (size_t j = 0; j < sec->variants.nr; j++) {
			char *plain = variant_plain_name(sec->variants.item[j]);
			char *key = xasprintf("%s/%s", sec->base, plain);
			struct variant *v = need_variant(sec->base, plain);
			json_t *titles = json_array();

			for (size_t k = 0; k < v->patches.nr; k++) {
				char *t = subject_of(v->patches.item[k]);

				json_array_append_new(titles, json_string(t));
				free(t);
			}
			json_object_set_new(all, key, titles);
			variant__free(v);
			free(key);
			free(plain);
		}
	}
	return all;
}

/*
 * The job whose boot is this boot as well: same vmlinux, same profile, same
 * workload, same number. Steps and overlays that change nothing are found so,
 * and nothing is measured twice.
 */
static struct job *find_same_boot(struct session *s, const struct job *j)
{
	for (size_t i = s->nr_jobs; i-- > 0 && !j->skip;) {
		struct job *k = &s->job[i];

		if (!k->skip && k->boot.boot == j->boot.boot &&
		    k->boot.profile == j->boot.profile &&
		    k->boot.workload == j->boot.workload &&
		    k->boot.model == j->boot.model &&
		    !strcmp(kernels__vmlinux(k->kernel, k->boot.perturb.text),
			    kernels__vmlinux(j->kernel, j->boot.perturb.text)))
			return k;
	}
	return NULL;
}

static bool is_planned(const struct session *s, const struct job *j)
{
	for (size_t i = 0; i < s->nr_jobs; i++) {
		const struct job *k = &s->job[i];

		if (k->boot.boot == j->boot.boot &&
		    k->boot.profile == j->boot.profile &&
		    k->boot.workload == j->boot.workload &&
		    k->boot.model == j->boot.model &&
		    (!strcmp(k->boot.variant, j->boot.variant) ||
		     strlist__has(&k->copies, j->boot.variant)))
			return true;
	}
	return false;
}

/*
 * Cells that are measured in turns go together: one that is missing has the
 * others measured with it again, or they were not paired.
 */
static bool all_settled(const struct session *s, const char *base, uint64_t boot)
{
	for (size_t i = 0; i < s->matrix.nr; i++) {
		const struct section *sec = &s->matrix.item[i];
		size_t nv = sec->variants.nr, nw = sec->workloads.nr;

		for (size_t k = 0; !strcmp(sec->base, base) &&
		     k < nv * nw * sec->profiles.nr; k++) {
			if (!is_settled(s, base, sec->variants.item[k % nv],
					sec->profiles.item[k / nv / nw],
					sec->workloads.item[k / nv % nw], NULL,
					boot))
				return false;
		}
	}
	return true;
}

/* Of the kernel that runs, in its boot that this is? */
static bool is_running(const struct session *s, const char *base,
		       const char *variant, const struct profile *p,
		       uint64_t boot)
{
	return boot == s->running_boot && !strcmp(base, s->running->base) &&
	       !strcmp(variant, s->running->variant) &&
	       !strcmp(p->name, s->running->profile);
}

static void add_job(struct session *s, const char *base, const char *variant,
		    const struct profile *profile,
		    const struct workload *workload, const char *rig,
		    uint64_t boot)
{
	const struct kernel *kernel = kernels__of(&s->kernels, base, variant,
						  profile->name);
	struct job j = {
		.boot = {
			.base = base,
			.variant = variant,
			.profile = profile,
			.workload = workload,
			.model = rigs__model(rig),
			.boot = boot,
			.limit_s = s->limit_s,
			.boots = s->boots,
			.perturb = perturb__of_seed(s->perturb ? boot - 1 : 0),
			.seconds = s->seconds,
			.stop = stop__asked,
		},
		.skip = why_not(s, profile, workload, rig) ?:
			(kernel ? kernel->failed : NULL),
	}, *same;
	char *name;

	if (is_planned(s, &j))
		return;
	if (s->running && !is_running(s, base, variant, profile, boot))
		return;
	if (is_settled(s, base, variant, profile->name, workload->name, rig,
		       boot) &&
	    (!s->rig->boot_together || all_settled(s, base, boot)))
		return;
	if (!j.skip) {
		j.kernel = kernel;
		j.boot.kernel = j.kernel->dir;
		/* A kernel from elsewhere may have its plain layout alone. */
		if (!*kernels__vmlinux(j.kernel, j.boot.perturb.text))
			j.boot.perturb.text = 0;
	}
	same = find_same_boot(s, &j);
	if (same) {
		strlist__add(&same->copies, variant);
		return;
	}
	name = run__boot_name(base, variant, profile->name, workload->name, rig,
			      boot);
	j.boot.logs = run__path(&s->run, "boots/%s", name);
	free(name);
	if (s->attribute && !j.skip)
		j.boot.probe = xasprintf("%s.probe", j.boot.logs);
	s->job = xrealloc(s->job, (s->nr_jobs + 1) * sizeof(*s->job));
	s->job[s->nr_jobs++] = j;
}

/* Variants alternate: A,B in the first round of boots, B,A in the second. */
void jobs__plan(struct session *s)
{
	s->nr_jobs = s->next = 0;
	for (size_t i = 0; i < s->matrix.nr; i++) {
		const struct section *sec = &s->matrix.item[i];
		struct base_rows *r = rows_of(s, sec->base);
		size_t nv = sec->variants.nr, nw = sec->workloads.nr;
		size_t nr = sec->rigs.nr;
		size_t n = s->boots * sec->profiles.nr * nw * nr * nv;

		for (size_t k = 0; k < n; k++) {
			size_t boot = k / nv / nr / nw / sec->profiles.nr + 1;
			size_t p = k / nv / nr / nw % sec->profiles.nr;
			size_t w = k / nv / nr % nw, v = k % nv;

			add_job(s, sec->base,
				sec->variants.item[boot & 1 ? v : nv - 1 - v],
				profile_of(r, sec->profiles.item[p]),
				workload_of(s, r, sec->workloads.item[w]),
				sec->rigs.item[k / nv % nr], boot);
		}
	}
}
