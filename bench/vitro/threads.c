// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that fault at once; see threads.h.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "quiet_process.h"
#include "threads.h"
#include "tsc.h"

#define AGAIN_MOST	1000u	/* faults for one touch: then it is a bug */

struct worker {
	pthread_t thread;
	unsigned int n;
	char error[128];
	bool done;
} __attribute__((aligned(64)));

static struct worker worker[THREADS_MOST];
static cpu_set_t allowed;
static unsigned int nr_cpus;
static char *pinned;

/* The repetition that runs; all of it but `arrived` is written by one thread. */
static struct job {
	struct subject *s;
	const struct fill *f;
	struct walk walk;
	bool empty;
	struct thread_count *count;
	unsigned int done, expected;
	uint64_t turn;
	unsigned int arrived __attribute__((aligned(64)));
} job;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t begin_cond = PTHREAD_COND_INITIALIZER, done_cond;

/* What harness and walk cost: a handler that does nothing. */
__attribute__((noinline))
static int empty_handler(void *vcpu, vitro_u64 gpa, vitro_u64 error_code,
			 void *insn, int insn_len)
{
	(void)vcpu, (void)gpa, (void)error_code, (void)insn, (void)insn_len;
	__asm__ volatile("");
	return 1;
}

/* One vCPU: what is called, and where KVM counts for it. */
struct vcpu {
	vitro_entry entry;
	void *vcpu;
	const volatile vitro_u64 *fixed, *spurious;	/* NULL: not known */
};

/* A fault, and what became of it; false: touch the page again. */
static bool fault(const struct vcpu *v, vitro_u64 gpa, struct thread_count *c)
{
	const vitro_u64 fixed = v->fixed ? *v->fixed : 0;
	const vitro_u64 spurious = v->spurious ? *v->spurious : 0;

	c->faults++;
	if (v->entry(v->vcpu, gpa, job.f->error_code, NULL, 0) <= 0)
		job.s->env.fail("kvm_mmu_page_fault() did not return to the guest",
				gpa);
	if (!v->spurious || *v->fixed != fixed || *v->spurious != spurious)
		return true;
	if (walk_writes(&job.walk, gpa >> 12)) {
		c->lost++;
		return true;
	}
	c->again++;
	return false;
}

static void touch_all(const struct vcpu *v, unsigned int thread,
		      struct thread_count *to)
{
	const struct fill *f = job.f;
	const vitro_u64 apart = thread * f->apart;
	const bool rdtscp = tsc__rdtscp();
	struct thread_count c = { 0 };

	c.begin = tsc__begin();
	for (unsigned int i = 0; i < f->faults; i++) {
		const vitro_u64 gpa = f->gpa[i] + apart;
		unsigned int times = 0;

		/* Pages of its own are not there before the first touch. */
		if (!f->apart && walk_writes(&job.walk, gpa >> 12) && !job.empty) {
			c.found++;
			continue;
		}
		while (!fault(v, gpa, &c)) {
			if (++times > AGAIN_MOST)
				job.s->env.fail("a page that is never mapped", gpa);
		}
	}
	c.end = tsc__end(rdtscp);
	*to = c;
}

/* All are there before the first begins. */
static void barrier(void)
{
	__atomic_add_fetch(&job.arrived, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&job.arrived, __ATOMIC_ACQUIRE) < job.f->threads) {
		if (job.f->threads > nr_cpus)
			sched_yield();
		else
			__builtin_ia32_pause();
	}
}

static void take(struct subject *s, void *arg)
{
	const struct worker *w = arg;
	const struct vitro_copy *c = s->cell->copy;
	struct vcpu v = {
		.entry = c->entry,
		.vcpu = (char *)c->vcpu + w->n * c->vcpu_size,
		.fixed = fill__counter(s, "pf_fixed", w->n),
		.spurious = fill__counter(s, "pf_spurious", w->n),
	};

	if (job.empty)
		v = (struct vcpu) { .entry = empty_handler };
	barrier();
	touch_all(&v, w->n, &job.count[w->n]);
}

