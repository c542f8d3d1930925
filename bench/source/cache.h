/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the cache holds, what of it may go, and how it goes. Everything in it can
 * be made again, so all that removing costs is time; but nothing goes that a
 * build or a run has in use at this moment.
 */
#ifndef FAULTLINE_CACHE_H
#define FAULTLINE_CACHE_H

#include <time.h>

#include "util.h"

enum cache_kind {
	CACHE_LEFT,		/* what a killed process left half done */
	CACHE_OBJECTS,		/* objects of one configuration of a source */
	CACHE_KERNEL,
	CACHE_COMMIT,		/* a name for a commit that somebody measured */
	CACHE_GUEST,
	CACHE_SELFTESTS,
	CACHE_PERF,
	CACHE_QEMU,
	CACHE_METAL,
	CACHE_BASE,		/* one that was made of another */
	CACHE_SOURCE,		/* the work tree and git objects of a source */
	CACHE_OLD_SOURCE,	/* a source as earlier releases kept it */
	CACHE_PACKAGE,
	CACHE_BOOTS,
	CACHE_CCACHE,
	CACHE_LOGS,
	CACHE_OTHER,		/* not of Faultline: shown, never removed */
	NR_CACHE_KINDS
};

struct cache_item {
	enum cache_kind kind;
	char *path;		/* below the cache */
	char *what;		/* for people */
	char *base, *variant, *profile;	/* of a kernel, else "" */
	char *source;		/* the folder of trees/ that it is of, or "" */
	char *origin;		/* of a source: package, git directory or folder */
	char *dangling;		/* why nobody can use it any more, or NULL */
	uint64_t bytes;		/* on disk; a file of several names counts once */
	time_t made, used;
	bool taken;		/* prune: it goes, or would go */
};

struct cache {
	char *top;
	struct cache_item *item;
	size_t nr;
	uint64_t bytes;
};

/* "kernel", and how what goes is made again. */
const char *cache__kind_name(enum cache_kind kind);
const char *cache__back(enum cache_kind kind);

/* Read what is there. Return: 0, or -1 with a message in @err. */
int cache__read(struct cache *c, struct err *err);
void cache__free(struct cache *c);

/* What is to go; 0: no such limit. Half-done and dangling things go always. */
struct cache_limits {
	double older_than_s;
	double fresh_s;		/* what was used since is left alone by the sizes */
	bool by_itself;		/* nobody asked: what may come back is left a week */
	uint64_t total, source;	/* bytes: of all of it; of each source with its kernels */
};

/* FAULTLINE_CACHE_LIMIT, or the default; -1 with EXIT_USAGE where it is no size. */
int cache__own_limits(struct cache_limits *l, struct err *err);
/* "40G", "512M", "0". Return: whether it is one. */
bool cache__parse_size(const char *text, uint64_t *bytes);
/* "1.2 GB" */
const char *cache__size_text(uint64_t bytes, char buf[32]);

/* Mark what goes, least recently used first. */
void cache__choose(struct cache *c, const struct cache_limits *l);
/*
 * Remove what is marked. What turns out to be in use stays, and its mark goes;
 * `busy` counts these. Return: 0, or -1 with a message in @err; what was removed
 * until then keeps its mark.
 */
int cache__remove(struct cache *c, size_t *busy, struct err *err);
/*
 * One at a time: a descriptor to close, or -1 with EXIT_BUSY or EXIT_STORAGE.
 */
int cache__lock(struct err *err);
/*
 * After a build: keep the limits, quietly where they hold. A line of what went
 * (allocated), or NULL. Nothing here is worth failing for.
 */
char *cache__keep_limits(void);

/* Of cache_disk.c: bytes on disk below a path. */
struct seen_files;
uint64_t cache__bytes(const char *path, struct seen_files **seen);
void cache__forget_seen(struct seen_files *seen);
/* rm -r. 0 or -errno. */
int cache__delete(const char *path);

#endif
