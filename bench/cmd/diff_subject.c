// SPDX-License-Identifier: GPL-2.0
/*
 * From the options to commits that can be measured; see diff_subject.h.
 */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commit_variant.h"
#include "diff_subject.h"
#include "dirty.h"
#include "mails.h"
#include "need.h"
#include "tree_base.h"

#define MOST_COMMITS	100	/* columns that anybody reads; the rest is for a bisect */
#define B4		"b4"

static void must(int r, const struct err *e)
{
	if (r)
		die_err(e);
}

/* Does the range end where the work tree begins? */
static bool ends_at_head(const struct diff_subject *d)
{
	const struct commits *c = &d->commits;
	struct commit head;
	struct err e;
	bool ends;

	if (commits__one(&head, &d->repository, "HEAD", &e))
		return false;
	ends = !strcmp(c->item[c->nr - 1].id, head.id);
	commit__free(&head);
	return ends;
}

/* A folder that b4 has put the series in, as one mailbox: its path. */
static char *fetch_mails(const char *id)
{
	char dir[] = "/tmp/faultline-b4.XXXXXX", *path;
	const char *argv[] = { B4, "am", "-o", dir, "-n", "series", "--no-cover", id, NULL };
	char *found = spawn__which(B4);
	int code;

	if (!found)
		die(EXIT_MISSING, B4 " is missing, which finds a series by its message-id; run: apt-get install -y " B4 ", or give the mails with --mbox FILE");
	if (!mkdtemp(dir))
		die(EXIT_STORAGE, "%s: cannot be made", dir);
	free(spawn__capture(argv, &code));
	path = xasprintf("%s/series.mbx", dir);
	if (code || !path_exists(path))
		die(EXIT_MISSING, "b4 am does not find %s; give the mails with --mbox FILE",
		    id);
	free(found);
	return path;
}

/* Its folder, with whatever else b4 put there. */
static void forget_mails(char *path)
{
	char *dir = xasprintf("%.*s", (int)(strrchr(path, '/') - path), path);
	char *pattern = xasprintf("%s/*", dir);
	glob_t g = { 0 };

	if (!glob(pattern, 0, NULL, &g)) {
		for (size_t i = 0; i < g.gl_pathc; i++)
			unlink(g.gl_pathv[i]);
	}
	globfree(&g);
	rmdir(dir);
	free(pattern);
	free(dir);
	free(path);
}

static void find_mails(struct diff_subject *d, const struct diff_options *o)
{
	struct strlist files = { 0 };
	char *path, *fetched = NULL;
	struct commit onto;
	struct err e;
	int r;

	for (size_t i = 0; i < o->mboxes.nr; i++) {
		path = realpath(o->mboxes.item[i], NULL);
		if (!path)
			die(EXIT_MISSING, "--mbox %s is not there", o->mboxes.item[i]);
		strlist__add(&files, path);
		free(path);
	}
	if (o->message_id) {
		fetched = fetch_mails(o->message_id);
		strlist__add(&files, fetched);
	}
	must(commits__one(&onto, &d->repository, o->onto ?: "HEAD", &e), &e);
	commits__add(&d->commits, NULL, onto.id, onto.tree, onto.subject);
	commit__free(&onto);
	r = mails__apply(&d->commits, &d->repository, &files, &e);
	if (fetched)
		forget_mails(fetched);
	must(r, &e);
	strlist__free(&files);
}

static void find_range(struct diff_subject *d, const struct diff_options *o)
{
	struct strlist words = { 0 };
	bool may_be_dirty = o->dirty != DIFF_NO_DIRTY && d->repository.top;
	struct err e;
	char *last;
	int r;

	for (size_t i = 0; i < o->range.nr; i++)
		strlist__add(&words, o->range.item[i]);
	if (o->last) {
		last = xasprintf("-%u", o->last);
		strlist__add(&words, last);
		free(last);
	}
	r = o->merge_base ?
		commits__since_merge_base(&d->commits, &d->repository,
					  o->merge_base, may_be_dirty, &e) :
		commits__range(&d->commits, &d->repository, &words,
			       may_be_dirty, &e);
	must(r, &e);
	strlist__free(&words);
}

