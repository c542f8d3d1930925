#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The mitigations of today: each profile is verified from sysfs, or the skip says
# which CPU model has it. Real boots.
#
# stage: boot
# order: 26
# needs: kernels of v6.1; boots
# takes: 15 s
# kernels: v6.1 off const-fields

load common.bash

@test "a mitigation of today is verified from sysfs, or the skip says which model has it" {
	run "$FL" run --rig tcg-milan --variants const-fields --workloads null \
		--profiles srso,tsa,bhi,vmscape,guest-host,distro --boots 1 \
		--out "$BATS_TEST_TMPDIR/r"
	expect 0 "6 records, 3 valid, 3 skipped"
	jq -se 'map({(.profile): [.outcome, .host["vuln/spec_rstack_overflow"],
			.host["vuln/tsa"], .why]}) | add |
		(.srso[:2] == ["ok", "Mitigation: safe RET"]) and
		(.tsa[0] == "ok") and (.tsa[2] == "Mitigation: Clear CPU buffers") and
		(.distro[0] == "ok") and (.bhi[3] | endswith("have it: bochs-icelake")) and
		(.vmscape[3] | test("it reports vmscape .Vulnerable.; CPUs with IBPB")) and
		(.["guest-host"][3] == "attack vector controls came with 6.17")' \
		"$BATS_TEST_TMPDIR/r/latest/records.jsonl"
}

@test "a mitigation that the kernel was told to do without makes the record invalid" {
	cat >"$BATS_TEST_TMPDIR/qemu" <<'Q'
#!/bin/bash
exec qemu-system-x86_64 "${@/tsa=on/tsa=user}"
Q
	chmod +x "$BATS_TEST_TMPDIR/qemu"
	FAULTLINE_QEMU=$BATS_TEST_TMPDIR/qemu run "$FL" run --rig tcg-milan \
		--variants const-fields --workloads null --profiles tsa --boots 1 \
		--out "$BATS_TEST_TMPDIR/r"
	expect "$EXIT_PROFILE" "profile tsa: tsa must be 'Mitigation: Clear CPU buffers', the host reports 'Mitigation: Clear CPU buffers: user/kernel boundary'"
}
