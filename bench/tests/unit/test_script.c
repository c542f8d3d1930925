// SPDX-License-Identifier: GPL-2.0
/*
 * Scripts that build: whatever they start ends with them, with the wish to stop,
 * and with the command that wanted them, however it ends.
 */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"
#include "scratch.h"

#define PATIENCE_S	8

/* Each test has a folder; a script writes its grandchild's process id there. */
static char folder[] = "/tmp/test_script.XXXXXX";

static char *in_folder(const char *name)
{
	return xasprintf("%s/%s", folder, name);
}

/* The number in a file, when it is whole; waits for it. */
static pid_t pid_in(const char *name)
{
	char *path = in_folder(name), *text = NULL;
	double until = now_s() + PATIENCE_S;
	pid_t pid;

	while (!text || !strchr(text, '\n')) {
		assert_true(now_s() < until);
		free(text);
		usleep(10000);
		text = path_read(path, NULL);
	}
	pid = atoi(text);
	free(text);
	unlink(path);
	free(path);
	return pid;
}

static bool lives(pid_t pid)
{
	char *path = xasprintf("/proc/%d/stat", (int)pid);
	char *text = path_read(path, NULL);
	const char *state = text ? strrchr(text, ')') : NULL;
	bool is = state && state[2] != 'Z';

	free(text);
	free(path);
	return is;
}

static char *run(const char *text, int *code)
{
	char *script = xasprintf("cd '%s'; %s", folder, text);
	const char *argv[] = { "bash", "-c", script, NULL };
	char *said = spawn__script(argv, code);

	free(script);
	return said;
}

/* In another process that is sent a signal when the script's child is there. */
static int run_and_signal(const char *text, int sig, pid_t *left)
{
	pid_t pid = fork();
	int status, code;

	if (!pid) {
		free(run(text, &code));
		_exit(code);
	}
	*left = pid_in("left");
	kill(pid, sig);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#define GRANDCHILD	"bash -c 'echo $$ >left; exec sleep 60'; echo not here"

static void passes_output_and_code_on(void **state)
{
	int code;
	char *said;

	(void)state;
	said = run("echo a; echo b; exit 7", &code);
	assert_string_equal(said, "a\nb\n");
	assert_int_equal(code, 7);
	free(said);
	said = run("seq 3000", &code);
	assert_int_equal(strlen(said), 9 * 2 + 90 * 3 + 900 * 4 + 2001 * 5);
	assert_int_equal(code, 0);
	free(said);
}

static void has_no_terminal_to_wait_for(void **state)
{
	int code;
	char *said = run("read x || echo end of file", &code);

	(void)state;
	assert_string_equal(said, "end of file\n");
	free(said);
}

static void a_wish_to_stop_ends_all_of_it(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	pid_t left;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		assert_int_equal(run_and_signal(GRANDCHILD, signals[i], &left),
				 EXIT_INTERRUPTED);
		assert_false(lives(left));
	}
}

/* Whoever does not listen is killed; the command does not come back before. */
static void what_ignores_the_wish_is_killed(void **state)
{
	pid_t left;

	(void)state;
	assert_int_equal(run_and_signal("trap '' TERM; (trap '' TERM; echo $BASHPID >left;"
					" while :; do sleep 0.1; done)",
					SIGTERM, &left), EXIT_INTERRUPTED);
	assert_false(lives(left));
}

static void another_session_is_no_way_out(void **state)
{
	pid_t left;

	(void)state;
	assert_int_equal(run_and_signal("setsid -f bash -c 'echo $$ >left; exec sleep 60' >&2; sleep 60",
					SIGTERM, &left), EXIT_INTERRUPTED);
	assert_false(lives(left));
}

static void kill_9_of_the_command_ends_all_of_it(void **state)
{
	double until = now_s() + PATIENCE_S;
	pid_t left;

	(void)state;
	assert_int_equal(run_and_signal(GRANDCHILD, SIGKILL, &left), -SIGKILL);
	while (lives(left)) {
		assert_true(now_s() < until);
		usleep(10000);
	}
}

static void what_a_killed_script_leaves_ends_too(void **state)
{
	int code;

	(void)state;
	free(run("bash -c 'echo $$ >left; exec sleep 60' & sleep 0.3; kill -9 $$", &code));
	assert_int_equal(code, 128 + SIGKILL);
	assert_false(lives(pid_in("left")));
}

/* A lock that the script's children hold is free when the command is back. */
static void no_lock_is_kept(void **state)
{
	pid_t left;
	int code;

	(void)state;
	assert_int_equal(run_and_signal("exec 9>lock; flock 9; " GRANDCHILD,
					SIGTERM, &left), EXIT_INTERRUPTED);
	free(run("exec 9>lock; flock -n 9", &code));
	assert_int_equal(code, 0);
}

static void signals_do_afterwards_what_they_did(void **state)
{
	struct sigaction sa;
	int code;

	(void)state;
	signal(SIGHUP, SIG_IGN);
	free(run("kill -HUP $PPID; kill -INT $PPID; exit 3", &code));
	assert_int_equal(code, 3);
	assert_false(stop__asked());
	sigaction(SIGHUP, NULL, &sa);
	assert_ptr_equal(sa.sa_handler, SIG_IGN);
	sigaction(SIGTERM, NULL, &sa);
	assert_ptr_equal(sa.sa_handler, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
}

static void nohup_is_meant(void **state)
{
	int status, code;
	pid_t pid = fork();

	(void)state;
	if (!pid) {
		signal(SIGHUP, SIG_IGN);
		free(run("echo $$ >left; sleep 0.5; exit 5", &code));
		_exit(code);
	}
	pid_in("left");
	kill(pid, SIGHUP);
	waitpid(pid, &status, 0);
	assert_int_equal(WEXITSTATUS(status), 5);
}

static int make_folder(void **state)
{
	(void)state;
	return !mkdtemp(folder);
}

static int remove_folder(void **state)
{
	(void)state;
	return scratch__remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_output_and_code_on),
		cmocka_unit_test(has_no_terminal_to_wait_for),
		cmocka_unit_test(a_wish_to_stop_ends_all_of_it),
		cmocka_unit_test(what_ignores_the_wish_is_killed),
		cmocka_unit_test(another_session_is_no_way_out),
		cmocka_unit_test(kill_9_of_the_command_ends_all_of_it),
		cmocka_unit_test(what_a_killed_script_leaves_ends_too),
		cmocka_unit_test(no_lock_is_kept),
		cmocka_unit_test(signals_do_afterwards_what_they_did),
		cmocka_unit_test(nohup_is_meant),
	};

	alarm(60);	/* a child that is not ended would be waited for */
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
