// SPDX-License-Identifier: GPL-2.0
/* See autocorrelation.h. */
#include <math.h>
#include <stdlib.h>

#include "autocorrelation.h"
#include "interval.h"

#define MAD_SD	1.4826	/* sigma of a normal distribution in units of its MAD */
#define MOST	0.98	/* part of the noise before: more is no level at all */
#define RHYTHM	1.5

/* Standard deviation of what lies that far apart, from the median; room for n. */
static double robust_sd(const double *v, size_t n, size_t lag, double *room)
{
	for (size_t i = 0; i + lag < n; i++)
		room[i] = fabs(v[i + lag] - v[i]);
	return MAD_SD * interval__median(room, n - lag);
}

/* Their mean square, of each no more than the limit. */
static double mean_square(const double *v, size_t n, size_t lag, double limit)
{
	double sum = 0;

	for (size_t i = 0; i + lag < n; i++)
		sum += pow(fmin(fabs(v[i + lag] - v[i]), limit), 2);
	return sum / (n - lag);
}

/*
 * What of an estimate from n values is believed. It may exceed 1 by chance; what
 * is RHYTHM or more swings to and fro, and its level is known no worse for that.
 */
static double shown(double part, size_t n)
{
	if (part < AUTOCORRELATION_SHOWN / sqrt(n) || part >= RHYTHM)
		return 0;
	return fmin(MOST, part - AUTOCORRELATION_OFF / sqrt(n));
}

struct autocorrelation autocorrelation__of(const double *v, size_t n)
{
	struct autocorrelation a = { 0 };
	double *room = malloc((n + 1) * sizeof(*room));
	double near, far, most;

	if (!room || n < AUTOCORRELATION_LEAST)
		goto out;
	near = robust_sd(v, n, 1, room);
	far = robust_sd(v, n, 2, room);
	most = AUTOCORRELATION_LIMIT * fmax(near, far);
	if (!(near > 0))
		goto out;
	a.part = shown(mean_square(v, n, 2, most) /
		       mean_square(v, n, 1, most) - 1, n);
	a.sd = near / M_SQRT2 * sqrt(1 + a.part);
out:
	free(room);
	return a;
}

/* Normal equations of a mean a level, which only neighbours share. */
struct equation {
	double self, next;	/* with itself and with the level after it */
	double sum;		/* of the values, without what goes on */
	double to;		/* of the contrast */
};

static void add(struct equation *e, const double *v, const size_t *from,
		size_t nr, double part)
{
	for (size_t k = 0; k < nr; k++) {
		if (k) {
			const double new = v[from[k]] - part * v[from[k] - 1];

			e[k].self += 1;
			e[k].sum += new;
			e[k - 1].self += part * part;
			e[k - 1].sum -= part * new;
			e[k - 1].next = -part;
		} else {
			e[k].self += 1 - part * part;
			e[k].sum += (1 - part * part) * v[from[k]];
		}
		for (size_t i = from[k] + 1; i < from[k + 1]; i++) {
			e[k].self += (1 - part) * (1 - part);
			e[k].sum += (1 - part) * (v[i] - part * v[i - 1]);
		}
	}
}

/* The contrast's weights in place of it: Gauss's elimination, down and up. */
static void solve(struct equation *e, size_t nr)
{
	for (size_t k = 1; k < nr; k++) {
		const double by = e[k - 1].next / e[k - 1].self;

		e[k].self -= by * e[k - 1].next;
		e[k].to -= by * e[k - 1].to;
	}
	e[nr - 1].to /= e[nr - 1].self;
	for (size_t k = nr - 1; k--;)
		e[k].to = (e[k].to - e[k].next * e[k + 1].to) / e[k].self;
}

double autocorrelation__apart(const struct autocorrelation *a, const double *v,
			      const size_t *from, size_t nr)
{
	struct equation *e = calloc(nr + 1, sizeof(*e));
	double diff = 0, variance;

	if (!e || nr < 2 || !(a->sd > 0)) {
		free(e);
		return 0;
	}
	add(e, v, from, nr, a->part);
	e[0].to = -1;
	e[nr - 1].to = 1;
	solve(e, nr);
	variance = e[nr - 1].to - e[0].to;
	for (size_t k = 0; k < nr; k++)
		diff += e[k].to * e[k].sum;
	free(e);
	return variance > 0 ? diff / (a->sd * sqrt(variance)) : 0;
}
