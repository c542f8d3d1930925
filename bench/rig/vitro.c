// SPDX-License-Identifier: GPL-2.0
/*
 * The vitro rig: each variant's own compiled handler in a user process, at
 * full speed, on any machine. It measures cycles of the time stamp counter,
 * which are noisy: so all cells of a base are in one process and take turns,
 * and a boot is one link layout. scripts/build-vitro links the
 * process, bench/vitro is what runs in it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cycles.h"
#include "interval.h"
#include "rig.h"

#define THREADS_S	60	/* a workload with threads may take that much longer */
#define SECONDS		1.0	/* hot, and again cold, per workload and layout */
/*
 * A shared machine has slow minutes, in which everything takes up to twice as
 * long. A layout whose cells, taken together, are SLOWER than in the quietest
 * process of its base is measured again as a whole: TRIES times at most, and in
 * all for MORE of the layouts. Differences between cells play no part in it.
 */
#define SLOWER		1.15
#define TRIES		3
#define MORE		0.3

/* The programs of a base, one per layout, and the cells they were linked for. */
struct programs {
	char *base, *cells;
	bool threads;			/* for workloads with them */
	struct strlist path;
	double quietest;		/* process so far, as slowness() has it */
	double again;			/* processes measured again */
};

static struct programs *programs;
static size_t nr_programs;

static void vitro_need(void)
{
	char *library = path_in_root("build/vitro.a");

	if (!path_exists(library))
		die(EXIT_MISSING, "%s is missing; run: make build/vitro.a", library);
	free(library);
}

static void vitro_describe(json_t *meta, const struct rig_model *model)
{
	char *library = path_in_root("build/vitro.a");
	char *sha = path_sha256(library);

	(void)model;
	json_object_set_new(meta, "rig", json_pack("{ss ss ss}", "name", "vitro",
			    "unit", CYCLES_UNIT, "library_sha256", sha ? sha : ""));
	free(sha);
	free(library);
}

/* What its memory and its slot cannot be, or NULL. */
static const char *no_such_memory(const struct plan_cell *c)
{
	if (!c->populate)
		return "vitro has no memory management that would make a page in a fault";
	if (c->page_size > 2 << 20)
		return "vitro's slot has no whole page of 1 GiB";
	if (c->slot == PLAN_SLOT_READONLY)
		return "vitro's slot may be written";
	if (c->ready == READY_DIRTY_RING)
		return "vitro's log of dirty pages is the bitmap";
	return c->paging ? NULL : "vitro's guest has paging on";
}

static char *vitro_cannot(const struct rig_model *model,
			 const struct profile *p, const struct workload *w)
{
	static const char *const guests[] = {
		"touch", "exec", "mmio", "exec-again", "mmio-again",
	};
	const char *why = no_such_memory(&w->cell);

	(void)model;
	if (!*p->vitro)
		return xasprintf("profile %s: %s, and vitro does not boot", p->name,
				 *p->vitro_cannot ? p->vitro_cannot :
				 "the machine decides at boot what is patched under it");
	if (why)
		return xstrdup(why);
	if (w->cell.vcpus > 1)
		return xasprintf("vitro calls the handler from one thread: %llu vCPUs need a host that runs them",
				 (unsigned long long)w->cell.vcpus);
	for (size_t i = 0; i < ARRAY_SIZE(guests); i++) {
		if (!strcmp(w->cell.guest, guests[i]))
			return NULL;
	}
	return xasprintf("vitro calls the page-fault handler only: guest %s does not reach it",
			 w->cell.guest);
}

/*
 * "VARIANT:PROFILE", each once, sorted: the order of the boots must not change
 * the program, and no cell is the first because of what it is.
 */
static void list_cells(const struct boot_job *const *job, size_t nr,
		       struct strlist *cells)
{
	for (size_t i = 0; i < nr; i++) {
		char *cell = xasprintf("%s:%s", job[i]->variant,
				       job[i]->profile->name);

		if (!strlist__has(cells, cell))
			strlist__add(cells, cell);
		free(cell);
	}
	strlist__sort(cells);
}

static void list_workloads(const struct boot_job *const *job, size_t nr,
			   struct strlist *workloads)
{
	for (size_t i = 0; i < nr; i++) {
		if (!strlist__has(workloads, job[i]->workload->name))
			strlist__add(workloads, job[i]->workload->name);
	}
}

/* "1,2,...,n" */
static char *layouts_text(uint64_t n)
{
	struct strlist l = { 0 };
	char *text;

	for (uint64_t i = 1; i <= n; i++) {
		char *number = xasprintf("%llu", (unsigned long long)i);

		strlist__add(&l, number);
		free(number);
	}
	text = strlist__join(&l, ",");
	strlist__free(&l);
	return text;
}

/*
 * Link the programs of all layouts, unless they are linked. Return: NULL when
 * one does not link; the script has printed why, and *code is its exit code.
 */
