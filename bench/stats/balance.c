// SPDX-License-Identifier: GPL-2.0
/*
 * Orders that favour nobody; see balance.h.
 */
#include <errno.h>
#include <stdlib.h>

#include "balance.h"

#define THIRDS	3

uint64_t balance__draw(uint64_t seed, uint64_t i)
{
	uint64_t x = seed * 0xd1342543de82ef95ull + (i + 1) * 0x9e3779b97f4a7c15ull;

	for (int twice = 0; twice < 2; twice++) {
		x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
		x = (x ^ x >> 27) * 0x94d049bb133111ebull;
		x ^= x >> 31;
	}
	return x;
}

/* The n entries of v change places. */
static void mix(size_t *v, size_t n, uint64_t seed)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = balance__draw(seed, i) % i, t = v[i - 1];

		v[i - 1] = v[j];
		v[j] = t;
	}
}

void balance__shuffle(size_t *v, size_t n, uint64_t seed)
{
	for (size_t i = 0; i < n; i++)
		v[i] = i;
	mix(v, n, seed);
}

/* Where a third of n places begins; place p is in third p * 3 / n. */
static size_t third(size_t n, size_t k)
{
	return (n * k + THIRDS - 1) / THIRDS;
}

int balance__places(size_t *place, size_t n, uint64_t layout,
		    enum balance_what what)
{
	const uint64_t pair = (layout - 1) / 2, six = pair / THIRDS;
	const size_t from = third(n, pair % THIRDS);
	size_t *in_six, *at;

	for (size_t i = 0; !layout && i < n; i++)
		place[i] = i;
	if (!layout || !n)
		return 0;
	in_six = malloc(2 * n * sizeof(*in_six));
	if (!in_six)
		return -ENOMEM;
	at = in_six + n;
	/* Thirds are the same in all six layouts and take turns ... */
	balance__shuffle(in_six, n, balance__draw(what, 2 * six));
	for (size_t i = 0; i < n; i++)
		at[i] = in_six[(from + i) % n];
	/* ... and within a third the order is another one in each pair. */
	for (size_t k = 0; k < THIRDS; k++) {
		size_t first = third(n, k), end = third(n, k + 1);

		mix(at + first, end - first,
		    balance__draw(balance__draw(what, 2 * pair + 1), k));
	}
	for (size_t i = 0; i < n; i++)
		place[at[i]] = layout & 1 ? i : n - 1 - i;
	free(in_six);
	return 0;
}

size_t balance__turn(const size_t *label, size_t n, size_t round, size_t i)
{
	const size_t row = round % n, backwards = round / n & 1;
	const size_t k = backwards ? n - 1 - i : i;
	/* 0, 1, n - 1, 2, n - 2, ...: no two neighbours are equally far apart. */
	const size_t zigzag = k & 1 ? (k + 1) / 2 : (n - k / 2) % n;

	return label[(zigzag + row) % n];
}
