// SPDX-License-Identifier: GPL-2.0
/*
 * What changed between the last run without a change and the first one with it:
 * code, kernel, instrument, compiler, tools; see alert_priv.h.
 */
#include <stdlib.h>
#include <string.h>

#include "alert_priv.h"
#include "points.h"

static bool differ(const char *a, const char *b)
{
	return *a && *b && strcmp(a, b);
}

static void add(struct strlist *l, char *text)
{
	strlist__add(l, text);
	free(text);
}

static const struct history_setup *setup_of(const struct history_point *p)
{
	static const struct history_setup unknown = { "", "", "" };

	return p->setup ?: &unknown;
}

/* What is not the same of what a point came from, " a and b", or "". */
static char *changed_of(const struct history_point *a,
			const struct history_point *b, bool instrument)
{
	const struct history_setup *x = setup_of(a), *y = setup_of(b);
	bool tool = differ(a->revision, b->revision);
	struct strlist l = { 0 };
	char *text;

	if (differ(a->release, b->release))
		add(&l, xasprintf("kernel %s -> %s", a->release, b->release));
	else if (differ(a->source_sha256, b->source_sha256))
		add(&l, xasprintf("another source of kernel %s", b->release));
	if (instrument && differ(x->instrument, y->instrument))
		add(&l, xasprintf("%s -> %s", x->instrument, y->instrument));
	if (differ(x->compiler, y->compiler))
		add(&l, xasprintf("%s -> %s", x->compiler, y->compiler));
	if (tool)
		strlist__add(&l, "another revision of the variants and tools");
	else if (differ(x->program, y->program))
		strlist__add(&l, "another measuring program in the host");
	text = strlist__join(&l, " and ");
	strlist__free(&l);
	return text;
}

/* Whose code is not the same? A difference has the handlers of two. */
static const char *code_changed(const struct history_point *a,
				const struct history_point *b)
{
	const char *x = strstr(a->handler_sha256, POINTS_OVER);
	const char *y = strstr(b->handler_sha256, POINTS_OVER);
	bool base, variant;

	if (!x || !y)
		return "the handler's code changed";
	base = strcmp(x, y);
	variant = x - a->handler_sha256 != y - b->handler_sha256 ||
		  strncmp(a->handler_sha256, b->handler_sha256,
			  x - a->handler_sha256);
	return base && variant ? "the code of baseline and variant changed" :
	       base ? "the baseline's code changed, the variant's did not" :
		      "the variant's code changed, the baseline's did not";
}

/* Neither source nor tools did it: what else makes code of them? */
static const char *look_at(const struct history_point *a,
			   const struct history_point *b)
{
	return *setup_of(a)->compiler && *setup_of(b)->compiler ?
	       "look at the configuration" :
	       "look at compiler and configuration";
}

char *alert__cause(const struct history_point *a, const struct history_point *b,
		   const char *metric)
{
	char *changed = changed_of(a, b, true), *text;
	const char *with = *changed ? ", with " : "";

	if (!*a->handler_sha256 || !*b->handler_sha256)
		text = xasprintf("it is not known whether the handler's code changed%s%s",
				 with, changed);
	else if (differ(a->handler_sha256, b->handler_sha256) && *changed)
		text = xasprintf("%s, with %s", code_changed(a, b), changed);
	else if (differ(a->handler_sha256, b->handler_sha256))
		text = xasprintf("%s, though neither the kernel's source nor the revision did: %s",
				 code_changed(a, b), look_at(a, b));
	else if (alert__is_exact(metric))
		text = xasprintf("the handler's code is the same, so this is a change of the rig, or of the kernel around the handler%s%s",
				 with, changed);
	else
		text = xasprintf("the handler's code is the same, so this is a change of the machine, the layouts or the rig%s%s",
				 with, changed);
	free(changed);
	return text;
}

char *alert__instrument_cause(const char *before_machine, const char *machine,
			      const struct history_point *before,
			      const struct history_point *first)
{
	char *changed = changed_of(before, first, false);
	char *text = xasprintf("another instrument, %s -> %s: which of the two moved it, instrument or code, these runs do not say%s%s",
			       before_machine, machine,
			       *changed ? "; changed as well: " : "", changed);

	free(changed);
	return text;
}

char *alert__commits(const struct history_point *a,
		     const struct history_point *b)
{
	if (!*a->revision || !*b->revision)
		return xstrdup("");
	if (!strcmp(a->revision, b->revision))
		return xstrdup(a->revision);
	return xasprintf("%s..%s", a->revision, b->revision);
}
