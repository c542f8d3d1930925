// SPDX-License-Identifier: GPL-2.0
/*
 * Several vCPUs, one thread each. At every bell each waits until all have rung
 * it; the last one does the cell's work for that bell, then all continue. So
 * the clock starts when every vCPU is ready and stops with the last.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "wire.h"

const cpu_set_t *smp_cpus;

struct smp_vcpu {
	struct cell_run *r;
	uint64_t nr;
	pthread_t thread;
	uint32_t bell;			/* the last it rang */
	uint64_t rang;			/* when, TSC ticks */
	uint64_t begin, end;		/* its measured phase, TSC ticks */
	int64_t faults;			/* pf_taken over it, or -1 */
};

struct smp {
	pthread_mutex_t lock;		/* of all below, and of r->outcome */
	pthread_cond_t met;
	uint64_t nr, waiting;
	volatile sig_atomic_t started;	/* threads there are to signal */
	volatile sig_atomic_t late;	/* the limit is over */
	struct smp_vcpu vcpu[GUEST_MAX_VCPUS];
};

static void on_kick(int sig)
{
	(void)sig;			/* it is there to end KVM_RUN */
}

/* Out of KVM_RUN with all, or not into it. Safe in a signal handler. */
static void kick(struct cell_run *r)
{
	struct smp *s = r->smp;

	for (uint64_t i = 0; i < s->nr; i++)
		r->vm.vcpu[i].run->immediate_exit = 1;
	for (int i = 0; i < s->started; i++)
		pthread_kill(s->vcpu[i].thread, SIGUSR1);
}

void smp__alarm(struct cell_run *r)
{
	r->smp->late = 1;
	kick(r);
}

/* The first outcome counts. Called with the lock held. */
#define finish_locked(r, how, ...) do {				\
	if (!(r)->outcome) {						\
		cell__finish((r), (how), __VA_ARGS__);		\
		pthread_cond_broadcast(&(r)->smp->met);			\
		kick(r);						\
	}								\
} while (0)

#define finish(r, how, ...) do {						\
	pthread_mutex_lock(&(r)->smp->lock);				\
	finish_locked(r, how, __VA_ARGS__);				\
	pthread_mutex_unlock(&(r)->smp->lock);				\
} while (0)

static bool is_over(struct cell_run *r)
{
	bool over;

	pthread_mutex_lock(&r->smp->lock);
	over = r->outcome;
	pthread_mutex_unlock(&r->smp->lock);
	return over;
}

/* Name the vCPU that is furthest behind: the others wait for it. */
static void at_late(struct cell_run *r)
{
	unsigned long long ms = r->vm.cell->limit_ms;
	struct smp *s = r->smp;
	const struct smp_vcpu *v = s->vcpu;

	pthread_mutex_lock(&s->lock);
	for (uint64_t i = 1; i < s->nr; i++) {
		if (s->vcpu[i].bell < v->bell)
			v = &s->vcpu[i];
	}
	if (v->bell)
		finish_locked(r, WIRE_GUEST_HANG,
			      "vCPU %llu: no bell after bell %u in %llu ms of the host's time",
			      (unsigned long long)v->nr, v->bell, ms);
	else
		finish_locked(r, WIRE_GUEST_HANG,
			      "vCPU %llu never started: no bell of it in %llu ms of the host's time, %llu of %llu vCPUs wait",
			      (unsigned long long)v->nr, ms,
			      (unsigned long long)s->waiting,
			      (unsigned long long)s->nr);
	pthread_mutex_unlock(&s->lock);
}

/* All have rung; nobody runs. Counters are read outside the clock. */
static void at_all(struct cell_run *r, uint32_t bell)
{
	struct smp *s = r->smp;
	uint64_t last = 0;

	for (uint64_t i = 0; i < s->nr; i++) {
		struct smp_vcpu *v = &s->vcpu[i];

		if (v->rang > last)
			last = v->rang;
		if (bell == BELL_START)
			v->faults = kvmstats__of_vcpu(r->vm.vcpu[i].fd,
						      "pf_taken");
	}
	cell__at_bell(r, bell, last);
	for (uint64_t i = 0; bell == BELL_END && i < s->nr; i++) {
		struct smp_vcpu *v = &s->vcpu[i];
		int64_t now = kvmstats__of_vcpu(r->vm.vcpu[i].fd, "pf_taken");

		v->end = v->rang;
		v->faults = v->faults < 0 || now < 0 ? -1 : now - v->faults;
	}
}

static void at_bell(struct smp_vcpu *v, uint32_t bell, uint64_t now)
{
	struct cell_run *r = v->r;
	struct smp *s = r->smp;

	pthread_mutex_lock(&s->lock);
	if (bell == BELL_FAIL && !r->outcome) {
		cell__at_fail(r, v->nr);
		pthread_cond_broadcast(&s->met);
		kick(r);
	} else if (bell != v->bell + 1 || bell > BELL_PASS) {
		finish_locked(r, WIRE_GUEST_FAIL, "vCPU %llu: bell %u after bell %u",
			      (unsigned long long)v->nr, bell, v->bell);
	} else {
		v->bell = bell;
		v->rang = now;
		if (++s->waiting == s->nr) {
			s->waiting = 0;
			at_all(r, bell);
			pthread_cond_broadcast(&s->met);
		}
		while (r->bell < bell && !r->outcome)
			pthread_cond_wait(&s->met, &s->lock);
	}
	pthread_mutex_unlock(&s->lock);
}

