// SPDX-License-Identifier: GPL-2.0
/*
 * Which Bochs there is, and whether it can run the hosts of this rig.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "bochs.h"

#define OLDEST	"2.7"

/* Versions with which whole runs were made. */
static const char *const tried[] = { "2.7", "3.0" };

/* Versions that cannot boot the image, and why. */
static const struct {
	const char *version, *why;
} unusable[] = {
	/* load_RAM() masks addresses, and the mask is set with the CPU's reset. */
	{ "3.1", "it reads an image of the memory while its address lines are still masked, so each page to address 0" },
};

static char version[32], first_line[128];

/* It writes its banner to one stream, its help to the other, and may not end. */
static void ask(void)
{
	const char *argv[] = {
		"timeout", "10", "sh", "-c", "exec \"$0\" --help </dev/null 2>&1",
		bochs__program(), NULL
	};
	static const char name[] = "Bochs x86 Emulator ";
	int code;
	char *text = spawn__capture(argv, &code), *at = strstr(text, name);

	if (at)
		snprintf(version, sizeof(version), "%.*s",
			 (int)strcspn(at + strlen(name), " \n"),
			 at + strlen(name));
	snprintf(first_line, sizeof(first_line), "%.*s",
		 (int)strcspn(text, "\n"), text);
	if (code == 124)
		snprintf(first_line, sizeof(first_line), "nothing for 10 s");
	free(text);
}

static void ask_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, ask);
}

const char *bochs__version(void)
{
	ask_once();
	return version;
}

bool bochs__is_tried(const char *v)
{
	for (size_t i = 0; i < ARRAY_SIZE(tried); i++) {
		if (!strcmp(tried[i], v))
			return true;
	}
	return false;
}

char *bochs__unfit(const char *v)
{
	if (!*v) {
		ask_once();
		return xasprintf("%s does not say which Bochs it is; asked with --help it says: %s",
				 bochs__program(), *first_line ? first_line : "nothing");
	}
	for (size_t i = 0; i < ARRAY_SIZE(unusable); i++) {
		if (!strcmp(unusable[i].version, v))
			return xasprintf("%s is Bochs %s, which cannot run a host: %s",
					 bochs__program(), v, unusable[i].why);
	}
	return strverscmp(v, OLDEST) >= 0 ? NULL :
	       xasprintf("%s is Bochs %s, older than " OLDEST ", the first that was tried",
			 bochs__program(), v);
}
