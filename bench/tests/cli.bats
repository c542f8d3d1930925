#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The command line without a boot: names, options, runs that are not sound.
#
# stage: quick
# order: 10
# needs: nothing built but the programs
# takes: 15 s

load common.bash

@test "an unknown command is refused and the commands are listed" {
	run "$FL" frobnicate
	expect "$EXIT_USAGE" "no command 'frobnicate'" run compare doctor
}

@test "every command has help with an example or an exit code" {
	for c in $("$FL" --help | sed -nE "s,^  ([a-z-]+)  .*,\1,p"); do
		run "$FL" $c --help
		expect 0 "Usage: faultline $c"
	done
}

@test "an unknown option is a usage error" {
	run "$FL" run --frob
	expect "$EXIT_USAGE"
	run "$FL" run --boots none
	expect "$EXIT_USAGE" "'none' is not a number"
	run "$FL" compare x --format yaml
	expect "$EXIT_USAGE" "text, json, csv"
}

@test "an unknown base lists the bases" {
	run "$FL" run --base v9.9
	expect "$EXIT_UNKNOWN_NAME" "no base 'v9.9'" v6.1
}

@test "an unknown variant lists the variants" {
	run "$FL" run --variants nobody
	expect "$EXIT_UNKNOWN_NAME" "no variant 'nobody'" baseline \
		struct-by-pointer const-fields
}

@test "a step past the series says how long it is" {
	run "$FL" run --variants struct-by-pointer@10
	expect "$EXIT_UNKNOWN_NAME" "step 10 is past the series; struct-by-pointer has 9 patches"
	run "$FL" run --base v5.10 --variants struct-by-pointer@11
	expect "$EXIT_UNKNOWN_NAME" "struct-by-pointer has 10 patches"
	run "$FL" run --variants const-fields@x
	expect "$EXIT_UNKNOWN_NAME" "'x' is not a step; write const-fields@N" "const-fields@all"
	run "$FL" run --variants const-fields@1
	expect "$EXIT_UNKNOWN_NAME" "const-fields has 0 patches"
}

@test "an unknown overlay lists the overlays" {
	run "$FL" run --variants const-fields+sideways
	expect "$EXIT_UNKNOWN_NAME" "no overlay 'sideways'; there are: by-role, direct, ept-direct, indirect, init-none"
}

@test "a recipe: patches, overlays, Kconfig lines of the base" {
	run "$FL" recipe v5.10 struct-by-pointer@2+indirect no-retpoline-build
	expect 0 "patch $ROOT/variants/v5.10/struct-by-pointer/0001-" \
		"patch $ROOT/variants/v5.10/struct-by-pointer/0002-" \
		"overlay $ROOT/variants/v5.10/overlays/indirect" \
		"config CONFIG_RETPOLINE=n"
	[ "$(grep -c '^patch' <<<"$output")" -eq 2 ]
	run "$FL" recipe v6.12 const-fields no-retpoline-build
	expect 0 "config CONFIG_MITIGATION_RETPOLINE=n"
}

@test "list names bases, overlays, steps, and why a base skips something" {
	run "$FL" list
	expect 0 v5.10 v5.15 v6.1 v6.12 v7.3 PREEMPT_LAZY "+indirect" "(10 steps)" "(stock: no patches)" \
		"(skipped: KVM_PRE_FAULT_MEMORY came with 6.11)"
	run "$FL" list workloads --base v6.12
	[ "$status" -eq 0 ]
	if grep -q skipped <<<"$output"; then return 1; fi
}

@test "everything leaves nothing to choose; factors and steps neither" {
	run "$FL" run --everything --base v6.1
	expect "$EXIT_USAGE" "leaves nothing to choose"
	run "$FL" compare x --factors --steps
	expect "$EXIT_USAGE" "cannot be used with --steps"
	run "$FL" compare x --steps --against baseline
	expect "$EXIT_USAGE" "no --against"
}

@test "an unknown workload lists the workloads" {
	run "$FL" run --variants const-fields --workloads touch-nothing
	expect "$EXIT_UNKNOWN_NAME" "no workload 'touch-nothing'" touch-write mmio
}

@test "an unknown profile and an unknown rig list what there is" {
	run "$FL" run --variants const-fields --profiles nix
	expect "$EXIT_UNKNOWN_NAME" "no profile 'nix'" off retpoline
	run "$FL" run --rig laser
	expect "$EXIT_UNKNOWN_NAME" "no rig 'laser'" tcg
}

@test "list names the three shapes and every workload of the house" {
	run "$FL" list
	expect 0 baseline struct-by-pointer const-fields null exit touch-read \
		touch-write touch-random touch-exec write-upgrade huge-2m mmio \
		refault shadow-touch above-4g tcg
	run "$FL" list colours
	expect "$EXIT_UNKNOWN_NAME" "no kind 'colours'" workloads
}

@test "a workload row with an unknown key is refused with its line" {
	printf '[odd]\nguest = touch\nevnts = 5\nexpect = pf_taken=N\n' \
		>"$BATS_TEST_TMPDIR/w.conf"
	FAULTLINE_WORKLOADS=$BATS_TEST_TMPDIR/w.conf run "$FL" list workloads
	expect "$EXIT_USAGE" "w.conf:3:" "evnts" "no such key"
}

@test "doctor says what is there and exits accordingly" {
	run "$FL" doctor
	expect 0 "rig tcg" "microvm, isa-debugcon" "GiB free"
}

