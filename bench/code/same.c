// SPDX-License-Identifier: GPL-2.0
/*
 * Every byte of an object against vmlinux, and every relocation computed; see
 * same.h. Where its sections lie is found in same_place.c.
 */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "same_priv.h"
#include "util.h"

#define MAX_WORDS 8	/* differences of one object that are told in words */

const char *const same_left_out_name[SAME_LEFT_OUT] = {
	[SAME_MERGED] = "merged",
	[SAME_SORTED] = "sorted",
	[SAME_DISCARDED] = "discarded",
};

const char *const same_masked_name[SAME_MASKED] = {
	[SAME_INTO_DISCARDED] = "into a section left out",
	[SAME_INTO_UNPLACED] = "into a section without a place",
	[SAME_UNKNOWN] = "unknown symbol",
};

struct same {
	struct elf_file vmlinux;
	struct strlist discarded;
};

static bool begins(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

/* What no kernel keeps, whatever its linker script says of it. */
static const char *const never_kept[] = {
	".modinfo", ".export_symbol", ".note.gnu.property", ".note.GNU-stack",
};

/* /DISCARD/ of the kernels v5.10 to v6.12, where the kernel's own is not known. */
static const char usual[] =
	".exitcall.exit __patchable_function_entries .discard .discard.* .gnu.version*";

/*
 * The names that sorttable sorts are those of the kernels v5.10 to v7.3. An empty
 * section has a place too: of a lock's key, where lockdep is not.
 */
enum fate section__fate(const struct same_job *j, const struct elf_section *s,
			enum same_left_out *why)
{
	if (!(s->flags & SHF_ALLOC))
		return FATE_NOT_LOADED;
	*why = SAME_DISCARDED;
	for (size_t i = 0; i < ARRAY_SIZE(never_kept); i++) {
		if (begins(s->name, never_kept[i]))
			return FATE_LEFT_OUT;
	}
	for (size_t i = 0; i < j->discarded->nr; i++) {
		if (!fnmatch(j->discarded->item[i], s->name, 0))
			return FATE_LEFT_OUT;
	}
	if (s->type == SHT_NOBITS || !s->size)
		return FATE_NO_BYTES;
	*why = SAME_MERGED;
	if (s->flags & SHF_MERGE)
		return FATE_LEFT_OUT;
	*why = SAME_SORTED;
	if (begins(s->name, ".orc_unwind"))
		return FATE_LEFT_OUT;
	return strcmp(s->name, "__ex_table") ? FATE_COMPARED : FATE_ENTRIES;
}

int reloc__width(uint32_t type)
{
	switch (type) {
	case R_X86_64_64:
	case R_X86_64_PC64:
		return 8;
	case R_X86_64_32:
	case R_X86_64_32S:
	case R_X86_64_PC32:
	case R_X86_64_PLT32:
		return 4;
	}
	return -1;
}

static bool relative(uint32_t type)
{
	return type == R_X86_64_PC32 || type == R_X86_64_PLT32 ||
	       type == R_X86_64_PC64;
}

/* What vmlinux has under a name; a hidden global became a local there. */
static bool lookup(const struct elf_file *k, const char *name, uint64_t *value)
{
	size_t nr;
	const struct elf_symbol *const *named = elf_file__named(k, name, &nr);

	for (size_t i = 0; i < nr; i++) {
		if (named[i]->bind == STB_LOCAL && nr > 1)
			continue;
		*value = named[i]->value;
		return true;
	}
	return false;
}

static bool is_left_out(const struct same_job *j, size_t section)
{
	enum same_left_out why;

	return section__fate(j, &j->o->section[section], &why) == FATE_LEFT_OUT;
}

/* Where its symbol is, in vmlinux; WANTED_VALUE with the place as value. */
static struct wanted symbol_place(const struct same_job *j,
				  const struct elf_symbol *s)
{
	struct wanted w = { .kind = WANTED_VALUE };
	bool here = s->section != SHN_UNDEF && s->section < j->o->nr_sections;

	if (s->section == SHN_ABS) {
		w.value = s->value;
		return w;
	}
	if (s->bind != STB_LOCAL && lookup(j->k, s->name, &w.value))
		return w;
	if (here && j->place[s->section].known) {
		w.value = j->place[s->section].base + s->value;
		return w;
	}
	if (here && (j->o->section[s->section].flags & SHF_MERGE)) {
		w.kind = WANTED_CONTENT;
		return w;
	}
	if (!here && s->bind == STB_WEAK)
		return w;
	w.kind = WANTED_NOTHING;
	w.why = !here ? SAME_UNKNOWN :
		is_left_out(j, s->section) ? SAME_INTO_DISCARDED :
					     SAME_INTO_UNPLACED;
	return w;
}

struct wanted reloc__wanted(const struct same_job *j, const struct elf_reloc *r,
			    uint64_t base)
{
	struct wanted w = symbol_place(j, &j->o->symbol[r->symbol]);

	if (w.kind != WANTED_VALUE)
		return w;
	w.value += r->addend;
	if (relative(r->type))
		w.value -= base + r->offset;
	if (reloc__width(r->type) == 4)
		w.value = (uint32_t)w.value;
	return w;
}

static uint64_t load(const uint8_t *p, int width)
{
	uint64_t value = 0;

	memcpy(&value, p, width == 8 ? 8 : 4);
	return value;
}

uint64_t reloc__symbol_place(const struct elf_reloc *r, uint64_t p,
			     const uint8_t *stored)
{
	int width = reloc__width(r->type);
	uint64_t value = load(stored, width);

	if (width == 4 && r->type != R_X86_64_32)
		value = (int64_t)(int32_t)value;
	return value + (relative(r->type) ? p : 0) - r->addend;
}

/*
 * The link merged what the symbol points to: the same string or constant must
 * lie where the stored value says.
 */
static bool same_content(const struct same_job *j, const struct elf_reloc *r,
			 uint64_t p, const uint8_t *stored)
{
	const struct elf_symbol *sym = &j->o->symbol[r->symbol];
	const struct elf_section *s = &j->o->section[sym->section];
	uint64_t at = reloc__symbol_place(r, p, stored), from = sym->value, len;
	const uint8_t *theirs;

	/* Of a section symbol the addend says which string. */
	if (sym->type == STT_SECTION) {
		at += r->addend;
		from += r->addend;
	}
	if (!s->data || from >= s->size)
		return false;
	if (s->flags & SHF_STRINGS)
		len = strnlen((const char *)s->data + from, s->size - from) + 1;
	else
		len = s->entry;
	if (!len || len > s->size - from)
		return false;
	theirs = elf_file__at(j->k, at, len);
	return theirs && !memcmp(theirs, s->data + from, len);
}

static bool reloc_same(const struct same_job *j, const struct elf_reloc *r,
		       uint64_t base, const uint8_t *stored)
{
	struct wanted w = reloc__wanted(j, r, base);
	int width = reloc__width(r->type);

	if (width < 0)
		return false;
	if (w.kind == WANTED_NOTHING)
		return true;
	if (w.kind == WANTED_CONTENT)
		return same_content(j, r, base + r->offset, stored);
	return load(stored, width) == w.value;
}

const struct elf_reloc *reloc__from(const struct elf_section *s,
				    uint64_t offset)
{
	size_t from = 0, to = s->nr_relocs;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (s->reloc[mid].offset < offset)
			from = mid + 1;
		else
			to = mid;
	}
	return s->reloc + from;
}

