// SPDX-License-Identifier: GPL-2.0
/*
 * How git is spawned; see git.h.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "git.h"

extern char **environ;

/* "-u NAME" of every variable that git would go by. */
static void forget_environment(struct strlist *argv)
{
	for (char **e = environ; *e; e++) {
		char *name = xasprintf("%.*s", (int)strcspn(*e, "="), *e);

		if (!strncmp(name, "GIT_", strlen("GIT_"))) {
			strlist__add(argv, "-u");
			strlist__add(argv, name);
		}
		free(name);
	}
}

static void set(struct strlist *argv, const char *name, const char *value)
{
	char *s = xasprintf("%s=%s", name, value ?: "");

	if (value)
		strlist__add(argv, s);
	free(s);
}

static void add_environment(struct strlist *argv, const struct git *g)
{
	if (!g->user_settings) {
		set(argv, "GIT_CONFIG_NOSYSTEM", "1");
		/* No file, and none that git could make. */
		set(argv, "GIT_CONFIG_GLOBAL", "/dev/null/none");
	}
	set(argv, "GIT_OPTIONAL_LOCKS", "0");	/* no refreshed index */
	set(argv, "GIT_NO_LAZY_FETCH", "1");
	set(argv, "GIT_NO_REPLACE_OBJECTS", "1");
	set(argv, "GIT_TERMINAL_PROMPT", "0");
	set(argv, "LC_ALL", "C");
	set(argv, "TZ", "UTC");
	set(argv, "GIT_DIR", g->git_dir);
	set(argv, "GIT_WORK_TREE", g->work_tree);
	set(argv, "GIT_INDEX_FILE", g->index);
	set(argv, "GIT_OBJECT_DIRECTORY", g->objects);
	set(argv, "GIT_ALTERNATE_OBJECT_DIRECTORIES", g->alternates);
}

/* Settings of the repository itself that would run programs or write to it. */
static void add_settings(struct strlist *argv, const struct git *g)
{
	static const char *const settings[] = {
		"core.hooksPath=/dev/null", "core.fsmonitor=false",
		"core.untrackedCache=false", "core.splitIndex=false",
		"core.commitGraph=true", "log.showSignature=false",
		"diff.external=", "gc.auto=0", "maintenance.auto=false",
	};

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		strlist__add(argv, "-c");
		strlist__add(argv, settings[i]);
	}
	if (g->owner_checked) {
		strlist__add(argv, "-c");
		strlist__add(argv, "safe.directory=*");
	}
}

static char *read_all(int fd)
{
	char *path = xasprintf("/proc/self/fd/%d", fd);
	char *text = path_read(path, NULL);
	size_t n;

	free(path);
	text = text ?: xstrdup("");
	n = strlen(text);
	if (n && text[n - 1] == '\n')
		text[n - 1] = '\0';
	return text;
}

static struct git_answer run(const struct strlist *words)
{
	int out = memfd_create("git", MFD_CLOEXEC), said = memfd_create("git", MFD_CLOEXEC);
	char *out_path = xasprintf("/proc/self/fd/%d", out);
	char *said_path = xasprintf("/proc/self/fd/%d", said);
	const char **argv = xcalloc(words->nr + 1, sizeof(*argv));
	struct spawn s = { .argv = argv, .stdout_path = out_path,
			   .stderr_path = said_path, .stop = stop__asked };
	struct git_answer a = { 0 };
	enum spawn_end end;
	int status;

	memcpy(argv, words->item, words->nr * sizeof(*argv));
	end = spawn__run(&s, &status);
	a.code = end == SPAWN_EXITED ? status :
		 end == SPAWN_STOPPED ? EXIT_INTERRUPTED : 128;
	a.out = read_all(out);
	a.said = read_all(said);
	a.said[strcspn(a.said, "\n")] = '\0';
	close(out);
	close(said);
	free(argv);
	free(said_path);
	free(out_path);
	return a;
}

struct git_answer git__ask_list(const struct git *g, const struct strlist *words)
{
	struct strlist argv = { 0 };
	struct git_answer a;

	strlist__add(&argv, "env");
	forget_environment(&argv);
	add_environment(&argv, g);
	strlist__add(&argv, "git");
	add_settings(&argv, g);
	if (g->dir) {
		strlist__add(&argv, "-C");
		strlist__add(&argv, g->dir);
	}
	for (size_t i = 0; i < words->nr; i++)
		strlist__add(&argv, words->item[i]);
	a = run(&argv);
	strlist__free(&argv);
	return a;
}

struct git_answer git__ask_words(const struct git *g, const char *const *words)
{
	struct strlist list = { 0 };
	struct git_answer a;

	while (*words)
		strlist__add(&list, *words++);
	a = git__ask_list(g, &list);
	strlist__free(&list);
	return a;
}

void git_answer__free(struct git_answer *a)
{
	free(a->out);
	free(a->said);
	*a = (struct git_answer) { 0 };
}
