// SPDX-License-Identifier: GPL-2.0
/*
 * The kernels of a run; see kernels.h.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build_times.h"
#include "cache.h"
#include "image.h"
#include "kernels.h"
#include "need.h"

static int read_info(struct conf *c, const char *dir, struct err *err)
{
	char *path = xasprintf("%s/info", dir);
	int r = catalog__read_conf(c, path, err);

	free(path);
	return r;
}

static struct conf need_info(const char *dir)
{
	struct conf c;
	struct err e;

	if (read_info(&c, dir, &e))
		die_err(&e);
	return c;
}

const struct kernel *kernels__of(const struct kernels *k, const char *base,
				 const char *variant, const char *profile)
{
	for (size_t i = 0; i < k->nr; i++) {
		if (!strcmp(k->item[i].base, base) &&
		    !strcmp(k->item[i].variant, variant) &&
		    !strcmp(k->item[i].profile, profile))
			return &k->item[i];
	}
	return NULL;
}

void kernels__add(struct kernels *all, const char *base, const char *variant,
		  const struct profile *profile)
{
	if (kernels__of(all, base, variant, profile->name))
		return;
	all->item = xrealloc(all->item, (all->nr + 1) * sizeof(*all->item));
	all->item[all->nr++] = (struct kernel) {
		.base = xstrdup(base),
		.variant = xstrdup(variant),
		.profile = xstrdup(profile->name),
		.config = xstrdup(profile->config),
	};
}

static void take(struct kernel *k, const char *dir)
{
	struct conf c;

	lock__hold_folder(dir);
	c = need_info(dir);
	k->dir = xstrdup(dir);
	k->vmlinux_sha256 = xstrdup(conf__get(&c, "", "vmlinux_sha256") ?: "");
	k->handler_sha256 = xstrdup(conf__get(&c, "", "handler_sha256") ?: "");
	for (size_t i = 0; i < PERTURB_LAYOUTS; i++) {
		char *key = xasprintf("layout%zu_sha256", i + 1);

		k->layout_sha256[i] = xstrdup(conf__get(&c, "", key) ?: "");
		free(key);
	}
	conf__free(&c);
}

void kernels__add_running(struct kernels *all, const struct running *r)
{
	struct kernel *k;

	all->item = xrealloc(all->item, (all->nr + 1) * sizeof(*all->item));
	k = &all->item[all->nr++];
	*k = (struct kernel) {
		.base = xstrdup(r->base), .variant = xstrdup(r->variant),
		.profile = xstrdup(r->profile), .config = xstrdup(""),
		.running = r,
		/* Another build, another kernel: what stands for its vmlinux. */
		.vmlinux_sha256 = xstrdup(r->build_id),
		.handler_sha256 = xstrdup(""),
	};
	if (r->dir) {
		free(k->vmlinux_sha256);
		free(k->handler_sha256);
		take(k, r->dir);
	}
}

/* A kernel of the list that is built and that k is as well, or NULL. */
static const struct kernel *find_same(const struct kernels *all,
				      const struct kernel *k)
{
	for (size_t i = 0; i < all->nr; i++) {
		const struct kernel *o = &all->item[i];

		if (o->dir && !strcmp(o->base, k->base) &&
		    !strcmp(o->variant, k->variant) &&
		    !strcmp(o->config, k->config))
			return o;
	}
	return NULL;
}

/*
 * Where the script has it; with find_only an empty text when it is not built.
 * The script says itself why it fails.
 */
static char *run_script(const struct kernel *k, bool find_only, int *code)
{
	char *script = path_in_root("scripts/build-kernel");
	const char *argv[6] = { script };
	size_t n = 1;
	char *dir;

	if (find_only)
		argv[n++] = "--find";
	argv[n++] = k->base;
	argv[n++] = k->variant;
	argv[n] = k->profile;
	dir = spawn__script(argv, code);
	dir[strcspn(dir, "\n")] = '\0';
	free(script);
	return dir;
}

static char *ask_script(const struct kernel *k, bool find_only)
{
	int code;
	char *dir = run_script(k, find_only, &code);

	if (code)
		die_script("build-kernel", code);
	return dir;
}

/* Is it the source that is to blame, and not this machine? */
static bool is_of_source(int code)
{
	return code == EXIT_BUILD || code == EXIT_PATCH || code == EXIT_CHANGED ||
	       code == EXIT_WRONG_SOURCE;
}

