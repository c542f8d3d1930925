// SPDX-License-Identifier: GPL-2.0
/*
 * The report as one page that needs nothing else: light and dark, on a phone
 * and on paper.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "flame_page.h"
#include "full.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n"
	"<title>Faultline: what a KVM page fault costs</title>\n<style>\n"
	":root{--bg:#fff;--fg:#1d2127;--dim:#5a626c;--rule:#d7dbe0;--soft:#f4f5f7;"
	"--link:#1f6fb4;--bad:#a3341b;--good:#1c5fa0}\n"
	"@media (prefers-color-scheme:dark){:root{--bg:#16191e;--fg:#e9ebee;"
	"--dim:#a4acb6;--rule:#363c45;--soft:#1e2229;--link:#6cb2ee;"
	"--bad:#f09a80;--good:#86bdf2}}\n"
	"*{box-sizing:border-box}"
	"body{background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif;"
	"max-width:78rem;margin:0 auto;padding:1rem}\n"
	"h1{font-size:1.4rem;line-height:1.25;margin:.3rem 0 .8rem}"
	"h2{font-size:1.15rem;margin:2.2rem 0 .5rem;border-bottom:1px solid var(--rule)}"
	"h3{font-size:1rem;margin:1.4rem 0 .4rem}\n"
	".answer{font-size:1.1rem}.dim{color:var(--dim)}a{color:var(--link)}\n"
	"nav{font-size:.9rem}nav a{margin-right:.9rem;white-space:nowrap}\n"
	".wide{overflow-x:auto}\n"
	"table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}"
	"th,td{padding:.2rem .6rem;text-align:right;border-bottom:1px solid var(--rule);"
	"white-space:nowrap}th:first-child,td:first-child{text-align:left}"
	"thead th{background:var(--soft);vertical-align:bottom}\n"
	"th button{all:unset;cursor:pointer;font-weight:bold}"
	"th button:focus-visible{outline:2px solid var(--link)}"
	"th[aria-sort=ascending] button::after{content:\" \\2191\"}"
	"th[aria-sort=descending] button::after{content:\" \\2193\"}\n"
	".first{margin:.2rem 0 .6rem}.first strong{font-size:1.05rem}.where{white-space:normal;min-width:14rem}\n"
	".worse{color:var(--bad)}.better{color:var(--good)}small{color:inherit}\n"
	".l{text-align:left}[scope=colgroup]{text-align:center}caption{text-align:left;font-weight:600;padding:.9rem 0 .2rem}"
	"dl{font-size:.9rem}dt{font-weight:600}dd{margin:0 0 .3rem 1.5rem}\n"
	"pre{background:var(--soft);padding:.7rem;overflow-x:auto;"
	"font:12.5px/1.4 ui-monospace,Menlo,Consolas,\"DejaVu Sans Mono\",monospace}\n"
	"figure{margin:1rem 0;overflow-x:auto}"
	"figure>svg{display:block;width:100%;min-width:600px;height:auto;color:var(--fg)}"
	"code{font:12.5px ui-monospace,Menlo,Consolas,monospace}\n"
	".wide:focus-visible{outline:2px solid var(--link)}\n"
	"@media (max-width:40rem),print{td br{display:none}td small{display:block}"
	"th,td{padding:.2rem .4rem}th{white-space:normal}"
	".answer{font-size:1rem}.first thead{position:absolute;clip-path:inset(50%)}"
	".first tr{display:block;border-bottom:1px solid var(--rule);padding:.3rem 0}"
	".first tbody,.first caption{display:block;white-space:normal}"
	".first td{display:inline-block;border:0;padding:.05rem .6rem .05rem 0;white-space:normal}"
	".first td:first-child{font-weight:600}.where{min-width:0}}\n"
	"@media print{:root{--bg:#fff;--fg:#000;--dim:#444;--rule:#bbb;--soft:#fff;"
	"--link:#000;--bad:#8a2510;--good:#123f70}"
	"body{max-width:none;font-size:11px}nav,th button::after{display:none}"
	"pre{white-space:pre-wrap;font-size:9px}.wide,figure{overflow:visible}"
	"figure>svg{min-width:0}h2,h3{break-after:avoid}figure,tr{break-inside:avoid}}\n"
	"</style>\n</head>\n<body>\n";

/* Sort a table by the column whose head was pressed; again, the other way. */
static const char script[] =
	"<script>\n"
	"for (const b of document.querySelectorAll('th button'))\n"
	" b.addEventListener('click', () => {\n"
	"  const th = b.parentElement, row = th.parentElement;\n"
	"  const at = [...row.children].indexOf(th);\n"
	"  const up = th.getAttribute('aria-sort') !== 'ascending';\n"
	"  for (const h of row.children) h.removeAttribute('aria-sort');\n"
	"  th.setAttribute('aria-sort', up ? 'ascending' : 'descending');\n"
	"  const body = th.closest('table').tBodies[0];\n"
	"  const key = r => { const c = r.children[at], n = parseFloat(c.dataset.n);\n"
	"   return c.dataset.n === undefined ? c.textContent : isNaN(n) ? Infinity : n; };\n"
	"  [...body.rows].sort((r, s) => { const a = key(r), c = key(s);\n"
	"   const o = typeof a === 'string' ? a.localeCompare(c) : a < c ? -1 : a > c ? 1 : 0;\n"
	"   return up ? o : -o; }).forEach(r => body.append(r));\n"
	" });\n"
	"</script>\n";

