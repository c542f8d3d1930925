// SPDX-License-Identifier: GPL-2.0
/*
 * Ctrl-C, SIGTERM and a terminal that closes ask a long command to come to its
 * end: it stops what it has under way, keeps what is finished and says how to
 * go on.
 */
#include "util.h"

static const int signals[NR_STOP_SIGNALS] = { SIGINT, SIGTERM, SIGHUP };
static volatile sig_atomic_t asked;

static void on_signal(int sig)
{
	asked = sig;
}

static void listen_to(int sig, struct sigaction *was)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(sig, NULL, was);
	/* Whoever says `nohup` means it. */
	if (sig != SIGHUP || was->sa_handler != SIG_IGN)
		sigaction(sig, &sa, NULL);
}

void stop__listen(void)
{
	struct stop_saved was;

	stop__hold(&was);
}

void stop__hold(struct stop_saved *was)
{
	for (size_t i = 0; i < NR_STOP_SIGNALS; i++)
		listen_to(signals[i], &was->action[i]);
}

void stop__release(const struct stop_saved *was)
{
	for (size_t i = 0; i < NR_STOP_SIGNALS; i++)
		sigaction(signals[i], &was->action[i], NULL);
}

bool stop__asked(void)
{
	return asked;
}
