// SPDX-License-Identifier: GPL-2.0
/*
 * Subjects of mailed patches. What is expected is what `git mailinfo` 2.39 prints
 * of the same header, where nothing else is said.
 */
#include "subject.h"
#include "unit.h"

static const struct {
	const char *header, *subject;
} rows[] = {
	{ "Subject: [PATCH] KVM: x86/mmu: One thing\n", "KVM: x86/mmu: One thing" },
	{ "Subject: Re: [RFC PATCH v2 02/10] [kvm] KVM: x\n", "KVM: x" },
	/* folded, as git format-patch folds */
	{ "Subject: [PATCH v3 2/3] KVM: x86/mmu: Take it\n out of the\n\tloop\nDate: x\n",
	  "KVM: x86/mmu: Take it out of the loop" },
	/* encoded and folded: the blanks between two words are dropped */
	{ "Subject: [PATCH] =?UTF-8?q?KVM:=20x86/mmu:=20Say=20na=C3=AFvely,=20in=20a?=\n"
	  " =?UTF-8?q?=20long=20line?=\n", "KVM: x86/mmu: Say na\xc3\xafvely, in a long line" },
	{ "Subject: =?utf-8?B?W1BBVENIXSBLVk06IMOp?=\n", "KVM: \xc3\xa9" },
	{ "Subject: [PATCH] =?ISO-8859-1?Q?caf=E9_=3D?= and =?iso-8859-15?q?=A4?= more\n",
	  "caf\xc3\xa9 = and \xe2\x82\xac more" },
	{ "Subject: [PATCH] a = b, c =? d\n", "a = b, c =? d" },
	{ "Subject: [PATCH] caf\xc3\xa9\n", "caf\xc3\xa9" },
	{ "Subject: [PATCH] [fixed at its end\n", "[fixed at its end" },
	/* git mailsplit takes the CR off first */
	{ "subject: [PATCH] small\r\nDate: x\r\n\r\nSubject: no\r\n", "small" },
	/* only headers have it; a diff has none */
	{ "Date: x\n\nSubject: of the text\n", "" },
	{ "diff --git a/x b/x\n", "" },
	{ "", "" },
	/* what git keeps as it is: bytes that are no text are '?' here */
	{ "Subject: [PATCH] caf\xe9!\n", "caf?!" },
	{ "Subject: [PATCH] =?x-nobody?q?caf=E9!?=\n", "caf?!" },
	{ "Subject: [PATCH] =?utf-8?q?cut=C3?=\n", "cut?" },
};

static void a_subject_is_one_line_of_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char mail[512], *subject;

		snprintf(mail, sizeof(mail), "%s%s", i % 2 ? "From: a <b@c>\n" : "",
			 rows[i].header);
		subject = subject_of_mail(mail);
		assert_string_equal(subject, rows[i].subject);
		free(subject);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_subject_is_one_line_of_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
