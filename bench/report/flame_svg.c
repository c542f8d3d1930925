// SPDX-License-Identifier: GPL-2.0
/*
 * Flame pictures as SVG: where the boxes stand and what is written on them;
 * see flame_svg.h. Colours and the text round the boxes are flame_page.c's.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "flame_page.h"
#include "flame_svg.h"
#include "util.h"

#define ROW		18	/* pixels from box to box */
#define BOX		17	/* of these a box takes */
#define PAD		4	/* left and right of a label */
#define BASELINE	13
#define LEAST		5	/* characters of a longer name say nothing if fewer */
#define GONE_ROWS	30	/* at most, in the list under the picture */

struct picture {
	const char *unit;
	struct folded_node *a;		/* NULL: no difference is shown */
	struct folded_node *b;		/* what the boxes are of */
	size_t nr_a, nr_b;
	int64_t most;			/* the largest difference of a box */
	int64_t *before;		/* counted left of a box, by node of b */
	unsigned int depth;
};

/* Where a pixel's thousandth begins: callees never exceed their caller. */
static int64_t edge_of(const struct picture *p, int64_t n)
{
	return (__int128)n * FLAME_INNER * 1000 / p->b[0].all;
}

/*
 * What a function itself changed: with all it calls, the more expensive caller of
 * cheaper callees would look cheaper, too.
 */
static int64_t diff_of(const struct picture *p, const struct folded_node *b)
{
	return p->a ? folded__self_diff(p->a, b) : 0;
}

static void lay_out(struct picture *p)
{
	p->before = xcalloc(p->nr_b, sizeof(*p->before));
	for (size_t i = 0; i != FOLDED_NONE; i = folded__walk(p->b, i)) {
		const struct folded_node *b = &p->b[i];
		int64_t at = p->before[i];

		for (size_t c = b->child; c != FOLDED_NONE; c = p->b[c].next) {
			p->before[c] = at;
			at += p->b[c].all;
		}
		if (b->depth > p->depth)
			p->depth = b->depth;
		if (llabs(diff_of(p, b)) > p->most)
			p->most = llabs(diff_of(p, b));
	}
}

static void write_share(FILE *f, const struct picture *p, int64_t n)
{
	fprintf(f, "%.2f%%", 100.0 * n / p->b[0].all);
}

/* What a pointer held over a box says, a line each. */
static void write_tooltip(FILE *f, const struct picture *p,
			  const struct folded_node *b)
{
	fputs("<title>", f);
	svg__text(f, b->name, b->len);
	fprintf(f, "\n%" PRId64 " ", b->all);
	svg__text(f, p->unit, strlen(p->unit));
	fputs(" with all it calls, ", f);
	write_share(f, p, b->all);
	fprintf(f, " of all\n%" PRId64 " in itself", b->self);
	if (p->a) {
		fprintf(f, ", %+" PRId64 "\n%+" PRId64,
			diff_of(p, b), folded__all_diff(p->a, b));
		if (b->peer == FOLDED_NONE)
			fputs(", not there before", f);
		else
			fprintf(f, " against %" PRId64 " before",
				p->a[b->peer].all);
		if (b->peer != FOLDED_NONE && b->parent != FOLDED_NONE &&
		    p->a[b->peer].parent != p->b[b->parent].peer) {
			const struct folded_node *from =
				&p->a[p->a[b->peer].parent];

			fputs(", called by ", f);
			svg__text(f, from->name, from->len);
		}
	}
	fputs("</title>", f);
}

/* The difference first: it is what fits into a narrow box. */
static void write_label(FILE *f, const struct picture *p,
			const struct folded_node *b, int64_t x, int64_t width,
			int y)
{
	int64_t room = (width / 1000 - 2 * PAD) / FLAME_CHAR, d = diff_of(p, b);
	char sign[32] = "";
	bool name;
	int len = 0;

	if (d)
		len = snprintf(sign, sizeof(sign), "%+" PRId64 " ", d);
	name = room - len >= LEAST || room - len >= (int64_t)b->len;
	if (!name && (!d || room < len - 1))
		return;
	fprintf(f, "<svg x=\"%" PRId64 ".%03d\" y=\"%d\" width=\"%" PRId64 ".%03d\" height=\"%d\">"
		"<text x=\"%d\" y=\"%d\">", x / 1000, (int)(x % 1000), y,
		width / 1000, (int)(width % 1000), BOX, PAD, BASELINE);
	if (d)
		fprintf(f, "<tspan class=\"d\">%s</tspan>", sign);
	if (name)
		svg__clipped(f, b->name, b->len, room - len);
	fputs("</text></svg>", f);
}

static void write_box(FILE *f, const struct picture *p, size_t i, int top)
{
	const struct folded_node *b = &p->b[i];
	int64_t x = edge_of(p, p->before[i]);
	int64_t width = edge_of(p, p->before[i] + b->all) - x;
	int y = top + b->depth * ROW;

	x += FLAME_MARGIN * 1000;
	fputs("<g>", f);
	write_tooltip(f, p, b);
	fprintf(f, "<rect class=\"%s\" x=\"%" PRId64 ".%03d\" y=\"%d\" width=\"%" PRId64 ".%03d\" height=\"%d\"/>",
		p->a ? flame_page__judgement(diff_of(p, b), p->most) :
		flame_page__part(b->name, b->len),
		x / 1000, (int)(x % 1000), y, width / 1000,
		(int)(width % 1000), BOX);
	write_label(f, p, b, x, width, y);
	fputs("</g>\n", f);
}

