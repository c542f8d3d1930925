// SPDX-License-Identifier: GPL-2.0
/*
 * From what is typed to commits; see commits.h.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "commits.h"

#define NAME_DIGITS	12
#define FORMAT		"--format=%H%x09%T%x09%P%x09%s"

/* A subject as JSON and tables take it: UTF-8, no control characters. */
static char *clean(const char *s)
{
	char *text = xstrdup(s), *to = text;

	while (*s) {
		const unsigned char c = *s;
		int more = c < 0x80 ? 0 : c >= 0xf0 && c < 0xf5 ? 3 :
			   c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xc2 && c < 0xe0 ? 1 : -1;
		bool ok = more >= 0 && c >= 0x20 && c != 0x7f;

		for (int i = 1; ok && i <= more; i++)
			ok = ((unsigned char)s[i] & 0xc0) == 0x80;
		if (!ok) {
			*to++ = '?';
			s++;
			continue;
		}
		for (int i = 0; i <= more; i++)
			*to++ = *s++;
	}
	*to = '\0';
	return text;
}

void commits__add(struct commits *c, const char *name, const char *id,
		  const char *tree, const char *subject)
{
	c->item = xrealloc(c->item, (c->nr + 1) * sizeof(*c->item));
	c->item[c->nr++] = (struct commit) {
		.name = name ? xstrdup(name) : xasprintf("%.*s", NAME_DIGITS, id),
		.id = xstrdup(id), .tree = xstrdup(tree),
		.subject = clean(subject), .parent = xstrdup(""),
	};
}

/* A line of FORMAT. */
static void add_line(struct commits *c, const char *line, size_t n)
{
	char *copy = xasprintf("%.*s", (int)n, line), *part[4] = { copy };

	for (size_t i = 1; i < ARRAY_SIZE(part); i++) {
		part[i] = part[i - 1] + strcspn(part[i - 1], "\t");
		if (*part[i])
			*part[i]++ = '\0';
	}
	if (*part[0]) {
		struct commit *to;

		commits__add(c, NULL, part[0], part[1], part[3]);
		to = &c->item[c->nr - 1];
		for (char *p = part[2]; *p; p += strspn(p, " ")) {
			if (!to->parents++) {
				free(to->parent);
				to->parent = xasprintf("%.*s", (int)strcspn(p, " "), p);
			}
			p += strcspn(p, " ");
		}
	}
	free(copy);
}

static void add_lines(struct commits *c, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		add_line(c, text, n);
		text += n + !!text[n];
	}
}

static int refuse_name(const char *name, const struct git_answer *a,
		       struct err *err)
{
	if (a->code == EXIT_INTERRUPTED)
		return err__set(err, EXIT_INTERRUPTED, "interrupted");
	return err__set(err, EXIT_UNKNOWN_NAME, "'%s' is no commit of this repository; see: git log --oneline",
			name);
}

/* The id of a commit, allocated, or NULL. */
static char *id_of(const struct repository *r, const char *name,
		   struct err *err)
{
	const struct git g = repository__git(r);
	char *peeled = xasprintf("%s^{commit}", name);
	struct git_answer a = git__ask(&g, "rev-parse", "--verify", "--quiet",
				       peeled);
	char *id = NULL;

	free(peeled);
	if (a.code || strlen(a.out) < 40 || *name == '-')
		refuse_name(name, &a, err);
	else
		id = xstrdup(a.out);
	git_answer__free(&a);
	return id;
}

static int add_id(struct commits *c, const struct repository *r, const char *id,
		  struct err *err)
{
	const struct git g = repository__git(r);
	struct git_answer a = git__ask(&g, "log", "--no-walk", "--encoding=UTF-8",
				       FORMAT, id, "--");
	size_t before = c->nr;

	if (!a.code)
		add_lines(c, a.out);
	if (c->nr == before)
		err__set(err, a.code == EXIT_INTERRUPTED ? EXIT_INTERRUPTED : EXIT_MISSING,
			 "git does not read commit %s: %s", id, a.said);
	git_answer__free(&a);
	return c->nr == before ? -1 : 0;
}

static int add_name(struct commits *c, const struct repository *r,
		    const char *name, struct err *err)
{
	char *id = id_of(r, name, err);
	int e = id ? add_id(c, r, id, err) : -1;

	free(id);
	return e;
}

int commits__one(struct commit *to, const struct repository *r,
		 const char *name, struct err *err)
{
	struct commits c = { 0 };

	if (add_name(&c, r, name, err))
		return -1;
	*to = c.item[0];
	free(c.item);
	return 0;
}

