# SPDX-License-Identifier: GPL-2.0
# What the shell of a user exports does not reach what is built: it is unset or
# pinned here, before a script does anything. What may change a kernel (CC) is
# in its key instead. lib/kbuild.sh gives make an environment of its own.
# shellcheck shell=bash

# Git: no settings of user, system or command line, no repository by name.
for name in "${!GIT_@}"; do
	unset "$name"
done
# The file of the user's settings is one that cannot be: `git config --global` of
# root puts a file in the place of /dev/null where that is named.
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null/none GIT_ATTR_NOSYSTEM=1
export GIT_TERMINAL_PROMPT=0 GIT_OPTIONAL_LOCKS=0 GIT_NO_REPLACE_OBJECTS=1
# A tree of another owner is read, not run: nothing of it is a command here.
export GIT_CONFIG_COUNT=4
export GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
export GIT_CONFIG_KEY_1=core.fsmonitor GIT_CONFIG_VALUE_1=false
export GIT_CONFIG_KEY_2=core.attributesFile GIT_CONFIG_VALUE_2=/dev/null
export GIT_CONFIG_KEY_3=core.excludesFile GIT_CONFIG_VALUE_3=/dev/null

# kbuild: what its Makefiles take from outside.
for name in "${!KBUILD_@}" "${!KCONFIG_@}" "${!LLVM@}" "${!CFLAGS_@}" "${!AFLAGS_@}" "${!HOST@}"; do
	case $name in
	HOSTNAME | HOSTTYPE) ;;
	*) unset "$name" ;;
	esac
done
unset ARCH SUBARCH SRCARCH CROSS_COMPILE CROSS_COMPILE_COMPAT KERNELVERSION KERNELRELEASE
unset LOCALVERSION KCFLAGS KCPPFLAGS KAFLAGS KRUSTFLAGS LDFLAGS LDFLAGS_vmlinux
unset CFLAGS CPPFLAGS CXXFLAGS ASFLAGS CFLAGS_KERNEL CFLAGS_MODULE EXTRA_CFLAGS
unset INSTALL_PATH INSTALL_MOD_PATH INSTALL_HDR_PATH W C M O CF CHECK DTC DTC_FLAGS
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEFILES MAKEOVERRIDES GNUMAKEFLAGS MAKE

# Compiler, linker and their tools.
unset CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH OBJC_INCLUDE_PATH LIBRARY_PATH
unset COMPILER_PATH GCC_EXEC_PREFIX GCC_COMPARE_DEBUG GCC_COLORS CCC_OVERRIDE_OPTIONS
unset DEPENDENCIES_OUTPUT SUNPRO_DEPENDENCIES SOURCE_DATE_EPOCH
unset LDEMULATION LD_RUN_PATH GNUTARGET COLLECT_NO_DEMANGLE

# Shell, text tools, archives.
unset CDPATH BASH_ENV ENV GREP_OPTIONS GREP_COLOR GREP_COLORS POSIXLY_CORRECT
unset TAR_OPTIONS XZ_OPT XZ_DEFAULTS GZIP BZIP2 TAPE PATCH_GET PATCH_VERSION_CONTROL
unset VERSION_CONTROL SIMPLE_BACKUP_SUFFIX QUOTING_STYLE TIME_STYLE BLOCK_SIZE BLOCKSIZE
unset AWKPATH AWKLIBPATH PERL5OPT PERL5LIB PYTHONPATH PYTHONHOME LS_COLORS
export LC_ALL=C LANG=C
unset LANGUAGE LC_CTYPE LC_COLLATE LC_MESSAGES LC_NUMERIC LC_TIME LC_MONETARY
umask 022
shopt -u nocasematch nullglob failglob dotglob 2>/dev/null
set +f

# TMPDIR where there is no such folder is as if it were not set.
[ -z "${TMPDIR-}" ] || { [ -d "$TMPDIR" ] && [ -w "$TMPDIR" ]; } || unset TMPDIR
unset name
