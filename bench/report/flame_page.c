// SPDX-License-Identifier: GPL-2.0
/*
 * Style, title and legend of a flame picture, and its text as XML; see
 * flame_page.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "flame_page.h"
#include "util.h"

#define LINE		18	/* pixels from line to line */
#define TEXT_COLUMNS	158	/* of a line's width */
#define SWATCH		14

/*
 * Colours for light and dark. In the picture of one run they are quiet and
 * judge nothing; red and blue are kept for more and less expensive, and differ for
 * those who see no red or green. No variables: some that draw SVG know none,
 * and what they do not know of @media they leave out.
 */
static const char style[] =
	"<style>\n"
	".flame text{font:11.5px ui-monospace,SFMono-Regular,Menlo,Consolas,"
	"\"DejaVu Sans Mono\",\"Liberation Mono\",monospace;fill:#1d2127;"
	"white-space:pre}\n"
	".flame text.t{font-size:16px;font-weight:bold}"
	".flame text.n{fill:#5a626c}"
	".flame text.h,.flame .d{font-weight:bold}\n"
	".flame rect{stroke:#fff;stroke-width:.6}"
	".flame rect.page{fill:#fff;stroke:none}\n"
	".flame .kvm{fill:#f3e3bd}.flame .mm{fill:#d3e6cf}"
	".flame .entry{fill:#ded8ee}.flame .other,.flame .eq{fill:#e3e6ea}\n"
	".flame .r1{fill:#fad9ce}.flame .r2{fill:#f2a48d}.flame .r3{fill:#dc6a4d}"
	".flame .b1{fill:#d5e4f5}.flame .b2{fill:#9bc0e6}.flame .b3{fill:#5c97d1}\n"
	".flame g:hover>rect{stroke:#1d2127;stroke-width:1.2}\n"
	"@media (prefers-color-scheme:dark){\n"
	".flame text{fill:#e9ebee}.flame text.n{fill:#a4acb6}"
	".flame rect{stroke:#16191e}.flame rect.page{fill:#16191e}\n"
	".flame .kvm{fill:#554728}.flame .mm{fill:#2d4a2f}"
	".flame .entry{fill:#433b5e}.flame .other,.flame .eq{fill:#363c45}\n"
	".flame .r1{fill:#5a2d24}.flame .r2{fill:#873c2c}.flame .r3{fill:#b04630}"
	".flame .b1{fill:#243f5c}.flame .b2{fill:#2b5788}.flame .b3{fill:#336fae}\n"
	".flame g:hover>rect{stroke:#e9ebee}}\n"
	"</style>\n";

/* Bytes of the UTF-8 character at s, 0 for an invalid or what XML refuses. */
static size_t char_len(const char *s, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	size_t n = *u < 0x80 ? 1 : *u < 0xc0 ? 0 : *u < 0xe0 ? 2 :
		   *u < 0xf0 ? 3 : *u < 0xf8 ? 4 : 0;
	uint32_t c = n == 1 ? *u : *u & (0xff >> (n + 1));

	if (!n || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ||
	    (c & 0xfffe) == 0xfffe || (c < ' ' && c != '\t' && c != '\n') ||
	    c == 0x7f)
		return 0;
	return n;
}

void svg__text(FILE *f, const char *s, size_t len)
{
	svg__clipped(f, s, len, SIZE_MAX);
}

void svg__clipped(FILE *f, const char *s, size_t len, size_t room)
{
	size_t nr = 0, n;

	for (size_t i = 0; i < len; i += n ? n : 1, nr++)
		n = char_len(s + i, len - i);
	for (size_t i = 0, at = 0; i < len; i += n ? n : 1, at++) {
		n = char_len(s + i, len - i);
		if (nr > room && at + 1 >= room) {
			fputs("\xe2\x80\xa6", f);	/* an ellipsis */
			return;
		}
		if (!n)
			fputc('?', f);
		else if (s[i] == '<')
			fputs("&lt;", f);
		else if (s[i] == '>')
			fputs("&gt;", f);
		else if (s[i] == '&')
			fputs("&amp;", f);
		else if (s[i] == '"')
			fputs("&quot;", f);
		else
			fwrite(s + i, 1, n, f);
	}
}

static void write_line(FILE *f, int x, int y, const char *class,
		       const char *s, size_t len)
{
	fprintf(f, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class, x, y);
	svg__text(f, s, len);
	fputs("</text>\n", f);
}

int flame_page__line(FILE *f, int y, const char *class, const char *text)
{
	write_line(f, FLAME_MARGIN, y, class, text, strlen(text));
	return y + LINE;
}

/* Text in lines of @columns; f NULL only finds where they end. */
static int write_wrapped(FILE *f, int y, const char *class, const char *s,
			 size_t columns)
{
	while (*s) {
		size_t len = strlen(s);

		if (len > columns) {
			len = columns;
			while (len && s[len] != ' ')
				len--;
			if (!len)	/* one long word */
				len = columns;
			while ((s[len] & 0xc0) == 0x80)
				len--;
		}
		if (f)
			write_line(f, FLAME_MARGIN, y, class, s, len);
		y += LINE;
		s += len;
		s += strspn(s, " ");
	}
	return y;
}

/* A swatch and what it means; where the next one goes. */
static int write_swatch(FILE *f, int x, int y, const char *class,
			const char *text)
{
	if (f) {
		fprintf(f, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
			class, x, y - 11, SWATCH, SWATCH);
		write_line(f, x + SWATCH + 5, y, "n", text, strlen(text));
	}
	return x + SWATCH + 5 + FLAME_CHAR * (int)strlen(text) + 16;
}

