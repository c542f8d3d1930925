// SPDX-License-Identifier: GPL-2.0
/*
 * Where a boot's attribution is, in a file of its own or in the run's archive.
 */
#include <errno.h>
#include <stdlib.h>

#include "attribution.h"
#include "attribution_archive.h"

/* Its place in the archive, or NULL; true with a NULL where nobody can tell. */
static bool in_archive(const struct run *run, const struct record *r,
		       const struct archived **place)
{
	const struct archive *all = archive__of(run);
	char *name;

	*place = NULL;
	if (!all || *all->wrong)
		return all;
	name = run__attribution_name(r);
	*place = archive__find(all, name);
	free(name);
	return *place;
}

bool attribution__there(const struct run *run, const struct record *r)
{
	char *path = run__attribution(run, r);
	const struct archived *place;
	bool own = path_exists(path);

	free(path);
	return own || in_archive(run, r, &place);
}

int attribution__load(struct attribution *a, const struct run *run,
		      const struct record *r, char *err, size_t errlen)
{
	char *path = run__attribution(run, r), *of;
	const struct archived *place;
	int e;

	*a = (struct attribution) { 0 };
	if (path_exists(path) || !in_archive(run, r, &place)) {
		e = attribution__read(a, path, err, errlen);
	} else if (!place) {
		snprintf(err, errlen, "%s", archive__of(run)->wrong);
		e = -EINVAL;
	} else {
		of = xasprintf("%s, %s", archive__of(run)->path, place->name);
		e = attribution__parse(a, place->text, place->size, of, err, errlen);
		free(of);
	}
	free(path);
	return e;
}
