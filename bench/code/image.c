// SPDX-License-Identifier: GPL-2.0
/*
 * The symbols and the bytes of a built kernel, by libelf; see image.h. What
 * needs the debug file is in image_debug.c.
 */
#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image_priv.h"
#include "util.h"

struct symbol {
	struct func at;
	int rank;		/* lower names an address before higher */
	bool text, label;	/* label: no size of its own */
};

struct symbols {
	struct symbol *item;
	size_t nr, room;
};

void image__read_build_id(Elf *elf, char *hex, size_t size)
{
	const void *bits = NULL;
	ssize_t n = dwelf_elf_gnu_build_id(elf, &bits);

	hex[0] = '\0';
	for (ssize_t i = 0; i < n && 2 * i + 2 < (ssize_t)size; i++)
		snprintf(hex + 2 * i, 3, "%02x", ((const uint8_t *)bits)[i]);
}

/* A function names its address before a label does, a global before a local. */
static int rank_of(const GElf_Sym *sym)
{
	static const int by_bind[] = {
		[STB_GLOBAL] = 0, [STB_WEAK] = 1, [STB_LOCAL] = 2,
	};
	unsigned int bind = GELF_ST_BIND(sym->st_info);
	int rank = bind < ARRAY_SIZE(by_bind) ? by_bind[bind] : 3;

	if (GELF_ST_TYPE(sym->st_info) == STT_NOTYPE)
		rank += 4;
	return rank + (sym->st_size ? 0 : 8);
}

/*
 * Names of text that are no function: __x86_indirect_thunk_array and its like
 * are tables in which each thunk is one, and the linker script marks where
 * parts of the text begin and end.
 */
static bool marks_a_part(const GElf_Sym *sym, const char *name)
{
	static const char *const tail[] = {
		"_start", "_end", "stext", "etext", "inittext", "exittext",
	};
	size_t n = strlen(name);

	if (n > 11 && !strcmp(name + n - 11, "thunk_array"))
		return true;
	if (sym->st_size || name[0] != '_')
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(tail); i++) {
		size_t t = strlen(tail[i]);

		if (n >= t && !strcmp(name + n - t, tail[i]))
			return true;
	}
	return !strcmp(name, "_text");
}

static void add_symbol(struct symbols *l, Elf *elf, const GElf_Sym *sym,
		       const char *name)
{
	int type = GELF_ST_TYPE(sym->st_info);
	Elf_Scn *scn = elf_getscn(elf, sym->st_shndx);
	GElf_Shdr sh;

	if (!name || !*name || sym->st_shndx == SHN_UNDEF ||
	    sym->st_shndx >= SHN_LORESERVE ||
	    !scn || !gelf_getshdr(scn, &sh) || !(sh.sh_flags & SHF_ALLOC))
		return;
	if (type != STT_FUNC && type != STT_NOTYPE && type != STT_OBJECT)
		return;
	if ((sh.sh_flags & SHF_EXECINSTR) && marks_a_part(sym, name))
		return;
	if (l->nr == l->room) {
		l->room = l->room ? 2 * l->room : 4096;
		l->item = xrealloc(l->item, l->room * sizeof(*l->item));
	}
	l->item[l->nr++] = (struct symbol) {
		.at = { name, sym->st_value, sym->st_size },
		.rank = rank_of(sym),
		.text = sh.sh_flags & SHF_EXECINSTR,
		.label = !sym->st_size,
	};
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->at.addr != y->at.addr)
		return x->at.addr < y->at.addr ? -1 : 1;
	return x->rank != y->rank ? x->rank - y->rank :
				    strcmp(x->at.name, y->at.name);
}

static int by_name(const void *a, const void *b)
{
	const struct func *x = a, *y = b;
	int d = strcmp(x->name, y->name);

	return d ? d : x->addr < y->addr ? -1 : x->addr > y->addr;
}

static bool holds(const struct func *f, uint64_t addr)
{
	return addr >= f->addr && addr - f->addr < f->size;
}

/* Where the section of addr ends. */
static uint64_t section_end(Elf *elf, uint64_t addr)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr sh;

		if (gelf_getshdr(scn, &sh) && (sh.sh_flags & SHF_ALLOC) &&
		    addr >= sh.sh_addr && addr - sh.sh_addr < sh.sh_size)
			return sh.sh_addr + sh.sh_size;
	}
	return addr;
}

/*
 * One range an address. A label inside a range that has a size splits nothing;
 * a label of text that stands alone reaches to the next symbol.
 */
