/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What can be measured: bases and variants from variants/, profiles from
 * variants/profiles.conf, workloads from guests/workloads.conf. An unknown
 * name is an error with EXIT_UNKNOWN_NAME and the list of the known ones.
 *
 * Return, where nothing else is said: 0, or -1 with code and message in @err;
 * of a function that gives an object or a text: allocated, the caller frees it,
 * or NULL with code and message in @err.
 *
 * A variant is named NAME[@STEP][+OVERLAY]...: a folder of its base, how many
 * patches of its series (all, where no step is named), and overlays, which
 * are applied on top of it.
 *
 * A base may say otherwise about a profile or a workload: a stanza
 * [profile NAME] or [workload NAME] of its base.conf replaces keys of the
 * common one, and its key `skip` says why this base cannot have it.
 *
 * FAULTLINE_BASES and FAULTLINE_VARIANTS (folders laid out like variants/,
 * separated by ':'; the second has variants of bases that are there) and
 * FAULTLINE_WORKLOADS (files like workloads.conf) add to them. Below bases/ of the cache are bases that
 * were made of another one, and below commits/ commits of somebody's tree, which
 * are variants by their name alone: no list and no "all" has them.
 */
#ifndef FAULTLINE_CATALOG_H
#define FAULTLINE_CATALOG_H

#include "plan.h"
#include "record.h"
#include "util.h"

#define DEFAULT_BASE	"v6.1"
#define DEFAULT_PROFILE	"off"
#define REFERENCE	"baseline"	/* what others are compared with */
#define THREADS_MOST	8u
#define ALL		"all"		/* every name, every step */
/* What is measured as it is found: a kernel that is no variant of a base (its
 * release is its name), on a command line that is of no profile. */
#define BASE_RUNNING	"running"
#define PROFILE_AS_BOOTED	"as-booted"
#define LINUX_GROUP	"linux"		/* every workload called linux-...; not in ALL */

/*
 * A workload's name with one of these after it is the same workload in a boot
 * of its own with perf in the host: its ticks are perf's too.
 */
#define WITH_PERF	"+perf"		/* perf stat */
#define WITH_EXITS	"+exits"	/* perf kvm stat */
#define WITH_PROFILE	"+profile"	/* perf record */

struct expect {			/* what a KVM counter must say */
	char *stat;
	uint64_t value;
};

struct workload {
	char *name, *class, *cmdline;	/* cmdline "" when it needs none */
	char *tdp_mmu;			/* "on", "off", or "" when it does not matter */
	char *rig;			/* rigs that have it, the first among all; "": every rig */
	char *tables;			/* format of KVM's tables: "npt", "ept", or "" for npt */
	char *group;			/* of it and not of ALL; "": of ALL, or of LINUX_GROUP */
	char *host;			/* what the host must report of KVM: "kvm.x=Y kvm.y=N", or "" */
	uint64_t host_memory;		/* MiB that the host needs to have, or 0 */
	char *skip;			/* why the base cannot have it, or NULL */
	unsigned int threads;		/* vitro: as many fault at once; 0: no such thing */
	bool overlap;			/* ... all on the same pages, not each on its own */
	struct plan_cell cell;		/* its id is the workload's name */
	struct expect *expect;
	size_t nr_expect;
};

struct profile {
	char *name, *title, *cmdline, *verify;
	char *cannot;			/* what a host says that cannot have it, as in verify */
	char *models;			/* which CPU models have it, or "" for any */
	char *config;			/* Kconfig lines, separated by blanks */
	char *vitro;			/* what the vitro rig patches: words, or "" */
	char *vitro_cannot;		/* why that rig patches none of it, or "" */
	char *skip;			/* why the base cannot have it, or NULL */
};

struct variant {
	char *name;			/* as it was asked for */
	char *plain;			/* its folder: without step and overlays */
	char *title, *why, *shape;
	char *group;			/* it is in no "all" but in that of this name; or "" */
	char *commit, *tree, *repository;	/* of a commit of somebody's tree; else "" */
	int step;			/* patches of its series; -1: all of them */
	struct strlist patches;		/* paths, in order */
	struct strlist overlays;	/* folders, in order */
	bool stock;			/* neither patches nor overlays */
};

/*
 * Names in the order a reader expects; the caller frees the list. A row with
 * threads = 1 2 4 makes the workloads NAME-1, NAME-2 and NAME-4.
 */
void catalog__bases(struct strlist *names);
int catalog__variants(const char *base, struct strlist *names, struct err *err);
/* Those of a group; of "", which is ALL, those that are in none. */
int catalog__variants_in(const char *base, const char *group,
			 struct strlist *names, struct err *err);
int catalog__overlays(const char *base, struct strlist *names, struct err *err);
int catalog__profiles(struct strlist *names, struct err *err);
/* Those of a group; of "", which is ALL, those that are in none. */
int catalog__profiles_in(const char *group, struct strlist *names,
			 struct err *err);
int catalog__workloads(struct strlist *names, struct err *err);

/*
 * What a user wrote, one name each: "all" is every variant of the base
 * that is in no group, a group's name those of the group, "NAME@all" each of its steps from 0 (the base as it is) to the last.
 */
int catalog__expand_variants(const char *base, struct strlist *names,
			     struct err *err);

/* Where a base is, made ones in the cache among them; allocated, or NULL. */
char *catalog__base_folder(const char *base);
char *catalog__base_title(const char *base, struct err *err);
/* Of an overlay that catalog__overlays() names. */
char *catalog__overlay_title(const char *base, const char *overlay,
			     struct err *err);
/* A key of base.conf before its first stanza, or "". */
char *catalog__base_value(const char *base, const char *key, struct err *err);
struct variant *catalog__variant(const char *base, const char *name,
				 struct err *err);
struct profile *catalog__profile(const char *base, const char *name,
				 struct err *err);
struct workload *catalog__workload(const char *base, const char *name,
				   struct err *err);
/*
 * Append to @to what KVM must count of it under a rig. How many exits the events
 * make is of exact rigs alone.
 */
void workload__expect(const struct workload *w, const char *rig,
		      struct numbers *to);
/* The group whose name --workloads takes for all of them; "" is ALL. */
const char *workload__group(const struct workload *w);
/* Return: can a rig have it; and is it among all of that rig, or only asked for by name? */
bool workload__fits(const struct workload *w, const char *rig);
bool workload__is_among_all(const struct workload *w, const char *rig);
/* The name without WITH_..., allocated; and whether it has one. */
char *workload_plain_name(const char *name);
bool workload_has_perf(const char *name);
void variant__free(struct variant *v);
void profile__free(struct profile *p);
void workload__free(struct workload *w);

/* "struct-by-pointer" of "struct-by-pointer@3+indirect", allocated. */
char *variant_plain_name(const char *name);
/* Does the name have this overlay? */
bool variant_has_overlay(const char *name, const char *overlay);
/* The step after '@', or -1. */
int variant_step(const char *name);

/*
 * Is name among the known ones? kind is what the message calls it. Return: 0,
 * or -1 with EXIT_UNKNOWN_NAME and the known names in @err.
 */
int catalog__check_name(const char *kind, const char *name,
			const struct strlist *known, struct err *err);

/* catalog.c and rows.c share: */

/* base.conf of a base. On -1 there is nothing to free. */
int catalog__base_conf(struct conf *c, const char *base, struct err *err);
int catalog__read_conf(struct conf *c, const char *path, struct err *err);

#endif
