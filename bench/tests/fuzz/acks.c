// SPDX-License-Identifier: GPL-2.0
/*
 * acks.conf. What is read has all its parts, and can be asked about any series.
 */
#include "fuzz.h"
#include "acks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct history_key key = { "tcg", "QEMU", "v6.1", "baseline",
						"off", "touch-write",
						"instructions" };
	struct acks a;
	char err[256];

	if (acks__parse(&a, "acks.conf", (const char *)data, size, err,
			sizeof(err))) {
		MUST(!a.nr && !a.item && !a.path);
		MUST(!strncmp(err, "acks.conf:", 10));
		return 0;
	}
	for (size_t i = 0; i < a.nr; i++) {
		struct ack *k = &a.item[i];

		MUST(k->pattern && k->commit && k->who && k->why);
		MUST(strlen(k->until) == 10 && k->at_most > 0);
		MUST(!ack__expired(k, k->until));
		ack__matches(k, &key);
	}
	acks__free(&a);
	return 0;
}
