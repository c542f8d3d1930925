// SPDX-License-Identifier: GPL-2.0
/*
 * The sections of a report. Most are what another command prints of the same
 * run, so that no figure is worked out twice, and one that cannot be had costs
 * no other.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "catalog.h"
#include "factors.h"
#include "need.h"
#include "rigs.h"
#include "run_text.h"
#include "sections.h"
#include "text.h"

#define LIMIT_S		300	/* of another command */
#define MOST_WORDS	12

/* A command that is still at it. */
struct pending {
	size_t section;
	char *out, *err;
	struct spawned child;
};

struct sections {
	struct full_report *r;
	const struct sections_options *o;	/* the caller's, until the end */
	const char *base, *profile;	/* of sections that are of one table */
	struct pending *pending;
	size_t nr;
	struct run other;		/* the one beside, with its verdicts */
	struct judgements others;
};

static struct full_section *add(struct sections *s, const char *id,
				const char *title, const char *const *args)
{
	struct full_report *r = s->r;
	struct full_section *section;
	struct strlist typed = { 0 };

	strlist__add(&typed, "faultline");
	for (size_t i = 0; args[i]; i++) {
		char *word = text__quoted(args[i]);

		strlist__add(&typed, word);
		free(word);
	}
	r->section = xrealloc(r->section,
			      (r->nr_sections + 1) * sizeof(*section));
	section = &r->section[r->nr_sections++];
	*section = (struct full_section) { id, title,
		text__clean(strlist__join(&typed, " ")), NULL, NULL };
	strlist__free(&typed);
	return section;
}

static char *take(const char *path)
{
	char *text = path_read(path, NULL);

	unlink(path);
	return text__clean(text ?: xstrdup(""));
}

/* What a command of ours says when it fails, without its name in front. */
static char *words_of(char *said)
{
	char *line = said, *last = said;
	size_t n;

	while (*line) {
		n = strcspn(line, "\n");
		if (n)
			last = line;
		line += n + (line[n] == '\n');
	}
	last[strcspn(last, "\n")] = '\0';
	if (!strncmp(last, "faultline: ", strlen("faultline: ")))
		last += strlen("faultline: ");
	return xstrdup(*last ? last : "there is nothing of it");
}

/* A section that is the output of `faultline ARGS`. */
static void add_command(struct sections *s, const char *id, const char *title,
			const char *const *args)
{
	const char *argv[MOST_WORDS + 2] = { "/proc/self/exe" };
	struct pending *p;
	struct spawn child = { .argv = argv, .limit_s = LIMIT_S };

	add(s, id, title, args);
	s->pending = xrealloc(s->pending, (s->nr + 1) * sizeof(*s->pending));
	p = &s->pending[s->nr++];
	p->section = s->r->nr_sections - 1;
	p->out = xasprintf("%s/.%s.said", s->o->scratch, id);
	p->err = xasprintf("%s/.%s.err", s->o->scratch, id);
	for (size_t i = 0; i < MOST_WORDS && args[i]; i++)
		argv[i + 1] = args[i];
	child.stdout_path = p->out;
	child.stderr_path = p->err;
	p->child = spawn__begin(&child);
}

static void finish(struct sections *s, struct pending *p)
{
	struct full_section *section = &s->r->section[p->section];
	char *said;
	int status;

	if (spawn__wait(&p->child, &status) != SPAWN_EXITED)
		status = EXIT_INTERNAL;
	said = take(p->err);
	section->text = take(p->out);
	/* Records that do not count are told of by the section Validity. */
	if ((status && status != EXIT_BAD_RECORD) || !*section->text) {
		free(section->text);
		section->text = NULL;
		section->missing = words_of(said);
	}
	free(said);
	free(p->out);
	free(p->err);
}

static FILE *begin_text(char **text, size_t *size)
{
	FILE *f = xmemstream(text, size);

	return f;
}

static bool is_noisy(const struct run *run)
{
	return run->nr && record__noisy(run->record[0]);
}

static void add_beside(struct sections *s)
{
	const char *const args[] = { "report", s->o->run, "--beside",
				     s->o->beside ?: "RUN", NULL };
	struct full_section *section = add(s, "beside",
					   "Cycles beside instructions", args);
	const struct judgements *mine = s->r->verdicts;
	const bool cycles = is_noisy(s->r->run);
	const char *other = rigs__first(cycles ? RIG_INSTRUCTIONS : RIG_CYCLES)->name;
	size_t size, nr;
	FILE *f;

	if (!s->o->beside) {
		section->missing = xasprintf("This run has %s alone. Make a run of the other kind (faultline run --rig %s) and name it: %s",
					     cycles ? "cycles" : "instructions",
					     other,
					     section->command);
		return;
	}
	f = begin_text(&section->text, &size);
	nr = cycles ? report__beside_text(f, &s->others, mine) :
		      report__beside_text(f, mine, &s->others);
	fclose(f);
	text__clean(section->text);
	if (!nr || is_noisy(&s->other) == cycles) {
		free(section->text);
		section->text = NULL;
		section->missing = xasprintf("%s has no cell of the other kind in common with this run; make one: faultline run --rig %s",
					     s->o->beside,
					     other);
		text__clean(section->missing);
	}
}

