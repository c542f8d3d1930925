// SPDX-License-Identifier: GPL-2.0
/* The catalog answers a name that is not there, and a row that is wrong. */
#include <unistd.h>

#include "unit.h"
#include "catalog.h"

static char rows[] = "/tmp/faultline-rows.XXXXXX";

/* FAULTLINE_WORKLOADS with one more row. */
static void add_row(const char *text)
{
	FILE *f = fopen(rows, "w");

	fputs(text, f);
	fclose(f);
	setenv("FAULTLINE_WORKLOADS", rows, 1);
}

static void refused(const void *object, const struct err *e,
		    enum faultline_exit code, const char *says)
{
	assert_null(object);
	assert_int_equal(e->code, code);
	if (!strstr(e->text, says))
		fail_msg("\"%s\" lacks \"%s\"", e->text, says);
}

static void an_unknown_name_comes_back_with_the_known_ones(void **state)
{
	struct strlist names = { 0 };
	struct err e;

	(void)state;
	unsetenv("FAULTLINE_WORKLOADS");
	refused(catalog__variant("v0.9", "baseline", &e), &e, EXIT_UNKNOWN_NAME,
		"no base 'v0.9'; there are: v5.10, v5.15");
	refused(catalog__variant("v6.1", "nope", &e), &e, EXIT_UNKNOWN_NAME,
		"no variant 'nope'; there are: baseline, ");
	refused(catalog__variant("v6.1", "baseline+nope", &e), &e,
		EXIT_UNKNOWN_NAME, "no overlay 'nope'; there are: ");
	refused(catalog__variant("v6.1", "baseline@x", &e), &e,
		EXIT_UNKNOWN_NAME, "'x' is not a step; write baseline@N");
	refused(catalog__variant("v6.1", "baseline@99", &e), &e,
		EXIT_UNKNOWN_NAME, "step 99 is past the series");
	refused(catalog__profile("v6.1", "nope", &e), &e, EXIT_UNKNOWN_NAME,
		"no profile 'nope'; there are: off, ");
	refused(catalog__profile("v0.9", "off", &e), &e, EXIT_UNKNOWN_NAME,
		"no base 'v0.9'");
	refused(catalog__workload("v6.1", "nope+perf", &e), &e,
		EXIT_UNKNOWN_NAME, "no workload 'nope'; there are: ");
	strlist__add(&names, "nope@all");
	assert_int_equal(catalog__expand_variants("v6.1", &names, &e), -1);
	refused(NULL, &e, EXIT_UNKNOWN_NAME, "no variant 'nope'");
	strlist__free(&names);
}

/* How often the others are switched off, and where the profile's own words are. */
static void others_are_off_before_what_a_profile_names(void **state)
{
	struct err e;
	struct profile *off = catalog__profile("v6.1", "off", &e);
	struct profile *its = catalog__profile("v6.1", "its", &e);

	(void)state;
	assert_string_equal(off->cmdline, "mitigations=off");
	assert_ptr_equal(strstr(its->cmdline, "nopti l1tf=off "), its->cmdline);
	assert_true(strstr(its->cmdline, "indirect_target_selection=force") >
		    strstr(its->cmdline, "indirect_target_selection=off"));
	profile__free(its);
	profile__free(off);
}

static void a_profile_that_vitro_patches_nothing_of_says_why(void **state)
{
	struct err e;
	struct profile *off = catalog__profile("v6.1", "off", &e);
	struct profile *depth = catalog__profile("v7.3", "calldepth", &e);

	(void)state;
	assert_string_equal(off->vitro, "none");
	assert_string_equal(off->vitro_cannot, "");
	assert_string_equal(depth->vitro, "");
	assert_non_null(strstr(depth->vitro_cannot, "every return"));
	profile__free(depth);
	profile__free(off);
}

