/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands between a comparison and its print: one struct table, made by a
 * builder for each kind of table (compare_table.c, ...) and written by a writer
 * for each format (table_text.c, ...). A builder knows no format, and a writer
 * no kind of table.
 *
 * A table is a list of parts for people (grids, lines, notes) and, for
 * programs, one JSON object with flat records in it for CSV. It keeps its
 * own copy of every string.
 */
#ifndef FAULTLINE_TABLE_H
#define FAULTLINE_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "util.h"

enum cell_is {
	CELL_EMPTY,
	CELL_WORD,		/* "skipped" */
	CELL_NUMBER,
	CELL_VALUE,		/* a measured one, with its interval */
};

struct table_cell {
	enum cell_is is;
	const char *word;
	double x;
	double half;		/* x +- half; NAN: no interval */
};

/* How a column is headed and how its numbers are written. */
struct table_column {
	const char *head;
	int width;		/* characters of text, the gap before it included */
	int digits;		/* after the point */
	bool sign, percent;	/* "+1.5", "1.5%" */
	double whole;		/* larger numbers have no digits after the point; 0: all */
	double kilo;		/* larger ones are in thousands, where room is scarce; 0: none */
	bool left;		/* left-aligned, after that many spaces: */
	int gap;
	bool cut;		/* to the width, where it is longer */
	const char *before;	/* " ..", in text alone */
	size_t group;		/* set by grid__column() */
};

/* When a table is wider than a mail, which columns each piece of it has. */
enum group_where {
	GROUP_ALWAYS,
	GROUP_IN_TURN,		/* as many as fit */
	GROUP_FIRST,		/* the first piece */
};

/* Columns that stay together. */
struct table_group {
	const char *head;	/* over all of them, or NULL */
	enum group_where where;
	int width;		/* of the head in text; 0: that of the columns */
};

struct table_row {
	struct table_cell *cell;	/* one a column */
	size_t nr;
};

struct table_grid {
	struct table *of;	/* whose strings its are */
	const char *title;	/* or NULL */
	const char *caption;	/* where a grid must have one; NULL: the title */
	bool close;		/* no blank line between title and head */
	bool two_heads;		/* of groups and of columns; else a group's replaces its columns' */
	bool no_head;
	bool interval_below;	/* in text, in a line of its own */
	size_t most;		/* groups in turn in a piece; 0: as many as fit */
	struct table_group *group;
	struct table_column *column;
	struct table_row *row;
	size_t nr_groups, nr_columns, nr_rows;
};

enum part_is {
	PART_LINE,		/* text; "" is a blank line */
	PART_GRID,
	PART_NOTE,		/* label and text, which may have several lines */
	PART_REASON,		/* label, and below it text that wraps; or neither */
};

struct table_part {
	enum part_is is;
	const char *label, *text;
	struct table_grid *grid;
};

/* A column of CSV: where its value is in a record, or in the table's JSON. */
struct table_csv {
	const char *name;
	const char *path;	/* "difference.typical" */
	bool quoted;		/* always */
};

struct table {
	const char *title;	/* also the first line of text */
	struct table_part *part;
	size_t nr_parts;
	json_t *json;		/* an object: all that is known */
	struct table_csv *csv;
	size_t nr_csv;
	json_t *records;	/* an array: a line of CSV each */
	struct strlist strings;
};

/* A list of tables, as a command prints them. */
struct tables {
	struct table **item;
	size_t nr;
};

struct table_format {
	const char *name;	/* "text" */
	void (*write)(FILE *f, const struct tables *t);
};

/*
 * Every format there is. A format is a row here and a file table_NAME.c with
 * table_NAME__write().
 */
#define TABLE_FORMATS(ROW) \
	ROW(text) \
	ROW(json) \
	ROW(csv) \
	ROW(markdown) \
	ROW(html)
#define TABLE_FORMAT_WRITER(name) \
	void table_##name##__write(FILE *f, const struct tables *t);
TABLE_FORMATS(TABLE_FORMAT_WRITER)

/* In that order; the last has no name. */
extern const struct table_format table_formats[];
const struct table_format *table_format__find(const char *name);

/* HTML to stand in a page that has a style of its own. */
void table_html__fragment(FILE *f, const struct tables *t);

struct table *tables__add(struct tables *t);
void tables__free(struct tables *t);

/* For builders. */

/* A string that lives as long as the table. */
const char *table__string(struct table *t, const char *fmt, ...) PRINTF(2, 3);
void table__title(struct table *t, const char *fmt, ...) PRINTF(2, 3);
void table__line(struct table *t, const char *fmt, ...) PRINTF(2, 3);
void table__note(struct table *t, const char *label, const char *fmt, ...) PRINTF(3, 4);
/* Either may be NULL. */
void table__reason(struct table *t, const char *label, const char *text);
void table__csv(struct table *t, const struct table_csv *column, size_t nr);

struct table_grid *table__grid(struct table *t, const char *title);
void grid__group(struct table_grid *g, const char *head, enum group_where where,
		 int width);
/* One more column, of the group that was begun last. */
void grid__column(struct table_grid *g, struct table_column c);
/* Begin a row, which is filled from the left. */
void grid__row(struct table_grid *g);
void grid__empty(struct table_grid *g);
void grid__word(struct table_grid *g, const char *word);
void grid__number(struct table_grid *g, double x);
void grid__value(struct table_grid *g, double x, double half);

/* For writers. */

/*
 * A cell as text; "" when it is empty. room: keep to that many characters by
 * writing thousands, where the column or an interval allows that; 0: every
 * digit. Returned in buf, or the cell's own word.
 */
#define CELL_TEXT	80
const char *cell__text(const struct table_cell *cell,
		       const struct table_column *c, int room,
		       char buf[CELL_TEXT]);
/* Its value, or (below) its interval alone, for tables with interval_below. */
const char *cell__part(const struct table_cell *cell,
		       const struct table_column *c, bool below,
		       char buf[CELL_TEXT]);
/* How many columns group g has, and the first of them. */
size_t grid__columns(const struct table_grid *g, size_t group, size_t *first);

#endif
