// SPDX-License-Identifier: GPL-2.0
/*
 * Attributions as JSON. Written and read by the same tables of fields, so that
 * neither side can know one that the other does not.
 */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "attribution.h"
#include "packed.h"

struct field {
	const char *name;
	size_t at;
};

#define FIELD(type, member, name) { name, offsetof(struct type, member) }

static const struct field figure_fields[] = {
	FIELD(path_figures, insns, "instructions"),
	FIELD(path_figures, handler, "handler"),
	FIELD(path_figures, calls, "calls"),
	FIELD(path_figures, loads, "loads"),
	FIELD(path_figures, stores, "stores"),
	FIELD(path_figures, branches, "branches"),
	FIELD(path_figures, indirect, "indirect"),
	FIELD(path_figures, thunks, "thunks"),
	FIELD(path_figures, return_thunks, "return_thunks"),
	FIELD(path_figures, stack_bytes, "stack_bytes"),
	FIELD(path_figures, stack_depth, "stack_depth"),
	FIELD(path_figures, code_lines, "code_lines"),
};

static const struct field class_fields[] = {
	FIELD(attr_class, faults, "faults"),
	FIELD(attr_class, typical, "typical"),
	FIELD(attr_class, same_path, "same_way"),
	FIELD(attr_class, irq_insns, "irq_instructions"),
	FIELD(attr_class, away_insns, "away_instructions"),
	FIELD(attr_class, lines_min, "data_lines_min"),
	FIELD(attr_class, lines_max, "data_lines_max"),
	FIELD(attr_class, lines_sum, "data_lines_sum"),
};

static const struct field head_fields[] = {
	FIELD(attribution, boot, "boot"),
	FIELD(attribution, exits, "exits"),
	FIELD(attribution, others, "others"),
	FIELD(attribution, untold, "untold"),
	FIELD(attribution, odd, "odd"),
};

static const struct field head_names[] = {
	FIELD(attribution, base, "base"),
	FIELD(attribution, variant, "variant"),
	FIELD(attribution, profile, "profile"),
	FIELD(attribution, workload, "workload"),
	FIELD(attribution, build_id, "build_id"),
};

/* Of a function, in this order after its name. */
static const struct field cost_fields[] = {
	FIELD(cost, insns, "exclusive"),
	FIELD(cost, inclusive, "inclusive"),
	FIELD(cost, loads, "loads"),
	FIELD(cost, stores, "stores"),
	FIELD(cost, calls, "calls"),
};

static void put_numbers(json_t *to, const void *from,
			const struct field *field, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		json_object_set_new(to, field[i].name,
				    json_integer(*(const uint64_t *)
				    ((const char *)from + field[i].at)));
}

static bool take_numbers(const json_t *from, void *to,
			 const struct field *field, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		json_t *n = json_object_get(from, field[i].name);

		if (!json_is_integer(n) || json_integer_value(n) < 0)
			return false;
		*(uint64_t *)((char *)to + field[i].at) =
			json_integer_value(n);
	}
	return true;
}

static json_t *bins_to_json(const struct bin *bin, size_t nr)
{
	json_t *all = json_array();

	for (size_t i = 0; i < nr; i++)
		json_array_append_new(all, json_pack("[II]",
				      (json_int_t)bin[i].ticks,
				      (json_int_t)bin[i].count));
	return all;
}

static bool bins_from_json(const json_t *all, struct bin **bin, size_t *nr)
{
	size_t i;
	json_t *one;

	if (!json_is_array(all))
		return false;
	*bin = xcalloc(json_array_size(all) ?: 1, sizeof(**bin));
	json_array_foreach(all, i, one) {
		json_int_t ticks, count;

		if (json_unpack(one, "[II!]", &ticks, &count))
			return false;
		(*bin)[(*nr)++] = (struct bin) { ticks, count };
	}
	return true;
}

static json_t *funcs_to_json(const struct attr_funcs *l)
{
	json_t *all = json_array();

	for (size_t i = 0; i < l->nr; i++) {
		const struct cost *c = &l->item[i].cost;
		json_t *one = json_array();

		json_array_append_new(one, json_string(l->item[i].name));
		for (size_t j = 0; j < ARRAY_SIZE(cost_fields); j++)
			json_array_append_new(one, json_integer(
				*(const uint64_t *)((const char *)c +
				cost_fields[j].at)));
		json_array_append_new(all, one);
	}
	return all;
}

