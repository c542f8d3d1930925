// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"
#include "probe_log.h"

struct reader {
	struct probe_log *log;
	struct decoder *decoder;
	struct probe_path *path;	/* being read */
	/* Its newest instructions, until it is known what they accessed. */
	struct step *pending;
	size_t nr_pending, next_pending;
	size_t room_insns, room_steps, room_paths, room_pending;
	bool head, bye;
};

/* Room for one more of nr, doubling. */
static void *grow(void *p, size_t nr, size_t *room, size_t size)
{
	if (nr < *room)
		return p;
	*room = *room ? *room * 2 : 256;
	return xrealloc(p, *room * size);
}

static size_t from_hex(const char *text, uint8_t *bytes, size_t size)
{
	size_t n = 0;
	unsigned int b;

	while (n < size && isxdigit(text[2 * n]) &&
	       isxdigit(text[2 * n + 1]) &&
	       sscanf(text + 2 * n, "%2x", &b) == 1)
		bytes[n++] = b;
	return n;
}

static bool read_insn(struct reader *r, const char *line)
{
	struct probe_log *log = r->log;
	char hex[32];
	uint8_t bytes[15];
	uint64_t addr;
	size_t i, n;

	if (sscanf(line, "insn %zu %" SCNx64 " %31s", &i, &addr, hex) != 3 ||
	    i != log->nr_insns || log->ran)
		return false;
	n = from_hex(hex, bytes, sizeof(bytes));
	if (!n || n * 2 != strlen(hex))
		return false;
	log->insn = grow(log->insn, log->nr_insns, &r->room_insns,
			 sizeof(*log->insn));
	insn__decode(r->decoder, &log->insn[log->nr_insns++], addr, bytes, n);
	return true;
}

static bool read_path(struct reader *r, const char *line)
{
	struct probe_log *log = r->log;
	struct probe_path p = { 0 };
	char guest[32], least[24], most[24], sum[24];
	int stored;

	if (sscanf(line, "path %" SCNu64 " %u %15s %31s %" SCNu64 " %" SCNu64
		   " %23s %23s %23s %d", &p.count, &p.phase, p.how, guest,
		   &p.own, &p.irq, least, most, sum, &stored) != 10 || r->path)
		return false;
	p.guest_len = from_hex(guest, p.guest, sizeof(p.guest));
	if ((stored != 0 && stored != 1) ||
	    (p.guest_len * 2u != strlen(guest) && strcmp(guest, "-")))
		return false;
	p.stored = stored == 1;
	if (p.stored) {
		p.lines_min = strtoull(least, NULL, 10);
		p.lines_max = strtoull(most, NULL, 10);
		p.lines_sum = strtoull(sum, NULL, 10);
	}
	log->path = grow(log->path, log->nr_paths, &r->room_paths,
			 sizeof(*log->path));
	log->path[log->nr_paths++] = p;
	r->path = &log->path[log->nr_paths - 1];
	r->room_steps = 0;
	return p.count > 0;
}

static void add_step(struct reader *r, struct step s)
{
	struct probe_path *p = r->path;

	p->step = grow(p->step, p->nr_steps, &r->room_steps,
		       sizeof(*p->step));
	p->step[p->nr_steps++] = s;
}

static void add_pending(struct reader *r, uint32_t insn)
{
	r->pending = grow(r->pending, r->nr_pending, &r->room_pending,
			  sizeof(*r->pending));
	r->pending[r->nr_pending++] = (struct step) { STEP_INSN, 0, insn, 0 };
}

static void flush_pending(struct reader *r)
{
	while (r->next_pending < r->nr_pending)
		add_step(r, r->pending[r->next_pending++]);
	r->nr_pending = r->next_pending = 0;
}

/*
 * The plugin hears of a block before its accesses: put each after its
 * instruction.
 */
static void add_access(struct reader *r, struct step s)
{
	size_t i = r->next_pending;

	while (i < r->nr_pending && r->pending[i].insn != s.insn)
		i++;
	if (i < r->nr_pending) {
		while (r->next_pending <= i)
			add_step(r, r->pending[r->next_pending++]);
	}
	add_step(r, s);
}

/* ran A B MEASURED */
static bool read_ran(struct reader *r, const char *line)
{
	struct probe_log *log = r->log;
	unsigned int a, b, measured;

	if (sscanf(line, "ran %u %u %u", &a, &b, &measured) != 3 || a > b ||
	    b >= log->nr_insns || measured > 1)
		return false;
	if (!log->ran)
		log->ran = xcalloc(log->nr_insns, sizeof(*log->ran));
	for (; a <= b; a++)
		log->ran[a] = measured ? RAN_MEASURED : RAN_OUTSIDE;
	return true;
}

