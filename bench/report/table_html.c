// SPDX-License-Identifier: GPL-2.0
/*
 * Tables as HTML: alone as a page, or to stand in one. Names came from
 * outside: nothing in them is markup.
 */
#include <string.h>

#include "flame_page.h"
#include "table.h"

static const char page[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n"
	"<title>Faultline</title>\n<style>\n"
	"body{font:15px/1.5 system-ui,sans-serif;max-width:66rem;margin:0 auto;padding:1rem}\n"
	"table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
	"caption{text-align:left;padding:.8rem 0 .3rem}"
	"th,td{padding:.1rem .6rem;text-align:right;border-bottom:1px solid #8886;white-space:nowrap}"
	"[scope=colgroup]{text-align:center}"
	".l{text-align:left}\n.wide{overflow-x:auto}"
	"dt{font-weight:bold}dd{margin:0 0 .3rem 1.5rem}\n</style>\n";

static void text(FILE *f, const char *s)
{
	svg__text(f, s, strlen(s));
}

/* A line of s is a line there, too. */
static void element(FILE *f, const char *tag, const char *s)
{
	size_t n;

	fprintf(f, "<%s>", tag);
	for (; n = strcspn(s, "\n"), s[n]; s += n + 1) {
		svg__text(f, s, n);
		fputs("<br>", f);
	}
	text(f, s);
	fprintf(f, "</%.*s>", (int)strcspn(tag, " "), tag);
}

static bool has_heads(const struct table_grid *g, size_t from, size_t nr)
{
	for (size_t c = from; c < from + nr; c++) {
		if (g->column[c].head && *g->column[c].head)
			return true;
	}
	return false;
}

static void write_groups(FILE *f, const struct table_grid *g)
{
	fputs("<tr>", f);
	for (size_t i = 0, from = 0, nr; i < g->nr_groups; i++) {
		nr = grid__columns(g, i, &from);
		if (!nr)
			continue;
		fprintf(f, "<th colspan=\"%zu\"%s%s>", nr,
			nr > 1 ? " scope=\"colgroup\"" : "",
			g->column[from].left ? " class=\"l\"" : "");
		text(f, g->group[i].head ?: "");
		fputs("</th>", f);
	}
	fputs("</tr>\n", f);
}

static void write_heads(FILE *f, const struct table_grid *g)
{
	bool groups = false;

	for (size_t i = 0; i < g->nr_groups; i++)
		groups |= g->group[i].head != NULL;
	fputs("<thead>\n", f);
	if (groups)
		write_groups(f, g);
	if (has_heads(g, 0, g->nr_columns)) {
		fputs("<tr>", f);
		for (size_t c = 0; c < g->nr_columns; c++)
			element(f, g->column[c].left ? "th class=\"l\"" : "th",
				g->column[c].head ?: "");
		fputs("</tr>\n", f);
	}
	fputs("</thead>\n", f);
}

static void write_grid(FILE *f, const struct table_grid *g)
{
	const char *title = g->title ?: g->caption;

	fputs("<div class=\"wide\" tabindex=\"0\"><table>\n", f);
	if (title)
		element(f, "caption", title);
	if (!g->no_head)
		write_heads(f, g);
	fputs("<tbody>\n", f);
	for (size_t r = 0; r < g->nr_rows; r++) {
		fputs("<tr>", f);
		for (size_t c = 0; c < g->nr_columns; c++) {
			char buf[CELL_TEXT];

			element(f, g->column[c].left ? "td class=\"l\"" : "td",
				c < g->row[r].nr ?
				cell__text(&g->row[r].cell[c], &g->column[c], 0,
					   buf) : "");
		}
		fputs("</tr>\n", f);
	}
	fputs("</tbody>\n</table></div>\n", f);
}

/* Elements that hold several parts in a row: what one of them begins and ends. */
static const char paragraph[] = "p", list[] = "dl";
static const char *const around[] = {
	[PART_LINE] = paragraph, [PART_NOTE] = list, [PART_REASON] = list,
};

static void write_part(FILE *f, const struct table_part *p)
{
	if (p->is == PART_GRID) {
		write_grid(f, p->grid);
	} else if (p->is == PART_LINE) {
		text(f, p->text);
		fputs("<br>\n", f);
	} else {
		if (p->label)
			element(f, "dt", p->label);
		if (p->text)
			element(f, "dd", p->text);
		fputc('\n', f);
	}
}

static bool is_blank(const struct table_part *p)
{
	return p->is == PART_LINE && !*p->text;
}

static void write_table(FILE *f, const struct table *t)
{
	const char *open = NULL;

	element(f, "h3", t->title);
	fputc('\n', f);
	for (size_t i = 0; i < t->nr_parts; i++) {
		const struct table_part *p = &t->part[i];
		const char *want = is_blank(p) ? NULL : around[p->is];

		if (open && open != want)
			fprintf(f, "</%s>\n", open);
		if (want && open != want)
			fprintf(f, "<%s>", want);
		open = want;
		if (!is_blank(p))
			write_part(f, p);
	}
	if (open)
		fprintf(f, "</%s>\n", open);
}

void table_html__fragment(FILE *f, const struct tables *t)
{
	for (size_t i = 0; i < t->nr; i++)
		write_table(f, t->item[i]);
}

void table_html__write(FILE *f, const struct tables *t)
{
	fputs(page, f);
	table_html__fragment(f, t);
	fputs("</html>\n", f);
}
