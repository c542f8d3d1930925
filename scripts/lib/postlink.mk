# SPDX-License-Identifier: GPL-2.0
# kbuild calls this (ARCH_POSTLINK) when it has linked vmlinux: leave what it
# linked with in .link-env, for lib/layout.sh, then do what the architecture has
# of its own.
OWN := $(wildcard $(srctree)/arch/$(SRCARCH)/Makefile.postlink)

.PHONY: vmlinux clean
vmlinux:
	@export -p >.link-env
	$(if $(OWN),@$(MAKE) -f $(OWN) $@)

clean:
	@rm -f .link-env
	$(if $(OWN),@$(MAKE) -f $(OWN) $@)
