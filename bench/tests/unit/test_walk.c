// SPDX-License-Identifier: GPL-2.0
/*
 * The walk of vitro's tables: each kind of wrong entry is planted by hand and
 * must be told in words. Entries are written as numbers worked out from the
 * manuals' figures, not by the walk's own names for bits.
 */
#include "unit.h"

#include "walk.h"

#define PHYS		0x8000000UL
#define TABLES		6
#define SLOT_GFN	0x40000UL	/* 1 GiB: index 0, 1, 0, 0 */
#define SLOT_PFN	0xc000UL

/* Long mode: present, writable, user (7), accessed, dirty (0x60), PS (0x80). */
#define LONG_TABLE	0x27UL
#define LONG_PAGE	0x67UL
#define LONG_2M		0xe7UL
/* EPT: RWX (7), write-back (0x30), ignore PAT (0x40), A, D (0x300), PS (0x80). */
#define EPT_TABLE	0x107UL
#define EPT_PAGE	0x377UL
#define EPT_2M		0x3f7UL

static vitro_u64 (*tables)[512];
static struct vitro_env env;
static struct walk walk;
static struct walk_result result;

static vitro_u64 table(int i)
{
	return PHYS + i * 4096UL;
}

/* Four pages of 4 KiB at the slot's start, one of 2 MiB 512 frames on. */
static int setup(void **state)
{
	const int ept = *state != NULL;
	const vitro_u64 down = ept ? EPT_TABLE : LONG_TABLE;
	int i;

	tables = aligned_alloc(4096, TABLES * 4096);
	memset(tables, 0, TABLES * 4096);
	env = (struct vitro_env){
		.page_offset = (vitro_u64)tables - PHYS,
		.phys = PHYS, .phys_size = TABLES * 4096,
	};
	walk = (struct walk){
		.env = &env, .mmu = VITRO_TDP,
		.bits = ept ? VITRO_EPT : VITRO_NPT,
		.root = { .root = table(0), .level = 4, .pfn = SLOT_PFN },
		.base_gfn = SLOT_GFN,
	};
	tables[0][0] = table(1) | down;
	tables[1][1] = table(2) | down;
	tables[2][0] = table(3) | down;
	for (i = 0; i < 4; i++)
		tables[3][i] = (SLOT_PFN + i) << 12 | (ept ? EPT_PAGE : LONG_PAGE);
	tables[2][1] = (SLOT_PFN + 512) << 12 | (ept ? EPT_2M : LONG_2M);
	return 0;
}

static int setup_ept(void **state)
{
	*state = &env;		/* anything but NULL */
	return setup(state);
}

static int teardown(void **state)
{
	(void)state;
	free(tables);
	tables = NULL;
	return 0;
}

static const struct walk_expect good[] = {
	{ .want = WALK_PAGE, .first = SLOT_GFN, .n = 4, .stride = 1,
	  .page_size = 4096, .writable = 1 },
	{ .want = WALK_ABSENT, .first = SLOT_GFN + 4, .n = 508, .stride = 1 },
	{ .want = WALK_PAGE, .first = SLOT_GFN + 512, .n = 512, .stride = 128,
	  .page_size = 2 << 20, .writable = 1 },
	{ .want = WALK_ABSENT, .first = 0xc0000, .n = 1, .stride = 1 },
};

#define ALL		(4 + 508 + 4 + 1)

static int check(void)
{
	return walk_check(&walk, good, 4, &result);
}

/* One frame wrong, and these words about it. */
static void wrong(vitro_u64 frames, const char *words)
{
	assert_int_equal(check(), -1);
	assert_int_equal(result.wrong, frames);
	if (!strstr(result.error, words))
		fail_msg("\"%s\" lacks \"%s\"", result.error, words);
}

static void tables_as_expected_are_accepted_and_counted(void **state)
{
	(void)state;
	assert_int_equal(check(), 0);
	assert_string_equal(result.error, "");
	assert_int_equal(result.checked, ALL);
	assert_int_equal(result.wrong, 0);
	assert_int_equal(result.tables, 3);
	assert_int_equal(result.pages_4k, 4);
	assert_int_equal(result.pages_2m, 1);
	assert_int_equal(result.pages_1g, 0);
	assert_int_equal(result.extra, 0);
	assert_int_equal(result.reserved, 0);
}

static void accessed_and_dirty_may_be_clear(void **state)
{
	tables[3][0] &= ~(*state ? 0x300UL : 0x60UL);
	assert_int_equal(check(), 0);
}

static void software_bits_are_no_ones_business(void **state)
{
	(void)state;
	/* 9 to 11 and 52 to 58 are ignored, in EPT all but 8 to 10. */
	tables[3][0] |= 0x03f0000000000800UL;
	assert_int_equal(check(), 0);
}

