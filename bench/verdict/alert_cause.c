// SPDX-License-Identifier: GPL-2.0
/*
 * What changed between the last run without a change and the first one with it:
 * code, kernel, instrument, compiler, tools; see alert_priv.h.
 */
#include <stdlib.h>
#include <string.h>

#include "alert_priv.h"
#include "difference.h"
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

/* Is one of them the other with more said: microcode, a linker? */
static bool says_more(const char *a, const char *b)
{
	const size_t n = strlen(a);

	return !strncmp(a, b, n) &&
	       (!strncmp(b + n, POINTS_MICROCODE, strlen(POINTS_MICROCODE)) ||
		!strncmp(b + n, POINTS_LINKER, strlen(POINTS_LINKER)));
}

static bool setup_differs(const char *a, const char *b)
{
	return differ(a, b) && !says_more(a, b) && !says_more(b, a);
}

bool alert__built_otherwise(const struct history_point *before,
			    const struct history_point *first)
{
	const struct history_setup *x = setup_of(before), *y = setup_of(first);

	return setup_differs(x->compiler, y->compiler) ||
	       setup_differs(x->instrument, y->instrument);
}

/* A revision with changes, or of unknown ones, may be another under one name. */
static bool is_known(const char *revision)
{
	const size_t n = strlen(revision);

	return n && !strchr("+?", revision[n - 1]);
}

static bool source_differs(const char *a, const char *b)
{
	const size_t n = history__source_len(a), m = history__source_len(b);

	return n && m && (n != m || strncmp(a, b, n));
}

/* Of the variant's patches, "" unknown. */
static const char *patches_of(const struct history_point *p)
{
	return p->source_sha256 + history__source_len(p->source_sha256);
}

struct changes {
	struct strlist what;
	bool all_known;		/* nothing else can have changed */
};

/* What is not the same of what two points came from; instrument: with that. */
static struct changes changes_of(const struct history_point *a,
				 const struct history_point *b, bool instrument)
{
	const struct history_setup *x = setup_of(a), *y = setup_of(b);
	bool tool = differ(a->revision, b->revision);
	const char *was = patches_of(a), *is = patches_of(b);
	struct changes c = {
		.all_known = *a->source_sha256 && *b->source_sha256 && *was && *is &&
			     *x->compiler && *y->compiler && *x->instrument &&
			     *y->instrument && *x->program && *y->program &&
			     (tool || is_known(a->revision)),
	};

	if (differ(a->release, b->release))
		add(&c.what, xasprintf("kernel %s -> %s", a->release, b->release));
	else if (source_differs(a->source_sha256, b->source_sha256))
		add(&c.what, xasprintf("another source of kernel %s", b->release));
	if (differ(was, is))
		strlist__add(&c.what, "other patches of the variant");
	if (instrument && setup_differs(x->instrument, y->instrument))
		add(&c.what, xasprintf("%s -> %s", x->instrument, y->instrument));
	if (setup_differs(x->compiler, y->compiler))
		add(&c.what, xasprintf("%s -> %s", x->compiler, y->compiler));
	if (tool)
		strlist__add(&c.what, "another revision of the variants and tools");
	else if (differ(x->program, y->program))
		strlist__add(&c.what, "another measuring program in the host");
	return c;
}

/*
 * ", with a and b: which of them, ...", ": the cause is a", or "". An instrument, a
 * compiler, a kernel or patches that changed alone are the cause; of a revision the code may
 * be the cause, or the tools.
 */
static char *changed_text(const struct history_point *a,
			  const struct history_point *b)
{
	struct changes c = changes_of(a, b, true);
	char *all = strlist__join(&c.what, " and "), *text;

	if (!c.what.nr)
		text = xstrdup("");
	else if (c.what.nr > 1)
		text = xasprintf(", with %s: which of them, these runs do not say",
				 all);
	else if (c.all_known && !differ(a->revision, b->revision))
		text = xasprintf("; the cause is %s: nothing else that is recorded changed", all);
	else
		text = xasprintf(", with %s", all);
	strlist__free(&c.what);
	free(all);
	return text;
}

enum { OWN, OTHER, BOTH, NR_WHOSE };

static const char *const whose[NR_DIFFERENCES][NR_WHOSE] = {
	[OVER_BASELINE] = {
		"the variant's code changed, the baseline's did not",
		"the baseline's code changed, the variant's did not",
		"the code of baseline and variant changed",
	},
	[OVER_OFF] = {
		"the profile's code changed, that of profile off did not",
		"the code of profile off changed, the profile's did not",
		"the code of the profile and of off changed",
	},
	[OVER_DIRECT] = {
		"the code of the indirect call changed, that of the direct one did not",
		"the code of the direct call changed, that of the indirect one did not",
		"the code of both calls changed",
	},
};

/* Whose code is not the same? A difference has the handlers of two. */
static const char *code_changed(const struct history_point *a,
				const struct history_point *b,
				const char *metric)
{
	const char *x = strstr(a->handler_sha256, POINTS_OVER);
	const char *y = strstr(b->handler_sha256, POINTS_OVER);
	const enum difference d = difference__of(metric);
	bool other, own;

	if (!x || !y || d == NR_DIFFERENCES)
		return "the handler's code changed";
	other = strcmp(x, y);
	own = x - a->handler_sha256 != y - b->handler_sha256 ||
	      strncmp(a->handler_sha256, b->handler_sha256,
		      x - a->handler_sha256);
	return whose[d][other && own ? BOTH : other ? OTHER : OWN];
}

/* Neither source nor tools did it: what else makes code of them? */
static const char *look_at(const struct history_point *a,
			   const struct history_point *b)
{
	return *setup_of(a)->compiler && *setup_of(b)->compiler ?
	       "look at the configuration, and at patches outside of the checkout" :
	       "look at compiler and configuration, and at patches outside of the checkout";
}

char *alert__cause(const struct history_point *a, const struct history_point *b,
		   const char *metric)
{
	char *changed = changed_text(a, b), *text;

	if (!*a->handler_sha256 || !*b->handler_sha256)
		text = xasprintf("it is not known whether the handler's code changed%s",
				 changed);
	else if (differ(a->handler_sha256, b->handler_sha256) && *changed)
		text = xasprintf("%s%s", code_changed(a, b, metric), changed);
	else if (differ(a->handler_sha256, b->handler_sha256))
		text = xasprintf("%s, though neither the kernel's source nor the revision did: %s",
				 code_changed(a, b, metric), look_at(a, b));
	else if (alert__is_exact(metric))
		text = xasprintf("the handler's code is the same, so this is a change of the rig, or of the kernel around the handler%s",
				 changed);
	else
		text = xasprintf("the handler's code is the same, so this is a change of the machine, the layouts or the rig%s",
				 changed);
	free(changed);
	return text;
}

char *alert__instrument_cause(const char *before_machine, const char *machine,
			      const struct history_point *before,
			      const struct history_point *first)
{
	struct changes c = changes_of(before, first, false);
	char *changed = strlist__join(&c.what, " and ");
	char *text = xasprintf("another instrument, %s -> %s: which of the two moved it, instrument or code, these runs do not say%s%s",
			       before_machine, machine,
			       *changed ? "; changed as well: " : "", changed);

	strlist__free(&c.what);
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
