// SPDX-License-Identifier: GPL-2.0
/*
 * Changed lines joined with the line table of a kernel made here and with what was
 * executed of it: which line is whose, and what becomes of one that was inlined, of
 * one that traps, of one that the compiler made nothing of.
 */
#include <errno.h>

#include "unit.h"

#include "coverage.h"
#include "scratch.h"

#define UNIT	"arch/x86/kvm/mmu/mmu.c"
#define HEADER	"arch/x86/kvm/mmu/paging_tmpl.h"
#define OTHER	"mm/gup.c"

/* The numbers of the lines below are what the tests name. */
static const char unit_source[] =
	"extern volatile int in, out;\n"				/* 1 */
	"#define NAME(x) paging64_##x\n"
	"#include \"paging_tmpl.h\"\n"
	"/* a comment */\n"
	"__attribute__((noinline)) int taken(int a)\n"		/* 5 */
	"{\n"
	"	out = a;\n"					/* 7 */
	"	if (a == in)\n"					/* 8 */
	"		__asm__ volatile(\"ud2\");\n"		/* 9 */
	"	return out;\n"					/* 10 */
	"}\n"
	"__attribute__((noinline)) int skipped(int a)\n"	/* 12 */
	"{\n"
	"	out = a + 7;\n"					/* 14 */
	"	return paging64_both(a);\n"			/* 15 */
	"}\n"
	"int _start(int a)\n"
	"{\n"
	"	return taken(a) + paging64_both(a);\n"		/* 19 */
	"}\n";

static const char header_source[] =
	"static inline __attribute__((always_inline)) int NAME(both)(int a)\n"
	"{\n"
	"	out = a + 3;\n"					/* 3 */
	"	return in;\n"
	"}\n";

static const char other_source[] = "int other(int a)\n{\n	return a + 1;\n}\n";

static char folder[] = "/tmp/faultline-coverage.XXXXXX";

static void put(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	free(path);
}

static int make_kernel(void **state)
{
	char *command;
	int r;

	(void)state;
	assert_non_null(mkdtemp(folder));
	command = xasprintf("mkdir -p %s/arch/x86/kvm/mmu %s/mm", folder, folder);
	r = system(command);
	free(command);
	assert_int_equal(r, 0);
	put(UNIT, unit_source);
	put(HEADER, header_source);
	put(OTHER, other_source);
	command = xasprintf("cd %s && gcc -g -O1 -ffreestanding -fno-pic -fno-pie -mcmodel=kernel -fcf-protection=none -c " UNIT " -o u.o && gcc -g -O1 -c " OTHER " -o o.o && "
			    "echo 'int in, out;' | gcc -xc -c - -o d.o && "
			    "gcc -nostdlib -static -no-pie -Wl,-Ttext=0xffffffff81000000,--build-id -o vmlinux u.o o.o d.o && "
			    "objcopy --only-keep-debug vmlinux vmlinux.debug && objcopy --strip-debug vmlinux",
			    folder);
	r = system(command);
	free(command);
	return r;
}

static int remove_kernel(void **state)
{
	(void)state;
	return scratch__remove(folder);
}

static struct image *kernel(void)
{
	char err[512] = "";
	struct image *img = image__open(folder, err, sizeof(err));

	if (!img)
		fail_msg("%s", err);
	return img;
}

/* What was executed: whole functions, to their last byte. */
static struct stretches of_funcs(struct image *img, const char *a, const char *b)
{
	const char *const name[] = { a, b };
	struct stretches s = { 0 };

	s.item = xcalloc(2, sizeof(*s.item));
	for (size_t i = 0; i < 2 && name[i]; i++) {
		const struct func *f = image__func(img, name[i]);

		assert_non_null(f);
		s.item[s.nr++] = (struct stretch) { f->addr, f->addr + f->size };
	}
	return s;
}

static const struct coverage_line *line_of(const struct coverage_variant *v,
					   const char *file, int line, size_t *i)
{
	for (*i = 0; *i < v->nr; ++*i) {
		if (v->line[*i].line == line && !strcmp(v->line[*i].file, file))
			return &v->line[*i];
	}
	fail_msg("no line %s:%d", file, line);
	return NULL;
}

