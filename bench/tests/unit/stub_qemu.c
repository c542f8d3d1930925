// SPDX-License-Identifier: GPL-2.0
/*
 * No test, but the QEMU of tests that are about what a command does with boots:
 * it boots nothing and sends the record of a sound host at once. A fault costs
 * what the file `figure` next to the kernel says; a file `boot` there says what
 * goes wrong: panic, slow. Each boot is a line of $STUB/boots.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "catalog.h"
#include "rigs.h"
#include "wire.h"

static FILE *wire;
static unsigned int lines;

static void send(const char *fmt, ...) PRINTF(1, 2);

static void send(const char *fmt, ...)
{
	char line[WIRE_MAX + 1], *text;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	wire__format(line, lines++, text);
	fputs(line, wire);
	free(text);
}

static const char *option(int argc, char **argv, const char *name)
{
	for (int i = 1; i + 1 < argc; i++) {
		if (!strcmp(argv[i], name))
			return argv[i + 1];
	}
	return "";
}

/* A file next to the kernel, or next to the folder of its layout. */
static char *beside(const char *kernel, const char *name)
{
	char dir[PATH_MAX], *path, *text = NULL;

	snprintf(dir, sizeof(dir), "%s", kernel);
	for (int up = 0; up < 2 && !text && strrchr(dir, '/'); up++) {
		*strrchr(dir, '/') = '\0';
		path = xasprintf("%s/%s", dir, name);
		text = path_read(path, NULL);
		free(path);
	}
	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text ?: xstrdup("");
}

static void read_cell(const char *initrd, struct plan_cell *cell)
{
	static const char mark[] = "faultline-plan ";
	size_t size = 0;
	char *data = path_read(initrd, &size), why[256], *at = NULL;
	unsigned int line = 0;
	FILE *f;

	for (char *p = data; p && p + sizeof(mark) < data + size; p++) {
		if (!memcmp(p, mark, sizeof(mark) - 1))
			at = p;
	}
	f = at ? fmemopen(at, strcspn(at, ""), "r") : NULL;
	if (!f || plan__parse(f, cell, &line, why, sizeof(why)) != 1)
		die(EXIT_INTERNAL, "stub_qemu: no plan in %s: %s", initrd, f ? why : "");
	fclose(f);
	free(data);
}

static void send_host(const char *append)
{
	const bool npt = !strstr(append, "kvm_amd.npt=0");

	send("hello %d", WIRE_PROTOCOL);
	send("str release stub");
	send("str cmdline %s", append);
	send("str kvm.tdp_mmu %s", strstr(append, "kvm.tdp_mmu=1") ? "Y" : "N");
	send("str kvm_amd.npt %s", npt ? "Y" : "N");
	send("str vuln/spectre_v2 Vulnerable");
	send("str vuln/retbleed Vulnerable");
	send("str vuln/spec_rstack_overflow Vulnerable");
}

static int64_t expected(const struct numbers *n, const char *name)
{
	const struct number *x = numbers__find(n, name);

	return x ? x->value : 0;
}

/* What KVM must have counted, it has. */
static void send_stats(const struct plan_cell *cell)
{
	struct numbers n = { 0 };
	struct workload *w;
	int64_t exits;
	struct err e;

	w = catalog__workload(DEFAULT_BASE, cell->id, &e);
	if (w)
		workload__expect(w, RIG_TCG, &n);
	else
		die_err(&e);
	exits = expected(&n, EVENT_EXITS) ?: expected(&n, "pf_taken");
	for (size_t i = 0; i < n.nr; i++) {
		char *name = xasprintf("%.*s", (int)strcspn(n.item[i].name, "<>"),
				       n.item[i].name);

		if (strcmp(name, EVENT_EXITS) && strcmp(name, "exits"))
			send("stat %s %lld", name, (long long)n.item[i].value);
		free(name);
	}
	send("stat io_exits 0");
	send("stat irq_exits 0");
	send("stat exits %lld", (long long)exits);
}

static void send_cell(const struct plan_cell *cell, unsigned long long figure)
{
	const unsigned long long events = cell->events;

	send("cell %s", cell->id);
	send("num events %llu", events);
	send("num total %llu", figure * events);
	send("num irqs 0");
	send_stats(cell);
	send("num samples %llu", events);
	send("num clock_floor 4");
	send("hist %llu %llu", figure, events);
	send("end %s pass ok", cell->id);
	send("bye 1");
}

static void note(const char *kernel)
{
	char *path = xasprintf("%s/boots", getenv("STUB"));
	FILE *f = fopen(path, "a");

	fprintf(f, "%s\n", kernel);
	fclose(f);
	free(path);
}

int main(int argc, char **argv)
{
	const char *chardev = option(argc, argv, "-chardev");
	const char *kernel = option(argc, argv, "-kernel");
	const char *serial = option(argc, argv, "-serial");
	struct plan_cell cell;
	char *figure, *boot;
	FILE *console;

	if (argc == 2 && !strcmp(argv[1], "--version")) {
		puts("QEMU emulator version 7.2.22 (stub)");
		return 0;
	}
	if (!*chardev || !strstr(chardev, "path="))
		return 0;
	note(kernel);
	wire = fopen(strstr(chardev, "path=") + 5, "w");
	console = fopen(strchr(serial, ':') + 1, "w");
	if (!wire || !console)
		return 1;
	figure = beside(kernel, "figure");
	boot = beside(kernel, "boot");
	if (!strcmp(boot, "slow"))
		sleep(60);
	if (!strcmp(boot, "panic")) {
		fputs("Kernel panic - not syncing: planted\n", console);
		fclose(console);
		return 0;
	}
	read_cell(option(argc, argv, "-initrd"), &cell);
	send_host(option(argc, argv, "-append"));
	send_cell(&cell, strtoull(figure, NULL, 10));
	fclose(wire);
	fclose(console);
	return EXIT_STATUS(EXIT_DONE);
}
