// SPDX-License-Identifier: GPL-2.0
/*
 * The Linux guest as the rig gives it to the host: built or found by
 * scripts/build-guest, the same bytes for every variant of a base.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "guest_files.h"

/* What the script prints, allocated; NULL when it fails. */
static char *ask_script(const char *base)
{
	char *script = path_in_root("scripts/build-guest"), *dir;
	const char *argv[] = { script, base, NULL };
	int code;

	dir = spawn__script(argv, &code);
	free(script);
	dir[strcspn(dir, "\n")] = '\0';
	if (!code)
		return dir;
	free(dir);
	return NULL;
}

/*
 * Its folder, allocated, or NULL. The script is run once per base, by the first
 * of several boots.
 */
static char *guest_dir(const char *base)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct {
		char *base, *dir;
	} *known;
	static size_t nr;
	const char *other = getenv("FAULTLINE_GUEST");
	char *dir = NULL;

	if (other)
		return xstrdup(other);
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < nr && !dir; i++)
		dir = strcmp(known[i].base, base) ? NULL : xstrdup(known[i].dir);
	if (!dir && (dir = ask_script(base))) {
		lock__hold_folder(dir);
		known = xrealloc(known, (nr + 1) * sizeof(*known));
		known[nr].base = xstrdup(base);
		known[nr++].dir = xstrdup(dir);
	}
	pthread_mutex_unlock(&lock);
	return dir;
}

static bool say_sha256(json_t *host, const char *dir, const char *file)
{
	char *path = xasprintf("%s/%s", dir, file);
	char *sha = path_sha256(path);
	char *key = xasprintf("guest/%s_sha256", file);
	bool found = sha;

	if (sha)
		json_object_set_new(host, key, json_string(sha));
	free(key);
	free(path);
	free(sha);
	return found;
}

bool guest_files__wanted(const struct workload *w)
{
	return !strncmp(w->cell.guest, PLAN_LINUX, strlen(PLAN_LINUX));
}

char *guest_files__dir(const char *base, struct record *r)
{
	char *dir = guest_dir(base);

	if (!dir) {
		r->why = xasprintf("the Linux guest of %s does not build; run: scripts/build-guest %s",
				   base, base);
		return NULL;
	}
	/* The host gets the archive; the checksums of its parts are for people. */
	if (!say_sha256(r->host, dir, "guest.cpio")) {
		r->why = xasprintf("%s/guest.cpio: the Linux guest is missing; run: scripts/build-guest %s",
				   dir, base);
		free(dir);
		return NULL;
	}
	say_sha256(r->host, dir, "vmlinux");
	say_sha256(r->host, dir, "initramfs.cpio");
	return dir;
}

char *guest_files__archive(const char *base, struct record *r)
{
	char *dir = guest_files__dir(base, r), *path;

	path = dir ? xasprintf("%s/guest.cpio", dir) : NULL;
	free(dir);
	return path;
}
