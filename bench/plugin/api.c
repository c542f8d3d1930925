// SPDX-License-Identifier: GPL-2.0
/*
 * What differs between QEMU's versions: the interface version that a plugin
 * must claim, how it is given an instruction's bytes, and what the callbacks
 * get. Functions whose type differs are looked up and called by the type that
 * they have.
 */
#include <dlfcn.h>
#include <string.h>

#include "qemu_plugin.h"

#define VERSION_COPIES	3	/* QEMU 9.1: insn_data() copies */
#define VERSION_USERDATA 7	/* QEMU 11.1: callbacks get userdata, no id */

PLUGIN_EXPORT int qemu_plugin_version = 1;

static int version;
static void (*translated)(struct qemu_plugin_tb *tb);
static void (*ended)(void);
static void (*was_reset)(void);

/*
 * QEMU reads the version when it has loaded the plugin, and refuses what is
 * older than its minimum or newer than itself. Which it is, its symbols say:
 * one that came with an interface version, newest first.
 */
__attribute__((constructor))
static void claim_version(void)
{
	static const struct { const char *symbol; int version; } since[] = {
		{ "qemu_plugin_set_pc", VERSION_USERDATA },
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

/* The callbacks as QEMU calls them, before and with userdata. */

static void translate_by_id(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	translated(tb);
}

static void translate_by_userdata(struct qemu_plugin_tb *tb, void *userdata)
{
	(void)userdata;
	translated(tb);
}

static void end_by_id(qemu_plugin_id_t id, void *userdata)
{
	(void)id;
	(void)userdata;
	ended();
}

static void end_by_userdata(void *userdata)
{
	(void)userdata;
	ended();
}

static void reset_by_id(qemu_plugin_id_t id)
{
	(void)id;
	was_reset();
}

static void reset_by_userdata(void *userdata)
{
	(void)userdata;
	was_reset();
}

void api__on_translate(qemu_plugin_id_t id,
		       void (*cb)(struct qemu_plugin_tb *tb))
{
	void *f = dlsym(RTLD_DEFAULT, "qemu_plugin_register_vcpu_tb_trans_cb");

	translated = cb;
	if (version >= VERSION_USERDATA)
		((void (*)(qemu_plugin_id_t, void (*)(struct qemu_plugin_tb *,
		 void *), void *))f)(id, translate_by_userdata, NULL);
	else
		((void (*)(qemu_plugin_id_t, void (*)(qemu_plugin_id_t,
		 struct qemu_plugin_tb *)))f)(id, translate_by_id);
}

void api__at_exit(qemu_plugin_id_t id, void (*cb)(void))
{
	void *f = dlsym(RTLD_DEFAULT, "qemu_plugin_register_atexit_cb");

	ended = cb;
	if (version >= VERSION_USERDATA)
		((void (*)(qemu_plugin_id_t, void (*)(void *), void *))f)
			(id, end_by_userdata, NULL);
	else
		((void (*)(qemu_plugin_id_t, void (*)(qemu_plugin_id_t,
		 void *), void *))f)(id, end_by_id, NULL);
}

void api__reset(qemu_plugin_id_t id, void (*cb)(void))
{
	void *f = dlsym(RTLD_DEFAULT, "qemu_plugin_reset");

	was_reset = cb;
	if (version >= VERSION_USERDATA)
		((void (*)(qemu_plugin_id_t, void (*)(void *), void *))f)
			(id, reset_by_userdata, NULL);
	else
		((void (*)(qemu_plugin_id_t, void (*)(qemu_plugin_id_t)))f)
			(id, reset_by_id);
}
