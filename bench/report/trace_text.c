// SPDX-License-Identifier: GPL-2.0
/*
 * A typical fault, instruction by instruction: function, source line, code,
 * and where in memory it reached.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "attribute_report.h"

#define CODE_WIDTH	44

struct listing_state {
	FILE *f;
	const struct probe_log *log;
	struct image *img;
	const char *name;		/* of the current function */
	size_t depth;
	int line;
	const char *file;
	bool apart, open;		/* a line is not ended yet */
};

static void end_line(struct listing_state *l)
{
	if (l->open)
		fputc('\n', l->f);
	l->open = false;
}

static void print_function(struct listing_state *l, const char *name,
			   size_t depth)
{
	if (l->name == name && l->depth == depth)
		return;
	end_line(l);
	fprintf(l->f, "%*s%s\n", (int)depth * 2, "", name);
	l->name = name;
	l->depth = depth;
	l->line = 0;
}

static void print_source(struct listing_state *l, uint64_t addr)
{
	const char *file;
	int line;

	if (!image__line(l->img, addr, &file, &line) ||
	    (line == l->line && l->file && !strcmp(file, l->file)))
		return;
	fprintf(l->f, "%*s%s:%d\n", (int)l->depth * 2 + 2, "", file, line);
	l->file = file;
	l->line = line;
}

static void print_insn(struct listing_state *l, const struct insn *in)
{
	int n;

	end_line(l);
	print_source(l, in->addr);
	n = fprintf(l->f, "%*s%" PRIx64 "  %-7s %s", (int)l->depth * 2 + 4, "",
		    in->addr, in->mnemonic, in->operands);
	n -= l->depth * 2 + 4 + 18;
	fprintf(l->f, "%*s", n < CODE_WIDTH ? CODE_WIDTH - n : 1, "");
	l->open = true;
}

static void visit(void *arg, const struct step *s, const char *name,
		  size_t depth, bool apart)
{
	struct listing_state *l = arg;

	if (apart) {
		if (!l->apart) {
			end_line(l);
			fprintf(l->f, "-- an interrupt or another task, counted apart\n");
		}
		l->apart = true;
		return;
	}
	l->apart = false;
	switch (s->kind) {
	case STEP_INSN:
		print_function(l, name, depth);
		print_insn(l, &l->log->insn[s->insn]);
		break;
	case STEP_LOAD:
	case STEP_STORE:
		fprintf(l->f, " %s%u %" PRIx64,
			s->kind == STEP_LOAD ? "load" : "store", s->size,
			s->addr);
		break;
	}
}

int report__trace_text(FILE *f, const struct attr_class *c, struct image *img,
		       char *err, size_t errlen)
{
	struct probe_log log;
	struct listing_state l = { .f = f, .log = &log, .img = img };
	struct path_profile profile;
	struct replay *r;
	int ret = attr_class__log(&log, c, err, errlen);

	if (ret)
		return ret;
	r = replay__new(&log, img);
	if (!r) {
		probe_log__free(&log);
		snprintf(err, errlen, "capstone does not start");
		return -ENOMEM;
	}
	ret = replay__visit(r, log.path, &profile, visit, &l, err, errlen);
	end_line(&l);
	if (!ret)
		fprintf(f, "%" PRIu64 " instructions, %" PRIu64 " loads, %"
			PRIu64 " stores\n", profile.figures.insns,
			profile.figures.loads, profile.figures.stores);
	path_profile__free(&profile);
	replay__free(r);
	probe_log__free(&log);
	return ret;
}
