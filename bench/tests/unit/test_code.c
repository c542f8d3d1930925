// SPDX-License-Identifier: GPL-2.0
/*
 * What a kernel's code says without being run: instructions of known bytes,
 * and small ELF files made here with the compiler, whose frames, arguments and
 * offsets are worked out by hand.
 */
#include <unistd.h>

#include "unit.h"

#include "code_diff.h"
#include "image.h"
#include "insn.h"
#include "layout.h"
#include "listing.h"
#include "mca.h"
#include "static_text.h"
#include "util.h"

/*
 * framed: 8 of the return address, 8 of rbx, 40. walk has a label inside that
 * is no function, a jump, a string, a call and a variable. PAD moves all of it,
 * NOP plants one instruction.
 */
static const char source[] =
	"struct inner { int a, b; };\n"
	"struct thing { long first; struct inner in; union { long u;\n"
	"	struct { char c0; char c1; }; }; const struct inner last; };\n"
	"#ifdef PAD\n"
	"int more_data[16] = { 1 };\n"
	"const char more_text[] = \"moves what comes after\";\n"
	"asm(\".text\\n.skip 80, 0x90\\n\");\n"
	"#endif\n"
	"asm(\".cfi_sections .debug_frame\\n\"\n"
	"    \".globl framed\\n.type framed, @function\\nframed:\\n\"\n"
	"    \".cfi_startproc\\npush %rbx\\n.cfi_adjust_cfa_offset 8\\n\"\n"
	"    \"sub $40, %rsp\\n.cfi_adjust_cfa_offset 40\\n\"\n"
	"    \"add $40, %rsp\\n.cfi_adjust_cfa_offset -40\\n\"\n"
	"    \"pop %rbx\\n.cfi_adjust_cfa_offset -8\\nret\\n\"\n"
	"    \".cfi_endproc\\n.size framed, .-framed\\n\"\n"
	"    \".type based, @function\\nbased:\\n.cfi_startproc\\npush %rbp\\n\"\n"
	"    \".cfi_def_cfa_offset 16\\nmov %rsp, %rbp\\n\"\n"
	"    \".cfi_def_cfa_register 6\\nsub $96, %rsp\\nleave\\n\"\n"
	"    \".cfi_def_cfa 7, 8\\nret\\n.cfi_endproc\\n.size based, .-based\\n\"\n"
	"    \".type outer, @function\\nouter:\\nnop\\n.type within, @function\\n\"\n"
	"    \"within:\\nnop\\n.size within, .-within\\n\"\n"
	"    \".type later, @function\\nlater:\\nnop\\n.size later, .-later\\n\"\n"
	"    \"nop\\n.size outer, .-outer\\n\"\n"
	"    \".section .rodata.str1.1,\\\"aMS\\\",@progbits,1\\n\"\n"
	"    \"1000: .asciz \\\"hello\\\"\\n.text\\n\"\n"
	"    \".globl walk\\n.type walk, @function\\nwalk:\\ntest %edi, %edi\\n\"\n"
	"    \"je 1f\\nmov $1000b, %rdi\\ncall helper\\ninside:\\n\"\n"
	"#ifdef NOP\n"
	"    \"nop\\n\"\n"
	"#endif\n"
	"    \"incl counter(%rip)\\n1: ret\\nnop\\nint3\\n.size walk, .-walk\\n\"\n"
	"    \".skip 7, 0xcc\\n\");\n"
	"int counter = 1;\n"
	"int helper(struct thing *t, int b, long c)\n"
	"{ long sum = t->in.b + b; return sum + c; }\n"
	"int nothing(void) { return 3; }\n";

static char *made[16];
static size_t nr_made;

static void run(const char *command)
{
	if (system(command))
		fail_msg("failed: %s", command);
}

