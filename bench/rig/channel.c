// SPDX-License-Identifier: GPL-2.0
/*
 * From the channel's lines to a record. What bench/record/wire.h promises is
 * checked: every number, every checksum, a cell that ends, a host that says
 * bye.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cycles.h"
#include "guest.h"
#include "rig.h"
#include "wire.h"

static void set_why(struct channel_log *h, const char *why)
{
	free(h->why);
	h->why = xstrdup(why);
}

/* "<a> <number>" into *a (inside s) and *n. */
static bool split_number(char *s, char **a, int64_t *n)
{
	char *space = strchr(s, ' '), *end;

	if (!space)
		return false;
	*space = '\0';
	*a = s;
	errno = 0;
	*n = strtoll(space + 1, &end, 10);
	return !errno && end != space + 1 && !*end;
}

static bool hear_num(struct record *r, struct channel_log *h, const char *name,
		     int64_t value)
{
	if (value < 0)
		return false;
	if (!strcmp(name, "events"))
		r->events = value;
	else if (!strcmp(name, "total"))
		r->total = value;
	else if (!strcmp(name, "irqs"))
		r->irqs = value;
	else if (!strcmp(name, "clock_floor"))
		r->clock_floor = value;
	else if (!strcmp(name, "chunk"))
		h->chunk = value;
	else
		return !strcmp(name, "samples");
	return true;
}

static bool hear_bin(struct record *r, const char *ticks, int64_t count)
{
	char *end;
	uint64_t t = strtoull(ticks, &end, 10);

	if (*end || count < 1 || count > GUEST_MAX_EVENTS ||
	    (r->nr_bins && t <= r->bin[r->nr_bins - 1].ticks))
		return false;
	r->bin = xrealloc(r->bin, (r->nr_bins + 1) * sizeof(*r->bin));
	r->bin[r->nr_bins++] = (struct bin) { t, count };
	return true;
}

static bool hear_block(struct channel_log *h, const char *text)
{
	char *end;
	uint64_t ticks = strtoull(text, &end, 10);

	if (*end || !*text || h->nr_blocks >= GUEST_MAX_EVENTS)
		return false;
	h->block = xrealloc(h->block, (h->nr_blocks + 1) * sizeof(*h->block));
	h->block[h->nr_blocks++] = ticks;
	return true;
}

/* "<nr> <touches> <faults> <begin> <ticks>", nr counting from 0. */
static bool hear_vcpu(struct record *r, const char *rest)
{
	unsigned long long nr, touches, begin, ticks;
	long long faults;
	int end = 0;

	if (sscanf(rest, "%llu %llu %lld %llu %llu%n", &nr, &touches, &faults,
		   &begin, &ticks, &end) != 5 || rest[end] ||
	    nr != r->nr_vcpus || faults < -1)
		return false;
	record__add_vcpu(r, &(struct record_vcpu) {
		.touches = touches, .faults = faults, .begin = begin,
		.ticks = ticks,
	});
	return true;
}

static bool hear_str(struct record *r, char *rest)
{
	char *text = strchr(rest, ' ');
	json_t *s;

	if (!text)
		return false;
	*text++ = '\0';
	s = json_string(text);
	return s && !json_object_set_new(r->host, rest, s);
}

static bool hear_end(char *rest, struct channel_log *h)
{
	char *outcome = strchr(rest, ' '), *why;

	why = outcome ? strchr(outcome + 1, ' ') : NULL;
	if (!why || h->end)
		return false;
	*why++ = '\0';
	h->end = xstrdup(outcome + 1);
	set_why(h, why);
	return true;
}

