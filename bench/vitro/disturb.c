// SPDX-License-Identifier: GPL-2.0
/*
 * Cold caches and predictors; see disturb.h.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "disturb.h"

#define BLOCKS		4096u	/* branches: as many as a large BTB's first levels hold */
#define BLOCK_BYTES	16u	/* together twice the first level's code */
#define LINE		64u
#define DATA_MIN	(48ul << 10)

static unsigned char *code;
static volatile unsigned char *data;
static size_t data_bytes;
static uint64_t turn;

/*
 * Block i jumps to wherever table[i] says; two tables, used in turn, so that
 * no branch goes where it went the time before.
 */
static uint64_t table[2][BLOCKS];

/* mov off(%rdi), %rax; jmp *%rax */
static void emit(unsigned char *at, uint32_t offset)
{
	const unsigned char load[] = { 0x48, 0x8b, 0x87 }, jump[] = { 0xff, 0xe0 };

	memcpy(at, load, 3);
	memcpy(at + 3, &offset, 4);
	memcpy(at + 7, jump, 2);
}

/* One cycle through all blocks but the last, which returns (Sattolo 1986). */
static void make_way(uint64_t *to, uint64_t x)
{
	static uint32_t next[BLOCKS];

	for (uint32_t i = 0; i < BLOCKS; i++)
		next[i] = i;
	for (uint32_t i = BLOCKS - 1; i > 1; i--) {
		uint32_t j, t;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		j = 1 + x % (i - 1);
		t = next[i];
		next[i] = next[j];
		next[j] = t;
	}
	/* next[1..] is one cycle over 1 .. BLOCKS - 1; 0 is the return. */
	for (uint32_t i = 1, n = 1; n < BLOCKS; n++, i = next[i])
		to[i] = (uint64_t)code + (n == BLOCKS - 1 ? 0 : next[i]) * BLOCK_BYTES;
}

int disturb__init(char *err, size_t errlen)
{
	long l1 = sysconf(_SC_LEVEL1_DCACHE_SIZE);
	void *p;

	data_bytes = 2 * (l1 > (long)DATA_MIN ? (size_t)l1 : DATA_MIN);
	p = mmap(NULL, data_bytes + BLOCKS * BLOCK_BYTES,
		 PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		 -1, 0);
	if (p == MAP_FAILED) {
		snprintf(err, errlen, "no room for %zu KiB that disturb the caches: %s",
			 data_bytes >> 10, strerror(errno));
		return -errno;
	}
	code = p;
	data = code + BLOCKS * BLOCK_BYTES;
	memset((void *)data, 1, data_bytes);
	code[0] = 0xc3;		/* ret */
	for (uint32_t i = 1; i < BLOCKS; i++)
		emit(code + i * BLOCK_BYTES, i * sizeof(table[0][0]));
	make_way(table[0], 88172645463325252ull);
	make_way(table[1], 362436069ull);
	return 0;
}

size_t disturb__bytes(void)
{
	return data_bytes;
}

size_t disturb__branches(void)
{
	return BLOCKS;
}

void disturb(void)
{
	for (size_t i = 0; i < data_bytes; i += LINE)
		data[i]++;
	((void (*)(uint64_t *))(code + BLOCK_BYTES))(table[turn++ & 1]);
}
