/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files that read objects next to a kernel share (same*.c, patched.c,
 * jump_labels.c, elf_file.c), and nobody else: an ELF file
 * as plain tables, where the sections of an object lie, what a relocation puts.
 */
#ifndef FAULTLINE_SAME_PRIV_H
#define FAULTLINE_SAME_PRIV_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "same.h"

struct elf_reloc {
	uint64_t offset;
	int64_t addend;
	uint32_t type;
	size_t symbol;
};

struct elf_section {
	const char *name;
	uint32_t type;
	uint64_t flags, addr, size, align, entry;
	const uint8_t *data;		/* NULL: nothing in the file */
	struct elf_reloc *reloc;	/* by rising offset */
	size_t nr_relocs;
};

struct elf_symbol {
	const char *name;
	uint64_t value, size;
	int type, bind;
	size_t section;			/* SHN_UNDEF, SHN_ABS or its index */
};

struct elf_file {
	int fd;
	Elf *elf;
	char build_id[2 * 64 + 1];
	struct elf_section *section;
	size_t nr_sections;
	struct elf_symbol *symbol;
	size_t nr_symbols;
	const struct elf_symbol **named;	/* the defined ones, by name */
	size_t nr_named;
};

/* An object (relocatable) or a linked file. False with a message in @err if it is not one. */
bool elf_file__open(struct elf_file *b, const char *path, bool object, char *err,
	       size_t errlen);
void elf_file__close(struct elf_file *b);

/* Every defined symbol called name. */
const struct elf_symbol *const *elf_file__named(const struct elf_file *b,
					   const char *name, size_t *nr);
/* len bytes of the linked file at addr, or NULL when they are not in it. */
const uint8_t *elf_file__at(const struct elf_file *b, uint64_t addr, uint64_t len);
/* How many bytes there are at addr to the end of its section, 0 for none. */
uint64_t elf_file__left(const struct elf_file *b, uint64_t addr);
/* The function or variable that offset of a section lies in, or NULL. */
const struct elf_symbol *elf_file__covering(const struct elf_file *b, size_t section,
				       uint64_t offset);

/* One object against one vmlinux. */
struct same_job {
	const struct elf_file *k, *o;
	const struct strlist *discarded;	/* patterns of sections' names */
	struct same_place {
		bool known;
		uint64_t base;
	} *place;			/* one a section of o */
};

/* What is done with a section of an object. */
enum fate {
	FATE_NOT_LOADED,	/* no SHF_ALLOC */
	FATE_NO_BYTES,		/* .bss, or empty: a place and no content */
	FATE_LEFT_OUT,		/* see enum same_left_out */
	FATE_ENTRIES,		/* a table sorted entry by entry */
	FATE_COMPARED,
};

enum fate section__fate(const struct same_job *j, const struct elf_section *s,
			enum same_left_out *why);
/* Bytes of an entry of a table that is sorted at link, and of a list of places. */
#define SORTED_ENTRY 12
#define LISTED_ENTRY 4

/* What is to stand at a relocation's place. */
struct wanted {
	enum { WANTED_VALUE, WANTED_CONTENT, WANTED_NOTHING } kind;
	uint64_t value;			/* as it is stored */
	enum same_masked why;		/* of WANTED_NOTHING */
};

/* Bytes that a relocation of this type covers, -1 for one that is not known. */
int reloc__width(uint32_t type);
/* With its section at base. */
struct wanted reloc__wanted(const struct same_job *j, const struct elf_reloc *r,
			    uint64_t base);
/* The first of a section's relocations at or after @offset. */
const struct elf_reloc *reloc__from(const struct elf_section *s,
				    uint64_t offset);
/* The place a stored value says its symbol has. */
uint64_t reloc__symbol_place(const struct elf_reloc *r, uint64_t p,
			     const uint8_t *stored);
/*
 * The first offset in [from, to) of a section where its bytes, relocated for
 * base, are not those at; to when they are all the same.
 */
uint64_t section__differs(const struct same_job *j, size_t section, uint64_t base,
			  uint64_t from, uint64_t to, const uint8_t *at);

/* Fill j->place. */
void place_sections(struct same_job *j);

#endif
