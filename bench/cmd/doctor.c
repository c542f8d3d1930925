// SPDX-License-Identifier: GPL-2.0
/*
 * faultline doctor: what this machine has and lacks for each rig and for
 * building, with the line that fixes it.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cmd.h"
#include "host_tuning.h"
#include "rig.h"

#define CACHE_GIB_WANTED	4	/* a base's tree, objects, kernels */

static const struct argp argp = {
	.doc = "Look at this machine: what is there and what is missing, for building "
	       "and for each rig.\v"
	       "Exit code 0 when nothing is missing, 4 otherwise. A note is not missing: it "
	       "is what this machine cannot have, or what makes cycles vary on it.",
};

/* Free room where the cache is, or where it will be made. */
static void look_at_room(struct findings *f)
{
	char *dir = path_cache(), *slash, *fix;
	struct statvfs v;
	double gib;

	fix = xasprintf("free some room under %s, or set FAULTLINE_CACHE", dir);
	while (statvfs(dir, &v) && (slash = strrchr(dir, '/')) && slash != dir)
		*slash = '\0';
	gib = (double)v.f_bavail * v.f_frsize / (1 << 30);
	findings__add(f, gib >= CACHE_GIB_WANTED, fix,
		      "%.1f GiB free in %s (%d wanted)", gib, dir,
		      CACHE_GIB_WANTED);
	free(fix);
	free(dir);
}

static void look_at_packages(struct findings *f, const char *what)
{
	char *script = path_in_root("scripts/deps");
	const char *argv[] = { script, "--missing", what, NULL };
	int code;
	char *missing = spawn__capture(argv, &code);
	char *fix;

	missing[strcspn(missing, "\n")] = '\0';
	fix = xasprintf("apt-get install -y %s", missing);
	findings__add(f, !*missing && !code, fix, "packages to %s: %s", what,
		      *missing ? missing : "all there");
	free(fix);
	free(missing);
	free(script);
}

/* What makes cycles vary; whoever counts instructions need not care. */
static void look_at_machine(struct findings *f)
{
	bool ok;
	char *stale = host_tuning__put_back_stale(&ok);
	struct strlist said = { 0 };
	unsigned int running;
	struct host_tuning m;
	double minute;

	if (stale)
		findings__note(f, ok, NULL, "%s", stale);
	host_tuning__look(&m);
	for (size_t i = 0; i < m.nr; i++) {
		const struct host_tuning_setting *s = &m.item[i];
		char *fix = xasprintf("echo %s >%s, or faultline run --quiet-host",
				       s->want, s->file);
		char *text = xasprintf(s->good ? "%s: %s" : "%s: %s: %s",
				       s->name, s->is, s->why);

		if (!strlist__has(&said, text))	/* of every CPU alike */
			findings__note(f, s->good, fix, "%s", text);
		strlist__add(&said, text);
		free(text);
		free(fix);
	}
	if (!host_tuning__load(&minute, &running))
		findings__note(f, minute < 0.5 && !running,
			       "wait, or stop what runs: ps -eo pid,pcpu,args --sort=-pcpu | head",
			       "other load: %.2f in the last minute, %u running now",
			       minute, running);
	strlist__free(&said);
	host_tuning__free(&m);
	free(stale);
}

static int show(const char *title, struct findings *f)
{
	int missing = 0;

	printf("%s:\n", title);
	for (size_t i = 0; i < f->nr; i++) {
		printf("  %-8s%s\n", f->item[i].ok ? "ok" :
		       f->item[i].optional ? "note" : "MISSING",
		       f->item[i].what);
		if (f->item[i].fix)
			printf("          fix: %s\n", f->item[i].fix);
		missing += !f->item[i].ok && !f->item[i].optional;
		free(f->item[i].what);
		free(f->item[i].fix);
	}
	free(f->item);
	return missing;
}

/* The names of the rigs that measure cycles. */
static char *noisy_rigs(void)
{
	struct strlist names = { 0 };
	const struct rig *rig;
	char *text;

	for (size_t i = 0; (rig = rig__nth(i)); i++) {
		if (rigs__noisy(rig->name))
			strlist__add(&names, rig->name);
	}
	text = strlist__join(&names, ", ");
	strlist__free(&names);
	return text;
}

int cmd_doctor(int argc, char **argv)
{
	struct findings f = { 0 };
	int missing;
	const struct rig *rig;
	char *title, *noisy;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	look_at_packages(&f, "bench");
	look_at_packages(&f, "test");
	look_at_room(&f);
	missing = show("building and testing", &f);
	f = (struct findings) { 0 };
	look_at_machine(&f);
	noisy = noisy_rigs();
	title = xasprintf("this machine, where cycles are measured (%s)", noisy);
	missing += show(title, &f);
	free(title);
	free(noisy);
	for (size_t i = 0; (rig = rig__nth(i)); i++) {
		title = xasprintf("rig %s, %s", rig->name, rig__facts(rig)->title);
		f = (struct findings) { 0 };
		rig->doctor(&f);
		missing += show(title, &f);
		free(title);
	}
	return missing ? EXIT_MISSING : EXIT_OK;
}
