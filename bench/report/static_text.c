// SPDX-License-Identifier: GPL-2.0
/*
 * Two variants' code as plain text; see static_text.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "code_diff.h"
#include "layout.h"
#include "listing.h"
#include "static_text.h"
#include "text.h"
#include "util.h"

#define FUNCTION_WIDTH	29
#define MEMBER_WIDTH	52
#define FAULT_STRUCT	"kvm_page_fault"

struct side {
	const char *name, *dir;
	struct image *img;
};

static void print_bytes(FILE *f, const struct func *func)
{
	if (func)
		fprintf(f, "%7" PRIu64, func->size);
	else
		fprintf(f, "%7s", "none");
}

/* What is not known is "-", and no zero. */
static void print_known(FILE *f, int width, long value)
{
	if (value < 0)
		fprintf(f, "%*s", width, "-");
	else
		fprintf(f, "%*ld", width, value);
}

static void print_row(FILE *f, const struct code_row *r)
{
	if (strlen(r->name) > FUNCTION_WIDTH)
		fprintf(f, "%.*s\n%*s", REPORT_COLUMNS, r->name, FUNCTION_WIDTH,
			"");
	else
		fprintf(f, "%-*s", FUNCTION_WIDTH, r->name);
	print_bytes(f, r->a);
	print_bytes(f, r->b);
	fprintf(f, "%+7" PRId64, r->diff);
	print_known(f, 8, r->frame_a);
	print_known(f, 6, r->frame_b);
	print_known(f, 6, r->args_a);
	print_known(f, 4, r->args_b);
	fputc('\n', f);
}

static void print_table(FILE *f, const struct code_diff *d)
{
	const char *s = d->same == 1 ? "" : "s";

	if (d->same < d->nr) {
		fprintf(f, "%*s%21s%14s%10s\n", FUNCTION_WIDTH, "", "bytes   ",
			"frame ", "args ");
		fprintf(f, "%-*s%7s%7s%7s%8s%6s%6s%4s\n", FUNCTION_WIDTH,
			"function", "A", "B", "B-A", "A", "B", "A", "B");
	}
	for (size_t i = 0; i < d->nr; i++) {
		if (!d->row[i].same)
			print_row(f, &d->row[i]);
	}
	fprintf(f, "%-*s%7" PRIu64 "%7" PRIu64 "%+7" PRId64 "\n\n",
		FUNCTION_WIDTH, "all of the handler", d->bytes_a, d->bytes_b,
		(int64_t)(d->bytes_b - d->bytes_a));
	fprintf(f, "%zu function%s %s byte-equal but for addresses, of %zu\n",
		d->same, s, d->same == 1 ? "is" : "are", d->nr);
	fprintf(f, "none          not there: inlined, or the source has it not\n"
		   "frame         bytes of stack at its deepest, callees not included\n"
		   "args          parameters in the source\n"
		   "-             not known\n");
}

static void print_debug(FILE *f, const struct side *s, const char *letter)
{
	char *text;

	if (image__has_debug(s->img))
		return;
	text = xasprintf("%s has no vmlinux.debug: frames, arguments and layout are not known; remove %s and build it again",
			 letter, s->dir);
	text__wrapped(f, 0, text);
	free(text);
}

/* A member, its offset and size in a comment, with the spaces squeezed. */
static void print_member(FILE *f, const char *line, size_t n)
{
	const char *comment = memmem(line, n, "/* ", 3);
	char *out = xcalloc(n + 1, 1);
	size_t to = 0, end = comment ? (size_t)(comment - line) : n;
	int depth = 0;

	while (depth < (int)n && line[depth] == '\t')
		depth++;
	for (size_t i = depth; i < end; i++) {
		bool space = line[i] == ' ' || line[i] == '\t';

		if (!space || (to && out[to - 1] != ' '))
			out[to++] = space ? ' ' : line[i];
	}
	while (to && out[to - 1] == ' ')
		out[--to] = '\0';
	if (comment && to)
		fprintf(f, "%*s%-*s %.*s\n", 2 * depth, "",
			MEMBER_WIDTH - 2 * depth, out, (int)(line + n - comment),
			comment);
	else
		fprintf(f, "%*s%s%.*s\n", 2 * depth, "", out,
			comment ? (int)(line + n - comment) : 0,
			comment ? comment : "");
	free(out);
}

