// SPDX-License-Identifier: GPL-2.0
/*
 * What alert says of histories whose truth is known, as a table: false alarms
 * and how long a shift goes unseen, next to "the last value plus 5 %". No test;
 * `make simulate` prints it, test_alert asserts it.
 *
 *	sim_history [NIGHTS [TRIES]]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim.h"

static const double sigmas[] = { 0.005, 0.01, 0.02, 0.05 };
static const double shifts[] = { 0, 0.01, 0.02, 0.05, 0.10 };
#define HISTORIES	4	/* A/A, of that many nights each */

/* A constant figure, then one instruction more; alert judges every night. */
static void exact(size_t nights)
{
	struct history_point *p = xcalloc(2 * nights, sizeof(*p));
	size_t alarms = 0, found = 0;

	for (size_t i = 0; i < 2 * nights; i++)
		p[i] = (struct history_point) { .value = 2414, .spread = NAN,
						.boots = 2, .exact = true };
	for (size_t i = 2; i <= nights; i++)
		alarms += alert__exact(p, i, NULL, &alert_defaults).is !=
			  ALERT_NOTHING;
	for (size_t i = 1; i < nights; i++) {
		struct alert_verdict v;

		p[i].value += i % 2 ? 1 : -1;
		v = alert__exact(p, i + 1, NULL, &alert_defaults);
		found += v.is == ALERT_CHANGED && v.began == i;
		p[i].value = 2414;
	}
	printf("Exact figures\n\n"
	       "A/A, %zu nights: %zu nights with any finding\n"
	       "a shift of one instruction of 2414, up or down, in each of %zu nights:\n"
	       "found the same night %zu times\n\n",
	       nights, alarms, nights - 1, found);
	free(p);
}

static void false_alarms(enum noise noise, size_t nights)
{
	for (size_t k = 0; k < ARRAY_SIZE(sigmas); k++) {
		struct sim_aa sum = { 0 };
		double per;

		for (size_t i = 0; i < HISTORIES; i++) {
			struct sim_aa r = sim__aa(1000 * k + i + 1, noise,
						  sigmas[k], nights);

			sum.alarms += r.alarms;
			sum.better += r.better;
			sum.naive += r.naive;
			sum.reruns += r.reruns;
		}
		per = 1000.0 / (HISTORIES * nights);
		printf("%-9s %5.1f %%  %12.2f %12.2f %12.1f %12.1f\n",
		       noise_name[noise], 100 * sigmas[k], sum.alarms * per,
		       sum.better * per, sum.reruns * per, sum.naive * per);
	}
}

static void delays(enum noise noise, size_t tries)
{
	for (size_t k = 0; k < ARRAY_SIZE(sigmas); k++) {
		for (size_t s = 0; s < ARRAY_SIZE(shifts); s++) {
			struct sim_found f = { 0 };

			for (size_t i = 0; i < tries; i++)
				sim__shift(&f, 7000 + i, noise, sigmas[k],
					   shifts[s]);
			printf("%-9s %5.1f %% %5.0f %%  %7.0f %% %9.1f  %9.0f %% %9.1f\n",
			       noise_name[noise], 100 * sigmas[k],
			       100 * shifts[s], 100.0 * f.found / tries,
			       f.delay, 100.0 * f.naive / tries,
			       f.naive_delay);
		}
	}
}

int main(int argc, char **argv)
{
	size_t nights = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
	size_t tries = argc > 2 ? strtoull(argv[2], NULL, 10) : 100;

	if (nights < 2 || !tries || argc > 3)
		die(EXIT_USAGE, "sim_history [NIGHTS [TRIES]]");
	exact(nights);
	printf("Noisy figures, A/A: a thousand nights, mean of %d histories of %zu\n\n"
	       "noise     sigma    false alarms  false better   run again   last + 5 %%\n",
	       HISTORIES, nights);
	for (int n = 0; n < NR_NOISES; n++)
		false_alarms(n, nights);
	printf("\nNoisy figures, a shift after %d nights: how many of %zu were found within\n"
	       "%d nights, and after how many (0: the same night; missed: %d), on average\n\n"
	       "                            alert                 last value + 5 %%\n"
	       "noise     sigma   shift     found    nights       found    nights\n",
	       BEFORE, tries, WITHIN, WITHIN);
	for (int n = 0; n < NR_NOISES; n++)
		delays(n, tries);
	return 0;
}