/* The first parent of what is first in the list, before it. */
static int add_start(struct commits *c, const struct repository *r,
		     struct err *err)
{
	struct commits start = { 0 };
	const struct commit *first = &c->item[0];

	if (!*first->parent)
		return r->shallow ?
			err__set(err, EXIT_MISSING, "the history of this shallow clone ends at %s, whose parent is the start of the range; get it: git fetch --deepen=1, or --unshallow",
				 first->name) :
			err__set(err, EXIT_NO_DATA, "commit %s has no parent to be compared with",
				 first->name);
	if (add_id(&start, r, first->parent, err))
		return -1;
	c->item = xrealloc(c->item, (c->nr + 1) * sizeof(*c->item));
	memmove(c->item + 1, c->item, c->nr * sizeof(*c->item));
	c->item[0] = start.item[0];
	c->nr++;
	free(start.item);
	return 0;
}

/* What b has and a has not, along first parents, and the start. */
static int add_chain(struct commits *c, const struct repository *r,
		     const char *a, const char *b, const char *typed,
		     bool no_commits_ok, struct err *err)
{
	const struct git g = repository__git(r);
	char *without = xasprintf("^%s", a);
	struct git_answer said = git__ask(&g, "log", "--first-parent", "--reverse",
					  "--topo-order", "--encoding=UTF-8", FORMAT,
					  without, b, "--");
	int e = 0;

	free(without);
	if (said.code)
		e = err__set(err, said.code == EXIT_INTERRUPTED ? EXIT_INTERRUPTED : EXIT_MISSING,
			     "git does not list %s: %s", typed, said.said);
	else
		add_lines(c, said.out);
	git_answer__free(&said);
	if (e)
		return e;
	if (c->nr)
		return add_start(c, r, err);
	if (no_commits_ok)
		return add_id(c, r, b, err);
	return err__set(err, EXIT_NO_DATA, "%s holds no commit: %.12s has nothing that %.12s has not; name another range",
			typed, b, a);
}

static char *merge_base(const struct repository *r, const char *a, const char *b,
			struct err *err)
{
	const struct git g = repository__git(r);
	struct git_answer said = git__ask(&g, "merge-base", a, b);
	char *id = NULL;

	if (!said.code && *said.out)
		id = xasprintf("%.*s", (int)strcspn(said.out, "\n"), said.out);
	else if (said.code == EXIT_INTERRUPTED)
		err__set(err, EXIT_INTERRUPTED, "interrupted");
	else if (r->shallow)
		err__set(err, EXIT_MISSING, "this shallow clone does not reach back to where %.12s and %.12s part; get more of it: git fetch --unshallow, or name a range as -3",
			 a, b);
	else
		err__set(err, EXIT_NO_DATA, "%.12s and %.12s have no commit in common; name a range as HEAD~3..",
			 a, b);
	git_answer__free(&said);
	return id;
}

/* "A..B", "A...B" */
static int add_range(struct commits *c, const struct repository *r,
		     const char *word, bool no_commits_ok, struct err *err)
{
	const char *dots = strstr(word, "..");
	const bool three = dots[2] == '.';
	const char *right = dots + (three ? 3 : 2);
	char *left = xasprintf("%.*s", (int)(dots - word), word);
	char *a = id_of(r, *left ? left : "HEAD", err);
	char *b = a ? id_of(r, *right ? right : "HEAD", err) : NULL, *base = NULL;
	int e = -1;

	if (b && three) {
		base = merge_base(r, a, b, err);
		if (base)
			e = add_chain(c, r, base, b, word, no_commits_ok, err);
	} else if (b) {
		e = add_chain(c, r, a, b, word, no_commits_ok, err);
	}
	free(base);
	free(b);
	free(a);
	free(left);
	return e;
}

/* "-3" */
static int add_last(struct commits *c, const struct repository *r,
		    const char *word, struct err *err)
{
	char *from = xasprintf("HEAD~%s", word + 1), *a, *b;
	int e = -1;

	if (word[1 + strspn(word + 1, "0123456789")] || !atoi(word + 1)) {
		free(from);
		return err__set(err, EXIT_USAGE, "%s: the last commits of HEAD are named by their number, as -3",
				word);
	}
	b = id_of(r, "HEAD", err);
	a = b ? id_of(r, from, err) : NULL;
	if (a)
		e = add_chain(c, r, a, b, word, false, err);
	else if (b && r->shallow)
		e = err__set(err, EXIT_MISSING, "this shallow clone has fewer commits than %s wants; get more: git fetch --deepen=%s",
			     word, word + 1);
	else if (b)
		e = err__set(err, EXIT_NO_DATA, "HEAD has no %s commits", word + 1);
	free(b);
	free(a);
	free(from);
	return e;
}

