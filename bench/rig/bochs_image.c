// SPDX-License-Identifier: GPL-2.0
/*
 * From a vmlinux and its initramfs to one image of the host's memory, with a
 * header for the ROM and the structures of the PVH boot ABI
 * (Documentation/arch/x86/pvh and include/xen/interface/hvm/start_info.h of the
 * kernel).
 */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bochs_image.h"
#include "util.h"

#define PVH_MAGIC	0x336ec578
#define PVH_VERSION	1		/* with a memory map */
#define PVH_NOTE	18		/* XEN_ELFNOTE_PHYS32_ENTRY */
#define PVH_RAM		1		/* as in E820 */

struct pvh_start {
	uint32_t magic, version, flags, nr_modules;
	uint64_t modules, cmdline, rsdp, memory;
	uint32_t nr_memory, reserved;
};

struct pvh_module {
	uint64_t address, size, cmdline, reserved;
};

struct pvh_memory {
	uint64_t address, size;
	uint32_t type, reserved;
};

/* What the first block holds. */
struct head {
	uint32_t word[IMAGE_HEADER / 4];
	struct pvh_start start;
	struct pvh_module initrd;
	struct pvh_memory memory[2];
	char cmdline[4096];
};

#define AT_HEAD(field)	(IMAGE_ADDRESS + offsetof(struct head, field))
#define LOW_MEMORY	0x9f000		/* up to the ROMs of a PC */
#define HIGH_MEMORY	0x100000
#define PAGE		4096

/* A vmlinux that is open. */
struct kernel {
	const char *path;
	int fd;
	Elf *elf;
	uint32_t entry;			/* physical */
	uint64_t end;			/* ... after its last byte, .bss included */
};

static uint64_t page_up(uint64_t n)
{
	return (n + PAGE - 1) / PAGE * PAGE;
}

/* Look for the entry among the notes of one segment. */
static bool find_entry(struct kernel *k, const GElf_Phdr *ph)
{
	Elf_Data *data = elf_getdata_rawchunk(k->elf, ph->p_offset,
					      ph->p_filesz, ELF_T_NHDR);
	size_t at = 0, name, desc;
	GElf_Nhdr n;

	while (data && (at = gelf_getnote(data, at, &n, &name, &desc))) {
		const char *owner = (char *)data->d_buf + name;

		if (n.n_type == PVH_NOTE && n.n_namesz == sizeof("Xen") &&
		    !memcmp(owner, "Xen", sizeof("Xen")) && n.n_descsz >= 4) {
			memcpy(&k->entry, (char *)data->d_buf + desc, 4);
			return true;
		}
	}
	return false;
}

static int fail(char *err, size_t errlen, int e, const char *fmt, ...)
	PRINTF(4, 5);
static int fail(char *err, size_t errlen, int e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	return e;
}

/* Where it lies and where it is entered. Return: 0 or -errno. */
static int look(struct kernel *k, char *err, size_t errlen)
{
	bool entry = false;
	GElf_Phdr ph;
	size_t nr;

	if (!k->elf || elf_getphdrnum(k->elf, &nr))
		return fail(err, errlen, -EINVAL, "%s: not an ELF file", k->path);
	for (size_t i = 0; i < nr && gelf_getphdr(k->elf, i, &ph); i++) {
		if (ph.p_type == PT_NOTE)
			entry |= find_entry(k, &ph);
		if (ph.p_type != PT_LOAD)
			continue;
		if (ph.p_paddr < IMAGE_ADDRESS + sizeof(struct head))
			return fail(err, errlen, -EINVAL, "%s: linked for 0x%llx, below 16 MiB where the image begins",
				    k->path, (unsigned long long)ph.p_paddr);
		if (ph.p_paddr + ph.p_memsz > k->end)
			k->end = ph.p_paddr + ph.p_memsz;
	}
	if (!entry)
		return fail(err, errlen, -EINVAL, "%s: no PVH entry: CONFIG_PVH is off in that kernel",
			    k->path);
	return 0;
}

