// SPDX-License-Identifier: GPL-2.0
/*
 * Two rigs' instructions side by side, as plain text.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "instructions_report.h"
#include "rigs.h"
#include "text.h"

#define FUNC_WIDTH	35
#define WHY_WIDTH	19

static void print_line(FILE *f, int indent, const char *name, uint64_t tcg,
		       uint64_t vitro, const char *why)
{
	int n = strlen(name), room = FUNC_WIDTH - indent;

	fprintf(f, "%*s%-*.*s%c%6" PRIu64 "%7" PRIu64 "%+7" PRId64, indent, "",
		room - 1, room - 1, name, n > room - 1 ? '~' : ' ', tcg, vitro,
		(int64_t)(vitro - tcg));
	if (*why)
		fprintf(f, "  %.*s", WHY_WIDTH - 1, why);
	fputc('\n', f);
}

static void print_sum(FILE *f, const struct instructions *x,
		      enum instr_group g, const char *why)
{
	print_line(f, 2, "together", x->sum[g][INSTR_TCG],
		   x->sum[g][INSTR_VITRO], why);
}

/* Rows of a group, of one part where the group has parts; how many. */
static size_t print_rows(FILE *f, const struct instructions *x,
			 enum instr_group g, const char *under)
{
	size_t n = 0;

	for (size_t i = 0; i < x->nr; i++) {
		const struct instr_row *r = &x->row[i];

		if (r->group != g || r->under != under)
			continue;
		print_line(f, 2, r->name, r->insns[INSTR_TCG],
			   r->insns[INSTR_VITRO], r->why);
		n++;
	}
	return n;
}

static char *part_name(const struct instr_part *p)
{
	if (!p->under)
		return xasprintf("outside of %s: exit, entry", INSTR_ENTRY);
	return xasprintf("%s %s", p->stand_in ? "under" : "in and under",
			 p->under);
}

static void print_kernel(FILE *f, const struct instructions *x)
{
	for (size_t i = 0; i < x->nr_parts; i++) {
		const struct instr_part *p = &x->part[i];
		char *name = part_name(p);

		fprintf(f, " %s\n", name);
		if (print_rows(f, x, INSTR_KERNEL, p->under) > 1)
			print_line(f, 2, "together", p->insns, 0, "");
		free(name);
	}
}

static void print_head(FILE *f, const struct instructions *x,
		       const struct instr_setting *s)
{
	char *title = xasprintf("Instructions per fault, two rigs: %s, %s, profile %s, %s",
				s->base, s->variant, s->profile, s->workload);
	char *tcg = xasprintf("tcg: the whole kernel, typical fault of class \"%s\": %" PRIu64 " of %" PRIu64 " faults, %" PRIu64 " of them exactly the same path",
			      x->tcg->name, x->tcg->typical, x->tcg->faults,
			      x->tcg->same_path);
	char *vitro = xasprintf("vitro: the handler in a process, typical fault by %s: %zu of %zu faults, %zu of them exactly the same path",
				s->creator, x->vitro.typical, x->vitro.faults,
				x->vitro.same_path);

	text__wrapped(f, 0, title);
	text__wrapped(f, 0, tcg);
	text__wrapped(f, 0, vitro);
	fputc('\n', f);
	free(title);
	free(tcg);
	free(vitro);
	fprintf(f, "%-*s%6s%7s%7s  %s\n", FUNC_WIDTH, "function, its own",
		RIG_TCG, RIG_VITRO, "diff", "what explains it");
}

static void print_verdict(FILE *f, const struct instructions *x)
{
	char *text;

	if (x->differing)
		text = xasprintf("DISAGREES: %zu of the handler's own functions do not execute the same number of instructions in both rigs, though they are the same code: they were not given the same to do.",
				 x->differing);
	else
		text = xasprintf("Agrees: each of the handler's own functions executes exactly as many instructions in the process as in the booted kernel, %" PRIu64 " together.",
				 x->sum[INSTR_OWN][INSTR_TCG]);
	text__wrapped(f, 0, text);
	free(text);
	if (!x->sums)
		text__wrapped(f, 0, "DOES NOT ADD UP: the functions are not the total.");
}

/* In plain words: what vitro leaves out. */
static void print_left_out(FILE *f, const struct instructions *x)
{
	struct strlist parts = { 0 };
	char *text, *list;

	for (size_t i = 0; i < x->nr_parts; i++) {
		const struct instr_part *p = &x->part[i];
		char *one = p->under ?
			xasprintf("%" PRIu64 " %s %s", p->insns, p->stand_in ?
				  "under" : "in and under", p->under) :
			xasprintf("%" PRIu64 " outside of the handler (VM exit, its dispatch, VM entry, what the VMM does)",
				  p->insns);

		strlist__add(&parts, one);
		free(one);
	}
	list = strlist__join(&parts, ", ");
	text = xasprintf("Vitro leaves out %" PRIu64 " of the kernel's %" PRIu64 " instructions: %s. Its stand-ins take %" PRIu64 " where the kernel's functions take %" PRIu64 ". Its loop around the handler, %" PRIu64 " per fault, is in no sum.",
			 x->sum[INSTR_KERNEL][INSTR_TCG], x->total[INSTR_TCG],
			 parts.nr ? list : "nothing",
			 x->sum[INSTR_STAND_IN][INSTR_VITRO],
			 x->sum[INSTR_STAND_IN][INSTR_TCG], x->harness);
	text__wrapped(f, 0, text);
	free(text);
	free(list);
	strlist__free(&parts);
}

void report__instructions_text(FILE *f, const struct instructions *x,
			       const struct instr_setting *s)
{
	print_head(f, x, s);
	fputs("the handler's own objects, the same bytes in both\n", f);
	print_rows(f, x, INSTR_OWN, NULL);
	print_sum(f, x, INSTR_OWN, x->differing ? "DISAGREES" : "agrees");
	fputs("stand-ins: in vitro the shim's code, not the kernel's\n", f);
	print_rows(f, x, INSTR_STAND_IN, NULL);
	print_sum(f, x, INSTR_STAND_IN, "");
	fputs("in the kernel only\n", f);
	print_kernel(f, x);
	print_line(f, 0, "all functions", x->total[INSTR_TCG],
		   x->total[INSTR_VITRO] - x->harness, "");
	fputc('\n', f);
	print_verdict(f, x);
	print_left_out(f, x);
	if (!s->same_vmlinux)
		text__wrapped(f, 0, "The kernel in the cache is not the one that the run booted, but its handler is (handler_sha256): the code of the functions above is the same.");
	fputs("Instructions, not cycles.\n", f);
}
