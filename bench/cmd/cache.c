// SPDX-License-Identifier: GPL-2.0
/*
 * faultline cache: what is kept so that it need not be made again, and what of it
 * may go.
 */
#include <argp.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cache.h"
#include "cmd.h"
#include "options.h"

#define DAY_S	86400.0

enum { OPT_OLDER = 256, OPT_TO, OPT_DRY, OPT_FORMAT };

struct options {
	const char *verb, *format;
	double older_days;
	uint64_t to;
	bool has_to, dry;
};

static const struct argp_option option_table[] = {
	{ "older-than", OPT_OLDER, "DAYS", 0, "prune: what nothing used for so long", 0 },
	{ "to", OPT_TO, "SIZE", 0, "prune: the least recently used, until this much is left (20G, 500M, 0)", 0 },
	{ "dry-run", OPT_DRY, NULL, 0, "prune: say what would go, and remove nothing", 0 },
	{ "format", OPT_FORMAT, "FORMAT", 0, "text (default) or json", 0 },
	{ 0 }
};

static const char doc[] =
	"List what the cache holds, with its size and its last use; or prune it.\v"
	"Everything in the cache can be made again. prune removes what killed\n"
	"processes left and what is of repositories that are gone, then what its\n"
	"options name, or without one what is past the limit that every build keeps:\n"
	"FAULTLINE_CACHE_LIMIT, 40 GB in all, 6 GB for each kernel tree. What a build or a\n"
	"run uses at this moment stays.\n\n"
	"Examples:\n"
	"  faultline cache\n"
	"  faultline cache prune --older-than 30\n"
	"  faultline cache prune --to 10G --dry-run\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	char *end;

	switch (key) {
	case OPT_OLDER:
		o->older_days = strtod(arg, &end);
		if (end == arg || *end || !(o->older_days > 0))
			argp_error(state, "--older-than: '%s' is no number of days", arg);
		return 0;
	case OPT_TO:
		o->has_to = cache__parse_size(arg, &o->to);
		if (!o->has_to)
			argp_error(state, "--to: '%s' is no size; write 20G or 500M", arg);
		return 0;
	case OPT_DRY:
		o->dry = true;
		return 0;
	case OPT_FORMAT:
		o->format = options__format(state, arg, "text, json");
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num || (strcmp(arg, "list") && strcmp(arg, "prune")))
			argp_error(state, "list or prune, not '%s'", arg);
		o->verb = arg;
		return 0;
	case ARGP_KEY_END:
		if (strcmp(o->verb, "prune") && (o->older_days || o->has_to || o->dry))
			argp_error(state, "that option is of: faultline cache prune");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = { option_table, parse, "[list|prune]", doc, NULL, 0, 0 };

/* "now", "5 h", "12 d" */
static const char *age_text(time_t t, char buf[32])
{
	double s = difftime(time(NULL), t);

	if (s < 60)
		return "now";
	if (s < 3600)
		snprintf(buf, 32, "%.0f min", s / 60);
	else if (s < 2 * DAY_S)
		snprintf(buf, 32, "%.0f h", s / 3600);
	else
		snprintf(buf, 32, "%.0f d", s / DAY_S);
	return buf;
}

static void print_item(const struct cache_item *i)
{
	const size_t n = strlen(i->what);
	char size[32], made[32], used[32];

	if (n > 42)
		printf("  ...%s", i->what + n - 39);
	else
		printf("  %-42s", i->what);
	printf(" %8s %8s %8s\n", age_text(i->made, made),
	       age_text(i->used, used), cache__size_text(i->bytes, size));
	if (i->dangling)
		printf("    unused: %s\n", i->dangling);
}

static int by_use(const void *a, const void *b)
{
	const struct cache_item *x = a, *y = b;

	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	if (x->used != y->used)
		return x->used > y->used ? -1 : 1;
	return strcmp(x->path, y->path);
}

/* Of one kind: a line each, and a line of all where there are several. */
static void print_kind(const struct cache *c, enum cache_kind kind, bool only_taken)
{
	uint64_t bytes = 0;
	size_t nr = 0;
	char size[32];

	for (size_t i = 0; i < c->nr; i++) {
		const struct cache_item *k = &c->item[i];

		if (k->kind != kind || (only_taken && !k->taken))
			continue;
		if (!nr++)
			printf("%s (%s)\n", cache__kind_name(kind), cache__back(kind));
		bytes += k->bytes;
		print_item(k);
	}
	if (nr > 1)
		printf("  %-42zu %8s %8s %8s\n", nr, "", "", cache__size_text(bytes, size));
}

