// SPDX-License-Identifier: GPL-2.0
/*
 * Figures of attributions: their names, the points they become, and what alert says
 * of made histories of them: with the fault that they are part of, once a cell, and
 * nothing false where code is inlined or a compiler is another.
 */
#include <math.h>
#include <unistd.h>

#include "unit.h"
#include "alert.h"
#include "alert_report.h"
#include "attributed.h"
#include "history_figures.h"
#include "made_nights.h"
#include "points.h"

#define FN(name)	"function." name ".instructions"

static void names_are_taken_apart(void **state)
{
	char *text;

	(void)state;
	assert_true(attributed__is("path_stores"));
	assert_true(attributed__is(FN("f") "_over_baseline"));
	assert_false(attributed__is("instructions_over_baseline"));
	assert_true(attributed__is_judged(FN("f.x")));
	assert_true(attributed__is_judged(FN("f") "_over_baseline"));
	assert_false(attributed__is_judged("function.instructions.stores"));
	assert_true(attributed__is_judged("path_stack_bytes_over_baseline"));
	assert_false(attributed__is_judged("path_code_lines"));
	assert_false(attributed__is_judged("path_nothing"));
	text = attributed__function(FN("kvm_faultin_pfn") "_over_baseline");
	assert_string_equal(text, "kvm_faultin_pfn");
	free(text);
	text = attributed__metric("segmented_read.isra.0", ATTRIBUTED_STORES);
	assert_string_equal(text, "function.segmented_read.stores");
	free(text);
	text = attributed__words(FN("f") "_over_baseline", " per fault");
	assert_string_equal(text, "instructions per fault in f");
	free(text);
	text = attributed__words("path_stack_bytes", " per fault");
	assert_string_equal(text, "bytes of stack per fault");
	free(text);
}

/* The committed run, and what it gives. */
static void take(struct points *p, struct run *run,
		 const struct points_wanted *want)
{
	struct err e;

	if (run__read(run, "results/reference/attribute", &e))
		fail_msg("%s", e.text);
	assert_int_equal(points__begin(p, run, &e), 0);
	points__add_attributed(p, run, want);
}

static const struct history_new *point_of(const struct points *p,
					  const char *variant,
					  const char *workload,
					  const char *metric)
{
	for (size_t i = 0; i < p->nr; i++) {
		const struct history_key *k = &p->item[i].key;

		if (!strcmp(k->variant, variant) &&
		    !strcmp(k->workload, workload) && !strcmp(k->metric, metric))
			return &p->item[i];
	}
	return NULL;
}

static double value_of(const struct points *p, const char *variant,
		       const char *metric)
{
	const struct history_new *n = point_of(p, variant, "touch-write", metric);

	return n ? n->point.value : NAN;
}

/* What `faultline attribute results/reference/attribute` prints. */
static void the_default_is_the_whole_and_the_functions_that_differ(void **state)
{
	const struct points_wanted none = { 0 };
	const struct history_new *over;
	struct points p;
	struct run run;

	(void)state;
	take(&p, &run, &none);
	assert_int_equal(p.nr, p.attributed);
	assert_int_equal(p.attributed_cells, 12);
	assert_int_equal(p.unequal + p.unread, 0);
	assert_true(value_of(&p, "baseline", "path_stores") == 406);
	assert_true(value_of(&p, "const-fields", "path_stack_bytes") == 880);
	assert_true(value_of(&p, "const-fields", "path_stores_over_baseline") == -13);
	assert_true(value_of(&p, "baseline", FN("kvm_faultin_pfn")) == 57);
	assert_true(value_of(&p, "const-fields", FN("kvm_faultin_pfn") "_over_baseline") == -6);
	/* is not executed at all by the baseline */
	assert_true(value_of(&p, "baseline", FN("page_fault_handle_page_track")) == 0);
	assert_true(value_of(&p, "struct-by-pointer", FN("page_fault_handle_page_track") "_over_baseline") == 6);
	/* costs the same in all: left out, as are figures nobody asked for */
	assert_true(isnan(value_of(&p, "baseline", FN("kvm_mmu_do_page_fault"))));
	assert_true(isnan(value_of(&p, "baseline", "path_loads")));
	assert_true(isnan(value_of(&p, "baseline", "function.kvm_faultin_pfn.stores")));
	over = point_of(&p, "const-fields", "touch-write",
			FN("kvm_faultin_pfn") "_over_baseline");
	assert_string_equal(over->key.machine, "any instrument");
	assert_string_equal(over->unit, "instructions");
	assert_true(over->point.reference == 2409);
	assert_true(over->point.exact && over->point.boots == 2);
	assert_non_null(strstr(over->point.handler_sha256, POINTS_OVER));
	points__free(&p);
	run__free(&run);
}

