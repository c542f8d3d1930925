#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The trend page: its data are the history's, and in a browser it is chosen from,
# zoomed, read by keyboard and pointer; of names that mean harm; of five years.
#
# stage: quick
# order: 45
# needs: the reference run; chromium for the pictures, else skipped
# takes: 75 s

load common.bash

SQL=$ROOT/build/unit/history_sql

setup() {
	DB=$BATS_TEST_TMPDIR/h.db
	PAGE=$BATS_TEST_TMPDIR/t.html
	"$FL" history add --db "$DB" "$REF/vitro" \
		"$REF/attribute" >/dev/null
}

# nights N: N more runs, a day apart, the last ten 3 instructions more expensive
nights() {
	"$SQL" "$DB" "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		INSERT INTO run SELECT i + 10, 'night-' || i, 1795500000 + 86400 * i,
			'results/night-' || i, 'revision', 'records' FROM n;
		INSERT INTO point SELECT p.series, r.id, p.code,
			p.value + CASE WHEN p.exact OR p.series IN (SELECT id FROM series WHERE rig = 'tcg') THEN (r.id > $1) * 3
				ELSE (r.id * 37 + p.series * 11) % 9 / 4.0 + (r.id > $1) * 40 END,
			p.spread, p.boots, p.exact, p.reference, p.setup, p.samples FROM point p, run r
			WHERE r.id > 10 AND p.run IN (1, 2)"
}

# browse PROBE: the title that a script in the page leaves, complaints in
# $BATS_TEST_TMPDIR/said; HASH is the page's part of the address
browse() {
	command -v chromium >/dev/null || skip "no chromium on this machine; run: scripts/deps test"
	cp "$PAGE" "$PAGE.probe.html"
	printf '<script>\n%s\n</script>\n' "$1" >>"$PAGE.probe.html"
	chromium --headless --no-sandbox --disable-gpu --enable-logging=stderr --window-size=1200,900 \
		${VIRTUAL---virtual-time-budget=3000} --dump-dom "file://$PAGE.probe.html${HASH-}" \
		>"$BATS_TEST_TMPDIR/dom" 2>"$BATS_TEST_TMPDIR/said"
	[ "$(grep -c CONSOLE "$BATS_TEST_TMPDIR/said")" -eq 0 ] || { cat "$BATS_TEST_TMPDIR/said"; return 1; }
	sed -nE 's,.*<title>([^<]*)</title>.*,\1,p' "$BATS_TEST_TMPDIR/dom" | head -n 1
}

data() {	# FILTER: of the page's data
	sed -nE 's,^<script type="application/json" id="data">(.*)</script>$,\1,p' "$PAGE" | jq -r "$1"
}

