// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU's option for the attribution plugin, and the file with the addresses
 * where interrupts enter this kernel, and VM exits; bench/plugin/probe.h has the format.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "plugin.h"

/* Tables of entry stubs; all others are single functions. */
static const char *const stubs[] = { "irq_entries_start",
				     "spurious_entries_start" };
static const char *const entries[] = { "asm_exc_", "asm_sysvec_",
				       "asm_common_interrupt",
				       "asm_spurious_interrupt" };

/* Where VMX goes on after an exit. */
#define VMEXIT	"vmx_vmexit"

static bool begins_with_one_of(const char *name, const char *const *list,
			       size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (!strncmp(name, list[i], strlen(list[i])))
			return true;
	}
	return false;
}

static size_t write_points(FILE *f, const struct image *img, uint64_t vcpus)
{
	size_t nr, written = 0;
	const struct func *func = image__funcs(img, &nr);

	for (size_t i = 0; i < nr; i++) {
		bool stub = begins_with_one_of(func[i].name, stubs,
					       ARRAY_SIZE(stubs));

		if (!stub && !begins_with_one_of(func[i].name, entries,
						 ARRAY_SIZE(entries)))
			continue;
		fprintf(f, "entry %" PRIx64 " %" PRIx64 "\n", func[i].addr,
			func[i].addr + (stub ? func[i].size : 1));
		written++;
	}
	fprintf(f, "vcpus %" PRIu64 "\n", vcpus ?: 1);
	if (image__symbol(img, VMEXIT))
		fprintf(f, "vmexit %" PRIx64 "\n", image__symbol(img, VMEXIT));
	return written;
}

char *plugin__path(void)
{
	const char *other = getenv("FAULTLINE_PLUGIN");

	return other ? xstrdup(other) : path_in_root("build/faultprobe.so");
}

/* QEMU splits its options at commas; a doubled one is a comma. */
static char *doubled_commas(const char *s)
{
	char *out = xcalloc(2 * strlen(s) + 1, 1), *to = out;

	for (; *s; s++) {
		*to++ = *s;
		if (*s == ',')
			*to++ = ',';
	}
	return out;
}

int plugin__points(const struct boot_job *job, const char *points, char *err,
		   size_t errlen)
{
	struct image *img = image__open(job->kernel, err, errlen);
	size_t written;
	FILE *f;

	if (!img)
		return -EINVAL;
	f = fopen(points, "w");
	written = f ? write_points(f, img, job->workload->cell.vcpus) : 0;
	image__close(img);
	if (!f || fclose(f) || !written) {
		snprintf(err, errlen, written ? "cannot write %s" :
			 "%s: none of its symbols is an interrupt entry",
			 written ? points : job->kernel);
		return -EINVAL;
	}
	return 0;
}

int plugin__prepare(const struct boot_job *job, const char *points,
		    char **option, char *err, size_t errlen)
{
	char *plugin, *p, *o, *t;
	int r = plugin__points(job, points, err, errlen);

	if (r)
		return r;
	plugin = plugin__path();
	p = doubled_commas(plugin);
	o = doubled_commas(job->probe);
	t = doubled_commas(points);
	*option = xasprintf("%s,out=%s,points=%s", p, o, t);
	free(t);
	free(o);
	free(p);
	free(plugin);
	return 0;
}
