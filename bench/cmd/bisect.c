// SPDX-License-Identifier: GPL-2.0
/*
 * faultline bisect: which commit of a history made a fault more expensive.
 * source/bisect.h says what to measure next, a session measures it; nothing is
 * checked out, and what was measured before comes out of the cache.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "bisect.h"
#include "bisect_report.h"
#include "catalog.h"
#include "cmd.h"
#include "code_diff.h"
#include "commit_variant.h"
#include "diff_run.h"
#include "limit_options.h"
#include "need.h"
#include "options.h"
#include "tree_base.h"

/* Up to here BAD is measured first, and all is within eleven builds. */
#define BAD_FIRST	512

enum { OPT_WORKLOAD = 256, OPT_PROFILE, OPT_BASE, OPT_RIG };

struct options {
	const char *name[2];	/* GOOD, BAD */
	const char *workload, *profile, *base, *rig;
	struct limit limit;
};

static const struct argp_option option_table[] = {
	{ "workload", OPT_WORKLOAD, "NAME", 0, "What is measured (needed)", 0 },
	{ "profile", OPT_PROFILE, "NAME", 0, "Of mitigations (default off)", 0 },
	{ "base", OPT_BASE, "vX.Y", 0, "Configuration and profiles (default: of GOOD's version)", 0 },
	{ "rig", OPT_RIG, "NAME", 0, "An exact rig (default tcg)", 0 },
	{ 0 }
};

static const char doc[] =
	"Find the commit of GOOD..BAD that made a fault more expensive.\v"
	"All ancestors of a good commit count as good. Commits that do not build or\n"
	"boot are skipped. Nothing is checked out, nothing is written to the\n"
	"repository. What was measured once is not measured again: the same command\n"
	"goes on where another was interrupted.\n\n"
	"Examples:\n"
	"  faultline bisect v6.12 HEAD --workload touch-write --more-than 5\n"
	"  faultline bisect HEAD~64 HEAD --workload mmio --profile retpoline --limit 5900\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_WORKLOAD:
		o->workload = arg;
		break;
	case OPT_PROFILE:
		o->profile = arg;
		break;
	case OPT_BASE:
		o->base = arg;
		break;
	case OPT_RIG:
		o->rig = arg;
		break;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->limit;
		break;
	case ARGP_KEY_ARG:
		if (state->arg_num >= ARRAY_SIZE(o->name))
			options__no_argument(state, arg);
		o->name[state->arg_num] = arg;
		break;
	case ARGP_KEY_END:
		if (state->arg_num < ARRAY_SIZE(o->name))
			argp_error(state, "GOOD and BAD are needed: two commits");
		if (!o->workload)
			argp_error(state, "--workload is needed; `faultline list` shows them");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { LIMIT_OPTIONS, { 0 } };
static const struct argp argp = { option_table, parse, "GOOD BAD", doc, children, 0, 0 };

/* A commit that was measured, or could not be. */
struct point {
	char *id;
	struct commit commit;
	struct cmp_cell cell;
	bool measured;
	char *why;		/* it was not, or NULL */
	struct limit_answer answer;
};

struct bisect {
	struct options *o;
	struct repository repository;
	struct commit good;
	char *base;
	struct bisect_history history;
	struct session session;
	struct point *point;	/* GOOD first */
	size_t nr;
	size_t builds;
};

static void need(int e, const struct err *err)
{
	if (e)
		die_err(err);
}

/* GOOD must be below BAD: else what is between them is not what changed. */
static void need_ancestor(const struct bisect *b, const char *good,
			  const char *bad)
{
	const struct git g = repository__git(&b->repository);
	struct git_answer a = git__ask(&g, "merge-base", "--is-ancestor", good, bad);
	struct git_answer m;

	if (!a.code) {
		git_answer__free(&a);
		return;
	}
	m = git__ask(&g, "merge-base", good, bad);
	if (m.code || !*m.out)
		die(EXIT_NO_DATA, "%s and %s have no common ancestor; name a GOOD that is an ancestor of BAD",
		    b->o->name[0], b->o->name[1]);
	die(EXIT_NO_DATA, "%s is no ancestor of %s; they part at %.12s: find out whether that is good, and name it as GOOD",
	    b->o->name[0], b->o->name[1], m.out);
}

