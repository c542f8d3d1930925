// SPDX-License-Identifier: GPL-2.0
/* See draw.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draw.h"
#include "util.h"

#define LIMIT_S	60

/* The last line of a file, or "it said nothing". */
static char *last_words(const char *path)
{
	char *text = path_read(path, NULL), *next = text, *line, *last = NULL;

	while (text && (line = strsep(&next, "\n"))) {
		if (*line)
			last = line;
	}
	last = xstrdup(last ?: "it said nothing");
	free(text);
	return last;
}

/*
 * gnuplot runs a file name that begins with "<" or "|" as a command, and knows
 * "-", "+" and "~" as well; names come from records and command lines.
 */
static char *plain_path(const char *path)
{
	return xasprintf("%s%s", *path == '/' ? "" : "./", path);
}

static char *run_gnuplot(const char *gnuplot, const struct picture *p,
			 const char *data, const char *path)
{
	char *file = xasprintf("bench/report/%s.gp", p->script);
	char *script = path_in_root("%s", file), lines[24];
	char *log = xasprintf("%s.log", data), *words, *why = NULL;
	/* Without what this user has gnuplot do at its start. */
	const char *argv[] = { gnuplot, "-d", "-c", script, data, path, p->title,
			       lines, NULL };
	const struct spawn s = { .argv = argv, .stdout_path = "/dev/null",
				 .stderr_path = log, .limit_s = LIMIT_S };
	int status;

	snprintf(lines, sizeof(lines), "%zu", p->lines);
	if (spawn__run(&s, &status) != SPAWN_EXITED || status) {
		words = last_words(log);
		why = xasprintf("gnuplot does not draw %s: %s", p->name, words);
		free(words);
	}
	unlink(log);
	free(log);
	free(script);
	free(file);
	return why;
}

/* The data's text through p's script into a file; see draw_picture(). */
static char *draw(const struct picture *p, const char *text, const char *path,
		  bool *no_gnuplot)
{
	char *gnuplot = spawn__which("gnuplot"), *out, *data, *why;
	FILE *f;

	*no_gnuplot = !gnuplot;
	if (!gnuplot)
		return xstrdup("no pictures: no gnuplot on PATH; it is in package gnuplot-nox: scripts/deps report");
	out = plain_path(path);
	data = xasprintf("%s.dat", out);
	f = fopen(data, "w");
	if (!f)
		die(EXIT_STORAGE, "%s: %s", data, strerror(errno));
	fputs(text, f);
	if (ferror(f) | fclose(f))
		die(EXIT_STORAGE, "%s: %s", data, strerror(errno));
	why = run_gnuplot(gnuplot, p, data, out);
	unlink(data);
	free(data);
	free(out);
	free(gnuplot);
	return why;
}

char *draw_picture(const struct picture *p, const struct run *run,
		   const struct judgements *j, const char *path,
		   bool *no_gnuplot)
{
	char *text, *why;
	size_t size;
	FILE *f = xmemstream(&text, &size);

	picture__data(f, p, run, j);
	fclose(f);
	why = draw(p, text, path, no_gnuplot);
	free(text);
	return why;
}

char *draw_text(const char *script, const char *title, size_t lines,
		const char *text, const char *path, bool *no_gnuplot)
{
	const struct picture p = {
		.script = script, .name = (char *)script, .title = (char *)title,
		.lines = lines,
	};

	return draw(&p, text, path, no_gnuplot);
}
