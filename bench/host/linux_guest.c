// SPDX-License-Identifier: GPL-2.0
/*
 * The Linux guest: a stock kernel at its 64-bit entry with boot_params, an
 * in-kernel irqchip and PIT, a console at port 0x3f8, and init's figures
 * through ports. Memory is one piece in two slots: below REGION what the
 * kernel keeps for itself, above it ZONE_MOVABLE, where every user page comes
 * from and which nothing touched before: a first touch in the guest is a
 * first touch for KVM.
 */
#include <asm/bootparam.h>
#include <elf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "host.h"
#include "linux-guest.h"

#define LOW_SIZE	(48u << 20)
#define ROOM		(32u << 20)	/* what the host keeps for itself */
#define PARAMS_GPA	0x10000u
#define CMDLINE_GPA	0x20000u
#define TABLES_GPA	0x30000u	/* PML4, PDPT, one PD: 1 GiB */
#define INITRD_GPA	(40u << 20)
#define BIOS_GPA	0x9fc00u
#define HIGH_GPA	0x100000u

/*
 * No IO-APIC and no LAPIC timer: the PIT's line goes through the PIC, which
 * needs no table to find it. kernelcore is less than LOW_SIZE by the hole below
 * 1 MiB and the 4 MiB that ZONE_MOVABLE is aligned to.
 */
#define CMDLINE	"earlyprintk=serial,0x3f8,115200,keep loglevel=4 nolapic noapic " \
		"no_timer_check tsc=reliable mitigations=off norandmaps " \
		"kernelcore=46M panic=-1 reboot=t rdinit=/init"

#define UART_THR	0x3f8
#define UART_LSR	0x3fd
#define UART_EMPTY	0x60		/* ready for the next byte */

const char *vm_linux = PLAN_GUESTS "linux/";

struct console {
	char text[16384];		/* what the guest printed */
	size_t size;
};

struct linux_guest {
	struct console console;
	uint32_t told[LINUX_TELLS];
	uint32_t *sample;
	uint64_t nr_samples;
};

bool linux_guest__is_guest(const struct plan_cell *cell)
{
	return !strncmp(cell->guest, PLAN_LINUX, strlen(PLAN_LINUX));
}

bool linux_guest__is_boot(const struct plan_cell *cell)
{
	return !strcmp(cell->guest, PLAN_LINUX "boot") || linux_guest__is_off(cell);
}

bool linux_guest__is_off(const struct plan_cell *cell)
{
	return !strcmp(cell->guest, PLAN_LINUX "off");
}

void linux_guest__create_chips(struct vm *vm)
{
	struct kvm_pit_config pit = { .flags = KVM_PIT_SPEAKER_DUMMY };

	vm_ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0);
	vm_ioctl(vm->fd, KVM_CREATE_PIT2, &pit);
}

/* A whole file to memory at gpa, of which room bytes are free. Its size. */
static size_t load_file(char *to, size_t room, const char *name)
{
	char path[PATH_MAX];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s%s", vm_linux, name);
	f = fopen(path, "r");
	if (!f)
		host_die("%s: %m: the Linux guest is not in the initramfs", path);
	n = fread(to, 1, room, f);
	if (n == room)
		host_die("%s: more than %zu bytes", path, room);
	fclose(f);
	return n;
}

/* Segments of vmlinux to their physical addresses. The entry. */
static uint64_t load_vmlinux(struct vm *vm)
{
	size_t room = 64 << 20, size;
	char *image = malloc(room);
	const Elf64_Ehdr *e = (void *)image;
	const Elf64_Phdr *p;
	uint64_t entry;

	if (!image)
		host_die("out of memory for the guest's kernel");
	size = load_file(image, room, "vmlinux");
	p = (void *)(image + e->e_phoff);
	if (size < sizeof(*e) || memcmp(e->e_ident, ELFMAG, SELFMAG) ||
	    e->e_machine != EM_X86_64 ||
	    e->e_phoff + e->e_phnum * sizeof(*p) > size)
		host_die("%svmlinux: not an x86-64 ELF kernel", vm_linux);
	for (int i = 0; i < e->e_phnum; i++, p++) {
		if (p->p_type != PT_LOAD)
			continue;
		if (p->p_offset + p->p_filesz > size ||
		    p->p_paddr + p->p_memsz > INITRD_GPA)
			host_die("%svmlinux: a segment of %llu bytes at 0x%llx does not fit", vm_linux,
				 (unsigned long long)p->p_memsz,
				 (unsigned long long)p->p_paddr);
		memcpy(vm->low + p->p_paddr, image + p->p_offset, p->p_filesz);
	}
	entry = e->e_entry;
	free(image);
	return entry;
}

