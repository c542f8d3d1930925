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

static const char doc[] =
	"List what can be measured: all of it, or one KIND of bases, variants, "
	"overlays, profiles, workloads, rigs.\v"
	"Example:\n  faultline list workloads\n";

static const struct argp_option option_table[] = {
	{ "base", 'b', "BASE", 0, "Whose variants and overlays (default: every base's)", 0 },
	{ 0 }
};

struct options {
	const char *kind, *base;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	if (key == 'b') {
		o->base = arg;
		return 0;
	}
	if (key == ARGP_KEY_ARG && !o->kind) {
		o->kind = arg;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = { option_table, parse, "[KIND]", doc, 0, 0, 0 };

static void list_bases(const char *only)
{
	struct strlist names = { 0 };

	(void)only;
	catalog__bases(&names);
	for (size_t i = 0; i < names.nr; i++) {
		char *title = need_base_value(names.item[i], "title");

		printf("  %-18s%s\n", names.item[i], title);
		free(title);
	}
	strlist__free(&names);
}

static void list_variants_of(const char *base)
{
	struct strlist names = { 0 };

	need_variants(base, &names);
	for (size_t i = 0; i < names.nr; i++) {
		struct variant *v = need_variant(base, names.item[i]);

		printf("  %-6s%-20s%s", base, v->name, v->title);
		if (v->stock)
			puts(" (stock: no patches)");
		else
			printf(" (%zu steps)\n", v->patches.nr);
		variant__free(v);
	}
	strlist__free(&names);
}

static void each_base(const char *only, void (*list)(const char *base))
{
	struct strlist bases = { 0 };

	if (only)
		strlist__add(&bases, only);
	else
		catalog__bases(&bases);
	for (size_t i = 0; i < bases.nr; i++)
		list(bases.item[i]);
	strlist__free(&bases);
}

static void list_variants(const char *only)
{
	each_base(only, list_variants_of);
}

static void list_overlays_of(const char *base)
{
	struct strlist names = { 0 };

	need_overlays(base, &names);
	for (size_t i = 0; i < names.nr; i++) {
		char *any = need_overlay_title(base, names.item[i]);

		printf("  %-6s+%-19s%s\n", base, names.item[i], any);
		free(any);
	}
	strlist__free(&names);
}

static void list_overlays(const char *only)
{
	each_base(only, list_overlays_of);
}

/* What a base cannot have is still listed, with the reason. */
static void print_skip(const char *skip)
{
	if (skip)
		printf(" (skipped: %s)", skip);
	putchar('\n');
}

static void list_profiles(const char *only)
{
	struct strlist names = { 0 };

	need_profiles(&names);
	for (size_t i = 0; i < names.nr; i++) {
		struct profile *p = need_profile(only ?: DEFAULT_BASE,
						     names.item[i]);

		printf("  %-20s%s", p->name, p->title);
		print_skip(p->skip);
		profile__free(p);
	}
	strlist__free(&names);
}

static void list_workloads(const char *only)
{
	struct strlist names = { 0 };

	need_workloads(&names);
	for (size_t i = 0; i < names.nr; i++) {
		struct workload *w = need_workload(only ?: DEFAULT_BASE,
						       names.item[i]);

		printf("  %-20s %s, %llu events", w->name, w->class,
		       (unsigned long long)w->cell.events);
		if (*w->rig)
			printf(", rig %s alone", w->rig);
		print_skip(w->skip);
		workload__free(w);
	}
	strlist__free(&names);
}

static void list_rigs(const char *only)
{
	const struct rig *rig;

	(void)only;
	for (size_t i = 0; (rig = rig__nth(i)); i++)
		printf("  %-18s%s\n", rig->name, rig__facts(rig)->title);
}

static const struct {
	const char *kind;
	void (*list)(const char *base);
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
		kinds[i].list(o.base);
	}
	strlist__free(&known);
	return EXIT_OK;
}
