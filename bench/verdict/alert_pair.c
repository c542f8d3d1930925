// SPDX-License-Identifier: GPL-2.0
/*
 * Exact figures by pairs of faults, as compare__pair() has them for two cells of a
 * run; see alert_priv.h.
 */
#include <math.h>
#include <stdlib.h>

#include "alert_priv.h"
#include "compare.h"

struct bins {
	struct bin *bin;
	size_t nr;
};

/* "2362:1023 19140:1" */
static struct bins parse(const char *text)
{
	struct bins b = { 0 };
	char *end;

	while (text && *text) {
		struct bin one = { .ticks = strtoull(text, &end, 10) };

		if (*end != ':')
			break;
		one.count = strtoull(end + 1, &end, 10);
		b.bin = xrealloc(b.bin, (b.nr + 1) * sizeof(*b.bin));
		b.bin[b.nr++] = one;
		text = *end == ' ' ? end + 1 : "";
	}
	return b;
}

static struct bins bins_of(struct history *h, int64_t samples)
{
	char *text = history__samples(h, samples);
	struct bins b = parse(text);

	free(text);
	return b;
}

static bool stands_out(const struct bins *b)
{
	const struct hist_summary s = compare__summary(b->bin, b->nr);

	return hist__stands_out(&s);
}

/* The samples of the accepted figure; 0 where they are not known. */
static int64_t accepted_samples(const struct history_point *p, size_t nr,
				double accepted)
{
	for (size_t i = 0; i < nr; i++) {
		if (p[i].value == accepted && p[i].samples)
			return p[i].samples;
	}
	return 0;
}

/* Without the samples of both, one figure must stand out to be compared. */
static bool alone_suffices(struct history *h, const struct history_point *p,
			   double accepted)
{
	struct bins b;
	bool is;

	if (!p->samples || p->value == accepted)
		return true;
	b = bins_of(h, p->samples);
	is = stands_out(&b);
	free(b.bin);
	return is;
}

/* What the pairs with the samples of one point say of it; NAN: they do not pair. */
static double by_pairs(struct history *h, const struct bins *ref,
		       int64_t samples)
{
	struct bins b = bins_of(h, samples);
	struct cmp_pair pair = compare__pair_bins(ref->bin, ref->nr, b.bin,
						  b.nr);

	free(b.bin);
	return !pair.made ? NAN : pair.shared ? pair.diff : pair.mean;
}

bool alert__pair(struct history *h, struct history_point *p, size_t nr,
		 double accepted)
{
	int64_t of = accepted_samples(p, nr, accepted), last = 0;
	double by = NAN;
	struct bins ref;

	if (!of)
		return alone_suffices(h, &p[nr - 1], accepted);
	ref = bins_of(h, of);
	for (size_t i = 0; i < nr; i++) {
		if (p[i].samples && p[i].samples != last) {
			last = p[i].samples;
			by = last == of ? 0 : by_pairs(h, &ref, last);
		}
		if (p[i].samples && !isnan(by))
			p[i].value = accepted + by;
	}
	free(ref.bin);
	return !p[nr - 1].samples || !isnan(by) ||
	       alone_suffices(h, &p[nr - 1], accepted);
}
