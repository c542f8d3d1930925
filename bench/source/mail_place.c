// SPDX-License-Identifier: GPL-2.0
/*
 * See mail_place.h.
 */
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mail_place.h"
#include "mails.h"

#define NAME_DIGITS	12
#define LOOK_BACK	"500"	/* commits of onto that may be the patch's */

/* An empty file of ours in /tmp, allocated, or NULL with a message in @err. */
static char *make_file(struct err *err)
{
	char *path = xasprintf("%s/faultline-mail.XXXXXX", getenv("TMPDIR") ?: "/tmp");
	int fd = mkstemp(path);

	if (fd >= 0) {
		close(fd);
		return path;
	}
	err__set(err, EXIT_STORAGE, "cannot make %s", path);
	free(path);
	return NULL;
}

/* The rest of the line that begins with a word, allocated. */
static char *word_of(const char *text, const char *word)
{
	const size_t n = strlen(word);

	for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		if (!strncmp(p, word, n) && p[n] == ' ')
			return xasprintf("%.*s", (int)strcspn(p + n + 1, "\n"), p + n + 1);
	}
	return xstrdup("");
}

static size_t number_of(const char *text, const char *word)
{
	char *s = word_of(text, word);
	size_t n = strtoul(s, NULL, 10);

	free(s);
	return n;
}

/* What a script said when it failed, in the place of what its exit code says. */
static int run(const char *const *argv, char **out, struct err *err)
{
	char *said = make_file(err), *words;
	int code;

	if (!said)
		return -1;
	setenv("FAULTLINE_SAID", said, 1);
	*out = spawn__capture(argv, &code);
	unsetenv("FAULTLINE_SAID");
	words = code ? path_read(said, NULL) : NULL;
	if (words)
		words[strcspn(words, "\n")] = '\0';
	if (code)
		err__set(err, code, "%s", words && *words ? words : "scripts/source gave up");
	free(words);
	unlink(said);
	free(said);
	return code ? -1 : 0;
}

int mail__read(struct mail *m, struct err *err)
{
	char *script = path_in_root("scripts/source"), *out = NULL, *kind;
	const char *argv[] = { script, "one-mail", NULL, NULL };
	int e;

	*m = (struct mail) { .file = make_file(err) };
	if (!m->file) {
		free(script);
		return -1;
	}
	argv[2] = m->file;
	e = run(argv, &out, err);
	kind = word_of(out ?: "", "kind");
	m->kind = !strcmp(kind, "patch") ? MAIL_PATCH :
		  !strcmp(kind, "cover") ? MAIL_COVER : MAIL_NEITHER;
	m->number = number_of(out ?: "", "number");
	m->count = number_of(out ?: "", "count");
	m->id = word_of(out ?: "", "id");
	m->thread = word_of(out ?: "", "thread");
	m->title = word_of(out ?: "", "title");
	free(kind);
	free(out);
	free(script);
	if (e)
		mail__free(m);
	return e;
}

void mail__free(struct mail *m)
{
	if (m->file)
		unlink(m->file);
	free(m->file);
	free(m->id);
	free(m->thread);
	free(m->title);
	*m = (struct mail) { 0 };
}

static bool is_id(const char *s)
{
	const size_t n = s ? strlen(s) : 0;

	return (n == 40 || n == 64) && strspn(s, "0123456789abcdef") == n;
}

/* Take a commit by its name; false where there is none. */
static bool add_commit(struct commits *c, const struct repository *r,
		       const char *name)
{
	struct commit one;
	struct err err;

	if (commits__one(&one, r, name, &err))
		return false;
	commits__add(c, NULL, one.id, one.tree, one.subject);
	commit__free(&one);
	return true;
}

/* From one commit's parent to another. */
static bool take_pair(struct mail_place *p, const struct repository *r,
		      const char *first, const char *last)
{
	char *before = xasprintf("%s^", first);
	bool ok = add_commit(&p->pair, r, before) && add_commit(&p->pair, r, last);

	free(before);
	if (!ok)
		commits__free(&p->pair);
	return ok;
}

/* Which of the patches that b4 lists has the mail's id, from 1; else its own number. */
static size_t number_in(const json_t *tracking, const struct mail *m)
{
	json_t *patches = json_object_get(tracking, "patches"), *o;
	size_t i;

	json_array_foreach(patches, i, o) {
		const char *id = json_string_value(json_object_get(
				json_object_get(o, "header-info"), "msgid"));

		if (id && *m->id && !strcmp(id, m->id))
			return i + 1;
	}
	return m->number ? m->number : 1;
}

