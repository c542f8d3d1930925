// SPDX-License-Identifier: GPL-2.0
/* See model.h. */
#include <stdlib.h>
#include <string.h>

#include "model.h"

/* The executed instructions of a log's one path, interrupts left out. */
static struct insn *executed(const struct probe_log *log, size_t *nr)
{
	const struct probe_path *p = log->path;
	struct insn *all = xcalloc(p->nr_steps ?: 1, sizeof(*all));
	unsigned int irqs = 0;

	*nr = 0;
	for (size_t i = 0; i < p->nr_steps; i++) {
		const struct step *s = &p->step[i];

		irqs += s->kind == STEP_ENTER;
		irqs -= s->kind == STEP_LEAVE && irqs;
		if (s->kind == STEP_INSN && !irqs)
			all[(*nr)++] = log->insn[s->insn];
	}
	return all;
}

int model__make(struct model *m, const struct attr_cmp *c, const char *cpu,
		char *err, size_t errlen)
{
	int ret = 0;

	*m = (struct model) {
		.cpu = cpu,
		.column = xcalloc(c->nr_columns, sizeof(*m->column)),
		.there = xcalloc(c->nr_columns, sizeof(*m->there)),
	};
	for (size_t v = 0; v < c->nr_columns && !ret; v++) {
		struct probe_log log;
		struct insn *insn;
		size_t nr;

		if (!c->column[v].class)
			continue;
		ret = attr_class__log(&log, c->column[v].class, err, errlen);
		if (ret)
			break;
		insn = executed(&log, &nr);
		ret = mca__run(insn, nr, cpu, &m->column[v], err, errlen);
		m->there[v] = !ret;
		free(insn);
		probe_log__free(&log);
	}
	if (ret)
		model__free(m, c);
	return ret;
}

void model__free(struct model *m, const struct attr_cmp *c)
{
	for (size_t v = 0; v < c->nr_columns; v++) {
		if (m->there[v])
			mca__free(&m->column[v]);
	}
	free(m->column);
	free(m->there);
	memset(m, 0, sizeof(*m));
}
