// SPDX-License-Identifier: GPL-2.0
/*
 * faultline diff: what each commit of a kernel tree adds to a fault.
 */
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "cmd.h"
#include "diff_exit.h"
#include "diff_run.h"
#include "kept_boots.h"
#include "need.h"
#include "select.h"
#include "tables.h"
#include "text.h"

/* One for each path of the handler: two boots of each are twelve a commit. */
#define WORKLOADS	"touch-write,write-upgrade,mmio,huge-2m,legacy-touch,shadow-touch"

/* Names and globs of those there are; "all" is every one. */
static void choose(const char *kind, const struct strlist *wanted,
		   void (*all)(struct strlist *), struct strlist *names)
{
	struct strlist have = { 0 };

	if (strlist__has(wanted, ALL)) {
		strlist__add(names, ALL);
		return;
	}
	all(&have);
	select__names(kind, wanted, &have, names);
	strlist__free(&have);
}

static void choose_cells(struct session *s, const struct diff_options *o,
			 const struct diff_subject *d)
{
	struct strlist variants = { 0 }, profiles = { 0 }, workloads = { 0 };

	for (size_t i = 0; i < d->commits.nr; i++)
		strlist__add(&variants, d->commits.item[i].name);
	if (o->profiles.nr)
		choose("profile", &o->profiles, need_profiles, &profiles);
	if (o->workloads.nr)
		choose("workload", &o->workloads, need_workloads, &workloads);
	else
		strlist__split(&workloads, WORKLOADS, ',');
	matrix__add(&s->matrix, d->base, &variants, &profiles, &workloads);
	strlist__free(&workloads);
	strlist__free(&profiles);
	strlist__free(&variants);
}

static const struct kernel *kernel_of(const struct session *s, const char *variant)
{
	const struct section *sec = &s->matrix.item[0];

	for (size_t i = 0; i < sec->profiles.nr; i++) {
		const struct kernel *k = kernels__of(&s->kernels, sec->base, variant,
						     sec->profiles.item[i]);

		if (k)
			return k;
	}
	return NULL;
}

/* Without its start there is nothing that a commit could have added to. */
static void need_start(const struct session *s, const struct diff_subject *d)
{
	const struct commit *c = &d->commits.item[0];
	const struct kernel *k = kernel_of(s, c->name);

	if (k && k->failed)
		die(k->failed_code, "the start of the range does not build, %s, %s: %s; name a later one, as %s..",
		    c->name, c->subject, k->failed, d->commits.item[1].name);
}

/* Which functions of the handler each commit changed, against the last one built. */
static void note_functions(struct session *s)
{
	const struct kernel *before = NULL;
	json_t *commit;
	size_t i;

	json_array_foreach(s->commits, i, commit) {
		const char *name = json_string_value(json_object_get(commit, "variant"));
		const struct kernel *k = kernel_of(s, name);
		struct strlist names = { 0 };
		json_t *list = json_array();
		char err[256];

		if (!k || !k->dir) {
			json_decref(list);
			continue;
		}
		if (before && strcmp(before->handler_sha256, k->handler_sha256) &&
		    kept_functions__changed(&names, before, k, err, sizeof(err)))
			warn("%s", err);
		for (size_t f = 0; f < names.nr; f++)
			json_array_append_new(list, json_string(names.item[f]));
		json_object_set_new(commit, "functions", list);
		strlist__free(&names);
		before = k;
	}
}

/* "faultline diff HEAD~3.." as it can be typed again. */
static char *command_text(int argc, char **argv)
{
	struct strlist words = { 0 };
	char *text;

	for (int i = 0; i < argc; i++)
		strlist__add(&words, argv[i]);
	text = strlist__join(&words, " ");
	strlist__free(&words);
	return text;
}

/* An installed program has its runs in the current folder, which is the user's tree. */
void diff__keep_out_of_tree(struct run_options *o)
{
	const char *env = getenv("FAULTLINE_RESULTS");
	char *cache;

	if (o->out || (env && *env) || !path_is_installed())
		return;
	cache = path_cache();
	o->out = xasprintf("%s/results", cache);
	free(cache);
}

/* Has nothing of this repository been compiled here, whatever the configuration? */
static bool is_first(const struct repository *r)
{
	char *pattern = xasprintf("%s/../obj-*", r->store);
	glob_t g = { 0 };
	const bool first = glob(pattern, 0, NULL, &g);

	globfree(&g);
	free(pattern);
	return first;
}

void diff__measure(struct session *s, struct diff_options *o,
		   const struct diff_subject *d, int argc, char **argv)
{
	diff__keep_out_of_tree(&o->run);
	session__options(s, &o->run);
	if (s->rig->running)
		die(EXIT_USAGE, "rig %s measures the kernel that runs here; a diff builds and boots its own: use another --rig",
		    s->rig->name);
	if (rig__facts(s->rig)->alone)
		need_lock();
	choose_cells(s, o, d);
	s->commits = diff_subject__to_json(d);
	s->kernels.keep_going = true;
	s->kernels.first = is_first(&d->repository);
	s->keep_boots = true;
	s->again = command_text(argc, argv);
	session__begin(s, &o->run, argc, argv);
	session__build(s);
	need_start(s, d);
	note_functions(s);
	session__open(s);
	session__boot(s);
}

static void print_table(const struct session *s, const struct diff_options *o)
{
	const struct run_tables_pick pick = {
		.steps = rig__facts(s->rig)->figure == RIG_INSTRUCTIONS,
	};
	struct run_tables t = { 0 };
	struct err e = { 0 };

	if (run_tables__make(&t, &s->run, &pick, &e))
		die_err(&e);
	o->format->write(stdout, &t.tables);
	if (o->format == table_formats && t.false_alarms && !pick.steps) {
		putchar('\n');
		text__wrapped(stdout, 0, t.false_alarms);
	}
	run_tables__free(&t);
}

/* The exit code of a commit that has no figure since it does not build. */
static int failed_code(const struct session *s)
{
	for (size_t i = 0; i < s->kernels.nr; i++) {
		if (s->kernels.item[i].failed)
			return s->kernels.item[i].failed_code;
	}
	return EXIT_OK;
}

int cmd_diff(int argc, char **argv)
{
	struct session s = { 0 };
	struct diff_options o;
	struct diff_subject d;
	int code;

	diff_exit__begin(argc, argv);
	diff_options__parse(&o, argc, argv);
	stop__listen();
	diff_subject__find(&d, &o);
	diff__measure(&s, &o, &d, argc, argv);
	code = session__end(&s);
	print_table(&s, &o);
	if (o.exit_code)
		return diff_exit__code(&s, &d, &o.limit);
	diff_subject__free(&d);
	if (fflush(stdout) || ferror(stdout))
		return EXIT_STORAGE;
	return code ?: failed_code(&s);
}
