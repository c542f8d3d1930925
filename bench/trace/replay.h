/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replay a recorded path, with the symbols of the kernel that was booted:
 * what each function did, on which stack, and of which class the fault was.
 */
#ifndef FAULTLINE_REPLAY_H
#define FAULTLINE_REPLAY_H

#include "image.h"
#include "probe_log.h"
#include "shadow.h"

#define REPLAY_USER	"[vmm]"		/* the VMM's own instructions */
#define REPLAY_UNKNOWN	"[unknown]"	/* in the kernel, of no function */

/* A function on the path; its name lives as long as the image. */
struct path_func {
	const char *name;
	struct cost cost;
};

/* A call stack, root first, "a;b;c", and the instructions at its top. */
struct path_stack {
	char *stack;
	uint64_t insns;
};

/* The figures of a path, in the order in which they are printed. */
struct path_figures {
	uint64_t insns;		/* exit to entry: all functions together */
	uint64_t rep;		/* ... of these, executions of a `rep` after its first */
	uint64_t handler;	/* ... until kvm_mmu_page_fault() was left */
	uint64_t calls, loads, stores;
	uint64_t branches;	/* conditional */
	uint64_t indirect;	/* indirect calls and jumps */
	uint64_t thunks, return_thunks;	/* entered */
	uint64_t stack_bytes;	/* from the first use down to the deepest store */
	uint64_t stack_depth;	/* functions on one another, at most */
	uint64_t code_lines;	/* distinct lines of code, 64 bytes each */
};

/* Of interrupts and other tasks there is nothing in it. */
struct path_profile {
	char *class;		/* "npf store, fixed" */
	bool fault;		/* kvm_mmu_page_fault() was entered */
	bool interrupted;
	uint64_t away;		/* instructions of other tasks */
	struct path_figures figures;
	struct path_func *func;	/* by name */
	size_t nr_funcs;
	struct path_stack *stack;/* by stack */
	size_t nr_stacks;
};

/*
 * Called for every step of a path, interrupts included: the function it is in,
 * how many functions lie below that on the stack, and whether it is apart
 * (of an interrupt or another task).
 */
typedef void (*replay_visitor)(void *arg, const struct step *s,
			       const char *name, size_t depth, bool apart);

/* What replays need, once a log. */
struct replay;
/* NULL where capstone does not start, for want of memory. */
struct replay *replay__new(const struct probe_log *log, struct image *img);
void replay__free(struct replay *r);
/* The function that an instruction of the log is in, or REPLAY_USER, or REPLAY_UNKNOWN. */
const char *replay__name(const struct replay *r, uint32_t insn);

/*
 * Replay a path, which must be stored. Return: 0, or -EINVAL with a message in
 * @err when it contradicts itself: its instructions are not as many as the
 * plugin counted.
 */
int replay__go(struct replay *r, const struct probe_path *path,
	       struct path_profile *profile, char *err, size_t errlen);
/* The same, and tell visit of every step on the path. */
int replay__visit(struct replay *r, const struct probe_path *path,
		  struct path_profile *profile, replay_visitor visit, void *arg, char *err,
		  size_t errlen);
void path_profile__free(struct path_profile *profile);

#endif
