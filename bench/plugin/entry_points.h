/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is to be known of the kernel that is watched; probe.h has the format.
 */
#ifndef FAULTLINE_PLUGIN_ENTRY_POINTS_H
#define FAULTLINE_PLUGIN_ENTRY_POINTS_H

#include <stdint.h>

/*
 * Read the file: entries of interrupts go to code__add_entry(), vCPUs to
 * guest__vcpus(), and *vmexit is
 * where a host of VMX goes on after a VM exit, unless NULL. Return: 0, or -1
 * with a message on stderr.
 */
int entry_points__read(const char *path, uint64_t *vmexit);

#endif
