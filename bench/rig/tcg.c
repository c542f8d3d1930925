// SPDX-License-Identifier: GPL-2.0
/*
 * The tcg rig: the variant kernel as a KVM host under QEMU's TCG, which
 * emulates AMD SVM with nested paging. With icount the virtual TSC advances
 * by one per instruction, so everything that reads it counts instructions,
 * exactly and on any machine. It never counts cycles.
 */
#include <stdlib.h>
#include <string.h>

#include "initrd.h"
#include "plugin.h"
#include "tcg.h"

/*
 * Calibrating and checking the timers is what makes a boot slow under icount.
 * A panic must end the machine at once; WARN must reach the console. No
 * address is random, neither the kernel's nor init's.
 */
#define CMDLINE		"nokaslr norandmaps console=ttyS0 loglevel=5 no_timer_check " \
			"noapictimer nolapic_timer panic=-1 reboot=t"

static const char *const options[] = {
	"-accel", "tcg", "-icount", "shift=0,sleep=off",
	"-rtc", "clock=vm,base=2024-01-01", NULL
};

const struct qemu_kind tcg_kind = {
	.rig = "tcg", .options = options, .cmdline = CMDLINE,
};

static void tcg_describe(json_t *meta, const struct rig_model *model)
{
	qemu__describe(meta, &tcg_kind, model);
}

static enum boot_end tcg_boot(const struct boot_job *job, struct record *r)
{
	return qemu__boot(job, r, &tcg_kind);
}

/* Are plugins built into this QEMU? */
static bool has_plugins(void)
{
	const char *argv[] = { qemu__program(), "--help", NULL };
	int code;
	char *help = spawn__capture(argv, &code);
	bool has = strstr(help, "-plugin");

	free(help);
	return has;
}

static void tcg_doctor(struct findings *f)
{
	char *path = spawn__which(qemu__program()), *cpio = initrd__host();
	char *plugin = plugin__path();

	qemu__doctor(f);
	if (path)
		findings__add(f, has_plugins(), "apt-get install -y qemu-system-x86",
			      "TCG plugins in QEMU, for --attribute");
	findings__add(f, path_exists(cpio), "make", "host programs: %s", cpio);
	findings__add(f, path_exists(plugin), "make", "attribution plugin: %s",
		      plugin);
	findings__add(f, true, NULL, "virtualization hardware and PMU: not needed");
	free(plugin);
	free(cpio);
	free(path);
}

static const struct rig tcg = {
	.name = "tcg",
	.need = qemu__need,
	.describe = tcg_describe,
	.boot = tcg_boot,
	.doctor = tcg_doctor,
};
RIG(tcg);