static uint64_t bytes_differ(const uint8_t *a, const uint8_t *b, uint64_t n)
{
	uint64_t i = 0;

	while (i < n && a[i] == b[i])
		i++;
	return i;
}

uint64_t section__differs(const struct same_job *j, size_t section, uint64_t base,
			  uint64_t from, uint64_t to, const uint8_t *at)
{
	const struct elf_section *s = &j->o->section[section];
	const struct elf_reloc *r = reloc__from(s, from);
	const struct elf_reloc *end = s->reloc + s->nr_relocs;
	uint64_t done = from;

	while (done < to) {
		uint64_t next = r < end && r->offset < to ? r->offset : to;
		uint64_t same;

		if (next < done)	/* two at one place */
			next = done;
		same = bytes_differ(s->data + done, at + (done - from),
				    next - done);

		if (done + same < next || next == to)
			return done + same;
		if (!reloc_same(j, r, base, at + (next - from)))
			return next;
		done = next + reloc__width(r->type);
		r++;
	}
	return to;
}

static void differ(struct same_object *o, uint64_t bytes, const char *fmt, ...)
	PRINTF(3, 4);

static void differ(struct same_object *o, uint64_t bytes, const char *fmt, ...)
{
	va_list ap;
	char *text;

	o->differing += bytes;
	if (o->difference.nr >= MAX_WORDS)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	strlist__add(&o->difference, text);
	free(text);
}

/* ".text+0x1234 (direct_page_fault+0x14)", allocated; the caller frees it. */
static char *spot(const struct same_job *j, size_t section, uint64_t offset)
{
	const struct elf_symbol *s = elf_file__covering(j->o, section, offset);
	const char *name = j->o->section[section].name;

	if (!s)
		return xasprintf("%s+%#" PRIx64, name, offset);
	return xasprintf("%s+%#" PRIx64 " (%s+%#" PRIx64 ")", name, offset,
			 s->name, offset - s->value);
}

