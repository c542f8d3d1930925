// SPDX-License-Identifier: GPL-2.0
/*
 * One measurement as a line of JSON with a checksum; see record.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

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

struct record *record__new(void)
{
	struct record *r = xcalloc(1, sizeof(*r));

	r->host = json_object();
	return r;
}

static void numbers__free(struct numbers *n)
{
	for (size_t i = 0; i < n->nr; i++)
		free(n->item[i].name);
	free(n->item);
}

void record__free(struct record *r)
{
	if (!r)
		return;
	free(r->base);
	free(r->variant);
	free(r->profile);
	free(r->workload);
	free(r->rig);
	free(r->time);
	free(r->why);
	free(r->measured_as);
	free(r->vmlinux_sha256);
	free(r->handler_sha256);
	numbers__free(&r->stats);
	numbers__free(&r->expect);
	free(r->bin);
	cycles__free(r->cycles);
	free(r->vcpu);
	json_decref(r->host);
	free(r);
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

const struct number *numbers__find(const struct numbers *n, const char *name)
{
	for (size_t i = 0; i < n->nr; i++) {
		if (!strcmp(n->item[i].name, name))
			return &n->item[i];
	}
	return NULL;
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
 * which KVM counts as taken alone.
 */
static int check_vcpus(const struct record *r, char *err, size_t errlen)
{
	const struct number *taken = numbers__find(&r->stats, "pf_taken");
	const struct number *fixed = numbers__find(&r->stats, "pf_fixed");
	const struct number *spurious = numbers__find(&r->stats, "pf_spurious");
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
	const struct number *have = numbers__find(&r->stats, name);
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

static json_t *numbers_to_json(const struct numbers *n)
{
	json_t *o = json_object();

	for (size_t i = 0; i < n->nr; i++)
		json_object_set_new(o, n->item[i].name,
				    json_integer(n->item[i].value));
	return o;
}

static json_t *vcpus_to_json(const struct record *r)
{
	json_t *a = json_array();

	for (size_t i = 0; i < r->nr_vcpus; i++) {
		const struct record_vcpu *v = &r->vcpu[i];
		json_t *o = json_pack("{sI sI sI}",
				      "touches", (json_int_t)v->touches,
				      "begin", (json_int_t)v->begin,
				      "ticks", (json_int_t)v->ticks);

		if (v->faults >= 0)
			json_object_set_new(o, "faults",
					    json_integer(v->faults));
		json_array_append_new(a, o);
	}
	return a;
}

/* What the checksum covers: the object without it, keys sorted. */
static unsigned long checksum(json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	unsigned long sum;

	if (!text)
		return 0;
	sum = crc32(0, (unsigned char *)text, strlen(text));
	free(text);
	return sum;
}

/* A console may say any byte; a record holds printable ASCII. */
static char *printable(const char *s)
{
	char *copy = xstrdup(s);

	for (char *p = copy; *p; p++) {
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	}
	return copy;
}

char *record__line(const struct record *r)
{
	json_t *hist = json_array(), *o;
	char *text, *line, *why = printable(r->why);

	for (size_t i = 0; i < r->nr_bins; i++)
		json_array_append_new(hist, json_pack("[I,I]",
				      (json_int_t)r->bin[i].ticks,
				      (json_int_t)r->bin[i].count));
	o = json_pack("{si ss ss ss ss ss sI ss ss ss ss ss sf sI sI sI sI so so so sO}",
		      "schema", RECORD_SCHEMA, "base", r->base,
		      "variant", r->variant, "profile", r->profile,
		      "workload", r->workload, "rig", r->rig,
		      "boot", (json_int_t)r->boot, "time", r->time,
		      "outcome", outcome__name(r->outcome), "why", why,
		      "vmlinux_sha256", r->vmlinux_sha256,
		      "handler_sha256", r->handler_sha256,
		      "wall_s", r->wall_s,
		      "events", (json_int_t)r->events,
		      "total", (json_int_t)r->total,
		      "clock_floor", (json_int_t)r->clock_floor,
		      "irqs", (json_int_t)r->irqs,
		      "stats", numbers_to_json(&r->stats),
		      "expect", numbers_to_json(&r->expect),
		      "hist", hist, "host", r->host);
	if (!o)
		die(EXIT_INTERNAL, "a record of %s/%s does not fit JSON (a text that is not UTF-8?)",
		    r->variant, r->workload);
	if (r->measured_as)
		json_object_set_new(o, "measured_as",
				    json_string(r->measured_as));
	if (r->cycles)
		json_object_set_new(o, "cycles", cycles__to_json(r->cycles));
	if (r->nr_vcpus)
		json_object_set_new(o, "vcpus", vcpus_to_json(r));
	json_object_set_new(o, "crc32",
			    json_sprintf("%08lx", checksum(o)));
	text = json_dumps(o, JSON_COMPACT);
	line = xasprintf("%s\n", text);
	free(text);
	free(why);
	json_decref(o);
	return line;
}

static int numbers_from_json(struct numbers *n, json_t *o)
{
	const char *key;
	json_t *v;

	if (!json_is_object(o))
		return -1;
	json_object_foreach(o, key, v) {
		if (!json_is_integer(v))
			return -1;
		numbers__add(n, key, json_integer_value(v));
	}
	return 0;
}

static int bins_from_json(struct record *r, json_t *hist)
{
	json_t *pair;
	size_t i;

	if (!json_is_array(hist))
		return -1;
	r->bin = xcalloc(json_array_size(hist), sizeof(*r->bin));
	json_array_foreach(hist, i, pair) {
		json_int_t ticks, count;

		if (json_unpack(pair, "[I,I!]", &ticks, &count) || ticks < 0 ||
		    count < 1 || count > INT32_MAX ||
		    (i && (uint64_t)ticks <= r->bin[i - 1].ticks))
			return -1;
		r->bin[r->nr_bins++] = (struct bin) { ticks, count };
	}
	return 0;
}

/* Two or more; a member that none can have is refused. */
static int vcpus_from_json(struct record *r, json_t *vcpus)
{
	json_t *o;
	size_t i;

	if (!json_is_array(vcpus) || json_array_size(vcpus) < 2)
		return -1;
	json_array_foreach(vcpus, i, o) {
		json_int_t touches, begin, ticks, faults = -1;
		bool known = json_object_get(o, "faults");

		if (json_unpack(o, "{sI sI sI s?I !}", "touches", &touches,
				"begin", &begin, "ticks", &ticks,
				"faults", &faults) || touches < 0 ||
		    begin < 0 || ticks < 0 || (known && faults < 0))
			return -1;
		record__add_vcpu(r, &(struct record_vcpu) {
			.touches = touches, .faults = faults, .begin = begin,
			.ticks = ticks,
		});
	}
	return 0;
}

static int unpack(struct record *r, json_t *o, char *err, size_t errlen)
{
	const char *base, *variant, *profile, *workload, *rig, *time, *outcome;
	const char *why, *vmlinux, *handler;
	json_int_t boot, events, total, floor, irqs;
	json_t *stats, *expect, *hist, *host, *cycles, *vcpus;
	const char *measured_as;
	json_error_t e;

	if (json_unpack_ex(o, &e, 0,
			   "{ss ss ss ss ss sI ss ss ss ss ss sF sI sI sI sI so so so so}",
			   "base", &base, "variant", &variant,
			   "profile", &profile, "workload", &workload,
			   "rig", &rig, "boot", &boot, "time", &time,
			   "outcome", &outcome, "why", &why,
			   "vmlinux_sha256", &vmlinux,
			   "handler_sha256", &handler,
			   "wall_s", &r->wall_s,
			   "events", &events, "total", &total,
			   "clock_floor", &floor, "irqs", &irqs,
			   "stats", &stats, "expect", &expect, "hist", &hist,
			   "host", &host)) {
		snprintf(err, errlen, "%s", e.text);
		return -1;
	}
	r->base = xstrdup(base);
	r->variant = xstrdup(variant);
	r->profile = xstrdup(profile);
	r->workload = xstrdup(workload);
	r->rig = xstrdup(rig);
	r->time = xstrdup(time);
	r->why = xstrdup(why);
	measured_as = json_string_value(json_object_get(o, "measured_as"));
	r->measured_as = measured_as ? xstrdup(measured_as) : NULL;
	r->vmlinux_sha256 = xstrdup(vmlinux);
	r->handler_sha256 = xstrdup(handler);
	r->outcome = outcome__parse(outcome);
	r->boot = boot;
	r->events = events;
	r->total = total;
	r->clock_floor = floor;
	r->irqs = irqs;
	json_decref(r->host);
	r->host = json_incref(host);
	if (boot < 1 || events < 0 || total < 0 || floor < 0 || irqs < 0 ||
	    r->outcome == NR_OUTCOMES || !json_is_object(host) ||
	    numbers_from_json(&r->stats, stats) ||
	    numbers_from_json(&r->expect, expect) || bins_from_json(r, hist)) {
		snprintf(err, errlen, "a field has a value it cannot have");
		return -1;
	}
	vcpus = json_object_get(o, "vcpus");
	if (vcpus && vcpus_from_json(r, vcpus)) {
		snprintf(err, errlen, "its vcpus are not what several vCPUs can have done");
		return -1;
	}
	cycles = json_object_get(o, "cycles");
	if (cycles)
		r->cycles = cycles__from_json(cycles, err, errlen);
	return cycles && !r->cycles ? -1 : 0;
}

struct record *record__parse(const char *line, size_t size, char *err,
			     size_t errlen)
{
	struct record *r = NULL;
	json_error_t e;
	json_t *o = json_loadb(line, size, JSON_REJECT_DUPLICATES, &e);
	const char *sum;
	char want[16];
	json_int_t schema;

	if (!o) {
		snprintf(err, errlen, "not JSON: %s", e.text);
		return NULL;
	}
	if (json_unpack(o, "{sI}", "schema", &schema)) {
		snprintf(err, errlen, "no schema number");
		goto out;
	}
	if (schema != RECORD_SCHEMA) {
		snprintf(err, errlen, "schema %" JSON_INTEGER_FORMAT ", this program reads %d",
			 schema, RECORD_SCHEMA);
		goto out;
	}
	sum = json_string_value(json_object_get(o, "crc32"));
	snprintf(want, sizeof(want), "%.8s", sum ? sum : "none");
	json_object_del(o, "crc32");
	if (!sum || strlen(want) != 8 || strtoul(want, NULL, 16) != checksum(o)) {
		snprintf(err, errlen, "its checksum does not match");
		goto out;
	}
	r = record__new();
	if (unpack(r, o, err, errlen) ||
	    (record__valid(r) && record__check(r, err, errlen))) {
		record__free(r);
		r = NULL;
	}
out:
	json_decref(o);
	return r;
}

struct record *record__copy(const struct record *r)
{
	char *line = record__line(r), err[256];
	struct record *copy = record__parse(line, strlen(line), err,
					    sizeof(err));

	if (!copy)
		die(EXIT_INTERNAL, "a record of %s/%s does not read back: %s",
		    r->variant, r->workload, err);
	free(line);
	return copy;
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

static bool vcpus_equal(const struct record *a, const struct record *b)
{
	for (size_t i = 0; i < a->nr_vcpus && i < b->nr_vcpus; i++) {
		const struct record_vcpu *v = &a->vcpu[i], *w = &b->vcpu[i];

		if (v->touches != w->touches || v->faults != w->faults ||
		    v->begin != w->begin || v->ticks != w->ticks)
			return false;
	}
	return a->nr_vcpus == b->nr_vcpus;
}

bool record__bit_equal(const struct record *a, const struct record *b)
{
	if (!a->cycles != !b->cycles ||
	    (a->cycles && !cycles__equal(a->cycles, b->cycles)))
		return false;
	if (a->total != b->total || a->nr_bins != b->nr_bins ||
	    a->stats.nr != b->stats.nr || a->clock_floor != b->clock_floor ||
	    a->irqs != b->irqs)
		return false;
	for (size_t i = 0; i < a->nr_bins; i++) {
		if (a->bin[i].ticks != b->bin[i].ticks ||
		    a->bin[i].count != b->bin[i].count)
			return false;
	}
	if (!vcpus_equal(a, b))
		return false;
	for (size_t i = 0; i < a->stats.nr; i++) {
		const struct number *n = numbers__find(&b->stats,
						       a->stats.item[i].name);

		if (!n || n->value != a->stats.item[i].value)
			return false;
	}
	return true;
}
