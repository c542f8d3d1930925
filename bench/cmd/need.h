/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a command cannot go on without. Each function is its namesake of a
 * library, but where that returns an error this ends the program with the
 * error's code and message.
 */
#ifndef FAULTLINE_NEED_H
#define FAULTLINE_NEED_H

#include "attribute.h"
#include "catalog.h"
#include "history.h"
#include "judge.h"
#include "run.h"
#include "selftests.h"

/* Of catalog.h; names are added to a list, objects are freed by the caller. */
void need_name(const char *kind, const char *name, const struct strlist *known);
void need_variants(const char *base, struct strlist *names);
void need_variants_in(const char *base, const char *group, struct strlist *names);
void need_overlays(const char *base, struct strlist *names);
void need_profiles(struct strlist *names);
void need_profiles_in(const char *group, struct strlist *names);
void need_workloads(struct strlist *names);
void need_expanded_variants(const char *base, struct strlist *names);
char *need_base_value(const char *base, const char *key);
char *need_overlay_title(const char *base, const char *overlay);
struct variant *need_variant(const char *base, const char *name);
/* The variant whose series is empty: the source as it is; the caller frees it. */
char *need_stock(const char *base);
struct profile *need_profile(const char *base, const char *name);
struct workload *need_workload(const char *base, const char *name);

/* Of selftests.h. */
void need_selftests(struct selftests *list, const char *base,
		    const struct strlist *only);

/* Of util.h: the lock of a run. */
void need_lock(void);
/*
 * The first line of what a script that builds prints, allocated; argv[0] is its
 * path. Where it fails it has said why, and this ends with its exit code; where
 * somebody asked to stop, with EXIT_INTERRUPTED.
 */
char *need_script(const char *const *argv);
/* The same end, for whoever has the code of spawn__script() and its NAME. */
_Noreturn void die_script(const char *script, int code);

/* Of run.h and record.h. */
void need_run(struct run *run, const char *dir);
void need_new_run(struct run *run, const char *parent, json_t *meta);
struct record *need_copy(const struct record *r);

/* Of history.h; and: nothing of this history has failed so far. */
struct history *need_history(const char *path, enum history_mode mode);
void need_no_error(const struct history *h);

/* Of attribute.h. */
struct attr_cmp need_attributions(const struct run *run, const char *base,
				  const char *profile, const char *workload,
				  const char *class, const char *against,
				  const struct strlist *variants);

/* Of judge.h. */
void need_judgements(struct judgements *j, const struct run *run,
		     const struct judge_options *o);

#endif
