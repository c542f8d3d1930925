// SPDX-License-Identifier: GPL-2.0
/*
 * What vmlinux.debug adds to a built kernel: source lines, stack frames,
 * argument counts and offsets in structs, by libdw; see image.h.
 */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image_priv.h"
#include "util.h"

#define DWARF_RSP	7	/* System V ABI, AMD64: figure 3.36 */

struct image_debug {
	int fd;
	Elf *elf;
	Dwarf *dwarf;
	Dwarf_CFI *cfi;		/* of .debug_frame; NULL: none */
	struct strlist files;	/* paths handed out, below the tree */
};

struct image_debug *image_debug__open(const char *path, const char *build_id,
				      char *err, size_t errlen)
{
	struct image_debug *d = xcalloc(1, sizeof(*d));
	char found[2 * 64 + 1];

	d->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (d->fd < 0) {
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		goto fail;
	}
	d->elf = elf_begin(d->fd, ELF_C_READ_MMAP, NULL);
	if (!d->elf || elf_kind(d->elf) != ELF_K_ELF) {
		snprintf(err, errlen, "%s is not an ELF file; remove its folder and build the kernel again",
			 path);
		goto fail;
	}
	image__read_build_id(d->elf, found, sizeof(found));
	if (strcmp(found, build_id)) {
		snprintf(err, errlen, "%s is of another build: build id %s, vmlinux has %s; remove its folder and build the kernel again",
			 path, *found ? found : "none",
			 *build_id ? build_id : "none");
		goto fail;
	}
	d->dwarf = dwarf_begin_elf(d->elf, DWARF_C_READ, NULL);
	if (!d->dwarf) {
		snprintf(err, errlen, "%s has no debug information (%s); remove its folder and build the kernel again",
			 path, dwarf_errmsg(-1));
		goto fail;
	}
	d->cfi = dwarf_getcfi(d->dwarf);
	return d;
fail:
	image_debug__close(d);
	return NULL;
}

void image_debug__close(struct image_debug *d)
{
	if (!d)
		return;
	dwarf_end(d->dwarf);
	elf_end(d->elf);
	if (d->fd >= 0)
		close(d->fd);
	strlist__free(&d->files);
	free(d);
}

/* "./arch/x86/kvm/../../../virt/kvm/x.c" is virt/kvm/x.c. */
static char *below_tree(const char *path)
{
	struct strlist kept = { 0 };
	const char *p = path;
	char *s;

	while (*p) {
		size_t n = strcspn(p, "/");
		char *part = xasprintf("%.*s", (int)n, p);

		if (!strcmp(part, "..") && kept.nr) {
			free(kept.item[--kept.nr]);
		} else if (n && strcmp(part, ".")) {
			strlist__add(&kept, part);
		}
		free(part);
		p += n + (p[n] == '/');
	}
	s = strlist__join(&kept, "/");
	if (*path == '/') {	/* outside: left as it is */
		free(s);
		s = xstrdup(path);
	}
	strlist__free(&kept);
	return s;
}

Dwarf *image_debug__dwarf(struct image_debug *d)
{
	return d->dwarf;
}

/* Names live as long as the image, each once. */
const char *image_debug__source(struct image_debug *d, const char *path)
{
	char *s = below_tree(path);

	for (size_t i = 0; i < d->files.nr; i++) {
		if (!strcmp(d->files.item[i], s)) {
			free(s);
			return d->files.item[i];
		}
	}
	strlist__add(&d->files, s);
	free(s);
	return d->files.item[d->files.nr - 1];
}

bool image__line(struct image *img, uint64_t addr, const char **file,
		 int *line)
{
	const char *source;
	Dwarf_Line *l;
	Dwarf_Die cu;

	if (!img->debug || !dwarf_addrdie(img->debug->dwarf, addr, &cu))
		return false;
	l = dwarf_getsrc_die(&cu, addr);
	if (!l || dwarf_lineno(l, line) || !*line)
		return false;
	source = dwarf_linesrc(l, NULL, NULL);
	if (!source)
		return false;
	*file = image_debug__source(img->debug, source);
	return true;
}

/*
 * Bytes from the stack pointer to where it was before the call, or -1 where
 * the frame is not told by rsp: a frame that rbp tells has locals below it,
 * whose size its CFI does not give.
 */
static long depth_of(Dwarf_Frame *frame)
{
	Dwarf_Op *op = NULL;
	size_t nr = 0;

	if (dwarf_frame_cfa(frame, &op, &nr) || nr != 1)
		return -1;
	if (op->atom == DW_OP_bregx && op->number == DWARF_RSP)
		return op->number2;
	if (op->atom == DW_OP_breg0 + DWARF_RSP)
		return op->number;
	return -1;
}

