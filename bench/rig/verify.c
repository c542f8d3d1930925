// SPDX-License-Identifier: GPL-2.0
/*
 * What a host reported, checked against what it was to be: its profile, its
 * MMU, the end of its cell.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "verify.h"
#include "wire.h"

/* A rule's left side names no file: each one that no other rule names. */
#define EVERY_OTHER	"*"
#define KCONFIG		"CONFIG_"

struct rule {
	char *name, *pattern;	/* into the text that it was split from */
};

/* Return: is it one? "name=pattern", a Kconfig line among them. */
static bool rule_of(char *text, struct rule *r)
{
	r->name = text + strspn(text, " ");
	r->pattern = strchr(r->name, '=');
	if (!r->pattern)
		return false;
	*r->pattern++ = '\0';
	return true;
}

/* What the kernel was built with, "n" where it was not; allocated. */
static char *built_with(const char *kernel, const char *option)
{
	char *path = xasprintf("%s/config", kernel ?: "");
	char *text = kernel ? path_read(path, NULL) : NULL, *value = NULL;
	size_t n = strlen(option);

	for (char *at = text; at && !value; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!strncmp(at, option, n) && at[n] == '=')
			value = xasprintf("%.*s", (int)strcspn(at + n + 1, "\n"),
					  at + n + 1);
	}
	if (text && !value)
		value = xstrdup("n");
	free(text);
	free(path);
	return value;
}

/*
 * A file of vulnerabilities/, with a dot a module's parameter, or a line of
 * the kernel's configuration; allocated, NULL where there is none.
 */
static char *says(json_t *host, const char *kernel, const char *name)
{
	char *key;
	const char *text;

	if (!strncmp(name, KCONFIG, strlen(KCONFIG)))
		return built_with(kernel, name);
	key = strchr(name, '.') ? xstrdup(name) : xasprintf("vuln/%s", name);
	text = json_string_value(json_object_get(host, key));
	free(key);
	return text ? xstrdup(text) : NULL;
}

/* Where the profile is available, for the end of a reason; allocated. */
static char *elsewhere(const struct profile *p)
{
	return *p->models ? xasprintf("; %s", p->models) : xstrdup("");
}

static enum outcome check_cannot(const struct profile *p, json_t *host,
				 const char *kernel, char **why)
{
	struct strlist rules = { 0 };

	strlist__split(&rules, p->cannot, ';');
	for (size_t i = 0; i < rules.nr && !*why; i++) {
		char *text = NULL, *where;
		struct rule r;

		if (!rule_of(rules.item[i], &r))
			continue;
		text = says(host, kernel, r.name);
		if (text && !fnmatch(r.pattern, text, FNM_EXTMATCH)) {
			where = elsewhere(p);
			*why = xasprintf("profile %s: this host cannot have it, it reports %s '%s'%s",
					 p->name, r.name, text, where);
			free(where);
		}
		free(text);
	}
	strlist__free(&rules);
	return *why ? OUTCOME_SKIP : OUTCOME_OK;
}

static enum outcome check_rule(const struct profile *p, const char *name,
			       const char *pattern, const char *text, char **why)
{
	char *where;

	if (text && !fnmatch(pattern, text, FNM_EXTMATCH))
		return OUTCOME_OK;
	if (text && !strcmp(text, "Not affected")) {
		where = elsewhere(p);
		*why = xasprintf("profile %s: this CPU model is not affected by %s%s",
				 p->name, name, where);
		free(where);
		return OUTCOME_SKIP;
	}
	*why = xasprintf("profile %s: %s must be '%s', the host reports '%s'",
			 p->name, name, pattern, text ?: "nothing");
	return OUTCOME_PROFILE;
}

