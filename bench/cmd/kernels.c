// SPDX-License-Identifier: GPL-2.0
/*
 * The kernels of a run; see kernels.h.
 */
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

static struct conf read_info(const char *dir)
{
	char *path = xasprintf("%s/info", dir), err[512];
	struct conf c;

	if (conf__read(&c, path, err, sizeof(err)))
		die(EXIT_MISSING, "%s", err);
	free(path);
	return c;
}

static void build_one(struct kernels *all, const char *base,
		      const char *variant, const char *profile)
{
	char *script = path_in_root("scripts/build-kernel");
	const char *argv[] = { script, base, variant, profile, NULL };
	struct kernel *k;
	struct conf c;
	int code;

	all->item = xrealloc(all->item, (all->nr + 1) * sizeof(*k));
	k = &all->item[all->nr++];
	k->variant = xstrdup(variant);
	k->profile = xstrdup(profile);
	k->dir = spawn__capture(argv, &code);
	if (code)
		exit(code);		/* the script said why */
	k->dir[strcspn(k->dir, "\n")] = '\0';
	c = read_info(k->dir);
	k->vmlinux_sha256 = xstrdup(conf__get(&c, "", "vmlinux_sha256") ?: "");
	k->handler_sha256 = xstrdup(conf__get(&c, "", "handler_sha256") ?: "");
	conf__free(&c);
	free(script);
}

void kernels__build(struct kernels *k, const char *base,
		    const struct strlist *variants,
		    const struct strlist *profiles)
{
	for (size_t v = 0; v < variants->nr; v++) {
		for (size_t p = 0; p < profiles->nr; p++)
			build_one(k, base, variants->item[v],
				  profiles->item[p]);
	}
}

const struct kernel *kernels__of(const struct kernels *k, const char *variant,
				 const char *profile)
{
	for (size_t i = 0; i < k->nr; i++) {
		if (!strcmp(k->item[i].variant, variant) &&
		    !strcmp(k->item[i].profile, profile))
			return &k->item[i];
	}
	return NULL;
}

json_t *kernels__to_json(const struct kernels *k)
{
	json_t *a = json_array();

	for (size_t i = 0; i < k->nr; i++) {
		struct conf c = read_info(k->item[i].dir);
		json_t *o = json_object();

		for (size_t j = 0; j < c.nr; j++)
			json_object_set_new(o, c.entry[j].key,
					    json_string(c.entry[j].value));
		json_object_set_new(o, "profile",
				    json_string(k->item[i].profile));
		json_array_append_new(a, o);
		conf__free(&c);
	}
	return a;
}

/* A kernel as run.json names it: its vmlinux's sha256, or "". */
static const char *measured_vmlinux(const struct run *run,
				    const struct kernel *k)
{
	json_t *o;
	size_t i;

	json_array_foreach(json_object_get(run->meta, "kernels"), i, o) {
		const char *variant, *profile, *sha;

		if (!json_unpack(o, "{ss ss ss}", "variant", &variant,
				 "profile", &profile, "vmlinux_sha256", &sha) &&
		    !strcmp(variant, k->variant) && !strcmp(profile, k->profile))
			return sha;
	}
	return "";
}

void kernels__need_unchanged(const struct kernels *all, const struct run *run)
{
	for (size_t i = 0; i < all->nr; i++) {
		const struct kernel *k = &all->item[i];

		if (strcmp(measured_vmlinux(run, k), k->vmlinux_sha256))
			die(EXIT_CHANGED, "%s measured another kernel of %s, profile %s than is built now; begin a new run",
			    run->dir, k->variant, k->profile);
	}
}
