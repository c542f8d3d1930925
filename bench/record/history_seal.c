// SPDX-License-Identifier: GPL-2.0
/*
 * Every page of a history ends in a checksum, which is written and checked where
 * SQLite reads and writes its file. SQLite itself notices damage of its structure
 * alone: a figure in which a bit fell over, or a row that a damaged count hides,
 * would be another answer. So a page that is not what was written is an error of
 * whoever reads it, whatever it asked for.
 *
 * It is a layer over the file system that SQLite would use ("VFS"), which keeps
 * its locks and journal. The checksum stands in bytes at the page's end that the
 * file's header reserves, so other programs can read the file; one that writes to
 * it leaves pages whose checksum is wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "history_priv.h"

#define SEAL_BYTES	8
#define PAGE_LEAST	512
#define STATE		0x5ea1	/* file control: is the file sealed? */

struct sealed_file {
	sqlite3_file base;
	int page;		/* bytes of one, as its first page said */
	bool seal;		/* pages that are written get a checksum */
	bool check;		/* and those that are read must have the right one */
};

/* That of the file system, which follows ours in memory. */
static sqlite3_file *under(sqlite3_file *f)
{
	return (sqlite3_file *)((struct sealed_file *)f + 1);
}

/*
 * One word changed is always another sum, since each step can be undone; more are
 * the same one in 2^64. The page's number is in it: a page is not another one.
 */
static uint64_t sum_of(const unsigned char *page, int size, uint64_t number)
{
	uint64_t sum = 0x9e3779b97f4a7c15 ^ number, word;

	for (int i = 0; i < size - SEAL_BYTES; i += sizeof(word)) {
		memcpy(&word, page + i, sizeof(word));
		sum = (sum ^ word) * 0xff51afd7ed558ccd;
		sum ^= sum >> 32;
	}
	return sum;
}

static bool is_right(const unsigned char *page, int size, uint64_t number)
{
	uint64_t sum = sum_of(page, size, number);

	return !memcmp(page + size - SEAL_BYTES, &sum, SEAL_BYTES);
}

/* What the first page says of all of them; see SQLite's file format, "header". */
static void take_header(struct sealed_file *f, const unsigned char *page,
			int size)
{
	uint32_t schema = (uint32_t)page[60] << 24 | page[61] << 16 |
			  page[62] << 8 | page[63];

	f->page = size;
	f->seal = !memcmp(page, "SQLite format 3", 16) &&
		  page[20] == SEAL_BYTES;
	f->check = f->seal && schema >= HISTORY_SEALED &&
		   schema <= HISTORY_SCHEMA;
}

/* A part of pages was read: are they right? */
static int check_pages_of(struct sealed_file *f, int n, sqlite3_int64 at)
{
	unsigned char *page = xcalloc(1, f->page);
	sqlite3_file *file = under(&f->base);
	int r = SQLITE_OK;

	for (sqlite3_int64 i = at / f->page; i <= (at + n - 1) / f->page && !r;
	     i++) {
		r = file->pMethods->xRead(file, page, f->page, i * f->page);
		if (!r && !is_right(page, f->page, i))
			r = SQLITE_CORRUPT;
	}
	free(page);
	return r;
}

static int seal_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
	struct sealed_file *f = (struct sealed_file *)file;
	int r = under(file)->pMethods->xRead(under(file), to, n, at);

	if (r)
		return r;
	if (!at && n >= PAGE_LEAST)
		take_header(f, to, n);
	/* the header's own fields are read before all of the first page is */
	if (!f->check || at + n <= 100)
		return SQLITE_OK;
	if (n != f->page || at % n)
		return check_pages_of(f, n, at);
	return is_right(to, n, at / n) ? SQLITE_OK : SQLITE_CORRUPT;
}