static int put(int fd, const void *data, size_t size, uint64_t address)
{
	const char *p = data;
	uint64_t at = address - IMAGE_ADDRESS;

	while (size) {
		ssize_t n = pwrite(fd, p, size, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		p += n;
		at += n;
		size -= n;
	}
	return 0;
}

static int put_kernel(int fd, const struct kernel *k)
{
	GElf_Phdr ph;
	size_t nr, size;
	char *raw = elf_rawfile(k->elf, &size);
	int r = 0;

	elf_getphdrnum(k->elf, &nr);
	for (size_t i = 0; i < nr && !r && gelf_getphdr(k->elf, i, &ph); i++) {
		if (ph.p_type != PT_LOAD)
			continue;
		if (ph.p_offset > size || ph.p_filesz > size - ph.p_offset)
			return -ENOEXEC;
		r = put(fd, raw + ph.p_offset, ph.p_filesz, ph.p_paddr);
	}
	return r;
}

/* The header, for a kernel and an initramfs at that address of that size. */
static void fill_head(struct head *h, const struct bochs_image *image,
		      const struct kernel *k, uint64_t initrd, size_t size)
{
	uint64_t bytes = initrd + size - IMAGE_ADDRESS;

	h->word[IMAGE_NR_BLOCKS / 4] = (bytes + IMAGE_BLOCK - 1) / IMAGE_BLOCK;
	h->word[IMAGE_ENTRY / 4] = k->entry;
	h->word[IMAGE_START / 4] = AT_HEAD(start);
	h->start = (struct pvh_start) {
		.magic = PVH_MAGIC, .version = PVH_VERSION,
		.nr_modules = 1, .modules = AT_HEAD(initrd),
		.cmdline = AT_HEAD(cmdline),
		.nr_memory = ARRAY_SIZE(h->memory), .memory = AT_HEAD(memory),
	};
	h->initrd = (struct pvh_module) { .address = initrd, .size = size };
	h->memory[0] = (struct pvh_memory) { 0, LOW_MEMORY, PVH_RAM, 0 };
	h->memory[1] = (struct pvh_memory) {
		HIGH_MEMORY, image->memory - HIGH_MEMORY, PVH_RAM, 0
	};
	strcpy(h->cmdline, image->cmdline);
}

static int write_file(const struct bochs_image *image, const struct kernel *k,
		      const char *initrd, size_t size, const char *path,
		      char *err, size_t errlen)
{
	const uint64_t at = page_up(k->end);
	struct head *h = xcalloc(1, sizeof(*h));
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int r = fd < 0 ? -errno : 0;

	fill_head(h, image, k, at, size);
	if (!r)
		r = put(fd, h, sizeof(*h), IMAGE_ADDRESS);
	if (!r)
		r = put_kernel(fd, k);
	if (!r)
		r = put(fd, initrd, size, at);
	if (fd >= 0 && close(fd) && !r)
		r = -errno;
	free(h);
	if (r == -ENOEXEC)
		return fail(err, errlen, r, "%s: cut short", k->path);
	return r ? fail(err, errlen, r, "%s: %s", path, strerror(-r)) : 0;
}

/* Does everything fit where it is to lie? Return: 0 or -errno. */
static int check_room(const struct bochs_image *image, const struct kernel *k,
		      size_t initrd, char *err, size_t errlen)
{
	uint64_t end = page_up(k->end) + initrd;
	const size_t most = sizeof(((struct head *)0)->cmdline) - 1;

	if (strlen(image->cmdline) > most)
		return fail(err, errlen, -E2BIG, "the kernel's command line has %zu bytes, the most is %zu",
			    strlen(image->cmdline), most);
	/* The kernel unpacks the archive, and wants as much again for that. */
	if (end + initrd > image->memory)
		return fail(err, errlen, -E2BIG, "%s and an initramfs of %zu MiB do not fit into the host's %llu MiB of memory",
			    k->path, initrd >> 20,
			    (unsigned long long)image->memory >> 20);
	return 0;
}

int bochs_image__write(const struct bochs_image *image, const char *path,
		       char *err, size_t errlen)
{
	struct kernel k = {
		.path = image->vmlinux,
		.fd = open(image->vmlinux, O_RDONLY | O_CLOEXEC),
	};
	size_t size = 0;
	char *initrd;
	int r;

	if (k.fd < 0)
		return fail(err, errlen, -errno, "%s: %s", k.path, strerror(errno));
	initrd = path_read(image->initrd, &size);
	if (!initrd) {
		r = fail(err, errlen, -errno, "%s: %s", image->initrd,
			 strerror(errno));
	} else {
		elf_version(EV_CURRENT);
		k.elf = elf_begin(k.fd, ELF_C_READ_MMAP, NULL);
		r = look(&k, err, errlen);
		if (!r)
			r = check_room(image, &k, size, err, errlen);
		if (!r)
			r = write_file(image, &k, initrd, size, path, err,
				       errlen);
		elf_end(k.elf);
		free(initrd);
	}
	close(k.fd);
	return r;
}
