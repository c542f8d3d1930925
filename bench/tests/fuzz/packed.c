// SPDX-License-Identifier: GPL-2.0
/*
 * A file that may be packed, and the records of a run in it, or its attributions.
 * Whatever is read of it is packed, and read back the same.
 */
#include "attribution_archive.h"
#include "fuzz.h"
#include "packed.h"
#include "run.h"

static void pack_again(const char *text, size_t size)
{
	char *path = xasprintf("%s/again.xz", fuzz_dir()), err[128], *back;
	size_t n;

	MUST(!packed__write(path, text, size));
	back = packed__read(path, &n, err, sizeof(err));
	MUST(back && !*err && n == size && !memcmp(back, text, n));
	free(back);
	free(path);
}

static void read_archive(const struct run *run, const void *data, size_t size)
{
	const struct archive *a;

	fuzz_file("attribution.jsonl.xz", data, size);
	a = archive__of(run);
	for (size_t i = 0; i < a->nr; i++)
		MUST(archive__find(a, a->item[i].name));
	MUST(!*a->wrong || strstr(a->wrong, a->path));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run run = { .dir = (char *)fuzz_dir() };
	char *path, *text, *sha256, err[128];
	size_t n;

	fuzz_file("records.jsonl.xz", data, size);
	path = run__records_path(&run);
	text = packed__read(path, &n, err, sizeof(err));
	MUST(text && !text[n]);
	if (!*err && n < 1 << 16)
		pack_again(text, n);
	sha256 = run__records_sha256(&run);
	MUST(strlen(sha256) == 64);
	read_archive(&run, data, size);
	free(sha256);
	free(text);
	free(path);
	return 0;
}