static int seal_write(sqlite3_file *file, const void *from, int n,
		      sqlite3_int64 at)
{
	struct sealed_file *f = (struct sealed_file *)file;
	unsigned char *page = (unsigned char *)from;
	uint64_t sum;

	if (!at && n >= PAGE_LEAST)
		take_header(f, page, n);
	/* into SQLite's own copy, which the journal has when it is undone */
	if (f->seal && n >= PAGE_LEAST) {
		sum = sum_of(page, n, at / n);
		memcpy(page + n - SEAL_BYTES, &sum, SEAL_BYTES);
	}
	return under(file)->pMethods->xWrite(under(file), from, n, at);
}

static int seal_control(sqlite3_file *file, int op, void *arg)
{
	if (op != STATE)
		return under(file)->pMethods->xFileControl(under(file), op, arg);
	*(bool *)arg = ((struct sealed_file *)file)->seal;
	return SQLITE_OK;
}

static int seal_close(sqlite3_file *file)
{
	return under(file)->pMethods->xClose(under(file));
}

static int seal_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return under(file)->pMethods->xTruncate(under(file), size);
}

static int seal_sync(sqlite3_file *file, int flags)
{
	return under(file)->pMethods->xSync(under(file), flags);
}

static int seal_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return under(file)->pMethods->xFileSize(under(file), size);
}

static int seal_lock(sqlite3_file *file, int kind)
{
	return under(file)->pMethods->xLock(under(file), kind);
}

static int seal_unlock(sqlite3_file *file, int kind)
{
	return under(file)->pMethods->xUnlock(under(file), kind);
}

static int seal_reserved(sqlite3_file *file, int *is)
{
	return under(file)->pMethods->xCheckReservedLock(under(file), is);
}

static int seal_sector(sqlite3_file *file)
{
	return under(file)->pMethods->xSectorSize(under(file));
}

static int seal_device(sqlite3_file *file)
{
	return under(file)->pMethods->xDeviceCharacteristics(under(file));
}

/* Version 1: no shared memory, so no log, and nothing that is read without us. */
static const sqlite3_io_methods methods = {
	.iVersion = 1, .xClose = seal_close, .xRead = seal_read,
	.xWrite = seal_write, .xTruncate = seal_truncate, .xSync = seal_sync,
	.xFileSize = seal_size, .xLock = seal_lock, .xUnlock = seal_unlock,
	.xCheckReservedLock = seal_reserved, .xFileControl = seal_control,
	.xSectorSize = seal_sector, .xDeviceCharacteristics = seal_device,
};

/* Journals are left to the file system. */
static int seal_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
		     int flags, int *got)
{
	sqlite3_vfs *system = vfs->pAppData;
	struct sealed_file *f = (struct sealed_file *)file;
	sqlite3_int64 size = 0;
	int r;

	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return system->xOpen(system, name, file, flags, got);
	*f = (struct sealed_file) { 0 };
	r = system->xOpen(system, name, under(file), flags, got);
	if (r)
		return r;
	f->base.pMethods = &methods;
	r = seal_size(file, &size);
	/*
	 * A new file is sealed from its first page on. Of another one nothing is
	 * known before its first page was read, under a lock: what a journal undoes
	 * until then is written as it was.
	 */
	f->seal = !r && !size;
	return SQLITE_OK;
}

const char *history__sealed(void)
{
	static sqlite3_vfs vfs;
	sqlite3_vfs *system;

	if (!vfs.zName) {
		system = sqlite3_vfs_find(NULL);
		vfs = *system;
		vfs.pNext = NULL;
		vfs.pAppData = system;
		vfs.szOsFile += sizeof(struct sealed_file);
		vfs.xOpen = seal_open;
		vfs.zName = "faultline-sealed";
		sqlite3_vfs_register(&vfs, 0);
	}
	return vfs.zName;
}

void history__reserve_seal(sqlite3 *db)
{
	int bytes = SEAL_BYTES;

	sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
}

bool history__is_sealed(sqlite3 *db)
{
	bool is = false;

	sqlite3_file_control(db, "main", STATE, &is);
	return is;
}
