// SPDX-License-Identifier: GPL-2.0
/*
 * faultline selftest: the kernel's own KVM selftests inside each variant's host,
 * and inside that of the unchanged source. What passes there must pass in
 * every variant. KTAP goes to stdout, all else to stderr.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "cmd.h"
#include "kernels.h"
#include "ktap.h"
#include "need.h"
#include "options.h"
#include "select.h"

#define DEFAULT_BOOT_LIMIT_S	1800

struct options {
	struct select_cells kernels;
	char *base, *out;
	struct strlist variants, tests;
	double limit_s;
};

/* One boot: those tests of one variant that want the same command line. */
struct outcomes {
	const char *variant, *cmdline;
	char *logs;			/* stem of its files */
	struct check_log log;
	const struct outcomes *stock;	/* the same on the stock variant */
};

struct session {
	struct options opt;
	struct strlist variants;	/* the stock one first */
	struct strlist cmdlines;
	struct kernels kernels;
	struct selftests tests;
	struct profile *profile;
	char *programs;			/* folder of build-selftests */
	char *dir;			/* what the hosts said */
	struct outcomes *boot;		/* cmdlines of each variant in turn */
	size_t nr_boots;
	struct ktap ktap;
	size_t skipped, held, stock_too;
	size_t cut;			/* at their limit on stock */
};

enum { OPT_LIMIT = 256, OPT_OUT };

static const struct argp_option option_table[] = {
	{ "tests", 't', "LIST", 0, "Stanzas of guests/selftests.conf (default all)", 0 },
	{ "boot-limit", OPT_LIMIT, "SECONDS", 0, "A host that is still up after this hangs (default 1800)", 0 },
	{ "out", OPT_OUT, "DIR", 0, "Where to make the folder of consoles (default results)", 0 },
	{ 0 }
};