/* x A B, l I ADDR SIZE, s I ADDR SIZE, i 0|1 */
static bool read_step(struct reader *r, const char *line)
{
	size_t nr = r->log->nr_insns;
	unsigned int a, b, size;
	uint64_t addr;

	if (!r->path)
		return false;
	switch (line[0]) {
	case 'x':
		if (sscanf(line, "x %u %u", &a, &b) != 2 || a > b || b >= nr)
			return false;
		if (r->next_pending)
			flush_pending(r);
		for (; a <= b; a++)
			add_pending(r, a);
		return true;
	case 'l':
	case 's':
		if (sscanf(line + 1, " %u %" SCNx64 " %u", &a, &addr,
			   &size) != 3 || a >= nr || size > 64)
			return false;
		add_access(r, (struct step) {
			   line[0] == 'l' ? STEP_LOAD : STEP_STORE, size, a,
			   addr });
		return true;
	case 'i':
		if (sscanf(line, "i %u", &a) != 1 || a > 1)
			return false;
		flush_pending(r);
		add_step(r, (struct step) { a ? STEP_ENTER : STEP_LEAVE, 0, 0,
			 0 });
		return true;
	}
	return false;
}

static bool read_sample(struct reader *r, const char *line)
{
	struct probe_log *log = r->log;
	struct probe_sample s;

	if (sscanf(line, "sample %" SCNu64 " %" SCNu64, &s.ticks,
		   &s.count) != 2)
		return false;
	log->sample = xrealloc(log->sample, (log->nr_samples + 1) * sizeof(s));
	log->sample[log->nr_samples++] = s;
	return true;
}

static bool read_total(struct reader *r, const char *line)
{
	struct probe_log *log = r->log;
	const struct { const char *name; uint64_t *to; } known[] = {
		{ "exits", &log->exits },
		{ "odd", &log->odd },
		{ "long", &log->overflow },
		{ "uncounted", &log->uncounted },
		{ "lost", &log->lost },
		{ "vcpus", &log->vcpus },
	};
	char name[32];
	uint64_t n;

	if (sscanf(line, "total %31s %" SCNu64, name, &n) != 2)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (!strcmp(name, known[i].name))
			*known[i].to = n;
	}
	return true;
}

static bool read_line(struct reader *r, const char *line)
{
	int version;

	if (r->bye)
		return false;
	if (!r->head) {
		r->head = sscanf(line, "faultprobe %d", &version) == 1 &&
			  version == PROBE_VERSION;
		return r->head;
	}
	if (!strcmp(line, "bye")) {
		r->bye = !r->path;
		return r->bye;
	}
	if (!strcmp(line, "end")) {
		bool was = r->path != NULL;

		if (was)
			flush_pending(r);
		r->path = NULL;
		return was;
	}
	if (!strncmp(line, "insn ", 5))
		return read_insn(r, line);
	if (!strncmp(line, "ran ", 4))
		return read_ran(r, line);
	if (!strncmp(line, "path ", 5))
		return read_path(r, line);
	if (!strncmp(line, "sample ", 7))
		return read_sample(r, line);
	if (!strncmp(line, "total ", 6))
		return read_total(r, line);
	return read_step(r, line);
}

static int by_ticks(const void *a, const void *b)
{
	const struct probe_sample *x = a, *y = b;

	return (x->ticks > y->ticks) - (x->ticks < y->ticks);
}

int probe_log__read(struct probe_log *log, const char *path, char *err,
		    size_t errlen)
{
	struct reader r = { .log = log, .decoder = decoder__new() };
	char line[512];
	size_t nr = 0;
	bool good = true;
	FILE *f = fopen(path, "r");

	memset(log, 0, sizeof(*log));
	log->vcpus = 1;
	if (!f || !r.decoder) {
		int e = f ? ENOMEM : errno;

		snprintf(err, errlen, "%s: %s", path, strerror(e));
		if (f)
			fclose(f);
		decoder__free(r.decoder);
		return -e;
	}
	while (good && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		nr++;
		good = read_line(&r, line);
	}
	fclose(f);
	free(r.pending);
	decoder__free(r.decoder);
	if (log->nr_samples)
		qsort(log->sample, log->nr_samples, sizeof(*log->sample),
		      by_ticks);
	if (good && r.bye && !log->lost)
		return 0;
	if (good && r.bye)
		snprintf(err, errlen, "%s lacks %" PRIu64 " instructions that were executed",
			 path, log->lost);
	else
		snprintf(err, errlen, good ? "%s ends after line %zu" :
		 "%s line %zu says what it cannot say", path, nr);
	probe_log__free(log);
	return -EINVAL;
}

void probe_log__free(struct probe_log *log)
{
	for (size_t i = 0; i < log->nr_paths; i++)
		free(log->path[i].step);
	free(log->path);
	free(log->sample);
	free(log->insn);
	free(log->ran);
	memset(log, 0, sizeof(*log));
}
