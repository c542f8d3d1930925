// SPDX-License-Identifier: GPL-2.0
/*
 * Settings of the machine, for the time of a run; see host_tuning.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host_tuning.h"

#define STATE		"/run/faultline-quiet-host"
#define STATE_HEAD	"faultline-quiet-host 1"

/*
 * In the order of setting; back it goes from the end, so that threads which
 * SMT takes away are there again when their governor is put back. Guests ask
 * for small or huge pages themselves, so THP is only kept from what nobody
 * asked for: `madvise` leaves the workloads that want it theirs, and vitro.
 */
static const struct {
	const char *name, *file, *want, *also_good, *why;
} known[] = {
	{ "governor", "/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor",
	  "performance", "", "the clock follows the load" },
	{ "turbo", "/sys/devices/system/cpu/intel_pstate/no_turbo", "1", "",
	  "the clock depends on heat and on other cores" },
	{ "boost", "/sys/devices/system/cpu/cpufreq/boost", "0", "",
	  "the clock depends on heat and on other cores" },
	{ "ASLR", "/proc/sys/kernel/randomize_va_space", "0", "",
	  "another layout every start" },
	{ "NMI watchdog", "/proc/sys/kernel/nmi_watchdog", "0", "",
	  "takes a hardware counter and interrupts" },
	{ "NUMA balancing", "/proc/sys/kernel/numa_balancing", "0", "",
	  "unmaps pages of its own accord: faults that nobody provoked" },
	{ "THP", "/sys/kernel/mm/transparent_hugepage/enabled", "madvise", "never",
	  "huge pages nobody asked for, and the work to make them" },
	{ "KSM", "/sys/kernel/mm/ksm/run", "0", "2",
	  "merges pages and write-protects them: faults that nobody provoked" },
	{ "SMT", "/sys/devices/system/cpu/smt/control", "off",
	  "forceoff notsupported notimplemented",
	  "a neighbour on the same core takes its share" },
};

/* This process's own; the guard is a child. */
static struct {
	pid_t owner, guard;
	int pipe, lock;
} quiet = { .pipe = -1, .lock = -1 };

/* "always [madvise] never" is madvise. */
static char *value_of(const char *file)
{
	char *text = path_system_line("%s", file), *open, *value;

	if (!text)
		return NULL;
	open = strchr(text, '[');
	if (!open)
		return text;
	open[strcspn(open, "]")] = '\0';
	value = xstrdup(open + 1);
	free(text);
	return value;
}

static int set_value(const char *file, const char *value)
{
	char *path = path_of_system("%s", file);
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_TRUNC), e = 0;

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		e = -errno;
	if (fd >= 0)
		close(fd);
	free(path);
	return e;
}

static void add(struct host_tuning *m, size_t k, const char *path)
{
	const char *file = path + strlen(getenv("FAULTLINE_SYSFS") ?: "");
	struct strlist good = { 0 };
	char *is = value_of(file);

	if (!is)
		return;
	strlist__split(&good, known[k].also_good, ' ');
	m->item = xrealloc(m->item, (m->nr + 1) * sizeof(*m->item));
	m->item[m->nr++] = (struct host_tuning_setting) {
		.name = known[k].name, .why = known[k].why,
		.file = xstrdup(file), .is = is, .want = known[k].want,
		.good = !strcmp(is, known[k].want) || strlist__has(&good, is),
	};
	strlist__free(&good);
}

void host_tuning__look(struct host_tuning *m)
{
	*m = (struct host_tuning) { 0 };
	for (size_t k = 0; k < ARRAY_SIZE(known); k++) {
		char *pattern = path_of_system("%s", known[k].file);
		glob_t g;

		if (!glob(pattern, 0, NULL, &g)) {
			for (size_t i = 0; i < g.gl_pathc; i++)
				add(m, k, g.gl_pathv[i]);
			globfree(&g);
		}
		free(pattern);
	}
}

void host_tuning__free(struct host_tuning *m)
{
	for (size_t i = 0; i < m->nr; i++) {
		free(m->item[i].file);
		free(m->item[i].is);
	}
	free(m->item);
	*m = (struct host_tuning) { 0 };
}

int host_tuning__load(double *minute, unsigned int *running)
{
	char *text = path_system_line("/proc/loadavg");
	int n = text ? sscanf(text, "%lf %*f %*f %u/", minute, running) : 0;

	free(text);
	if (n != 2)
		return -1;
	if (*running)
		--*running;		/* this program */
	return 0;
}

/* The old values, synced before anything is changed. 0 or -errno. */
static int write_state(const struct host_tuning *m)
{
	char *path = path_of_system(STATE), *new = xasprintf("%s.new", path);
	FILE *f = fopen(new, "we");
	int e = f ? 0 : -errno;

	if (f) {
		fprintf(f, STATE_HEAD " %d\n", (int)getpid());
		for (size_t i = 0; i < m->nr; i++) {
			if (!m->item[i].good)
				fprintf(f, "%s\t%s\n", m->item[i].file,
					m->item[i].is);
		}
		if (fflush(f) || fsync(fileno(f)))
			e = -errno;
		if (fclose(f) && !e)
			e = -errno;
	}
	if (!e && rename(new, path))
		e = -errno;
	if (e)
		unlink(new);
	free(new);
	free(path);
	return e;
}