static void is(const struct coverage_variant *v, const char *file, int line,
	       const char *func, enum line_ran ran)
{
	size_t i;
	const struct coverage_line *l = line_of(v, file, line, &i);

	if (!func)
		assert_null(l->func);
	else
		assert_string_equal(l->func, func);
	if (coverage_line__ran(v, i) != ran)
		fail_msg("%s:%d ran: %d", file, line, coverage_line__ran(v, i));
}

static const char diff[] =
	"diff --git a/" UNIT " b/" UNIT "\n"
	"index 1..2 100644\n"
	"--- a/" UNIT "\n"
	"+++ b/" UNIT "\n"
	"@@ -3 +4 @@ int before\n"
	"-/* another */\n"
	"+/* a comment */\n"
	"@@ -6,0 +7,4 @@ int taken\n"
	"+	out = a;\n"
	"+	if (a == in)\n"
	"+		__asm__ volatile(\"ud2\");\n"
	"+	return out;\n"
	"@@ -20,2 +14 @@\n"
	"---- a list of dashes\n"
	"-	gone\n"
	"+	out = a + 7;  \n"
	"\\ No newline at end of file\n"
	"--- a/" HEADER "\n"
	"+++ b/" HEADER "\n"
	"@@ -3 +3 @@\n"
	"-	out = a + 2;\n"
	"+	out = a + 3;\n"
	"--- /dev/null\n"
	"+++ b/" OTHER "\t\n"
	"@@ -0,0 +3 @@\n"
	"+	return a + 1;\n";

/* Whole, as a variant of one base; the images' code joined with two workloads. */
static void cover(struct coverage *c, const char *first, const char *second)
{
	struct source_lines removed = { 0 }, added = { 0 };
	struct image *img = kernel();
	struct executed e = { .known = true };
	struct coverage_code code;
	struct coverage_variant *v;

	assert_true(udiff__read(diff, &removed, &added));
	source_lines__sort(&added);
	*c = (struct coverage) { 0 };
	v = coverage__add(c, "v6.1", "mine", &added);
	coverage__find_code(&code, v, img);
	e.measured = of_funcs(img, first, NULL);
	coverage__join(v, &code, "touch-write", &e);
	executed__free(&e);
	if (second)
		e.outside = of_funcs(img, second, NULL);
	coverage__join(v, &code, "mmio", &e);
	executed__free(&e);
	coverage_code__free(&code);
	source_lines__free(&removed);
	source_lines__free(&added);
	image__close(img);
}

static void a_diff_is_read_line_by_line(void **state)
{
	struct source_lines removed = { 0 }, added = { 0 };

	(void)state;
	assert_true(udiff__read(diff, &removed, &added));
	assert_int_equal(removed.nr, 4);
	assert_int_equal(added.nr, 8);
	assert_string_equal(removed.item[1].text, "--- a list of dashes");
	assert_int_equal(removed.item[2].line, 21);
	assert_string_equal(added.item[5].text, "out = a + 7;");
	assert_int_equal(added.item[5].line, 14);
	assert_string_equal(added.item[7].file, OTHER);
	source_lines__add_once(&added, &removed.item[0]);
	source_lines__add_once(&added, &removed.item[0]);
	assert_int_equal(added.nr, 9);
	source_lines__free(&removed);
	source_lines__free(&added);
}

static void a_diff_that_is_cut_is_none(void **state)
{
	static const char *const bad[] = {
		"--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n+b\n",
		"--- a/x\n+++ b/x\n@@ -1 +1 @@\n+a\n+b\n",
		"--- a/x\n+++ b/x\n@@ -1 +x @@\n-a\n+b\n",
		"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\nb\n",
		"--- a/x\n+++ b/x\n@@ -1,2 @@\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct source_lines removed = { 0 }, added = { 0 };

		if (udiff__read(bad[i], &removed, &added))
			fail_msg("diff %zu was read", i);
		assert_int_equal(removed.nr + added.nr, 0);
	}
}

