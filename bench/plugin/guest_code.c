// SPDX-License-Identifier: GPL-2.0
/* See guest_code.h. */
#include <stdio.h>
#include <stdlib.h>

#include "code.h"
#include "guest_code.h"

#define ROOM	(1 << 20)	/* bytes of an image */
#define TRIES	100000		/* instructions looked at for one way */

static struct {
	uint8_t *bytes;
	uint64_t addr;
	size_t size;
	uint32_t *insn;		/* a number plus one, for each byte; 0: not decoded */
	struct decoder *decoder;
} image;

struct walk {
	uint64_t to;
	bool done;
	size_t nr;
	const uint64_t *loaded;
	uint32_t *way;
	unsigned int tries;
};

int guest_code__read(const char *path, uint64_t addr)
{
	FILE *f = fopen(path, "r");

	image.addr = addr;
	image.bytes = calloc(ROOM, 1);
	image.insn = calloc(ROOM, sizeof(*image.insn));
	image.decoder = decoder__new();
	if (f && image.bytes && image.insn && image.decoder)
		image.size = fread(image.bytes, 1, ROOM, f);
	if (f)
		fclose(f);
	if (image.size)
		return 0;
	fprintf(stderr, "cannot read guest=%s\n", path);
	return -1;
}

/* The instruction at rip, and its number. */
static const struct code_insn *insn_at(uint64_t rip, uint32_t *number)
{
	uint64_t at = rip - image.addr;
	struct insn in;

	if (at >= image.size) {
		*number = code__intern(rip, (const uint8_t *)"\xc3", 1);
		return code__insn(*number);
	}
	if (!image.insn[at]) {
		insn__decode(image.decoder, &in, rip, image.bytes + at,
			     image.size - at);
		image.insn[at] = code__intern(rip, in.bytes, in.len) + 1;
	}
	*number = image.insn[at] - 1;
	return code__insn(*number);
}

static bool go(struct walk *w, size_t i, uint64_t rip);

/* Where it leads is known by where the way ends, if that is next. */
static bool go_anywhere(struct walk *w, size_t i)
{
	if (i + (w->done ? 0 : 1) != w->nr)
		return false;
	return go(w, i, w->to);
}

/* The i-th instruction is at rip: does the rest of the way end as it must? */
static bool go(struct walk *w, size_t i, uint64_t rip)
{
	const struct code_insn *in;
	uint64_t next;

	if (i == w->nr)
		return rip == w->to;
	if (!w->tries--)
		return false;
	in = insn_at(rip, &w->way[i]);
	next = rip + in->len;
	if (++i == w->nr && !w->done)
		return rip == w->to;
	switch ((enum insn_kind)in->kind) {
	case INSN_JMP:
	case INSN_CALL:
		return go(w, i, in->target);
	case INSN_JCC:
		return go(w, i, in->target) || go(w, i, next);
	case INSN_CALL_INDIRECT:
	case INSN_JMP_INDIRECT:
		return go_anywhere(w, i);
	case INSN_RET:
		return go(w, i, w->loaded[i - 1]);
	default:
		return go(w, i, next);
	}
}

bool guest_code__way(uint64_t from, size_t nr, uint64_t to, bool done,
		     const uint64_t *loaded, uint32_t *way)
{
	struct walk w = { .to = to, .done = done, .nr = nr, .loaded = loaded,
			  .way = way, .tries = TRIES };

	return image.size && (nr || done) && go(&w, 0, from);
}