static void add_dirty(struct diff_subject *d, enum diff_dirty wish)
{
	enum dirty_is is = DIRTY_NOT;
	size_t untracked;
	struct err e;

	if (wish == DIFF_NO_DIRTY)
		return;
	if (wish == DIFF_DIRTY && !d->repository.top)
		die(EXIT_USAGE, "--dirty: %s has no work tree", d->repository.git_dir);
	if (!d->repository.top)
		return;
	if (!ends_at_head(d)) {
		if (wish == DIFF_DIRTY)
			die(EXIT_USAGE, "--dirty: the range does not end at HEAD, on top of which the uncommitted changes are");
		return;
	}
	must(dirty__add(&d->commits, &d->repository, &is, &untracked, &e), &e);
	if (is == DIRTY_UNMERGED && wish == DIFF_DIRTY)
		die(EXIT_USAGE, "--dirty: a merge is under way and files have conflicts; resolve them first");
	if (is == DIRTY_UNMERGED)
		warn("a merge is under way and files have conflicts: uncommitted changes are left out");
	if (wish == DIFF_DIRTY && is == DIRTY_NOT)
		warn("--dirty: there are no uncommitted changes");
	if (is == DIRTY_ADDED && untracked)
		fprintf(stderr, "  %-7s %zu untracked files or folders are left out; git add takes them in\n",
			"DIRTY", untracked);
}

/* All of a run are of one base: that of the start. */
static void find_base(struct diff_subject *d)
{
	const struct commits *c = &d->commits;

	for (size_t i = 0; i < c->nr; i++) {
		struct tree_base b;
		struct err e;

		if (i && !strcmp(c->item[i].tree, c->item[i - 1].tree))
			continue;
		must(tree_base__of(&b, &d->repository, &c->item[i], &e), &e);
		if (!d->base) {
			d->base = xstrdup(b.name);
			fprintf(stderr, "  %-7s %s, Linux %s\n", "BASE", b.name, b.version);
			if (b.made)
				fprintf(stderr, "  %-7s %s is new here: configuration, profiles and overlays are those of %s\n",
					"BASE", b.name, b.like);
		} else if (strcmp(b.name, d->base)) {
			warn("%s is Linux %s: measured with the configuration of %s, as the start",
			     c->item[i].name, b.version, d->base);
		}
		tree_base__free(&b);
	}
}

void diff_subject__find(struct diff_subject *d, const struct diff_options *o)
{
	const struct commits *c = &d->commits;
	struct err e;

	*d = (struct diff_subject) { 0 };
	must(repository__find(&d->repository, ".", &e), &e);
	if (!o->mboxes.nr && !o->message_id)
		find_range(d, o);
	must(repository__open_store(&d->repository, &e), &e);
	if (o->mboxes.nr || o->message_id)
		find_mails(d, o);
	else
		add_dirty(d, o->dirty);
	if (c->nr < 2)
		die(EXIT_NO_DATA, "nothing to measure: %s, %s, is where the range begins, and there is nothing after it; name another, as -1",
		    c->item[0].name, c->item[0].subject);
	if (c->nr - 1 > MOST_COMMITS)
		die(EXIT_USAGE, "the range holds %zu commits; a table takes %d of them: name a shorter one, or have faultline bisect find the one that counts",
		    c->nr - 1, MOST_COMMITS);
	diff_subject__prepare(d);
}

void diff_subject__prepare(struct diff_subject *d)
{
	struct err e;

	find_base(d);
	for (size_t i = 0; i < d->commits.nr; i++)
		must(commit_variant__make(&d->repository, d->base,
					  &d->commits.item[i], &e), &e);
}

json_t *diff_subject__to_json(const struct diff_subject *d)
{
	json_t *all = json_array();

	for (size_t i = 0; i < d->commits.nr; i++) {
		const struct commit *c = &d->commits.item[i];

		json_array_append_new(all, json_pack("{ss ss ss ss ss}",
			"base", d->base, "variant", c->name, "commit", c->id,
			"tree", c->tree, "subject", c->subject));
	}
	return all;
}

void diff_subject__free(struct diff_subject *d)
{
	repository__free(&d->repository);
	commits__free(&d->commits);
	free(d->base);
}
