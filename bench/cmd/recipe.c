// SPDX-License-Identifier: GPL-2.0
/*
 * faultline recipe: what a kernel is made of. The scripts that build ask for
 * it, so that names are read in one place.
 */
#include <argp.h>
#include <stdio.h>

#include "cmd.h"
#include "need.h"

static const struct argp argp = {
	.args_doc = "BASE VARIANT [PROFILE]",
	.doc = "Print what a kernel is made of, one thing per line: of a commit `tree ID` and "
	       "`repository FOLDER`; then `patch FILE` in order, then `overlay FOLDER` in order, then `config LINE` of the "
	       "profile, `cmdline WORDS` of it, then `vitro WORD`s: what the vitro rig "
	       "patches under it.\v"
	       "Example:\n  faultline recipe v5.10 struct-by-pointer@3+indirect off",
};

int cmd_recipe(int argc, char **argv)
{
	struct strlist config = { 0 };
	struct profile *p = NULL;
	struct variant *v;
	int first;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, &first, NULL);
	if (argc - first != 2 && argc - first != 3)
		die(EXIT_USAGE, "recipe needs BASE VARIANT [PROFILE]");
	v = need_variant(argv[first], argv[first + 1]);
	if (argc - first == 3)
		p = need_profile(argv[first], argv[first + 2]);
	if (*v->tree)
		printf("tree %s\nrepository %s\n", v->tree, v->repository);
	for (size_t i = 0; i < v->patches.nr; i++)
		printf("patch %s\n", v->patches.item[i]);
	for (size_t i = 0; i < v->overlays.nr; i++)
		printf("overlay %s\n", v->overlays.item[i]);
	strlist__split(&config, p ? p->config : "", ' ');
	for (size_t i = 0; i < config.nr; i++)
		printf("config %s\n", config.item[i]);
	if (p && *p->cmdline)
		printf("cmdline %s\n", p->cmdline);
	if (p && *p->vitro)
		printf("vitro %s\n", p->vitro);
	strlist__free(&config);
	variant__free(v);
	if (p)
		profile__free(p);
	return EXIT_OK;
}