long image__frame(struct image *img, const struct func *f)
{
	uint64_t addr = f->addr;
	long deepest = -1;

	if (!img->debug || !img->debug->cfi)
		return -1;
	while (addr < f->addr + f->size) {
		Dwarf_Addr from, to;
		Dwarf_Frame *frame;
		long depth;

		if (dwarf_cfi_addrframe(img->debug->cfi, addr, &frame))
			return -1;
		depth = depth_of(frame);
		if (dwarf_frame_info(frame, &from, &to, NULL) < 0 || to <= addr)
			depth = -1;
		free(frame);
		if (depth < 0)
			return -1;
		if (depth > deepest)
			deepest = depth;
		addr = to;
	}
	return deepest;
}

/*
 * Line tables alone (-g1) have functions without their parameters, and do not
 * say that they are prototyped either.
 */
static int count_parameters(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Die origin, child;
	bool prototyped = false;
	int nr = 0;

	if (!dwarf_attr_integrate(die, DW_AT_prototyped, &attr) ||
	    dwarf_formflag(&attr, &prototyped) || !prototyped)
		return -1;
	/* The abstract one has all of them, though a clone dropped some. */
	while (dwarf_attr(die, DW_AT_abstract_origin, &attr) &&
	       dwarf_formref_die(&attr, &origin))
		*die = origin;
	if (dwarf_child(die, &child))
		return 0;
	do {
		nr += dwarf_tag(&child) == DW_TAG_formal_parameter;
	} while (!dwarf_siblingof(&child, &child));
	return nr;
}

/* By its first range: the second is what is cold of it. */
static bool begins_at(Dwarf_Die *die, uint64_t addr)
{
	Dwarf_Addr base, from, to;

	return dwarf_ranges(die, 0, &base, &from, &to) > 0 && from == addr;
}

int image__args(struct image *img, const struct func *f)
{
	Dwarf_Die cu, die;

	if (!img->debug || !dwarf_addrdie(img->debug->dwarf, f->addr, &cu) ||
	    dwarf_child(&cu, &die))
		return -1;
	do {
		if (dwarf_tag(&die) == DW_TAG_subprogram &&
		    begins_at(&die, f->addr))
			return count_parameters(&die);
	} while (!dwarf_siblingof(&die, &die));
	return -1;
}

/* The struct or union that a member's type is, or false. */
static bool aggregate_of(Dwarf_Die *member, Dwarf_Die *type)
{
	Dwarf_Attribute attr;
	int tag;

	if (!dwarf_attr_integrate(member, DW_AT_type, &attr) ||
	    !dwarf_formref_die(&attr, type) || dwarf_peel_type(type, type))
		return false;
	tag = dwarf_tag(type);
	return tag == DW_TAG_structure_type || tag == DW_TAG_union_type;
}

static long place_of(Dwarf_Die *member)
{
	Dwarf_Attribute attr;
	Dwarf_Word n;

	if (dwarf_attr(member, DW_AT_data_member_location, &attr) &&
	    !dwarf_formudata(&attr, &n))
		return n;
	if (dwarf_attr(member, DW_AT_data_bit_offset, &attr) &&
	    !dwarf_formudata(&attr, &n))
		return n / 8;
	return 0;		/* in a union */
}

/* "a.b" below type, by its first name; what has no name is looked into. */
static long offset_below(Dwarf_Die *type, const char *path)
{
	size_t n = strcspn(path, ".");
	Dwarf_Die member, inner;

	if (dwarf_child(type, &member))
		return -1;
	do {
		const char *name = dwarf_diename(&member);
		const char *rest = name ? path + n + 1 : path;
		long below;

		if (dwarf_tag(&member) != DW_TAG_member ||
		    (name && (strlen(name) != n || strncmp(name, path, n))))
			continue;
		if (name && !path[n])
			return place_of(&member);
		if (!aggregate_of(&member, &inner))
			continue;
		below = offset_below(&inner, rest);
		if (below >= 0)
			return place_of(&member) + below;
	} while (!dwarf_siblingof(&member, &member));
	return -1;
}

long image__offset_of(struct image *img, const char *name, const char *member)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die top, die;

	if (!img->debug)
		return -1;
	while (!dwarf_get_units(img->debug->dwarf, cu, &cu, NULL, NULL, &top,
				NULL)) {
		if (dwarf_child(&top, &die))
			continue;
		do {
			const char *is;
			long offset;

			if (dwarf_tag(&die) != DW_TAG_structure_type ||
			    dwarf_hasattr(&die, DW_AT_declaration) ||
			    !(is = dwarf_diename(&die)) || strcmp(is, name))
				continue;
			offset = offset_below(&die, member);
			if (offset >= 0)
				return offset;
		} while (!dwarf_siblingof(&die, &die));
	}
	return -1;
}