/* Documentation/x86/boot.rst: the "zero page". */
static void set_boot_params(struct vm *vm, const struct plan_cell *cell)
{
	struct boot_params *b = (void *)(vm->low + PARAMS_GPA);
	int khz = vm_ioctl(vm->vcpu[0].fd, KVM_GET_TSC_KHZ, 0);

	/* As the host measured it: the same command line for every variant. */
	khz = (khz + 500) / 1000 * 1000;

	snprintf(vm->low + CMDLINE_GPA, 2048, CMDLINE
		 " tsc_early_khz=%d -- %s %llu", khz,
		 cell->guest + strlen(PLAN_LINUX),
		 (unsigned long long)cell->events);
	b->hdr.boot_flag = 0xaa55;
	b->hdr.header = 0x53726448;		/* "HdrS" */
	b->hdr.version = 0x20f;
	b->hdr.type_of_loader = 0xff;
	b->hdr.loadflags = LOADED_HIGH;
	b->hdr.cmd_line_ptr = CMDLINE_GPA;
	b->hdr.cmdline_size = 2047;
	b->hdr.ramdisk_image = INITRD_GPA;
	b->hdr.ramdisk_size = load_file(vm->low + INITRD_GPA,
					LOW_SIZE - INITRD_GPA,
					"initramfs.cpio");
	b->e820_entries = 2;
	b->e820_table[0] = (struct boot_e820_entry) { 0, BIOS_GPA, 1 };
	b->e820_table[1] = (struct boot_e820_entry) {
		HIGH_GPA, LOW_SIZE + vm->region_size - HIGH_GPA, 1 };
}

/* 64-bit mode, the first GiB mapped as it is, flat segments. */
static void set_registers(struct vm *vm, uint64_t entry)
{
	uint64_t *table = (uint64_t *)(vm->low + TABLES_GPA);
	struct kvm_segment seg = {
		.limit = 0xffffffff, .present = 1, .s = 1, .g = 1,
	};
	struct kvm_regs regs = {
		.rip = entry, .rsi = PARAMS_GPA, .rflags = 2,
	};
	struct kvm_sregs s;

	table[0] = (TABLES_GPA + 0x1000) | 3;
	table[512] = (TABLES_GPA + 0x2000) | 3;
	for (uint64_t i = 0; i < 512; i++)
		table[1024 + i] = i << 21 | 0x83;
	vm_ioctl(vm->vcpu[0].fd, KVM_GET_SREGS, &s);
	seg.type = 3;
	seg.selector = 0x18;
	seg.db = 1;
	s.ds = s.es = s.fs = s.gs = s.ss = seg;
	seg.type = 11;
	seg.selector = 0x10;
	seg.db = 0;
	seg.l = 1;
	s.cs = seg;
	s.cr3 = TABLES_GPA;
	s.cr4 |= 1 << 5;			/* PAE */
	s.cr0 |= 1u << 31 | 1;			/* PG PE */
	s.efer |= 1 << 10 | 1 << 8;		/* LMA LME */
	vm_ioctl(vm->vcpu[0].fd, KVM_SET_SREGS, &s);
	vm_ioctl(vm->vcpu[0].fd, KVM_SET_REGS, &regs);
}

/* Bytes that this host has left, page cache and all; 0 where it does not say. */
static uint64_t available(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	unsigned long long kib = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
			break;
	}
	if (f)
		fclose(f);
	return kib << 10;
}

bool linux_guest__fits(const struct plan_cell *cell, char *why, size_t whylen)
{
	uint64_t wants = LOW_SIZE + (cell->memory << 20), has = available();

	if (!has || wants + ROOM <= has)
		return true;
	snprintf(why, whylen,
		 "a Linux guest of %llu MiB does not fit: this host has %llu MiB free and keeps %u",
		 (unsigned long long)wants >> 20, (unsigned long long)has >> 20,
		 ROOM >> 20);
	return false;
}

