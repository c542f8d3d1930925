// SPDX-License-Identifier: GPL-2.0
/*
 * faultline code-hash: whether the objects of two commits are the same code.
 * scripts/build-kernel asks before it links.
 */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "code_hash.h"
#include "util.h"

static const struct argp argp = {
	.args_doc = "MANIFEST OBJECT...",
	.doc = "Print a line \"SHA-256 OBJECT\" per object file: a hash over what of it "
	       "reaches a kernel, which is sections that are loaded, their relocations, and "
	       "symbols; without debug information and line numbers.\v"
	       "MANIFEST is a file that remembers what was hashed: an object of the "
	       "same time and size is not read again.\n\n"
	       "Example:\n  faultline code-hash objects.manifest arch/x86/kvm/mmu/*.o",
};

int cmd_code_hash(int argc, char **argv)
{
	char err[512], *text;
	int first;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, &first, NULL);
	if (argc - first < 2)
		die(EXIT_USAGE, "code-hash needs a manifest and at least one object file");
	if (code_hash__objects(argv + first + 1, argc - first - 1, argv[first],
			       &text, err, sizeof(err)))
		die(EXIT_MISSING, "%s", err);
	fputs(text, stdout);
	free(text);
	return EXIT_OK;
}
