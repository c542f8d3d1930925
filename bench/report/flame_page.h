/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands round the boxes of a flame picture: style, title, legend, text
 * that is safe in XML. For flame_svg.c.
 */
#ifndef FAULTLINE_FLAME_PAGE_H
#define FAULTLINE_FLAME_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define FLAME_WIDTH	1200	/* pixels */
#define FLAME_MARGIN	10
#define FLAME_INNER	(FLAME_WIDTH - 2 * FLAME_MARGIN)
#define FLAME_CHAR	7	/* pixels of a character of a label, see the style */

struct flame_text {
	const char *title, *subtitle, *unit;
	int64_t total;		/* what the whole width counts */
	int64_t most;		/* the largest difference of a box */
	bool diff;
};

/* len bytes of s for text in XML; a byte that XML cannot have becomes '?'. */
void svg__text(FILE *f, const char *s, size_t len);
/* The same of at most room characters, the last a mark where more follow. */
void svg__clipped(FILE *f, const char *s, size_t len, size_t room);

/* Where the boxes begin. */
int flame_page__head_height(const struct flame_text *t);
/* All up to there, of a picture so high. */
void flame_page__head(FILE *f, const struct flame_text *t, int height);
/* A line of text of a class of the style; where the next one goes. */
int flame_page__line(FILE *f, int y, const char *class, const char *text);
/* The class of a box: the part of the kernel that a name tells of, or none. */
const char *flame_page__part(const char *name, size_t len);
/* The class of a box that differs by d where the most is most. */
const char *flame_page__judgement(int64_t d, int64_t most);

#endif
