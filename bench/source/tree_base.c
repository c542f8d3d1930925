// SPDX-License-Identifier: GPL-2.0
/*
 * See tree_base.h.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "tree_base.h"

#define OLDEST	"v5.10"

/* The value of `NAME = value` in a Makefile, allocated; "" where there is none. */
static char *value_of(const char *makefile, const char *name)
{
	char *mark = xasprintf("%s =", name), *value = NULL;
	const size_t n = strlen(mark);

	for (const char *p = makefile; *p && !value;
	     p += strcspn(p, "\n"), p += *p == '\n') {
		if (strncmp(p, mark, n))
			continue;
		p += n + strspn(p + n, " \t");
		value = xasprintf("%.*s", (int)strcspn(p, " \t\r\n"), p);
	}
	free(mark);
	return value ?: xstrdup("");
}

static int read_version(struct tree_base *b, const char *makefile)
{
	char *major = value_of(makefile, "VERSION"), *minor = value_of(makefile, "PATCHLEVEL");
	char *sub = value_of(makefile, "SUBLEVEL"), *extra = value_of(makefile, "EXTRAVERSION");
	bool ok = *major && *minor && !major[strspn(major, "0123456789")] &&
		  !minor[strspn(minor, "0123456789")];

	if (ok) {
		b->name = xasprintf("v%s.%s", major, minor);
		b->version = xasprintf("%s.%s%s%s%s", major, minor, *sub ? "." : "",
				       sub, extra);
	}
	free(extra);
	free(sub);
	free(minor);
	free(major);
	return ok ? 0 : -1;
}

static bool has_kvm(const struct git *g, const char *tree)
{
	char *path = xasprintf("%s:arch/x86/kvm/mmu", tree);
	struct git_answer a = git__ask(g, "cat-file", "-t", path);
	bool has = !a.code && !strcmp(a.out, "tree");

	git_answer__free(&a);
	free(path);
	return has;
}

static int check_tree(struct tree_base *b, const struct repository *r,
		      const struct commit *c, struct err *err)
{
	const struct git g = repository__store(r);
	char *path = xasprintf("%s:Makefile", c->tree);
	struct git_answer a = git__ask(&g, "cat-file", "blob", path);
	int e = 0;

	if (a.code || read_version(b, a.out))
		e = err__set(err, EXIT_WRONG_SOURCE, "%s, %s, is no kernel tree: its Makefile names no VERSION and PATCHLEVEL; go into the tree of a kernel",
			     c->name, c->subject);
	else if (strverscmp(b->name, OLDEST) < 0)
		e = err__set(err, EXIT_WRONG_SOURCE, "%s is Linux %s; Faultline knows the handler from 5.10 on",
			     c->name, b->version);
	else if (!has_kvm(&g, c->tree))
		e = err__set(err, EXIT_WRONG_SOURCE, "%s, Linux %s, has no arch/x86/kvm/mmu: without KVM of x86 there is no handler to measure",
			     c->name, b->version);
	git_answer__free(&a);
	free(path);
	return e;
}

/* The newest of those that are older, else the oldest. */
static const char *nearest(const struct strlist *bases, const char *name)
{
	const char *found = bases->nr ? bases->item[0] : NULL;

	for (size_t i = 0; i < bases->nr; i++) {
		if (strverscmp(bases->item[i], name) < 0)
			found = bases->item[i];
	}
	return found;
}

/* In the cache, where it is not there or no longer like that base; made: it was. */
static int make_base(const char *name, const char *like, bool *made,
		     struct err *err)
{
	char *script = path_in_root("scripts/new"), *said;
	const char *argv[] = { script, "base", name, "--from", like, "--cached", NULL };
	int code;

	said = spawn__capture(argv, &code);
	*made = *said;
	free(said);
	free(script);
	if (!code)
		return 0;
	return err__set(err, code, "no base %s could be made of %s; the line above says why",
			name, like);
}

static int find_base(struct tree_base *b, struct err *err)
{
	struct strlist bases = { 0 };
	const char *like;
	int e = 0;

	catalog__bases(&bases);
	if (!strlist__has(&bases, b->name)) {
		like = nearest(&bases, b->name);
		b->like = like ? xstrdup(like) : NULL;
		e = like ? make_base(b->name, like, &b->made, err) :
			   err__set(err, EXIT_MISSING, "there is no base to make %s of", b->name);
	}
	strlist__free(&bases);
	return e;
}

int tree_base__of(struct tree_base *b, const struct repository *r,
		  const struct commit *c, struct err *err)
{
	int e;

	*b = (struct tree_base) { 0 };
	e = repository__check_tree(r, c->name, c->tree, err) ?:
	    check_tree(b, r, c, err) ?: find_base(b, err);
	if (e)
		tree_base__free(b);
	return e;
}

void tree_base__free(struct tree_base *b)
{
	free(b->name);
	free(b->version);
	free(b->like);
	*b = (struct tree_base) { 0 };
}