static void a_line_was_executed_where_its_code_was(void **state)
{
	struct coverage_count n;
	struct coverage c;
	size_t alone, i;

	(void)state;
	cover(&c, "taken", NULL);
	is(c.item, UNIT, 4, NULL, LINE_NEVER);
	is(c.item, UNIT, 7, "taken", LINE_MEASURED);
	is(c.item, UNIT, 10, "taken", LINE_MEASURED);
	is(c.item, UNIT, 14, "skipped", LINE_NEVER);
	is(c.item, OTHER, 3, "other", LINE_NEVER);
	assert_true(line_of(c.item, UNIT, 14, &i)->plain);
	n = coverage__count(c.item);
	assert_int_equal(n.changed, 8);
	assert_int_equal(n.code, 7);
	assert_int_equal(n.measured, 4);
	assert_int_equal(n.never, 3);
	assert_int_equal(n.warns, 0);
	assert_int_equal(coverage__by(c.item, 0, &alone), 4);
	assert_int_equal(alone, 4);
	assert_int_equal(coverage__by(c.item, 1, &alone), 0);
	coverage__free(&c);
}

/* The header's line is in two functions, and one of them is enough. */
static void an_inlined_line_is_executed_in_any_of_its_copies(void **state)
{
	struct coverage c;

	(void)state;
	cover(&c, "_start", NULL);
	is(c.item, HEADER, 3, "FNAME(both)", LINE_MEASURED);
	is(c.item, UNIT, 14, "skipped", LINE_NEVER);
	coverage__free(&c);
	cover(&c, "skipped", NULL);
	is(c.item, HEADER, 3, "FNAME(both)", LINE_MEASURED);
	is(c.item, UNIT, 14, "skipped", LINE_MEASURED);
	coverage__free(&c);
}

static void what_only_traps_is_apart(void **state)
{
	struct coverage_count n;
	struct coverage c;
	size_t i;

	(void)state;
	cover(&c, "skipped", NULL);
	assert_false(line_of(c.item, UNIT, 9, &i)->plain);
	assert_true(line_of(c.item, UNIT, 7, &i)->plain);
	n = coverage__count(c.item);
	assert_true(n.warns >= 1);
	assert_int_equal(n.never + n.warns + n.measured, n.code);
	coverage__free(&c);
}

static void what_is_executed_outside_is_not_measured(void **state)
{
	struct coverage_count n;
	struct coverage c;

	(void)state;
	cover(&c, "taken", "skipped");
	is(c.item, UNIT, 14, "skipped", LINE_OUTSIDE);
	is(c.item, UNIT, 7, "taken", LINE_MEASURED);
	n = coverage__count(c.item);
	assert_int_equal(n.measured, 4);
	assert_int_equal(n.outside, 2);
	coverage__free(&c);
}

static void it_is_saved_and_read(void **state)
{
	struct coverage c, again;
	struct coverage_count n, m;
	struct err err;
	json_t *all, *one;

	(void)state;
	cover(&c, "taken", "skipped");
	c.item->counterpart = xstrdup("baseline");
	all = coverage__to_json(&c);
	assert_int_equal(coverage__from_json(&again, all, "x", &err), 0);
	n = coverage__count(c.item);
	m = coverage__count(again.item);
	assert_memory_equal(&n, &m, sizeof(n));
	assert_string_equal(again.item->counterpart, "baseline");
	assert_int_equal(again.item->workloads.nr, 2);
	is(again.item, OTHER, 3, "other", LINE_NEVER);
	one = coverage__to_json(&again);
	assert_true(json_equal(all, one));
	json_decref(one);
	coverage__free(&again);
	/* A line of a file that is not in the list. */
	one = json_array_get(json_object_get(json_array_get(json_object_get(all,
		"variants"), 0), "lines"), 0);
	json_array_set_new(one, 0, json_integer(7));
	assert_int_equal(coverage__from_json(&again, all, "x", &err), -1);
	assert_int_equal(err.code, EXIT_BAD_RECORD);
	assert_string_equal(err.text, "x is no coverage of schema 1");
	assert_int_equal(again.nr, 0);
	json_decref(all);
	coverage__free(&c);
}