@test "every series is in the page, cycles first, differences before figures" {
	run "$FL" trend --db "$DB" --out "$PAGE"
	expect 0 "506 series, 0 moves"
	[ "$(data '.series | length')" -eq 506 ]
	[ "$(data '.words[.series[0].key[6]]')" = cycles_hot_over_baseline ]
	grep -q 'No line ever moved for good' "$PAGE"
	# What a fault costs is the first sentence, in cycles.
	grep -Eq '<p class="answer">v6.1, profile off, touch-write: .*struct-by-pointer <b>\+[0-9.]+</b>&nbsp;&plusmn;[0-9.]+ TSC cycles per fault, hot, over the baseline [(]rig vitro, run of 2026-11-27[)]' "$PAGE"
	# Nothing is fetched: no address but places in the page.
	[ -z "$(grep -Eo '(src|href)="[^"]*"|url\([^)]*|fetch\(|XMLHttpRequest|import ' "$PAGE" | grep -v '="#')" ]
}

@test "figures of attributions can be chosen, and are named in words" {
	"$FL" trend --db "$DB" --out "$PAGE"
	HASH='#base=v6.1&profile=off&cpu=tcg&figure=function.kvm_faultin_pfn.instructions_over_baseline'
	title=$(browse 'document.title = [$("choose").querySelector("[name=figure]").selectedOptions[0].textContent,
		charts.map(c => c.section.querySelector("h3").textContent).join(" "),
		points(charts[0].lines[0]).v].join("; ");')
	echo "$title"
	[[ $title == "instructions per fault in kvm_faultin_pfn, over the baseline; mmio "*"touch-write"*"; -6" ]]
}

@test "the figures that the page draws are the history's, to the last digit where exact" {
	nights 40
	"$FL" trend --db "$DB" --out "$PAGE"
	browse "document.body.textContent = D.series.map(s => { const p = points(s); return p.v.map((v, i) =>
		[...s.key.slice(0, 7).map(k => D.words[k]), D.runs[p.run[i]][0], v, p.whole[i]].join('\\t')).join('\\n');
		}).join('\\n');" >/dev/null
	sed -n '/^.*<body>/,/<.body>/p' "$BATS_TEST_TMPDIR/dom" | sed -E 's/^.*<body>//; s,</body>.*,,' | grep -P '\t' | sort >"$BATS_TEST_TMPDIR/drawn"
	"$FL" history export --db "$DB" --format jsonl | jq -r '[.rig, .machine, .base, .variant, .profile, .workload, .metric, .run, .value] | join("\t")' |
		sort >"$BATS_TEST_TMPDIR/kept"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/drawn")" -eq "$(wc -l <"$BATS_TEST_TMPDIR/kept")" ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/kept")" -gt 5000 ]
	# Of a figure that is no whole number, within a thousandth of what it spans.
	paste -d'\t' "$BATS_TEST_TMPDIR/drawn" "$BATS_TEST_TMPDIR/kept" | awk -F'\t' '
		{ for (i = 1; i <= 8; i++) if ($i != $(i + 10)) { print "key: " $0; bad = 1 }
		  d = $9 - $19; d = d < 0 ? -d : d
		  if ($10 == "1" ? d > 1e-9 : d > 0.05) { print "figure: " $0; bad = 1 }
		  if ($7 ~ /^instructions/ && $7 !~ /mean/ && $10 != "1") { print "not whole: " $0; bad = 1 } }
		END { exit bad }'
}

@test "moves for good are listed and drawn, exact ones and change points" {
	nights 40
	run "$FL" trend --db "$DB" --out "$PAGE" --profile off --base v6.1
	expect 0
	grep -Eq '<td>baseline</td><td>touch-write</td><td>instructions of a typical fault</td><td class="n worse">2414 to 2417</td><td class="n">\+0.12&nbsp;%</td><td>exact</td><td>night-31</td>' "$PAGE"
	grep -Eq 'TSC cycles per fault, hot</td><td class="n worse">[0-9.]+ to [0-9.]+</td><td class="n">\+1.\...&nbsp;%</td><td>by change point</td><td>night-31' "$PAGE"
	HASH='#base=v6.1&profile=off&cpu=tcg&figure=instructions'
	title=$(browse 'charts.forEach(c => c.draw()); document.title = charts.map(c => [c.svg.querySelectorAll("path.line").length,
		c.svg.querySelectorAll("line.mark").length, c.svg.querySelectorAll("circle.moved").length].join(" ")).join(", ")')
	[ "$title" = "3 3 3, 3 3 3, 3 3 3, 3 3 3" ] || { echo "$title"; return 1; }
	grep -q 'baseline: 2414 to 2417 (+0.12 %)' "$BATS_TEST_TMPDIR/dom"
}

