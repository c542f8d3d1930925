// SPDX-License-Identifier: GPL-2.0
/*
 * A line of records.jsonl: as it is, and with a checksum that fits, which no
 * fuzzer would guess. A record that is read is written and read the same.
 */
#include <jansson.h>
#include <zlib.h>

#include "fuzz.h"
#include "record.h"

static void read_line(const char *line, size_t size)
{
	char err[256], *again;
	struct record *r = record__parse(line, size, err, sizeof(err)), *s;

	if (!r)
		return;
	again = record__line(r);
	s = record__parse(again, strlen(again), err, sizeof(err));
	MUST(s);
	MUST(record__bit_equal(r, s) && record__same_cell(r, s));
	record__free(s);
	free(again);
	record__free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *o = json_loadb((const char *)data, size, 0, NULL);
	char *text, sum[9];

	read_line((const char *)data, size);
	if (json_is_object(o)) {
		json_object_del(o, "crc32");
		text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
		snprintf(sum, sizeof(sum), "%08lx",
			 crc32(0, (unsigned char *)text, strlen(text)));
		free(text);
		json_object_set_new(o, "crc32", json_string(sum));
		text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
		read_line(text, strlen(text));
		free(text);
	}
	json_decref(o);
	return 0;
}