static void stretches_are_text_and_back(void **state)
{
	static const char text[] = "ffffffff81000010+20 8+3";
	static const char *const bad[] = { "10", "10+0", "10+1 0+1", "-1+2", "x",
					   "ffffffffffffffff+2", "10+1 zz" };
	struct stretches s;
	char *again;

	(void)state;
	assert_true(stretches__parse(&s, text));
	assert_int_equal(s.nr, 2);
	assert_int_equal(s.item[1].from, 0xffffffff81000038ull);
	assert_int_equal(s.item[1].to, 0xffffffff8100003bull);
	again = stretches__text(&s);
	assert_string_equal(again, text);
	free(again);
	assert_false(stretches__touch(&s, 0, 0xffffffff81000010ull));
	assert_true(stretches__touch(&s, 0, 0xffffffff81000011ull));
	assert_true(stretches__touch(&s, 0xffffffff8100002full, 0xffffffff81000030ull));
	assert_false(stretches__touch(&s, 0xffffffff81000030ull, 0xffffffff81000038ull));
	assert_true(stretches__touch(&s, 0xffffffff8100003aull, ~0ull));
	assert_false(stretches__touch(&s, 0xffffffff8100003bull, ~0ull));
	stretches__free(&s);
	assert_true(stretches__parse(&s, ""));
	assert_int_equal(s.nr, 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (stretches__parse(&s, bad[i]))
			fail_msg("'%s' was read", bad[i]);
	}
}

/* Three instructions of one byte each: of taken(), of other(), of taken() again. */
static struct probe_log log_of(struct image *img, struct insn *insn, uint8_t *ran)
{
	insn[0] = (struct insn) { .addr = image__func(img, "taken")->addr, .len = 1 };
	insn[1] = (struct insn) { .addr = image__func(img, "other")->addr, .len = 1 };
	insn[2] = (struct insn) { .addr = insn[0].addr + 1, .len = 1 };
	return (struct probe_log) { .insn = insn, .ran = ran, .nr_insns = 3, .vcpus = 1 };
}

static void only_the_code_of_kvm_is_kept(void **state)
{
	uint8_t ran[] = { RAN_MEASURED, RAN_MEASURED, RAN_OUTSIDE };
	struct image *img = kernel();
	struct insn insn[3];
	struct probe_log log = log_of(img, insn, ran);
	struct executed e;
	char err[256];

	(void)state;
	assert_int_equal(executed__of_log(&e, &log, img, err, sizeof(err)), 0);
	assert_true(e.known);
	assert_int_equal(e.measured.nr, 1);
	assert_int_equal(e.measured.item[0].from, insn[0].addr);
	assert_int_equal(e.outside.nr, 1);
	assert_int_equal(e.outside.item[0].to, insn[2].addr + 1);
	executed__free(&e);
	log.ran = NULL;
	assert_int_equal(executed__of_log(&e, &log, img, err, sizeof(err)), 0);
	assert_false(e.known);
	image__close(img);
}

static void a_log_that_lost_code_is_refused(void **state)
{
	uint8_t ran[] = { RAN_MEASURED, RAN_MEASURED, RAN_OUTSIDE };
	struct step step[] = { { .kind = STEP_INSN, .insn = 0 },
			       { .kind = STEP_INSN, .insn = 2 } };
	struct probe_path path = { .phase = 3, .step = step, .nr_steps = 2 };
	struct image *img = kernel();
	struct insn insn[3];
	struct probe_log log = log_of(img, insn, ran);
	struct executed e;
	char err[256] = "", want[256];

	(void)state;
	log.path = &path;
	log.nr_paths = 1;
	assert_int_equal(executed__of_log(&e, &log, img, err, sizeof(err)), 0);
	executed__free(&e);
	path.phase = 2;		/* then it was measured, or the log lost it */
	assert_int_equal(executed__of_log(&e, &log, img, err, sizeof(err)), -EINVAL);
	snprintf(want, sizeof(want), "the plugin lost code: the instruction at %lx is on a path, and not among what was executed",
		 insn[2].addr);
	assert_string_equal(err, want);
	image__close(img);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_diff_is_read_line_by_line),
		cmocka_unit_test(a_diff_that_is_cut_is_none),
		cmocka_unit_test(a_line_was_executed_where_its_code_was),
		cmocka_unit_test(an_inlined_line_is_executed_in_any_of_its_copies),
		cmocka_unit_test(what_only_traps_is_apart),
		cmocka_unit_test(what_is_executed_outside_is_not_measured),
		cmocka_unit_test(it_is_saved_and_read),
		cmocka_unit_test(stretches_are_text_and_back),
		cmocka_unit_test(only_the_code_of_kvm_is_kept),
		cmocka_unit_test(a_log_that_lost_code_is_refused),
	};

	return cmocka_run_group_tests_name("coverage", tests, make_kernel,
					   remove_kernel);
}