/* A kernel folder in a new temporary one, with a debug file or without. */
static const char *make_folder(const char *flags, bool debug)
{
	char *dir = xasprintf("%s/faultline-code.XXXXXX",
			      getenv("TMPDIR") ?: "/tmp");
	char *path, *command;
	FILE *f;

	assert_non_null(mkdtemp(dir));
	made[nr_made++] = dir;
	path = xasprintf("%s/t.c", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(source, f);
	fclose(f);
	command = xasprintf("cd %s && mkdir objs && gcc -g -gz=zlib -O2 %s -mcmodel=kernel -fno-pic -fno-pie -ffreestanding -fcf-protection=none -fno-asynchronous-unwind-tables -c -o objs/t.o t.c && "
			    "gcc -nostdlib -static -no-pie -Wl,-Ttext-segment=0xffffffff81000000,--build-id,-e,walk -o vmlinux objs/t.o && %s",
			    dir, flags, debug ?
			    "objcopy --only-keep-debug vmlinux vmlinux.debug && objcopy --strip-debug vmlinux" :
			    "objcopy --strip-debug vmlinux");
	run(command);
	free(command);
	free(path);
	return dir;
}

static int remove_folders(void **state)
{
	(void)state;
	while (nr_made) {
		char *command = xasprintf("rm -rf '%s'", made[--nr_made]);

		run(command);
		free(command);
		free(made[nr_made]);
	}
	return 0;
}

static struct image *open_image(const char *dir)
{
	char err[1024] = "";
	struct image *img = image__open(dir, err, sizeof(err));

	if (!img)
		fail_msg("%s", err);
	return img;
}

static void is_refused(const char *dir, const char *because)
{
	char err[1024] = "";
	struct image *img = image__open(dir, err, sizeof(err));

	assert_null(img);
	if (!strstr(err, because))
		fail_msg("\"%s\" does not say \"%s\"", err, because);
}

struct known {
	const char *mnemonic;
	uint8_t len, bytes[12];
	enum insn_kind kind;
	uint64_t target;
	bool loads, stores;
	int64_t disp;
	bool disp_stored;
	uint64_t data;
};

/* At 0x1000; bytes by GNU as, the rest by the manual of the instruction. */
static const struct known known[] = {
	{ "callq", 5, { 0xe8, 0xfb, 0x0f, 0, 0 }, INSN_CALL, 0x2000, false, true },
	{ "callq", 2, { 0xff, 0xd0 }, INSN_CALL_INDIRECT, 0, false, true },
	{ "callq", 3, { 0xff, 0x50, 0x10 }, INSN_CALL_INDIRECT, 0, true, true, 0x10 },
	{ "jmp", 2, { 0xeb, 0x0e }, INSN_JMP, 0x1010, false, false },
	{ "jmpq", 2, { 0xff, 0xe0 }, INSN_JMP_INDIRECT, 0, false, false },
	{ "je", 2, { 0x74, 0xfe }, INSN_JCC, 0x1000, false, false },
	{ "loop", 2, { 0xe2, 0xfe }, INSN_JCC, 0x1000, false, false },
	{ "retq", 1, { 0xc3 }, INSN_RET, 0, true, false },
	{ "iretq", 2, { 0x48, 0xcf }, INSN_IRET, 0, true, false },
	{ "syscall", 2, { 0x0f, 0x05 }, INSN_SYSCALL, 0, false, false },
	{ "sysretq", 3, { 0x48, 0x0f, 0x07 }, INSN_SYSRET, 0, false, false },
	{ "vmrun", 3, { 0x0f, 0x01, 0xd8 }, INSN_VMRUN, 0, false, false },
	{ "pushq", 1, { 0x53 }, INSN_PLAIN, 0, false, true },
	{ "popq", 1, { 0x5b }, INSN_PLAIN, 0, true, false },
	{ "movq", 4, { 0x48, 0x89, 0x43, 0x08 }, INSN_PLAIN, 0, false, true, 8, true },
	{ "movq", 4, { 0x48, 0x8b, 0x43, 0x08 }, INSN_PLAIN, 0, true, false, 8, false },
	{ "addq", 8, { 0x48, 0x83, 0x87, 0x48, 0x1b, 0, 0, 1 }, INSN_PLAIN, 0, true, true, 0x1b48, true },
	{ "cmpq", 5, { 0x48, 0x83, 0x7f, 0x08, 0 }, INSN_PLAIN, 0, true, false, 8, false },
	{ "testb", 4, { 0xf6, 0x47, 0x08, 0x01 }, INSN_PLAIN, 0, true, false, 8, false },
	{ "testb", 7, { 0xf6, 0x05, 0, 1, 0, 0, 1 }, INSN_PLAIN, 0, true, false, 0, false, 0x1107 },
	{ "setb", 4, { 0x0f, 0x92, 0x47, 0x08 }, INSN_PLAIN, 0, false, true, 8, true },
	{ "leaq", 4, { 0x48, 0x8d, 0x43, 0x08 }, INSN_PLAIN, 0, false, false },
	{ "rep stosq", 3, { 0xf3, 0x48, 0xab }, INSN_PLAIN, 0, false, true, 0, true },
	{ "rep movsq", 3, { 0xf3, 0x48, 0xa5 }, INSN_PLAIN, 0, true, true, 0, true },
	{ "lock cmpxchgq", 5, { 0xf0, 0x48, 0x0f, 0xb1, 0x17 }, INSN_PLAIN, 0, true, true, 0, true },
	{ "endbr64", 4, { 0xf3, 0x0f, 0x1e, 0xfa }, INSN_PLAIN, 0, false, false },
	{ "rdpid", 4, { 0xf3, 0x0f, 0xc7, 0xf8 }, INSN_PLAIN, 0, false, false },
	{ "serialize", 3, { 0x0f, 0x01, 0xe8 }, INSN_PLAIN, 0, false, false },
	{ "nopl", 4, { 0x0f, 0x1f, 0x40, 0 }, INSN_PLAIN, 0, false, false },
};

static void instructions_say_what_they_do(void **state)
{
	struct decoder *d = decoder__new();

	(void)state;
	assert_non_null(d);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const struct known *k = &known[i];
		struct insn in;

		insn__decode(d, &in, 0x1000, k->bytes, k->len);
		if (strcmp(in.mnemonic, k->mnemonic) || in.len != k->len ||
		    in.kind != k->kind || in.target != k->target ||
		    in.loads != k->loads || in.stores != k->stores ||
		    in.disp != k->disp || in.disp_stored != k->disp_stored ||
		    in.data != k->data ||
		    in.repeats != !strncmp(k->mnemonic, "rep ", 4) ||
		    in.unknown)
			fail_msg("row %zu, %s: %s %s len %d kind %d target %lx loads %d stores %d disp %ld stored %d unknown %d",
				 i, k->mnemonic, in.mnemonic, in.operands,
				 in.len, in.kind, in.target, in.loads,
				 in.stores, in.disp, in.disp_stored,
				 in.unknown);
	}
	decoder__free(d);
}

