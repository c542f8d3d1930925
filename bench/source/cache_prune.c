// SPDX-License-Identifier: GPL-2.0
/*
 * What of the cache goes, and how; see cache.h. A folder gets the name of a
 * half-done one before its files go, under the lock of whoever would use it: a
 * prune that is killed leaves what the next one removes, and nobody finds half a
 * kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache.h"

#define OWN_TOTAL	40000000000ULL
#define OWN_SOURCE	6000000000ULL
#define OWN_FRESH_S	3600
#define AGAIN_S		600
#define WEEK_S		(7 * 86400)

int cache__own_limits(struct cache_limits *l, struct err *err)
{
	const char *text = getenv("FAULTLINE_CACHE_LIMIT");

	*l = (struct cache_limits) {
		.fresh_s = OWN_FRESH_S, .total = OWN_TOTAL, .source = OWN_SOURCE,
	};
	if (!text || !*text || cache__parse_size(text, &l->total))
		return 0;
	return err__set(err, EXIT_USAGE, "FAULTLINE_CACHE_LIMIT=%s is no size; write 40G, or 0 for no limit",
			text);
}

/* What the others are made with goes last, what is not ours never. */
static int rank(const struct cache_item *i)
{
	return i->kind == CACHE_OTHER || (i->kind == CACHE_LEFT && !i->dangling) ? 2 :
	       i->kind == CACHE_CCACHE || i->kind == CACHE_LOGS;
}

static int by_use(const void *a, const void *b)
{
	const struct cache_item *x = *(struct cache_item *const *)a;
	const struct cache_item *y = *(struct cache_item *const *)b;

	if (rank(x) != rank(y))
		return rank(x) - rank(y);
	if (x->used != y->used)
		return x->used < y->used ? -1 : 1;
	return x->kind != y->kind ? (int)x->kind - (int)y->kind :
				    strcmp(x->path, y->path);
}

static bool is_fresh(const struct cache_item *i, double since_s)
{
	return since_s && difftime(time(NULL), i->used) < since_s;
}

/*
 * Of a repository that is not there now, which may be a disk that is not mounted:
 * a build leaves it a week. Who types prune means it.
 */
static bool may_come_back(const struct cache_item *i, const struct cache_limits *l)
{
	bool of_repository = i->kind == CACHE_SOURCE || i->kind == CACHE_OBJECTS ||
			     i->kind == CACHE_COMMIT;

	return l->by_itself && of_repository && is_fresh(i, WEEK_S);
}

static void take(struct cache_item *i, uint64_t *left)
{
	if (i->taken)
		return;
	i->taken = true;
	*left -= i->bytes;
}

/* Objects of a source that goes are below it. */
static void take_objects_too(struct cache *c, uint64_t *left)
{
	for (size_t i = 0; i < c->nr; i++) {
		for (size_t k = 0; k < c->nr && c->item[i].kind == CACHE_SOURCE &&
		     c->item[i].taken; k++) {
			if (c->item[k].kind == CACHE_OBJECTS &&
			    !strcmp(c->item[k].source, c->item[i].path))
				take(&c->item[k], left);
		}
	}
}

static void limit_source(struct cache_item **order, size_t nr, const char *source,
			 const struct cache_limits *l, uint64_t *left)
{
	uint64_t sum = 0, was;

	for (size_t i = 0; i < nr; i++) {
		if (!order[i]->taken && !strcmp(order[i]->source, source))
			sum += order[i]->bytes;
	}
	for (size_t i = 0; i < nr && sum > l->source; i++) {
		struct cache_item *k = order[i];

		if (k->taken || k->kind == CACHE_SOURCE || is_fresh(k, l->fresh_s) ||
		    strcmp(k->source, source))
			continue;
		was = *left;
		take(k, left);
		sum -= was - *left;
	}
}

void cache__choose(struct cache *c, const struct cache_limits *l)
{
	struct cache_item **order = xcalloc(c->nr, sizeof(*order));
	uint64_t left = c->bytes;

	for (size_t i = 0; i < c->nr; i++) {
		bool is_old = l->older_than_s && !rank(&c->item[i]) &&
			      difftime(time(NULL), c->item[i].used) > l->older_than_s;

		order[i] = &c->item[i];
		if (is_old || (order[i]->dangling && !may_come_back(order[i], l)))
			take(order[i], &left);
	}
	qsort(order, c->nr, sizeof(*order), by_use);
	for (size_t i = 0; i < c->nr && l->source; i++) {
		if (c->item[i].kind == CACHE_SOURCE)
			limit_source(order, c->nr, c->item[i].path, l, &left);
	}
	for (size_t i = 0; i < c->nr && l->total && left > l->total; i++) {
		if (rank(order[i]) == 2 || is_fresh(order[i], l->fresh_s))
			continue;
		take(order[i], &left);
		take_objects_too(c, &left);
	}
	take_objects_too(c, &left);
	free(order);
}

int cache__lock(struct err *err)
{
	char *top = path_cache(), *path = xasprintf("%s/prune.lock", top);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0) {
		err__set(err, EXIT_STORAGE, "%s: %s", path, strerror(errno));
	} else if (flock(fd, LOCK_EX | LOCK_NB)) {
		err__set(err, EXIT_BUSY, "another process prunes this cache; wait for it (lock: %s)",
			 path);
		close(fd);
		fd = -1;
	}
	free(path);
	free(top);
	return fd;
}

