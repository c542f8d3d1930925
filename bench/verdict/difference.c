// SPDX-License-Identifier: GPL-2.0
/* See difference.h. */
#include <string.h>

#include "catalog.h"
#include "difference.h"
#include "factors.h"

const char *const difference_suffix[NR_DIFFERENCES] = {
	[OVER_BASELINE] = "_over_baseline",
	[OVER_OFF] = "_over_off",
	[OVER_DIRECT] = "_over_direct",
};

const char *const difference_over[NR_DIFFERENCES] = {
	[OVER_BASELINE] = "baseline",
	[OVER_OFF] = "profile off",
	[OVER_DIRECT] = "the direct call",
};

enum difference difference__of(const char *metric)
{
	const size_t n = strlen(metric);
	enum difference d = 0;

	for (; d < NR_DIFFERENCES; d++) {
		size_t end = strlen(difference_suffix[d]);

		if (n > end && !strcmp(metric + n - end, difference_suffix[d]))
			break;
	}
	return d;
}

size_t difference__figure(const char *metric)
{
	enum difference d = difference__of(metric);

	return strlen(metric) -
	       (d == NR_DIFFERENCES ? 0 : strlen(difference_suffix[d]));
}

/* "a@3+indirect+x" -> "a@3+x"; allocated. */
static char *without_indirect(const char *variant)
{
	static const char overlay[] = "+" DISPATCH_INDIRECT;
	const size_t n = strlen(overlay);
	const char *at = variant;

	while ((at = strstr(at, overlay)) && at[n] && at[n] != '+')
		at += n;
	return at ? xasprintf("%.*s%s", (int)(at - variant), variant, at + n) :
		    NULL;
}

char *difference__to(enum difference d, const char *variant,
		     const char *profile, const char **to_profile)
{
	char *direct;

	*to_profile = profile;
	switch (d) {
	case OVER_BASELINE:
		return strcmp(variant, DIFFERENCE_BASELINE) ?
		       xstrdup(DIFFERENCE_BASELINE) : NULL;
	case OVER_OFF:
		*to_profile = DEFAULT_PROFILE;
		return strcmp(profile, DEFAULT_PROFILE) ? xstrdup(variant) : NULL;
	case OVER_DIRECT:
		direct = without_indirect(variant);
		if (direct && strcmp(direct, DIFFERENCE_BASELINE))
			return direct;
		free(direct);	/* over_baseline is the same */
		return NULL;
	default:
		return NULL;
	}
}