static void at_io(struct smp_vcpu *v, struct kvm_run *run, uint64_t now)
{
	uint32_t value;

	if (run->io.port != GUEST_PORT || run->io.size != 4 ||
	    run->io.direction != KVM_EXIT_IO_OUT) {
		finish(v->r, WIRE_GUEST_FAIL, "vCPU %llu: port 0x%x is not a doorbell",
		       (unsigned long long)v->nr, run->io.port);
		return;
	}
	memcpy(&value, (char *)run + run->io.data_offset, sizeof(value));
	at_bell(v, value, now);
}

static void at_exit(struct smp_vcpu *v, struct kvm_run *run, uint64_t now)
{
	unsigned long long nr = v->nr;

	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		at_io(v, run, now);
		break;
	case KVM_EXIT_HLT:
		finish(v->r, WIRE_GUEST_FAIL, "vCPU %llu: halted after bell %u",
		       nr, v->bell);
		break;
	case KVM_EXIT_SHUTDOWN:
		finish(v->r, WIRE_GUEST_FAIL,
		       "vCPU %llu: triple fault after bell %u", nr, v->bell);
		break;
	default:
		finish(v->r, WIRE_GUEST_FAIL,
		       "vCPU %llu: unexpected exit reason %u", nr,
		       run->exit_reason);
	}
}

/* Where a CPU is the vCPU's own, its figure is not one of taking turns. */
static void place(uint64_t nr)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	for (int cpu = CPU_SETSIZE; smp_cpus && cpu-- > 0;) {
		if (CPU_ISSET(cpu, smp_cpus) && !nr--) {
			CPU_SET(cpu, &one);
			if (sched_setaffinity(0, sizeof(one), &one))
				host_die("CPU %d for a vCPU: %s", cpu,
					 strerror(errno));
			return;
		}
	}
}

static void *run_vcpu(void *arg)
{
	struct smp_vcpu *v = arg;
	struct cell_run *r = v->r;
	struct kvm_run *run = r->vm.vcpu[v->nr].run;

	if (v->nr)
		place(v->nr);
	while (!is_over(r)) {
		uint64_t now;
		int ret;

		if (v->bell == BELL_START)
			v->begin = cell__clock();
		ret = __vm_ioctl(r->vm.vcpu[v->nr].fd, KVM_RUN, NULL);
		now = cell__clock();
		if (ret == 0)
			at_exit(v, run, now);
		else if (errno == EINTR && r->smp->late)
			at_late(r);
		else if (errno != EINTR)
			finish(r, WIRE_GUEST_FAIL, "vCPU %llu: KVM_RUN: %s",
			       (unsigned long long)v->nr, strerror(errno));
	}
	return NULL;
}

void smp__create(struct cell_run *r)
{
	struct smp *s = calloc(1, sizeof(*s));

	if (!s)
		host_die("out of memory for the vCPUs' threads");
	if (r->vm.cell->start != START_NOTHING)
		host_die("start pre-fault is for one vCPU, the cell has %llu",
			 (unsigned long long)r->vm.cell->vcpus);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->met, NULL);
	s->nr = r->vm.cell->vcpus;
	for (uint64_t i = 0; i < s->nr; i++)
		s->vcpu[i] = (struct smp_vcpu) { .r = r, .nr = i };
	r->smp = s;
}

/* vCPU 0 is this thread, which also takes the alarm. */
void smp__run(struct cell_run *r)
{
	struct sigaction sa = { .sa_handler = on_kick };
	struct smp *s = r->smp;
	sigset_t alarm, before;
	int err;

	sigaction(SIGUSR1, &sa, NULL);
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarm, &before);
	s->vcpu[0].thread = pthread_self();
	s->started = 1;
	for (uint64_t i = 1; i < s->nr; i++) {
		err = pthread_create(&s->vcpu[i].thread, NULL, run_vcpu,
				     &s->vcpu[i]);
		if (err)
			host_die("a thread for vCPU %llu: %s",
				 (unsigned long long)i, strerror(err));
		s->started++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	run_vcpu(&s->vcpu[0]);
	for (uint64_t i = 1; i < s->nr; i++)
		pthread_join(s->vcpu[i].thread, NULL);
	s->started = 0;
}

static const struct guest_result *result_of(const struct cell_run *r,
					    uint64_t vcpu)
{
	return (void *)(r->vm.low + GUEST_RESULT_GPA +
			vcpu * GUEST_RESULT_STEP);
}

void smp__say(const struct cell_run *r)
{
	const struct plan_cell *c = r->vm.cell;
	const struct smp *s = r->smp;

	chan__say("num events %llu", (unsigned long long)
		  (c->overlap ? c->events * c->vcpus : c->events));
	for (uint64_t i = 0; i < s->nr; i++) {
		const struct smp_vcpu *v = &s->vcpu[i];

		chan__say("vcpu %llu %llu %lld %llu %llu",
			  (unsigned long long)i,
			  (unsigned long long)result_of(r, i)->samples,
			  (long long)v->faults,
			  (unsigned long long)(v->begin - r->start),
			  (unsigned long long)(v->end - v->begin));
	}
}

uint64_t smp__samples(const struct cell_run *r)
{
	uint32_t *all = (uint32_t *)(r->vm.low + GUEST_SAMPLES_GPA);
	uint64_t n = 0;

	for (uint64_t i = 0; i < r->smp->nr; i++) {
		const struct guest_params *p =
			(void *)(r->vm.low + GUEST_PARAMS_GPA +
				 i * GUEST_PARAMS_STEP);
		uint64_t own = result_of(r, i)->samples;

		if (own > p->count)
			return 0;
		memmove(all + n, all + p->first_sample, own * sizeof(*all));
		n += own;
	}
	return n;
}

void smp__free(struct cell_run *r)
{
	free(r->smp);
	r->smp = NULL;
}
