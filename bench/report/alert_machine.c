// SPDX-License-Identifier: GPL-2.0
/*
 * Alerts for other programs: JUnit XML, annotations of GitHub, JSON, and the
 * commands that run suspects again; see alert_report.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alert_report.h"
#include "history_report.h"

static bool is_regression(const struct alert_item *i)
{
	return i->v.is == ALERT_SOFT || i->v.is == ALERT_HARD;
}

/* Whether it is bad is not known before somebody looks. */
static bool is_to_accept(const struct alert_item *i)
{
	return i->v.is == ALERT_BASE || i->v.is == ALERT_UNJUDGED;
}

/* Without what XML 1.0 cannot have: controls, U+FFFE and U+FFFF. */
static void xml(FILE *f, const char *raw)
{
	char *text = safe_text(raw);

	for (const char *s = text; *s; s++) {
		if (*s == '&')
			fputs("&amp;", f);
		else if (*s == '<')
			fputs("&lt;", f);
		else if (*s == '>')
			fputs("&gt;", f);
		else if (*s == '"')
			fputs("&quot;", f);
		else if (!strncmp(s, "\xef\xbf\xbe", 3) ||
			 !strncmp(s, "\xef\xbf\xbf", 3))
			s += 2;
		else
			fputc(*s, f);
	}
	free(text);
}

static void junit_message(FILE *f, const char *element,
			  const struct alert_item *i, const char *head)
{
	char *figures = i ? alert__figures(i) : xstrdup("");
	char *story = i && i->v.points ? alert__story(i) : xstrdup("");
	char *functions = i ? alert__functions(i) : xstrdup("");

	fprintf(f, "      <%s message=\"%s%s", element, head,
		*head && *figures ? ": " : "");
	xml(f, figures);
	fputs("\">", f);
	xml(f, story);
	if (*functions) {
		fputs(" Functions: ", f);
		xml(f, functions);
	}
	fprintf(f, "</%s>\n", element);
	free(functions);
	free(story);
	free(figures);
}

static const struct alert_item *item_of(const struct alerts *a,
					const struct history_series *s)
{
	for (size_t i = 0; i < a->nr; i++) {
		if (a->item[i].series == s)
			return &a->item[i];
	}
	return NULL;
}

static void junit_outcome(FILE *f, const struct alert_item *i)
{
	if (is_regression(i) && alert__counts(i))
		junit_message(f, "failure", i, alert__name(i->v.is));
	else if (is_regression(i))
		junit_message(f, "skipped", i, i->ack ? "acknowledged" :
			      "as its difference or its baseline");
	else if (i->v.is == ALERT_FEW)
		junit_message(f, "skipped", NULL, "too few points to judge");
	else if (i->v.is == ALERT_SUSPECT)
		junit_message(f, "skipped", i, "suspect, to be run again");
	else if (is_to_accept(i))
		junit_message(f, "skipped", i, alert__name(i->v.is));
	else
		junit_message(f, "system-out", i, "");
}

/* Of attributions those alone that have something to say. */
static bool is_case(const struct alerts *a, const struct history_series *s,
		    const struct alert_item *k)
{
	return !alert__is_apart(a, s) ||
	       (k && alert__counts(k) && k->v.is != ALERT_FEW);
}

void report__alert_junit(FILE *f, const struct alerts *a)
{
	size_t failures = 0, skipped = 0, cases = 0;

	for (size_t i = 0; i < a->nr_series; i++)
		cases += is_case(a, &a->series[i], item_of(a, &a->series[i]));
	for (size_t i = 0; i < a->nr; i++) {
		const struct alert_item *k = &a->item[i];

		if (!is_case(a, k->series, k))
			continue;
		if (is_regression(k) && alert__counts(k))
			failures++;
		else if (is_regression(k) || k->v.is == ALERT_FEW ||
			 k->v.is == ALERT_SUSPECT || is_to_accept(k))
			skipped++;
	}
	fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
		"  <testsuite name=\"faultline alert\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
		cases, failures, skipped + a->ended);
	for (size_t i = 0; i < a->nr_series; i++) {
		const struct history_series *s = &a->series[i];
		const struct alert_item *k = item_of(a, s);

		if (!is_case(a, s, k))
			continue;
		fputs("    <testcase classname=\"", f);
		xml(f, s->key.rig);
		fputc('.', f);
		xml(f, s->key.base);
		fputc('.', f);
		xml(f, s->key.variant);
		fputc('.', f);
		xml(f, s->key.profile);
		fputs("\" name=\"", f);
		xml(f, s->key.workload);
		fputc('.', f);
		xml(f, s->key.metric);
		if (!k) {
			fputs("\"/>\n", f);
			continue;
		}
		fputs("\">\n", f);
		junit_outcome(f, k);
		fputs("    </testcase>\n", f);
	}
	fputs("  </testsuite>\n</testsuites>\n", f);
}

