/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands of faultline, a row each. cmd_NAME() is in bench/cmd/NAME.c,
 * gets its own name as argv[0], parses its own options and returns an exit code
 * of util/exits.h. The other files of this folder are what commands share.
 *
 * To add a command, write its file and its row: group, NAME, the word that is
 * typed, what it does.
 */
#ifndef FAULTLINE_CMD_H
#define FAULTLINE_CMD_H

#define EACH_COMMAND(ROW) \
ROW(RUN, list, "list", "bases, variants, profiles, workloads and rigs") \
ROW(RUN, diff, "diff", "what each commit of your tree adds to a fault") \
ROW(RUN, run, "run", "build kernels, boot hosts, keep records") \
ROW(RUN, merge, "merge", "make one run of several that were measured apart") \
ROW(RUN, pack, "pack", "store a run in less room; it is read as before") \
ROW(RUN, boot, "boot", "boot one cell and keep nothing, for hyperfine to time") \
ROW(RUN, bisect, "bisect", "which commit made a fault more expensive") \
ROW(RUN, check_mail, "check-mail", "what a patch adds to a fault, for the hooks of b4") \
ROW(RUN, cache, "cache", "what is kept on disk, and what of it may go") \
ROW(RUN, doctor, "doctor", "what this machine has and lacks") \
ROW(READ, compare, "compare", "what each variant costs per fault") \
ROW(READ, report, "report", "a run as text, Markdown, HTML, JSON and JUnit") \
ROW(READ, attribute, "attribute", "which functions make the difference") \
ROW(READ, coverage, "coverage", "which lines that a variant changes were executed") \
ROW(READ, trace, "trace", "a typical fault, instruction by instruction") \
ROW(READ, counters, "counters", "what perf counted in the host") \
ROW(READ, boot_times, "boot-times", "whole boots, as hyperfine timed them") \
ROW(READ, instructions, "instructions", "the instructions of a fault, by two rigs") \
ROW(READ, instruments, "instruments", "two instruments next to each other, by their counting rules") \
ROW(READ, plot, "plot", "one picture of a run") \
ROW(CONTINUOUS, history, "history", "keep what every run measured, and show it") \
ROW(CONTINUOUS, trend, "trend", "the history as a page of pictures") \
ROW(CONTINUOUS, alert, "alert", "what became more expensive") \
ROW(DEVELOP, selftest, "selftest", "run the kernel's KVM selftests in each variant's host") \
ROW(DEVELOP, recipe, "recipe", "what a kernel is made of, for the scripts") \
ROW(DEVELOP, layout, "layout", "a link layout of the vitro program, for the scripts") \
ROW(DEVELOP, handler_text, "handler-text", "hash the code of the fault handler") \
ROW(DEVELOP, code_hash, "code-hash", "hash what of an object file reaches a kernel") \
ROW(DEVELOP, same_code, "same-code", "compare objects with a vmlinux, byte by byte") \
ROW(DEVELOP, patched_code, "patched-code", "compare what vitro patched with a booted kernel") \
/* EOL */

#define DECLARE(group, name, word, doc) int cmd_##name(int argc, char **argv);
EACH_COMMAND(DECLARE)
#undef DECLARE

#endif