/* The commits of b4's review branch, the patches' first. */
static bool list_branch(struct strlist *ids, const struct repository *r,
			const json_t *series)
{
	const struct git g = repository__git(r);
	const char *first = json_string_value(json_object_get(series, "first-patch-commit"));
	const char *change = json_string_value(json_object_get(series, "change-id"));
	char *branch, *without;
	struct git_answer a;

	if (!is_id(first) || !change)
		return false;
	branch = xasprintf("refs/heads/b4/review/%s", change);
	without = xasprintf("^%s^", first);
	a = git__ask(&g, "rev-list", "--reverse", "--first-parent", without, branch, "--");
	if (!a.code)
		strlist__split(ids, a.out, '\n');
	git_answer__free(&a);
	free(without);
	free(branch);
	return ids->nr > 0;
}

/* b4 applied the series: its branch ends with a commit that only holds notes. */
static bool find_in_b4(struct mail_place *p, const struct repository *r,
		       const struct mail *m, const struct mail_wish *w)
{
	json_error_t e;
	json_t *tracking = w->tracking && *w->tracking ?
			   json_load_file(w->tracking, 0, &e) : NULL;
	json_t *series = json_object_get(tracking, "series");
	const size_t patches = json_array_size(json_object_get(tracking, "patches"));
	const char *change = json_string_value(json_object_get(series, "change-id"));
	const size_t n = number_in(tracking, m);
	struct strlist ids = { 0 };
	bool found = false;

	if (list_branch(&ids, r, series) && patches && patches <= ids.nr) {
		if (w->series)
			found = take_pair(p, r, ids.item[0], ids.item[patches - 1]);
		else if (n <= patches)
			found = take_pair(p, r, ids.item[n - 1], ids.item[n - 1]);
	}
	if (found)
		p->how = w->series ? xasprintf("the %zu patches of b4/review/%s", patches, change) :
			 xasprintf("patch %zu of b4/review/%s", n, change);
	strlist__free(&ids);
	json_decref(tracking);
	return found;
}

/* Apply the mail to the last tree of the pair. */
static int apply(struct mail_place *p, const struct repository *r,
		 const struct mail *m, struct err *err)
{
	char *script = path_in_root("scripts/source"), *out = NULL, *tree, *name;
	const char *argv[] = { script, "mail", r->store,
			       p->pair.item[p->pair.nr - 1].tree, m->file, NULL };
	int e = run(argv, &out, err);

	if (!e) {
		tree = xasprintf("%.*s", (int)strcspn(out, "\t\n"), out);
		name = xasprintf("mail-%.*s", NAME_DIGITS, tree);
		commits__add(&p->pair, name, "", tree, m->title);
		free(name);
		free(tree);
	}
	free(out);
	free(script);
	return e;
}

/* Does this commit make of its parent's tree what the mail makes of it? */
static bool is_of_mail(struct mail_place *p, const struct repository *r,
		       const struct mail *m, const char *id)
{
	struct mail_place try = { 0 };
	struct err err;
	bool is = take_pair(p, r, id, id);

	if (!is)
		return false;
	commits__add(&try.pair, NULL, p->pair.item[0].id, p->pair.item[0].tree, "");
	is = !apply(&try, r, m, &err) &&
	     !strcmp(try.pair.item[1].tree, p->pair.item[1].tree);
	commits__free(&try.pair);
	if (!is)
		commits__free(&p->pair);
	return is;
}

/* A commit that is there already: b4 prep asks about those of the branch. */
static bool find_in_history(struct mail_place *p, const struct repository *r,
			    const struct mail *m, const char *onto)
{
	const struct git g = repository__git(r);
	struct git_answer a = git__ask(&g, "log", "--no-merges", "--encoding=UTF-8",
				       "-n", LOOK_BACK, "--format=%H %s", onto, "--");
	bool found = false;

	for (char *line = a.code ? NULL : a.out; line && *line && !found;) {
		char *end = line + strcspn(line, "\n"), *next = *end ? end + 1 : end;
		char *title = line + strcspn(line, " ");

		*end = '\0';
		if (*title)
			*title++ = '\0';
		found = !strcmp(title, m->title) && is_of_mail(p, r, m, line);
		line = next;
	}
	git_answer__free(&a);
	if (found)
		p->how = xasprintf("commit %s, which %.12s has already",
				   p->pair.item[1].name, onto);
	return found;
}

