// SPDX-License-Identifier: GPL-2.0
/*
 * The metal rig: the same guests by the same VMM, as a process on this machine
 * with its own /dev/kvm. The kernel that runs is the variant, so a boot of the
 * machine is one boot of its records. Ticks are cycles of the time stamp
 * counter.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cycles.h"
#include "rig.h"
#include "wire.h"

#define DEBUGFS_KVM	"/sys/kernel/debug/kvm"
#define NR_HUGEPAGES	"/proc/sys/vm/nr_hugepages"

/* A test hands in another. */
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
		free(why);	/* every record is a skip that says it */
		return;
	}
	if (kvm__refused(e))
		die(EXIT_MISSING, "%s is there, but not for this user: %s; run as root, or as root: usermod -aG kvm USER, and log in again",
		    kvm__path(), strerror(-e));
	if (!has_debugfs())
		die(EXIT_MISSING, "%s cannot be read, and KVM's counters are there; run as root, after: mount -t debugfs debugfs /sys/kernel/debug",
		    DEBUGFS_KVM);
}

static char *metal_cannot(const struct profile *p, const struct workload *w)
{
	(void)p;
	if (*w->rig && strcmp(w->rig, "metal"))
		return xasprintf("only the rig %s has this workload", w->rig);
	return channel__too_few(w);
}

static void metal_describe(json_t *meta)
{
	char *path = program(), *sha = path_sha256(path);
	char *cpio = tcg__host_cpio(), *guests = path_sha256(cpio);

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
	return *value == 'Y' || *value == 'y' || (*value >= '1' && *value <= '9');
}

/* "kvm_amd.npt=0": why this boot of the machine is not so, or NULL. */
static char *module_is_not(const char *word)
{
	const char *dot = strchr(word, '.'), *eq = strchr(word, '=');
	char *is, *why = NULL;

	if (!dot || !eq || dot > eq)
		return xasprintf("the machine is not booted with %s", word);
	is = path_system_line("/sys/module/%.*s/parameters/%.*s",
			      (int)(dot - word), word, (int)(eq - dot - 1),
			      dot + 1);
	if (!is || is_on(is) != is_on(eq + 1))
		why = xasprintf("wants %s, and here it is %s: boot the machine with it, then --resume",
				word, is ? is : "not there (another CPU's module)");
	free(is);
	return why;
}

/* Why this boot of the machine cannot have a workload, or NULL. */
static char *not_so_booted(const struct workload *w)
{
	struct strlist words = { 0 };
	json_t *host = running__host();
	char *why = NULL;

	strlist__split(&words, w->cmdline, ' ');
	for (size_t i = 0; i < words.nr && !why; i++)
		why = module_is_not(words.item[i]);
	if (!why)
		verify__tdp_mmu(w, host, &why);
	json_decref(host);
	strlist__free(&words);
	return why;
}

static int write_plan(const char *path, const struct workload *w)
{
	struct plan_cell cell = channel__noisy_cell(w);
	FILE *f = fopen(path, "w");

	if (!f)
		return -errno;
	plan__print_header(f);
	plan__print(f, &cell);
	return fclose(f) ? -errno : 0;
}