static void missing_page_is_found(void **state)
{
	(void)state;
	tables[3][2] = 0;
	wrong(1, "gfn 0x40002: found nothing present (entry 0, level 1), "
	      "expected 4 KiB at frame 0xc002, writable");
}

static void missing_table_is_found_once_in_words(void **state)
{
	(void)state;
	tables[1][1] = 0;
	wrong(8, "gfn 0x40000: found nothing present (entry 0, level 3)");
}

static void page_too_many_is_an_error_where_absence_is_expected(void **state)
{
	tables[3][9] = (SLOT_PFN + 9) << 12 | (*state ? EPT_PAGE : LONG_PAGE);
	wrong(1, "gfn 0x40009: found 4 KiB at frame 0xc009, writable");
	assert_int_equal(result.extra, 1);
}

static void page_too_many_is_only_counted_elsewhere(void **state)
{
	tables[2][7] = (SLOT_PFN + 7 * 512) << 12 | (*state ? EPT_2M : LONG_2M);
	assert_int_equal(check(), 0);
	assert_int_equal(result.extra, 1);
	assert_int_equal(result.pages_2m, 2);
}

static void page_too_many_is_mapped_to_its_own_frame(void **state)
{
	tables[2][7] = (SLOT_PFN + 8 * 512) << 12 | (*state ? EPT_2M : LONG_2M);
	wrong(0, "gfn 0x40e00: found 2 MiB at frame 0xd000");
	if (!strstr(result.error, "expected frame 0xce00"))
		fail_msg("\"%s\"", result.error);
}

static void frames_between_strides_count_as_extra(void **state)
{
	const struct walk_expect every_second[] = {
		{ .want = WALK_PAGE, .first = SLOT_GFN, .n = 4, .stride = 2,
		  .page_size = 4096, .writable = 1 },
	};

	(void)state;
	assert_int_equal(walk_check(&walk, every_second, 1, &result), 0);
	assert_int_equal(result.checked, 2);
	assert_int_equal(result.extra, 3);
}

static void wrong_frame_is_found(void **state)
{
	(void)state;
	tables[3][3] ^= 0x1000;		/* 0xc003 becomes 0xc002 */
	wrong(1, "gfn 0x40003: found 4 KiB at frame 0xc002");
}

static void read_only_page_is_found(void **state)
{
	(void)state;
	tables[3][1] &= ~2UL;
	wrong(1, "gfn 0x40001: found 4 KiB at frame 0xc001, read-only");
}

static void read_only_table_makes_its_pages_read_only(void **state)
{
	(void)state;
	tables[2][0] &= ~2UL;
	wrong(4, "gfn 0x40000: found 4 KiB at frame 0xc000, read-only");
}

static void a_write_goes_through_where_all_levels_let_it(void **state)
{
	(void)state;
	assert_true(walk_writes(&walk, SLOT_GFN + 3));
	assert_false(walk_writes(&walk, SLOT_GFN + 4));		/* not there */
	assert_true(walk_writes(&walk, SLOT_GFN + 512 + 7));	/* in the large page */
	assert_false(walk_writes(&walk, 0xc0000));		/* no table */
	tables[3][3] &= ~2UL;
	assert_false(walk_writes(&walk, SLOT_GFN + 3));
	assert_true(walk_writes(&walk, SLOT_GFN + 2));
	tables[2][0] &= ~2UL;
	assert_false(walk_writes(&walk, SLOT_GFN + 2));
}

static void writable_page_is_found_where_read_only_is_expected(void **state)
{
	const struct walk_expect read_only[] = {
		{ .want = WALK_PAGE, .first = SLOT_GFN, .n = 1, .stride = 1,
		  .page_size = 4096 },
	};

	(void)state;
	assert_int_equal(walk_check(&walk, read_only, 1, &result), -1);
	assert_non_null(strstr(result.error, "writable (entry"));
	assert_non_null(strstr(result.error, "expected 4 KiB at frame 0xc000, read-only"));
	tables[3][0] &= ~2UL;
	assert_int_equal(walk_check(&walk, read_only, 1, &result), 0);
}

static void small_page_is_found_where_a_large_one_is_expected(void **state)
{
	const vitro_u64 down = *state ? EPT_TABLE : LONG_TABLE;

	tables[2][1] = table(4) | down;
	tables[4][0] = (SLOT_PFN + 512) << 12 | (*state ? EPT_PAGE : LONG_PAGE);
	wrong(4, "gfn 0x40200: found 4 KiB at frame 0xc200, writable");
}