static void what_is_followed_goes_on_and_is_0_where_it_is_gone(void **state)
{
	const struct history_key followed[] = {
		{ "tcg", "", "v6.1", "", "off", "touch-write", FN("was_there") "_over_baseline" },
		{ "tcg", "", "v6.1", "", "off", "mmio", "path_loads" },
	};
	struct points_wanted want = { .followed = followed, .nr_followed = 2 };
	struct points p;
	struct run run;

	(void)state;
	strlist__add(&want.globs, "function.kvm_faultin_pfn.st*");
	take(&p, &run, &want);
	assert_true(value_of(&p, "baseline", FN("was_there")) == 0);
	assert_true(value_of(&p, "const-fields", FN("was_there") "_over_baseline") == 0);
	assert_null(point_of(&p, "baseline", "mmio", FN("was_there")));
	assert_null(point_of(&p, "baseline", "touch-write", "path_loads"));
	assert_true(point_of(&p, "baseline", "mmio", "path_loads")->point.value == 1813);
	assert_true(point_of(&p, "const-fields", "mmio", "path_loads_over_baseline")->point.value == -11);
	assert_false(isnan(value_of(&p, "baseline", "function.kvm_faultin_pfn.stores")));
	assert_true(isnan(value_of(&p, "baseline", "function.kvm_faultin_pfn.loads")));
	strlist__free(&want.globs);
	points__free(&p);
	run__free(&run);
}

/* A history of a baseline and variant `a`; what a night measures of them. */
struct made {
	struct made_nights n;
	const char *compiler, *machine, *workload, *source;
};

struct night {
	const char *metric;
	double baseline, a;
};

static void begin_history(struct made *m)
{
	*m = (struct made) {
		.compiler = "gcc 12", .machine = "QEMU 7.2", .workload = "touch",
		.source = "s",
	};
	made_nights__begin(&m->n);
}

static void end_history(struct made *m)
{
	made_nights__end(&m->n);
}

static struct history_new made_point(const struct made *m,
				     struct history_setup *setup,
				     const char *variant, const char *metric,
				     double value, double reference)
{
	const bool over = strstr(metric, "_over_");

	return (struct history_new) {
		.key = { "tcg", over ? "any instrument" : m->machine, "v6.1",
			 variant, "off", m->workload, metric },
		.unit = "instructions",
		.point = { .value = value, .spread = NAN, .boots = 2,
			   .exact = true, .reference = reference,
			   .handler_sha256 = "h", .release = "6.1.192",
			   .source_sha256 = m->source, .setup = setup },
	};
}

/* Of a function the percentages are of a fault of 2400. */
static void add_night(struct made *m, const struct night *night, size_t nr)
{
	struct history_setup setup = { m->machine, "cpio", m->compiler };
	struct history_new *p = xcalloc(3 * nr, sizeof(*p));
	char *over[16];

	for (size_t i = 0; i < nr; i++) {
		const struct night *n = &night[i];
		const double of = strncmp(n->metric, "function.", 9) ? 0 : 2400;

		over[i] = xasprintf("%s_over_baseline", n->metric);
		p[3 * i] = made_point(m, &setup, "baseline", n->metric, n->baseline, of);
		p[3 * i + 1] = made_point(m, &setup, "a", n->metric, n->a, of);
		p[3 * i + 2] = made_point(m, &setup, "a", over[i], n->a - n->baseline,
					  of ?: n->baseline);
	}
	made_nights__add(&m->n, p, 3 * nr);
	for (size_t i = 0; i < nr; i++)
		free(over[i]);
	free(p);
}
#define NIGHT(m, ...) do {							\
	const struct night n_[] = { __VA_ARGS__ };				\
	add_night(m, n_, ARRAY_SIZE(n_));					\
} while (0)

