// SPDX-License-Identifier: GPL-2.0
/*
 * Instructions through llvm-mca; see mca.h. The first run finds what assembler
 * and model do not know, the second is without these and gives the figure.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mca.h"
#include "util.h"

#define RUNS_MAX	4	/* the second has nothing to leave out as a rule */
#define LIMIT_S		120
#define NOT_KNOWN	100	/* LLVM's latency of what no model knows */

struct trace {
	const struct insn *insn;
	size_t nr;
	bool *out;		/* instruction i is left out */
	size_t *line;		/* instruction that line i + 1 of the text is of */
	size_t lines;
};

struct files {
	char *dir, *text, *json, *messages;
};

static bool files__make(struct files *f)
{
	f->dir = xasprintf("%s/faultline-mca.XXXXXX", getenv("TMPDIR") ?: "/tmp");
	if (!mkdtemp(f->dir)) {
		free(f->dir);
		return false;
	}
	f->text = xasprintf("%s/trace.s", f->dir);
	f->json = xasprintf("%s/out.json", f->dir);
	f->messages = xasprintf("%s/messages", f->dir);
	return true;
}

static void files__remove(struct files *f)
{
	unlink(f->text);
	unlink(f->json);
	unlink(f->messages);
	rmdir(f->dir);
	free(f->text);
	free(f->json);
	free(f->messages);
	free(f->dir);
}

/* What llvm-mca has numbers for that are of something else. */
static bool is_beyond_a_model(const struct insn *in)
{
	return in->unknown || in->kind == INSN_IRET ||
	       in->kind == INSN_SYSCALL || in->kind == INSN_SYSRET ||
	       in->kind == INSN_VMRUN;
}

/* "pushq $0", "jmp .L": targets are of no account, so all are the same. */
static void write_insn(FILE *f, struct trace *t, size_t i)
{
	const struct insn *in = &t->insn[i];
	const char *to = in->operands;

	switch (in->kind) {
	case INSN_CALL:
	case INSN_CALL_INDIRECT:
		fprintf(f, "pushq $0\n");
		t->line[t->lines++] = i;
		fprintf(f, "jmp %s\n", in->kind == INSN_CALL ? ".L" : to);
		break;
	case INSN_JMP:
	case INSN_JCC:
		fprintf(f, "%s .L\n", in->mnemonic);
		break;
	case INSN_JMP_INDIRECT:
		fprintf(f, "jmp %s\n", to);
		break;
	case INSN_RET:
		fprintf(f, "retq\n");
		break;
	default:
		fprintf(f, "%s %s\n", in->mnemonic, to);
	}
	t->line[t->lines++] = i;
}

static bool write_trace(struct trace *t, const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return false;
	t->lines = 0;
	for (size_t i = 0; i < t->nr; i++) {
		if (!t->out[i])
			write_insn(f, t, i);
	}
	return !(ferror(f) | fclose(f));
}

/* "trace.s:12:1: error: ..." leaves line 12 out. How many lines it was. */
static size_t drop_errors(struct trace *t, const char *messages)
{
	size_t dropped = 0;

	for (const char *p = messages; (p = strstr(p, "trace.s:")); p++) {
		char *end;
		unsigned long line = strtoul(p + strlen("trace.s:"), &end, 10);
		const char *rest = strchr(end + (*end == ':'), ':');

		if (!line || line > t->lines || !rest ||
		    strncmp(rest, ": error:", 8))
			continue;
		dropped += !t->out[t->line[line - 1]];
		t->out[t->line[line - 1]] = true;
	}
	return dropped;
}

/* Those the model has no numbers of. The list has the order of the lines. */
static size_t drop_not_known(struct trace *t, json_t *region)
{
	json_t *view = json_object_get(region, "InstructionInfoView"), *item;
	size_t dropped = 0, i;

	json_array_foreach(json_object_get(view, "InstructionList"), i, item) {
		json_int_t latency = json_integer_value(json_object_get(item,
								"Latency"));

		if (i >= t->lines || latency != NOT_KNOWN)
			continue;
		dropped += !t->out[t->line[i]];
		t->out[t->line[i]] = true;
	}
	return dropped;
}

static void copy_line(char *err, size_t errlen, const char *program,
		      const char *messages)
{
	snprintf(err, errlen, "%s: %.*s", program,
		 (int)strcspn(messages, "\n"), messages);
}

/*
 * One run. 0 with *again when something was left out by it and the figures are
 * not of what is kept; or -errno with err.
 */
static int run_once(struct trace *t, const char *cpu, const struct files *f,
		    struct mca *m, bool *again, char *err, size_t errlen)
{
	char *mcpu = xasprintf("-mcpu=%s", cpu);
	const char *argv[] = {
		"llvm-mca", "-mtriple=x86_64", mcpu, "-iterations=1", "-json",
		"-resource-pressure=false", f->text, NULL
	};
	struct spawn s = { .argv = argv, .stdout_path = f->json,
			   .stderr_path = f->messages, .limit_s = LIMIT_S };
	json_t *root = NULL, *region, *summary;
	char *messages = NULL;
	int status = 0, r = -EIO;
	size_t dropped;

