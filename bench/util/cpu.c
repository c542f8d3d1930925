// SPDX-License-Identifier: GPL-2.0
/*
 * What this CPU offers, less what is hidden; see cpu.h.
 */
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu.h"

enum { EAX, EBX, ECX, EDX };

/* What the harness executes, and what alternatives in the handler depend on. */
static const struct feature {
	const char *name;
	uint32_t leaf;
	unsigned int reg, bit;
} features[] = {
	{ "rdtscp", 0x80000001, EDX, 27 },
	{ "popcnt", 1, ECX, 23 },
	{ "erms", 7, EBX, 9 },
	{ "fsrm", 7, EDX, 4 },
};

static const struct feature *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		if (!strcmp(features[i].name, name))
			return &features[i];
	}
	return NULL;
}

bool cpu__knows(const char *feature)
{
	return find(feature);
}

static int unknown(const char *name, char *err, size_t errlen)
{
	struct strlist known = { 0 };
	char *names;

	for (size_t i = 0; i < ARRAY_SIZE(features); i++)
		strlist__add(&known, features[i].name);
	names = strlist__join(&known, ", ");
	snprintf(err, errlen, CPU_HIDE ": no feature '%s'; there are: %s", name,
		 names);
	free(names);
	strlist__free(&known);
	return -1;
}

int cpu__check_hidden(char *err, size_t errlen)
{
	const char *names = getenv(CPU_HIDE);
	struct strlist l = { 0 };
	int ret = 0;

	if (!names || !*names)
		return 0;
	strlist__split(&l, names, ',');
	for (size_t i = 0; i < l.nr && !ret; i++) {
		if (!find(l.item[i]))
			ret = unknown(l.item[i], err, errlen);
	}
	strlist__free(&l);
	return ret;
}

static void hide(uint32_t leaf, uint32_t reg[4])
{
	const char *names = getenv(CPU_HIDE);
	struct strlist l = { 0 };

	if (!names || !*names)
		return;
	strlist__split(&l, names, ',');
	for (size_t i = 0; i < l.nr; i++) {
		const struct feature *f = find(l.item[i]);

		if (f && f->leaf == leaf)
			reg[f->reg] &= ~(1u << f->bit);
	}
	strlist__free(&l);
}

bool cpu__cpuid(uint32_t leaf, uint32_t reg[4])
{
	bool there;

	memset(reg, 0, 4 * sizeof(reg[0]));
	there = __get_cpuid_count(leaf, 0, &reg[EAX], &reg[EBX],
				  &reg[ECX], &reg[EDX]);
	hide(leaf, reg);
	return there;
}

bool cpu__has(const char *feature)
{
	const struct feature *f = find(feature);
	uint32_t reg[4];

	return f && cpu__cpuid(f->leaf, reg) && reg[f->reg] >> f->bit & 1;
}

void cpu__lacks(struct strlist *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		if (!cpu__has(features[i].name))
			strlist__add(l, features[i].name);
	}
}
