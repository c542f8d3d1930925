#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Mail, ranges and git settings: patches in every form they are sent in come to
# the trees that their commits have, and what is no series is refused by name.
#
# stage: quick
# order: 55
# needs: nothing built but the programs; root for the owner of a tree
# takes: 30 s

load common.bash
load mail.bash

setup_file() {
	export LINUX=$BATS_FILE_TMPDIR/linux GIT=$BATS_FILE_TMPDIR/ours
	tiny_git "$LINUX"
	three_commits "$LINUX"
	export TREES=$trees
	git clone -q --bare "$LINUX" "$GIT"
	TREE=$(git -C "$LINUX" rev-parse 'master^{tree}')
	export TREE
	git -C "$LINUX" format-patch -q -o "$BATS_FILE_TMPDIR/patches" --cover-letter master..mine
	export PATCHES=$BATS_FILE_TMPDIR/patches
	cat "$PATCHES"/000[1-3]* >"$BATS_FILE_TMPDIR/plain.mbox"
	export PLAIN=$BATS_FILE_TMPDIR/plain.mbox
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# come_to_trees FILE...: the steps are those of the commits
come_to_trees() {
	local got
	got=$(steps "$@" 2>said) || {
		cat said
		return 1
	}
	diff <(echo "$TREES") <(echo "$got")
}

# each HOW TO: the mails of the series, encoded
each() {
	local m
	for m in "$PATCHES"/000[1-3]*; do
		encoded "$1" <"$m"
	done >"$2"
}

@test "mail: every case of the public reports comes to the trees of git am" {
	local box am
	for box in base64-all base64-one quoted-printable out-of-order; do
		steps "$TESTS/mail/$box.mbox" >"$box"
	done
	git clone -q "$LINUX" am
	git -C am checkout -q master
	git -C am config user.name a
	git -C am config user.email a@b.c
	git -C am am -q "$TESTS/mail/quoted-printable.mbox"
	git -C am log --reverse --format='%T%x09%s' HEAD~3.. >am.steps
	for box in base64-all base64-one quoted-printable out-of-order; do
		diff am.steps "$box"
	done
	for box in rename rename-two; do
		git -C am reset -q --hard origin/master
		git -C am am -q "$TESTS/mail/$box.mbox"
		steps "$TESTS/mail/$box.mbox" >"$box"
		diff <(git -C am log --reverse --format='%T%x09%s' origin/master..) "$box"
	done
	# git am -p1 takes the folders of quilt's as well.
	git -C am reset -q --hard origin/master
	git -C am am -q "$TESTS/mail/quilt-prefix.mbox"
	[ "$(steps "$TESTS/mail/quilt-prefix.mbox" | cut -f1)" = "$(git -C am rev-parse 'HEAD^{tree}')" ]
	run steps "$TESTS/mail/out-of-order-dependent.mbox"
	expect 0 "in the order of their numbers: 1/3 2/3 3/3; they came as 2/3 3/3 1/3" \
		"Step 1 of the pfn" "Step 3 of the pfn"
}

@test "mail: in whatever way it is encoded, it is the same steps" {
	local how
	come_to_trees "$PLAIN"
	for how in base64 base64-crlf quoted; do
		each "$how" "$how.mbox"
		come_to_trees "$how.mbox"
	done
	sed 's/$/\r/' "$PLAIN" >crlf.mbox
	come_to_trees crlf.mbox
	for how in --attach --inline; do
		git -C "$LINUX" format-patch -q --stdout $how master..mine >mime.mbox
		come_to_trees mime.mbox
	done
	# One mail of the three is enough to lose one of three steps.
	{ cat "$PATCHES"/0001*; encoded base64 <"$(echo "$PATCHES"/0002*)"; cat "$PATCHES"/0003*; } >one.mbox
	come_to_trees one.mbox
	sed 's/charset=UTF-8/charset=unknown-8bit/' "$PLAIN" >charset.mbox
	come_to_trees charset.mbox
}

@test "mail: as a mailbox, packed, a folder, a maildir, raw mails or bare diffs" {
	local n
	gzip -c "$PLAIN" >p.gz
	xz -c "$PLAIN" >p.xz
	come_to_trees p.gz
	come_to_trees p.xz
	come_to_trees - <"$PLAIN"
	come_to_trees "$PATCHES"
	grep -q "0000-cover-letter.patch.*is the cover letter" said
	come_to_trees "$PATCHES"/*
	# A maildir in the order of its delivery; b4's folder for quilt.
	mkdir -p m/cur m/new m/tmp
	for n in 3 1 2; do
		sed '1s/^From .*/Return-Path: <dev@example.org>/' "$PATCHES"/000$n* >"m/new/$((1700000000 + 9 - n)).host"
	done
	come_to_trees m
	mkdir quilt
	cp "$PATCHES"/000[1-3]* quilt
	(cd quilt && ls -- *.patch) >quilt/series
	come_to_trees quilt
	# No From line: as public-inbox hands out one mail.
	for n in 1 2 3; do
		sed 1d "$PATCHES"/000$n* >raw$n
	done
	come_to_trees raw1 raw2 raw3
	come_to_trees raw3 raw1 raw2
	# What git diff and git show print.
	for n in 2 1 0; do
		git -C "$LINUX" diff "mine~$((n + 1))" "mine~$n" >"$n.diff"
	done
	[ "$(steps 2.diff 1.diff 0.diff)" = "$(paste <(cut -f1 <<<"$TREES") <(printf '%s\n' 2.diff 1.diff 0.diff))" ]
	git -C "$LINUX" show mine~2 >show.diff
	[ "$(steps show.diff)" = "$(head -n 1 <<<"$TREES")" ]
}

@test "mail: what is no step is left out and named: cover letter, replies, a mail twice" {
	{
		cat "$PATCHES"/0000* "$PATCHES"/0001*
		printf '%s\n' '' 'From r@z Fri Nov 27 12:18:49 2026' 'From: R <r@z>' \
			"Subject: Re: [PATCH 1/3] KVM: x86/mmu: Read the pfn once" '' \
			'> diff --git a/x b/x' 'Like this?' '' 'diff --git a/virt/kvm/new.c b/virt/kvm/new.c' \
			'new file mode 100644' 'index 0000000..e69de29' ''
		cat "$PATCHES"/0002* "$PATCHES"/0001*
		printf '%s\n' '' 'From r@z Fri Nov 27 12:18:49 2026' 'From: R <r@z>' \
			"Subject: RE: [PATCH 2/3] KVM" '' 'Fine.' ''
		cat "$PATCHES"/0003*
	} >thread.mbox
	come_to_trees thread.mbox
	run cat said
	expect 0 "mail 1 ('[PATCH 0/3] *** SUBJECT HERE ***') is the cover letter" \
		"mail 3 ('Re: [PATCH 1/3] KVM: x86/mmu: Read the pfn once') is a reply, although it holds a diff" \
		"mail 5 ('[PATCH 1/3] KVM: x86/mmu: Read the pfn once') is there a second time" \
		"mail 6 ('RE: [PATCH 2/3] KVM') is a reply"
	[ "${#lines[@]}" -eq 4 ]
}

@test "mail: what is no whole series is refused by name" {
	cat "$PATCHES"/0001* "$PATCHES"/0003* >hole.mbox
	run steps hole.mbox
	expect "$EXIT_PATCH" "2/3 is missing in hole.mbox"
	cat "$PATCHES"/0000* "$PATCHES"/0002* >two.mbox
	run steps two.mbox
	expect "$EXIT_PATCH" "1/3 3/3 are missing in two.mbox"
	# A mail whose diff cannot be read is not a cover letter.
	{ cat "$PATCHES"/0001*; sed 's/^diff /dif /; s/^\(---\|+++\|@@\)./#/' "$PATCHES"/0002*; cat "$PATCHES"/0003*; } >unread.mbox
	run steps unread.mbox
	expect "$EXIT_PATCH" "unread.mbox, mail 2 ('[PATCH 2/3] KVM: x86/mmu: Say na" "holds no diff that git can read"
	{ cat "$PATCHES"/0001*; sed '/^@@/,$d' "$PATCHES"/0002*; cat "$PATCHES"/0003*; } >cut.mbox
	run steps cut.mbox
	expect "$EXIT_PATCH" "cut.mbox, mail 2"
	{ cat "$PATCHES"/0001*; sed '/^+.*once = one/,$d' "$PATCHES"/0002*; cat "$PATCHES"/0003*; } >torn.mbox
	run steps torn.mbox
	expect "$EXIT_PATCH" "torn.mbox, mail 2" "is damaged: corrupt patch"
	sed 's/^Subject: \[PATCH /&v2 /' "$PLAIN" >v2.mbox
	cat "$PLAIN" v2.mbox >versions.mbox
	run steps versions.mbox
	expect "$EXIT_PATCH" "two versions of a series are in one box: versions.mbox, mail 1 ('[PATCH 1/3]" "mail 4 ('[PATCH v2 1/3]" "keep one of them"
	{ cat "$PLAIN"; sed 's/unlikely/likely/' "$PATCHES"/0003*; } >twice.mbox
	run steps twice.mbox
	expect "$EXIT_PATCH" "two mails are 3/3: twice.mbox, mail 3" "and twice.mbox, mail 4"
	run steps "$PATCHES"/0000*
	expect "$EXIT_USAGE" "holds no patch"
	: >empty
	run steps empty
	expect "$EXIT_PATCH" "empty is empty"
	head -c 3000 /dev/urandom >noise
	run steps noise
	[ "$status" -ne 0 ]
	head -c 100 p.gz >cut.gz 2>/dev/null || { gzip -c "$PLAIN" | head -c 100 >cut.gz; }
	run steps cut.gz
	expect "$EXIT_PATCH" "cut.gz cannot be unpacked: gzip"
	run steps nowhere.mbox
	expect "$EXIT_MISSING" "nowhere.mbox cannot be read"
	mkdir none
	run steps none
	expect "$EXIT_USAGE" "the folder none holds no patch"
	# One mail alone was chosen by whoever named it.
	run steps "$PATCHES"/0001*
	expect 0 "is 1/3 alone"
}

# change COMMAND...: a commit on `work` that COMMAND makes in the tree; its mail
# is `mail`, its tree `want`
change() {
	rm -rf work
	git clone -q "$LINUX" work
	git -C work checkout -q master
	git -C work config user.name a
	git -C work config user.email a@b.c
	(cd work && eval "$*" && git add -A . && git commit -qm change)
	git -C work format-patch -q --stdout --binary --full-index -M -1 >mail
	want=$(git -C work rev-parse 'HEAD^{tree}')
}

@test "mail: a rename, a mode, an empty file, a removal, binary data, odd names are patches" {
	local command
	for command in 'git mv virt/kvm/kvm_main.c virt/kvm/main.c' \
		'chmod +x virt/kvm/kvm_main.c' ': >virt/kvm/empty.c' 'rm virt/kvm/kvm_main.c' \
		'head -c 500 /dev/urandom >virt/kvm/blob' 'ln -s kvm_main.c virt/kvm/link' \
		'printf "a\r\nb\n" >virt/kvm/crlf' 'printf %s "no end" >virt/kvm/end' \
		'echo x >"virt/kvm/a b é\".c"'; do
		change "$command"
		run steps mail
		expect 0 "$want	change"
	done
}

@test "mail: names without a/ and b/ are the tree's where the tree says so" {
	local command
	for command in 'sed -i s/50/fifty/ virt/kvm/kvm_main.c' 'echo x >virt/kvm/new.c' \
		'mkdir virt/lib && echo x >virt/lib/new.c' \
		'mkdir top && echo x >top/new.c' 'echo x >NEW' 'echo y >>Makefile'; do
		change "$command"
		git -C work diff --no-prefix HEAD~ HEAD >plain.diff
		run steps plain.diff
		expect 0 "$want	plain.diff"
		git -C work diff --src-prefix=i/ --dst-prefix=w/ HEAD~ HEAD >mnemonic.diff
		run steps mnemonic.diff
		expect 0 "$want	mnemonic.diff"
	done
	# As diff -u and quilt print them, without a line of git's.
	change 'echo x >virt/kvm/new.c; sed -i s/50/fifty/ virt/kvm/kvm_main.c'
	git -C work diff --no-prefix HEAD~ HEAD | sed '/^diff --git/d; /^index/d; /^new file/d' >quilt.diff
	run steps quilt.diff
	expect 0 "$want	quilt.diff"
}

@test "mail: a patch that does not apply names mail, file, hunk and what to do" {
	change 'sed -i "s/^10$/ten/; s/^50$/fifty/; s/^90$/ninety/" virt/kvm/kvm_main.c'
	sed -i 's/^ 52$/ 53/' mail
	run steps mail
	expect "$EXIT_PATCH" "mail ('change') does not apply: file virt/kvm/kvm_main.c: Hunk #2 FAILED at 47 (@@ -47,7 +47,7 @@" \
		"; rebase the series on this tree"
	# No fuzz: two lines of context that fit are not enough; an offset is.
	change 'sed -i "s/^50$/fifty/" virt/kvm/kvm_main.c'
	sed -i 's/^@@ -47,7 +47,7 @@/@@ -40,7 +40,7 @@/' mail
	run steps mail
	expect 0 "$want"
	git -C work checkout -q HEAD~
	run "$ROOT/scripts/source" mail "$GIT" "$want" mail
	expect "$EXIT_PATCH" "this tree has that change already: leave it out"
	change '{ printf "\\0"; head -c 500 /dev/urandom; } >virt/kvm/blob'
	git -C work format-patch -q --stdout -1 | sed 's/^index .*/index 0000000..1234567/' >short
	run steps short
	expect "$EXIT_PATCH" "without full index" "git format-patch --binary --full-index"
	change 'rm virt/kvm/kvm_main.c'
	sed 's/kvm_main/kvm_none/' mail >none
	run steps none
	expect "$EXIT_PATCH" "virt/kvm/kvm_none.c: does not exist in index"
	run "$ROOT/scripts/source" mail "$GIT" 0123456789012345678901234567890123456789 mail
	expect "$EXIT_MISSING" "holds no tree 0123"
	# Nothing is left of any of it.
	[ -z "$(find "$GIT" -name 'steps.*')" ]
}

@test "mail: a patch does not leave the tree" {
	local name
	for name in ../evil.c .git/hooks/evil virt/../../evil.c .GIT/config; do
		printf '%s\n' 'Subject: [PATCH] evil' '' "diff --git a/$name b/$name" 'new file mode 100644' \
			'index 0000000..587be6b' '--- /dev/null' "+++ b/$name" '@@ -0,0 +1 @@' '+x' >evil
		run steps evil
		expect "$EXIT_PATCH" "evil ('evil') does not apply: invalid path" "outside the kernel tree"
	done
	change 'ln -s /tmp virt/out'
	printf '%s\n' 'Subject: [PATCH] evil' '' "diff --git a/virt/out/x b/virt/out/x" 'new file mode 100644' \
		'index 0000000..587be6b' '--- /dev/null' '+++ b/virt/out/x' '@@ -0,0 +1 @@' '+x' >through
	run steps mail through
	expect "$EXIT_PATCH" "beyond a symbolic link"
	# Nor is it taken for a tree with a folder b/.
	change 'echo x >virt/kvm/new.c'
	sed 's#virt/kvm/new.c#virt/kvm/kvm_main.c#' mail >there
	run steps there
	expect "$EXIT_PATCH" "virt/kvm/kvm_main.c: already exists in index"
}

@test "mail: a step is cut from a series without a word of the rest, and its offset is seen" {
	# apply_patches: what a variant's series is applied with
	cat >apply <<-END
		ROOT=$ROOT
		. "$ROOT/scripts/lib/common.sh"
		. "$ROOT/scripts/lib/mail.sh"
		PATCH_FOR='variant q'
		"\$@"
	END
	run bash apply apply_patches "$GIT" "$TREE" "$PATCHES"/000[12]*
	expect 0
	[ "$output" = "$(head -n 2 <<<"$TREES")" ]
	run bash apply apply_patches --no-offset "$GIT" "$TREE" "$PATCHES"/000[12]*
	expect 0
	run bash apply apply_patches "$GIT" "$TREE" "$PATCHES"/000[2]*
	expect "$EXIT_PATCH" "variant q: patch 0002-KVM-x86-mmu-Say-na" "does not apply: file arch/x86/kvm/mmu/mmu.c: Hunk #1 FAILED at"
	sed 's/^@@ -42\(..\),7 +42\(..\),7/@@ -41\1,7 +41\2,7/' "$PATCHES"/0001* >moved.patch
	run bash apply apply_patches "$GIT" "$TREE" moved.patch
	expect 0 "KVM: x86/mmu: Read the pfn once"
	run bash apply apply_patches --no-offset "$GIT" "$TREE" moved.patch
	expect "$EXIT_PATCH" "variant q: patch moved.patch applies with an offset: Hunk #1 succeeded at"
	run bash apply apply_patches "$GIT" "$TREE" "$PLAIN"
	expect "$EXIT_PATCH" "holds 3 mails, not one patch"
	run bash apply fits_patch "$GIT" "$TREE" moved.patch
	expect 0
	[ -z "$output" ]
	run bash apply fits_patch "$GIT" "$TREE" "$PATCHES"/0002*
	expect "$EXIT_PATCH"
	[ -z "$output" ]
}

# A folder of variants to make new ones in, and a clone to do it from.
new_variants() {
	mkdir -p v
	export FAULTLINE_NEW_TOP=$PWD/v
	git clone -q "$LINUX" linux
	git -C linux config user.name a
	git -C linux config user.email a@b.c
	cd linux
	git branch -q master origin/master
}

# of_range BASE NAME: the trees its series comes to on $1's start
of_range() {
	"$ROOT/scripts/source" mail "$GIT" "${3:-$TREE}" "$FAULTLINE_NEW_TOP/$1/$2"
}

@test "range: whatever git is set to, a variant has the same bytes and mail the same steps" {
	local s bad=() box=$TESTS/mail/out-of-order.mbox
	new_variants
	cp "$PLAIN" plain.mbox
	git checkout -q -b cut master
	git mv virt/kvm/kvm_main.c virt/kvm/main.c
	head -c 100 /dev/zero >virt/kvm/blob
	git add virt
	git commit -qm "KVM: Move it, and add data" -m $'Text.\n-- >8 --\nMore text.'
	git merge -q mine -m "Merge branch 'mine'" 2>/dev/null || git merge -q origin/mine -m "Merge branch 'mine'"
	"$ROOT/scripts/new" variant plain --from master..cut
	steps "$box" >"$BATS_TEST_TMPDIR/steps"
	export HOME=$BATS_TEST_TMPDIR/home
	mkdir -p "$HOME/.config/git"
	while read -r s; do
		git config -f .git/config.set "${s%%=*}" "${s#*=}"
		cat .git/config.set >>.git/config
		cp .git/config.set "$HOME/.gitconfig"
		"$ROOT/scripts/new" variant set --replace --from master..cut >"$BATS_TEST_TMPDIR/said" 2>&1 &&
			diff -r -x variant.conf "$FAULTLINE_NEW_TOP"/v6.1/plain "$FAULTLINE_NEW_TOP"/v6.1/set >>"$BATS_TEST_TMPDIR/said" &&
			{ [[ $s == @(diff|format).* ]] || steps "$box" 2>/dev/null | cmp - "$BATS_TEST_TMPDIR/steps"; } || bad+=("$s")
		rm .git/config.set
		git config --file .git/config --unset-all "${s%%=*}"
	done <<-'END'
		diff.noprefix=true
		diff.mnemonicPrefix=true
		diff.external=true
		diff.algorithm=histogram
		diff.context=9
		diff.interHunkContext=40
		diff.renames=false
		diff.orderFile=/dev/null
		diff.suppressBlankEmpty=true
		diff.indentHeuristic=false
		format.coverLetter=true
		format.suffix=.txt
		format.useAutoBase=true
		format.attach=true
		format.signature=me
		format.outputDirectory=elsewhere
		format.thread=deep
		format.numbered=true
		format.subjectPrefix=RFC
		format.noprefix=true
		format.signOff=true
		format.filenameMaxLength=12
		format.headers=X-Mine: yes
		core.quotePath=false
		core.abbrev=40
		core.autocrlf=true
		core.whitespace=cr-at-eol,tab-in-indent
		color.ui=always
		i18n.logOutputEncoding=ISO-8859-1
		i18n.commitEncoding=ISO-8859-1
		mailinfo.scissors=true
		mailinfo.quotedCr=strip
		am.keepcr=true
		am.threeWay=true
		am.messageId=true
		apply.whitespace=error
		apply.ignoreWhitespace=change
		commit.gpgSign=true
		log.showSignature=true
		gpg.program=false
	END
	# What is not in a configuration.
	echo '* -diff -text' >"$HOME/.config/git/attributes"
	cp "$HOME/.config/git/attributes" .git/info/attributes
	GIT_EXTERNAL_DIFF=false GIT_DIFF_OPTS=-u0 GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=diff.noprefix \
		GIT_CONFIG_VALUE_0=true LC_ALL=C.UTF-8 TZ=Asia/Tokyo GIT_PAGER=false \
		"$ROOT/scripts/new" variant set --replace --from master..cut
	diff -r -x variant.conf "$FAULTLINE_NEW_TOP"/v6.1/plain "$FAULTLINE_NEW_TOP"/v6.1/set || bad+=(environment)
	echo "otherwise with: ${bad[*]}"
	[ ${#bad[@]} -eq 0 ]
}

@test "range: a merge is one step, its own change with it, and is said" {
	new_variants
	git checkout -q -b topic master
	echo a >virt/kvm/topic.c && git add virt && git commit -qm "KVM: A topic"
	echo b >>virt/kvm/topic.c && git commit -qam "KVM: More of it"
	git checkout -q -b work master
	sed -i s/^5$/five/ virt/kvm/kvm_main.c && git commit -qam "KVM: Five"
	git merge -q --no-ff --no-commit topic
	sed -i s/^50$/fifty/ virt/kvm/kvm_main.c
	git add virt && git commit -qm "Merge branch 'topic'"
	sed -i s/^90$/ninety/ virt/kvm/kvm_main.c && git commit -qam "KVM: Ninety"
	run "$ROOT/scripts/new" variant merged --from master..work
	expect 0 "(3 patches)" "MERGE   $(git rev-parse --short=12 HEAD~) 'Merge branch 'topic'' is one step: 2 commits that it brings, and what the merge itself changes"
	diff <(git log --reverse --first-parent --format='%T%x09%s' master..work) <(of_range v6.1 merged)
	run "$ROOT/scripts/new" variant two --from -2
	expect 0 "(2 patches)"
	diff <(git log --reverse --first-parent -2 --format='%T%x09%s') <(of_range v6.1 two "$(git rev-parse 'HEAD~2^{tree}')")
}

@test "range: what names one means what it means to git format-patch" {
	local range
	new_variants
	for range in master.. master..HEAD master...mine master -3 '-3 mine' HEAD~3 '^master mine'; do
		run "$ROOT/scripts/new" variant r --replace --from "$range"
		expect 0 "(3 patches)"
		diff <(echo "$TREES") <(of_range v6.1 r)
	done
	run "$ROOT/scripts/new" variant one --from 'mine~^!'
	expect 0 "(1 patch)"
	run "$ROOT/scripts/new" variant x --from mine
	expect "$EXIT_USAGE" "--from mine holds no commit" "START..BRANCH a branch, and -3 the last three commits"
	run "$ROOT/scripts/new" variant x --from nonsense..mine
	expect "$EXIT_USAGE" "neither mail (no such file or folder) nor a git range"
	run "$ROOT/scripts/new" variant x --from '-3 nonsense'
	expect "$EXIT_UNKNOWN_NAME" "git knows no commit nonsense"
	run "$ROOT/scripts/new" variant x --from --all
	expect "$EXIT_USAGE" "several tips"
	mkdir mine
	run "$ROOT/scripts/new" variant x --from mine
	expect "$EXIT_USAGE" "mine is a file and a commit; say ./mine for the file or mine..HEAD"
	git clone -q --depth 2 "file://$LINUX" ../shallow
	cd ../shallow
	run "$ROOT/scripts/new" variant x --from -2
	expect "$EXIT_MISSING" "git fetch --deepen=2"
	run "$ROOT/scripts/new" variant shallow --from -1
	expect 0 "(1 patch)"
	cd "$BATS_TEST_TMPDIR"
	run "$ROOT/scripts/new" variant x --from -1
	expect "$EXIT_USAGE" "neither mail"
	[ ! -e "$FAULTLINE_NEW_TOP/v6.1/x" ]
}

@test "range: the base is the Makefile's where the range begins" {
	new_variants
	sed -i 's/^PATCHLEVEL = .*/PATCHLEVEL = 12/; s/^EXTRAVERSION =.*/& -rc3/' Makefile
	git commit -qam "Linux 6.12-rc3"
	echo x >>virt/kvm/kvm_main.c && git commit -qam "KVM: x"
	run "$ROOT/scripts/new" variant mine --from -1
	expect 0 "v/v6.12/mine (1 patch)" "run --base v6.12 --variants mine@all"
	run "$ROOT/scripts/new" variant mine --from -1 --base v6.1
	expect 0 "-1 begins on Linux 6.12, and is taken for v6.1 as --base says"
	sed -i 's/^PATCHLEVEL = .*/PATCHLEVEL = 13/' Makefile
	git commit -qam "Linux 6.13"
	echo x >>virt/kvm/kvm_main.c && git commit -qam "KVM: y"
	run "$ROOT/scripts/new" variant mine --from -1
	expect "$EXIT_UNKNOWN_NAME" "begins on Linux 6.13, and there is no base v6.13; measure it as it is: faultline diff -1; or make the base: scripts/new base v6.13 --from" "there are: v5.10 v5.15 v6.1 v6.12"
	git rm -q Makefile && git commit -qm "No kernel"
	echo x >>virt/kvm/kvm_main.c && git commit -qam "KVM: z"
	run "$ROOT/scripts/new" variant mine --from -1
	expect "$EXIT_WRONG_SOURCE" "is no kernel tree"
	run "$ROOT/scripts/new" variant none --from "$PLAIN"
	expect 0 "base v6.1, since no --base is given" "v/v6.1/none (3 patches)"
}

@test "range: made again after a rebase, what was written of it kept; what is not committed is said" {
	new_variants
	run "$ROOT/scripts/new" variant mine --from master..mine
	expect 0 "(3 patches)"
	run "$ROOT/scripts/new" variant mine --from master..mine
	expect "$EXIT_USAGE" "is there already; --replace makes its series again"
	sed -i 's/^title .*/title = What I try/; s/^shape =/shape = (fault)/' "$FAULTLINE_NEW_TOP/v6.1/mine/variant.conf"
	git reset -q --hard HEAD~
	sed -i s/^5$/five/ virt/kvm/kvm_main.c
	git commit -q --amend -am "KVM: x86/mmu: Something else"
	echo more >>virt/kvm/kvm_main.c
	git status --porcelain >before
	stat -c %y .git/index >index
	run "$ROOT/scripts/new" variant mine --replace
	expect 0 "(2 patches)" "uncommitted changes of 1 file in $PWD are left out"
	# The repository is asked, and nothing else.
	[ "$(stat -c %y .git/index)" = "$(cat index)" ]
	diff <(git log --reverse --format='%T%x09%s' master..mine) <(of_range v6.1 mine)
	[ "$(ls "$FAULTLINE_NEW_TOP/v6.1/mine")" = "$(cd "$FAULTLINE_NEW_TOP/v6.1/mine" && echo -e "$(cat series)\nseries\nvariant.conf")" ]
	run cat "$FAULTLINE_NEW_TOP/v6.1/mine/variant.conf"
	expect 0 "title = What I try" "shape = (fault)" "why   = Made from master..mine." "from  = master..mine"
	run "$ROOT/scripts/new" variant mine --replace --from -1
	expect 0 "(1 patch)"
	run cat "$FAULTLINE_NEW_TOP/v6.1/mine/variant.conf"
	expect 0 "title = What I try" "why   = Made from -1." "from  = -1"
	[ "$(grep -c ^from "$FAULTLINE_NEW_TOP/v6.1/mine/variant.conf")" -eq 1 ]
	run "$ROOT/scripts/new" variant other --replace
	expect "$EXIT_UNKNOWN_NAME" "no variant 'other' here says what it was made from"
	# What cannot be made leaves what was there.
	run "$ROOT/scripts/new" variant mine --replace --from HEAD..HEAD
	expect "$EXIT_USAGE" "holds no commit"
	[ "$(grep -c . "$FAULTLINE_NEW_TOP/v6.1/mine/series")" -eq 1 ]
	[ "$(ls -A "$FAULTLINE_NEW_TOP/v6.1")" = mine ]
}

@test "range: a variant of mail is plain mail, for git am as well" {
	local box
	new_variants
	for box in base64-one quoted-printable out-of-order; do
		run "$ROOT/scripts/new" variant boxed --replace --from "$TESTS/mail/$box.mbox"
		expect 0 "(3 patches)"
		diff <(steps "$TESTS/mail/$box.mbox") <(of_range v6.1 boxed)
		grep -qx 'An error here is rare — say so to gcc.' "$FAULTLINE_NEW_TOP"/v6.1/boxed/0002*
		git checkout -q --detach master
		(cd "$FAULTLINE_NEW_TOP/v6.1/boxed" && cat $(cat series)) | git am -q
		diff <(steps "$TESTS/mail/$box.mbox" 2>/dev/null) <(git log --reverse --format='%T%x09%s' master..)
	done
	run "$ROOT/scripts/new" variant none --from "$PATCHES"/0000*
	expect "$EXIT_USAGE" "holds no patch"
	run "$ROOT/scripts/new" variant piped --from - <"$PLAIN"
	expect 0 "(3 patches)"
	diff <(echo "$TREES") <(of_range v6.1 piped)
}

@test "range: a worktree, a bare repository, spaces, a locked index, another owner, a partial clone" {
	new_variants
	git worktree add -q "$BATS_TEST_TMPDIR/a work tree" origin/mine~ 2>/dev/null
	mkdir "$BATS_TEST_TMPDIR/t m p" "$BATS_TEST_TMPDIR/v v"
	export TMPDIR="$BATS_TEST_TMPDIR/t m p" FAULTLINE_NEW_TOP="$BATS_TEST_TMPDIR/v v"
	cd "$BATS_TEST_TMPDIR/a work tree/virt"
	: >"$(git rev-parse --absolute-git-dir)/index.lock"
	run "$ROOT/scripts/new" variant spaces --from master..
	expect 0 "(2 patches)" 'FAULTLINE_VARIANTS='
	diff <(head -n 2 <<<"$TREES") <(of_range v6.1 spaces)
	[ -z "$(ls -A "$TMPDIR")" ]
	cd "$GIT"
	run "$ROOT/scripts/new" variant bare --from master..mine
	expect 0 "(3 patches)"
	diff <(echo "$TREES") <(of_range v6.1 bare)
	# Who owns it is git's own question.
	cd "$BATS_TEST_TMPDIR/linux"
	export HOME=$BATS_TEST_TMPDIR
	if [ "$(id -u)" -eq 0 ]; then	# a tree can be given away
		chown -R 65534 .
		run "$ROOT/scripts/new" variant owner --from master..
		expect "$EXIT_MISSING" "git does not trust $PWD, which another user owns; run: git config --global --add safe.directory"
		git config --file "$HOME/.gitconfig" --add safe.directory "$PWD"
		run "$ROOT/scripts/new" variant owner --from master..
		expect 0 "(3 patches)"
	fi
	git -C "$LINUX" config uploadpack.allowFilter true
	git clone -q --no-checkout --filter=blob:none "file://$LINUX" ../partial
	cd ../partial
	run "$ROOT/scripts/new" variant partial --from -1
	expect "$EXIT_MISSING" "git fetch --refetch --no-filter"
	run "$ROOT/scripts/new" variant partial --base v6.1 --from -1
	expect "$EXIT_MISSING" "git fetch --refetch --no-filter"
}

@test "mail: format=flowed, and what is stuffed in it" {
	change 'sed -i "s/^50$/fifty/" virt/kvm/kvm_main.c'
	sed 's/^ /  /; s/^Subject:/Content-Type: text\/plain; format=flowed; delsp=yes\n&/' mail >flowed
	run steps flowed
	expect 0 "$want	change"
}

@test "mail: a damaged first or From line loses no mail without a word" {
	# A header without its empty line, and a mail in base64 after it.
	{ sed '/^$/{ s/.*/Text./; :a; n; ba }' "$PATCHES"/0001*; encoded base64 <"$(echo "$PATCHES"/0002*)"; cat "$PATCHES"/0003*; } >header
	come_to_trees header
	# A raw mail, and others after it.
	sed 1d "$PLAIN" >raw
	come_to_trees raw
	# Two mails in one, and nothing but a subject says so.
	sed 's/ \[PATCH [0-9]\/3\]/ [PATCH]/' "$PLAIN" >none
	come_to_trees none
	awk '/^From / && ++n == 2 { sub(/From/, "Fr\001m") } { print }' none >joined
	run steps joined
	expect "$EXIT_PATCH" "joined, mail 1 ('[PATCH] KVM: x86/mmu: Read the pfn once') holds another mail after its diff"
	awk '/^From / && ++n == 2 { sub(/From/, "Fr\001m") } { print }' "$PLAIN" >joined
	run steps joined
	expect "$EXIT_PATCH" "joined, mail 1"
	# Not a mail at its front, but mails in it.
	{ echo 'Have a look:'; echo; cat "$PLAIN"; } >look
	run steps look
	expect "$EXIT_PATCH" "look holds 3 mails or commits, but does not begin with a mail"
	git -C "$LINUX" log -p -2 mine >log
	run steps log
	expect "$EXIT_PATCH" "log holds 2 mails or commits" "git format-patch --stdout"
}

@test "mail: without context it is not placed by a line number" {
	change 'sed -i "s/^50$/&\nmore/" virt/kvm/kvm_main.c'
	git -C work format-patch -q --stdout -U0 -1 >mail
	run steps mail
	expect "$EXIT_PATCH" "@@ -50,0 +51 @@: nothing says where" "make it again with context"
	change 'sed -i "s/^50$/fifty/" virt/kvm/kvm_main.c'
	git -C work format-patch -q --stdout -U0 -1 >mail
	run steps mail
	expect "$EXIT_PATCH" "Hunk #1 FAILED at 50" "make it again with context"
	# What is all there is of a file needs none.
	change 'echo other >arch/x86/kvm/mmu/tdp_iter.h; : >virt/kvm/empty.c'
	run steps mail
	expect 0 "$want"
	change ': >virt/kvm/empty.c; git add .; git commit -qm empty; echo x >virt/kvm/empty.c'
	git -C work format-patch -q --stdout -2 >mails
	run steps mails
	expect 0 "$want"
}

@test "format-series: a series is mailed as n/m with a cover letter, and comes back to the same trees" {
	new_variants
	"$ROOT/scripts/new" variant set --from master..origin/mine
	sed -i 's/^title.*/title = read the pfn once/' "$FAULTLINE_NEW_TOP/v6.1/set/variant.conf"
	printf 'design = A. Developer\nmail = one@example.org\n' >>"$FAULTLINE_NEW_TOP/v6.1/set/variant.conf"
	# One without context, as an overlay is.
	mkdir "$FAULTLINE_NEW_TOP/v6.1/bare"
	git diff -U0 master..origin/mine -- arch >"$FAULTLINE_NEW_TOP/v6.1/bare/0001-bare.patch"
	sed -i '1i From: A. Developer <dev@example.org>\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nSubject: [PATCH] bare\n\nWhy.\n---' "$FAULTLINE_NEW_TOP/v6.1/bare/0001-bare.patch"
	echo "title = bare" >"$FAULTLINE_NEW_TOP/v6.1/bare/variant.conf"
	echo 0001-bare.patch >"$FAULTLINE_NEW_TOP/v6.1/bare/series"
	export KERNEL_SRC=$PWD FAULTLINE_VARIANTS=$FAULTLINE_NEW_TOP
	git checkout -q master
	"$ROOT/scripts/format-series" v6.1 set "$BATS_TEST_TMPDIR/mails"
	cd "$BATS_TEST_TMPDIR/mails"
	come_to_trees .
	grep -q '^Subject: \[PATCH 0/3\] KVM: x86/mmu: read the pfn once$' 0000-*
	grep -q '^Subject: \[PATCH 1/3\] KVM: x86/mmu: Read the pfn once$' 0001-*
	grep -q '^The design is that of A. Developer.$' 0000-*
	grep -q '^Link: https://lore.kernel.org/r/one@example.org$' 0000-*
	grep -q "^base-commit: $(git -C "$KERNEL_SRC" rev-parse master)$" 0000-*
	"$ROOT/scripts/format-series" v6.1 bare "$BATS_TEST_TMPDIR/more"
	[ "$(steps "$BATS_TEST_TMPDIR/more" | cut -f1)" = "$(tail -n 1 <<<"$TREES" | cut -f1)" ]
	grep -q '^ ' "$BATS_TEST_TMPDIR"/more/0001-*
	run "$ROOT/scripts/format-series" v6.1 set "$BATS_TEST_TMPDIR/mails"
	expect "$EXIT_USAGE" "is not empty"
	run "$ROOT/scripts/format-series" v6.1 const-fields "$BATS_TEST_TMPDIR/none"
	expect "$EXIT_USAGE" "there is nothing to mail"
}

@test "variants: each says whose design it is, and its patches name the mail that holds it" {
	local conf dir mail p bad=()
	for conf in "$ROOT"/variants/*/*/variant.conf; do
		dir=${conf%/variant.conf}
		grep -q '^design *= .' "$conf" || bad+=("$conf: no design")
		mail=$(sed -n 's/^mail *= *//p' "$conf")
		for p in "$dir"/*.patch; do
			[ -f "$p" ] && [ -n "$mail" ] || continue
			sed '/^---$/,$d' "$p" | grep -F "${mail// /$'\n'}" | grep -q '^Link: ' || bad+=("$p: no Link")
		done
	done
	printf '%s\n' "${bad[@]}"
	[ ${#bad[@]} -eq 0 ]
}
