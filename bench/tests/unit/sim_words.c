// SPDX-License-Identifier: GPL-2.0
/*
 * How many of 1,000 runs of equal code have a word, as a table. No test; `make
 * simulate` prints it, bench/verdict/false_alarms.c keeps the worst of each line:
 * where it keeps another figure than 1,000 runs give, this fails. Of fewer runs
 * nothing is compared.
 *
 *	sim_words [RUNS]
 */
#include <stdio.h>
#include <stdlib.h>

#include "false_alarms.h"
#include "sim_noisy.h"

#define RUNS	1000

/* Does the table keep what was measured? */
static bool line(const struct false_alarms *kept, size_t runs)
{
	size_t independent = 0, related = 0;

	printf("%7zu %11zu ", kept->layouts, kept->comparisons);
	for (int n = 0; n < NR_SIM_NOISES; n++) {
		const size_t with = sim__false((struct sim_run) {
			.noise = n, .layouts = kept->layouts,
			.comparisons = kept->comparisons }, runs);
		size_t *worst = sim__related(n) ? &related : &independent;

		*worst = with > *worst ? with : *worst;
		printf(" %9.0f", 1000.0 * with / runs);
		fflush(stdout);
	}
	putchar('\n');
	return kept->independent == independent && kept->related == related;
}

int main(int argc, char **argv)
{
	const size_t runs = argc > 1 ? strtoull(argv[1], NULL, 10) : RUNS;
	size_t wrong = 0;

	if (!runs || argc > 2)
		die(EXIT_USAGE, "sim_words [RUNS]");
	printf("Runs of equal code with a word, of 1,000 (%zu drawn), by the noise of a copy\n\n"
	       "layouts comparisons ", runs);
	for (int n = 0; n < NR_SIM_NOISES; n++)
		printf(" %9s", sim_noise_names[n]);
	putchar('\n');
	for (size_t i = 0; i < FALSE_ALARM_CASES; i++)
		wrong += !line(&false_alarm_cases[i], runs);
	if (runs == RUNS && wrong)
		die(EXIT_BAD_RECORD, "bench/verdict/false_alarms.c keeps other figures in %zu lines", wrong);
	return 0;
}
