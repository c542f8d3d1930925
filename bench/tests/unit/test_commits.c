// SPDX-License-Identifier: GPL-2.0
/* What is typed becomes the right commits of a tiny repository. */
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"
#include "commits.h"
#include "scratch.h"

static char folder[] = "/tmp/faultline-commits.XXXXXX";

/*
 * main: base - a - merge - b, where merge brings side, which is of base. `one` has
 * the upstream main and stands one commit further.
 */
static const char make[] =
	"cd %s && export HOME=$PWD GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=e GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=e && "
	"commit() { echo $1 >$1 && git add $1 && git commit -qm \"$1: a subject\"; } && "
	"git init -q -b main . && commit root && commit base && git branch side && commit a && "
	"git checkout -q side && commit s && git checkout -q main && git merge -q --no-ff -m merge side && "
	"commit b && git checkout -q -b one && git branch -q -u main && commit c && "
	"git clone -q --depth 1 file://$PWD shallow";

static int set_up(void **state)
{
	char *command;

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	command = xasprintf(make, folder);
	if (system(command))
		return -1;
	free(command);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return scratch__remove(folder);
}

/* "subject|subject", the start first; or the message's code. */
static void expect(const char *below, const char *typed, const char *subjects)
{
	char *dir = xasprintf("%s%s", folder, below), *got = xstrdup("");
	struct strlist words = { 0 };
	struct repository r;
	struct commits c;
	struct err e;

	strlist__split(&words, typed, ' ');
	assert_int_equal(repository__find(&r, dir, &e), 0);
	if (commits__range(&c, &r, &words, false, &e)) {
		free(got);
		got = xasprintf("%d", e.code);
		c.nr = 0;
	}
	for (size_t i = 0; i < c.nr; i++) {
		char *more = xasprintf("%s%s%.*s", got, i ? "|" : "",
				       (int)strcspn(c.item[i].subject, ":"),
				       c.item[i].subject);

		free(got);
		got = more;
		assert_int_equal(strlen(c.item[i].id), 40);
		assert_int_equal(strlen(c.item[i].tree), 40);
		assert_int_equal(strlen(c.item[i].name), 12);
	}
	if (strcmp(got, subjects))
		fail_msg("'%s' is %s, not %s (%s)", typed, got, subjects, e.text);
	if (c.nr)
		commits__free(&c);
	repository__free(&r);
	strlist__free(&words);
	free(got);
	free(dir);
}

static void every_form_of_a_range_is_its_commits(void **state)
{
	(void)state;
	expect("", "", "b|c");
	expect("", "main..one", "b|c");
	expect("", "main..", "b|c");
	expect("", "main...one", "b|c");
	expect("", "side...main", "base|a|merge|b");
	expect("", "-2", "merge|b|c");
	expect("", "HEAD~3..", "a|merge|b|c");
	expect("", "HEAD", "b|c");
	expect("", "HEAD~1 HEAD~3", "b|a");
	expect("", "side main one", "s|b|c");
}

static void a_merge_is_compared_with_its_first_parent(void **state)
{
	(void)state;
	expect("", "HEAD~2", "a|merge");
	expect("", "HEAD~4..HEAD~2", "base|a|merge");
}

static void what_cannot_be_a_range_has_its_code(void **state)
{
	(void)state;
	expect("", "nothing..", "3");
	expect("", "HEAD nothing", "3");
	expect("", "HEAD..HEAD", "31");
	expect("", "main..HEAD~2", "31");
	expect("", "main.. one", "2");
	expect("", "HEAD one", "2");
	expect("", "-0", "2");
	expect("", "-99", "31");
	expect("", "HEAD~5", "31");
	expect("/shallow", "HEAD", "4");
	expect("/shallow", "-1", "4");
	expect("/shallow", "", "31");
}

static void a_folder_in_no_tree_is_refused(void **state)
{
	struct repository r;
	struct err e;

	(void)state;
	assert_int_equal(repository__find(&r, "/proc", &e), -1);
	assert_int_equal(e.code, EXIT_WRONG_SOURCE);
}

/* Nothing of the shell's own settings comes in. */
static void the_shells_variables_are_not_seen(void **state)
{
	(void)state;
	setenv("GIT_DIR", "/nowhere", 1);
	setenv("GIT_CONFIG_COUNT", "x", 1);
	expect("", "main..one", "b|c");
	unsetenv("GIT_DIR");
	unsetenv("GIT_CONFIG_COUNT");
}

static void a_commit_later_changes_nothing_that_was_resolved(void **state)
{
	struct strlist words = { 0 };
	struct repository r;
	struct commits c;
	struct err e;
	char *command = xasprintf("cd %s && git -c user.name=n -c user.email=e commit -q --allow-empty --amend -m new",
				  folder), *was;

	(void)state;
	assert_int_equal(repository__find(&r, folder, &e), 0);
	assert_int_equal(commits__range(&c, &r, &words, false, &e), 0);
	was = xstrdup(c.item[1].id);
	assert_int_equal(system(command), 0);
	assert_string_equal(c.item[1].id, was);
	assert_string_equal(c.item[1].subject, "c: a subject");
	commits__free(&c);
	repository__free(&r);
	free(command);
	free(was);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_a_range_is_its_commits),
		cmocka_unit_test(a_merge_is_compared_with_its_first_parent),
		cmocka_unit_test(what_cannot_be_a_range_has_its_code),
		cmocka_unit_test(a_folder_in_no_tree_is_refused),
		cmocka_unit_test(the_shells_variables_are_not_seen),
		cmocka_unit_test(a_commit_later_changes_nothing_that_was_resolved),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
