// SPDX-License-Identifier: GPL-2.0
/*
 * Sections, symbols and relocations of an ELF file as plain tables, by libelf;
 * see same_priv.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image_priv.h"
#include "same_priv.h"
#include "util.h"

static int by_offset(const void *a, const void *b)
{
	const struct elf_reloc *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static int by_name(const void *a, const void *b)
{
	const struct elf_symbol *x = *(const struct elf_symbol *const *)a;
	const struct elf_symbol *y = *(const struct elf_symbol *const *)b;

	return strcmp(x->name, y->name);
}

static bool read_sections(struct elf_file *b)
{
	size_t strings;

	if (elf_getshdrnum(b->elf, &b->nr_sections) || !b->nr_sections ||
	    elf_getshdrstrndx(b->elf, &strings))
		return false;
	b->section = xcalloc(b->nr_sections, sizeof(*b->section));
	for (size_t i = 0; i < b->nr_sections; i++) {
		struct elf_section *s = &b->section[i];
		Elf_Scn *scn = elf_getscn(b->elf, i);
		Elf_Data *data = NULL;
		GElf_Shdr sh;

		if (!gelf_getshdr(scn, &sh))
			return false;
		s->name = elf_strptr(b->elf, strings, sh.sh_name) ?: "";
		s->type = sh.sh_type;
		s->flags = sh.sh_flags;
		s->addr = sh.sh_addr;
		s->size = sh.sh_size;
		s->align = sh.sh_addralign ?: 1;
		s->entry = sh.sh_entsize;
		if (sh.sh_type != SHT_NOBITS && sh.sh_type != SHT_NULL)
			data = elf_rawdata(scn, NULL);
		if (data && data->d_buf && data->d_size == sh.sh_size)
			s->data = data->d_buf;
	}
	return true;
}

static bool read_symbols(struct elf_file *b)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(b->elf, scn))) {
		Elf_Data *data;
		GElf_Shdr sh;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_SYMTAB ||
		    !sh.sh_entsize || !(data = elf_getdata(scn, NULL)))
			continue;
		b->nr_symbols = sh.sh_size / sh.sh_entsize;
		b->symbol = xcalloc(b->nr_symbols + 1, sizeof(*b->symbol));
		for (size_t i = 0; i < b->nr_symbols; i++) {
			GElf_Sym sym = { 0 };

			gelf_getsym(data, i, &sym);
			b->symbol[i] = (struct elf_symbol) {
				.name = elf_strptr(b->elf, sh.sh_link,
						   sym.st_name) ?: "",
				.value = sym.st_value,
				.size = sym.st_size,
				.type = GELF_ST_TYPE(sym.st_info),
				.bind = GELF_ST_BIND(sym.st_info),
				.section = sym.st_shndx,
			};
		}
		return b->nr_symbols > 1;
	}
	return false;
}

static void index_names(struct elf_file *b)
{
	b->named = xcalloc(b->nr_symbols + 1, sizeof(*b->named));
	for (size_t i = 1; i < b->nr_symbols; i++) {
		const struct elf_symbol *s = &b->symbol[i];

		if (s->section != SHN_UNDEF && s->type != STT_FILE &&
		    s->type != STT_SECTION && *s->name)
			b->named[b->nr_named++] = s;
	}
	qsort(b->named, b->nr_named, sizeof(*b->named), by_name);
}

static bool read_relocations(struct elf_file *b)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(b->elf, scn))) {
		struct elf_section *s;
		Elf_Data *data;
		GElf_Shdr sh;
		GElf_Rela r;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_RELA ||
		    sh.sh_info >= b->nr_sections || !sh.sh_entsize)
			continue;
		data = elf_getdata(scn, NULL);
		s = &b->section[sh.sh_info];
		if (!data || s->reloc)
			return false;
		s->reloc = xcalloc(sh.sh_size / sh.sh_entsize + 1,
				   sizeof(*s->reloc));
		for (size_t i = 0; gelf_getrela(data, i, &r); i++) {
			int width = reloc__width(GELF_R_TYPE(r.r_info));

			if (GELF_R_TYPE(r.r_info) == R_X86_64_NONE)
				continue;
			if (width < 0)
				width = 1;
			if (GELF_R_SYM(r.r_info) >= b->nr_symbols ||
			    r.r_offset > s->size ||
			    s->size - r.r_offset < (uint64_t)width)
				return false;
			s->reloc[s->nr_relocs++] = (struct elf_reloc) {
				r.r_offset, r.r_addend,
				GELF_R_TYPE(r.r_info), GELF_R_SYM(r.r_info),
			};
		}
		qsort(s->reloc, s->nr_relocs, sizeof(*s->reloc), by_offset);
	}
	return true;
}

bool elf_file__open(struct elf_file *b, const char *path, bool object, char *err,
	       size_t errlen)
{
	GElf_Ehdr eh;

	*b = (struct elf_file) { .fd = open(path, O_RDONLY | O_CLOEXEC) };
	if (b->fd < 0) {
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		return false;
	}
	elf_version(EV_CURRENT);
	b->elf = elf_begin(b->fd, ELF_C_READ_MMAP, NULL);
	if (!b->elf || !gelf_getehdr(b->elf, &eh) ||
	    eh.e_machine != EM_X86_64 || (eh.e_type == ET_REL) != object) {
		snprintf(err, errlen, "%s is no %s of x86-64", path,
			 object ? "object file" : "linked ELF file");
		goto fail;
	}
	if (!read_sections(b) || !read_symbols(b) ||
	    (object && !read_relocations(b))) {
		snprintf(err, errlen, "%s has no symbols, or relocations that make no sense",
			 path);
		goto fail;
	}
	index_names(b);
	image__read_build_id(b->elf, b->build_id, sizeof(b->build_id));
	return true;
fail:
	elf_file__close(b);
	return false;
}

void elf_file__close(struct elf_file *b)
{
	for (size_t i = 0; b->section && i < b->nr_sections; i++)
		free(b->section[i].reloc);
	free(b->section);
	free(b->symbol);
	free(b->named);
	elf_end(b->elf);
	if (b->fd >= 0)
		close(b->fd);
	*b = (struct elf_file) { .fd = -1 };
}

const struct elf_symbol *const *elf_file__named(const struct elf_file *b,
					   const char *name, size_t *nr)
{
	size_t from = 0, to = b->nr_named, end;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (strcmp(b->named[mid]->name, name) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	for (end = from; end < b->nr_named &&
	     !strcmp(b->named[end]->name, name); end++)
		;
	*nr = end - from;
	return b->named + from;
}

/* The section in memory that addr is in, with bytes in the file. */
static const struct elf_section *section_at(const struct elf_file *b, uint64_t addr)
{
	for (size_t i = 1; i < b->nr_sections; i++) {
		const struct elf_section *s = &b->section[i];

		if ((s->flags & SHF_ALLOC) && s->data && addr >= s->addr &&
		    addr - s->addr < s->size)
			return s;
	}
	return NULL;
}

uint64_t elf_file__left(const struct elf_file *b, uint64_t addr)
{
	const struct elf_section *s = section_at(b, addr);

	return s ? s->size - (addr - s->addr) : 0;
}

const uint8_t *elf_file__at(const struct elf_file *b, uint64_t addr, uint64_t len)
{
	const struct elf_section *s = section_at(b, addr);

	if (!s || len > s->size - (addr - s->addr))
		return NULL;
	return s->data + (addr - s->addr);
}

const struct elf_symbol *elf_file__covering(const struct elf_file *b, size_t section,
				       uint64_t offset)
{
	const struct elf_symbol *best = NULL;

	for (size_t i = 1; i < b->nr_symbols; i++) {
		const struct elf_symbol *s = &b->symbol[i];

		if (s->section != section || s->type == STT_SECTION ||
		    s->type == STT_FILE || !*s->name || s->value > offset ||
		    (s->size && offset - s->value >= s->size))
			continue;
		if (!best || s->value > best->value)
			best = s;
	}
	return best;
}
