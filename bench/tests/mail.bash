# SPDX-License-Identifier: GPL-2.0
# A kernel tree of a few files, for the tests of mail and ranges: the places that
# the mails of bench/tests/mail change, at the lines they stand at in 6.1.
# shellcheck shell=bash

# tiny_tree DIR: its files
tiny_tree() {
	mkdir -p "$1/arch/x86/kvm/mmu" "$1/virt/kvm"
	printf 'VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 192\nEXTRAVERSION =\n' >"$1/Makefile"
	{
		seq 4244 | sed 's|.*|/* & */|'
		cat <<'END'
static bool is_page_fault_stale(struct kvm_vcpu *vcpu,

static int direct_page_fault(struct kvm_vcpu *vcpu, struct kvm_page_fault *fault)
{
	bool is_tdp_mmu_fault = is_tdp_mmu(vcpu->arch.mmu);

	kvm_pfn_t orig_pfn;
	int r;

	fault->gfn = fault->addr >> PAGE_SHIFT;
	fault->slot = kvm_vcpu_gfn_to_memslot(vcpu, fault->gfn);

	if (page_fault_handle_page_track(vcpu, fault))
		return RET_PF_EMULATE;

	r = fast_page_fault(vcpu, fault);
	if (r != RET_PF_INVALID)
		return r;

	r = mmu_topup_memory_caches(vcpu, false);
	if (r)
		return r;

	r = kvm_faultin_pfn(vcpu, fault);
	if (r != RET_PF_CONTINUE)
		return r;

	r = handle_abnormal_pfn(vcpu, fault, ACC_ALL);
	if (r != RET_PF_CONTINUE)
		return r;

	orig_pfn = fault->pfn;

	if (is_tdp_mmu_fault) {
		r = RET_PF_RETRY;
		read_lock(&vcpu->kvm->mmu_lock);
	}
	return r;
}
END
	} >"$1/arch/x86/kvm/mmu/mmu.c"
	printf '/* the iterator */\n' >"$1/arch/x86/kvm/mmu/tdp_iter.h"
	printf '%s\n' '// SPDX-License-Identifier: GPL-2.0' '' '#include "mmu_internal.h"' \
		'#include "tdp_iter.h"' '#include "spte.h"' '' '/*' >"$1/arch/x86/kvm/mmu/tdp_iter.c"
	printf '%s\n' '// SPDX-License-Identifier: GPL-2.0' '' '#include "mmu.h"' \
		'#include "mmu_internal.h"' '#include "mmutrace.h"' '#include "tdp_iter.h"' \
		'#include "tdp_mmu.h"' '#include "spte.h"' '' >"$1/arch/x86/kvm/mmu/tdp_mmu.c"
	seq 100 >"$1/virt/kvm/kvm_main.c"
}

# tiny_git DIR: the same as a git repository of one commit, `master`
tiny_git() {
	tiny_tree "$1"
	git -C "$1" init -q -b master
	git -C "$1" config user.name "A. Developer"
	git -C "$1" config user.email dev@example.org
	git -C "$1" config commit.gpgsign false
	git -C "$1" add -A
	git -C "$1" commit -qm "Linux 6.1.192"
}

# steps FILE...: what scripts/source says of them, trees cut to what is told apart
steps() {
	"$ROOT/scripts/source" mail "$GIT" "$TREE" "$@"
}

# file_of TREE PATH: a file of a tree
file_of() {
	git --git-dir="$GIT" cat-file blob "$1:$2"
}

# three_commits DIR: a branch `mine` of three commits that change one place after
# another; `trees` are their trees, as one step a line
three_commits() {
	local f=$1/arch/x86/kvm/mmu/mmu.c
	git -C "$1" checkout -q -b mine master
	sed -i 's/orig_pfn = fault->pfn;/orig_pfn = READ_ONCE(fault->pfn);/' "$f"
	git -C "$1" commit -qam "KVM: x86/mmu: Read the pfn once"
	sed -i 's/READ_ONCE(fault->pfn);/& \/* é: once = one *\//' "$f"
	git -C "$1" commit -qam "KVM: x86/mmu: Say naïvely, in a subject that is so long that it is folded, why the pfn is read once"
	sed -i 's/if (r)$/if (unlikely(r))/' "$f"
	git -C "$1" commit -qam "KVM: x86/mmu: Expect the caches to be topped up"
	trees=$(git -C "$1" log --reverse --format='%T%x09%s' master..mine)
}

# encoded HOW <MAIL: the body of a mail as base64, quoted or with CR LF in it
encoded() {
	local line how=$1
	while IFS= read -r line && [ -n "$line" ]; do
		case $line in Content-Transfer-Encoding:*) ;; *) printf '%s\n' "$line" ;; esac
	done
	case $how in
	base64*) printf 'Content-Transfer-Encoding: base64\n\n' ;;
	*) printf 'Content-Transfer-Encoding: quoted-printable\n\n' ;;
	esac
	case $how in
	base64) base64 ;;
	base64-crlf) sed 's/$/\r/' | base64 ;;
	quoted) sed 's/=/=3D/g; s/é/=C3=A9/g; s/ï/=C3=AF/g; s/ $/=20/; s/.\{60\}/&=\n/' ;;
	esac
	printf '\n'
}