static bool funcs_from_json(const json_t *all, struct attr_funcs *l)
{
	size_t i;
	json_t *one;

	if (!json_is_array(all))
		return false;
	l->item = xcalloc(json_array_size(all) ?: 1, sizeof(*l->item));
	json_array_foreach(all, i, one) {
		const char *name = json_string_value(json_array_get(one, 0));
		struct attr_func *f = &l->item[l->nr];

		if (!name || json_array_size(one) != ARRAY_SIZE(cost_fields) + 1)
			return false;
		for (size_t j = 0; j < ARRAY_SIZE(cost_fields); j++) {
			json_t *n = json_array_get(one, j + 1);

			if (!json_is_integer(n) || json_integer_value(n) < 0)
				return false;
			*(uint64_t *)((char *)&f->cost + cost_fields[j].at) =
				json_integer_value(n);
		}
		f->name = xstrdup(name);
		l->nr++;
	}
	return true;
}

static json_t *stacks_to_json(const struct attr_class *c)
{
	json_t *all = json_array();

	for (size_t i = 0; i < c->nr_stacks; i++)
		json_array_append_new(all, json_pack("[sI]", c->stack[i].stack,
				      (json_int_t)c->stack[i].insns));
	return all;
}

static bool stacks_from_json(const json_t *all, struct attr_class *c)
{
	size_t i;
	json_t *one;

	if (!json_is_array(all))
		return false;
	c->stack = xcalloc(json_array_size(all) ?: 1, sizeof(*c->stack));
	json_array_foreach(all, i, one) {
		const char *stack;
		json_int_t n;

		if (json_unpack(one, "[sI!]", &stack, &n))
			return false;
		c->stack[c->nr_stacks++] = (struct path_stack) {
			xstrdup(stack), n };
	}
	return true;
}

/*
 * Steps as text, instructions that follow each other as a range: "0-7 l3,8,
 * ffff888000001000", interrupts as "i" and "o".
 */
static char *steps_to_text(const struct attr_trace *t)
{
	char *text = NULL;
	size_t size;
	FILE *f = xmemstream(&text, &size);

	for (size_t i = 0; i < t->nr_steps; i++) {
		const struct step *s = &t->step[i];
		size_t j = i;

		switch (s->kind) {
		case STEP_INSN:
			while (j + 1 < t->nr_steps &&
			       t->step[j + 1].kind == STEP_INSN &&
			       t->step[j + 1].insn == t->step[j].insn + 1)
				j++;
			fprintf(f, "%u-%u ", s->insn, t->step[j].insn);
			i = j;
			break;
		case STEP_ENTER:
		case STEP_LEAVE:
			fputs(s->kind == STEP_ENTER ? "i " : "o ", f);
			break;
		default:
			fprintf(f, "%c%u,%u,%" PRIx64 " ",
				s->kind == STEP_LOAD ? 'l' : 's', s->insn,
				s->size, s->addr);
		}
	}
	fclose(f);
	return text;
}

static bool add_step(struct attr_trace *t, struct step s)
{
	if ((s.kind != STEP_ENTER && s.kind != STEP_LEAVE &&
	     s.insn >= t->nr_insns))
		return false;
	if (!(t->nr_steps & (t->nr_steps - 1)))
		t->step = xrealloc(t->step, (t->nr_steps * 2 ?: 1) *
				   sizeof(*t->step));
	t->step[t->nr_steps++] = s;
	return true;
}

static bool steps_from_text(const char *text, struct attr_trace *t)
{
	char head[STRETCHES_HEAD];
	unsigned int a, b;
	uint64_t addr;
	int used;

	for (; *text; text += used + strspn(text + used, " ")) {
		used = 1;
		if (*text == 'i' || *text == 'o') {
			add_step(t, (struct step) {
				 *text == 'i' ? STEP_ENTER : STEP_LEAVE });
		} else if (*text == 'l' || *text == 's') {
			if (sscanf(stretches__head(head, text + 1),
				   "%u,%u,%" SCNx64 "%n", &a, &b, &addr,
				   &used) != 3 || used == STRETCHES_HEAD - 1 ||
			    !add_step(t, (struct step) { *text == 'l' ?
				      STEP_LOAD : STEP_STORE, b, a, addr }))
				return false;
			used++;
		} else {
			if (sscanf(stretches__head(head, text), "%u-%u%n", &a, &b,
				   &used) != 2 || used == STRETCHES_HEAD - 1)
				return false;
			for (; a <= b; a++) {
				if (!add_step(t, (struct step) { STEP_INSN, 0,
					      a, 0 }))
					return false;
			}
		}
	}
	return true;
}

