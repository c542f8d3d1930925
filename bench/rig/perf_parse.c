// SPDX-License-Identifier: GPL-2.0
/*
 * perf in the host, seen from outside: the archive that brings it there, and its
 * output as counters in the record, checked against KVM's own.
 *
 * Counters are stats called perf/EVENT. An event that was not counted is in the
 * host's `perf/lacks` instead, with the reason.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "perf_parse.h"

#define FAULT_EVENT	"kvm:kvm_page_fault"
#define LACKS		"perf/lacks"

bool perf_parse__wanted(const struct workload *w)
{
	return *w->cell.perf;
}

/* Without the clock watchdog, so that timers, and samples, are on time. */
const char *perf_parse__cmdline(const struct workload *w)
{
	return strcmp(w->cell.perf, PERF_PROFILE) ? "" : " tsc=reliable";
}

static void say_info(json_t *host, const char *dir)
{
	static const char *const keys[] = { "version", "perf_sha256" };
	char *path = xasprintf("%s/info", dir);
	char err[256];
	struct conf c;

	if (!conf__read(&c, path, err, sizeof(err))) {
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			char *key = xasprintf("perf/%s", keys[i]);
			const char *v = conf__get(&c, "", keys[i]);

			json_object_set_new(host, key, json_string(v ?: ""));
			free(key);
		}
		conf__free(&c);
	}
	free(path);
}

/* The folder that the script printed, run by the first of several boots. */
static char *perf_dir;

int perf_parse__prepare(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	char *script = path_in_root("scripts/build-perf"), *dir;
	const char *argv[] = { script, NULL };
	int code = 0;

	pthread_mutex_lock(&lock);
	if (!perf_dir) {
		dir = spawn__script(argv, &code);
		dir[strcspn(dir, "\n")] = '\0';
		if (code) {
			free(dir);
		} else {
			lock__hold_folder(dir);
			perf_dir = dir;
		}
	}
	pthread_mutex_unlock(&lock);
	free(script);
	return code < 0 ? EXIT_INTERNAL : code;
}

char *perf_parse__archive(struct record *r)
{
	if (perf_parse__prepare()) {
		r->why = xstrdup("perf cannot be packed for the host; run: scripts/build-perf");
		return NULL;
	}
	say_info(r->host, perf_dir);
	return xasprintf("%s/perf.cpio", perf_dir);
}

static void add_lack(struct record *r, const char *event, const char *why)
{
	const char *have = json_string_value(json_object_get(r->host, LACKS));
	char *text = xasprintf("%s%s%s: %s", have ?: "", have ? "; " : "",
			       event, why);

	json_object_set_new(r->host, LACKS, json_string(text));
	free(text);
}

static void add_count(struct record *r, const char *what, double value)
{
	char *name = xasprintf("perf/%s", what);

	numbers__add(&r->stats, name, value + 0.5);
	free(name);
}

/*
 * Why a counter of this PMU is impossible, or NULL.
 */
static const char *why_impossible(const struct record *r, const char *event,
				  double value)
{
	if (!strncmp(event, "instructions", 12) && value < r->events)
		return "the PMU miscounts: fewer instructions than faults";
	if (!strncmp(event, "cycles", 6) && value < r->events)
		return "the PMU miscounts: fewer cycles than faults";
	if (!strcmp(event, "msr/tsc/") && value < r->total * 0.5)
		return "the PMU miscounts: less than half of the doorbell's ticks";
	return NULL;
}

/* One line of `perf stat -j`. False: it is not one. */
static bool take_count(struct record *r, const char *line)
{
	json_t *o = json_loads(line, 0, NULL);
	const char *value, *event, *unit = "", *why;
	double running = 100, n;
	char *end, *name;

	if (!o || json_unpack(o, "{ss ss s?s s?F}", "counter-value", &value,
			      "event", &event, "unit", &unit, "pcnt-running",
			      &running)) {
		json_decref(o);
		return false;
	}
	n = strtod(value, &end);
	why = end == value || *end ? value :
	      running < 100 ? "multiplexed with other events, so only an estimate" :
	      strstr(event, ":u") ? "counted in user space only; see perf_event_paranoid" :
	      why_impossible(r, event, n);
	if (why) {
		add_lack(r, event, why);
	} else {
		bool msec = !strcmp(unit, "msec");

		name = xasprintf("%s%s", event, msec ? "_ns" : "");
		add_count(r, name, msec ? n * 1e6 : n);
		free(name);
	}
	json_decref(o);
	return true;
}

/* "npf  4096  99.95%  99.9%  2.10us  3.90us  2.66us ( +- 0.1% )" */
static bool take_exit(struct record *r, const char *line)
{
	unsigned long long n;
	char reason[64], *name;
	double avg;

	if (sscanf(line, "%63s %llu %*f%% %*f%% %*fus %*fus %lfus", reason, &n,
		   &avg) != 3)
		return false;
	name = xasprintf("exit/%s", reason);
	add_count(r, name, n);
	free(name);
	name = xasprintf("exit_ns/%s", reason);
	add_count(r, name, avg * 1000);
	free(name);
	return true;
}

/* "     123;[k] kvm_faultin_pfn" */
static bool take_sample(struct record *r, const char *line)
{
	unsigned long long n;
	char symbol[128], where, *name;

	if (sscanf(line, " %llu ;[%c] %127s", &n, &where, symbol) != 3)
		return false;
	name = xasprintf("profile/%s%s", where == 'g' ? "guest:" :
			 where == 'k' ? "" : "user:", symbol);
	add_count(r, name, n);
	free(name);
	return true;
}

static bool has_prefix(const struct record *r, const char *prefix)
{
	for (size_t i = 0; i < r->stats.nr; i++) {
		if (!strncmp(r->stats.item[i].name, prefix, strlen(prefix)))
			return true;
	}
	return false;
}

/* perf and KVM must have counted the same number of faults. */
static enum outcome check_against_kvm(const struct record *r, char **why)
{
	static const char *const ours[] = {
		"perf/" FAULT_EVENT, "perf/exit/npf", "perf/exit/EPT_VIOLATION",
	};
	const struct number *kvm = numbers__find(&r->stats, "pf_taken");

	for (size_t i = 0; kvm && i < ARRAY_SIZE(ours); i++) {
		const struct number *n = numbers__find(&r->stats, ours[i]);

		if (!n || n->value == kvm->value)
			continue;
		*why = xasprintf("%s is %lld, KVM's pf_taken %lld", ours[i],
				 (long long)n->value, (long long)kvm->value);
		return OUTCOME_DENOMINATOR;
	}
	return OUTCOME_OK;
}

enum outcome perf_parse__take(const struct channel_log *h, const struct workload *w,
			struct record *r, char **why)
{
	bool (*take)(struct record *r, const char *line) =
		!strcmp(w->cell.perf, PERF_EXITS) ? take_exit :
		!strcmp(w->cell.perf, PERF_PROFILE) ? take_sample : take_count;
	const char *ran = json_string_value(json_object_get(r->host, "perf"));

	if (!perf_parse__wanted(w))
		return OUTCOME_OK;
	for (size_t i = 0; i < h->perf.nr; i++)
		take(r, h->perf.item[i]);
	if (!ran || strcmp(ran, "ran")) {
		*why = xasprintf("perf %s", ran ?: "printed nothing");
		return OUTCOME_RIG;
	}
	if (!has_prefix(r, "perf/")) {
		*why = xasprintf("perf counted nothing: %.200s", h->perf.nr ?
				 h->perf.item[0] : "it printed nothing");
		return OUTCOME_RIG;
	}
	return check_against_kvm(r, why);
}
