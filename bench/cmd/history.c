// SPDX-License-Identifier: GPL-2.0
/*
 * faultline history: what every run measured, kept for good.
 */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "history_report.h"
#include "need.h"
#include "options.h"
#include "points.h"
#include "select.h"

enum { OPT_DB = 256, OPT_WAIT, OPT_NEWEST, OPT_FORMAT, OPT_OUT };

struct options {
	const char *what, *db, *format, *out;
	struct select_runs runs;	/* for add */
	struct select_cells series;
	size_t newest;
};

static const struct argp_option option_table[] = {
	{ "db", OPT_DB, "FILE", 0, "The history (default $FAULTLINE_HISTORY, or results/history.db)", 0 },
	{ "wait", OPT_WAIT, "SECONDS", 0, "How long to wait for another process that has it (default 10)", 0 },
	{ "newest", OPT_NEWEST, "N", 0, "show, export: only the newest N points of each series", 2 },
	{ "format", OPT_FORMAT, "FORMAT", 0, "export: csv (default), jsonl or openmetrics", 2 },
	{ "out", OPT_OUT, "FILE", 0, "export: into this file, whole or not at all", 2 },
	{ 0 }
};

static const char doc[] =
	"Keep what runs measured, and show it.\v"
	"add      add runs; each is added once, however often it is given\n"
	"list     the series: points, when the newest was, and its value\n"
	"show     the points of the series that match\n"
	"export   the same for other programs; openmetrics has newest values\n"
	"check    read the whole file and check it for contradictions\n\n"
	"Examples:\n"
	"  faultline history add results/latest\n"
	"  faultline history list --base v6.1 --profiles off\n"
	"  faultline history show --workloads 'touch-*' --metrics instructions\n"
	"  faultline history export --format openmetrics --out faultline.prom\n";