@test "doctor names a missing QEMU and the line that fixes it" {
	FAULTLINE_QEMU=qemu-system-none run "$FL" doctor
	expect "$EXIT_MISSING" "MISSING qemu-system-none" \
		"fix: apt-get install -y qemu-system-x86"
}

@test "compare refuses what is not a run" {
	run "$FL" compare "$BATS_TEST_TMPDIR"
	expect "$EXIT_NO_DATA" "is not a run"
	run "$FL" compare /nonexistent
	expect "$EXIT_NO_DATA" "is not a run"
}

golden() {	# a copy of the golden run
	cp -r "$TESTS/golden/run" "$BATS_TEST_TMPDIR/run"
	R=$BATS_TEST_TMPDIR/run
}

@test "the golden run compares as it did when it was committed" {
	golden
	for format in text csv json; do
		run "$FL" compare "$R" --format $format
		[ "$status" -eq 0 ]
		diff <(echo "$output") "$TESTS/golden/compare.$format"
	done
}

@test "compare as HTML and Markdown: the rows of the text, and names are names" {
	golden
	"$FL" compare "$R" --format html >"$BATS_TEST_TMPDIR/t.html"
	xmllint --html --noout "$BATS_TEST_TMPDIR/t.html"
	grep -q '<tr><td class="l">touch-write</td><td>2362</td><td>2363</td><td>+1</td><td>+0.04%</td>' \
		"$BATS_TEST_TMPDIR/t.html"
	run "$FL" compare "$R" --format markdown
	expect 0 "### Instructions per fault: v6.1, profile off, rig tcg" \
		"| touch-write | 2362 | 2363 | +1 | +0.04% | exact |"
	run=$("$ROOT/build/unit/run_fill" "$BATS_TEST_TMPDIR/runs" 44 '<b>|`x`,"y"')
	run "$FL" compare "$run" --format html
	expect 0 "&lt;b&gt;|"
	[ "$(grep -c '<b>' <<<"$output")" -eq 0 ]
	run "$FL" compare "$run" --format markdown
	expect 0 '&#60;b&#62;&#124;&#96;x&#96;,"y"'
	run "$FL" compare "$run" --format csv
	expect 0 '"<b>|`x`,""y"""'
}

@test "a run without steps or without the other dispatch says what to run" {
	golden
	run "$FL" compare "$R" --steps
	expect "$EXIT_NO_DATA" "has no steps; run them: faultline run --variants NAME@all"
	run "$FL" compare "$R" --factors
	expect "$EXIT_NO_DATA" "has no cell of the factor table; run them: faultline run --base v6.1 --profiles off,retpoline,retpoline-lfence --variants NAME,NAME+indirect"
	run "$FL" compare "$R" --base v5.10
	expect "$EXIT_UNKNOWN_NAME" "no base in this run 'v5.10'; there are: v6.1"
	run "$FL" compare "$R" --profiles rethunk
	expect "$EXIT_UNKNOWN_NAME" "no profile in this run 'rethunk'"
}

@test "a list of factors: shapes by themselves, and none that the run lacks" {
	golden
	run "$FL" compare "$R" --factors=init-none
	expect "$EXIT_UNKNOWN_NAME" "no factor in this run 'init-none'; there are: shape"
	run "$FL" compare "$R" --factors=shape --against const-fields
	expect 0 "v6.1, shape" "against const-fields" "what it does by itself"
	run "$FL" compare "$R" --factors=shape --format csv
	expect 0 "base,rig,unit,workload,effect,factors,settings,identical,value" "v6.1,tcg,instructions,touch-write,nop,1,1,no,1.000000"
}

@test "text for a mail is at most 75 columns wide" {
	golden
	"$FL" compare "$R" --against nop >"$BATS_TEST_TMPDIR/text"
	"$FL" compare "$R" >>"$BATS_TEST_TMPDIR/text"
	[ "$(wc -L <"$BATS_TEST_TMPDIR/text")" -le 75 ]
}

@test "compare against another variant turns the signs around" {
	golden
	a=$("$FL" compare "$R" --format csv |
		awk -F, '$4 == "touch-write" && $5 == "nop" { print $17 }')
	b=$("$FL" compare "$R" --format csv --against nop |
		awk -F, '$4 == "touch-write" && $5 == "const-fields" { print $17 }')
	[ "$a" -eq 1 ]
	[ "$b" -eq -1 ]
	run "$FL" compare "$R" --against nobody
	expect "$EXIT_UNKNOWN_NAME" "no variant in this run 'nobody'" nop
}

@test "in the reference the mean of the pairs of faults is what most of them share" {
	"$FL" compare "$ROOT/results/reference" --variants '*' --format json |
		jq -e '[.[].cells[].difference | select(. != null)]
			| (length > 900) and (map(select(.typical != 0)) | length > 500)
			and all(.typical != null and .mean == .typical and .share > 0.96)'
}

# sealed FILTER: records from stdin, each as jq makes it, with the checksum that
# is of it
sealed() {
	local line text crc
	while read -r line; do
		text=$(jq -cS "del(.crc32) | .wall_s = 1.5 | $1" <<<"$line")
		crc=$(printf '%s' "$text" | gzip -c | tail -c8 | od -An -tx4 -N4 | tr -d ' ')
		echo "${text%\}},\"crc32\":\"$crc\"}"
	done
}

