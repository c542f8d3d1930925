// SPDX-License-Identifier: GPL-2.0
/* See ktap.h. */
#include <string.h>

#include "ktap.h"

/* No byte may end a line, or begin what a reader takes for a directive. */
static void write_text(FILE *f, const char *s, bool name)
{
	for (; *s; s++) {
		const unsigned char c = *s;

		fputc(c < ' ' || c == 0x7f ? ' ' : name && c == '#' ? '?' : c, f);
	}
}

void ktap__begin(struct ktap *k, FILE *file, size_t planned)
{
	*k = (struct ktap) { .file = file };
	fprintf(file, "KTAP version 1\n1..%zu\n", planned);
	fflush(file);
}

void ktap__note(const struct ktap *k, const char *text)
{
	static const char header[] = "Subtest:";	/* one that is not begun */

	fputs(strncmp(text, header, strlen(header)) ? "# " : "#  ", k->file);
	write_text(k->file, text, false);
	fputc('\n', k->file);
	fflush(k->file);
}

void ktap__result(struct ktap *k, enum ktap_is is, const char *name,
		  const char *why)
{
	size_t n = 1;

	for (size_t i = 0; i < NR_KTAP; i++)
		n += k->count[i];
	k->count[is]++;
	fprintf(k->file, "%s %zu ", is == KTAP_FAIL ? "not ok" : "ok", n);
	write_text(k->file, name, true);
	if (is == KTAP_SKIP) {
		fputs(" # SKIP ", k->file);
		write_text(k->file, why ?: "no reason given", false);
	}
	fputc('\n', k->file);
	fflush(k->file);
}

bool ktap__passed(const struct ktap *k)
{
	return !k->count[KTAP_FAIL] && k->count[KTAP_PASS];
}