	if (!write_trace(t, f->text)) {
		snprintf(err, errlen, "cannot write %s: %s; free some room or set TMPDIR",
			 f->text, strerror(errno));
		goto out;
	}
	if (spawn__run(&s, &status) != SPAWN_EXITED) {
		snprintf(err, errlen, "llvm-mca did not end within %d s on %zu instructions; give it fewer",
			 LIMIT_S, t->nr);
		goto out;
	}
	messages = path_read(f->messages, NULL) ?: xstrdup("");
	if (strstr(messages, "not a recognized processor")) {
		copy_line(err, errlen, "llvm-mca", messages);
		r = -EINVAL;
		goto out;
	}
	dropped = drop_errors(t, messages);
	if (dropped) {
		*again = true;
		r = 0;
		goto out;
	}
	/* It writes names of resources with a NUL in them. */
	root = json_load_file(f->json, JSON_ALLOW_NUL, NULL);
	region = json_array_get(json_object_get(root, "CodeRegions"), 0);
	summary = json_object_get(region, "SummaryView");
	if (status || !summary) {
		copy_line(err, errlen, "llvm-mca failed",
			  *messages ? messages : "it printed no summary");
		goto out;
	}
	*again = drop_not_known(t, region);
	m->cycles = json_integer_value(json_object_get(summary, "TotalCycles"));
	m->uops = json_integer_value(json_object_get(summary, "TotaluOps"));
	r = 0;
out:
	json_decref(root);
	free(messages);
	free(mcpu);
	return r;
}

static int by_count(const void *a, const void *b)
{
	const struct mca_left_out *x = a, *y = b;

	return x->nr != y->nr ? (x->nr < y->nr ? 1 : -1) :
				strcmp(x->mnemonic, y->mnemonic);
}

static void count_left_out(const struct trace *t, struct mca *m)
{
	for (size_t i = 0; i < t->nr; i++) {
		size_t k = 0;

		if (!t->out[i]) {
			m->insns++;
			continue;
		}
		m->left_out++;
		while (k < m->nr_left &&
		       strcmp(m->left[k].mnemonic, t->insn[i].mnemonic))
			k++;
		if (k == m->nr_left) {
			m->left = xrealloc(m->left,
					   ++m->nr_left * sizeof(*m->left));
			m->left[k] = (struct mca_left_out) { 0 };
			memcpy(m->left[k].mnemonic, t->insn[i].mnemonic,
			       sizeof(m->left[k].mnemonic));
		}
		m->left[k].nr++;
	}
	if (m->nr_left)
		qsort(m->left, m->nr_left, sizeof(*m->left), by_count);
}

int mca__run(const struct insn *insn, size_t nr, const char *cpu,
	     struct mca *m, char *err, size_t errlen)
{
	struct trace t = { .insn = insn, .nr = nr };
	char *program = spawn__which("llvm-mca");
	struct files f;
	bool again = true;
	size_t kept = 0;
	int r = 0;

	*m = (struct mca) { 0 };
	if (!program) {
		snprintf(err, errlen, "no llvm-mca on PATH; install the package llvm");
		return -ENOENT;
	}
	free(program);
	if (!files__make(&f)) {
		snprintf(err, errlen, "cannot make a folder in %s: %s; set TMPDIR",
			 getenv("TMPDIR") ?: "/tmp", strerror(errno));
		return -EIO;
	}
	t.out = xcalloc(nr + 1, sizeof(*t.out));
	t.line = xcalloc(2 * nr + 1, sizeof(*t.line));
	for (size_t i = 0; i < nr; i++)
		t.out[i] = is_beyond_a_model(&insn[i]);
	for (int run = 0; !r && again && run < RUNS_MAX; run++) {
		again = false;
		kept = 0;
		for (size_t i = 0; i < nr; i++)
			kept += !t.out[i];
		if (!kept)
			break;
		r = run_once(&t, cpu, &f, m, &again, err, errlen);
	}
	if (!r && !kept) {
		snprintf(err, errlen, "none of %zu instructions can be modelled",
			 nr);
		r = -EINVAL;
	} else if (!r && again) {
		snprintf(err, errlen, "llvm-mca refuses lines after %d runs; report it with the trace",
			 RUNS_MAX);
		r = -EIO;
	}
	if (!r)
		count_left_out(&t, m);
	files__remove(&f);
	free(t.out);
	free(t.line);
	return r;
}

void mca__free(struct mca *m)
{
	free(m->left);
	*m = (struct mca) { 0 };
}
