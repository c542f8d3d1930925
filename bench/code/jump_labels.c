// SPDX-License-Identifier: GPL-2.0
/*
 * Jump labels of an object, looked up in a linked kernel; see jump_labels.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "jump_labels.h"
#include "same_priv.h"

/* Of struct jump_entry: where the code is, where it jumps to, its key. */
enum { CODE, TARGET = 4, KEY = 8, ENTRY = 16 };

static const struct elf_section *table_of(const struct elf_file *o)
{
	for (size_t i = 1; i < o->nr_sections; i++) {
		if (!strcmp(o->section[i].name, "__jump_table"))
			return &o->section[i];
	}
	return NULL;
}

/* The relocation at an offset of the table, or NULL. */
static const struct elf_reloc *at(const struct elf_section *table, uint64_t offset)
{
	const struct elf_reloc *r = reloc__from(table, offset);

	return r < table->reloc + table->nr_relocs && r->offset == offset ? r : NULL;
}

/* What a relocation names: a symbol and how far in. */
static const struct elf_symbol *named(const struct elf_file *o,
				      const struct elf_reloc *r, uint64_t *offset)
{
	const struct elf_symbol *s = &o->symbol[r->symbol];

	*offset = r->addend;
	if (s->type != STT_SECTION)
		return s;
	s = elf_file__covering(o, s->section, r->addend);
	if (s)
		*offset -= s->value;
	return s;
}

static bool is_jump(const struct image *kernel, const struct elf_symbol *f,
		    uint64_t offset, bool *jump)
{
	const struct func *k = image__func(kernel, f->name);
	uint8_t byte;

	if (!k || image__bytes(kernel, k->addr + offset, &byte, 1))
		return false;
	*jump = byte == 0xe9 || byte == 0xeb;
	return true;
}

int jump_labels__list(const struct image *kernel, const char *path,
		      struct strlist *line, char *err, size_t errlen)
{
	const struct elf_section *table;
	struct elf_file o;
	int result = 0;

	if (!elf_file__open(&o, path, true, err, errlen))
		return -1;
	table = table_of(&o);
	for (uint64_t e = 0; table && e + ENTRY <= table->size; e += ENTRY) {
		const struct elf_reloc *code = at(table, e + CODE), *key = at(table, e + KEY);
		const struct elf_symbol *f, *k;
		uint64_t in_f, in_k;
		bool jump;
		char *text;

		f = code ? named(&o, code, &in_f) : NULL;
		k = key ? named(&o, key, &in_k) : NULL;
		if (!f || !is_jump(kernel, f, in_f, &jump)) {
			snprintf(err, errlen, "%s: entry %" PRIu64 " of its __jump_table is in no function of the kernel",
				 path, e / ENTRY);
			result = -1;
			break;
		}
		text = xasprintf("%c %s %s", jump ? 'j' : 'n', k ? k->name : "?", f->name);
		strlist__add(line, text);
		free(text);
	}
	elf_file__close(&o);
	return result;
}