static void print_pahole(FILE *f, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		print_member(f, text, n);
		text += n + (text[n] == '\n');
	}
}

static void print_layouts(FILE *f, const struct side *a, const struct side *b)
{
	char why_a[512] = "", why_b[512] = "";
	char *la = layout__text(a->dir, FAULT_STRUCT, why_a, sizeof(why_a));
	char *lb = layout__text(b->dir, FAULT_STRUCT, why_b, sizeof(why_b));
	bool same = la && lb && !strcmp(la, lb);
	const char *const letter[] = { same ? "A and B" : "A", "B" };
	const char *const layout[] = { la, lb };
	const char *const why[] = { why_a, why_b };

	for (size_t i = 0; i < (same ? 1 : 2); i++) {
		fprintf(f, "\nstruct " FAULT_STRUCT " in %s\n", letter[i]);
		if (layout[i])
			print_pahole(f, layout[i]);
		else
			text__wrapped(f, 4, why[i]);
	}
	free(la);
	free(lb);
}

static void print_listings(FILE *f, const struct side *a,
			   const struct func *in_a, const struct side *b,
			   const struct func *in_b, const char *function)
{
	struct decoder *decoder = decoder__new();
	struct listing x = { 0 }, y = { 0 };
	char err[512] = "capstone does not start", *text = NULL;

	if (decoder) {
		x = listing__make(a->img, decoder, in_a);
		y = listing__make(b->img, decoder, in_b);
	}
	if (decoder && listing__same(&x, &y))
		fprintf(f, "%s is byte-equal but for addresses: %zu instructions, %" PRIu64 " bytes\n",
			function, x.insns, in_a->size);
	else if (decoder)
		text = listing__diff(&x, a->name, &y, b->name, err,
				     sizeof(err));
	if (text && *text)
		fprintf(f, "%s", text);
	else if (text)
		fprintf(f, "%s reads the same and is encoded differently\n",
			function);
	else if (!decoder || !listing__same(&x, &y))
		text__wrapped(f, 0, err);
	free(text);
	listing__free(&x);
	listing__free(&y);
	decoder__free(decoder);
}

/* The handler's own function of that name before another file's. */
static const struct func *function_of(const struct code_diff *d,
				      const struct side *s, bool is_a,
				      const char *function)
{
	for (size_t i = 0; i < d->nr; i++) {
		const struct code_row *r = &d->row[i];

		if (!strcmp(r->name, function))
			return is_a ? r->a : r->b;
	}
	return image__func(s->img, function);
}

static int print_function(FILE *f, const struct code_diff *d,
			  const struct side *a, const struct side *b,
			  const char *function, struct err *err)
{
	const struct func *in_a = function_of(d, a, true, function);
	const struct func *in_b = function_of(d, b, false, function);

	if (!in_a && !in_b)
		return err__set(err, EXIT_UNKNOWN_NAME, "neither %s nor %s has a function %s: inlined in both, or not its name; nm %s/vmlinux lists them",
				a->name, b->name, function, a->dir);
	fputc('\n', f);
	if (in_a && in_b)
		print_listings(f, a, in_a, b, in_b, function);
	else
		fprintf(f, "%s has no function %s: inlined there, or not in its source\n",
			in_a ? b->name : a->name, function);
	return 0;
}

int static_text__print(FILE *f, const char *name_a, const char *dir_a,
		       const char *name_b, const char *dir_b,
		       const char *function, struct err *err)
{
	struct side a = { name_a, dir_a, NULL }, b = { name_b, dir_b, NULL };
	struct code_diff d = { 0 };
	char why[1024];
	int r;

	a.img = image__open(dir_a, why, sizeof(why));
	if (a.img)
		b.img = image__open(dir_b, why, sizeof(why));
	if (!a.img || !b.img ||
	    code_diff__make(&d, a.img, dir_a, b.img, dir_b, why, sizeof(why))) {
		r = err__set(err, EXIT_MISSING, "%s", why);
		goto out;
	}
	fprintf(f, "The handler's code, not run\n"
		   "A             %s\nB             %s\n\n", name_a, name_b);
	print_table(f, &d);
	print_debug(f, &a, "A");
	print_debug(f, &b, "B");
	print_layouts(f, &a, &b);
	r = function ? print_function(f, &d, &a, &b, function, err) : 0;
out:
	code_diff__free(&d);
	image__close(a.img);
	image__close(b.img);
	return r;
}
