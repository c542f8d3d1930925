// SPDX-License-Identifier: GPL-2.0
/*
 * guests/selftests.conf, as read for one base; see selftests.h.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "selftests.h"

/* The base that the stanza's entry is for, KEY@BASE+ (allocated), or NULL. */
static char *since(const struct conf_entry *e, const char *name, const char *key)
{
	const size_t n = strlen(key), whole = strlen(e->key);

	if (strcmp(e->stanza, name) || strncmp(e->key, key, n) ||
	    whole < n + 3 || e->key[n] != '@' || e->key[whole - 1] != '+')
		return NULL;
	return xasprintf("%.*s", (int)(whole - n - 2), e->key + n + 1);
}

/* What the list says from some base up to this one on: of the newest of them. */
static const char *get_since(const struct conf *c, const char *name,
			     const char *key, const char *base)
{
	char *newest = xstrdup("");
	const char *value = NULL;

	for (size_t i = 0; i < c->nr; i++) {
		char *from = since(&c->entry[i], name, key);

		if (from && strverscmp(from, base) <= 0 &&
		    strverscmp(from, newest) >= 0) {
			free(newest);
			newest = xstrdup(from);
			value = c->entry[i].value;
		}
		free(from);
	}
	free(newest);
	return value;
}

/* What the list says of this base, of bases from one on, else of all; or NULL. */
static const char *get(const struct conf *c, const char *name,
		       const char *key, const char *base)
{
	char *of_base = xasprintf("%s@%s", key, base);
	const char *value = conf__get(c, name, of_base);

	free(of_base);
	if (!value)
		value = get_since(c, name, key, base);
	return value ? value : conf__get(c, name, key);
}

static int check_keys(const struct conf *c, struct err *err)
{
	static const char *const keys[] = { "program", "args", "limit",
					    "setup", "skip", "cmdline" };

	for (size_t i = 0; i < c->nr; i++) {
		size_t n = strcspn(c->entry[i].key, "@"), k = 0;

		while (k < ARRAY_SIZE(keys) &&
		       (strlen(keys[k]) != n ||
			strncmp(keys[k], c->entry[i].key, n)))
			k++;
		if (n && k == ARRAY_SIZE(keys))
			return err__set(err, EXIT_USAGE, "%s:%u: [%s] %s: no such key",
					c->path, c->entry[i].line,
					c->entry[i].stanza, c->entry[i].key);
	}
	return 0;
}

/* "5" or "0.5" seconds as milliseconds; 0 when it is neither. */
static uint64_t milliseconds(const char *text)
{
	char *end;
	double s = text ? strtod(text, &end) : 0;

	return text && !*end && s > 0 && s < 1e6 ? s * 1000 + 0.5 : 0;
}

/* The host splits at white space, so no word may be empty or too long. */
static bool fill_check(struct check *c, const char *name, const char *program,
		       const char *args, const char *setup)
{
	const char *base = strrchr(program, '/');
	size_t n;

	snprintf(c->name, sizeof(c->name), "%s", name);
	n = snprintf(c->setup, sizeof(c->setup), "%s", setup ? setup : "-");
	return strlen(name) < sizeof(c->name) && n < sizeof(c->setup) &&
	       !strpbrk(name, " /") && !strchr(c->setup, ' ') &&
	       (size_t)snprintf(c->command, sizeof(c->command), "%s/%s%s%s",
				CHECKS_DIR, base ? base + 1 : program,
				args && *args ? " " : "", args ? args : "") <
	       sizeof(c->command);
}

static int read_one(struct selftests *list, const struct conf *c,
		    const char *name, const char *base, struct err *err)
{
	const char *program = get(c, name, "program", base);
	const char *skip = get(c, name, "skip", base);
	struct selftest *t;

	list->item = xrealloc(list->item, (list->nr + 1) * sizeof(*t));
	t = &list->item[list->nr++];
	*t = (struct selftest) {
		.program = program ? xstrdup(program) : NULL,
		.skip = skip ? xstrdup(skip) : NULL,
		.cmdline = xstrdup(get(c, name, "cmdline", base) ?: ""),
		.check.limit_ms = milliseconds(get(c, name, "limit", base)),
	};
	if (!program || !*program || !t->check.limit_ms)
		return err__set(err, EXIT_USAGE, "%s: [%s] needs program and limit (seconds)",
				c->path, name);
	if (!fill_check(&t->check, name, program, get(c, name, "args", base),
			get(c, name, "setup", base)))
		return err__set(err, EXIT_USAGE, "%s: [%s] does not fit: no spaces but in args, at most %zu bytes of program and arguments",
				c->path, name, sizeof(t->check.command));
	return 0;
}

static int read_conf(struct conf *c, struct err *err)
{
	const char *other = getenv("FAULTLINE_SELFTESTS");
	char *path = other ? xstrdup(other) :
			     path_in_root("guests/selftests.conf");
	int r = catalog__read_conf(c, path, err);

	if (r && path_exists(path))
		err->code = EXIT_USAGE;
	free(path);
	return r;
}

int selftests__read(struct selftests *list, const char *base,
		    const struct strlist *only, struct err *err)
{
	struct strlist names = { 0 };
	struct conf c;
	int r;

	*list = (struct selftests) { 0 };
	if (read_conf(&c, err))
		return -1;
	r = check_keys(&c, err);
	conf__stanzas(&c, &names);
	for (size_t i = 0; i < only->nr && !r; i++)
		r = catalog__check_name("selftest", only->item[i], &names, err);
	for (size_t i = 0; i < names.nr && !r; i++) {
		if (!only->nr || strlist__has(only, names.item[i]))
			r = read_one(list, &c, names.item[i], base, err);
	}
	strlist__free(&names);
	conf__free(&c);
	if (r)
		selftests__free(list);
	return r;
}

void selftests__free(struct selftests *list)
{
	for (size_t i = 0; i < list->nr; i++) {
		free(list->item[i].program);
		free(list->item[i].skip);
		free(list->item[i].cmdline);
	}
	free(list->item);
	*list = (struct selftests) { 0 };
}
