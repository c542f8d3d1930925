// SPDX-License-Identifier: GPL-2.0
/*
 * A function as text that does not depend on where it was linked; see
 * listing.h.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "listing.h"
#include "util.h"

#define KERNEL_HALF	0xffffffff80000000ULL	/* -mcmodel=kernel */

struct maker {
	const struct image *img;
	const struct func *f;
	struct insn *insn;
	size_t nr;
	uint64_t end;		/* of the last instruction */
	uint64_t *target;	/* labels, rising, each once */
	size_t targets;
	bool named;		/* the line at hand names an address */
};

static bool is_branch(const struct insn *in)
{
	return in->kind == INSN_CALL || in->kind == INSN_JMP ||
	       in->kind == INSN_JCC;
}

static bool is_padding(const struct insn *in)
{
	return !strncmp(in->mnemonic, "nop", 3) ||
	       !strcmp(in->mnemonic, "int3") ||
	       (!strcmp(in->mnemonic, "xchgw") &&
		!strcmp(in->operands, "%ax, %ax"));
}

static void decode(struct maker *m, struct decoder *d)
{
	size_t left = 0, at = 0, size = m->f->size;
	const char *section;
	const uint8_t *p = image__at(m->img, m->f->addr, &left, &section);

	if (!p || left < size)
		return;
	m->insn = xcalloc(size + 1, sizeof(*m->insn));
	while (at < size) {
		struct insn *in = &m->insn[m->nr++];

		insn__decode(d, in, m->f->addr + at, p + at, size - at);
		if (in->unknown)	/* nobody here knows how long it is */
			in->len = 1;
		at += in->len;
	}
	while (m->nr > 1 && is_padding(&m->insn[m->nr - 1]))
		m->nr--;
	if (m->nr)
		m->end = m->insn[m->nr - 1].addr + m->insn[m->nr - 1].len;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* A call of itself is by name, a jump to its start is a label. */
static bool is_inside(const struct maker *m, const struct insn *in)
{
	return is_branch(in) && in->target >= m->f->addr &&
	       in->target < m->end &&
	       !(in->kind == INSN_CALL && in->target == m->f->addr);
}

static void find_labels(struct maker *m)
{
	size_t nr = 0;

	m->target = xcalloc(m->nr + 1, sizeof(*m->target));
	for (size_t i = 0; i < m->nr; i++) {
		if (is_inside(m, &m->insn[i]))
			m->target[nr++] = m->insn[i].target;
	}
	qsort(m->target, nr, sizeof(*m->target), by_value);
	for (size_t i = 0; i < nr; i++) {
		if (!i || m->target[i] != m->target[i - 1])
			m->target[m->targets++] = m->target[i];
	}
}

static size_t label_of(const struct maker *m, uint64_t addr)
{
	const uint64_t *t = bsearch(&addr, m->target, m->targets,
				    sizeof(*m->target), by_value);

	return t ? t - m->target + 1 : 0;
}

/* Bytes at addr that the code cannot change, or NULL. */
static const void *constant_at(const struct maker *m, uint64_t addr,
			       size_t *left)
{
	const char *section;
	const void *p = image__at(m->img, addr, left, &section);

	return p && !strncmp(section, ".rodata", 7) ? p : NULL;
}

/* A string of the image at addr as a C literal, or NULL. */
static char *string_at(const struct maker *m, uint64_t addr)
{
	size_t left = 0, n;
	const char *p = constant_at(m, addr, &left);
	char *s, *to;

	for (n = 0; p && n < left && p[n]; n++) {
		/* \001 is what the level of a printk begins with. */
		if (!isprint((unsigned char)p[n]) && !strchr("\t\n\001", p[n]))
			return NULL;
	}
	if (!p || n == left)
		return NULL;
	s = to = xcalloc(4 * n + 3, 1);
	*to++ = '"';
	for (size_t i = 0; i < n; i++) {
		if (isprint((unsigned char)p[i]))
			*to++ = p[i];
		else
			to += sprintf(to, "\\%03o", p[i]);
	}
	*to = '"';
	return s;
}

/* How many bytes "movzwl" or "cmpq" loads, by AT&T's letters; 0: not known. */
static size_t load_size(const struct insn *in)
{
	size_t n = strlen(in->mnemonic);
	char c = n ? in->mnemonic[n - 1] : 0;

	if (!in->loads || in->stores)
		return 0;
	if (n == 6 && (!strncmp(in->mnemonic, "movz", 4) ||
		       !strncmp(in->mnemonic, "movs", 4)))
		c = in->mnemonic[4];
	return c == 'q' ? 8 : c == 'l' ? 4 : c == 'w' ? 2 : c == 'b' ? 1 : 0;
}

/* What a load from addr gives, when that never changes; or NULL. */
static char *value_at(const struct maker *m, const struct insn *in,
		      uint64_t addr)
{
	size_t left = 0, size = load_size(in);
	const void *p = constant_at(m, addr, &left);
	uint64_t value = 0;

	if (!p || !size || left < size)
		return NULL;
	memcpy(&value, p, size);
	return xasprintf("{0x%" PRIx64 "}", value);
}

/*
 * A static variable of GCC, "__warned.12": the number counts all statics of the
 * file, and is no part of what the code does. Clones of functions keep theirs.
 */
static int name_length(const char *name, bool text)
{
	size_t n = strlen(name);

	while (!text && n > 1 && isdigit((unsigned char)name[n - 1]))
		n--;
	return !text && n > 1 && name[n - 1] == '.' && name[n] ? (int)n - 1 :
								 (int)strlen(name);
}

/* "symbol+0x12", allocated; the caller frees it; or NULL. */
static char *name_of(struct maker *m, uint64_t addr)
{
	uint64_t offset;
	const char *name = image__symbol_at(m->img, addr, &offset);
	int n;

	if (!name)
		return NULL;
	n = name_length(name, image__func_at(m->img, addr));
	return offset ? xasprintf("%.*s+0x%" PRIx64, n, name, offset) :
			xasprintf("%.*s", n, name);
}

/*
 * The address that the number at s stands for, or 0: before (%rip) it is
 * relative, with %gs: and no base it is in the per-CPU section, and otherwise
 * an address when it lies where -mcmodel=kernel links.
 */
static uint64_t address_at(const struct insn *in, const char *s,
			   const char *number_end, uint64_t value)
{
	if (!strncmp(number_end, "(%rip)", 6))
		return in->addr + in->len + value;
	if (s - in->operands >= 4 && !strncmp(s - 4, "%gs:", 4) &&
	    *number_end != '(')
		return value;
	return value >= KERNEL_HALF ? value : 0;
}

/* The operands with every address that has a name replaced by it. */
static char *operands(struct maker *m, const struct insn *in)
{
	char *out = NULL;
	size_t size = 0;
	FILE *f = xmemstream(&out, &size);

	for (const char *s = in->operands; *s;) {
		const char *digits = s + (*s == '-');
		bool fresh = s == in->operands || !isalnum((unsigned char)s[-1]);
		char *end, *name = NULL;
		uint64_t value, addr;

		if (!fresh || !isdigit((unsigned char)*digits)) {
			fputc(*s++, f);
			continue;
		}
		value = strtoull(digits, &end, 0);
		if (*s == '-')
			value = -value;
		addr = address_at(in, s, end, value);
		if (addr)
			name = name_of(m, addr);
		if (addr && !name && s > in->operands && s[-1] == '$')
			name = string_at(m, addr);
		else if (addr && !name && !strncmp(end, "(%rip)", 6))
			name = value_at(m, in, addr);
		m->named |= name != NULL;
		if (name)
			fputs(name, f);
		else
			fprintf(f, "%.*s", (int)(end - s), s);
		free(name);
		s = end;
	}
	fclose(f);
	return out;
}

static char *line_of(struct maker *m, const struct insn *in)
{
	char *what, *line;

	if (in->unknown)
		return xasprintf("\t(unknown) 0x%02x", in->bytes[0]);
	if (is_inside(m, in)) {
		m->named = true;
		return xasprintf("\t%s .L%zu", in->mnemonic,
				 label_of(m, in->target));
	}
	what = is_branch(in) ? name_of(m, in->target) : operands(m, in);
	m->named |= is_branch(in);	/* as its bytes are relative to it */
	if (!what)
		what = xstrdup(in->operands);
	line = xasprintf("\t%s%s%s", in->mnemonic, *what ? " " : "", what);
	free(what);
	return line;
}

struct listing listing__make(const struct image *img, struct decoder *d,
			     const struct func *f)
{
	struct maker m = { .img = img, .f = f };
	struct listing l = { 0 };

	decode(&m, d);
	find_labels(&m);
	l.line = xcalloc(m.nr + m.targets + 1, sizeof(*l.line));
	for (size_t i = 0; i < m.nr; i++) {
		const struct insn *in = &m.insn[i];
		size_t label = label_of(&m, in->addr);
		struct listing_line *line;

		if (label)
			l.line[l.nr++].text = xasprintf(".L%zu:", label);
		m.named = false;
		line = &l.line[l.nr++];
		line->text = line_of(&m, in);
		line->len = in->len;
		if (!m.named)
			memcpy(line->bytes, in->bytes, in->len);
		l.insns++;
	}
	free(m.insn);
	free(m.target);
	return l;
}

void listing__free(struct listing *l)
{
	for (size_t i = 0; i < l->nr; i++)
		free(l->line[i].text);
	free(l->line);
	*l = (struct listing) { 0 };
}

bool listing__same(const struct listing *a, const struct listing *b)
{
	if (a->nr != b->nr)
		return false;
	for (size_t i = 0; i < a->nr; i++) {
		const struct listing_line *x = &a->line[i], *y = &b->line[i];

		if (x->len != y->len || strcmp(x->text, y->text) ||
		    memcmp(x->bytes, y->bytes, sizeof(x->bytes)))
			return false;
	}
	return true;
}

/* The path of a temporary file that holds the listing, or NULL. */
static char *write_out(const struct listing *l)
{
	char *path = xasprintf("%s/faultline-listing.XXXXXX",
			       getenv("TMPDIR") ?: "/tmp");
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	bool ok = f;

	for (size_t i = 0; f && i < l->nr; i++)
		fprintf(f, "%s\n", l->line[i].text);
	if (f && (ferror(f) | fclose(f)))
		ok = false;
	if (ok)
		return path;
	if (fd >= 0)
		unlink(path);
	free(path);
	return NULL;
}

char *listing__diff(const struct listing *a, const char *label_a,
		    const struct listing *b, const char *label_b,
		    char *err, size_t errlen)
{
	char *path_a = write_out(a), *path_b = write_out(b), *text = NULL;
	const char *argv[] = { "diff", "-U3", "--label", label_a, "--label",
			       label_b, path_a, path_b, NULL };
	int code = 0;

	if (!path_a || !path_b) {
		snprintf(err, errlen, "cannot write a listing to %s: %s; free some room or set TMPDIR",
			 getenv("TMPDIR") ?: "/tmp", strerror(errno));
	} else {
		text = spawn__capture(argv, &code);
		if (code > 1) {		/* 0: same, 1: they differ */
			snprintf(err, errlen, "diff ended with %d; install diffutils",
				 code);
			free(text);
			text = NULL;
		}
	}
	if (path_a)
		unlink(path_a);
	if (path_b)
		unlink(path_b);
	free(path_a);
	free(path_b);
	return text;
}
