// SPDX-License-Identifier: GPL-2.0
/*
 * The one file that a packed run's attributions are in; see attribution_archive.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "attribution_archive.h"
#include "packed.h"

#define NAME	"{\"name\":"
#define OBJECT	",\"attribution\":"

/* An archive that was read, and which file that was. */
struct known {
	struct archive archive;
	struct stat file;
	struct known *next;
};

static struct known *known;

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void clear(struct archive *a)
{
	for (size_t i = 0; i < a->nr; i++)
		free(a->item[i].name);
	free(a->item);
	free(a->text);
	free(a->path);
	*a = (struct archive) { 0 };
}

/* Of equal names the first in the file is the first. */
static int by_name(const void *x, const void *y)
{
	const struct archived *a = x, *b = y;
	int c = strcmp(a->name, b->name);

	return c ? c : (a->text > b->text) - (a->text < b->text);
}

/* Only the name is looked into; whoever wants the object parses it. */
static bool take_line(struct archive *a, const char *line, size_t n)
{
	const size_t head = strlen(NAME), middle = strlen(OBJECT);
	json_t *name = NULL;
	json_error_t e;
	size_t at;

	if (n > head && !memcmp(line, NAME, head))
		name = json_loadb(line + head, n - head, JSON_DECODE_ANY |
				  JSON_DISABLE_EOF_CHECK, &e);
	at = head + (name ? (size_t)e.position : 0);
	if (!json_is_string(name) || n < at + middle + 1 ||
	    memcmp(line + at, OBJECT, middle) || line[n - 1] != '}') {
		json_decref(name);
		return false;
	}
	at += middle;
	a->item = xrealloc(a->item, (a->nr + 1) * sizeof(*a->item));
	a->item[a->nr++] = (struct archived) {
		xstrdup(json_string_value(name)), line + at, n - 1 - at,
	};
	json_decref(name);
	return true;
}

static void read_archive(struct archive *a, char *path)
{
	size_t size = 0, line = 1;
	char why[128], *p;

	*a = (struct archive) { .path = path };
	a->text = p = packed__read(path, &size, why, sizeof(why));
	if (*why)
		snprintf(a->wrong, sizeof(a->wrong), "%s: %s", path, why);
	for (; !*a->wrong && p < a->text + size; line++) {
		char *nl = memchr(p, '\n', a->text + size - p);

		if (!nl || !take_line(a, p, nl - p)) {
			snprintf(a->wrong, sizeof(a->wrong), "%s:%zu: %s", path, line,
				 nl ? "the line is no attribution with its name" :
				 "the line is cut: it has no end");
			break;
		}
		p = nl + 1;
	}
	if (a->nr)
		qsort(a->item, a->nr, sizeof(*a->item), by_name);
}

const struct archive *archive__of(const struct run *run)
{
	char *path = run__attributions(run);
	struct known *k = known;
	struct stat st;

	if (stat(path, &st)) {
		free(path);
		return NULL;
	}
	while (k && strcmp(k->archive.path, path))
		k = k->next;
	if (k && is_same_file(&k->file, &st)) {
		free(path);
		return &k->archive;
	}
	if (k) {
		clear(&k->archive);
	} else {
		k = xcalloc(1, sizeof(*k));
		k->next = known;
		known = k;
	}
	k->file = st;
	read_archive(&k->archive, path);
	return &k->archive;
}

const struct archived *archive__find(const struct archive *a, const char *name)
{
	size_t from = 0, to = a->nr;

	while (from < to) {
		size_t i = from + (to - from) / 2;

		if (strcmp(a->item[i].name, name) < 0)
			from = i + 1;
		else
			to = i;
	}
	return from < a->nr && !strcmp(a->item[from].name, name) ?
	       &a->item[from] : NULL;
}

/* What was just written has these items? */
static bool has_all(const struct archive *a, const struct archived *item,
		    size_t nr)
{
	if (!a || *a->wrong || a->nr != nr)
		return false;
	for (size_t i = 0; i < nr; i++) {
		if (strcmp(a->item[i].name, item[i].name) ||
		    a->item[i].size != item[i].size ||
		    memcmp(a->item[i].text, item[i].text, item[i].size))
			return false;
	}
	return true;
}

int archive__write(const struct run *run, struct archived *item, size_t nr)
{
	char *path = run__attributions(run), *text;
	size_t size;
	FILE *f = xmemstream(&text, &size);
	int r;

	qsort(item, nr, sizeof(*item), by_name);
	for (size_t i = 0; i < nr; i++) {
		json_t *name = json_string(item[i].name);

		fputs(NAME, f);
		json_dumpf(name, f, JSON_ENCODE_ANY);
		fprintf(f, OBJECT "%.*s}\n", (int)item[i].size, item[i].text);
		json_decref(name);
	}
	fclose(f);
	r = packed__write(path, text, size);
	free(text);
	free(path);
	if (!r && !has_all(archive__of(run), item, nr))
		r = -EIO;
	return r;
}