@test "what is chosen is drawn, and the rest follows; the address keeps it" {
	nights 20
	"$FL" trend --db "$DB" --out "$PAGE"
	# One starts where the figures of review are; attribution has another set of cells.
	title=$(browse 'const f = $("choose"), now = () => ["base", "profile", "cpu", "figure"].map(n => f.elements[n].value).join(" ");
		const set = (n, v) => { f.elements[n].value = v; f.elements[n].dispatchEvent(new Event("change")); };
		const said = [now()];
		set("figure", "instructions"); said.push(now() + " " + charts.length);
		set("cpu", [...f.elements.cpu.options].find(o => o.value.startsWith("vitro")).value); said.push(f.elements.figure.value);
		set("base", "v5.10"); said.push(f.elements.base.value + " " + charts.map(c => c.lines.length));
		set("profile", "retpoline"); said.push(f.elements.profile.value + " " + new URLSearchParams(location.hash.slice(1)).get("profile"));
		document.title = said.join(" | ")')
	[[ $title == "v6.1 off vitro "*" cycles_hot_over_baseline | v6.1 off tcg instructions 4 | cycles_"*" | v5.10 "*" | retpoline retpoline" ]] || { echo "$title"; return 1; }
}

@test "by keyboard and pointer: run, commit and difference are told, a dot leads to the report" {
	nights 40
	"$FL" trend --db "$DB" --out "$PAGE"
	HASH='#base=v6.1&profile=off&cpu=tcg&figure=instructions_over_baseline'
	title=$(browse 'const c = charts.find(c => c.section.querySelector("h3").textContent === "touch-write"), said = [];
		const key = k => c.svg.dispatchEvent(new KeyboardEvent("keydown", {key: k, cancelable: true}));
		c.svg.focus(); key("End"); key("ArrowUp"); said.push($("live").textContent);
		for (let i = 0; i < 9; i++) key("ArrowLeft");
		said.push($("live").textContent.match(/[+−][0-9]+ \([^)]*\) to the run before/)[0]);
		said.push($("tip").querySelector("a").getAttribute("href"));
		key("0"); key("Home"); const all = c.end - c.first; key("+"); said.push((c.end - c.first) < all * 0.6 ? "nearer" : "same");
		key("0"); said.push(c.end - c.first === all ? "all" : "less");
		key("Escape"); said.push($("tip").hidden);
		const box = c.svg.getBoundingClientRect(), at = (type, x, y, how) => c.svg.dispatchEvent(new PointerEvent(type,
			{clientX: box.left + x, clientY: box.top + y, pointerType: how, bubbles: true}));
		const s = c.lines[0], p = points(s), x = c.x(p.t[5]), y = c.y(p.v[5]);
		at("pointermove", x, y, "mouse"); said.push($("tip").hidden + " " + $("tip").textContent.includes(D.runs[p.run[5]][0]));
		at("pointerleave", x, y, "mouse"); said.push($("tip").hidden);
		at("pointerup", x, y, "touch"); at("pointerleave", x, y, "touch"); said.push($("tip").hidden);
		at("pointerdown", c.x(p.t[3]), 5, "mouse"); at("pointerup", c.x(p.t[20]), 5, "mouse"); said.push(day(c.first) >= day(p.t[3]) && c.end <= p.t[20]);
		said.push(c.svg.querySelector("a[href]").getAttribute("href"));
		document.title = said.join(" | ")')
	[[ $title == "const-fields −49 instructions over baseline0 (+0.00 %) to the run before"*"run night-40, 2027-01-0"*"suite revision, Linux 6.1.192, any instrumentIts report | +3 (+0.12 %) to the run before | ../results/night-31/report/report.html | nearer | all | true | false true | true | false | true | ../results/"*"/report/report.html" ]] ||
		{ echo "$title"; return 1; }
}

@test "five years of 2,000 series: below 5 MB, drawn in 3 s" {
	"$ROOT/build/unit/history_fill" "$BATS_TEST_TMPDIR/big.db" 2000 1825
	"$FL" trend --db "$BATS_TEST_TMPDIR/big.db" --out "$PAGE"
	[ "$(stat -c %s "$PAGE")" -lt 5000000 ]
	took=$(VIRTUAL='' browse 'document.title = Math.round(performance.now()) + " " + charts[0].lines.length')
	[ "${took#* }" -eq 2000 ]
	[ "${took% *}" -lt 3000 ] || { echo "$took ms"; return 1; }
}

@test "the same of noise alone, in a picture per workload" {
	"$SQL" "$DB" "BEGIN; WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1825)
			INSERT INTO run SELECT i + 10, 'run-' || i, 1600000000 + 86400 * i, 'results/run-' || i, 'revision', 'records' FROM n;
		WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
			INSERT INTO series SELECT 1000 + i, 'made', 'made', 'v6.1', 'variant-' || (i % 20), 'off',
				'workload-' || (i / 20), 'cycles_hot_over_baseline', 'TSC cycles' FROM n;
		INSERT INTO point (series, run, code, value, spread, boots, exact, reference)
			SELECT s.id, r.id, 1, ((s.id * 7919 + r.id * 104729 + s.id * r.id) % 9973 + (s.id * 31 + r.id * 8191) % 9967) / 1000.0,
			1.5, 24, 0, 240 FROM series s CROSS JOIN run r WHERE s.id > 1000 AND r.id > 10; COMMIT"
	"$FL" trend --db "$DB" --rig made --out "$PAGE"
	[ "$(stat -c %s "$PAGE")" -lt 5000000 ]
	took=$(VIRTUAL='' browse 'document.title = Math.round(performance.now()) + " " + charts.length')
	[ "${took#* }" -eq 101 ]
	[ "${took% *}" -lt 3000 ] || { echo "$took ms"; return 1; }
}

@test "names from outside are text and nothing else" {
	"$SQL" "$DB" "INSERT INTO series VALUES (900, '<i>rig', 'a\"b', 'v6.1', '<script>alert(1)</script>', 'off', '</svg><b>', 'cycles_hot', 'TSC & cycles');
		INSERT INTO run VALUES (900, 'x', 1795500000, 'javascript:alert(1)//\"><i>', 'r<', 'r');
		INSERT INTO point SELECT 900, 900, id, 250, NULL, 2, 0, NULL, NULL, NULL FROM code LIMIT 1"
	run "$FL" trend --db "$DB" --out "$PAGE"
	expect 0
	[ "$(grep -c '<script' "$PAGE")" -eq 2 ]
	[ "$(grep -c '</svg><b>\|<i>' "$PAGE")" -eq 0 ]
	data . >/dev/null
	HASH='#figure=cycles_hot&base=v6.1&profile=off&cpu=%3Ci%3Erig+a%22b'
	title=$(browse 'const s = D.series.find(s => D.words[s.key[3]].startsWith("<script>"));
		document.title = [document.querySelectorAll("#choose i, #charts i, #charts b b, #tip script").length, points(s).v[0],
			report(points(s).run[0]), charts[0].section.querySelector("h3").textContent].join(" ")')
	[ "$title" = "0 250 ../javascript%3Aalert(1)//%22%3E%3Ci%3E/report/report.html &lt;/svg&gt;&lt;b&gt;" ] || { echo "$title"; return 1; }
}

@test "nothing to draw, nowhere to write" {
	run "$FL" trend --db "$DB" --workload nobody --out "$PAGE"
	expect "$EXIT_NO_DATA" "no such series"
	run "$FL" trend --db "$BATS_TEST_TMPDIR/none.db"
	expect "$EXIT_NO_DATA" "none.db"
	run "$FL" trend --db "$DB" --out /nonexistent/t.html
	expect "$EXIT_STORAGE" "/nonexistent/t.html"
	run "$FL" trend --db "$DB" --newest some
	expect "$EXIT_USAGE" "'some' is not a number from 1"
}

@test "what else changed is drawn and told, a withdrawn run is crossed out and moves nothing" {
	local n
	DB=$BATS_TEST_TMPDIR/e.db
	for n in 1 2 3 4; do
		set --
		case $n in
		2) set -- release=6.1.199 ;;
		3) set -- release=6.1.199 baseline '*' kvm_faultin_pfn 500 const-fields '*' kvm_faultin_pfn 900 ;;
		4) set -- release=6.1.199 qemu=9.9.9 ;;
		esac
		"$ROOT/build/unit/alert_run" "$REF/attribute" "$BATS_TEST_TMPDIR/night-$n" "night-$n" \
			"2026-11-2${n}T01:00:00Z" "$n$n$n$n" "$@"
		"$FL" history add --db "$DB" "$BATS_TEST_TMPDIR/night-$n" >/dev/null
	done
	"$FL" history withdraw --db "$DB" --who me --why 'a <b>cable</b> was loose' night-3
	"$FL" trend --db "$DB" --out "$PAGE"
	grep -Eq '<td>2026-11-22</td><td>tcg</td><td>v6.1</td><td>kernel</td><td>6.1.[0-9]+</td><td>6.1.199</td><td>night-2</td>' "$PAGE"
	grep -Eq '<td>instrument</td><td>QEMU [^<]*</td><td>QEMU 9.9.9[^<]*</td><td>night-4</td>' "$PAGE"
	# The first sentence is of the default rig, and says so.
	grep -q '<p class="answer">v6.1, profile off, touch-write: const-fields <b>-52</b>.*[(]rig tcg, run of 2026-11-24[)]' "$PAGE"
	grep -q '<li>run night-3 of 2026-11-23: a &lt;b&gt;cable&lt;/b&gt; was loose (me, ' "$PAGE"
	HASH='#base=v6.1&profile=off&cpu=tcg&figure=instructions_over_baseline'
	title=$(browse 'const c = charts.find(c => c.section.querySelector("h3").textContent === "touch-write"), said = [];
		const key = k => c.svg.dispatchEvent(new KeyboardEvent("keydown", {key: k, cancelable: true}));
		said.push(points(c.lines[0]).v, c.svg.querySelectorAll("line.event").length, c.svg.querySelectorAll("path.out").length,
			c.svg.querySelectorAll("line.mark").length, c.svg.querySelector("path.out title").textContent);
		key("End"); said.push($("live").textContent.match(/Linux [0-9.]*/)[0], /instrument: QEMU [0-9.]* to QEMU 9.9.9(?!, EPYC)/.test($("live").textContent));
		document.title = said.join(" | ")')
	[ "$title" = "-52,-52,-52 | 2 | 1 | 0 | withdrawn: run night-3, a &lt;b&gt;cable&lt;/b&gt; was loose (me) | Linux 6.1.199 | true" ] ||
		{ echo "$title"; return 1; }
	# It counts again: 400 more, for one night.
	"$FL" history restore --db "$DB" --who me --why 'it was another one' night-3
	"$FL" trend --db "$DB" --out "$PAGE"
	[ "$(grep -c 'id="withdrawn"' "$PAGE")" -eq 0 ]
	grep -q 'n worse">-52 to 348</td>' "$PAGE"
}

