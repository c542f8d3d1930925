// SPDX-License-Identifier: GPL-2.0
/*
 * An attribution as plain text: which functions make the difference, what one
 * variant's functions do, how the faults are spread.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "attribute_report.h"
#include "rigs.h"
#include "text.h"

#define FUNC_WIDTH	30	/* of the list of functions */
#define VAR_WIDTH	18
#define VARS_A_BLOCK	2

/* The reference's column: its name, or a figure. */
static int ref_width(const struct attr_cmp *c)
{
	int n = strlen(c->column[0].variant) + 1;

	return n < 9 ? 9 : n > 14 ? 14 : n;
}

/* What the columns leave to the functions' names. */
static int name_width(const struct attr_cmp *c)
{
	return REPORT_COLUMNS - ref_width(c) - VARS_A_BLOCK * VAR_WIDTH;
}

static double percent(uint64_t part, uint64_t of)
{
	return of ? 100.0 * part / of : 0;
}

static void print_header(FILE *f, const struct attr_cmp *c, size_t from,
			 size_t to)
{
	fprintf(f, "%-*s%*.*s", name_width(c), "function", ref_width(c),
		ref_width(c) - 1, c->column[0].variant);
	for (size_t v = from; v < to; v++)
		fprintf(f, "%*.*s", VAR_WIDTH, VAR_WIDTH - 1,
			c->column[v].variant);
	fputc('\n', f);
}

static void print_cost(FILE *f, bool there, uint64_t cost, int width)
{
	if (there)
		fprintf(f, "%*" PRIu64, width, cost);
	else
		fprintf(f, "%*s", width, "-");
}

static void print_row(FILE *f, const struct attr_cmp *c,
		      const struct attr_row *row, size_t from, size_t to)
{
	fprintf(f, "%-*.*s", name_width(c), name_width(c) - 1, row->name);
	print_cost(f, row->there[0], row->cost[0], ref_width(c));
	for (size_t v = from; v < to; v++) {
		if (!c->column[v].class) {
			fprintf(f, "%*s", VAR_WIDTH, "no such class");
			continue;
		}
		print_cost(f, row->there[v], row->cost[v], VAR_WIDTH - 7);
		fprintf(f, "%+7" PRId64, row->diff[v]);
	}
	fputc('\n', f);
}

/* A line of totals, laid out as a row. */
static void print_total(FILE *f, const struct attr_cmp *c, const char *name,
			size_t from, size_t to)
{
	fprintf(f, "%-*s%*" PRIu64, name_width(c), name, ref_width(c),
		c->column[0].total);
	for (size_t v = from; v < to; v++) {
		if (c->column[v].class)
			fprintf(f, "%*" PRIu64 "%+7" PRId64, VAR_WIDTH - 7,
				c->column[v].total, c->column[v].diff);
		else
			fprintf(f, "%*s", VAR_WIDTH, "-");
	}
	fputc('\n', f);
}

/* The totals with each `rep` as one instruction, whatever its iterations. */
static void print_rep_once(FILE *f, const struct attr_cmp *c, size_t from,
			   size_t to)
{
	const struct attr_class *ref = c->column[0].class;

	fprintf(f, "%-*s", name_width(c), "rep counted once");
	print_cost(f, ref->rep_known, attr_class__rep_once(ref), ref_width(c));
	for (size_t v = from; v < to; v++) {
		const struct attr_class *own = c->column[v].class;

		if (!own || !own->rep_known || !ref->rep_known)
			fprintf(f, "%*s", VAR_WIDTH, "-");
		else
			fprintf(f, "%*" PRIu64 "%+7" PRId64, VAR_WIDTH - 7,
				attr_class__rep_once(own),
				(int64_t)(attr_class__rep_once(own) -
					  attr_class__rep_once(ref)));
	}
	fputc('\n', f);
}

static void print_same(FILE *f, const struct attr_cmp *c, size_t from,
		       size_t to)
{
	char *name = xasprintf("%zu functions with no change", c->same);

	fprintf(f, "%-*s%*" PRIu64, name_width(c), name, ref_width(c), c->same_cost);
	for (size_t v = from; v < to; v++)
		fprintf(f, "%*" PRIu64 "%+7d", VAR_WIDTH - 7, c->same_cost, 0);
	fputc('\n', f);
	free(name);
}

