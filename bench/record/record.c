// SPDX-License-Identifier: GPL-2.0
/*
 * One measurement, and whether it can be true; see record.h. Its fields, and how
 * they stand in a line, are in record_fields.c.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "rigs.h"

static const struct {
	const char *name;
	enum faultline_exit code;
} outcomes[NR_OUTCOMES] = {
	[OUTCOME_OOPS]	      = { "oops", EXIT_OOPS },
	[OUTCOME_PANIC]	      = { "panic", EXIT_PANIC },
	[OUTCOME_WARN]	      = { "warn", EXIT_WARN },
	[OUTCOME_HANG]	      = { "hang", EXIT_HANG },
	[OUTCOME_GUEST_FAIL]  = { "guest-fail", EXIT_GUEST_FAIL },
	[OUTCOME_GUEST_HANG]  = { "guest-hang", EXIT_GUEST_HANG },
	[OUTCOME_LOST]	      = { "lost-record", EXIT_LOST },
	[OUTCOME_RIG]	      = { "rig", EXIT_RIG },
	[OUTCOME_PROFILE]     = { "profile", EXIT_PROFILE },
	[OUTCOME_DENOMINATOR] = { "denominator", EXIT_DENOMINATOR },
	[OUTCOME_SKIP]	      = { "skip", EXIT_OK },
	[OUTCOME_OK]	      = { "ok", EXIT_OK },
};

const char *outcome__name(enum outcome o)
{
	return outcomes[o].name;
}

enum outcome outcome__parse(const char *name)
{
	enum outcome o = 0;

	while (o < NR_OUTCOMES && strcmp(outcomes[o].name, name))
		o++;
	return o;
}

enum faultline_exit outcome__exit_code(enum outcome o)
{
	return outcomes[o].code;
}

void numbers__add(struct numbers *n, const char *name, int64_t value)
{
	n->item = xrealloc(n->item, (n->nr + 1) * sizeof(*n->item));
	n->item[n->nr++] = (struct number) { xstrdup(name), value };
}

void record__add_vcpu(struct record *r, const struct record_vcpu *v)
{
	r->vcpu = xrealloc(r->vcpu, (r->nr_vcpus + 1) * sizeof(*r->vcpu));
	r->vcpu[r->nr_vcpus++] = *v;
}

void record__set_perturb(struct record *r, const struct perturb *p)
{
	if (!p->seed)
		return;
	r->perturb = xrealloc(r->perturb, sizeof(*p));
	*r->perturb = *p;
}

const struct number *numbers__find(const struct numbers *n, const char *name)
{
	for (size_t i = 0; i < n->nr; i++) {
		if (!strcmp(n->item[i].name, name))
			return &n->item[i];
	}
	return NULL;
}

int64_t record__event_exits(const struct record *r)
{
	const struct number *all = numbers__find(&r->stats, "exits");
	const struct number *io = numbers__find(&r->stats, "io_exits");
	const struct number *irq = numbers__find(&r->stats, "irq_exits");

	return all && io && irq ? all->value - io->value - irq->value : -1;
}

/* Touches of several vCPUs that found the page mapped, so that none faulted. */
static uint64_t without_fault(const struct record *r)
{
	const int64_t exits = record__event_exits(r);

	return r->nr_vcpus && exits >= 0 && (uint64_t)exits < r->events ?
	       r->events - exits : 0;
}

struct bin *record__fault_bins(const struct record *r, size_t *nr)
{
	struct bin *bin = xcalloc(r->nr_bins + 1, sizeof(*bin));
	uint64_t drop = without_fault(r);

	*nr = 0;
	for (size_t i = 0; i < r->nr_bins; i++) {
		const struct bin b = r->bin[i];
		const uint64_t less = b.count < drop ? b.count : drop;

		drop -= less;
		if (b.count > less)
			bin[(*nr)++] = (struct bin) { b.ticks, b.count - less };
	}
	return bin;
}

int64_t record__late_faults(const struct record *r)
{
	const struct number *pages = numbers__find(&r->expect, EVENT_EXITS ">=");
	const int64_t exits = record__event_exits(r);

	if (!pages)
		pages = numbers__find(&r->stats, "pf_fixed");
	return without_fault(r) && pages ? exits - pages->value : 0;
}

/* Samples of every event, or cycles; both where guests run on hardware. */
static int check_measured(const struct record *r, char *err, size_t errlen)
{
	const struct rig_facts *rig = rigs__facts(r->rig);
	bool known = rig->figure != RIG_ANY_FIGURE, noisy = rig->figure == RIG_CYCLES;
	uint64_t samples = 0;

	for (size_t i = 0; i < r->nr_bins; i++)
		samples += r->bin[i].count;
	if (r->cycles && known && (!noisy || (samples && !rig->samples))) {
		snprintf(err, errlen, samples ? "cycles and samples" :
			 "cycles of rig %s, which measures none", r->rig);
		return -1;
	}
	if (r->cycles && cycles__check(r->cycles, err, errlen))
		return -1;
	if (!r->cycles && record__noisy(r)) {
		snprintf(err, errlen, "rig %s measures cycles, and there are none",
			 r->rig);
		return -1;
	}
	if (rig->samples && samples != r->events &&
	    (known || !r->cycles || samples)) {
		snprintf(err, errlen, "%" PRIu64 " samples for %" PRIu64 " events",
			 samples, r->events);
		return -1;
	}
	return 0;
}