@test "a phone: nothing is wider than the screen, letters are not shrunk" {
	nights 40
	"$FL" trend --db "$DB" --out "$PAGE"
	cp "$PAGE" "$PAGE.probe.html"
	printf '<iframe style="width:390px;height:800px;border:0" src="%s"></iframe><script>onload = () => {
		const w = frames[0], c = w.document.querySelector("svg.chart");
		document.title = (w.document.documentElement.scrollWidth <= 390) + " " +
			(c.getBoundingClientRect().width / c.viewBox.baseVal.width).toFixed(2); };</script>' \
		"file://$PAGE.probe.html" >"$BATS_TEST_TMPDIR/phone.html"
	command -v chromium >/dev/null || skip "no chromium on this machine; run: scripts/deps test"
	chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files --virtual-time-budget=3000 \
		--dump-dom "file://$BATS_TEST_TMPDIR/phone.html" 2>/dev/null | grep -q '<title>true 1.00</title>'
}

@test "accepted figures are drawn from their night on, told with who, why and when, and reached by keyboard" {
	nights 40
	"$SQL" "$DB" "INSERT INTO accepted (series, value, at, who, why, revision, run)
		SELECT p.series, p.value, 1795500000 + 86400 * 20, 'A. Hacker', 'the <b>price</b> of the check', 'c1', p.run
		FROM point p JOIN series s ON s.id = p.series WHERE p.run = 30 AND s.variant = 'baseline'"
	"$FL" alert --db "$DB" --accept 'tcg/v6.1/baseline/off/touch-write/instructions' --who B --why 'for good' >/dev/null
	"$FL" trend --db "$DB" --out "$PAGE"
	grep -q '<td>2026-12-14</td><td>v6.1</td><td>off</td><td>baseline</td><td>touch-write</td><td>instructions of a typical fault</td><td class="n">2414</td><td>A. Hacker</td><td>the &lt;b&gt;price&lt;/b&gt; of the check</td>' "$PAGE"
	grep -q '<a href="#accepted">' "$PAGE"
	HASH='#base=v6.1&profile=off&cpu=tcg&figure=instructions'
	title=$(browse 'const c = charts.find(c => c.section.querySelector("h3").textContent === "touch-write"), said = [];
		const key = k => c.svg.dispatchEvent(new KeyboardEvent("keydown", {key: k, cancelable: true}));
		const g = [...c.svg.querySelectorAll(".accepted")], s = c.lines.find(s => name(s, VARIANT) === "baseline"), p = points(s);
		said.push(g.length, g.map(e => e.querySelector(".held").getAttribute("d")).join() ===
			[[20, 40, 2414], [40, 40, 2417]].map(([a, b, v]) => `M${c.x(p.t[a])} ${c.y(v)}H${c.x(p.t[b])}`).join());
		said.push(g.map(e => e.querySelector(".said").getAttribute("d") !== ""), g[0].querySelector("title").textContent);
		key("Home"); while (c.lines[c.at[0]] !== s) key("ArrowDown");
		for (let i = 0; i < 20; i++) key("ArrowRight");
		said.push($("live").textContent.match(/2026-12-14: .*check/)[0]); key("ArrowLeft"); said.push($("live").textContent.includes("accepted"));
		said.push([...c.list.children].some(l => /^20[-0-9]* baseline: 2417 accepted by B: for good$/.test(l.textContent)));
		zoom(p.t[30], p.t[35]); said.push(c.svg.querySelectorAll(".held").length + " " + c.svg.querySelector(".said").getAttribute("d"));
		document.title = said.join(" | ")')
	[ "$title" = "2 | true | true,true | 2026-12-14 2414 accepted by A. Hacker: the &lt;b&gt;price&lt;/b&gt; of the check | 2026-12-14: 2414 accepted by A. Hacker: the &lt;b&gt;price&lt;/b&gt; of the check | false | true | 1 " ] ||
		{ echo "$title"; return 1; }
	# What is accepted holds no longer than the run that it was said after.
	"$FL" history withdraw --db "$DB" --who me --why 'wrong' night-40
	"$FL" trend --db "$DB" --out "$PAGE"
	[ "$(data '[.series[].accepted // [] | length] | max')" -eq 1 ]
}

@test "known changes stand on the page, and those whose time is up say so" {
	cat >"$BATS_TEST_TMPDIR/acks" <<-'A'
		[tcg/v6.1/*/off/touch-write/instr*]
		commit = 1a2b3c4d
		who = A <a@example.org>
		why = the price of the new check
		until = 2099-03-01

		[vitro/*/*/*/*/cycles_hot]
		commit = 5e6f
		who = B
		why = last year's
		until = 2001-03-01
	A
	run "$FL" trend --db "$DB" --out "$PAGE" --acks "$BATS_TEST_TMPDIR/acks"
	expect 0
	grep -q 'the price of the new check (A &lt;a@example.org&gt;, commit 1a2b3c4d, until 2099-03-01)</li>' "$PAGE"
	grep -q "last year's (B, commit 5e6f, until 2001-03-01) <b>(its time is up)</b>" "$PAGE"
	run "$FL" trend --db "$DB" --out "$PAGE" --acks /nonexistent
	[ "$status" -ne 0 ] && [[ $output == *"/nonexistent"* ]]
}