static void read_history(struct bisect *b, const char *good, const char *bad)
{
	const struct git g = repository__git(&b->repository);
	char *without = xasprintf("^%s", good);
	struct git_answer a = git__ask(&g, "rev-list", "--topo-order", "--reverse",
				       "--parents", bad, without, "--");

	if (a.code || bisect__read(&b->history, a.out))
		die(EXIT_MISSING, "git does not list %s..%s: %s", b->o->name[0],
		    b->o->name[1], *a.said ? a.said : "it prints no commits");
	if (!b->history.nr)
		die(EXIT_NO_DATA, "%s..%s is empty: there is no commit to find",
		    b->o->name[0], b->o->name[1]);
	git_answer__free(&a);
	free(without);
}

static void find_base(struct bisect *b)
{
	struct tree_base base;
	struct strlist known = { 0 };
	struct err err;

	if (b->o->base) {
		catalog__bases(&known);
		need_name("base", b->o->base, &known);
		strlist__free(&known);
		b->base = xstrdup(b->o->base);
		return;
	}
	need(tree_base__of(&base, &b->repository, &b->good, &err), &err);
	b->base = xstrdup(base.name);
	tree_base__free(&base);
}

static void find_commits(struct bisect *b)
{
	struct commit bad;
	struct err err;

	need(repository__find(&b->repository, ".", &err), &err);
	need(commits__one(&b->good, &b->repository, b->o->name[0], &err), &err);
	need(commits__one(&bad, &b->repository, b->o->name[1], &err), &err);
	need_ancestor(b, b->good.id, bad.id);
	read_history(b, b->good.id, bad.id);
	need(repository__open_store(&b->repository, &err), &err);
	find_base(b);
	commit__free(&bad);
}

static struct point *point_of(const struct bisect *b, const char *id)
{
	for (size_t i = 0; i < b->nr; i++) {
		if (!strcmp(b->point[i].id, id))
			return &b->point[i];
	}
	return NULL;
}

static const struct kernel *kernel_of(const struct bisect *b,
				      const struct point *p)
{
	return kernels__of(&b->session.kernels, b->base, p->commit.name,
			   b->o->profile);
}

/* Build and boot one, where it was not yet. The cell is found again each time: records move. */
static struct point *measure(struct bisect *b, const char *id)
{
	char *profile = (char *)b->o->profile, *workload = (char *)b->o->workload;
	const struct strlist profiles = { &profile, 1 }, workloads = { &workload, 1 };
	struct point *p = point_of(b, id);
	struct strlist variant = { 0 };
	struct err err;
	const char *failed;

	if (p)
		return p;
	b->point = xrealloc(b->point, (b->nr + 1) * sizeof(*b->point));
	p = &b->point[b->nr++];
	*p = (struct point) { .id = xstrdup(id) };
	need(commits__one(&p->commit, &b->repository, id, &err), &err);
	need(commit_variant__make(&b->repository, b->base, &p->commit, &err), &err);
	strlist__add(&variant, p->commit.name);
	session__add(&b->session, b->base, &variant, &profiles, &workloads);
	strlist__free(&variant);
	if (kernel_of(b, p) && kernel_of(b, p)->built)
		b->builds++;
	failed = session__failed(&b->session, b->base, p->commit.name, b->o->profile);
	p->cell = compare__cell(&b->session.run, b->base, b->o->profile,
				p->commit.name, b->o->workload);
	p->measured = p->cell.usable;
	if (!p->measured)
		p->why = xasprintf("%s", failed ?: p->cell.why ?: "it has no record");
	return p;
}

static bool stopped(const struct bisect *b)
{
	return stop__asked() || b->session.storage_error || b->session.rig_failed;
}

/* Against GOOD's cell, which is the first point's. */
static void judge(struct bisect *b, struct point *p)
{
	struct cmp_cell start = compare__cell(&b->session.run, b->base, b->o->profile,
					      b->point[0].commit.name, b->o->workload);

	p->cell = compare__cell(&b->session.run, b->base, b->o->profile,
				p->commit.name, b->o->workload);
	p->answer = limit__judge(&b->o->limit, &start, &p->cell);
	if (p->answer.says == LIMIT_UNSAID && !p->why)
		p->why = xasprintf("%s", p->answer.why);
}

