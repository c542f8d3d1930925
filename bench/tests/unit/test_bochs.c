// SPDX-License-Identifier: GPL-2.0
/*
 * Bochs's files: the channel out of what it prints, and the image of the host's
 * memory.
 */
#include <elf.h>
#include <errno.h>

#include "unit.h"
#include "bochs_channel.h"
#include "bochs_image.h"
#include "scratch.h"
#include "util.h"

static void assert_filtered(const char *said, const char *channel)
{
	char *text = xstrdup(said);

	bochs_channel__filter(text);
	assert_string_equal(text, channel);
	free(text);
}

static void the_channels_lines_are_kept(void **state)
{
	(void)state;
	assert_filtered("=====\n  Bochs x86 Emulator 2.7\n=====\n"
			"Next at t=0\n"
			"(0) [0x0000fffffff0] f000:fff0 (unk. ctxt): jmp .+13 ; e90d00\n"
			"0 d7ef3967 hello 1\n"
			"1 4c1e45e5 str release 6.1.192\n"
			"(0).[175000000] [0x000001000500] 0010:ffff (unk. ctxt): nop ; 90\n"
			"2 b9a11175 bye 1\n",
			"0 d7ef3967 hello 1\n"
			"1 4c1e45e5 str release 6.1.192\n"
			"2 b9a11175 bye 1\n");
	assert_filtered("", "");
}

static void a_line_cut_in_two_by_the_debugger_is_whole(void **state)
{
	(void)state;
	assert_filtered("26 2db98179 num to"
			"(0).[162660809] [0x000001000500] 0010:ffffffff81000500 (unk. ctxt): out dx, al ; ee\n"
			"(0).[162660810] [0x000001000501] 0010:ffffffff81000501 (unk. ctxt): ret ; c3\n"
			"tal 2548\n"
			"(0) [0x000001000500] 0010:0 (unk. ctxt): nop ; 90\n"
			"27 8843be1a num irqs 0\n",
			"26 2db98179 num total 2548\n27 8843be1a num irqs 0\n");
	/* One that is cut by the end of the file stays cut, and is found to be. */
	assert_filtered("26 2db98179 num to(0).[5] [0x0] nop", "26 2db98179 num to");
}

static void the_end_is_what_bochs_says(void **state)
{
	char *why;

	(void)state;
	why = bochs_channel__exit("00162660809p[UNMAP ] >>PANIC<< Shutdown port\n=====\n"
				  "Bochs is exiting with the following message:\n"
				  "[UNMAP ] Shutdown port: shutdown requested\n=====\n");
	assert_string_equal(why, "[UNMAP ] Shutdown port: shutdown requested");
	free(why);
	assert_null(bochs_channel__exit("killed\n"));
}

/* A kernel of one segment with an entry, as far as an image goes. */
struct tiny {
	Elf64_Ehdr elf;
	Elf64_Phdr load, note;
	struct {
		Elf64_Nhdr head;
		char owner[4];
		uint64_t entry;
	} xen;
	char text[8];
};

static struct tiny tiny_kernel(void)
{
	struct tiny t = {
		.elf = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
				     EV_CURRENT },
			.e_type = ET_EXEC, .e_machine = EM_X86_64,
			.e_version = EV_CURRENT, .e_ehsize = sizeof(Elf64_Ehdr),
			.e_phoff = offsetof(struct tiny, load),
			.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 2,
		},
		.load = {
			.p_type = PT_LOAD, .p_offset = offsetof(struct tiny, text),
			.p_paddr = 0x1000000, .p_filesz = 8, .p_memsz = 0x5001,
		},
		.note = {
			.p_type = PT_NOTE, .p_offset = offsetof(struct tiny, xen),
			.p_filesz = sizeof(t.xen),
		},
		.xen = {
			.head = { .n_namesz = 4, .n_descsz = 8, .n_type = 18 },
			.owner = "Xen", .entry = 0x1000004,
		},
		.text = "kernel!",
	};

	return t;
}

