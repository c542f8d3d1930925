// SPDX-License-Identifier: GPL-2.0
/*
 * faultline run: build what is not built, boot every cell as often as asked,
 * keep every record. A cell is base x variant x profile x workload x rig.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "jobs.h"
#include "need.h"
#include "run_choose.h"
#include "run_options.h"
#include "run_session.h"

static void plan_from_json(struct session *s, struct run_options *o)
{
	json_t *plan = json_object_get(s->run.meta, "plan"), *sections;
	const char *rig;
	double limit;
	int boots;

	if (json_unpack(plan, "{ss so si sF}", "rig", &rig,
			"sections", &sections, "boots", &boots,
			"boot_limit_s", &limit) ||
	    !(s->matrix.rig = xstrdup(rig)) ||
	    matrix__from_json(&s->matrix, sections))
		die(EXIT_BAD_RECORD, "%s/run.json holds no plan to go on with",
		    s->run.dir);
	o->rig = xstrdup(rig);
	o->cpu = NULL;
	o->boots = boots;
	if (!o->seconds)
		o->seconds = json_number_value(json_object_get(plan, "seconds"));
	o->attribute = json_is_true(json_object_get(plan, "attribute"));
	o->perturb = json_is_true(json_object_get(plan, "perturb")) ?
		     PERTURB_ON : PERTURB_OFF;
	if (json_object_get(plan, "events"))
		s->events = xstrdup(json_string_value(
				json_object_get(plan, "events")) ?: "");
	if (!o->limit_s)
		o->limit_s = limit;
}

/* The options, and of a run that goes on its plan, as the session's fields. */
static void take_options(struct session *s, struct run_options *o)
{
	if (o->resume) {
		need_run(&s->run, o->resume);
		plan_from_json(s, o);
		if (s->run.bad)
			fprintf(stderr, "faultline: warning: %zu damaged lines are measured again:\n%s",
				s->run.bad, s->run.bad_text);
	}
	session__options(s, o);
	if (s->rig->running) {
		s->running = s->rig->running();
		if (s->running->failed)
			die_err(&s->running->err);
		run_choose__running(s, o);
	} else if (!o->resume) {
		run_choose__cells(s, o);
	}
	if (o->counters && !o->resume)
		run_choose__counters(s, o->counters);
}

static void start_session(struct session *s, struct run_options *o, int argc,
			  char **argv)
{
	need_lock();
	take_options(s, o);
	session__begin(s, o, argc, argv);
	session__build(s);
	if (o->resume)
		session__reopen(s);
	else
		session__open(s);
}

/* The CPU models of a section, where its cells are not of the rig's name alone. */
static void print_models(const char *rig, const struct section *sec)
{
	struct strlist names = { 0 };
	char *list;

	for (size_t i = 0; i < sec->rigs.nr; i++) {
		const struct rig_model *m = rigs__model(sec->rigs.item[i]);

		if (m)
			strlist__add(&names, m->name);
	}
	list = strlist__join(&names, ",");
	if (sec->rigs.nr > 1 || strcmp(sec->rigs.item[0], rig))
		printf("\t--cpu\t%s", list);
	free(list);
	strlist__free(&names);
}

/* One list of options a line, words separated by tabs. */
static void print_part(const struct run_options *o, const char *rig,
		       const struct section *sec, const char *variants,
		       const char *profiles)
{
	char *workloads = strlist__join(&sec->workloads, ",");

	printf("--rig\t%s", rig);
	print_models(rig, sec);
	printf("\t--base\t%s\t--variants\t%s\t--profiles\t%s\t--workloads\t%s",
	       sec->base, variants, profiles, workloads);
	if (o->boots)
		printf("\t--boots\t%u", o->boots);
	if (o->limit_s)
		printf("\t--boot-limit\t%.0f", o->limit_s);
	if (o->seconds)
		printf("\t--seconds\t%g", o->seconds);
	if (o->perturb == PERTURB_OFF)
		fputs("\t--no-perturb", stdout);
	if (o->counters)
		printf("\t--counters\t%s", o->counters);
	fputs(o->attribute ? "\t--attribute\n" : "\n", stdout);
	free(workloads);
}

