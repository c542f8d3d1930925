// SPDX-License-Identifier: GPL-2.0
/*
 * See code_hash.h.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "code_hash.h"
#include "util.h"

struct job {
	EVP_MD_CTX *md;
	Elf *elf;
	size_t strings;		/* of the sections' names */
	Elf_Scn *symtab;
};

static void add(const struct job *j, const void *p, size_t n)
{
	EVP_DigestUpdate(j->md, p, n);
}

static void add_number(const struct job *j, uint64_t n)
{
	add(j, &n, sizeof(n));
}

static void add_text(const struct job *j, const char *s)
{
	add(j, s, strlen(s) + 1);
}

static const char *section_name(const struct job *j, Elf_Scn *scn)
{
	GElf_Shdr sh;

	if (!scn || !gelf_getshdr(scn, &sh))
		return "";
	return elf_strptr(j->elf, j->strings, sh.sh_name) ?: "";
}

static bool is_loaded(const struct job *j, size_t index)
{
	Elf_Scn *scn = elf_getscn(j->elf, index);
	GElf_Shdr sh;

	return scn && gelf_getshdr(scn, &sh) && (sh.sh_flags & SHF_ALLOC);
}

/*
 * A static variable of a function is NAME.1234 in gcc, and the number is another
 * when any declaration before it is new. Functions' numbers are of clones, which
 * are code.
 */
static void add_name(const struct job *j, const GElf_Sym *s, const char *name)
{
	const size_t n = strlen(name);
	size_t keep = n;

	if (GELF_ST_BIND(s->st_info) == STB_LOCAL &&
	    GELF_ST_TYPE(s->st_info) != STT_FUNC) {
		while (keep && isdigit((unsigned char)name[keep - 1]))
			keep--;
		keep = keep && keep < n && name[keep - 1] == '.' ? keep : n;
	}
	add_number(j, keep);
	add(j, name, keep);
}

/* Which symbol: its name and where it is. */
static void add_symbol(const struct job *j, size_t index)
{
	const char *name;
	GElf_Shdr sh;
	GElf_Sym s;

	if (!gelf_getshdr(j->symtab, &sh) ||
	    !gelf_getsym(elf_getdata(j->symtab, NULL), index, &s))
		return;
	name = elf_strptr(j->elf, sh.sh_link, s.st_name) ?: "";
	add_name(j, &s, name);
	add_number(j, s.st_info);
	add_number(j, s.st_other);
	add_number(j, s.st_value);
	add_number(j, s.st_size);
	if (s.st_shndx == SHN_UNDEF || s.st_shndx >= SHN_LORESERVE)
		add_number(j, s.st_shndx);
	else
		add_text(j, section_name(j, elf_getscn(j->elf, s.st_shndx)));
}

static void add_relocation(const struct job *j, const GElf_Rela *r)
{
	add_number(j, r->r_offset);
	add_number(j, GELF_R_TYPE(r->r_info));
	add_number(j, r->r_addend);
	add_symbol(j, GELF_R_SYM(r->r_info));
}

/*
 * The entries of __bug_table begin with offsets to code, format and file, each a
 * relocation; where there is a file, two bytes of line number are next.
 */
static void hide_line(uint8_t *bytes, size_t size, const GElf_Rela *r, size_t nr,
		      size_t i)
{
	const size_t end = r[i].r_offset + 4;
	const bool last = i + 1 == nr || r[i + 1].r_offset != end;
	const bool second = i && r[i - 1].r_offset + 4 == r[i].r_offset;

	if (last && second && end + 2 <= size)
		memset(bytes + end, 0, 2);
}

/* What relocates section @target; *r is allocated, the caller frees it. */
static size_t relocations_of(const struct job *j, size_t target, GElf_Rela **r)
{
	Elf_Scn *scn = NULL;
	size_t nr = 0;

	*r = NULL;
	while ((scn = elf_nextscn(j->elf, scn))) {
		GElf_Shdr sh;
		Elf_Data *data;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_RELA ||
		    sh.sh_info != target || !sh.sh_entsize)
			continue;
		data = elf_getdata(scn, NULL);
		*r = xrealloc(*r, (nr + sh.sh_size / sh.sh_entsize) * sizeof(**r));
		for (size_t i = 0; i < sh.sh_size / sh.sh_entsize; i++)
			nr += !!gelf_getrela(data, i, &(*r)[nr]);
	}
	return nr;
}

static void add_section(const struct job *j, Elf_Scn *scn, const GElf_Shdr *sh)
{
	Elf_Data *data = sh->sh_type == SHT_NOBITS ? NULL : elf_getdata(scn, NULL);
	const char *name = section_name(j, scn);
	GElf_Rela *r;
	const size_t nr = relocations_of(j, elf_ndxscn(scn), &r);

	add_text(j, name);
	add_number(j, sh->sh_type);
	add_number(j, sh->sh_flags);
	add_number(j, sh->sh_addralign);
	add_number(j, sh->sh_entsize);
	add_number(j, sh->sh_size);
	if (data && data->d_buf && strcmp(name, "__bug_table")) {
		add(j, data->d_buf, data->d_size);
	} else if (data && data->d_buf) {
		uint8_t *bytes = xcalloc(1, data->d_size);

		memcpy(bytes, data->d_buf, data->d_size);
		for (size_t i = 0; i < nr; i++)
			hide_line(bytes, data->d_size, r, nr, i);
		add(j, bytes, data->d_size);
		free(bytes);
	}
	for (size_t i = 0; i < nr; i++)
		add_relocation(j, &r[i]);
	free(r);
}

