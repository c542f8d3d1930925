# SPDX-License-Identifier: GPL-2.0
# kbuild calls this (ARCH_POSTLINK) when it has linked vmlinux, from 6.16 on
# by the name vmlinux.unstripped: leave what it
# linked with in .link-env, for lib/layout.sh, then do what the architecture has
# of its own.
OWN := $(wildcard $(srctree)/arch/$(SRCARCH)/Makefile.postlink)

.PHONY: vmlinux vmlinux.unstripped clean
vmlinux vmlinux.unstripped:
	@export -p >.link-env
	$(if $(OWN),@$(MAKE) -f $(OWN) $@)

clean:
	@rm -f .link-env
	$(if $(OWN),@$(MAKE) -f $(OWN) $@)
