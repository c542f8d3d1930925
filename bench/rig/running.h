/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which kernel runs on this machine.
 */
#ifndef FAULTLINE_RUNNING_H
#define FAULTLINE_RUNNING_H

#include <jansson.h>
#include <stdbool.h>

#include "err.h"

/*
 * The kernel that runs here. One whose build id is that of a kernel in the
 * cache is that variant, in the profile that its command line and sysfs show;
 * any other goes by its release.
 */
struct running {
	char *base, *variant, *profile;
	char *release, *build_id, *boot_id;	/* build_id "" when not known */
	char *dir;		/* the variant's kernel, or NULL */
	char *note;		/* why it is not the variant that it seems to be, or NULL */
	bool failed;		/* the profile cannot be looked up: err has why */
	struct err err;
};

/* Looked up once. Return: the kernel that runs. */
const struct running *running__kernel(void);
/*
 * Return: the build id among ELF notes (/sys/kernel/notes,
 * .note.gnu.build-id) in hex, allocated, the caller frees it; or NULL.
 */
char *running__build_id(const void *notes, size_t size);
/* Return: what sysfs says of this host: vuln/..., kvm.tdp_mmu. */
json_t *running__host(void);

#endif