static void bytes_that_are_no_instruction_are_unknown(void **state)
{
	static const uint8_t bytes[] = { 0x06, 0x06, 0x06 };
	struct decoder *d = decoder__new();
	struct insn in;

	(void)state;
	insn__decode(d, &in, 0, bytes, sizeof(bytes));
	assert_true(in.unknown);
	assert_int_equal(in.len, 3);
	decoder__free(d);
}

static void an_image_knows_functions_lines_frames_and_arguments(void **state)
{
	struct image *img = open_image(make_folder("", true));
	const struct func *framed = image__func(img, "framed");
	const struct func *walk = image__func(img, "walk");
	const struct func *helper = image__func(img, "helper");
	const char *file = NULL;
	uint8_t bytes[2];
	uint64_t at;
	int line = 0;

	(void)state;
	assert_non_null(framed);
	assert_non_null(walk);
	assert_int_equal(framed->size, 11);
	assert_int_equal(image__frame(img, framed), 8 + 8 + 40);
	assert_int_equal(image__frame(img, image__func(img, "based")), -1);
	assert_int_equal(image__frame(img, walk), -1);
	assert_int_equal(image__args(img, helper), 3);
	assert_int_equal(image__args(img, image__func(img, "nothing")), 0);
	assert_int_equal(image__args(img, framed), -1);
	assert_true(image__line(img, helper->addr, &file, &line));
	assert_string_equal(strrchr(file, '/') + 1, "t.c");
	/* The label inside does not split walk, and padding is in none. */
	assert_ptr_equal(image__func_at(img, walk->addr + walk->size - 1),
			 image__func_at(img, walk->addr));
	assert_string_equal(image__func_at(img, walk->addr + 15)->name, "walk");
	at = image__func(img, "outer")->addr;
	assert_string_equal(image__func_at(img, at + 1)->name, "within");
	assert_string_equal(image__func_at(img, at + 3)->name, "outer");
	assert_null(image__func(img, "inside"));
	assert_null(image__func_at(img, walk->addr + walk->size));
	assert_int_not_equal(image__symbol(img, "inside"), 0);
	assert_int_equal(image__symbol(img, "nosuch"), 0);
	assert_int_equal(image__bytes(img, walk->addr, bytes, 2), 0);
	assert_int_equal(bytes[0], 0x85);	/* test %edi, %edi */
	assert_int_equal(bytes[1], 0xff);
	assert_true(image__bytes(img, 16, bytes, 2) < 0);
	image__close(img);
}

