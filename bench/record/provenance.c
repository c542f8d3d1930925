// SPDX-License-Identifier: GPL-2.0
/*
 * Where a run's figures come from; see provenance.h.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "provenance.h"
#include "util.h"

char *time_text(void)
{
	time_t now = time(NULL);
	struct tm tm;
	char buf[32];

	strftime(buf, sizeof(buf), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	return xstrdup(buf);
}

/* The value after "key<spaces>:" in a file of /proc, or "unknown". */
static char *proc_value(const char *path, const char *key)
{
	char *text = path_read(path, NULL), *at = text ? strstr(text, key) : NULL;
	char *value;

	at = at ? strchr(at, ':') : NULL;
	if (at)
		at += 1 + strspn(at + 1, " \t");
	value = at ? xasprintf("%.*s", (int)strcspn(at, "\n"), at) :
		     xstrdup("unknown");
	free(text);
	return value;
}

static char *git(const char *a, const char *b, const char *c)
{
	const char *argv[] = { "git", "-C", path_root(), a, b, c, NULL };
	int code;
	char *text = spawn__capture(argv, &code);

	text[code ? 0 : strcspn(text, "\n")] = '\0';
	return text;
}

/* Installed: what `make install` wrote, "+" after it where it had changes. */
static json_t *installed_tool(void)
{
	char *path = path_in_root("revision"), *text = path_read(path, NULL);
	size_t n = text ? strcspn(text, "+\n") : 0;
	json_t *o = json_pack("{ss# sb}", "revision", text ?: "", (int)n,
			      "changed", text && text[n] == '+');

	free(text);
	free(path);
	return o;
}

static json_t *tool(void)
{
	char *revision = git("rev-parse", "--verify", "HEAD");
	char *changes = git("status", "--porcelain", "--untracked-files=no");
	json_t *o = json_pack("{ss sb}", "revision",
			      *revision ? revision : "unknown",
			      "changed", *changes != '\0');

	free(changes);
	free(revision);
	return o;
}

static json_t *machine(void)
{
	char *cpu = proc_value("/proc/cpuinfo", "model name");
	char *memory = proc_value("/proc/meminfo", "MemTotal");
	struct utsname u;
	json_t *o;

	uname(&u);
	o = json_pack("{ss si ss ss ss}", "cpu", cpu,
		      "cpus", (int)sysconf(_SC_NPROCESSORS_ONLN),
		      "memory", memory, "kernel", u.release, "arch", u.machine);
	free(memory);
	free(cpu);
	return o;
}

json_t *provenance__new(int argc, char **argv)
{
	json_t *command = json_array(), *meta;
	char *now = time_text();

	for (int i = 0; i < argc; i++)
		json_array_append_new(command, json_string(argv[i]));
	meta = json_pack("{ss so so so}", "started", now, "command", command,
			 "tool", path_is_installed() ? installed_tool() : tool(),
			 "machine", machine());
	free(now);
	return meta;
}
