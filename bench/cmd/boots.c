// SPDX-License-Identifier: GPL-2.0
/*
 * Doing the boots of a run, and keeping their records; see boots.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attribution.h"
#include "boots.h"
#include "kept_boots.h"
#include "need.h"
#include "provenance.h"

static struct record *new_record(const struct session *s, const struct job *j)
{
	const struct boot_job *b = &j->boot;
	struct record *r = record__new();

	r->base = xstrdup(b->base);
	r->variant = xstrdup(b->variant);
	r->profile = xstrdup(b->profile->name);
	r->workload = xstrdup(b->workload->name);
	r->rig = jobs__rig(s, j);
	r->boot = b->boot;
	r->time = time_text();
	record__set_perturb(r, &b->perturb);
	r->vmlinux_sha256 = xstrdup(j->kernel ?
				    kernels__vmlinux(j->kernel, b->perturb.text) : "");
	r->handler_sha256 = xstrdup(j->kernel ? j->kernel->handler_sha256 : "");
	workload__expect(b->workload, r->rig, &r->expect);
	return r;
}

/* The records of the copies first: run__append() takes r. */
static int append_all(struct session *s, const struct job *j, struct record *r)
{
	int e = 0;

	for (size_t i = 0; i < j->copies.nr && !e; i++) {
		struct record *copy = need_copy(r);

		free(copy->variant);
		copy->variant = xstrdup(j->copies.item[i]);
		free(copy->measured_as);
		copy->measured_as = xstrdup(r->variant);
		e = run__append(&s->run, copy);
	}
	return e ?: run__append(&s->run, r);
}

/* A boot that was done before: its record, under this cell's names. */
static struct record *take_kept(const struct session *s, const struct job *j)
{
	struct record *r = kept_boots__find(j->key), *as;
	char **names[2][4];

	if (!r)
		return NULL;
	as = new_record(s, j);
	memcpy(names[0], (char **[]) { &r->base, &r->variant, &r->profile,
				       &r->handler_sha256 }, sizeof(names[0]));
	memcpy(names[1], (char **[]) { &as->base, &as->variant, &as->profile,
				       &as->handler_sha256 }, sizeof(names[1]));
	for (size_t i = 0; i < ARRAY_SIZE(names[0]); i++) {
		free(*names[0][i]);
		*names[0][i] = xstrdup(*names[1][i]);
	}
	free(r->measured_as);
	r->measured_as = NULL;
	if (!record__same_cell(r, as) || r->boot != as->boot) {
		record__free(r);
		r = NULL;
	}
	record__free(as);
	return r;
}

size_t boots__take_kept(struct session *s)
{
	size_t left = 0, had = s->nr_jobs;

	for (size_t i = 0; i < had; i++) {
		struct job *j = &s->job[i];
		struct record *r;
		int e;

		j->key = kept_boots__key(s, j);
		r = j->key ? take_kept(s, j) : NULL;
		if (!r) {
			s->job[left++] = *j;
			continue;
		}
		e = append_all(s, j, r);
		if (e)
			s->storage_error = -e;
		if (s->storage_error)
			break;
	}
	s->nr_jobs = s->storage_error ? 0 : left;
	return had - left;
}

static void keep(struct session *s, const struct job *j, struct record *r)
{
	const char *rig = rigs__names_model(r->rig) ? r->rig : "";
	char *text = xasprintf("%s%s%s %s %s %s #%llu: %s", rig, *rig ? " " : "",
			       j->boot.base, j->boot.variant,
			       j->boot.profile->name, j->boot.workload->name,
			       (unsigned long long)j->boot.boot,
			       outcome__name(r->outcome));
	char *why = record__settled(r) ? NULL : xstrdup(r->why);
	int e;

	pthread_mutex_lock(&s->lock);
	e = append_all(s, j, r);
	/* What is said to be measured is on the disk. */
	if (!e)
		progress__step(&s->progress, text);
	if (why) {
		fprintf(stderr, "%s", isatty(STDERR_FILENO) ? "\n" : "");
		warn("%s %s", text, why);
	}
	if (e && !s->storage_error)
		s->storage_error = -e;
	pthread_mutex_unlock(&s->lock);
	free(why);
	free(text);
}

static void no_room(struct session *s)
{
	pthread_mutex_lock(&s->lock);
	s->storage_error = ENOSPC;
	pthread_mutex_unlock(&s->lock);
}

/* What the typical fault has of `rep`, for whoever reads records alone. */
static void note_rep(struct record *r, const struct attribution *a)
{
	const struct attr_class *c = a->nr ? &a->item[0] : NULL;

	free(r->rep);
	r->rep = NULL;
	if (!c || !c->rep_known)
		return;
	r->rep = xcalloc(1, sizeof(*r->rep));
	*r->rep = (struct record_rep) { c->figures.insns, c->figures.rep };
}

