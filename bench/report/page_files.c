// SPDX-License-Identifier: GPL-2.0
/* See page_files.h; the Makefile knows what this is made of. */
#include "page_files.h"

#define BUILT_IN(name, file)						\
	__asm__(".pushsection .rodata\n.globl " #name "\n" #name ":\n"	\
		".incbin \"bench/report/" file "\"\n.byte 0\n.popsection\n")

BUILT_IN(page_trend_css, "trend.css");
BUILT_IN(page_trend_js, "trend.js");
BUILT_IN(page_trend_chart_js, "trend_chart.js");
BUILT_IN(page_trend_choose_js, "trend_choose.js");
