// SPDX-License-Identifier: GPL-2.0
/*
 * A cell's handler under valgrind's callgrind, next to the run that attributed
 * it: the vitro program is built, counted here and now, and compared; see
 * callgrind_side.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include "callgrind_side.h"
#include "cpu.h"
#include "image.h"
#include "need.h"
#include "refused.h"

/* The first cell's functions in the vitro program; it is the only one here. */
#define PREFIX		"c0_"
/* Enough for a typical one; never more than a fill of the workload has. */
#define FAULTS		512u
#define LIMIT_S		600

/* What a script prints: one path. It says itself why there is none. */
static char *ask(const char *script, const char *const *args)
{
	char *path = path_in_root("scripts/%s", script), *out;
	const char *argv[6] = { path };

	for (size_t i = 0; i < 4 && args[i]; i++)
		argv[i + 1] = args[i];
	out = need_script(argv);
	free(path);
	return out;
}

static struct conf read_info(const char *shim)
{
	char *path = xasprintf("%s/../info", shim), err[512];
	struct conf c;

	if (conf__read(&c, path, err, sizeof(err)))
		die(EXIT_MISSING, "%s", err);
	free(path);
	return c;
}

static void read_names(struct strlist *l, const char *shim, const char *file)
{
	char *path = xasprintf("%s/%s", shim, file), *text, *next, *name;

	text = next = path_read(path, NULL);
	if (!text)
		die(EXIT_MISSING, "%s: %s; remove %s and run this again", path,
		    strerror(errno), shim);
	while ((name = strsep(&next, "\n"))) {
		if (*name)
			strlist__add(l, name);
	}
	free(text);
	free(path);
}

/* What run.json says of the kernel that a cell booted, or "". */
static const char *booted(const struct run *run, const struct select_cell *c,
			  const char *what)
{
	json_t *k;
	size_t i;

	json_array_foreach(json_object_get(run->meta, "kernels"), i, k) {
		const char *base, *variant, *profile;

		if (!json_unpack(k, "{ss ss ss}", "base", &base, "variant",
				 &variant, "profile", &profile) &&
		    !strcmp(base, c->base) && !strcmp(variant, c->variant) &&
		    !strcmp(profile, c->profile))
			return json_string_value(json_object_get(k, what)) ?: "";
	}
	return "";
}

/* The same handler is what counts: another vmlinux around it is only told. */
static void need_same_handler(const struct run *run, const struct select_cell *c,
			      const struct conf *info,
			      struct instr_setting *s)
{
	const char *here = conf__get(info, "", "handler_sha256") ?: "none";
	const char *there = booted(run, c, "handler_sha256");

	if (strcmp(here, there))
		die(EXIT_CHANGED, "the handler of %s/%s, profile %s that is built now is not the one that %s booted: handler_sha256 %.12s, there %.12s; begin a new run: faultline run --attribute",
		    c->base, c->variant, c->profile, run->dir, here,
		    *there ? there : "unknown");
	s->handler_sha256 = xstrdup(here);
	s->same_vmlinux = !strcmp(conf__get(info, "", "build_id") ?: "",
				  booted(run, c, "build_id"));
}

/* The program's own last words; valgrind's where it had none. */
static char *last_words(const char *path)
{
	char *text = path_read(path, NULL), *next = text, *line;
	char *words = NULL;

	while (text && (line = strsep(&next, "\n"))) {
		bool own = strncmp(line, "==", 2);

		if (!*line || (!own && words && strncmp(words, "==", 2)))
			continue;
		free(words);
		words = xstrdup(line);
	}
	free(text);
	return words ?: xstrdup("it said nothing");
}

/*
 * Why the program ended: an instruction that valgrind refused, with what to do
 * about it, or the last words.
 */
static char *why_ended(const char *log)
{
	char *text = path_read(log, NULL), *why, *next;
	struct refused r;

	if (!text || !refused__find(&r, text)) {
		free(text);
		return last_words(log);
	}
	if (r.mnemonic && cpu__knows(r.mnemonic))
		next = xasprintf("do without it: " CPU_HIDE "=%s faultline instructions ...",
				 r.mnemonic);
	else
		next = xstrdup("put a valgrind that knows it first on PATH");
	why = xasprintf("valgrind refuses the instruction %s (bytes %s) in %s; %s",
			r.insn, r.bytes, r.func ?: "a function without a name",
			next);
	free(next);
	refused__free(&r);
	free(text);
	return why;
}

/*
 * Valgrind has a CPUID of its own, which offers RDTSCP whether this machine's
 * does or not, and refuses the instruction where it does not: what this
 * machine lacks is hidden from the program.
 */
static void hide_what_is_lacking(void)
{
	struct strlist lacking = { 0 };
	char *names;

	cpu__lacks(&lacking);
	names = strlist__join(&lacking, ",");
	setenv(CPU_HIDE, names, 1);
	free(names);
	strlist__free(&lacking);
}

/* A folder for callgrind's file and the program's words, gone at the end. */
static char *scratch;

static void remove_scratch(void)
{
	static const char *const files[] = { "out", "log" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char *path = xasprintf("%s/%s", scratch, files[i]);

		unlink(path);
		free(path);
	}
	rmdir(scratch);
}