static void text(FILE *f, const char *s)
{
	svg__text(f, s, strlen(s));
}

static bool same_row(const struct judgement *a, const struct judgement *b)
{
	return !strcmp(a->workload, b->workload) && !strcmp(a->mode, b->mode);
}

static void write_cell(FILE *f, const struct judgement *k)
{
	static const char *const class[NR_JUDGED] = { "", "", "better", "worse" };
	const int digits = *k->mode ? 1 : 0;

	fprintf(f, "<td class=\"%s\" data-n=\"", class[k->is]);
	if (!isnan(k->diff))
		fprintf(f, "%g", k->diff);
	fputs("\" title=\"", f);
	text(f, k->reason);
	fputs("\">", f);
	if (isnan(k->diff)) {
		fputs("&ndash;<br><small>no verdict</small>", f);
	} else {
		report__judged_figure(f, k, k->value);
		fprintf(f, " <small>%+.*f (%+.2f&nbsp;%%)</small><br><small>%s</small>",
			digits, k->diff, k->percent,
			judged__name(k->is, *k->mode));
	}
	fputs("</td>", f);
}

/* The variants of a table, in the order in which its first row has them. */
static size_t columns_of(const struct judgement *k, const struct judgement *end)
{
	size_t n = 0;

	while (k + n < end && same_row(k, k + n))
		n++;
	return n;
}