/* Which function each instruction is in: the names, then one index each. */
static void trace_funcs_to_json(json_t *to, const struct attr_trace *t)
{
	json_t *names = json_array(), *in = json_array();

	for (size_t i = 0; i < t->func.nr; i++)
		json_array_append_new(names, json_string(t->func.item[i]));
	for (size_t i = 0; i < t->nr_insns; i++)
		json_array_append_new(in, json_integer(t->insn[i].func));
	json_object_set_new(to, "functions", names);
	json_object_set_new(to, "in", in);
}

/* A file of before they were named has neither. */
static bool trace_funcs_from_json(const json_t *all, struct attr_trace *t)
{
	json_t *names = json_object_get(all, "functions"), *one;
	json_t *in = json_object_get(all, "in");
	size_t i;

	if (!names && !in)
		return true;
	if (json_array_size(in) != t->nr_insns)
		return false;
	json_array_foreach(names, i, one) {
		if (!json_is_string(one))
			return false;
		strlist__add(&t->func, json_string_value(one));
	}
	json_array_foreach(in, i, one) {
		json_int_t n = json_is_integer(one) ? json_integer_value(one) : -1;

		if (n < 0 || (size_t)n >= t->func.nr)
			return false;
		t->insn[i].func = n;
	}
	return true;
}

static json_t *trace_to_json(const struct attr_trace *t)
{
	json_t *insns = json_array(), *all;
	char *steps = steps_to_text(t), text[64];

	for (size_t i = 0; i < t->nr_insns; i++) {
		const struct attr_insn *in = &t->insn[i];
		int n = sprintf(text, "%" PRIx64 " ", in->addr);

		for (unsigned int j = 0; j < in->len; j++)
			n += sprintf(text + n, "%02x", in->bytes[j]);
		json_array_append_new(insns, json_string(text));
	}
	all = json_pack("{soss}", "instructions", insns, "steps", steps);
	if (t->next_rip) {
		sprintf(text, "%" PRIx64, t->next_rip);
		json_object_set_new(all, "next_rip", json_string(text));
	}
	if (t->func.nr)
		trace_funcs_to_json(all, t);
	free(steps);
	return all;
}

static bool trace_from_json(const json_t *all, struct attr_trace *t)
{
	json_t *insns = json_object_get(all, "instructions"), *one;
	const char *steps = json_string_value(json_object_get(all, "steps"));
	const char *next_rip = json_string_value(json_object_get(all, "next_rip"));
	size_t i;

	if (!json_is_array(insns) || !steps)
		return false;
	if (next_rip && sscanf(next_rip, "%" SCNx64, &t->next_rip) != 1)
		return false;
	t->insn = xcalloc(json_array_size(insns) ?: 1, sizeof(*t->insn));
	json_array_foreach(insns, i, one) {
		const char *text = json_string_value(one);
		struct attr_insn *in = &t->insn[t->nr_insns++];
		unsigned int byte;
		int used;

		if (!text || sscanf(text, "%" SCNx64 " %n", &in->addr,
				    &used) != 1)
			return false;
		for (text += used; in->len < sizeof(in->bytes) &&
		     sscanf(text, "%2x", &byte) == 1; text += 2)
			in->bytes[in->len++] = byte;
	}
	return trace_funcs_from_json(all, t) && steps_from_text(steps, t);
}

/* [function, iterations] of those that have any, of the typical fault. */
static json_t *rep_to_json(const struct attr_class *c)
{
	json_t *all = json_array();

	for (size_t i = 0; i < c->func.nr; i++) {
		if (c->func.item[i].cost.rep)
			json_array_append_new(all, json_pack("[sI]",
				c->func.item[i].name,
				(json_int_t)c->func.item[i].cost.rep));
	}
	return all;
}

/* A file of before there was one has it in its trace, no function's. */
static bool rep_from_json(const json_t *all, struct attr_class *c)
{
	json_t *one;
	size_t i;

	c->rep_known = all || !c->away_insns;
	if (!all) {
		c->figures.rep = attr_trace__rep(&c->trace);
		return true;
	}
	json_array_foreach(all, i, one) {
		struct attr_func *f;
		const char *name;
		json_int_t n;

		if (json_unpack((json_t *)one, "[sI!]", &name, &n) || n < 0)
			return false;
		f = (struct attr_func *)attr_funcs__find(&c->func, name);
		if (!f)
			return false;
		f->cost.rep = n;
		c->figures.rep += n;
	}
	return json_is_array(all);
}

