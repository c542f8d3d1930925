// SPDX-License-Identifier: GPL-2.0
/*
 * The tcg rig: the variant kernel as a KVM host under QEMU's TCG, which
 * emulates AMD SVM with nested paging. With icount the virtual TSC advances
 * by one an instruction, so everything that reads it counts instructions,
 * exactly and on any machine. What it counts are instructions, never cycles.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cycles.h"
#include "rig.h"
#include "wire.h"

#define QEMU		"qemu-system-x86_64"
#define QEMU_PACKAGE	"qemu-system-x86"
#define MACHINE		"microvm,pit=on,pic=on,rtc=on,isa-serial=on"
/*
 * No random numbers from the CPU: they differ from boot to boot. No ERMS: its
 * `rep stosb` is an instruction a byte here, and clearing pages takes long.
 */
#define CPU		"EPYC,+svm,+npt,-rdrand,-rdseed,-erms"
#define MEMORY		"512M"
#define LOG_ROOM	(1 << 20)	/* bytes a boot may need on disk */
/*
 * Calibrating and checking the timers is what makes a boot slow under icount.
 * A panic must end the machine at once; WARN must reach the console. No
 * address is drawn by chance, neither the kernel's nor init's.
 */
#define CMDLINE		"nokaslr norandmaps console=ttyS0 loglevel=5 no_timer_check " \
			"noapictimer nolapic_timer panic=-1 reboot=t"

static const char *const tcg_options[] = {
	"-accel", "tcg", "-icount", "shift=0,sleep=off",
	"-rtc", "clock=vm,base=2024-01-01", NULL
};

const struct qemu_kind qemu_tcg = {
	.rig = "tcg", .options = tcg_options, .cpu = CPU, .cmdline = CMDLINE,
};

static const char *qemu(void)
{
	return getenv("FAULTLINE_QEMU") ?: QEMU;
}

/* Init and the guests; a test hands in another archive. */
char *tcg__host_cpio(void)
{
	const char *other = getenv("FAULTLINE_HOST_CPIO");

	return other ? xstrdup(other) : path_in_root("build/host.cpio");
}

void tcg__need(void)
{
	char *path = spawn__which(qemu()), *cpio = tcg__host_cpio();

	if (!path)
		die(EXIT_MISSING, "%s is missing; run: apt-get install -y %s",
		    qemu(), QEMU_PACKAGE);
	if (!path_exists(cpio))
		die(EXIT_MISSING, "%s is missing; run: make", cpio);
	free(cpio);
	free(path);
}

static char *tcg_cannot(const struct profile *p, const struct workload *w)
{
	(void)p;
	return !*w->rig || !strcmp(w->rig, "tcg") ? NULL :
		xasprintf("only the rig %s has this workload", w->rig);
}

static char *qemu_version(void)
{
	const char *argv[] = { qemu(), "--version", NULL };
	int code;
	char *text = spawn__capture(argv, &code);

	text[strcspn(text, "\n")] = '\0';
	return text;
}

void tcg__describe(json_t *meta, const struct qemu_kind *kind)
{
	char *path = spawn__which(qemu()), *cpio = tcg__host_cpio();
	char *version = qemu_version(), *sha = path_sha256(path);
	char *cpio_sha = path_sha256(cpio);

	json_object_set_new(meta, "rig", json_pack("{ss ss ss ss ss ss ss ss}",
			    "name", kind->rig, "qemu", version,
			    "qemu_sha256", sha ? sha : "", "machine", MACHINE,
			    "cpu", kind->cpu, "memory", MEMORY,
			    "cmdline", kind->cmdline,
			    "host_cpio_sha256", cpio_sha ? cpio_sha : ""));
	free(cpio_sha);
	free(sha);
	free(version);
	free(cpio);
	free(path);
}