static bool hear_line(char *word, struct record *r, struct channel_log *h)
{
	char *rest = strchr(word, ' '), *name;
	int64_t n;

	if (!rest)
		return false;
	*rest++ = '\0';
	if (!strcmp(word, "hello"))
		return atoi(rest) == WIRE_PROTOCOL;
	if (!strcmp(word, "cell"))
		return true;
	if (!strcmp(word, "str"))
		return hear_str(r, rest);
	if (!strcmp(word, "end"))
		return hear_end(rest, h);
	if (!strcmp(word, "die")) {
		h->died = true;
		set_why(h, rest);
		return true;
	}
	if (!strcmp(word, "bye")) {
		h->done = h->end != NULL;
		return h->done;
	}
	if (!strcmp(word, "block"))
		return hear_block(h, rest);
	if (!strcmp(word, "perf")) {
		strlist__add(&h->perf, rest);
		return true;
	}
	if (!strcmp(word, "vcpu"))
		return hear_vcpu(r, rest);
	if (!split_number(rest, &name, &n))
		return false;
	if (!strcmp(word, "num"))
		return hear_num(r, h, name, n);
	if (!strcmp(word, "hist"))
		return hear_bin(r, name, n);
	if (!strcmp(word, "stat")) {
		numbers__add(&r->stats, name, n);
		return true;
	}
	if (!strcmp(word, "count")) {
		numbers__add(&h->counts, name, n);
		return n >= 0;
	}
	return false;
}

void channel__parse(char *text, struct record *r, struct channel_log *h)
{
	unsigned int seq = 0;
	char *save, *line;

	*h = (struct channel_log) { 0 };
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save), seq++) {
		const char *why = "a line says what it cannot say";
		char *payload = wire__parse(line, seq, &why), *full;

		if (payload && hear_line(payload, r, h))
			continue;
		h->damaged = true;
		full = xasprintf("channel line %u: %s", seq, why);
		set_why(h, full);
		free(full);
		return;
	}
	if (!h->done && !h->died && !h->end) {
		h->why = xasprintf("the channel ends after %u lines", seq);
	}
}

#define BLOCKS	64	/* of a noisy rig, a boot */

struct plan_cell channel__noisy_cell(const struct workload *w)
{
	struct plan_cell c = w->cell;
	uint64_t samples = c.overlap ? c.events * c.vcpus : c.events;

	c.chunk = samples > BLOCKS ? samples / BLOCKS : 1;
	c.counters = 1;
	return c;
}

char *channel__too_few(const struct workload *w)
{
	if (w->cell.events >= CYCLES_BLOCKS_MIN)
		return NULL;
	return xasprintf("%llu events: a figure in cycles needs %d, to tell it from noise",
			 (unsigned long long)w->cell.events, CYCLES_BLOCKS_MIN);
}

/* The host's counters a fault into c, the guest's as they are into the stats. */
static void take_counts(const struct channel_log *h, struct record *r,
			struct cycles *c)
{
	for (size_t i = 0; i < h->counts.nr; i++) {
		const struct number *n = &h->counts.item[i];
		char *name = xasprintf("perf_%s", n->name);

		numbers__add(&r->stats, name, n->value);
		free(name);
		for (size_t p = 0; p < NR_CYCLES_PMU; p++) {
			if (!strncmp(n->name, "host_", 5) &&
			    !strcmp(n->name + 5, cycles_pmu_names[p]))
				c->pmu[p] = (double)n->value / r->events;
		}
	}
}

int channel__cycles(const struct channel_log *h, struct record *r, char *err,
		  size_t errlen)
{
	struct cycles_series *s;

	if (!h->chunk || !h->nr_blocks || !r->events) {
		snprintf(err, errlen, "the host said no blocks");
		return -1;
	}
	r->cycles = cycles__new();
	s = &r->cycles->mode[CYCLES_HOT];
	s->block = xcalloc(h->nr_blocks, sizeof(*s->block));
	s->nr = h->nr_blocks;
	for (size_t i = 0; i < s->nr; i++)
		s->block[i] = (double)h->block[i] / h->chunk;
	s->chunk = h->chunk;
	s->floor = r->clock_floor;
	s->kept = 1;			/* nothing is filtered */
	take_counts(h, r, r->cycles);
	return 0;
}

void channel__free(struct channel_log *h)
{
	for (size_t i = 0; i < h->counts.nr; i++)
		free(h->counts.item[i].name);
	free(h->counts.item);
	strlist__free(&h->perf);
	free(h->block);
	free(h->end);
	free(h->why);
}