/* What goes with one of the commands alone, and what each needs. */
static void check_fit(struct argp_state *state, const struct options *o)
{
	static const char *const all[] = { "add", "list", "show", "export",
					   "check" };
	bool add, export, known = false;

	if (!o->what)
		argp_error(state, "which of add, list, show, export, check?");
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		known |= !strcmp(o->what, all[i]);
	if (!known)
		argp_error(state, "no '%s'; there are: add, list, show, export, check",
			   o->what);
	add = !strcmp(o->what, "add");
	export = !strcmp(o->what, "export");
	if (!add && o->runs.dirs.nr)
		argp_error(state, "'%s' takes no RUN; it is of all runs",
			   o->what);
	if ((add || !strcmp(o->what, "check")) &&
	    !selection__empty(&o->series.s))
		argp_error(state, "'%s' takes no filter options",
			   o->what);
	if (!export && (o->format || o->out))
		argp_error(state, "--format and --out go with export");
	if (o->newest && !export && strcmp(o->what, "show"))
		argp_error(state, "--newest goes with show and export");
	if (o->newest && o->format && !strcmp(o->format, "openmetrics"))
		argp_error(state, "openmetrics has the newest point alone: no --newest");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_DB:
		if (!*arg)
			argp_error(state, "--db: which file?");
		o->db = arg;
		break;
	case OPT_WAIT:
		history_wait_s = options__number(state, "wait", arg, 86400);
		break;
	case OPT_NEWEST:
		o->newest = options__count(state, "newest", arg, INT32_MAX);
		break;
	case OPT_FORMAT:
		o->format = options__format(state, arg, "csv, jsonl, openmetrics");
		break;
	case OPT_OUT:
		o->out = arg;
		break;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->series;
		state->child_inputs[1] = &o->series;
		state->child_inputs[2] = &o->runs;
		break;
	case ARGP_KEY_ARG:
		if (o->what)
			return ARGP_ERR_UNKNOWN;	/* a RUN */
		o->what = arg;
		o->runs.optional = strcmp(arg, "add");
		break;
	case ARGP_KEY_END:
		check_fit(state, o);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = {
	SELECT_CELLS, SELECT_SERIES, SELECT_RUNS, { 0 }
};
static const struct argp argp = {
	option_table, parse, "add RUN...\nlist\nshow\nexport\ncheck", doc,
	children, 0, 0
};

static void need_sound(struct history *h, bool quick, const char *path)
{
	char *wrong = history__check(h, quick);

	need_no_error(h);
	if (wrong)
		die(EXIT_HISTORY, "%s is damaged: %s; set it aside (mv %s %s.damaged) and add the runs again: faultline history add results/*/; what still reads: sqlite3 %s.damaged .recover",
		    path, wrong, path, path, path);
}

/* A run that can be added, or an end that says why not. */
static void take_run(struct points *p, struct run *run, const char *dir)
{
	struct err e;

	need_run(run, dir);
	if (run->bad)
		die(EXIT_BAD_RECORD, "%zu lines are no records, and a run is added once; measure them again: faultline run --resume %s\n%s",
		    run->bad, run->dir, run->bad_text);
	if (points__of_run(p, run, &e))
		die_err(&e);
	if (!p->nr)
		die(EXIT_NO_DATA, "%s has no valid record (%zu cells, %zu invalid, %zu skipped): nothing to add; faultline compare %s says why",
		    run->dir, p->cells, p->invalid, p->skipped, run->dir);
}

static int add(struct history *h, const struct options *o, const char *path)
{
	int code = EXIT_OK;

	need_sound(h, true, path);
	for (size_t i = 0; i < o->runs.dirs.nr; i++) {
		enum history_added is;
		struct points p;
		struct run run;

		take_run(&p, &run, o->runs.dirs.item[i]);
		is = history__add(h, &p.run, p.item, p.nr);
		need_no_error(h);
		report__history_added(stdout, &p, is, path);
		fflush(stdout);
		if (is == HISTORY_OTHER) {
			fprintf(stderr, "faultline: %s: a run keeps its records once it was added; run anew, and add that\n",
				run.dir);
			code = EXIT_CHANGED;
		}
		points__free(&p);
		run__free(&run);
	}
	return code;
}

/* Dies where nothing matches. */
static struct history_series *some_series(struct history *h,
					  const struct options *o,
					  const char *path, size_t *nr)
{
	struct history_series *s = history__series(h, &o->series.s, nr);

	need_no_error(h);
	if (!*nr)
		die(EXIT_NO_DATA, "%s has no series that matches; 'faultline history list' shows what there is, 'faultline history add RUN' adds",
		    path);
	return s;
}

static void list(struct history *h, const struct options *o, const char *path)
{
	struct history_jump *j;
	size_t nr, jumps;
	struct history_series *s = some_series(h, o, path, &nr);

	report__history_list(stdout, s, nr);
	fflush(stdout);
	j = history__jumps(h, &jumps);
	need_no_error(h);
	report__history_jumps(stderr, j, jumps);
	history__jumps_free(j, jumps);
	history__series_free(s, nr);
}

static void print_points(struct history *h, const struct options *o,
			 const char *path, const char *format, FILE *f)
{
	struct history_out out = { .file = f };

	history__walk(h, &o->series.s, o->newest,
		      !strcmp(format, "csv") ? report__history_point_csv :
		      !strcmp(format, "jsonl") ? report__history_point_jsonl :
		      report__history_point_text, &out);
	need_no_error(h);
	if (!out.points && !ferror(f))
		die(EXIT_NO_DATA, "%s has no point that matches; 'faultline history list' shows what there is",
		    path);
}

static void export_to(struct history *h, const struct options *o,
		      const char *path, FILE *f)
{
	const char *format = o->format ?: "csv";
	struct history_series *s;
	size_t nr;

	if (strcmp(format, "openmetrics")) {
		print_points(h, o, path, format, f);
		return;
	}
	s = some_series(h, o, path, &nr);
	report__history_openmetrics(f, s, nr);
	history__series_free(s, nr);
}

/* A file that has not got its name yet goes when the program ends. */
static char *unfinished;

static void remove_unfinished(void)
{
	if (unfinished)
		unlink(unfinished);
}

static _Noreturn void say_unwritten(const char *name)
{
	die(EXIT_STORAGE, "cannot write %s: %s; free some room, or name another --out",
	    name, strerror(errno));
}

/* Into a file that takes the name when it is whole, unless it is a device. */
static void export_file(struct history *h, const struct options *o,
			const char *path)
{
	struct stat st;
	bool device = !stat(o->out, &st) && !S_ISREG(st.st_mode);
	char *new = device ? xstrdup(o->out) :
			     xasprintf("%s.new.%d", o->out, (int)getpid());
	FILE *f = fopen(new, "w");

	if (!f)
		say_unwritten(o->out);
	if (!device) {
		unfinished = new;
		atexit(remove_unfinished);
	}
	export_to(h, o, path, f);
	if (ferror(f) || fflush(f) || (!device && fsync(fileno(f))) ||
	    fclose(f) || (!device && rename(new, o->out)))
		say_unwritten(o->out);
	unfinished = NULL;
	free(new);
}

int cmd_history(int argc, char **argv)
{
	struct options o = { .runs.optional = true };
	struct history *h;
	char *path;
	int code = EXIT_OK;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	path = o.db ? xstrdup(o.db) : history__default_path();
	h = need_history(path, strcmp(o.what, "add") ? HISTORY_READ :
						       HISTORY_WRITE);
	if (!strcmp(o.what, "add")) {
		code = add(h, &o, path);
	} else if (!strcmp(o.what, "list")) {
		list(h, &o, path);
	} else if (!strcmp(o.what, "show")) {
		print_points(h, &o, path, "text", stdout);
	} else if (!strcmp(o.what, "check")) {
		need_sound(h, false, path);
		printf("%s is sound\n", path);
	} else if (o.out) {
		export_file(h, &o, path);
	} else {
		export_to(h, &o, path, stdout);
	}
	history__close(h);
	strlist__free(&o.runs.dirs);
	free(path);
	if (fflush(stdout) || ferror(stdout))
		die(EXIT_STORAGE, "cannot write the output: %s; free some room",
		    strerror(errno));
	return code;
}