static void print_text(struct cache *c, bool only_taken)
{
	printf("%-44s %8s %8s %8s\n", c->top, "made", "last use", "size");
	qsort(c->item, c->nr, sizeof(*c->item), by_use);
	for (int kind = 0; kind < NR_CACHE_KINDS; kind++)
		print_kind(c, kind, only_taken);
}

static json_t *to_json(const struct cache *c, bool only_taken)
{
	json_t *items = json_array();

	for (size_t i = 0; i < c->nr; i++) {
		const struct cache_item *k = &c->item[i];
		json_t *o;

		if (only_taken && !k->taken)
			continue;
		o = json_pack("{ss ss ss sI sI sI}", "kind", cache__kind_name(k->kind),
			      "path", k->path, "what", k->what,
			      "bytes", (json_int_t)k->bytes,
			      "made", (json_int_t)k->made, "used", (json_int_t)k->used);
		if (k->kind == CACHE_KERNEL)
			json_object_update_new(o, json_pack("{ss ss ss}",
				"base", k->base, "variant", k->variant,
				"profile", k->profile));
		if (*k->source)
			json_object_set_new(o, "source", json_string(k->source));
		if (k->dangling)
			json_object_set_new(o, "unused", json_string(k->dangling));
		json_array_append_new(items, o);
	}
	return json_pack("{ss sI so}", "cache", c->top, "bytes",
			 (json_int_t)c->bytes, only_taken ? "removed" : "items", items);
}

static void print_json(const struct cache *c, bool only_taken)
{
	json_t *o = to_json(c, only_taken);

	json_dumpf(o, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(o);
}

static void list(const struct options *o)
{
	struct cache c;
	struct err e;
	char size[32];

	if (cache__read(&c, &e))
		die_err(&e);
	if (!strcmp(o->format, "json")) {
		print_json(&c, false);
	} else {
		print_text(&c, false);
		printf("%-44s %8s %8s %8s\n", "all", "", "", cache__size_text(c.bytes, size));
		puts("\nAll of it can be made again. To get room: faultline cache prune --to 10G");
	}
	cache__free(&c);
}

static void choose(struct cache *c, const struct options *o)
{
	struct cache_limits l = { 0 };
	struct err e;

	if (!o->older_days && !o->has_to && cache__own_limits(&l, &e))
		die_err(&e);
	l.older_than_s = o->older_days * DAY_S;
	if (o->has_to)
		l.total = o->to ?: 1;	/* 0 bytes are asked for, 0 is no limit */
	cache__choose(c, &l);
}

static void say_pruned(struct cache *c, const struct options *o, size_t busy)
{
	uint64_t bytes = 0;
	size_t nr = 0;
	char size[32], left[32];

	for (size_t i = 0; i < c->nr; i++) {
		nr += c->item[i].taken;
		bytes += c->item[i].taken ? c->item[i].bytes : 0;
	}
	if (!strcmp(o->format, "json")) {
		print_json(c, true);
		return;
	}
	if (nr)
		print_text(c, true);
	printf("%s %s; %s left", o->dry ? "would remove" : "removed",
	       cache__size_text(bytes, size), cache__size_text(c->bytes - bytes, left));
	if (busy)
		printf("; %zu in use, and left alone", busy);
	putchar('\n');
}

static void prune(const struct options *o)
{
	struct err e, why = { 0 };
	size_t busy = 0;
	struct cache c;
	int lock, r = 0;

	lock = o->dry ? -1 : cache__lock(&e);
	if (lock < 0 && !o->dry)
		die_err(&e);
	if (cache__read(&c, &e))
		die_err(&e);
	choose(&c, o);
	if (!o->dry)
		r = cache__remove(&c, &busy, &why);
	say_pruned(&c, o, busy);
	fflush(stdout);
	if (r)
		die_err(&why);
	cache__free(&c);
	if (lock >= 0)
		close(lock);
}

int cmd_cache(int argc, char **argv)
{
	struct options o = { .verb = "list", .format = "text" };

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (strcmp(o.verb, "prune"))
		list(&o);
	else
		prune(&o);
	return ferror(stdout) || fflush(stdout) ? EXIT_STORAGE : EXIT_OK;
}