/* The script leaves its last words in a file that the environment names. */
static char *last_words(const char *path, const struct kernel *k, int code)
{
	char *said = path_read(path, NULL);

	if (said)
		said[strcspn(said, "\n")] = '\0';
	if (!said || !*said) {
		free(said);
		said = xasprintf("scripts/build-kernel %s %s %s ended with exit code %d",
				 k->base, k->variant, k->profile, code);
	}
	return said;
}

/* The folder it is built in, or NULL where it does not build and all goes on. */
static char *build_or_note(const struct kernels *all, struct kernel *k)
{
	char said[] = "/tmp/faultline-said.XXXXXX", *dir;
	int fd, code;

	if (!all->keep_going)
		return ask_script(k, false);
	fd = mkstemp(said);
	if (fd >= 0)
		close(fd);
	setenv("FAULTLINE_SAID", said, 1);
	dir = run_script(k, false, &code);
	unsetenv("FAULTLINE_SAID");
	if (is_of_source(code)) {
		k->failed = last_words(said, k, code);
		k->failed_code = code;
		free(dir);
		dir = NULL;
	}
	unlink(said);
	if (code && !k->failed)
		die_script("build-kernel", code);
	return dir;
}

/* Take what is there; returns how many are still to be built. */
static size_t find_built(struct kernels *all)
{
	size_t missing = 0;

	for (size_t i = 0; i < all->nr; i++) {
		struct kernel *k = &all->item[i];
		const struct kernel *same = find_same(all, k);
		char *dir;

		if (k->dir || k->failed)
			continue;
		dir = same ? xstrdup(same->dir) : ask_script(k, true);
		if (*dir)
			take(k, dir);
		else
			missing++;
		free(dir);
	}
	return missing;
}

void kernels__build(struct kernels *all)
{
	size_t missing = find_built(all);
	char *said;

	if (missing)
		build_times__say(all);
	for (size_t i = 0; i < all->nr; i++) {
		struct kernel *k = &all->item[i];
		const struct kernel *same;
		char *dir;

		if (k->dir || k->failed)
			continue;
		same = find_same(all, k);
		k->built = !same;
		dir = same ? xstrdup(same->dir) : build_or_note(all, k);
		if (dir)
			take(k, dir);
		free(dir);
	}
	said = missing ? cache__keep_limits() : NULL;
	if (said)
		fprintf(stderr, "  %-7s %s\n", "PRUNE", said);
	free(said);
}

static char *find_dir(const struct kernel *k, struct err *err)
{
	int code;
	char *dir = run_script(k, true, &code);

	if (!code && *dir)
		return dir;
	if (code)
		err__set(err, code, "scripts/build-kernel --find %s %s %s ended with exit code %d; it said why",
			 k->base, k->variant, k->profile, code);
	else
		err__set(err, EXIT_MISSING, "the kernel of %s/%s, profile %s is not built (any more); run: scripts/build-kernel %s %s %s",
			 k->base, k->variant, k->profile, k->base, k->variant,
			 k->profile);
	free(dir);
	return NULL;
}

/* Is the vmlinux of dir the one that run booted? */
static int check_build_id(const char *dir, const char *build_id,
			  const char *run, struct err *err)
{
	char why[256];
	struct image *img = image__open(dir, why, sizeof(why));
	int r = 0;

	if (!img)
		return err__set(err, EXIT_MISSING, "%s", why);
	if (strcmp(image__build_id(img), build_id))
		r = err__set(err, EXIT_CHANGED, "%s/vmlinux has build id %s, %s booted %s: the variant has changed since; begin a new run",
			     dir, image__build_id(img), run, build_id);
	image__close(img);
	return r;
}

char *kernels__dir_of(const char *base, const char *variant,
		      const char *profile, const char *build_id,
		      const char *run, struct err *err)
{
	const struct kernel k = { .base = (char *)base,
				  .variant = (char *)variant,
				  .profile = (char *)profile };
	char *dir = find_dir(&k, err);

	if (dir && check_build_id(dir, build_id, run, err)) {
		free(dir);
		return NULL;
	}
	return dir;
}

static json_t *kernel_to_json(const struct kernel *k)
{
	json_t *o = json_object();

	if (k->dir) {
		struct conf c = need_info(k->dir);

		for (size_t j = 0; j < c.nr; j++)
			json_object_set_new(o, c.entry[j].key,
					    json_string(c.entry[j].value));
		conf__free(&c);
	} else if (k->failed) {
		json_object_set_new(o, "base", json_string(k->base));
		json_object_set_new(o, "failed", json_string(k->failed));
		json_object_set_new(o, "vmlinux_sha256", json_string(""));
	} else {
		json_object_set_new(o, "base", json_string(k->base));
		json_object_set_new(o, "release", json_string(k->running->release));
		json_object_set_new(o, "build_id", json_string(k->running->build_id));
		json_object_set_new(o, "vmlinux_sha256",
				    json_string(k->vmlinux_sha256));
	}
	json_object_set_new(o, "variant", json_string(k->variant));
	json_object_set_new(o, "profile", json_string(k->profile));
	return o;
}