/* Every vulnerability but those that the profile's rules name. */
static enum outcome check_others(const struct profile *p, json_t *host,
				 const char *pattern, char **why)
{
	enum outcome outcome = OUTCOME_OK;
	json_t *value;
	const char *key;

	json_object_foreach(host, key, value) {
		const char *name = key + strlen("vuln/");
		char *named;

		if (strncmp(key, "vuln/", strlen("vuln/")) ||
		    outcome != OUTCOME_OK)
			continue;
		named = xasprintf("%s=", name);
		if (!strstr(p->verify, named))
			outcome = check_rule(p, name, pattern,
					     json_string_value(value), why);
		free(named);
	}
	return outcome;
}

enum outcome verify__profile(const struct profile *p, json_t *host,
			     const char *kernel, char **why)
{
	enum outcome outcome = check_cannot(p, host, kernel, why);
	struct strlist rules = { 0 };

	strlist__split(&rules, p->verify, ';');
	for (size_t i = 0; i < rules.nr && outcome == OUTCOME_OK; i++) {
		char *text;
		struct rule r;

		if (!rule_of(rules.item[i], &r))
			continue;
		if (!strcmp(r.name, EVERY_OTHER)) {
			outcome = check_others(p, host, r.pattern, why);
			continue;
		}
		text = says(host, kernel, r.name);
		outcome = check_rule(p, r.name, r.pattern, text, why);
		free(text);
	}
	strlist__free(&rules);
	return outcome;
}

static const char *host_says(json_t *host, const char *key)
{
	return json_string_value(json_object_get(host, key)) ?: "nothing";
}

/*
 * Without nested paging there is no TDP MMU, whatever its parameter is.
 */
enum outcome verify__tdp_mmu(const struct workload *w, json_t *host,
				  char **why)
{
	const char *tdp_mmu = host_says(host, "kvm.tdp_mmu");
	bool intel = json_object_get(host, "kvm_intel.ept");
	const char *paging = intel ? "ept" : "npt";
	const char *tdp = host_says(host, intel ? "kvm_intel.ept" : "kvm_amd.npt");
	bool on = strchr("Y1", *tdp_mmu) && strchr("Y1", *tdp);

	if (!*w->tdp_mmu || on == !strcmp(w->tdp_mmu, "on"))
		return OUTCOME_OK;
	*why = xasprintf("workload %s: the TDP MMU must be %s, the host reports tdp_mmu=%s %s=%s",
			 w->name, w->tdp_mmu, tdp_mmu, paging, tdp);
	return OUTCOME_PROFILE;
}

/* A rule is "kvm.nx_huge_pages=Y", a pattern after the "=" as in a profile's. */
enum outcome verify__host(const struct workload *w, json_t *host, char **why)
{
	struct strlist rules = { 0 };
	enum outcome outcome = OUTCOME_OK;

	strlist__split(&rules, w->host, ' ');
	for (size_t i = 0; i < rules.nr && outcome == OUTCOME_OK; i++) {
		const char *says;
		struct rule r;

		if (!rule_of(rules.item[i], &r))
			continue;
		says = host_says(host, r.name);
		if (!fnmatch(r.pattern, says, FNM_EXTMATCH))
			continue;
		*why = xasprintf("workload %s: %s must be '%s', the host reports %s",
				 w->name, r.name, r.pattern, says);
		outcome = OUTCOME_PROFILE;
	}
	strlist__free(&rules);
	return outcome;
}

enum outcome verify__channel(const struct channel_log *h, char **why)
{
	if (h->damaged || !h->done) {
		*why = xasprintf("%s", h->why ? h->why : "the channel is cut short");
		return OUTCOME_LOST;
	}
	if (!strcmp(h->end, WIRE_PASS))
		return OUTCOME_OK;
	*why = xstrdup(h->why);
	return !strcmp(h->end, WIRE_GUEST_HANG) ? OUTCOME_GUEST_HANG :
	       !strcmp(h->end, WIRE_SKIP) ? OUTCOME_SKIP : OUTCOME_GUEST_FAIL;
}
