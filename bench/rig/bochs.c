// SPDX-License-Identifier: GPL-2.0
/*
 * The bochs rig: the variant kernel as a KVM host under Bochs, an interpreter
 * that has VMX with EPT and SVM with NPT. Its time stamp counter is its counter
 * of instructions, so everything that reads it counts instructions, exactly and on
 * any machine. It shares no code with the tcg rig's emulator.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bochs.h"
#include "bochs_attribute.h"
#include "bochs_image.h"
#include "host_boot.h"
#include "initrd.h"
#include "wire.h"

#define PACKAGES	"bochs bochs-term"
#define INSTALL		"apt-get install -y --no-install-recommends " PACKAGES

/*
 * As under tcg; and the clock is told instead of calibrated, the console's
 * characters take as short as its chip can, and RCU does not wait for ticks.
 */
#define CMDLINE		"nokaslr norandmaps console=ttyS0,115200 loglevel=5 " \
			"no_timer_check noapictimer nolapic_timer panic=-1 reboot=t " \
			"tsc_early_khz=1000000 rcupdate.rcu_expedited=1"

#define ANOTHER	"2.7 and 3.0 were tried; have FAULTLINE_BOCHS name one of them, or run where they are the distribution's: " INSTALL

static void bochs_need(void)
{
	char *path = spawn__which(bochs__program()), *cpio = initrd__host();
	char *rom = bochs__rom(), *unfit;

	if (!path)
		die(EXIT_MISSING, "%s is missing; run: " INSTALL, bochs__program());
	unfit = bochs__unfit(bochs__version());
	if (unfit)
		die(EXIT_MISSING, "%s; " ANOTHER, unfit);
	if (!bochs__is_tried(bochs__version()))
		warn("Bochs %s was not tried; 2.7 and 3.0 were", bochs__version());
	if (!path_exists(cpio))
		die(EXIT_MISSING, "%s is missing; run: make", cpio);
	if (!path_exists(rom))
		die(EXIT_MISSING, "%s is missing; run: make", rom);
	free(rom);
	free(cpio);
	free(path);
}

static void bochs_describe(json_t *meta, const struct rig_model *model)
{
	char *path = spawn__which(bochs__program()), *cpio = initrd__host();
	char *rom = bochs__rom(), *sha = path_sha256(path);
	char *cpio_sha = path_sha256(cpio), *rom_sha = path_sha256(rom);
	char *memory = xasprintf("%dM", BOCHS_MEMORY);
	char *cmdline = xasprintf("%s %s", CMDLINE, bochs__cmdline(model));

	json_object_set_new(meta, "rig", json_pack("{ss ss ss ss ss ss ss ss}",
			    "name", "bochs", "bochs", bochs__version(),
			    "bochs_sha256", sha ? sha : "",
			    "cpu", model->cpu, "memory", memory,
			    "cmdline", cmdline,
			    "rom_sha256", rom_sha ? rom_sha : "",
			    "host_cpio_sha256", cpio_sha ? cpio_sha : ""));
	free(cmdline);
	free(memory);
	free(rom_sha);
	free(cpio_sha);
	free(sha);
	free(rom);
	free(cpio);
	free(path);
}

static uint64_t memory_of(const struct workload *w)
{
	return w->host_memory ?: BOCHS_MEMORY;
}

/* Bochs refuses its configuration with more, and ends. */
static char *bochs_cannot(const struct rig_model *model,
			  const struct profile *p, const struct workload *w)
{
	(void)model;
	(void)p;
	if (memory_of(w) <= BOCHS_MOST_MEMORY)
		return NULL;
	return xasprintf("the host needs %" PRIu64 " MiB of memory, and Bochs gives at most %d",
			 memory_of(w), BOCHS_MOST_MEMORY);
}

/* The initramfs, and the image that holds it. */
static int write_image(struct boot *b)
{
	const struct boot_job *job = b->job;
	char *append, *cmdline, *vmlinux, err[256];
	struct bochs_image image;
	int r = host_boot__initrd(b);

	if (r)
		return r;
	append = host_boot__cmdline(job);
	cmdline = xasprintf("%s %s %s", CMDLINE, bochs__cmdline(job->model),
			    append);
	vmlinux = host_boot__vmlinux(job->kernel, job->perturb.text);
	image = (struct bochs_image) {
		.vmlinux = vmlinux, .initrd = b->input, .cmdline = cmdline,
		.memory = memory_of(job->workload) << 20,
	};
	r = bochs_image__write(&image, b->image, err, sizeof(err));
	if (r && r != -ENOSPC)
		b->record->why = xstrdup(err);
	free(vmlinux);
	free(cmdline);
	free(append);
	return r ? -1 : 0;
}

