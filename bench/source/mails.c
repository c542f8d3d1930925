// SPDX-License-Identifier: GPL-2.0
/*
 * See mails.h.
 */
#include <stdlib.h>
#include <string.h>

#include "mails.h"

#define NAME_DIGITS	12

static int add_steps(struct commits *c, const char *text)
{
	size_t before = c->nr;

	while (*text) {
		const size_t n = strcspn(text, "\n"), tree = strcspn(text, "\t\n");
		char *id = xasprintf("%.*s", (int)tree, text);
		char *subject = xasprintf("%.*s", tree < n ? (int)(n - tree - 1) : 0,
					  text + tree + 1);
		char *name = xasprintf("mail-%.*s", NAME_DIGITS, id);

		commits__add(c, name, "", id, subject);
		free(name);
		free(subject);
		free(id);
		text += n + !!text[n];
	}
	return c->nr > before ? 0 : -1;
}

int mails__apply(struct commits *c, const struct repository *r,
		 const struct strlist *files, struct err *err)
{
	char *script = path_in_root("scripts/source"), *said;
	const char **argv = xcalloc(files->nr + 5, sizeof(*argv));
	int code, e = 0;

	argv[0] = script;
	argv[1] = "mail";
	argv[2] = r->store;
	argv[3] = c->item[c->nr - 1].tree;
	for (size_t i = 0; i < files->nr; i++)
		argv[4 + i] = files->item[i];
	said = spawn__capture(argv, &code);
	if (code)
		e = err__set(err, code, "%s is not applied to %s, %s; the line above says why",
			     files->item[0], c->item[c->nr - 1].name,
			     c->item[c->nr - 1].subject);
	else if (add_steps(c, said))
		e = err__set(err, EXIT_NO_DATA, "%s holds no patch", files->item[0]);
	free(said);
	free(argv);
	free(script);
	return e;
}
