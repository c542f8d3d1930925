// SPDX-License-Identifier: GPL-2.0
/*
 * In the place of perf for the tests: it knows the control pipe and -o, and is
 * wrong in one way, KIND:
 *
 *	REFUSED		may not open an event
 *	SILENT		ends at once and says nothing
 *	DEAF		never answers
 *	FAINT		ends when it is to begin counting
 *	MISCOUNT	counts a fault too few
 *	LIAR		its PMU counts nothing that can be
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { REFUSED, SILENT, DEAF, FAINT, MISCOUNT, LIAR };

#define CTL_FD	10
#define ACK_FD	11

static volatile sig_atomic_t ended;

static void on_int(int sig)
{
	(void)sig;
	ended = 1;
}

static void count(FILE *f, const char *event, const char *value)
{
	fprintf(f, "{\"counter-value\" : \"%s\", \"unit\" : \"\", \"event\" : \"%s\", \"event-runtime\" : 1, \"pcnt-running\" : 100.00}\n",
		value, event);
}

static void serve(void)
{
	char line[32];
	ssize_t n;

	while (!ended && (n = read(CTL_FD, line, sizeof(line) - 1)) > 0) {
		if (KIND == DEAF)
			continue;
		if (KIND == FAINT && !strncmp(line, "enable", 6))
			_exit(3);
		if (write(ACK_FD, "ack\n", 5) < 0)
			_exit(4);
	}
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_int };
	const char *out = "/dev/null";
	FILE *f;

	for (int i = 1; i + 1 < argc; i++) {
		if (!strcmp(argv[i], "-o"))
			out = argv[i + 1];
	}
	if (KIND == REFUSED)
		fputs("Error:\nAccess to performance monitoring is limited.\nperf_event_paranoid setting is 4:\n",
		      stderr);
	if (KIND == REFUSED || KIND == SILENT)
		return 255;
	sigaction(SIGINT, &sa, NULL);
	serve();
	f = fopen(out, "w");
	if (!f)
		return 5;
	count(f, "kvm:kvm_page_fault", KIND == MISCOUNT ? "63" : "64");
	count(f, "instructions:Hk", KIND == LIAR ? "7" : "999999");
	count(f, "cycles:Hk", KIND == LIAR ? "0" : "999999");
	count(f, "branch-misses:Hk", "<not supported>");
	return fclose(f) != 0;
}