static void make_scratch(void)
{
	if (scratch)
		return;
	scratch = xasprintf("%s/faultline-callgrind-XXXXXX",
			    getenv("TMPDIR") ?: "/tmp");
	if (!mkdtemp(scratch))
		die(EXIT_STORAGE, "%s: %s", scratch, strerror(errno));
	atexit(remove_scratch);
}

static const char *name_at(void *img, uint64_t pc)
{
	const struct func *f = image__func_at(img, pc);

	return f ? f->name : NULL;
}

/*
 * One dump per fault. The program patches its own code while it runs; it would
 * execute itself anew to have no randomised addresses, which valgrind cannot
 * follow, so there are none to begin with.
 */
static void count(const char *program, const struct select_cell *c, unsigned int n,
		  struct callgrind *g)
{
	char *valgrind = spawn__which("valgrind");
	char *out = xasprintf("--callgrind-out-file=%s/out", scratch);
	char *log = xasprintf("%s/log", scratch), *path = xasprintf("%s/out", scratch);
	char *cell = xasprintf("%s:%s", c->variant, c->profile);
	char *faults = xasprintf("%u", n), err[512];
	const char *argv[] = {
		valgrind, "--tool=callgrind", "--smc-check=all",
		"--toggle-collect=" INSTR_HARNESS,
		"--dump-before=" PREFIX INSTR_ENTRY, "--combine-dumps=yes",
		"--dump-line=no", "--dump-instr=yes", "--compress-strings=no", "--compress-pos=no",
		out, program, "--workloads", c->workload, "--cell", cell,
		"--faults", faults, NULL,
	};
	struct spawn s = { .argv = argv, .stdout_path = "/dev/null",
			   .stderr_path = log, .limit_s = LIMIT_S };
	struct image *img;
	enum spawn_end end;
	int status;

	if (!valgrind)
		die(EXIT_MISSING, "no valgrind on PATH, which counts vitro's instructions: it is in package valgrind; run: scripts/deps vitro");
	hide_what_is_lacking();
	personality(personality(0xffffffff) | ADDR_NO_RANDOMIZE);
	end = spawn__run(&s, &status);
	if (end != SPAWN_EXITED || status)
		die(end == SPAWN_EXITED && status > 1 && status < 127 ?
		    status : EXIT_RIG, "%s, under valgrind: %s", program,
		    end == SPAWN_LIMIT ? "not done in ten minutes" : why_ended(log));
	img = image__open_file(program, err, sizeof(err));
	if (!img)
		die(EXIT_MISSING, "%s", err);
	if (callgrind__read(g, path, name_at, img, err, sizeof(err)))
		die(EXIT_LOST, "cannot read callgrind's output: %s", err);
	image__close(img);
	free(faults);
	free(cell);
	free(path);
	free(log);
	free(out);
	free(valgrind);
}

static unsigned int faults_of(const struct select_cell *c)
{
	struct workload *w = need_workload(c->base, c->workload);
	uint64_t events = w->cell.events;

	if (w->skip)
		die(EXIT_NO_DATA, "workload %s of %s is skipped: %s",
		    c->workload, c->base, w->skip);
	workload__free(w);
	return events < FAULTS ? events : FAULTS;
}

/* Take vitro's side; the typical fault of what callgrind wrote. */
static struct callgrind_typical vitro(const struct select_cell *c, unsigned int n,
				      struct callgrind *g)
{
	char *cell = xasprintf("%s:%s", c->variant, c->profile);
	const char *args[] = { c->base, "0", cell, NULL };
	char *program = ask("build-vitro", args);
	struct callgrind_typical t;

	make_scratch();
	count(program, c, n, g);
	t = callgrind__typical(g, PREFIX INSTR_ENTRY, INSTR_HARNESS);
	if (t.faults != n)
		die(EXIT_LOST, "callgrind saw %zu faults where %u were taken",
		    t.faults, n);
	free(program);
	free(cell);
	return t;
}

void callgrind_side__make(struct callgrind_side *side, const struct run *run,
			  const struct select_cell *cell)
{
	struct strlist one = { 0 }, own = { 0 }, stand_ins = { 0 };
	unsigned int n = faults_of(cell);
	struct callgrind_typical t;
	struct conf info;
	char *shim;

	*side = (struct callgrind_side) { 0 };
	strlist__add(&one, cell->variant);
	side->attributed = need_attributions(run, cell->base, cell->profile,
					     cell->workload, NULL, cell->variant, &one);
	shim = ask("build-shim", (const char *const []) {
			cell->base, cell->variant, cell->profile, NULL });
	info = read_info(shim);
	side->setting = (struct instr_setting) {
		.base = cell->base, .variant = cell->variant, .profile = cell->profile,
		.workload = cell->workload, .run = run->dir,
	};
	need_same_handler(run, cell, &info, &side->setting);
	t = vitro(cell, n, &side->counted);
	side->setting.creator = side->counted.creator ?: "callgrind";
	read_names(&own, shim, "own");
	read_names(&stand_ins, shim, "stand-ins");
	instructions__compare(&side->compared, side->attributed.column[0].class, &t,
			      PREFIX, &own, &stand_ins);
	conf__free(&info);
	strlist__free(&stand_ins);
	strlist__free(&own);
	strlist__free(&one);
	free(shim);
}

void callgrind_side__free(struct callgrind_side *side)
{
	instructions__free(&side->compared);
	callgrind__free(&side->counted);
	attribute__free(&side->attributed);
	free((char *)side->setting.handler_sha256);
	*side = (struct callgrind_side) { 0 };
}
