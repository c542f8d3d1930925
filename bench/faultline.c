// SPDX-License-Identifier: GPL-2.0
/*
 * faultline: the command line. One table of commands; each lives in
 * bench/cmd/<command>.c and parses its own arguments.
 */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "util.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *doc;
} commands[] = {
	{ "list", cmd_list, "bases, variants, profiles, workloads, rigs" },
	{ "run", cmd_run, "build kernels, boot hosts, keep records" },
	{ "merge", cmd_merge, "one run of several that were measured apart" },
	{ "pack", cmd_pack, "a run takes less room, and is read as before" },
	{ "compare", cmd_compare, "what a fault costs in each variant" },
	{ "attribute", cmd_attribute, "which functions make the difference" },
	{ "boot", cmd_boot, "one boot, timed and not kept" },
	{ "boot-times", cmd_boot_times, "whole boots as hyperfine timed them" },
	{ "counters", cmd_counters, "what perf in the host counted" },
	{ "trace", cmd_trace, "a typical fault, instruction by instruction" },
	{ "instructions", cmd_instructions, "two rigs' instructions side by side" },
	{ "report", cmd_report, "a run as text, Markdown, HTML, JSON, JUnit" },
	{ "plot", cmd_plot, "a picture of a run" },
	{ "history", cmd_history, "what every run measured, kept for good" },
	{ "trend", cmd_trend, "the history as a page of pictures" },
	{ "alert", cmd_alert, "what got worse, of all of the history" },
	{ "check", cmd_check, "the kernel's selftests on each variant" },
	{ "doctor", cmd_doctor, "what this machine has and lacks" },
	{ "recipe", cmd_recipe, "what a kernel is made of, for the scripts" },
	{ "handler-text", cmd_handler_text, "hash of the handler's code" },
	{ "same-code", cmd_same_code, "objects byte by byte against a vmlinux" },
};

static void usage(FILE *f)
{
	fputs("Usage: faultline COMMAND [ARGUMENT...]\n"
	      "What does a change to the KVM x86 page-fault handler cost?\n\n",
	      f);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(f, "  %-14s%s\n", commands[i].name, commands[i].doc);
	fputs("\nRuns go to results/ of the checkout; installed, to results/ of the current\n"
	      "folder. FAULTLINE_RESULTS names another.\n"
	      "\n'faultline COMMAND --help' says more. Exit codes: docs/exit-codes.md.\n",
	      f);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	argp_err_exit_status = EXIT_USAGE;
	if (!strcmp(name, "--help") || !strcmp(name, "help")) {
		usage(stdout);
		return EXIT_OK;
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
