/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ROM of the host under Bochs: from the reset vector to the PVH entry of the
 * kernel in the image (bochs_image.c). There is no BIOS, disk or boot loader.
 * Assembled to a flat file of 64 KiB that ends at 4 GiB.
 */
#include "bochs_rom.h"

#define ROM_ADDRESS	0xffff0000
#define ROM_SIZE	0x10000
#define RESET_VECTOR	0xfff0
#define CODE		8	/* selectors of the table below */
#define DATA		16

	.text
	.globl	_start
_start:
	.code16
	cli
	movb	$2, %al			/* address line 20 on, where it is off */
	outb	%al, $0x92
	lgdtl	%cs:table_at - _start
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$CODE, $ROM_ADDRESS + (protected - _start)

	.code32
protected:
	movw	$DATA, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	/*
	 * Bochs reads the image with one read() to the place of its first
	 * block, and gives places to blocks in the order of their first use.
	 */
	movl	$IMAGE_ADDRESS, %esi
	movl	%esi, %edi
	movl	IMAGE_NR_BLOCKS(%esi), %ecx
next:	movb	(%edi), %al
	addl	$IMAGE_BLOCK, %edi
	loop	next

	movl	IMAGE_START(%esi), %ebx	/* the PVH boot ABI's only argument */
	jmp	*IMAGE_ENTRY(%esi)

	.balign	8
table:
	.quad	0
	.quad	0x00cf9b000000ffff
	.quad	0x00cf93000000ffff
table_at:
	.word	table_at - table - 1
	.long	ROM_ADDRESS + (table - _start)

	.org	RESET_VECTOR
	.code16
	jmp	_start
	.org	ROM_SIZE
