// SPDX-License-Identifier: GPL-2.0
/*
 * From ways to attributions, to files and back, and attributions compared with
 * each other. What the ways cost is counted in test_trace.c: the shortest fault
 * 20 instructions, "three" 5 of the handler and 9 of leaf more, "tail" 3 and 3
 * of jumper and 2 of landing, "fixed" 3.
 */
#include <errno.h>
#include <unistd.h>

#include "unit.h"

#include "attribute.h"
#include "attribute_report.h"
#include "attribution.h"
#include "made.h"
#include "walked.h"

#define LOAD	"npf load, fixed"

static struct attribution attribution_of(struct walk *w, const char *tail,
					 const struct record *r)
{
	struct probe_log log = walk__log(w, tail);
	struct attribution a;
	char err[256] = "";

	if (attribution__make(&a, &log, w->img, r, err, sizeof(err)))
		fail_msg("%s", err);
	probe_log__free(&log);
	image__close(w->img);
	return a;
}

/* Samples that agree with a made record whose typical event takes 37. */
#define SAMPLES	"sample 137 1\nsample 37 9\n"

/*
 * Loads: 4 and 3 faults of 37 instructions by two ways, 5 of 23 by one, 1 of
 * 45. 20 stores, 2 loads that were interrupted. 2 and 6 exits that are no fault; 7
 * and 9 of which nothing is known.
 */
static struct attribution known(struct record *r, const char *samples)
{
	char *tail = xasprintf("path 6 2 next ef 100 0 - - - 0\nend\n"
			       "path 7 2 retry 8b03 100 0 - - - 0\nend\n"
			       "total exits 99\ntotal odd 1\n"
			       "total uncounted 9\n%s", samples);
	struct attribution a;
	struct walk w;

	walk__start(&w, walked_kernel());
	walk__fault(&w, 5, GUEST_LOADS, "fixed");
	walk__fault(&w, 3, GUEST_LOADS, "fixed three");
	walk__fault(&w, 4, GUEST_LOADS, "three fixed");
	walk__fault(&w, 1, GUEST_LOADS, "three tail fixed");
	walk__fault(&w, 20, GUEST_STORES, "tail");
	w.irq_at = label(&w, "leaf");
	walk__fault(&w, 2, GUEST_LOADS, "three fixed");
	w.own = w.irq = 0;
	w.pc = label(&w, "other_goes_on");
	step(&w);
	walk__end(&w, 2, PROBE_NEXT, "ef");
	a = attribution_of(&w, tail, r);
	free(tail);
	return a;
}

static void classes_are_added_up_and_have_a_typical_fault(void **state)
{
	struct record *r = make_record("nop", "off", "touch", 3, 37);
	struct attribution a = known(r, SAMPLES);
	const struct attr_class *c = attribution__class(&a, LOAD);
	const struct attr_func *leaf;

	(void)state;
	assert_string_equal(a.variant, "nop");
	assert_int_equal(a.boot, 3);
	assert_int_equal(strlen(a.build_id), 40);
	assert_int_equal(a.nr, 3);
	assert_string_equal(a.item[0].name, "npf store, retried");
	assert_int_equal(a.item[0].faults, 20);
	assert_ptr_equal(c, &a.item[1]);
	assert_string_equal(a.item[2].name, LOAD ", interrupted");
	assert_int_equal(a.item[2].irq_insns, 2 * 10);
	assert_int_equal(a.exits, 99);
	assert_int_equal(a.odd, 1);
	assert_int_equal(a.others, 2 + 6);
	assert_int_equal(a.untold, 7 + 9);
	/* Not the most frequent path: the most frequent figure, then its path. */
	assert_int_equal(c->faults, 13);
	assert_int_equal(c->figures.insns, 37);
	assert_int_equal(c->typical, 7);
	assert_int_equal(c->same_path, 4);
	assert_int_equal(c->lines_min, 3);
	assert_int_equal(c->lines_max, 5);
	assert_int_equal(c->lines_sum, 4 * 4);
	assert_int_equal(c->nr_bins, 3);
	assert_int_equal(c->bin[0].ticks, 23);
	assert_int_equal(c->bin[0].count, 5);
	assert_int_equal(c->bin[1].ticks, 37);
	assert_int_equal(c->bin[1].count, 7);
	assert_int_equal(c->bin[2].ticks, 45);
	leaf = attr_funcs__find(&c->func, "leaf");
	assert_int_equal(leaf->cost.insns, 9);
	assert_int_equal(leaf->cost.calls, 3);
	leaf = attr_funcs__find(&c->sum, "leaf");
	assert_int_equal(leaf->cost.insns, 8 * 9);
	assert_int_equal(leaf->cost.calls, 8 * 3);
	assert_int_equal(leaf->cost.loads, 8 * 6);
	assert_int_equal(leaf->cost.stores, 8 * 3);
	assert_int_equal(attr_funcs__find(&c->sum,
			 "vcpu_enter_guest")->cost.inclusive, 7 * 37 + 5 * 23 +
			 45);
	assert_int_equal(attr_funcs__find(&c->sum, "jumper")->cost.calls, 1);
	assert_null(attr_funcs__find(&c->func, "jumper"));
	for (size_t i = 1; i < c->sum.nr; i++)
		assert_true(strcmp(c->sum.item[i - 1].name,
				   c->sum.item[i].name) < 0);
	attribution__free(&a);
	record__free(r);
}

