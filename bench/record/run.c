// SPDX-License-Identifier: GPL-2.0
/*
 * The folder of a run; see run.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "catalog.h"
#include "packed.h"
#include "rigs.h"
#include "run.h"

#define RECORDS		"records.jsonl"
#define BAD_LISTED	10

char *run__path(const struct run *run, const char *fmt, ...)
{
	char *tail, *path;
	va_list ap;

	va_start(ap, fmt);
	tail = xvasprintf(fmt, ap);
	va_end(ap);
	path = xasprintf("%s/%s", run->dir, tail);
	free(tail);
	return path;
}

char *run__boot_name(const char *base, const char *variant, const char *profile,
		     const char *workload, const char *rig, uint64_t boot)
{
	bool model = rigs__names_model(rig);

	return xasprintf("%s.%s.%s.%s.%llu%s%s", base, variant, profile, workload,
			 (unsigned long long)boot, model ? "." : "",
			 model ? rig : "");
}

char *run__attribution_name(const struct record *r)
{
	return run__boot_name(r->base, r->measured_as ?: r->variant, r->profile,
			      r->workload, r->rig, r->boot);
}

char *run__attributions(const struct run *run)
{
	return run__path(run, "attribution.jsonl.xz");
}

char *run__attribution(const struct run *run, const struct record *r)
{
	char *name = run__attribution_name(r);
	char *stem = run__path(run, "attribution/%s.json", name);
	char *gz = xasprintf("%s.gz", stem), *xz = xasprintf("%s.xz", stem);
	bool packed = !path_exists(gz) && path_exists(xz);

	free(name);
	free(stem);
	free(packed ? gz : xz);
	return packed ? xz : gz;
}

/* Write all of text to fd and to the disk. 0 or -errno. */
static int write_synced(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t w = write(fd, text, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -errno;
		text += w;
		n -= w;
	}
	return fsync(fd) ? -errno : 0;
}

int run__save_meta(struct run *run)
{
	char *path = run__path(run, "run.json"), *new = xasprintf("%s.new", path);
	char *text = json_dumps(run->meta, JSON_INDENT(2));
	int fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int r = fd < 0 ? -errno : write_synced(fd, text, strlen(text));

	if (fd >= 0 && close(fd) && !r)
		r = -errno;
	if (!r && rename(new, path))
		r = -errno;
	if (r)
		unlink(new);
	free(text);
	free(new);
	free(path);
	return r;
}

void run__point_latest(const char *parent, const char *name)
{
	char *link = xasprintf("%s/latest", parent);
	char *new = xasprintf("%s/.latest.%d", parent, (int)getpid());

	if (symlink(name, new) || rename(new, link)) {
		unlink(new);
		warn("%s: %s", link, strerror(errno));
	}
	free(new);
	free(link);
}

int run__create(struct run *run, const char *parent, json_t *meta,
		struct err *err)
{
	char stamp[32], *name, *boots;
	time_t now = time(NULL);
	struct tm tm;
	int r;

	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
	name = xasprintf("%s-%05x", stamp, (unsigned int)getpid() & 0xfffff);
	*run = (struct run) {
		.dir = xasprintf("%s/%s", parent, name),
		.meta = meta,
	};
	json_object_set_new(meta, "schema", json_integer(RUN_SCHEMA));
	json_object_set_new(meta, "id", json_string(name));
	boots = run__path(run, "boots");
	r = path_make(boots);
	if (!r)
		r = run__save_meta(run);
	if (!r)
		run__point_latest(parent, name);
	free(boots);
	free(name);
	if (!r)
		return 0;
	err__set(err, EXIT_STORAGE, "cannot make run %s: %s; free some room or name another --out",
		 run->dir, strerror(-r));
	run__free(run);
	return -1;
}

/*
 * @nr lines from @line on of @path are no records, or are missing. The first
 * BAD_LISTED places are listed: where a whole file is damaged the next ten
 * thousand say no more.
 */
