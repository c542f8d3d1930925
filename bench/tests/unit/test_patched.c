// SPDX-License-Identifier: GPL-2.0
/*
 * What boot patched against what a process patched, in assembly so that each
 * figure is counted by hand: work() has 7 instructions, others 1 or 2. The kernel
 * is the object patched by these macros, the process another one.
 */
#include <string.h>
#include <unistd.h>

#include "unit.h"

#include "patched.h"
#include "scratch.h"

static const char source[] =
	"#ifndef LABEL\n#define LABEL .byte 0x0f, 0x1f, 0x44, 0, 0\n#endif\n"
	"#ifndef ADD\n#define ADD lock incl counter(%rip)\n#endif\n"
	"#ifndef CALL\n#define CALL helper\n#endif\n"
	"#ifndef RETURN\n#define RETURN jmp thunk\n#endif\n"
	"#ifndef OPS\n#define OPS call __SCT__ops\n#endif\n"
	"#ifndef BITS\n#define BITS 8\n#endif\n"
	"	.text\n	.globl work, helper, thunk, other, __SCT__ops\n"
	"	.section .moved, \"ax\"\n"
	"	.type helper, @function\nhelper: ret\n	.size helper, 1\n"
	"	.type other, @function\nother: ret\n	.size other, 1\n"
	"	.type thunk, @function\nthunk: ret\n	int3\n	.size thunk, 2\n"
	"	.type __SCT__ops, @function\n__SCT__ops: ret\n	.size __SCT__ops, 1\n"
	"	.text\n#ifdef GAP\n	.skip 4096, 0x90\n#endif\n"
	"	.type work, @function\n"
	"work:	LABEL\n	ADD\n	call CALL\n	OPS\n"
	"	mov table(%rip), %rax\n	or $BITS, %eax\n"
	"1:	RETURN\n	.size work, . - work\n"
	"	.data\n#ifdef GAP\n	.skip 64\n#endif\n"
	"counter: .long 0\ntable:	.quad 0\n";

#define JUMP	"-DLABEL='.byte 0xe9; .long 1f - . - 4'"
#define PLAIN	"-DRETURN='.byte 0xc3, 0xcc, 0xcc, 0xcc, 0xcc'"

static char *dir;

static void run(const char *fmt, ...) PRINTF(1, 2);

static void run(const char *fmt, ...)
{
	va_list ap;
	char *command, *all;

	va_start(ap, fmt);
	command = xvasprintf(fmt, ap);
	va_end(ap);
	all = xasprintf("cd '%s' && %s", dir, command);
	if (system(all))
		fail_msg("failed: %s", all);
	free(all);
	free(command);
}

static struct image *linked(const char *name)
{
	char *path = xasprintf("%s/%s", dir, name), err[256];
	struct image *img = image__open_file(path, err, sizeof(err));

	if (!img)
		fail_msg("%s", err);
	free(path);
	return img;
}

/* A kernel and a process with these -D, compared. Caller frees the differences. */
static struct patched compare(const char *kernel, const char *process)
{
	struct patched p = { 0 };
	struct image *k, *v;
	char *object = xasprintf("%s/o.o", dir), err[256];

	run("gcc -c -o k.o %s s.S && ld -e 0 -Ttext-segment=0xffffffff81000000 -o kernel k.o", kernel);
	run("gcc -c -DGAP -o v.o %s s.S && objcopy --prefix-symbols=c0_ v.o && ld -e 0 -o process v.o", process);
	k = linked("kernel");
	v = linked("process");
	if (patched__compare(k, v, "c0_", object, &p, err, sizeof(err)))
		fail_msg("%s", err);
	image__close(k);
	image__close(v);
	free(object);
	return p;
}

