// SPDX-License-Identifier: GPL-2.0
/* See coverage_read.h. */
#include <stdlib.h>
#include <string.h>

#include "attribute.h"
#include "coverage_read.h"
#include "need.h"

static struct coverage_kernel *kernel_of(struct coverage_kernels *k,
					 const struct record *r,
					 const char *build_id, const char *run)
{
	struct coverage_kernel *one;

	for (size_t i = 0; i < k->nr; i++) {
		one = &k->item[i];
		if (!strcmp(one->base, r->base) && !strcmp(one->variant, r->variant) &&
		    !strcmp(one->profile, r->profile) &&
		    !strcmp(one->build_id, build_id))
			return one;
	}
	k->item = xrealloc(k->item, (k->nr + 1) * sizeof(*k->item));
	one = &k->item[k->nr++];
	*one = (struct coverage_kernel) {
		.base = xstrdup(r->base), .variant = xstrdup(r->variant),
		.profile = xstrdup(r->profile), .build_id = xstrdup(build_id),
		.run = run,
	};
	return one;
}

/*
 * Does the guest read the clock? Where its events are no exits of the guest, the VMM
 * calls the handler and measures that.
 */
static bool timed_by_guest(const struct record *r)
{
	return r->nr_bins && record__event_exits(r) != 0;
}

/* A plugin that lost blocks cannot say that a line was never executed. The clock of
 * several vCPUs is not counted by it. */
static void check(const struct attribution *a, const struct record *r,
		  const struct run *run)
{
	if (!a->executed.known)
		die(EXIT_NO_DATA, "%s does not say what %s/%s executed in %s: its attribution was made before that was kept; measure it again: faultline run --attribute --base %s --variants %s --profiles %s --workloads %s",
		    run->dir, r->base, r->variant, r->workload, r->base, r->variant,
		    r->profile, r->workload);
	if (a->odd || (timed_by_guest(r) && !r->nr_vcpus && !a->agrees))
		die(EXIT_DISAGREE, "%s: of %s/%s, %s, the plugin lost code: %s; what it did not see may have been executed",
		    run->dir, r->base, r->variant, r->workload,
		    a->odd ? "it saw jumps that lead elsewhere" :
			     "it counted other instructions than the guest's clock");
}

static bool is_chosen(const struct record *r, const struct selection *shown)
{
	const struct selected is = { {
		[BY_RIG] = r->rig, [BY_BASE] = r->base,
		[BY_VARIANT] = r->variant, [BY_PROFILE] = r->profile,
		[BY_WORKLOAD] = r->workload,
	} };

	return selection__has(shown, &is);
}

/* Was an earlier boot of its cell taken? The others of a run replay it. */
static bool is_taken(const struct run *run, size_t i, const struct selection *shown)
{
	for (size_t k = 0; k < i; k++) {
		const struct record *r = run->record[k];

		if (record__same_cell(r, run->record[i]) && is_chosen(r, shown) &&
		    attribute__has(run, r))
			return true;
	}
	return false;
}

void coverage_kernels__add(struct coverage_kernels *k, const struct run *run,
			   const struct selection *shown)
{
	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];
		struct coverage_kernel *one;
		struct attribution a;
		char err[512];

		if (!is_chosen(r, shown) || !attribute__has(run, r) ||
		    is_taken(run, i, shown))
			continue;
		if (attribution__load(&a, run, r, err, sizeof(err)))
			die(EXIT_BAD_RECORD, "%s; remove it and the records that it is of, then: faultline run --resume %s",
			    err, run->dir);
		check(&a, r, run);
		one = kernel_of(k, r, a.build_id, run->dir);
		one->boot = xrealloc(one->boot, (one->nr + 1) * sizeof(*one->boot));
		one->boot[one->nr++] = (struct coverage_boot) {
			xstrdup(r->workload), a.executed };
		a.executed = (struct executed) { 0 };
		attribution__free(&a);
	}
}

void coverage_kernels__free(struct coverage_kernels *k)
{
	for (size_t i = 0; i < k->nr; i++) {
		struct coverage_kernel *one = &k->item[i];

		for (size_t j = 0; j < one->nr; j++) {
			free(one->boot[j].workload);
			executed__free(&one->boot[j].executed);
		}
		free(one->boot);
		free(one->base);
		free(one->variant);
		free(one->profile);
		free(one->build_id);
	}
	free(k->item);
	*k = (struct coverage_kernels) { 0 };
}

void coverage__changes(const char *base, const char *from, const char *to,
		       struct source_lines *removed, struct source_lines *added)
{
	char *script = path_in_root("scripts/source");
	const char *argv[] = { script, "changes", base, from, to, NULL };
	int code;
	char *diff = spawn__script(argv, &code);

	if (code)
		die_script("source", code);
	*removed = *added = (struct source_lines) { 0 };
	if (!udiff__read(diff, removed, added))
		die(EXIT_INTERNAL, "scripts/source changes %s %s %s printed no diff",
		    base, from, to);
	free(diff);
	free(script);
}