static json_t *class_to_json(const struct attr_class *c)
{
	json_t *one = json_object(), *figures = json_object();

	json_object_set_new(one, "class", json_string(c->name));
	put_numbers(one, c, class_fields, ARRAY_SIZE(class_fields));
	put_numbers(figures, &c->figures, figure_fields,
		    ARRAY_SIZE(figure_fields));
	json_object_set_new(one, "figures", figures);
	json_object_set_new(one, "histogram",
			    bins_to_json(c->bin, c->nr_bins));
	json_object_set_new(one, "functions", funcs_to_json(&c->func));
	json_object_set_new(one, "functions_sum", funcs_to_json(&c->sum));
	json_object_set_new(one, "stacks", stacks_to_json(c));
	if (attr_class__rep_by_function(c))
		json_object_set_new(one, "rep_iterations", rep_to_json(c));
	json_object_set_new(one, "trace", trace_to_json(&c->trace));
	return one;
}

static bool class_from_json(const json_t *one, struct attr_class *c)
{
	const char *name = json_string_value(json_object_get(one, "class"));

	c->name = xstrdup(name ?: "");
	return name &&
	       take_numbers(one, c, class_fields, ARRAY_SIZE(class_fields)) &&
	       take_numbers(json_object_get(one, "figures"), &c->figures,
			    figure_fields, ARRAY_SIZE(figure_fields)) &&
	       bins_from_json(json_object_get(one, "histogram"), &c->bin,
			      &c->nr_bins) &&
	       funcs_from_json(json_object_get(one, "functions"), &c->func) &&
	       funcs_from_json(json_object_get(one, "functions_sum"),
			       &c->sum) &&
	       stacks_from_json(json_object_get(one, "stacks"), c) &&
	       trace_from_json(json_object_get(one, "trace"), &c->trace) &&
	       rep_from_json(json_object_get(one, "rep_iterations"), c);
}

/* The boots that one file stands for, of a packed run; see attribution.h. */
static json_t *boots_to_json(const struct attribution *a)
{
	json_t *all = json_array();

	for (size_t i = 0; i < a->nr_boots; i++)
		json_array_append_new(all, json_integer(a->boots[i]));
	return all;
}

/* A file of before there were packed ones says nothing of it. */
static bool boots_from_json(const json_t *all, struct attribution *a)
{
	size_t i;
	json_t *one;

	if (!all)
		return true;
	if (!json_is_array(all))
		return false;
	a->boots = xcalloc(json_array_size(all) ?: 1, sizeof(*a->boots));
	json_array_foreach(all, i, one) {
		if (!json_is_integer(one) || json_integer_value(one) < 0)
			return false;
		a->boots[a->nr_boots++] = json_integer_value(one);
	}
	return true;
}

/* See executed_code.h; a file of before it was kept says nothing of it. */
static json_t *executed_to_json(const struct executed *e)
{
	char *measured = stretches__text(&e->measured);
	char *outside = stretches__text(&e->outside);
	json_t *all = json_pack("{ssss}", "measured", measured, "outside", outside);

	free(measured);
	free(outside);
	return all;
}

static bool executed_from_json(const json_t *all, struct executed *e)
{
	const char *measured = json_string_value(json_object_get(all, "measured"));
	const char *outside = json_string_value(json_object_get(all, "outside"));

	e->known = all;
	return !all || (measured && outside &&
			stretches__parse(&e->measured, measured) &&
			stretches__parse(&e->outside, outside));
}

json_t *attribution__to_json(const struct attribution *a)
{
	json_t *all = json_object(), *classes = json_array();

	json_object_set_new(all, "faultline_attribution",
			    json_integer(ATTRIBUTION_SCHEMA));
	for (size_t i = 0; i < ARRAY_SIZE(head_names); i++)
		json_object_set_new(all, head_names[i].name,
				    json_string(*(char *const *)
				    ((const char *)a + head_names[i].at)));
	put_numbers(all, a, head_fields, ARRAY_SIZE(head_fields));
	if (a->nr_boots)
		json_object_set_new(all, "boots", boots_to_json(a));
	if (a->executed.known)
		json_object_set_new(all, "executed", executed_to_json(&a->executed));
	json_object_set_new(all, "agrees", json_boolean(a->agrees));
	json_object_set_new(all, "samples",
			    bins_to_json(a->sample, a->nr_samples));
	for (size_t i = 0; i < a->nr; i++)
		json_array_append_new(classes, class_to_json(&a->item[i]));
	json_object_set_new(all, "classes", classes);
	return all;
}