static void offsets_go_into_members_named_and_not(void **state)
{
	struct image *img = open_image(make_folder("", true));

	(void)state;
	assert_int_equal(image__offset_of(img, "thing", "first"), 0);
	assert_int_equal(image__offset_of(img, "thing", "in.b"), 12);
	assert_int_equal(image__offset_of(img, "thing", "u"), 16);
	assert_int_equal(image__offset_of(img, "thing", "c1"), 17);
	assert_int_equal(image__offset_of(img, "thing", "last.b"), 28);
	assert_int_equal(image__offset_of(img, "thing", "in.c"), -1);
	assert_int_equal(image__offset_of(img, "thing", "first.b"), -1);
	assert_int_equal(image__offset_of(img, "nosuch", "a"), -1);
	image__close(img);
}

static void without_types_arguments_are_not_known(void **state)
{
	struct image *img = open_image(make_folder("-g1", true));

	(void)state;
	assert_int_equal(image__args(img, image__func(img, "helper")), -1);
	assert_int_equal(image__args(img, image__func(img, "nothing")), -1);
	assert_int_equal(image__frame(img, image__func(img, "framed")), 56);
	image__close(img);
}

static void without_a_debug_file_nothing_is_zero(void **state)
{
	struct image *img = open_image(make_folder("", false));
	const struct func *framed = image__func(img, "framed");
	const char *file;
	int line;

	(void)state;
	assert_false(image__has_debug(img));
	assert_int_equal(framed->size, 11);
	assert_int_equal(image__frame(img, framed), -1);
	assert_int_equal(image__args(img, image__func(img, "helper")), -1);
	assert_int_equal(image__offset_of(img, "thing", "first"), -1);
	assert_false(image__line(img, framed->addr, &file, &line));
	image__close(img);
}

static void what_is_no_kernel_of_ours_is_refused(void **state)
{
	const char *dir = make_folder("", true);
	const char *other = make_folder("-DNOP", true);
	char *command = xasprintf("cp %s/vmlinux.debug %s", other, dir);

	(void)state;
	run(command);
	free(command);
	is_refused(dir, "of another build");
	command = xasprintf("rm %s/vmlinux.debug && strip %s/vmlinux", dir, dir);
	run(command);
	free(command);
	is_refused(dir, "stripped");
	command = xasprintf("echo no > %s/vmlinux", dir);
	run(command);
	free(command);
	is_refused(dir, "not an ELF file");
	command = xasprintf("rm %s/vmlinux", dir);
	run(command);
	free(command);
	is_refused(dir, "No such file");
}

static struct listing list(struct image *img, const char *function)
{
	struct decoder *d = decoder__new();
	const struct func *f = image__func(img, function);
	struct listing l;

	assert_non_null(f);
	l = listing__make(img, d, f);
	decoder__free(d);
	return l;
}

static void a_listing_has_names_for_addresses(void **state)
{
	static const char *const want[] = {
		"\ttestl %edi, %edi", "\tje .L1", "\tmovq $\"hello\", %rdi",
		"\tcallq helper", "\tincl counter(%rip)", ".L1:", "\tretq",
	};
	struct image *img = open_image(make_folder("", false));
	struct listing l = list(img, "walk");

	(void)state;
	assert_int_equal(l.nr, ARRAY_SIZE(want));
	assert_int_equal(l.insns, ARRAY_SIZE(want) - 1);
	for (size_t i = 0; i < l.nr; i++) {
		if (strcmp(l.line[i].text, want[i]))
			fail_msg("line %zu is \"%s\", not \"%s\"", i,
				 l.line[i].text, want[i]);
	}
	listing__free(&l);
	image__close(img);
}

