/* SPDX-License-Identifier: GPL-2.0 */
/*
 * First instructions of a flat guest without paging. The VMM enters in 32-bit
 * mode with flat segments, the stack pointer set and %edi at the parameters.
 */
	.code32
	.section .text.start, "ax"
	.globl	_start
_start:
	xorl	%ebp, %ebp
	pushl	%edi
	call	guest_start
1:	hlt
	jmp	1b

	.section .note.GNU-stack, "", @progbits