static void note_bad(struct run *run, const char *path, size_t line, size_t nr,
		     const char *why)
{
	char *text;

	run->bad += nr;
	run->bad_places++;
	if (run->bad_places > BAD_LISTED + 1)
		return;
	if (run->bad_places <= BAD_LISTED)
		text = xasprintf("%s%s:%zu: %s\n", run->bad_text ?: "", path,
				 line, why);
	else
		text = xasprintf("%s... and more in %s\n", run->bad_text, path);
	free(run->bad_text);
	run->bad_text = text;
}

/* @path gave @have lines: what of a packed file is missing, and @why. */
static void note_missing(struct run *run, const char *path, size_t have,
			 const char *why)
{
	size_t want = run__packed_lines(run);
	char *text;

	if (want > have)
		text = xasprintf("%s; records %zu to %zu are missing",
				 *why ? why : "it has fewer lines than run.json says",
				 have + 1, want);
	else
		text = xasprintf("%s; what came after record %zu, if anything, is missing",
				 why, have);
	note_bad(run, path, have + 1, want > have ? want - have : 1, text);
	free(text);
}

/* The newest record of a cell's boot replaces older ones. */
static void keep(struct run *run, struct record *r)
{
	for (size_t i = run__first(run, r->base, r->variant, r->profile,
				   r->workload);
	     i < run->nr; i = run__next(run, i)) {
		if (run->record[i]->boot == r->boot &&
		    record__same_cell(run->record[i], r)) {
			record__free(run->record[i]);
			run->record[i] = r;
			return;
		}
	}
	run->record = xrealloc(run->record,
			       (run->nr + 1) * sizeof(struct record *));
	run->record[run->nr++] = r;
}

static void read_records(struct run *run)
{
	char *path = run__records_path(run), err[256], why[128];
	size_t size = 0, line = 0;
	char *text = packed__read(path, &size, why, sizeof(why)), *p = text;

	while (text && p < text + size) {
		char *nl = memchr(p, '\n', text + size - p);
		size_t n = nl ? (size_t)(nl - p) : (size_t)(text + size - p);
		struct record *r;

		if (!nl && *why)
			break;		/* cut where the packed file is */
		line++;
		r = nl ? record__parse(p, n, err, sizeof(err)) : NULL;
		if (r)
			keep(run, r);
		else
			note_bad(run, path, line, 1, nl ? err :
				 "the line is cut: it has no end");
		p += n + 1;
	}
	if (text && (*why || line < run__packed_lines(run)))
		note_missing(run, path, line, why);
	free(text);
	free(path);
}

bool run__readable(const char *dir)
{
	char *path = xasprintf("%s/run.json", dir);
	json_t *meta = json_load_file(path, 0, NULL);
	json_int_t schema = 0;

	json_unpack(meta, "{sI}", "schema", &schema);
	json_decref(meta);
	free(path);
	return schema == RUN_SCHEMA;
}

/* run.json of dir, which has a run's schema. */
static int read_meta(struct run *run, const char *dir, const char *path,
		     struct err *err)
{
	json_error_t e;
	json_int_t schema = 0;

	if (!run->dir || !path_exists(path))
		return err__set(err, EXIT_NO_DATA, "%s is not a run (no run.json); 'ls results' shows what there is",
				dir);
	run->meta = json_load_file(path, 0, &e);
	if (!run->meta)
		return err__set(err, EXIT_BAD_RECORD, "%s:%d: %s; the run cannot be told, its records.jsonl is untouched",
				path, e.line, e.text);
	if (json_unpack(run->meta, "{sI}", "schema", &schema) ||
	    schema != RUN_SCHEMA)
		return err__set(err, EXIT_BAD_RECORD, "%s: schema %d, this program reads %d",
				path, (int)schema, RUN_SCHEMA);
	return 0;
}