static void large_page_is_found_where_small_ones_are_expected(void **state)
{
	tables[2][0] = SLOT_PFN << 12 | (*state ? EPT_2M : LONG_2M);
	wrong(4 + 508, "gfn 0x40000: found 2 MiB at frame 0xc000, writable");
}

/* Bit 48 and up are beyond the physical address; in large pages also 13 to 20. */
static void reserved_bits_fault(void **state)
{
	tables[3][0] |= 1UL << 51;
	wrong(1, "gfn 0x40000: found a reserved bit or misconfiguration");
	assert_int_equal(result.reserved, 1);
	tables[3][0] ^= 1UL << 51 | 1UL << 48;
	wrong(1, "gfn 0x40000: found a reserved bit or misconfiguration");
	tables[3][0] ^= 1UL << 48;
	tables[2][1] |= 1UL << 13;
	wrong(4, "gfn 0x40200: found a reserved bit or misconfiguration");
	tables[2][1] ^= 1UL << 13;
	tables[0][0] |= 1UL << 7;
	wrong(ALL, "level 4");
	tables[0][0] ^= 1UL << 7;
	if (*state) {
		tables[2][0] |= 0x40;	/* EPT: 6 to 3 of a table's entry */
		wrong(4 + 508, "level 2");
	}
}

static void mark_of_mmio_is_not_absence(void **state)
{
	const struct walk_expect mmio[] = {
		{ .want = WALK_MMIO, .first = SLOT_GFN + 5, .n = 1, .stride = 1 },
	};

	assert_int_equal(walk_check(&walk, mmio, 1, &result), 0);
	assert_int_equal(result.reserved, 0);
	/* As KVM has it: write and execute without read; bit 51, present. */
	tables[3][5] = *state ? 0x6 : 0x8000000000001UL;
	assert_int_equal(walk_check(&walk, mmio, 1, &result), 0);
	assert_int_equal(result.reserved, 1);
	wrong(1, "gfn 0x40005: found a reserved bit or misconfiguration");
	tables[3][5] = 0x123000 | (*state ? EPT_PAGE : LONG_PAGE);
	assert_int_equal(walk_check(&walk, mmio, 1, &result), -1);
	assert_non_null(strstr(result.error, "expected what is not translated"));
}

static void table_outside_of_memory_is_not_followed(void **state)
{
	(void)state;
	tables[2][0] ^= table(3) ^ table(TABLES);
	wrong(4 + 508, "found a table outside of memory at 0x8006000");
	tables[2][0] ^= table(TABLES) ^ (PHYS - 4096);
	wrong(4 + 508, "found a table outside of memory at 0x7fff000");
}

static void table_nobody_asked_for_is_looked_at_too(void **state)
{
	tables[0][300] = 0x1000 | (*state ? EPT_TABLE : LONG_TABLE);
	wrong(0, "found a table outside of memory at 0x1000");
}

static void root_of_another_depth_is_refused(void **state)
{
	(void)state;
	walk.root.level = 5;
	wrong(0, "the top table is of level 5, expected 4");
}

static void long_mode_wants_user_pages(void **state)
{
	(void)state;
	tables[3][0] &= ~4UL;
	wrong(1, "not readable, read-only, not executable");
	tables[3][0] |= 4;
	tables[1][1] &= ~4UL;
	wrong(8, "gfn 0x40000: found 4 KiB at frame 0xc000, not readable");
}

static void long_mode_wants_executable_pages(void **state)
{
	(void)state;
	tables[3][0] |= 1UL << 63;
	wrong(1, "writable, not executable");
	tables[3][0] ^= 1UL << 63;
	tables[2][0] |= 1UL << 63;
	wrong(4, "writable, not executable");
}

/* PCD; PAT is bit 7 of a small page and bit 12 of a large one. */
static void long_mode_wants_write_back(void **state)
{
	(void)state;
	tables[3][0] |= 0x10;
	tables[3][1] |= 0x80;
	tables[2][1] |= 0x1000;
	wrong(6, "gfn 0x40000: found 4 KiB at frame 0xc000, writable, not write-back");
}

static void shadow_tables_are_long_mode_whatever_the_bits(void **state)
{
	(void)state;
	walk.mmu = VITRO_SHADOW;
	walk.bits = VITRO_EPT;
	assert_int_equal(check(), 0);
}

static void a_shadowed_guest_in_ring_0_needs_no_user_pages(void **state)
{
	(void)state;
	tables[3][0] &= ~4UL;
	wrong(1, "not readable");
	walk.mmu = VITRO_SHADOW;
	assert_int_equal(check(), 0);
	tables[3][0] &= ~3UL;
	wrong(1, "nothing present");
}

