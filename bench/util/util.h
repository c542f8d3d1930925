/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Small things every room needs: die and warn, memory that is there, text
 * files of stanzas, paths, hashes, child processes, locks, progress.
 */
#ifndef FAULTLINE_UTIL_H
#define FAULTLINE_UTIL_H

#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "err.h"
#include "exits.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

/* die.c: messages go to stderr as "faultline: <text>". */

_Noreturn void die(enum faultline_exit code, const char *fmt, ...) PRINTF(2, 3);
void warn(const char *fmt, ...) PRINTF(1, 2);
/*
 * Like their namesakes without the x. These end the program when there is no
 * memory left; nothing else below the commands and the rigs may.
 */
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
char *xasprintf(const char *fmt, ...) PRINTF(1, 2);
char *xvasprintf(const char *fmt, va_list ap) PRINTF(1, 0);
FILE *xmemstream(char **text, size_t *size);	/* open_memstream */

/* list.c: a growing list of strings. */

struct strlist {
	char **item;
	size_t nr;
};

void strlist__add(struct strlist *l, const char *s);
bool strlist__has(const struct strlist *l, const char *s);
/* Add the parts of s between separators, each once; empty ones are left out. */
void strlist__split(struct strlist *l, const char *s, char separator);
/* "a, b, c", allocated; the caller frees it. */
char *strlist__join(const struct strlist *l, const char *separator);
void strlist__sort(struct strlist *l);
void strlist__free(struct strlist *l);

/* conf.c: files of "[stanza]" and "key = value"; '#' begins a comment. */

struct conf_entry {
	char *stanza, *key, *value;	/* stanza "" before the first */
	unsigned int line;
};

struct conf {
	char *path;
	struct conf_entry *entry;
	size_t nr;
};

/*
 * Read a file or, for fuzzing, size bytes of text. 0, or -errno; -EINVAL for
 * a line that is neither stanza, entry, comment nor blank, with err saying
 * which.
 */
int conf__read(struct conf *c, const char *path, char *err, size_t errlen);
int conf__parse(struct conf *c, const char *path, const char *text,
		size_t size, char *err, size_t errlen);
/* The value, or NULL. The last entry of a key counts. */
const char *conf__get(const struct conf *c, const char *stanza,
		      const char *key);
/* Stanza names in file order. */
void conf__stanzas(const struct conf *c, struct strlist *l);
void conf__free(struct conf *c);

/* paths.c */

/*
 * The checkout this program was built in, or where its data is installed. Only a
 * checkout is written to. main() has asked path_check_root() that there is one.
 * Return of that: 0, or -1 with EXIT_MISSING and a message in @err.
 */
const char *path_root(void);
int path_check_root(struct err *err);
bool path_is_installed(void);
/*
 * A file below FAULTLINE_RESULTS, else results/ of the checkout; installed,
 * results/ of the current folder. Allocated; the caller frees it.
 */
char *path_in_results(const char *fmt, ...) PRINTF(1, 2);
/* root/<fmt>, allocated; the caller frees it. */
char *path_in_root(const char *fmt, ...) PRINTF(1, 2);
/* Where kernels are built and kept; allocated, the caller frees it. */
char *path_cache(void);
/*
 * A file of /sys, /proc or /run (allocated): below FAULTLINE_SYSFS where that
 * is set, so that a test brings a machine of its own.
 */
char *path_of_system(const char *fmt, ...) PRINTF(1, 2);
/* The first line of such a file without its newline, or NULL with errno. */
char *path_system_line(const char *fmt, ...) PRINTF(1, 2);
/* mkdir -p. 0 or -errno. */
int path_make(const char *dir);
bool path_exists(const char *path);
/* A symlink itself, wherever it leads. */
bool path_is_link(const char *path);
/* Whole file as text (allocated; the caller frees it), or NULL with errno set. */
char *path_read(const char *path, size_t *size);

/* sha256.c: hex digests, allocated; the caller frees them. */

/* Of a file's content, or NULL with errno set. */
char *path_sha256(const char *path);
/* The same, which reads a file again only when it has changed since. */
char *path_sha256_again(const char *path);
/* Of what was fed to md, an EVP_MD_CTX of SHA-256. */
char *sha256_text(void *md);

/* spawn.c */

struct spawn {
	const char *const *argv;
	const char *stdin_path;		/* NULL: inherit */
	const char *stdout_path;	/* NULL: inherit */
	const char *stderr_path;	/* NULL: inherit */
	double limit_s;			/* 0: none */
	bool (*stop)(void);		/* polled: true kills the child; may be NULL */
};

enum spawn_end { SPAWN_EXITED, SPAWN_SIGNALED, SPAWN_LIMIT, SPAWN_STOPPED,
		 SPAWN_FAILED };

/*
 * Run a child to its end; it is killed when this process dies, at its limit,
 * or when stop() says so. *status is its exit status, signal or errno.
 */
enum spawn_end spawn__run(const struct spawn *s, int *status);
/* The same in two steps, for children that run side by side. */
struct spawned {
	pid_t pid;
	int error;			/* why it could not be opened */
	double until;
	bool (*stop)(void);
};
struct spawned spawn__begin(const struct spawn *s);
enum spawn_end spawn__wait(const struct spawned *s, int *status);
/* Standard output of a child as text (allocated; the caller frees it), its exit code in *code. */
char *spawn__capture(const char *const *argv, int *code);
/*
 * script.c: the same of a script that builds. Whatever it started has ended when
 * this returns, and ends when this process dies. *code is EXIT_INTERRUPTED where
 * somebody asked to stop, and the caller ends with it.
 */
char *spawn__script(const char *const *argv, int *code);
/* The absolute path of a program on PATH (allocated), or NULL. */
char *spawn__which(const char *program);

/* stop.c */

/* From now on SIGINT, SIGTERM and SIGHUP only ask; has one of them come? */
void stop__listen(void);
bool stop__asked(void);
/* The same for a while: until release() they do again what they did. */
#define NR_STOP_SIGNALS	3
struct stop_saved {
	struct sigaction action[NR_STOP_SIGNALS];
};
void stop__hold(struct stop_saved *was);
void stop__release(const struct stop_saved *was);

/* lock.c */

/*
 * Take the lock of a run: of this checkout, or the file in FAULTLINE_RUN_LOCK.
 * Held until this process ends, however it ends. Return: 0, or -1 with code and
 * message in @err: EXIT_BUSY, naming the process that has it, or EXIT_STORAGE.
 */
int lock__take_checkout(struct err *err);
/*
 * This process uses a folder of the cache until it ends, however it ends: prune
 * leaves it alone. Nothing to fail for.
 */
void lock__hold_folder(const char *dir);

/* progress.c: one line on stderr, rewritten on a terminal. */

struct progress {
	const char *what;
	size_t done, total;
	double started;			/* now_s() */
	double last;
};

double now_s(void);
void progress__start(struct progress *p, const char *what, size_t total);
/* One more is done; text says what it was. */
void progress__step(struct progress *p, const char *text);
void progress__end(struct progress *p);
/* "1:05" for 65 seconds. */
const char *duration_text(double s, char buf[32]);

#endif
