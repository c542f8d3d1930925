// SPDX-License-Identifier: GPL-2.0
/*
 * Follows a KVM host under TCG from every VM exit to the next VM entry and
 * records the paths that are taken; see probe.h for the log it writes. It
 * reads no register: host and guest are told apart at VMRUN, after which the
 * host goes on after every exit.
 *
 * Nothing is watched until the first VMRUN; so a host boots at full speed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "code.h"
#include "probe.h"
#include "exit_path.h"

static enum { BOOTING, HOST, GUEST } side;

static char *out_path;
static uint64_t behind_vmrun;		/* where the host goes on after an exit */
static bool armed;

/* The guest: its instructions, the last one, and its clock. */
static struct {
	uint64_t instructions;		/* completed, since the beginning */
	uint64_t host;			/* ... and the host's */
	uint32_t last;
	bool any, done;			/* last is there; it completed */
	unsigned int phase;		/* doorbells rung */
	uint64_t clock_at;		/* instructions at its last clock reading */
	unsigned int readings;		/* in this phase */
} guest;

#define MEASURED_PHASE	2		/* between BELL_START and BELL_END */

/* Instructions between two clock readings, as a histogram. */
static struct { uint64_t ticks, count; } *sample;
static size_t nr_samples, room_samples;
static uint64_t samples_left_out;

#define MAX_SAMPLES	(1 << 16)

static void add_sample(uint64_t ticks)
{
	for (size_t i = nr_samples; i-- > 0;) {
		if (sample[i].ticks == ticks) {
			sample[i].count++;
			if (i + 1 < nr_samples &&
			    sample[i].count > sample[i + 1].count) {
				__typeof__(*sample) s = sample[i];

				sample[i] = sample[i + 1];
				sample[i + 1] = s;
			}
			return;
		}
	}
	if (nr_samples == MAX_SAMPLES) {
		samples_left_out++;
		return;
	}
	if (nr_samples == room_samples) {
		room_samples = room_samples ? room_samples * 2 : 256;
		sample = realloc(sample, room_samples * sizeof(*sample));
		if (!sample)
			abort();
	}
	memmove(sample + 1, sample, nr_samples * sizeof(*sample));
	sample[0].ticks = ticks;
	sample[0].count = 1;
	nr_samples++;
}

static bool starts_with(const struct code_insn *c, const char *bytes,
			size_t len)
{
	return c->len >= len && !memcmp(c->bytes, bytes, len);
}

/* Executed, or left by a VM exit before it was: in, out, hypercall, ... */
static bool may_exit(const struct code_insn *c)
{
	uint8_t b = c->bytes[0];

	return (b & 0xf4) == 0xe4 || b == 0xf4 ||
	       starts_with(c, "\x0f\x01\xd9", 3) ||
	       starts_with(c, "\x0f\x01\xc1", 3) ||
	       starts_with(c, "\x0f\xa2", 2) ||
	       starts_with(c, "\x0f\x30", 2) || starts_with(c, "\x0f\x32", 2);
}

static uint64_t clock_now(void)
{
	return guest.instructions + guest.host;
}

static void on_guest_clock(void)
{
	uint64_t now = clock_now();

	if (guest.phase == MEASURED_PHASE && guest.readings++ % 2)
		add_sample(now - guest.clock_at);
	guest.clock_at = now;
}

/* The guest has continued at c, or left again before it could. */
static void settle(const struct code_insn *c)
{
	const struct code_insn *last = guest.any ? code__insn(guest.last) : NULL;
	struct guest_step step = {
		.phase = guest.phase,
		.how = !c || !last ? PROBE_NOT :
		       c->addr == last->addr ? PROBE_RETRY :
		       c->addr == last->addr + last->len ? PROBE_NEXT :
		       PROBE_ELSEWHERE,
		.last = last,
	};

	if (guest.phase == MEASURED_PHASE)
		exit_path__count(&step);
	else
		exit_path__drop();
}

static void on_guest_insn(unsigned int vcpu, void *udata)
{
	uint32_t i = (uintptr_t)udata;
	const struct code_insn *c = code__insn(i);

	(void)vcpu;
	settle(c);
	guest.instructions++;
	guest.last = i;
	guest.any = true;
	guest.done = !c->memory && !may_exit(c);
	if (starts_with(c, "\x0f\x31", 2))
		on_guest_clock();
	if (c->bytes[0] == PROBE_BELL_OPCODE) {
		guest.phase++;
		guest.readings = 0;
	}
}

static void on_guest_memory(unsigned int vcpu, qemu_plugin_meminfo_t info,
			    uint64_t vaddr, void *udata)
{
	(void)vcpu;
	(void)info;
	(void)vaddr;
	if ((uintptr_t)udata == guest.last)
		guest.done = true;
}

static void on_exit_from_guest(void)
{
	settle(NULL);
	if (guest.any && !guest.done) {
		guest.instructions--;
		guest.done = true;
	}
	exit_path__begin();
	side = HOST;
}

static void on_host_block(unsigned int vcpu, void *udata)
{
	struct block *b = udata;

	(void)vcpu;
	if (side == GUEST)
		on_exit_from_guest();
	if (side == HOST)
		exit_path__block(b);
	if (b->last != INSN_VMRUN)
		return;
	if (side == HOST) {
		guest.host += exit_path__instructions();
		exit_path__end();
	}
	side = GUEST;
	behind_vmrun = b->end;
}

