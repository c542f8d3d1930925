// SPDX-License-Identifier: GPL-2.0
/*
 * What of an object reaches a kernel: objects made here with the compiler, whose
 * sources differ in one thing that counts, or in one that does not.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#include "code_hash.h"
#include "util.h"

static char dir[] = "/tmp/faultline-hash.XXXXXX";

/* Two functions, a static variable, a name wanted of others, two bugs with lines. */
static const char source[] =
	"#ifdef COMMENT\n/* more lines */\n\n\n#endif\n"
	"#ifdef DECLARED\nextern int declared_first, and_second;\nint a_prototype(int);\n#endif\n"
	"#ifndef LOCAL\n#define LOCAL spte\n#endif\n"
	"#ifndef CONSTANT\n#define CONSTANT 12\n#endif\n"
	"#ifndef LINE\n#define LINE 100\n#endif\n"
	"#ifndef BUG_FLAGS\n#define BUG_FLAGS 1\n#endif\n"
	"#ifndef WANTED\n#define WANTED faultin\n#endif\n"
	"#define TEXT_(x) #x\n#define TEXT(x) TEXT_(x)\n"
	"long WANTED(long);\n"
	"int counted(void) { static int calls = 3; return calls++; }\n"
	"long walk(long gfn) { long LOCAL = WANTED(gfn); return LOCAL << CONSTANT; }\n"
	"asm(\".pushsection __bug_table, \\\"aw\\\"\\n\"\n"
	"    \".long walk - .\\n.long name - .\\n.word \" TEXT(LINE) \"\\n.word \" TEXT(BUG_FLAGS) \"\\n\"\n"
	"    \".long counted - .\\n.long name - .\\n.word \" TEXT(LINE) \" + 4\\n.word 2\\n\"\n"
	"    \".popsection\\n.section .rodata.name, \\\"a\\\"\\nname: .string \\\"mmu.c\\\"\\n.previous\\n\");\n";

static char *object(const char *name, const char *flags)
{
	char *path = xasprintf("%s/%s.o", dir, name);
	char *command = xasprintf("gcc -O2 -fno-pic -ffreestanding %s -c -o %s %s/t.c",
				  flags, path, dir);

	if (system(command))
		fail_msg("failed: %s", command);
	free(command);
	return path;
}

static char *hash_with(const char *flags)
{
	char err[256], *path = object("t", flags);
	char *hex = code_hash__object(path, err, sizeof(err));

	if (!hex)
		fail_msg("%s", err);
	free(path);
	return hex;
}

static void compare(const char *flags, bool same)
{
	char *a = hash_with(""), *b = hash_with(flags);

	if (!strcmp(a, b) != same)
		fail_msg("%s: %s", flags, same ? "differs" : "is the same");
	free(a);
	free(b);
}

static void test_same(void **state)
{
	static const char *const flags[] = {
		"-DLOCAL=leaf", "-DCOMMENT", "-g", "-DLINE=2000", "-DDECLARED",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		compare(flags[i], true);
}

static void test_other(void **state)
{
	static const char *const flags[] = {
		"-DCONSTANT=13", "-DWANTED=faultout", "-DBUG_FLAGS=3", "-Dwalk=walked",
		"-O1", "-falign-functions=64", "-fno-asynchronous-unwind-tables",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		compare(flags[i], false);
}

/* Without a file's name the two bytes next to the address are flags, no line. */
static void test_bug_table_without_lines(void **state)
{
	char *path = xasprintf("%s/t.c", dir), *text = path_read(path, NULL);
	char *first, *second;
	FILE *f = fopen(path, "w");

	(void)state;
	fputs("asm(\".section __bug_table, \\\"aw\\\"\\n.long f - .\\n.word 1\" PLUS \"\\n"
	      ".text\\nf: ret\\n\");\n", f);
	fclose(f);
	first = hash_with("'-DPLUS=\"\"'");
	second = hash_with("'-DPLUS=\"+1\"'");
	assert_string_not_equal(first, second);
	f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
	free(second);
	free(first);
	free(text);
	free(path);
}

/* By time and size an object is known: only another one is read. */
static void test_manifest(void **state)
{
	char *a = object("a", ""), *b = object("b", "-DCONSTANT=13");
	char *manifest = xasprintf("%s/manifest", dir), *first, *second, *third;
	char *paths[] = { a, b }, err[256];
	struct stat st;
	struct timespec times[2];

	(void)state;
	assert_int_equal(code_hash__objects(paths, 2, manifest, &first, err, sizeof(err)), 0);
	/* other bytes under the same time and size: what is remembered counts */
	assert_int_equal(stat(a, &st), 0);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	assert_int_equal(truncate(a, 0), 0);
	assert_int_equal(truncate(a, st.st_size), 0);
	assert_int_equal(utimensat(AT_FDCWD, a, times, 0), 0);
	assert_int_equal(code_hash__objects(paths, 2, manifest, &second, err, sizeof(err)), 0);
	assert_string_equal(first, second);
	/* another time: it is read, and is no object */
	assert_int_equal(utimensat(AT_FDCWD, a, NULL, 0), 0);
	assert_int_equal(code_hash__objects(paths, 2, manifest, &third, err, sizeof(err)), -1);
	assert_non_null(strstr(err, "is not an ELF object"));
	assert_null(third);
	free(second);
	free(first);
	free(manifest);
	free(b);
	free(a);
}

static int set_up(void **state)
{
	char *path;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = xasprintf("%s/t.c", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(source, f);
	fclose(f);
	free(path);
	return 0;
}

static int tear_down(void **state)
{
	char *command = xasprintf("rm -rf '%s'", dir);
	int e = system(command);

	(void)state;
	free(command);
	return e;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_other),
		cmocka_unit_test(test_bug_table_without_lines),
		cmocka_unit_test(test_manifest),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
