// SPDX-License-Identifier: GPL-2.0
/*
 * Is a host what its profile says: sysfs, a module's parameter, the kernel's
 * configuration; and when a CPU model cannot have a profile.
 */
#include "unit.h"
#include "scratch.h"
#include "verify.h"

static enum outcome check(const char *verify, const char *cannot, json_t *host,
			  const char *kernel, char **why)
{
	const struct profile p = {
		.name = (char *)"p", .verify = (char *)verify,
		.cannot = (char *)cannot, .models = (char *)"model m has it",
	};

	*why = NULL;
	return verify__profile(&p, host, kernel, why);
}

/* What is said of it: "" where nothing is wrong. */
static void is(enum outcome outcome, const char *why, const char *verify,
	       const char *cannot, const char *kernel)
{
	json_t *host = json_pack("{ss ss ss ss}",
		"vuln/spectre_v2", "Mitigation: Retpolines; BHI: Not affected",
		"vuln/tsa", "Not affected", "vuln/vmscape", "Vulnerable",
		"kvm_amd.npt", "Y");
	char *said;

	assert_int_equal(check(verify, cannot, host, kernel, &said), outcome);
	assert_string_equal(said ?: "", why);
	free(said);
	json_decref(host);
}

static void what_matches_is_the_profile(void **state)
{
	(void)state;
	is(OUTCOME_OK, "", "spectre_v2=Mitigation: Retp*; vmscape=@(Vulnerable|x)", "", NULL);
	is(OUTCOME_OK, "", "kvm_amd.npt=Y", "vmscape=Mitigation*; kvm_intel.ept=*", NULL);
}

static void what_does_not_match_is_invalid(void **state)
{
	(void)state;
	is(OUTCOME_PROFILE,
	   "profile p: vmscape must be 'Mitigation*', the host reports 'Vulnerable'",
	   "spectre_v2=*; vmscape=Mitigation*", "", NULL);
	is(OUTCOME_PROFILE, "profile p: srso must be '*', the host reports 'nothing'",
	   "srso=*", "", NULL);
	is(OUTCOME_PROFILE,
	   "profile p: kvm_intel.ept must be 'Y', the host reports 'nothing'",
	   "kvm_intel.ept=Y", "", NULL);
}

static void a_model_that_is_not_affected_is_a_skip(void **state)
{
	(void)state;
	is(OUTCOME_SKIP,
	   "profile p: this CPU model is not affected by tsa; model m has it",
	   "tsa=Mitigation*", "", NULL);
}

static void a_model_that_cannot_is_a_skip_before_anything_is_wrong(void **state)
{
	(void)state;
	is(OUTCOME_SKIP,
	   "profile p: this host cannot have it, it reports vmscape 'Vulnerable'; model m has it",
	   "vmscape=Mitigation*", "srso=*; vmscape=Vulnerable", NULL);
	is(OUTCOME_SKIP,
	   "profile p: this host cannot have it, it reports kvm_amd.npt 'Y'; model m has it",
	   "vmscape=Mitigation*", "kvm_amd.npt=*", NULL);
}

static void a_star_is_every_vulnerability_that_no_rule_names(void **state)
{
	(void)state;
	is(OUTCOME_OK, "", "vmscape=Vulnerable; *=@(Mitigation*|Not affected)", "", NULL);
	is(OUTCOME_PROFILE,
	   "profile p: vmscape must be '@(Mitigation*|Not affected)', the host reports 'Vulnerable'",
	   "spectre_v2=Mitigation*; *=@(Mitigation*|Not affected)", "", NULL);
}

static void a_kconfig_line_is_read_in_the_kernels_folder(void **state)
{
	char dir[] = "/tmp/faultline-verify.XXXXXX", *path;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = xasprintf("%s/config", dir);
	f = fopen(path, "w");
	fputs("CONFIG_A_B=y\n# CONFIG_C is not set\nCONFIG_A=m\n", f);
	fclose(f);
	is(OUTCOME_OK, "", "CONFIG_A=m; CONFIG_A_B=y; CONFIG_C=n", "", dir);
	is(OUTCOME_PROFILE, "profile p: CONFIG_C must be 'y', the host reports 'n'",
	   "CONFIG_C=y", "", dir);
	is(OUTCOME_PROFILE, "profile p: CONFIG_A must be 'm', the host reports 'nothing'",
	   "CONFIG_A=m", "", NULL);
	free(path);
	assert_int_equal(scratch__remove(dir), 0);
}

/* Of a workload: what its host must report of KVM's parameters. */
static void a_host_without_a_workloads_parameter_is_invalid(void **state)
{
	json_t *host = json_pack("{ss ss}", "kvm.nx_huge_pages", "Y", "kvm.a", "N");
	struct workload w = { .name = (char *)"w" };
	static const struct {
		const char *rules, *why;
	} is[] = {
		{ "", NULL },
		{ "kvm.nx_huge_pages=Y kvm.a=@(N|0)", NULL },
		{ "kvm.nx_huge_pages=Y kvm.a=Y",
		  "workload w: kvm.a must be 'Y', the host reports N" },
		{ "kvm.b=Y", "workload w: kvm.b must be 'Y', the host reports nothing" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(is); i++) {
		char *why = NULL;

		w.host = (char *)is[i].rules;
		assert_int_equal(verify__host(&w, host, &why),
				 is[i].why ? OUTCOME_PROFILE : OUTCOME_OK);
		assert_string_equal(why ?: "", is[i].why ?: "");
		free(why);
	}
	json_decref(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_matches_is_the_profile),
		cmocka_unit_test(what_does_not_match_is_invalid),
		cmocka_unit_test(a_model_that_is_not_affected_is_a_skip),
		cmocka_unit_test(a_model_that_cannot_is_a_skip_before_anything_is_wrong),
		cmocka_unit_test(a_star_is_every_vulnerability_that_no_rule_names),
		cmocka_unit_test(a_host_without_a_workloads_parameter_is_invalid),
		cmocka_unit_test(a_kconfig_line_is_read_in_the_kernels_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
