// SPDX-License-Identifier: GPL-2.0
/*
 * A guest's memory in the host: anonymous, of small pages or huge ones, touched
 * page by page beforehand or left to the guest's faults.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"

#define NR_HUGEPAGES	"/proc/sys/vm/nr_hugepages"
#define HUGE_1G		(1ull << 30)
#define FREE_1G		"/sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages"
#ifndef MAP_HUGE_SHIFT
#define MAP_HUGE_SHIFT	26
#endif

/* Huge pages that the machine had before the guest took its own. */
static uint64_t others_hugepages;
static bool have_hugepages;

static uint64_t nr_hugepages(void)
{
	char text[32];

	return read_line(NR_HUGEPAGES, text, sizeof(text)) ?
	       strtoull(text, NULL, 10) : 0;
}

static void set_nr_hugepages(uint64_t n)
{
	FILE *f = fopen(NR_HUGEPAGES, "w");

	if (!f || fprintf(f, "%llu\n", (unsigned long long)n) < 0 || fclose(f))
		host_die("nr_hugepages: %s: is CONFIG_HUGETLBFS on?",
			 strerror(errno));
}

/* Pages of 1 GiB are there from the boot on, or not at all. */
bool memory__fits(const struct plan_cell *cell, char *why, size_t whylen)
{
	unsigned long long wanted = plan__region_size(cell) >> 30, n;
	char text[32];

	if (cell->page_size != HUGE_1G)
		return true;
	if (!read_line(FREE_1G, text, sizeof(text))) {
		snprintf(why, whylen, "this CPU has no pages of 1 GiB");
		return false;
	}
	n = strtoull(text, NULL, 10);
	if (n < wanted)
		snprintf(why, whylen, "%llu pages of 1 GiB, and the host has %llu",
			 wanted, n);
	return n >= wanted;
}

/* Which huge pages, as mmap() takes it, made where there are none yet. */
static int huge_pages(uint64_t size, uint64_t page_size)
{
	if (page_size == 4096)
		return 0;
	if (page_size == HUGE_1G)
		return MAP_HUGETLB | 30 << MAP_HUGE_SHIFT;
	others_hugepages = nr_hugepages();
	have_hugepages = true;
	set_nr_hugepages(others_hugepages + size / page_size);
	return MAP_HUGETLB;
}

/*
 * 4 KiB pages are kept small by MADV_NOHUGEPAGE before the first touch; larger
 * ones come from hugetlbfs, which gives them or fails, where THP only may.
 */
char *memory__map(uint64_t size, uint64_t page_size, bool populate)
{
	int huge = huge_pages(size, page_size);
	char *p;

	p = mmap(NULL, size, PROT_READ | PROT_WRITE | PROT_EXEC,
		 MAP_PRIVATE | MAP_ANONYMOUS | huge, -1, 0);
	if (p == MAP_FAILED)
		host_die("%llu bytes of guest memory in %llu-byte pages: %s",
			 (unsigned long long)size,
			 (unsigned long long)page_size, strerror(errno));
	if (!huge && madvise(p, size, MADV_NOHUGEPAGE))
		host_die("MADV_NOHUGEPAGE: %s", strerror(errno));
	for (uint64_t i = 0; populate && i < size; i += page_size)
		*(volatile char *)(p + i) = 0;
	return p;
}

void memory__give_back(void)
{
	if (have_hugepages) {
		have_hugepages = false;
		set_nr_hugepages(others_hugepages);
	}
}
