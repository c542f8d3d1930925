// SPDX-License-Identifier: GPL-2.0
/*
 * A boot of the tcg rig that runs selftests: their programs follow
 * the host's archive in the initramfs, what the host sends of each becomes a
 * result.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "console.h"
#include "initrd.h"
#include "tcg.h"
#include "wire.h"

/* Programs in the initramfs and the guests' memory both come out of this. */
#define MEMORY	"1G"

static char *program_path(const struct check_job *job,
			  const struct selftest *t)
{
	return *t->program == '/' ? xstrdup(t->program) :
	       xasprintf("%s/%s", job->programs, t->program);
}

bool check__has(const struct check_job *job, const struct selftest *t)
{
	return !strcmp(job->cmdline, t->cmdline);
}

char *check__obstacle(const struct check_job *job, const struct selftest *t)
{
	char *path, *why = NULL;

	if (t->skip)
		return xstrdup(t->skip);
	path = program_path(job, t);
	if (!path_exists(path))
		why = *t->program == '/' ? xasprintf("%s is not there", path) :
		      xasprintf("%s has no %s", job->base, t->program);
	free(path);
	return why;
}

/* A program that several tests run is added once. */
static bool is_there(const struct check_job *job, const struct check_log *log,
		     size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (log->result[j].end != CHECK_NOT_RUN &&
		    !strcmp(job->tests->item[j].program,
			    job->tests->item[i].program))
			return true;
	}
	return false;
}

static int add_program(FILE *f, const struct check_job *job,
		       const struct check_log *log, size_t i)
{
	const struct selftest *t = &job->tests->item[i];
	char *path, *name, *data;
	size_t size;
	int r = 0;

	if (is_there(job, log, i))
		return 0;
	path = program_path(job, t);
	name = xasprintf("%.*s", (int)strcspn(t->check.command, " "),
			 t->check.command);
	data = path_read(path, &size);
	if (data)
		initrd__add(f, 0100755, name, data, size);
	else
		r = -errno;
	free(data);
	free(name);
	free(path);
	return r;
}

/* The host's archive, the programs, the checks. Return: 0 or -errno. */
static int write_initrd(const struct check_job *job, const char *path,
			const struct check_log *log)
{
	char *cpio = initrd__host(), *list = NULL;
	FILE *f = initrd__open(path, cpio), *text;
	size_t size;
	int r = f ? 0 : -errno, closed;

	free(cpio);
	if (!f)
		return r;
	text = open_memstream(&list, &size);
	initrd__add(f, 0040755, CHECKS_DIR, "", 0);
	for (size_t i = 0; i < job->tests->nr && !r; i++) {
		if (log->result[i].end == CHECK_NOT_RUN)
			continue;
		checks__print(text, &job->tests->item[i].check);
		r = add_program(f, job, log, i);
	}
	fclose(text);
	initrd__add(f, 0100644, CHECKS_FILE, list, size);
	free(list);
	closed = initrd__close(f);
	return r ? r : closed;
}

static struct check_result *result_of(const struct check_job *job,
				      struct check_log *log, const char *name)
{
	for (size_t i = 0; i < log->nr; i++) {
		if (log->result[i].end != CHECK_NOT_RUN &&
		    !strcmp(job->tests->item[i].check.name, name))
			return &log->result[i];
	}
	return NULL;
}

static enum check_end end_of(const char *word)
{
	static const struct {
		const char *word;
		enum check_end end;
	} words[] = {
		{ WIRE_PASS, CHECK_PASS },
		{ WIRE_FAIL, CHECK_FAIL },
		{ WIRE_SKIP, CHECK_SKIP },
		{ WIRE_SIGNAL, CHECK_SIGNAL },
		{ WIRE_TIMEOUT, CHECK_TIMEOUT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(words[i].word, word))
			return words[i].end;
	}
	return CHECK_LOST;
}

/* "<name> <outcome> <ms> <last line>" */
static void parse_checked(const struct check_job *job, struct check_log *log,
			 char *rest)
{
	char *save, *name = strtok_r(rest, " ", &save);
	char *word = strtok_r(NULL, " ", &save);
	char *ms = strtok_r(NULL, " ", &save);
	struct check_result *r = name ? result_of(job, log, name) : NULL;

	if (!r || !ms)
		return;
	r->end = end_of(word);
	free(r->why);
	r->why = xstrdup(save);
}

/*
 * Parse what the host sent. Return: the name of the test that was running at
 * the end, "" when none was; *bye is set when the host ended well.
 */