int run__read(struct run *run, const char *dir, struct err *err)
{
	char *path = xasprintf("%s/run.json", dir);
	int r;

	*run = (struct run) { .dir = realpath(dir, NULL) };
	r = read_meta(run, dir, path, err);
	free(path);
	if (r)
		run__free(run);
	else
		read_records(run);
	return r;
}

/* The sound records as a new file, synced. 0 or -errno. */
static int write_sound(const struct run *run, const char *new)
{
	FILE *f = fopen(new, "w");
	int r = 0;

	for (size_t i = 0; f && i < run->nr; i++) {
		char *line = record__line(run->record[i]);

		fputs(line, f);
		free(line);
	}
	if (!f || ferror(f) || fflush(f) || fsync(fileno(f)))
		r = -errno;
	if (f && fclose(f) && !r)
		r = -errno;
	return r;
}

/* Put them in the place of the file had, which is kept as <had>.damaged. */
static int set_aside(struct run *run, const char *had, struct err *err)
{
	char *path = run__path(run, RECORDS), *new = xasprintf("%s.new", path);
	char *aside = xasprintf("%s.damaged", had);
	int r = write_sound(run, new);

	unlink(aside);
	if (!r && (link(had, aside) || rename(new, path) ||
		   (strcmp(had, path) && unlink(had))))
		r = -errno;
	if (r)
		err__set(err, EXIT_STORAGE, "%s: %s; free some room and resume again",
			 new, strerror(-r));
	free(aside);
	free(new);
	free(path);
	return r ? -1 : 0;
}

int run__reopen(struct run *run, struct err *err)
{
	char *had = run__records_path(run);
	int r;

	if (run->bad) {
		r = set_aside(run, had, err);
	} else {
		r = run__unpack(run);
		if (r)
			r = err__set(err, EXIT_STORAGE, "%s: %s; free some room and resume again",
				     had, strerror(-r));
	}
	if (!r && run->bad)
		json_object_del(run->meta, "packed");
	if (!r)
		run->bad = run->bad_places = 0;
	free(had);
	return r;
}

int run__append(struct run *run, struct record *rec)
{
	char *path = run__path(run, RECORDS), *line = record__line(rec);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	struct stat st = { 0 };
	int r = line ? 0 : -EILSEQ;

	if (fd < 0 || fstat(fd, &st))
		r = -errno;
	if (!r) {
		r = write_synced(fd, line, strlen(line));
		if (r && ftruncate(fd, st.st_size))
			warn("%s: %s", path, strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	if (!r)
		keep(run, rec);
	free(line);
	free(path);
	return r;
}

struct record *run__find(const struct run *run, const char *base,
			 const char *variant, const char *profile,
			 const char *workload, const char *rig, uint64_t boot)
{
	for (size_t i = run__first(run, base, variant, profile, workload);
	     i < run->nr; i = run__next(run, i)) {
		struct record *r = run->record[i];

		if (r->boot == boot && (!rig || !strcmp(r->rig, rig)))
			return r;
	}
	return NULL;
}

void run__free(struct run *run)
{
	for (size_t i = 0; i < run->nr; i++)
		record__free(run->record[i]);
	free(run->record);
	run__forget_index(run);
	free(run->bad_text);
	free(run->dir);
	json_decref(run->meta);
	*run = (struct run) { 0 };
}

bool run__shows(const struct run *run, const char *base, const char *profile,
		const char *workload)
{
	struct selected is = { .part = {
		[BY_BASE] = base, [BY_PROFILE] = profile, [BY_WORKLOAD] = workload,
	} };
	char *plain;
	bool shows;

	if (!run->shown || selection__has(run->shown, &is))
		return true;
	if (!workload)
		return false;
	plain = workload_plain_name(workload);
	is.part[BY_WORKLOAD] = plain;
	shows = selection__has(run->shown, &is);
	free(plain);
	return shows;
}
