// SPDX-License-Identifier: GPL-2.0
/*
 * Where the user is; see repository.h.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "repository.h"

static int refuse(const char *dir, const struct git_answer *a, struct err *err)
{
	if (a->code == EXIT_INTERRUPTED)
		return err__set(err, EXIT_INTERRUPTED, "interrupted");
	if (a->code == 127)
		return err__set(err, EXIT_MISSING, "git is missing; run: scripts/deps");
	if (strstr(a->said, "dubious ownership"))
		return err__set(err, EXIT_MISSING, "git does not trust %s, which belongs to somebody else; if you do: git config --global --add safe.directory '%s'",
				dir, dir);
	if (strstr(a->said, "not a git repository"))
		return err__set(err, EXIT_WRONG_SOURCE, "%s is in no git tree; go into the kernel tree whose commits are to be measured (cd linux)",
				dir);
	return err__set(err, EXIT_WRONG_SOURCE, "git does not read the tree that %s is in: %s",
			dir, *a->said ? a->said : "it says nothing");
}

/* The n-th line of text, allocated. */
static char *line_of(const char *text, size_t n)
{
	while (n--) {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return xasprintf("%.*s", (int)strcspn(text, "\n"), text);
}

/*
 * Whether the user has git trust a folder of another owner stands in his own
 * settings: this one question sees them.
 */
static int ask_where(struct repository *r, const char *dir, struct err *err)
{
	const struct git g = { .dir = dir, .user_settings = true };
	struct git_answer a = git__ask(&g, "rev-parse", "--path-format=absolute",
				       "--git-common-dir", "--absolute-git-dir",
				       "--is-inside-work-tree",
				       "--is-shallow-repository", "--git-path",
				       "objects");
	char *inside, *shallow, *common;

	if (a.code) {
		refuse(dir, &a, err);
		git_answer__free(&a);
		return -1;
	}
	common = line_of(a.out, 0);
	r->common = realpath(common, NULL) ?: xstrdup(common);
	r->git_dir = line_of(a.out, 1);
	inside = line_of(a.out, 2);
	shallow = line_of(a.out, 3);
	r->objects = line_of(a.out, 4);
	r->shallow = !strcmp(shallow, "true");
	if (strcmp(inside, "true"))
		r->top = NULL;
	else
		r->top = xstrdup("");	/* asked for next */
	free(common);
	free(inside);
	free(shallow);
	git_answer__free(&a);
	return 0;
}

static bool has_setting(const struct git *g, const char *pattern)
{
	struct git_answer a = git__ask(g, "config", "--get-regexp", pattern);
	bool has = !a.code && *a.out;

	git_answer__free(&a);
	return has;
}

int repository__find(struct repository *r, const char *dir, struct err *err)
{
	char *here = realpath(dir, NULL) ?: xstrdup(dir);
	struct git g = { .dir = here, .owner_checked = true };
	struct git_answer a;
	int e;

	*r = (struct repository) { 0 };
	e = ask_where(r, here, err);
	if (!e && r->top) {
		a = git__ask(&g, "rev-parse", "--show-toplevel");
		if (a.code)
			e = refuse(here, &a, err);
		free(r->top);
		r->top = xstrdup(a.out);
		git_answer__free(&a);
	}
	if (!e)
		r->partial = has_setting(&g, "^(remote\\..*\\.promisor|extensions\\.partialclone)$");
	if (e)
		repository__free(r);
	free(here);
	return e;
}

struct git repository__git(const struct repository *r)
{
	return (struct git) {
		.git_dir = r->git_dir, .work_tree = r->top,
		.dir = r->top ?: r->git_dir, .owner_checked = true,
	};
}

int repository__open_store(struct repository *r, struct err *err)
{
	char *script = path_in_root("scripts/source");
	const char *argv[] = { script, "store", r->common, NULL };
	int code;

	r->store = spawn__capture(argv, &code);
	r->store[strcspn(r->store, "\n")] = '\0';
	free(script);
	if (!code && *r->store)
		return 0;
	return err__set(err, code ? code : EXIT_INTERNAL, "no store for the objects of %s; the line above says why",
			r->common);
}

struct git repository__store(const struct repository *r)
{
	return (struct git) { .git_dir = r->store, .dir = r->store,
			      .owner_checked = true };
}

int repository__check_tree(const struct repository *r, const char *commit,
			   const char *tree, struct err *err)
{
	const struct git g = repository__store(r);
	struct git_answer a;
	size_t missing = 0;

	if (!r->partial)
		return 0;
	a = git__ask(&g, "rev-list", "--objects", "--missing=print",
		     "--no-object-names", tree);
	for (const char *p = a.out; p && *p; p = strchr(p, '\n')) {
		p += *p == '\n';
		missing += *p == '?';
	}
	if (a.code)
		missing = 1;
	git_answer__free(&a);
	if (!missing)
		return 0;
	return err__set(err, EXIT_MISSING, "this is a partial clone, and objects of commit %.12s are not here; have git fetch them: git archive %.12s >/dev/null",
			commit, commit);
}

void repository__free(struct repository *r)
{
	free(r->top);
	free(r->git_dir);
	free(r->common);
	free(r->objects);
	free(r->store);
	*r = (struct repository) { 0 };
}