static char *parse_channel(const struct check_job *job,
			   struct check_log *log, char *text, bool *bye)
{
	unsigned int seq = 0;
	char *in = xstrdup(""), *save, *line, *p;
	const char *why;

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		p = wire__parse(line, seq++, &why);
		if (!p)
			break;		/* cut by the host's end */
		if (!strncmp(p, "check ", 6)) {
			free(in);
			in = xstrdup(p + 6);
		} else if (!strncmp(p, "checked ", 8)) {
			parse_checked(job, log, p + 8);
			*in = '\0';
		} else if (!strncmp(p, "die ", 4)) {
			log->host = OUTCOME_RIG;
			log->why = xasprintf("init gave up: %s", p + 4);
		} else if (!strncmp(p, "bye ", 4)) {
			*bye = true;
		}
	}
	return in;
}

/* How the host ended: by its kernel's log, else by how QEMU ended. */
static void check_host(struct check_log *log, enum spawn_end end, int status,
		       double limit_s, const char *console)
{
	char *line;
	enum outcome o = console__scan(console, &line);

	if (o != OUTCOME_OK) {
		free(log->why);
		log->host = o;
		log->why = line;
	} else if (log->why) {
		return;
	} else if (end == SPAWN_LIMIT) {
		log->host = OUTCOME_HANG;
		log->why = xasprintf("the host was still up after %.0f s",
				     limit_s);
	} else if (end != SPAWN_EXITED || status != EXIT_STATUS(EXIT_DONE)) {
		log->host = OUTCOME_RIG;
		log->why = xasprintf("QEMU %s %d", end == SPAWN_SIGNALED ?
				     "was killed by signal" :
				     "ended with status", status);
	}
}

/* Tests that the host did not finish. */
static void explain_lost(struct check_log *log, const char *in)
{
	const char *verb = log->host == OUTCOME_HANG ? "hung" :
			   log->host == OUTCOME_PANIC ? "panicked" :
			   log->host == OUTCOME_OOPS ? "oopsed" : "ended";

	for (size_t i = 0; i < log->nr; i++) {
		struct check_result *r = &log->result[i];

		if (r->end != CHECK_LOST || r->why)
			continue;
		r->why = *in ? xasprintf("host %s in %s", verb, in) :
			       xasprintf("host %s", verb);
	}
}

static void parse_and_check(const struct check_job *job, struct check_log *log,
			    const struct qemu_run *q, enum spawn_end end,
			    int status)
{
	char *text = path_read(q->console, NULL) ?: xstrdup("");
	char *said = path_read(q->wire, NULL) ?: xstrdup("");
	bool bye = false;
	char *in = parse_channel(job, log, said, &bye);

	check_host(log, end, status, q->limit_s, text);
	if (!bye && log->host == OUTCOME_OK) {
		log->host = OUTCOME_LOST;
		log->why = xstrdup("the channel is cut short");
	}
	explain_lost(log, in);
	free(in);
	free(said);
	free(text);
}

/* Choose the tests to be run; the others get the reason why they are not. */
static void plan_results(const struct check_job *job, struct check_log *log)
{
	*log = (struct check_log) {
		.result = xcalloc(job->tests->nr, sizeof(*log->result)),
		.nr = job->tests->nr, .host = OUTCOME_OK,
	};
	for (size_t i = 0; i < log->nr; i++) {
		const struct selftest *t = &job->tests->item[i];

		if (!check__has(job, t))
			continue;
		log->result[i].why = check__obstacle(job, t);
		if (log->result[i].why)
			continue;
		log->result[i].end = CHECK_LOST;
		log->booted = true;
	}
}

enum boot_end check__boot(const struct check_job *job, struct check_log *log)
{
	char *initrd = xasprintf("%s.initrd", job->logs);
	char *console = xasprintf("%s.console", job->logs);
	char *wire = xasprintf("%s.wire", job->logs);
	char *errors = xasprintf("%s.qemu", job->logs);
	char *cmdline = xasprintf("%s %s", job->profile->cmdline,
				  job->cmdline);
	struct qemu_run q = {
		.kind = &tcg_kind,
		.kernel = job->kernel, .cmdline = cmdline, .memory = MEMORY,
		.initrd = initrd, .console = console, .wire = wire,
		.errors = errors, .limit_s = job->limit_s, .stop = job->stop,
	};
	enum boot_end result = BOOT_DONE;
	enum spawn_end end;
	int status;

	plan_results(job, log);
	if (log->booted) {
		if (write_initrd(job, initrd, log)) {
			result = BOOT_NO_ROOM;
		} else {
			end = qemu__run(&q, &status);
			if (end == SPAWN_STOPPED)
				result = BOOT_STOPPED;
			else
				parse_and_check(job, log, &q, end, status);
		}
		unlink(initrd);
		if (result == BOOT_DONE && log->host != OUTCOME_RIG)
			unlink(errors);
	}
	free(cmdline);
	free(errors);
	free(wire);
	free(console);
	free(initrd);
	return result;
}
