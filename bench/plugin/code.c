// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "code.h"

#define BUCKETS		(1 << 16)
#define MULTIPLIER	0x9e3779b97f4a7c15ull	/* odd: a step loses nothing */

static struct decoder *decoder;
static struct code_insn *insns;
static uint32_t nr_insns, room;
static uint32_t bucket[BUCKETS];	/* index plus one */

static struct { uint64_t from, to; } entries[64];
static size_t nr_entries;

static struct block *blocks;	/* the newest */

bool code__add_entry(uint64_t from, uint64_t to)
{
	if (nr_entries == sizeof(entries) / sizeof(entries[0]))
		return false;
	entries[nr_entries].from = from;
	entries[nr_entries++].to = to;
	return true;
}

static bool is_entry(uint64_t addr)
{
	for (size_t i = 0; i < nr_entries; i++) {
		if (addr >= entries[i].from && addr < entries[i].to)
			return true;
	}
	return false;
}

bool code__init(void)
{
	decoder = decoder__new();
	return decoder != NULL;
}

const struct code_insn *code__insn(uint32_t i)
{
	return &insns[i];
}

uint32_t code__nr(void)
{
	return nr_insns;
}

uint32_t code__intern(uint64_t addr, const uint8_t *bytes, size_t len)
{
	uint32_t *head = &bucket[(addr ^ addr >> 16) % BUCKETS];
	struct code_insn *c;
	struct insn in;

	for (uint32_t i = *head; i; i = insns[i - 1].next) {
		c = &insns[i - 1];
		if (c->addr == addr && c->len == len &&
		    !memcmp(c->bytes, bytes, len))
			return i - 1;
	}
	if (nr_insns == room) {
		room = room ? room * 2 : 1 << 14;
		insns = realloc(insns, room * sizeof(*insns));
		if (!insns)
			abort();
	}
	insn__decode(decoder, &in, addr, bytes, len);
	c = &insns[nr_insns];
	*c = (struct code_insn) {
		.addr = addr,
		.target = in.target,
		.len = len,
		.kind = in.kind,
		.memory = in.loads || in.stores,
		.repeats = in.repeats,
		.next = *head,
	};
	memcpy(c->bytes, bytes, len);
	*head = ++nr_insns;
	return nr_insns - 1;
}

/* Where its last instruction may lead. */
static void set_next(struct block *b)
{
	const struct code_insn *c = &insns[b->insn[b->nr - 1]];

	b->end = c->addr + c->len;
	b->last = c->kind;
	b->next[0] = b->next[1] = b->end;
	switch (c->kind) {
	case INSN_PLAIN:
		if (c->repeats)
			b->next[1] = c->addr;
		break;
	case INSN_JCC:
		b->next[1] = c->target;
		break;
	case INSN_CALL:
	case INSN_JMP:
		b->next[0] = b->next[1] = c->target;
		break;
	default:
		b->free = true;
		b->next[0] = b->next[1] = 0;
	}
}

uint64_t path_hash(uint64_t hash, const struct block *b, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++)
		hash = hash * MULTIPLIER + insns[b->insn[i]].addr;
	return hash;
}

/* The emulator ends a block with it: time is an access to a device. */
static bool is_user_clock(const struct code_insn *c)
{
	return c->len == 2 && c->bytes[0] == 0x0f && c->bytes[1] == 0x31 &&
	       !(c->addr >> 63);
}

struct block *code__block(const uint32_t *insn, size_t nr)
{
	struct block *b = calloc(1, sizeof(*b) + nr * sizeof(b->insn[0]));

	if (!b)
		abort();
	b->nr = nr;
	b->power = 1;
	for (size_t i = 0; i < nr; i++) {
		b->insn[i] = insn[i];
		b->power *= MULTIPLIER;
	}
	b->addr = insns[b->insn[0]].addr;
	b->hash = path_hash(0, b, nr);
	b->entry = is_entry(b->addr);
	b->clock = is_user_clock(&insns[b->insn[nr - 1]]);
	set_next(b);
	b->older = blocks;
	blocks = b;
	return b;
}

struct block *code__blocks(void)
{
	return blocks;
}
