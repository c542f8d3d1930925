/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What sets a base apart from the others, for whoever puts their tables next to
 * each other.
 */
#ifndef FAULTLINE_BASE_NOTE_H
#define FAULTLINE_BASE_NOTE_H

#include "table.h"

/* The key `differs` of its base.conf, as text and JSON; nothing where it has none. */
void base_note__add(struct table *t, const char *base);

#endif