/* Judgements of one table: rows of one workload and mode stand together. */
static void write_table(FILE *f, const struct judgement *k,
			const struct judgement *end, bool rigs)
{
	const size_t columns = columns_of(k, end);

	fputs("<h3>", f);
	text(f, k->base);
	fputs(", profile ", f);
	text(f, k->profile);
	if (rigs) {
		fputs(", rig ", f);
		text(f, k->rig);
	}
	fprintf(f, ": %s per fault</h3>\n<div class=\"wide\" tabindex=\"0\"><table><thead><tr>"
		"<th><button>workload</button></th><th><button>reference</button></th>",
		k->unit);
	for (size_t c = 0; c < columns; c++) {
		fputs("<th><button>", f);
		text(f, k[c].variant);
		fputs("</button></th>", f);
	}
	fputs("</tr></thead><tbody>\n", f);
	while (k < end) {
		const struct judgement *row = k;

		fputs("<tr><td>", f);
		text(f, row->workload);
		fprintf(f, "%s%s</td><td data-n=\"", *row->mode ? " " : "",
			row->mode);
		if (isnan(row->ref))
			fputs("\">", f);
		else
			fprintf(f, "%g\">", row->ref);
		if (isnan(row->ref) && isnan(row->diff))
			fputs("&ndash;", f);
		else
			report__judged_figure(f, row, row->ref);
		fputs("</td>", f);
		for (; k < end && same_row(row, k); k++)
			write_cell(f, k);
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table></div>\n", f);
}

/*
 * In the run's order variants stand within a workload and mode. What the answer
 * is of comes first.
 */
static void write_tables(FILE *f, const struct judgements *j)
{
	for (int others = 0; others < 2; others++) {
		for (size_t i = 0, end; i < j->nr; i = end) {
			const struct judgement *k = &j->item[i];

			for (end = i; end < j->nr && judgement__same_table(k, &j->item[end]); end++)
				;
			if ((strcmp(k->base, DEFAULT_BASE) != 0) == others)
				write_table(f, k, &j->item[end], j->rigs);
		}
	}
}

static void write_pictures(FILE *f, const struct full_report *r)
{
	fputs("<h2 id=\"pictures\">Pictures</h2>\n", f);
	if (r->no_pictures) {
		fputs("<p>", f);
		text(f, r->no_pictures);
		fputs("</p>\n", f);
	}
	for (size_t i = 0; i < r->nr_pictures; i++) {
		const struct full_picture *p = &r->picture[i];

		if (!p->svg)
			continue;
		fprintf(f, "<figure id=\"picture-%zu\">\n%s\n</figure>\n", i, p->svg);
	}
}

/* What vanished is in a list under each. */
static void write_flames(FILE *f, const struct full_report *r)
{
	if (!r->nr_flames)
		return;
	fputs("<h2 id=\"flames\">Where the difference is, as flames</h2>\n"
	      "<p class=\"dim\">A box that is pointed at says its figures; what is no longer "
	      "there is listed below its picture, as elided.</p>\n", f);
	for (size_t i = 0; i < r->nr_flames; i++)
		fprintf(f, "<figure id=\"flame-%zu\">\n%s\n</figure>\n", i,
			r->flame[i].svg);
}

static void write_pre(FILE *f, const char *s)
{
	fputs("<pre>", f);
	text(f, s);
	fputs("</pre>\n", f);
}

static void write_section(FILE *f, const struct full_section *s)
{
	fprintf(f, "<h2 id=\"%s\">%s</h2>\n", s->id, s->title);
	if (s->text) {
		fputs("<p class=\"dim\"><code>", f);
		text(f, s->command);
		fputs("</code></p>\n", f);
		if (s->tables.nr)
			table_html__fragment(f, &s->tables);
		else
			write_pre(f, s->text);
	} else {
		fputs("<p>", f);
		text(f, s->missing);
		fputs("</p>\n", f);
	}
}

void report__full_html(FILE *f, const struct full_report *r)
{
	const struct judgements *j = r->verdicts;
	char *counts = judgements__counts(j, j->count);

	fputs(head, f);
	fputs("<h1>What a KVM page fault costs</h1>\n<p class=\"answer\">", f);
	text(f, j->answer);
	fputs("</p>\n", f);
	report__full_first(f, r);
	fprintf(f, "<p class=\"dim\">%s. Run ", counts);
	text(f, json_string_value(json_object_get(r->run->meta, "id")) ?: "unknown");
	fputs(", report of ", f);
	text(f, r->made);
	fputs(".</p>\n<nav><a href=\"#verdicts\">Verdicts</a> "
	      "<a href=\"#pictures\">Pictures</a> ", f);
	if (r->nr_flames)
		fputs("<a href=\"#flames\">Flames</a> ", f);
	for (size_t i = 0; i < r->nr_sections; i++)
		fprintf(f, "<a href=\"#%s\">%s</a> ", r->section[i].id,
			r->section[i].title);
	fputs("</nav>\n<h2 id=\"verdicts\">Verdicts</h2>\n"
	      "<p class=\"dim\">Figure, difference to the reference, verdict; "
	      "the reason shows when a cell is pointed at, and stands in the "
	      "section All reasons. A head sorts its column.</p>\n", f);
	if (j->nr)
		write_tables(f, j);
	else
		fputs("<p>The run has nothing to compare.</p>\n", f);
	write_pictures(f, r);
	write_flames(f, r);
	for (size_t i = 0; i < r->nr_sections; i++)
		write_section(f, &r->section[i]);
	if (j->false_alarms) {
		fputs("<p id=\"false-alarms\">", f);
		text(f, j->false_alarms);
		fputs("</p>\n", f);
	}
	free(counts);
	fputs(script, f);
	fputs("</body>\n</html>\n", f);
}
