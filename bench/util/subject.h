/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The subject of a patch that was mailed, as git shows it.
 */
#ifndef FAULTLINE_SUBJECT_H
#define FAULTLINE_SUBJECT_H

/*
 * The Subject of a mail's header: unfolded, encoded words decoded (RFC 2047), in
 * UTF-8, without [PATCH 2/3] and Re: at its front. "" where there is no Subject.
 * Allocated; the caller frees it.
 */
char *subject_of_mail(const char *text);

#endif
