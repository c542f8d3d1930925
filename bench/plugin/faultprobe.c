// SPDX-License-Identifier: GPL-2.0
/*
 * Follows a KVM host under TCG from every VM exit to the next VM entry and
 * records the paths that are taken; see probe.h for the log it writes. It
 * reads no register: host and guest are told apart at VMRUN, after which the
 * host goes on after every exit.
 *
 * Nothing is watched until the first VMRUN; so a host boots at full speed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest_side.h"
#include "entry_points.h"
#include "qemu_plugin.h"

static enum { BOOTING, HOST, GUEST } side;

static char *out_path;
static uint64_t behind_vmrun;		/* where the host goes on after an exit */
static bool armed;

static void on_guest_insn(unsigned int vcpu, void *udata)
{
	(void)vcpu;
	guest__insn((uintptr_t)udata);
}

static void on_guest_memory(unsigned int vcpu, qemu_plugin_meminfo_t info,
			    uint64_t vaddr, void *udata)
{
	(void)vcpu;
	(void)info;
	(void)vaddr;
	guest__memory((uintptr_t)udata);
}

static void on_host_block(unsigned int vcpu, void *udata)
{
	struct block *b = udata;

	(void)vcpu;
	if (side == GUEST) {
		guest__exit(false);
		side = HOST;
	}
	if (side == HOST)
		exit_path__block(b);
	if (side == HOST && b->clock)
		guest__vmm_clock();
	if (b->last != INSN_VMRUN)
		return;
	if (side == HOST)
		guest__entry();
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

static struct block *block_of(const struct qemu_plugin_tb *tb)
{
	size_t nr = qemu_plugin_tb_n_insns(tb);
	uint32_t insn[nr];

	for (size_t i = 0; i < nr; i++) {
		const struct qemu_plugin_insn *q = qemu_plugin_tb_get_insn(tb, i);
		uint8_t bytes[15];
		size_t len = api__insn_bytes(q, bytes, sizeof(bytes));

		insn[i] = code__intern(qemu_plugin_insn_vaddr(q), bytes, len);
	}
	return code__block(insn, nr);
}

static void translate(struct qemu_plugin_tb *tb)
{
	struct block *b = block_of(tb);

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

static void at_exit(void)
{
	FILE *f = fopen(out_path, "w");

	if (!f) {
		fprintf(stderr, "faultprobe: cannot write %s\n", out_path);
		return;
	}
	guest__write_log(f);
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

PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
				      const struct qemu_info *info, int argc,
				      char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4)) {
			out_path = strdup(argv[i] + 4);
		} else if (!strncmp(argv[i], "points=", 7)) {
			if (entry_points__read(argv[i] + 7, NULL))
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
