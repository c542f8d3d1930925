/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands of faultline: each file of this room is one of them (kernels.c
 * is a part of run). A command
 * gets its own name as argv[0] and returns an exit code of util/exits.h.
 */
#ifndef FAULTLINE_CMD_H
#define FAULTLINE_CMD_H

int cmd_list(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_pack(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_attribute(int argc, char **argv);
int cmd_instructions(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_boot(int argc, char **argv);
int cmd_boot_times(int argc, char **argv);
int cmd_counters(int argc, char **argv);
int cmd_trend(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_history(int argc, char **argv);
int cmd_alert(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_handler_text(int argc, char **argv);
int cmd_same_code(int argc, char **argv);
int cmd_recipe(int argc, char **argv);

#endif
