// SPDX-License-Identifier: GPL-2.0
/*
 * What differs between QEMU's versions: the interface version that a plugin
 * must claim, and how it is given an instruction's bytes.
 */
#include <dlfcn.h>
#include <string.h>

#include "qemu.h"

#define VERSION_COPIES	3	/* from here on insn_data() copies */

PLUGIN_EXPORT int qemu_plugin_version = 1;

static int version;

/*
 * QEMU reads the version when it has loaded the plugin, and refuses what is
 * older than its minimum or newer than itself. Which it is, its symbols say:
 * those that came with an interface version, newest first.
 */
__attribute__((constructor))
static void claim_version(void)
{
	static const struct { const char *symbol; int version; } since[] = {
		{ "qemu_plugin_read_memory_vaddr", 4 },
		{ "qemu_plugin_scoreboard_new", 2 },
	};

	for (size_t i = 0; i < sizeof(since) / sizeof(since[0]); i++) {
		if (dlsym(RTLD_DEFAULT, since[i].symbol)) {
			qemu_plugin_version = since[i].version;
			return;
		}
	}
}

void api__install(const struct qemu_info *info)
{
	version = info->version.cur;
}

size_t api__insn_bytes(const struct qemu_plugin_insn *insn, uint8_t *to,
		       size_t size)
{
	static void *data;
	size_t len = qemu_plugin_insn_size(insn);
	const void *bytes;

	if (!data)
		data = dlsym(RTLD_DEFAULT, "qemu_plugin_insn_data");
	if (!data)
		return 0;
	if (len < size)
		size = len;
	if (version >= VERSION_COPIES)
		return ((size_t (*)(const void *, void *, size_t))data)
		       (insn, to, size);
	bytes = ((const void *(*)(const void *))data)(insn);
	memcpy(to, bytes, size);
	return size;
}
