/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What can be measured: bases and variants from variants/, profiles from
 * variants/profiles.conf, workloads from guests/workloads.conf. An unknown
 * name dies with EXIT_UNKNOWN_NAME and the list of known ones.
 *
 * FAULTLINE_VARIANTS (folders laid out like variants/, separated by ':') and
 * FAULTLINE_WORKLOADS (files like workloads.conf) add to them.
 */
#ifndef FAULTLINE_CATALOG_H
#define FAULTLINE_CATALOG_H

#include "plan.h"
#include "util.h"

#define DEFAULT_BASE	"v6.1"
#define DEFAULT_PROFILE	"off"
#define REFERENCE	"baseline"	/* what others are compared with */

struct expect {			/* what a KVM counter must say */
	char *stat;
	uint64_t value;
};

struct workload {
	char *name, *class, *cmdline;	/* cmdline "" when it needs none */
	struct plan_cell cell;		/* its id is the workload's name */
	struct expect *expect;
	size_t nr_expect;
};

struct profile {
	char *name, *title, *cmdline, *verify;
};

struct variant {
	char *name, *title, *why, *shape;
	bool stock;			/* its series is empty */
};

/* Names in the order a reader expects; the caller frees the list. */
void catalog__bases(struct strlist *names);
void catalog__variants(const char *base, struct strlist *names);
void catalog__profiles(struct strlist *names);
void catalog__workloads(struct strlist *names);

char *catalog__base_title(const char *base);
struct variant *catalog__variant(const char *base, const char *name);
struct profile *catalog__profile(const char *name);
struct workload *catalog__workload(const char *name);
void variant__free(struct variant *v);
void profile__free(struct profile *p);
void workload__free(struct workload *w);

/* Die with EXIT_UNKNOWN_NAME unless name is among the known ones. */
void catalog__need(const char *kind, const char *name,
		   const struct strlist *known);

#endif
