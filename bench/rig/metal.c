// SPDX-License-Identifier: GPL-2.0
/*
 * The metal rig: the same guests under the same VMM, as a process on this
 * machine with its own /dev/kvm. The kernel that runs is the variant, so one
 * boot of the machine is one boot of its records. Ticks are cycles of the time
 * stamp counter.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot.h"
#include "cycles.h"
#include "guest_files.h"
#include "initrd.h"
#include "kvm.h"
#include "verify.h"
#include "wire.h"

#define DEBUGFS_KVM	"/sys/kernel/debug/kvm"
#define NR_HUGEPAGES	"/proc/sys/vm/nr_hugepages"

/* A test may use another. */
static char *program(void)
{
	const char *other = getenv("FAULTLINE_METAL");

	return other ? xstrdup(other) : path_in_root("build/faultline-metal");
}

static bool has_debugfs(void)
{
	char *path = path_of_system(DEBUGFS_KVM);
	bool there = !access(path, R_OK | X_OK);

	free(path);
	return there;
}

static void metal_need(void)
{
	char *path = program(), *why;
	int e = kvm__try();

	if (!path_exists(path))
		die(EXIT_MISSING, "%s is missing; run: make", path);
	free(path);
	why = kvm__lacks(e);
	if (why) {
		free(why);	/* every record is a skip with that reason */
		return;
	}
	kvm__need(e);
	if (!has_debugfs())
		die(EXIT_MISSING, "%s cannot be read, and KVM's counters are there; run as root, after: mount -t debugfs debugfs /sys/kernel/debug",
		    DEBUGFS_KVM);
}

static char *metal_cannot(const struct rig_model *model,
			 const struct profile *p, const struct workload *w)
{
	(void)model;
	(void)p;
	return channel__too_few(w);
}

static void metal_describe(json_t *meta, const struct rig_model *model)
{
	char *path = program(), *sha = path_sha256(path);
	char *cpio = initrd__host(), *guests = path_sha256(cpio);

	(void)model;
	json_object_set_new(meta, "rig", json_pack("{ss ss ss ss}",
			    "name", "metal", "unit", CYCLES_UNIT,
			    "program_sha256", sha ? sha : "",
			    "host_cpio_sha256", guests ? guests : ""));
	free(guests);
	free(cpio);
	free(sha);
	free(path);
}

static bool is_on(const char *value)
{
	return *value == 'Y' || *value == 'y' || (*value >= '1' && *value <= '9') ||
	       !strncmp(value, "force", strlen("force"));
}

/* "kvm_amd.npt=0": why this boot of the machine does not have it, or NULL. */
static char *module_is_not(const char *word)
{
	const char *dot = strchr(word, '.'), *eq = strchr(word, '=');
	char *module, *is = NULL, *why = NULL;

	if (!dot || !eq || dot > eq)
		return xasprintf("the machine is not booted with %s", word);
	module = xasprintf("%.*s", (int)(dot - word), word);
	if (!strncmp(module, "kvm_", strlen("kvm_")) && !kvm__has_module(module))
		goto out;		/* another CPU's */
	is = path_system_line("/sys/module/%s/parameters/%.*s", module,
			      (int)(eq - dot - 1), dot + 1);
	if (!is || is_on(is) != is_on(eq + 1))
		why = xasprintf("wants %s, and here it is %s: reboot with it, then use --resume",
				word, is ? is : "not there");
out:
	free(module);
	free(is);
	return why;
}

/*
 * Why this boot of the machine cannot have a workload, or NULL: the modules'
 * parameters or the MMU are not those that the workload asks for.
 */
static char *wants_another_boot(const struct workload *w)
{
	struct strlist words = { 0 };
	json_t *host = running__host();
	char *why = NULL;

	strlist__split(&words, w->cmdline, ' ');
	for (size_t i = 0; i < words.nr && !why; i++)
		why = module_is_not(words.item[i]);
	if (!why)
		verify__tdp_mmu(w, host, &why);
	if (!why)
		verify__host(w, host, &why);
	json_decref(host);
	strlist__free(&words);
	return why;
}

static int write_plan(const struct boot *b)
{
	FILE *f = fopen(b->input, "w");

	if (!f)
		return -1;
	plan__print_header(f);
	plan__print(f, &b->cell);
	return fclose(f) ? -1 : 0;
}

