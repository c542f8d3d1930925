// SPDX-License-Identifier: GPL-2.0
/* See attribution.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attribution.h"
#include "probe.h"

/* Does the CPU say the next RIP? KVM's answer, of SVM, in every base. */
#define NEXT_RIP	"nrips"

/* A path with what its replay said. */
struct gone {
	const struct probe_path *path;
	struct path_profile profile;
	bool counts;		/* it belongs to a class */
};

static struct attr_class *class_called(struct attribution *a, const char *name)
{
	for (size_t i = 0; i < a->nr; i++) {
		if (!strcmp(a->item[i].name, name))
			return &a->item[i];
	}
	a->item = xrealloc(a->item, (a->nr + 1) * sizeof(*a->item));
	a->item[a->nr] = (struct attr_class) { .name = xstrdup(name) };
	return &a->item[a->nr++];
}

const struct attr_class *attribution__class(const struct attribution *a,
					    const char *name)
{
	for (size_t i = 0; i < a->nr; i++) {
		if (!strcmp(a->item[i].name, name))
			return &a->item[i];
	}
	return NULL;
}

const struct attr_func *attr_funcs__find(const struct attr_funcs *l,
					 const char *name)
{
	for (size_t i = 0; i < l->nr; i++) {
		if (!strcmp(l->item[i].name, name))
			return &l->item[i];
	}
	return NULL;
}

/* Count a figure, keeping the bins in rising order. */
static void add_bin(struct bin **bin, size_t *nr, uint64_t ticks,
		    uint64_t count)
{
	size_t i = 0;

	while (i < *nr && (*bin)[i].ticks < ticks)
		i++;
	if (i < *nr && (*bin)[i].ticks == ticks) {
		(*bin)[i].count += count;
		return;
	}
	*bin = xrealloc(*bin, (*nr + 1) * sizeof(**bin));
	memmove(*bin + i + 1, *bin + i, (*nr - i) * sizeof(**bin));
	(*bin)[i] = (struct bin) { ticks, count };
	++*nr;
}

static void add_funcs(struct attr_funcs *l, const struct path_profile *w,
		      uint64_t times)
{
	for (size_t i = 0; i < w->nr_funcs; i++) {
		const struct cost *c = &w->func[i].cost;
		struct attr_func *f;

		f = (struct attr_func *)attr_funcs__find(l, w->func[i].name);
		if (!f) {
			l->item = xrealloc(l->item, (l->nr + 1) *
					   sizeof(*l->item));
			f = &l->item[l->nr++];
			*f = (struct attr_func) {
				.name = xstrdup(w->func[i].name) };
		}
		f->cost.insns += times * c->insns;
		f->cost.loads += times * c->loads;
		f->cost.stores += times * c->stores;
		f->cost.calls += times * c->calls;
		f->cost.inclusive += times * c->inclusive;
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct attr_func *)a)->name,
		      ((const struct attr_func *)b)->name);
}

/* The place of a name among those of a trace; it is added where it is new. */
static uint32_t func_index(struct strlist *l, const char *name)
{
	for (size_t i = l->nr; i-- > 0;) {
		if (!strcmp(l->item[i], name))
			return i;
	}
	strlist__add(l, name);
	return l->nr - 1;
}

/* Only what the trace needs of the log's instructions, numbered anew. */
static void take_trace(struct attr_trace *t, const struct replay *r,
		       const struct probe_log *log, const struct probe_path *p)
{
	uint32_t *number = xcalloc(log->nr_insns ?: 1, sizeof(*number));

	t->step = xcalloc(p->nr_steps ?: 1, sizeof(*t->step));
	t->nr_steps = p->nr_steps;
	for (size_t i = 0; i < p->nr_steps; i++) {
		const struct step *s = &p->step[i];

		t->step[i] = *s;
		if (s->kind == STEP_ENTER || s->kind == STEP_LEAVE)
			continue;
		if (!number[s->insn]) {
			const struct insn *in = &log->insn[s->insn];
			struct attr_insn *to;

			t->insn = xrealloc(t->insn, (t->nr_insns + 1) *
					   sizeof(*t->insn));
			to = &t->insn[t->nr_insns++];
			*to = (struct attr_insn) {
				.addr = in->addr, .len = in->len,
				.func = func_index(&t->func, replay__name(r, s->insn)),
			};
			memcpy(to->bytes, in->bytes, in->len);
			number[s->insn] = t->nr_insns;
		}
		t->step[i].insn = number[s->insn] - 1;
	}
	free(number);
}

static uint64_t commonest(const struct bin *bin, size_t nr, uint64_t *count)
{
	uint64_t ticks = 0;

	*count = 0;
	for (size_t i = 0; i < nr; i++) {
		if (bin[i].count > *count) {
			*count = bin[i].count;
			ticks = bin[i].ticks;
		}
	}
	return ticks;
}

static void take_rep(struct attr_class *c, const struct path_profile *w)
{
	for (size_t i = 0; i < w->nr_funcs; i++) {
		struct attr_func *f = (struct attr_func *)
			attr_funcs__find(&c->func, w->func[i].name);

		f->cost.rep = w->func[i].cost.rep;
	}
	c->rep_known = true;
}

