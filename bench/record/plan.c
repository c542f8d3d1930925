// SPDX-License-Identifier: GPL-2.0
/*
 * The plan's text, written and read by one table of fields; see plan.h.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "plan.h"

struct word {
	const char *text;
	uint64_t value;
};

static const struct word ops[] = {
	{ "read", GUEST_READ }, { "write", GUEST_WRITE }, { 0 } };
static const struct word orders[] = {
	{ "linear", GUEST_LINEAR }, { "random", GUEST_RANDOM }, { 0 } };
static const struct word readies[] = {
	{ "nothing", READY_NOTHING }, { "zap", READY_ZAP },
	{ "dirty-log", READY_DIRTY_LOG }, { "dirty-ring", READY_DIRTY_RING },
	{ "age", READY_AGE }, { "invalidate", READY_INVALIDATE },
	{ "move-slot", READY_MOVE_SLOT }, { 0 } };
static const struct word starts[] = {
	{ "nothing", START_NOTHING }, { "pre-fault", START_PRE_FAULT }, { 0 } };
static const struct word backings[] = {
	{ "anonymous", BACKING_ANONYMOUS }, { "userfaultfd", BACKING_USERFAULTFD },
	{ "guest-memfd", BACKING_GUEST_MEMFD }, { 0 } };
static const struct word sizes[] = {
	{ "4k", 4096 }, { "2m", 2 << 20 }, { "1g", 1 << 30 }, { 0 } };
static const struct word slots[] = {
	{ "no", PLAN_NO_SLOT }, { "yes", PLAN_SLOT },
	{ "readonly", PLAN_SLOT_READONLY }, { 0 } };
static const struct word bools[] = { { "no", 0 }, { "yes", 1 }, { 0 } };

#define FIELD(f, def, least, most, words) \
	{ #f, offsetof(struct plan_cell, f), def, least, most, words }

static const struct field {
	const char *key;
	size_t offset;
	uint64_t def, least, most;
	const struct word *words;	/* NULL: a number */
} fields[] = {
	FIELD(events, 4096, 0, GUEST_MAX_EVENTS, NULL),
	FIELD(region_gpa, 0x40000000, GUEST_LOW_SIZE, 1ull << 39, NULL),
	FIELD(stride, 4096, 4096, 1 << 30, NULL),
	FIELD(slot, PLAN_SLOT, 0, PLAN_SLOT_READONLY, slots),
	FIELD(page_size, 4096, 4096, 1 << 30, sizes),
	FIELD(populate, 1, 0, 1, bools),
	FIELD(paging, 1, 0, 1, bools),
	FIELD(backing, BACKING_ANONYMOUS, 0, BACKING_GUEST_MEMFD, backings),
	FIELD(irqchip, 0, 0, 1, bools),
	FIELD(stale, 0, 0, 1, bools),
	FIELD(op, GUEST_READ, 0, 1, ops),
	FIELD(order, GUEST_LINEAR, 0, 1, orders),
	FIELD(pretouch, 0, 0, 1, bools),
	FIELD(ready, READY_NOTHING, 0, READY_MOVE_SLOT, readies),
	FIELD(start, START_NOTHING, 0, START_PRE_FAULT, starts),
	FIELD(vcpus, 1, 1, PLAN_MAX_VCPUS, NULL),
	FIELD(overlap, 0, 0, 1, bools),
	FIELD(seed, 1, 0, UINT64_MAX, NULL),
	FIELD(memory, 64, 8, PLAN_MAX_MEMORY, NULL),
	FIELD(limit_ms, 1000, 1, 3600000, NULL),
	FIELD(chunk, 0, 0, GUEST_MAX_EVENTS, NULL),
	FIELD(counters, 0, 0, 1, bools),
	FIELD(spin, 0, 0, 1000000000, NULL),
	FIELD(pages, 0, 0, 65536, NULL),
};
#define NR_FIELDS	(sizeof(fields) / sizeof(fields[0]))

static uint64_t *field_at(struct plan_cell *cell, const struct field *f)
{
	return (uint64_t *)((char *)cell + f->offset);
}

void plan__init(struct plan_cell *cell)
{
	memset(cell, 0, sizeof(*cell));
	for (size_t i = 0; i < NR_FIELDS; i++)
		*field_at(cell, &fields[i]) = fields[i].def;
}

static int set_name(char *to, size_t size, const char *value)
{
	size_t n = strlen(value);

	if (!n || n >= size ||
	    strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			  "0123456789-_.+") != n || value[0] == '.')
		return -EINVAL;
	memcpy(to, value, n + 1);
	return 0;
}

