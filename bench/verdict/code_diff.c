// SPDX-License-Identifier: GPL-2.0
/*
 * Two kernels' handlers, function by function; see code_diff.h.
 */
#include <fcntl.h>
#include <gelf.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "code_diff.h"
#include "listing.h"
#include "util.h"

/* A function of an object; its size tells it from others of that name. */
struct wanted {
	char *name;
	uint64_t size;
	const struct func *func;
};

struct wanted_list {
	struct wanted *item;
	size_t nr;
};

static void add_functions(struct wanted_list *l, Elf *elf, Elf_Scn *scn)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	GElf_Shdr sh;
	GElf_Sym sym;

	gelf_getshdr(scn, &sh);
	for (size_t i = 0; data && gelf_getsym(data, i, &sym); i++) {
		const char *name = elf_strptr(elf, sh.sh_link, sym.st_name);

		if (GELF_ST_TYPE(sym.st_info) != STT_FUNC || !sym.st_shndx ||
		    !sym.st_size || !name)
			continue;
		l->item = xrealloc(l->item, (l->nr + 1) * sizeof(*l->item));
		l->item[l->nr++] = (struct wanted) {
			.name = xstrdup(name), .size = sym.st_size,
		};
	}
}

static bool read_object(struct wanted_list *l, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf *elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ, NULL);
	bool ok = elf && elf_kind(elf) == ELF_K_ELF;
	Elf_Scn *scn = NULL;

	while (ok && (scn = elf_nextscn(elf, scn))) {
		GElf_Shdr sh;

		if (gelf_getshdr(scn, &sh) && sh.sh_type == SHT_SYMTAB)
			add_functions(l, elf, scn);
	}
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return ok;
}

static int by_name(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;
	int d = strcmp(x->name, y->name);

	return d ? d : x->size < y->size ? -1 : x->size > y->size;
}

/* Of several functions of one name the one that is as large as the object's. */
static const struct func *find(const struct image *img, const struct wanted *w)
{
	size_t nr;
	const struct func *f = image__funcs_named(img, w->name, &nr);

	for (size_t i = 0; i < nr; i++) {
		if (f[i].size == w->size)
			return &f[i];
	}
	return f;
}

/* The functions of objs/ of a kernel folder by name. */
static bool read_wanted(struct wanted_list *l, const struct image *img,
			const char *dir, char *err, size_t errlen)
{
	char *pattern = xasprintf("%s/objs/*.o", dir);
	glob_t g = { 0 };
	bool ok = !glob(pattern, 0, NULL, &g);

	if (!ok)
		snprintf(err, errlen, "no objects of the handler: %s; remove the folder and build the kernel again",
			 pattern);
	for (size_t i = 0; ok && i < g.gl_pathc; i++) {
		ok = read_object(l, g.gl_pathv[i]);
		if (!ok)
			snprintf(err, errlen, "%s is not an ELF object; remove its folder and build the kernel again",
				 g.gl_pathv[i]);
	}
	globfree(&g);
	free(pattern);
	if (l->nr)
		qsort(l->item, l->nr, sizeof(*l->item), by_name);
	for (size_t i = 0; i < l->nr; i++)
		l->item[i].func = find(img, &l->item[i]);
	return ok;
}

static void wanted__free(struct wanted_list *l)
{
	for (size_t i = 0; i < l->nr; i++)
		free(l->item[i].name);
	free(l->item);
}

static bool same_code(const struct image *a, const struct func *in_a,
		      const struct image *b, const struct func *in_b,
		      struct decoder *decoder)
{
	struct listing x = listing__make(a, decoder, in_a);
	struct listing y = listing__make(b, decoder, in_b);
	bool same = listing__same(&x, &y);

	listing__free(&x);
	listing__free(&y);
	return same;
}