static void a_profile_of_a_group_is_not_one_of_all(void **state)
{
	struct strlist all = { 0 }, today = { 0 }, memory = { 0 };
	struct strlist every = { 0 }, none = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(catalog__profiles(&every, &e), 0);
	assert_int_equal(catalog__profiles_in("", &all, &e), 0);
	assert_int_equal(catalog__profiles_in("today", &today, &e), 0);
	assert_int_equal(catalog__profiles_in("memory", &memory, &e), 0);
	assert_int_equal(catalog__profiles_in("off", &none, &e), 0);
	assert_int_equal(all.nr + today.nr + memory.nr, every.nr);
	assert_true(strlist__has(&all, "distro"));
	assert_true(strlist__has(&today, "srso"));
	assert_true(strlist__has(&memory, "userfaultfd"));
	assert_int_equal(none.nr, 0);
	strlist__free(&memory);
	strlist__free(&today);
	strlist__free(&all);
	strlist__free(&every);
}

static void a_variant_of_a_group_is_not_one_of_all(void **state)
{
	struct strlist all = { 0 }, every = { 0 }, names = { 0 };
	struct err e;

	(void)state;
	strlist__add(&names, ALL);
	assert_int_equal(catalog__variants("v6.1", &every, &e), 0);
	assert_int_equal(catalog__variants_in("v6.1", "", &all, &e), 0);
	assert_int_equal(catalog__expand_variants("v6.1", &names, &e), 0);
	assert_int_equal(all.nr, 3);
	assert_int_equal(names.nr, 3);
	assert_true(strlist__has(&every, "no-const"));
	strlist__free(&names);
	strlist__add(&names, "baseline");
	strlist__add(&names, "factors");
	assert_int_equal(catalog__expand_variants("v6.1", &names, &e), 0);
	assert_int_equal(names.nr, 1 + every.nr - all.nr);
	assert_string_equal(names.item[0], "baseline");
	assert_true(strlist__has(&names, "no-const"));
	strlist__free(&names);
	strlist__free(&every);
	strlist__free(&all);
}

static char *skip_of(const char *base, const char *name)
{
	struct err e;
	struct profile *p = catalog__profile(base, name, &e);
	char *skip = p->skip ? xstrdup(p->skip) : xstrdup("");

	profile__free(p);
	return skip;
}

static void skip_is(const char *base, const char *name, const char *why)
{
	char *skip = skip_of(base, name);

	assert_string_equal(skip, why);
	free(skip);
}

static void a_profile_of_another_compiler_is_a_skip(void **state)
{
	(void)state;
	unsetenv("CC");
	skip_is("v6.1", "kcfi",
		"kernels are compiled by gcc here, and it needs clang (CC)");
	setenv("CC", "ccache clang-19", 1);
	skip_is("v6.1", "kcfi", "");
	skip_is("v6.1", "fineibt", "FineIBT came with 6.2");
	unsetenv("CC");
}

/* What a made-up folder of variants holds of v6.1. */
static void add_variant(const char *top, const char *below)
{
	char *dir = xasprintf("%s/v6.1/%s", top, below);
	char *conf = xasprintf("%s/%s.conf", dir, strchr(below, '/') ? "overlay" : "variant");
	FILE *f;

	assert_int_equal(path_make(dir), 0);
	f = fopen(conf, "w");
	assert_non_null(f);
	fputs("title = another\n", f);
	fclose(f);
	free(conf);
	free(dir);
}

