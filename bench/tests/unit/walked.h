/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small kernel, made here with the compiler, and logs of ways through it as
 * the plugin would log them. The walker takes the bytes from the file
 * and follows calls, jumps and the stack; it knows no functions and adds
 * nothing up but what the log's path line says.
 */
#ifndef FAULTLINE_WALKED_H
#define FAULTLINE_WALKED_H

#include <inttypes.h>

#include "image.h"
#include "insn.h"
#include "probe.h"
#include "probe_log.h"
#include "util.h"

#define TEXT_START	0xffffffff81000000ull
#define STACK_TOP	0xffffc90000013f00ull	/* of the task that faults */
#define OTHER_STACK	0xffffc90000023f00ull
#define DATA		0xffff888000001000ull	/* what rbx, rdi and rsi point to */

/*
 * Each function, and each part of kvm_mmu_page_fault(), begins a line of 64
 * bytes and fits in it. stat.pf_fixed lies 72 bytes into kvm_vcpu.
 */
static const char walked_source[] =
	"struct kvm_vcpu { long a[8]; struct { long pf_taken, pf_fixed; } stat; };\n"
	"struct kvm_vcpu the_vcpu;\nint nrips = 1;\n"
	"asm(\".macro begin name\\n.balign 64, 0xcc\\n.globl \\\\name\\n\"\n"
	"    \".type \\\\name, @function\\n\\\\name:\\n.endm\\n\"\n"
	"    \".macro done name\\n.size \\\\name, .-\\\\name\\n.endm\\n\"\n"
	"    \".macro part name\\n.balign 64, 0xcc\\n\\\\name:\\n.endm\\n\"\n"
	"    \"begin vcpu_enter_guest\\nenter: call svm_vcpu_run\\n\"\n"
	"    \"behind_run: mov (%rbx), %rax\\ncall kvm_mmu_page_fault\\n\"\n"
	"    \"jmp enter\\ndone vcpu_enter_guest\\n\"\n"
	"    \"begin svm_vcpu_run\\npush %rbx\\ncall __svm_vcpu_run\\n\"\n"
	"    \"behind_inner: mov %rax, 8(%rbx)\\npop %rbx\\nret\\n\"\n"
	"    \"done svm_vcpu_run\\n\"\n"
	/* after the exit: the return stack buffer is stuffed */
	"    \"begin __svm_vcpu_run\\npush %rbp\\nvmrun\\nbehind_vmrun:\\n\"\n"
	"    \"call 1f\\nint3\\n1: call 2f\\nint3\\n2: add $16, %rsp\\npop %rbp\\n\"\n"
	"    \"ret\\ndone __svm_vcpu_run\\n\"\n"
	"    \"begin kvm_mmu_page_fault\\npush %rbx\\ndispatch: jmp *%rax\\n\"\n"
	"    \"leave: pop %rbx\\nret\\n\"\n"
	"    \"part three\\ncall leaf\\ncall leaf\\ncall leaf\\njmp dispatch\\n\"\n"
	"    \"part tail\\ncall jumper\\njmp dispatch\\n\"\n"
	"    \"part again\\ncall recurse\\njmp dispatch\\n\"\n"
	"    \"part thunk\\nlea pointed(%rip), %rax\\n\"\n"
	"    \"call __x86_indirect_thunk_rax\\njmp dispatch\\n\"\n"
	"    \"part fixed\\nincq 72(%rbx)\\njmp dispatch\\n\"\n"
	"    \"part emulate\\ncall x86_emulate_instruction\\njmp dispatch\\n\"\n"
	"    \"part shadow\\ncall kvm_handle_page_fault\\njmp dispatch\\n\"\n"
	"    \"part away\\ncall __switch_to_asm\\njmp dispatch\\n\"\n"
	"    \"part vmx\\ncall vmx_vcpu_run\\njmp dispatch\\n\"\n"
	"    \"part stuff\\ncall 1f\\nint3\\n1: call 2f\\nint3\\n2: add $16, %rsp\\n\"\n"
	"    \"jmp dispatch\\n\"\n"
	"    \"part plain\\nnop\\njmp dispatch\\n\"\n"
	"    \"part clear\\nrep stosq\\njmp dispatch\\n\"\n"
	"    \"done kvm_mmu_page_fault\\n\"\n"
	"    \"begin leaf\\nmov 16(%rbx), %rax\\nmov %rax, 24(%rbx)\\nret\\n\"\n"
	"    \"done leaf\\n\"\n"
	"    \"begin jumper\\npush %rcx\\npop %rcx\\njmp landing\\ndone jumper\\n\"\n"
	"    \"begin landing\\nmov 16(%rbx), %rax\\nret\\ndone landing\\n\"\n"
	"    \"begin recurse\\ndec %ecx\\njz 1f\\ncall recurse\\n1: ret\\n\"\n"
	"    \"done recurse\\n\"\n"
	"    \"begin pointed\\nmov 16(%rbx), %rax\\njmp __x86_return_thunk\\n\"\n"
	"    \"done pointed\\n\"\n"
	"    \"begin __x86_indirect_thunk_rax\\ncall 1f\\n2: pause\\nlfence\\n\"\n"
	"    \"jmp 2b\\n1: mov %rax, (%rsp)\\nret\\ndone __x86_indirect_thunk_rax\\n\"\n"
	"    \"begin __x86_return_thunk\\nret\\nint3\\ndone __x86_return_thunk\\n\"\n"
	"    \"begin x86_emulate_instruction\\nret\\ndone x86_emulate_instruction\\n\"\n"
	"    \"begin kvm_handle_page_fault\\njmp __x86_return_thunk\\n\"\n"
	"    \"done kvm_handle_page_fault\\n\"\n"
	"    \"begin vmx_vcpu_run\\nret\\ndone vmx_vcpu_run\\n\"\n"
	"    \"begin __switch_to_asm\\npush %rbp\\nmov %rsp, (%rdi)\\n\"\n"
	"    \"mov (%rsi), %rsp\\npop %rbp\\njmp __switch_to\\ndone __switch_to_asm\\n\"\n"
	"    \"begin __switch_to\\nret\\ndone __switch_to\\n\"\n"
	"    \"begin other_task\\ncall __switch_to_asm\\nother_goes_on: call leaf\\n\"\n"
	"    \"call __switch_to_asm\\ndone other_task\\n\"\n"
	"    \"begin asm_common_interrupt\\npush %rax\\ncall do_irq\\npop %rax\\n\"\n"
	"    \"iretq\\ndone asm_common_interrupt\\n\"\n"
	"    \"begin do_irq\\nmov 16(%rbx), %rax\\ncall leaf\\nret\\ndone do_irq\\n\"\n"
	"    \".balign 64, 0xcc\\n\");\n";

