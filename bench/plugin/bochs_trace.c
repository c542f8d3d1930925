// SPDX-License-Identifier: GPL-2.0
/* See bochs_trace.h. */
#include <stdlib.h>
#include <string.h>

#include "bochs_trace.h"
#include "guest_code.h"
#include "guest_side.h"

#define BUCKETS		(1 << 15)
#define BYTES_TEXT	30		/* of 15 bytes, in hex */
#define VMCB_RIP	0x578		/* where a VMCB has the guest's RIP */
#define UNSEEN		1024		/* of the guest, from an entry to the exit */

/* An instruction as the trace has it, and what became of it here. */
struct seen {
	uint64_t rip;
	struct block *block;
	struct seen *next;
	uint8_t len;
	char bytes[BYTES_TEXT];
};

static struct seen *bucket[BUCKETS];

static struct {
	enum { BEFORE, HOST, GUEST } side;
	uint64_t vmexit;		/* where VMX goes on after an exit */
	uint64_t goes_on;		/* where the host does after the next exit */
	bool on;			/* between "Tracing enabled" and "disabled" */
	bool began;			/* there was an instruction */
	bool gap;			/* ... and a tick without one after it */
	uint64_t tick;			/* ... at this tick */
	const struct block *block;	/* it; NULL: not known, or not watched */
	bool delivers;			/* the CPU enters an interrupt or exception */
	bool halted;
	/* A guest of SVM: instructions that have no text, and its RIP. */
	uint64_t unseen, entry_rip, exit_rip;
	uint64_t loaded[UNSEEN];	/* by each of them, the last */
} t;

bool bochs_trace__init(uint64_t vmexit)
{
	memset(&t, 0, sizeof(t));
	t.vmexit = vmexit;
	exit_path__each_counts();
	if (!code__init() || !exit_path__init())
		return false;
	guest__watch_from(GUEST_MEASURED_PHASE);
	return true;
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A number at *p, which moves on to what follows it. False: none. */
static bool number(const char **p, const char *end, unsigned int base,
		   uint64_t *to)
{
	const char *from = *p;

	*to = 0;
	for (; *p < end && digit(**p) >= 0 && digit(**p) < (int)base; ++*p)
		*to = *to * base + digit(**p);
	return *p > from;
}

static bool literal(const char **p, const char *end, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(end - *p) < n || memcmp(*p, text, n))
		return false;
	*p += n;
	return true;
}

static struct seen *new_seen(uint64_t rip, const char *text, size_t len)
{
	struct seen *s = calloc(1, sizeof(*s));
	uint8_t bytes[BYTES_TEXT / 2];
	uint32_t insn;

	if (!s)
		abort();
	for (size_t i = 0; i < len / 2; i++)
		bytes[i] = digit(text[2 * i]) << 4 | digit(text[2 * i + 1]);
	insn = code__intern(rip, bytes, len / 2);
	s->rip = rip;
	s->block = code__block(&insn, 1);
	s->len = len;
	memcpy(s->bytes, text, len);
	return s;
}

/* The instruction of these bytes, in hex, at rip. */
static struct seen *find(uint64_t rip, const char *text, size_t len)
{
	struct seen **head = &bucket[(rip ^ rip >> 15) % BUCKETS], *s;

	for (s = *head; s; s = s->next) {
		if (s->rip == rip && s->len == len &&
		    !memcmp(s->bytes, text, len))
			return s;
	}
	s = new_seen(rip, text, len);
	s->next = *head;
	*head = s;
	return s;
}

/* "[0xPHY] CS:RIP (SYMBOL): TEXT ; BYTES", and of 3.0 perhaps " (halted)". */
static struct seen *instruction(const char *p, const char *end)
{
	const char *from;
	uint64_t n, rip;

	if (!literal(&p, end, "[0x") || !number(&p, end, 16, &n) ||
	    !literal(&p, end, "] ") || !number(&p, end, 16, &n) ||
	    !literal(&p, end, ":") || !number(&p, end, 16, &rip))
		return NULL;
	from = memrchr(p, ';', end - p);
	if (!from)
		return NULL;
	p = ++from;
	if (!literal(&p, end, " "))
		return NULL;
	from = p;
	while (p < end && digit(*p) >= 0)
		p++;
	if (p == from || (p - from) % 2 || p - from > BYTES_TEXT)
		return NULL;
	return find(rip, from, p - from);
}

/* Does the CPU enter the guest with it, if it succeeds? */
static bool is_entry(const struct block *b)
{
	const uint8_t *bytes = code__insn(b->insn[0])->bytes;

	return b->last == INSN_VMRUN ||
	       (bytes[0] == 0x0f && bytes[1] == 0x01 &&
		(bytes[2] == 0xc2 || bytes[2] == 0xc3));
}

/* Before the first entry there is the VMM, from BELL_START on. */
static void on_host(struct block *b)
{
	if (t.side == BEFORE && b->clock) {
		t.side = HOST;
		exit_path__begin_here();
	} else if (t.side == HOST) {
		exit_path__block(b);
		if (b->clock)
			guest__vmm_clock();
	}
	if (!is_entry(b))
		return;
	if (t.side == HOST)
		guest__entry();
	t.side = GUEST;
	t.goes_on = b->last == INSN_VMRUN ? b->end : t.vmexit;
}

/*
 * Ticks since the instruction before but one. The CPU takes one without a line
 * where it left the guest, or went into an exception, before there was an
 * instruction: an interrupt was waiting, or its page was not there.
 */