static void two_folders_of_one_name_are_an_error_that_names_both(void **state)
{
	char top[] = "/tmp/faultline-variants.XXXXXX", *both, *own;
	const char *was = getenv("FAULTLINE_VARIANTS");
	char *before = was ? xstrdup(was) : NULL;
	struct strlist names = { 0 };
	struct variant *v;
	struct err e;

	(void)state;
	assert_non_null(mkdtemp(top));
	add_variant(top, "const-fields");
	add_variant(top, "mine");
	add_variant(top, "overlays/indirect");
	setenv("FAULTLINE_VARIANTS", top, 1);
	own = path_in_root("variants/v6.1/const-fields and %s/v6.1/const-fields; rename one", top);
	refused(catalog__variant("v6.1", "const-fields", &e), &e, EXIT_UNKNOWN_NAME, own);
	refused(catalog__variant("v6.1", "baseline+indirect", &e), &e, EXIT_UNKNOWN_NAME,
		"two folders are overlay 'indirect' of base v6.1: ");
	refused(catalog__overlay_title("v6.1", "indirect", &e), &e, EXIT_UNKNOWN_NAME,
		"two folders");
	strlist__add(&names, "const-fields@all");
	assert_int_equal(catalog__expand_variants("v6.1", &names, &e), -1);
	/* The others of that folder are there, and a folder that is named twice is one. */
	both = xasprintf("%s:%s/.", top, top);
	setenv("FAULTLINE_VARIANTS", both, 1);
	v = catalog__variant("v6.1", "mine", &e);
	assert_non_null(v);
	variant__free(v);
	if (before)
		setenv("FAULTLINE_VARIANTS", before, 1);
	else
		unsetenv("FAULTLINE_VARIANTS");
	strlist__free(&names);
	free(before);
	free(both);
	free(own);
}

static void a_wrong_row_comes_back_with_file_and_row(void **state)
{
	static const struct {
		const char *text, *says;
	} wrong[] = {
		{ "[w]\nguest = touch\nexpect = pf_taken\n",
		  "[w] expect: 'pf_taken' is not stat=number" },
		{ "[w]\nguest = touch\nexpect = io_exits=1 pf_taken=x\n",
		  "[w] expect pf_taken: 'x' is neither N nor a number" },
		{ "[w]\nguest = touch\nexpect = pf_taken=N\nevents = x\n",
		  ":4: [w] events = x: not a value it can have" },
		{ "[w]\nguest = touch\nexpect = pf_taken=N\nevent = 1\n",
		  ":4: [w] event = 1: no such key" },
		{ "[w]\nguest = touch\n", "[w] needs guest and expect" },
		{ "[w]\nguest = touch\nexpect = pf_taken=N\ntables = x\n",
		  "[w] tables = x: npt or ept" },
		{ "[w]\nguest = touch\nexpect = pf_taken=N\ntdp_mmu = x\n",
		  "[w] tdp_mmu = x: on or off" },
		{ "[w]\nguest = touch\nexpect = pf_taken=N\nshare = x\n",
		  "[w] share = x: all, or leave it out" },
		{ "[w]\nguest = touch\nexpect = pf_taken=N\nhost_memory = 2G\n",
		  "[w] host_memory = 2G: MiB, at most 16384" },
		{ "[w]\nguest = touch\nexpect = pf_taken=N\nhost = nx_huge_pages=Y\n",
		  "[w] host: 'nx_huge_pages=Y' is not MODULE.PARAMETER=PATTERN" },
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		add_row(wrong[i].text);
		refused(catalog__workload("v6.1", "w", &e), &e, EXIT_USAGE,
			wrong[i].says);
	}
	add_row("[w]\nguest\n");
	refused(catalog__workload("v6.1", "w", &e), &e, EXIT_MISSING,
		":2: neither");
	add_row("[w]\nguest = touch\nexpect = pf_taken=N\nthreads = 2 4\n");
	refused(catalog__workload("v6.1", "w-2", &e), &e, EXIT_USAGE,
		"[w] threads = 2 4: numbers from 1 to 8, 1 among them");
}

/* "linux" is by the name; a group that a row names counts more. */
static void a_workloads_group_is_its_rows(void **state)
{
	static const struct {
		const char *row, *name, *group;
	} is[] = {
		{ "[w]\nguest = touch\nexpect = pf_taken=N\n", "w", "" },
		{ "[w]\nguest = touch\nexpect = pf_taken=N\ngroup = g\n", "w", "g" },
		{ "[linux-w]\nguest = touch\nexpect = pf_taken=N\n", "linux-w", "linux" },
		{ "[linux-w]\nguest = touch\nexpect = pf_taken=N\ngroup = g\n",
		  "linux-w", "g" },
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(is); i++) {
		struct workload *w;

		add_row(is[i].row);
		w = catalog__workload("v6.1", is[i].name, &e);
		assert_non_null(w);
		assert_string_equal(workload__group(w), is[i].group);
		workload__free(w);
	}
}

