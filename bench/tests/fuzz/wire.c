// SPDX-License-Identifier: GPL-2.0
/*
 * The channel between host and rig: the input as it is, and each of its lines
 * with number and checksum, so that what the rig makes of them is reached.
 */
#include "fuzz.h"
#include "channel.h"
#include "wire.h"
#include "../unit/made.h"

static void hear(char *text)
{
	struct record *r = make_record("baseline", "off", "touch-write", 1, 2400);
	struct channel_log h = { 0 };
	char *line;

	free(r->bin);
	r->bin = NULL;
	r->nr_bins = 0;
	channel__parse(text, r, &h);
	/* what was parsed can be kept, whatever it was */
	r->outcome = OUTCOME_LOST;
	line = record__line(r);
	free(line);
	channel__free(&h);
	record__free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1), *all = xstrdup(""), *rest, *one;
	unsigned int seq = 0;

	memcpy(text, data, size);
	rest = xstrdup(text);
	hear(rest);
	free(rest);
	rest = text;
	while ((one = strsep(&rest, "\n"))) {
		char line[WIRE_MAX + 1], *longer, *payload;
		const char *why;

		wire__format(line, seq, one);
		longer = xasprintf("%s%s", all, line);
		line[strlen(line) - 1] = '\0';
		payload = wire__parse(line, seq, &why);
		MUST(payload && strlen(payload) <= strlen(one));
		free(all);
		all = longer;
		seq++;
	}
	hear(all);
	free(all);
	free(text);
	return 0;
}