/* A workflow command's escapes; a property has two more. */
static void github(FILE *f, const char *s, bool property)
{
	for (; *s; s++) {
		if (*s == '%' || *s == '\r' || *s == '\n' ||
		    (property && (*s == ':' || *s == ',')))
			fprintf(f, "%%%02X", *s);
		else
			fputc(*s, f);
	}
}

void report__alert_github(FILE *f, const struct alerts *a)
{
	for (size_t i = 0; i < a->nr; i++) {
		const struct alert_item *k = &a->item[i];
		char *name, *figures, *story, *functions, *parts, *text;

		if ((!is_regression(k) && !is_to_accept(k)) ||
		    !alert__counts(k))
			continue;
		name = alert__series_name(&k->series->key);
		figures = alert__figures(k);
		story = alert__story(k);
		functions = alert__functions(k);
		parts = alert__parts(k);
		text = xasprintf("%s: %s\n%s%s%s%s%s", name, figures, story,
				 *functions ? "\nfunctions: " : "", functions,
				 *parts ? "\nwith it: " : "", parts);
		fprintf(f, "::%s title=",
			k->v.is == ALERT_HARD ? "error" :
			k->v.is == ALERT_BASE ? "notice" : "warning");
		github(f, name, true);
		fputs("::", f);
		github(f, text, false);
		fputc('\n', f);
		free(text);
		free(parts);
		free(functions);
		free(story);
		free(figures);
		free(name);
	}
}

static void set(json_t *o, const char *key, const char *s)
{
	json_object_set_new(o, key, safe_json(s ?: ""));
}

static void set_number(json_t *o, const char *key, double v)
{
	json_object_set_new(o, key, isfinite(v) ? json_real(v) : json_null());
}

static json_t *point_json(const struct history_point *p)
{
	char *source;
	json_t *o;

	if (!p->run)
		return json_null();
	source = xasprintf("%.*s", (int)history__source_len(p->source_sha256), p->source_sha256);
	o = json_object();
	set(o, "run", p->run);
	set(o, "started", p->started);
	set_number(o, "value", p->value);
	set(o, "release", p->release);
	set(o, "source_sha256", source);
	free(source);
	set(o, "handler_sha256", p->handler_sha256);
	set(o, "revision", p->revision);
	set(o, "path", p->path);
	set(o, "instrument", p->setup ? p->setup->instrument : "");
	set(o, "compiler", p->setup ? p->setup->compiler : "");
	return o;
}

static json_t *ack_json(const struct acks *acks, const struct ack *k)
{
	json_t *o;

	if (!k)
		return json_null();
	o = json_object();
	set(o, "file", acks->path);
	json_object_set_new(o, "line", json_integer(k->line));
	set(o, "pattern", k->pattern);
	set(o, "commit", k->commit);
	set(o, "who", k->who);
	set(o, "why", k->why);
	set(o, "until", k->until);
	return o;
}

/* How a base moved, with its variants; null of other items. */
static json_t *moved_json(const struct alert_moved *m)
{
	json_t *o;

	if (!m->workloads)
		return json_null();
	o = json_object();
	json_object_set_new(o, "workloads", json_integer(m->workloads));
	json_object_set_new(o, "profiles", json_integer(m->profiles));
	json_object_set_new(o, "variants", json_integer(m->variants));
	set_number(o, "least", m->least);
	set_number(o, "most", m->most);
	return o;
}

/* Figures of attributions that are listed with it. */
static json_t *parts_json(const struct alert_item *i)
{
	static const char *const code[] = {
		[ALERT_CODE_STAYED] = "stayed", [ALERT_CODE_CAME] = "new",
		[ALERT_CODE_WENT] = "gone",
	};
	json_t *parts = json_array();

	for (size_t n = 0; n < i->nr_parts; n++) {
		json_t *part = json_object();

		set(part, "metric", i->part[n].metric);
		set_number(part, "diff", i->part[n].diff);
		set(part, "code", code[i->part[n].code]);
		json_array_append_new(parts, part);
	}
	return parts;
}

static json_t *item_json(const struct alerts *a, const struct alert_item *i)
{
	const struct history_key *k = &i->series->key;
	json_t *o = json_object(), *functions = json_array();

	set(o, "is", alert__name(i->v.is));
	set(o, "rig", k->rig);
	set(o, "machine", k->machine);
	set(o, "base", k->base);
	set(o, "variant", k->variant);
	set(o, "profile", k->profile);
	set(o, "workload", k->workload);
	set(o, "metric", k->metric);
	set(o, "unit", i->series->unit);
	set_number(o, "before", i->v.before);
	set_number(o, "now", i->v.now);
	set_number(o, "percent", i->v.percent);
	set_number(o, "baseline", i->v.reference ? i->v.reference : NAN);
	json_object_set_new(o, "moved", moved_json(&i->moved));
	json_object_set_new(o, "points", json_integer(i->v.points));
	json_object_set_new(o, "covered", json_boolean(i->covered));
	json_object_set_new(o, "ended", json_boolean(i->ended));
	json_object_set_new(o, "ack", ack_json(a->acks, i->ack));
	json_object_set_new(o, "last_without", point_json(&i->before));
	json_object_set_new(o, "first_with", point_json(&i->first));
	json_object_set_new(o, "newest", point_json(&i->newest));
	set(o, "cause", i->cause);
	set(o, "commits", i->commits);
	for (size_t n = 0; n < i->where.nr; n++) {
		json_t *fn = json_object();

		set(fn, "name", i->where.func[n].name);
		json_object_set_new(fn, "diff",
				    json_integer(i->where.func[n].diff));
		json_array_append_new(functions, fn);
	}
	json_object_set_new(o, "functions", functions);
	json_object_set_new(o, "with_it", parts_json(i));
	json_object_set_new(o, "with_it_cells", json_integer(i->cell.nr));
	json_object_set_new(o, "code_moved", json_boolean(i->code_moved));
	return o;
}