static enum faultline_exit judge_as(struct made *m, const char *metrics,
				    const char *watch)
{
	struct alert_options o = { .limits = alert_defaults,
				   .today = "2026-06-01", .ended_days = 7 };
	enum faultline_exit said;

	if (metrics)
		selection__add(&o.match, BY_METRIC, metrics);
	if (watch)
		strlist__add(&o.watch, watch);
	said = made_nights__judge(&m->n, &o);
	selection__free(&o.match);
	strlist__free(&o.watch);
	return said;
}

static enum faultline_exit judge_only(struct made *m, const char *metrics)
{
	return judge_as(m, metrics, NULL);
}

static enum faultline_exit judge(struct made *m)
{
	return judge_only(m, NULL);
}

/* Items that are told: all but those of too few points. */
static size_t told(const struct made *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n.a.nr; i++)
		n += alert__counts(&m->n.a.item[i]) &&
		     m->n.a.item[i].v.is != ALERT_FEW;
	return n;
}

static void assert_with_it(const struct made *m, const char *text)
{
	char *parts = alert__parts(&m->n.a.item[0]);

	assert_string_equal(parts, text);
	free(parts);
}

static void a_regression_lists_its_functions_and_is_one_item(void **state)
{
	struct made m;

	(void)state;
	begin_history(&m);
	NIGHT(&m, { "instructions", 2414, 2362 }, { "path_instructions", 2409, 2357 },
	      { "path_stores", 406, 393 }, { FN("f"), 57, 51 }, { FN("g"), 30, 20 });
	NIGHT(&m, { "instructions", 2414, 2422 }, { "path_instructions", 2409, 2417 },
	      { "path_stores", 406, 397 }, { FN("f"), 57, 121 }, { FN("g"), 30, 16 });
	assert_int_equal(judge(&m), EXIT_REGRESSION);
	assert_int_equal(told(&m), 1);
	assert_string_equal(m.n.a.item[0].series->key.metric, "instructions_over_baseline");
	assert_with_it(&m, "f +70, g -4, instructions from exit to entry +60, stores +4");
	/* by name it is told as well, and is not lost */
	assert_int_equal(judge_only(&m, "function.f.*"), EXIT_REGRESSION);
	assert_int_equal(told(&m), 1);
	assert_string_equal(m.n.a.item[0].series->key.metric, FN("f") "_over_baseline");
	assert_int_equal(judge_only(&m, FN("f")), EXIT_REGRESSION);
	assert_int_equal(judge_only(&m, FN("g") "*"), EXIT_OK);
	end_history(&m);
}

/* One function got worse, another one better: the fault does not show it. */
static void what_the_fault_hides_is_one_item_of_the_cell(void **state)
{
	struct made m;

	(void)state;
	begin_history(&m);
	NIGHT(&m, { "instructions", 2414, 2414 }, { FN("f"), 57, 57 }, { FN("g"), 90, 90 });
	NIGHT(&m, { "instructions", 2414, 2414 }, { FN("f"), 57, 117 }, { FN("g"), 90, 30 });
	assert_int_equal(judge(&m), EXIT_REGRESSION);
	assert_int_equal(told(&m), 1);
	assert_string_equal(m.n.a.item[0].series->key.metric, FN("f") "_over_baseline");
	assert_int_equal(m.n.a.item[0].v.is, ALERT_HARD);
	assert_with_it(&m, "g -60");
	assert_int_equal(m.n.a.item[0].code, ALERT_CODE_STAYED);
	end_history(&m);
}