static struct programs *link_programs(const struct boot_job *job,
				      const struct strlist *cells, bool threads,
				      int *code)
{
	char *key = strlist__join(cells, " "), *layouts = layouts_text(job->boots);
	char *script = path_in_root("scripts/build-vitro"), *out = NULL;
	const char **argv = xcalloc(cells->nr + 5, sizeof(*argv)), **arg = argv;
	struct programs *p;

	for (size_t i = 0; i < nr_programs; i++) {
		p = &programs[i];
		if (!strcmp(p->base, job->base) && !strcmp(p->cells, key) &&
		    p->threads == threads)
			goto done;
	}
	*arg++ = script;
	if (threads)
		*arg++ = "--threads";
	*arg++ = job->base;
	*arg++ = layouts;
	for (size_t i = 0; i < cells->nr; i++)
		*arg++ = cells->item[i];
	p = NULL;
	out = spawn__script(argv, code);
	if (*code)
		goto done;
	programs = xrealloc(programs, (nr_programs + 1) * sizeof(*programs));
	p = &programs[nr_programs++];
	*p = (struct programs) {
		.base = xstrdup(job->base), .cells = xstrdup(key), .threads = threads,
	};
	strlist__split(&p->path, out, '\n');
	if (p->path.nr != job->boots) {
		warn("scripts/build-vitro linked %zu programs of %llu",
		     p->path.nr, (unsigned long long)job->boots);
		*code = EXIT_INTERNAL;
		p = NULL;
	}
done:
	free(out);
	free(argv);
	free(script);
	free(layouts);
	free(key);
	return p;
}

/* The last line of a file, allocated. */
static char *last_line(const char *path)
{
	char *text = path_read(path, NULL), *line, *copy;
	size_t n = text ? strlen(text) : 0;

	while (n && text[n - 1] == '\n')
		text[--n] = '\0';
	line = text ? strrchr(text, '\n') : NULL;
	copy = xstrdup(line ? line + 1 : text && *text ? text : "it printed nothing");
	free(text);
	return copy;
}

/* Replace each record that waits for it by what the program measured. */
static void take_records(char *text, struct record **r, size_t nr)
{
	char *save = NULL, err[256];

	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		struct record *got = record__parse(line, strlen(line), err,
						   sizeof(err));

		if (!got) {
			warn("vitro: a malformed record: %s", err);
			continue;
		}
		for (size_t i = 0; i < nr; i++) {
			if (!record__same_cell(got, r[i]) || got->boot != r[i]->boot)
				continue;
			record__free(r[i]);
			r[i] = got;
			got = NULL;
			break;
		}
		if (got)
			record__free(got);
	}
}

static void fail_rest(struct record *const *r, size_t nr, const char *why)
{
	for (size_t i = 0; i < nr; i++) {
		if (r[i]->cycles || r[i]->why)
			continue;
		r[i]->outcome = OUTCOME_RIG;
		r[i]->why = xstrdup(why);
	}
}

/* One process of a program. */
struct process {
	const char *program;
	struct strlist workloads;
	char *records, *errors;		/* files */
};

static enum spawn_end run_program(const struct boot_job *job,
				  const struct process *p, int *status)
{
	char *workloads = strlist__join(&p->workloads, ",");
	char *seconds = xasprintf("%.3f", job->seconds ?: SECONDS);
	char *boot = xasprintf("%llu", (unsigned long long)job->boot);
	const char *argv[] = {
		p->program, "--records", p->records, "--boot", boot, "--hot", seconds,
		"--cold", seconds, "--workloads", workloads, NULL,
	};
	const struct spawn s = {
		.argv = argv,
		.stderr_path = p->errors,
		.limit_s = job->limit_s + p->workloads.nr * (4 * (job->seconds ?: SECONDS) +
							  (job->workload->threads ? THREADS_S : 0)),
		.stop = job->stop,
	};
	enum spawn_end end = spawn__run(&s, status);

	free(boot);
	free(seconds);
	free(workloads);
	return end;
}

static char *what_ended(enum spawn_end end, int status, const char *errors)
{
	char *said = last_line(errors), *why;

	switch (end) {
	case SPAWN_SIGNALED:
		why = xasprintf("the program was killed by a signal: %s", strsignal(status));
		break;
	case SPAWN_LIMIT:
		why = xstrdup("the program did not end in time");
		break;
	case SPAWN_FAILED:
		why = xasprintf("the program could not be started: %s", strerror(status));
		break;
	default:
		why = status ? xasprintf("the program ended with %d: %s", status, said) :
			xstrdup("the program wrote no record of this cell");
	}
	free(said);
	return why;
}

