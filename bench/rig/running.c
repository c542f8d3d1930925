// SPDX-License-Identifier: GPL-2.0
/*
 * Which kernel runs here: its build id, and that of KVM's modules where KVM is
 * a module, compared with the kernels in the cache.
 */
#include <dirent.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "kvm.h"
#include "rigs.h"
#include "running.h"
#include "verify.h"

static const char *const modules[] = { "kvm", "kvm_amd", "kvm_intel" };

static size_t padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

char *running__build_id(const void *notes, size_t size)
{
	const char *p = notes;
	Elf64_Nhdr n;

	while (size >= sizeof(n)) {
		size_t name, all;

		memcpy(&n, p, sizeof(n));
		name = sizeof(n) + padded(n.n_namesz);
		all = name + padded(n.n_descsz);
		if (n.n_namesz > size || n.n_descsz > size || all > size)
			return NULL;
		if (n.n_type == NT_GNU_BUILD_ID && n.n_namesz == 4 &&
		    !memcmp(p + sizeof(n), "GNU", 4)) {
			char *hex = xcalloc(1, 2 * n.n_descsz + 1);

			for (size_t i = 0; i < n.n_descsz; i++)
				sprintf(hex + 2 * i, "%02x",
					(unsigned char)p[name + i]);
			return hex;
		}
		p += all;
		size -= all;
	}
	return NULL;
}

/* The build id in a file of notes in /sys, or NULL. */
static char *build_id_in(const char *path)
{
	char *full = path_of_system("%s", path), *notes, *id;
	size_t size;

	notes = path_read(full, &size);
	id = notes ? running__build_id(notes, size) : NULL;
	free(notes);
	free(full);
	return id;
}

/*
 * Was every loaded module of KVM built with this kernel? The handler may be in
 * a module, and the module from another build.
 */
static bool modules_match(const struct conf *info)
{
	bool match = true;

	for (size_t i = 0; i < ARRAY_SIZE(modules); i++) {
		char *path = xasprintf("/sys/module/%s/notes/.note.gnu.build-id",
				       modules[i]);
		char *key = xasprintf("%s_build_id", modules[i]);
		char *id = build_id_in(path);
		const char *want = conf__get(info, "", key);

		match &= !id || (want && !strcmp(id, want));
		free(id);
		free(key);
		free(path);
	}
	return match;
}

static void list_dir(const char *path, struct strlist *names)
{
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] != '.')
			strlist__add(names, e->d_name);
	}
	if (d)
		closedir(d);
	strlist__sort(names);
}

/* Every folder of the cache that holds a kernel. */
static void list_kernels(struct strlist *dirs)
{
	static const char *const below[] = { "kernels", RIG_METAL };
	char *cache = path_cache();

	for (size_t i = 0; i < ARRAY_SIZE(below); i++) {
		char *top = xasprintf("%s/%s", cache, below[i]);
		struct strlist bases = { 0 };

		list_dir(top, &bases);
		for (size_t b = 0; b < bases.nr; b++) {
			char *base = xasprintf("%s/%s", top, bases.item[b]);
			struct strlist names = { 0 };

			list_dir(base, &names);
			for (size_t n = 0; n < names.nr; n++) {
				char *dir = xasprintf("%s/%s", base, names.item[n]);

				strlist__add(dirs, dir);
				free(dir);
			}
			strlist__free(&names);
			free(base);
		}
		strlist__free(&bases);
		free(top);
	}
	free(cache);
}

/* Prefer a plain variant to a step or an overlay with the same code. */
static bool is_better(const char *name, const struct running *than)
{
	return !than->dir || (strpbrk(than->variant, "@+") && !strpbrk(name, "@+"));
}

static void look_at(const char *dir, struct running *r)
{
	char *path = xasprintf("%s/info", dir), err[256];
	const char *id, *base, *variant;
	struct conf info;

	if (!path_exists(path) || conf__read(&info, path, err, sizeof(err))) {
		free(path);
		return;
	}
	free(path);
	id = conf__get(&info, "", "build_id");
	base = conf__get(&info, "", "base");
	variant = conf__get(&info, "", "variant");
	if (id && base && variant && !strcmp(id, r->build_id)) {
		if (!modules_match(&info)) {
			free(r->note);
			r->note = xasprintf("the kernel is %s/%s, but its KVM module is from another build",
					    base, variant);
		} else if (is_better(variant, r)) {
			free(r->base);
			free(r->variant);
			free(r->dir);
			r->base = xstrdup(base);
			r->variant = xstrdup(variant);
			r->dir = xstrdup(dir);
		}
	}
	conf__free(&info);
}

