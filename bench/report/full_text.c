// SPDX-License-Identifier: GPL-2.0
/* The report as text for a mail, at most 75 columns, and as Markdown. */
#include <math.h>
#include <string.h>

#include "full.h"
#include "text.h"

static const char *meta(const struct run *run, const char *of, const char *key)
{
	const char *s = json_string_value(json_object_get(
				json_object_get(run->meta, of), key));

	return s ?: "unknown";
}

/* As it was typed, ready to be typed again. */
static char *command_text(const struct run *run, const char *before)
{
	size_t size;
	char *text;
	FILE *f = xmemstream(&text, &size);

	text__run_command(f, before, run);
	fclose(f);
	return text__clean(text);
}

/* A line in pieces of at most REPORT_COLUMNS, so that no mail breaks it. */
static void write_lines(FILE *f, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (len <= REPORT_COLUMNS) {
			fprintf(f, "%.*s\n", (int)len, text);
		} else {
			char *line = xasprintf("%.*s", (int)len, text);

			text__wrapped(f, 0, line);
			free(line);
		}
		text += len + (text[len] == '\n');
	}
}

void report__full_text(FILE *f, const struct full_report *r)
{
	const struct judgements *j = r->verdicts;
	char *all = judgements__counts(j, j->count);
	char *command = command_text(r->run, "$ ");
	char *answer = text__clean(xstrdup(j->answer)), *line;

	text__wrapped(f, 0, answer);
	text__wrapped(f, 0, all);
	fprintf(f, "\n%s", command);
	line = xasprintf("%s, Linux %s; suite %.12s; run %s",
			 meta(r->run, "machine", "cpu"),
			 meta(r->run, "machine", "kernel"),
			 meta(r->run, "tool", "revision"),
			 json_string_value(json_object_get(r->run->meta, "id")) ?: "unknown");
	text__wrapped(f, 0, text__clean(line));
	free(line);
	free(answer);
	for (size_t i = 0; i < r->nr_sections; i++) {
		const struct full_section *s = &r->section[i];

		fprintf(f, "\n== %s\n\n", s->title);
		if (s->text)
			write_lines(f, s->text);
		else
			text__wrapped(f, 0, s->missing);
	}
	if (j->false_alarms) {
		fputc('\n', f);
		text__wrapped(f, 0, j->false_alarms);
	}
	free(all);
	free(command);
}

void report__judged_figure(FILE *f, const struct judgement *k, double figure)
{
	if (isnan(figure))
		fputs("several", f);
	else
		fprintf(f, "%.*f", *k->mode ? 1 : 0, figure);
}

static void write_verdicts(FILE *f, const struct judgements *j)
{
	for (size_t i = 0; i < j->nr; i++) {
		const struct judgement *k = &j->item[i];

		if (!i || !judgement__same_table(k, k - 1)) {
			fputs("\n### ", f);
			text__markdown(f, k->base);
			fputs(", profile ", f);
			text__markdown(f, k->profile);
			if (j->rigs) {
				fputs(", rig ", f);
				text__markdown(f, k->rig);
			}
			fputs("\n\n| workload | variant | figure | difference | verdict |\n"
			      "| --- | --- | ---: | ---: | --- |\n", f);
		}
		fputs("| ", f);
		text__markdown(f, k->workload);
		fprintf(f, "%s%s | ", *k->mode ? " " : "", k->mode);
		text__markdown(f, k->variant);
		if (isnan(k->diff)) {
			fputs(" | - | - | ", f);
		} else {
			fputs(" | ", f);
			report__judged_figure(f, k, k->value);
			fprintf(f, " | %+.*f (%+.2f %%) | ", *k->mode ? 1 : 0,
				k->diff, k->percent);
		}
		text__markdown(f, k->reason);
		fputs(" |\n", f);
	}
}

/* A fence longer than any run of backticks in the text. */
static void write_fenced(FILE *f, const char *text)
{
	size_t most = 2, run = 0;

	for (const char *s = text; *s; s++) {
		run = *s == '`' ? run + 1 : 0;
		most = run > most ? run : most;
	}
	for (int end = 0; end < 2; end++) {
		for (size_t i = 0; i <= most; i++)
			fputc('`', f);
		fprintf(f, "%s", end ? "\n" : "text\n");
		if (!end)
			fputs(text, f);
	}
}

static void write_markdown(FILE *f, const struct tables *t)
{
	size_t size;
	char *text;
	FILE *into = xmemstream(&text, &size);

	table_markdown__write(into, t);
	fclose(into);
	fputs(text__clean(text), f);
	free(text);
}

void report__full_markdown(FILE *f, const struct full_report *r)
{
	char *all = judgements__counts(r->verdicts, r->verdicts->count);
	char *command = command_text(r->run, "");

	fputs("# What a KVM page fault costs\n\n", f);
	text__markdown(f, r->verdicts->answer);
	fprintf(f, "\n\n%s. Made by:\n\n", all);
	write_fenced(f, command);
	fputs("\n## Verdicts\n", f);
	write_verdicts(f, r->verdicts);
	for (size_t i = 0; i < r->nr_sections; i++) {
		const struct full_section *s = &r->section[i];

		fprintf(f, "\n## %s\n\n", s->title);
		if (s->text && s->tables.nr) {
			write_markdown(f, &s->tables);
		} else if (s->text) {
			write_fenced(f, s->text);
		} else {
			text__markdown(f, s->missing);
			fputc('\n', f);
		}
	}
	if (r->verdicts->false_alarms) {
		fputc('\n', f);
		text__markdown(f, r->verdicts->false_alarms);
		fputc('\n', f);
	}
	free(all);
	free(command);
}