/* What mails of a thread made of onto, a file for each number. */
static char *memory_path(const struct repository *r, const struct mail *m,
			 size_t number, bool make)
{
	char *dir = xasprintf("%s/mails", r->store), *path, *name = xstrdup(m->thread);

	for (char *c = name; *c; c++) {
		if (*c == '/' || *c == '.' || (unsigned char)*c <= ' ')
			*c = '_';
	}
	if (make)
		path_make(dir);
	path = xasprintf("%s/%.180s-%zu-of-%zu", dir, name, number, m->count);
	free(name);
	free(dir);
	return path;
}

static void remember(const struct mail_place *p, const struct repository *r,
		     const struct mail *m, const char *onto)
{
	char *path, *new;
	FILE *f;

	if (!*m->thread || m->number < 1 || m->number > m->count)
		return;
	path = memory_path(r, m, m->number, true);
	new = xasprintf("%s.new.%d", path, (int)getpid());
	f = fopen(new, "w");
	if (f) {
		fprintf(f, "%s %s %s\n", onto, p->pair.item[1].tree, m->title);
		if (fclose(f) || rename(new, path))
			unlink(new);
	}
	free(new);
	free(path);
}

/* Add the tree after patch number of the thread, where it was made of this onto. */
static bool recall(struct mail_place *p, const struct repository *r,
		   const struct mail *m, size_t number, const char *onto)
{
	const struct git g = repository__store(r);
	char *path = memory_path(r, m, number, false), *text = path_read(path, NULL);
	char *save, *from = text ? strtok_r(text, " \n", &save) : NULL;
	char *tree = from ? strtok_r(NULL, " \n", &save) : NULL;
	char *title = tree ? strtok_r(NULL, "\n", &save) : NULL;
	bool ok = from && !strcmp(from, onto) && is_id(tree);
	struct git_answer a;

	if (ok) {
		a = git__ask(&g, "cat-file", "-t", tree);
		ok = !a.code && !strcmp(a.out, "tree");
		git_answer__free(&a);
	}
	if (ok) {
		char *name = xasprintf("mail-%.*s", NAME_DIGITS, tree);

		commits__add(&p->pair, name, "", tree, title ?: "");
		free(name);
	}
	free(text);
	free(path);
	return ok;
}

static int find_series(struct mail_place *p, const struct repository *r,
		       const struct mail *m, const struct commit *onto,
		       struct err *err)
{
	commits__add(&p->pair, NULL, onto->id, onto->tree, onto->subject);
	if (m->count && recall(p, r, m, m->count, onto->id)) {
		p->how = xasprintf("the %zu patches of the series on %s", m->count, onto->name);
		return 0;
	}
	return err__set(err, EXIT_NO_DATA, "the patches of this series are not known: have each of them checked first (b4.review-perpatch-check-cmd), or check the series out in b4");
}

static int find_patch(struct mail_place *p, const struct repository *r,
		      const struct mail *m, const struct commit *onto,
		      struct err *err)
{
	const bool later = m->number > 1 && *m->thread;
	int e;

	if (later && recall(p, r, m, m->number - 1, onto->id)) {
		p->how = xasprintf("patch %zu of %zu, on those before it on %s",
				   m->number, m->count, onto->name);
	} else {
		commits__add(&p->pair, NULL, onto->id, onto->tree, onto->subject);
		p->how = xasprintf("applied to %s%s", onto->name, m->number > 1 ?
				   ", without the patches before it" : "");
	}
	e = apply(p, r, m, err);
	if (!e)
		remember(p, r, m, onto->id);
	return e;
}

int mail_place__find(struct mail_place *p, const struct repository *r,
		     const struct mail *m, const struct mail_wish *w,
		     struct err *err)
{
	const bool series = w->series && m->count > 1;
	struct commit onto;
	int e = 0;

	*p = (struct mail_place) { 0 };
	if (m->kind == MAIL_NEITHER || (m->kind == MAIL_COVER && !w->series))
		return err__set(err, EXIT_NO_DATA, "the mail holds no patch");
	if (find_in_b4(p, r, m, w))
		return 0;
	if (commits__one(&onto, r, w->onto, err))
		return -1;
	if (series || m->kind == MAIL_COVER)
		e = find_series(p, r, m, &onto, err);
	else if (!find_in_history(p, r, m, onto.id))
		e = find_patch(p, r, m, &onto, err);
	commit__free(&onto);
	if (e)
		mail_place__free(p);
	return e;
}

void mail_place__free(struct mail_place *p)
{
	commits__free(&p->pair);
	free(p->how);
	*p = (struct mail_place) { 0 };
}