static void it_agrees_when_the_clock_saw_the_same(void **state)
{
	static const struct { const char *samples; bool agrees; } rows[] = {
		{ SAMPLES, true },
		{ "sample 37 4\nsample 137 1\nsample 37 5\n", true },
		{ "sample 37 9\nsample 138 1\n", false },
		{ "sample 37 8\nsample 137 1\n", false },
		{ "sample 37 9\n", false },
		{ SAMPLES "sample 200 1\n", false },
		{ "", false },
	};
	struct record *r = make_record("nop", "off", "touch", 1, 37);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct attribution a = known(r, rows[i].samples);

		if (a.agrees != rows[i].agrees)
			fail_msg("row %zu agrees: %d", i, a.agrees);
		attribution__free(&a);
	}
	record__free(r);
}

static void a_log_that_contradicts_itself_makes_none(void **state)
{
	struct record *r = make_record("nop", "off", "touch", 1, 37);
	struct attribution a;
	struct probe_log log;
	struct walk w;
	char err[256] = "";

	(void)state;
	walk__start(&w, walked_kernel());
	walk__fault(&w, 1, GUEST_LOADS, "fixed");
	w.own_off = -1;
	walk__fault(&w, 1, GUEST_LOADS, "three");
	log = walk__log(&w, "");
	assert_int_equal(attribution__make(&a, &log, w.img, r, err,
					   sizeof(err)), -EINVAL);
	assert_string_equal(err, "a path of 33 instructions is 34 when it is replayed");
	assert_int_equal(a.nr, 0);
	probe_log__free(&log);
	image__close(w.img);
	record__free(r);
}

/* An exit that is no fault, of the guest's instruction. */
static void walk_exit(struct walk *w, unsigned int count, const char *insn)
{
	w->own = w->irq = 0;
	w->pc = label(w, "other_goes_on");
	step(w);
	walk__end(w, count, PROBE_NEXT, insn);
}

static struct attribution exits_alone(struct record *r, bool and_a_fault)
{
	struct walk w;

	walk__start(&w, walked_kernel());
	walk_exit(&w, 7, "0f01d9");
	walk_exit(&w, 1, "ef");
	if (and_a_fault)
		walk__fault(&w, 1, GUEST_LOADS, "fixed");
	return attribution_of(&w, "", r);
}

static void without_a_fault_the_events_exits_are_the_class(void **state)
{
	struct record *r = make_record("nop", "off", "exit", 1, 37);
	struct attribution a = exits_alone(r, false);

	(void)state;
	assert_int_equal(a.nr, 1);
	assert_string_equal(a.item[0].name, "no fault");
	assert_int_equal(a.item[0].faults, 7);
	assert_int_equal(a.item[0].figures.insns, 1);
	assert_int_equal(a.others, 1);		/* the doorbell */
	attribution__free(&a);
	a = exits_alone(r, true);
	assert_int_equal(a.nr, 1);
	assert_string_equal(a.item[0].name, LOAD);
	assert_int_equal(a.others, 8);
	attribution__free(&a);
	r->events = 0;
	a = exits_alone(r, false);
	assert_int_equal(a.nr, 0);
	assert_int_equal(a.others, 8);
	attribution__free(&a);
	record__free(r);
}

/*
 * Without events: what the VMM executed before it entered the guest, and after,
 * in one path. Neither part alone is a class.
 */