/* Its folder, made once a program. */
static inline const char *walked_folder(void)
{
	static char dir[64];
	char *path, *command;
	FILE *f;

	if (*dir)
		return dir;
	strcpy(dir, "/tmp/faultline-walked.XXXXXX");
	assert_non_null(mkdtemp(dir));
	path = xasprintf("%s/k.c", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(walked_source, f);
	fclose(f);
	command = xasprintf("cd %s && gcc -g -gz=zlib -O2 -mcmodel=kernel -fno-pic -fno-pie -ffreestanding -fcf-protection=none -fno-asynchronous-unwind-tables -c k.c && "
			    "gcc -nostdlib -static -no-pie -Wl,-Ttext=0x%llx,--build-id,-e,vcpu_enter_guest -o vmlinux k.o && "
			    "objcopy --only-keep-debug vmlinux vmlinux.debug && objcopy --strip-debug vmlinux",
			    dir, TEXT_START);
	if (system(command))
		fail_msg("failed: %s", command);
	free(command);
	free(path);
	return dir;
}

static inline int remove_walked_folder(void **state)
{
	char *command = xasprintf("rm -rf '%s'", walked_folder());
	int ret = system(command);

	(void)state;
	free(command);
	return ret;
}

static inline struct image *walked_kernel(void)
{
	char err[1024] = "";
	struct image *img = image__open(walked_folder(), err, sizeof(err));

	if (!img)
		fail_msg("%s", err);
	return img;
}

/* Text that grows. */
struct text {
	char s[32768];
	size_t n;
};

PRINTF(2, 3)
static inline void add(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	t->n += vsnprintf(t->s + t->n, sizeof(t->s) - t->n, fmt, ap);
	va_end(ap);
	assert_true(t->n < sizeof(t->s));
}

struct walk {
	struct image *img;
	struct decoder *decoder;
	struct insn insn[256];
	uint32_t nr_insns;
	struct { uint64_t addr, value; } word[64];	/* of the stacks */
	size_t nr_words;
	uint64_t pc, rsp;
	uint64_t target;		/* in rax */
	uint64_t other_rsp;		/* of the task that does not run */
	unsigned int again;		/* jumps on zero that are not taken */
	unsigned int words;		/* that a `rep` still has to do */
	uint64_t irq_at;		/* once, before the instruction there */
	/* The block under way: the plugin tells of it before its accesses. */
	uint32_t block[64];
	size_t nr_block;
	struct text accesses, steps, paths;
	bool in_irq;
	uint64_t own, irq;
	int own_off;			/* what the path line lies by */
};

static inline uint64_t label(const struct walk *w, const char *name)
{
	uint64_t addr = image__symbol(w->img, name);

	if (!addr)
		fail_msg("no label %s", name);
	return addr;
}

static inline void walk__start(struct walk *w, struct image *img)
{
	memset(w, 0, sizeof(*w));
	w->img = img;
	w->decoder = decoder__new();
	assert_non_null(w->decoder);
}

/* Add all of one text to another and empty it. */
static inline void move(struct text *from, struct text *to)
{
	add(to, "%s", from->s);
	from->n = 0;
	from->s[0] = '\0';
}

static inline void end_block(struct walk *w)
{
	for (size_t i = 0, j; i < w->nr_block; i = j) {
		for (j = i + 1; j < w->nr_block &&
		     w->block[j] == w->block[j - 1] + 1; j++)
			;
		add(&w->steps, "x %u %u\n", w->block[i], w->block[j - 1]);
	}
	w->nr_block = 0;
	move(&w->accesses, &w->steps);
}

static inline void set_word(struct walk *w, uint64_t addr, uint64_t value)
{
	size_t i = 0;

	while (i < w->nr_words && w->word[i].addr != addr)
		i++;
	assert_true(i < ARRAY_SIZE(w->word));
	w->nr_words += i == w->nr_words;
	w->word[i].addr = addr;
	w->word[i].value = value;
}

static inline uint64_t get_word(const struct walk *w, uint64_t addr)
{
	for (size_t i = 0; i < w->nr_words; i++) {
		if (w->word[i].addr == addr)
			return w->word[i].value;
	}
	return 0;
}

static inline void touch(struct walk *w, uint32_t insn, char how, uint64_t addr)
{
	add(&w->accesses, "%c %u %" PRIx64 " 8\n", how, insn, addr);
}

static inline void push(struct walk *w, uint32_t insn, uint64_t value)
{
	w->rsp -= 8;
	set_word(w, w->rsp, value);
	touch(w, insn, 's', w->rsp);
}

static inline uint64_t pop(struct walk *w, uint32_t insn)
{
	touch(w, insn, 'l', w->rsp);
	w->rsp += 8;
	return get_word(w, w->rsp - 8);
}

static inline uint32_t walked_insn(struct walk *w)
{
	struct insn *in = &w->insn[w->nr_insns];
	const char *section;
	const void *bytes;
	size_t left;

	for (uint32_t i = 0; i < w->nr_insns; i++) {
		if (w->insn[i].addr == w->pc)
			return i;
	}
	assert_true(w->nr_insns < ARRAY_SIZE(w->insn));
	bytes = image__at(w->img, w->pc, &left, &section);
	if (bytes)
		insn__decode(w->decoder, in, w->pc, bytes, left);
	else				/* the VMM is all nops */
		insn__decode(w->decoder, in, w->pc, (uint8_t []) { 0x90 }, 1);
	assert_false(in->unknown);
	return w->nr_insns++;
}

/* What an instruction that continues with the next one does to stack and data. */
static inline void do_plain(struct walk *w, uint32_t i)
{
	const struct insn *in = &w->insn[i];
	int n;

	if (!strncmp(in->mnemonic, "push", 4)) {
		push(w, i, 0);
	} else if (!strncmp(in->mnemonic, "pop", 3)) {
		pop(w, i);
	} else if (sscanf(in->operands, "$%i, %%rsp", &n) == 1) {
		w->rsp += n;
	} else if (!strcmp(in->operands, "%rax, (%rsp)")) {
		touch(w, i, 's', w->rsp);
		set_word(w, w->rsp, w->target);
	} else {
		if (in->loads)
			touch(w, i, 'l', DATA + in->disp);
		if (in->stores)
			touch(w, i, 's', DATA + in->disp);
	}
	if (!strcmp(in->operands, "(%rsi), %rsp")) {
		uint64_t rsp = w->rsp;

		w->rsp = w->other_rsp;
		w->other_rsp = rsp;
	}
}

static inline void step(struct walk *w);

static inline void interrupt(struct walk *w)
{
	uint64_t pc = w->pc, rsp = w->rsp;

	end_block(w);
	add(&w->steps, "i 1\n");
	w->in_irq = true;
	w->pc = label(w, "asm_common_interrupt");
	while (w->pc)
		step(w);
	add(&w->steps, "i 0\n");
	w->in_irq = false;
	w->pc = pc;
	w->rsp = rsp;
}

static inline void step(struct walk *w)
{
	const struct insn *in;
	uint64_t next;
	uint32_t i;

	if (w->pc == w->irq_at) {
		w->irq_at = 0;
		interrupt(w);
	}
	i = walked_insn(w);
	in = &w->insn[i];
	next = in->addr + in->len;
	assert_true(w->nr_block < ARRAY_SIZE(w->block));
	w->block[w->nr_block++] = i;
	*(w->in_irq ? &w->irq : &w->own) += 1;
	switch (in->kind) {
	case INSN_CALL:
		push(w, i, next);
		next = in->target;
		break;
	case INSN_JMP:
		next = in->target;
		break;
	case INSN_JMP_INDIRECT:
		next = w->target;
		break;
	case INSN_JCC:
		if (!w->again)
			next = in->target;
		else
			w->again--;
		break;
	case INSN_RET:
		next = pop(w, i);
		break;
	case INSN_IRET:
		touch(w, i, 'l', w->rsp);
		next = 0;
		break;
	default:
		if (in->repeats && w->words) {
			w->words--;
			next = in->addr;
		}
		do_plain(w, i);
	}
	w->pc = next;
	if (in->kind != INSN_PLAIN || in->repeats)
		end_block(w);
}

static inline void go_to(struct walk *w, const char *name)
{
	uint64_t to = label(w, name);

	do
		step(w);
	while (w->pc != to);
}

/* From after the VM exit into the handler. */
static inline void walk__begin(struct walk *w)
{
	w->own = w->irq = 0;
	w->rsp = STACK_TOP - 32;
	w->nr_words = 0;
	set_word(w, STACK_TOP - 24, label(w, "behind_inner"));
	set_word(w, STACK_TOP - 8, label(w, "behind_run"));
	w->other_rsp = OTHER_STACK;
	set_word(w, OTHER_STACK + 8, label(w, "other_goes_on"));
	w->pc = label(w, "behind_vmrun");
	go_to(w, "dispatch");
}

static inline void walk__part(struct walk *w, const char *name)
{
	w->target = label(w, name);
	step(w);
	if (!strcmp(name, "thunk"))
		w->target = label(w, "pointed");
	go_to(w, "dispatch");
}

/* The path line and what happened. */
static inline void walk__end(struct walk *w, unsigned int count,
			     const char *how, const char *guest)
{
	end_block(w);
	add(&w->paths, "path %u 2 %s %s %" PRIu64 " %" PRIu64 " 3 5 %u 1\n",
		count, how, guest, w->own + w->own_off, w->irq * count,
		4 * count);
	move(&w->steps, &w->paths);
	add(&w->paths, "end\n");
}

#define GUEST_LOADS	"8b03"		/* mov (%rbx), %eax */
#define GUEST_STORES	"8903"		/* mov %eax, (%rbx) */

/* A whole fault: kvm_mmu_page_fault() goes through the parts named. */
static inline void walk__fault(struct walk *w, unsigned int count,
			       const char *guest, const char *parts)
{
	struct strlist l = { 0 };

	walk__begin(w);
	strlist__split(&l, parts, ' ');
	for (size_t i = 0; i < l.nr; i++)
		walk__part(w, l.item[i]);
	strlist__free(&l);
	w->target = label(w, "leave");
	go_to(w, "behind_vmrun");
	walk__end(w, count, PROBE_RETRY, guest);
}

static inline struct probe_log read_log(const char *path)
{
	char err[512] = "";
	struct probe_log log;

	if (probe_log__read(&log, path, err, sizeof(err)))
		fail_msg("%s", err);
	return log;
}

/* The log of all that was walked, tail before its end; and read it. */
static inline struct probe_log walk__log(struct walk *w, const char *tail)
{
	char *path = xasprintf("%s/log", walked_folder());
	FILE *f = fopen(path, "w");
	struct probe_log log;

	assert_non_null(f);
	fprintf(f, "faultprobe %d\n", PROBE_VERSION);
	for (uint32_t i = 0; i < w->nr_insns; i++) {
		fprintf(f, "insn %u %" PRIx64 " ", i, w->insn[i].addr);
		for (unsigned int j = 0; j < w->insn[i].len; j++)
			fprintf(f, "%02x", w->insn[i].bytes[j]);
		fputc('\n', f);
	}
	fprintf(f, "%s%sbye\n", w->paths.s, tail);
	fclose(f);
	decoder__free(w->decoder);
	log = read_log(path);
	free(path);
	return log;
}

#endif
