// SPDX-License-Identifier: GPL-2.0
/*
 * Instruction by instruction, the functions of an object in two programs that
 * were patched after they were linked; see patched.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "insn.h"
#include "patched.h"
#include "same_priv.h"

#define MOVABS_LEN	10	/* with its 8-byte immediate at 2 */
#define STATIC_CALL	"__SCT__"
#define LOCK	0xf0
#define DS	0x3e	/* boot puts it where LOCK was */
#define ITS_UPPER_HALF	0x20	/* of a line of 64 bytes */

/* One function at work. */
struct job {
	const struct image *kernel, *process;
	const char *prefix;
	const struct elf_file *object;
	const struct elf_symbol *symbol;	/* of the function, in the object */
	const uint8_t *k, *v;			/* its bytes in both */
	uint64_t k_addr, v_addr;
	struct decoder *d;
	struct patched *p;
};

static bool is_branch(const struct insn *in)
{
	return in->kind == INSN_CALL || in->kind == INSN_JMP ||
	       in->kind == INSN_JCC;
}

/* The bytes from, len of the function that a relocation of the object fills. */
static bool relocated(const struct job *j, uint64_t from, uint64_t at, uint64_t len)
{
	const struct elf_section *s = &j->object->section[j->symbol->section];
	const struct elf_reloc *r = reloc__from(s, j->symbol->value + from);
	const struct elf_reloc *end = s->reloc + s->nr_relocs;

	for (; r < end && r->offset < j->symbol->value + from + len; r++) {
		uint64_t first = r->offset - j->symbol->value - from;
		int width = reloc__width(r->type);

		if (at >= first && at < first + (width > 0 ? width : 0))
			return true;
	}
	return false;
}

/* Does what lies at the process's address have that name in the kernel too? */
static bool same_target(const struct job *j, uint64_t k, uint64_t v)
{
	size_t prefix = strlen(j->prefix);
	uint64_t k_offset = 0, v_offset = 0;
	const char *k_name = image__symbol_at(j->kernel, k, &k_offset);
	const char *v_name = image__symbol_at(j->process, v, &v_offset);
	char *other;
	bool same;

	if (!k_name || !v_name || strncmp(v_name, j->prefix, prefix))
		return false;
	if (!strncmp(v_name + prefix, STATIC_CALL, strlen(STATIC_CALL))) {
		j->p->static_calls++;
		return true;
	}
	if (k_offset == v_offset && !strcmp(k_name, v_name + prefix))
		return true;
	/* One of several names of a place. */
	if (image__symbol(j->kernel, v_name + prefix) + v_offset == k)
		return true;
	other = xasprintf("%s%s", j->prefix, k_name);
	same = image__symbol(j->process, other) &&
	       image__symbol(j->process, other) + k_offset == v;
	free(other);
	return same;
}

static bool same_branch(const struct job *j, const struct insn *k,
			const struct insn *v)
{
	const uint64_t size = j->symbol->size;

	if (k->kind != v->kind || k->len != v->len ||
	    memcmp(k->bytes, v->bytes, k->len - (k->len > 4 ? 4 : 1)))
		return false;
	/* Inside it is as far from the function's begin. */
	if (k->target - j->k_addr < size || v->target - j->v_addr < size)
		return k->target - j->k_addr == v->target - j->v_addr;
	if (!same_target(j, k->target, v->target))
		return false;
	j->p->branches++;
	return true;
}

static bool is_movabs(const struct insn *in)
{
	return in->len == MOVABS_LEN && (in->bytes[0] & 0xfe) == 0x48 &&
	       (in->bytes[1] & 0xf8) == 0xb8;
}

static bool same_plain(const struct job *j, const struct insn *k,
		       const struct insn *v)
{
	uint64_t from = v->addr - j->v_addr;
	bool address = false;

	if (k->len != v->len)
		return false;
	if (is_movabs(k) && is_movabs(v) && !memcmp(k->bytes, v->bytes, 2)) {
		j->p->page_offsets += !!memcmp(k->bytes, v->bytes, k->len);
		return true;
	}
	for (uint64_t i = 0; i < k->len; i++) {
		if (k->bytes[i] == v->bytes[i])
			continue;
		if (!relocated(j, from, i, k->len))
			return false;
		address = true;
	}
	j->p->addresses += address;
	return true;
}