static const char *symbol_name(const struct same_job *j, const struct elf_symbol *s)
{
	if (s->type == STT_SECTION && s->section < j->o->nr_sections)
		return j->o->section[s->section].name;
	return s->name;
}

/* One that differs, in words. */
static void say_reloc(const struct same_job *j, size_t section,
		      const struct elf_reloc *r, uint64_t base,
		      const uint8_t *stored, struct same_object *o)
{
	const struct elf_symbol *sym = &j->o->symbol[r->symbol];
	struct wanted w = reloc__wanted(j, r, base);
	char *where = spot(j, section, r->offset);
	const char *name = symbol_name(j, sym);
	int width = reloc__width(r->type);

	if (width < 0)
		differ(o, 1, "%s: relocation type %u is not known here", where,
		       r->type);
	else if (w.kind == WANTED_CONTENT)
		differ(o, width, "%s: %s%+" PRId64 " is another string or constant in vmlinux",
		       where, name, r->addend);
	else
		differ(o, width, "%s: %s%+" PRId64 " is %0*" PRIx64 ", in vmlinux %0*" PRIx64,
		       where, name, r->addend, 2 * width, w.value, 2 * width,
		       load(stored, width));
	free(where);
}

/* At offset i they differ: how many bytes of it that are, told or only counted. */
static uint64_t say_difference(const struct same_job *j, size_t section, uint64_t i,
			       const uint8_t *at, bool tell,
			       struct same_object *o)
{
	const struct elf_section *s = &j->o->section[section];
	const struct elf_reloc *r = reloc__from(s, i);
	bool reloc = r < s->reloc + s->nr_relocs && r->offset == i;
	int width = reloc ? reloc__width(r->type) : 1;
	char *where;

	if (!tell)
		o->differing += width > 0 ? width : 1;
	if (tell && reloc)
		say_reloc(j, section, r, j->place[section].base, at + i, o);
	if (tell && !reloc) {
		where = spot(j, section, i);
		differ(o, 1, "%s: %02x, in vmlinux %02x", where, s->data[i],
		       at[i]);
		free(where);
	}
	return width > 0 ? width : 1;
}

/* In words the first of each function or variable. */
static void compare_bytes(const struct same_job *j, size_t section,
			  struct same_object *o)
{
	const struct elf_section *s = &j->o->section[section];
	uint64_t base = j->place[section].base, left = elf_file__left(j->k, base);
	const uint8_t *at = elf_file__at(j->k, base, s->size);
	const struct elf_symbol *told = NULL;
	bool any = false;

	if (!at) {
		differ(o, s->size, "%s: %" PRIu64 " bytes, of which vmlinux has %" PRIu64 " at %#" PRIx64,
		       s->name, s->size, left, base);
		return;
	}
	for (uint64_t i = 0; i < s->size;) {
		const struct elf_symbol *in;

		i = section__differs(j, section, base, i, s->size, at + i);
		if (i == s->size)
			break;
		in = elf_file__covering(j->o, section, i);
		i += say_difference(j, section, i, at, !any || in != told, o);
		told = in;
		any = true;
	}
}

/*
 * Bytes of an entry of a table whose order means nothing, 0 of another section. What
 * objtool lists of vmlinux.o as a whole is not in the order of its objects.
 */
static uint64_t entry_size(const struct elf_section *s)
{
	static const char *const lists[] = { ".retpoline_sites", ".return_sites",
					     ".call_sites" };

	if (!strcmp(s->name, "__ex_table"))
		return SORTED_ENTRY;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		if (!strcmp(s->name, lists[i]))
			return LISTED_ENTRY;
	}
	return 0;
}

/* Each entry may be anywhere in vmlinux's table; most come after the one before. */
static void compare_entries(const struct same_job *j, size_t section,
			    struct same_object *o)
{
	const struct elf_section *s = &j->o->section[section], *k = NULL;
	uint64_t size = entry_size(s), at = 0;

	for (size_t i = 1; i < j->k->nr_sections; i++) {
		if (!strcmp(j->k->section[i].name, s->name))
			k = &j->k->section[i];
	}
	for (uint64_t e = 0; e < s->size; e += size) {
		uint64_t to = e + size, tries = k && k->data ? k->size / size : 0;
		bool found = false;

		for (; to <= s->size && tries && !found; tries--) {
			if (at + size > k->size)
				at = 0;
			found = section__differs(j, section, k->addr + at - e,
						 e, to, k->data + at) == to;
			at += size;
		}
		if (!found)
			differ(o, 1, "%s+%#" PRIx64 ": no such entry in vmlinux",
			       s->name, e);
	}
}

