// SPDX-License-Identifier: GPL-2.0
/*
 * faultline boot: one boot of one cell as a plain command, for hyperfine to
 * time from outside. It keeps nothing: what it measures itself goes with it.
 */
#include <argp.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "need.h"
#include "provenance.h"
#include "rig.h"

#define DEFAULT_LIMIT_S	120

struct options {
	const char *base, *variant, *profile, *workload, *kernel, *failed;
};

enum { OPT_KERNEL = 256, OPT_FAILED };

static const struct argp_option option_table[] = {
	{ "base", 'b', "BASE", 0, "Of this base (default " DEFAULT_BASE ")", 0 },
	{ "variant", 'v', "VARIANT", 0, "This variant (default " REFERENCE ")", 0 },
	{ "profile", 'p', "PROFILE", 0, "Under this profile (default " DEFAULT_PROFILE ")", 0 },
	{ "workload", 'w', "WORKLOAD", 0, "With this guest", 0 },
	{ "kernel", OPT_KERNEL, "DIR", 0, "Its folder, as scripts/build-kernel printed it (default: ask that)", 0 },
	{ "failed", OPT_FAILED, "FILE", 0, "Append a line here when it does not end well: exit code, what, why", 0 },
	{ 0 }
};

static const char doc[] =
	"Boot one cell under the rig tcg, from power-on until the host is off, and\n"
	"print how long it took. Nothing is kept: to measure, use faultline run.\v"
	"Examples:\n"
	"  faultline boot --workload linux-boot\n"
	"  hyperfine -N 'build/faultline boot -w linux-boot -v const-fields'\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'b':
		o->base = arg;
		break;
	case 'v':
		o->variant = arg;
		break;
	case 'p':
		o->profile = arg;
		break;
	case 'w':
		o->workload = arg;
		break;
	case OPT_KERNEL:
		o->kernel = arg;
		break;
	case OPT_FAILED:
		o->failed = arg;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': boot takes options only", arg);
		break;
	case ARGP_KEY_END:
		if (!o->workload)
			argp_error(state, "which --workload?");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, NULL, doc, 0, 0, 0 };

static char *kernel_of(const struct options *o)
{
	char *script = path_in_root("scripts/build-kernel"), *dir;
	const char *argv[] = { script, o->base, o->variant, o->profile, NULL };
	int code;

	if (o->kernel) {
		free(script);
		return xstrdup(o->kernel);
	}
	dir = spawn__capture(argv, &code);
	dir[strcspn(dir, "\n")] = '\0';
	if (code)
		exit(code > 0 ? code : EXIT_INTERNAL);
	free(script);
	return dir;
}

static struct record *new_record(const struct options *o,
				 const struct workload *w)
{
	struct record *r = record__new();

	r->base = xstrdup(o->base);
	r->variant = xstrdup(o->variant);
	r->profile = xstrdup(o->profile);
	r->workload = xstrdup(o->workload);
	r->rig = xstrdup(rigs__default()->name);
	r->boot = 1;
	r->time = time_text();
	r->vmlinux_sha256 = xstrdup("");
	r->handler_sha256 = xstrdup("");
	for (size_t i = 0; i < w->nr_expect; i++)
		numbers__add(&r->expect, w->expect[i].stat, w->expect[i].value);
	return r;
}

/* hyperfine hides what a command says and its exit code: the script reads here. */
static void note_failure(const struct options *o, const struct record *r,
			 int code)
{
	FILE *f = o->failed ? fopen(o->failed, "a") : NULL;

	if (o->failed && (!f || fprintf(f, "%d %s %s %s %s: %s %s\n", code,
					o->base, o->variant, o->profile,
					o->workload, outcome__name(r->outcome),
					r->why) < 0 || fclose(f)))
		warn("%s cannot be written", o->failed);
}

static void remove_logs(const char *stem, const char *dir)
{
	static const char *const ends[] = { "console", "wire", "qemu" };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		char *path = xasprintf("%s.%s", stem, ends[i]);

		unlink(path);
		free(path);
	}
	rmdir(dir);
}

int cmd_boot(int argc, char **argv)
{
	struct options o = { .base = DEFAULT_BASE, .variant = REFERENCE,
			     .profile = DEFAULT_PROFILE };
	char *dir, *stem, *kernel, *why;
	struct profile *profile;
	const struct rig *rig = rig__default();
	struct workload *w;
	struct record *r;
	int code;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	stop__listen();
	variant__free(need_variant(o.base, o.variant));
	profile = need_profile(o.base, o.profile);
	w = need_workload(o.base, o.workload);
	rig->need();
	why = rig__cannot(rig, profile, w);
	if (w->skip || why)
		die(EXIT_USAGE, "%s: %s", o.workload, w->skip ?: why);
	kernel = kernel_of(&o);
	dir = xasprintf("%s/faultline-boot.XXXXXX", getenv("TMPDIR") ?: "/tmp");
	if (!mkdtemp(dir))
		die(EXIT_STORAGE, "%s: %m", dir);
	stem = xasprintf("%s/boot", dir);
	r = new_record(&o, w);
	if (rig->boot(&(struct boot_job) {
		.base = o.base, .variant = o.variant, .profile = profile,
		.workload = w, .boot = 1, .boots = 1, .kernel = kernel,
		.logs = stem, .limit_s = DEFAULT_LIMIT_S, .stop = stop__asked,
	}, r) != BOOT_DONE) {
		remove_logs(stem, dir);
		die(stop__asked() ? EXIT_INTERRUPTED : EXIT_STORAGE, "%s",
		    stop__asked() ? "interrupted" : "the disk is full");
	}
	code = outcome__exit_code(r->outcome);
	if (record__valid(r)) {
		printf("%s %s %s %s: %.3f s\n", o.base, o.variant, o.profile,
		       o.workload, r->wall_s);
		remove_logs(stem, dir);
	} else {
		note_failure(&o, r, code ?: EXIT_RIG);
		die(code ?: EXIT_RIG, "%s %s: %s %s; what it printed is in %s",
		    o.variant, o.workload, outcome__name(r->outcome), r->why, dir);
	}
	record__free(r);
	workload__free(w);
	profile__free(profile);
	free(kernel);
	free(stem);
	free(dir);
	return EXIT_OK;
}