/* In the place of a call of what the backend does not have: nothing, 0, a return, a trap. */
static bool is_no_call(const struct insn *k)
{
	static const uint8_t no_call[][5] = {
		{ 0x0f, 0x1f, 0x44, 0x00, 0x00 },	/* nop */
		{ 0x2e, 0x2e, 0x2e, 0x31, 0xc0 },	/* xor %eax, %eax */
		{ 0x66, 0x66, 0x48, 0x31, 0xc0 },	/* ... of older bases */
		{ 0x67, 0x48, 0x0f, 0xb9, 0x3a },	/* ud1: WARN */
	};

	for (size_t i = 0; i < ARRAY_SIZE(no_call); i++) {
		if (k->len == sizeof(no_call[i]) &&
		    !memcmp(k->bytes, no_call[i], sizeof(no_call[i])))
			return true;
	}
	return k->kind == INSN_RET;
}

/*
 * Against ITS a return is one in a line's upper half, and goes to a thunk in a lower
 * one: which it is, each place says.
 */
static bool is_its_return(const struct insn *in, const struct image *img,
			  const char *prefix)
{
	uint64_t offset = 0;
	const char *name;
	size_t n = strlen(prefix);

	if (in->addr & ITS_UPPER_HALF)
		return in->kind == INSN_RET;
	if (in->kind != INSN_JMP)
		return false;
	name = image__symbol_at(img, in->target, &offset);
	return name && !offset && !strncmp(name, prefix, n) &&
	       !strcmp(name + n, "its_return_thunk");
}

/* Where no indirect call lands boot writes a nop of the same size: one instruction too. */
static bool is_sealed(const struct insn *k, const struct insn *v)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	static const uint8_t seal[] = { 0x66, 0x0f, 0x1f, 0x00 };

	return v->len == sizeof(endbr64) && k->len == sizeof(seal) &&
	       !memcmp(v->bytes, endbr64, sizeof(endbr64)) &&
	       !memcmp(k->bytes, seal, sizeof(seal));
}

/* What boot does for a reason that a process does not have. */
static bool explained(const struct job *j, const struct insn *k,
		      const struct insn *v)
{
	static const uint8_t nop3[] = { 0x0f, 0x1f, 0x00 };
	const char *name = is_branch(v) ?
		image__symbol_at(j->process, v->target, &(uint64_t) { 0 }) : NULL;
	size_t prefix = strlen(j->prefix);
	struct insn as_v = *k;

	if (name && !strncmp(name, j->prefix, prefix) && is_no_call(k) &&
	    !strncmp(name + prefix, STATIC_CALL, strlen(STATIC_CALL))) {
		j->p->no_calls++;
		return true;
	}
	if (k->bytes[0] == DS && v->bytes[0] == LOCK) {
		as_v.bytes[0] = LOCK;
		j->p->locks++;
		return same_plain(j, &as_v, v);
	}
	if (is_sealed(k, v)) {
		j->p->sealed++;
		return true;
	}
	if (is_its_return(k, j->kernel, "") && is_its_return(v, j->process, j->prefix)) {
		j->p->its++;
		return true;
	}
	if (k->len == sizeof(nop3) && v->len == k->len && k->bytes[0] == 0x0f &&
	    k->bytes[1] == 0x01 && (k->bytes[2] & 0xfe) == 0xca &&
	    !memcmp(v->bytes, nop3, sizeof(nop3))) {
		j->p->privileged++;
		return true;
	}
	return false;
}

static bool same_insn(const struct job *j, const struct insn *k,
		      const struct insn *v)
{
	bool same = is_branch(k) && is_branch(v) ? same_branch(j, k, v) :
		same_plain(j, k, v);

	return same || explained(j, k, v);
}

/* "call *%rax", or what an unknown one's bytes are. */
static char *text_of(const struct job *j, const struct insn *in,
		     const struct image *img)
{
	uint64_t offset;
	const char *name = is_branch(in) ?
		image__symbol_at(img, in->target, &offset) : NULL;
	size_t prefix = strlen(j->prefix);

	if (name && img == j->process && !strncmp(name, j->prefix, prefix))
		name += prefix;
	if (name && offset)
		return xasprintf("%s %s+%#" PRIx64, in->mnemonic, name, offset);
	return xasprintf("%s%s%s", in->mnemonic, *in->operands ? " " : "",
			 name ?: in->operands);
}

static void differ(const struct job *j, const struct insn *k,
		   const struct insn *v, bool tell)
{
	char *a, *b, *text;

	j->p->differing++;
	if (!tell)
		return;
	a = text_of(j, k, j->kernel);
	b = text_of(j, v, j->process);
	text = xasprintf("%s+%#" PRIx64 ": %s, in the booted kernel %s",
			 j->symbol->name, v->addr - j->v_addr, b, a);
	strlist__add(&j->p->difference, text);
	free(text);
	free(b);
	free(a);
}