static void fill_table(struct table *t, Elf *elf, struct symbols *l, bool text)
{
	struct func *open = NULL;	/* a label that waits for its end */
	ssize_t top = -1;

	t->func = xcalloc(l->nr + 1, sizeof(*t->func));
	t->outer = xcalloc(l->nr + 1, sizeof(*t->outer));
	for (size_t i = 0; i < l->nr; i++) {
		struct symbol *s = &l->item[i];
		struct func *f = &t->func[t->nr];

		if (s->text != text ||
		    (t->nr && f[-1].addr == s->at.addr))
			continue;
		while (top >= 0 && !holds(&t->func[top], s->at.addr))
			top = t->outer[top];
		if (s->label && top >= 0)
			continue;
		if (open)
			open->size = s->at.addr - open->addr;
		*f = s->at;
		t->outer[t->nr] = top;
		top = t->nr++;
		open = s->label && text ? f : NULL;
	}
	if (open)
		open->size = section_end(elf, open->addr) - open->addr;
	/* What follows the last symbol of a section is not part of it. */
	for (size_t i = 0; text && i < t->nr; i++) {
		uint64_t end = section_end(elf, t->func[i].addr);

		if (t->func[i].addr + t->func[i].size > end)
			t->func[i].size = end - t->func[i].addr;
	}
}

static const struct func *table__at(const struct table *t, uint64_t addr)
{
	size_t from = 0, to = t->nr;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (t->func[mid].addr <= addr)
			from = mid + 1;
		else
			to = mid;
	}
	for (ssize_t i = (ssize_t)from - 1; i >= 0; i = t->outer[i]) {
		const struct func *f = &t->func[i];

		if (holds(f, addr) || f->addr == addr)
			return f;
	}
	return NULL;
}

/* Aliases have a name too, and the size of what they are an alias of. */
static void fill_names(struct image *img, const struct symbols *l)
{
	img->named = xcalloc(l->nr + 1, sizeof(*img->named));
	for (size_t i = 0; i < l->nr; i++) {
		const struct symbol *s = &l->item[i];
		const struct func *f;

		if (!s->text)
			continue;
		f = table__at(&img->text, s->at.addr);
		if (!f || f->addr != s->at.addr)
			continue;
		img->named[img->nr_named] = s->at;
		if (s->label)
			img->named[img->nr_named].size = f->size;
		img->nr_named++;
	}
	qsort(img->named, img->nr_named, sizeof(*img->named), by_name);
}

/* False when there is no table of symbols. */
static bool read_symbols(struct image *img)
{
	struct symbols l = { 0 };
	Elf_Scn *scn = NULL;
	bool found = false;

	while ((scn = elf_nextscn(img->elf, scn))) {
		Elf_Data *data;
		GElf_Shdr sh;
		GElf_Sym sym;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_SYMTAB ||
		    !(data = elf_getdata(scn, NULL)))
			continue;
		found = true;
		for (size_t i = 0; gelf_getsym(data, i, &sym); i++)
			add_symbol(&l, img->elf, &sym,
				   elf_strptr(img->elf, sh.sh_link,
					      sym.st_name));
	}
	if (l.nr)
		qsort(l.item, l.nr, sizeof(*l.item), by_address);
	fill_table(&img->text, img->elf, &l, true);
	fill_table(&img->data, img->elf, &l, false);
	fill_names(img, &l);
	free(l.item);
	return found;
}

/* The debug file, where there is one. */
static bool open_debug(struct image *img, const char *dir, char *err,
		       size_t errlen)
{
	char *path = xasprintf("%s/vmlinux.debug", dir);
	bool ok = true;

	if (path_exists(path)) {
		img->debug = image_debug__open(path, img->build_id, err,
					       errlen);
		ok = img->debug;
	}
	free(path);
	return ok;
}

struct image *image__open_file(const char *path, char *err, size_t errlen)
{
	struct image *img = xcalloc(1, sizeof(*img));

	elf_version(EV_CURRENT);
	img->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (img->fd < 0) {
		snprintf(err, errlen, "%s: %s; build the kernel with `make kernels`",
			 path, strerror(errno));
		goto fail;
	}
	img->elf = elf_begin(img->fd, ELF_C_READ_MMAP, NULL);
	if (!img->elf || elf_kind(img->elf) != ELF_K_ELF) {
		snprintf(err, errlen, "%s is not an ELF file; remove its folder and build the kernel again",
			 path);
		goto fail;
	}
	image__read_build_id(img->elf, img->build_id, sizeof(img->build_id));
	if (!read_symbols(img)) {
		snprintf(err, errlen, "%s has no symbols: stripped; remove its folder and build the kernel again",
			 path);
		goto fail;
	}
	return img;
fail:
	image__close(img);
	return NULL;
}

