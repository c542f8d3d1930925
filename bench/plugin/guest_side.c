// SPDX-License-Identifier: GPL-2.0
/* See guest_side.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "guest_side.h"
#include "probe.h"
#include "ran.h"

/* The guest: its instructions, the last one, and its clock. */
static struct {
	uint64_t instructions;		/* completed, since the beginning */
	uint64_t host;			/* ... and the host's */
	uint32_t last;
	bool any, done;			/* last is there; it completed */
	unsigned int phase;		/* doorbells rung */
	uint64_t clock_at;		/* instructions at its last clock reading */
	unsigned int readings;		/* in this phase */
	bool rang;			/* a doorbell was all that it did last */
	bool measured;			/* the VMM read its clock after BELL_END */
} guest;

/* Instructions between two clock readings, as a histogram. */
static struct { uint64_t ticks, count; } *sample;
static size_t nr_samples, room_samples;
static uint64_t samples_left_out;
static uint64_t lost;
static unsigned int vcpus = 1;

#define MAX_SAMPLES	(1 << 16)

/* From the first START to the last END; all are READY before that. */
static void note_phase(void)
{
	ran__measured(guest.phase > vcpus && guest.phase < 3 * vcpus);
}

void guest__vcpus(unsigned int nr)
{
	vcpus = nr;
}

static void add_sample(uint64_t ticks)
{
	for (size_t i = nr_samples; i-- > 0;) {
		if (sample[i].ticks == ticks) {
			sample[i].count++;
			if (i + 1 < nr_samples &&
			    sample[i].count > sample[i + 1].count) {
				__typeof__(*sample) s = sample[i];

				sample[i] = sample[i + 1];
				sample[i + 1] = s;
			}
			return;
		}
	}
	if (nr_samples == MAX_SAMPLES) {
		samples_left_out++;
		return;
	}
	if (nr_samples == room_samples) {
		room_samples = room_samples ? room_samples * 2 : 256;
		sample = realloc(sample, room_samples * sizeof(*sample));
		if (!sample)
			abort();
	}
	memmove(sample + 1, sample, nr_samples * sizeof(*sample));
	sample[0].ticks = ticks;
	sample[0].count = 1;
	nr_samples++;
}

static bool starts_with(const struct code_insn *c, const char *bytes,
			size_t len)
{
	return c->len >= len && !memcmp(c->bytes, bytes, len);
}

/* Executed, or left by a VM exit before it was: in, out, VMRUN, hypercall, ... */
static bool may_exit(const struct code_insn *c)
{
	uint8_t b = c->bytes[0];

	return (b & 0xf4) == 0xe4 || b == 0xf4 ||
	       starts_with(c, "\x0f\x01\xd8", 3) ||
	       starts_with(c, "\x0f\x01\xd9", 3) ||
	       starts_with(c, "\x0f\x01\xc1", 3) ||
	       starts_with(c, "\x0f\xa2", 2) ||
	       starts_with(c, "\x0f\x30", 2) || starts_with(c, "\x0f\x32", 2);
}

static uint64_t clock_now(void)
{
	return guest.instructions + guest.host;
}

static void read_clock(void)
{
	uint64_t now = clock_now();

	if (guest.phase == GUEST_MEASURED_PHASE && guest.readings++ % 2)
		add_sample(now - guest.clock_at);
	guest.clock_at = now;
}

/* The guest has continued at c, or left again before it could. */
static void settle(const struct code_insn *c)
{
	const struct code_insn *last = guest.any ? code__insn(guest.last) : NULL;
	struct guest_step step = {
		.phase = guest.phase,
		.how = !c || !last ? PROBE_NOT :
		       c->addr == last->addr ? PROBE_RETRY :
		       c->addr == last->addr + last->len ? PROBE_NEXT :
		       PROBE_ELSEWHERE,
		.last = last,
	};

	if (guest.phase == GUEST_MEASURED_PHASE)
		exit_path__count(&step);
	else
		exit_path__drop();
}

void guest__insn(uint32_t i)
{
	const struct code_insn *c = code__insn(i);

	settle(c);
	guest.instructions++;
	guest.last = i;
	guest.any = true;
	guest.done = !c->memory && !may_exit(c);
	if (starts_with(c, "\x0f\x31", 2))
		read_clock();
	guest.rang = c->bytes[0] == PROBE_BELL_OPCODE;
	if (guest.rang) {
		guest.phase++;
		note_phase();
		guest.readings = 0;
	}
}


void guest__watch_from(unsigned int phase)
{
	memset(&guest, 0, sizeof(guest));
	guest.phase = phase;
	note_phase();
	guest.last = code__intern(0, (const uint8_t []) { PROBE_BELL_OPCODE }, 1);
	guest.any = guest.done = guest.rang = true;
	nr_samples = 0;
	samples_left_out = lost = 0;
}

void guest__memory(uint32_t i)
{
	if (i == guest.last)
		guest.done = true;
}

void guest__ticks(uint64_t n)
{
	/* The bell is over, and what follows it is not seen. */
	if (guest.rang) {
		settle(NULL);
		guest.any = guest.rang = false;
	}
	guest.instructions += n;
}

void guest__lost(uint64_t n)
{
	lost += n;
}

void guest__exit(bool attempts)
{
	settle(NULL);
	if (guest.any && !guest.done && !attempts)
		guest.instructions--;
	guest.done = true;
	exit_path__begin();
}

void guest__vmm_clock(void)
{
	if (guest.rang && guest.phase == PROBE_MEASURED) {
		exit_path__begin_here();
		return;
	}
	exit_path__mark();
	if (guest.rang && guest.phase == PROBE_OVER)
		guest__over();
}

void guest__over(void)
{
	static const uint8_t bell[] = { PROBE_BELL_OPCODE };

	if (guest.measured)
		return;
	guest.measured = true;
	exit_path__end_at_mark();
	exit_path__count(&(struct guest_step) {
		.phase = PROBE_OVER, .how = PROBE_NOT,
		.last = code__insn(code__intern(0, bell, sizeof(bell))),
	});
}

void guest__entry(void)
{
	guest.host += exit_path__instructions();
	exit_path__end();
}

static void write_insns(FILE *f)
{
	for (uint32_t i = 0; i < code__nr(); i++) {
		const struct code_insn *c = code__insn(i);

		fprintf(f, "insn %u %" PRIx64 " ", i, c->addr);
		for (unsigned int j = 0; j < c->len; j++)
			fprintf(f, "%02x", c->bytes[j]);
		fputc('\n', f);
	}
}

void guest__write_log(FILE *f)
{
	fprintf(f, "faultprobe %d\n", PROBE_VERSION);
	write_insns(f);
	ran__write(f);
	exit_path__write(f);
	for (size_t i = 0; i < nr_samples; i++)
		fprintf(f, "sample %" PRIu64 " %" PRIu64 "\n", sample[i].ticks,
			sample[i].count);
	fprintf(f, "total samples_left_out %" PRIu64 "\n", samples_left_out);
	fprintf(f, "total vcpus %u\n", vcpus);
	fprintf(f, "total lost %" PRIu64 "\n", lost);
	fprintf(f, "bye\n");
}
