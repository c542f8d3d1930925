#include "session.h"
#include "util.h"
void session__describe(struct vitro_session *s){ s->tsc_hz=2.4e9; s->pinned=s->priority=s->memory=s->pmu=s->tsc="x"; }
bool records__measure(struct vitro_session *s, const struct measure_plan *p){(void)s;(void)p;return true;}