/* A list of events, as perf's -e takes it: no blank, nothing that is no text. */
static int set_events(char *to, size_t size, const char *value)
{
	size_t n = strlen(value);

	if (!n || n >= size || *value == '-')
		return -EINVAL;
	for (const char *c = value; *c; c++) {
		if (*c <= ' ' || *c > '~')
			return -EINVAL;
	}
	memcpy(to, value, n + 1);
	return 0;
}

static int set_field(struct plan_cell *cell, const struct field *f,
		     const char *value)
{
	const struct word *w;
	uint64_t n;
	char *end;

	if (f->words) {
		for (w = f->words; w->text; w++) {
			if (!strcmp(w->text, value)) {
				*field_at(cell, f) = w->value;
				return 0;
			}
		}
		return -EINVAL;
	}
	errno = 0;
	n = strtoull(value, &end, 0);
	if (errno || *end || value[0] < '0' || value[0] > '9' ||
	    n < f->least || n > f->most)
		return -EINVAL;
	*field_at(cell, f) = n;
	return 0;
}

int plan__set(struct plan_cell *cell, const char *key, const char *value)
{
	if (!strcmp(key, "cell"))
		return set_name(cell->id, sizeof(cell->id), value);
	if (!strcmp(key, "guest"))
		return set_name(cell->guest, sizeof(cell->guest), value);
	if (!strcmp(key, "perf"))
		return set_events(cell->perf, sizeof(cell->perf), value);
	for (size_t i = 0; i < NR_FIELDS; i++) {
		if (!strcmp(fields[i].key, key))
			return set_field(cell, &fields[i], value);
	}
	return -ENOENT;
}

uint64_t plan__region_size(const struct plan_cell *cell)
{
	uint64_t size = cell->events * cell->stride;

	return (size + cell->page_size - 1) & ~(cell->page_size - 1);
}

void plan__print_header(FILE *f)
{
	fprintf(f, "faultline-plan %d\n", PLAN_VERSION);
}

void plan__print(FILE *f, const struct plan_cell *cell)
{
	fprintf(f, "cell %s\nguest %s\n", cell->id, cell->guest);
	for (size_t i = 0; i < NR_FIELDS; i++) {
		uint64_t v = *field_at((struct plan_cell *)cell, &fields[i]);
		const struct word *w = fields[i].words;

		while (w && w->text && w->value != v)
			w++;
		if (w && w->text)
			fprintf(f, "%s %s\n", fields[i].key, w->text);
		else
			fprintf(f, "%s %llu\n", fields[i].key,
				(unsigned long long)v);
	}
	if (*cell->perf)
		fprintf(f, "perf %s\n", cell->perf);
	fputs("run\n", f);
}

/* One line without its newline. 1, or 0 at the end, or -1 when too long. */
static int next_line(FILE *f, char *buf, size_t size, unsigned int *line)
{
	size_t n;

	if (!fgets(buf, size, f))
		return 0;
	++*line;
	n = strlen(buf);
	if (!n || buf[n - 1] != '\n')
		return -1;
	buf[n - 1] = '\0';
	return 1;
}

int plan__parse(FILE *f, struct plan_cell *cell, unsigned int *line,
		char *err, size_t errlen)
{
	char buf[512], *value;
	int r, open = 0;

	plan__init(cell);
	while ((r = next_line(f, buf, sizeof(buf), line)) > 0) {
		if (*line == 1) {
			char want[32];

			snprintf(want, sizeof(want), "faultline-plan %d",
				 PLAN_VERSION);
			if (strcmp(buf, want)) {
				snprintf(err, errlen, "line 1: want '%s', found '%s'",
					 want, buf);
				return -1;
			}
			continue;
		}
		if (!strcmp(buf, "run")) {
			if (cell->id[0] && cell->guest[0])
				return 1;
			snprintf(err, errlen, "line %u: 'run' before cell and guest",
				 *line);
			return -1;
		}
		open = 1;
		value = strchr(buf, ' ');
		if (value)
			*value++ = '\0';
		if (!value || plan__set(cell, buf, value)) {
			snprintf(err, errlen, "line %u: '%s' cannot be '%s'",
				 *line, buf, value ? value : "");
			return -1;
		}
	}
	if (r < 0 || open || !*line) {
		snprintf(err, errlen, "line %u: the plan ends in the middle",
			 *line);
		return -1;
	}
	return 0;
}