json_t *running__host(void)
{
	static const char *const parameters[][3] = {
		{ "kvm.tdp_mmu", "kvm", "tdp_mmu" },
		{ "kvm.nx_huge_pages", "kvm", "nx_huge_pages" },
		{ "kvm.eager_page_split", "kvm", "eager_page_split" },
		{ "kvm_amd.npt", "kvm_amd", "npt" },
		{ "kvm_amd.nrips", "kvm_amd", "nrips" },
		{ "kvm_intel.ept", "kvm_intel", "ept" },
		{ "kvm_intel.eptad", "kvm_intel", "eptad" },
	};
	char *dir = path_of_system("/sys/devices/system/cpu/vulnerabilities");
	struct strlist names = { 0 };
	json_t *host = json_object();
	char *text;

	list_dir(dir, &names);
	for (size_t i = 0; i < names.nr; i++) {
		char *key = xasprintf("vuln/%s", names.item[i]);

		text = path_system_line("/sys/devices/system/cpu/vulnerabilities/%s",
					names.item[i]);
		if (text)
			json_object_set_new(host, key, json_string(text));
		free(text);
		free(key);
	}
	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++) {
		if (strcmp(parameters[i][1], "kvm") && !kvm__has_module(parameters[i][1]))
			continue;
		text = path_system_line("/sys/module/%s/parameters/%s",
					parameters[i][1], parameters[i][2]);
		if (text)
			json_object_set_new(host, parameters[i][0],
					    json_string(text));
		free(text);
	}
	strlist__free(&names);
	free(dir);
	return host;
}

/* The number of words, all of which are in the text; -1 where one is not. */
static int words_in(const char *words, const struct strlist *text)
{
	struct strlist w = { 0 };
	int n = 0;

	strlist__split(&w, words, ' ');
	for (size_t i = 0; i < w.nr && n >= 0; i++)
		n = strlist__has(text, w.item[i]) ? n + 1 : -1;
	strlist__free(&w);
	return n;
}

/* How many Kconfig lines of a profile this configuration has, or -1. */
static int config_has(const char *lines, const char *dir)
{
	char *path = xasprintf("%s/config", dir), *text = path_read(path, NULL);
	struct strlist wanted = { 0 }, have = { 0 };
	int n = 0;

	strlist__split(&wanted, lines, ' ');
	strlist__split(&have, text ? text : "", '\n');
	for (size_t i = 0; i < wanted.nr && n >= 0; i++) {
		char *line = wanted.item[i], *no = strstr(line, "=n");
		char *on = no && !no[2] ? xasprintf("%.*s=y", (int)(no - line), line) :
					  NULL;

		n = (on ? !strlist__has(&have, on) : strlist__has(&have, line)) ?
		    n + 1 : -1;
		free(on);
	}
	strlist__free(&have);
	strlist__free(&wanted);
	free(text);
	free(path);
	return n;
}

/*
 * The profile of which the command line has every word and the configuration
 * every line, and that sysfs confirms; of several the one that asks for most.
 */
static int find_profile(struct running *r)
{
	char *cmdline = path_system_line("/proc/cmdline");
	struct strlist names = { 0 }, words = { 0 };
	json_t *host = running__host();
	int best = -1, e = 0;

	strlist__split(&words, cmdline ? cmdline : "", ' ');
	e = catalog__profiles(&names, &r->err);
	for (size_t i = 0; i < names.nr && !e; i++) {
		struct profile *p = catalog__profile(r->base, names.item[i],
						     &r->err);
		int asks, lines;
		char *why = NULL;

		if (!p) {
			e = -1;
			break;
		}
		asks = words_in(p->cmdline, &words);
		lines = config_has(p->config, r->dir);
		if (!p->skip && asks >= 0 && lines >= 0 && asks + lines > best &&
		    verify__profile(p, host, r->dir, &why) == OUTCOME_OK) {
			best = asks + lines;
			free(r->profile);
			r->profile = xstrdup(p->name);
		}
		free(why);
		profile__free(p);
	}
	json_decref(host);
	strlist__free(&words);
	strlist__free(&names);
	free(cmdline);
	return e;
}

const struct running *running__kernel(void)
{
	static struct running r;
	struct strlist dirs = { 0 };
	struct utsname u;

	if (r.release)
		return &r;
	uname(&u);
	r.release = path_system_line("/proc/sys/kernel/osrelease") ?: xstrdup(u.release);
	r.build_id = build_id_in("/sys/kernel/notes") ?: xstrdup("");
	r.boot_id = path_system_line("/proc/sys/kernel/random/boot_id") ?: xstrdup("");
	list_kernels(&dirs);
	for (size_t i = 0; i < dirs.nr && *r.build_id; i++)
		look_at(dirs.item[i], &r);
	strlist__free(&dirs);
	r.profile = xstrdup(PROFILE_AS_BOOTED);
	if (r.dir) {
		free(r.note);
		r.note = NULL;
		r.failed = find_profile(&r);
	} else {
		r.base = xstrdup(BASE_RUNNING);
		r.variant = xstrdup(r.release);
	}
	return &r;
}
