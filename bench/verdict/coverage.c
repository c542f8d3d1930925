// SPDX-License-Identifier: GPL-2.0
/* See coverage.h. */
#include <stdlib.h>
#include <string.h>

#include "coverage.h"

struct coverage_variant *coverage__add(struct coverage *c, const char *base,
				       const char *variant,
				       const struct source_lines *lines)
{
	struct coverage_variant *v;

	c->item = xrealloc(c->item, (c->nr + 1) * sizeof(*c->item));
	v = &c->item[c->nr++];
	*v = (struct coverage_variant) {
		.base = xstrdup(base), .variant = xstrdup(variant),
		.line = xcalloc(lines->nr ?: 1, sizeof(*v->line)), .nr = lines->nr,
	};
	for (size_t i = 0; i < lines->nr; i++)
		v->line[i] = (struct coverage_line) {
			.file = xstrdup(lines->item[i].file),
			.line = lines->item[i].line,
			.text = xstrdup(lines->item[i].text),
		};
	return v;
}

/* ud2, which is WARN() and BUG() */
static bool is_trap(const uint8_t *bytes)
{
	return bytes[0] == 0x0f && bytes[1] == 0x0b;
}

/* Is one of its instructions a trap? */
static bool traps(struct image *img, struct decoder *d, uint64_t from, uint64_t to)
{
	const char *section;
	size_t left;
	const uint8_t *bytes = image__at(img, from, &left, &section);
	struct insn in;

	for (; bytes && from < to && left >= 2; from += in.len) {
		if (is_trap(bytes))
			return true;
		insn__decode(d, &in, from, bytes, left);
		if (in.len > left)
			break;
		bytes += in.len;
		left -= in.len;
	}
	return false;
}

/*
 * Code that is there for what must not happen: a trap, what comes next where the
 * kernel goes on after it, and what gcc puts away as cold for its sake.
 */
static bool warns(struct image *img, struct decoder *d, uint64_t from, uint64_t to)
{
	const struct func *f = image__func_at(img, from);
	size_t n = f ? strlen(f->name) : 0;
	uint8_t before[2];

	if (n > 5 && !strcmp(f->name + n - 5, ".cold"))
		return true;
	if (f && from > f->addr + 1 &&
	    !image__bytes(img, from - 2, before, sizeof(before)) && is_trap(before))
		return true;
	return traps(img, d, from, to);
}

/* A template is compiled more than once: paging64_fetch() is FNAME(fetch). */
static char *func_name(struct image *img, const struct line_row *row)
{
	const char *name = image__source_func(img, row->from), *tail;

	if (!name)
		return xstrdup("?");
	tail = strchr(name, '_');
	if (strstr(row->file, "paging_tmpl.h") && tail)
		return xasprintf("FNAME(%s)", tail + 1);
	return xstrdup(name);
}

static void add_code(struct coverage_code *code, const struct line_row *row, size_t line)
{
	if (!(code->nr & (code->nr - 1)))
		code->item = xrealloc(code->item, (code->nr * 2 ?: 1) *
				      sizeof(*code->item));
	code->item[code->nr].from = row->from;
	code->item[code->nr].to = row->to;
	code->item[code->nr++].line = line;
}

static int compare_places(const struct line_row *row, const struct coverage_line *l)
{
	int n = strcmp(row->file, l->file);

	return n ? n : (row->line > l->line) - (row->line < l->line);
}

void coverage__find_code(struct coverage_code *code, struct coverage_variant *v,
			 struct image *img)
{
	struct decoder *d = decoder__new();
	struct strlist files = { 0 };
	struct line_row *row;
	size_t nr, at = 0;

	*code = (struct coverage_code) { 0 };
	for (size_t i = 0; i < v->nr; i++) {
		if (!strlist__has(&files, v->line[i].file))
			strlist__add(&files, v->line[i].file);
	}
	row = image__rows(img, &files, &nr);
	for (size_t i = 0; i < v->nr; i++) {
		struct coverage_line *l = &v->line[i];

		while (at < nr && compare_places(&row[at], l) < 0)
			at++;
		for (; at < nr && !compare_places(&row[at], l); at++) {
			add_code(code, &row[at], i);
			if (!l->func)
				l->func = func_name(img, &row[at]);
			l->plain |= !d || !warns(img, d, row[at].from, row[at].to);
			l->traps |= d && traps(img, d, row[at].from, row[at].to);
		}
	}
	free(row);
	strlist__free(&files);
	decoder__free(d);
}

void coverage_code__free(struct coverage_code *code)
{
	free(code->item);
	*code = (struct coverage_code) { 0 };
}

/* The workload's place; every line gets one for it. */
static size_t workload_index(struct coverage_variant *v, const char *workload)
{
	size_t nr = v->workloads.nr;

	for (size_t w = 0; w < nr; w++) {
		if (!strcmp(v->workloads.item[w], workload))
			return w;
	}
	strlist__add(&v->workloads, workload);
	for (size_t i = 0; i < v->nr; i++) {
		v->line[i].ran = xrealloc(v->line[i].ran, nr + 1);
		v->line[i].ran[nr] = LINE_NEVER;
	}
	return nr;
}