static bool from_json(const json_t *all, struct attribution *a)
{
	json_t *classes = json_object_get(all, "classes"), *one;
	size_t i;

	if (json_integer_value(json_object_get(all, "faultline_attribution")) !=
	    ATTRIBUTION_SCHEMA || !json_is_array(classes) ||
	    !json_is_boolean(json_object_get(all, "agrees")))
		return false;
	for (i = 0; i < ARRAY_SIZE(head_names); i++) {
		const char *text = json_string_value(json_object_get(all,
						     head_names[i].name));

		if (!text)
			return false;
		*(char **)((char *)a + head_names[i].at) = xstrdup(text);
	}
	a->agrees = json_is_true(json_object_get(all, "agrees"));
	a->item = xcalloc(json_array_size(classes) ?: 1, sizeof(*a->item));
	json_array_foreach(classes, i, one) {
		if (!class_from_json(one, &a->item[a->nr++]))
			return false;
	}
	return take_numbers(all, a, head_fields, ARRAY_SIZE(head_fields)) &&
	       boots_from_json(json_object_get(all, "boots"), a) &&
	       executed_from_json(json_object_get(all, "executed"), &a->executed) &&
	       bins_from_json(json_object_get(all, "samples"), &a->sample,
			      &a->nr_samples);
}

/* As gzip: a trace is long and much alike. Return: 0, or -errno. */
static int write_gzip(const char *text, const char *path)
{
	size_t left = strlen(text);
	gzFile f = gzopen(path, "wb9");
	int ret = f ? 0 : -(errno ?: ENOMEM);

	while (f && left && !ret) {
		unsigned int n = left < 1 << 20 ? left : 1 << 20;
		int written = gzwrite(f, text, n);

		if (written <= 0)
			ret = -(errno ?: EIO);
		else
			text += written, left -= written;
	}
	if (f && gzclose(f) != Z_OK && !ret)
		ret = -(errno ?: EIO);
	return ret;
}

char *attribution__text(const struct attribution *a)
{
	json_t *all = attribution__to_json(a);
	char *text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);

	json_decref(all);
	return text;
}

int attribution__write(const struct attribution *a, const char *path)
{
	char *new = xasprintf("%s.new", path), *text;
	size_t n = strlen(path);
	int ret;

	text = attribution__text(a);
	errno = 0;
	if (!text)
		ret = -ENOMEM;
	else if (n > 3 && !strcmp(path + n - 3, ".xz"))
		ret = packed__write(new, text, strlen(text));
	else
		ret = write_gzip(text, new);
	if (!ret && rename(new, path))
		ret = -errno;
	if (ret)
		unlink(new);
	free(text);
	free(new);
	return ret;
}

int attribution__parse(struct attribution *a, const char *text, size_t size,
		       const char *of, char *err, size_t errlen)
{
	json_error_t e = { 0 };
	json_t *all = json_loadb(text, size, 0, &e);
	bool is;

	memset(a, 0, sizeof(*a));
	if (!all) {
		snprintf(err, errlen, "%s: %s", of, e.text);
		return -EINVAL;
	}
	is = from_json(all, a);
	json_decref(all);
	if (is)
		return 0;
	attribution__free(a);
	snprintf(err, errlen, "%s is no attribution of schema %d", of,
		 ATTRIBUTION_SCHEMA);
	return -EINVAL;
}

int attribution__read(struct attribution *a, const char *path, char *err,
		      size_t errlen)
{
	size_t size = 0;
	char why[128], *text = packed__read(path, &size, why, sizeof(why));
	int r = -EINVAL;

	memset(a, 0, sizeof(*a));
	if (text && !*why)
		r = attribution__parse(a, text, size, path, err, errlen);
	else
		snprintf(err, errlen, "%s: %s", path, why);
	free(text);
	return r;
}

static void free_funcs(struct attr_funcs *l)
{
	for (size_t i = 0; i < l->nr; i++)
		free(l->item[i].name);
	free(l->item);
}

void attribution__free(struct attribution *a)
{
	for (size_t i = 0; i < a->nr; i++) {
		struct attr_class *c = &a->item[i];

		for (size_t j = 0; j < c->nr_stacks; j++)
			free(c->stack[j].stack);
		free(c->stack);
		free(c->trace.insn);
		free(c->trace.step);
		strlist__free(&c->trace.func);
		free_funcs(&c->func);
		free_funcs(&c->sum);
		free(c->bin);
		free(c->name);
	}
	free(a->item);
	free(a->sample);
	free(a->boots);
	executed__free(&a->executed);
	for (size_t i = 0; i < ARRAY_SIZE(head_names); i++)
		free(*(char **)((char *)a + head_names[i].at));
	memset(a, 0, sizeof(*a));
}
