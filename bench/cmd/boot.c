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
#include "options.h"
#include "provenance.h"
#include "rig.h"
#include "select.h"

#define DEFAULT_LIMIT_S	120

struct options {
	struct select_cells cells;
	struct select_cell cell;
	const char *kernel, *failed;
};

enum { OPT_KERNEL = 256, OPT_FAILED };

static const struct argp_option option_table[] = {
	{ "kernel", OPT_KERNEL, "DIR", 0, "Its folder, as scripts/build-kernel printed it (default: ask that)", 0 },
	{ "failed", OPT_FAILED, "FILE", 0, "Append a line here when it does not end well: exit code, what, why", 0 },
	{ 0 }
};

static const char doc[] =
	"Boot one cell under the rig tcg, from power-on until the host is off, and\n"
	"print how long it took. Nothing is kept: to measure, use faultline run.\v"
	"Examples:\n"
	"  faultline boot --workloads linux-boot\n"
	"  hyperfine -N 'build/faultline boot -w linux-boot -v const-fields'\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_KERNEL:
		o->kernel = arg;
		break;
	case OPT_FAILED:
		o->failed = arg;
		break;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->cells;
		break;
	case ARGP_KEY_ARG:
		options__no_argument(state, arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { SELECT_CELLS, { 0 } };
static const struct argp argp = { option_table, parse, NULL, doc, children, 0, 0 };

static char *kernel_of(const struct options *o)
{
	char *script = path_in_root("scripts/build-kernel"), *dir;
	const char *argv[] = { script, o->cell.base, o->cell.variant, o->cell.profile, NULL };

	if (o->kernel) {
		free(script);
		return xstrdup(o->kernel);
	}
	dir = need_script(argv);
	free(script);
	return dir;
}

static struct record *new_record(const struct options *o,
				 const struct workload *w)
{
	struct record *r = record__new();

	r->base = xstrdup(o->cell.base);
	r->variant = xstrdup(o->cell.variant);
	r->profile = xstrdup(o->cell.profile);
	r->workload = xstrdup(o->cell.workload);
	r->rig = xstrdup(rigs__default()->name);
	r->boot = 1;
	r->time = time_text();
	r->vmlinux_sha256 = xstrdup("");
	r->handler_sha256 = xstrdup("");
	workload__expect(w, r->rig, &r->expect);
	return r;
}

/* hyperfine hides what a command says and its exit code: the script reads here. */
static void note_failure(const struct options *o, const struct record *r,
			 int code)
{
	FILE *f = o->failed ? fopen(o->failed, "a") : NULL;

	if (o->failed && (!f || fprintf(f, "%d %s %s %s %s: %s %s\n", code,
					o->cell.base, o->cell.variant, o->cell.profile,
					o->cell.workload, outcome__name(r->outcome),
					r->why) < 0 || fclose(f)))
		warn("%s cannot be written", o->failed);
}

static void remove_logs(const char *stem, const char *dir)
{
	static const char *const ends[] = { "console", "wire", "qemu", "bochs" };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		char *path = xasprintf("%s.%s", stem, ends[i]);

		unlink(path);
		free(path);
	}
	rmdir(dir);
}

int cmd_boot(int argc, char **argv)
{
	struct options o = { .cells = SELECT_ONE_CELL };
	char *dir, *stem, *kernel, *why;
	struct profile *profile;
	const struct rig *rig = rig__default();
	struct workload *w;
	struct record *r;
	int code;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	o.cell = select__any(&o.cells);
	stop__listen();
	variant__free(need_variant(o.cell.base, o.cell.variant));
	profile = need_profile(o.cell.base, o.cell.profile);
	w = need_workload(o.cell.base, o.cell.workload);
	rig->need();
	why = rig__cannot(rig, rigs__model(rig->name), profile, w);
	if (w->skip || why)
		die(EXIT_USAGE, "%s: %s", o.cell.workload, w->skip ?: why);
	kernel = kernel_of(&o);
	dir = xasprintf("%s/faultline-boot.XXXXXX", getenv("TMPDIR") ?: "/tmp");
	if (!mkdtemp(dir))
		die(EXIT_STORAGE, "%s: %m", dir);
	stem = xasprintf("%s/boot", dir);
	r = new_record(&o, w);
	if (rig->boot(&(struct boot_job) {
		.base = o.cell.base, .variant = o.cell.variant, .profile = profile,
		.workload = w, .model = rigs__model(rig->name), .boot = 1, .boots = 1, .kernel = kernel,
		.logs = stem, .limit_s = DEFAULT_LIMIT_S, .stop = stop__asked,
	}, r) != BOOT_DONE) {
		remove_logs(stem, dir);
		die(stop__asked() ? EXIT_INTERRUPTED : EXIT_STORAGE, "%s",
		    stop__asked() ? "interrupted" : "the disk is full");
	}
	code = outcome__exit_code(r->outcome);
	if (record__valid(r)) {
		printf("%s %s %s %s: %.3f s\n", o.cell.base, o.cell.variant, o.cell.profile,
		       o.cell.workload, r->wall_s);
		remove_logs(stem, dir);
	} else {
		note_failure(&o, r, code ?: EXIT_RIG);
		die(code ?: EXIT_RIG, "%s %s: %s %s; what it printed is in %s",
		    o.cell.variant, o.cell.workload, outcome__name(r->outcome), r->why, dir);
	}
	record__free(r);
	workload__free(w);
	profile__free(profile);
	select__free_cell(&o.cell);
	free(kernel);
	free(stem);
	free(dir);
	return EXIT_OK;
}
