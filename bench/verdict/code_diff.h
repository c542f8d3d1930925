/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page-fault handler's code in two built kernels, function by function:
 * every function of the handler's objects of either.
 */
#ifndef FAULTLINE_CODE_DIFF_H
#define FAULTLINE_CODE_DIFF_H

#include "image.h"
#include "insn.h"
#include "util.h"

struct code_row {
	char *name;
	const struct func *a, *b;	/* NULL: that kernel has none */
	long frame_a, frame_b;		/* bytes, or -1 */
	int args_a, args_b;		/* or -1 */
	int64_t diff;			/* bytes of b - bytes of a */
	bool same;			/* byte-equal but for addresses */
};

struct code_diff {
	struct code_row *row;	/* by falling |diff|, then by name */
	size_t nr, same;
	uint64_t bytes_a, bytes_b;	/* of all functions */
};

/*
 * Compare the images of two kernel folders. 0, or -1 with err when objs/ of
 * one cannot be read or capstone refuses.
 */
int code_diff__make(struct code_diff *d, struct image *a, const char *dir_a,
		    struct image *b, const char *dir_b, char *err,
		    size_t errlen);
/* Names of the functions that differ, or that one of the two alone has. */
int code_diff__changed(struct strlist *names, const char *dir_a,
		       const char *dir_b, char *err, size_t errlen);
void code_diff__free(struct code_diff *d);

#endif