/* Choose the typical fault of a class and take what it did. */
static int take_typical(struct attr_class *c, const struct replay *r,
			const struct probe_log *log, struct gone *gone, size_t nr,
			char *err, size_t errlen)
{
	uint64_t figure = commonest(c->bin, c->nr_bins, &c->typical);
	struct gone *best = NULL;

	for (size_t i = 0; i < nr; i++) {
		struct gone *g = &gone[i];

		if (!g->counts || strcmp(g->profile.class, c->name) ||
		    g->profile.figures.insns != figure)
			continue;
		if (!best || g->path->count > best->path->count)
			best = g;
	}
	if (!best) {
		snprintf(err, errlen, "no path of class %s has its typical figure",
			 c->name);
		return -EINVAL;
	}
	c->same_path = best->path->count;
	c->figures = best->profile.figures;
	c->lines_min = best->path->lines_min;
	c->lines_max = best->path->lines_max;
	c->lines_sum = best->path->lines_sum;
	add_funcs(&c->func, &best->profile, 1);
	take_rep(c, &best->profile);
	c->stack = best->profile.stack;
	c->nr_stacks = best->profile.nr_stacks;
	best->profile.stack = NULL;
	best->profile.nr_stacks = 0;
	take_trace(&c->trace, r, log, best->path);
	return 0;
}

static void add_to_class(struct attribution *a, struct gone *g)
{
	struct attr_class *c = class_called(a, g->profile.class);

	g->counts = true;
	c->faults += g->path->count;
	c->irq_insns += g->path->irq;
	c->away_insns += g->path->count * g->profile.away;
	add_bin(&c->bin, &c->nr_bins, g->profile.figures.insns, g->path->count);
	add_funcs(&c->sum, &g->profile, g->path->count);
}

static int by_faults(const void *a, const void *b)
{
	const struct attr_class *x = a, *y = b;

	if (x->faults != y->faults)
		return x->faults < y->faults ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* The guest timed each fault: the plugin must have counted the same. */
static bool agree(const struct attribution *a, const struct record *r)
{
	if (a->nr_samples != r->nr_bins)
		return false;
	for (size_t i = 0; i < r->nr_bins; i++) {
		if (a->sample[i].ticks != r->bin[i].ticks ||
		    a->sample[i].count != r->bin[i].count)
			return false;
	}
	return true;
}

/* Its path is long: the VMM reads KVM's counters in it. */
static bool is_doorbell(const struct probe_path *p)
{
	return p->guest_len == 1 && p->guest[0] == PROBE_BELL_OPCODE;
}

/*
 * Of a workload without events: all that the VMM measured. It left off where it
 * entered the guest, and went on after the exit, so it is one path.
 */
static bool join_bells(struct probe_path *p, const struct probe_log *log)
{
	const struct probe_path *part[2] = { NULL, NULL };

	for (size_t i = 0; i < log->nr_paths; i++) {
		const struct probe_path *one = &log->path[i];

		if (one->stored && is_doorbell(one))
			part[one->phase == PROBE_OVER] = one;
	}
	if (!part[0] || !part[1])
		return false;
	*p = *part[0];
	p->count = 1;
	p->own += part[1]->own;
	p->irq += part[1]->irq;
	p->lines_min = p->lines_max = p->lines_sum = 0;
	p->nr_steps += part[1]->nr_steps;
	p->step = xcalloc(p->nr_steps, sizeof(*p->step));
	memcpy(p->step, part[0]->step, part[0]->nr_steps * sizeof(*p->step));
	memcpy(p->step + part[0]->nr_steps, part[1]->step,
	       part[1]->nr_steps * sizeof(*p->step));
	return true;
}

/*
 * The exits of the measured phase: faults, or, of a workload whose events are
 * none, what it makes exit instead. The rest is other exits.
 */
static void classify(struct attribution *a, struct gone *gone, size_t nr,
		     uint64_t events, const struct probe_path *bells)
{
	bool faults = false;

	for (size_t i = 0; i < nr; i++)
		faults |= gone[i].profile.fault;
	for (size_t i = 0; i < nr; i++) {
		struct gone *g = &gone[i];

		if (g->profile.fault || g->path == bells ||
		    (events && !faults && !is_doorbell(g->path)))
			add_to_class(a, g);
		else
			a->others += g->path->count;
	}
}

int attribution__make(struct attribution *a, const struct probe_log *log,
		      struct image *img, const struct record *record,
		      char *err, size_t errlen)
{
	struct replay *r = replay__new(log, img);
	struct gone *gone = xcalloc(log->nr_paths + 1, sizeof(*gone));
	struct probe_path bells = { 0 };
	size_t nr = 0;
	int ret = r ? 0 : -ENOMEM;

	if (!r)
		snprintf(err, errlen, "capstone does not start");
	*a = (struct attribution) {
		.base = xstrdup(record->base),
		.variant = xstrdup(record->variant),
		.profile = xstrdup(record->profile),
		.workload = xstrdup(record->workload),
		.boot = record->boot,
		.build_id = xstrdup(image__build_id(img)),
		.exits = log->exits,
		.odd = log->odd,
	};
	a->untold = log->uncounted;
	for (size_t i = 0; i < log->nr_paths && !ret; i++) {
		const struct probe_path *p = &log->path[i];

		if (p->phase == PROBE_OVER)
			continue;
		if (!p->stored) {
			*(is_doorbell(p) ? &a->others : &a->untold) += p->count;
			continue;
		}
		gone[nr].path = p;
		ret = replay__go(r, p, &gone[nr++].profile, err, errlen);
	}
	if (!ret && !record->events && join_bells(&bells, log)) {
		gone[nr].path = &bells;
		ret = replay__go(r, &bells, &gone[nr++].profile, err, errlen);
	}
	if (!ret)
		ret = executed__of_log(&a->executed, log, img, err, errlen);
	if (!ret)
		classify(a, gone, nr, record->events, &bells);
	for (size_t i = 0; i < a->nr && !ret; i++) {
		ret = take_typical(&a->item[i], r, log, gone, nr, err, errlen);
		a->item[i].trace.next_rip = image__symbol(img, NEXT_RIP);
		qsort(a->item[i].func.item, a->item[i].func.nr,
		      sizeof(struct attr_func), by_name);
		qsort(a->item[i].sum.item, a->item[i].sum.nr,
		      sizeof(struct attr_func), by_name);
	}
	if (a->nr)
		qsort(a->item, a->nr, sizeof(*a->item), by_faults);
	for (size_t i = 0; i < log->nr_samples; i++)
		add_bin(&a->sample, &a->nr_samples, log->sample[i].ticks,
			log->sample[i].count);
	a->agrees = agree(a, record);
	for (size_t i = 0; i < nr; i++)
		path_profile__free(&gone[i].profile);
	free(bells.step);
	free(gone);
	replay__free(r);
	if (ret)
		attribution__free(a);
	return ret;
}

/* Instructions of a trace as the plugin counts them: interrupts apart. */
static uint64_t count_own(const struct attr_trace *t)
{
	unsigned int irqs = 0;
	uint64_t own = 0;

	for (size_t i = 0; i < t->nr_steps; i++) {
		uint8_t kind = t->step[i].kind;

		irqs += kind == STEP_ENTER;
		irqs -= kind == STEP_LEAVE && irqs;
		own += kind == STEP_INSN && !irqs;
	}
	return own;
}

uint64_t attr_trace__rep(const struct attr_trace *t)
{
	const struct attr_insn *in;
	unsigned int irqs = 0;
	uint64_t rep = 0;
	uint32_t newest = t->nr_insns;

	for (size_t i = 0; i < t->nr_steps; i++) {
		const struct step *s = &t->step[i];

		irqs += s->kind == STEP_ENTER;
		irqs -= s->kind == STEP_LEAVE && irqs;
		if (s->kind != STEP_INSN || irqs)
			continue;
		in = &t->insn[s->insn];
		rep += s->insn == newest && insn__repeats(in->bytes, in->len);
		newest = s->insn;
	}
	return rep;
}

bool attr_class__rep_by_function(const struct attr_class *c)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < c->func.nr; i++)
		sum += c->func.item[i].cost.rep;
	return c->rep_known && sum == c->figures.rep;
}

