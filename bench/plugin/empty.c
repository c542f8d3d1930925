// SPDX-License-Identifier: GPL-2.0
/*
 * Measures the instrument: a plugin that is called for every block that is
 * translated, and does nothing. With it every figure must be what it is
 * without a plugin.
 */
#include "qemu_plugin.h"

static void translate(struct qemu_plugin_tb *tb)
{
	(void)tb;
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