static void differs(const char *kernel, const char *process, const char *words)
{
	struct patched p = compare(kernel, process);

	assert_int_equal(p.differing, 1);
	assert_int_equal(p.difference.nr, 1);
	if (!strstr(p.difference.item[0], words))
		fail_msg("'%s' is not in '%s'", words, p.difference.item[0]);
	strlist__free(&p.difference);
}

static void patched_alike_is_the_same_wherever_it_lies(void **state)
{
	struct patched p = compare("", "");

	(void)state;
	assert_int_equal(p.differing, 0);
	assert_int_equal(p.functions, 5);
	assert_int_equal(p.instructions, 7 + 1 + 1 + 2 + 1);
	assert_int_equal(p.branches, 3);	/* helper, ops, thunk */
	assert_int_equal(p.static_calls, 1);
	assert_int_equal(p.addresses, 2);	/* counter, table */
	p = compare(JUMP " " PLAIN, JUMP " " PLAIN);
	assert_int_equal(p.differing, 0);
}

static void a_jump_label_in_another_state_is_told(void **state)
{
	(void)state;
	differs(JUMP, "", "work+0: nopl (%rax, %rax), in the booted kernel jmp work+0x");
	differs("", JUMP, "work+0: jmp work+0x");
}

static void a_return_that_was_not_patched_is_told(void **state)
{
	(void)state;
	differs("", PLAIN, ": retq, in the booted kernel jmp thunk");
	differs(PLAIN, "", ": jmp thunk, in the booted kernel retq");
}

static void another_target_and_another_constant_are_told(void **state)
{
	(void)state;
	differs("", "-DCALL=other", ": callq other, in the booted kernel callq helper");
	differs("", "-DBITS=16", ": orl $0x10, %eax, in the booted kernel orl $8, %eax");
}

#define ENDBR	"-DLABEL='endbr64; nop'"
#define SEALED	"-DLABEL='.byte 0x66, 0x0f, 0x1f, 0; nop'"

static void an_endbr_that_boot_sealed_is_counted_apart(void **state)
{
	struct patched p = compare(SEALED, ENDBR);

	(void)state;
	assert_int_equal(p.differing, 0);
	assert_int_equal(p.sealed, 1);
	p = compare(ENDBR, ENDBR);
	assert_int_equal(p.differing, 0);
	assert_int_equal(p.sealed, 0);
	differs(ENDBR, SEALED, "work+0: nopw (%rax), in the booted kernel endbr64");
}

static void what_a_process_cannot_have_is_counted_apart(void **state)
{
	struct patched p = compare("-DADD='ds incl counter(%rip)' -DOPS='.byte 0x0f, 0x1f, 0x44, 0, 0'", "");

	(void)state;
	assert_int_equal(p.differing, 0);
	assert_int_equal(p.locks, 1);
	assert_int_equal(p.no_calls, 1);
	/* ... and never the other way round. */
	differs("", "-DADD='ds incl counter(%rip)'", "in the booted kernel lock incl");
}

static int make_object(void **state)
{
	FILE *f;
	char *path;

	(void)state;
	dir = xasprintf("%s/faultline-patched.XXXXXX", getenv("TMPDIR") ?: "/tmp");
	if (!mkdtemp(dir))
		return -1;
	path = xasprintf("%s/s.S", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(source, f);
	fclose(f);
	free(path);
	run("gcc -c -o o.o s.S");
	return 0;
}

static int remove_object(void **state)
{
	int r = scratch__remove(dir);

	(void)state;
	free(dir);
	return r;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(patched_alike_is_the_same_wherever_it_lies),
		cmocka_unit_test(a_jump_label_in_another_state_is_told),
		cmocka_unit_test(a_return_that_was_not_patched_is_told),
		cmocka_unit_test(another_target_and_another_constant_are_told),
		cmocka_unit_test(an_endbr_that_boot_sealed_is_counted_apart),
		cmocka_unit_test(what_a_process_cannot_have_is_counted_apart),
	};

	return cmocka_run_group_tests(tests, make_object, remove_object);
}