/* One process: put its records, or why there are none, into r. */
static enum spawn_end measure(const struct boot_job *const *job,
			      const struct programs *of, struct record **r,
			      size_t nr)
{
	struct process p = {
		.program = of->path.item[job[0]->boot - 1],
		.records = xasprintf("%s.records", job[0]->logs),
		.errors = xasprintf("%s.errors", job[0]->logs),
	};
	char *text, *why;
	enum spawn_end end;
	int status = 0;

	list_workloads(job, nr, &p.workloads);
	end = run_program(job[0], &p, &status);
	if (end != SPAWN_STOPPED) {
		text = path_read(p.records, NULL);
		if (text)
			take_records(text, r, nr);
		free(text);
		why = what_ended(end, status, p.errors);
		fail_rest(r, nr, why);
		free(why);
	}
	unlink(p.records);
	if (end == SPAWN_STOPPED || (end == SPAWN_EXITED && !status))
		unlink(p.errors);
	free(p.errors);
	free(p.records);
	strlist__free(&p.workloads);
	return end;
}

/* The median over the cells of the medians over their blocks, or 0. */
static double slowness(struct record *const *r, size_t nr)
{
	double *v = xcalloc(nr, sizeof(*v)), m;
	size_t n = 0;

	for (size_t i = 0; i < nr; i++) {
		const struct cycles_series *s = r[i]->cycles ?
			&r[i]->cycles->mode[CYCLES_HOT] : NULL;

		if (s && s->nr)
			v[n++] = interval__median(s->block, s->nr);
	}
	m = n ? interval__median(v, n) : 0;
	free(v);
	return m;
}

static void swap(struct record **a, struct record **b, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct record *t = a[i];

		a[i] = b[i];
		b[i] = t;
	}
}

/* The quietest of the tries stays in r. */
static enum spawn_end measure_quietly(const struct boot_job *const *job,
				      struct programs *p, struct record **r,
				      size_t nr)
{
	enum spawn_end end = measure(job, p, r, nr);
	double is = slowness(r, nr);

	for (int i = 1; i < TRIES && end == SPAWN_EXITED && is > 0; i++) {
		struct record **other;
		struct err e;
		double now;

		if (!p->quietest || is < p->quietest)
			p->quietest = is;
		if (is <= SLOWER * p->quietest || p->again >= MORE * job[0]->boots)
			break;
		p->again++;
		other = xcalloc(nr, sizeof(*other));
		for (size_t k = 0; k < nr; k++) {
			other[k] = record__copy(r[k], &e);
			if (!other[k])
				die_err(&e);
			cycles__free(other[k]->cycles);
			other[k]->cycles = NULL;
			free(other[k]->why);
			other[k]->why = NULL;
		}
		end = measure(job, p, other, nr);
		now = slowness(other, nr);
		if (end == SPAWN_EXITED && now > 0 && now < is) {
			swap(r, other, nr);
			is = now;
		}
		for (size_t k = 0; k < nr; k++)
			record__free(other[k]);
		free(other);
	}
	return end;
}

/* The jobs of one program: those whose workloads have threads, or do not. */
static enum boot_end boot_some(const struct boot_job *const *job,
			       struct record **r, size_t nr, bool threads,
			       int *code)
{
	struct strlist cells = { 0 };
	struct programs *p;
	enum spawn_end end;

	if (!nr)
		return BOOT_DONE;
	list_cells(job, nr, &cells);
	p = link_programs(job[0], &cells, threads, code);
	strlist__free(&cells);
	if (!p)
		return BOOT_FAILED;
	end = measure_quietly(job, p, r, nr);
	return end == SPAWN_STOPPED ? BOOT_STOPPED : BOOT_DONE;
}

static enum boot_end vitro_boot_together(const struct boot_job *const *job,
					 struct record **r, size_t nr, int *code)
{
	const struct boot_job **some = xcalloc(nr, sizeof(*some));
	struct record **theirs = xcalloc(nr, sizeof(*theirs));
	size_t *at = xcalloc(nr, sizeof(*at));
	enum boot_end end = BOOT_DONE;

	for (int threads = 0; threads < 2 && end == BOOT_DONE; threads++) {
		size_t n = 0;

		for (size_t i = 0; i < nr; i++) {
			if (!job[i]->workload->threads != !threads)
				continue;
			some[n] = job[i];
			theirs[n] = r[i];
			at[n++] = i;
		}
		end = boot_some(some, theirs, n, threads, code);
		while (n--)
			r[at[n]] = theirs[n];
	}
	free(at);
	free(theirs);
	free(some);
	return end;
}

static void vitro_doctor(struct findings *f)
{
	char *library = path_in_root("build/vitro.a");

	findings__add(f, path_exists(library), "make", "vitro: %s", library);
	findings__program(f, "ld", "binutils");
	findings__program(f, "objcopy", "binutils");
	free(library);
}

static const struct rig vitro = {
	.name = "vitro",
	.need = vitro_need,
	.cannot = vitro_cannot,
	.describe = vitro_describe,
	.boot_together = vitro_boot_together,
	.doctor = vitro_doctor,
};
RIG(vitro);