/* Before all else: it may end this program, which leaves nothing behind then. */
static void read_beside(struct sections *s)
{
	struct judge_options how = judge_defaults;

	if (!s->o->beside)
		return;
	run__read(&s->other, s->o->beside);
	how.against = s->o->against;
	need_judgements(&s->others, &s->other, &how);
}

/* Is there anything to take apart: a second profile or the other dispatch? */
static bool has_factors(const struct run *run)
{
	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];

		if (variant_has_overlay(r->variant, DISPATCH_INDIRECT) ||
		    (!strcmp(r->base, run->record[0]->base) &&
		     strcmp(r->profile, run->record[0]->profile)))
			return true;
	}
	return false;
}

static void add_factors(struct sections *s)
{
	const char *against = s->o->against ? "--against" : NULL;
	const char *const args[] = { "compare", s->o->run, "--factors", against,
				     s->o->against, NULL };
	struct full_section *section;

	if (has_factors(s->r->run)) {
		add_command(s, "factors", "Retpoline factors", args);
		return;
	}
	section = add(s, "factors", "Retpoline factors", args);
	section->missing = xasprintf("This run has one profile, and no variant +" DISPATCH_INDIRECT ". Run both ways to call under all three: faultline run --base %s --profiles " FACTOR_PROFILES " --variants NAME,NAME+" DISPATCH_INDIRECT,
				     s->base);
	text__clean(section->missing);
}

enum own { OWN_VALIDITY, OWN_REASONS, OWN_MACHINE, OWN_REPRODUCE };

/* A section that a function here prints. */
static void add_own(struct sections *s, const char *id, const char *title,
		    enum own which, const char *const *args)
{
	const struct strlist every = { 0 };
	const struct verdicts_pick all = { &every, &every, &every };
	struct full_section *section = add(s, id, title, args);
	const struct run *run = s->r->run;
	size_t size;
	FILE *f = begin_text(&section->text, &size);

	switch (which) {
	case OWN_VALIDITY:
		report__validity_text(f, run, s->r->verdicts);
		break;
	case OWN_REASONS:
		report__verdicts_text(f, s->r->verdicts, &all);
		break;
	case OWN_MACHINE:
		report__machine_text(f, run);
		break;
	case OWN_REPRODUCE:
		report__reproduce_text(f, run);
		break;
	}
	fclose(f);
	text__clean(section->text);
}

/* The default base and profile, or else the first that the run has. */
static void pick_table(struct sections *s)
{
	const struct run *run = s->r->run;

	s->base = run->record[0]->base;
	for (size_t i = 0; i < run->nr; i++) {
		if (!strcmp(run->record[i]->base, DEFAULT_BASE))
			s->base = DEFAULT_BASE;
	}
	for (size_t i = 0; i < run->nr; i++) {
		if (strcmp(run->record[i]->base, s->base))
			continue;
		s->profile = s->profile ?: run->record[i]->profile;
		if (!strcmp(run->record[i]->profile, DEFAULT_PROFILE))
			s->profile = DEFAULT_PROFILE;
	}
}

struct sections *sections__begin(struct full_report *r,
				 const struct sections_options *o)
{
	const char *against = o->against ? "--against" : NULL;
	const char *const report[] = { "report", o->run, NULL };
	struct sections *s = xcalloc(1, sizeof(*s));

	s->r = r;
	s->o = o;
	read_beside(s);
	pick_table(s);
	add_command(s, "tables", "Tables", (const char *const []) {
		"compare", o->run, against, o->against, NULL });
	add_factors(s);
	add_command(s, "attribution", "Where the difference is",
		    (const char *const []) {
		"attribute", o->run, "--summary", "--base", s->base,
		"--profile", s->profile, against, o->against, NULL });
	add_command(s, "code", "Code size and struct layout",
		    (const char *const []) {
		"attribute", o->run, "--static", "--base", s->base,
		"--profile", s->profile, against, o->against, NULL });
	add_command(s, "counters", "perf in the host", (const char *const []) {
		"counters", o->run, NULL });
	add_beside(s);
	add_own(s, "validity", "Validity", OWN_VALIDITY, report);
	add_own(s, "reasons", "All reasons", OWN_REASONS,
		(const char *const []) {
		"compare", o->run, "--verdicts", against, o->against, NULL });
	add_own(s, "machine", "Machine", OWN_MACHINE, report);
	add_own(s, "reproduce", "Reproduce", OWN_REPRODUCE, report);
	return s;
}

void sections__end(struct sections *s)
{
	for (size_t i = 0; i < s->nr; i++)
		finish(s, &s->pending[i]);
	free(s->pending);
	if (s->o->beside) {
		judgements__free(&s->others);
		run__free(&s->other);
	}
	free(s);
}
