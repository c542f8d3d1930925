// SPDX-License-Identifier: GPL-2.0
/*
 * The obvious plugin: it calls back on every instruction and counts. What it
 * costs is what faultprobe is compared with.
 */
#include "qemu_plugin.h"

static uint64_t count;

static void on_insn(unsigned int vcpu, void *udata)
{
	(void)vcpu;
	(void)udata;
	count++;
}

static void translate(struct qemu_plugin_tb *tb)
{
	size_t nr = qemu_plugin_tb_n_insns(tb);

	for (size_t i = 0; i < nr; i++)
		qemu_plugin_register_vcpu_insn_exec_cb(
			qemu_plugin_tb_get_insn(tb, i), on_insn,
			QEMU_PLUGIN_CB_NO_REGS, NULL);
}

PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
				      const struct qemu_info *info, int argc,
				      char **argv)
{
	(void)argc;
	(void)argv;
	api__install(info);
	api__on_translate(id, translate);
	return 0;
}
