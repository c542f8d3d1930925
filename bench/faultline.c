// SPDX-License-Identifier: GPL-2.0
/*
 * faultline: the command line. bench/cmd/cmd.h has the table of commands; each
 * lives in bench/cmd/<command>.c and parses its own arguments.
 */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "cpu.h"
#include "provenance.h"
#include "util.h"
#include "version.h"

enum group { GROUP_RUN, GROUP_READ, GROUP_CONTINUOUS, GROUP_DEVELOP, NR_GROUPS };

static const char *const groups[NR_GROUPS] = {
	"Measure", "Read a run", "Watch many runs", "Develop",
};

static const struct command {
	enum group group;
	const char *name;
	int (*run)(int argc, char **argv);
	const char *doc;
} commands[] = {
#define ROW(group, name, word, doc) { GROUP_##group, word, cmd_##name, doc },
	EACH_COMMAND(ROW)
#undef ROW
};

/* Names of earlier releases; --help does not show them. */
static const char *const renamed[][2] = {
	{ "check", "selftest" },
};

static void usage(FILE *f)
{
	fputs("Usage: faultline COMMAND [ARGUMENT...]\n"
	      "What does a change to the KVM x86 page-fault handler cost?\n",
	      f);
	for (enum group g = 0; g < NR_GROUPS; g++) {
		fprintf(f, "\n%s:\n", groups[g]);
		for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
			if (commands[i].group == g)
				fprintf(f, "  %-14s%s\n", commands[i].name,
					commands[i].doc);
		}
	}
	fputs("\nRuns go to results/ of the checkout; installed, to results/ of the current\n"
	      "folder. FAULTLINE_RESULTS names another.\n"
	      "\n'faultline COMMAND --help' says more; 'faultline --version' says which this is.\n"
	      "Exit codes: docs/exit-codes.md.\n",
	      f);
}

static void print_version(void)
{
	char *revision = provenance__revision();

	printf("faultline %s\nrevision %s\n", FAULTLINE_VERSION, revision ?: "unknown");
	free(revision);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	char hidden[256];
	struct err e;

	argp_err_exit_status = EXIT_USAGE;
	if (path_check_root(&e))
		die_err(&e);
	if (cpu__check_hidden(hidden, sizeof(hidden)))
		die(EXIT_USAGE, "%s", hidden);
	if (!strcmp(name, "--help") || !strcmp(name, "help")) {
		usage(stdout);
		return EXIT_OK;
	}
	if (!strcmp(name, "--version")) {
		print_version();
		return EXIT_OK;
	}
	for (size_t i = 0; i < ARRAY_SIZE(renamed); i++) {
		if (!strcmp(name, renamed[i][0]))
			name = renamed[i][1];
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(name, commands[i].name)) {
			argv[1] = xasprintf("faultline %s", name);
			return commands[i].run(argc - 1, argv + 1);
		}
	}
	if (*name)
		fprintf(stderr, "faultline: no command '%s'\n", name);
	usage(stderr);
	return EXIT_USAGE;
}