static void print_point(const struct bisect *b, const struct point *p,
			const char *word, size_t left, double seconds)
{
	const struct bisect_row row = {
		.word = word, .left = left, .name = p->commit.name,
		.subject = p->commit.subject, .measured = p->measured,
		.figure = p->measured ? compare__fault(&p->cell) : 0,
		.by = p->answer.by, .has_by = p != b->point && b->point[0].measured,
		.seconds = seconds, .why = p->why,
	};

	bisect_text__row(stdout, &row);
}

static enum bisect_answer answer_step(const struct bisect_step *step, void *arg)
{
	struct bisect *b = arg;
	const double start = now_s();
	struct point *p = measure(b, b->history.id[step->commit]);

	if (stopped(b))
		return BISECT_STOP;
	judge(b, p);
	if (p->answer.says == LIMIT_UNSAID) {
		print_point(b, p, "skip", step->left, now_s() - start);
		return BISECT_SKIP;
	}
	print_point(b, p, p->answer.says == LIMIT_EXCEEDED ? "bad" : "good",
		    step->left, now_s() - start);
	return p->answer.says == LIMIT_EXCEEDED ? BISECT_BAD : BISECT_GOOD;
}

/* Without GOOD's figure there is nothing to be above; with a limit there is. */
static void measure_good(struct bisect *b)
{
	const double start = now_s();
	struct point *p = measure(b, b->good.id);
	const struct kernel *k = kernel_of(b, p);

	if (stopped(b))
		return;
	judge(b, p);
	print_point(b, p, p->measured ? "GOOD" : "skip", 0, now_s() - start);
	if (!p->measured && !b->o->limit.absolute)
		die(k && k->failed ? (enum faultline_exit)k->failed_code : EXIT_NO_DATA,
		    "GOOD, %s, cannot be measured: %s; name another commit as GOOD, or use --limit",
		    p->commit.name, p->why);
	if (p->answer.says == LIMIT_EXCEEDED)
		die(EXIT_NOT_BETWEEN, "GOOD, %s, is bad already: %lu; name an older commit",
		    p->commit.name, compare__fault(&p->cell));
}

static void begin(struct bisect *b, int argc, char **argv)
{
	struct run_options r = { .rig = (char *)b->o->rig };
	const struct rig_facts *facts;

	diff__keep_out_of_tree(&r);
	session__options(&b->session, &r);
	session__one_model(&b->session, "a bisect");
	facts = rigs__facts(b->session.rig->name);
	if (facts->figure != RIG_INSTRUCTIONS)
		die(EXIT_USAGE, "--rig %s is not exact; a bisect needs one figure per commit: --rig %s",
		    facts->name, rigs__first(RIG_INSTRUCTIONS)->name);
	b->session.kernels.keep_going = true;
	b->session.keep_boots = true;
	b->session.again = "the same command";
	session__begin(&b->session, &r, argc, argv);
}

static void print_start(const struct bisect *b)
{
	printf("%s, profile %s, base %s, rig %s: %zu commits, at most about %zu to measure\n",
	       b->o->workload, b->o->profile, b->base,
	       b->session.matrix.rigs.item[0],
	       b->history.nr, 1 + bisect__most(b->history.nr, b->history.nr <= BAD_FIRST));
	if (b->o->limit.absolute)
		printf("bad: more than %.0f instructions per fault\n\n", b->o->limit.most);
	else
		printf("bad: more than %.0f instructions per fault above GOOD\n\n",
		       b->o->limit.most);
	bisect_text__head(stdout, true);
}

static void print_functions(const struct bisect *b, const struct point *from,
			    const struct point *to)
{
	const struct kernel *a = kernel_of(b, from), *z = kernel_of(b, to);
	struct strlist names = { 0 };
	char why[512];

	if (!a || !z || !a->dir || !z->dir)
		return;
	if (code_diff__changed(&names, a->dir, z->dir, why, sizeof(why)))
		warn("%s", why);
	else if (names.nr)
		bisect_text__names(stdout, "changed in the handler", &names);
	else
		printf("    the handler's code is that of its parent\n");
	strlist__free(&names);
}

