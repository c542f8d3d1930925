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
#include "history_add.h"
#include "history_report.h"
#include "need.h"
#include "options.h"
#include "select.h"

enum { OPT_DB = 256, OPT_WAIT, OPT_NEWEST, OPT_FORMAT, OPT_OUT, OPT_APART, OPT_WHO, OPT_WHY,
       OPT_FOLLOW, OPT_ATTRIBUTIONS };

struct options {
	const char *what, *db, *format, *out, *who, *why;
	bool apart, attributions;
	struct strlist follow;		/* globs of metrics */
	struct select_runs runs;	/* for add, withdraw, restore */
	struct select_cells series;
	size_t newest;
};

static const struct argp_option option_table[] = {
	{ "db", OPT_DB, "FILE", 0, "The history (default $FAULTLINE_HISTORY, or results/history.db)", 0 },
	{ "wait", OPT_WAIT, "SECONDS", 0, "How long to wait for another process that has it (default 10)", 0 },
	{ "apart", OPT_APART, NULL, 0, "add: whenever the run started, and withdraw it at once", 1 },
	{ "who", OPT_WHO, "NAME", 0, "add --apart, withdraw, restore: says who", 1 },
	{ "why", OPT_WHY, "TEXT", 0, "... because", 1 },
	{ "follow", OPT_FOLLOW, "LIST", 0, "add: figures of attributions besides the default, as globs: function.kvm_faultin_pfn.stores, path_loads", 1 },
	{ "attributions", OPT_ATTRIBUTIONS, NULL, 0, "add: nothing but figures of attributions", 1 },
	{ "newest", OPT_NEWEST, "N", 0, "show, export: only the newest N points of each series", 2 },
	{ "format", OPT_FORMAT, "FORMAT", 0, "export: csv (default), jsonl or openmetrics; events: text (default), jsonl", 2 },
	{ "out", OPT_OUT, "FILE", 0, "export: into this file, whole or not at all", 2 },
	{ 0 }
};

static const char doc[] =
	"Keep what runs measured, and show it.\v"
	"add       add runs; each is added once, however often it is given\n"
	"list      the series: points, when the newest was, and its value\n"
	"show      the points of the series that match\n"
	"export    the same for other programs; openmetrics has newest values\n"
	"events    when an instrument, compiler or kernel became another one, and what\n"
	"          was withdrawn\n"
	"withdraw  leave runs out of what is judged; they stay in the file\n"
	"restore   let them count again\n"
	"check     read the whole file and check it for contradictions\n\n"
	"Points are in the order of adding. A run that started more than a day after\n"
	"this machine's clock, or before the newest run of its rig and base, is\n"
	"refused with exit code 33.\n\n"
	"Examples:\n"
	"  faultline history add results/latest\n"
	"  faultline history list --base v6.1 --profiles off\n"
	"  faultline history add results/latest --follow 'function.*.stores'\n"
	"  faultline history show --workloads 'touch-*' --metrics instructions\n"
	"  faultline history export --format openmetrics --out faultline.prom\n"
	"  faultline history withdraw RUN --who me --why 'its clock was wrong'\n";

#define COMMANDS	"add, list, show, export, events, withdraw, restore, check"

/* What a command takes. */
enum takes {
	TAKES_RUNS	= 1,
	TAKES_FILTERS	= 2,	/* of series */
	TAKES_FORMAT	= 4,
	TAKES_OUT	= 8,
	TAKES_NEWEST	= 16,
	TAKES_WHO	= 32,	/* and why; needs them */
};

static const struct {
	const char *name;
	int takes;
	enum history_mode mode;
} commands[] = {
	{ "add", TAKES_RUNS, HISTORY_WRITE },
	{ "list", TAKES_FILTERS, HISTORY_READ },
	{ "show", TAKES_FILTERS | TAKES_NEWEST, HISTORY_READ },
	{ "export", TAKES_FILTERS | TAKES_FORMAT | TAKES_OUT | TAKES_NEWEST,
	  HISTORY_READ },
	{ "events", TAKES_FORMAT, HISTORY_READ },
	{ "withdraw", TAKES_RUNS | TAKES_WHO, HISTORY_WRITE },
	{ "restore", TAKES_RUNS | TAKES_WHO, HISTORY_WRITE },
	{ "check", 0, HISTORY_READ },
};

/* Its row, or -1. */
static int command_of(const char *what)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(what, commands[i].name))
			return i;
	}
	return -1;
}

static bool is(const struct options *o, const char *what)
{
	return !strcmp(o->what, what);
}

/* Who says so, and why. */
static void check_who(struct argp_state *state, const struct options *o,
		      bool needed)
{
	if (!needed && (o->who || o->why))
		argp_error(state, "--who and --why go with add --apart, withdraw and restore");
	if (needed && (!o->who || !*o->who || !o->why || !*o->why))
		argp_error(state, "'%s' needs --who and --why: it is kept for good",
			   o->apart ? "add --apart" : o->what);
}