/* From the plugin's log to the run's attribution/. 0, or -errno with err. */
static int attribute(const struct session *s, const struct job *j,
		     struct record *r, char *err, size_t errlen)
{
	struct image *img = image__open(j->boot.kernel, err, errlen);
	struct attribution a;
	struct probe_log log;
	char *path;
	int e;

	if (!img)
		return -EINVAL;
	e = probe_log__read(&log, j->boot.probe, err, errlen);
	if (!e) {
		e = attribution__make(&a, &log, img, r, err, errlen);
		probe_log__free(&log);
	}
	if (!e) {
		path = run__attribution(&s->run, r);
		e = attribution__write(&a, path);
		if (e)
			snprintf(err, errlen, "%s: %s", path, strerror(-e));
		note_rep(r, &a);
		attribution__free(&a);
		free(path);
	}
	image__close(img);
	return e;
}

/* A boot that cannot be attributed has no valid record either. */
static void attribute_or_fail(const struct session *s, const struct job *j,
			      struct record *r)
{
	char err[256];

	if (record__valid(r) && attribute(s, j, r, err, sizeof(err))) {
		r->outcome = OUTCOME_RIG;
		free(r->why);
		r->why = xasprintf("attribution: %s", err);
	}
	if (record__settled(r))
		unlink(j->boot.probe);
}

static enum boot_end do_job(const struct session *s, const struct job *j,
			    struct record *r)
{
	enum boot_end end;

	if (!j->skip) {
		end = s->rig->boot(&j->boot, r);
		if (end == BOOT_DONE && j->boot.probe)
			attribute_or_fail(s, j, r);
		return end;
	}
	r->outcome = OUTCOME_SKIP;
	r->why = xstrdup(j->skip);
	return BOOT_DONE;
}

/* The jobs of one base and boot number, all in one process. */
static void do_together(struct session *s, const struct job *first)
{
	const struct boot_job **boot = xcalloc(s->nr_jobs, sizeof(*boot));
	struct record **r = xcalloc(s->nr_jobs, sizeof(struct record *));
	struct job **job = xcalloc(s->nr_jobs, sizeof(*job));
	enum boot_end end;
	size_t nr = 0;
	int code = 0;

	for (size_t i = 0; i < s->nr_jobs; i++) {
		struct job *j = &s->job[i];

		if (j->skip || j->done || j->boot.boot != first->boot.boot ||
		    strcmp(j->boot.base, first->boot.base))
			continue;
		j->done = true;
		job[nr] = j;
		boot[nr] = &j->boot;
		r[nr++] = new_record(s, j);
	}
	end = s->rig->boot_together(boot, r, nr, &code);
	if (end == BOOT_FAILED)
		s->rig_failed = code > 0 ? code : EXIT_INTERNAL;
	for (size_t i = 0; i < nr; i++) {
		if (end == BOOT_DONE)
			keep(s, job[i], r[i]);
		else
			record__free(r[i]);
	}
	free(job);
	free(r);
	free(boot);
}

static void boot_together(struct session *s)
{
	for (size_t i = 0; i < s->nr_jobs && !stop__asked() && !s->storage_error &&
	     !s->rig_failed; i++) {
		struct job *j = &s->job[i];
		struct record *r;

		if (j->done)
			continue;
		if (!j->skip) {
			do_together(s, j);
			continue;
		}
		r = new_record(s, j);
		do_job(s, j, r);
		keep(s, j, r);
	}
}

static void *worker(void *arg)
{
	struct session *s = arg;

	for (;;) {
		const struct job *j = NULL;
		struct record *r;

		pthread_mutex_lock(&s->lock);
		if (!stop__asked() && !s->storage_error &&
		    s->next < s->nr_jobs)
			j = &s->job[s->next++];
		pthread_mutex_unlock(&s->lock);
		if (!j)
			return NULL;
		r = new_record(s, j);
		switch (do_job(s, j, r)) {
		case BOOT_DONE:
			if (j->key)
				kept_boots__add(j->key, &s->run, r);
			keep(s, j, r);
			break;
		case BOOT_NO_ROOM:
			no_room(s);
			/* fallthrough */
		case BOOT_STOPPED:
		case BOOT_FAILED:
			record__free(r);
			break;
		}
	}
}

void boots__all(struct session *s)
{
	size_t n = s->workers < s->nr_jobs ? s->workers : s->nr_jobs;
	pthread_t *thread = xcalloc(n, sizeof(*thread));
	size_t started = 0;

	pthread_mutex_init(&s->lock, NULL);
	progress__start(&s->progress, "BOOT", s->nr_jobs);
	if (s->rig->boot_together) {
		boot_together(s);
		n = 0;
	}
	/* A machine that has no thread left still has this one. */
	while (started < n && !pthread_create(&thread[started], NULL, worker, s))
		started++;
	if (n && !started)
		worker(s);
	for (size_t i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	if (s->nr_jobs)
		progress__end(&s->progress);
	free(thread);
}
