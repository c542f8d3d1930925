// SPDX-License-Identifier: GPL-2.0
/*
 * See dirty.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dirty.h"

#define NAME_DIGITS	12

/*
 * A copy of the index as it is now; git puts a new one in place as a whole. Its
 * time goes with it: a file that is no older than its index may have changed
 * within the second, and git looks into it. Where there is none, nothing is copied.
 */
static int copy_index(const struct repository *r, const char *to, struct err *err)
{
	char *path = xasprintf("%s/index", r->git_dir);
	size_t size = 0;
	struct stat st = { 0 };
	bool none = stat(path, &st) && errno == ENOENT;
	char *content = none ? NULL : path_read(path, &size);
	FILE *f = content ? fopen(to, "w") : NULL;
	bool ok = f && fwrite(content, 1, size, f) == size;
	const struct timespec times[] = { st.st_atim, st.st_mtim };
	int e = 0;

	if (f && fclose(f))
		ok = false;
	if (ok && utimensat(AT_FDCWD, to, times, 0))
		ok = false;
	if (none)
		e = 0;
	else if (!content)
		e = err__set(err, EXIT_MISSING, "%s: %s; use --no-dirty to leave uncommitted changes out",
			     path, strerror(errno));
	else if (!ok)
		e = err__set(err, EXIT_STORAGE, "%s: %s; free some room", to,
			     strerror(errno));
	free(content);
	free(path);
	return e;
}

/* Copies whose process was killed. */
static void remove_stale(const struct repository *r)
{
	char *pattern = xasprintf("%s/index.dirty.*", r->store);
	glob_t g = { 0 };

	if (!glob(pattern, 0, NULL, &g)) {
		for (size_t i = 0; i < g.gl_pathc; i++) {
			const char *mark = strstr(g.gl_pathv[i], "/index.dirty.");
			const pid_t pid = atoi(mark + strlen("/index.dirty."));

			if (kill(pid, 0) && errno == ESRCH)
				unlink(g.gl_pathv[i]);
		}
	}
	globfree(&g);
	free(pattern);
}

static size_t lines_of(const struct git *g, const char *const *words)
{
	struct strlist list = { 0 };
	struct git_answer a;
	size_t nr = 0;

	for (size_t i = 0; words[i]; i++)
		strlist__add(&list, words[i]);
	a = git__ask_list(g, &list);
	for (const char *p = a.code ? "" : a.out; *p;
	     p += strcspn(p, "\n"), p += *p == '\n')
		nr++;
	git_answer__free(&a);
	strlist__free(&list);
	return nr;
}

/* The tree of all that is tracked, allocated; or NULL with a message in @err. */
static char *write_tree(const struct git *g, struct err *err)
{
	struct git_answer a = git__ask(g, "add", "-u", "."), t = { 0 };
	char *tree = NULL;

	if (!a.code)
		t = git__ask(g, "write-tree");
	if (!a.code && !t.code)
		tree = xstrdup(t.out);
	else
		err__set(err, a.code == EXIT_INTERRUPTED ? EXIT_INTERRUPTED :
			 strstr(a.said, "No space") ? EXIT_STORAGE : EXIT_MISSING,
			 "git makes no tree of the uncommitted changes: %s; use --no-dirty to leave them out",
			 a.code ? a.said : t.said);
	git_answer__free(&t);
	git_answer__free(&a);
	return tree;
}

static int add_tree(struct commits *c, const struct repository *r,
		    const char *tree, enum dirty_is *is, struct err *err)
{
	struct commit head;
	char *name;

	if (commits__one(&head, r, "HEAD", err))
		return -1;
	*is = strcmp(head.tree, tree) ? DIRTY_ADDED : DIRTY_NOT;
	name = xasprintf("dirty-%.*s", NAME_DIGITS, tree);
	if (*is == DIRTY_ADDED)
		commits__add(c, name, "", tree, "uncommitted changes");
	free(name);
	commit__free(&head);
	return 0;
}

int dirty__add(struct commits *c, const struct repository *r,
	       enum dirty_is *is, size_t *untracked, struct err *err)
{
	static const char *const unmerged[] = { "ls-files", "--unmerged", NULL };
	static const char *const others[] = { "ls-files", "--others", "--directory",
					      "--exclude-standard", NULL };
	struct git g = repository__git(r);
	char *index = xasprintf("%s/index.dirty.%d", r->store, (int)getpid());
	char *objects = xasprintf("%s/objects", r->store), *tree = NULL;
	int e;

	remove_stale(r);
	e = copy_index(r, index, err);
	*is = DIRTY_NOT;
	*untracked = 0;
	g.index = index;
	g.objects = objects;
	g.alternates = r->objects;
	if (!e && path_exists(index) && lines_of(&g, unmerged)) {
		*is = DIRTY_UNMERGED;
	} else if (!e && path_exists(index)) {
		tree = write_tree(&g, err);
		e = tree ? add_tree(c, r, tree, is, err) : -1;
		if (!e)
			*untracked = lines_of(&g, others);
	}
	unlink(index);
	free(tree);
	free(objects);
	free(index);
	return e;
}
