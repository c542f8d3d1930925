// SPDX-License-Identifier: GPL-2.0
/*
 * The fields of a record: a row each, which serves whoever writes, reads,
 * compares or frees one. A line is JSON with a checksum; see record.h.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "record.h"

struct field;

/* A kind of value: how it stands in a line, and in struct record. */
struct kind {
	/* Return: NULL where it does not fit JSON. */
	json_t *(*write)(const struct record *r, const struct field *f);
	/* Return: 0, or -1; @err says why where the usual words are too few. */
	int (*read)(struct record *r, const struct field *f, const json_t *v,
		    char *err, size_t errlen);
	bool (*equal)(const struct record *a, const struct record *b,
		      const struct field *f);
	void (*drop)(struct record *r, const struct field *f);
};

enum {
	MEASURED = 1,		/* equal in records that are bit-equal */
	OPTIONAL = 2,		/* left out where the member is 0 */
};

struct field {
	const char *name;
	size_t at;
	const struct kind *kind;
	unsigned int flags;
};

#define MEMBER(type, r, f) (*(type *)((char *)(r) + (f)->at))

static json_t *write_text(const struct record *r, const struct field *f)
{
	return json_string(MEMBER(char *, r, f));
}

/* A console may say any byte; a record holds printable ASCII. */
static json_t *write_printable(const struct record *r, const struct field *f)
{
	char *copy = xstrdup(MEMBER(char *, r, f));
	json_t *v;

	for (char *p = copy; *p; p++) {
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	}
	v = json_string(copy);
	free(copy);
	return v;
}

/*
 * Whether a text may be printed. Nothing else is ever written, and a terminal would do
 * what it says.
 */
static bool is_plain(const char *text, const struct field *f, char *err, size_t errlen)
{
	for (const char *p = text; *p; p++) {
		if ((unsigned char)*p >= 0x20 && *p != 0x7f)
			continue;
		snprintf(err, errlen, "its %s holds a control character", f->name);
		return false;
	}
	return true;
}

static int read_text(struct record *r, const struct field *f, const json_t *v,
		     char *err, size_t errlen)
{
	const char *text = json_string_value(v);

	if (!text || !is_plain(text, f, err, errlen))
		return -1;
	MEMBER(char *, r, f) = xstrdup(text);
	return 0;
}

static void drop_pointer(struct record *r, const struct field *f)
{
	free(MEMBER(char *, r, f));
}

static json_t *write_count(const struct record *r, const struct field *f)
{
	return json_integer(MEMBER(uint64_t, r, f));
}

static int read_count(struct record *r, const struct field *f, const json_t *v,
		      char *err, size_t errlen)
{
	(void)err, (void)errlen;
	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return -1;
	MEMBER(uint64_t, r, f) = json_integer_value(v);
	return 0;
}

static bool count_equal(const struct record *a, const struct record *b,
			const struct field *f)
{
	return MEMBER(uint64_t, a, f) == MEMBER(uint64_t, b, f);
}

/* The first boot is 1. */
static int read_boot(struct record *r, const struct field *f, const json_t *v,
		     char *err, size_t errlen)
{
	return read_count(r, f, v, err, errlen) || !r->boot ? -1 : 0;
}

static json_t *write_real(const struct record *r, const struct field *f)
{
	// cppcheck-suppress invalidPointerCast
	return json_real(MEMBER(double, r, f));
}

static int read_real(struct record *r, const struct field *f, const json_t *v,
		     char *err, size_t errlen)
{
	(void)err, (void)errlen;
	// cppcheck-suppress invalidPointerCast
	MEMBER(double, r, f) = json_number_value(v);
	return json_is_number(v) ? 0 : -1;
}

static json_t *write_outcome(const struct record *r, const struct field *f)
{
	(void)f;
	return json_string(outcome__name(r->outcome));
}

static int read_outcome(struct record *r, const struct field *f, const json_t *v,
			char *err, size_t errlen)
{
	(void)f, (void)err, (void)errlen;
	r->outcome = json_is_string(v) ? outcome__parse(json_string_value(v)) :
					 NR_OUTCOMES;
	return r->outcome == NR_OUTCOMES ? -1 : 0;
}

