/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernels of a run: one a base, variant and profile, built or found built
 * by scripts/build-kernel. Profiles that differ in the command line alone
 * share one.
 */
#ifndef FAULTLINE_KERNELS_H
#define FAULTLINE_KERNELS_H

#include "catalog.h"
#include "rig.h"
#include "run.h"

struct kernel {
	char *base, *variant, *profile;
	char *config;			/* the profile's Kconfig lines */
	char *dir;			/* vmlinux, config, objs/, link/, info; NULL: not built */
	const struct running *running;	/* it runs here, and may have no dir; or NULL */
	char *vmlinux_sha256, *handler_sha256;
	char *layout_sha256[PERTURB_LAYOUTS];	/* of layout1/vmlinux and so on; "": not there */
	char *failed;			/* why it does not build, or NULL */
	int failed_code;		/* the script's exit code */
	bool built;			/* by this process, or tried */
};

struct kernels {
	struct kernel *item;
	size_t nr;
	bool first;			/* nothing of their source is compiled yet */
	bool keep_going;		/* one that does not build ends nothing */
	size_t boots;			/* that are to come then, at most; 0: say nothing of them */
	double boots_s;			/* how long these take */
};

/* Want one; wanting it twice is wanting it once. */
void kernels__add(struct kernels *k, const char *base, const char *variant,
		  const struct profile *profile);
/* Want the one that runs; there is nothing to build. */
void kernels__add_running(struct kernels *k, const struct running *r);
/* Add to a run's meta data what it does not have yet of them. */
void kernels__note(const struct kernels *k, json_t *meta);
/*
 * Build what is not built. When one does not build, the script has said why
 * and this program ends with the script's exit code; with keep_going, where it
 * is the source's fault, the reason is in `failed` and the others are built.
 */
void kernels__build(struct kernels *k);
const struct kernel *kernels__of(const struct kernels *k, const char *base,
				 const char *variant, const char *profile);
/*
 * Where the cache has the kernel of a cell, allocated; or NULL with code and
 * message in @err: EXIT_MISSING when it is not built, EXIT_CHANGED when its
 * build id is not build_id, that of the kernel which run booted.
 */
char *kernels__dir_of(const char *base, const char *variant,
		      const char *profile, const char *build_id,
		      const char *run, struct err *err);
/*
 * The same of a run without attribution, by the hash of the handler that it
 * measured; EXIT_UNKNOWN_NAME for names that are not in this checkout.
 */
char *kernels__measured_dir(const char *base, const char *variant,
			    const char *profile, const struct run *run,
			    struct err *err);
/* What the script noted of each, as run.json keeps it. */
json_t *kernels__to_json(const struct kernels *k);
/* Return: the hash of the vmlinux of that link layout, 0: the plain one. */
const char *kernels__vmlinux(const struct kernel *k, uint64_t layout);
/* Die with EXIT_CHANGED unless these are the kernels that the run measured. */
void kernels__need_unchanged(const struct kernels *k, const struct run *run);

#endif