static void on_host_memory(unsigned int vcpu, qemu_plugin_meminfo_t info,
			   uint64_t vaddr, void *udata)
{
	(void)vcpu;
	if (side == HOST)
		exit_path__memory((uintptr_t)udata, vaddr,
			    qemu_plugin_mem_size_shift(info),
			    qemu_plugin_mem_is_store(info));
}

static void translate_guest(struct qemu_plugin_tb *tb, const struct block *b)
{
	for (uint32_t i = 0; i < b->nr; i++) {
		struct qemu_plugin_insn *q = qemu_plugin_tb_get_insn(tb, i);
		void *udata = (void *)(uintptr_t)b->insn[i];

		qemu_plugin_register_vcpu_insn_exec_cb(q, on_guest_insn,
				QEMU_PLUGIN_CB_NO_REGS, udata);
		qemu_plugin_register_vcpu_mem_cb(q, on_guest_memory,
				QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW,
				udata);
	}
}

static void translate(struct qemu_plugin_tb *tb)
{
	struct block *b = code__block(tb);

	if (side == GUEST && b->addr != behind_vmrun) {
		translate_guest(tb, b);
		return;
	}
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_host_block,
					     QEMU_PLUGIN_CB_NO_REGS, b);
	/*
	 * Every instruction, also those that seem to access nothing: QEMU 7.2
	 * puts what a helper accesses (ltr its descriptor) down to whichever
	 * instruction was registered last.
	 */
	for (uint32_t i = 0; i < b->nr; i++) {
		qemu_plugin_register_vcpu_mem_cb(qemu_plugin_tb_get_insn(tb, i),
				on_host_memory, QEMU_PLUGIN_CB_NO_REGS,
				QEMU_PLUGIN_MEM_RW,
				(void *)(uintptr_t)b->insn[i]);
	}
}

static void write_insns(FILE *f)
{
	for (uint32_t i = 0; i < code__nr(); i++) {
		const struct code_insn *c = code__insn(i);

		fprintf(f, "insn %u %" PRIx64 " ", i, c->addr);
		for (unsigned int j = 0; j < c->len; j++)
			fprintf(f, "%02x", c->bytes[j]);
		fputc('\n', f);
	}
}

static void at_exit(void)
{
	FILE *f = fopen(out_path, "w");

	if (!f) {
		fprintf(stderr, "faultprobe: cannot write %s\n", out_path);
		return;
	}
	fprintf(f, "faultprobe %d\n", PROBE_VERSION);
	write_insns(f);
	exit_path__write(f);
	for (size_t i = 0; i < nr_samples; i++)
		fprintf(f, "sample %" PRIu64 " %" PRIu64 "\n", sample[i].ticks,
			sample[i].count);
	fprintf(f, "total samples_left_out %" PRIu64 "\n", samples_left_out);
	fprintf(f, "bye\n");
	if (fclose(f))
		fprintf(stderr, "faultprobe: cannot write %s\n", out_path);
}

static qemu_plugin_id_t plugin_id;

/* From here on everything is translated anew, and watched. */
static void start_watching(void)
{
	api__on_translate(plugin_id, translate);
	api__at_exit(plugin_id, at_exit);
}

static void on_first_vmrun(unsigned int vcpu, void *udata)
{
	(void)vcpu;
	(void)udata;
	if (armed)
		return;
	armed = true;
	api__reset(plugin_id, start_watching);
}

/* While booting: look for VMRUN (0f 01 d8), nothing else. */
static void look_for_vmrun(struct qemu_plugin_tb *tb)
{
	size_t nr = qemu_plugin_tb_n_insns(tb);
	struct qemu_plugin_insn *q;
	uint8_t bytes[3];

	q = qemu_plugin_tb_get_insn(tb, nr - 1);
	if (qemu_plugin_insn_size(q) == 3 &&
	    api__insn_bytes(q, bytes, 3) == 3 &&
	    !memcmp(bytes, "\x0f\x01\xd8", 3))
		qemu_plugin_register_vcpu_insn_exec_cb(q, on_first_vmrun,
				QEMU_PLUGIN_CB_NO_REGS, NULL);
}

static int read_points(const char *path)
{
	FILE *f = fopen(path, "r");
	uint64_t from, to;
	char line[256];

	if (!f) {
		fprintf(stderr, "faultprobe: cannot read points=%s\n", path);
		return -1;
	}
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "entry %" SCNx64 " %" SCNx64, &from, &to) != 2 ||
		    !code__add_entry(from, to)) {
			fprintf(stderr, "faultprobe: %s: bad line: %s", path,
				line);
			fclose(f);
			return -1;
		}
	}
	fclose(f);
	return 0;
}

PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
				      const struct qemu_info *info, int argc,
				      char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4)) {
			out_path = strdup(argv[i] + 4);
		} else if (!strncmp(argv[i], "points=", 7)) {
			if (read_points(argv[i] + 7))
				return -1;
		} else {
			fprintf(stderr, "faultprobe: unknown option %s; there are: out=FILE, points=FILE\n",
				argv[i]);
			return -1;
		}
	}
	if (!out_path || strcmp(info->target_name, "x86_64")) {
		fprintf(stderr, "faultprobe: it takes out=FILE and an x86_64 machine\n");
		return -1;
	}
	if (!code__init() || !exit_path__init()) {
		fprintf(stderr, "faultprobe: no capstone, or no memory\n");
		return -1;
	}
	plugin_id = id;
	api__install(info);
	api__on_translate(id, look_for_vmrun);
	return 0;
}
