/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The boots of a run: which are to be done. boots.h does them.
 */
#ifndef FAULTLINE_JOBS_H
#define FAULTLINE_JOBS_H

#include <pthread.h>

#include "kernels.h"
#include "matrix.h"
#include "rig.h"
#include "run.h"

/* A boot, and the variants it stands for besides its own. */
struct job {
	struct boot_job boot;
	const struct kernel *kernel;	/* NULL when the cell is skipped */
	struct strlist copies;		/* variants that have the same vmlinux */
	const char *skip;		/* why there is nothing to boot, or NULL */
	bool done;			/* with others of its base and boot, or before */
	char *key;			/* in the store of boots, or NULL */
};

/* Rows of one base. */
struct base_rows {
	const char *base;
	struct profile **profile;
	struct workload **workload;
	size_t nr_profiles, nr_workloads;
};

/* One run under way; the lock guards run, next, progress and failure. */
struct session {
	const struct rig *rig;
	struct run run;
	struct matrix matrix;
	struct kernels kernels;
	struct base_rows *rows;
	size_t nr_rows;
	unsigned int boots;		/* a cell */
	unsigned int workers;		/* boots at a time */
	double limit_s, seconds;	/* seconds: as boot_job has it */
	bool attribute;			/* every boot, by the plugin */
	bool perturb;			/* every boot but the first of a cell */
	const char *events;		/* of perf stat in the host; NULL: its default */
	const struct running *running;	/* measured as it runs, or NULL */
	uint64_t running_boot;		/* which of its boots this is */
	struct job *job;
	size_t nr_jobs, next;
	struct progress progress;
	int storage_error;		/* errno of a failed append */
	int rig_failed;			/* exit code where the rig cannot go on, or 0 */
	bool quiet;			/* --quiet-host */
	bool keep_boots;		/* exact boots from and to the store (kept_boots.h) */
	char *results;			/* the folder of runs */
	const char *again;		/* the command that goes on, NULL: run --resume */
	double seconds_a_boot;		/* in the newest run there, or 0 */
	json_t *commits;		/* of a diff: as run.json has them, or NULL */
	int argc;			/* how it was asked for */
	char **argv;
	pthread_mutex_t lock;
};

/*
 * Which boot of the running kernel's this boot of the machine is: the one that
 * has records of it, or the next.
 */
uint64_t jobs__running_boot(const struct run *run, const struct running *r);
/* The rig of a job's cell, as its record has it; allocated, the caller frees it. */
char *jobs__rig(const struct session *s, const struct job *j);
/* Look every name of the matrix up; dies on the first unknown one. */
void jobs__resolve(struct session *s);
/* Build the kernels of the matrix, all but those of skipped profiles. */
void jobs__build_kernels(struct session *s);
/* Subjects of the patches of every series in the matrix, by BASE/NAME. */
json_t *jobs__series(const struct session *s);
/* List the boots that have no settled record yet. */
void jobs__plan(struct session *s);
/* Mean wall seconds of that rig's boots in the newest run in results, or 0. */
double jobs__seconds_a_boot(const char *results, const struct rig_facts *rig);
/* How long that many boots take, several at a time. */
double jobs__boots_s(const struct session *s, size_t boots);
/* Say how many boots there are and how long they will take. */
void jobs__estimate(const struct session *s);

#endif
