// SPDX-License-Identifier: GPL-2.0
/*
 * Ctrl-C and SIGTERM ask a long command to come to its end: it stops what it
 * has under way, keeps what is finished and says how to go on.
 */
#include <signal.h>

#include "util.h"

static volatile sig_atomic_t asked;

static void on_signal(int sig)
{
	asked = sig;
}

void stop__listen(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

bool stop__asked(void)
{
	return asked;
}