static json_t *write_numbers(const struct record *r, const struct field *f)
{
	const struct numbers *n = &MEMBER(const struct numbers, r, f);
	json_t *o = json_object();

	for (size_t i = 0; i < n->nr; i++)
		json_object_set_new(o, n->item[i].name,
				    json_integer(n->item[i].value));
	return o;
}

static int read_numbers(struct record *r, const struct field *f, const json_t *o,
			char *err, size_t errlen)
{
	const char *key;
	json_t *v;

	if (!json_is_object(o))
		return -1;
	json_object_foreach((json_t *)o, key, v) {
		if (!json_is_integer(v) || !is_plain(key, f, err, errlen))
			return -1;
		numbers__add(&MEMBER(struct numbers, r, f), key,
			     json_integer_value(v));
	}
	return 0;
}

/* In any order. */
static bool numbers_equal(const struct record *x, const struct record *y,
			  const struct field *f)
{
	const struct numbers *a = &MEMBER(const struct numbers, x, f);
	const struct numbers *b = &MEMBER(const struct numbers, y, f);

	for (size_t i = 0; i < a->nr; i++) {
		const struct number *n = numbers__find(b, a->item[i].name);

		if (!n || n->value != a->item[i].value)
			return false;
	}
	return a->nr == b->nr;
}

static void drop_numbers(struct record *r, const struct field *f)
{
	struct numbers *n = &MEMBER(struct numbers, r, f);

	for (size_t i = 0; i < n->nr; i++)
		free(n->item[i].name);
	free(n->item);
}

static json_t *write_bins(const struct record *r, const struct field *f)
{
	json_t *all = json_array();

	(void)f;
	for (size_t i = 0; i < r->nr_bins; i++)
		json_array_append_new(all, json_pack("[I,I]",
				      (json_int_t)r->bin[i].ticks,
				      (json_int_t)r->bin[i].count));
	return all;
}