int attr_class__log(struct probe_log *log, const struct attr_class *c,
		    char *err, size_t errlen)
{
	const struct attr_trace *t = &c->trace;
	struct decoder *d;

	if (!t->nr_steps) {
		snprintf(err, errlen, "%s", ATTR_NO_TRACE);
		return -ENODATA;
	}
	d = decoder__new();
	if (!d) {
		snprintf(err, errlen, "capstone does not start");
		return -ENOMEM;
	}
	*log = (struct probe_log) {
		.insn = xcalloc(t->nr_insns ?: 1, sizeof(*log->insn)),
		.nr_insns = t->nr_insns,
		.path = xcalloc(1, sizeof(*log->path)),
		.nr_paths = 1,
	};
	for (size_t i = 0; i < t->nr_insns; i++)
		insn__decode(d, &log->insn[i], t->insn[i].addr,
			     t->insn[i].bytes, t->insn[i].len);
	decoder__free(d);
	log->path->count = 1;
	log->path->stored = true;
	log->path->own = count_own(t);
	log->path->step = xcalloc(t->nr_steps ?: 1, sizeof(*t->step));
	memcpy(log->path->step, t->step, t->nr_steps * sizeof(*t->step));
	log->path->nr_steps = t->nr_steps;
	return 0;
}

bool attribution__equal(const struct attribution *a,
			const struct attribution *b)
{
	json_t *x = attribution__to_json(a), *y = attribution__to_json(b);
	bool equal;

	json_object_del(x, "boot");
	json_object_del(y, "boot");
	json_object_del(x, "boots");
	json_object_del(y, "boots");
	json_object_del(x, "executed");
	json_object_del(y, "executed");
	json_object_del(x, "variant");	/* of equal kernels one is booted */
	json_object_del(y, "variant");
	equal = json_equal(x, y);
	json_decref(x);
	json_decref(y);
	return equal;
}