# plant FILTER: the records of $R, each as jq makes it, with the total that is of
# it; what a filter calls .off is added to the total
plant() {
	sealed "$1 | if .events > 0 then .total = 2425 + 25 * .events
			+ ([.hist[] | .[0] * .[1]] | add) else . end
		| .total += (.off // 0) | del(.off)" <"$R/records.jsonl" >"$R/planted"
	mv "$R/planted" "$R/records.jsonl"
}

@test "a total that the samples do not add up to has no figure, and is no success" {
	golden
	plant 'if .workload == "huge-2m" and .variant == "nop"
		then .off = 1000 * .events else . end'
	run "$FL" compare "$R"
	expect "$EXIT_DISAGREE" "invalid: huge-2m, nop" \
		"two methods disagree: bell to bell and the samples do not add up" \
		"DISAGREE in 1 of 6 cells, which have no figure" \
		"the samples leave 1025.0 per event of the total" \
		"they agree in 5 of 6 cells" "in 1 cells two methods disagree"
	[ "$(grep -c '^huge-2m .*invalid' <<<"$output")" -eq 2 ]
	run "$FL" compare "$R" --verdicts
	expect "$EXIT_DISAGREE" "huge-2m, nop: no verdict: two methods disagree"
	# What is not shown is no reason not to end well; a tick is one for a total.
	run "$FL" compare "$R" --workloads exit,touch-write
	expect 0 "they agree in 4 of 4 cells"
	golden
	plant 'if .workload == "huge-2m" then .off = 17000 | .irqs = 1 else . end'
	run "$FL" compare "$R"
	expect 0 "they agree in 6 of 6 cells" "290.6 per event"
}

@test "a tick in a fault of one variant alone is in its mean, and in no difference" {
	golden
	plant 'if .workload != "touch-write" then .
		elif .variant == "const-fields" then .hist = [[1293, 4095], [75000, 1]]
		else .hist = [[1308, 4096]] end'
	run "$FL" compare "$R"
	expect 0 "touch-write             1293    1308   +15  +1.16%  exact" \
		"touch-write           1311.0  18.0    1   1308.0   0.0" \
		"their 5 % trimmed mean is the same in all 4 cells"
	lacks "-3.0"
	"$FL" compare "$R" --format json | jq -e '.[0].cells[]
		| select(.workload == "touch-write" and .variant == "nop").difference
		| .typical == 15 and .mean == 15 and .least < -70000'
	run "$FL" compare "$R" --verdicts
	expect 0 "touch-write, nop: more: +15 instructions per fault (+1.16 %), exact in 2"
	lacks "but the mean"
}

@test "every fault is cheaper, another figure is the commonest: the difference is cheaper" {
	golden
	plant 'if .workload != "touch-write" then .
		elif .variant == "const-fields" then .hist = [[12261, 1884], [15801, 1516],
			[15813, 616], [29000, 80]]
		else .hist = [[12257, 1884], [15797, 2132], [28996, 80]] end'
	run "$FL" compare "$R"
	expect 0 "touch-write          several several    -4  -0.03%  exact" \
		"12261 (46 %), 15801 (37 %), 15813 (15 %)"
	lacks "28.8"
	lacks "+3536"
	"$FL" compare "$R" --format json | jq -e '.[0].cells[]
		| select(.workload == "touch-write" and .variant == "nop")
		| .typical == null and .modes[0] == [15797, .modes[0][1]]
			and .difference.typical == -4 and .difference.most == -4'
	run "$FL" compare "$R" --verdicts
	expect 0 "touch-write, nop: fewer: -4 instructions per fault (-0.03 %)"
	"$FL" report "$R" --out "$BATS_TEST_TMPDIR/report"
	grep -F "| touch-write | nop | several | -4 (-0.03 %) | fewer" "$BATS_TEST_TMPDIR/report/report.md"
	grep -F "<td data-n=\"\">several</td>" "$BATS_TEST_TMPDIR/report/report.html"
	jq -e '[.benchmarks[] | select(.label | startswith("instructions of the median fault"))]
		| length == 2' "$BATS_TEST_TMPDIR/report/gbench.json"
	run "$FL" compare "$R" --format csv
	expect 0 '"15797 (52 %), 12257 (46 %)"'
}

@test "half of the faults one way and half the other: no difference, and it is said" {
	golden
	plant 'if .workload != "touch-write" then .
		elif .variant == "const-fields" then .hist = [[1000, 2048], [2000, 2048]]
		else .hist = [[1003, 2048], [1991, 2048]] end'
	run "$FL" compare "$R"
	expect 0 "touch-write          several several  vary          exact" \
		"most faults share no difference; -9 in 50 %," \
		"from -9 to +3; 5 % trimmed mean of the pairs -3.0"
	"$FL" compare "$R" --format json | jq -e '.[0].cells[]
		| select(.workload == "touch-write" and .variant == "nop").difference
		| .typical == null and .typical_percent == null and .share == 0.5'
	[ "$("$FL" compare "$R" --format csv |
		awk -F, '$4 == "touch-write" && $5 == "nop" { print $17 "," $18 }')" = , ]
	run "$FL" compare "$R" --verdicts
	expect 0 "touch-write, nop: no verdict: no difference that most faults share"
	"$FL" report "$R" --out "$BATS_TEST_TMPDIR/report"
	grep -F "| touch-write | nop | - | - | no verdict" "$BATS_TEST_TMPDIR/report/report.md"
}

@test "equal handlers in unequal kernels: a difference is one, and outside of the handler" {
	golden
	plant '.handler_sha256 = "ab" | if .workload == "touch-write" and .variant == "nop"
		then .hist |= map(.[0] += 30) else . end'
	run "$FL" compare "$R" --verdicts
	expect 0 "touch-write, nop: more: +31 instructions per fault" \
		"the cause is" "outside of arch/x86/kvm/mmu"
	lacks "is not theirs"
	run "$FL" compare "$R"
	expect 0 "const-fields and nop: the same handler code" \
		"them has its cause outside of the handler"
	lacks "any difference between them is noise"
}

@test "a truncated record is named, the others are still compared" {
	golden
	truncate -s -40 "$R/records.jsonl"
	run "$FL" compare "$R"
	expect "$EXIT_BAD_RECORD" "the line is cut" "Typical fault" \
		"faultline run --resume"
}

@test "a record with one changed digit is named and left out" {
	golden
	sed -i '2s/"total":\([0-9]\)/"total":9\1/' "$R/records.jsonl"
	run "$FL" compare "$R"
	expect "$EXIT_BAD_RECORD" "records.jsonl:2: its checksum does not match"
}

@test "a broken run.json is named, the records stay" {
	golden
	echo '{' >"$R/run.json"
	before=$(sha256sum <"$R/records.jsonl")
	run "$FL" compare "$R"
	expect "$EXIT_BAD_RECORD" "run.json"
	[ "$(sha256sum <"$R/records.jsonl")" = "$before" ]
}

@test "a run without records says how to go on" {
	golden
	: >"$R/records.jsonl"
	run "$FL" compare "$R"
	expect "$EXIT_NO_DATA" "no record yet" "--resume"
}

@test "missing packages: one command for who may not install" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/dpkg-query"
	printf '#!/bin/sh\necho 1000\n' >"$BATS_TEST_TMPDIR/bin/id"
	chmod +x "$BATS_TEST_TMPDIR"/bin/*
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run "$ROOT/scripts/deps" bench
	expect "$EXIT_MISSING" "run as root: apt-get install -y" \
		qemu-system-x86 linux-source-6.1
}

@test "tests do without bochs where it may not or cannot be installed, and without no other" {
	local bin=$BATS_TEST_TMPDIR/bin
	mkdir "$bin"
	printf '#!/bin/sh\ncase $* in *bochs*) exit 1 ;; esac\necho "ii "\n' >"$bin/dpkg-query"
	printf '#!/bin/sh\necho ${WHO-1000}\n' >"$bin/id"
	printf '#!/bin/sh\necho "E: no package bochs"\nexit 100\n' >"$bin/apt-get"
	chmod +x "$bin"/*
	PATH=$bin:$PATH run "$ROOT/scripts/deps" test
	expect 0 "bochs bochs-term cannot be installed here" "are skipped" \
		"run as root: apt-get install -y --no-install-recommends bochs bochs-term"
	WHO=0 PATH=$bin:$PATH run "$ROOT/scripts/deps" test
	expect 0 "are skipped" "E: no package bochs"
	PATH=$bin:$PATH run "$ROOT/scripts/deps" bochs
	expect "$EXIT_MISSING" "run as root: apt-get install"
	printf '#!/bin/sh\nexit 1\n' >"$bin/dpkg-query"
	WHO=0 PATH=$bin:$PATH run "$ROOT/scripts/deps" test
	expect "$EXIT_MISSING" "packages cannot be installed"
}

# An image of two objects in $BATS_TEST_TMPDIR, the way a kernel is linked.
new_image() {
	cd "$BATS_TEST_TMPDIR" || return
	cat >walk.c <<-'C'
	int helper(int), count = 5;
	const char *name(void) { return "faultline"; }
	int walk(int x) { count++; return helper(x) + 1; }
	C
	echo 'int helper(int x) { return x; }' >helper.c
	compile walk.c helper.c
	ld -static -Ttext-segment=0xffffffff81000000 -e walk --build-id \
		-o vmlinux walk.o helper.o
}

compile() {
	gcc -O2 -mcmodel=kernel -fno-pic -ffreestanding -fcf-protection=none \
		-fno-asynchronous-unwind-tables -c "$@"
}

@test "same-code: objects are what was linked, in text and in JSON" {
	new_image
	run "$FL" same-code vmlinux walk.o helper.o
	expect 0 "same code: 2 objects, " "walk.o "
	"$FL" same-code --json vmlinux walk.o helper.o >same.json
	[ "$(jq -r '.same, (.objects | length), .objects[0].object' same.json | paste -sd' ')" = \
		"true 2 walk.o" ]
	[ "$(jq -r '[.masked_relocations[]] | add' same.json)" = 0 ]
	[ "$(jq -r .bytes_left_out.merged same.json)" = 10 ]
	[ "$(jq -r .text_sha256 same.json)" = "$("$FL" handler-text walk.o helper.o)" ]
	[ "$(jq -r .build_id same.json)" = \
		"$(readelf -n vmlinux | sed -n 's/^ *Build ID: //p')" ]
	[ "$(jq '.bytes == ([.objects[].bytes] | add)' same.json)" = true ]
}

@test "same-code: what differs is named, and where" {
	new_image
	sed -i 's/+ 1;/+ 2;/' walk.c
	compile walk.c
	run "$FL" same-code vmlinux walk.o helper.o
	expect "$EXIT_CHANGED" "walk.o: .text+0x" " (walk+0x" "): 02, in vmlinux 01" \
		"build id $(readelf -n vmlinux | sed -n 's/^ *Build ID: //p')" \
		"NOT the same code: 2 objects"
	run "$FL" same-code --json vmlinux walk.o
	expect "$EXIT_CHANGED" '"same": false'
	new_image
	sed -i 's/"faultline"/"faultlime"/' walk.c
	compile walk.c
	run "$FL" same-code vmlinux walk.o
	expect "$EXIT_CHANGED" "(name+0x" "is another string or constant in vmlinux"
	new_image
	sed -i 's/count++/count += sizeof(name) - sizeof(name)/; s/helper(x)/walk(x)/' walk.c
	compile walk.c
	run "$FL" same-code vmlinux walk.o
	expect "$EXIT_CHANGED" "walk.o: .text+0x"
}

@test "same-code: an object or a section of another program is not this kernel's" {
	new_image
	echo 'int stranger(int x) { return x * 7; }' >stranger.c
	compile stranger.c
	run "$FL" same-code vmlinux stranger.o
	expect "$EXIT_CHANGED" "stranger.o: .text: " "nowhere in vmlinux: not this kernel's"
	echo 'const long more[] __attribute__((section(".more"))) = { 1, 2 };' >>walk.c
	compile walk.c
	run "$FL" same-code vmlinux walk.o
	expect "$EXIT_CHANGED" "walk.o: .more: 16 bytes that are nowhere in vmlinux"
	run "$FL" same-code vmlinux
	expect "$EXIT_USAGE" "at least one object"
	run "$FL" same-code vmlinux walk.c
	expect "$EXIT_MISSING" "walk.c is n"
	run "$FL" same-code walk.o walk.o
	expect "$EXIT_MISSING" "walk.o is no linked ELF file"
}

# A tree as kbuild leaves it, of objects that new_image linked.
new_objects() {
	new_image
	mkdir -p obj/arch/x86/kvm/mmu obj/virt/kvm new
	cp walk.o obj/arch/x86/kvm/mmu/spte.o
	cp helper.o obj/virt/kvm/kvm_main.o
	cp vmlinux new/
	: >new/config
	printf 'handler = arch/x86/kvm/mmu/*.o\nlink = virt/kvm/kvm_main.o arch/x86/lib/retpoline.o\n' >base.conf
	cat >obj/arch/x86/kvm/mmu/.spte.o.cmd <<-CMD
	savedcmd_arch/x86/kvm/mmu/spte.o := gcc -Wp,-MMD,x.d -I$PWD/tree/include -I./include -Iarch/x86/kvm -I $PWD/tree/arch -include $PWD/tree/k.h -fmacro-prefix-map=$PWD/tree/= -O2 -std=gnu11 -g1 -fdebug-prefix-map=$PWD/obj=. -g -DMODULE -DKBUILD_BASENAME='"spte"' -DKBUILD_MODNAME='"kvm"' -D__KBUILD_MODNAME=kmod_kvm -c -o arch/x86/kvm/mmu/spte.o $PWD/tree/arch/x86/kvm/mmu/spte.c   ; ./tools/objtool/objtool --orc arch/x86/kvm/mmu/spte.o

	source_arch/x86/kvm/mmu/spte.o := $PWD/tree/arch/x86/kvm/mmu/spte.c
	CMD
}

keep() {	# what build-kernel keeps of it, and the line for info
	# shellcheck disable=SC2016
	FAULTLINE=$FL bash -uc '. "$1/scripts/lib/common.sh"
		. "$1/scripts/lib/keep.sh"
		keep_objects t base.conf "$PWD/obj" "$PWD/tree" new
		same_code_of t new' - "$ROOT"
}

@test "a kernel's folder: objects, compiler line, and that they are its code" {
	new_objects
	run keep
	expect 0 "2 objects, " " bytes, " " relocations"
	[ -f new/objs/spte.o ] && [ -f new/link/kvm_main.o ]
	[ "$(cat new/cflags)" = "gcc -I@TREE@/include -I@OBJ@/include -I@OBJ@/arch/x86/kvm -I @TREE@/arch -include @TREE@/k.h -fmacro-prefix-map=@TREE@/= -O2 -std=gnu11 -fdebug-prefix-map=@OBJ@=. -DMODULE" ]
	# with retpolines the thunks are missed, without them they are not
	echo CONFIG_RETPOLINE=y >new/config
	run keep
	expect "$EXIT_BUILD" "names arch/x86/lib/retpoline.o under link, which was not built"
	: >new/config
	rm obj/virt/kvm/kvm_main.o
	run keep
	expect "$EXIT_BUILD" "names virt/kvm/kvm_main.o under link"
}

@test "objects that objtool is only to see in vmlinux.o are kept as it makes them" {
	new_objects
	cp helper.o after.o
	sed -i 's/return x;/return x - 1;/' helper.c
	compile helper.c
	cp helper.o obj/virt/kvm/kvm_main.o
	sed -i 's# *; ./tools/objtool.*##' obj/arch/x86/kvm/mmu/.spte.o.cmd
	echo 'savedcmd_vmlinux.o := ld -r -o vmlinux.o vmlinux.a  ; ./tools/objtool/objtool --hacks=jump_label --ibt --orc --link vmlinux.o' >obj/.vmlinux.o.cmd
	mkdir -p obj/tools/objtool
	cat >obj/tools/objtool/objtool <<-OBJTOOL
	#!/bin/sh
	echo "\$*" >>"$PWD/said"
	case \$3 in */kvm_main.o) cp "$PWD/after.o" "\$3" ;; esac
	OBJTOOL
	chmod +x obj/tools/objtool/objtool
	run keep
	expect 0 "2 objects, "
	[ "$(cat said)" = "--hacks=jump_label --orc $PWD/new/objs/spte.o
--hacks=jump_label --orc $PWD/new/link/kvm_main.o" ]
}