int commits__since_merge_base(struct commits *c, const struct repository *r,
			      const char *with, bool no_commits_ok,
			      struct err *err)
{
	char *a = id_of(r, with, err), *b = a ? id_of(r, "HEAD", err) : NULL;
	char *base = b ? merge_base(r, a, b, err) : NULL;
	int e = -1;

	if (base)
		e = add_chain(c, r, base, b, with, no_commits_ok, err);
	free(base);
	free(b);
	free(a);
	return e;
}

/* What the branch has and its upstream has not. */
static int add_default(struct commits *c, const struct repository *r,
		       bool no_commits_ok, struct err *err)
{
	const struct git g = repository__git(r);
	struct git_answer a = git__ask(&g, "rev-parse", "--verify", "--quiet",
				       "@{upstream}^{commit}");
	int e;

	if (a.code || !*a.out)
		e = err__set(err, EXIT_USAGE, "this branch has no upstream, so it cannot be told where it began; name a range, as -3, HEAD~3.. or v6.12..");
	else
		e = commits__since_merge_base(c, r, a.out, no_commits_ok, err);
	git_answer__free(&a);
	return e;
}

/* Trees one by one; of a single one its parent is the start. */
static int add_named(struct commits *c, const struct repository *r,
		     const struct strlist *words, struct err *err)
{
	for (size_t i = 0; i < words->nr; i++) {
		if (strstr(words->item[i], "..") || *words->item[i] == '-')
			return err__set(err, EXIT_USAGE, "%s: one range, or commits one by one, not both",
					words->item[i]);
		if (add_name(c, r, words->item[i], err))
			return -1;
		for (size_t k = 0; k + 1 < c->nr; k++) {
			if (!strcmp(c->item[k].id, c->item[c->nr - 1].id))
				return err__set(err, EXIT_USAGE, "%s is a commit that is named already, %s",
						words->item[i], c->item[k].name);
		}
	}
	return c->nr == 1 ? add_start(c, r, err) : 0;
}

int commits__range(struct commits *c, const struct repository *r,
		   const struct strlist *words, bool no_commits_ok,
		   struct err *err)
{
	const char *first = words->nr ? words->item[0] : "";
	int e;

	*c = (struct commits) { 0 };
	if (!words->nr)
		e = add_default(c, r, no_commits_ok, err);
	else if (words->nr == 1 && strstr(first, ".."))
		e = add_range(c, r, first, no_commits_ok, err);
	else if (words->nr == 1 && *first == '-' && isdigit((unsigned char)first[1]))
		e = add_last(c, r, first, err);
	else
		e = add_named(c, r, words, err);
	if (e)
		commits__free(c);
	return e;
}

int commits__between(struct commits *c, const struct repository *r,
		     const char *good, const char *bad, struct err *err)
{
	const struct git g = repository__git(r);
	char *b = id_of(r, bad, err), *without;
	struct git_answer a;
	int e;

	*c = (struct commits) { 0 };
	e = b ? add_name(c, r, good, err) : -1;
	if (!e) {
		without = xasprintf("^%s", c->item[0].id);
		a = git__ask(&g, "log", "--reverse", "--topo-order",
			     "--encoding=UTF-8", FORMAT, without, b, "--");
		if (a.code)
			e = err__set(err, a.code == EXIT_INTERRUPTED ? EXIT_INTERRUPTED : EXIT_MISSING,
				     "git does not list %s..%s: %s", good, bad, a.said);
		else
			add_lines(c, a.out);
		git_answer__free(&a);
		free(without);
	}
	if (!e && c->nr < 2)
		e = err__set(err, EXIT_NO_DATA, "%s..%s holds no commit; is %s the older one?",
			     good, bad, good);
	free(b);
	if (e)
		commits__free(c);
	return e;
}

void commit__free(struct commit *c)
{
	free(c->name);
	free(c->id);
	free(c->tree);
	free(c->subject);
	free(c->parent);
}

void commits__free(struct commits *c)
{
	for (size_t i = 0; i < c->nr; i++)
		commit__free(&c->item[i]);
	free(c->item);
	*c = (struct commits) { 0 };
}
