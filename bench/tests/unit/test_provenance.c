// SPDX-License-Identifier: GPL-2.0
/*
 * Which revision of Faultline measured: its own repository says, no other one,
 * and what nobody says is unknown, not unchanged.
 */
#include "unit.h"

#include <sys/wait.h>
#include <unistd.h>

#include "provenance.h"
#include "util.h"
#include "scratch.h"

enum changed { UNCHANGED, CHANGED, UNKNOWN };

static char top[] = "/tmp/test provenance.XXXXXX";

static void sh(const char *command)
{
	char *all = xasprintf("cd '%s' && { %s; } >said 2>&1", top, command);

	if (system(all))
		fail_msg("%s", command);
	free(all);
}

#define GIT	"git -c user.name=a -c user.email=b -c commit.gpgsign=false "

/* A repository with one commit; its hash, allocated. */
static char *repository(const char *name)
{
	char *command = xasprintf("mkdir -p '%s' && cd '%s' && git init -q . && echo a >file && "
				  "git add file && " GIT "commit -qm 'of %s' && git rev-parse HEAD >'%s/head'",
				  name, name, name, top);
	char *path = xasprintf("%s/head", top), *head;

	sh(command);
	head = path_read(path, NULL);
	head[strcspn(head, "\n")] = '\0';
	free(path);
	free(command);
	return head;
}

/* In a process of its own: the root is found once. */
static void is(const char *root, const char *revision, enum changed changed)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		char *path = xasprintf("%s/%s", top, root), *argv[] = { "faultline" };
		json_t *tool, *c;
		const char *has;

		setenv("FAULTLINE_ROOT", path, 1);
		tool = json_object_get(provenance__new(1, argv), "tool");
		c = json_object_get(tool, "changed");
		has = json_string_value(json_object_get(tool, "revision"));
		if (strcmp(has, revision))
			fprintf(stderr, "revision %s, not %s\n", has, revision);
		_exit(strcmp(has, revision) ||
		      !(changed == UNKNOWN ? json_is_null(c) :
			changed == CHANGED ? json_is_true(c) : json_is_false(c)));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void its_own_repository_says(void **state)
{
	char *head = repository("own");

	(void)state;
	is("own", head, UNCHANGED);
	sh("echo b >own/new");
	is("own", head, UNCHANGED);
	sh("echo b >own/file");
	is("own", head, CHANGED);
	free(head);
}

static void a_repository_around_it_does_not(void **state)
{
	char *head = repository("around");

	(void)state;
	sh("mkdir -p around/faultline");
	is("around/faultline", "unknown", UNKNOWN);
	/* ... nor where something there is called .git and is not. */
	sh("mkdir -p around/broken/.git");
	is("around/broken", "unknown", UNKNOWN);
	free(head);
}

static void a_repository_without_a_commit_says_nothing(void **state)
{
	(void)state;
	sh("mkdir empty && cd empty && git init -q .");
	is("empty", "unknown", UNKNOWN);
}

/* git rebase --exec and hooks export these. */
static void what_a_hook_exports_does_not(void **state)
{
	char *own = repository("mine"), *other = repository("other"), *path;

	(void)state;
	path = xasprintf("%s/other/.git", top);
	setenv("GIT_DIR", path, 1);
	setenv("GIT_INDEX_FILE", "/dev/null", 1);
	is("mine", own, UNCHANGED);
	unsetenv("GIT_DIR");
	unsetenv("GIT_INDEX_FILE");
	free(path);
	free(other);
	free(own);
}

static void a_worktree_has_a_revision(void **state)
{
	char *head = repository("first");

	(void)state;
	sh("cd first && git worktree add -q ../second HEAD");
	is("second", head, UNCHANGED);
	free(head);
}

static void somebody_elses_checkout_has_a_revision(void **state)
{
	char *head;

	(void)state;
	if (geteuid())
		skip();
	head = repository("theirs");
	sh("chown -R 12345 theirs");
	is("theirs", head, UNCHANGED);
	free(head);
}

static void installed_it_says_what_was_known_then(void **state)
{
	(void)state;
	sh("mkdir installed");
	sh("echo 0123456789 >installed/revision");
	is("installed", "0123456789", UNCHANGED);
	sh("echo 0123456789+ >installed/revision");
	is("installed", "0123456789", CHANGED);
	sh("echo unknown >installed/revision");
	is("installed", "unknown", UNKNOWN);
}

static void a_tarball_names_the_commit_it_was_made_of(void **state)
{
	char *head;

	(void)state;
	sh("mkdir tarball && echo '0123456789?' >tarball/source-revision");
	is("tarball", "0123456789", UNKNOWN);
	/* Kept in a repository, that one says. */
	head = repository("kept");
	sh("echo '0123456789?' >kept/source-revision");
	is("kept", head, UNCHANGED);
	sh("mkdir odd && : >odd/source-revision");
	is("odd", "unknown", UNKNOWN);
	free(head);
}

static int make_top(void **state)
{
	(void)state;
	return !mkdtemp(top);
}

static int remove_top(void **state)
{
	(void)state;
	return scratch__remove(top);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_own_repository_says),
		cmocka_unit_test(a_repository_around_it_does_not),
		cmocka_unit_test(a_repository_without_a_commit_says_nothing),
		cmocka_unit_test(what_a_hook_exports_does_not),
		cmocka_unit_test(a_worktree_has_a_revision),
		cmocka_unit_test(somebody_elses_checkout_has_a_revision),
		cmocka_unit_test(installed_it_says_what_was_known_then),
		cmocka_unit_test(a_tarball_names_the_commit_it_was_made_of),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