static void add_row(struct code_diff *d, struct image *a, struct image *b,
		    const char *name, const struct func *in_a,
		    const struct func *in_b, struct decoder *decoder)
{
	struct code_row r = { .name = xstrdup(name), .a = in_a, .b = in_b,
			      .frame_a = -1, .frame_b = -1,
			      .args_a = -1, .args_b = -1 };

	if (in_a) {
		r.frame_a = image__frame(a, in_a);
		r.args_a = image__args(a, in_a);
		r.diff -= in_a->size;
		d->bytes_a += in_a->size;
	}
	if (in_b) {
		r.frame_b = image__frame(b, in_b);
		r.args_b = image__args(b, in_b);
		r.diff += in_b->size;
		d->bytes_b += in_b->size;
	}
	r.same = in_a && in_b && same_code(a, in_a, b, in_b, decoder);
	d->same += r.same;
	d->row = xrealloc(d->row, (d->nr + 1) * sizeof(*d->row));
	d->row[d->nr++] = r;
}

static int by_difference(const void *a, const void *b)
{
	const struct code_row *x = a, *y = b;
	int64_t dx = llabs(x->diff), dy = llabs(y->diff);

	return dx != dy ? (dx < dy ? 1 : -1) : strcmp(x->name, y->name);
}

/* The rows of two lists that are sorted by name. */
static void merge(struct code_diff *d, struct image *a,
		  const struct wanted_list *wa, struct image *b,
		  const struct wanted_list *wb, struct decoder *decoder)
{
	size_t i = 0, k = 0;

	while (i < wa->nr || k < wb->nr) {
		int order = i == wa->nr ? 1 : k == wb->nr ? -1 :
			    strcmp(wa->item[i].name, wb->item[k].name);
		const struct wanted *x = order <= 0 ? &wa->item[i++] : NULL;
		const struct wanted *y = order >= 0 ? &wb->item[k++] : NULL;

		/* The linker drops what nobody calls. */
		if ((x && x->func) || (y && y->func))
			add_row(d, a, b, x ? x->name : y->name,
				x ? x->func : NULL, y ? y->func : NULL,
				decoder);
	}
}

int code_diff__make(struct code_diff *d, struct image *a, const char *dir_a,
		    struct image *b, const char *dir_b, char *err,
		    size_t errlen)
{
	struct wanted_list wa = { 0 }, wb = { 0 };
	struct decoder *decoder = decoder__new();
	int r = -1;

	*d = (struct code_diff) { 0 };
	if (!decoder) {
		snprintf(err, errlen, "capstone does not start; install the package libcapstone-dev again");
		goto out;
	}
	elf_version(EV_CURRENT);
	if (!read_wanted(&wa, a, dir_a, err, errlen) ||
	    !read_wanted(&wb, b, dir_b, err, errlen))
		goto out;
	merge(d, a, &wa, b, &wb, decoder);
	if (d->nr)
		qsort(d->row, d->nr, sizeof(*d->row), by_difference);
	r = 0;
out:
	decoder__free(decoder);
	wanted__free(&wa);
	wanted__free(&wb);
	return r;
}

int code_diff__changed(struct strlist *names, const char *dir_a,
		       const char *dir_b, char *err, size_t errlen)
{
	struct image *a = image__open(dir_a, err, errlen);
	struct image *b = a ? image__open(dir_b, err, errlen) : NULL;
	struct code_diff d = { 0 };
	int r = -1;

	if (b)
		r = code_diff__make(&d, a, dir_a, b, dir_b, err, errlen);
	for (size_t i = 0; !r && i < d.nr; i++) {
		if (!d.row[i].same && !strlist__has(names, d.row[i].name))
			strlist__add(names, d.row[i].name);
	}
	code_diff__free(&d);
	image__close(b);
	image__close(a);
	return r;
}

void code_diff__free(struct code_diff *d)
{
	for (size_t i = 0; i < d->nr; i++)
		free(d->row[i].name);
	free(d->row);
	*d = (struct code_diff) { 0 };
}