static void print_differences(FILE *f, const struct attr_cmp *c)
{
	size_t from = 1;

	do {
		size_t to = from + VARS_A_BLOCK;

		if (to > c->nr_columns)
			to = c->nr_columns;
		print_header(f, c, from, to);
		for (size_t i = 0; i < c->nr_rows; i++)
			print_row(f, c, &c->row[i], from, to);
		print_same(f, c, from, to);
		print_total(f, c, "all functions", from, to);
		print_rep_once(f, c, from, to);
		fputc('\n', f);
		from = to;
	} while (from < c->nr_columns);
}

struct figure {
	const char *name;
	uint64_t value;
};

#define NR_FIGURES 12

/* In the order of the columns below; data lines are of the typical faults. */
static void figures_of(const struct attr_class *c, struct figure f[NR_FIGURES])
{
	const struct path_figures *w = &c->figures;
	const struct figure all[NR_FIGURES] = {
		{ "in kvm_mmu_page_fault", w->handler },
		{ "calls", w->calls },
		{ "loads", w->loads },
		{ "stores", w->stores },
		{ "conditional branches", w->branches },
		{ "indirect calls and jumps", w->indirect },
		{ "retpoline thunks", w->thunks },
		{ "return thunks", w->return_thunks },
		{ "bytes of stack", w->stack_bytes },
		{ "functions on the stack", w->stack_depth },
		{ "code lines, 64 bytes", w->code_lines },
		{ "data lines, at most", c->lines_max },
	};

	memcpy(f, all, sizeof(all));
}

static void print_figures(FILE *f, const struct attr_cmp *c)
{
	struct figure ref[NR_FIGURES], own[NR_FIGURES];

	figures_of(c->column[0].class, ref);
	for (size_t from = 1; from == 1 || from < c->nr_columns;
	     from += VARS_A_BLOCK) {
		size_t to = from + VARS_A_BLOCK;

		if (to > c->nr_columns)
			to = c->nr_columns;
		for (size_t i = 0; i < NR_FIGURES; i++) {
			fprintf(f, "%-*s%*" PRIu64, name_width(c), ref[i].name,
				ref_width(c), ref[i].value);
			for (size_t v = from; v < to; v++) {
				if (!c->column[v].class) {
					fprintf(f, "%*s", VAR_WIDTH, "-");
					continue;
				}
				figures_of(c->column[v].class, own);
				fprintf(f, "%*" PRIu64 "%+7" PRId64,
					VAR_WIDTH - 7, own[i].value,
					(int64_t)(own[i].value - ref[i].value));
			}
			fputc('\n', f);
		}
		fputc('\n', f);
	}
}

/* "2409: 3815 of 4095 (93.2 %); 2732 .. 6272: 280 in 9 figures" */
static void print_spread(FILE *f, const struct attr_class *c)
{
	size_t others = c->nr_bins - 1;

	fprintf(f, "    %" PRIu64 " instructions: %" PRIu64 " of %" PRIu64
		" faults (%.1f %%)", c->figures.insns, c->typical, c->faults,
		percent(c->typical, c->faults));
	if (others)
		fprintf(f, "; others %" PRIu64 " .. %" PRIu64,
			c->bin[0].ticks == c->figures.insns ?
			c->bin[1].ticks : c->bin[0].ticks,
			c->bin[others].ticks == c->figures.insns ?
			c->bin[others - 1].ticks : c->bin[others].ticks);
	if (c->same_path != c->typical)
		fprintf(f, "\n      %" PRIu64 " of these went exactly the same path",
			c->same_path);
	if (c->irq_insns)
		fprintf(f, "\n      and %" PRIu64 " of interrupts, counted apart",
			c->irq_insns);
	if (c->away_insns)
		fprintf(f, "\n      and %" PRIu64 " of other tasks, counted apart",
			c->away_insns);
	fputc('\n', f);
}

static void print_classes(FILE *f, const struct attr_column *col)
{
	for (size_t i = 0; i < col->all.nr; i++) {
		fprintf(f, "  %s, %s\n", col->variant, col->all.item[i].name);
		print_spread(f, &col->all.item[i]);
	}
	if (col->all.untold)
		fprintf(f, "  %s: %" PRIu64 " exits of unknown kind: no room for their way\n",
			col->variant, col->all.untold);
}

