// SPDX-License-Identifier: GPL-2.0
/*
 * faultline patched-code: whether vitro patched a handler as a boot did.
 * scripts/booted-code makes the kernel that it is compared with.
 */
#include <argp.h>
#include <inttypes.h>
#include <stdlib.h>

#include "cmd.h"
#include "jump_labels.h"
#include "patched.h"
#include "util.h"

#define PREFIX	"c0_"	/* of the first copy's symbols: scripts/build-vitro */

enum { OPT_JUMPS = 256 };

static const struct argp_option options[] = {
	{ "jumps", OPT_JUMPS, NULL, 0, "Only list the jump labels of the objects: j a jump, n a nop in BOOTED; key; function", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	bool *jumps = state->input;

	(void)arg;
	if (key != OPT_JUMPS)
		return ARGP_ERR_UNKNOWN;
	*jumps = true;
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "BOOTED PROGRAM OBJECT...\n--jumps BOOTED OBJECT...",
	.doc = "Compare the functions of object files as a booted kernel has them with those "
	       "of a vitro program that was patched as boot patches: instruction by "
	       "instruction, byte by byte.\v"
	       "BOOTED is what scripts/booted-code printed; PROGRAM what a vitro\n"
	       "program wrote with --patched.\n\n"
	       "Exit code 7: an instruction differs.\n\n"
	       "Example:\n"
	       "  faultline patched-code booted patched objs/*.o link/*.o",
};

static struct image *need_image(const char *path)
{
	char err[512];
	struct image *img = image__open_file(path, err, sizeof(err));

	if (!img)
		die(EXIT_MISSING, "%s", err);
	return img;
}

static int list_jumps(const struct image *booted, char **object)
{
	struct strlist line = { 0 };
	char err[512];

	for (; *object; object++) {
		if (jump_labels__list(booted, *object, &line, err, sizeof(err)))
			die(EXIT_MISSING, "%s", err);
	}
	for (size_t i = 0; i < line.nr; i++)
		puts(line.item[i]);
	strlist__free(&line);
	return EXIT_OK;
}

int cmd_patched_code(int argc, char **argv)
{
	struct image *booted, *process;
	struct patched p = { 0 };
	bool jumps = false;
	char err[512];
	int first;

	argp_parse(&argp, argc, argv, 0, &first, &jumps);
	if (argc - first < 3 - jumps)
		die(EXIT_USAGE, "patched-code needs a booted kernel, a patched program and at least one object file");
	booted = need_image(argv[first]);
	if (jumps)
		return list_jumps(booted, argv + first + 1);
	process = need_image(argv[first + 1]);
	for (int i = first + 2; i < argc; i++) {
		if (patched__compare(booted, process, PREFIX, argv[i], &p, err, sizeof(err)))
			die(EXIT_MISSING, "%s", err);
	}
	for (size_t i = 0; i < p.difference.nr; i++)
		puts(p.difference.item[i]);
	printf("%zu functions, %" PRIu64 " bytes, %zu instructions: %zu differ\n",
	       p.functions, p.bytes, p.instructions, p.differing);
	printf("addresses: %zu of data, %zu of branches by name, %zu of the direct map; %zu static calls to stand-ins\n",
	       p.addresses, p.branches, p.page_offsets, p.static_calls);
	printf("not compared: %zu static calls that the host's backend does not have, %zu LOCK that a host of one CPU lacks, %zu STAC and CLAC, %zu returns whose place decides about a thunk against ITS, %zu endbr64 that boot sealed, %zu functions that are weak or not in both\n",
	       p.no_calls, p.locks, p.privileged, p.its, p.sealed, p.left_out);
	if (!p.functions)
		die(EXIT_CHANGED, "%s and %s have no function of the objects in common",
		    argv[first], argv[first + 1]);
	strlist__free(&p.difference);
	image__close(booted);
	image__close(process);
	return p.differing ? EXIT_CHANGED : EXIT_OK;
}