static void without_events_the_path_is_from_bell_to_bell(void **state)
{
	static const struct { unsigned int phase[2]; size_t classes; } rows[] = {
		{ { PROBE_MEASURED, PROBE_OVER }, 1 },
		{ { PROBE_MEASURED, PROBE_MEASURED }, 0 },
		{ { PROBE_OVER, PROBE_OVER }, 0 },
	};
	struct record *r = make_record("nop", "off", "null", 1, 37);

	(void)state;
	r->events = 0;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct attribution a;
		struct probe_log log;
		struct walk w;
		char err[256];

		walk__start(&w, walked_kernel());
		walk_exit(&w, 1, "ef");
		walk_exit(&w, 1, "ef");
		log = walk__log(&w, "");
		for (size_t k = 0; k < 2; k++)
			log.path[k].phase = rows[i].phase[k];
		assert_int_equal(attribution__make(&a, &log, w.img, r, err,
						   sizeof(err)), 0);
		assert_int_equal(a.nr, rows[i].classes);
		if (a.nr) {
			assert_int_equal(a.item[0].figures.insns, 2);
			assert_int_equal(a.item[0].faults, 1);
			assert_int_equal(a.item[0].trace.nr_steps, 4);
		}
		attribution__free(&a);
		probe_log__free(&log);
		image__close(w.img);
	}
	record__free(r);
}

static void each_instruction_of_the_trace_has_its_function(void **state)
{
	struct record *r = make_record("nop", "off", "touch", 3, 37);
	struct attribution a = known(r, SAMPLES);

	(void)state;
	for (size_t i = 0; i < a.nr; i++) {
		const struct attr_class *c = &a.item[i];
		const struct attr_trace *t = &c->trace;

		for (size_t k = 0; k < t->func.nr && i < 2; k++) {
			const struct attr_func *f = attr_funcs__find(&c->func,
								     t->func.item[k]);
			uint64_t n = 0;

			for (size_t s = 0; s < t->nr_steps; s++)
				n += t->step[s].kind == STEP_INSN &&
				     t->insn[t->step[s].insn].func == k;
			assert_non_null(f);
			assert_int_equal(f->cost.insns, n);
		}
	}
	attribution__free(&a);
	record__free(r);
}

/* Also when interrupts and another task were on its path. */
static void the_typical_fault_can_be_gone_again(void **state)
{
	struct record *r = make_record("nop", "off", "touch", 1, 37);
	struct attribution a;
	struct walk w;

	(void)state;
	walk__start(&w, walked_kernel());
	walk__fault(&w, 2, GUEST_LOADS, "three fixed");
	w.irq_at = label(&w, "fixed");
	walk__fault(&w, 1, GUEST_LOADS, "away fixed");
	a = attribution_of(&w, "", r);
	assert_int_equal(a.nr, 2);
	assert_string_equal(a.item[1].name, LOAD ", interrupted, switched");
	assert_int_equal(a.item[1].away_insns, 17);
	for (size_t i = 0; i < a.nr; i++) {
		struct image *img = walked_kernel();
		char err[256] = "";
		struct path_profile profile;
		struct probe_log log;
		struct replay *again;

		assert_int_equal(attr_class__log(&log, &a.item[i], err,
						 sizeof(err)), 0);
		again = replay__new(&log, img);
		if (replay__go(again, log.path, &profile, err, sizeof(err)))
			fail_msg("%s", err);
		assert_memory_equal(&profile.figures, &a.item[i].figures,
				    sizeof(profile.figures));
		path_profile__free(&profile);
		replay__free(again);
		image__close(img);
		probe_log__free(&log);
	}
	attribution__free(&a);
	record__free(r);
}

static char *in_folder(const char *name)
{
	return xasprintf("%s/%s", walked_folder(), name);
}

static void funcs_are_equal(const struct attr_funcs *a,
			    const struct attr_funcs *b)
{
	assert_int_equal(a->nr, b->nr);
	for (size_t i = 0; i < a->nr; i++) {
		assert_string_equal(a->item[i].name, b->item[i].name);
		assert_memory_equal(&a->item[i].cost, &b->item[i].cost,
				    sizeof(a->item[i].cost));
	}
}

