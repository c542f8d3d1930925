// SPDX-License-Identifier: GPL-2.0
/*
 * faultline handler-text: the hash by which two variants are called
 * identical. scripts/build-kernel asks for it.
 */
#include <argp.h>
#include <stdlib.h>

#include "cmd.h"
#include "elftext.h"
#include "util.h"

static const struct argp argp = {
	.args_doc = "OBJECT...",
	.doc = "Print one SHA-256 over the executable sections and relocations of "
	       "object files.\v"
	       "Two handlers whose hashes are equal are the same code: what is "
	       "measured between them is noise.\n\n"
	       "Example:\n  faultline handler-text arch/x86/kvm/mmu/*.o",
};

int cmd_handler_text(int argc, char **argv)
{
	char err[512], *hex;
	int first;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, &first, NULL);
	if (first >= argc)
		die(EXIT_USAGE, "handler-text needs at least one object file");
	hex = elftext__sha256(argv + first, argc - first, err, sizeof(err));
	if (!hex)
		die(EXIT_MISSING, "%s", err);
	puts(hex);
	free(hex);
	return EXIT_OK;
}