/* The kernel's log from here on; -1 where it may not be read. */
static int open_log(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

/* What it said since, in new memory: "prio,seq,time,-;text" without the front. */
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

/* The first line that is no Linux guest's, of what may be NULL. */
static char *own_line(const char *text)
{
	size_t mark = strlen(GUEST_CONSOLE_MARK);

	while (text && !strncmp(text, GUEST_CONSOLE_MARK, mark)) {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return xasprintf("%.*s", text ? (int)strcspn(text, "\n") : 0,
			 text ? text : "");
}

static void say_end(struct record *r, enum spawn_end end, int status,
		    double limit_s, const char *errors, const struct channel_log *h)
{
	char *said, *line;

	if (end == SPAWN_LIMIT) {
		r->outcome = OUTCOME_HANG;
		r->why = xasprintf("faultline-metal was still running after %.0f s",
				   limit_s);
	} else if (h->died) {
		r->outcome = OUTCOME_RIG;
		r->why = xasprintf("faultline-metal gave up: %s", h->why);
	} else if (end != SPAWN_EXITED || status != EXIT_DONE) {
		said = path_read(errors, NULL);
		line = own_line(said);
		r->outcome = OUTCOME_RIG;
		r->why = xasprintf("faultline-metal %s %d: %s",
				   end == SPAWN_SIGNALED ? "was killed by signal" :
				   end == SPAWN_FAILED ? "could not be started, errno" :
				   "ended with status", status, line);
		free(line);
		free(said);
	} else {
		r->outcome = verify__channel(h, &r->why);
	}
}

static void judge(struct record *r, const struct boot_job *job,
		  enum spawn_end end, int status, const char *log,
		  const char *errors, const struct channel_log *h)
{
	char err[256];

	r->outcome = console__scan(log, &r->why);
	if (r->outcome == OUTCOME_OK)
		say_end(r, end, status, job->limit_s, errors, h);
	if (r->outcome == OUTCOME_OK)
		r->outcome = verify__profile(job->profile, r->host, &r->why);
	if (r->outcome == OUTCOME_OK)
		r->outcome = perf_parse__take(h, job->workload, r, &r->why);
	if (r->outcome == OUTCOME_OK && channel__cycles(h, r, err, sizeof(err))) {
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

/* The VMM gives its huge pages back itself, unless it was killed. */
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

/* linux_dir: the Linux guest's, with a slash at its end, or NULL. */
static enum boot_end measure(const struct boot_job *job, struct record *r,
			     const char *linux_dir)
{
	char *plan = xasprintf("%s.plan", job->logs);
	char *wire = xasprintf("%s.wire", job->logs);
	char *errors = xasprintf("%s.errors", job->logs);
	char *guests = path_in_root("build/guests/"), *path = program();
	const char *argv[] = { path, plan, guests, linux_dir, NULL };
	const struct spawn s = {
		.argv = argv, .stdout_path = wire, .stderr_path = errors,
		.limit_s = job->limit_s, .stop = job->stop,
	};
	char *said, *log, *pages = path_system_line(NR_HUGEPAGES);
	enum boot_end result = BOOT_NO_ROOM;
	enum spawn_end end;
	struct channel_log h;
	int status, fd;
	double t0;

	if (!write_plan(plan, job->workload)) {
		fd = open_log();
		t0 = now_s();
		end = spawn__run(&s, &status);
		r->wall_s = now_s() - t0;
		give_back(pages);
		log = read_log(fd);
		result = end == SPAWN_STOPPED ? BOOT_STOPPED : BOOT_DONE;
		said = path_read(wire, NULL) ?: xstrdup("");
		channel__parse(said, r, &h);
		if (result == BOOT_DONE)
			judge(r, job, end, status, log, errors, &h);
		channel__free(&h);
		free(said);
		free(log);
	}
	unlink(plan);
	if (result != BOOT_DONE || record__settled(r))
		unlink(errors);
	free(pages);
	free(path);
	free(guests);
	free(errors);
	free(wire);
	free(plan);
	return result;
}

/* The kernel running is of no base: its guest is the default base's. */
static enum boot_end measure_linux(const struct boot_job *job,
				   struct record *r)
{
	const struct running *k = running__kernel();
	char *dir = guest_files__dir(k->dir ? k->base : DEFAULT_BASE, r), *path;
	enum boot_end end;

	if (!dir) {
		r->outcome = OUTCOME_RIG;
		return BOOT_DONE;
	}
	path = xasprintf("%s/", dir);
	end = measure(job, r, path);
	free(path);
	free(dir);
	return end;
}

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
		why = not_so_booted(job->workload);
	if (!why && guest_files__wanted(job->workload))
		return measure_linux(job, r);
	if (!why)
		return measure(job, r, NULL);
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
		findings__note(f, !kvm__refused(e),
			       "run as root, or as root: usermod -aG kvm USER, and log in again",
			       "%s: %s", kvm__path(), e ? strerror(-e) : "there");
	if (!why)
		findings__note(f, has_debugfs(),
			       "mount -t debugfs debugfs /sys/kernel/debug, and run as root",
			       "KVM's counters in " DEBUGFS_KVM);
	if (k->dir)
		findings__note(f, true, NULL, "the kernel running is %s/%s, profile %s",
			       k->base, k->variant, k->profile);
	else
		findings__note(f, false, "scripts/install-variant BASE VARIANT PROFILE, on a machine meant for it",
			       "the kernel running is %s, no variant%s%s",
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