static void long_mode_tables_are_no_ept(void **state)
{
	(void)state;
	walk.bits = VITRO_EPT;
	/* 0x27 has a reserved bit (5) in a table's entry. */
	wrong(ALL, "gfn 0x40000: found a reserved bit or misconfiguration");
}

static void ept_wants_write_back(void **state)
{
	(void)state;
	tables[3][0] &= ~0x38UL;	/* uncached */
	wrong(1, "not write-back");
	tables[3][0] |= 0x10;		/* type 2 */
	wrong(1, "a reserved bit or misconfiguration");
}

static void ept_wants_readable_and_executable_pages(void **state)
{
	(void)state;
	tables[3][0] &= ~4UL;
	wrong(1, "writable, not executable");
	tables[3][0] |= 4;
	tables[3][0] &= ~3UL;
	wrong(1, "not readable, read-only");
	/* Writable but not readable. */
	tables[3][0] |= 2;
	wrong(1, "a reserved bit or misconfiguration");
}

/* As NX huge pages are: a large page that may be executed is wrong then. */
static void executable_page_is_found_where_none_is_expected(void **state)
{
	const struct walk_expect no_exec[] = {
		{ .want = WALK_PAGE, .first = SLOT_GFN + 512, .n = 1, .stride = 1,
		  .page_size = 2 << 20, .writable = 1, .no_exec = 1 },
	};
	const int ept = walk.bits == VITRO_EPT;

	(void)state;
	assert_int_equal(walk_check(&walk, no_exec, 1, &result), -1);
	assert_non_null(strstr(result.error, "expected 2 MiB at frame 0xc200, writable, not executable"));
	tables[2][1] ^= ept ? 4 : 1UL << 63;
	assert_int_equal(walk_check(&walk, no_exec, 1, &result), 0);
}

static void ept_execute_only_page_is_not_read_only(void **state)
{
	const struct walk_expect read_only[] = {
		{ .want = WALK_PAGE, .first = SLOT_GFN, .n = 1, .stride = 1,
		  .page_size = 4096 },
	};

	(void)state;
	tables[3][0] &= ~3UL;
	assert_int_equal(walk_check(&walk, read_only, 1, &result), -1);
	assert_non_null(strstr(result.error, "not readable, read-only (entry"));
}

/* Bits 2 to 0 decide of presence: KVM keeps bit 63 in empty entries. */
static void ept_entry_without_rights_is_absent(void **state)
{
	(void)state;
	tables[3][7] = 1UL << 63 | 0x5a0;
	assert_int_equal(check(), 0);
}

#define BOTH(f) \
	cmocka_unit_test_setup_teardown(f, setup, teardown), \
	cmocka_unit_test_setup_teardown(f, setup_ept, teardown)
#define LONG(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
#define EPT(f)	cmocka_unit_test_setup_teardown(f, setup_ept, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(tables_as_expected_are_accepted_and_counted),
		BOTH(accessed_and_dirty_may_be_clear),
		BOTH(software_bits_are_no_ones_business),
		BOTH(missing_page_is_found),
		BOTH(missing_table_is_found_once_in_words),
		BOTH(page_too_many_is_an_error_where_absence_is_expected),
		BOTH(page_too_many_is_only_counted_elsewhere),
		BOTH(page_too_many_is_mapped_to_its_own_frame),
		BOTH(frames_between_strides_count_as_extra),
		BOTH(wrong_frame_is_found),
		BOTH(read_only_page_is_found),
		BOTH(read_only_table_makes_its_pages_read_only),
		BOTH(a_write_goes_through_where_all_levels_let_it),
		BOTH(writable_page_is_found_where_read_only_is_expected),
		BOTH(executable_page_is_found_where_none_is_expected),
		BOTH(small_page_is_found_where_a_large_one_is_expected),
		BOTH(large_page_is_found_where_small_ones_are_expected),
		BOTH(reserved_bits_fault),
		BOTH(mark_of_mmio_is_not_absence),
		BOTH(table_outside_of_memory_is_not_followed),
		BOTH(table_nobody_asked_for_is_looked_at_too),
		BOTH(root_of_another_depth_is_refused),
		LONG(long_mode_wants_user_pages),
		LONG(long_mode_wants_executable_pages),
		LONG(long_mode_wants_write_back),
		LONG(shadow_tables_are_long_mode_whatever_the_bits),
		LONG(a_shadowed_guest_in_ring_0_needs_no_user_pages),
		LONG(long_mode_tables_are_no_ept),
		EPT(ept_wants_write_back),
		EPT(ept_wants_readable_and_executable_pages),
		EPT(ept_execute_only_page_is_not_read_only),
		EPT(ept_entry_without_rights_is_absent),
	};

	return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