static void it_survives_writing_and_reading(void **state)
{
	struct record *r = make_record("nop", "off", "touch", 3, 37);
	struct attribution a = known(r, SAMPLES), b;
	char *path = in_folder("a.json"), err[512] = "";

	(void)state;
	assert_int_equal(attribution__write(&a, path), 0);
	if (attribution__read(&b, path, err, sizeof(err)))
		fail_msg("%s", err);
	assert_true(attribution__equal(&a, &b));
	assert_int_equal(b.boot, 3);
	assert_string_equal(b.variant, "nop");
	assert_true(b.agrees);
	for (size_t i = 0; i < a.nr; i++) {
		const struct attr_trace *x = &a.item[i].trace;
		const struct attr_trace *y = &b.item[i].trace;

		assert_memory_equal(&a.item[i].figures, &b.item[i].figures,
				    sizeof(a.item[i].figures));
		funcs_are_equal(&a.item[i].func, &b.item[i].func);
		funcs_are_equal(&a.item[i].sum, &b.item[i].sum);
		assert_true(x->next_rip);
		assert_int_equal(x->next_rip, y->next_rip);
		assert_int_equal(x->nr_insns, y->nr_insns);
		assert_memory_equal(x->insn, y->insn,
				    x->nr_insns * sizeof(*x->insn));
		assert_int_equal(x->func.nr, y->func.nr);
		for (size_t j = 0; j < x->func.nr; j++)
			assert_string_equal(x->func.item[j], y->func.item[j]);
		assert_int_equal(x->nr_steps, y->nr_steps);
		for (size_t j = 0; j < x->nr_steps; j++) {
			assert_int_equal(x->step[j].kind, y->step[j].kind);
			assert_int_equal(x->step[j].size, y->step[j].size);
			assert_int_equal(x->step[j].insn, y->step[j].insn);
			assert_int_equal(x->step[j].addr, y->step[j].addr);
		}
	}
	/* Another boot, or the copy of equal code: the same; else not. */
	b.boot = 4;
	free(b.variant);
	b.variant = xstrdup("copy");
	assert_true(attribution__equal(&a, &b));
	b.item[1].sum.item[0].cost.stores++;
	assert_false(attribution__equal(&a, &b));
	b.item[1].sum.item[0].cost.stores--;
	b.item[1].trace.step[3].addr ^= 8;
	assert_false(attribution__equal(&a, &b));
	attribution__free(&b);
	assert_true(attribution__write(&a, "/nowhere/a.json") < 0);
	attribution__free(&a);
	free(path);
	record__free(r);
}

/* The file's text with the first `was` made `is`. */
static char *replaced(const char *text, const char *was, const char *is)
{
	const char *p = strstr(text, was);

	if (!p)
		fail_msg("there is no %s", was);
	return xasprintf("%.*s%s%s", (int)(p - text), text, is,
			 p + strlen(was));
}

/* A file's text, unpacked; what is then written plain is read as well. */
static char *unpacked(const char *path, size_t *size)
{
	const char *argv[] = { "zcat", "-f", path, NULL };
	int code;
	char *text = spawn__capture(argv, &code);

	assert_int_equal(code, 0);
	*size = strlen(text);
	return text;
}

static void put_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void what_is_no_attribution_is_refused(void **state)
{
	static const struct { const char *was, *is; } damage[] = {
		{ "\"faultline_attribution\":1", "\"faultline_attribution\":2" },
		{ "\"faultline_attribution\":1", "\"other\":1" },
		{ "\"code_lines\":", "\"cold_lines\":" },
		{ "\"faults\":20", "\"faults\":-20" },
		{ "\"faults\":20", "\"faults\":\"20\"" },
		{ "\"histogram\":[[", "\"histogram\":[[1," },
		{ "[\"leaf\",9,", "[\"leaf\"," },
		{ "[\"leaf\",9,", "[\"leaf\",\"9\"," },
		{ "\"samples\":", "\"simples\":" },
		{ "\"classes\":", "\"glasses\":" },
		{ "\"agrees\":true", "\"agrees\":1" },
		{ "\"steps\":\"0-", "\"steps\":\"0-999 0-" },
		{ "\"steps\":\"0-", "\"steps\":\"z0-" },
	};
	struct record *r = make_record("nop", "off", "touch", 3, 37);
	struct attribution a = known(r, SAMPLES);
	char *path = in_folder("a.json"), err[512] = "", *text;
	size_t size;

	(void)state;
	assert_int_equal(attribution__write(&a, path), 0);
	attribution__free(&a);
	text = unpacked(path, &size);
	for (size_t i = 0; i < ARRAY_SIZE(damage); i++) {
		char *other = replaced(text, damage[i].was, damage[i].is);

		put_text(path, other);
		if (attribution__read(&a, path, err, sizeof(err)) != -EINVAL ||
		    !strstr(err, path))
			fail_msg("damage %zu: \"%s\"", i, err);
		free(other);
	}
	for (size_t n = 0; n < size; n += 97) {
		text[size - 1 - n] = '\0';
		put_text(path, text);
		assert_int_equal(attribution__read(&a, path, err, sizeof(err)),
				 -EINVAL);
	}
	unlink(path);
	assert_int_equal(attribution__read(&a, path, err, sizeof(err)),
			 -EINVAL);
	free(text);
	free(path);
	record__free(r);
}