/*
 * The calls of a that b has no more and that took something themselves, the
 * largest first, equal ones as they would stand in a's picture.
 */
static size_t find_gone(const struct picture *p, size_t *gone)
{
	size_t nr = 0;

	for (size_t i = 0; p->a && i != FOLDED_NONE; i = folded__walk(p->a, i)) {
		size_t at;

		if (p->a[i].peer != FOLDED_NONE || !p->a[i].self)
			continue;
		for (at = nr++; at && p->a[gone[at - 1]].self < p->a[i].self; at--)
			gone[at] = gone[at - 1];
		gone[at] = i;
	}
	return nr;
}

static void write_path(FILE *f, const struct folded_node *node, size_t i)
{
	if (node[i].parent != FOLDED_NONE && node[i].parent) {
		write_path(f, node, node[i].parent);
		fputc(';', f);
	}
	svg__text(f, node[i].name, node[i].len);
}

static int write_gone(FILE *f, const struct picture *p, const size_t *gone,
		      size_t nr, int y)
{
	size_t rows = nr > GONE_ROWS ? GONE_ROWS : nr;
	int64_t rest = 0;

	if (!nr)
		return y;
	y = flame_page__line(f, y, "h", "Elided, no longer there: what each took itself, and who called it");
	for (size_t i = 0; i < rows; i++) {
		const struct folded_node *n = &p->a[gone[i]];

		fprintf(f, "<g><title>");
		write_path(f, p->a, gone[i]);
		fprintf(f, "\n%" PRId64 " ", n->all);
		svg__text(f, p->unit, strlen(p->unit));
		fprintf(f, " with all it called</title><text x=\"%d\" y=\"%d\"><tspan class=\"d\">%*" PRId64 "</tspan>  ",
			FLAME_MARGIN, y, 6, -n->self);
		svg__clipped(f, n->name, n->len, 60);
		fputs("  from ", f);
		svg__clipped(f, p->a[n->parent].name, p->a[n->parent].len, 60);
		fputs("</text></g>\n", f);
		y += ROW;
	}
	for (size_t i = rows; i < nr; i++)
		rest += p->a[gone[i]].self;
	if (rows < nr) {
		char *text = xasprintf("%*" PRId64 "  in %zu more", 6, -rest,
				       nr - rows);

		y = flame_page__line(f, y, "n", text);
		free(text);
	}
	return y;
}

static void write_picture(FILE *f, const char *title, const char *subtitle,
			  struct picture *p)
{
	size_t *gone = xcalloc(p->nr_a + 1, sizeof(*gone));
	size_t nr_gone = find_gone(p, gone);
	size_t rows = nr_gone > GONE_ROWS ? GONE_ROWS + 1 : nr_gone;
	bool empty = !p->b[0].all;
	struct flame_text text = {
		.title = title, .subtitle = subtitle, .unit = p->unit,
		.total = p->b[0].all, .diff = p->a,
	};
	int top, y, height;

	lay_out(p);
	text.most = p->most;
	top = flame_page__head_height(&text);
	height = top + (empty ? 2 : p->depth + 1) * ROW + FLAME_MARGIN;
	if (nr_gone)
		height += (rows + 2) * ROW;
	flame_page__head(f, &text, height);
	if (empty)
		flame_page__line(f, top + ROW, "n", "There is nothing to show: no stack has a count.");
	for (size_t i = 0; !empty && i != FOLDED_NONE; i = folded__walk(p->b, i))
		write_box(f, p, i, top);
	y = top + (empty ? 2 : p->depth + 1) * ROW + 2 * ROW;
	write_gone(f, p, gone, nr_gone, y);
	fputs("</svg>\n", f);
	free(p->before);
	free(gone);
}

static struct folded_node *make_tree(const struct folded *a, size_t nr,
				     size_t *nr_nodes)
{
	struct folded_node *node = xcalloc(folded__room(a, nr), sizeof(*node));

	*nr_nodes = folded__tree(a, nr, node);
	return node;
}

void flame_svg__write(FILE *f, const char *title, const char *subtitle,
		      const char *unit, const struct folded *a, size_t nr)
{
	struct picture p = { .unit = unit };

	p.b = make_tree(a, nr, &p.nr_b);
	write_picture(f, title, subtitle, &p);
	free(p.b);
}

void flame_svg__write_diff(FILE *f, const char *title, const char *subtitle,
			   const char *unit, const struct folded *a,
			   size_t nr_a, const struct folded *b, size_t nr_b)
{
	struct picture p = { .unit = unit };

	p.a = make_tree(a, nr_a, &p.nr_a);
	p.b = make_tree(b, nr_b, &p.nr_b);
	folded__match(p.a, p.nr_a, p.b, p.nr_b);
	write_picture(f, title, subtitle, &p);
	free(p.b);
	free(p.a);
}
