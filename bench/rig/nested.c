// SPDX-License-Identifier: GPL-2.0
/*
 * The nested rig: the variant kernel as a KVM host under QEMU with KVM, so on
 * the machine's own CPU and, where its KVM passes one on, its PMU. Every world
 * switch of the guests goes through two hypervisors. Ticks are cycles of the
 * time stamp counter; the boot is the unit.
 */
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "kvm.h"
#include "qemu.h"

/* No timer is calibrated against instructions here; all else as under tcg. */
#define CMDLINE	"nokaslr norandmaps console=ttyS0 loglevel=5 panic=-1 reboot=t"

static const char *const options[] = { "-accel", "kvm", NULL };

static const struct qemu_kind kind = {
	.rig = "nested", .options = options, .cpu = "host,pmu=on",
	.cmdline = CMDLINE, .cycles = true,
};

static bool is_on(const char *module)
{
	char *value = path_system_line("/sys/module/%s/parameters/nested", module);
	bool on = value && (*value == '1' || *value == 'Y' || *value == 'y');

	free(value);
	return on;
}

/* Why no variant can be a KVM host inside a guest of this machine, or NULL. */
static char *lacks(int e)
{
	char *why = kvm__lacks(e);
	const char *module;

	if (why)
		return why;
	module = kvm__has_module("kvm_amd") ? "kvm_amd" : "kvm_intel";
	if (!is_on(module))
		return xasprintf("nested virtualization is off: /sys/module/%s/parameters/nested; as root, with no guest running: modprobe -r %s && modprobe %s nested=1",
				 module, module, module);
	return NULL;
}

static void nested_need(void)
{
	qemu__need();
	kvm__need(kvm__try());
}

static char *nested_cannot(const struct rig_model *model,
			  const struct profile *p, const struct workload *w)
{
	(void)model;
	(void)p;
	return channel__too_few(w) ?: lacks(kvm__try());
}

static void nested_describe(json_t *meta, const struct rig_model *model)
{
	qemu__describe(meta, &kind, model);
}

static enum boot_end nested_boot(const struct boot_job *job, struct record *r)
{
	enum boot_end end = qemu__boot(job, r, &kind);

	json_object_set_new(r->host, "pinned", json_string(
		"not pinned: QEMU's threads run where the machine puts them"));
	return end;
}

static void nested_doctor(struct findings *f)
{
	int e = kvm__try();
	char *why = lacks(e);

	if (why)
		findings__note(f, false, NULL, "%s", why);
	else
		kvm__doctor(f, e, "nested virtualization on ", "on");
	free(why);
}

static const struct rig nested = {
	.name = "nested",
	.need = nested_need,
	.cannot = nested_cannot,
	.describe = nested_describe,
	.boot = nested_boot,
	.doctor = nested_doctor,
};
RIG(nested);
