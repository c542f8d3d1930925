// SPDX-License-Identifier: GPL-2.0
/* See host_boot.h. */
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