/* The compiler inlines g into f: nothing is worse, and it is said. */
static void inlined_code_is_a_word_and_no_alert(void **state)
{
	struct made m;

	(void)state;
	begin_history(&m);
	NIGHT(&m, { "instructions", 2414, 2414 }, { "path_instructions", 2409, 2409 },
	      { FN("f"), 57, 57 }, { FN("g"), 60, 60 });
	NIGHT(&m, { "instructions", 2414, 2414 }, { "path_instructions", 2409, 2409 },
	      { FN("f"), 57, 117 }, { FN("g"), 60, 0 });
	assert_int_equal(judge(&m), EXIT_OK);
	assert_int_equal(told(&m), 1);
	assert_int_equal(m.n.a.item[0].v.is, ALERT_CHANGED);
	assert_true(m.n.a.item[0].code_moved);
	/* one instruction is left of it: that is no inlining */
	NIGHT(&m, { "instructions", 2414, 2414 }, { "path_instructions", 2409, 2409 },
	      { FN("f"), 57, 117 }, { FN("g"), 60, 1 });
	assert_int_equal(judge(&m), EXIT_REGRESSION);
	/* and where the fault got worse with it, that is told */
	NIGHT(&m, { "instructions", 2414, 2414 }, { "path_instructions", 2409, 2469 },
	      { FN("f"), 57, 177 }, { FN("g"), 60, 0 });
	assert_int_equal(judge(&m), EXIT_REGRESSION);
	assert_int_equal(told(&m), 1);
	assert_string_equal(m.n.a.item[0].series->key.metric, "path_instructions_over_baseline");
	assert_with_it(&m, "f +120, g -60 (gone)");
	end_history(&m);
}

/* What cost the same in all had no series; its difference was 0. */
static void a_function_that_newly_differs_is_judged_from_0(void **state)
{
	struct made m;

	(void)state;
	begin_history(&m);
	NIGHT(&m, { "path_instructions", 2409, 2409 });
	NIGHT(&m, { "path_instructions", 2409, 2409 }, { FN("f"), 40, 100 }, { FN("g"), 90, 30 });
	assert_int_equal(judge(&m), EXIT_REGRESSION);
	assert_int_equal(told(&m), 1);
	assert_string_equal(m.n.a.item[0].series->key.metric, FN("f") "_over_baseline");
	assert_true(m.n.a.item[0].v.before == 0 && m.n.a.item[0].v.now == 60);
	assert_string_equal(m.n.a.item[0].before.run, "night-0");
	/* a new function, which was inlined before */
	NIGHT(&m, { "path_instructions", 2409, 2409 }, { FN("f"), 40, 40 }, { FN("g"), 90, 90 },
	      { FN("h"), 0, 60 });
	assert_int_equal(judge(&m), EXIT_OK);
	assert_int_equal(told(&m), 1);
	assert_true(m.n.a.item[0].code_moved);
	end_history(&m);
}

/* All baselines' functions and the variants' with them, in two workloads. */
static void a_base_is_one_item_with_its_attributions(void **state)
{
	struct made m;

	(void)state;
	begin_history(&m);
	for (int i = 0; i < 2; i++) {
		m.workload = i ? "write" : "touch";
		NIGHT(&m, { "instructions", 2414, 2362 }, { "path_stores", 406, 393 }, { FN("f"), 57, 51 });
	}
	for (int i = 0; i < 2; i++) {
		m.workload = i ? "write" : "touch";
		NIGHT(&m, { "instructions", 2434, 2382 }, { "path_stores", 426, 413 }, { FN("f"), 77, 71 });
	}
	assert_int_equal(judge(&m), EXIT_BASE_MOVED);
	assert_int_equal(told(&m), 1);
	assert_string_equal(m.n.a.item[0].series->key.metric, "instructions");
	assert_with_it(&m, "f +20, stores +20");
	end_history(&m);
}

