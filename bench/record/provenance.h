/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is needed to do a run again: the command, the revision of this
 * checkout, the machine.
 */
#ifndef FAULTLINE_PROVENANCE_H
#define FAULTLINE_PROVENANCE_H

#include <jansson.h>

/* The beginning of a run's meta data: command, started, tool, machine. */
json_t *provenance__new(int argc, char **argv);

/*
 * Which revision this is, as git says of a checkout, `make install` wrote or the
 * file `source-revision` of a tarball: the commit, then "+" where files were
 * changed, "?" where nobody knows. Allocated, the caller frees it; NULL where
 * nothing says so.
 */
char *provenance__revision(void);

/* Now, in UTC, ISO 8601; allocated, the caller frees it. */
char *time_text(void);

#endif
