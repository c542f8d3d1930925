// SPDX-License-Identifier: GPL-2.0
/*
 * The skeleton of a boot, and the chain of checks on what came out of it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "boot.h"
#include "console.h"
#include "cycles.h"
#include "host_boot.h"
#include "perf_parse.h"
#include "verify.h"

#define LOG_ROOM	(1 << 20)	/* bytes that a boot may need on disk */

/* QEMU warns of CPU features that TCG lacks; a Linux guest's lines are marked. */
static bool is_expected(const char *line)
{
	const char *warning = strstr(line, "warning: TCG doesn't support");

	return (warning && warning < line + strcspn(line, "\n")) ||
	       !strncmp(line, GUEST_CONSOLE_MARK, strlen(GUEST_CONSOLE_MARK));
}

/* The first line that explains anything, allocated; "" where there is none. */
static char *first_line_of(const char *path)
{
	char *text = path_read(path, NULL), *line = text;

	while (line && is_expected(line)) {
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	line = xasprintf("%.*s", line ? (int)strcspn(line, "\n") : 0,
			 line ? line : "");
	free(text);
	return line;
}

/* Where neither the kernel's log nor the channel explain it, by the program's end. */
static enum outcome how_it_ended(const struct boot *b, char **why)
{
	const struct boot_kind *kind = b->kind;
	char *line;

	if (b->end == SPAWN_LIMIT) {
		*why = xasprintf("%s after %.0f s", kind->running,
				 b->job->limit_s);
		return OUTCOME_HANG;
	}
	if (b->channel.died) {
		*why = xasprintf("%s gave up: %s", kind->init, b->channel.why);
		return OUTCOME_RIG;
	}
	if (b->end == SPAWN_EXITED && b->status == kind->good)
		return OUTCOME_OK;
	if (b->end == SPAWN_EXITED && b->status == 0 && kind->resets) {
		*why = xstrdup("the host reset itself and printed nothing");
		return OUTCOME_PANIC;
	}
	line = b->said ? xstrdup(b->said) : first_line_of(b->errors);
	*why = xasprintf("%s %s %d: %s", kind->program,
			 b->end == SPAWN_SIGNALED ? "was killed by signal" :
			 b->end == SPAWN_FAILED ? "could not be started, errno" :
			 "ended with status", b->status, line);
	free(line);
	return OUTCOME_RIG;
}

static enum outcome check_console(struct boot *b, char **why)
{
	return console__scan(b->log, why);
}

static enum outcome check_end(struct boot *b, char **why)
{
	enum outcome o = how_it_ended(b, why);

	return o == OUTCOME_OK ? verify__channel(&b->channel, why) : o;
}

/* What was booted is what the record names, and it ran this cell. */
static enum outcome check_booted(struct boot *b, char **why)
{
	const char *cell = b->channel.cell ?: "";

	if (!b->kind->own_mmu)
		return OUTCOME_OK;
	*why = host_boot__changed(b);
	if (*why)
		return OUTCOME_RIG;
	if (!strcmp(cell, b->cell.id))
		return OUTCOME_OK;
	*why = xasprintf("the host ran the cell '%s' and not '%s'", cell, b->cell.id);
	return OUTCOME_LOST;
}

static enum outcome check_profile(struct boot *b, char **why)
{
	return verify__profile(b->job->profile, b->record->host, b->job->kernel,
			       why);
}

static enum outcome check_mmu(struct boot *b, char **why)
{
	const struct workload *w = b->job->workload;
	enum outcome o;

	if (!b->kind->own_mmu)
		return OUTCOME_OK;
	o = verify__tdp_mmu(w, b->record->host, why);
	return o == OUTCOME_OK ? verify__host(w, b->record->host, why) : o;
}

static enum outcome check_perf(struct boot *b, char **why)
{
	return perf_parse__take(&b->channel, b->job->workload, b->record, why);
}

static enum outcome check_cycles(struct boot *b, char **why)
{
	char err[256];

	if (!b->kind->cycles ||
	    !channel__cycles(&b->channel, b->record, err, sizeof(err)))
		return OUTCOME_OK;
	*why = xstrdup(err);
	return OUTCOME_LOST;
}

static enum outcome check_record(struct boot *b, char **why)
{
	char err[256];

	if (!record__check(b->record, err, sizeof(err)))
		return OUTCOME_OK;
	*why = xstrdup(err);
	return OUTCOME_DENOMINATOR;
}

/* Worst first; a later check may rely on what an earlier one has shown. */
static enum outcome (*const checks[])(struct boot *b, char **why) = {
	check_console,
	check_end,
	check_booted,
	check_profile,
	check_mmu,
	check_perf,
	check_cycles,
	check_record,
};

static void check(struct boot *b)
{
	struct record *r = b->record;

	r->outcome = OUTCOME_OK;
	for (size_t i = 0; i < ARRAY_SIZE(checks) && r->outcome == OUTCOME_OK; i++)
		r->outcome = checks[i](b, &r->why);
	if (r->outcome != OUTCOME_OK) {
		cycles__free(r->cycles);
		r->cycles = NULL;
	}
	if (!r->why)
		r->why = xstrdup("");
}

static void parse_and_check(struct boot *b)
{
	char *text = path_read(b->wire, NULL) ?: xstrdup("");

	channel__parse(text, b->record, &b->channel);
	check(b);
	channel__free(&b->channel);
	free(text);
}

/* A channel that stopped short on a full disk is not the host's fault. */
static bool disk_is_full(const char *path)
{
	struct statvfs v;

	return !statvfs(path, &v) && v.f_bavail * v.f_frsize < LOG_ROOM;
}

static void name_files(struct boot *b)
{
	const char *stem = b->job->logs;

	b->input = xasprintf("%s.%s", stem, b->kind->input);
	b->points = xasprintf("%s.points", stem);
	b->image = xasprintf("%s.image", stem);
	b->console = xasprintf("%s.console", stem);
	b->wire = xasprintf("%s.wire", stem);
	b->errors = xasprintf("%s.%s", stem, b->kind->errors);
}

static void free_all(struct boot *b)
{
	free(b->own);
	free(b->log);
	free(b->said);
	free(b->errors);
	free(b->wire);
	free(b->console);
	free(b->image);
	free(b->points);
	free(b->input);
}

enum boot_end boot__run(const struct boot_kind *kind,
			const struct boot_job *job, struct record *r)
{
	struct boot b = {
		.kind = kind, .job = job, .record = r,
		/* The same for every variant: guests and memory are identical. */
		.cell = kind->cycles ? channel__noisy_cell(job->workload) :
				       job->workload->cell,
	};
	enum boot_end result = BOOT_NO_ROOM;
	double t0;

	b.cell.spin = job->perturb.spin;
	b.cell.pages = job->perturb.pages;
	name_files(&b);
	if (kind->own_mmu)
		r->why = host_boot__changed(&b);
	if (!r->why && !kind->prepare(&b)) {
		t0 = now_s();
		kind->run(&b);
		r->wall_s = now_s() - t0;
		result = b.end == SPAWN_STOPPED ? BOOT_STOPPED : BOOT_DONE;
		if (result == BOOT_DONE)
			parse_and_check(&b);
	} else if (job->stop && job->stop()) {
		result = BOOT_STOPPED;
	} else if (r->why) {
		r->outcome = OUTCOME_RIG;
		result = BOOT_DONE;
	}
	/* As the boot had it: before its own files give room back. */
	if (result == BOOT_DONE && !record__valid(r) && disk_is_full(b.wire))
		result = BOOT_NO_ROOM;
	unlink(b.input);
	unlink(b.points);
	unlink(b.image);
	if (result != BOOT_DONE || record__settled(r))
		unlink(b.errors);
	free_all(&b);
	return result;
}
