// SPDX-License-Identifier: GPL-2.0
int run(void);

void start(void)
{
	while (run())
		;
}
