// SPDX-License-Identifier: GPL-2.0
/*
 * Files of "[stanza]" and "key = value", in the manner of unittests.cfg. A
 * line that begins with white space goes on with the value above it.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

static char *trim(char *s)
{
	size_t n;

	while (isspace((unsigned char)*s))
		s++;
	n = strlen(s);
	while (n && isspace((unsigned char)s[n - 1]))
		s[--n] = '\0';
	return s;
}

static void add(struct conf *c, const char *stanza, const char *key,
		const char *value, unsigned int line)
{
	c->entry = xrealloc(c->entry, (c->nr + 1) * sizeof(*c->entry));
	c->entry[c->nr++] = (struct conf_entry) {
		.stanza = xstrdup(stanza),
		.key = xstrdup(key),
		.value = xstrdup(value),
		.line = line,
	};
}

static bool take_line(struct conf *c, char **stanza, char *text,
		      unsigned int line)
{
	bool goes_on = text[0] == ' ' || text[0] == '\t';
	char *s, *eq;

	if (text[0] == '#')
		return true;
	s = trim(text);
	if (!*s)
		return true;
	if (goes_on) {
		struct conf_entry *e = c->nr ? &c->entry[c->nr - 1] : NULL;
		char *longer;

		if (!e || !*e->key || strcmp(e->stanza, *stanza))
			return false;
		longer = xasprintf("%s%s%s", e->value, *e->value ? " " : "", s);
		free(e->value);
		e->value = longer;
		return true;
	}
	if (*s == '[') {
		size_t n = strlen(s);

		if (n < 3 || s[n - 1] != ']')
			return false;
		s[n - 1] = '\0';
		free(*stanza);
		*stanza = xstrdup(s + 1);
		add(c, *stanza, "", "", line);
		return true;
	}
	eq = strchr(s, '=');
	if (!eq || eq == s)
		return false;
	*eq = '\0';
	add(c, *stanza, trim(s), trim(eq + 1), line);
	return true;
}

int conf__parse(struct conf *c, const char *path, const char *text,
		size_t size, char *err, size_t errlen)
{
	char *stanza = xstrdup("");
	unsigned int line = 0;
	int r = 0;

	*c = (struct conf) { .path = xstrdup(path) };
	while (size && !r) {
		const char *nl = memchr(text, '\n', size);
		size_t n = nl ? (size_t)(nl - text) : size;
		char *copy = xcalloc(1, n + 1);

		memcpy(copy, text, n);
		line++;
		if (strlen(copy) != n || !take_line(c, &stanza, copy, line)) {
			snprintf(err, errlen, "%s:%u: neither '[name]' nor 'key = value'",
				 path, line);
			r = -EINVAL;
		}
		free(copy);
		n += nl ? 1 : 0;
		text += n;
		size -= n;
	}
	free(stanza);
	return r;
}

int conf__read(struct conf *c, const char *path, char *err, size_t errlen)
{
	size_t size;
	char *text = path_read(path, &size);
	int r;

	if (!text) {
		r = -errno;
		*c = (struct conf) { .path = xstrdup(path) };
		snprintf(err, errlen, "%s: %s", path, strerror(-r));
		return r;
	}
	r = conf__parse(c, path, text, size, err, errlen);
	free(text);
	return r;
}

const char *conf__get(const struct conf *c, const char *stanza,
		      const char *key)
{
	for (size_t i = c->nr; i-- > 0;) {
		if (!strcmp(c->entry[i].stanza, stanza) &&
		    !strcmp(c->entry[i].key, key))
			return c->entry[i].value;
	}
	return NULL;
}

void conf__stanzas(const struct conf *c, struct strlist *l)
{
	for (size_t i = 0; i < c->nr; i++) {
		if (!*c->entry[i].key && !strlist__has(l, c->entry[i].stanza))
			strlist__add(l, c->entry[i].stanza);
	}
}

void conf__free(struct conf *c)
{
	for (size_t i = 0; i < c->nr; i++) {
		free(c->entry[i].stanza);
		free(c->entry[i].key);
		free(c->entry[i].value);
	}
	free(c->entry);
	free(c->path);
	*c = (struct conf) { 0 };
}
