// SPDX-License-Identifier: GPL-2.0
/*
 * From the channel's lines to a record. What bench/record/wire.h promises is
 * checked: every number, every checksum, a cell that ends, a host that sends
 * its `bye`.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "cycles.h"
#include "guest.h"
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

static bool parse_hello(char *rest, struct record *r, struct channel_log *h)
{
	(void)r;
	(void)h;
	return atoi(rest) == WIRE_PROTOCOL;
}

/* A plan has one cell. */
static bool parse_cell(char *rest, struct record *r, struct channel_log *h)
{
	(void)r;
	if (h->cell)
		return false;
	h->cell = xstrdup(rest);
	return true;
}

static bool parse_str(char *rest, struct record *r, struct channel_log *h)
{
	char *text = strchr(rest, ' ');
	json_t *s;

	(void)h;
	if (!text)
		return false;
	*text++ = '\0';
	/* A record holds none: a terminal would do what it says. */
	for (char *p = text; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	}
	s = json_string(text);
	return s && !json_object_set_new(r->host, rest, s);
}

static bool parse_num(char *rest, struct record *r, struct channel_log *h)
{
	const struct {
		const char *name;
		uint64_t *to;	/* NULL: the samples themselves follow */
	} nums[] = {
		{ "events", &r->events },
		{ "total", &r->total },
		{ "irqs", &r->irqs },
		{ "clock_floor", &r->clock_floor },
		{ "chunk", &h->chunk },
		{ "samples", NULL },
	};
	char *name;
	int64_t n;

	if (!split_number(rest, &name, &n) || n < 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(nums); i++) {
		if (strcmp(nums[i].name, name))
			continue;
		if (nums[i].to)
			*nums[i].to = n;
		return true;
	}
	return false;
}

/* "<nr> <touches> <faults> <begin> <ticks>", nr counting from 0. */
static bool parse_vcpu(char *rest, struct record *r, struct channel_log *h)
{
	unsigned long long nr, touches, begin, ticks;
	long long faults;
	int end = 0;

	(void)h;
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

static bool parse_stat(char *rest, struct record *r, struct channel_log *h)
{
	char *name;
	int64_t n;

	(void)h;
	if (!split_number(rest, &name, &n))
		return false;
	numbers__add(&r->stats, name, n);
	return true;
}

static bool parse_count(char *rest, struct record *r, struct channel_log *h)
{
	char *name;
	int64_t n;

	(void)r;
	if (!split_number(rest, &name, &n) || n < 0)
		return false;
	numbers__add(&h->counts, name, n);
	return true;
}

static bool parse_perf(char *rest, struct record *r, struct channel_log *h)
{
	(void)r;
	strlist__add(&h->perf, rest);
	return true;
}

static bool parse_block(char *rest, struct record *r, struct channel_log *h)
{
	char *end;
	uint64_t ticks = strtoull(rest, &end, 10);

	(void)r;
	if (*end || !*rest || h->nr_blocks >= GUEST_MAX_EVENTS)
		return false;
	h->block = xrealloc(h->block, (h->nr_blocks + 1) * sizeof(*h->block));
	h->block[h->nr_blocks++] = ticks;
	return true;
}

/* "<ticks> <count>", ticks rising. */
static bool parse_hist(char *rest, struct record *r, struct channel_log *h)
{
	char *ticks, *end;
	int64_t count;
	uint64_t t;

	(void)h;
	if (!split_number(rest, &ticks, &count))
		return false;
	t = strtoull(ticks, &end, 10);
	if (*end || count < 1 || count > GUEST_MAX_EVENTS ||
	    (r->nr_bins && t <= r->bin[r->nr_bins - 1].ticks))
		return false;
	r->bin = xrealloc(r->bin, (r->nr_bins + 1) * sizeof(*r->bin));
	r->bin[r->nr_bins++] = (struct bin) { t, count };
	return true;
}

/* "<id> <outcome> <why>" */
static bool parse_end(char *rest, struct record *r, struct channel_log *h)
{
	char *outcome = strchr(rest, ' '), *why;

	(void)r;
	why = outcome ? strchr(outcome + 1, ' ') : NULL;
	if (!why || h->end)
		return false;
	*why++ = '\0';
	h->end = xstrdup(outcome + 1);
	set_why(h, why);
	return true;
}

static bool parse_die(char *rest, struct record *r, struct channel_log *h)
{
	(void)r;
	h->died = true;
	set_why(h, rest);
	return true;
}

static bool parse_bye(char *rest, struct record *r, struct channel_log *h)
{
	(void)rest;
	(void)r;
	h->done = h->end != NULL;
	return h->done;
}

static const struct {
	const char *word;
	bool (*parse)(char *rest, struct record *r, struct channel_log *h);
} words[] = {
	{ "hello", parse_hello },
	{ "str", parse_str },
	{ "cell", parse_cell },
	{ "num", parse_num },
	{ "vcpu", parse_vcpu },
	{ "stat", parse_stat },
	{ "count", parse_count },
	{ "perf", parse_perf },
	{ "block", parse_block },
	{ "hist", parse_hist },
	{ "end", parse_end },
	{ "die", parse_die },
	{ "bye", parse_bye },
};

static bool parse_line(char *word, struct record *r, struct channel_log *h)
{
	char *rest = strchr(word, ' ');

	if (!rest)
		return false;
	*rest++ = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(words[i].word, word))
			return words[i].parse(rest, r, h);
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
		const char *why = "malformed line";
		char *payload = wire__parse(line, seq, &why), *full;

		if (payload && parse_line(payload, r, h))
			continue;
		h->damaged = true;
		full = xasprintf("channel line %u: %s", seq, why);
		set_why(h, full);
		free(full);
		return;
	}
	if (!h->done && !h->died && !h->end)
		h->why = xasprintf("the channel ends after %u lines", seq);
}

#define BLOCKS	64	/* per boot of a rig that measures cycles */

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
	return xasprintf("%llu events: a figure in cycles needs at least %d",
			 (unsigned long long)w->cell.events, CYCLES_BLOCKS_MIN);
}

/* The host's counters per fault into c, all of them as they are into the stats. */
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
		snprintf(err, errlen, "the host sent no blocks");
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
	free(h->cell);
	free(h->why);
}