/* How much of a section is compared. In code nothing is masked. */
static void tally(const struct same_job *j, size_t section, struct same_object *o)
{
	const struct elf_section *s = &j->o->section[section];
	bool code = s->flags & SHF_EXECINSTR;
	uint64_t bytes = s->size;

	for (size_t i = 0; i < s->nr_relocs; i++) {
		const struct elf_reloc *r = &s->reloc[i];
		struct wanted w = reloc__wanted(j, r, 0);
		char *where;

		if (w.kind != WANTED_NOTHING) {
			o->relocs++;
			o->merged += w.kind == WANTED_CONTENT;
			continue;
		}
		o->masked[w.why]++;
		bytes -= reloc__width(r->type);
		if (!code)
			continue;
		where = spot(j, section, r->offset);
		differ(o, 1, "%s: %s%+" PRId64 " cannot be computed: %s", where,
		       symbol_name(j, &j->o->symbol[r->symbol]), r->addend,
		       same_masked_name[w.why]);
		free(where);
	}
	o->sections++;
	o->bytes += bytes;
	o->code_bytes += code ? bytes : 0;
}

/* A global that is elsewhere is another's: what calls it calls that. */
static void compare_symbols(const struct same_job *j, struct same_object *o)
{
	for (size_t i = 1; i < j->o->nr_symbols; i++) {
		const struct elf_symbol *s = &j->o->symbol[i];
		uint64_t value;

		if (s->bind != STB_GLOBAL || s->section == SHN_UNDEF ||
		    s->section >= j->o->nr_sections ||
		    !j->place[s->section].known)
			continue;
		if (!lookup(j->k, s->name, &value))
			differ(o, 1, "%s is not in vmlinux", s->name);
		else if (value != j->place[s->section].base + s->value)
			differ(o, 1, "%s is at %#" PRIx64 ", in vmlinux at %#" PRIx64,
			       s->name, j->place[s->section].base + s->value,
			       value);
	}
}

static void compare(const struct same_job *j, struct same_object *o)
{
	for (size_t i = 1; i < j->o->nr_sections; i++) {
		const struct elf_section *s = &j->o->section[i];
		enum same_left_out why;
		enum fate fate = section__fate(j, s, &why);
		bool entries = fate == FATE_ENTRIES ||
			       (!j->place[i].known && entry_size(s));

		if (fate == FATE_LEFT_OUT)
			o->left_out[why] += s->size;
		if (fate != FATE_COMPARED && fate != FATE_ENTRIES)
			continue;
		if (!s->data)
			differ(o, s->size, "%s: its bytes cannot be read", s->name);
		else if (!entries && !j->place[i].known)
			differ(o, s->size, "%s: %" PRIu64 " bytes that are nowhere in vmlinux: not this kernel's",
			       s->name, s->size);
		else
			tally(j, i, o);
		if (s->data && entries)
			compare_entries(j, i, o);
		else if (s->data && j->place[i].known)
			compare_bytes(j, i, o);
	}
	compare_symbols(j, o);
	if (!o->sections && !o->differing)
		differ(o, 1, "nothing in it is loaded: no section to compare");
}

/* A file `discarded` next to vmlinux: patterns, one a line. */
static void read_discarded(struct same *s, const char *vmlinux)
{
	const char *slash = strrchr(vmlinux, '/');
	char *path = xasprintf("%.*sdiscarded", slash ? (int)(slash + 1 - vmlinux) : 0,
			       vmlinux);
	char *text = path_read(path, NULL);

	strlist__split(&s->discarded, text ?: usual, text ? '\n' : ' ');
	free(text);
	free(path);
}

struct same *same__open(const char *vmlinux, char *err, size_t errlen)
{
	struct same *s = xcalloc(1, sizeof(*s));

	if (!elf_file__open(&s->vmlinux, vmlinux, false, err, errlen)) {
		free(s);
		return NULL;
	}
	read_discarded(s, vmlinux);
	return s;
}

void same__close(struct same *s)
{
	if (s) {
		elf_file__close(&s->vmlinux);
		strlist__free(&s->discarded);
	}
	free(s);
}

const char *same__build_id(const struct same *s)
{
	return s->vmlinux.build_id;
}

bool same__object(const struct same *s, const char *path,
		  struct same_object *o, char *err, size_t errlen)
{
	struct elf_file object;
	struct same_job j = { .k = &s->vmlinux, .o = &object, .discarded = &s->discarded };

	*o = (struct same_object) { .path = path };
	if (!elf_file__open(&object, path, true, err, errlen))
		return false;
	memcpy(o->build_id, object.build_id, sizeof(o->build_id));
	j.place = xcalloc(object.nr_sections, sizeof(*j.place));
	place_sections(&j);
	compare(&j, o);
	free(j.place);
	elf_file__close(&object);
	return true;
}

void same_object__free(struct same_object *o)
{
	strlist__free(&o->difference);
}
