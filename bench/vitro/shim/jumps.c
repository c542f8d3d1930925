// SPDX-License-Identifier: GPL-2.0
/*
 * Jump labels: a nop where a static key leads on, a jump where it leads away, in
 * the state in which boot leaves the key. A kernel is built for the state its
 * keys begin with; which of them boot turns, only a host that booted knows.
 */
#include <linux/jump_label.h>
#include <linux/string.h>

#include "shim.h"

#define JMP_NEAR	0xe9
#define JMP_SHORT	0xeb
#define MOST_BYTES	5

extern struct jump_entry shim_jumps[], shim_jumps_end[];

static int length_of(const u8 *at)
{
	return at[0] == JMP_SHORT || (at[0] == 0x66 && at[1] == 0x90) ? 2 : 5;
}

/*
 * As boot leaves it, where the profile says so. A key of somebody else is a trap:
 * nobody knows its state, and the label stays.
 */
static bool is_jump(const struct jump_entry *e, const char **states)
{
	const u8 *at = (u8 *)jump_entry_code(e);
	const struct static_key *key = jump_entry_key(e);
	const char *k = (const char *)key;

	if (*states && **states)
		return *(*states)++ == 'j';
	if (!(k >= shim_data && k < shim_data_end) && !(k >= shim_bss && k < shim_bss_end))
		return at[0] == JMP_NEAR || at[0] == JMP_SHORT;
	return (atomic_read(&key->enabled) > 0) != jump_entry_is_branch(e);
}

static int want(const struct jump_entry *e, const char **states, u8 *bytes)
{
	static const u8 nop2[] = { 0x66, 0x90 }, nop5[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
	const u8 *at = (u8 *)jump_entry_code(e);
	const int len = length_of(at);
	const s32 rel = (u8 *)jump_entry_target(e) - (at + len);

	if (!is_jump(e, states)) {
		memcpy(bytes, len == 2 ? nop2 : nop5, len);
	} else if (len == 2) {
		bytes[0] = JMP_SHORT;
		bytes[1] = rel;
	} else {
		bytes[0] = JMP_NEAR;
		memcpy(bytes + 1, &rel, 4);
	}
	return len;
}

void shim_patch_jumps(const struct vitro_profile *p, struct vitro_patched *out)
{
	const char *states = p->jumps;
	struct jump_entry *e;
	u8 bytes[MOST_BYTES];

	for (e = shim_jumps; e < shim_jumps_end; e++) {
		int len = want(e, &states, bytes);

		memcpy((u8 *)jump_entry_code(e), bytes, len);
		out->jump_sites++;
		out->jumps += bytes[0] == JMP_NEAR || bytes[0] == JMP_SHORT;
	}
}

const unsigned char *shim_wrong_jump(const struct vitro_profile *p)
{
	const char *states = p->jumps;
	struct jump_entry *e;
	u8 bytes[MOST_BYTES];
	int i, len;

	for (e = shim_jumps; e < shim_jumps_end; e++) {
		const u8 *at = (u8 *)jump_entry_code(e);

		len = want(e, &states, bytes);
		for (i = 0; i < len; i++) {
			if (at[i] != bytes[i])
				return at;
		}
	}
	return NULL;
}

unsigned int shim_jump_sites(struct vitro_site *site, unsigned int most)
{
	struct jump_entry *e;
	unsigned int n = 0;

	for (e = shim_jumps; e < shim_jumps_end; e++, n++) {
		u8 *at = (u8 *)jump_entry_code(e);

		if (n < most)
			site[n] = (struct vitro_site) { at, length_of(at), VITRO_JUMP };
	}
	return n;
}
