// SPDX-License-Identifier: GPL-2.0
/*
 * Where a run's figures come from; see provenance.h.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "git.h"
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

/*
 * What git says of this checkout, and of no repository around it, whosever it is
 * and whatever the shell or a hook exports; allocated, or NULL where it says
 * nothing. This program is of the checkout: to run it is to trust its files.
 */
static char *git(const char *a, const char *b, const char *c)
{
	char *git_dir = path_in_root(".git"), *text = NULL;
	const struct git g = { .git_dir = git_dir, .work_tree = path_root(),
			       .owner_checked = true };
	struct git_answer said;

	if (path_exists(git_dir)) {
		said = git__ask(&g, a, b, c);
		if (!said.code)
			text = xasprintf("%.*s", (int)strcspn(said.out, "\n"), said.out);
		git_answer__free(&said);
	}
	free(git_dir);
	return text;
}

/*
 * The first line of a file of the root that says which revision it is of;
 * allocated, or NULL where it says none.
 */
static char *revision_in(const char *name)
{
	char *path = path_in_root("%s", name), *text = path_read(path, NULL);

	free(path);
	if (!text)
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	if (*text && strncmp(text, "unknown", strlen("unknown")))
		return text;
	free(text);
	return NULL;
}

/* What is not known is no "unchanged": see docs/format.md. */
static char *revision_by_git(void)
{
	char *revision = git("rev-parse", "--verify", "HEAD"), *changes, *text;

	if (!revision)
		return NULL;
	changes = git("status", "--porcelain", "--untracked-files=no");
	text = xasprintf("%s%s", revision, !changes ? "?" : *changes ? "+" : "");
	free(changes);
	free(revision);
	return text;
}

char *provenance__revision(void)
{
	if (path_is_installed())
		return revision_in("revision");
	return revision_by_git() ?: revision_in("source-revision");
}

static json_t *tool(void)
{
	char *text = provenance__revision();
	size_t n = text ? strcspn(text, "+?") : 0;
	json_t *o = json_pack("{ss# so}", "revision", text ?: "unknown",
			      text ? (int)n : (int)strlen("unknown"), "changed",
			      !text || text[n] == '?' ? json_null() :
							 json_boolean(text[n] == '+'));

	free(text);
	return o;
}

static json_t *machine(void)
{
	char *cpu = proc_value("/proc/cpuinfo", "model name");
	char *microcode = proc_value("/proc/cpuinfo", "microcode");
	char *memory = proc_value("/proc/meminfo", "MemTotal");
	struct utsname u;
	json_t *o;

	uname(&u);
	o = json_pack("{ss ss si ss ss ss}", "cpu", cpu, "microcode", microcode,
		      "cpus", (int)sysconf(_SC_NPROCESSORS_ONLN),
		      "memory", memory, "kernel", u.release, "arch", u.machine);
	free(memory);
	free(microcode);
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
			 "tool", tool(),
			 "machine", machine());
	free(now);
	return meta;
}
