// SPDX-License-Identifier: GPL-2.0
/*
 * One file runs QEMU: its command line, what identifies it, and a boot with
 * it.
 */
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "host_boot.h"
#include "initrd.h"
#include "plugin.h"
#include "qemu.h"
#include "wire.h"

#define QEMU		"qemu-system-x86_64"
#define PACKAGE		"qemu-system-x86"
#define INSTALL		"apt-get install -y " PACKAGE
#define MACHINE		"microvm,pit=on,pic=on,rtc=on,isa-serial=on"
#define MEMORY		512		/* MiB, where the workload asks for no more */

const char *qemu__program(void)
{
	return getenv("FAULTLINE_QEMU") ?: QEMU;
}

void qemu__need(void)
{
	char *path = spawn__which(qemu__program()), *cpio = initrd__host();

	if (!path)
		die(EXIT_MISSING, "%s is missing; run: " INSTALL, qemu__program());
	if (!path_exists(cpio))
		die(EXIT_MISSING, "%s is missing; run: make", cpio);
	free(cpio);
	free(path);
}

static char *version(void)
{
	const char *argv[] = { qemu__program(), "--version", NULL };
	int code;
	char *text = spawn__capture(argv, &code);

	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* A run whose emulator has no version could not go on with it. */
static char *need_version(void)
{
	char *said = version();

	if (!*said)
		die(EXIT_MISSING, "%s --version says nothing: it does not start, or this machine has no process left for it; the same command goes on from there",
		    qemu__program());
	return said;
}

static const char *cpu_of(const struct qemu_kind *kind,
			  const struct rig_model *model)
{
	return kind->cpu ?: (model ?: rigs__model(kind->rig))->cpu;
}

/* As -m takes it, allocated. */
static char *memory_of(const struct workload *w)
{
	return xasprintf("%lluM", (unsigned long long)
			 (w && w->host_memory ? w->host_memory : MEMORY));
}

void qemu__describe(json_t *meta, const struct qemu_kind *kind,
		    const struct rig_model *model)
{
	char *path = spawn__which(qemu__program()), *cpio = initrd__host();
	char *said = need_version(), *sha = path_sha256(path);
	char *cpio_sha = path_sha256(cpio), *memory = memory_of(NULL);

	json_object_set_new(meta, "rig", json_pack("{ss ss ss ss ss ss ss ss}",
			    "name", kind->rig, "qemu", said,
			    "qemu_sha256", sha ? sha : "", "machine", MACHINE,
			    "cpu", cpu_of(kind, model), "memory", memory,
			    "cmdline", kind->cmdline,
			    "host_cpio_sha256", cpio_sha ? cpio_sha : ""));
	free(memory);
	free(cpio_sha);
	free(sha);
	free(said);
	free(cpio);
	free(path);
}

void qemu__doctor(struct findings *f)
{
	const char *argv[] = { qemu__program(), "-M", "microvm", "-device",
			       "help", NULL };
	char *path = spawn__which(qemu__program()), *said, *help;
	int code;

	findings__program(f, qemu__program(), PACKAGE);
	if (!path)
		return;
	said = version();
	help = spawn__capture(argv, &code);
	findings__add(f, strstr(said, "version ") &&
		      atof(strstr(said, "version ") + 8) >= 7.0, INSTALL,
		      "QEMU 7.0 or newer: %s", said);
	findings__add(f, strstr(help, "isa-debugcon") &&
		      strstr(help, "isa-debug-exit"), INSTALL,
		      "microvm, isa-debugcon and isa-debug-exit in QEMU");
	free(help);
	free(said);
	free(path);
}

enum spawn_end qemu__run(const struct qemu_run *q, int *status)
{
	char *kernel = host_boot__vmlinux(q->kernel, q->layout);
	char *append = xasprintf("%s %s", q->kind->cmdline, q->cmdline);
	char *serial = xasprintf("file:%s", q->console);
	char *chardev = xasprintf("file,id=wire,path=%s", q->wire);
	char *debugcon = xasprintf("isa-debugcon,iobase=0x%x,chardev=wire",
				   WIRE_PORT);
	char *debug_exit = xasprintf("isa-debug-exit,iobase=0x%x,iosize=4",
				     EXIT_PORT);
	const char *tail[] = {
		"-cpu", cpu_of(q->kind, q->model), "-m", q->memory,
		"-display", "none", "-no-reboot", "-serial", serial,
		"-chardev", chardev, "-device", debugcon,
		"-device", debug_exit, "-kernel", kernel, "-initrd", q->initrd,
		"-append", append, q->plugin ? "-plugin" : NULL, q->plugin, NULL
	};
	const char *argv[48] = {
		qemu__program(), "-no-user-config", "-nodefaults", "-M", MACHINE,
	};
	struct spawn s = {
		.argv = argv,
		.stdout_path = "/dev/null",
		.stderr_path = q->errors,
		.limit_s = q->limit_s,
		.stop = q->stop,
	};
	enum spawn_end end;
	size_t n = 5;

	for (size_t i = 0; q->kind->options[i]; i++)
		argv[n++] = q->kind->options[i];
	memcpy(argv + n, tail, sizeof(tail));
	end = spawn__run(&s, status);

	free(debug_exit);
	free(debugcon);
	free(chardev);
	free(serial);
	free(append);
	free(kernel);
	return end;
}

static int prepare(struct boot *b)
{
	const struct boot_job *job = b->job;
	char err[256], *plugin = NULL;

	if (job->probe && plugin__prepare(job, b->points, &plugin, err,
					  sizeof(err))) {
		b->record->why = xstrdup(err);
		return -1;
	}
	b->own = plugin;
	return host_boot__initrd(b);
}

static void run(struct boot *b)
{
	const struct boot_job *job = b->job;
	char *cmdline = host_boot__cmdline(job), *memory = memory_of(job->workload);
	struct qemu_run q = {
		.kind = b->kind->data, .model = job->model,
		.kernel = job->kernel,
		.layout = job->perturb.text,
		.cmdline = cmdline, .memory = memory, .initrd = b->input,
		.console = b->console, .wire = b->wire, .errors = b->errors,
		.plugin = b->own, .limit_s = job->limit_s, .stop = job->stop,
	};

	b->end = qemu__run(&q, &b->status);
	b->log = path_read(b->console, NULL) ?: xstrdup("");
	free(memory);
	free(cmdline);
}

enum boot_end qemu__boot(const struct boot_job *job, struct record *r,
			 const struct qemu_kind *kind)
{
	const struct boot_kind boot = {
		.program = "QEMU", .running = "the host was still up",
		.init = "init", .input = "initrd", .errors = "qemu",
		.good = EXIT_STATUS(EXIT_DONE), .resets = true,
		.cycles = kind->cycles, .own_mmu = true,
		.prepare = prepare, .run = run, .data = kind,
	};

	return boot__run(&boot, job, r);
}