/* The handler clears 9 words; where another task ran, that is not known of old files. */
static struct attribution clearing(struct record *r, bool switched)
{
	struct attribution a;
	struct walk w;

	walk__start(&w, walked_kernel());
	w.words = 9;
	walk__fault(&w, 10, GUEST_LOADS, switched ? "clear away fixed" :
						    "clear fixed");
	a = attribution_of(&w, "", r);
	return a;
}

/* Read back with the field's @was made @is: how its `rep` are known. */
static struct attribution with_field(const struct attribution *a,
				     const char *was, const char *is)
{
	char *path = in_folder("a.json"), err[512] = "", *text, *other;
	struct attribution b;
	size_t size;

	assert_int_equal(attribution__write(a, path), 0);
	text = unpacked(path, &size);
	other = replaced(text, was, is);
	put_text(path, other);
	if (attribution__read(&b, path, err, sizeof(err)))
		memset(&b, 0, sizeof(b));
	free(other);
	free(text);
	free(path);
	return b;
}

static void a_rep_is_known_of_new_files_and_of_old_ones(void **state)
{
	static const char field[] =
		"\"rep_iterations\":[[\"kvm_mmu_page_fault\",9]],";
	struct record *r = make_record("nop", "off", "touch", 3, 37);
	struct attribution a = clearing(r, false), b;
	const struct attr_class *c = &a.item[0];

	(void)state;
	assert_int_equal(c->figures.insns, 20 + 3 + 2 + 10);
	assert_int_equal(c->figures.rep, 9);
	assert_int_equal(attr_class__rep_once(c), 20 + 3 + 2 + 1);
	assert_true(c->rep_known && attr_class__rep_by_function(c));
	b = with_field(&a, field, field);
	assert_true(attribution__equal(&a, &b));
	assert_true(attr_class__rep_by_function(&b.item[0]));
	attribution__free(&b);
	/* An old file: from its trace, but in no function; and not written anew. */
	b = with_field(&a, field, "");
	assert_int_equal(b.item[0].figures.rep, 9);
	assert_true(b.item[0].rep_known);
	assert_false(attr_class__rep_by_function(&b.item[0]));
	assert_null(json_object_get(json_array_get(json_object_get(
		attribution__to_json(&b), "classes"), 0), "rep_iterations"));
	attribution__free(&b);
	/* No list, a function that is not there, not a number. */
	assert_int_equal(with_field(&a, field, "\"rep_iterations\":9,").nr, 0);
	assert_int_equal(with_field(&a, "[[\"kvm_mmu_page_fault\",9]]",
				    "[[\"nobody\",9]]").nr, 0);
	assert_int_equal(with_field(&a, "[[\"kvm_mmu_page_fault\",9]]",
				    "[[\"kvm_mmu_page_fault\",-9]]").nr, 0);
	attribution__free(&a);
	record__free(r);
}

static struct run new_run(void)
{
	struct run run;
	char *parent = in_folder("run.XXXXXX"), *dir;
	struct err e;

	assert_non_null(mkdtemp(parent));
	assert_int_equal(run__create(&run, parent,
				     json_pack("{ss s{ss s[{ss s[ssss] s[s] s[s]}]}}", "id",
						"t", "plan", "rig", "tcg", "sections", "base",
						"v6.1", "variants", "nop", "copy", "baseline",
						"store", "profiles", "off", "workloads",
						"touch"), &e), 0);
	dir = run__path(&run, "attribution");
	assert_int_equal(path_make(dir), 0);
	free(dir);
	free(parent);
	return run;
}

/* A boot, its record and its attribution: faults of one path. */
static void add_boot_of(struct run *run, const char *rig, const char *variant,
			uint64_t boot, const char *guest, const char *parts)
{
	struct record *r = make_record(variant, "off", "touch", boot, 37);
	struct attribution a;
	struct walk w;
	char *path;

	free(r->rig);
	r->rig = xstrdup(rig);
	path = run__attribution(run, r);
	walk__start(&w, walked_kernel());
	walk__fault(&w, 10, guest, parts);
	a = attribution_of(&w, boot < 9 ? SAMPLES : "", r);
	assert_int_equal(attribution__write(&a, path), 0);
	attribution__free(&a);
	free(path);
	assert_int_equal(run__append(run, r), 0);
}

