// SPDX-License-Identifier: GPL-2.0
/* See callgrind.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "callgrind.h"
#include "util.h"

/* Names are given a number where they are first said: "(3) main", then "(3)". */
struct names {
	char **item;
	size_t nr;
};

struct reader {
	struct callgrind *g;
	const char *path;
	unsigned int line;
	struct names names;
	callgrind_namer name;	/* or NULL: as callgrind names them */
	void *name_arg;
	size_t positions;	/* columns before the costs */
	bool by_insn;		/* the first column is an address */
	size_t ir;		/* which cost is instructions */
	bool has_ir;
	struct callgrind_part *part;	/* being read, or NULL */
	bool in_func;		/* cost lines that follow are of: */
	size_t func;		/* its index in the part, which grows */
	bool inclusive;		/* the next cost line is a call's */
	bool ended;		/* `totals:` of this part was read */
	char *err;
	size_t errlen;
};

__attribute__((format(printf, 2, 3)))
static int wrong(struct reader *r, const char *fmt, ...)
{
	va_list ap;
	char *why;

	va_start(ap, fmt);
	why = xvasprintf(fmt, ap);
	va_end(ap);
	snprintf(r->err, r->errlen, "%s:%u: %s", r->path, r->line, why);
	free(why);
	return -EINVAL;
}

#define MAX_NAMES	(1u << 20)

/* The name that a value of fn= or cfn= means, or NULL. */
static const char *name_of(struct reader *r, const char *value)
{
	struct names *n = &r->names;
	char *end;
	unsigned long id;

	if (*value != '(' || value[1] < '0' || value[1] > '9')
		return value;		/* "(below main)" is a name itself */
	id = strtoul(value + 1, &end, 10);
	if (*end != ')' || id >= MAX_NAMES)
		return NULL;
	end += 1 + strspn(end + 1, " ");
	if (id >= n->nr) {
		n->item = xrealloc(n->item, (id + 1) * sizeof(*n->item));
		memset(n->item + n->nr, 0,
		       (id + 1 - n->nr) * sizeof(*n->item));
		n->nr = id + 1;
	}
	if (*end) {
		free(n->item[id]);
		n->item[id] = xstrdup(end);
	}
	return n->item[id];
}

static struct callgrind_func *func_of(struct callgrind_part *p,
				      const char *name)
{
	for (size_t i = 0; i < p->nr; i++) {
		if (!strcmp(p->func[i].name, name))
			return &p->func[i];
	}
	p->func = xrealloc(p->func, (p->nr + 1) * sizeof(*p->func));
	p->func[p->nr] = (struct callgrind_func) { .name = xstrdup(name) };
	return &p->func[p->nr++];
}

