// SPDX-License-Identifier: GPL-2.0
// The trend page's pictures. What trend_data.c wrote stands in #data; names are
// text and never markup, and nothing is fetched.
'use strict';
const D = JSON.parse(document.getElementById('data').textContent);
const [RIG, MACHINE, BASE, VARIANT, PROFILE, WORKLOAD, METRIC, UNIT] = [0, 1, 2, 3, 4, 5, 6, 7];
const [FROM, STEP, WIDTH, WHOLE, TEXT] = [0, 1, 2, 3, 4];
const DIGITS = Array.from({length: 95}, (_, i) => String.fromCharCode(32 + i))
	.filter(c => !'!"\\<'.includes(c)).join('');
const DIGIT = new Map([...DIGITS].map((c, i) => [c, i]));
const HEIGHT = 200, LEFT = 56, RIGHT = 10, TOP = 12, BOTTOM = 24;
const DAY = 86400;
const $ = id => document.getElementById(id);

function el(tag, attributes, ...inside) {
	const svg = ['svg', 'line', 'path', 'circle', 'rect', 'text', 'g', 'title'].includes(tag) ||
		(attributes && attributes.svg);
	const e = svg ? document.createElementNS('http://www.w3.org/2000/svg', tag) :
		document.createElement(tag);

	for (const [k, v] of Object.entries(attributes || {}))
		if (k !== 'svg')
			e.setAttribute(k, v);
	e.append(...inside.map(i => typeof i === 'number' ? String(i) : i));
	return e;
}

// Digits of numbers; after '!' how often the one before comes again, less 1.
function unpack(text, width) {
	const out = [];

	for (let i = 0; i < text.length;) {
		if (text[i] === '!') {
			for (let n = DIGIT.get(text[i + 1]) + 1; n; n--)
				out.push(out[out.length - 1]);
			i += 2;
			continue;
		}
		let n = 0;

		for (let k = 0; k < width; k++)
			n = n * DIGITS.length + DIGIT.get(text[i++]);
		out.push(n);
	}
	return out;
}

// A series' points, once they are asked for: run, time, figure, is it exact.
function points(s) {
	if (s.points)
		return s.points;
	const runs = [s.runs[0]], p = {run: runs, t: [], v: [], whole: []};

	for (const gap of unpack(s.runs[2], s.runs[1]))
		runs.push(runs[runs.length - 1] + gap + 1);
	for (const part of s.values)
		for (const n of unpack(part[TEXT], part[WIDTH])) {
			p.v.push(part[FROM] + n * part[STEP]);
			p.whole.push(part[WHOLE]);
		}
	// In the order of adding, whatever a clock said.
	for (const r of runs)
		p.t.push(Math.max(D.runs[r][1], p.t[p.t.length - 1] ?? 0));
	s.moved = s.exact ? [] : s.marks;
	if (s.exact && s.values.every(v => v[WHOLE]))
		for (let i = 1; i < p.v.length; i++)
			if (p.v[i] !== p.v[i - 1])
				s.moved.push([i, p.v[i - 1], p.v[i], s.of || p.v[i - 1]]);
	return s.points = p;
}

// What a series was compared with: from a point on, to the next one or its end.
function accepted(s) {
	const run = points(s).run, said = s.accepted || [];
	const at = a => {
		const i = run.findIndex(r => r >= a[0]);

		return i < 0 ? run.length - 1 : i;
	};

	return said.map((a, k) => ({
		from: at(a), to: k + 1 < said.length ? at(said[k + 1]) : run.length - 1, value: a[1],
		began: run[at(a)] === a[0], day: a[4].slice(0, 10),
		words: `${figure(a[1], name(s, METRIC).includes('_over_'))} accepted by ${a[2]}: ${a[3]}`,
	}));
}

