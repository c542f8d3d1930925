// SPDX-License-Identifier: GPL-2.0
/*
 * Subjects of mail; see subject.h. What `git mailinfo` does to one line.
 */
#include <ctype.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "subject.h"
#include "util.h"

/* The value of the header, its lines joined; NULL: there is none. */
static char *unfold(const char *text)
{
	const char *p = text, *end;
	char *value, *to;

	while (strncasecmp(p, "Subject:", strlen("Subject:"))) {
		p = strchr(p, '\n');
		if (!p || *++p == '\n' || *p == '\r')
			return NULL;
	}
	p += strlen("Subject:");
	end = p;
	do {
		end += strcspn(end, "\n");
		end += *end == '\n';
	} while (*end == ' ' || *end == '\t');
	value = to = xcalloc(end - p + 1, 1);
	for (; p < end; p++) {
		if (*p != '\n' && *p != '\r')
			*to++ = *p == '\t' ? ' ' : *p;
	}
	return value;
}

static int digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' :
	       isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

/* "=C3=A9_" of encoding Q. Return: bytes written to @to, no more than @n. */
static size_t decode_q(const char *s, size_t n, char *to)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '=' && i + 2 < n && digit(s[i + 1]) >= 0 &&
		    digit(s[i + 2]) >= 0) {
			to[out++] = (char)(digit(s[i + 1]) * 16 + digit(s[i + 2]));
			i += 2;
		} else {
			to[out++] = s[i] == '_' ? ' ' : s[i];
		}
	}
	return out;
}

/* Base64. Return: bytes written to @to, no more than @n. */
static size_t decode_b(const char *s, size_t n, char *to)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned int bits = 0, have = 0;
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		const char *at = s[i] ? strchr(digits, s[i]) : NULL;

		if (!at)
			continue;
		bits = bits << 6 | (unsigned int)(at - digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			to[out++] = (char)(bits >> have);
		}
	}
	return out;
}

/*
 * Append to @to, which is freed, what n bytes of a charset are in UTF-8: a byte
 * that is no text is '?', and a charset that nobody knows is taken for UTF-8.
 */
static char *append(char *to, const char *charset, char *bytes, size_t n)
{
	iconv_t cd = iconv_open("UTF-8", charset);
	size_t left = 4 * n;
	char *text = xcalloc(left + 1, 1), *out = text, *joined;

	if (cd == (iconv_t)-1)
		cd = iconv_open("UTF-8", "UTF-8");
	while (n && cd != (iconv_t)-1 &&
	       iconv(cd, &bytes, &n, &out, &left) == (size_t)-1) {
		*out++ = '?';
		left--;
		bytes++;
		n--;
	}
	if (cd != (iconv_t)-1)
		iconv_close(cd);
	joined = xasprintf("%s%s", to, text);
	free(text);
	free(to);
	return joined;
}

/* One encoded word at s: "=?charset?q?text?=". Return: where it ends, or NULL. */
static const char *encoded_word(const char *s, char **to)
{
	const char *charset = s + 2, *how, *text, *end;
	char *name, *bytes;
	size_t n;

	if (strncmp(s, "=?", 2))
		return NULL;
	how = strchr(charset, '?');
	if (!how || !how[1] || how[2] != '?')
		return NULL;
	text = how + 3;
	end = strstr(text, "?=");
	if (!end || !strchr("qQbB", how[1]))
		return NULL;
	name = xasprintf("%.*s", (int)strcspn(charset, "?*"), charset);
	bytes = xcalloc(end - text + 1, 1);
	n = tolower((unsigned char)how[1]) == 'q' ?
		decode_q(text, end - text, bytes) : decode_b(text, end - text, bytes);
	*to = append(*to, name, bytes, n);
	free(bytes);
	free(name);
	return end + 2;
}

static char *decode(char *s)
{
	char *text = xstrdup("");

	while (*s) {
		const char *word = encoded_word(s, &text);
		size_t n;

		if (word) {	/* blanks between two words are dropped */
			n = strspn(word, " ");
			s = (char *)word + (strncmp(word + n, "=?", 2) ? 0 : n);
			continue;
		}
		n = 1 + strcspn(s + 1, "=");
		text = append(text, "UTF-8", s, n);
		s += n;
	}
	return text;
}

/* Past Re: and [whatever], as git's cleanup_subject(). */
static const char *skip_tags(const char *s)
{
	for (;;) {
		if (!strncasecmp(s, "re:", 3))
			s += 3;
		else if (*s == '[' && strchr(s, ']'))
			s = strchr(s, ']') + 1;
		else if (*s == ' ' || *s == ':')
			s++;
		else
			return s;
	}
}

char *subject_of_mail(const char *text)
{
	char *line = unfold(text), *decoded, *subject;

	if (!line)
		return xstrdup("");
	decoded = decode(line);
	subject = xstrdup(skip_tags(decoded));
	for (size_t n = strlen(subject); n && subject[n - 1] == ' ';)
		subject[--n] = '\0';
	free(decoded);
	free(line);
	return subject;
}
