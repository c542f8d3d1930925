// SPDX-License-Identifier: GPL-2.0
/* Coverage as JSON; see coverage.h. */
#include <stdlib.h>
#include <string.h>

#include "coverage.h"

#define COVERAGE_SCHEMA	1

/*
 * [FILE, LINE, FUNCTION, KIND, "021", TEXT], a digit a workload; KIND is 1 when
 * it is plain, and 2 more when it traps.
 */
static json_t *line_to_json(const struct coverage_variant *v, size_t i, size_t file)
{
	const struct coverage_line *l = &v->line[i];
	bool measured = coverage_line__ran(v, i) == LINE_MEASURED;
	char *ran = xcalloc(v->workloads.nr + 1, 1);
	json_t *one;

	for (size_t w = 0; w < v->workloads.nr; w++)
		ran[w] = '0' + l->ran[w];
	one = json_pack("[IIsiss]", (json_int_t)file, (json_int_t)l->line, l->func,
			l->plain + 2 * l->traps, ran, measured ? "" : l->text);
	free(ran);
	return one;
}

static json_t *strings(const struct strlist *l)
{
	json_t *all = json_array();

	for (size_t i = 0; i < l->nr; i++)
		json_array_append_new(all, json_string(l->item[i]));
	return all;
}

static size_t index_of(struct strlist *l, const char *s)
{
	size_t i = 0;

	while (i < l->nr && strcmp(l->item[i], s))
		i++;
	if (i == l->nr)
		strlist__add(l, s);
	return i;
}

static json_t *variant_to_json(const struct coverage_variant *v)
{
	json_t *lines = json_array(), *all;
	struct strlist files = { 0 };
	size_t without = v->left_out;

	for (size_t i = 0; i < v->nr; i++) {
		if (v->line[i].func)
			json_array_append_new(lines, line_to_json(v, i,
				index_of(&files, v->line[i].file)));
		else
			without++;
	}
	all = json_pack("{ss ss sI so so so}", "base", v->base, "variant", v->variant,
			"without_code", (json_int_t)without,
			"workloads", strings(&v->workloads),
			"files", strings(&files), "lines", lines);
	if (v->counterpart)
		json_object_set_new(all, "counterpart", json_string(v->counterpart));
	strlist__free(&files);
	return all;
}

json_t *coverage__to_json(const struct coverage *c)
{
	json_t *variants = json_array();

	for (size_t i = 0; i < c->nr; i++)
		json_array_append_new(variants, variant_to_json(&c->item[i]));
	return json_pack("{si so}", "faultline_coverage", COVERAGE_SCHEMA,
			 "variants", variants);
}

static bool strings_from(const json_t *all, struct strlist *l)
{
	json_t *one;
	size_t i;

	json_array_foreach(all, i, one) {
		if (!json_is_string(one))
			return false;
		strlist__add(l, json_string_value(one));
	}
	return json_is_array(all);
}

static bool line_from(json_t *one, const struct strlist *files,
		      struct coverage_variant *v)
{
	struct coverage_line *l = &v->line[v->nr];
	const char *func, *ran, *text;
	json_int_t file, line;
	int kind;

	if (json_unpack(one, "[IIsiss!]", &file, &line, &func, &kind, &ran, &text) ||
	    file < 0 || (size_t)file >= files->nr ||
	    strlen(ran) != v->workloads.nr ||
	    strspn(ran, "012") != v->workloads.nr)
		return false;
	*l = (struct coverage_line) {
		.file = xstrdup(files->item[file]), .line = line,
		.func = xstrdup(func), .plain = kind & 1, .traps = kind & 2, .text = xstrdup(text),
		.ran = xcalloc(v->workloads.nr ?: 1, 1),
	};
	for (size_t w = 0; w < v->workloads.nr; w++)
		l->ran[w] = ran[w] - '0';
	v->nr++;
	return true;
}

static bool variant_from(json_t *all, struct coverage_variant *v)
{
	const char *base, *variant, *counterpart = NULL;
	json_t *workloads, *names, *lines, *one;
	struct strlist files = { 0 };
	json_int_t without;
	bool good;
	size_t i;

	if (json_unpack(all, "{ss ss sI so so so s?s}", "base", &base,
			"variant", &variant, "without_code", &without,
			"workloads", &workloads, "files", &names, "lines", &lines,
			"counterpart", &counterpart) || without < 0)
		return false;
	*v = (struct coverage_variant) {
		.base = xstrdup(base), .variant = xstrdup(variant),
		.counterpart = counterpart ? xstrdup(counterpart) : NULL,
		.line = xcalloc(json_array_size(lines) ?: 1, sizeof(*v->line)),
		.left_out = without,
	};
	good = json_is_array(lines) && strings_from(workloads, &v->workloads) &&
	       strings_from(names, &files);
	json_array_foreach(lines, i, one)
		good = good && line_from(one, &files, v);
	strlist__free(&files);
	return good;
}

int coverage__from_json(struct coverage *c, const json_t *all, const char *of,
			struct err *err)
{
	json_t *variants = json_object_get(all, "variants"), *one;
	bool good = json_is_array(variants) &&
		    json_integer_value(json_object_get(all, "faultline_coverage")) ==
		    COVERAGE_SCHEMA;
	size_t i;

	*c = (struct coverage) {
		.item = xcalloc(json_array_size(variants) ?: 1, sizeof(*c->item)) };
	json_array_foreach(variants, i, one)
		good = good && variant_from(one, &c->item[c->nr++]);
	if (good)
		return 0;
	coverage__free(c);
	return err__set(err, EXIT_BAD_RECORD, "%s is no coverage of schema %d", of,
			COVERAGE_SCHEMA);
}