const name = (s, part) => D.words[s.key[part]];
// Exact figures are of a CPU model on any machine, cycles are of a machine.
const place = s => s.exact ? name(s, RIG) : name(s, RIG) + ' ' + name(s, MACHINE);
const FIELDS = {
	base: {title: 'Base', of: s => name(s, BASE), words: s => name(s, BASE)},
	profile: {title: 'Profile', of: s => name(s, PROFILE), words: s => name(s, PROFILE)},
	cpu: {title: 'CPU', of: place,
		words: s => s.exact ? D.rigs[name(s, RIG)] : name(s, MACHINE) + ' (' + name(s, RIG) + ')'},
	figure: {title: 'Figure', of: s => name(s, METRIC), words: s => D.metrics[name(s, METRIC)]},
};
const chosen = {hidden: new Set(), from: -Infinity, to: Infinity, span: 'all'};
const is = s => Object.keys(FIELDS).every(f => FIELDS[f].of(s) === chosen[f]);

// What is there and keeps as much as can be of what was chosen, the last change first.
function settle(changed) {
	const order = ['figure', 'base', 'cpu', 'profile'].filter(f => f !== changed);
	const rank = s => (changed && FIELDS[changed].of(s) !== chosen[changed] ? 16 : 0) +
		order.reduce((n, f, i) => n + (FIELDS[f].of(s) !== chosen[f]) * (8 >> i), 0);
	let best = D.series[0];

	for (const s of D.series)
		if (rank(s) < rank(best))
			best = s;
	for (const f in FIELDS)
		chosen[f] = FIELDS[f].of(best);
}

// The first that is drawn: differences of cycles of the plain profile, if they are there.
function start() {
	const words = new URLSearchParams(location.hash.slice(1));
	const plain = D.series.find(s => name(s, BASE) === 'v6.1' && name(s, PROFILE) === 'off');

	for (const f in FIELDS)
		chosen[f] = FIELDS[f].of(D.series[0]);
	if (plain) {
		chosen.base = 'v6.1';
		chosen.profile = 'off';
	}
	for (const f in FIELDS)
		chosen[f] = words.get(f) ?? chosen[f];
	if (words.has('days'))
		setSpan(words.get('days'));
	settle();
}

function setSpan(days) {
	chosen.span = days;
	chosen.from = days === 'all' ? -Infinity : D.last - days * DAY;
	chosen.to = Infinity;
}

const day = t => new Date(t * 1000).toISOString().slice(0, 10);
const whole = v => Math.abs(v - Math.round(v)) < 1e-6;
function figure(v, sign) {
	const size = Math.abs(v), text = size.toFixed(whole(v) ? 0 : size < 0.1 ? 3 : 1);

	return (v < 0 ? '−' : sign && v > 0 ? '+' : '') + text;
}
const percent = (d, of) => of ? ` (${d < 0 ? '−' : '+'}${Math.abs(100 * d / of).toFixed(2)} %)` : '';

// "instrument: QEMU 7 to QEMU 8": without what both have at their ends.
function change(e) {
	const before = e.before.split(', '), after = e.after.split(', ');

	while (before.length > 1 && after.length > 1 && before.at(-1) === after.at(-1))
		before.pop(), after.pop();
	return `${e.what}: ${before.join(', ')} to ${after.join(', ')}`;
}

const many = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`;

// Where the report of a run is; no character of its path is anything but that.
function report(run) {
	const path = D.runs[run][2];
	const safe = path.split('/').map(encodeURIComponent).join('/');

	return (path[0] === '/' ? '' : D.links || './') + safe + '/report/report.html';
}

// Round numbers between two figures.
function ticks(low, high, most) {
	const rough = (high - low) / most, power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 5, 10].map(n => n * power).find(n => n >= rough);
	const out = [];

	for (let v = Math.ceil(low / step) * step; v <= high + step * 1e-9; v += step)
		out.push(Math.round(v / step) * step);
	return out;
}

const order = new Map();
function styleOf(s) {
	const n = order.get(name(s, VARIANT));

	return `c${n % 8} d${Math.floor(n / 8) % 4}`;
}
function swatch(s) {
	return el('svg', {viewBox: '0 0 32 10', 'aria-hidden': true},
		el('line', {class: 'line ' + styleOf(s), x1: 0, x2: 32, y1: 5, y2: 5}));
}