/*
 * Put back what the state file says, last line first; then it goes. How many
 * could not be; -1 where there is no such file, or it is not one of ours. *pid is
 * whose it was.
 */
static int put_back(int *pid)
{
	char *path = path_of_system(STATE), *text = path_read(path, NULL);
	struct strlist line = { 0 };
	int failed = -1;

	*pid = 0;
	strlist__split(&line, text ? text : "", '\n');
	if (line.nr && sscanf(line.item[0], STATE_HEAD " %d", pid) == 1) {
		failed = 0;
		for (size_t i = line.nr; i-- > 1;) {
			char *value = strchr(line.item[i], '\t');
			int e;

			if (!value || (strncmp(line.item[i], "/sys/", 5) &&
				       strncmp(line.item[i], "/proc/sys/", 10)))
				continue;
			*value++ = '\0';
			e = set_value(line.item[i], value);
			failed += e && e != -ENOENT;
		}
		if (!failed)
			unlink(path);
	}
	strlist__free(&line);
	free(text);
	free(path);
	return failed;
}

/* The lock of the state file: -1 with errno if it is not available. */
static int take_lock(void)
{
	char *path = path_of_system(STATE ".lock");
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), e;

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB)) {
		e = errno;
		close(fd);
		errno = e;
		fd = -1;
	}
	free(path);
	return fd;
}

char *host_tuning__put_back_stale(bool *ok)
{
	char *path = path_of_system(STATE);
	bool there = path_exists(path);
	int fd, failed, pid;

	*ok = true;
	free(path);
	if (!there)
		return NULL;
	fd = take_lock();
	if (fd < 0 && errno == EWOULDBLOCK)
		return NULL;		/* a run has the machine, and will */
	if (fd < 0) {
		*ok = false;
		return xasprintf("a run with --quiet-host was killed and its settings still hold; as root: faultline doctor");
	}
	failed = put_back(&pid);
	close(fd);
	*ok = failed <= 0;
	if (failed < 0)
		return NULL;
	return failed ? xasprintf("run %d with --quiet-host was killed, and %d of its settings cannot be put back; as root: faultline doctor, or by hand from " STATE,
				  pid, failed) :
		xasprintf("run %d with --quiet-host was killed: its settings were put back",
			  pid);
}

/* Wait for the other end of the pipe to close, which death does as well. */
static _Noreturn void be_guard(int fd)
{
	int null = open("/dev/null", O_RDWR), pid;
	char c;

	setsid();			/* no Ctrl-C of that terminal */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_NAME, "faultline-guard");
	for (int i = 0; i <= STDERR_FILENO && null >= 0; i++)
		dup2(null, i);
	while (read(fd, &c, 1) < 0 && errno == EINTR)
		;
	put_back(&pid);
	_exit(0);
}

static void at_end(void)
{
	int pid;

	if (quiet.owner != getpid())
		return;
	close(quiet.pipe);
	while (waitpid(quiet.guard, NULL, 0) < 0 && errno == EINTR)
		;
	if (put_back(&pid) > 0)		/* where the guard was killed, or failed */
		warn("settings of --quiet-host could not be put back; as root: faultline doctor");
}

/* Return: 0, or -1 with errno set. */
static int start_guard(void)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC))
		return -1;
	quiet.owner = getpid();
	quiet.guard = fork();
	if (quiet.guard < 0)
		return -1;
	if (!quiet.guard) {
		close(p[1]);
		be_guard(p[0]);
	}
	close(p[0]);
	quiet.pipe = p[1];
	atexit(at_end);
	return 0;
}

static void tell(struct strlist *to, char *text)
{
	if (!strlist__has(to, text))
		strlist__add(to, text);
	free(text);
}

static void set_all(const struct host_tuning *m, struct strlist *set,
		    struct strlist *not_set)
{
	for (size_t i = 0; i < m->nr; i++) {
		const struct host_tuning_setting *s = &m->item[i];
		int e;

		if (s->good)
			continue;
		e = set_value(s->file, s->want);
		if (e)
			tell(not_set, xasprintf("%s: %s, not %s: %s", s->name,
						s->is, s->want, strerror(-e)));
		else
			tell(set, xasprintf("%s: %s, was %s", s->name, s->want,
					    s->is));
	}
}

int host_tuning__quiet(struct strlist *set, struct strlist *not_set, char *err,
		       size_t errlen)
{
	struct host_tuning m = { 0 };
	int e, pid, code = 0;

	quiet.lock = take_lock();
	if (quiet.lock < 0 && errno == EWOULDBLOCK) {
		snprintf(err, errlen, "another run with --quiet-host is using this machine; wait for it");
		return EXIT_BUSY;
	}
	if (quiet.lock < 0) {
		snprintf(err, errlen, "--quiet-host keeps the machine's settings in %s: %s; run as root",
			 STATE, strerror(errno));
		return EXIT_MISSING;
	}
	put_back(&pid);
	host_tuning__look(&m);
	e = write_state(&m);
	if (e) {
		snprintf(err, errlen, "--quiet-host keeps the machine's settings in %s: %s; run as root",
			 STATE, strerror(-e));
		code = EXIT_MISSING;
	} else if (start_guard()) {
		snprintf(err, errlen, "cannot start the process that restores the machine's settings: %s",
			 strerror(errno));
		code = EXIT_INTERNAL;
	} else {
		set_all(&m, set, not_set);
	}
	host_tuning__free(&m);
	return code;
}
