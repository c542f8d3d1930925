// SPDX-License-Identifier: GPL-2.0
/*
 * faultline list: what can be measured here.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "need.h"
#include "rig.h"
#include "select.h"
#include "text.h"

static const char doc[] =
	"List what can be measured: all of it, or one KIND of bases, variants, "
	"overlays, profiles, workloads, rigs.\v"
	"Examples:\n"
	"  faultline list workloads\n"
	"  faultline list variants --base v6.1\n";

struct options {
	const char *kind;
	struct select_cells cells;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	if (key == ARGP_KEY_INIT) {
		state->child_inputs[0] = &o->cells;
		return 0;
	}
	if (key == ARGP_KEY_ARG && !o->kind) {
		o->kind = arg;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = { SELECT_CELLS, { 0 } };
static const struct argp argp = { NULL, parse, "[KIND]", doc, children, 0, 0 };

/* The chosen ones of the names there are. */
static void choose(const struct select_cells *c, enum select_by by,
		   const char *kind, struct strlist *names)
{
	struct strlist have = *names;

	*names = (struct strlist) { 0 };
	select__names(kind, &c->s.names[by], &have, names);
	strlist__free(&have);
}

static void chosen_bases(const struct select_cells *c, struct strlist *names)
{
	catalog__bases(names);
	choose(c, BY_BASE, "base", names);
}


static void list_bases(const struct select_cells *c)
{
	struct strlist names = { 0 };

	chosen_bases(c, &names);
	for (size_t i = 0; i < names.nr; i++) {
		char *title = need_base_value(names.item[i], "title");
		char *differs = need_base_value(names.item[i], "differs");

		printf("  %-18s%s\n", names.item[i], title);
		if (*differs)
			text__wrapped(stdout, 20, differs);
		free(differs);
		free(title);
	}
	strlist__free(&names);
}

static void list_variants_of(const struct select_cells *c, const char *base)
{
	struct strlist names = { 0 };

	need_variants(base, &names);
	for (size_t i = 0; i < names.nr; i++) {
		struct variant *v;

		if (!selection__name(&c->s.names[BY_VARIANT], names.item[i]))
			continue;
		v = need_variant(base, names.item[i]);
		printf("  %-6s%-20s%s", base, v->name, v->title);
		if (v->stock)
			printf(" (stock: no patches)");
		else
			printf(" (%zu step%s)", v->patches.nr, v->patches.nr == 1 ? "" : "s");
		if (*v->group)
			printf("; of %s", v->group);
		putchar('\n');
		variant__free(v);
	}
	strlist__free(&names);
}

static void each_base(const struct select_cells *c,
		      void (*list)(const struct select_cells *c, const char *base))
{
	struct strlist bases = { 0 };

	chosen_bases(c, &bases);
	for (size_t i = 0; i < bases.nr; i++)
		list(c, bases.item[i]);
	strlist__free(&bases);
}

static void list_variants(const struct select_cells *c)
{
	each_base(c, list_variants_of);
}

static void list_overlays_of(const struct select_cells *c, const char *base)
{
	struct strlist names = { 0 };

	(void)c;
	need_overlays(base, &names);
	for (size_t i = 0; i < names.nr; i++) {
		char *any = need_overlay_title(base, names.item[i]);

		printf("  %-6s+%-19s%s\n", base, names.item[i], any);
		free(any);
	}
	strlist__free(&names);
}

static void list_overlays(const struct select_cells *c)
{
	each_base(c, list_overlays_of);
}

/* What a base cannot have is still listed, with the reason. */
static void print_skip(const char *skip)
{
	if (skip)
		printf(" (skipped: %s)", skip);
	putchar('\n');
}

/* What a base makes of a profile or workload: the first chosen, or the default. */
static const char *of_base(const struct select_cells *c,
			   const struct strlist *bases)
{
	return c->s.names[BY_BASE].nr ? bases->item[0] : DEFAULT_BASE;
}

static void list_profiles(const struct select_cells *c)
{
	struct strlist names = { 0 }, bases = { 0 };

	chosen_bases(c, &bases);
	need_profiles(&names);
	choose(c, BY_PROFILE, "profile", &names);
	for (size_t i = 0; i < names.nr; i++) {
		struct profile *p = need_profile(of_base(c, &bases),
						     names.item[i]);

		printf("  %-20s%s", p->name, p->title);
		print_skip(p->skip);
		profile__free(p);
	}
	strlist__free(&names);
	strlist__free(&bases);
}

static void list_workloads(const struct select_cells *c)
{
	struct strlist names = { 0 }, bases = { 0 };

	chosen_bases(c, &bases);
	need_workloads(&names);
	choose(c, BY_WORKLOAD, "workload", &names);
	for (size_t i = 0; i < names.nr; i++) {
		struct workload *w = need_workload(of_base(c, &bases),
						       names.item[i]);

		printf("  %-20s %s, %llu events", w->name, w->class,
		       (unsigned long long)w->cell.events);
		if (*w->rig)
			printf(", rig %s alone", w->rig);
		print_skip(w->skip);
		workload__free(w);
	}
	strlist__free(&names);
	strlist__free(&bases);
}

static void list_rigs(const struct select_cells *c)
{
	const struct rig *rig;

	(void)c;
	for (size_t i = 0; (rig = rig__nth(i)); i++) {
		const struct rig_model *m;

		printf("  %-18s%s\n", rig->name, rig__facts(rig)->title);
		for (size_t k = 0; (m = rigs__model_of(rig->name, k)); k++)
			printf("    --cpu %-10s%s, %s%s\n", m->name, m->vendor,
			       m->title, m->by_default ? ", by default" : "");
	}
}

static const struct {
	const char *kind;
	void (*list)(const struct select_cells *c);
} kinds[] = {
	{ "bases", list_bases },
	{ "variants", list_variants },
	{ "overlays", list_overlays },
	{ "profiles", list_profiles },
	{ "workloads", list_workloads },
	{ "rigs", list_rigs },
};

int cmd_list(int argc, char **argv)
{
	struct strlist known = { 0 };
	struct options o = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		strlist__add(&known, kinds[i].kind);
	if (o.kind)
		need_name("kind", o.kind, &known);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (o.kind && strcmp(o.kind, kinds[i].kind))
			continue;
		printf("%s:\n", kinds[i].kind);
		kinds[i].list(&o.cells);
	}
	strlist__free(&known);
	return EXIT_OK;
}