static int prepare(struct boot *b)
{
	struct bochs_attribute *a;
	char err[256];
	int r = write_image(b);

	if (r || !b->job->probe)
		return r;
	b->own = a = xcalloc(1, sizeof(*a));
	if (!bochs_attribute__prepare(a, b, err, sizeof(err)))
		return 0;
	b->record->why = xstrdup(err);
	return -1;
}

/* 2.7 has no VM exit for the triple fault of a guest under SVM. */
static bool ends_with_guest(const struct rig_model *m)
{
	return !strcmp(m->vendor, VENDOR_AMD) &&
	       strverscmp(bochs__version(), "3") < 0;
}

/* What it said, which goes, with what to do about it. */
static char *advise(char *said, enum bochs_end ended)
{
	const char *next = ended == BOCHS_TRIPLE_FAULT ?
		"; of the host or of its guest: with an AMD CPU this Bochs ends at both, 3.0 tells them apart" :
		strstr(said, "display library") ? "; run: " INSTALL : "";
	char *text = xasprintf("%s%s", said, next);

	free(said);
	return text;
}

static void run(struct boot *b)
{
	const struct boot_job *job = b->job;
	struct bochs_attribute *traced = b->own;
	char *why;
	const struct bochs_run run = {
		.model = job->model, .stem = job->logs, .image = b->image,
		.memory = memory_of(job->workload), .console = b->console, .wire = b->wire,
		.errors = b->errors, .words = traced ? traced->words : NULL,
		.commands = traced ? traced->commands : BOCHS_CONTINUE,
		.limit_s = job->limit_s * (traced ? BOCHS_TRACE_SLOWDOWN : 1),
		.stop = job->stop,
	};
	enum bochs_end ended;

	b->end = bochs__run(&run, &b->status, &ended, &why);
	/* Its exit status is the same for every end. */
	if (b->end == SPAWN_EXITED && ended == BOCHS_SHUTDOWN)
		b->status = b->kind->good;
	else if (b->end == SPAWN_EXITED && ended == BOCHS_TRIPLE_FAULT &&
		 !ends_with_guest(job->model))
		b->status = 0;
	b->said = why ? advise(why, ended) : NULL;
	b->log = path_read(b->console, NULL) ?: xstrdup("");
	if (traced)
		bochs_attribute__free(traced);
}

static enum boot_end bochs_boot(const struct boot_job *job, struct record *r)
{
	static const struct boot_kind kind = {
		.program = "Bochs", .running = "the host was still up",
		.init = "init", .input = "initrd", .errors = "bochs",
		.good = EXIT_STATUS(EXIT_DONE), .resets = true, .own_mmu = true,
		.prepare = prepare, .run = run,
	};

	return boot__run(&kind, job, r);
}

static void look_at_version(struct findings *f)
{
	const char *version = bochs__version();
	char *unfit = bochs__unfit(version);

	findings__note(f, !unfit && bochs__is_tried(version), ANOTHER,
		       unfit ? "%s" : "Bochs %s", unfit ?: version);
	free(unfit);
}

static void bochs_doctor(struct findings *f)
{
	char *path = spawn__which(bochs__program()), *rom = bochs__rom();
	char *trace = bochs_attribute__program();

	findings__note(f, path, INSTALL, "%s: %s", bochs__program(),
		       path ? path : "not found");
	findings__note(f, path_exists(rom), "make", "ROM of the host: %s", rom);
	findings__note(f, path_exists(trace), "make",
		       "what makes attributions of its trace: %s", trace);
	free(trace);
	if (path)
		look_at_version(f);
	free(rom);
	free(path);
}

static const struct rig bochs = {
	.name = "bochs",
	.need = bochs_need,
	.cannot = bochs_cannot,
	.describe = bochs_describe,
	.boot = bochs_boot,
	.doctor = bochs_doctor,
};
RIG(bochs);