void report__alert_json(FILE *f, const struct alerts *a, const char *day)
{
	json_t *o = json_object(), *count = json_object(), *all = json_array();
	json_t *unused = json_array();
	char *line = alert__headline(a), *cycles = alert__cycles_line(a);

	json_object_set_new(o, "faultline_alert", json_integer(1));
	set(o, "headline", line);
	set(o, "cycles", cycles);
	set(o, "day", day);
	set(o, "newest", a->newest);
	json_object_set_new(o, "exit_code", json_integer(alerts__exit(a)));
	for (size_t i = 0; i < NR_ALERT_IS; i++)
		json_object_set_new(count, alert__name(i),
				    json_integer(a->count[i]));
	json_object_set_new(count, "acknowledged", json_integer(a->acked));
	json_object_set_new(count, "ended", json_integer(a->ended));
	json_object_set_new(count, "attributed", json_integer(a->attributed));
	json_object_set_new(o, "series", count);
	for (size_t i = 0; i < a->nr; i++)
		json_array_append_new(all, item_json(a, &a->item[i]));
	json_object_set_new(o, "items", all);
	for (size_t i = 0; i < a->acks->nr; i++) {
		if (!a->ack_used[i])
			json_array_append_new(unused,
				ack_json(a->acks, &a->acks->item[i]));
	}
	json_object_set_new(o, "unused_acks", unused);
	json_dumpf(o, f, JSON_INDENT(2));
	fputc('\n', f);
	json_decref(o);
	free(cycles);
	free(line);
}

/* A word for a shell: quoted unless it is plainly a name. */
static void shell(FILE *f, const char *s)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+@,/-";

	if (*s && strspn(s, plain) == strlen(s)) {
		fputs(s, f);
		return;
	}
	fputc('\'', f);
	for (; *s; s++) {
		if (*s == '\'')
			fputs("'\\''", f);
		else
			fputc(*s, f);
	}
	fputc('\'', f);
}

static bool same_session(const struct history_key *a,
			 const struct history_key *b)
{
	return !strcmp(a->rig, b->rig) && !strcmp(a->base, b->base) &&
	       !strcmp(a->profile, b->profile);
}

static void option(FILE *f, const char *name, const struct strlist *l)
{
	char *list = strlist__join(l, ",");

	fprintf(f, " --%s=", name);
	shell(f, list);
	free(list);
}

/* One command for the suspects of a rig, base and profile. */
static void rerun_like(FILE *f, const struct alerts *a, size_t first)
{
	const struct history_key *k = &a->item[first].series->key;
	struct strlist variants = { 0 }, workloads = { 0 };
	struct strlist rig = { 0 }, base = { 0 }, profile = { 0 };

	for (size_t i = first; i < a->nr; i++) {
		const struct history_key *o = &a->item[i].series->key;

		if (a->item[i].v.is != ALERT_SUSPECT || !same_session(k, o))
			continue;
		if (!strlist__has(&variants, o->variant))
			strlist__add(&variants, o->variant);
		if (!strlist__has(&workloads, o->workload))
			strlist__add(&workloads, o->workload);
	}
	strlist__add(&rig, k->rig);
	strlist__add(&base, k->base);
	strlist__add(&profile, k->profile);
	fputs("build/faultline run", f);
	option(f, "rig", &rig);
	option(f, "base", &base);
	option(f, "profiles", &profile);
	option(f, "variants", &variants);
	option(f, "workloads", &workloads);
	fputs(" && build/faultline history add results/latest", f);
	if (a->db) {
		fputs(" --db=", f);
		shell(f, a->db);
	}
	fputc('\n', f);
	strlist__free(&rig);
	strlist__free(&base);
	strlist__free(&profile);
	strlist__free(&variants);
	strlist__free(&workloads);
}

void report__alert_rerun(FILE *f, const struct alerts *a)
{
	for (size_t i = 0; i < a->nr; i++) {
		bool said = false;

		if (a->item[i].v.is != ALERT_SUSPECT)
			continue;
		for (size_t k = 0; k < i; k++)
			said |= a->item[k].v.is == ALERT_SUSPECT &&
				same_session(&a->item[k].series->key,
					     &a->item[i].series->key);
		if (!said)
			rerun_like(f, a, i);
	}
}