/* On every base, whatever it counts besides: see event_exits in record.h. */
static void every_flat_workload_expects_its_exits(void **state)
{
	struct strlist bases = { 0 }, names = { 0 };
	size_t checked = 0;
	struct err e;

	(void)state;
	unsetenv("FAULTLINE_WORKLOADS");
	catalog__bases(&bases);
	assert_int_equal(catalog__workloads(&names, &e), 0);
	for (size_t i = 0; i < bases.nr * names.nr; i++) {
		struct workload *w = catalog__workload(bases.item[i / names.nr],
						       names.item[i % names.nr], &e);
		const bool flat = !w->threads && strcmp(w->rig, "vitro") &&
				  strncmp(w->cell.guest, "linux-", 6);
		struct numbers exact = { 0 }, noisy = { 0 };
		const struct number *n;

		workload__expect(w, "tcg", &exact);
		workload__expect(w, "metal", &noisy);
		n = numbers__find(&exact, w->cell.overlap ? "event_exits>=" :
							    "event_exits");
		assert_int_equal(!!n, flat);
		assert_int_equal(noisy.nr + flat, exact.nr);
		/* An event of L2 has exits of L1, one that is tried again two: rows say how many. */
		if (n && strcmp(w->cell.guest, "nested") && !w->cell.stale)
			assert_int_equal(n->value, w->cell.start == START_NOTHING ?
						   w->cell.events : 0);
		checked += flat;
		workload__free(w);
	}
	assert_true(checked >= 3 * 19);
	strlist__free(&names);
	strlist__free(&bases);
}

static void a_longer_message_says_that_it_is_cut(void **state)
{
	struct err e;
	char *most = xcalloc(1, sizeof(e.text) + 1);

	(void)state;
	memset(most, 'x', sizeof(e.text));
	most[sizeof(e.text) - 1] = '\0';
	assert_int_equal(err__set(&e, EXIT_USAGE, "%s", most), -1);
	assert_string_equal(e.text, most);
	most[sizeof(e.text) - 1] = 'x';
	err__set(&e, EXIT_USAGE, "%s", most);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_string_equal(e.text + sizeof(e.text) - 5, "x...");
	free(most);
}

/* build/unit/test_catalog: the checkout is three levels up. */
static int begin(void **state)
{
	char root[4096] = "";

	(void)state;
	if (readlink("/proc/self/exe", root, sizeof(root) - 1) < 0)
		return -1;
	for (int up = 0; up < 3; up++)
		*strrchr(root, '/') = '\0';
	setenv("FAULTLINE_ROOT", root, 0);
	return mkstemp(rows) < 0;
}

static int end(void **state)
{
	(void)state;
	return remove(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unknown_name_comes_back_with_the_known_ones),
		cmocka_unit_test(two_folders_of_one_name_are_an_error_that_names_both),
		cmocka_unit_test(a_wrong_row_comes_back_with_file_and_row),
		cmocka_unit_test(a_workloads_group_is_its_rows),
		cmocka_unit_test(every_flat_workload_expects_its_exits),
		cmocka_unit_test(a_longer_message_says_that_it_is_cut),
		cmocka_unit_test(others_are_off_before_what_a_profile_names),
		cmocka_unit_test(a_profile_that_vitro_patches_nothing_of_says_why),
		cmocka_unit_test(a_profile_of_a_group_is_not_one_of_all),
		cmocka_unit_test(a_variant_of_a_group_is_not_one_of_all),
		cmocka_unit_test(a_profile_of_another_compiler_is_a_skip),
	};

	return cmocka_run_group_tests_name("catalog", tests, begin, end);
}
