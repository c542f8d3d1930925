// SPDX-License-Identifier: GPL-2.0
/*
 * The hot part: a block executed is an event more in a buffer and a step of a
 * hash. At the path's end the hash says whether this path was seen before; only
 * a new one is kept whole. So the memory is bounded, however many faults come.
 */
#include <stdlib.h>
#include <string.h>

#include "probe.h"
#include "exit_path.h"
#include "ran.h"

#ifndef PATHS			/* a test sets all three */
#define PATHS		(1 << 16)	/* a power of two */
#define PATH_EVENTS	(1 << 17)	/* a longer path is counted, not stored */
#define STORE_BYTES	(96u << 20)	/* for the events of all paths */
#endif
#define DEPTH		8		/* interrupts in interrupts */
#define LINE_SLOTS	(1 << 14)

struct event {
	uint64_t what;		/* EVENT_*, above it the block or instruction */
	uint64_t value;		/* how many of the block; the access */
};

enum { EVENT_BLOCK, EVENT_MEMORY, EVENT_ENTER, EVENT_LEAVE, EVENT_MASK = 3 };

/* Of EVENT_MEMORY's value: 48 bits of address, then size and direction. */
#define MEMORY(addr, shift, store) \
	(((addr) & 0xffffffffffffull) | (uint64_t)(shift) << 48 | \
	 (uint64_t)(store) << 52)
#define MEMORY_ADDR(v)	((uint64_t)((int64_t)((v) << 16) >> 16))
#define MEMORY_BYTES(v)	(1u << ((v) >> 48 & 0xf))
#define MEMORY_STORE(v)	((v) >> 52 & 1)

/* What was interrupted when an interrupt came. */
struct left_off {
	struct block *block;
	size_t at;			/* its event */
	uint64_t hash;			/* before it */
};

/* The current path. */
static struct {
	struct event *event;
	size_t nr;
	bool overflow;
	struct block *prev;
	size_t prev_at;
	uint64_t hash, prev_hash;	/* now, and before prev */
	uint64_t own, irq;
	struct left_off left[DEPTH];
	unsigned int depth;
	bool interrupted;
	bool ended;
} path;

/* A path that was seen. */
struct kept {
	uint64_t key, count;		/* count 0: a free slot */
	uint64_t own, irq;
	uint64_t lines_min, lines_max, lines_sum;
	unsigned int phase;
	const char *how;
	uint8_t guest[15], guest_len;
	bool stored;
	struct event *event;
	size_t nr;
};

static bool each_counts;

static struct kept *kept;
static size_t nr_kept, bytes_stored;
static struct {
	uint64_t exits, uncounted, odd, overflow, deep;
} totals;

/* Data cache lines of one path: a set that is emptied by a new mark. */
static struct { uint64_t line, mark; } slot[LINE_SLOTS];
static uint64_t mark;

bool exit_path__init(void)
{
	path.event = malloc(PATH_EVENTS * sizeof(*path.event));
	kept = calloc(PATHS, sizeof(*kept));
	nr_kept = bytes_stored = 0;
	memset(&totals, 0, sizeof(totals));
	ran__start();
	return path.event && kept;
}

void exit_path__each_counts(void)
{
	each_counts = true;
}

/* How much of the path there was. */
static struct {
	bool there;
	size_t nr;
	uint64_t own, irq, hash;
} mark_of_end;

void exit_path__mark(void)
{
	if (mark_of_end.there)
		return;
	mark_of_end.there = true;
	mark_of_end.nr = path.nr;
	mark_of_end.own = path.own;
	mark_of_end.irq = path.irq;
	mark_of_end.hash = path.hash;
}

void exit_path__end_at_mark(void)
{
	if (!mark_of_end.there)
		return;
	path.nr = mark_of_end.nr;
	path.own = mark_of_end.own;
	path.irq = mark_of_end.irq;
	path.hash = mark_of_end.hash;
	path.ended = true;
}

void exit_path__begin_here(void)
{
	mark_of_end.there = false;
	path.nr = 0;
	path.overflow = false;
	path.prev = NULL;
	path.hash = path.prev_hash = 0;
	path.own = path.irq = 0;
	path.depth = 0;
	path.interrupted = false;
	path.ended = false;
}

void exit_path__begin(void)
{
	totals.exits++;
	exit_path__begin_here();
}

static inline void add_event(uint64_t what, uint64_t value)
{
	if (path.nr == PATH_EVENTS) {
		path.overflow = true;
		return;
	}
	path.event[path.nr++] = (struct event) { what, value };
}

static inline void add_instructions(int64_t n)
{
	if (path.depth)
		path.irq += n;
	else
		path.own += n;
}

/*
 * Of a block that was begun, only what lies before addr was executed: an
 * exception, or an access to a device, for which QEMU starts anew.
 */