static void add_boot(struct run *run, const char *variant, uint64_t boot,
		     const char *guest, const char *parts)
{
	add_boot_of(run, "tcg", variant, boot, guest, parts);
}

static struct attr_cmp compare(const struct run *run, const char *class,
			       const char *against, const char *variants)
{
	struct strlist l = { 0 };
	struct attr_cmp c;
	struct err e;

	strlist__split(&l, variants, ' ');
	assert_int_equal(attribute__compare(&c, run, "v6.1", "off", "touch",
					    class, against, &l, &e), 0);
	strlist__free(&l);
	return c;
}

struct want_row {
	const char *name;
	bool there[2];
	uint64_t cost[2];
	int64_t diff;
};

static void functions_are_held_against_each_other(void **state)
{
	static const struct want_row want[] = {
		{ "leaf", { true, false }, { 9, 0 }, -9 },
		{ "jumper", { false, true }, { 0, 3 }, 3 },
		{ "kvm_mmu_page_fault", { true, true }, { 12, 10 }, -2 },
		{ "landing", { false, true }, { 0, 2 }, 2 },
	};
	struct run run = new_run();
	struct attr_cmp c;

	(void)state;
	add_boot(&run, "nop", 1, GUEST_LOADS, "tail fixed");
	add_boot(&run, "baseline", 1, GUEST_LOADS, "three fixed");
	c = compare(&run, NULL, NULL, "");
	assert_int_equal(c.nr_columns, 2);
	assert_string_equal(c.column[0].variant, "baseline");
	assert_string_equal(c.column[1].variant, "nop");
	assert_string_equal(c.class, LOAD);
	assert_int_equal(c.nr_rows, ARRAY_SIZE(want));
	for (size_t i = 0; i < c.nr_rows; i++) {
		assert_string_equal(c.row[i].name, want[i].name);
		for (size_t v = 0; v < 2; v++) {
			assert_int_equal(c.row[i].there[v], want[i].there[v]);
			assert_int_equal(c.row[i].cost[v], want[i].cost[v]);
		}
		assert_int_equal(c.row[i].diff[1], want[i].diff);
	}
	/* the three that run the guest: 7 + 5 + 4 */
	assert_int_equal(c.same, 3);
	assert_int_equal(c.same_cost, 16);
	assert_int_equal(c.column[0].total, 37);
	assert_int_equal(c.column[1].total, 31);
	assert_int_equal(c.column[1].diff, -6);
	assert_int_equal(c.column[1].diff_sum, -6);
	assert_int_equal(c.column[1].func_sum, 31);
	assert_true(c.sums);
	attribute__free(&c);
	c = compare(&run, NULL, "nop", "baseline");
	assert_string_equal(c.column[0].variant, "nop");
	assert_int_equal(c.row[0].diff[1], 9);
	attribute__free(&c);
	run__free(&run);
}

/* Where boots differ, the lowest counts, though it came last. */
static void boots_are_held_against_each_other(void **state)
{
	struct run run = new_run();
	struct attr_cmp c;

	(void)state;
	add_boot(&run, "baseline", 1, GUEST_LOADS, "fixed");
	add_boot(&run, "baseline", 2, GUEST_LOADS, "fixed");
	add_boot(&run, "nop", 9, GUEST_LOADS, "three fixed");
	add_boot(&run, "nop", 1, GUEST_LOADS, "tail fixed");
	/* no good record, no attribution */
	add_boot(&run, "nop", 3, GUEST_LOADS, "three fixed");
	run.record[run.nr - 1]->outcome = OUTCOME_WARN;
	c = compare(&run, NULL, NULL, "");
	assert_int_equal(c.column[0].boots, 2);
	assert_true(c.column[0].equal);
	assert_int_equal(c.column[0].agreeing, 2);
	assert_int_equal(c.column[1].boots, 2);
	assert_false(c.column[1].equal);
	assert_int_equal(c.column[1].agreeing, 1);
	assert_int_equal(c.column[1].all.boot, 1);
	assert_int_equal(c.column[1].total, 31);
	attribute__free(&c);
	run__free(&run);
}

