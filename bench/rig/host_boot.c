// SPDX-License-Identifier: GPL-2.0
/* See host_boot.h. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "guest_files.h"
#include "host_boot.h"
#include "initrd.h"
#include "perf_parse.h"

int host_boot__initrd(struct boot *b)
{
	const struct workload *w = b->job->workload;
	char *cpio[4] = { initrd__host() }, **to = cpio + 1;
	int r = 0;

	if (guest_files__wanted(w) &&
	    !(*to++ = guest_files__archive(b->job->base, b->record)))
		r = -1;
	if (!r && perf_parse__wanted(w) &&
	    !(*to = perf_parse__archive(b->record)))
		r = -1;
	if (!r)
		r = initrd__write(b->input, (const char *const *)cpio, &b->cell,
				  b->job->perturb.archive);
	for (size_t i = 0; i < ARRAY_SIZE(cpio); i++)
		free(cpio[i]);
	return r ? -1 : 0;
}

/* The kernel of the record: its hash is of the file that was built. */
static char *other_kernel(const struct boot *b)
{
	const char *want = b->record->vmlinux_sha256;
	char *path, *sha, *why = NULL;

	if (!b->job->kernel || !want || !*want)
		return NULL;
	path = host_boot__vmlinux(b->job->kernel, b->job->perturb.text);
	sha = path_sha256_again(path);
	if (!sha)
		why = xasprintf("%s: %s; it is built again by: scripts/build-kernel %s %s %s",
				path, strerror(errno), b->job->base,
				b->job->variant, b->job->profile->name);
	else if (strcmp(sha, want))
		why = xasprintf("%s is not the kernel that was built there: its SHA-256 is %.12s, and %.12s was noted; remove %s, and it is built again",
				path, sha, want, b->job->kernel);
	free(sha);
	free(path);
	return why;
}

/* One archive for all boots of a process: `make` may be at work meanwhile. */
static char *other_archive(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static char *first;
	char *path = initrd__host(), *sha = path_sha256_again(path), *why = NULL;

	pthread_mutex_lock(&lock);
	if (!sha)
		why = xasprintf("%s: %s; run: make", path, strerror(errno));
	else if (first && strcmp(first, sha))
		why = xasprintf("%s changed while the run booted it: its SHA-256 was %.12s and is %.12s; begin a new run",
				path, first, sha);
	else if (!first)
		first = xstrdup(sha);
	pthread_mutex_unlock(&lock);
	free(sha);
	free(path);
	return why;
}

char *host_boot__changed(const struct boot *b)
{
	char *why = other_kernel(b);

	return why ?: other_archive();
}

char *host_boot__cmdline(const struct boot_job *job)
{
	const char *tdp_mmu = job->workload->tdp_mmu;
	const char *words = job->model ? job->model->cmdline : NULL;

	return xasprintf("%s%s%s %s%s%s", words ?: "", words ? " " : "",
			 job->profile->cmdline,
			 job->workload->cmdline, !*tdp_mmu ? "" :
			 !strcmp(tdp_mmu, "on") ? " kvm.tdp_mmu=1" :
			 " kvm.tdp_mmu=0", perf_parse__cmdline(job->workload));
}

char *host_boot__vmlinux(const char *kernel, uint64_t layout)
{
	return layout ? xasprintf("%s/layout%llu/vmlinux", kernel,
				  (unsigned long long)layout) :
			xasprintf("%s/vmlinux", kernel);
}