/* own: the Linux guest's folder with a slash at its end, or NULL. */
static int prepare(struct boot *b)
{
	const struct running *k = running__kernel();
	char *dir;

	if (guest_files__wanted(b->job->workload)) {
		/* A kernel of no base gets the default base's guest. */
		dir = guest_files__dir(k->dir ? k->base : DEFAULT_BASE,
				       b->record);
		if (!dir)
			return -1;
		b->own = xasprintf("%s/", dir);
		free(dir);
	}
	return write_plan(b);
}

/* The kernel's log from now on; -1 where it may not be read. */
static int open_log(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

/* What was logged since, allocated: of "prio,seq,time,-;text" the text. */
static char *read_log(int fd)
{
	char buf[8192], *text = xstrdup("");
	ssize_t n;

	while (fd >= 0 && ((n = read(fd, buf, sizeof(buf) - 1)) > 0 ||
			   (n < 0 && errno == EPIPE))) {
		char *said, *longer;

		if (n < 0)
			continue;	/* overwritten before it was read */
		buf[n] = '\0';
		said = strchr(buf, ';');
		longer = xasprintf("%s%s", text, said ? said + 1 : buf);
		free(text);
		text = longer;
	}
	if (fd >= 0)
		close(fd);
	return text;
}

/* The VMM gives its huge pages back, unless it was killed. */
static void give_back(const char *pages)
{
	char *now = path_system_line(NR_HUGEPAGES);

	if (pages && now && strcmp(pages, now)) {
		char *path = path_of_system(NR_HUGEPAGES);
		FILE *f = fopen(path, "w");

		if (!f || fprintf(f, "%s\n", pages) < 0 || fclose(f))
			warn("%s was %s and is %s", path, pages, now);
		free(path);
	}
	free(now);
}

static void run(struct boot *b)
{
	char *guests = path_in_root("build/guests/"), *path = program();
	char *pages = path_system_line(NR_HUGEPAGES);
	const char *argv[] = { path, b->input, guests, b->own, NULL };
	const struct spawn s = {
		.argv = argv, .stdout_path = b->wire, .stderr_path = b->errors,
		.limit_s = b->job->limit_s, .stop = b->job->stop,
	};
	int fd = open_log();

	b->end = spawn__run(&s, &b->status);
	give_back(pages);
	b->log = read_log(fd);
	free(pages);
	free(path);
	free(guests);
}

static const struct boot_kind kind = {
	.program = "faultline-metal",
	.running = "faultline-metal was still running",
	.init = "faultline-metal", .input = "plan", .errors = "errors",
	.good = EXIT_DONE, .cycles = true,
	.prepare = prepare, .run = run,
};

static enum boot_end metal_boot(const struct boot_job *job, struct record *r)
{
	const struct running *k = running__kernel();
	char *why = kvm__lacks(kvm__try());

	json_object_set_new(r->host, "boot_id", json_string(k->boot_id));
	json_object_set_new(r->host, "build_id", json_string(k->build_id));
	json_object_set_new(r->host, "release", json_string(k->release));
	if (k->note)
		json_object_set_new(r->host, "variant", json_string(k->note));
	if (!why)
		why = wants_another_boot(job->workload);
	if (!why)
		return boot__run(&kind, job, r);
	r->outcome = OUTCOME_SKIP;
	r->why = why;
	return BOOT_DONE;
}

static void metal_doctor(struct findings *f)
{
	const struct running *k = running__kernel();
	char *path = program(), *why;
	int e = kvm__try();

	findings__add(f, path_exists(path), "make", "host program: %s", path);
	why = kvm__lacks(e);
	if (why)
		findings__note(f, false, NULL, "%s", why);
	else
		kvm__doctor(f, e, "", "there");
	if (!why)
		findings__note(f, has_debugfs(),
			       "mount -t debugfs debugfs /sys/kernel/debug, and run as root",
			       "KVM's counters in " DEBUGFS_KVM);
	if (k->failed)
		findings__add(f, false, NULL, "profile of the running kernel: %s",
			      k->err.text);
	else if (k->dir)
		findings__note(f, true, NULL, "the running kernel is %s/%s, profile %s",
			       k->base, k->variant, k->profile);
	else
		findings__note(f, false, "scripts/install-variant BASE VARIANT PROFILE, on a machine meant for it",
			       "the running kernel is %s, which is not a variant%s%s",
			       k->release, k->note ? ": " : "",
			       k->note ? k->note : "");
	free(why);
	free(path);
}

static const struct rig metal = {
	.name = "metal",
	.need = metal_need,
	.cannot = metal_cannot,
	.running = running__kernel,
	.describe = metal_describe,
	.boot = metal_boot,
	.doctor = metal_doctor,
};
RIG(metal);