struct image *image__open(const char *dir, char *err, size_t errlen)
{
	char *path = xasprintf("%s/vmlinux", dir);
	struct image *img = image__open_file(path, err, errlen);

	free(path);
	if (img && !open_debug(img, dir, err, errlen)) {
		image__close(img);
		return NULL;
	}
	return img;
}

static void table__free(struct table *t)
{
	free(t->func);
	free(t->outer);
}

void image__close(struct image *img)
{
	if (!img)
		return;
	image_debug__close(img->debug);
	table__free(&img->text);
	table__free(&img->data);
	free(img->named);
	elf_end(img->elf);
	if (img->fd >= 0)
		close(img->fd);
	free(img);
}

const char *image__build_id(const struct image *img)
{
	return img->build_id;
}

const struct func *image__func_at(const struct image *img, uint64_t addr)
{
	return table__at(&img->text, addr);
}

const struct func *image__funcs_named(const struct image *img,
				      const char *name, size_t *nr)
{
	size_t from = 0, to = img->nr_named, end;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (strcmp(img->named[mid].name, name) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	for (end = from; end < img->nr_named &&
	     !strcmp(img->named[end].name, name); end++)
		;
	*nr = end - from;
	return *nr ? &img->named[from] : NULL;
}

const struct func *image__func(const struct image *img, const char *name)
{
	size_t nr;

	return image__funcs_named(img, name, &nr);
}

const struct func *image__funcs(const struct image *img, size_t *nr)
{
	*nr = img->text.nr;
	return img->text.func;
}

const char *image__symbol_at(const struct image *img, uint64_t addr,
			     uint64_t *offset)
{
	const struct func *f = table__at(&img->text, addr);

	if (!f)
		f = table__at(&img->data, addr);
	if (!f)
		return NULL;
	*offset = addr - f->addr;
	return f->name;
}

uint64_t image__symbol(const struct image *img, const char *name)
{
	Elf_Scn *scn = NULL;
	uint64_t value = 0;
	bool global = false;

	while ((scn = elf_nextscn(img->elf, scn))) {
		Elf_Data *data;
		GElf_Shdr sh;
		GElf_Sym sym;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_SYMTAB ||
		    !(data = elf_getdata(scn, NULL)))
			continue;
		for (size_t i = 1; gelf_getsym(data, i, &sym) && !global; i++) {
			const char *s = elf_strptr(img->elf, sh.sh_link,
						   sym.st_name);

			if (!s || strcmp(s, name) || !sym.st_shndx ||
			    GELF_ST_TYPE(sym.st_info) == STT_FILE)
				continue;
			global = GELF_ST_BIND(sym.st_info) != STB_LOCAL;
			if (global || !value)
				value = sym.st_value;
		}
	}
	return value;
}

const void *image__at(const struct image *img, uint64_t addr, size_t *left,
		      const char **section)
{
	Elf_Scn *scn = NULL;
	size_t strings;

	if (elf_getshdrstrndx(img->elf, &strings))
		return NULL;
	while ((scn = elf_nextscn(img->elf, scn))) {
		Elf_Data *data;
		GElf_Shdr sh;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type == SHT_NOBITS ||
		    !(sh.sh_flags & SHF_ALLOC) || addr < sh.sh_addr ||
		    addr - sh.sh_addr >= sh.sh_size)
			continue;
		data = elf_rawdata(scn, NULL);
		if (!data || !data->d_buf || data->d_size < sh.sh_size)
			return NULL;
		*left = sh.sh_size - (addr - sh.sh_addr);
		*section = elf_strptr(img->elf, strings, sh.sh_name) ?: "";
		return (const uint8_t *)data->d_buf + (addr - sh.sh_addr);
	}
	return NULL;
}

int image__bytes(const struct image *img, uint64_t addr, void *buf,
		 size_t size)
{
	size_t left = 0;
	const char *section;
	const void *p = image__at(img, addr, &left, &section);

	if (!p || left < size)
		return -ENOENT;
	memcpy(buf, p, size);
	return 0;
}

bool image__has_debug(const struct image *img)
{
	return img->debug;
}
