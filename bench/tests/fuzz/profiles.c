// SPDX-License-Identifier: GPL-2.0
/*
 * profiles.conf, workloads.conf and a base.conf: the input is each of them in
 * a checkout of its own; its first byte says which.
 */
#include "fuzz.h"
#include "catalog.h"

static void conf(const char *text, size_t size)
{
	struct strlist l = { 0 };
	struct conf c;
	char err[256];

	if (!conf__parse(&c, "conf", text, size, err, sizeof(err))) {
		conf__stanzas(&c, &l);
		for (size_t i = 0; i < c.nr; i++)
			MUST(conf__get(&c, c.entry[i].stanza, c.entry[i].key));
	} else {
		MUST(!strncmp(err, "conf:", 5));
	}
	conf__free(&c);
	strlist__free(&l);
}

static void use(void)
{
	struct strlist profiles = { 0 }, workloads = { 0 };
	struct err e;

	if (catalog__profiles(&profiles, &e))
		fuzz_error(&e);
	for (size_t i = 0; i < profiles.nr && i < 4; i++) {
		struct profile *p = catalog__profile("v1", profiles.item[i], &e);

		if (p)
			profile__free(p);
		else
			fuzz_error(&e);
	}
	if (catalog__workloads(&workloads, &e))
		fuzz_error(&e);
	for (size_t i = 0; i < workloads.nr && i < 4; i++) {
		struct workload *w = catalog__workload("v1", workloads.item[i], &e);

		if (w)
			workload__free(w);
		else
			fuzz_error(&e);
	}
	strlist__free(&profiles);
	strlist__free(&workloads);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const file[] = { "variants/profiles.conf",
		"guests/workloads.conf", "variants/v1/base.conf" };
	static const char *const text[] = {
		"[off]\ntitle = x\ncmdline = y\n",
		"[w]\nguest = touch\nevents = 4\nexpect = pf_taken=N\n",
		"title = x\n[profile off]\nskip = no\n",
	};
	size_t which = size ? data[0] % ARRAY_SIZE(file) : 0;

	setenv("FAULTLINE_ROOT", fuzz_dir(), 1);
	unsetenv("FAULTLINE_WORKLOADS");
	for (size_t i = 0; i < ARRAY_SIZE(file); i++)
		fuzz_file(file[i], text[i], strlen(text[i]));
	if (size)
		fuzz_file(file[which], data + 1, size - 1);
	if (size)
		conf((const char *)data + 1, size - 1);
	use();
	return 0;
}
