// SPDX-License-Identifier: GPL-2.0
/*
 * Files that may be packed; see packed.h. xz by liblzma, gzip by zlib.
 */
#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "packed.h"
#include "util.h"

#define STEP		(1 << 18)
#define MEMORY_LIMIT	(256u << 20)	/* of the decoder: xz -9 wants 65 MB */

struct text {
	char *at;
	size_t nr, room;
};

static void reserve(struct text *t)
{
	if (t->room - t->nr > STEP)
		return;
	t->room = 2 * t->room + STEP + 1;
	t->at = xrealloc(t->at, t->room);
}

static const char *why_not(lzma_ret r)
{
	switch (r) {
	case LZMA_BUF_ERROR:
		return "it is cut: its end is missing";
	case LZMA_DATA_ERROR:
		return "it is damaged: its check does not match";
	case LZMA_FORMAT_ERROR:
		return "it is damaged: it is not xz";
	case LZMA_OPTIONS_ERROR:
		return "it is damaged, or packed in a way that liblzma does not know";
	case LZMA_MEMLIMIT_ERROR:
		return "unpacking it takes more than 256 MiB of memory; pack it with xz -9 or less";
	default:
		return "liblzma cannot unpack it";
	}
}

/* Return: NULL, or what is wrong with the packed bytes. */
static const char *unpack_xz(const char *from, size_t size, struct text *t)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret r = lzma_stream_decoder(&s, MEMORY_LIMIT, LZMA_CONCATENATED);

	s.next_in = (const uint8_t *)from;
	s.avail_in = size;
	while (r == LZMA_OK) {
		reserve(t);
		s.next_out = (uint8_t *)t->at + t->nr;
		s.avail_out = STEP;
		r = lzma_code(&s, LZMA_FINISH);
		t->nr += STEP - s.avail_out;
	}
	lzma_end(&s);
	return r == LZMA_STREAM_END ? NULL : why_not(r);
}

/* Likewise; a gzip file may hold several members, one after the other. */
static const char *unpack_gzip(const char *from, size_t size, struct text *t)
{
	z_stream z = { .next_in = (Bytef *)from, .avail_in = size };
	int r = inflateInit2(&z, 16 + MAX_WBITS);

	while (r == Z_OK || (r == Z_STREAM_END && z.avail_in)) {
		if (r == Z_STREAM_END)
			inflateReset(&z);
		reserve(t);
		z.next_out = (Bytef *)t->at + t->nr;
		z.avail_out = STEP;
		r = inflate(&z, Z_NO_FLUSH);
		t->nr += STEP - z.avail_out;
	}
	inflateEnd(&z);
	return r == Z_STREAM_END ? NULL :
	       r == Z_BUF_ERROR ? "it is cut: its end is missing" :
				  "it is damaged: it is not gzip, or was changed";
}

char *packed__read(const char *path, size_t *size, char *err, size_t errlen)
{
	size_t n = 0;
	char *from = path_read(path, &n);
	const char *wrong = NULL;
	struct text t = { 0 };

	*err = '\0';
	if (!from) {
		int e = errno;

		snprintf(err, errlen, "%s", strerror(e));
		errno = e;
		return NULL;
	}
	if (n >= 2 && !memcmp(from, "\x1f\x8b", 2))
		wrong = unpack_gzip(from, n, &t);
	else if (n >= 6 && !memcmp(from, "\xfd" "7zXZ\0", 6))
		wrong = unpack_xz(from, n, &t);
	else if (strlen(path) > 3 && !strcmp(path + strlen(path) - 3, ".xz"))
		wrong = n ? "it is damaged: it is not xz" :
			    "it is cut: it is empty";
	else
		t = (struct text) { from, n, n + 1 }, from = NULL;
	free(from);
	if (wrong)
		snprintf(err, errlen, "%s", wrong);
	t.at = t.at ?: xcalloc(1, 1);
	t.at[t.nr] = '\0';
	*size = t.nr;
	return t.at;
}

/* All of it to the disk. Return: 0, or -errno. */
static int write_new(const char *path, const uint8_t *from, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int r = fd < 0 ? -errno : 0;

	while (!r && size) {
		ssize_t w = write(fd, from, size);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			r = -errno;
		else
			from += w, size -= w;
	}
	if (!r && fsync(fd))
		r = -errno;
	if (fd >= 0 && close(fd) && !r)
		r = -errno;
	return r;
}

/*
 * As xz -9e, which looks back 64 MiB for what is alike; for less text a smaller
 * dictionary does the same and takes less memory, to unpack it as well.
 */
static bool options_for(size_t size, lzma_options_lzma *o)
{
	if (lzma_lzma_preset(o, 9 | LZMA_PRESET_EXTREME))
		return false;
	if (size < o->dict_size)
		o->dict_size = size < LZMA_DICT_SIZE_MIN ? LZMA_DICT_SIZE_MIN : size;
	return true;
}

int packed__write(const char *path, const char *text, size_t size)
{
	size_t room = lzma_stream_buffer_bound(size), n = 0;
	uint8_t *to = xcalloc(1, room);
	char *new = xasprintf("%s.new", path);
	lzma_options_lzma options;
	const lzma_filter filters[] = {
		{ LZMA_FILTER_LZMA2, &options }, { LZMA_VLI_UNKNOWN, NULL },
	};
	int r = -ENOMEM;

	if (options_for(size, &options) &&
	    lzma_stream_buffer_encode((lzma_filter *)filters, LZMA_CHECK_CRC64,
				      NULL, (const uint8_t *)text, size, to, &n,
				      room) == LZMA_OK)
		r = 0;

	if (!r)
		r = write_new(new, to, n);
	if (!r && rename(new, path))
		r = -errno;
	if (r)
		unlink(new);
	free(new);
	free(to);
	return r;
}

char *packed__find(const char *path)
{
	char *xz = xasprintf("%s.xz", path);

	if (!path_exists(path) && path_exists(xz))
		return xz;
	free(xz);
	return xstrdup(path);
}
