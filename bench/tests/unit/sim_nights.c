// SPDX-License-Identifier: GPL-2.0
/*
 * What alert says under each kind of noise, as tables: false alarms, how soon a
 * regression is said, how many never are. No test; `make simulate` prints it,
 * test_nights asserts it of fewer. How far it is goes to stderr.
 *
 *	sim_nights [HISTORIES [YEARS]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim_nights.h"

#define SLOW	10	/* every tenth history creeps, and is fixed */

static const double shifts[] = { 1, 2, 3, 5 };	/* sigma */
#define SHIFTS	ARRAY_SIZE(shifts)
static const double grows[] = { 3 }, fixed = 5;

static const char *const series_name[NR_SIM_SERIES] = {
	[FIGURE] = "figure", [DIFFERENCE] = "difference",
};

static void progress(const char *what, int done)
{
	fprintf(stderr, "%s: %d of %d kinds of noise, %.0f s of CPU\n", what,
		done + 1, ALL_NOISES, (double)clock() / CLOCKS_PER_SEC);
	fflush(stdout);
}

static void night(double n)
{
	if (isinf(n))
		printf(" %4s", "-");
	else
		printf(" %4.0f", n);
}

/* Half of them, 95 % of them, and how many never. */
static void delays(struct sim_delays *d)
{
	putchar(' ');
	night(sim__quantile(d, 0.5));
	night(sim__quantile(d, 0.95));
	printf(" %5zu", d->never);
}

static void false_alarms(enum noise n, size_t years)
{
	struct sim_quiet q = { 0 };

	for (size_t i = 0; i < years; i++)
		sim__year(&q, 1 + i, n);
	printf("%-9s", noise_name[n]);
	for (int k = 0; k < NR_SIM_SERIES; k++)
		printf("  %6.2f %6.2f %6.0f", 1000.0 * q.alarms[k] / q.nights,
		       1000.0 * q.better[k] / q.nights,
		       100.0 * q.with[k] / years);
	printf("  %9.1f\n", 1000.0 * q.reruns / q.nights);
}

static void shifted(enum noise n, size_t histories)
{
	struct sim_shift d[SHIFTS] = { 0 };

	for (size_t i = 0; i < histories; i++)
		sim__shifts(d, shifts, SHIFTS, STAYS, 10000 + i, n);
	for (int k = 0; k <= NR_SIM_SERIES; k++) {
		const bool either = k == NR_SIM_SERIES;

		printf("%-9s %-10s", noise_name[n],
		       either ? "either" : series_name[k]);
		for (size_t i = 0; i < SHIFTS; i++)
			delays(either ? &d[i].cell : &d[i].of[k]);
		putchar('\n');
	}
	for (size_t i = 0; i < SHIFTS; i++)
		sim__shift_free(&d[i]);
}

static void slow(enum noise n, size_t histories)
{
	struct sim_shift creep = { 0 }, said = { 0 }, gone = { 0 };

	for (size_t i = 0; i < histories; i++) {
		sim__shifts(&creep, grows, 1, CREEPS, 10000 + i, n);
		sim__fixed(&said, &gone, fixed, 10000 + i, n);
	}
	for (int k = 0; k < NR_SIM_SERIES; k++) {
		printf("%-9s %-10s", noise_name[n], series_name[k]);
		delays(&creep.of[k]);
		delays(&said.of[k]);
		delays(&gone.of[k]);
		putchar('\n');
	}
	printf("%-9s %-10s", noise_name[n], "either");
	delays(&creep.cell);
	putchar('\n');
	sim__shift_free(&creep);
	sim__shift_free(&said);
	sim__shift_free(&gone);
}

int main(int argc, char **argv)
{
	const size_t histories = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
	const size_t years = argc > 2 ? strtoull(argv[2], NULL, 10) : 40;

	if (!histories || !years || argc > 3)
		die(EXIT_USAGE, "sim_nights [HISTORIES [YEARS]]");
	printf("Nothing happens: false alarms and false improvements in a thousand nights, and\n"
	       "years with a false alarm in %%, of %zu years\n\n"
	       "                  figure                difference\n"
	       "noise       false better  years   false better  years  run again\n",
	       years);
	for (int n = 0; n < ALL_NOISES; n++) {
		false_alarms(n, years);
		progress("quiet years", n);
	}
	printf("\nA regression of +1, +2, +3, +5 sigma after %d nights: half of %zu histories have an\n"
	       "alert after that number of nights (0: the same night), 95 %% of them after that, and the\n"
	       "number that have none within %d nights\n\n"
	       "                       +1 sigma         +2               +3               +5\n"
	       "noise     series       half  95%% never   half  95%% never   half  95%% never   half  95%% never\n",
	       BEFORE, histories, LATEST);
	for (int n = 0; n < ALL_NOISES; n++) {
		shifted(n, histories);
		progress("regressions", n);
	}
	printf("\nA regression that grows to +%g sigma over %d nights, and one of +%g that is fixed after\n"
	       "%d: nights until the alert, and from then on until it has gone by itself; of %zu\n\n"
	       "                       grows            is said          has gone\n"
	       "noise     series       half  95%% never   half  95%% never   half  95%% never\n",
	       grows[0], CREEP, fixed, FIXED, histories / SLOW + 1);
	for (int n = 0; n < ALL_NOISES; n++) {
		slow(n, histories / SLOW + 1);
		progress("slow and fixed", n);
	}
	return 0;
}