static void the_same_code_elsewhere_has_the_same_listing(void **state)
{
	struct image *a = open_image(make_folder("", false));
	struct image *b = open_image(make_folder("-DPAD", false));
	struct listing la = list(a, "walk"), lb = list(b, "walk");

	(void)state;
	assert_int_not_equal(image__func(a, "walk")->addr,
			     image__func(b, "walk")->addr);
	assert_int_not_equal(image__symbol(a, "counter"),
			     image__symbol(b, "counter"));
	assert_true(listing__same(&la, &lb));
	lb.line[3].text[1] = 'j';	/* another target */
	assert_false(listing__same(&la, &lb));
	lb.line[3].text[1] = 'c';
	assert_true(listing__same(&la, &lb));
	/* Text is not all: another encoding is other code. */
	lb.line[0].bytes[0] ^= 2;
	assert_false(listing__same(&la, &lb));
	listing__free(&la);
	listing__free(&lb);
	image__close(a);
	image__close(b);
}

static void a_planted_nop_is_one_line_of_the_diff(void **state)
{
	struct image *a = open_image(make_folder("", false));
	struct image *b = open_image(make_folder("-DPAD -DNOP", false));
	struct listing la = list(a, "walk"), lb = list(b, "walk");
	char err[256] = "", *diff = listing__diff(&la, "base", &lb, "mine", err,
						  sizeof(err));
	size_t plus = 0, minus = 0;

	(void)state;
	assert_false(listing__same(&la, &lb));
	assert_non_null(diff);
	assert_int_equal(strncmp(diff, "--- base\n+++ mine\n", 18), 0);
	for (const char *p = diff + 17; p; p = strchr(p + 1, '\n')) {
		plus += p[1] == '+';
		minus += p[1] == '-';
	}
	assert_int_equal(plus, 1);
	assert_int_equal(minus, 0);
	assert_non_null(strstr(diff, "\n+\tnop"));
	free(diff);
	listing__free(&la);
	listing__free(&lb);
	image__close(a);
	image__close(b);
}

static void layouts_say_why_there_is_none(void **state)
{
	const char *with = make_folder("", true);
	const char *without = make_folder("", false);
	char err[1024] = "", *text;

	(void)state;
	assert_null(layout__text(without, "thing", err, sizeof(err)));
	assert_non_null(strstr(err, "vmlinux.debug"));
	text = layout__text(with, "thing", err, sizeof(err));
	assert_non_null(text);
	assert_non_null(strstr(text, "size: 32"));
	free(text);
	assert_null(layout__text(with, "nosuch", err, sizeof(err)));
	assert_string_equal(err, "no struct nosuch");
	setenv("PATH", "/nonexistent", 1);
	text = layout__text(with, "thing", err, sizeof(err));
	setenv("PATH", "/usr/bin:/bin", 1);
	assert_null(text);
	assert_non_null(strstr(err, "dwarves"));
}

static void handlers_are_compared_function_by_function(void **state)
{
	const char *dir_a = make_folder("", true);
	const char *dir_b = make_folder("-DPAD -DNOP", false);
	struct image *a = open_image(dir_a), *b = open_image(dir_b);
	struct code_diff d;
	char err[512], *text = NULL;
	size_t size;
	struct err e;
	FILE *f;

	(void)state;
	assert_int_equal(code_diff__make(&d, a, dir_a, b, dir_b, err,
					 sizeof(err)), 0);
	assert_int_equal(d.nr, 8);	/* those of the source, inside not */
	assert_int_equal(d.same, 7);
	assert_string_equal(d.row[0].name, "walk");
	assert_int_equal(d.row[0].diff, 1);
	assert_int_equal(d.bytes_b - d.bytes_a, 1);
	code_diff__free(&d);
	image__close(a);
	image__close(b);
	f = open_memstream(&text, &size);
	assert_int_equal(static_text__print(f, "base", dir_a, "mine", dir_b,
					    "framed", &e), 0);
	assert_int_equal(static_text__print(f, "base", dir_a, "mine", dir_b,
					    "walk", &e), 0);
	assert_int_equal(static_text__print(f, "base", dir_a, "mine", dir_b,
					    "nosuch", &e), -1);
	assert_int_equal(e.code, EXIT_UNKNOWN_NAME);
	fclose(f);
	assert_non_null(strstr(text, "7 functions are byte-equal but for addresses, of 8"));
	assert_non_null(strstr(text, "framed is byte-equal but for addresses"));
	assert_non_null(strstr(text, "\n+\tnop"));
	assert_non_null(strstr(text, "B has no vmlinux.debug"));
	free(text);
}

