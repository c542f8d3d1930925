/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is the host what it was to be? Return of each: OUTCOME_OK, or what is wrong,
 * with a message in *why, allocated.
 */
#ifndef FAULTLINE_VERIFY_H
#define FAULTLINE_VERIFY_H

#include "catalog.h"
#include "channel.h"
#include "record.h"

/*
 * The profile's `verify`, "a=b*; c=d": every file in sysfs must match its
 * pattern; "*" is each vulnerability that no other rule names, a name with a dot
 * a module's parameter, CONFIG_X a line of the configuration in , the
 * kernel's folder (NULL: not known). OUTCOME_PROFILE where one does not match;
 * OUTCOME_SKIP where the CPU model is not affected, so that the kernel has nothing
 * to choose, and where a rule of `cannot` matches.
 */
enum outcome verify__profile(const struct profile *p, json_t *host,
			     const char *kernel, char **why);
/* The host has the MMU that the workload asks for. */
enum outcome verify__tdp_mmu(const struct workload *w, json_t *host, char **why);
/* It has each of KVM's parameters as the workload's `host` wants it. */
enum outcome verify__host(const struct workload *w, json_t *host, char **why);
/* Did the channel end as it must, and did the guest pass? */
enum outcome verify__channel(const struct channel_log *h, char **why);

#endif
