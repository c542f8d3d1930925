// SPDX-License-Identifier: GPL-2.0
/*
 * Tables: building them up and the text of a single cell; see table.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

/* A wider interval is written, like its value, without digits after the point. */
#define WIDE_INTERVAL	9.95

const struct table_format table_formats[] = {
#define FORMAT(name) { #name, table_##name##__write },
	TABLE_FORMATS(FORMAT)
	{ NULL, NULL }
};

const struct table_format *table_format__find(const char *name)
{
	for (const struct table_format *f = table_formats; f->name; f++) {
		if (!strcmp(f->name, name))
			return f;
	}
	return NULL;
}

struct table *tables__add(struct tables *t)
{
	struct table *one = xcalloc(1, sizeof(*one));

	one->records = json_array();
	t->item = xrealloc(t->item, (t->nr + 1) * sizeof(*t->item));
	t->item[t->nr++] = one;
	return one;
}

static void free_grid(struct table_grid *g)
{
	for (size_t r = 0; r < g->nr_rows; r++)
		free(g->row[r].cell);
	free(g->row);
	free(g->column);
	free(g->group);
	free(g);
}

static void free_table(struct table *t)
{
	for (size_t i = 0; i < t->nr_parts; i++) {
		if (t->part[i].grid)
			free_grid(t->part[i].grid);
	}
	free(t->part);
	free(t->csv);
	json_decref(t->json);
	json_decref(t->records);
	strlist__free(&t->strings);
	free(t);
}

void tables__free(struct tables *t)
{
	for (size_t i = 0; i < t->nr; i++)
		free_table(t->item[i]);
	free(t->item);
	*t = (struct tables) { 0 };
}

static const char *copy(struct table *t, const char *s)
{
	if (!s)
		return NULL;
	strlist__add(&t->strings, s);
	return t->strings.item[t->strings.nr - 1];
}

static const char *keep(struct table *t, const char *fmt, va_list ap)
{
	char *s = xvasprintf(fmt, ap);
	const char *kept = copy(t, s);

	free(s);
	return kept;
}

const char *table__string(struct table *t, const char *fmt, ...)
{
	const char *s;
	va_list ap;

	va_start(ap, fmt);
	s = keep(t, fmt, ap);
	va_end(ap);
	return s;
}

static struct table_part *add(struct table *t, enum part_is is)
{
	t->part = xrealloc(t->part, (t->nr_parts + 1) * sizeof(*t->part));
	t->part[t->nr_parts] = (struct table_part) { .is = is };
	return &t->part[t->nr_parts++];
}

void table__title(struct table *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	t->title = keep(t, fmt, ap);
	va_end(ap);
}

void table__line(struct table *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(t, PART_LINE)->text = keep(t, fmt, ap);
	va_end(ap);
}

void table__note(struct table *t, const char *label, const char *fmt, ...)
{
	struct table_part *p = add(t, PART_NOTE);
	va_list ap;

	p->label = copy(t, label);
	va_start(ap, fmt);
	p->text = keep(t, fmt, ap);
	va_end(ap);
}

void table__reason(struct table *t, const char *label, const char *text)
{
	struct table_part *p = add(t, PART_REASON);

	p->label = copy(t, label);
	p->text = copy(t, text);
}

void table__csv(struct table *t, const struct table_csv *column, size_t nr)
{
	t->csv = xrealloc(t->csv, (t->nr_csv + nr) * sizeof(*t->csv));
	memcpy(t->csv + t->nr_csv, column, nr * sizeof(*t->csv));
	t->nr_csv += nr;
}

struct table_grid *table__grid(struct table *t, const char *title)
{
	struct table_grid *g = xcalloc(1, sizeof(*g));

	g->of = t;
	g->title = copy(t, title);
	add(t, PART_GRID)->grid = g;
	return g;
}

void grid__group(struct table_grid *g, const char *head, enum group_where where,
		 int width)
{
	g->group = xrealloc(g->group, (g->nr_groups + 1) * sizeof(*g->group));
	g->group[g->nr_groups++] = (struct table_group) {
		copy(g->of, head), where, width
	};
}

