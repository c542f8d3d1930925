// SPDX-License-Identifier: GPL-2.0
/*
 * Objects against the image they are linked into, in assembly so that every
 * number here is counted by hand; then the same with one thing planted.
 */
#include <unistd.h>

#include "unit.h"

#include "same.h"
#include "util.h"

/*
 * .text 30 bytes (27 of walk, 3 of shared), 4 relocations; .data 28 and 3;
 * .rodata 4; .altinstructions 8 and 2; .altinstr_replacement 2; __ex_table 24
 * and 4. nobody is weak and nowhere.
 */
static const char ours[] =
	"#ifndef STRING\n#define STRING \"hello\"\n#endif\n"
	"#ifndef CALL\n#define CALL helper\n#endif\n"
	"#ifndef OFFSET\n#define OFFSET 8\n#endif\n"
	"#ifndef LAST\n#define LAST ret\n#endif\n"
	"#ifndef COUNT\n#define COUNT 5\n#endif\n"
	"#ifndef NOBODY\n#define NOBODY nobody\n#endif\n"
	"#ifndef TYPE\n#define TYPE 7\n#endif\n"
	"	.text\n	.globl walk\n	.type walk, @function\n"
	"walk:	mov $hello, %rdi\n	call CALL\n	incl counter(%rip)\n"
	"	mov table + OFFSET, %rax\n	LAST\n	.size walk, . - walk\n"
	"	.type shared, @function\n"
	"shared:	xor %eax, %eax\n	ret\n	.size shared, . - shared\n"
	"	.section .rodata.str1.1, \"aMS\", @progbits, 1\n"
	"hello:	.asciz STRING\n"
	"	.data\n	.weak nobody\n	.type table, @object\n"
	"table:	.quad walk, shared, NOBODY\n	.size table, . - table\n"
	"counter: .long COUNT\n	.bss\nstate:	.skip 8\n"
	"	.section .rodata, \"a\"\n	.globl mark\n"
	"fixed:\n#ifdef MOVED\n	.byte 1\nmark:	.byte 2, 3, 4\n"
	"#else\nmark:	.byte 1, 2, 3, 4\n#endif\nbehind:\n"
	"	.section .altinstructions, \"a\"\n	.long walk - ., 1f - .\n"
	"	.section .altinstr_replacement, \"ax\"\n1:	nop\n	nop\n"
	"	.section __ex_table, \"a\"\n"
	"#ifdef SWAP\n	.long shared - ., walk - ., 9\n#endif\n"
	"	.long walk - ., shared - ., TYPE\n"
	"#ifndef SWAP\n	.long shared - ., walk - ., 9\n#endif\n"
	"	.section .discard.x, \"aw\"\n	.quad walk\n"
	"	.section .orc_unwind, \"a\"\n	.skip 6\n"
	"#ifdef SWAP\n	.section .return_sites, \"a\"\n"
	"	.long shared - ., helper - ., walk - .\n#endif\n"
	"#ifdef SITES\n	.section .return_sites, \"a\"\n"
	"	.long walk - ., SITES - .\n#endif\n"
	"#ifdef MORE\n	.section .more, \"a\"\n	.quad 0x1234567890\n#endif\n";

/* It has a shared, a replacement and a hello too, and comes first. */
static const char others[] =
	"	.text\n	.globl _start, helper\n	.type helper, @function\n"
	"_start: nop\n	.type shared, @function\n"
	"shared:	mov $1f, %rax\n	ret\n	.size shared, . - shared\n"
	"helper:	ret\n	.size helper, . - helper\n"
	"	.section .rodata.str1.1, \"aMS\", @progbits, 1\n"
	"1:	.asciz \"say hello\"\n"
	"	.section .altinstr_replacement, \"ax\"\n	nop\n	nop\n";

static char *dir;
static struct same *image;

static void write_file(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	free(path);
}

static void run(const char *command)
{
	char *all = xasprintf("cd %s && %s", dir, command);

	if (system(all))
		fail_msg("failed: %s", all);
	free(all);
}