static void cut(const struct left_off *l, uint64_t addr)
{
	struct block *b = l->block;
	uint32_t n = 0;

	while (n < b->nr && code__insn(b->insn[n])->addr < addr)
		n++;
	ran__first(b, n);
	add_instructions((int64_t)n - b->nr);
	if (l->at < path.nr)
		path.event[l->at].value = n;
	if (!path.depth)
		path.hash = path_hash(l->hash, b, n);
}

/* addr is no place where b, executed to its end, leads. */
static bool leads_not(const struct block *b, uint64_t addr)
{
	return !b->free && addr != b->next[0] && addr != b->next[1];
}

static bool is_inside(const struct block *b, uint64_t addr)
{
	return addr >= b->addr && addr < b->end;
}

/*
 * b was left before its end, to go on at addr: that is inside, and no place
 * where its end leads. A ret may lead to its own block (a function that calls
 * itself), but then to where that begins.
 */
static bool was_cut(const struct block *b, uint64_t addr)
{
	if (each_counts || !is_inside(b, addr))
		return false;
	return leads_not(b, addr) ||
	       (b->free && b->last != INSN_JMP_INDIRECT && addr > b->addr);
}

static void enter(const struct left_off *l)
{
	add_event(EVENT_ENTER, 0);
	path.interrupted = true;
	if (path.depth < DEPTH) {
		path.left[path.depth] = *l;
	} else {
		totals.deep++;
		ran__first(l->block, l->block->nr);
	}
	path.depth++;
}

static void leave(uint64_t addr)
{
	const struct left_off *l;

	path.depth--;
	add_event(EVENT_LEAVE, 0);
	if (path.depth >= DEPTH)
		return;
	l = &path.left[path.depth];
	if (was_cut(l->block, addr))
		cut(l, addr);
	else
		ran__first(l->block, l->block->nr);
}

/* b does not follow the block before it by itself: find out why. */
static void reconcile(struct block *b)
{
	struct left_off l = { path.prev, path.prev_at, path.prev_hash };

	if (l.block->last == INSN_IRET && path.depth) {
		ran__first(l.block, l.block->nr);
		leave(b->addr);
		if (b->entry)		/* the next one had been waiting */
			enter(&path.left[path.depth]);
	} else if (b->entry && l.block->last != INSN_SYSCALL) {
		enter(&l);
	} else if (was_cut(l.block, b->addr)) {
		cut(&l, b->addr);
	} else {
		ran__first(l.block, l.block->nr);
		totals.odd += leads_not(l.block, b->addr);
	}
}

void exit_path__block(struct block *b)
{
	struct block *p = path.prev;

	if (p && b->addr != p->next[0] && b->addr != p->next[1])
		reconcile(b);
	else if (p)
		ran__first(p, p->nr);
	path.prev = b;
	path.prev_at = path.nr;
	path.prev_hash = path.hash;
	add_event((uintptr_t)b | EVENT_BLOCK, b->nr);
	add_instructions(b->nr);
	if (!path.depth)
		path.hash = path.hash * b->power + b->hash;
}

/*
 * QEMU 7.2 puts the frame that it pushes for an interrupt down to whichever
 * instruction was reported last: only those of the current block count.
 */
void exit_path__memory(uint32_t insn, uint64_t addr, unsigned int shift, bool store)
{
	if (!path.prev || !is_inside(path.prev, code__insn(insn)->addr))
		return;
	add_event((uint64_t)insn << 2 | EVENT_MEMORY,
		  MEMORY(addr, shift, store));
}

uint64_t exit_path__instructions(void)
{
	return path.own + path.irq;
}

/* What nothing has cut was executed to its end: so the path counts it. */
static void all_of_open_blocks(void)
{
	if (path.prev)
		ran__first(path.prev, path.prev->nr);
	for (unsigned int i = 0; i < path.depth && i < DEPTH; i++)
		ran__first(path.left[i].block, path.left[i].block->nr);
}

void exit_path__end(void)
{
	all_of_open_blocks();
	path.ended = true;
}

/* Was this line not touched since the newest mark? */
static bool is_new_line(uint64_t line)
{
	uint64_t h = (line ^ line >> 14) % LINE_SLOTS;

	while (slot[h].mark == mark && slot[h].line != line)
		h = (h + 1) % LINE_SLOTS;
	if (slot[h].mark == mark)
		return false;
	slot[h].mark = mark;
	slot[h].line = line;
	return true;
}

/* Distinct cache lines of data that the path touched, interrupts apart. */
static uint64_t count_lines(void)
{
	uint64_t lines = 0;
	unsigned int depth = 0;

	mark++;
	for (size_t i = 0; i < path.nr; i++) {
		const struct event *e = &path.event[i];
		uint64_t first, last;

		switch (e->what & EVENT_MASK) {
		case EVENT_ENTER:
			depth++;
			continue;
		case EVENT_LEAVE:
			depth--;
			continue;
		case EVENT_BLOCK:
			continue;
		}
		if (depth)
			continue;
		first = MEMORY_ADDR(e->value);
		last = first + MEMORY_BYTES(e->value) - 1;
		lines += is_new_line(first / PROBE_LINE);
		lines += is_new_line(last / PROBE_LINE);
		if (lines >= LINE_SLOTS / 2)
			return 0;	/* no fault touches that many */
	}
	return lines;
}

