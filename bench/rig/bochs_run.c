// SPDX-License-Identifier: GPL-2.0
/*
 * One Bochs: its bochsrc and the files that this names, its command line, and
 * how it ended.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bochs.h"
#include "bochs_channel.h"
#include "bochs_rom.h"

/*
 * One tick is one instruction: sync=none, vga: realtime=0. With that many
 * instructions to a second the host's 100 ticks per second are 10 million
 * instructions apart, as under tcg. The bus has no chips that a host without
 * disk, network and picture could use, and no bridge between them; `term` is the
 * display that opens no port. Each EPT violation is an "error" to Bochs.
 */
static const char bochsrc[] =
	"display_library: term\n"
	"cpu: model=%s, count=1, ips=1000000000, reset_on_triple_fault=0%s\n"
	"memory: guest=%u, host=%u\n"
	"romimage: file=%s.rom, address=0xffff0000\n"
	"vgaromimage: file=%s.rom\n"
	"optramimage1: file=%s, address=%#x\n"
	"clock: sync=none, time0=1704067200\n"	/* 2024-01-01 */
	"vga: extension=none, realtime=0, update_freq=1\n"
	"port_e9_hack: enabled=1\n"
	"com1: enabled=1, mode=file, dev=%s\n"
	"pci: enabled=0\n"
	"ata0: enabled=0\n"
	"ata1: enabled=0\n"
	"plugin_ctrl: biosdev=0, speaker=0, parallel=0, gameport=0, extfpuirq=0\n"
	"log: -\n"
	"panic: action=fatal\n"
	"error: action=ignore\n"
	"info: action=ignore\n"
	"debug: action=ignore\n";

/*
 * What no model has and the kernel looks for: IA32_MISC_ENABLE with fast string
 * operations on, without which Linux clears and copies pages word by word.
 * Address, type, reset value, reserved bits, ignored bits, high half first.
 */
static const char intel_msrs[] =
	"0x1a0 0 00000000 00000001 00000000 00000000 00000000 00000000\n";

static bool is_intel(const struct rig_model *m)
{
	return !strcmp(m->vendor, VENDOR_INTEL);
}

/*
 * Each character on the console takes the host 87,000 instructions, so what is
 * said at every boot is kept from being said: kvm's other half, counters and a
 * timer that the model lacks or that want a newer microcode. No ERMS, as under
 * tcg: its `rep stosb` executes one instruction per byte, and clearing pages takes
 * long. And no HT (28): there is one logical CPU, and leaf 4 of Haswell's CPUID has
 * eight, which 6.12 and later warn of.
 */
const char *bochs__cmdline(const struct rig_model *model)
{
	return is_intel(model) ?
		"initcall_blacklist=svm_init,init_hw_perf_events lapic=notscdeadline clearcpuid=28,297" :
		"initcall_blacklist=vmx_init,init_hw_perf_events";
}

const char *bochs__program(void)
{
	return getenv("FAULTLINE_BOCHS") ?: "bochs-bin";
}

char *bochs__rom(void)
{
	return path_in_root("build/bochs-rom.bin");
}

static int write_file(const char *path, const char *text, size_t size)
{
	FILE *f = fopen(path, "w");
	int r = f && fwrite(text, 1, size, f) == size ? 0 : -1;

	if (f && fclose(f))
		r = -1;
	return r;
}

static int write_text(const char *stem, const char *ext, const char *text,
		      size_t size)
{
	char *path = xasprintf("%s.%s", stem, ext);
	int r = write_file(path, text, size);

	free(path);
	return r;
}

/*
 * Bochs runs in the folder of its files and knows them by their last names: it
 * has rules for what a path may hold.
 */