json_t *kernels__to_json(const struct kernels *k)
{
	json_t *a = json_array();

	for (size_t i = 0; i < k->nr; i++)
		json_array_append_new(a, kernel_to_json(&k->item[i]));
	return a;
}

/* What run.json says of a kernel under a key, or NULL. */
static const char *measured(const json_t *meta, const struct kernel *k,
			    const char *key)
{
	json_t *o;
	size_t i;

	json_array_foreach(json_object_get(meta, "kernels"), i, o) {
		const char *base, *variant, *profile, *sha;

		if (!json_unpack(o, "{ss ss ss ss}", "base", &base,
				 "variant", &variant, "profile", &profile,
				 key, &sha) &&
		    !strcmp(base, k->base) && !strcmp(variant, k->variant) &&
		    !strcmp(profile, k->profile))
			return sha;
	}
	return NULL;
}

void kernels__note(const struct kernels *all, json_t *meta)
{
	for (size_t i = 0; i < all->nr; i++) {
		if (!measured(meta, &all->item[i], "vmlinux_sha256"))
			json_array_append_new(json_object_get(meta, "kernels"),
					      kernel_to_json(&all->item[i]));
	}
}

static int check_names(const struct kernel *k, struct err *err)
{
	struct variant *v = catalog__variant(k->base, k->variant, err);
	struct profile *p = v ? catalog__profile(k->base, k->profile, err) : NULL;

	if (v)
		variant__free(v);
	if (!p)
		return -1;
	profile__free(p);
	return 0;
}

/* Has the kernel of dir the handler that the run measured? */
static int check_handler(const struct kernel *k, const char *dir,
			 const struct run *run, struct err *err)
{
	const char *sha = measured(run->meta, k, "handler_sha256");
	struct conf c;
	int r = 0;

	if (read_info(&c, dir, err))
		return -1;
	if (!sha || strcmp(conf__get(&c, "", "handler_sha256") ?: "", sha))
		r = err__set(err, EXIT_CHANGED, "%s has another handler than the %s/%s, profile %s that %s booted: the variant or its source has changed since; make a new run: faultline run --base %s --profiles %s",
			     dir, k->base, k->variant, k->profile, run->dir,
			     k->base, k->profile);
	conf__free(&c);
	return r;
}

char *kernels__measured_dir(const char *base, const char *variant,
			    const char *profile, const struct run *run,
			    struct err *err)
{
	const struct kernel k = { .base = (char *)base,
				  .variant = (char *)variant,
				  .profile = (char *)profile };
	char *dir;

	/* Names come from records: the script gets none that is unknown. */
	if (check_names(&k, err))
		return NULL;
	dir = find_dir(&k, err);
	if (dir && check_handler(&k, dir, run, err)) {
		free(dir);
		return NULL;
	}
	return dir;
}

const char *kernels__vmlinux(const struct kernel *k, uint64_t layout)
{
	return layout ? k->layout_sha256[layout - 1] : k->vmlinux_sha256;
}

/* Of a run that perturbs: a resumed boot must have the layout of its first try. */
static bool same_layouts(const struct run *run, const struct kernel *k)
{
	json_t *plan = json_object_get(run->meta, "plan");

	if (!json_is_true(json_object_get(plan, "perturb")))
		return true;
	for (size_t i = 0; i < PERTURB_LAYOUTS; i++) {
		char *key = xasprintf("layout%zu_sha256", i + 1);
		const char *was = measured(run->meta, k, key);

		free(key);
		if (strcmp(was ?: "", k->layout_sha256[i]))
			return false;
	}
	return true;
}

void kernels__need_unchanged(const struct kernels *all, const struct run *run)
{
	for (size_t i = 0; i < all->nr; i++) {
		const struct kernel *k = &all->item[i];
		const char *was = measured(run->meta, k, "vmlinux_sha256");

		if ((!was && k->running) || k->failed)
			continue;	/* another boot, another kernel; or none */
		if (!was || strcmp(was, k->vmlinux_sha256) ||
		    !same_layouts(run, k))
			die(EXIT_CHANGED, "%s measured another kernel of %s/%s, profile %s than is built now; begin a new run",
			    run->dir, k->base, k->variant, k->profile);
	}
}