/* Another compiler makes other functions, in each workload. */
static void another_compiler_is_one_item_until_somebody_accepts(void **state)
{
	struct made m;

	(void)state;
	begin_history(&m);
	for (int i = 0; i < 2; i++) {
		m.workload = i ? "write" : "touch";
		NIGHT(&m, { "instructions", 2414, 2362 }, { "path_stores", 406, 393 },
		      { FN("f"), 57, 51 }, { FN("g"), 90, 80 });
	}
	m.compiler = "gcc 13";
	for (int i = 0; i < 2; i++) {
		m.workload = i ? "write" : "touch";
		NIGHT(&m, { "instructions", 2414, 2362 }, { "path_stores", 406, 413 },
		      { FN("f"), 57, 111 }, { FN("g"), 90, 20 });
	}
	assert_int_equal(judge(&m), EXIT_UNJUDGED);
	assert_int_equal(told(&m), 1);
	assert_int_equal(m.n.a.item[0].v.is, ALERT_UNJUDGED);
	assert_int_equal(m.n.a.item[0].nr_parts, 2);
	assert_int_equal(m.n.a.item[0].cell.nr, 2);
	end_history(&m);
}

/* Another emulator: the figures begin anew, the differences go on. */
static void another_emulator_is_one_item(void **state)
{
	struct made m;

	(void)state;
	begin_history(&m);
	for (int i = 0; i < 2; i++) {
		m.workload = i ? "write" : "touch";
		NIGHT(&m, { "path_instructions", 2409, 2357 }, { "path_stores", 406, 393 },
		      { FN("f"), 57, 51 });
	}
	m.machine = "QEMU 8.0";
	m.source = "another";
	for (int i = 0; i < 2; i++) {
		m.workload = i ? "write" : "touch";
		NIGHT(&m, { "path_instructions", 2429, 2377 }, { "path_stores", 416, 403 },
		      { FN("f"), 77, 71 });
	}
	assert_int_equal(judge(&m), EXIT_UNJUDGED);
	assert_int_equal(told(&m), 1);
	end_history(&m);
}

static void lines_are_judged_where_they_are_asked_for(void **state)
{
	struct made m;

	(void)state;
	begin_history(&m);
	NIGHT(&m, { "instructions", 2414, 2362 }, { "path_code_lines", 243, 235 });
	NIGHT(&m, { "instructions", 2414, 2362 }, { "path_code_lines", 243, 241 });
	assert_int_equal(judge(&m), EXIT_OK);
	assert_int_equal(judge_only(&m, "path_code_lines"), EXIT_REGRESSION);
	assert_int_equal(judge_only(&m, "path_code*"), EXIT_REGRESSION);
	assert_int_equal(told(&m), 1);
	assert_int_equal(judge_only(&m, "instructions*"), EXIT_OK);
	/* or watched besides the others */
	assert_int_equal(judge_as(&m, NULL, "path_code_lines"), EXIT_REGRESSION);
	assert_int_equal(told(&m), 1);
	assert_int_equal(judge_as(&m, NULL, "path_loads"), EXIT_OK);
	end_history(&m);
}

static void the_history_says_what_is_followed(void **state)
{
	struct history_key *k;
	struct made m;
	size_t nr;

	(void)state;
	begin_history(&m);
	NIGHT(&m, { "instructions", 2414, 2362 }, { FN("f"), 57, 51 });
	k = history__keys(m.n.h, "function.*", &nr);
	assert_int_equal(nr, 2);
	assert_string_equal(k[0].workload, "touch");
	assert_int_equal(strncmp(k[0].metric, FN("f"), strlen(FN("f"))), 0);
	history__keys_free(k, nr);
	end_history(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_taken_apart),
		cmocka_unit_test(the_default_is_the_whole_and_the_functions_that_differ),
		cmocka_unit_test(what_is_followed_goes_on_and_is_0_where_it_is_gone),
		cmocka_unit_test(a_regression_lists_its_functions_and_is_one_item),
		cmocka_unit_test(what_the_fault_hides_is_one_item_of_the_cell),
		cmocka_unit_test(inlined_code_is_a_word_and_no_alert),
		cmocka_unit_test(a_function_that_newly_differs_is_judged_from_0),
		cmocka_unit_test(a_base_is_one_item_with_its_attributions),
		cmocka_unit_test(another_compiler_is_one_item_until_somebody_accepts),
		cmocka_unit_test(another_emulator_is_one_item),
		cmocka_unit_test(lines_are_judged_where_they_are_asked_for),
		cmocka_unit_test(the_history_says_what_is_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
