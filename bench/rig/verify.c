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

enum outcome verify__profile(const struct profile *p, json_t *host,
				  char **why)
{
	enum outcome outcome = OUTCOME_OK;
	struct strlist rules = { 0 };

	strlist__split(&rules, p->verify, ';');
	for (size_t i = 0; i < rules.nr && outcome == OUTCOME_OK; i++) {
		char *rule = rules.item[i] + strspn(rules.item[i], " ");
		char *pattern = strchr(rule, '='), *key;
		const char *says;

		if (!pattern)
			continue;
		*pattern++ = '\0';
		key = xasprintf("vuln/%s", rule);
		says = json_string_value(json_object_get(host, key));
		if (says && !fnmatch(pattern, says, FNM_EXTMATCH)) {
			free(key);
			continue;
		}
		if (says && !strcmp(says, "Not affected")) {
			outcome = OUTCOME_SKIP;
			*why = xasprintf("profile %s: this CPU model is not affected by %s",
					 p->name, rule);
		} else {
			outcome = OUTCOME_PROFILE;
			*why = xasprintf("profile %s: %s must be '%s', the host reports '%s'",
					 p->name, rule, pattern,
					 says ? says : "nothing");
		}
		free(key);
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
