/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a Bochs with its debugger writes to its standard output: the host's
 * channel, byte by byte as the host writes it to its port, and lines of the
 * debugger between and within the channel's.
 */
#ifndef FAULTLINE_BOCHS_CHANNEL_H
#define FAULTLINE_BOCHS_CHANNEL_H

/* Leave of the text the channel's lines alone. */
void bochs_channel__filter(char *text);
/*
 * Return: the message that Bochs says on its standard error that it exits with, allocated, the caller
 * frees it; or NULL where it says none.
 */
char *bochs_channel__exit(const char *text);

#endif
