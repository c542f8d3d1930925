// SPDX-License-Identifier: GPL-2.0
/*
 * The store of boots; see kept_boots.h. A file is two lines, the key as it is
 * spelled and what is kept, and gets its name when it is whole.
 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "code_diff.h"
#include "guest_files.h"
#include "kept_boots.h"
#include "perf_parse.h"
#include "run_rigs.h"

#define FORMAT	1	/* of the key: another one, and nothing is found */

/* This program reads the channel and judges it: another one, another boot. */
static const char *own_sha256(void)
{
	static char *sha;

	if (!sha)
		sha = path_sha256("/proc/self/exe") ?: xstrdup("");
	return sha;
}

/* What the host is told to do, and what KVM must count of it. */
static json_t *workload_key(const char *rig, const struct workload *w)
{
	struct numbers expect = { 0 };
	json_t *o = json_object(), *counts = json_object();
	size_t size;
	char *plan;
	FILE *f = xmemstream(&plan, &size);

	plan__print_header(f);
	plan__print(f, &w->cell);
	fclose(f);
	workload__expect(w, rig, &expect);
	for (size_t i = 0; i < expect.nr; i++) {
		json_object_set_new(counts, expect.item[i].name,
				    json_integer(expect.item[i].value));
		free(expect.item[i].name);
	}
	free(expect.item);
	json_object_set_new(o, "plan", json_string(plan));
	json_object_set_new(o, "expect", counts);
	json_object_set_new(o, "cmdline", json_string(w->cmdline));
	json_object_set_new(o, "tdp_mmu", json_string(w->tdp_mmu));
	json_object_set_new(o, "tables", json_string(w->tables));
	free(plan);
	return o;
}

static json_t *perturb_key(const struct perturb *p)
{
	return json_pack("{sI sI sI sI sI}", "seed", (json_int_t)p->seed,
			 "text", (json_int_t)p->text,
			 "archive", (json_int_t)p->archive,
			 "spin", (json_int_t)p->spin,
			 "pages", (json_int_t)p->pages);
}

char *kept_boots__key(const struct session *s, const struct job *j)
{
	const struct boot_job *b = &j->boot;
	const struct workload *w = b->workload;
	char *text, *rig;
	json_t *o;

	if (!s->keep_boots || j->skip || b->probe || guest_files__wanted(w) ||
	    perf_parse__wanted(w) ||
	    rig__facts(s->rig)->figure != RIG_INSTRUCTIONS)
		return NULL;
	rig = jobs__rig(s, j);
	o = json_pack("{si ss sO ss ss ss so so sI}", "format", FORMAT,
		      "program", own_sha256(),
		      "rig", run__rig_object(&s->run, rig),
		      "vmlinux", kernels__vmlinux(j->kernel, b->perturb.text),
		      "cmdline", b->profile->cmdline,
		      "verify", b->profile->verify,
		      "workload", workload_key(rig, w),
		      "perturb", perturb_key(&b->perturb),
		      "boot", (json_int_t)b->boot);
	if (o && *b->profile->cannot)
		json_object_set_new(o, "cannot", json_string(b->profile->cannot));
	text = o ? json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	free(rig);
	json_decref(o);
	return text;
}

/* boots/ab/abcdef...; the folder above it is there where make says so. */
static char *file_of(const char *key, bool make)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	char *cache = path_cache(), *sha, *dir, *path;

	EVP_DigestInit_ex(md, EVP_sha256(), NULL);
	EVP_DigestUpdate(md, key, strlen(key));
	sha = sha256_text(md);
	EVP_MD_CTX_free(md);
	dir = xasprintf("%s/boots/%.2s", cache, sha);
	path = xasprintf("%s/%s", dir, sha);
	if (make)
		path_make(dir);
	free(dir);
	free(sha);
	free(cache);
	return path;
}

/* What is kept under a key, or NULL; it may have been cut. */
static char *read_file(const char *key)
{
	char *path = file_of(key, false), *text = path_read(path, NULL);
	const size_t n = strlen(key);
	char *kept = NULL;

	if (text && !strncmp(text, key, n) && text[n] == '\n')
		kept = xstrdup(text + n + 1);
	free(text);
	free(path);
	return kept;
}

static void write_file(const char *key, const char *text)
{
	char *path = file_of(key, true);
	char *new = xasprintf("%s.new.%d.%d", path, (int)getpid(), (int)gettid());
	FILE *f = fopen(new, "w");
	bool ok = f && fprintf(f, "%s\n%s", key, text) > 0;

	if (f && fclose(f))
		ok = false;
	if (!ok || rename(new, path))
		unlink(new);
	free(new);
	free(path);
}

struct record *kept_boots__find(const char *key)
{
	char *text = read_file(key), why[128];
	struct record *r = NULL;

	if (text && strchr(text, '\n'))
		r = record__parse(text, strlen(text), why, sizeof(why));
	if (r && !record__valid(r)) {
		record__free(r);
		r = NULL;
	}
	free(text);
	return r;
}

/* "20261127T2204Z-061bb, on AMD EPYC": which run booted it, and where. */
static char *where_measured(const struct run *run)
{
	const char *id = json_string_value(json_object_get(run->meta, "id"));
	json_t *machine = json_object_get(run->meta, "machine");
	const char *cpu = json_string_value(json_object_get(machine, "cpu"));

	return xasprintf("%s, on %s", id ?: "", cpu && *cpu ? cpu : "an unknown CPU");
}

void kept_boots__add(const char *key, const struct run *run,
		     const struct record *r)
{
	struct record *copy;
	struct err e;
	char *line;

	if (!record__valid(r))
		return;
	copy = record__copy(r, &e);
	if (!copy)
		return;
	free(copy->kept_from);
	copy->kept_from = where_measured(run);
	line = record__line(copy);
	if (line)
		write_file(key, line);
	free(line);
	record__free(copy);
}

#define END	" end\n"

int kept_functions__changed(struct strlist *names, const struct kernel *a,
			    const struct kernel *b, char *err, size_t errlen)
{
	char *key = xasprintf("functions %s %s %s", own_sha256(),
			      a->vmlinux_sha256, b->vmlinux_sha256);
	char *text = read_file(key), *line, *list;
	const size_t n = text ? strlen(text) : 0;
	int r = 0;

	if (n >= strlen(END) && !strcmp(text + n - strlen(END), END)) {
		text[n - strlen(END)] = '\0';
		strlist__split(names, text, ' ');
	} else {
		r = code_diff__changed(names, a->dir, b->dir, err, errlen);
		list = strlist__join(names, " ");
		line = xasprintf("%s%s", list, END);
		if (!r)
			write_file(key, line);
		free(line);
		free(list);
	}
	free(text);
	free(key);
	return r;
}