void grid__column(struct table_grid *g, struct table_column c)
{
	c.group = g->nr_groups - 1;
	c.head = copy(g->of, c.head);
	g->column = xrealloc(g->column,
			     (g->nr_columns + 1) * sizeof(*g->column));
	g->column[g->nr_columns++] = c;
}

void grid__row(struct table_grid *g)
{
	g->row = xrealloc(g->row, (g->nr_rows + 1) * sizeof(*g->row));
	g->row[g->nr_rows++] = (struct table_row) {
		xcalloc(g->nr_columns, sizeof(struct table_cell)), 0
	};
}

static void put(struct table_grid *g, struct table_cell c)
{
	struct table_row *row = &g->row[g->nr_rows - 1];

	row->cell[row->nr++] = c;
}

void grid__empty(struct table_grid *g)
{
	put(g, (struct table_cell) { CELL_EMPTY });
}

void grid__word(struct table_grid *g, const char *word)
{
	put(g, (struct table_cell) { CELL_WORD,
					 .word = copy(g->of, word) });
}

void grid__number(struct table_grid *g, double x)
{
	put(g, (struct table_cell) { CELL_NUMBER, .x = x, .half = NAN });
}

void grid__value(struct table_grid *g, double x, double half)
{
	put(g, (struct table_cell) { CELL_VALUE, .x = x, .half = half });
}

size_t grid__columns(const struct table_grid *g, size_t group, size_t *first)
{
	size_t nr = 0;

	for (size_t c = 0; c < g->nr_columns; c++) {
		if (g->column[c].group != group)
			continue;
		if (!nr++)
			*first = c;
	}
	return nr;
}

static int digits_of(const struct table_cell *cell, const struct table_column *c)
{
	return isfinite(cell->half) && cell->half >= WIDE_INTERVAL ? 0 :
	       c->digits;
}

/* To @digits digits, and never a "-0". */
static double rounded(double x, int digits)
{
	const double unit = pow(10, -digits);

	return round(x / unit) * unit + 0.0;
}

static const char *number(const struct table_column *c, double x, int digits,
			  const char *unit, char *buf)
{
	snprintf(buf, CELL_TEXT, c->sign ? "%+.*f%s%s" : "%.*f%s%s", digits, x,
		 unit, c->percent ? "%" : "");
	return buf;
}

static const char *value(const struct table_cell *cell,
			 const struct table_column *c, bool kilo, char *buf)
{
	const int digits = kilo ? 0 : digits_of(cell, c);
	const double by = kilo ? 1e3 : 1;
	const char *unit = kilo ? "k" : "";
	size_t n;

	number(c, rounded(cell->x / by, digits), digits, unit, buf);
	n = strlen(buf);
	if (isfinite(cell->half))
		snprintf(buf + n, CELL_TEXT - n, " +-%.*f%s", digits,
			 cell->half / by, unit);
	return buf;
}

const char *cell__text(const struct table_cell *cell,
		       const struct table_column *c, int room,
		       char buf[CELL_TEXT])
{
	const double x = fabs(cell->x);

	switch (cell->is) {
	case CELL_EMPTY:
		return "";
	case CELL_WORD:
		return cell->word;
	case CELL_VALUE:
		value(cell, c, false, buf);
		return room && strlen(buf) > (size_t)room ?
			value(cell, c, true, buf) : buf;
	case CELL_NUMBER:
		break;
	}
	if (room && c->kilo && x > c->kilo)
		return number(c, cell->x / 1e3, 0, "k", buf);
	return number(c, cell->x, c->whole && x > c->whole ? 0 : c->digits, "",
		      buf);
}

const char *cell__part(const struct table_cell *cell,
		       const struct table_column *c, bool below,
		       char buf[CELL_TEXT])
{
	const double x = below ? cell->half : cell->x;
	const bool kilo = fabs(x) > c->kilo;
	const int digits = kilo || fabs(x) > c->whole ? 0 : digits_of(cell, c);
	const struct table_column plain = { .digits = digits };

	if (cell->is != CELL_VALUE)
		return below || cell->is == CELL_EMPTY ? "" : cell->word;
	if (below && !isfinite(x))
		return "";
	memcpy(buf, "+-", 3);
	number(below ? &plain : c, rounded(kilo ? x / 1e3 : x, digits), digits,
	       kilo ? "k" : "", below ? buf + 2 : buf);
	return buf;
}
