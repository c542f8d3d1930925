// SPDX-License-Identifier: GPL-2.0
/*
 * Where the sections of an object lie in vmlinux: by their symbols, which must
 * agree; by what refers to them from sections that have a place; by content
 * where they have neither.
 */
#include <stdlib.h>
#include <string.h>

#include "same_priv.h"
#include "util.h"

struct votes {
	uint64_t *base;
	size_t nr, room;
};

static void vote(struct votes *v, uint64_t base)
{
	if (v->nr == v->room) {
		v->room = v->room ? 2 * v->room : 64;
		v->base = xrealloc(v->base, v->room * sizeof(*v->base));
	}
	v->base[v->nr++] = base;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The base with the most votes; none where two have as many. */
static bool elect(struct votes *v, struct same_place *p)
{
	size_t most = 0, second = 0;

	if (v->nr)
		qsort(v->base, v->nr, sizeof(*v->base), by_value);
	for (size_t i = 0, end; i < v->nr; i = end) {
		for (end = i; end < v->nr && v->base[end] == v->base[i]; end++)
			;
		if (end - i > most) {
			second = most;
			most = end - i;
			p->base = v->base[i];
		} else if (end - i > second) {
			second = end - i;
		}
	}
	free(v->base);
	p->known = most > second;
	return p->known;
}

/* Once a symbol and place: keys of locks that are empty share their address. */
static void vote_of(struct votes *v, const struct elf_symbol *s,
		    const struct elf_symbol *const *named, size_t nr)
{
	size_t before = v->nr;

	for (size_t i = 0; i < nr; i++) {
		uint64_t base = named[i]->value - s->value;
		size_t n = before;

		while (n < v->nr && v->base[n] != base)
			n++;
		if (n == v->nr && named[i]->section != SHN_ABS)
			vote(v, base);
	}
}

/*
 * A local's name is another object's too (__func__, __already_done.3), and a
 * weak function can be overridden: the many decide.
 */
static void by_symbols(struct same_job *j, size_t section)
{
	struct votes v = { 0 };

	for (size_t i = 1; i < j->o->nr_symbols; i++) {
		const struct elf_symbol *s = &j->o->symbol[i];
		const struct elf_symbol *const *named;
		size_t nr = 0;

		if (s->section != section || s->type == STT_SECTION ||
		    s->type == STT_FILE || !*s->name)
			continue;
		named = elf_file__named(j->k, s->name, &nr);
		vote_of(&v, s, named, nr);
	}
	elect(&v, &j->place[section]);
}

/*
 * Whether vmlinux has the symbols of a section where they are when it lies at
 * base; *nr how many were asked for.
 */
static bool symbols_agree(const struct same_job *j, size_t section, uint64_t base,
			  size_t *nr)
{
	*nr = 0;
	for (size_t i = 1; i < j->o->nr_symbols; i++) {
		const struct elf_symbol *s = &j->o->symbol[i];
		const struct elf_symbol *const *named;
		size_t n = 0, k = 0;

		if (s->section != section || s->type == STT_SECTION ||
		    s->type == STT_FILE || s->bind == STB_WEAK || !*s->name ||
		    !strncmp(s->name, ".L", 2))
			continue;
		named = elf_file__named(j->k, s->name, &n);
		while (k < n && named[k]->value != base + s->value)
			k++;
		if (k == n)
			return false;
		++*nr;
	}
	return true;
}

/*
 * What is referred to lies there when its symbols say so too. Without symbols
 * and without bytes of its own one reference would only prove itself.
 */
static bool by_reference(struct same_job *j, size_t section, struct votes *v)
{
	const struct elf_section *s = &j->o->section[section];
	struct same_place p = { 0 };
	size_t votes = v->nr, nr;

	if (!elect(v, &p) || !symbols_agree(j, section, p.base, &nr) ||
	    (!nr && votes < 2 && (s->type == SHT_NOBITS || !s->size)))
		return false;
	j->place[section] = p;
	return true;
}

/* Sections that something with a place refers to. True when one was found. */
static bool by_references(struct same_job *j, const bool *wanted)
{
	struct votes *v = xcalloc(j->o->nr_sections, sizeof(*v));
	bool found = false;

	for (size_t i = 1; i < j->o->nr_sections; i++) {
		const struct elf_section *s = &j->o->section[i];
		const uint8_t *at = NULL;
		enum same_left_out why;

		if (j->place[i].known &&
		    section__fate(j, s, &why) == FATE_COMPARED)
			at = elf_file__at(j->k, j->place[i].base, s->size);
		for (size_t n = 0; at && n < s->nr_relocs; n++) {
			const struct elf_reloc *r = &s->reloc[n];
			const struct elf_symbol *sym = &j->o->symbol[r->symbol];

			if (sym->section >= j->o->nr_sections ||
			    !wanted[sym->section] ||
			    j->place[sym->section].known ||
			    (sym->bind != STB_LOCAL) || reloc__width(r->type) < 4)
				continue;
			vote(&v[sym->section],
			     reloc__symbol_place(r, j->place[i].base + r->offset,
						 at + r->offset) - sym->value);
		}
	}
	for (size_t i = 1; i < j->o->nr_sections; i++)
		found |= v[i].nr && by_reference(j, i, &v[i]);
	free(v);
	return found;
}

/* One that is masked altogether would be anywhere. */
static bool has_content(const struct same_job *j, const struct elf_section *s)
{
	uint64_t masked = 0;

	for (size_t i = 0; i < s->nr_relocs; i++) {
		if (reloc__wanted(j, &s->reloc[i], 0).kind == WANTED_NOTHING)
			masked += reloc__width(s->reloc[i].type);
	}
	return masked < s->size;
}

/* How many places in a section of vmlinux would do, 2 for more; the first. */
static int places_in(struct same_job *j, size_t section,
		     const struct elf_section *where, struct same_place *p)
{
	const struct elf_section *s = &j->o->section[section];
	uint64_t skip = -where->addr & (s->align - 1);
	int nr = 0;

	for (; nr < 2 && skip < where->size && s->size <= where->size - skip;
	     skip += s->align) {
		uint64_t base = where->addr + skip;

		if (section__differs(j, section, base, 0, s->size,
				     where->data + skip) != s->size)
			continue;
		if (!nr++)
			*p = (struct same_place) { true, base };
	}
	return nr;
}

/* First where the link puts a section of that name, then anywhere. */
static bool by_content(struct same_job *j, size_t section, bool only_one)
{
	const struct elf_section *s = &j->o->section[section];

	if (!s->data || !s->size || !has_content(j, s))
		return false;
	for (int other_name = 0; other_name < 2; other_name++) {
		struct same_place p = { 0 };
		int nr = 0;

		for (size_t i = 1; i < j->k->nr_sections && !nr; i++) {
			const struct elf_section *k = &j->k->section[i];

			if ((k->flags & SHF_ALLOC) && k->data &&
			    !!strcmp(k->name, s->name) == other_name &&
			    (k->flags & SHF_EXECINSTR) ==
				(s->flags & SHF_EXECINSTR))
				nr = places_in(j, section, k, &p);
		}
		if (nr && (nr == 1 || !only_one)) {
			j->place[section] = p;
			return true;
		}
		if (nr)
			return false;
	}
	return false;
}

/*
 * One by its content: rather one that can be in one place only. Else the first
 * place that is equal will do, for nothing compared says which it is.
 */
static bool one_by_content(struct same_job *j, const bool *wanted)
{
	for (int only_one = 1; only_one >= 0; only_one--) {
		for (size_t i = 1; i < j->o->nr_sections; i++) {
			if (wanted[i] && !j->place[i].known &&
			    by_content(j, i, only_one))
				return true;
		}
	}
	return false;
}

void place_sections(struct same_job *j)
{
	bool *wanted = xcalloc(j->o->nr_sections, sizeof(*wanted));

	for (size_t i = 1; i < j->o->nr_sections; i++) {
		enum same_left_out why;
		enum fate fate = section__fate(j, &j->o->section[i], &why);

		wanted[i] = fate == FATE_COMPARED || fate == FATE_NO_BYTES;
		if (wanted[i])
			by_symbols(j, i);
	}
	do {
		while (by_references(j, wanted))
			;
	} while (one_by_content(j, wanted));
	free(wanted);
}