void linux_guest__load(struct vm *vm, const struct plan_cell *cell)
{
	vm->low_size = LOW_SIZE;
	vm->region_size = cell->memory << 20;
	vm__map(vm, LOW_SIZE);
	vm->linux_guest = calloc(1, sizeof(*vm->linux_guest));
	if (vm->linux_guest)
		vm->linux_guest->sample = calloc(GUEST_MAX_EVENTS,
						 sizeof(uint32_t));
	if (!vm->linux_guest || !vm->linux_guest->sample)
		host_die("out of memory for the guest's samples");
	set_boot_params(vm, cell);
	set_registers(vm, load_vmlinux(vm));
}

/*
 * What the guest printed, on the host's console, marked as not the host's.
 * Standard output may be the channel.
 */
static void print_console(struct console *c)
{
	char *save, *line = strtok_r(c->text, "\r\n", &save);

	for (; line; line = strtok_r(NULL, "\r\n", &save))
		fprintf(stderr, GUEST_CONSOLE_MARK "%s\n", line);
}

void linux_guest__destroy(struct vm *vm)
{
	if (vm->linux_guest) {
		print_console(&vm->linux_guest->console);
		free(vm->linux_guest->sample);
	}
	free(vm->linux_guest);
	vm->linux_guest = NULL;
}

void linux_guest__say(struct vm *vm)
{
	static const char *const name[LINUX_TELLS] = {
		[TELL_FAULTS] = "guest_faults", [TELL_TOUCHED] = "guest_touched",
		[TELL_HUGE] = "guest_huge", [TELL_PROCESSES] = "guest_processes",
	};

	for (int i = 0; i < LINUX_TELLS; i++)
		chan__say("stat %s %u", name[i], vm->linux_guest->told[i]);
}

uint64_t linux_guest__samples(struct vm *vm, uint32_t **sample)
{
	*sample = vm->linux_guest->sample;
	return vm->linux_guest->nr_samples;
}

void linux_guest__sample(struct vm *vm, uint32_t ticks)
{
	struct linux_guest *g = vm->linux_guest;

	if (g->nr_samples < GUEST_MAX_EVENTS)
		g->sample[g->nr_samples++] = ticks;
}

static void put(struct console *c, const char *from, size_t n)
{
	for (; n-- && c->size < sizeof(c->text) - 1; from++)
		c->text[c->size++] = *from ? *from : '?';
}

void linux_guest__io(struct vm *vm)
{
	struct kvm_run *run = vm->vcpu[0].run;
	struct linux_guest *g = vm->linux_guest;
	char *data = (char *)run + run->io.data_offset;
	unsigned int port = run->io.port, tell = (port - LINUX_TELL_PORT) / 4;
	size_t size = (size_t)run->io.size * run->io.count;
	uint32_t value;

	if (run->io.direction == KVM_EXIT_IO_IN) {
		memset(data, port == UART_LSR ? UART_EMPTY : 0, size);
	} else if (port == UART_THR) {
		put(&g->console, data, size);
	} else if (run->io.size == 4 && port == LINUX_SAMPLE_PORT) {
		for (size_t i = 0; i < run->io.count; i++) {
			memcpy(&value, data + i * 4, sizeof(value));
			linux_guest__sample(vm, value);
		}
	} else if (run->io.size == 4 && tell < LINUX_TELLS) {
		memcpy(&g->told[tell], data, sizeof(g->told[tell]));
	}
}

/* 7.x asks AMD's chipset at boot why the machine was reset. */
bool linux_guest__probes(struct vm *vm)
{
	struct kvm_run *run = vm->vcpu[0].run;

	if (run->mmio.is_write)
		return false;
	memset(run->mmio.data, 0xff, sizeof(run->mmio.data));
	return true;
}

/* The first line that tells why, without printk's time. */
const char *linux_guest__last_words(struct vm *vm)
{
	static const char *const sign[] = {
		"faultline: ", "Out of memory", "Kernel panic - ", "BUG: ",
	};
	static char line[160];
	const char *text = vm->linux_guest->console.text, *at = NULL;

	for (size_t i = 0; !at && i < sizeof(sign) / sizeof(*sign); i++)
		at = strstr(text, sign[i]);
	if (!at)
		return "it printed nothing";
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\r\n"), at);
	return line;
}