/* Of equal kernels one is booted: both have its attribution. */
static void a_twin_has_the_attribution_of_what_was_booted(void **state)
{
	struct run run = new_run();
	struct record *r = make_record("copy", "off", "touch", 1, 37);
	struct strlist l = { 0 };
	struct attr_cmp c;

	(void)state;
	add_boot(&run, "baseline", 1, GUEST_LOADS, "three fixed");
	add_boot(&run, "store", 1, GUEST_STORES, "three fixed");
	r->measured_as = xstrdup("baseline");
	assert_int_equal(run__append(&run, r), 0);
	attribute__variants(&run, "v6.1", "off", "touch", &l);
	assert_string_equal(strlist__join(&l, " "), "copy baseline store");
	c = compare(&run, NULL, NULL, "");
	assert_int_equal(c.column[1].total, 37);
	assert_int_equal(c.column[1].diff, 0);
	/* whose faults are of another class is left out of the rows */
	assert_null(c.column[2].class);
	assert_int_equal(c.nr_rows, 0);
	assert_int_equal(c.same, 5);
	assert_int_equal(c.same_cost, 37);
	assert_true(c.sums);
	strlist__free(&l);
	attribute__free(&c);
	run__free(&run);
}


static void replace_in(const struct run *run, size_t i, const char *was,
		       const char *is)
{
	char *path = run__attribution(run, run->record[i]), *text, *other;
	size_t size;

	text = unpacked(path, &size);
	other = replaced(text, was, is);
	put_text(path, other);
	free(other);
	free(text);
	free(path);
}

/* Of the baseline, the nop or, where the difference stays right, both. */
static void a_changed_figure_does_not_add_up(void **state)
{
	static const struct { const char *was, *is; bool in[2]; } damage[] = {
		{ "\"instructions\":31", "\"instructions\":32", { false, true } },
		{ "[\"jumper\",3,", "[\"jumper\",4,", { false, true } },
		{ "[\"svm_vcpu_run\",5,", "[\"svm_vcpu_run\",4,", { true, false } },
		{ "[\"svm_vcpu_run\",5,", "[\"svm_vcpu_run\",4,", { true, true } },
	};
	struct run run = new_run();

	(void)state;
	add_boot(&run, "baseline", 1, GUEST_LOADS, "three fixed");
	add_boot(&run, "nop", 1, GUEST_LOADS, "tail fixed");
	for (size_t i = 0; i < ARRAY_SIZE(damage); i++) {
		struct attr_cmp c;
		char *said = NULL;
		size_t size;
		FILE *f = open_memstream(&said, &size);

		for (size_t v = 0; v < 2; v++) {
			if (damage[i].in[v])
				replace_in(&run, v, damage[i].was, damage[i].is);
		}
		c = compare(&run, NULL, NULL, "");
		assert_false(c.sums);
		report__attribute_text(f, &c, &run);
		fclose(f);
		assert_non_null(strstr(said, "DO NOT ADD UP"));
		free(said);
		attribute__free(&c);
		for (size_t v = 0; v < 2; v++) {
			if (damage[i].in[v])
				replace_in(&run, v, damage[i].is, damage[i].was);
		}
		c = compare(&run, NULL, NULL, "");
		assert_true(c.sums);
		attribute__free(&c);
	}
	run__free(&run);
}

/* The code of a comparison's error, or EXIT_OK. */
static enum faultline_exit code_of(const struct run *run, const char *class,
				   const char *variants)
{
	struct strlist l = { 0 };
	struct attr_cmp c;
	struct err e;
	int r;

	strlist__split(&l, variants, ' ');
	r = attribute__compare(&c, run, "v6.1", "off", "touch", class, NULL, &l,
			       &e);
	strlist__free(&l);
	if (!r)
		attribute__free(&c);
	return r ? e.code : EXIT_OK;
}

static void what_is_not_there_is_no_comparison(void **state)
{
	struct run run = new_run();
	char *path;

	(void)state;
	assert_int_equal(code_of(&run, NULL, ""), EXIT_NO_DATA);
	add_boot(&run, "baseline", 1, GUEST_LOADS, "fixed");
	assert_int_equal(code_of(&run, NULL, ""), 0);
	assert_int_equal(code_of(&run, LOAD, ""), 0);
	assert_int_equal(code_of(&run, "npf store, fixed", ""),
			 EXIT_UNKNOWN_NAME);
	assert_int_equal(code_of(&run, NULL, "baseline nosuch"),
			 EXIT_UNKNOWN_NAME);
	path = run__attribution(&run, run.record[0]);
	put_text(path, "{}");
	assert_int_equal(code_of(&run, NULL, ""), EXIT_BAD_RECORD);
	free(path);
	run__free(&run);
}

