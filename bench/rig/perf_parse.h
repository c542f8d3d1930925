/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux perf in the host: the archive that brings it there, and from its
 * output to the record.
 */
#ifndef FAULTLINE_PERF_PARSE_H
#define FAULTLINE_PERF_PARSE_H

#include "catalog.h"
#include "channel.h"
#include "record.h"

/* Return: does the workload ask for perf? */
bool perf_parse__wanted(const struct workload *w);
/*
 * Pack perf for the host, unless it is packed. Return: 0, or the exit code of
 * scripts/build-perf, which has printed why.
 */
int perf_parse__prepare(void);
/*
 * Return: the archive that holds it, allocated, the caller frees it, with its
 * version in r->host; or NULL with a message in r->why.
 */
char *perf_parse__archive(struct record *r);
/* Return: what such a boot needs on the kernel's command line, or "". */
const char *perf_parse__cmdline(const struct workload *w);
/*
 * Store perf's counters in r->stats as perf/EVENT, and the events it could not
 * count, with the reason, in r->host as perf/lacks. Return: OUTCOME_OK; or
 * what is wrong (perf failed, or its count of faults is not KVM's), with a
 * message in *why, allocated.
 */
enum outcome perf_parse__take(const struct channel_log *h,
			      const struct workload *w, struct record *r,
			      char **why);

#endif