void coverage__join(struct coverage_variant *v, const struct coverage_code *code,
		    const char *workload, const struct executed *e)
{
	size_t w = workload_index(v, workload);

	for (size_t i = 0; i < code->nr; i++) {
		uint8_t *ran = &v->line[code->item[i].line].ran[w];
		uint64_t from = code->item[i].from, to = code->item[i].to;

		if (stretches__touch(&e->measured, from, to))
			*ran = LINE_MEASURED;
		else if (*ran == LINE_NEVER && stretches__touch(&e->outside, from, to))
			*ran = LINE_OUTSIDE;
	}
}

static struct coverage_variant *find(const struct coverage *c,
				     const struct coverage_variant *like)
{
	for (size_t i = 0; i < c->nr; i++) {
		if (!strcmp(c->item[i].base, like->base) &&
		    !strcmp(c->item[i].variant, like->variant))
			return &c->item[i];
	}
	return NULL;
}

static bool same_lines(const struct coverage_variant *a, const struct coverage_variant *b)
{
	bool same = a->nr == b->nr && a->left_out == b->left_out;

	for (size_t i = 0; same && i < a->nr; i++)
		same = a->line[i].line == b->line[i].line &&
		       !strcmp(a->line[i].file, b->line[i].file);
	return same;
}

/* What one file lacks the other one has: it changes hands. */
static void take_over(struct coverage *to, struct coverage_variant *f)
{
	to->item = xrealloc(to->item, (to->nr + 1) * sizeof(*to->item));
	to->item[to->nr++] = *f;
	*f = (struct coverage_variant) { 0 };
}

int coverage__merge(struct coverage *to, struct coverage *from, struct err *err)
{
	for (size_t i = 0; i < from->nr; i++) {
		struct coverage_variant *f = &from->item[i];
		struct coverage_variant *t = find(to, f);

		if (!t) {
			take_over(to, f);
			continue;
		}
		if (!same_lines(t, f))
			return err__set(err, EXIT_CHANGED, "%s/%s: the files do not have the same lines of it; save all of one revision",
					f->base, f->variant);
		for (size_t w = 0; w < f->workloads.nr; w++) {
			size_t at = workload_index(t, f->workloads.item[w]);

			for (size_t l = 0; l < f->nr; l++) {
				if (f->line[l].ran[w] > t->line[l].ran[at])
					t->line[l].ran[at] = f->line[l].ran[w];
			}
		}
	}
	return 0;
}

enum line_ran coverage_line__ran(const struct coverage_variant *v, size_t line)
{
	uint8_t most = LINE_NEVER;

	for (size_t w = 0; w < v->workloads.nr; w++) {
		if (v->line[line].ran[w] > most)
			most = v->line[line].ran[w];
	}
	return most;
}

bool coverage_line__warns(const struct coverage_variant *v, size_t line)
{
	const struct coverage_line *l = &v->line[line];

	if (!l->func || coverage_line__ran(v, line) != LINE_NEVER)
		return false;
	for (size_t i = 0; l->plain && l->traps && i < v->nr; i++) {
		if (v->line[i].func && !strcmp(v->line[i].func, l->func) &&
		    coverage_line__ran(v, i) != LINE_NEVER)
			return true;
	}
	return !l->plain;
}

struct coverage_count coverage__count(const struct coverage_variant *v)
{
	struct coverage_count n = { .changed = v->nr + v->left_out };

	for (size_t i = 0; i < v->nr; i++) {
		if (!v->line[i].func)
			continue;
		n.code++;
		switch (coverage_line__ran(v, i)) {
		case LINE_MEASURED:
			n.measured++;
			break;
		case LINE_OUTSIDE:
			n.outside++;
			break;
		case LINE_NEVER:
			*(coverage_line__warns(v, i) ? &n.warns : &n.never) += 1;
		}
	}
	return n;
}

size_t coverage__by(const struct coverage_variant *v, size_t workload, size_t *alone)
{
	size_t nr = 0;

	*alone = 0;
	for (size_t i = 0; i < v->nr; i++) {
		size_t others = 0;

		if (v->line[i].ran[workload] != LINE_MEASURED)
			continue;
		for (size_t w = 0; w < v->workloads.nr; w++)
			others += w != workload && v->line[i].ran[w] == LINE_MEASURED;
		nr++;
		*alone += !others;
	}
	return nr;
}

void coverage__free(struct coverage *c)
{
	for (size_t i = 0; i < c->nr; i++) {
		struct coverage_variant *v = &c->item[i];

		for (size_t j = 0; j < v->nr; j++) {
			free(v->line[j].file);
			free(v->line[j].text);
			free(v->line[j].func);
			free(v->line[j].ran);
		}
		free(v->line);
		strlist__free(&v->workloads);
		free(v->counterpart);
		free(v->variant);
		free(v->base);
	}
	free(c->item);
	*c = (struct coverage) { 0 };
}
