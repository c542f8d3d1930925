// SPDX-License-Identifier: GPL-2.0
/*
 * Tables as plain text that can be pasted into a mail, at most REPORT_COLUMNS
 * wide: a wider grid is written in pieces, side columns in each.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"
#include "text.h"

#define LABEL_WIDTH	14	/* of a note */
#define REASON_INDENT	4

/* A line in the making; blanks at its end are never written. */
struct line {
	FILE *f;
	int blanks;
};

static void put(struct line *l, int width, bool left, const char *text)
{
	const int n = strlen(text), pad = n < width ? width - n : 0;

	if (!n) {
		l->blanks += width;
		return;
	}
	fprintf(l->f, "%*s%s", l->blanks + (left ? 0 : pad), "", text);
	l->blanks = left ? pad : 0;
}

static void end(struct line *l)
{
	fputc('\n', l->f);
	l->blanks = 0;
}

/* A piece of a grid: the columns always there, and groups from .. to - 1. */
struct piece {
	size_t from, to;
	bool first;
};

static bool shown(const struct table_grid *g, size_t group,
		  const struct piece *p)
{
	switch (g->group[group].where) {
	case GROUP_ALWAYS:
		return true;
	case GROUP_FIRST:
		return p->first;
	case GROUP_IN_TURN:
		break;
	}
	return group >= p->from && group < p->to;
}

static int group_width(const struct table_grid *g, size_t group)
{
	int width = 0;

	for (size_t c = 0; c < g->nr_columns; c++)
		width += g->column[c].group == group ? g->column[c].width : 0;
	return width;
}

/* The next groups in turn, as many as fit. */
static struct piece next_piece(const struct table_grid *g, size_t from)
{
	struct piece p = { .first = !from };
	int width = 0;

	while (from < g->nr_groups && g->group[from].where != GROUP_IN_TURN)
		from++;
	p.from = p.to = from;
	for (size_t i = 0; i < g->nr_groups; i++)
		width += shown(g, i, &p) ? group_width(g, i) : 0;
	while (p.to < g->nr_groups && g->group[p.to].where == GROUP_IN_TURN) {
		width += group_width(g, p.to);
		if (p.to > p.from && (width > REPORT_COLUMNS ||
				      (g->most && p.to - p.from == g->most)))
			break;
		p.to++;
	}
	return p;
}

static bool more(const struct table_grid *g, size_t from)
{
	return from < g->nr_groups && g->group[from].where == GROUP_IN_TURN;
}

static void write_column_heads(struct line *l, const struct table_grid *g,
			       size_t group)
{
	for (size_t c = 0; c < g->nr_columns; c++) {
		const struct table_column *col = &g->column[c];

		if (col->group == group)
			put(l, col->width, col->left, col->head ?: "");
	}
}

static void write_group_head(struct line *l, const struct table_grid *g,
			     size_t group, bool left)
{
	const struct table_group *of = &g->group[group];
	const int all = group_width(g, group), width = of->width ?: all;
	char *head = xasprintf("%.*s", left ? 1000 : width - 1, of->head ?: "");

	put(l, width, left, head);
	l->blanks += all - width;
	free(head);
}

static void write_heads(FILE *f, const struct table_grid *g,
			const struct piece *p)
{
	struct line l = { f, 0 };

	for (size_t i = 0; g->two_heads && i < g->nr_groups; i++) {
		if (shown(g, i, p))
			write_group_head(&l, g, i, !i);
	}
	if (g->two_heads)
		end(&l);
	for (size_t i = 0; i < g->nr_groups; i++) {
		if (!shown(g, i, p))
			continue;
		if (g->group[i].head && !g->two_heads)
			write_group_head(&l, g, i, false);
		else
			write_column_heads(&l, g, i);
	}
	end(&l);
}

static void write_left(struct line *l, const struct table_column *c,
		       const char *text)
{
	char *name = c->cut ? text__cut(text, c->width - 1 - c->gap) :
			      xstrdup(text);

	l->blanks += c->gap;
	put(l, c->width - c->gap, true, name);
	free(name);
}

static void write_row(FILE *f, const struct table_grid *g, size_t r,
		      const struct piece *p, bool below)
{
	struct line l = { f, 0 };

	for (size_t c = 0; c < g->row[r].nr; c++) {
		const struct table_column *col = &g->column[c];
		const struct table_cell *cell = &g->row[r].cell[c];
		char buf[CELL_TEXT];
		const char *text = g->interval_below ?
			cell__part(cell, col, below, buf) :
			cell__text(cell, col, col->width - 1, buf);
		const int before = col->before ? strlen(col->before) : 0;

		if (!shown(g, col->group, p))
			continue;
		put(&l, before, true, col->before ?: "");
		if (col->left)
			write_left(&l, col, text);
		else
			put(&l, col->width - before, false, text);
	}
	end(&l);
}

/* Has a row a value with an interval to stand below it? */
static bool has_interval(const struct table_grid *g, size_t r)
{
	bool has = false;

	for (size_t c = 0; c < g->row[r].nr; c++)
		has |= g->row[r].cell[c].is == CELL_VALUE &&
		       isfinite(g->row[r].cell[c].half);
	return has;
}

static void write_grid(FILE *f, const struct table_grid *g)
{
	size_t from = 0;

	if (g->title)
		fprintf(f, "%s\n%s", g->title, g->close ? "" : "\n");
	do {
		const struct piece p = next_piece(g, from);

		if (!g->no_head)
			write_heads(f, g, &p);
		for (size_t r = 0; r < g->nr_rows; r++) {
			write_row(f, g, r, &p, false);
			if (g->interval_below && has_interval(g, r))
				write_row(f, g, r, &p, true);
		}
		fputc('\n', f);
		from = p.to;
	} while (more(g, from));
}

static void write_note(FILE *f, const struct table_part *p)
{
	const char *line = p->text;

	fprintf(f, "%-*s", LABEL_WIDTH, p->label);
	for (;;) {
		const int n = strcspn(line, "\n");

		fprintf(f, "%.*s\n", n, line);
		line += n;
		if (!*line++)
			return;
		fprintf(f, "%*s", LABEL_WIDTH, "");
	}
}

static void write_part(FILE *f, const struct table_part *p)
{
	switch (p->is) {
	case PART_LINE:
		fprintf(f, "%s\n", p->text);
		break;
	case PART_GRID:
		write_grid(f, p->grid);
		break;
	case PART_NOTE:
		write_note(f, p);
		break;
	case PART_REASON:
		if (p->label)
			text__wrapped(f, 0, p->label);
		if (p->text)
			text__wrapped(f, REASON_INDENT, p->text);
		break;
	}
}

void table_text__write(FILE *f, const struct tables *t)
{
	for (size_t i = 0; i < t->nr; i++) {
		fprintf(f, "%s%s\n", i ? "\n" : "", t->item[i]->title);
		for (size_t p = 0; p < t->item[i]->nr_parts; p++)
			write_part(f, &t->item[i]->part[p]);
	}
}
