// SPDX-License-Identifier: GPL-2.0
/*
 * SQL on a history, as the program itself writes it. No test, but a helper of those
 * that want something in a history which no run has: another program that writes
 * to one damages it.
 *
 *	history_sql FILE SQL
 */
#include "history_priv.h"

int main(int argc, char **argv)
{
	struct history *h;
	struct err e;

	if (argc != 3)
		die(EXIT_USAGE, "history_sql FILE SQL");
	h = history__open(argv[1], HISTORY_WRITE, &e);
	if (!h)
		die_err(&e);
	history__exec(h, argv[2]);
	if (history__error(h))
		die_err(history__error(h));
	history__close(h);
	return 0;
}