static int write_files(const struct bochs_run *b)
{
	const char *stem = basename(b->stem);
	bool msrs = is_intel(b->model);
	char *option = msrs ? xasprintf(", msrs=%s.msrs", stem) : xstrdup("");
	char *text = xasprintf(bochsrc, b->model->cpu, option, b->memory,
			       b->memory, stem, stem, basename(b->image),
			       IMAGE_ADDRESS, basename(b->console));
	char *path = bochs__rom();
	size_t size;
	char *rom = path_read(path, &size);
	int r = rom ? write_text(b->stem, "rom", rom, size) : -1;

	if (!r && msrs)
		r = write_text(b->stem, "msrs", intel_msrs, strlen(intel_msrs));
	if (!r)
		r = write_text(b->stem, "bochsrc", text, strlen(text));
	if (!r)
		r = write_text(b->stem, "commands", b->commands,
			       strlen(b->commands));
	free(rom);
	free(path);
	free(text);
	free(option);
	return r;
}

static void remove_files(const char *stem)
{
	static const char *const ends[] = { "rom", "msrs", "bochsrc", "commands" };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		char *path = xasprintf("%s.%s", stem, ends[i]);

		unlink(path);
		free(path);
	}
}

/*
 * In a session of its own: ^C at the terminal is for whoever started it, and its
 * debugger would take it for a command to stop.
 */
static enum spawn_end run(const struct bochs_run *b, int *status)
{
	int folder = basename(b->stem) - b->stem;
	char *dir = folder ? xasprintf("--chdir=%.*s", folder, b->stem) :
			     xstrdup("--chdir=.");
	char *found = spawn__which(bochs__program());
	char *program = found ? realpath(found, NULL) : NULL;
	char *rc = xasprintf("%s.bochsrc", basename(b->stem));
	char *commands = xasprintf("%s.commands", basename(b->stem));
	/* 3.0 has its debugger on only where it is asked to; 2.7 always. */
	bool asks = strverscmp(bochs__version(), "3") >= 0;
	const char *const own[] = {
		program ? program : bochs__program(), "-q", "-f", rc, "-rc",
		commands, asks ? "-debugger" : NULL, NULL
	};
	const char *argv[4 + BOCHS_WORDS + ARRAY_SIZE(own)] = {
		"setsid", "env", dir, "TERM=vt100"
	};
	const struct spawn s = {
		.argv = argv, .stdin_path = "/dev/null",
		.stdout_path = b->wire, .stderr_path = b->errors,
		.limit_s = b->limit_s, .stop = b->stop,
	};
	enum spawn_end end;
	size_t n = 4;

	for (char *const *w = b->words; w && *w; w++)
		argv[n++] = *w;
	memcpy(argv + n, own, sizeof(own));
	end = spawn__run(&s, status);

	free(commands);
	free(rc);
	free(program);
	free(found);
	free(dir);
	return end;
}

static enum bochs_end why_it_ended(const char *errors, char **why)
{
	char *said = path_read(errors, NULL) ?: xstrdup("");

	*why = bochs_channel__exit(said);
	free(said);
	if (!*why)
		*why = xstrdup("it does not say why");
	return strstr(*why, "shutdown requested") ? BOCHS_SHUTDOWN :
	       strstr(*why, "exception with no resolution") ?
	       BOCHS_TRIPLE_FAULT : BOCHS_GAVE_UP;
}

enum spawn_end bochs__run(const struct bochs_run *b, int *status,
			  enum bochs_end *ended, char **why)
{
	enum spawn_end end = SPAWN_FAILED;
	char *said;

	*ended = BOCHS_GAVE_UP;
	*why = NULL;
	if (write_files(b)) {
		*status = errno;
	} else {
		end = run(b, status);
		said = path_read(b->wire, NULL) ?: xstrdup("");
		*ended = why_it_ended(b->errors, why);
		bochs_channel__filter(said);
		/* Cut short where the disk is full: the record is invalid. */
		if (end != SPAWN_STOPPED)
			write_file(b->wire, said, strlen(said));
		free(said);
	}
	remove_files(b->stem);
	return end;
}