static int read_bins(struct record *r, const struct field *f, const json_t *hist,
		     char *err, size_t errlen)
{
	json_t *pair;
	size_t i;

	(void)f, (void)err, (void)errlen;
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

static bool bins_equal(const struct record *a, const struct record *b,
		       const struct field *f)
{
	(void)f;
	for (size_t i = 0; i < a->nr_bins && i < b->nr_bins; i++) {
		if (a->bin[i].ticks != b->bin[i].ticks ||
		    a->bin[i].count != b->bin[i].count)
			return false;
	}
	return a->nr_bins == b->nr_bins;
}

static json_t *write_host(const struct record *r, const struct field *f)
{
	(void)f;
	return json_incref(r->host);
}

static int read_host(struct record *r, const struct field *f, const json_t *v,
		     char *err, size_t errlen)
{
	const char *key;
	json_t *said;

	if (!json_is_object(v))
		return -1;
	json_object_foreach((json_t *)v, key, said) {
		if (!is_plain(key, f, err, errlen) ||
		    !is_plain(json_string_value(said) ?: "", f, err, errlen))
			return -1;
	}
	json_decref(r->host);
	r->host = json_incref((json_t *)v);
	return 0;
}

static void drop_host(struct record *r, const struct field *f)
{
	(void)f;
	json_decref(r->host);
}

static json_t *write_cycles(const struct record *r, const struct field *f)
{
	(void)f;
	return cycles__to_json(r->cycles);
}

static int read_cycles(struct record *r, const struct field *f, const json_t *v,
		       char *err, size_t errlen)
{
	(void)f;
	r->cycles = cycles__from_json((json_t *)v, err, errlen);
	return r->cycles ? 0 : -1;
}

static bool both_cycles_equal(const struct record *a, const struct record *b,
			      const struct field *f)
{
	(void)f;
	return !a->cycles == !b->cycles &&
	       (!a->cycles || cycles__equal(a->cycles, b->cycles));
}

static void drop_cycles(struct record *r, const struct field *f)
{
	(void)f;
	cycles__free(r->cycles);
}

static json_t *write_vcpus(const struct record *r, const struct field *f)
{
	json_t *a = json_array();

	(void)f;
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

/* Two or more; a member that none can have is refused. */
static int read_vcpus(struct record *r, const struct field *f,
		      const json_t *vcpus, char *err, size_t errlen)
{
	json_t *o;
	size_t i;

	(void)f;
	snprintf(err, errlen, "its vcpus are not what several vCPUs can have done");
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

static bool vcpus_equal(const struct record *a, const struct record *b,
			const struct field *f)
{
	(void)f;
	for (size_t i = 0; i < a->nr_vcpus && i < b->nr_vcpus; i++) {
		const struct record_vcpu *v = &a->vcpu[i], *w = &b->vcpu[i];

		if (v->touches != w->touches || v->faults != w->faults ||
		    v->begin != w->begin || v->ticks != w->ticks)
			return false;
	}
	return a->nr_vcpus == b->nr_vcpus;
}

static json_t *write_rep(const struct record *r, const struct field *f)
{
	(void)f;
	return json_pack("{sI sI}",
			 "instructions", (json_int_t)r->rep->instructions,
			 "iterations", (json_int_t)r->rep->iterations);
}

static int read_rep(struct record *r, const struct field *f, const json_t *o,
		    char *err, size_t errlen)
{
	json_int_t instructions, iterations;

	(void)f, (void)err, (void)errlen;
	if (json_unpack((json_t *)o, "{sI sI !}", "instructions", &instructions,
			"iterations", &iterations) || iterations < 0 ||
	    instructions < iterations)
		return -1;
	r->rep = xcalloc(1, sizeof(*r->rep));
	*r->rep = (struct record_rep) { instructions, iterations };
	return 0;
}

static json_t *write_perturb(const struct record *r, const struct field *f)
{
	const struct perturb *p = r->perturb;

	(void)f;
	return json_pack("{sI sI sI sI sI}", "seed", (json_int_t)p->seed,
			 "text", (json_int_t)p->text,
			 "archive", (json_int_t)p->archive,
			 "spin", (json_int_t)p->spin,
			 "pages", (json_int_t)p->pages);
}

static int read_perturb(struct record *r, const struct field *f,
			const json_t *v, char *err, size_t errlen)
{
	json_int_t seed, text, archive, spin, pages;
	struct perturb p;

	(void)f, (void)err, (void)errlen;
	if (json_unpack((json_t *)v, "{sI sI sI sI sI !}", "seed", &seed,
			"text", &text, "archive", &archive, "spin", &spin,
			"pages", &pages))
		return -1;
	p = (struct perturb) { seed, text, archive, spin, pages };
	if (!perturb__plausible(&p))
		return -1;
	record__set_perturb(r, &p);
	return 0;
}

static const struct kind text_kind = { write_text, read_text, .drop = drop_pointer };
static const struct kind printable_kind = { write_printable, read_text, .drop = drop_pointer };
static const struct kind count_kind = { write_count, read_count, count_equal };
static const struct kind boot_kind = { write_count, read_boot, count_equal };
static const struct kind real_kind = { write_real, read_real };
static const struct kind outcome_kind = { write_outcome, read_outcome };
static const struct kind numbers_kind = { write_numbers, read_numbers, numbers_equal, drop_numbers };
static const struct kind bins_kind = { write_bins, read_bins, bins_equal, drop_pointer };
static const struct kind host_kind = { write_host, read_host, .drop = drop_host };
static const struct kind cycles_kind = { write_cycles, read_cycles, both_cycles_equal, drop_cycles };
static const struct kind vcpus_kind = { write_vcpus, read_vcpus, vcpus_equal, drop_pointer };
static const struct kind rep_kind = { write_rep, read_rep, .drop = drop_pointer };
static const struct kind perturb_kind = { write_perturb, read_perturb, .drop = drop_pointer };

#define NAMED(name, member, kind, flags) \
	{ name, offsetof(struct record, member), &kind##_kind, flags }
#define FIELD(member, kind, flags) NAMED(#member, member, kind, flags)

/* What a line has after its schema and before its checksum, in this order. */
static const struct field fields[] = {
	FIELD(base, text, 0),
	FIELD(variant, text, 0),
	FIELD(profile, text, 0),
	FIELD(workload, text, 0),
	FIELD(rig, text, 0),
	FIELD(boot, boot, 0),
	FIELD(time, text, 0),
	FIELD(outcome, outcome, 0),
	FIELD(why, printable, 0),
	FIELD(vmlinux_sha256, text, 0),
	FIELD(handler_sha256, text, 0),
	FIELD(wall_s, real, 0),
	FIELD(events, count, 0),
	FIELD(total, count, MEASURED),
	FIELD(clock_floor, count, MEASURED),
	FIELD(irqs, count, MEASURED),
	FIELD(stats, numbers, MEASURED),
	FIELD(expect, numbers, 0),
	NAMED("hist", bin, bins, MEASURED),
	FIELD(host, host, 0),
	FIELD(measured_as, text, OPTIONAL),
	FIELD(perturb, perturb, OPTIONAL),
	FIELD(cycles, cycles, MEASURED | OPTIONAL),
	NAMED("vcpus", vcpu, vcpus, MEASURED | OPTIONAL),
	FIELD(rep, rep, OPTIONAL),
	FIELD(kept_from, text, OPTIONAL),
};

static bool is_left_out(const struct record *r, const struct field *f)
{
	return (f->flags & OPTIONAL) && !MEMBER(void *, r, f);
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

struct record *record__new(void)
{
	struct record *r = xcalloc(1, sizeof(*r));

	r->host = json_object();
	return r;
}

void record__free(struct record *r)
{
	for (size_t i = 0; r && i < ARRAY_SIZE(fields); i++) {
		if (fields[i].kind->drop)
			fields[i].kind->drop(r, &fields[i]);
	}
	free(r);
}

/* Return: NULL where some text is not UTF-8. */
static json_t *pack(const struct record *r)
{
	json_t *o = json_pack("{si}", "schema", RECORD_SCHEMA);

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct field *f = &fields[i];

		if (!is_left_out(r, f) &&
		    json_object_set_new(o, f->name, f->kind->write(r, f))) {
			json_decref(o);
			return NULL;
		}
	}
	return o;
}

char *record__line(const struct record *r)
{
	json_t *o = pack(r);
	char *text, *line;

	if (!o)
		return NULL;
	json_object_set_new(o, "crc32",
			    json_sprintf("%08lx", checksum(o)));
	text = json_dumps(o, JSON_COMPACT);
	line = xasprintf("%s\n", text);
	free(text);
	json_decref(o);
	return line;
}

static int unpack(struct record *r, const json_t *o, char *err, size_t errlen)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct field *f = &fields[i];
		const json_t *v = json_object_get(o, f->name);

		if (!v && (f->flags & OPTIONAL))
			continue;
		*err = '\0';
		if (v && !f->kind->read(r, f, v, err, errlen))
			continue;
		if (!*err)
			snprintf(err, errlen, v ? "its %s has a value it cannot have" :
						  "it has no %s", f->name);
		return -1;
	}
	return 0;
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

struct record *record__copy(const struct record *r, struct err *err)
{
	char *line = record__line(r), why[256] = "a text of it is not UTF-8";
	struct record *copy = line ? record__parse(line, strlen(line), why,
						   sizeof(why)) : NULL;

	if (!copy)
		err__set(err, EXIT_INTERNAL, "a record of %s/%s does not read back: %s",
			 r->variant, r->workload, why);
	free(line);
	return copy;
}

bool record__bit_equal(const struct record *a, const struct record *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct field *f = &fields[i];

		if ((f->flags & MEASURED) && !f->kind->equal(a, b, f))
			return false;
	}
	return true;
}
