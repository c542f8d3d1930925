/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One question to git, in an environment that nobody's settings reach: no
 * GIT_ variable of the shell, no configuration of user or system, one language.
 * Nothing that is asked here writes below the repository that is asked.
 */
#ifndef FAULTLINE_GIT_H
#define FAULTLINE_GIT_H

#include "util.h"

/* Where and as what git runs; what is NULL is found by git itself. */
struct git {
	const char *dir;		/* its current folder */
	const char *git_dir, *work_tree;
	const char *index;		/* another than the repository's */
	const char *objects;		/* where new objects go */
	const char *alternates;		/* where else there are some */
	bool owner_checked;		/* the user has git trust this folder */
	bool user_settings;		/* for the question whether he has */
};

/* What it said. */
struct git_answer {
	int code;			/* exit status; 127: there is no git */
	char *out;			/* without the last newline */
	char *said;			/* first line of stderr */
};

/* The words of the command line, each a const char *. */
#define git__ask(g, ...) \
	git__ask_words(g, (const char *const[]) { __VA_ARGS__, NULL })
struct git_answer git__ask_words(const struct git *g, const char *const *words);
struct git_answer git__ask_list(const struct git *g, const struct strlist *words);
void git_answer__free(struct git_answer *a);

#endif
