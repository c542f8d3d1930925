// SPDX-License-Identifier: GPL-2.0
/*
 * The records of a run as one packed file; see run.h. Plain and packed hold the
 * same bytes, and whichever is new is whole on the disk before the other goes.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packed.h"
#include "run.h"

char *run__records_path(const struct run *run)
{
	char *plain = run__path(run, "records.jsonl");
	char *path = packed__find(plain);

	free(plain);
	return path;
}

bool run__is_packed(const struct run *run)
{
	char *path = run__records_path(run);
	bool packed = !strcmp(path + strlen(path) - 3, ".xz");

	free(path);
	return packed;
}

char *run__records_sha256(const struct run *run)
{
	char *path = run__records_path(run), err[128], *hex;
	size_t size = 0;
	char *text = packed__read(path, &size, err, sizeof(err));
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	EVP_DigestInit_ex(md, EVP_sha256(), NULL);
	EVP_DigestUpdate(md, text, size);
	hex = text ? sha256_text(md) : xstrdup("");
	EVP_MD_CTX_free(md);
	free(text);
	free(path);
	return hex;
}

size_t run__packed_lines(const struct run *run)
{
	json_int_t lines = 0;

	if (run__is_packed(run))
		json_unpack(run->meta, "{s{sI}}", "packed", "records", &lines);
	return lines > 0 ? lines : 0;
}

static size_t count_lines(const char *text, size_t size)
{
	size_t nr = 0;

	for (const char *p = text; (p = memchr(p, '\n', text + size - p)); p++)
		nr++;
	return nr;
}

/* What was just packed unpacks to the same bytes? Return: 0, or -errno. */
static int compare_packed(const char *path, const char *text, size_t size)
{
	char err[128];
	size_t n = 0;
	char *back = packed__read(path, &n, err, sizeof(err));
	int r = back && !*err && n == size && !memcmp(back, text, n) ? 0 : -EIO;

	free(back);
	return r;
}

int run__pack(struct run *run)
{
	char *plain = run__path(run, "records.jsonl");
	char *packed = run__path(run, "records.jsonl.xz");
	size_t size = 0;
	char *text = path_read(plain, &size);
	int r = 0;

	if (!text) {
		r = run__is_packed(run) ? 0 : -errno;
		goto out;
	}
	r = packed__write(packed, text, size);
	if (!r)
		r = compare_packed(packed, text, size);
	if (!r) {
		json_object_set_new(run->meta, "packed", json_pack("{sI}",
				    "records",
				    (json_int_t)count_lines(text, size)));
		r = run__save_meta(run);
	}
	if (!r && unlink(plain))
		r = -errno;
out:
	free(text);
	free(packed);
	free(plain);
	return r;
}

/* Write @text to @path, to the disk, whole or not at all. Return: 0 or -errno. */
static int write_plain(const char *path, const char *text, size_t size)
{
	char *new = xasprintf("%s.new", path);
	FILE *f = fopen(new, "w");
	int r = f ? 0 : -errno;

	if (f && (fwrite(text, 1, size, f) != size || fflush(f) ||
		  fsync(fileno(f))))
		r = -errno;
	if (f && fclose(f) && !r)
		r = -errno;
	if (!r && rename(new, path))
		r = -errno;
	if (r)
		unlink(new);
	free(new);
	return r;
}

int run__unpack(struct run *run)
{
	char *plain = run__path(run, "records.jsonl");
	char *packed = run__path(run, "records.jsonl.xz"), *text, err[128];
	size_t size = 0;
	int r = 0;

	if (!run__is_packed(run) || !path_exists(packed))
		goto out;
	text = packed__read(packed, &size, err, sizeof(err));
	r = text && !*err ? write_plain(plain, text, size) : -EINVAL;
	free(text);
	if (r)
		goto out;
	json_object_del(run->meta, "packed");
	r = run__save_meta(run);
	if (!r && unlink(packed))
		r = -errno;
out:
	free(packed);
	free(plain);
	return r;
}
