// SPDX-License-Identifier: GPL-2.0
/*
 * faultline trend: the history as a page of pictures.
 */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "acks.h"
#include "cmd.h"
#include "need.h"
#include "options.h"
#include "select.h"
#include "trend_page.h"

enum { OPT_DB = 256, OPT_OUT, OPT_LINKS, OPT_NEWEST, OPT_ACKS };

struct options {
	const char *db, *out, *links, *acks;
	struct select_cells series;
	size_t newest;
};

static const struct argp_option option_table[] = {
	{ "db", OPT_DB, "FILE", 0, "The history (default $FAULTLINE_HISTORY, or results/history.db)", 0 },
	{ "out", OPT_OUT, "FILE", 0, "The page (default results/trend.html)", 0 },
	{ "links", OPT_LINKS, "PREFIX", 0, "Where runs are, seen from the page (default ../: a page in results/)", 0 },
	{ "acks", OPT_ACKS, "FILE", 0, "Known changes (default results/acks.conf, where it is there)", 0 },
	{ "newest", OPT_NEWEST, "N", 0, "Only the newest N points of each series", 0 },
	{ 0 }
};

static const char doc[] =
	"Draw the history as a page: choose base, profile, CPU and figure; one picture per workload, one line per variant.\v"
	"Examples:\n"
	"  faultline trend\n"
	"  faultline trend --metrics 'cycles_*' --newest 90 --out /tmp/trend.html\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_DB:
		o->db = arg;
		break;
	case OPT_OUT:
		o->out = arg;
		break;
	case OPT_LINKS:
		o->links = arg;
		break;
	case OPT_ACKS:
		o->acks = arg;
		break;
	case OPT_NEWEST:
		o->newest = options__count(state, "newest", arg, INT32_MAX);
		break;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->series;
		state->child_inputs[1] = &o->series;
		break;
	case ARGP_KEY_ARG:
		options__no_argument(state, arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { SELECT_CELLS, SELECT_SERIES, { 0 } };
static const struct argp argp = { option_table, parse, NULL, doc, children, 0, 0 };

/* What is known of changes; nothing without a file. */
static void read_acks(struct acks *a, const struct options *o)
{
	char *path = o->acks ? xstrdup(o->acks) :
			       path_in_results("acks.conf"), err[512];

	if ((o->acks || path_exists(path)) &&
	    acks__read(a, path, err, sizeof(err)))
		die(EXIT_USAGE, "%s", err);
	free(path);
}

static void write_page(const struct options *o, struct trend_page *p)
{
	char *path = o->out ? xstrdup(o->out) :
			      path_in_results("trend.html");
	char *part = xasprintf("%s.part", path), made[32];
	const time_t now = time(NULL);
	FILE *f = fopen(part, "w");

	strftime(made, sizeof(made), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	if (!f)
		die(EXIT_STORAGE, "%s: %s", part, strerror(errno));
	p->made = made;
	report__trend_page(f, p);
	if (ferror(f) | fclose(f) || rename(part, path))
		die(EXIT_STORAGE, "%s: %s", path, strerror(errno));
	printf("%s: %zu series, %zu moves\n", path, p->trend->nr,
	       p->trend->moves);
	free(part);
	free(path);
}

int cmd_trend(int argc, char **argv)
{
	struct options o = { .links = "../" };
	struct trend_page page = { 0 };
	struct acks acks = { 0 };
	struct history_withdrawal *w;
	struct history_event *e;
	struct history *h;
	struct trend t;
	char *db;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	db = o.db ? xstrdup(o.db) : history__default_path();
	h = need_history(db, HISTORY_READ);
	trend__make(&t, h, &o.series.s, o.newest);
	page.trend = &t;
	page.links = o.links;
	page.acks = &acks;
	page.event = e = history__events(h, &page.nr_events);
	page.withdrawal = w = history__withdrawals(h, &page.nr_withdrawals);
	need_no_error(h);
	history__close(h);
	if (!t.nr)
		die(EXIT_NO_DATA, "%s has no such series; add runs: faultline history add RUN",
		    db);
	read_acks(&acks, &o);
	write_page(&o, &page);
	acks__free(&acks);
	history__withdrawals_free(w, page.nr_withdrawals);
	history__events_free(e, page.nr_events);
	trend__free(&t);
	free(db);
	return EXIT_OK;
}
