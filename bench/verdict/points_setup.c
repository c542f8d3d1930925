// SPDX-License-Identifier: GPL-2.0
/*
 * What a point was measured with: instrument, program, compiler, kernel; see
 * points_priv.h.
 */
#include <stdlib.h>
#include <string.h>

#include "points_priv.h"
#include "run_rigs.h"

static const char *text_in(json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key)) ?: "";
}

/* "QEMU emulator version 7.2.22 (Debian ...)" -> "QEMU 7.2.22, <cpu>" */
static char *emulated_machine(const struct run *run)
{
	static const char before[] = "QEMU emulator version ";
	const char *cpu = text_in(json_object_get(run->meta, "rig"), "cpu");
	const size_t n = strlen(before);
	char *said = run__emulator(run), *machine;

	if (!said)
		return xstrdup("unknown");
	machine = strncmp(said, before, n) ?
		xasprintf("%s, %s", said, cpu) :
		xasprintf("QEMU %.*s, %s", (int)strcspn(said + n, " "), said + n,
			  cpu);
	free(said);
	return machine;
}

static char *cpu_machine(json_t *machine)
{
	json_int_t cpus = json_integer_value(json_object_get(machine, "cpus"));
	const char *cpu = text_in(machine, "cpu");

	if (!*cpu)
		return xstrdup("unknown");
	return xasprintf("%s, %lld CPUs, %s", cpu, (long long)cpus,
			 text_in(machine, "arch"));
}

static json_t *kernel_of(const struct run *run, const struct record *r)
{
	json_t *k;
	size_t i;

	json_array_foreach(json_object_get(run->meta, "kernels"), i, k) {
		if (!strcmp(text_in(k, "base"), r->base) &&
		    !strcmp(text_in(k, "variant"), r->variant) &&
		    !strcmp(text_in(k, "profile"), r->profile))
			return k;
	}
	return NULL;
}

/* The setup of this text, which lives as long as p. */
static const struct history_setup *setup_of(struct points *p,
					    const char *instrument,
					    const char *program,
					    const char *compiler)
{
	struct history_setup *s;

	for (size_t i = 0; i < p->nr_setups; i++) {
		s = p->setup[i];
		if (!strcmp(s->instrument, instrument) &&
		    !strcmp(s->program, program) &&
		    !strcmp(s->compiler, compiler))
			return s;
	}
	s = xcalloc(1, sizeof(*s));
	*s = (struct history_setup) { xstrdup(instrument), xstrdup(program),
				      xstrdup(compiler) };
	p->setup = xrealloc(p->setup, (p->nr_setups + 1) * sizeof(*p->setup));
	p->setup[p->nr_setups++] = s;
	return s;
}

char *points__machine(const struct run *run, const struct record *r)
{
	return record__noisy(r) ?
	       cpu_machine(json_object_get(run->meta, "machine")) :
	       emulated_machine(run);
}

/* What begins no series of its own, but may move cycles nevertheless. */
static char *instrument_of(const struct run *run, const struct record *r)
{
	const char *microcode = text_in(json_object_get(run->meta, "machine"),
					"microcode");
	char *machine = points__machine(run, r), *text;

	if (!record__noisy(r) || !*microcode || !strcmp(microcode, "unknown"))
		return machine;
	text = xasprintf("%s" POINTS_MICROCODE "%s", machine, microcode);
	free(machine);
	return text;
}

static char *compiler_of(json_t *kernel)
{
	const char *linker = text_in(kernel, "linker");

	return xasprintf("%s%s%s", text_in(kernel, "compiler"),
			 *linker ? POINTS_LINKER : "", linker);
}

void points__describe(struct points *p, const struct run *run,
		      const struct record *r, struct history_point *point)
{
	json_t *kernel = kernel_of(run, r);
	json_t *rig = json_object_get(run->meta, "rig");
	char *instrument = instrument_of(run, r);
	char *compiler = compiler_of(kernel);
	const char *series = text_in(kernel, "series_sha256");

	point->release = xstrdup(text_in(kernel, "release"));
	point->source_sha256 = *series ?
		xasprintf("%s" HISTORY_PATCHES "%.12s", text_in(kernel, "source_sha256"), series) :
		xstrdup(text_in(kernel, "source_sha256"));
	point->setup = setup_of(p, instrument, text_in(rig,
			record__noisy(r) ? "library_sha256" : "host_cpio_sha256"),
			compiler);
	free(compiler);
	free(instrument);
}