/* Modelled on znver3: add after add takes a cycle each. */
static void modelled_cycles_follow_the_chain(void **state)
{
	static const uint8_t add[] = { 0x48, 0x83, 0xc0, 0x01 };
	static const uint8_t call[] = { 0xe8, 0, 0, 0, 0 };
	static const uint8_t vmload[] = { 0x0f, 0x01, 0xda };
	struct decoder *d = decoder__new();
	struct insn insn[64];
	struct mca few, many, mixed;
	char err[512], *program = spawn__which("llvm-mca");

	(void)state;
	if (!program)
		skip();
	free(program);
	for (size_t i = 0; i < ARRAY_SIZE(insn); i++)
		insn__decode(d, &insn[i], 0, add, sizeof(add));
	assert_int_equal(mca__run(insn, 32, "znver3", &few, err, 512), 0);
	assert_int_equal(mca__run(insn, 64, "znver3", &many, err, 512), 0);
	assert_int_equal(many.cycles - few.cycles, 32);
	assert_int_equal(many.uops, 64);
	assert_int_equal(many.left_out, 0);
	insn__decode(d, &insn[10], 0, call, sizeof(call));
	insn__decode(d, &insn[20], 0, vmload, sizeof(vmload));
	insn[30] = (struct insn) { .len = 1, .mnemonic = "nonsense" };
	assert_int_equal(mca__run(insn, 64, "znver3", &mixed, err, 512), 0);
	/* A call is no 100 cycles, and what nobody knows has no cost at all. */
	assert_true(mixed.cycles < many.cycles);
	assert_int_equal(mixed.insns, 62);
	assert_int_equal(mixed.left_out, 2);
	assert_int_equal(mixed.nr_left, 2);
	assert_string_equal(mixed.left[0].mnemonic, "nonsense");
	assert_string_equal(mixed.left[1].mnemonic, "vmload");
	mca__free(&mixed);
	assert_int_equal(mca__run(insn, 64, "znver9", &mixed, err, 512), -22);
	assert_non_null(strstr(err, "znver9"));
	assert_int_equal(mca__run(insn + 20, 1, "znver3", &mixed, err, 512), -22);
	setenv("PATH", "/nonexistent", 1);
	assert_int_equal(mca__run(insn, 64, "znver3", &mixed, err, 512), -2);
	setenv("PATH", "/usr/bin:/bin", 1);
	assert_non_null(strstr(err, "install the package llvm"));
	decoder__free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions_say_what_they_do),
		cmocka_unit_test(bytes_that_are_no_instruction_are_unknown),
		cmocka_unit_test(an_image_knows_functions_lines_frames_and_arguments),
		cmocka_unit_test(offsets_go_into_members_named_and_not),
		cmocka_unit_test(without_types_arguments_are_not_known),
		cmocka_unit_test(without_a_debug_file_nothing_is_zero),
		cmocka_unit_test(what_is_no_kernel_of_ours_is_refused),
		cmocka_unit_test(a_listing_has_names_for_addresses),
		cmocka_unit_test(the_same_code_elsewhere_has_the_same_listing),
		cmocka_unit_test(a_planted_nop_is_one_line_of_the_diff),
		cmocka_unit_test(layouts_say_why_there_is_none),
		cmocka_unit_test(handlers_are_compared_function_by_function),
		cmocka_unit_test(modelled_cycles_follow_the_chain),
	};

	return cmocka_run_group_tests(tests, NULL, remove_folders);
}