/* The object as it is with these -D, against the image. */
static struct same_object compare_with(const char *source, const char *flags)
{
	char *command = xasprintf("gcc -Wa,-mx86-used-note=no %s -c -o planted.o %s",
				  flags, source);
	char *path = xasprintf("%s/planted.o", dir), err[512];
	struct same_object o;

	run(command);
	if (!same__object(image, path, &o, err, sizeof(err)))
		fail_msg("%s", err);
	free(command);
	free(path);
	return o;
}

/* What is planted is a difference, told in these words and no other. */
static void says(const char *flags, const char *words)
{
	struct same_object o = compare_with("ours.S", flags);

	assert_true(o.differing > 0);
	assert_int_equal(o.difference.nr, 1);
	if (!strstr(o.difference.item[0], words))
		fail_msg("'%s' is not in '%s'", words, o.difference.item[0]);
	same_object__free(&o);
}

static int make_image(void **state)
{
	char err[512], *path;

	(void)state;
	dir = xasprintf("%s/faultline-same.XXXXXX", getenv("TMPDIR") ?: "/tmp");
	if (!mkdtemp(dir))
		return -1;
	write_file("ours.S", ours);
	write_file("others.S", others);
	run("gcc -Wa,-mx86-used-note=no -DSWAP -c ours.S && "
	    "gcc -Wa,-mx86-used-note=no -c others.S && "
	    "ld -static -Ttext-segment=0xffffffff81000000 --build-id -o vmlinux others.o ours.o 2>/dev/null");
	path = xasprintf("%s/vmlinux", dir);
	image = same__open(path, err, sizeof(err));
	free(path);
	if (!image)
		fail_msg("%s", err);
	return 0;
}

static int remove_image(void **state)
{
	char *command = xasprintf("rm -rf '%s'", dir);

	(void)state;
	same__close(image);
	run(command);
	free(command);
	free(dir);
	return 0;
}

static void what_was_linked_is_the_same_wholly(void **state)
{
	struct same_object o = compare_with("ours.S", "");

	(void)state;
	if (o.difference.nr)
		fail_msg("%s", o.difference.item[0]);
	assert_int_equal(o.differing, 0);
	assert_int_equal(o.sections, 6);
	assert_int_equal(o.bytes, 30 + 28 + 4 + 8 + 2 + 24);
	assert_int_equal(o.code_bytes, 30 + 2);
	assert_int_equal(o.relocs, 4 + 3 + 2 + 4);
	assert_int_equal(o.merged, 1);
	for (int i = 0; i < SAME_MASKED; i++)
		assert_int_equal(o.masked[i], 0);
	assert_int_equal(o.left_out[SAME_MERGED], 6);
	assert_int_equal(o.left_out[SAME_SORTED], 6);
	assert_int_equal(o.left_out[SAME_DISCARDED], 8);
	assert_int_equal(strlen(same__build_id(image)), 40);
	same_object__free(&o);
	o = compare_with("others.S", "");
	assert_int_equal(o.differing, 0);
	same_object__free(&o);
}

static void one_byte_of_text_is_named(void **state)
{
	(void)state;
	says("-DLAST=int3", ".text+0x1a (walk+0x1a): cc, in vmlinux c3");
}

static void one_byte_of_data_is_named(void **state)
{
	(void)state;
	says("-DCOUNT=6", ".data+0x18 (counter+0): 06, in vmlinux 05");
}

static void another_addend_is_named(void **state)
{
	(void)state;
	says("-DOFFSET=16", ".text+0x16 (walk+0x16): .data+16 is ");
}

static void another_target_is_named(void **state)
{
	(void)state;
	says("-DCALL=_start", ".text+0x8 (walk+0x8): _start-4 is ");
}

static void another_string_is_named(void **state)
{
	(void)state;
	says("-DSTRING='\"hellO\"'", "is another string or constant in vmlinux");
	/* The linker gave "say hello" and "hello" one place. */
	says("-DSTRING='\"hello!\"'", "is another string or constant in vmlinux");
}

static void an_entry_of_a_sorted_table_may_move_but_not_change(void **state)
{
	(void)state;
	says("-DTYPE=8", "__ex_table+0: no such entry in vmlinux");
}