/* What goes with one of the commands alone, and what each needs. */
static void check_fit(struct argp_state *state, const struct options *o)
{
	int c = o->what ? command_of(o->what) : -1, takes;

	if (!o->what)
		argp_error(state, "which of " COMMANDS "?");
	if (c < 0)
		argp_error(state, "no '%s'; there are: " COMMANDS, o->what);
	takes = commands[c].takes;
	if (!(takes & TAKES_RUNS) && o->runs.dirs.nr)
		argp_error(state, "'%s' takes no RUN; it is of all runs",
			   o->what);
	if (!(takes & TAKES_FILTERS) && !selection__empty(&o->series.s))
		argp_error(state, "'%s' takes no filter options",
			   o->what);
	if (!(takes & TAKES_OUT) && o->out)
		argp_error(state, "--out goes with export");
	if (!(takes & TAKES_FORMAT) && o->format)
		argp_error(state, "--format and --out go with export");
	if (is(o, "events") && o->format && strcmp(o->format, "jsonl") &&
	    strcmp(o->format, "text"))
		argp_error(state, "events are text or jsonl");
	if (is(o, "export") && o->format && !strcmp(o->format, "text"))
		argp_error(state, "--format: there are: csv, jsonl, openmetrics");
	if (!(takes & TAKES_NEWEST) && o->newest)
		argp_error(state, "--newest goes with show and export");
	if (o->newest && o->format && !strcmp(o->format, "openmetrics"))
		argp_error(state, "openmetrics has the newest point alone: no --newest");
	if (o->apart && !is(o, "add"))
		argp_error(state, "--apart goes with add");
	if ((o->attributions || o->follow.nr) && !is(o, "add"))
		argp_error(state, "--follow and --attributions go with add");
	check_who(state, o, o->apart || (takes & TAKES_WHO));
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
		o->format = options__format(state, arg, "csv, jsonl, openmetrics, text");
		break;
	case OPT_APART:
		o->apart = true;
		break;
	case OPT_WHO:
		o->who = arg;
		break;
	case OPT_WHY:
		o->why = arg;
		break;
	case OPT_FOLLOW:
		strlist__split(&o->follow, arg, ',');
		break;
	case OPT_ATTRIBUTIONS:
		o->attributions = true;
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
		o->runs.optional = command_of(arg) < 0 ||
			!(commands[command_of(arg)].takes & TAKES_RUNS);
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
	option_table, parse, "add RUN...\nlist\nshow\nexport\nevents\nwithdraw RUN...\nrestore RUN...\ncheck",
	doc,
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

static int add(struct history *h, const struct options *o, const char *path)
{
	const struct history_adding adding = {
		.path = path, .follow = o->follow,
		.attributions_alone = o->attributions,
		.apart_who = o->apart ? o->who : NULL, .apart_why = o->why,
	};
	int code = EXIT_OK, r;

	need_sound(h, true, path);
	for (size_t i = 0; i < o->runs.dirs.nr; i++) {
		r = history_add(h, &adding, o->runs.dirs.item[i]);
		if (r)
			code = r;
	}
	return code;
}

/* A folder is named by its path as well, as the history has it. */
static char *name_of(const char *arg)
{
	char *path = realpath(arg, NULL), *name;
	size_t n = strlen(path_root());

	if (path && !strncmp(path, path_root(), n) && path[n] == '/')
		name = xstrdup(path + n + 1);
	else
		name = xstrdup(path ?: arg);
	free(path);
	return name;
}

static void withdraw(struct history *h, const struct options *o,
		     const char *path)
{
	need_sound(h, true, path);
	for (size_t i = 0; i < o->runs.dirs.nr; i++) {
		struct history_withdrawal w = {
			.run = name_of(o->runs.dirs.item[i]),
			.who = (char *)o->who, .why = (char *)o->why,
			.out = is(o, "withdraw"),
		};
		int r = history__withdraw(h, &w);
		char *name = safe_text(o->runs.dirs.item[i]);

		need_no_error(h);
		if (r < 0)
			die(EXIT_NO_DATA, "%s has no run '%s'; 'faultline history show' prints what runs are called",
			    path, name);
		printf("%s %s%s\n", name, r ? "was " : "", w.out ?
		       "withdrawn: it stays in the history, and is not judged" :
		       "counts again");
		free(name);
		free(w.run);
	}
}

static void events(struct history *h, const struct options *o)
{
	size_t nr, nr_w;
	struct history_event *e = history__events(h, &nr);
	struct history_withdrawal *w = history__withdrawals(h, &nr_w);

	need_no_error(h);
	if (o->format && !strcmp(o->format, "jsonl"))
		report__history_events_jsonl(stdout, e, nr, w, nr_w);
	else
		report__history_events(stdout, e, nr, w, nr_w);
	history__events_free(e, nr);
	history__withdrawals_free(w, nr_w);
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

	history__count(h, s, nr);
	need_no_error(h);
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
	if (!is(&o, "add") && !path_exists(path))
		die(EXIT_NO_DATA, "there is no history %s; begin one: faultline history add RUN",
		    path);
	h = need_history(path, commands[command_of(o.what)].mode);
	if (is(&o, "add")) {
		code = add(h, &o, path);
	} else if (is(&o, "list")) {
		list(h, &o, path);
	} else if (is(&o, "show")) {
		print_points(h, &o, path, "text", stdout);
	} else if (is(&o, "events")) {
		events(h, &o);
	} else if (is(&o, "withdraw") || is(&o, "restore")) {
		withdraw(h, &o, path);
	} else if (is(&o, "check")) {
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
