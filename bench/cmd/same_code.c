// SPDX-License-Identifier: GPL-2.0
/*
 * faultline same-code: whether object files are the very bytes of a vmlinux.
 * scripts/build-kernel asks before it keeps a kernel.
 */
#include <argp.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "elftext.h"
#include "same.h"
#include "util.h"

#define OPT_JSON 1

static const struct argp_option options[] = {
	{ "json", OPT_JSON, NULL, 0, "one JSON object, for a record", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	bool *json = state->input;

	(void)arg;
	if (key != OPT_JSON)
		return ARGP_ERR_UNKNOWN;
	*json = true;
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "VMLINUX OBJECT...",
	.doc = "Compare object files with the vmlinux they should belong to: every "
	       "byte that is loaded, every relocation computed.\v"
	       "merged     strings and constants the linker shares: compared where\n"
	       "           a relocation refers to them\n"
	       "sorted     ORC unwind tables: sorted at link, not compared\n"
	       "discarded  sections that are in no kernel: not compared\n"
	       "masked     relocations that cannot be computed; in code it is an error\n\n"
	       "Exit code 7: a byte differs, or a section is nowhere in vmlinux.\n\n"
	       "Example:\n  faultline same-code vmlinux objs/*.o link/*.o",
};

static size_t nr_masked(const struct same_object *o)
{
	size_t nr = 0;

	for (int i = 0; i < SAME_MASKED; i++)
		nr += o->masked[i];
	return nr;
}

static void add(struct same_object *sum, const struct same_object *o)
{
	sum->sections += o->sections;
	sum->bytes += o->bytes;
	sum->code_bytes += o->code_bytes;
	sum->relocs += o->relocs;
	sum->merged += o->merged;
	sum->differing += o->differing;
	for (int i = 0; i < SAME_MASKED; i++)
		sum->masked[i] += o->masked[i];
	for (int i = 0; i < SAME_LEFT_OUT; i++)
		sum->left_out[i] += o->left_out[i];
}

static json_t *numbers(const struct same_object *o)
{
	json_t *masked = json_object(), *left_out = json_object();

	for (int i = 0; i < SAME_MASKED; i++)
		json_object_set_new(masked, same_masked_name[i],
				    json_integer(o->masked[i]));
	for (int i = 0; i < SAME_LEFT_OUT; i++)
		json_object_set_new(left_out, same_left_out_name[i],
				    json_integer(o->left_out[i]));
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:b}",
			 "sections", (json_int_t)o->sections,
			 "bytes", (json_int_t)o->bytes,
			 "code_bytes", (json_int_t)o->code_bytes,
			 "relocations", (json_int_t)o->relocs,
			 "by_content", (json_int_t)o->merged,
			 "masked_relocations", masked,
			 "bytes_left_out", left_out, "same", !o->differing);
}

static json_t *object_json(const struct same_object *o)
{
	json_t *j = numbers(o), *differences = json_array();

	for (size_t i = 0; i < o->difference.nr; i++)
		json_array_append_new(differences,
				      json_string(o->difference.item[i]));
	json_object_set_new(j, "object", json_string(o->path));
	if (*o->build_id)
		json_object_set_new(j, "build_id", json_string(o->build_id));
	json_object_set_new(j, "differences", differences);
	return j;
}

static void print_json(const struct same *s, const struct same_object *sum,
		       json_t *objects, const char *text_sha256)
{
	json_t *j = numbers(sum);

	json_object_set_new(j, "build_id", json_string(same__build_id(s)));
	json_object_set_new(j, "text_sha256", json_string(text_sha256));
	json_object_set_new(j, "objects", objects);
	json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(j);
}

/* One line; what was masked has its reasons after it. */
static void print_line(const char *name, const struct same_object *o)
{
	printf("%-16s %4zu %7" PRIu64 " %7" PRIu64 " %6zu %6zu %6" PRIu64
	       " %6" PRIu64 " %9" PRIu64, name, o->sections, o->bytes,
	       o->code_bytes, o->relocs, nr_masked(o),
	       o->left_out[SAME_MERGED], o->left_out[SAME_SORTED],
	       o->left_out[SAME_DISCARDED]);
	for (int i = 0; i < SAME_MASKED; i++) {
		if (o->masked[i])
			printf("  %zu %s", o->masked[i], same_masked_name[i]);
	}
	puts(o->differing ? "  DIFFERS" : "");
}

static void warn_of(const struct same *s, const char *vmlinux,
		    const struct same_object *o)
{
	const char *id = same__build_id(s);

	for (size_t i = 0; i < o->difference.nr; i++)
		warn("%s: %s", o->path, o->difference.item[i]);
	warn("%s%s%s differs from %s (build id %s) in %" PRIu64 " bytes or more",
	     o->path, *o->build_id ? ", build id " : "", o->build_id, vmlinux,
	     *id ? id : "none", o->differing);
}

int cmd_same_code(int argc, char **argv)
{
	struct same_object sum = { 0 };
	json_t *objects = json_array();
	bool json = false;
	char err[512], *hash;
	struct same *s;
	int first;

	argp_parse(&argp, argc, argv, 0, &first, &json);
	if (argc - first < 2)
		die(EXIT_USAGE, "same-code needs a vmlinux and at least one object file");
	s = same__open(argv[first], err, sizeof(err));
	if (!s)
		die(EXIT_MISSING, "%s", err);
	hash = elftext__sha256(argv + first + 1, argc - first - 1, err,
			       sizeof(err));
	if (!hash)
		die(EXIT_MISSING, "%s", err);
	if (!json)
		printf("%-16s sect   bytes    code relocs masked merged sorted discarded\n",
		       "object");
	for (int i = first + 1; i < argc; i++) {
		const char *slash = strrchr(argv[i], '/');
		struct same_object o;

		if (!same__object(s, argv[i], &o, err, sizeof(err)))
			die(EXIT_MISSING, "%s", err);
		add(&sum, &o);
		if (json)
			json_array_append_new(objects, object_json(&o));
		else
			print_line(slash ? slash + 1 : argv[i], &o);
		if (o.differing)
			warn_of(s, argv[first], &o);
		same_object__free(&o);
	}
	if (json) {
		print_json(s, &sum, objects, hash);
	} else {
		json_decref(objects);
		print_line("all", &sum);
		printf("%s: %d objects, %" PRIu64 " bytes, %zu relocations\n",
		       sum.differing ? "NOT the same code" : "same code",
		       argc - first - 1, sum.bytes, sum.relocs);
	}
	free(hash);
	same__close(s);
	return sum.differing ? EXIT_CHANGED : EXIT_OK;
}
