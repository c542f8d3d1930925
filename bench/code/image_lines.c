// SPDX-License-Identifier: GPL-2.0
/*
 * From source to code: which addresses a line of source became, and in which
 * function of the source an address is; see image.h.
 */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "image_priv.h"
#include "util.h"

const char *image__unit(struct image *img, uint64_t addr)
{
	const char *name;
	Dwarf_Die cu;

	if (!img->debug ||
	    !dwarf_addrdie(image_debug__dwarf(img->debug), addr, &cu))
		return NULL;
	name = dwarf_diename(&cu);
	return name ? image_debug__source(img->debug, name) : NULL;
}

const char *image__source_func(struct image *img, uint64_t addr)
{
	const char *name = NULL;
	Dwarf_Die cu, *scope;
	int nr;

	if (!img->debug ||
	    !dwarf_addrdie(image_debug__dwarf(img->debug), addr, &cu))
		return NULL;
	nr = dwarf_getscopes(&cu, addr, &scope);
	for (int i = 0; i < nr && !name; i++) {
		int tag = dwarf_tag(&scope[i]);

		if (tag == DW_TAG_inlined_subroutine || tag == DW_TAG_subprogram)
			name = dwarf_diename(&scope[i]);
	}
	if (nr > 0)
		free(scope);
	return name;
}

/* The rows that are found, and what is looked for. */
struct finding {
	struct image *img;
	const struct strlist *files;
	struct line_row *row;
	size_t nr;
	/* What libdw says of a file is the same text for all lines of a unit. */
	const char *said, *file;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The one of the files that libdw means, or NULL. Most differ in their last name. */
static const char *wanted_file(struct finding *f, const char *said)
{
	const char *file;

	if (said == f->said)
		return f->file;
	f->said = said;
	f->file = NULL;
	for (size_t i = 0; said && i < f->files->nr && !f->file; i++) {
		if (strcmp(base_name(said), base_name(f->files->item[i])))
			continue;
		file = image_debug__source(f->img->debug, said);
		if (!strcmp(file, f->files->item[i]))
			f->file = file;
	}
	return f->file;
}

static void add_row(struct finding *f, struct line_row row)
{
	if (!(f->nr & (f->nr - 1)))
		f->row = xrealloc(f->row, (f->nr * 2 ?: 1) * sizeof(*f->row));
	f->row[f->nr++] = row;
}

/* A line reaches to the next one of its table, which ends each sequence. */
static void take_unit(struct finding *f, Dwarf_Die *cu)
{
	Dwarf_Lines *lines;
	size_t nr;

	f->said = f->file = NULL;
	if (dwarf_getsrclines(cu, &lines, &nr))
		return;
	for (size_t i = 0; i + 1 < nr; i++) {
		Dwarf_Line *l = dwarf_onesrcline(lines, i);
		Dwarf_Addr from, to;
		const char *file;
		bool ends;
		int line;

		if (dwarf_lineendsequence(l, &ends) || ends ||
		    dwarf_lineno(l, &line) || !line)
			continue;
		file = wanted_file(f, dwarf_linesrc(l, NULL, NULL));
		if (!file || dwarf_lineaddr(l, &from) ||
		    dwarf_lineaddr(dwarf_onesrcline(lines, i + 1), &to) ||
		    to <= from)
			continue;
		add_row(f, (struct line_row) { from, to, file, line });
	}
}

static int by_line(const void *a, const void *b)
{
	const struct line_row *x = a, *y = b;
	int n = strcmp(x->file, y->file);

	if (n)
		return n;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return (x->from > y->from) - (x->from < y->from);
}

struct line_row *image__rows(struct image *img, const struct strlist *files,
			     size_t *nr)
{
	struct finding f = { .img = img, .files = files };
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;

	*nr = 0;
	if (!img->debug)
		return NULL;
	while (!dwarf_get_units(image_debug__dwarf(img->debug), cu, &cu, NULL,
				NULL, &die, NULL))
		take_unit(&f, &die);
	if (f.nr)
		qsort(f.row, f.nr, sizeof(*f.row), by_line);
	*nr = f.nr;
	return f.row;
}