static void put(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

/* Return: of bochs_image__write(), with the image's text in *image. */
static int write_image(const struct tiny *t, const char *initrd, size_t size,
		       unsigned int mib, char **image, size_t *image_size,
		       char err[256])
{
	char dir[] = "/tmp/test_bochs.XXXXXX";
	char *vmlinux = xasprintf("%s/vmlinux", mkdtemp(dir));
	char *archive = xasprintf("%s/initrd", dir);
	char *path = xasprintf("%s/image", dir);
	const struct bochs_image i = {
		.vmlinux = vmlinux, .initrd = archive, .cmdline = "quiet",
		.memory = (uint64_t)mib << 20,
	};
	int r;

	put(vmlinux, t, sizeof(*t));
	put(archive, initrd, size);
	r = bochs_image__write(&i, path, err, 256);
	*image = r ? NULL : path_read(path, image_size);
	free(path);
	free(archive);
	free(vmlinux);
	scratch__remove(dir);
	return r;
}

static uint64_t word_at(const char *image, uint64_t address, size_t size)
{
	uint64_t n = 0;

	memcpy(&n, image + address - IMAGE_ADDRESS, size);
	return n;
}

/* Everything lies where the ROM and the kernel look for it. */
static void an_image_has_kernel_archive_and_what_the_entry_wants(void **state)
{
	struct tiny t = tiny_kernel();
	char *image, err[256] = "";
	uint64_t start, module;
	size_t size;

	(void)state;
	assert_int_equal(write_image(&t, "archive", 7, 64, &image, &size, err), 0);
	assert_string_equal(err, "");
	assert_string_equal(image + 0x1000000 - IMAGE_ADDRESS, "kernel!");
	/* After .bss, on a page of its own. */
	assert_memory_equal(image + 0x1006000 - IMAGE_ADDRESS, "archive", 7);
	assert_int_equal(size, 0x1006000 - IMAGE_ADDRESS + 7);
	assert_int_equal(word_at(image, IMAGE_ADDRESS + IMAGE_NR_BLOCKS, 4), 2);
	assert_int_equal(word_at(image, IMAGE_ADDRESS + IMAGE_ENTRY, 4), 0x1000004);

	start = word_at(image, IMAGE_ADDRESS + IMAGE_START, 4);
	assert_int_equal(word_at(image, start, 4), 0x336ec578);
	assert_int_equal(word_at(image, start + 12, 4), 1);	/* modules */
	module = word_at(image, start + 16, 8);
	assert_int_equal(word_at(image, module, 8), 0x1006000);
	assert_int_equal(word_at(image, module + 8, 8), 7);
	assert_string_equal(image + word_at(image, start + 24, 8) - IMAGE_ADDRESS,
			    "quiet");
	free(image);
}

static void what_does_not_fit_is_said(void **state)
{
	struct tiny t = tiny_kernel();
	char *image, err[256] = "", *archive = xcalloc(1, 9 << 20);
	size_t size;

	(void)state;
	/* 16 MiB below the kernel, 9 of archive and as much to unpack it. */
	assert_int_equal(write_image(&t, archive, 9 << 20, 32, &image, &size, err),
			 -E2BIG);
	assert_non_null(strstr(err, "an initramfs of 9 MiB do not fit into the host's 32 MiB"));
	assert_int_equal(write_image(&t, archive, 9 << 20, 36, &image, &size, err), 0);
	free(image);
	free(archive);
}

static void a_file_that_is_no_such_kernel_is_refused(void **state)
{
	struct tiny t = tiny_kernel();
	char *image, err[256] = "";
	size_t size;

	(void)state;
	t.xen.head.n_type = 17;
	assert_int_equal(write_image(&t, "a", 1, 64, &image, &size, err), -EINVAL);
	assert_non_null(strstr(err, "no PVH entry: CONFIG_PVH is off"));
	t = tiny_kernel();
	t.load.p_paddr = 0x100000;
	assert_int_equal(write_image(&t, "a", 1, 64, &image, &size, err), -EINVAL);
	assert_non_null(strstr(err, "linked for 0x100000, below 16 MiB"));
	t = tiny_kernel();
	t.load.p_filesz = 4096;
	assert_int_equal(write_image(&t, "a", 1, 64, &image, &size, err), -ENOEXEC);
	assert_non_null(strstr(err, "cut short"));
	t.elf.e_ident[0] = 0;
	assert_int_equal(write_image(&t, "a", 1, 64, &image, &size, err), -EINVAL);
	assert_non_null(strstr(err, "not an ELF file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_channels_lines_are_kept),
		cmocka_unit_test(a_line_cut_in_two_by_the_debugger_is_whole),
		cmocka_unit_test(the_end_is_what_bochs_says),
		cmocka_unit_test(an_image_has_kernel_archive_and_what_the_entry_wants),
		cmocka_unit_test(what_does_not_fit_is_said),
		cmocka_unit_test(a_file_that_is_no_such_kernel_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
