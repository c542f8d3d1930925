// SPDX-License-Identifier: GPL-2.0
/*
 * Tables as Markdown, as GitHub and its like render it. Names came from
 * outside: nothing in them is markup.
 */
#include <stdlib.h>
#include <string.h>

#include "table.h"
#include "text.h"

static void write_head(FILE *f, const struct table_grid *g, size_t column)
{
	const struct table_column *c = &g->column[column];
	const char *group = g->group[c->group].head ?: "";
	const char *head = c->head ?: "";
	/* A grid of two heads may have its title for the first of them. */
	const bool both = *group && *head && column;

	text__markdown(f, both || (column && !*head) ? group : "");
	fputs(both ? ", " : "", f);
	text__markdown(f, *head || !column ? head : "");
}

static void write_grid(FILE *f, const struct table_grid *g)
{
	const char *title = g->title ?: g->caption;

	if (title) {
		fputs("\n**", f);
		text__markdown(f, title);
		fputs("**\n", f);
	}
	for (size_t c = 0; c < g->nr_columns; c++) {
		fputs(c ? " | " : "\n| ", f);
		write_head(f, g, c);
	}
	fputs(" |\n|", f);
	for (size_t c = 0; c < g->nr_columns; c++)
		fputs(g->column[c].left ? " --- |" : " ---: |", f);
	fputc('\n', f);
	for (size_t r = 0; r < g->nr_rows; r++) {
		for (size_t c = 0; c < g->nr_columns; c++) {
			char buf[CELL_TEXT];

			fputs(c ? " | " : "| ", f);
			if (c < g->row[r].nr)
				text__markdown(f, cell__text(&g->row[r].cell[c],
						&g->column[c], 0, buf));
		}
		fputs(" |\n", f);
	}
}

static void write_lines(FILE *f, const char *s)
{
	char *all = xstrdup(s), *next = all, *line;

	while ((line = strsep(&next, "\n"))) {
		text__markdown(f, line);
		fputs(next ? "<br>" : "", f);
	}
	free(all);
}

static void write_part(FILE *f, const struct table_part *p, enum part_is before)
{
	switch (p->is) {
	case PART_LINE:
		fputs(before == PART_LINE || !*p->text ? "" : "\n", f);
		text__markdown(f, p->text);
		fputs("\n", f);
		break;
	case PART_GRID:
		write_grid(f, p->grid);
		break;
	case PART_NOTE:
	case PART_REASON:
		fputs(before == PART_NOTE || before == PART_REASON ? "- " :
		      "\n- ", f);
		text__markdown(f, p->label ?: "");
		fputs(p->label && p->text ? ": " : "", f);
		write_lines(f, p->text ?: "");
		fputc('\n', f);
		break;
	}
}

void table_markdown__write(FILE *f, const struct tables *t)
{
	for (size_t i = 0; i < t->nr; i++) {
		const struct table *one = t->item[i];

		fputs(i ? "\n### " : "### ", f);
		text__markdown(f, one->title);
		fputs("\n\n", f);
		for (size_t p = 0; p < one->nr_parts; p++)
			write_part(f, &one->part[p], p ? one->part[p - 1].is :
							 PART_LINE);
	}
}