static void a_list_of_places_may_be_in_another_order_and_lack_none(void **state)
{
	struct same_object o = compare_with("ours.S", "-DSITES=shared");

	(void)state;
	assert_int_equal(o.differing, 0);
	same_object__free(&o);
	says("-DSITES=mark", ".return_sites+0x4: no such entry in vmlinux");
}

static void a_global_that_is_elsewhere_is_named(void **state)
{
	(void)state;
	says("-DMOVED", "mark is at 0x");
}

static void a_section_that_is_nowhere_is_not_this_kernels(void **state)
{
	(void)state;
	says("-DMORE", ".more: 8 bytes that are nowhere in vmlinux: not this kernel's");
}

/* Of one in data only the count says so; in code it is a difference. */
static void a_symbol_that_is_unknown_is_counted(void **state)
{
	struct same_object o;

	(void)state;
	o = compare_with("ours.S", "-DCALL=elsewhere");
	assert_int_equal(o.masked[SAME_UNKNOWN], 1);
	assert_int_equal(o.relocs, 12);
	same_object__free(&o);
	says("-DCALL=elsewhere", ".text+0x8 (walk+0x8): elsewhere-4 cannot be computed: unknown symbol");
	o = compare_with("ours.S", "-DNOBODY=elsewhere");
	assert_int_equal(o.differing, 0);
	assert_int_equal(o.masked[SAME_UNKNOWN], 1);
	assert_int_equal(o.relocs, 12);
	assert_int_equal(o.bytes, 96 - 8);
	same_object__free(&o);
}

static void an_object_of_another_program_is_nowhere(void **state)
{
	struct same_object o;

	(void)state;
	write_file("other.c", "int another(void) { return 42; }\n");
	o = compare_with("other.c", "-O2 -fno-asynchronous-unwind-tables");
	assert_true(o.differing > 0);
	assert_non_null(strstr(o.difference.item[0], "not this kernel's"));
	same_object__free(&o);
	/* One with nothing to compare proves nothing. */
	write_file("empty.c", "extern int nothing;\nint use(void);\n");
	o = compare_with("empty.c", "");
	assert_true(o.differing > 0);
	same_object__free(&o);
}

static void what_is_no_object_is_refused(void **state)
{
	struct same_object o;
	char err[512], *path = xasprintf("%s/vmlinux", dir);

	(void)state;
	assert_false(same__object(image, path, &o, err, sizeof(err)));
	assert_non_null(strstr(err, "is no object file of x86-64"));
	free(path);
	path = xasprintf("%s/ours.S", dir);
	assert_null(same__open(path, err, sizeof(err)));
	assert_non_null(strstr(err, "is no linked ELF file"));
	free(path);
	assert_null(same__open("/nonexistent/vmlinux", err, sizeof(err)));
	assert_non_null(strstr(err, "No such file"));
	run("strip -o stripped vmlinux");
	path = xasprintf("%s/stripped", dir);
	assert_null(same__open(path, err, sizeof(err)));
	assert_non_null(strstr(err, "has no symbols"));
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_linked_is_the_same_wholly),
		cmocka_unit_test(one_byte_of_text_is_named),
		cmocka_unit_test(one_byte_of_data_is_named),
		cmocka_unit_test(another_addend_is_named),
		cmocka_unit_test(another_target_is_named),
		cmocka_unit_test(another_string_is_named),
		cmocka_unit_test(an_entry_of_a_sorted_table_may_move_but_not_change),
		cmocka_unit_test(a_list_of_places_may_be_in_another_order_and_lack_none),
		cmocka_unit_test(a_global_that_is_elsewhere_is_named),
		cmocka_unit_test(a_section_that_is_nowhere_is_not_this_kernels),
		cmocka_unit_test(a_symbol_that_is_unknown_is_counted),
		cmocka_unit_test(an_object_of_another_program_is_nowhere),
		cmocka_unit_test(what_is_no_object_is_refused),
	};

	return cmocka_run_group_tests(tests, make_image, remove_image);
}
