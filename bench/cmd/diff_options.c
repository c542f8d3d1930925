// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of faultline diff; see diff_options.h.
 */
#include "diff_options.h"
#include "limit_options.h"
#include "options.h"

enum { OPT_DIRTY = 256, OPT_NO_DIRTY, OPT_MERGE_BASE, OPT_MBOX, OPT_ONTO,
       OPT_MESSAGE_ID, OPT_WORKLOADS, OPT_PROFILES, OPT_FORMAT,
       OPT_EXIT_CODE };

#define NAME(name) " " #name
#define DIGIT(d) { NULL, d, NULL, OPTION_HIDDEN, NULL, 0 }

static const struct argp_option option_table[] = {
	{ "dirty", OPT_DIRTY, NULL, 0, "Uncommitted changes as a last column (default where the range ends at HEAD and there are any)", 0 },
	{ "no-dirty", OPT_NO_DIRTY, NULL, 0, "Leave them out", 0 },
	{ "merge-base", OPT_MERGE_BASE, "COMMIT", 0, "From where HEAD left COMMIT to HEAD", 0 },
	{ "mbox", OPT_MBOX, "FILE", 0, "The patches of a mailbox, a mail or a folder of them, a column each", 0 },
	{ "onto", OPT_ONTO, "COMMIT", 0, "What they are applied to (default HEAD)", 0 },
	{ "message-id", OPT_MESSAGE_ID, "ID", 0, "The series of that mail, as b4 am finds it", 0 },
	{ "workloads", OPT_WORKLOADS, "LIST", 0, "Names or globs, separated by commas (default one for each path of the handler)", 0 },
	{ "profiles", OPT_PROFILES, "LIST", 0, "Names or globs, separated by commas (default off)", 0 },
	{ "format", OPT_FORMAT, "FORMAT", 0, "One of (default text):" TABLE_FORMATS(NAME), 0 },
	{ "exit-code", OPT_EXIT_CODE, NULL, 0, "For git bisect run: 0 when the end costs no more than the start, 1 when it does, 125 when that cannot be said, 129 when git has to stop", 0 },
	DIGIT('0'), DIGIT('1'), DIGIT('2'), DIGIT('3'), DIGIT('4'),
	DIGIT('5'), DIGIT('6'), DIGIT('7'), DIGIT('8'), DIGIT('9'),
	{ 0 }
};

static const char doc[] =
	"Measure what each commit of the kernel tree you are in adds to a fault: one table, "
	"a column a commit. Nothing is written into that tree.\v"
	"RANGE is A..B, A...B, HEAD~3.. or -3; one COMMIT is what it changed; of several, the\n"
	"first is what the second is compared with, and so on. Without any: what HEAD has and\n"
	"its upstream has not. Merges count as what they brought to their first parent.\n\n"
	"Examples:\n"
	"  cd linux; faultline diff\n"
	"  faultline diff HEAD~3..\n"
	"  faultline diff -3 --workloads touch-write,mmio\n"
	"  faultline diff v6.12..my-branch --profiles off,retpoline\n"
	"  faultline diff my-v1 my-v2 --no-dirty\n"
	"  faultline diff --merge-base kvm-x86/next --format markdown\n"
	"  faultline diff --mbox series.mbx --onto v6.12\n"
	"  faultline diff --message-id 20261127120000.1-1-you@example.com\n"
	"  git bisect run faultline diff v6.12 HEAD --no-dirty --exit-code --more-than 5\n"
	"  faultline diff -1 --rig vitro --workloads touch-write\n";

static void add_list(struct strlist *to, struct argp_state *state,
		     const char *option, const char *arg)
{
	strlist__split(to, arg, ',');
	if (!to->nr)
		argp_error(state, "--%s: an empty list", option);
}

static void check(const struct diff_options *o, const struct argp_state *state)
{
	const bool mails = o->mboxes.nr || o->message_id;
	const int ways = (o->range.nr > 0) + (o->last > 0) + !!o->merge_base + mails;

	if (o->last_said && !o->last)
		argp_error(state, "-0 is no commit");
	if (ways > 1)
		argp_error(state, "a range, -N, --merge-base and mails are ways to say the same; use one");
	if (o->mboxes.nr && o->message_id)
		argp_error(state, "--mbox and --message-id cannot be used together");
	if (o->onto && !mails)
		argp_error(state, "--onto is where mails go; name them with --mbox or --message-id");
	if (o->limit.given && !o->exit_code)
		argp_error(state, "--more-than and --limit are for --exit-code");
	if (o->dirty == DIFF_DIRTY && mails)
		argp_error(state, "--dirty cannot be used with mails");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct diff_options *o = state->input;

	switch (key) {
	case '0' ... '9':
		if (o->last > 100000)
			argp_error(state, "too many commits");
		o->last_said = true;
		o->last = o->last * 10 + key - '0';
		break;
	case OPT_DIRTY:
		o->dirty = DIFF_DIRTY;
		break;
	case OPT_NO_DIRTY:
		o->dirty = DIFF_NO_DIRTY;
		break;
	case OPT_MERGE_BASE:
		o->merge_base = arg;
		break;
	case OPT_MBOX:
		strlist__add(&o->mboxes, arg);
		break;
	case OPT_ONTO:
		o->onto = arg;
		break;
	case OPT_MESSAGE_ID:
		o->message_id = arg;
		break;
	case OPT_WORKLOADS:
		add_list(&o->workloads, state, "workloads", arg);
		break;
	case OPT_PROFILES:
		add_list(&o->profiles, state, "profiles", arg);
		break;
	case OPT_FORMAT:
		o->format = options__table_format(state, arg);
		break;
	case OPT_EXIT_CODE:
		o->exit_code = true;
		break;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->run;
		state->child_inputs[1] = &o->limit;
		break;
	case ARGP_KEY_ARG:
		strlist__add(&o->range, arg);
		break;
	case ARGP_KEY_END:
		check(o, state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { RUN_OPTIONS_SHARED, LIMIT_OPTIONS, { 0 } };
static const struct argp argp = {
	option_table, parse, "[RANGE | COMMIT...]", doc, children, 0, 0
};

void diff_options__parse(struct diff_options *o, int argc, char **argv)
{
	*o = (struct diff_options) { .format = table_formats };
	argp_parse(&argp, argc, argv, 0, NULL, o);
}