static uint64_t mix(uint64_t h, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len--)
		h = (h ^ *p++) * 0x100000001b3ull;
	return h;
}

static struct kept *find(uint64_t key)
{
	size_t i = key % PATHS;

	while (kept[i].count && kept[i].key != key)
		i = (i + 1) % PATHS;
	return &kept[i];
}

static void keep(struct kept *k, const struct guest_step *g)
{
	size_t bytes = path.nr * sizeof(*path.event);

	k->phase = g->phase;
	k->how = g->how;
	k->own = path.own;
	if (g->last) {
		k->guest_len = g->last->len;
		memcpy(k->guest, g->last->bytes, k->guest_len);
	}
	nr_kept++;
	if (path.overflow) {
		totals.overflow++;
		return;
	}
	if (bytes_stored + bytes > STORE_BYTES)
		return;
	k->event = malloc(bytes);
	if (!k->event)
		return;
	memcpy(k->event, path.event, bytes);
	k->nr = path.nr;
	k->stored = true;
	bytes_stored += bytes;
}

void exit_path__count(const struct guest_step *g)
{
	uint64_t key = path.hash ^ path.own, lines;
	struct kept *k;

	if (!path.ended)
		return;
	path.ended = false;
	key = mix(key, &g->phase, sizeof(g->phase));
	key = mix(key, g->how, strlen(g->how));
	key = mix(key, &path.interrupted, sizeof(path.interrupted));
	if (g->last)
		key = mix(key, g->last->bytes, g->last->len);
	k = find(key);
	if (!k->count) {
		if (nr_kept == PATHS / 2) {
			totals.uncounted++;
			return;
		}
		k->key = key;
		keep(k, g);
	}
	k->count++;
	k->irq += path.irq;
	if (!k->stored)
		return;
	lines = count_lines();
	k->lines_sum += lines;
	if (lines < k->lines_min || k->count == 1)
		k->lines_min = lines;
	if (lines > k->lines_max)
		k->lines_max = lines;
}

void exit_path__drop(void)
{
	path.ended = false;
}

static void write_event(FILE *f, const struct event *e)
{
	const struct block *b;

	switch (e->what & EVENT_MASK) {
	case EVENT_BLOCK:
		b = (const struct block *)(uintptr_t)e->what;
		/* Its instructions were often met one after another. */
		for (uint32_t i = 0, j; i < e->value; i = j) {
			for (j = i + 1; j < e->value &&
			     b->insn[j] == b->insn[j - 1] + 1; j++)
				;
			fprintf(f, "x %u %u\n", b->insn[i], b->insn[j - 1]);
		}
		break;
	case EVENT_MEMORY:
		fprintf(f, "%c %u %lx %u\n", MEMORY_STORE(e->value) ? 's' : 'l',
			(uint32_t)(e->what >> 2), MEMORY_ADDR(e->value),
			MEMORY_BYTES(e->value));
		break;
	case EVENT_ENTER:
	case EVENT_LEAVE:
		fprintf(f, "i %d\n", (e->what & EVENT_MASK) == EVENT_ENTER);
		break;
	}
}

static void write_way(FILE *f, const struct kept *k)
{
	fprintf(f, "path %lu %u %s ", k->count, k->phase, k->how);
	for (unsigned int i = 0; i < k->guest_len; i++)
		fprintf(f, "%02x", k->guest[i]);
	fprintf(f, "%s %lu %lu ", k->guest_len ? "" : "-", k->own, k->irq);
	if (k->stored)
		fprintf(f, "%lu %lu %lu 1\n", k->lines_min, k->lines_max,
			k->lines_sum);
	else
		fprintf(f, "- - - 0\n");
	for (size_t i = 0; i < k->nr; i++)
		write_event(f, &k->event[i]);
	fprintf(f, "end\n");
}

void exit_path__write(FILE *f)
{
	for (size_t i = 0; i < PATHS; i++) {
		if (kept[i].count)
			write_way(f, &kept[i]);
	}
	fprintf(f, "total exits %lu\n", totals.exits);
	fprintf(f, "total paths %zu\n", nr_kept);
	fprintf(f, "total uncounted %lu\n", totals.uncounted);
	fprintf(f, "total odd %lu\n", totals.odd);
	fprintf(f, "total long %lu\n", totals.overflow);
	fprintf(f, "total deep %lu\n", totals.deep);
	fprintf(f, "total stored_bytes %zu\n", bytes_stored);
}
