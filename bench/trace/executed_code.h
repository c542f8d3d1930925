/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which code of KVM one boot executed: stretches of addresses, from its first VM
 * exit on. The paths of an attribution are the typical ones; this has them all.
 */
#ifndef FAULTLINE_EXECUTED_CODE_H
#define FAULTLINE_EXECUTED_CODE_H

#include "image.h"
#include "probe_log.h"

/* Code from one address up to another. */
struct stretch {
	uint64_t from, to;
};

/* By rising address; none touches another. */
struct stretches {
	struct stretch *item;
	size_t nr;
};

struct executed {
	bool known;			/* an old file says nothing of it */
	struct stretches measured;	/* between the doorbells */
	struct stretches outside;	/* ... and what was executed at another time alone */
};

/*
 * What a log says was executed of the code below arch/x86/kvm and virt/kvm; of all
 * the kernel where the image has no debug file. Return: 0, or -EINVAL with a message
 * in @err where the log has an instruction on a path that it says was not executed:
 * then it lost some.
 */
int executed__of_log(struct executed *e, const struct probe_log *log,
		     struct image *img, char *err, size_t errlen);
void executed__free(struct executed *e);

/* Is an instruction that begins from @from to before @to among them? */
bool stretches__touch(const struct stretches *s, uint64_t from, uint64_t to);

/*
 * As text: how far each is from the end of the one before, and how long it is, in
 * hex: "ffffffff81000010+20 8+3". Allocated; the caller frees it. Read: false where
 * it is no such text, and nothing to free.
 */
char *stretches__text(const struct stretches *s);
bool stretches__parse(struct stretches *s, const char *text);
void stretches__free(struct stretches *s);

/*
 * The beginning of a long text of short words, of stretches or of steps: sscanf() looks
 * for the end of all of it, once a word. A word that takes all of this is too long.
 */
#define STRETCHES_HEAD	64
static inline const char *stretches__head(char head[STRETCHES_HEAD], const char *text)
{
	snprintf(head, STRETCHES_HEAD, "%.*s", STRETCHES_HEAD - 1, text);
	return head;
}

#endif
