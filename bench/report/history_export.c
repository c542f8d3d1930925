// SPDX-License-Identifier: GPL-2.0
/*
 * The history for other programs: CSV (RFC 4180), JSON lines, and OpenMetrics
 * 1.0 text; see history_report.h.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "history_report.h"
#include "text.h"

/* Digits that bring the very number back, 15 where they suffice. */
static int digits(double v)
{
	char text[40];

	snprintf(text, sizeof(text), "%.15g", v);
	return strtod(text, NULL) == v ? 15 : 17;
}

static const struct history_setup *setup_of(const struct history_point *p)
{
	static const struct history_setup unknown = { "", "", "" };

	return p->setup ?: &unknown;
}

int report__history_point_csv(const struct history_series *s,
			      const struct history_point *p, void *out)
{
	const struct history_setup *setup = setup_of(p);
	char *source = xasprintf("%.*s", (int)history__source_len(p->source_sha256), p->source_sha256);
	const char *const before[] = {
		s->key.rig, s->key.machine, s->key.base, s->key.variant,
		s->key.profile, s->key.workload, s->key.metric, s->unit,
		p->run, p->started,
	};
	const char *const after[] = {
		setup->instrument, setup->compiler, p->handler_sha256,
		p->release, source, p->revision, p->path,
	};
	struct history_out *o = out;
	FILE *f = o->file;

	if (!o->points++)
		fputs("rig,machine,base,variant,profile,workload,metric,unit,run,started,value,spread,boots,exact,baseline,instrument,compiler,handler_sha256,release,source_sha256,revision,path,withdrawn\r\n",
		      f);
	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		text__csv(f, before[i]);
		fputc(',', f);
	}
	fprintf(f, "%.*g,", digits(p->value), p->value);
	if (!isnan(p->spread))
		fprintf(f, "%.*g", digits(p->spread), p->spread);
	fprintf(f, ",%llu,%d,", (unsigned long long)p->boots, p->exact);
	if (p->reference)
		fprintf(f, "%.*g", digits(p->reference), p->reference);
	for (size_t i = 0; i < ARRAY_SIZE(after); i++) {
		fputc(',', f);
		text__csv(f, after[i]);
	}
	fprintf(f, ",%d\r\n", p->withdrawn);
	free(source);
	return ferror(f);
}

static void set(json_t *o, const char *key, const char *s)
{
	json_object_set_new(o, key, safe_json(s));
}

int report__history_point_jsonl(const struct history_series *s,
				const struct history_point *p, void *out)
{
	int precision = digits(p->value);
	struct history_out *o = out;
	json_t *j = json_object();
	char *source;

	set(j, "rig", s->key.rig);
	set(j, "machine", s->key.machine);
	set(j, "base", s->key.base);
	set(j, "variant", s->key.variant);
	set(j, "profile", s->key.profile);
	set(j, "workload", s->key.workload);
	set(j, "metric", s->key.metric);
	set(j, "unit", s->unit);
	set(j, "run", p->run);
	set(j, "started", p->started);
	json_object_set_new(j, "value", json_real(p->value));
	json_object_set_new(j, "spread", isnan(p->spread) ? json_null() :
			    json_real(p->spread));
	if (!isnan(p->spread) && digits(p->spread) > precision)
		precision = digits(p->spread);
	json_object_set_new(j, "boots", json_integer(p->boots));
	json_object_set_new(j, "exact", json_boolean(p->exact));
	json_object_set_new(j, "baseline", p->reference ?
			    json_real(p->reference) : json_null());
	if (digits(p->reference) > precision)
		precision = digits(p->reference);
	set(j, "instrument", setup_of(p)->instrument);
	set(j, "compiler", setup_of(p)->compiler);
	set(j, "handler_sha256", p->handler_sha256);
	set(j, "release", p->release);
	source = xasprintf("%.*s", (int)history__source_len(p->source_sha256), p->source_sha256);
	set(j, "source_sha256", source);
	free(source);
	set(j, "revision", p->revision);
	set(j, "path", p->path);
	json_object_set_new(j, "withdrawn", json_boolean(p->withdrawn));
	json_dumpf(j, o->file, JSON_COMPACT | JSON_REAL_PRECISION(precision));
	fputc('\n', o->file);
	json_decref(j);
	o->points++;
	return ferror(o->file);
}

static void dump(FILE *f, json_t *j)
{
	json_dumpf(j, f, JSON_COMPACT);
	fputc('\n', f);
	json_decref(j);
}