static const struct rig *choose_cells(struct session *s, struct run_options *o)
{
	s->rig = run_choose__rig(o);
	s->matrix.rig = s->rig->name;
	run_choose__models(s, o);
	run_choose__cells(s, o);
	if (o->counters)
		run_choose__counters(s, o->counters);
	jobs__resolve(s);
	return s->rig;
}

/*
 * Variants and profiles that are measured in turns share the time of a process.
 * Kernels are not asked for, so those that are built count as nothing, and cells that
 * turn out to be skipped or to share a kernel count as well.
 */
static void print_estimate(struct session *s, struct run_options *o)
{
	const struct rig *rig = choose_cells(s, o);
	const struct rig_facts *facts = rig__facts(rig);
	char *results = o->out ? xstrdup(o->out) : path_in_results("%s", "");
	double known = jobs__seconds_a_boot(results, facts);
	bool one = facts->alone || rig->boot_together;
	unsigned int at_a_time = one ? 1 : o->jobs ?: sysconf(_SC_NPROCESSORS_ONLN);
	size_t cells = 0, turns = 0, boots;
	double all;
	char text[32];

	for (size_t i = 0; i < s->matrix.nr; i++) {
		const struct section *sec = &s->matrix.item[i];

		cells += sec->variants.nr * sec->profiles.nr * sec->workloads.nr * sec->rigs.nr;
		turns += sec->workloads.nr;
	}
	boots = (rig->boot_together ? turns : cells) * (o->boots ?: facts->boots);
	all = boots * (known ?: facts->boot_s) / at_a_time;
	fprintf(stderr, "  %-7s rig %s: %zu %ss of %zu cells, about %s (%.1f s each %s, %u at a time)\n",
		"PLAN", rig->name, boots, facts->unit, cells, duration_text(all, text),
		known ?: facts->boot_s, known ? "in the newest run" : "assumed", at_a_time);
	printf("%.0f\n", all);
	free(results);
}

/*
 * A part is base x variant x profile: what shares a kernel. Cells of a rig that
 * measures in turns stay together: all of a section, and a base has but one.
 */
static void print_split(struct session *s, struct run_options *o)
{
	const struct rig *rig = choose_cells(s, o);
	struct strlist bases = { 0 };

	for (size_t i = 0; i < s->matrix.nr; i++) {
		const struct section *sec = &s->matrix.item[i];
		size_t nv = sec->variants.nr, np = sec->profiles.nr;

		if (rig->boot_together) {
			char *variants = strlist__join(&sec->variants, ",");
			char *profiles = strlist__join(&sec->profiles, ",");

			if (strlist__has(&bases, sec->base))
				die(EXIT_USAGE, "rig %s measures all cells of %s in one process, and these are no product of lists; name --base, --variants and --profiles",
				    rig->name, sec->base);
			strlist__add(&bases, sec->base);
			print_part(o, rig->name, sec, variants, profiles);
			free(variants);
			free(profiles);
			continue;
		}
		for (size_t k = 0; k < nv * np; k++)
			print_part(o, rig->name, sec, sec->variants.item[k / np],
				   sec->profiles.item[k % np]);
	}
	strlist__free(&bases);
}

int cmd_run(int argc, char **argv)
{
	struct session s = { 0 };
	struct run_options o;

	run_options__parse(&o, argc, argv);
	if (o.estimate) {
		print_estimate(&s, &o);
		return EXIT_OK;
	}
	if (o.split) {
		print_split(&s, &o);
		return EXIT_OK;
	}
	stop__listen();
	start_session(&s, &o, argc, argv);
	session__boot(&s);
	return session__end(&s);
}
