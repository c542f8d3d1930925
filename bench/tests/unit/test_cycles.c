// SPDX-License-Identifier: GPL-2.0
/* Records with cycles: written, read back, refused. */
#include <math.h>
#include <zlib.h>

#include "unit.h"
#include "made_vitro.h"

static const struct truth hot = { 460, 4, 30, 2 }, cold = { 4300, 40, 300, 20 };
static const struct truth none = { 0 };

static struct record *read_back(const struct record *r, char *err)
{
	char *line = record__line(r);
	struct record *s = record__parse(line, strlen(line), err, 256);

	free(line);
	return s;
}

/* The record of text with what stands for its cycles, under a sound checksum. */
static struct record *parse_with(json_t *cycles, char *err)
{
	struct record *r = make_vitro("baseline", "off", "touch", 1, hot, cold,
				      true), *s;
	char *line = record__line(r), *text;
	json_t *o = json_loads(line, 0, NULL);

	free(line);
	json_object_del(o, "crc32");
	json_object_set_new(o, "cycles", cycles);
	text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	json_object_set_new(o, "crc32", json_sprintf("%08lx",
		crc32(0, (unsigned char *)text, strlen(text))));
	free(text);
	line = json_dumps(o, JSON_COMPACT);
	*err = '\0';
	s = record__parse(line, strlen(line), err, 256);
	free(line);
	json_decref(o);
	record__free(r);
	return s;
}

static json_t *sound(void)
{
	struct record *r = make_vitro("baseline", "off", "touch", 1, hot, cold,
				      true);
	json_t *o;

	r->cycles->pmu[PMU_CYCLES] = 455.5;
	o = cycles__to_json(r->cycles);
	record__free(r);
	return o;
}

static void cycles_survive_writing_and_reading(void **state)
{
	struct record *r = make_vitro("baseline", "off", "touch", 3, hot, cold,
				      true), *s;
	char err[256];
	struct err e;

	(void)state;
	r->cycles->pmu[PMU_INSTRUCTIONS] = 1378.6;
	s = read_back(r, err);
	assert_non_null(s);
	assert_true(record__bit_equal(r, s));
	assert_true(record__noisy(s));
	assert_float_equal(s->cycles->pmu[PMU_INSTRUCTIONS], 1378.6, 0);
	assert_true(s->cycles->pmu[PMU_CYCLES] < 0);
	assert_int_equal(s->cycles->mode[CYCLES_HOT].chunk, 512);
	assert_float_equal(s->cycles->mode[CYCLES_COLD].floor, 90, 0);
	s->cycles->mode[CYCLES_COLD].aa[31] += 1e-9;
	assert_false(record__bit_equal(r, s));
	record__free(s);
	s = record__copy(r, &e);
	cycles__free(s->cycles);
	s->cycles = NULL;
	assert_false(record__bit_equal(r, s));
	record__free(s);
	record__free(r);
}

static void one_mode_is_enough_and_none_is_not(void **state)
{
	struct record *r = make_vitro("baseline", "off", "touch", 1, hot, none,
				      false), *s;
	char err[256];

	(void)state;
	s = read_back(r, err);
	assert_non_null(s);
	assert_int_equal(s->cycles->mode[CYCLES_COLD].nr, 0);
	assert_null(s->cycles->mode[CYCLES_HOT].aa);
	record__free(s);
	r->cycles->mode[CYCLES_HOT].nr = 0;
	assert_int_equal(record__check(r, err, sizeof(err)), -1);
	assert_string_equal(err, "cycles, but neither hot nor cold");
	record__free(r);
}

static void an_invalid_record_has_a_reason_and_no_cycles(void **state)
{
	struct record *r = make_vitro("baseline", "off", "touch", 1, hot, cold,
				      false), *s;
	char err[256];

	(void)state;
	make_vitro_none(r, OUTCOME_RIG, "trap: kvm_flush_remote_tlbs");
	s = read_back(r, err);
	assert_non_null(s);
	assert_false(record__valid(s));
	assert_true(record__noisy(s));
	record__free(s);
	r->outcome = OUTCOME_OK;	/* but it measured nothing */
	assert_null(read_back(r, err));
	assert_string_equal(err, "rig vitro measures cycles, and there are none");
	record__free(r);
}

static void cycles_are_no_instructions(void **state)
{
	struct record *r = make_vitro("baseline", "off", "touch", 1, hot, cold,
				      false);
	char err[256];

	(void)state;
	r->bin[0] = (struct bin) { 460, 10 };
	r->nr_bins = 1;
	assert_int_equal(record__check(r, err, sizeof(err)), -1);
	assert_string_equal(err, "cycles and samples");
	r->nr_bins = 0;
	assert_int_equal(record__check(r, err, sizeof(err)), 0);
	free(r->rig);
	r->rig = xstrdup("tcg");
	assert_int_equal(record__check(r, err, sizeof(err)), -1);
	assert_non_null(strstr(err, "of rig tcg"));
	record__free(r);
}