/* The parents of the commit that was found, measured where they were not. */
static void print_found(struct bisect *b, const char *id)
{
	const struct git g = repository__git(&b->repository);
	struct git_answer a = git__ask(&g, "rev-list", "--no-walk", "--parents", id, "--");
	struct strlist ids = { 0 };
	struct point *found;

	strlist__split(&ids, a.code ? id : a.out, ' ');
	for (size_t i = 1; i < ids.nr && !stopped(b); i++)
		judge(b, measure(b, ids.item[i]));
	found = point_of(b, id);
	printf("\n%s is the first bad commit: %lu instructions per fault\n",
	       found->id, compare__fault(&found->cell));
	bisect_text__commit(stdout, found->commit.name, found->commit.subject);
	for (size_t i = 1; i < ids.nr; i++) {
		const struct point *p = point_of(b, ids.item[i]);
		struct limit_answer by;

		if (!p || !p->measured) {
			printf("    %s %.12s: not measured\n", i > 1 ? "and" : "its parent", ids.item[i]);
			continue;
		}
		by = limit__judge(&(struct limit) { .most = 0 }, &p->cell, &found->cell);
		printf("    %s %.12s: %lu, so that is %+.0f%s\n", i > 1 ? "and" : "its parent",
		       ids.item[i], compare__fault(&p->cell), by.by,
		       p->answer.says == LIMIT_EXCEEDED ? "; it is bad as well: the figure goes up and down in this history" : "");
	}
	if (ids.nr > 1 && point_of(b, ids.item[1]))
		print_functions(b, point_of(b, ids.item[1]), found);
	strlist__free(&ids);
	git_answer__free(&a);
}

static void print_candidates(const struct bisect *b,
			     const struct bisect_result *r)
{
	for (size_t i = 0; i < r->nr; i++) {
		const char *id = b->history.id[r->candidate[i]];
		struct commit c;
		struct err err;

		if (commits__one(&c, &b->repository, id, &err)) {
			bisect_text__commit(stdout, id, "");
			continue;
		}
		bisect_text__commit(stdout, id, c.subject);
		commit__free(&c);
	}
}

static int print_end(struct bisect *b, const struct bisect_result *r)
{
	const char *bad = b->history.id[b->history.nr - 1];
	const struct point *p;

	switch (r->end) {
	case BISECT_FOUND:
		print_found(b, b->history.id[r->candidate[0]]);
		return EXIT_OK;
	case BISECT_SEVERAL:
		printf("\nthe first bad commit is one of these %zu: between them is what cannot be measured\n", r->nr);
		print_candidates(b, r);
		return EXIT_SEVERAL;
	case BISECT_NOT_BAD:
		p = point_of(b, bad);
		printf("\nBAD, %.12s, is not bad: %lu\n", bad, p ? compare__fault(&p->cell) : 0);
		return EXIT_NOT_BETWEEN;
	case BISECT_BAD_SKIPPED:
		printf("\nnothing that could be measured is bad, and BAD, %.12s, cannot be measured; one of these %zu, if any\n",
		       bad, r->nr);
		print_candidates(b, r);
		return EXIT_SEVERAL;
	case BISECT_STOPPED:
		printf("\nso far it is one of %zu commits\n", r->nr);
		return EXIT_INTERRUPTED;
	}
	return EXIT_INTERNAL;
}

int cmd_bisect(int argc, char **argv)
{
	struct options o = { .profile = DEFAULT_PROFILE };
	struct bisect b = { .o = &o };
	struct bisect_search how = { answer_step, &b, false };
	struct bisect_result r = { .end = BISECT_STOPPED };
	const double start = now_s();
	char took[32];
	int code;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	stop__listen();
	find_commits(&b);
	free(need_profile(b.base, o.profile));
	free(need_workload(b.base, o.workload));
	begin(&b, argc, argv);
	how.bad_first = b.history.nr <= BAD_FIRST;
	print_start(&b);
	measure_good(&b);
	if (!stopped(&b))
		r = bisect__run(&b.history, &how);
	code = print_end(&b, &r);
	printf("%zu of %zu commits measured, %zu skipped, %zu kernels built, %s\n",
	       b.nr - r.skipped, b.history.nr + 1, r.skipped, b.builds,
	       duration_text(now_s() - start, took));
	fflush(stdout);
	bisect__free_result(&r);
	session__end(&b.session);
	return code;
}
