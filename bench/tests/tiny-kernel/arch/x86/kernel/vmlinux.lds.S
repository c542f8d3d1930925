/* SPDX-License-Identifier: GPL-2.0 */
ENTRY(start)
SECTIONS {
	. = 0xffffffff81000000;
	.text : { *(.head.text) . = ALIGN(16); *(.text .text.fixup) *(.text.unlikely) }
	.rodata : { *(.rodata .rodata.*) }
	.data : { *(.data .data.*) *(.bss) }
	/DISCARD/ : { *(.discard .discard.*) *(__tiny_check) *(.comment) *(.note.GNU-stack) }
}