static char *first_line_of(const char *path)
{
	char *text = path_read(path, NULL), *line = text;

	/* QEMU warns of CPU features that TCG lacks; those are known. */
	while (line && strstr(line, "warning: TCG doesn't support") &&
	       strstr(line, "warning: TCG doesn't support") <
	       line + strcspn(line, "\n")) {
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	line = xasprintf("%.*s", line ? (int)strcspn(line, "\n") : 0,
			 line ? line : "");
	free(text);
	return line;
}

/* How QEMU itself ended, when neither console nor channel explain it. */
static void judge_end(struct record *r, enum spawn_end end, int status,
		      double limit_s, const char *stderr_path,
		      const struct channel_log *h)
{
	char *said;

	if (end == SPAWN_LIMIT) {
		r->outcome = OUTCOME_HANG;
		r->why = xasprintf("the host was still up after %.0f s", limit_s);
	} else if (h->died) {
		r->outcome = OUTCOME_RIG;
		r->why = xasprintf("init gave up: %s", h->why);
	} else if (end == SPAWN_EXITED && status == 0) {
		r->outcome = OUTCOME_PANIC;
		r->why = xstrdup("the host reset itself and said nothing");
	} else if (end != SPAWN_EXITED || status != EXIT_STATUS(EXIT_DONE)) {
		said = first_line_of(stderr_path);
		r->outcome = OUTCOME_RIG;
		r->why = xasprintf("QEMU %s %d: %s", end == SPAWN_SIGNALED ?
				   "was killed by signal" : "ended with status",
				   status, said);
		free(said);
	} else {
		r->outcome = verify__channel(h, &r->why);
	}
}

/* Worst first: the kernel's log, the end of QEMU, the guest, the figures. */
static void judge(struct record *r, const struct boot_job *job,
		  const struct qemu_kind *kind, enum spawn_end end, int status, const char *console,
		  const char *stderr_path, const struct channel_log *h)
{
	char err[256], *line;

	r->outcome = console__scan(console, &line);
	r->why = line;
	if (r->outcome == OUTCOME_OK)
		judge_end(r, end, status, job->limit_s, stderr_path, h);
	if (r->outcome == OUTCOME_OK)
		r->outcome = verify__profile(job->profile, r->host, &r->why);
	if (r->outcome == OUTCOME_OK)
		r->outcome = verify__tdp_mmu(job->workload, r->host, &r->why);
	if (r->outcome == OUTCOME_OK)
		r->outcome = perf_parse__take(h, job->workload, r, &r->why);
	if (r->outcome == OUTCOME_OK && kind->cycles &&
	    channel__cycles(h, r, err, sizeof(err))) {
		r->outcome = OUTCOME_LOST;
		r->why = xstrdup(err);
	}
	if (r->outcome == OUTCOME_OK && record__check(r, err, sizeof(err))) {
		r->outcome = OUTCOME_DENOMINATOR;
		r->why = xstrdup(err);
	}
	if (r->outcome != OUTCOME_OK) {
		cycles__free(r->cycles);
		r->cycles = NULL;
	}
	if (!r->why)
		r->why = xstrdup("");
}

enum spawn_end tcg__qemu(const struct qemu_run *q, int *status)
{
	char *kernel = xasprintf("%s/vmlinux", q->kernel);
	char *append = xasprintf("%s %s", q->kind->cmdline, q->cmdline);
	char *serial = xasprintf("file:%s", q->console);
	char *chardev = xasprintf("file,id=wire,path=%s", q->wire);
	char *debugcon = xasprintf("isa-debugcon,iobase=0x%x,chardev=wire",
				   WIRE_PORT);
	char *debug_exit = xasprintf("isa-debug-exit,iobase=0x%x,iosize=4",
				     EXIT_PORT);
	const char *tail[] = {
		"-cpu", q->kind->cpu, "-m", q->memory,
		"-display", "none", "-no-reboot", "-serial", serial,
		"-chardev", chardev, "-device", debugcon,
		"-device", debug_exit, "-kernel", kernel, "-initrd", q->initrd,
		"-append", append, q->plugin ? "-plugin" : NULL, q->plugin, NULL
	};
	const char *argv[48] = {
		qemu(), "-no-user-config", "-nodefaults", "-M", MACHINE,
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

static enum spawn_end run_qemu(const struct boot_job *job,
			       const struct qemu_kind *kind, const char *initrd,
			       const char *console, const char *wire,
			       const char *stderr_path, const char *plugin,
			       int *status)
{
	const char *tdp_mmu = job->workload->tdp_mmu;
	char *cmdline = xasprintf("%s %s%s%s", job->profile->cmdline,
				  job->workload->cmdline, !*tdp_mmu ? "" :
				  !strcmp(tdp_mmu, "on") ? " kvm.tdp_mmu=1" :
				  " kvm.tdp_mmu=0", perf_parse__cmdline(job->workload));
	struct qemu_run q = {
		.kind = kind, .kernel = job->kernel, .cmdline = cmdline, .memory = MEMORY,
		.initrd = initrd, .console = console, .wire = wire,
		.errors = stderr_path, .limit_s = job->limit_s,
		.stop = job->stop, .plugin = plugin,
	};
	enum spawn_end end = tcg__qemu(&q, status);

	free(cmdline);
	return end;
}

/* A channel that stopped short on a full disk is no fault of the host's. */
static bool disk_is_full(const char *path)
{
	struct statvfs v;

	return !statvfs(path, &v) && v.f_bavail * v.f_frsize < LOG_ROOM;
}

static void hear_and_judge(const struct boot_job *job,
			   const struct qemu_kind *kind, struct record *r,
			   enum spawn_end end, int status, const char *console,
			   const char *wire, const char *errors)
{
	char *said = path_read(wire, NULL) ?: xstrdup("");
	char *text = path_read(console, NULL) ?: xstrdup("");
	struct channel_log h;

	channel__parse(said, r, &h);
	judge(r, job, kind, end, status, text, errors, &h);
	channel__free(&h);
	free(text);
	free(said);
}

/* What the host needs beside its own archive; false with r->why. */
static bool add_archives(const struct boot_job *job, struct record *r,
			 char **to)
{
	if (guest_files__wanted(job->workload) &&
	    !(*to++ = guest_files__archive(job->base, r)))
		return false;
	return !perf_parse__wanted(job->workload) || (*to = perf_parse__archive(r));
}

enum boot_end tcg__boot(const struct boot_job *job, struct record *r,
			const struct qemu_kind *kind)
{
	struct plan_cell cell = kind->cycles ? channel__noisy_cell(job->workload) :
					       job->workload->cell;
	char *initrd = xasprintf("%s.initrd", job->logs);
	char *console = xasprintf("%s.console", job->logs);
	char *wire = xasprintf("%s.wire", job->logs);
	char *errors = xasprintf("%s.qemu", job->logs);
	char *points = xasprintf("%s.points", job->logs);
	char *cpio[4] = { tcg__host_cpio() }, *plugin = NULL, err[256];
	enum boot_end result = BOOT_NO_ROOM;
	enum spawn_end end;
	double t0;
	int status;

	if (job->probe && probe__prepare(job->kernel, job->probe, points,
					 &plugin, err, sizeof(err))) {
		r->outcome = OUTCOME_RIG;
		r->why = xstrdup(err);
		result = BOOT_DONE;
	} else if (!add_archives(job, r, cpio + 1)) {
		r->outcome = OUTCOME_RIG;
		result = BOOT_DONE;
	/* The same plan for every variant: guests and memory are identical. */
	} else if (!initrd__write(initrd, (const char *const *)cpio, &cell)) {
		t0 = now_s();
		end = run_qemu(job, kind, initrd, console, wire, errors, plugin,
			       &status);
		r->wall_s = now_s() - t0;
		result = end == SPAWN_STOPPED ? BOOT_STOPPED : BOOT_DONE;
		if (result == BOOT_DONE)
			hear_and_judge(job, kind, r, end, status, console,
				       wire, errors);
	}
	unlink(initrd);
	unlink(points);
	if (result == BOOT_DONE && !record__valid(r) &&
	    disk_is_full(console))
		result = BOOT_NO_ROOM;
	if (result != BOOT_DONE || record__settled(r))
		unlink(errors);
	free(plugin);
	free(points);
	for (size_t i = 0; i < ARRAY_SIZE(cpio); i++)
		free(cpio[i]);
	free(errors);
	free(wire);
	free(console);
	free(initrd);
	return result;
}

static char *qemu_help(const char *path)
{
	const char *argv[] = { path, "--help", NULL };
	int code;

	return spawn__capture(argv, &code);
}

static enum boot_end tcg_boot(const struct boot_job *job, struct record *r)
{
	return tcg__boot(job, r, &qemu_tcg);
}

static void tcg_describe(json_t *meta)
{
	tcg__describe(meta, &qemu_tcg);
}

static void tcg_doctor(struct findings *f)
{
	char *path = spawn__which(qemu()), *version, *cpio = tcg__host_cpio();
	char *plugin = probe__plugin();

	findings__program(f, qemu(), QEMU_PACKAGE);
	if (path) {
		const char *argv[] = { qemu(), "-M", "microvm", "-device",
				       "help", NULL };
		int code;
		char *help = spawn__capture(argv, &code);

		version = qemu_version();
		findings__add(f, strstr(version, "version ") &&
			      atof(strstr(version, "version ") + 8) >= 7.0,
			      "apt-get install -y " QEMU_PACKAGE,
			      "QEMU 7.0 or newer: %s", version);
		findings__add(f, strstr(help, "isa-debugcon") &&
			      strstr(help, "isa-debug-exit"),
			      "apt-get install -y " QEMU_PACKAGE,
			      "microvm, isa-debugcon and isa-debug-exit in QEMU");
		free(version);
		free(help);
		help = qemu_help(path);
		findings__add(f, strstr(help, "-plugin") != NULL,
			      "apt-get install -y " QEMU_PACKAGE,
			      "TCG plugins in QEMU, for --attribute");
		free(help);
	}
	findings__add(f, path_exists(cpio), "make", "host programs: %s", cpio);
	findings__add(f, path_exists(plugin), "make", "attribution plugin: %s",
		      plugin);
	findings__add(f, true, NULL, "virtualization hardware and PMU: not needed");
	free(plugin);
	free(cpio);
	free(path);
}

static const struct rig tcg = {
	.name = "tcg",
	.need = tcg__need,
	.cannot = tcg_cannot,
	.describe = tcg_describe,
	.boot = tcg_boot,
	.doctor = tcg_doctor,
};
RIG(tcg);