static void print_checks(FILE *f, const struct attr_cmp *c)
{
	const char *watcher = rigs__facts(c->rig)->watcher ?: "trace";
	size_t boots = 0, agreeing = 0, equal = 0;
	uint64_t odd = 0;

	for (size_t v = 0; v < c->nr_columns; v++) {
		boots += c->column[v].boots;
		agreeing += c->column[v].agreeing;
		equal += c->column[v].equal && c->column[v].boots > 1;
		odd += c->column[v].all.odd;
	}
	fprintf(f, "sums          %s\n", c->sums ?
		"every total is the sum of its functions, exactly,\n              every difference that of the lines above" :
		"DO NOT ADD UP: do not trust this table");
	if (agreeing == boots)
		fprintf(f, "two methods   %s and guest's clock: every fault the same, in %zu boots\n",
			watcher, boots);
	else
		fprintf(f, "two methods   DISAGREE: %s and guest's clock, in %zu of %zu boots\n",
			watcher, boots - agreeing, boots);
	if (boots == c->nr_columns)
		fprintf(f, "exact         not shown: one boot per variant\n");
	else
		fprintf(f, "exact         %zu of %zu variants: every boot the same, function by function\n",
			equal, c->nr_columns);
	if (odd)
		fprintf(f, "unexplained   %" PRIu64 " transfers of control\n", odd);
}

void report__attribute_text(FILE *f, const struct attr_cmp *c,
			    const struct run *run)
{
	char *what = xasprintf("%s, profile %s, %s", c->base, c->profile,
			       c->workload);

	text__head(f, run, what);
	free(what);
	fprintf(f, "\nWhere they are: typical fault of class \"%s\",\nfrom VM exit to VM entry, each function's own, difference to %s\n\n",
		c->class, c->column[0].variant);
	print_differences(f, c);
	print_figures(f, c);
	for (size_t v = 0; v < c->nr_columns; v++)
		print_classes(f, &c->column[v]);
	print_checks(f, c);
}

static int by_cost(const void *a, const void *b)
{
	const struct attr_func *x = *(struct attr_func *const *)a;
	const struct attr_func *y = *(struct attr_func *const *)b;

	if (x->cost.insns != y->cost.insns)
		return x->cost.insns < y->cost.insns ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* Whose `rep` makes how many of the instructions; they are in @func. */
static void print_reps(FILE *f, const struct attr_class *c,
		       const struct attr_func *const *func)
{
	if (!c->rep_known || !c->figures.rep)
		return;
	fprintf(f, "rep counted once: %" PRIu64 " fewer%s\n", c->figures.rep,
		attr_class__rep_by_function(c) ? ", in" :
		"; an old file, which does not say in what function");
	for (size_t i = 0; i < c->func.nr; i++) {
		if (func[i]->cost.rep)
			fprintf(f, "%-*.*s%18" PRIu64 "\n", FUNC_WIDTH,
				FUNC_WIDTH - 1, func[i]->name,
				func[i]->cost.rep);
	}
}

void report__functions_text(FILE *f, const struct attr_cmp *c, size_t v)
{
	const struct attr_column *col = &c->column[v];
	const struct attr_func **func;
	struct cost sum = { 0 };

	fprintf(f, "%s, %s: typical fault of class \"%s\"\n", col->variant,
		c->workload, c->class);
	if (!col->class) {
		fprintf(f, "    has no such fault\n");
		return;
	}
	fprintf(f, "\n%-*s%9s%9s%8s%8s%8s\n", FUNC_WIDTH, "function",
		"inclusive", "own", "loads", "stores", "calls");
	func = xcalloc(col->class->func.nr ?: 1, sizeof(*func));
	for (size_t i = 0; i < col->class->func.nr; i++)
		func[i] = &col->class->func.item[i];
	qsort(func, col->class->func.nr, sizeof(*func), by_cost);
	for (size_t i = 0; i < col->class->func.nr; i++) {
		const struct cost *k = &func[i]->cost;

		fprintf(f, "%-*.*s%9" PRIu64 "%9" PRIu64 "%8" PRIu64 "%8"
			PRIu64 "%8" PRIu64 "\n", FUNC_WIDTH, FUNC_WIDTH - 1,
			func[i]->name, k->inclusive, k->insns, k->loads,
			k->stores, k->calls);
		sum.insns += k->insns;
		sum.loads += k->loads;
		sum.stores += k->stores;
		sum.calls += k->calls;
	}
	fprintf(f, "%-*s%9s%9" PRIu64 "%8" PRIu64 "%8" PRIu64 "%8" PRIu64
		"\n", FUNC_WIDTH, "all functions", "", sum.insns, sum.loads,
		sum.stores, sum.calls);
	print_reps(f, col->class, func);
	free(func);
}

void report__folded(FILE *f, const struct attr_class *c)
{
	for (size_t i = 0; i < c->nr_stacks; i++)
		fprintf(f, "%s %" PRIu64 "\n", c->stack[i].stack,
			c->stack[i].insns);
}
