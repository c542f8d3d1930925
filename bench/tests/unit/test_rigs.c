// SPDX-License-Identifier: GPL-2.0
/*
 * The table of rigs: what records are read by, and that every rig that can be
 * run has its row.
 */
#include "unit.h"
#include "made_vitro.h"
#include "rig.h"
#include "rigs.h"

/* A record of another program's rig: cycles or samples, as `cycles` says. */
static struct record *foreign(bool cycles)
{
	struct record *r = record__new();
	const double block[] = { 10, 11, 12, 13, 14, 15, 16, 17 };

	r->base = xstrdup("v6.1");
	r->variant = xstrdup("mine");
	r->profile = xstrdup("off");
	r->workload = xstrdup("touch-write");
	r->rig = xstrdup("of-tomorrow");
	r->boot = 1;
	r->time = xstrdup("2026-11-27T00:00:00Z");
	r->vmlinux_sha256 = xstrdup("");
	r->handler_sha256 = xstrdup("");
	r->outcome = OUTCOME_OK;
	r->why = xstrdup("");
	r->events = 8;
	if (cycles) {
		struct cycles_series *s;

		r->cycles = cycles__new();
		s = &r->cycles->mode[CYCLES_HOT];
		s->block = xcalloc(8, sizeof(*s->block));
		memcpy(s->block, block, sizeof(block));
		s->nr = 8;
		s->chunk = 1;
		s->kept = 1;
	} else {
		r->bin = xcalloc(1, sizeof(*r->bin));
		r->bin[0] = (struct bin) { .ticks = 100, .count = 8 };
		r->nr_bins = 1;
	}
	return r;
}

static struct record *through_text(const struct record *r, char *err, size_t n)
{
	char *line = record__line(r);
	struct record *back = record__parse(line, strlen(line), err, n);

	free(line);
	return back;
}

static void an_unknown_rig_is_what_its_records_are(void **state)
{
	char err[256] = "";

	(void)state;
	for (int cycles = 0; cycles < 2; cycles++) {
		struct record *r = foreign(cycles), *back;

		back = through_text(r, err, sizeof(err));
		assert_string_equal(err, "");
		assert_non_null(back);
		assert_string_equal(back->rig, "of-tomorrow");
		assert_int_equal(record__noisy(back), cycles);
		assert_true(record__bit_equal(r, back));
		record__free(back);
		record__free(r);
	}
	assert_string_equal(rigs__facts("of-tomorrow")->unit, "boot");
	assert_false(rigs__facts("of-tomorrow")->paired);
}

static void an_unknown_rigs_record_is_still_checked(void **state)
{
	struct record *r = foreign(false), *back;
	char err[256] = "";

	(void)state;
	r->bin[0].count = 7;
	back = through_text(r, err, sizeof(err));
	assert_null(back);
	assert_non_null(strstr(err, "7 samples for 8 events"));
	record__free(r);
}

static void an_exact_rig_has_no_cycles(void **state)
{
	struct record *r = foreign(true);
	char err[256];

	(void)state;
	free(r->rig);
	r->rig = xstrdup(rigs__first(RIG_INSTRUCTIONS)->name);
	assert_int_equal(record__check(r, err, sizeof(err)), -1);
	assert_string_equal(err, "cycles of rig tcg, which measures none");
	record__free(r);
}

static void a_rig_without_guests_has_no_samples(void **state)
{
	struct record *r = foreign(true);
	char err[256];

	(void)state;
	free(r->rig);
	r->rig = xstrdup("vitro");
	assert_int_equal(record__check(r, err, sizeof(err)), 0);
	r->bin = xcalloc(1, sizeof(*r->bin));
	r->bin[0] = (struct bin) { .ticks = 100, .count = 8 };
	r->nr_bins = 1;
	assert_int_equal(record__check(r, err, sizeof(err)), -1);
	assert_string_equal(err, "cycles and samples");
	record__free(r);
}

/* A row that `run` can use has a file in bench/rig, and the list its order. */
static void rigs_are_listed_in_the_tables_order(void **state)
{
	size_t nr = 0;

	(void)state;
	for (size_t i = 0; rigs__row(i); i++) {
		const struct rig_facts *row = rigs__row(i);

		assert_ptr_equal(rigs__facts(row->name), row);
		if (!row->boots)
			continue;
		assert_non_null(rig__nth(nr));
		assert_string_equal(rig__nth(nr++)->name, row->name);
	}
	assert_null(rig__nth(nr));
	assert_ptr_equal(rig__default(), rig__nth(0));
	assert_true(rig__default()->boot != NULL);
}

static void a_models_records_are_its_rigs(void **state)
{
	(void)state;
	assert_string_equal(rigs__facts("bochs-intel")->name, "bochs");
	assert_string_equal(rigs__facts("tcg-of-tomorrow")->name, "tcg");
	assert_int_equal(rigs__facts("bochs-amd")->figure, RIG_INSTRUCTIONS);
	/* A name that only begins like a rig's is another rig. */
	assert_string_equal(rigs__facts("tcgx")->name, "");
	assert_true(rigs__names_model("bochs-intel"));
	assert_false(rigs__names_model("tcg"));
	assert_false(rigs__names_model("tcgx"));
	assert_string_equal(rigs__facts("metallic")->name, "");
	assert_string_equal(rigs__model("bochs-intel")->vendor, VENDOR_INTEL);
	assert_string_equal(rigs__model("tcg")->vendor, VENDOR_AMD);
	assert_null(rigs__model("bochs"));
	assert_null(rigs__model("bochs-of-tomorrow"));
	assert_null(rigs__model("of-tomorrow"));
	assert_null(rigs__model("vitro"));
}

static void every_model_has_a_rig_and_a_name_of_its_own(void **state)
{
	(void)state;
	for (size_t r = 0; rigs__row(r); r++) {
		const struct rig_model *m;
		size_t by_default = 0, plain = 0, i;

		for (i = 0; (m = rigs__model_of(rigs__row(r)->name, i)); i++) {
			char *cell = rigs__cell_name(m);

			assert_ptr_equal(rigs__model(cell), m);
			assert_ptr_equal(rigs__facts(cell), rigs__row(r));
			by_default += m->by_default;
			plain += m->plain;
			free(cell);
		}
		assert_int_equal(i > 0, by_default > 0);
		assert_true(plain <= 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unknown_rig_is_what_its_records_are),
		cmocka_unit_test(an_unknown_rigs_record_is_still_checked),
		cmocka_unit_test(an_exact_rig_has_no_cycles),
		cmocka_unit_test(a_rig_without_guests_has_no_samples),
		cmocka_unit_test(a_models_records_are_its_rigs),
		cmocka_unit_test(every_model_has_a_rig_and_a_name_of_its_own),
		cmocka_unit_test(rigs_are_listed_in_the_tables_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
