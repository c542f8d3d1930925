// SPDX-License-Identifier: GPL-2.0
/*
 * The handler's text as one hash; see elftext.h.
 */
#include <fcntl.h>
#include <gelf.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "elftext.h"
#include "util.h"

static void add(EVP_MD_CTX *md, const void *p, size_t n)
{
	EVP_DigestUpdate(md, p, n);
}

static void add_text(EVP_MD_CTX *md, const char *s)
{
	add(md, s, strlen(s) + 1);
}

static const char *section_name(Elf *elf, Elf_Scn *scn)
{
	GElf_Shdr sh;
	size_t strings;

	if (!scn || !gelf_getshdr(scn, &sh) ||
	    elf_getshdrstrndx(elf, &strings))
		return "";
	return elf_strptr(elf, strings, sh.sh_name) ?: "";
}

/* A symbol's name; for a section symbol the section's. */
static const char *symbol_name(Elf *elf, Elf_Scn *symtab, size_t index)
{
	GElf_Shdr sh;
	GElf_Sym sym;

	if (!gelf_getshdr(symtab, &sh) ||
	    !gelf_getsym(elf_getdata(symtab, NULL), index, &sym))
		return "";
	if (GELF_ST_TYPE(sym.st_info) == STT_SECTION)
		return section_name(elf, elf_getscn(elf, sym.st_shndx));
	return elf_strptr(elf, sh.sh_link, sym.st_name) ?: "";
}

static void add_relocations(EVP_MD_CTX *md, Elf *elf, size_t target)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr sh;
		Elf_Scn *symtab;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_RELA ||
		    sh.sh_info != target)
			continue;
		symtab = elf_getscn(elf, sh.sh_link);
		for (size_t i = 0; i < sh.sh_size / sh.sh_entsize; i++) {
			uint64_t type;
			GElf_Rela r;

			gelf_getrela(elf_getdata(scn, NULL), i, &r);
			type = GELF_R_TYPE(r.r_info);
			add(md, &r.r_offset, sizeof(r.r_offset));
			add(md, &type, sizeof(type));
			add(md, &r.r_addend, sizeof(r.r_addend));
			add_text(md, symbol_name(elf, symtab,
						 GELF_R_SYM(r.r_info)));
		}
	}
}

/* How many executable sections of one object were added, or -1. */
static int add_object(EVP_MD_CTX *md, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), found = 0;
	Elf *elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ, NULL);
	Elf_Scn *scn = NULL;

	if (!elf || elf_kind(elf) != ELF_K_ELF) {
		found = -1;
		goto out;
	}
	while ((scn = elf_nextscn(elf, scn))) {
		Elf_Data *data;
		GElf_Shdr sh;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_PROGBITS ||
		    !(sh.sh_flags & SHF_EXECINSTR) || !sh.sh_size)
			continue;
		data = elf_getdata(scn, NULL);
		if (!data)
			continue;
		add_text(md, section_name(elf, scn));
		add(md, data->d_buf, data->d_size);
		add_relocations(md, elf, elf_ndxscn(scn));
		found++;
	}
out:
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return found;
}

char *elftext__sha256(char *const *objects, size_t nr, char *err,
		      size_t errlen)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	char *hex = NULL;
	int sections = 0;

	elf_version(EV_CURRENT);
	EVP_DigestInit_ex(md, EVP_sha256(), NULL);
	for (size_t i = 0; i < nr; i++) {
		int n = add_object(md, objects[i]);

		if (n < 0) {
			snprintf(err, errlen, "%s is not an ELF object",
				 objects[i]);
			goto out;
		}
		sections += n;
	}
	if (!sections) {
		snprintf(err, errlen, "no executable section in %zu objects", nr);
		goto out;
	}
	hex = sha256_text(md);
out:
	EVP_MD_CTX_free(md);
	return hex;
}