@test "a kernel whose objects are not its code is not kept" {
	new_objects
	sed -i 's/return x;/return x - 1;/' helper.c
	compile helper.c
	cp helper.o obj/virt/kvm/kvm_main.o
	run keep
	expect "$EXIT_CHANGED" "kvm_main.o: " "the objects are not the code of its vmlinux"
}

new_tree() {	# a checkout's worth of variants, to make new ones in
	mkdir -p "$BATS_TEST_TMPDIR/v/v6.1"
	export FAULTLINE_NEW_TOP=$BATS_TEST_TMPDIR/v
}

@test "new variant: a template with every field" {
	new_tree
	run "$ROOT/scripts/new" variant mine
	expect 0 "variants/v6.1/mine" || expect 0 "/v/v6.1/mine"
	grep -q '^title' "$BATS_TEST_TMPDIR/v/v6.1/mine/variant.conf"
	[ -f "$BATS_TEST_TMPDIR/v/v6.1/mine/series" ]
	run "$ROOT/scripts/new" variant mine
	expect "$EXIT_USAGE" "is there already"
}

# A machine whose own suites, or of others SUITE alone, have the package.
mirrors() { # SUITE
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/apt-get" <<'SH'
#!/bin/bash
[ "$1" != indextargets ] || echo "http://mirror/debian $(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release) main"
[[ " $* " != *" update "* ]] || for s in stable testing; do
	echo "Codename: of-$s" >lists/m_dists_${s}_InRelease
done
SH
	cat >"$BATS_TEST_TMPDIR/bin/apt-cache" <<SH
#!/bin/sh
if [ -f sources.list ]; then grep -q " $1 main" sources.list; else [ "$1" = own ]; fi
SH
	chmod +x "$BATS_TEST_TMPDIR"/bin/apt-*
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

@test "new base: the suite that has its source is looked for and written" {
	new_tree
	mirrors of-stable-backports
	run "$ROOT/scripts/new" base v6.18 --from v6.12
	expect 0 "LOOK    for linux-source-6.18 in of-stable" "in of-stable-backports"
	grep -qx 'suite   = of-stable-backports' "$BATS_TEST_TMPDIR/v/v6.18/base.conf"
	mirrors nowhere
	run "$ROOT/scripts/new" base v6.19 --from v7.3
	expect 0 "no suite of this machine's mirrors has linux-source-6.19" "in sid"
	cd "$BATS_TEST_TMPDIR/v/v6.19"
	[ "$(grep -c '^suite' base.conf)" -eq 0 ]
	# What 7.3 spells its own way goes along.
	grep -qx CONFIG_PREEMPT_NONE= guest.config
	[ "$(grep -c 'PREEMPT_LAZY' base.conf)" -eq 1 ]
}

@test "new base: a folder to begin the recipe of docs/variants.md with" {
	new_tree
	mirrors own
	run "$ROOT/scripts/new" base v6.18 --from v6.12
	expect 0 "scripts/build-kernel v6.18 const-fields off"
	[ "$(grep -c LOOK <<<"$output")" -eq 0 ]
	cd "$BATS_TEST_TMPDIR/v/v6.18"
	grep -qx 'package = linux-source-6.18' base.conf
	[ -f base.config ] && [ -f const-fields/series ] && [ ! -e baseline ]
	[ -f overlays/indirect/overlay.conf ]
	# A profile that is another one there stays another one here.
	grep -qx '\[profile no-retpoline-build\]' base.conf
	grep -q '^config = CONFIG_MITIGATION_RETPOLINE=n' base.conf
	run "$ROOT/scripts/new" base 6.18 --from v6.12
	expect "$EXIT_USAGE" "v and the two numbers"
	run "$ROOT/scripts/new" base v6.19 --from v9.9
	expect "$EXIT_UNKNOWN_NAME" "there are: v5.10 v5.15 v6.1 v6.12 v7.3"
}

@test "new variant: from a mbox, patches in order" {
	new_tree
	git init -q "$BATS_TEST_TMPDIR/g"
	cd "$BATS_TEST_TMPDIR/g"
	printf 'VERSION = 6\nPATCHLEVEL = 1\n' >Makefile
	git add Makefile
	for i in 1 2; do
		echo $i >f && git add f
		git -c user.name=a -c user.email=a@b.c commit -qm "step $i"
	done
	git format-patch --stdout --root HEAD >../m.mbox
	run "$ROOT/scripts/new" variant boxed --from ../m.mbox
	expect 0 "2 patches"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/v/v6.1/boxed/series")" -eq 2 ]
	head -n 1 "$BATS_TEST_TMPDIR/v/v6.1/boxed/series" | grep -q '^0001-step-1'
	run "$ROOT/scripts/new" variant ranged --from HEAD~1..HEAD
	expect 0 "1 patch"
	run "$ROOT/scripts/new" variant nothing --from no-such-thing
	expect "$EXIT_USAGE" "neither mail (no such file or folder) nor a git range"
}