/* Where they part, until both begin an instruction at the same place again. */
static void compare_function(struct job *j, bool tell_all)
{
	const uint64_t size = j->symbol->size;
	uint64_t k_at = 0, v_at = 0;
	bool told = false;

	while (k_at < size && v_at < size) {
		struct insn k, v;

		insn__decode(j->d, &k, j->k_addr + k_at, j->k + k_at, size - k_at);
		insn__decode(j->d, &v, j->v_addr + v_at, j->v + v_at, size - v_at);
		if (k_at == v_at) {
			j->p->instructions++;
			if (!same_insn(j, &k, &v)) {
				differ(j, &k, &v, tell_all || !told);
				told = true;
			}
			k_at += k.len;
			v_at += v.len;
		} else if (k_at < v_at) {
			k_at += k.len;
		} else {
			v_at += v.len;
		}
	}
}

static void add(struct patched *to, const struct patched *p)
{
	to->functions++;
	to->instructions += p->instructions;
	to->branches += p->branches;
	to->addresses += p->addresses;
	to->page_offsets += p->page_offsets;
	to->static_calls += p->static_calls;
	to->no_calls += p->no_calls;
	to->locks += p->locks;
	to->privileged += p->privileged;
	to->its += p->its;
	to->sealed += p->sealed;
	to->differing += p->differing;
	for (size_t i = 0; i < p->difference.nr; i++)
		strlist__add(&to->difference, p->difference.item[i]);
}

/* Several functions may have its name: the one that is most alike counts. */
static void compare_named(struct job *j, const struct func *k, size_t nr_k,
			  const struct func *v, size_t nr_v, struct patched *sum)
{
	struct patched best = { .differing = SIZE_MAX };
	size_t left;
	const char *section;

	for (size_t i = 0; i < nr_k * nr_v; i++) {
		const struct func *a = &k[i % nr_k], *b = &v[i / nr_k];
		struct patched p = { 0 };
		struct job one;

		j->k_addr = a->addr;
		j->v_addr = b->addr;
		j->k = image__at(j->kernel, a->addr, &left, &section);
		if (!j->k || left < j->symbol->size)
			continue;
		j->v = image__at(j->process, b->addr, &left, &section);
		if (!j->v || left < j->symbol->size)
			continue;
		one = *j;
		one.p = &p;
		compare_function(&one, false);
		if (p.differing < best.differing) {
			strlist__free(&best.difference);
			best = p;
		} else {
			strlist__free(&p.difference);
		}
	}
	if (best.differing == SIZE_MAX) {
		sum->left_out++;
		return;
	}
	add(sum, &best);
	sum->bytes += j->symbol->size;
	strlist__free(&best.difference);
}

static bool is_function(const struct elf_file *o, const struct elf_symbol *s)
{
	return s->type == STT_FUNC && s->size && s->section < o->nr_sections &&
	       (o->section[s->section].flags & SHF_EXECINSTR) &&
	       strncmp(o->section[s->section].name, ".init", 5) &&
	       strncmp(o->section[s->section].name, ".exit", 5);
}

int patched__compare(const struct image *kernel, const struct image *process,
		     const char *prefix, const char *path, struct patched *p,
		     char *err, size_t errlen)
{
	struct elf_file object;
	struct job j = {
		.kernel = kernel, .process = process, .prefix = prefix,
		.object = &object, .d = decoder__new(),
	};

	if (!j.d) {
		snprintf(err, errlen, "capstone does not decode x86-64");
		return -1;
	}
	if (!elf_file__open(&object, path, true, err, errlen)) {
		decoder__free(j.d);
		return -1;
	}
	for (size_t i = 1; i < object.nr_symbols; i++) {
		const struct func *k, *v;
		size_t nr_k, nr_v;
		char *name;

		j.symbol = &object.symbol[i];
		if (!is_function(&object, j.symbol))
			continue;
		name = xasprintf("%s%s", prefix, j.symbol->name);
		k = image__funcs_named(kernel, j.symbol->name, &nr_k);
		v = image__funcs_named(process, name, &nr_v);
		free(name);
		if (k && v && j.symbol->bind != STB_WEAK)
			compare_named(&j, k, nr_k, v, nr_v, p);
		else
			p->left_out++;
	}
	elf_file__close(&object);
	decoder__free(j.d);
	return 0;
}