static int by_name(const void *a, const void *b)
{
	const struct callgrind_func *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Only functions that were executed, by name, and as many as is said. */
static int end_part(struct reader *r, uint64_t total)
{
	struct callgrind_part *p = r->part;
	uint64_t sum = 0;
	size_t kept = 0;

	for (size_t i = 0; i < p->nr; i++) {
		sum += p->func[i].insns;
		if (p->func[i].insns)
			p->func[kept++] = p->func[i];
		else
			free(p->func[i].name);
	}
	p->nr = kept;
	p->total = total;
	if (kept)
		qsort(p->func, kept, sizeof(*p->func), by_name);
	r->ended = true;
	r->in_func = false;
	if (sum != total)
		return wrong(r, "the functions' instructions are %" PRIu64 " together, their total is %" PRIu64,
			     sum, total);
	return 0;
}

/* Without `part:`, as other writers of the format have it, there is one. */
static int begin_part(struct reader *r)
{
	struct callgrind *g = r->g;

	if (r->part && !r->ended)
		return wrong(r, "a part begins where another has no totals: was it cut off?");
	g->part = xrealloc(g->part, (g->nr + 1) * sizeof(*g->part));
	r->part = &g->part[g->nr++];
	*r->part = (struct callgrind_part) { 0 };
	r->in_func = false;
	r->ended = r->inclusive = false;
	return 0;
}

static int need_part(struct reader *r)
{
	return r->part && !r->ended ? 0 : begin_part(r);
}

static size_t count_words(const char *s)
{
	size_t n = 0;

	while (*(s += strspn(s, " "))) {
		n++;
		s += strcspn(s, " ");
	}
	return n;
}

static const char *skip_words(const char *s, size_t n)
{
	s += strspn(s, " ");
	while (n--) {
		s += strcspn(s, " ");
		s += strspn(s, " ");
	}
	return s;
}

static void find_ir(struct reader *r, const char *events)
{
	const char *s = events + strspn(events, " ");

	r->has_ir = false;
	for (r->ir = 0; *s && !r->has_ir; s = skip_words(s, 1)) {
		r->has_ir = strcspn(s, " ") == 2 && !strncmp(s, "Ir", 2);
		r->ir += !r->has_ir;
	}
}

/* The instructions of a list of costs: what is left out at its end is 0. */
static int insns_of(struct reader *r, const char *costs, uint64_t *insns)
{
	const char *s = skip_words(costs, r->ir);
	char *end;

	*insns = 0;
	if (!r->has_ir)
		return wrong(r, "no instructions are counted here: no event Ir");
	if (!*s)
		return 0;
	errno = 0;
	*insns = strtoull(s, &end, 10);
	if (*s < '0' || *s > '9' || (*end && *end != ' ') || errno)
		return wrong(r, "'%.40s' is not a number of instructions", s);
	return 0;
}

/* Whose instruction it is at a position: of the function that was said, or by its address. */
static struct callgrind_func *owner_of(struct reader *r, const char *position)
{
	const char *name;
	uint64_t pc;
	char *end;

	if (!r->in_func) {
		wrong(r, "a cost outside of any function");
		return NULL;
	}
	if (!r->name)
		return &r->part->func[r->func];
	pc = strtoull(position, &end, 0);
	if (!r->by_insn || strncmp(position, "0x", 2) || *end != ' ') {
		wrong(r, "'%.40s' has no address: run callgrind with --dump-instr=yes --compress-pos=no",
		      position);
		return NULL;
	}
	name = r->name(r->name_arg, pc);
	return name ? func_of(r->part, name) : &r->part->func[r->func];
}

/* A line of position and costs: of the function, or of its call. */
static int take_cost(struct reader *r, const char *line)
{
	struct callgrind_func *f;
	uint64_t insns;

	if (count_words(line) <= r->positions)
		return wrong(r, "'%.40s' has no cost: was it cut off?", line);
	if (insns_of(r, skip_words(line, r->positions), &insns))
		return -EINVAL;
	if (r->inclusive) {
		r->inclusive = false;
		return 0;
	}
	f = owner_of(r, line);
	if (!f)
		return -EINVAL;
	f->insns += insns;
	return 0;
}

/* "key: value" */
static int take_header(struct reader *r, const char *key, size_t len,
		       const char *value)
{
	uint64_t total;

#define IS(name) (len == strlen(name) && !strncmp(key, name, len))
	if (IS("creator")) {
		free(r->g->creator);
		r->g->creator = xstrdup(value);
	} else if (IS("part")) {
		return begin_part(r);
	} else if (IS("positions")) {
		r->positions = count_words(value);
		r->by_insn = !strncmp(value, "instr", 5);
	} else if (IS("events")) {
		find_ir(r, value);
	} else if (IS("totals")) {
		if (need_part(r) || insns_of(r, value, &total))
			return -EINVAL;
		return end_part(r, total);
	}
	return 0;
}

/* "key=value" */
static int take_spec(struct reader *r, const char *key, size_t len,
		     const char *value)
{
	struct callgrind_func *f;
	const char *name;

	if (IS("calls")) {
		r->inclusive = true;
		return 0;
	}
	if (IS("jump") || IS("jcnd"))
		return wrong(r, "jumps are not wanted: run callgrind without --collect-jumps");
	if (!IS("fn") && !IS("cfn"))
		return 0;		/* of files and objects nothing is kept */
	name = name_of(r, value);
	if (!name)
		return wrong(r, "%.40s is no function that was named before",
			     value);
	if (IS("cfn"))
		return 0;
	if (need_part(r))
		return -EINVAL;
	f = func_of(r->part, name);
	r->func = f - r->part->func;
	r->in_func = true;
	return 0;
#undef IS
}

static int take_line(struct reader *r, const char *line)
{
	size_t n = strspn(line, "abcdefghijklmnopqrstuvwxyz");

	if (!*line || *line == '#')
		return 0;
	if (n && line[n] == ':')
		return take_header(r, line, n,
				   line + n + 1 + strspn(line + n + 1, " "));
	if (n && line[n] == '=')
		return take_spec(r, line, n, line + n + 1);
	if ((*line >= '0' && *line <= '9') || strchr("+-*", *line))
		return take_cost(r, line);
	return wrong(r, "'%.40s' is no line of callgrind's format", line);
}

static int check_end(struct reader *r)
{
	if (!r->part)
		return wrong(r, "nothing of callgrind's is in it");
	if (!r->ended)
		return wrong(r, "it ends before the totals: it was cut off");
	return 0;
}

int callgrind__parse(struct callgrind *g, const char *path, const char *text,
		     size_t size, callgrind_namer name, void *arg, char *err,
		     size_t errlen)
{
	struct reader r = { .g = g, .path = path, .positions = 1, .name = name,
			    .name_arg = arg, .err = err, .errlen = errlen };
	char *copy = xcalloc(1, size + 1), *next = copy, *line;
	int e = 0;

	*g = (struct callgrind) { 0 };
	memcpy(copy, text, size);
	while (!e && (line = strsep(&next, "\n"))) {
		r.line++;
		/* A last line without its end may be half a number. */
		if (!next && *line)
			e = wrong(&r, "the last line has no end: it was cut off");
		else
			e = take_line(&r, line);
	}
	e = e ?: check_end(&r);
	for (size_t i = 0; i < r.names.nr; i++)
		free(r.names.item[i]);
	free(r.names.item);
	free(copy);
	if (e)
		callgrind__free(g);
	return e;
}

int callgrind__read(struct callgrind *g, const char *path,
		    callgrind_namer name, void *arg, char *err, size_t errlen)
{
	size_t size;
	char *text = path_read(path, &size);
	int e;

	*g = (struct callgrind) { 0 };
	if (!text) {
		e = -errno;
		snprintf(err, errlen, "%s: %s", path, strerror(-e));
		return e;
	}
	e = callgrind__parse(g, path, text, size, name, arg, err, errlen);
	free(text);
	return e;
}

void callgrind__free(struct callgrind *g)
{
	for (size_t i = 0; i < g->nr; i++) {
		for (size_t j = 0; j < g->part[i].nr; j++)
			free(g->part[i].func[j].name);
		free(g->part[i].func);
	}
	free(g->part);
	free(g->creator);
	*g = (struct callgrind) { 0 };
}

uint64_t callgrind_part__of(const struct callgrind_part *p, const char *name)
{
	for (size_t i = 0; i < p->nr; i++) {
		if (!strcmp(p->func[i].name, name))
			return p->func[i].insns;
	}
	return 0;
}

/* A fault's part, what is apart left out. */
struct candidate {
	const struct callgrind_part *part;
	const char *apart;
	uint64_t total;
};

static const struct callgrind_func *next_func(const struct candidate *c,
					      size_t *i)
{
	while (*i < c->part->nr && !strcmp(c->part->func[*i].name, c->apart))
		++*i;
	return *i < c->part->nr ? &c->part->func[(*i)++] : NULL;
}

/* By total, then function by function. */
static int by_way(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	size_t i = 0, j = 0;

	if (x->total != y->total)
		return x->total < y->total ? -1 : 1;
	for (;;) {
		const struct callgrind_func *f = next_func(x, &i);
		const struct callgrind_func *g = next_func(y, &j);
		int order;

		if (!f || !g)
			return !!f - !!g;
		order = strcmp(f->name, g->name);
		if (order)
			return order;
		if (f->insns != g->insns)
			return f->insns < g->insns ? -1 : 1;
	}
}

/* How many from c[from] on are equal, in their totals alone or wholly. */
static size_t run_of(const struct candidate *c, size_t nr, size_t from,
		     bool wholly)
{
	size_t n = 1;

	while (from + n < nr && (wholly ? !by_way(&c[from], &c[from + n]) :
				 c[from].total == c[from + n].total))
		n++;
	return n;
}

static size_t longest_run(const struct candidate *c, size_t nr, bool wholly,
			  size_t *first)
{
	size_t most = 0, n;

	for (size_t i = 0; i < nr; i += n) {
		n = run_of(c, nr, i, wholly);
		if (n > most) {
			most = n;
			*first = i;
		}
	}
	return most;
}

struct callgrind_typical callgrind__typical(const struct callgrind *g,
					    const char *entry,
					    const char *apart)
{
	struct candidate *c = xcalloc(g->nr + 1, sizeof(*c));
	struct callgrind_typical t = { 0 };
	size_t mode = 0, way = 0;

	for (size_t i = 0; i < g->nr; i++) {
		const struct callgrind_part *p = &g->part[i];

		if (callgrind_part__of(p, entry))
			c[t.faults++] = (struct candidate) {
				p, apart, p->total - callgrind_part__of(p, apart)
			};
	}
	if (t.faults) {
		qsort(c, t.faults, sizeof(*c), by_way);
		t.typical = longest_run(c, t.faults, false, &mode);
		t.same_path = longest_run(c + mode, t.typical, true, &way);
		t.part = c[mode + way].part;
	}
	free(c);
	return t;
}
