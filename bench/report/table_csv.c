// SPDX-License-Identifier: GPL-2.0
/*
 * Tables as CSV, RFC 4180: a line a record; an empty field has no value.
 */
#include <string.h>

#include "table.h"
#include "text.h"

/* "a.b" of an object: its member b of a; NULL: it has none. */
static const json_t *find(const json_t *o, const char *path)
{
	while (o && *path) {
		const size_t n = strcspn(path, ".");

		o = json_object_getn(o, path, n);
		path += n + (path[n] == '.');
	}
	return o;
}

static void write_field(FILE *f, const json_t *v, bool quoted)
{
	const char *s = json_string_value(v) ?: "";

	if (json_is_integer(v))
		fprintf(f, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		fprintf(f, "%.6f", json_real_value(v));
	else if (json_is_boolean(v))
		fputs(json_is_true(v) ? "yes" : "no", f);
	else if (quoted || text__is_formula(s) || strpbrk(s, "\",\r\n"))
		text__csv(f, s);
	else
		fputs(s, f);
}

static void write_records(FILE *f, const struct table *t)
{
	const json_t *record;
	size_t i;

	json_array_foreach(t->records, i, record) {
		for (size_t c = 0; c < t->nr_csv; c++) {
			const struct table_csv *col = &t->csv[c];

			fputs(c ? "," : "", f);
			write_field(f, find(record, col->path) ?:
				    find(t->json, col->path), col->quoted);
		}
		fputc('\n', f);
	}
}

/* Records of other columns do not fit below a head; such a table stands alone. */
static bool same_columns(const struct table *a, const struct table *b)
{
	for (size_t c = 0; a->nr_csv == b->nr_csv && c < a->nr_csv; c++) {
		if (strcmp(a->csv[c].name, b->csv[c].name))
			return false;
	}
	return a->nr_csv == b->nr_csv;
}

void table_csv__write(FILE *f, const struct tables *t)
{
	for (size_t i = 0; i < t->nr; i++) {
		for (size_t c = 0; !i && c < t->item[i]->nr_csv; c++)
			fprintf(f, "%s%s", c ? "," : "", t->item[i]->csv[c].name);
		fputs(i ? "" : "\n", f);
		if (same_columns(t->item[0], t->item[i]))
			write_records(f, t->item[i]);
	}
}
