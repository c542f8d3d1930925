// SPDX-License-Identifier: GPL-2.0
/*
 * This program as a file once more, with the copies' text as it was patched:
 * for `faultline patched-code`, which compares it with a booted kernel.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"
#include "util.h"

/* Where the file has what lies at an address, or NULL. */
static char *in_file(char *file, size_t size, const unsigned char *at, size_t len)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)file;
	const Elf64_Phdr *ph = (const Elf64_Phdr *)(file + eh->e_phoff);

	for (int i = 0; i < eh->e_phnum; i++) {
		uint64_t in = (uint64_t)at - ph[i].p_vaddr;

		if (ph[i].p_type == PT_LOAD && in < ph[i].p_filesz &&
		    len <= ph[i].p_filesz - in && ph[i].p_offset + in + len <= size)
			return file + ph[i].p_offset + in;
	}
	return NULL;
}

void patched_file__write(const struct vitro_session *s, const char *path)
{
	size_t size;
	char *file = path_read("/proc/self/exe", &size);
	FILE *f;

	if (!file)
		die(EXIT_MISSING, "vitro: /proc/self/exe cannot be read");
	for (size_t i = 0; i < s->nr; i++) {
		const struct vitro_copy *c = s->subject[i].cell->copy;
		size_t len = c->text_end - c->text;
		char *to = in_file(file, size, c->text, len);

		if (s->subject[i].failed)
			die(EXIT_RIG, "vitro: %s:%s: %s", s->subject[i].cell->variant,
			    s->subject[i].cell->profile, s->subject[i].failed);
		if (!to)
			die(EXIT_INTERNAL, "vitro: a copy's text is not in this program's file");
		memcpy(to, c->text, len);
	}
	f = fopen(path, "w");
	if (!f || fwrite(file, 1, size, f) != size || fclose(f))
		die(EXIT_STORAGE, "%s: %m", path);
	free(file);
}
