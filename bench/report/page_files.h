/* SPDX-License-Identifier: GPL-2.0 */
/* Style and scripts of pages, files of bench/report that are built in as they are. */
#ifndef FAULTLINE_PAGE_FILES_H
#define FAULTLINE_PAGE_FILES_H

extern const char page_trend_css[], page_trend_js[], page_trend_chart_js[],
		  page_trend_choose_js[];

#endif