/* Under the lock. The last one wakes who waits: it may sit on a CPU of theirs. */
static void tell_done(struct worker *w)
{
	w->done = true;
	if (++job.done == job.expected)
		pthread_cond_signal(&done_cond);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	uint64_t turn = 0;
	int e = process__enter(w->n, w->error, sizeof(w->error));

	pthread_mutex_lock(&lock);
	tell_done(w);
	while (!e) {
		while (job.turn == turn || w->n >= job.f->threads) {
			turn = job.turn;
			pthread_cond_wait(&begin_cond, &lock);
		}
		turn = job.turn;
		pthread_mutex_unlock(&lock);
		subject__try(job.s, take, w);
		pthread_mutex_lock(&lock);
		tell_done(w);
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

int threads__look(void)
{
	if (quiet_process_system.get_affinity(0, sizeof(allowed), &allowed)) {
		int e = errno;

		pinned = xasprintf("not pinned: sched_getaffinity: %s", strerror(e));
		nr_cpus = 1;
		return -e;
	}
	nr_cpus = CPU_COUNT(&allowed);
	return nr_cpus;
}

unsigned int threads__cpus(void)
{
	return nr_cpus;
}

const char *threads__pinned(void)
{
	return pinned;
}

/* The k-th CPU from the last: the first gets interrupts. */
static int cpu_of(unsigned int k)
{
	for (int i = CPU_SETSIZE - 1; i >= 0; i--) {
		if (CPU_ISSET(i, &allowed) && !k--)
			return i;
	}
	return -1;
}

static void pin(struct worker *w)
{
	cpu_set_t one;
	int e;

	if (CPU_COUNT(&allowed) == 0)
		return;
	CPU_ZERO(&one);
	CPU_SET(cpu_of(w->n % nr_cpus), &one);
	e = pthread_setaffinity_np(w->thread, sizeof(one), &one);
	if (!e)
		return;
	free(pinned);
	pinned = xasprintf("not pinned: pthread_setaffinity_np: %s", strerror(e));
}

static void wait_done(unsigned int n, const struct timespec *until)
{
	while (job.done < n &&
	       pthread_cond_timedwait(&done_cond, &lock, until) != ETIMEDOUT)
		;
}

static struct timespec in_seconds(double s)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)s;
	t.tv_nsec += (long)((s - (time_t)s) * 1e9);
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

int threads__start(char *err, size_t errlen)
{
	static const struct fill nothing;
	struct timespec until = in_seconds(THREADS_LIMIT_S);
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&done_cond, &attr);
	job.f = &nothing;
	job.expected = THREADS_MOST;
	if (!pinned)
		pinned = xasprintf("one thread per CPU, of %u", nr_cpus);
	pthread_mutex_lock(&lock);
	for (unsigned int i = 0; i < THREADS_MOST; i++) {
		int e;

		worker[i].n = i;
		e = pthread_create(&worker[i].thread, NULL, work, &worker[i]);
		if (e) {
			snprintf(err, errlen, "no %u threads: %s", THREADS_MOST,
				 strerror(e));
			pthread_mutex_unlock(&lock);
			return -e;
		}
		pin(&worker[i]);
	}
	wait_done(THREADS_MOST, &until);
	pthread_mutex_unlock(&lock);
	for (unsigned int i = 0; i < THREADS_MOST; i++) {
		if (!*worker[i].error)
			continue;
		snprintf(err, errlen, "%s", worker[i].error);
		return -EPERM;
	}
	return 0;
}

/*
 * Keep signalling a thread that has not returned (it failed, or it waits for a
 * lock whose holder failed) until it does.
 */
static void wait_for_all(const struct fill *f, const struct subject *s)
{
	struct timespec until = in_seconds(THREADS_LIMIT_S), now;

	while (job.done < f->threads) {
		struct timespec slice = in_seconds(0.1);

		wait_done(f->threads, &slice);
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (job.done == f->threads ||
		    (now.tv_sec < until.tv_sec && !*(char *const volatile *)&s->failed))
			continue;
		for (unsigned int i = 0; i < f->threads; i++) {
			if (!worker[i].done)
				pthread_kill(worker[i].thread, PROCESS_GIVE_UP);
		}
	}
}

bool threads__run(struct subject *s, const struct fill *f, bool empty,
		  struct thread_count *count)
{
	if (s->failed)
		return false;
	memset(count, 0, f->threads * sizeof(*count));
	pthread_mutex_lock(&lock);
	job.s = s;
	job.f = f;
	job.empty = empty;
	job.count = count;
	job.done = 0;
	job.expected = f->threads;
	job.arrived = 0;
	fill__tables(f, s, &job.walk);
	for (unsigned int i = 0; i < f->threads; i++)
		worker[i].done = false;
	job.turn++;
	pthread_cond_broadcast(&begin_cond);
	wait_for_all(f, s);
	pthread_mutex_unlock(&lock);
	return !s->failed;
}