/* What it defines in what is loaded, and what it wants of others. */
static void add_symbols(const struct job *j)
{
	GElf_Shdr sh;

	if (!j->symtab || !gelf_getshdr(j->symtab, &sh) || !sh.sh_entsize)
		return;
	for (size_t i = 1; i < sh.sh_size / sh.sh_entsize; i++) {
		GElf_Sym s;

		if (!gelf_getsym(elf_getdata(j->symtab, NULL), i, &s) ||
		    GELF_ST_TYPE(s.st_info) == STT_FILE ||
		    GELF_ST_TYPE(s.st_info) == STT_SECTION)
			continue;
		if (s.st_shndx == SHN_UNDEF || s.st_shndx >= SHN_LORESERVE ||
		    is_loaded(j, s.st_shndx))
			add_symbol(j, i);
	}
}

static void add_object(struct job *j)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(j->elf, scn))) {
		if (gelf_getshdr(scn, &sh) && sh.sh_type == SHT_SYMTAB)
			j->symtab = scn;
	}
	while ((scn = elf_nextscn(j->elf, scn))) {
		if (gelf_getshdr(scn, &sh) && (sh.sh_flags & SHF_ALLOC))
			add_section(j, scn, &sh);
	}
	add_symbols(j);
}

char *code_hash__object(const char *path, char *err, size_t errlen)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct job j = { 0 };
	char *hex = NULL;

	elf_version(EV_CURRENT);
	if (fd < 0) {
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		return NULL;
	}
	j.elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!j.elf || elf_kind(j.elf) != ELF_K_ELF ||
	    elf_getshdrstrndx(j.elf, &j.strings)) {
		snprintf(err, errlen, "%s is not an ELF object", path);
	} else {
		j.md = EVP_MD_CTX_new();
		EVP_DigestInit_ex(j.md, EVP_sha256(), NULL);
		add_object(&j);
		hex = sha256_text(j.md);
		EVP_MD_CTX_free(j.md);
	}
	elf_end(j.elf);
	close(fd);
	return hex;
}

/* One line of the manifest: "HASH TIME SIZE PATH". */
struct known {
	const char *path, *hash, *stamp;
};

static int by_path(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* Into @text, which is cut up, point the entries of *k (allocated; the caller frees it). */
static size_t read_manifest(char *text, struct known **k)
{
	size_t nr = 0, room = 0;
	char *line, *rest = text;

	*k = NULL;
	while (rest && (line = strsep(&rest, "\n"))) {
		char *hash = strsep(&line, " "), *stamp = line;

		for (int words = 0; line && words < 2; words++)
			line = strchr(line, ' ') ? strchr(line, ' ') + 1 : NULL;
		if (!line || strlen(hash) != 64)
			continue;
		line[-1] = '\0';
		if (nr == room)
			*k = xrealloc(*k, (room = room * 2 + 256) * sizeof(**k));
		(*k)[nr++] = (struct known) { line, hash, stamp };
	}
	if (nr)
		qsort(*k, nr, sizeof(**k), by_path);
	return nr;
}

static int write_manifest(const char *path, const char *text, char *err,
			  size_t errlen)
{
	char *new = xasprintf("%s.new", path);
	FILE *f = fopen(new, "w");
	int e = f && fputs(text, f) >= 0 ? 0 : -1;

	if (f && fclose(f))
		e = -1;
	if (!e)
		e = rename(new, path);
	if (e)
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
	free(new);
	return e;
}

int code_hash__objects(char *const *path, size_t nr, const char *manifest,
		       char **text, char *err, size_t errlen)
{
	char *had = path_read(manifest, NULL), *kept = NULL;
	struct known *k;
	const size_t nr_known = read_manifest(had, &k);
	size_t text_size, kept_size;
	FILE *out = open_memstream(text, &text_size);
	FILE *keep = open_memstream(&kept, &kept_size);
	int e = 0;

	for (size_t i = 0; i < nr && !e; i++) {
		const struct known want = { .path = path[i] }, *found = NULL;
		char stamp[64], *hash;
		struct stat st;

		if (stat(path[i], &st)) {
			snprintf(err, errlen, "%s: %s", path[i], strerror(errno));
			e = -1;
			break;
		}
		snprintf(stamp, sizeof(stamp), "%jd.%09ld %jd",
			 (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
			 (intmax_t)st.st_size);
		if (nr_known)
			found = bsearch(&want, k, nr_known, sizeof(*k), by_path);
		if (found && !strcmp(found->stamp, stamp))
			hash = xstrdup(found->hash);
		else
			hash = code_hash__object(path[i], err, errlen);
		e = hash ? 0 : -1;
		if (hash) {
			fprintf(out, "%s %s\n", hash, path[i]);
			fprintf(keep, "%s %s %s\n", hash, stamp, path[i]);
		}
		free(hash);
	}
	fclose(out);
	fclose(keep);
	e = e ?: write_manifest(manifest, kept, err, errlen);
	if (e) {
		free(*text);
		*text = NULL;
	}
	free(kept);
	free(k);
	free(had);
	return e;
}