/* Up to where the light, the middle and the strong colour go. */
static int64_t band_end(int64_t most, int band)
{
	return band == 1 ? most / 10 : band == 2 ? most / 2 : most;
}

const char *flame_page__judgement(int64_t d, int64_t most)
{
	static const char *const red[] = { "r1", "r2", "r3" };
	static const char *const blue[] = { "b1", "b2", "b3" };
	int64_t size = llabs(d);
	int band = size <= band_end(most, 1) ? 0 : size <= band_end(most, 2) ? 1 : 2;

	return !d ? "eq" : d > 0 ? red[band] : blue[band];
}

/* A swatch for each band that a whole number can be in. */
static int write_bands(FILE *f, int x, int y, const struct flame_text *t,
		       char sign)
{
	for (int band = 1; band <= 3; band++) {
		int64_t from = band == 1 ? 1 : band_end(t->most, band - 1) + 1;
		int64_t to = band_end(t->most, band);
		char *text;

		if (from > to)
			continue;
		text = from == to ? xasprintf("%c%" PRId64, sign, to) :
		       xasprintf("%c%" PRId64 " to %c%" PRId64, sign, from,
				 sign, to);
		x = write_swatch(f, x, y, flame_page__judgement(sign == '+' ?
				 to : -to, t->most), text);
		free(text);
	}
	return x;
}

static int write_legend(FILE *f, int y, const struct flame_text *t)
{
	char *text = xasprintf("A box is a function, as wide as it counts with all it calls; these stand below it. The whole width is %" PRId64 " %s.%s",
			       t->total, t->unit, t->diff ?
			       " Signs and colours tell what changed in the function itself, in the same unit; one that moved is compared with itself before." : "");
	int x = FLAME_MARGIN;

	y = write_wrapped(f, y, "n", text, TEXT_COLUMNS);
	free(text);
	if (!t->diff) {
		x = write_swatch(f, x, y, "entry", "entry and exceptions");
		x = write_swatch(f, x, y, "kvm", "KVM");
		x = write_swatch(f, x, y, "mm", "memory management");
		write_swatch(f, x, y, "other", "other; colours are by name and judge nothing");
		return y + LINE;
	}
	x = write_bands(f, x, y, t, '-');
	x = write_swatch(f, x, y, "eq", "equal");
	x = write_bands(f, x, y, t, '+');
	if (t->most && f) {
		const char *s = "blue and - cost less, red and + cost more";

		write_line(f, x, y, "n", s, strlen(s));
	}
	return y + LINE;
}

static int write_head(FILE *f, const struct flame_text *t)
{
	int y = FLAME_MARGIN + 16;

	y = write_wrapped(f, y, "t", t->title, TEXT_COLUMNS * 11 / 16);
	y = write_wrapped(f, y + 2, "n", t->subtitle, TEXT_COLUMNS);
	return t->total || t->most ? write_legend(f, y + 4, t) : y;
}

int flame_page__head_height(const struct flame_text *t)
{
	return write_head(NULL, t);
}

void flame_page__head(FILE *f, const struct flame_text *t, int height)
{
	fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"flame\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n<title>",
		FLAME_WIDTH, height, FLAME_WIDTH, height);
	svg__text(f, t->title, strlen(t->title));
	fprintf(f, "</title>\n%s<rect class=\"page\" width=\"100%%\" height=\"100%%\"/>\n",
		style);
	write_head(f, t);
}

/*
 * By how a function is called, first match wins; KVM first, for it has names
 * that look like memory management's. Leading underscores do not count.
 */
static const struct {
	const char *part;
	const char *prefixes;
} parts[] = {
	{ "kvm", "kvm_ vmx_ svm_ vcpu_ tdp_ npf_ npt_ ept_ mmu_ shadow_ paging32_ paging64_ nonpaging_ direct_ fast_page_fault make_spte make_mmu spte_ rmap_ pte_list_ gfn_ hva_to_ host_pfn handle_changed_spte handle_removed walk_shadow page_fault_handle pf_interception x86_emulate emulator_ nested_ is_page_fault make_huge_page drop_spte link_shadow" },
	{ "entry", "entry_ asm_ exc_ irqentry_ irq_enter irq_exit syscall_ do_syscall sysvec_ idtentry_ error_entry error_return common_interrupt ret_from_fork native_irq swapgs_ paranoid_ nmi_ exit_to_user" },
	{ "mm", "handle_mm_fault handle_pte_fault do_user_addr do_anonymous do_fault do_huge_pmd do_wp_page do_swap get_user_page pin_user faultin_ gup_ internal_get_user follow_ alloc_page alloc_pages get_page put_page free_page free_unref clear_page clear_huge prep_new rmqueue folio_ page_ lru_ mem_cgroup charge_ try_charge pte_ pmd_ pud_ p4d_ pgd_ vma_ find_vma vm_normal mmap_ mm_ zap_ unmap_ filemap_ shmem_ pagevec kmem_cache kmalloc kfree slab_ anon_vma mas_ mt_ numa_ count_memcg mod_memcg mod_lruvec" },
};

const char *flame_page__part(const char *name, size_t len)
{
	while (len && *name == '_') {
		name++;
		len--;
	}
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		for (const char *s = parts[i].prefixes; *s;) {
			size_t n = strcspn(s, " ");

			if (n <= len && !memcmp(s, name, n))
				return parts[i].part;
			s += n;
			s += strspn(s, " ");
		}
	}
	return "other";
}