static void on_gap(uint64_t ticks, bool leaves)
{
	t.gap = t.side == GUEST && ticks == 1 && leaves;
	if (t.gap)
		return;
	if (!t.delivers && !t.halted)
		guest__lost(ticks);
}

/* What the guest executed, though its instructions were not seen. */
static void find_unseen(void)
{
	static uint32_t way[UNSEEN];

	if (t.unseen <= UNSEEN &&
	    guest_code__way(t.entry_rip, t.unseen, t.exit_rip, t.gap,
			    t.loaded, way)) {
		for (uint64_t i = 0; i < t.unseen; i++)
			guest__insn(way[i]);
	} else {
		guest__ticks(t.unseen);
	}
	t.unseen = 0;
}

static void leave_guest(void)
{
	if (t.unseen)
		find_unseen();
	guest__ticks(t.gap);
	guest__exit(true);
	t.side = HOST;
}

static void on_instruction(struct block *b)
{
	t.block = b;
	if (t.side == GUEST && b && b->addr == t.goes_on)
		leave_guest();
	t.gap = false;
	if (b && t.side == GUEST)
		guest__insn(b->insn[0]);
	else if (b)
		on_host(b);
	else if (t.side != GUEST)
		guest__lost(1);
	else if (t.unseen++ < UNSEEN)
		t.loaded[t.unseen - 1] = 0;
}

/* What follows "(0).[". */
static bool take_instruction(const char *p, const char *end)
{
	struct seen *s = NULL;
	uint64_t tick;

	if (!number(&p, end, 10, &tick) || !literal(&p, end, "] "))
		return false;
	if (p < end && *p == '[') {
		s = instruction(p, end);
		if (!s)
			return false;
	}
	if (t.began && tick != t.tick + 1)
		on_gap(tick - t.tick - 1,
		       s && t.side == GUEST && s->rip == t.goes_on);
	t.began = true;
	t.tick = tick;
	t.delivers = t.halted = false;
	on_instruction(s ? s->block : NULL);
	return true;
}

/* So many bytes, as accesses of a power of two each. */
static void access(uint64_t addr, uint64_t size, bool store)
{
	for (unsigned int shift = 6; size; shift--) {
		for (; size >= 1u << shift; size -= 1u << shift) {
			exit_path__memory(t.block->insn[0], addr, shift, store);
			addr += 1u << shift;
		}
	}
}

/* "...): 0xHIGH 0xLOW", the value of eight bytes. */
static bool value(const char *p, const char *end, uint64_t *to)
{
	uint64_t high, low;

	p = memchr(p, ':', end - p);
	if (!p || !literal(&p, end, ": 0x") || !number(&p, end, 16, &high) ||
	    !literal(&p, end, " 0x") || !number(&p, end, 16, &low))
		return false;
	*to = high << 32 | low;
	return true;
}

/*
 * What follows "[CPU0 RD]: PHY 0x": the CPU reads the guest's RIP from the VMCB
 * when it enters the guest, and writes it when it leaves.
 */
static void note_rip(bool write, const char *p, const char *end)
{
	uint64_t addr;

	if (number(&p, end, 16, &addr) && (addr & 0xfff) == VMCB_RIP &&
	    end - p > 6 && !memcmp(end - 6, "; VMCS", 6))
		value(p, end, write ? &t.exit_rip : &t.entry_rip);
}

/* What follows "[CPU0 ". What the CPU accesses for itself is not counted. */
static bool take_access(const char *p, const char *end)
{
	const char *kind = p;
	uint64_t addr, n;

	p = memchr(p, ']', end - p);
	if (!p || p - kind < 2 || !literal(&p, end, "]: "))
		return false;
	if (literal(&p, end, "PHY 0x")) {
		if (t.side == GUEST)
			note_rip(kind[0] == 'W', p, end);
		return true;
	}
	if (!literal(&p, end, "LIN 0x"))
		return false;
	if (!number(&p, end, 16, &addr) || !literal(&p, end, " PHY 0x") ||
	    !number(&p, end, 16, &n) || !literal(&p, end, " (len=") ||
	    !number(&p, end, 10, &n) || n > 64)
		return false;
	if (t.side == GUEST && t.unseen && t.unseen <= UNSEEN && kind[0] == 'R')
		value(p, end, &t.loaded[t.unseen - 1]);
	if (t.side != HOST || !t.block || t.delivers)
		return true;
	if (kind[0] == 'R')
		access(addr, n, false);
	if (kind[0] == 'W' || kind[1] == 'W')
		access(addr, n, true);
	return true;
}

bool bochs_trace__line(const char *line, size_t len)
{
	const char *p = line, *end = line + len;

	if (literal(&p, end, "Tracing ")) {
		t.on = literal(&p, end, "enabled");
		if (!t.on && t.side == HOST)
			guest__over();
		t.began = false;
		return true;
	}
	if (!t.on)
		return false;
	if (literal(&p, end, "(0).["))
		return take_instruction(p, end);
	if (literal(&p, end, "[CPU0 "))
		return take_access(p, end);
	if (!literal(&p, end, "CPU 0: "))
		return false;
	t.delivers |= literal(&p, end, "Exception 0x") ||
		      literal(&p, end, "Interrupt 0x");
	t.halted |= literal(&p, end, "HALTED");
	return true;
}

void bochs_trace__write(FILE *f)
{
	guest__write_log(f);
}
