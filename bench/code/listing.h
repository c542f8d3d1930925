/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The disassembly of one function without the noise of addresses, so that two
 * builds of the same code have the same listing: targets inside are labels in
 * order of their address, other targets and addresses of data are symbols with
 * an offset, strings and constants without a symbol are what they hold.
 */
#ifndef FAULTLINE_LISTING_H
#define FAULTLINE_LISTING_H

#include "image.h"
#include "insn.h"

struct listing_line {
	char *text;
	uint8_t len;		/* 0: a label */
	uint8_t bytes[15];	/* all 0 where the line names an address */
};

struct listing {
	struct listing_line *line;
	size_t nr;
	size_t insns;
};

/*
 * Nops and int3 after the last instruction are padding and left out. An
 * address in read-only data that no symbol covers is taken for a string where
 * it is an immediate, and for a constant where it is loaded from. Any other
 * that has no symbol stays a number, so that two functions may differ though
 * their code is the same.
 * Empty when f is not in the file.
 */
struct listing listing__make(const struct image *img, struct decoder *d,
			     const struct func *f);
void listing__free(struct listing *l);

/*
 * Byte-equal but for addresses: the same lines, and the same bytes in each
 * instruction that names no address; one that does has the same length.
 */
bool listing__same(const struct listing *a, const struct listing *b);

/*
 * "diff -U3" of two listings with these names as its labels; allocated, the caller frees it;
 * empty when the texts are the same. NULL with err when diff does not run.
 */
char *listing__diff(const struct listing *a, const char *label_a,
		    const struct listing *b, const char *label_b,
		    char *err, size_t errlen);

#endif