void report__history_events_jsonl(FILE *f, const struct history_event *e,
				  size_t nr, const struct history_withdrawal *w,
				  size_t nr_w)
{
	for (size_t i = 0; i < nr; i++) {
		json_t *j = json_object();

		set(j, "event", e[i].what);
		set(j, "run", e[i].run);
		set(j, "started", e[i].started);
		set(j, "rig", e[i].rig);
		set(j, "base", e[i].base);
		set(j, "before", e[i].before);
		set(j, "after", e[i].after);
		dump(f, j);
	}
	for (size_t i = 0; i < nr_w; i++) {
		json_t *j = json_object();

		set(j, "event", w[i].out ? "withdrawn" : "restored");
		set(j, "run", w[i].run);
		set(j, "started", w[i].started);
		set(j, "when", w[i].when);
		set(j, "who", w[i].who);
		set(j, "why", w[i].why);
		dump(f, j);
	}
}

/* A unit as the end of a metric's name: "TSC cycles" -> "tsc_cycles". */
static char *unit_name(const char *unit)
{
	char *name = xstrdup(unit);

	for (char *p = name; *p; p++)
		*p = isalnum((unsigned char)*p) ?
		     tolower((unsigned char)*p) : '_';
	return name;
}

/* Label values: \\, \" and \n are escapes; all else must be UTF-8. */
static void label(FILE *f, const char *name, const char *value)
{
	json_t *utf8 = json_string(value);
	char *safe = utf8 ? xstrdup(value) : safe_text(value);

	fprintf(f, "%s=\"", name);
	for (const char *p = safe; *p; p++) {
		if (*p == '\n')
			fputs("\\n", f);
		else if (*p == '\\' || *p == '"')
			fprintf(f, "\\%c", *p);
		else
			fputc(*p, f);
	}
	fputc('"', f);
	free(safe);
	json_decref(utf8);
}

static void labels(FILE *f, const struct history_key *k)
{
	const char *const name[] = { "rig", "machine", "base", "variant",
				     "profile", "workload", "metric" };
	const char *const value[] = { k->rig, k->machine, k->base, k->variant,
				      k->profile, k->workload, k->metric };

	for (size_t i = 0; i < ARRAY_SIZE(name); i++) {
		fputc(i ? ',' : '{', f);
		label(f, name[i], value[i]);
	}
	fputs("} ", f);
}

/* All series of one unit: the lines of a family stand together. */
static void family(FILE *f, const char *unit, const struct history_series *s,
		   size_t nr)
{
	fprintf(f, "# TYPE faultline_fault_%s gauge\n"
		   "# UNIT faultline_fault_%s %s\n"
		   "# HELP faultline_fault_%s Cost of a page fault in the newest run of the history.\n",
		unit, unit, unit, unit);
	for (size_t i = 0; i < nr; i++) {
		char *its = unit_name(s[i].unit);

		if (s[i].last_added && !strcmp(its, unit)) {
			fprintf(f, "faultline_fault_%s", unit);
			labels(f, &s[i].key);
			fprintf(f, "%.*g\n", digits(s[i].value), s[i].value);
		}
		free(its);
	}
}

static void starts(FILE *f, const struct history_series *s, size_t nr)
{
	static const char name[] = "faultline_run_start_time_seconds";

	fprintf(f, "# TYPE %s gauge\n# UNIT %s seconds\n"
		   "# HELP %s When the newest run of a series started, since 1970.\n",
		name, name, name);
	for (size_t i = 0; i < nr; i++) {
		struct tm tm = { 0 };

		if (!s[i].last_added || !strptime(s[i].last, "%Y-%m-%dT%H:%M:%SZ", &tm))
			continue;
		fputs(name, f);
		labels(f, &s[i].key);
		fprintf(f, "%lld\n", (long long)timegm(&tm));
	}
}

void report__history_openmetrics(FILE *f, const struct history_series *s,
				 size_t nr)
{
	struct strlist units = { 0 };

	for (size_t i = 0; i < nr; i++) {
		char *unit = unit_name(s[i].unit);

		if (!strlist__has(&units, unit))
			strlist__add(&units, unit);
		free(unit);
	}
	for (size_t i = 0; i < units.nr; i++)
		family(f, units.item[i], s, nr);
	if (nr)
		starts(f, s, nr);
	fputs("# EOF\n", f);
	strlist__free(&units);
}