/* Boots that are equal are kept once, and are counted as before. */
static void a_packed_run_is_attributed_as_before(void **state)
{
	struct run run = new_run();
	struct attr_cmp c;
	char err[256], *path;
	size_t files;

	(void)state;
	for (uint64_t boot = 1; boot <= 3; boot++)
		add_boot(&run, "baseline", boot, GUEST_LOADS, "three fixed");
	add_boot(&run, "nop", 1, GUEST_LOADS, "tail fixed");
	add_boot(&run, "nop", 2, GUEST_LOADS, "three fixed");
	add_boot(&run, "nop", 9, GUEST_LOADS, "tail fixed");	/* no samples */
	for (size_t again = 0; again < 2; again++) {
		assert_int_equal(attribution__pack(&run, true, &files, err,
						   sizeof(err)), 0);
		assert_int_equal(files, 4);
		c = compare(&run, NULL, NULL, "");
		assert_int_equal(c.column[0].boots, 3);
		assert_int_equal(c.column[0].agreeing, 3);
		assert_true(c.column[0].equal);
		assert_int_equal(c.column[0].all.boot, 1);
		assert_int_equal(c.column[1].boots, 3);
		assert_int_equal(c.column[1].agreeing, 2);
		assert_false(c.column[1].equal);
		attribute__free(&c);
	}
	path = run__path(&run, "attribution");
	assert_false(path_exists(path));
	assert_false(attribution__there(&run, run.record[1]));

	/* A boot that is measured again speaks for itself, once. */
	assert_int_equal(path_make(path), 0);
	add_boot(&run, "baseline", 2, GUEST_LOADS, "tail fixed");
	c = compare(&run, NULL, NULL, "");
	assert_int_equal(c.column[0].boots, 3);
	assert_false(c.column[0].equal);
	attribute__free(&c);

	/* Packed with the others, it still does. */
	assert_int_equal(attribution__pack(&run, true, &files, err, sizeof(err)), 0);
	assert_int_equal(files, 5);
	assert_false(path_exists(path));
	c = compare(&run, NULL, NULL, "");
	assert_int_equal(c.column[0].boots, 3);
	assert_false(c.column[0].equal);
	attribute__free(&c);
	free(path);
	run__free(&run);
}

/* Equal or not, the attributions of two CPU models stay two. */
static void packed_models_stay_apart(void **state)
{
	static const char *const rig[] = { "bochs-intel", "bochs-amd" };
	struct run run = new_run();
	char err[256];
	size_t files;

	(void)state;
	for (uint64_t boot = 1; boot <= 2; boot++) {
		for (int i = 0; i < 2; i++)
			add_boot_of(&run, rig[i], "baseline", boot, GUEST_LOADS,
				    "three fixed");
	}
	assert_int_equal(attribution__pack(&run, true, &files, err, sizeof(err)), 0);
	assert_int_equal(files, 2);
	for (int i = 0; i < 2; i++) {
		struct record *r = run__find(&run, "v6.1", "baseline", "off",
					     "touch", rig[i], 1);
		struct attribution a;

		assert_int_equal(attribution__load(&a, &run, r, err, sizeof(err)), 0);
		assert_int_equal(a.nr_boots, 2);
		attribution__free(&a);
	}
	run__free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_are_added_up_and_have_a_typical_fault),
		cmocka_unit_test(it_agrees_when_the_clock_saw_the_same),
		cmocka_unit_test(a_log_that_contradicts_itself_makes_none),
		cmocka_unit_test(without_a_fault_the_events_exits_are_the_class),
		cmocka_unit_test(without_events_the_path_is_from_bell_to_bell),
		cmocka_unit_test(each_instruction_of_the_trace_has_its_function),
		cmocka_unit_test(the_typical_fault_can_be_gone_again),
		cmocka_unit_test(it_survives_writing_and_reading),
		cmocka_unit_test(what_is_no_attribution_is_refused),
		cmocka_unit_test(a_rep_is_known_of_new_files_and_of_old_ones),
		cmocka_unit_test(functions_are_held_against_each_other),
		cmocka_unit_test(boots_are_held_against_each_other),
		cmocka_unit_test(a_twin_has_the_attribution_of_what_was_booted),
		cmocka_unit_test(a_changed_figure_does_not_add_up),
		cmocka_unit_test(what_is_not_there_is_no_comparison),
		cmocka_unit_test(a_packed_run_is_attributed_as_before),
		cmocka_unit_test(packed_models_stay_apart),
	};

	return cmocka_run_group_tests_name("attribution", tests, NULL,
					   remove_walked_folder);
}
