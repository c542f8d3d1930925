// SPDX-License-Identifier: GPL-2.0
/* See executed_code.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "executed_code.h"
#include "probe.h"

#define KERNEL_HALF	(1ull << 63)

/* Is the code of this address KVM's? The functions of a kernel come in a row. */
struct asked {
	struct image *img;
	const struct func *func;	/* the one asked for last */
	bool is;
};

static bool is_of_kvm(struct asked *a, uint64_t addr)
{
	const struct func *f;
	const char *unit;

	if (!(addr & KERNEL_HALF))
		return false;
	if (!image__has_debug(a->img))
		return true;
	f = image__func_at(a->img, addr);
	if (!f || f == a->func)
		return f && a->is;
	unit = image__unit(a->img, f->addr);
	a->func = f;
	a->is = unit && (!strncmp(unit, "arch/x86/kvm/", 13) ||
			 !strncmp(unit, "virt/kvm/", 9));
	return a->is;
}

static void add_stretch(struct stretches *s, uint64_t from, uint64_t to)
{
	if (s->nr && s->item[s->nr - 1].to >= from) {
		if (s->item[s->nr - 1].to < to)
			s->item[s->nr - 1].to = to;
		return;
	}
	if (!(s->nr & (s->nr - 1)))
		s->item = xrealloc(s->item, (s->nr * 2 ?: 1) * sizeof(*s->item));
	s->item[s->nr++] = (struct stretch) { from, to };
}

static int by_address(const void *a, const void *b)
{
	const struct insn *x = *(const struct insn *const *)a;
	const struct insn *y = *(const struct insn *const *)b;

	return (x->addr > y->addr) - (x->addr < y->addr);
}

static void take(struct executed *e, const struct probe_log *log,
		 const struct insn *const *order, size_t nr, enum ran how,
		 struct stretches *to, struct image *img)
{
	struct asked asked = { .img = img };

	for (size_t i = 0; i < nr; i++) {
		const struct insn *in = order[i];

		if (log->ran[in - log->insn] != how ||
		    !is_of_kvm(&asked, in->addr))
			continue;
		if (how == RAN_OUTSIDE &&
		    stretches__touch(&e->measured, in->addr, in->addr + in->len))
			continue;
		add_stretch(to, in->addr, in->addr + in->len);
	}
}

/*
 * Every instruction of a path was executed; of one vCPU it is known from its doorbells
 * whether that was measured.
 */
static const struct insn *lost_of(const struct probe_log *log,
				  const struct probe_path *p)
{
	for (size_t i = 0; i < p->nr_steps; i++) {
		uint32_t n = p->step[i].insn;

		if (p->step[i].kind == STEP_INSN &&
		    (p->phase == PROBE_MEASURED && log->vcpus == 1 ? log->ran[n] != RAN_MEASURED :
		     log->ran[n] == RAN_NEVER))
			return &log->insn[n];
	}
	return NULL;
}

static int check(const struct probe_log *log, char *err, size_t errlen)
{
	for (size_t i = 0; i < log->nr_paths; i++) {
		const struct insn *in = lost_of(log, &log->path[i]);

		if (!in)
			continue;
		snprintf(err, errlen, "the plugin lost code: the instruction at %" PRIx64 " is on a path, and not among what was executed",
			 in->addr);
		return -EINVAL;
	}
	return 0;
}

int executed__of_log(struct executed *e, const struct probe_log *log,
		     struct image *img, char *err, size_t errlen)
{
	const struct insn **order;
	int ret;

	*e = (struct executed) { .known = log->ran };
	if (!e->known)
		return 0;
	ret = check(log, err, errlen);
	if (ret)
		return ret;
	order = xcalloc(log->nr_insns, sizeof(*order));
	for (size_t i = 0; i < log->nr_insns; i++)
		order[i] = &log->insn[i];
	qsort(order, log->nr_insns, sizeof(*order), by_address);
	take(e, log, order, log->nr_insns, RAN_MEASURED, &e->measured, img);
	take(e, log, order, log->nr_insns, RAN_OUTSIDE, &e->outside, img);
	free(order);
	return 0;
}

void executed__free(struct executed *e)
{
	stretches__free(&e->measured);
	stretches__free(&e->outside);
}

bool stretches__touch(const struct stretches *s, uint64_t from, uint64_t to)
{
	size_t low = 0, high = s->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->item[mid].to <= from)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->nr && s->item[low].from < to;
}

char *stretches__text(const struct stretches *s)
{
	uint64_t at = 0;
	char *text;
	size_t size;
	FILE *f = xmemstream(&text, &size);

	for (size_t i = 0; i < s->nr; i++) {
		fprintf(f, "%s%" PRIx64 "+%" PRIx64, i ? " " : "",
			s->item[i].from - at, s->item[i].to - s->item[i].from);
		at = s->item[i].to;
	}
	fclose(f);
	return text;
}

bool stretches__parse(struct stretches *s, const char *text)
{
	uint64_t at = 0, gap, length;
	char head[STRETCHES_HEAD];
	int used;

	*s = (struct stretches) { 0 };
	for (; *text; text += used) {
		used = 0;
		if (sscanf(stretches__head(head, text), "%" SCNx64 "+%" SCNx64 " %n",
			   &gap, &length, &used) != 2 ||
		    used == STRETCHES_HEAD - 1 || !length || (s->nr && !gap) ||
		    at + gap < at || at + gap + length < at + gap) {
			stretches__free(s);
			return false;
		}
		at += gap + length;
		add_stretch(s, at - length, at);
	}
	return true;
}

void stretches__free(struct stretches *s)
{
	free(s->item);
	*s = (struct stretches) { 0 };
}