/*
 * All vCPUs' touches are all samples, their faults are all faults, each has its
 * part of the total. A fault was fixed, emulated or spurious, or tried again,
 * which KVM counts as taken alone; and each was an exit.
 */
static int check_vcpus(const struct record *r, char *err, size_t errlen)
{
	const struct number *taken = numbers__find(&r->stats, "pf_taken");
	const struct number *fixed = numbers__find(&r->stats, "pf_fixed");
	const struct number *spurious = numbers__find(&r->stats, "pf_spurious");
	const int64_t exits = record__event_exits(r);
	uint64_t touches = 0;
	int64_t faults = 0;

	for (size_t i = 0; i < r->nr_vcpus; i++) {
		const struct record_vcpu *v = &r->vcpu[i];

		touches += v->touches;
		faults = v->faults < 0 || faults < 0 ? -1 : faults + v->faults;
		if (v->begin > r->total || v->ticks > r->total - v->begin) {
			snprintf(err, errlen, "vCPU %zu ran from %" PRIu64 " on for %" PRIu64 " ticks, of %" PRIu64 " in all",
				 i, v->begin, v->ticks, r->total);
			return -1;
		}
	}
	if (r->nr_vcpus && !rigs__facts(r->rig)->samples) {
		snprintf(err, errlen, "vcpus of rig %s, which runs no guest", r->rig);
		return -1;
	}
	if (r->nr_vcpus && touches != r->events) {
		snprintf(err, errlen, "%" PRIu64 " touches by all vCPUs for %" PRIu64 " events",
			 touches, r->events);
		return -1;
	}
	if (r->nr_vcpus && taken && faults >= 0 && faults != taken->value) {
		snprintf(err, errlen, "pf_taken is %" PRId64 ", by the vCPUs %" PRId64,
			 taken->value, faults);
		return -1;
	}
	if (r->nr_vcpus && taken && exits >= 0 && !rigs__noisy(r->rig) &&
	    exits != taken->value) {
		snprintf(err, errlen, EVENT_EXITS " is %" PRId64 ", pf_taken is %" PRId64,
			 exits, taken->value);
		return -1;
	}
	if (r->nr_vcpus && taken && fixed && spurious &&
	    fixed->value + spurious->value > taken->value) {
		snprintf(err, errlen, "pf_fixed and pf_spurious are %" PRId64 ", pf_taken is %" PRId64,
			 fixed->value + spurious->value, taken->value);
		return -1;
	}
	return 0;
}

/* One counter against what it must be; "NAME>=" is a least, "NAME<=" a most. */
static int check_number(const struct record *r, const struct number *want,
			char *err, size_t errlen)
{
	size_t n = strcspn(want->name, "<>");
	bool least = !strcmp(want->name + n, ">=");
	bool most = !strcmp(want->name + n, "<=");
	char *name = xasprintf("%.*s", least || most ? (int)n : -1, want->name);
	struct number exits = { name, record__event_exits(r) };
	const struct number *have = numbers__find(&r->stats, name) ?:
		!strcmp(name, EVENT_EXITS) && exits.value >= 0 ? &exits : NULL;
	int bad = !have || (least ? have->value < want->value :
			    most ? have->value > want->value :
			    have->value != want->value);

	if (!have)
		snprintf(err, errlen, "KVM has no counter %s to check", name);
	else if (bad)
		snprintf(err, errlen, "%s is %" PRId64 ", the workload must provoke %s%" PRId64,
			 name, have->value,
			 least ? "at least " : most ? "at most " : "",
			 want->value);
	free(name);
	return bad ? -1 : 0;
}

int record__check(const struct record *r, char *err, size_t errlen)
{
	if (check_measured(r, err, errlen) || check_vcpus(r, err, errlen))
		return -1;
	for (size_t i = 0; i < r->expect.nr; i++) {
		if (check_number(r, &r->expect.item[i], err, errlen))
			return -1;
	}
	return 0;
}

bool record__same_cell(const struct record *a, const struct record *b)
{
	return !strcmp(a->base, b->base) && !strcmp(a->variant, b->variant) &&
	       !strcmp(a->profile, b->profile) &&
	       !strcmp(a->workload, b->workload) && !strcmp(a->rig, b->rig);
}

bool record__noisy(const struct record *r)
{
	return r->cycles || rigs__noisy(r->rig);
}