/* The lock of whoever would use the item, or a descriptor of /dev/null. */
static char *lock_of(const struct cache *c, const struct cache_item *i)
{
	switch (i->kind) {
	case CACHE_SOURCE:
	case CACHE_OBJECTS:
		return xasprintf("%s/%s/lock", c->top, i->source);
	case CACHE_OLD_SOURCE:
		return xasprintf("%s/build.lock", c->top);
	case CACHE_SELFTESTS:
		return xasprintf("%s/selftests.lock", c->top);
	case CACHE_QEMU:
		return xasprintf("%s/qemu/lock", c->top);
	default:
		return NULL;
	}
}

static bool lock_file(const char *path, int flags, int *fd)
{
	*fd = open(path, flags | O_CLOEXEC, 0666);
	if (*fd < 0)
		return true;		/* no such user of it */
	if (!flock(*fd, LOCK_EX | LOCK_NB))
		return true;
	close(*fd);
	return false;
}

/*
 * Nobody uses it while both are held: its maker's lock, and its folder's own. A link
 * is not Faultline's: it goes alone, and nothing is locked where it leads.
 */
static bool lock_item(const struct cache *c, const struct cache_item *i, int fd[2])
{
	char *lock = lock_of(c, i), *dir = xasprintf("%s/%s", c->top, i->path);
	bool got = path_is_link(dir);

	fd[0] = fd[1] = -1;
	if (got)
		goto done;
	got = !lock || lock_file(lock, O_RDWR | O_CREAT, &fd[0]);
	if (got && !lock_file(dir, O_RDONLY, &fd[1])) {
		if (fd[0] >= 0)
			close(fd[0]);
		got = false;
	}
done:
	free(dir);
	free(lock);
	return got;
}

static bool used_meanwhile(const struct cache *c, const struct cache_item *i)
{
	char *used = xasprintf("%s/%s/used", c->top, i->path);
	struct stat st;
	bool is = i->kind == CACHE_KERNEL && !i->dangling && !stat(used, &st) &&
		  st.st_mtime > i->used;

	free(used);
	return is;
}

static int remove_item(const struct cache *c, const struct cache_item *i)
{
	char *path = xasprintf("%s/%s", c->top, i->path);
	char *gone = xasprintf("%s.gone.%d", path, (int)getpid());
	/* Of one that another prune left: the name it has is as good. */
	bool renamed = i->kind != CACHE_LEFT && !rename(path, gone);
	int r = cache__delete(renamed ? gone : path);

	free(gone);
	free(path);
	return r;
}

/* Below a source that goes, or went, itself. */
static bool goes_with_source(const struct cache *c, const struct cache_item *i)
{
	for (size_t k = 0; k < c->nr && i->kind == CACHE_OBJECTS; k++) {
		if (c->item[k].kind == CACHE_SOURCE && c->item[k].taken &&
		    !strcmp(c->item[k].path, i->source))
			return true;
	}
	return false;
}

int cache__remove(struct cache *c, size_t *busy, struct err *err)
{
	int r = 0, fd[2];

	*busy = 0;
	for (size_t i = 0; i < c->nr; i++) {
		struct cache_item *k = &c->item[i];

		if (!k->taken || goes_with_source(c, k))
			continue;
		if (r || !lock_item(c, k, fd)) {
			*busy += !r;
			k->taken = false;
			continue;
		}
		if (used_meanwhile(c, k)) {
			++*busy;
			k->taken = false;
		} else if ((r = remove_item(c, k))) {
			k->taken = false;
			err__set(err, EXIT_STORAGE, "%s/%s cannot be removed: %s",
				 c->top, k->path, strerror(-r));
		}
		for (int n = 0; n < 2; n++) {
			if (fd[n] >= 0)
				close(fd[n]);
		}
	}
	/* Objects of a source that was busy are still there. */
	for (size_t i = 0; i < c->nr; i++) {
		char *path = xasprintf("%s/%s", c->top, c->item[i].path);

		if (c->item[i].taken && path_exists(path))
			c->item[i].taken = false;
		free(path);
	}
	return r ? -1 : 0;
}

/* A look at all of a large cache takes seconds: one in a while is enough. */
static bool was_checked(int lock)
{
	struct stat st;
	bool was = !fstat(lock, &st) && st.st_size &&
		   difftime(time(NULL), st.st_mtime) < AGAIN_S;

	if (!was && (ftruncate(lock, 0) || pwrite(lock, "\n", 1, 0) < 0))
		return false;
	return was;
}

char *cache__keep_limits(void)
{
	struct cache_limits l;
	struct cache c = { 0 };
	char *said = NULL, size[32];
	uint64_t bytes = 0;
	size_t nr = 0, busy;
	struct err err;
	int lock;

	if (cache__own_limits(&l, &err))
		return xstrdup(err.text);
	l.by_itself = true;
	lock = cache__lock(&err);
	if (lock < 0)
		return NULL;
	if (was_checked(lock)) {
		close(lock);
		return NULL;
	}
	if (!cache__read(&c, &err)) {
		cache__choose(&c, &l);
		cache__remove(&c, &busy, &err);
		for (size_t i = 0; i < c.nr; i++) {
			nr += c.item[i].taken;
			bytes += c.item[i].taken ? c.item[i].bytes : 0;
		}
	}
	if (nr)
		said = xasprintf("%zu unused things of the cache, %s; faultline cache says what is left",
				 nr, cache__size_text(bytes, size));
	cache__free(&c);
	close(lock);
	return said;
}
