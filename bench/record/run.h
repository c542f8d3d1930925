/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A run: the folder results/<time>-<id> with run.json (all that reproduces
 * it), records.jsonl (one record per line, appended and synced one by one; packed
 * it is records.jsonl.xz) and boots/ (what each host printed).
 * docs/format.md describes the format.
 */
#ifndef FAULTLINE_RUN_H
#define FAULTLINE_RUN_H

#include <jansson.h>

#include "record.h"
#include "selection.h"

#define RUN_SCHEMA	2

struct run {
	char *dir;
	json_t *meta;		/* run.json */
	struct record **record;
	size_t nr;
	size_t bad;		/* lines that are no records */
	size_t bad_places;	/* where they are, lost ones together */
	char *bad_text;		/* what and where, a line each of the first few, or NULL */
	struct run_index *index;	/* run_index.c; NULL until it is wanted */
	const struct selection *shown;	/* what tables show of it; NULL: all */
};

/*
 * Make a run folder below parent, write meta as run.json and let
 * parent/latest point at it. The run keeps meta. Return: 0, or -1 with EXIT_STORAGE
 * and a message in @err, and there is nothing to free.
 */
int run__create(struct run *run, const char *parent, json_t *meta,
		struct err *err);

/* Let parent/latest point at the run of that name; warns where it cannot. */
void run__point_latest(const char *parent, const char *name);

/* Is there a run that run__read() reads? */
bool run__readable(const char *dir);

/*
 * Read a run. Lines that are no records are counted and described, the rest
 * is kept; of several records of one cell and boot the last counts. Return: 0,
 * or -1 with code and message in @err, and nothing to free: EXIT_NO_DATA when dir
 * is not a run, EXIT_BAD_RECORD when its run.json is broken.
 */
int run__read(struct run *run, const char *dir, struct err *err);

/*
 * Ready a run that was read for more records: a packed one is unpacked. Where
 * lines are no records, the file is set aside as records.jsonl.damaged (packed:
 * records.jsonl.xz.damaged) and the sound ones are written anew. Return: 0, or
 * -1 with EXIT_STORAGE and a message in @err, and the file is as it was.
 */
int run__reopen(struct run *run, struct err *err);

/*
 * Append one record and sync it to disk; the run keeps it. 0 or -errno, and
 * then nothing of it is in the file.
 */
int run__append(struct run *run, struct record *r);

/* Write run.json anew, whole or not at all. 0 or -errno. */
int run__save_meta(struct run *run);

/*
 * Is a cell among what tables show? A workload with perf in the host goes by
 * its plain name as well. NULL parts are not looked at.
 */
bool run__shows(const struct run *run, const char *base, const char *profile,
		const char *workload);

/*
 * The place of the first record of a cell, of any rig, and of the next one of
 * the same cell; run->nr: there is none. Records that are added are found;
 * whoever takes records out or renames them calls run__forget_index().
 */
size_t run__first(const struct run *run, const char *base, const char *variant,
		  const char *profile, const char *workload);
size_t run__next(const struct run *run, size_t i);
void run__forget_index(struct run *run);

/* The record of a cell's boot, or NULL; rig NULL: the first of any rig. */
struct record *run__find(const struct run *run, const char *base,
			 const char *variant, const char *profile,
			 const char *workload, const char *rig, uint64_t boot);

/*
 * What the files of one boot are called, without their ends. Allocated; the
 * caller frees it.
 */
char *run__boot_name(const char *base, const char *variant, const char *profile,
		     const char *workload, const char *rig, uint64_t boot);

/*
 * The file of its own that the attribution of a record's boot is in, or is to be
 * written to: .json.xz where only that exists, otherwise .json.gz. A packed run has
 * them all in the one file run__attributions(), where it is attribution.jsonl.xz,
 * by name; a boot's own file counts before that. attribution__there() and
 * attribution__load() know all of it. Allocated; the caller frees it.
 */
char *run__attribution_name(const struct record *r);
char *run__attributions(const struct run *run);
char *run__attribution(const struct run *run, const struct record *r);

/*
 * run_packed.c: where the records of a run are: records.jsonl, or
 * records.jsonl.xz where only that exists. Allocated; the caller frees it.
 */
char *run__records_path(const struct run *run);
bool run__is_packed(const struct run *run);

/*
 * The sha256 of records.jsonl as hex, of a packed run that of what is packed;
 * allocated, the caller frees it. "" where there are no records.
 */
char *run__records_sha256(const struct run *run);

/* How many lines a packed run has, as its run.json says; otherwise 0. */
size_t run__packed_lines(const struct run *run);

/*
 * Pack the records of a run that was read, or unpack them; nothing is done
 * where they are so already. Whenever it is interrupted the run is whole.
 * Return: 0, or -errno.
 */
int run__pack(struct run *run);
int run__unpack(struct run *run);

/* run/<fmt>, allocated; the caller frees it. */
char *run__path(const struct run *run, const char *fmt, ...) PRINTF(2, 3);
void run__free(struct run *run);

#endif