@test "another QEMU: one suite at a time, what was had is not asked for again" {
	export FAULTLINE_CACHE=$BATS_TEST_TMPDIR/cache
	there=$FAULTLINE_CACHE/qemu/trixie-10.0/qemu-system-x86_64
	run "$ROOT/scripts/other-qemu" trixie bookworm
	expect "$EXIT_USAGE" "usage:"
	run "$ROOT/scripts/other-qemu" ../trixie
	expect "$EXIT_USAGE" "usage:"
	mkdir -p "$(dirname "$there")"
	printf '#!/bin/sh\n' >"$there"
	chmod +x "$there"
	run "$ROOT/scripts/other-qemu"
	expect 0
	[ "$output" = "$there" ]
}

@test "counters says how long it is from power-on to a Linux guest's init" {
	read -r median slowest < <(xz -dc "$REF/linux/records.jsonl.xz" |
		jq -rs '[.[] | select(.workload == "linux-boot") | .wall_s] | sort |
			"\((.[length / 2 - 1] + .[length / 2]) / 2) \(max)"')
	run "$FL" counters "$REF/linux"
	expect 0 "$(printf 'Power-on of the host to init of the guest: %.1f s (median of 6; slowest %.1f s)' \
		"$median" "$slowest")"
}

# One set of options for choosing cells, in every command that reads a run or
# the history; the spellings of before go on working.

@test "compare chooses by lists, globs and patterns" {
	run "$FL" compare "$ROOT/results/reference" --base v6.1 --profiles 'of?' --workloads 'touch-*,mmio'
	expect 0 "touch-random" "mmio" "15 of 15 cells" "two methods   bells less"
	lacks "shadow-touch|v5.10|retpoline"
	run "$FL" compare "$ROOT/results/reference" --select 'tcg/v6.1/const-*/off/touch-w*' --against const-fields
	expect 0 "difference to const-fields" "const-fields+indirect" "2 of 2 cells"
	lacks "touch-read|struct-by-pointer|v5.10"
	run "$FL" compare "$ROOT/results/reference" --verdicts --workloads mmio --base v6.1 --profiles off
	expect 0 "mmio, const-fields"
	lacks "^  touch-write,"
}

@test "a name that is nowhere in a run is exit 3, with the names there are" {
	for option in --base --variants --profiles --workloads --rigs; do
		run "$FL" compare "$ROOT/results/reference" "$option" 'nope*'
		expect "$EXIT_UNKNOWN_NAME" "in this run 'nope*'" "there are: "
	done
	run "$FL" compare "$ROOT/results/reference" --select 'vitro/*/*/*/*'
	expect "$EXIT_UNKNOWN_NAME" "no cell of" "matches what is chosen"
	run "$FL" compare "$ROOT/results/reference" --select 'tcg/v6.1/*/off/nope'
	expect "$EXIT_UNKNOWN_NAME" "no cell of"
	run "$FL" compare "$ROOT/results/reference" --select 'tcg/v6.1'
	expect "$EXIT_USAGE" "RIG/BASE/VARIANT/PROFILE/WORKLOAD"
}

@test "commands are grouped, and an earlier name still works" {
	run "$FL" --help
	expect 0 "Measure:" "Read a run:" "Watch many runs:" "Develop:" "docs/exit-codes.md"
	lacks '^  check '
	run "$FL" check --help
	expect 0 "Usage: faultline selftest"
}

@test "where one cell is needed, what matches is listed" {
	local r=$ROOT/results/reference/attribute
	run "$FL" trace "$r" --workloads 'touch-*' --variants '*'
	expect "$EXIT_USAGE" "which --variants? one is needed, and these match: baseline, "
	export FAULTLINE_CACHE=$BATS_TEST_TMPDIR/cache
	run "$FL" trace "$r" -w 'touch-w*'
	expect "$EXIT_MISSING" "kernel of v6.1/baseline, profile off"
	run "$FL" trace "$r" --select 'tcg/v6.1/const-*ds/off/mm*'
	expect "$EXIT_MISSING" "kernel of v6.1/const-fields, profile off"
}

@test "a workload that nothing has is refused with those that have an attribution" {
	local r=$ROOT/results/reference/attribute command
	for command in trace attribute; do
		run "$FL" $command "$r" --workloads nobody
		expect "$EXIT_UNKNOWN_NAME" "no workload 'nobody'; there are: " touch-write
	done
	run "$FL" attribute "$r" --workloads ept-huge-2m
	expect "$EXIT_NO_DATA" "no attribution" ept-huge-2m
}

@test "the earlier spellings of the options still work" {
	run "$FL" attribute "$ROOT/results/reference/attribute" --workload mmio --variant const-fields --profile off
	expect 0 "const-fields"
	run "$FL" compare "$ROOT/results/reference" --rig tcg --variant const-fields -p off -b v6.1 -w mmio
	expect 0 "mmio"
	for option in --variant --profile --workload --rig; do
		run "$FL" compare --help
		lacks "$option[= ]"
	done
}

@test "run takes globs, in names with a step as well" {
	run "$FL" run --split --base v6.1 --variants 'const-*@all' --workloads 'touch-[rw]*'
	expect 0 "const-fields@0" "touch-read,touch-write,touch-random"
	run "$FL" run --split --select 'tcg/v5.10/base*/off/mmio' --select '*/v6.1/base*/off/exit'
	[ "${#lines[@]}" -eq 2 ]
	expect 0 "v5.10" "mmio" "v6.1" "exit"
	run "$FL" run --split --rig tcg --select 'vitro/v6.1/*/off/mmio'
	expect "$EXIT_USAGE" "a run is of one rig"
	run "$FL" run --split --variants 'nope*'
	expect "$EXIT_UNKNOWN_NAME" "no variant 'nope*'; there are: "
}

@test "run --estimate says how long, and boots nothing" {
	estimate() {
		run "$FL" run --estimate --out "$BATS_TEST_TMPDIR/none" -v baseline,const-fields "$@"
	}
	estimate -w null,mmio -p off,retpoline --boots 3 --jobs 4
	expect 0 "rig tcg: 24 boots of 8 cells, about 0:09 (1.5 s each assumed, 4 at a time)"
	[ "${lines[-1]}" = 9 ]
	# what is measured in turns shares its process
	estimate --rig vitro -w touch-write -p off,retpoline --boots 6
	expect 0 "rig vitro: 6 layouts of 4 cells, about 0:13"
	[ ! -e "$BATS_TEST_TMPDIR/none" ]
	# as long as the boots of the newest run took
	ln -s "$REF" "$BATS_TEST_TMPDIR/latest"
	run "$FL" run --estimate --out "$BATS_TEST_TMPDIR" -v baseline -w null --boots 100
	expect 0 "s each in the newest run"
	run "$FL" run --estimate --resume "$REF"
	expect "$EXIT_USAGE" "cannot be used with --resume"
}

# elsewhere BASE VARIANTS: the committed attribution as another base's, cut to
# these variants (a pattern of grep -E), in $BATS_TEST_TMPDIR/run
elsewhere() {
	local f r=$BATS_TEST_TMPDIR/run
	copy_plain "$REF/attribute" "$r"
	sed -i "s/v6\.1/$1/g" "$r/run.json"
	jq --arg keep "^($2)$" '.plan.sections[].variants |= map(select(test($keep)))' "$r/run.json" >"$r/new"
	mv "$r/new" "$r/run.json"
	grep -E "\"variant\":\"($2)\"" "$r/records.jsonl" | grep '"workload":"touch-write"' |
		sealed ".base = \"$1\"" >"$r/new"
	mv "$r/new" "$r/records.jsonl"
	for f in "$r"/attribution/v6.1.*.touch-write.1.json.xz; do
		xz -dc "$f" | sed "s/\"base\":\"v6\.1\"/\"base\":\"$1\"/" |
			xz -0 >"$r/attribution/$1.${f##*/v6.1.}"
	done
}

@test "attribute, trace: one base in the run is that base, one variant that variant" {
	elsewhere v6.12 const-fields
	run "$FL" attribute "$BATS_TEST_TMPDIR/run" --summary
	expect 0 "v6.12, profile off"
	run "$FL" attribute "$BATS_TEST_TMPDIR/run" -w touch-write --functions
	expect 0 "const-fields"
	# as far as the kernel, which is not that of the copy
	run "$FL" trace "$BATS_TEST_TMPDIR/run" -w touch-write
	lacks "which --|v6\.1/|no attribution"
		[[ $output == *v6.12* ]]
}

@test "attribute, trace: of several bases or variants the message lists them" {
	elsewhere v6.12 'const-fields|struct-by-pointer'
	run "$FL" trace "$BATS_TEST_TMPDIR/run" -w touch-write
	expect "$EXIT_USAGE" "which --variants? one is needed, and there are: struct-by-pointer, const-fields"
	sealed '.base = "v5.10"' <"$BATS_TEST_TMPDIR/run/records.jsonl" >"$BATS_TEST_TMPDIR/more"
	cat "$BATS_TEST_TMPDIR/more" >>"$BATS_TEST_TMPDIR/run/records.jsonl"
	run "$FL" attribute "$BATS_TEST_TMPDIR/run"
	expect "$EXIT_USAGE" "which --base? one is needed, and there are: v6.12, v5.10"
	run "$FL" attribute "$BATS_TEST_TMPDIR/run" --base v6.12 --summary
	expect 0 "v6.12"
}

@test "what two files of coverage say of the same lines adds up" {
	one=$ROOT/results/reference/coverage.json.xz two=$BATS_TEST_TMPDIR/two.json
	"$FL" coverage "$one" >"$BATS_TEST_TMPDIR/once"
	"$FL" coverage "$one" "$one" | cmp - "$BATS_TEST_TMPDIR/once"
	# Without nonpaging-touch, its lines are never executed; with the other file they are.
	xz -dc "$one" | jq -c '.variants |= map((.workloads | index("nonpaging-touch")) as $n |
		.lines |= map(.[4] |= .[0:$n] + "0" + .[$n + 1:]))' >"$two"
	if "$FL" coverage "$two" | cmp -s - "$BATS_TEST_TMPDIR/once"; then return 1; fi
	"$FL" coverage "$two" "$one" --variants baseline --format csv >"$BATS_TEST_TMPDIR/sum"
	"$FL" coverage "$one" --variants baseline --format csv | cmp - "$BATS_TEST_TMPDIR/sum"
	jq -c '.variants[0].lines |= .[1:]' "$two" >"$BATS_TEST_TMPDIR/other"
	run "$FL" coverage "$one" "$BATS_TEST_TMPDIR/other"
	expect "$EXIT_CHANGED" "the files do not have the same lines of it"
}

@test "a file of coverage takes over the bases that it lacks" {
	one=$ROOT/results/reference/coverage.json.xz
	for b in 1 0; do
		xz -dc "$one" | jq -c --argjson other "$b" '.variants |=
			(.[0].base as $first | map(select((.base == $first) == ($other == 0))))' \
			>"$BATS_TEST_TMPDIR/$b.json"
	done
	[ "$(jq '.variants | length' "$BATS_TEST_TMPDIR/1.json")" -gt 0 ]
	"$FL" coverage "$BATS_TEST_TMPDIR"/{0,1}.json | cmp - <("$FL" coverage "$one")
}
