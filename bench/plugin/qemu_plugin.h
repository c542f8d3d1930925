/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few prototypes of QEMU's plugin interface that are used here; Debian
 * packages no header. These are the same from QEMU 7.2 (interface 1) to 11.1
 * (7); what is not is api.c's.
 */
#ifndef FAULTLINE_QEMU_PLUGIN_H
#define FAULTLINE_QEMU_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLUGIN_EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

/* The beginning of QEMU's struct; more members follow. */
struct qemu_info {
	const char *target_name;
	struct {
		int min, cur;		/* interface versions it speaks */
	} version;
	bool system_emulation;
};

enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_RW = 3 };

typedef void (*plugin_exec_cb)(unsigned int vcpu, void *udata);
typedef void (*plugin_mem_cb)(unsigned int vcpu, qemu_plugin_meminfo_t info,
			      uint64_t vaddr, void *udata);

void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  plugin_exec_cb cb,
					  enum qemu_plugin_cb_flags flags,
					  void *udata);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    plugin_exec_cb cb,
					    enum qemu_plugin_cb_flags flags,
					    void *udata);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
				      plugin_mem_cb cb,
				      enum qemu_plugin_cb_flags flags,
				      enum qemu_plugin_mem_rw rw, void *udata);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t idx);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);
unsigned int qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);

/* What QEMU looks for in a plugin. */
extern int qemu_plugin_version;
int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info,
			int argc, char **argv);

/* api.c: what differs between QEMU's versions. */

/* Note the version; call it first in qemu_plugin_install(). */
void api__install(const struct qemu_info *info);
/* Copy at most size of the instruction's bytes; how many there were. */
size_t api__insn_bytes(const struct qemu_plugin_insn *insn, uint8_t *to,
		       size_t size);
/* cb is called for every block that is translated from now on. */
void api__on_translate(qemu_plugin_id_t id,
		       void (*cb)(struct qemu_plugin_tb *tb));
/* cb is called when QEMU ends. */
void api__at_exit(qemu_plugin_id_t id, void (*cb)(void));
/*
 * Forget every callback, also that of the end, and all translated code, as
 * soon as no CPU runs; then call cb.
 */
void api__reset(qemu_plugin_id_t id, void (*cb)(void));

#endif
