# SPDX-License-Identifier: GPL-2.0
# The default matrices, as options of `faultline run`.
# shellcheck shell=bash disable=SC2034

# Every base, variant and profile under the exact rig.
TCG_MATRIX=(--base all --profiles all)

# The same kernels on CPUs of two vendors: every base and variant, profile off.
BOCHS_MATRIX=(--base all)

# Cycles: every shape, both dispatches, three profiles.
VITRO_MATRIX=(--base "v6.1,v5.10"
	--variants "baseline,struct-by-pointer,const-fields,baseline+indirect,struct-by-pointer+indirect,const-fields+indirect"
	--profiles "off,retpoline,retpoline-lfence" --workloads touch-write)