static void the_denominator_counts_with_cycles_too(void **state)
{
	struct record *r = make_vitro("baseline", "off", "touch", 1, hot, cold,
				      false);
	char err[256];

	(void)state;
	r->stats.item[0].value = 9;
	assert_int_equal(record__check(r, err, sizeof(err)), -1);
	assert_string_equal(err, "pf_taken is 9, the workload must provoke 10");
	record__free(r);
}

static void refuse(json_t *cycles, const char *why)
{
	char err[256];

	assert_null(parse_with(cycles, err));
	if (!strstr(err, why))
		fail_msg("'%s', not '%s'", err, why);
}

static json_t *with(const char *key, json_t *value)
{
	json_t *o = sound();

	json_object_set_new(o, key, value);
	return o;
}

static json_t *without(const char *key)
{
	json_t *o = sound();

	json_object_del(o, key);
	return o;
}

static json_t *blocks(size_t n, double value)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, json_real(value));
	return a;
}

static void what_cannot_be_measured_is_no_record(void **state)
{
	char err[256];
	struct record *r = parse_with(sound(), err);
	json_t *o;

	(void)state;
	assert_non_null(r);
	record__free(r);
	refuse(json_integer(1), "unit \"tsc\" and chunk are needed");
	refuse(with("unit", json_string("instructions")), "unit \"tsc\"");
	refuse(without("unit"), "unit \"tsc\"");
	refuse(without("chunk"), "chunk are needed");
	refuse(without("floor_hot"), "all needed");
	refuse(without("kept_cold"), "all needed");
	refuse(without("hot"), "members of a mode without blocks");
	refuse(with("hto", blocks(32, 460)), "an unknown member");
	refuse(with("hot", json_string("460")), "not an array of numbers");
	refuse(with("aa_hot", json_integer(3)), "not as many numbers");
	refuse(with("aa_hot", blocks(31, 460)), "not as many numbers");
	refuse(with("hot", blocks(31, 460)), "not as many numbers");
	refuse(with("aa_hot", blocks(32, 0)), "hot: a block that is no positive");
	refuse(with("cold", blocks(32, -1)), "cold: a block that is no positive");
	refuse(with("kept_hot", json_real(1.01)), "no share");
	refuse(with("kept_hot", json_real(0)), "no share");
	refuse(with("floor_cold", json_real(-1)), "no cost");
	refuse(with("floor_cold", json_string("90")), "all needed");
	refuse(with("chunk", json_pack("{sisi}", "hot", 0, "cold", 1)), "all needed");
	refuse(with("chunk", json_pack("{sisi}", "hot", 1, "tepid", 1)),
	       "a chunk of an unknown mode");
	refuse(with("pmu", json_object()), "an unknown counter of a PMU");
	refuse(with("pmu", json_pack("{si}", "cache_misses", 1)),
	       "an unknown counter of a PMU");
	refuse(with("pmu", json_pack("{si}", "cycles", -1)), "invalid count of a PMU");
	o = without("aa_hot");
	json_object_set_new(o, "hot", blocks(7, 460));
	refuse(o, "8 to 1024 blocks");
	o = without("aa_hot");
	json_object_set_new(o, "hot", blocks(1025, 460));
	refuse(o, "8 to 1024 blocks");
}

static void no_figure_is_not_a_number(void **state)
{
	struct record *r = make_vitro("baseline", "off", "touch", 1, hot, cold,
				      true);
	struct cycles *c = r->cycles;
	double *all[] = {
		&c->mode[CYCLES_HOT].block[0], &c->mode[CYCLES_COLD].aa[31],
		&c->mode[CYCLES_HOT].floor, &c->mode[CYCLES_HOT].kept,
		&c->pmu[PMU_CYCLES],
	};
	char err[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		double was = *all[i];

		*all[i] = NAN;
		assert_int_equal(record__check(r, err, sizeof(err)), -1);
		*all[i] = INFINITY;
		assert_int_equal(record__check(r, err, sizeof(err)), -1);
		*all[i] = was;
		assert_int_equal(record__check(r, err, sizeof(err)), 0);
	}
	record__free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cycles_survive_writing_and_reading),
		cmocka_unit_test(one_mode_is_enough_and_none_is_not),
		cmocka_unit_test(an_invalid_record_has_a_reason_and_no_cycles),
		cmocka_unit_test(cycles_are_no_instructions),
		cmocka_unit_test(the_denominator_counts_with_cycles_too),
		cmocka_unit_test(what_cannot_be_measured_is_no_record),
		cmocka_unit_test(no_figure_is_not_a_number),
	};

	return cmocka_run_group_tests_name("cycles", tests, NULL, NULL);
}
