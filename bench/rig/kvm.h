/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine's own KVM: is it there, and may this user open it?
 */
#ifndef FAULTLINE_KVM_H
#define FAULTLINE_KVM_H

#include "rig.h"

/* Return: /dev/kvm, or what FAULTLINE_KVM names. */
const char *kvm__path(void);
/* Return: 0, or -errno of opening it; -ENOTTY where it is not a KVM. */
int kvm__try(void);
/*
 * Return: why this machine has no KVM that the CPU's own virtualization
 * drives, by what kvm__try() returned; allocated, the caller frees it. NULL
 * where it has one, though perhaps not for this user.
 */
char *kvm__lacks(int e);
/*
 * Return: is kvm_amd or kvm_intel there, built in or loaded? Where both are, it is
 * the one of the machine's CPU.
 */
bool kvm__has_module(const char *name);
/* Part of a rig's need(): dies where it is there, but not for this user. */
void kvm__need(int e);
/* Part of a rig's doctor(): what is there, with `good` where it can be used. */
void kvm__doctor(struct findings *f, int e, const char *what, const char *good);

#endif