static const char doc[] =
	"Run the kernel's own selftests in each variant's host and in "
	"that of the unchanged source, and fail where a variant differs.\v"
	"Examples:\n"
	"  faultline selftest\n"
	"  faultline selftest --variants mine --tests dirty_log_test\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 't':
		strlist__split(&o->tests, arg, ',');
		break;
	case OPT_LIMIT:
		o->limit_s = options__count(state, "boot-limit", arg, 100000);
		break;
	case OPT_OUT:
		o->out = arg;
		break;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->kernels;
		break;
	case ARGP_KEY_ARG:
		options__no_argument(state, arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { SELECT_KERNELS, { 0 } };
static const struct argp argp = { option_table, parse, NULL, doc, children, 0, 0 };

/* The boot under way, for stop_now(), which is asked twenty times a second. */
static struct {
	struct progress progress;
	const char *variant;
	char *wire;
	size_t seen;			/* tests of this boot that have ended */
} watched;

/* A line of progress for each test that the host has come to the end of. */
static void watch(void)
{
	char *text = path_read(watched.wire, NULL), *at = text, *what;
	size_t n = 0;

	while (text && (at = strstr(at, " checked "))) {
		at += strlen(" checked ");
		if (++n <= watched.seen)
			continue;
		what = xasprintf("%s: %.*s", watched.variant,
				 (int)strcspn(at, "\n "), at);
		progress__step(&watched.progress, what);
		watched.seen = n;
		free(what);
	}
	free(text);
}

static bool stop_now(void)
{
	watch();
	return stop__asked();
}

/* Every name is looked up before anything is built or booted. */
static void resolve(struct session *s)
{
	struct options *o = &s->opt;
	struct strlist have = { 0 };
	char *stock;

	catalog__bases(&have);
	o->base = select__one(&o->kernels, BY_BASE, &have);
	strlist__free(&have);
	if (!o->limit_s)
		o->limit_s = DEFAULT_BOOT_LIMIT_S;
	need_variants(o->base, &have);
	select__given(&o->kernels, BY_VARIANT, &have, &o->variants);
	strlist__free(&have);
	need_expanded_variants(o->base, &o->variants);
	for (size_t i = 0; i < o->variants.nr; i++)
		variant__free(need_variant(o->base, o->variants.item[i]));
	stock = need_stock(o->base);
	strlist__add(&s->variants, stock);
	for (size_t i = 0; i < o->variants.nr; i++) {
		if (strcmp(o->variants.item[i], stock))
			strlist__add(&s->variants, o->variants.item[i]);
	}
	free(stock);
	s->profile = need_profile(o->base, DEFAULT_PROFILE);
	need_selftests(&s->tests, o->base, &o->tests);
	for (size_t i = 0; i < s->tests.nr; i++) {
		if (!strlist__has(&s->cmdlines, s->tests.item[i].cmdline))
			strlist__add(&s->cmdlines, s->tests.item[i].cmdline);
	}
	rig__default()->need();
}

static void build(struct session *s)
{
	char *script = path_in_root("scripts/build-selftests");
	const char *argv[] = { script, s->opt.base, NULL };

	s->programs = need_script(argv);
	for (size_t i = 0; i < s->variants.nr; i++)
		kernels__add(&s->kernels, s->opt.base, s->variants.item[i],
			     s->profile);
	kernels__build(&s->kernels);
	free(script);
	if (stop__asked())
		die(EXIT_INTERRUPTED, "interrupted before the first test; what is built is kept, and the same command goes on from there");
}

static void make_dir(struct session *s)
{
	char *results = s->opt.out ? xstrdup(s->opt.out) :
				     path_in_results("%s", "");
	char stamp[32];
	time_t now = time(NULL);
	struct tm tm;
	int e;

	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
	s->dir = xasprintf("%s/check-%s-%s", results, stamp, s->opt.base);
	e = path_make(s->dir);
	if (e)
		die(EXIT_STORAGE, "%s: %s", s->dir, strerror(-e));
	free(results);
}

static struct check_job job_of(const struct session *s,
			       const struct outcomes *b)
{
	return (struct check_job) {
		.base = s->opt.base,
		.kernel = kernels__of(&s->kernels, s->opt.base, b->variant,
				      DEFAULT_PROFILE)->dir,
		.profile = s->profile,
		.cmdline = b->cmdline,
		.tests = &s->tests,
		.programs = s->programs,
		.logs = b->logs,
		.limit_s = s->opt.limit_s,
		.stop = stop_now,
	};
}

static bool is_bad(const struct check_result *r)
{
	return r->end == CHECK_LOST || r->end == CHECK_FAIL ||
	       r->end == CHECK_SIGNAL || r->end == CHECK_TIMEOUT;
}

static void result(struct session *s, enum ktap_is is, const char *variant,
		   const char *test, const char *why)
{
	char *name = xasprintf("%s/%s/%s", s->opt.base, variant, test);

	ktap__result(&s->ktap, is, name, why);
	free(name);
}

/* What a variant does and the unchanged source does not. */
static void hold(struct session *s, const struct outcomes *b,
		 const char *test, const char *why)
{
	char *where = xasprintf("not so on %s; console: %s.console",
				b->stock->variant, b->logs);

	ktap__note(&s->ktap, why);
	ktap__note(&s->ktap, where);
	result(s, KTAP_FAIL, b->variant, test, NULL);
	warn("%s fails on %s/%s and not on %s: %s; console: %s.console", test,
	     s->opt.base, b->variant, b->stock->variant, why, b->logs);
	s->held++;
	free(where);
}

/* It was not given the time that it takes here, so it tests nothing. */
static void cut_on_stock(struct session *s, const struct outcomes *b,
			 const struct check *test)
{
	warn("%s comes to its limit of %g s on the unchanged %s/%s, so it says nothing of any variant: raise its limit in guests/selftests.conf, as limit@%s+, or skip it; console: %s.console",
	     test->name, test->limit_ms / 1e3, s->opt.base, b->variant,
	     s->opt.base, b->logs);
	s->cut++;
}

/*
 * It fails in the unchanged source, so it says nothing of any variant: that is
 * no failure of this command, unless it shows that nothing was tried (grave).
 */
static void fails_on_stock(struct session *s, const struct outcomes *b,
			   const char *test, const char *why, bool grave)
{
	char *text = xasprintf("fails on stock%s: %s",
			       b == b->stock ? "" : " too", why);

	if (grave)
		ktap__note(&s->ktap, text);
	result(s, grave ? KTAP_FAIL : KTAP_SKIP, b->variant, test, text);
	s->stock_too++;
	free(text);
}

static void tell_skip(struct session *s, const struct outcomes *b,
		      const char *test, const char *why)
{
	const char *word = strstr(why, "# SKIP");

	if (word)		/* kselftest's own "1..0 # SKIP - why" */
		why = word + strlen("# SKIP") + strspn(word + 6, " -");
	result(s, KTAP_SKIP, b->variant, test, why);
	s->skipped++;
}

static void tell_pass(struct session *s, const struct outcomes *b,
		      const char *test)
{
	result(s, KTAP_PASS, b->variant, test, NULL);
}

static void tell_test(struct session *s, const struct outcomes *b, size_t i)
{
	const struct check_result *r = &b->log.result[i];
	const struct check_result *stock = &b->stock->log.result[i];
	const char *name = s->tests.item[i].check.name;
	char *why;

	if (is_bad(r) && (b == b->stock || is_bad(stock))) {
		const bool cut = b == b->stock && r->end == CHECK_TIMEOUT;

		fails_on_stock(s, b, name, r->why, cut);
		if (cut)
			cut_on_stock(s, b, &s->tests.item[i].check);
	} else if (is_bad(r)) {
		hold(s, b, name, r->why);
	} else if (r->end == CHECK_SKIP && stock->end == CHECK_PASS) {
		why = xasprintf("it skips itself: %s", r->why);
		hold(s, b, name, why);
		free(why);
	} else if (r->end == CHECK_PASS) {
		tell_pass(s, b, name);
	} else {
		tell_skip(s, b, name, r->why);
	}
}

/* The host itself is a test too: no warning, no oops, no hang. */
static void tell_host(struct session *s, const struct outcomes *b)
{
	const struct check_log *log = &b->log;
	char *name = xasprintf("host%s%s", *b->cmdline ? " " : "", b->cmdline);
	char *why = xasprintf("%s: %s", outcome__name(log->host),
			      log->why ? log->why : "");

	if (!log->booted)
		tell_skip(s, b, name, "nothing to run in it");
	else if (log->host == OUTCOME_OK)
		tell_pass(s, b, name);
	else if (b == b->stock || b->stock->log.host != OUTCOME_OK)
		fails_on_stock(s, b, name, why, b == b->stock);
	else
		hold(s, b, name, why);
	free(why);
	free(name);
}

static void boot_one(struct session *s, struct outcomes *b)
{
	struct check_job job = job_of(s, b);
	enum boot_end end;

	watched.variant = b->variant;
	watched.wire = xasprintf("%s.wire", b->logs);
	watched.seen = 0;
	end = check__boot(&job, &b->log);
	watch();
	free(watched.wire);
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	if (end == BOOT_NO_ROOM)
		die(EXIT_STORAGE, "%s: cannot write the initramfs: is the disk full?",
		    s->dir);
	if (end == BOOT_STOPPED) {
		printf("Bail out! interrupted\n");
		die(EXIT_INTERRUPTED, "interrupted; consoles are in %s", s->dir);
	}
	for (size_t i = 0; i < s->tests.nr; i++) {
		if (check__has(&job, &s->tests.item[i]))
			tell_test(s, b, i);
	}
	tell_host(s, b);
}

static void plan_boots(struct session *s)
{
	size_t per = s->cmdlines.nr;

	s->nr_boots = s->variants.nr * per;
	s->boot = xcalloc(s->nr_boots, sizeof(*s->boot));
	for (size_t i = 0; i < s->nr_boots; i++) {
		const char *variant = s->variants.item[i / per];

		s->boot[i] = (struct outcomes) {
			.variant = variant,
			.cmdline = s->cmdlines.item[i % per],
			.logs = xasprintf("%s/%s.%zu", s->dir, variant,
					  i % per + 1),
			.stock = &s->boot[i % per],
		};
	}
}

/* Each variant boots for the same tests. */
static size_t tests_to_run(const struct session *s)
{
	struct check_job job = job_of(s, s->boot);
	size_t n = 0;

	for (size_t i = 0; i < s->tests.nr; i++) {
		char *why = check__obstacle(&job, &s->tests.item[i]);

		n += !why;
		free(why);
	}
	return n * s->variants.nr;
}

static void boot_all(struct session *s)
{
	ktap__begin(&s->ktap, stdout,
		    s->variants.nr * (s->tests.nr + s->cmdlines.nr));
	progress__start(&watched.progress, "CHECK", tests_to_run(s));
	for (size_t i = 0; i < s->nr_boots; i++)
		boot_one(s, &s->boot[i]);
	progress__end(&watched.progress);
}

/*
 * Where the unchanged host or a test in it does not come to its end, nothing is
 * shown; nor where nothing was run at all. 0 goes with what KTAP's readers call
 * passed.
 */
static enum faultline_exit verdict(const struct session *s)
{
	enum outcome worst = OUTCOME_OK;

	if (s->held || s->cut)
		return EXIT_CHECK;
	for (size_t i = 0; i < s->cmdlines.nr; i++) {
		if (s->boot[i].log.host < worst)
			worst = s->boot[i].log.host;
	}
	if (worst == OUTCOME_OK && !ktap__passed(&s->ktap)) {
		warn("not one test was run, so nothing is shown; the lines above say why each was skipped");
		return EXIT_NO_DATA;
	}
	return outcome__exit_code(worst);
}

int cmd_selftest(int argc, char **argv)
{
	struct session s = {
		.opt.kernels.otherwise = { [BY_BASE] = DEFAULT_BASE,
					   [BY_VARIANT] = ALL },
	};

	argp_parse(&argp, argc, argv, 0, NULL, &s.opt);
	stop__listen();
	need_lock();
	resolve(&s);
	build(&s);
	make_dir(&s);
	plan_boots(&s);
	boot_all(&s);

	fprintf(stderr, "%s: %zu hosts, %zu passed, %zu skipped, %zu fail on stock, %zu fail on a variant alone\n",
		s.dir, s.variants.nr, s.ktap.count[KTAP_PASS],
		s.skipped, s.stock_too, s.held);
	return verdict(&s);
}
