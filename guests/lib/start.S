/* SPDX-License-Identifier: GPL-2.0 */
/*
 * First instructions of every flat guest. The VMM enters in 64-bit mode with
 * the identity map loaded, the stack pointer set and %rdi at the parameters.
 */
	.section .text.start, "ax"
	.globl	_start
_start:
	xorl	%ebp, %ebp
	call	guest_start
1:	hlt
	jmp	1b

	.section .note.GNU-stack, "", @progbits
