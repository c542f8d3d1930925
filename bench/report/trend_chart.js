// SPDX-License-Identifier: GPL-2.0
// One picture of the trend page; trend.js before it says what is drawn.
// A picture: its lines, scales and what the pointer is at.
class Chart {
	constructor(workload, lines) {
		this.lines = lines;
		this.difference = name(lines[0], METRIC).includes('_over_');
		this.at = [lines.length - 1, -1];
		this.svg = el('svg', {class: 'chart', tabindex: 0, role: 'group',
			'aria-label': workload + ' over time; arrows go from run to run and line to line, ' +
				'Enter opens the report, plus and minus zoom, 0 shows all'});
		this.key = el('p', {class: 'key'});
		this.list = el('ul', {});
		this.section = el('section', {}, el('h3', {}, workload), this.key, this.svg, this.list);
		this.listen();
	}

	visible() {
		return this.lines.filter(s => !chosen.hidden.has(name(s, VARIANT)));
	}

	// The points that are in the chosen time, by index: from, to.
	window(s) {
		const t = points(s).t;
		let from = 0, to = t.length;

		while (from < to && t[from] < chosen.from)
			from++;
		while (to > from && t[to - 1] > chosen.to)
			to--;
		return [from, to];
	}

	scale() {
		let low = Infinity, high = -Infinity, first = Infinity, end = -Infinity;

		for (const s of this.visible()) {
			const p = points(s), [from, to] = this.window(s);

			for (let i = from; i < to; i++) {
				low = Math.min(low, p.v[i]);
				high = Math.max(high, p.v[i]);
				first = Math.min(first, p.t[i]);
				end = Math.max(end, p.t[i]);
			}
		}
		if (low === Infinity)
			return false;
		for (const s of this.visible())
			for (const a of this.held(s)) {
				low = Math.min(low, a.value);
				high = Math.max(high, a.value);
			}
		if (this.difference) {
			low = Math.min(low, 0);
			high = Math.max(high, 0);
		}
		const room = (high - low) * 0.08 || Math.max(1, Math.abs(high) * 0.01);

		[this.low, this.high] = [low - room, high + room];
		[this.first, this.end] = [Math.max(first, chosen.from), Math.min(end, chosen.to)];
		this.width = Math.max(280, this.svg.clientWidth || 480);
		return true;
	}

	x(t) {
		const share = this.end > this.first ? (t - this.first) / (this.end - this.first) : 0.5;

		return LEFT + share * (this.width - LEFT - RIGHT);
	}

	y(v) {
		return TOP + (this.high - v) / (this.high - this.low) * (HEIGHT - TOP - BOTTOM);
	}

	draw() {
		this.svg.replaceChildren();
		this.list.replaceChildren();
		this.key.replaceChildren(...this.visible().map(s => this.keyOf(s)));
		this.drawn = true;
		if (!this.scale()) {
			this.svg.append(el('text', {x: LEFT, y: HEIGHT / 2}, 'no run in this time'));
			return;
		}
		this.svg.setAttribute('viewBox', `0 0 ${this.width} ${HEIGHT}`);
		this.axes();
		this.events();
		for (const s of this.visible())
			this.line(s);
		for (const s of this.visible())
			this.accepted(s);
		this.cursor = el('circle', {class: 'cursor', r: 5, visibility: 'hidden'});
		this.choice = el('rect', {class: 'choice', y: TOP, height: HEIGHT - TOP - BOTTOM,
			visibility: 'hidden'});
		this.svg.append(this.cursor, this.choice);
		this.tell();
	}

	keyOf(s) {
		const p = points(s), v = p.v[p.v.length - 1];
		const said = el('span', {}, swatch(s), name(s, VARIANT) + ' ',
			el('b', {}, figure(v, this.difference)));

		if (s.spread !== null)
			said.append(' ±' + figure(s.spread));
		if (s.acks.some(a => !D.known[a][3]))
			said.append(' (known)');
		return said;
	}

	axes() {
		for (const v of ticks(this.low, this.high, 4)) {
			const y = this.y(v);

			this.svg.append(el('line', {class: this.difference && !v ? 'zero' : 'rule',
				x1: LEFT, x2: this.width - RIGHT, y1: y, y2: y}),
				el('text', {x: LEFT - 6, y: y + 4, 'text-anchor': 'end'},
					figure(v, this.difference)));
		}
		this.svg.append(el('text', {x: LEFT, y: HEIGHT - 7}, day(this.first)));
		if (this.end > this.first)
			this.svg.append(el('text', {x: this.width - RIGHT, y: HEIGHT - 7,
				'text-anchor': 'end'}, day(this.end)));
	}

	// Another instrument, kernel, machine; runs that were withdrawn.
	events() {
		for (const e of this.happened()) {
			const x = this.x(D.runs[e.run][1]);

			this.svg.append(el('line', {class: 'event', x1: x, x2: x, y1: 2, y2: HEIGHT - BOTTOM}));
		}
		for (const w of D.withdrawn) {
			const x = this.x(w.started), y = HEIGHT - BOTTOM;

			if (w.started < this.first || w.started > this.end)
				continue;
			this.svg.append(el('path', {class: 'out', d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`},
				el('title', {}, `withdrawn: run ${w.run}, ${w.why} (${w.who})`)));
		}
	}

	happened() {
		const s = this.lines[0];

		return D.events.filter(e => e.rig === name(s, RIG) && e.base === name(s, BASE) &&
			D.runs[e.run][1] >= this.first && D.runs[e.run][1] <= this.end);
	}

	// What was accepted, as far as it is in the chosen time.
	held(s) {
		const [from, to] = this.window(s);

		return from < to ? accepted(s).filter(a => a.from < to && a.to >= from) : [];
	}

	// A step from the night on in which it was accepted, with a diamond there.
	accepted(s) {
		const p = points(s), [from, to] = this.window(s), style = styleOf(s).split(' ')[0];

		for (const a of this.held(s)) {
			const x = this.x(p.t[Math.max(a.from, from)]), y = this.y(a.value);
			const end = this.x(p.t[Math.min(a.to, to - 1)]);
			const mark = a.began && a.from >= from ? `M${x - 5} ${y}l5 -5l5 5l-5 5z` : '';

			this.svg.append(el('g', {class: 'accepted ' + style}, el('title', {}, `${a.day} ${a.words}`),
				el('path', {class: 'held', d: `M${x} ${y}H${end}`}), el('path', {class: 'said', d: mark})));
		}
	}

	line(s) {
		const p = points(s), [from, to] = this.window(s), style = styleOf(s);
		let d = '';

		for (const i of this.thinned(p, from, to))
			d += `${d ? 'L' : 'M'}${this.x(p.t[i]).toFixed(1)} ${this.y(p.v[i]).toFixed(1)}`;
		this.svg.append(el('path', {class: 'line ' + style, d: d}));
		for (const m of s.moved) {
			if (m[0] < from || m[0] >= to)
				continue;
			const x = this.x(p.t[m[0]]);

			this.svg.append(el('line', {class: 'mark ' + style.split(' ')[0], x1: x, x2: x,
				y1: TOP, y2: HEIGHT - BOTTOM}));
		}
		if (to - from <= 60)
			for (let i = from; i < to; i++)
				this.svg.append(this.dot(s, i, 'dot', 2.5));
		for (const m of s.moved.slice(-12))
			if (m[0] >= from && m[0] < to)
				this.svg.append(this.dot(s, m[0], 'moved', 4));
	}

	// Not more points than a picture has places: of each place the ends and extremes.
	*thinned(p, from, to) {
		const places = this.width * 1.5;

		if (to - from <= 4 * places) {
			for (let i = from; i < to; i++)
				yield i;
			return;
		}
		for (let k = 0; k < places; k++) {
			const a = from + Math.floor(k * (to - from) / places);
			const b = from + Math.floor((k + 1) * (to - from) / places);
			let low = a, high = a;

			for (let i = a; i < b; i++) {
				low = p.v[i] < p.v[low] ? i : low;
				high = p.v[i] > p.v[high] ? i : high;
			}
			yield* [...new Set([a, low, high, b - 1])].sort((x, y) => x - y);
		}
	}

	dot(s, i, kind, r) {
		const p = points(s), run = D.runs[p.run[i]];
		const a = el('a', {svg: true, href: report(p.run[i]), tabindex: -1,
			'aria-label': `${name(s, VARIANT)}, run ${run[0]}`});

		a.append(el('circle', {class: kind + ' ' + styleOf(s).split(' ')[0], r: r,
			cx: this.x(p.t[i]).toFixed(1), cy: this.y(p.v[i]).toFixed(1)}));
		return a;
	}

	// Moves, events and what is known, under the picture, the newest.
	tell() {
		const said = [];

		for (const s of this.visible()) {
			const p = points(s), [from, to] = this.window(s);

			for (const m of s.moved)
				if (m[0] >= from && m[0] < to)
					said.push([p.t[m[0]], `${day(p.t[m[0]])} ${name(s, VARIANT)}: ` +
						`${figure(m[1], this.difference)} to ${figure(m[2], this.difference)}` +
						percent(m[2] - m[1], m[3]) +
						(s.exact ? '' : ', by change point')]);
			for (const a of this.held(s))
				said.push([p.t[a.from], `${a.day} ${name(s, VARIANT)}: ${a.words}`]);
		}
		for (const e of this.happened())
			said.push([D.runs[e.run][1], `${day(D.runs[e.run][1])} ${change(e)}`]);
		said.sort((a, b) => b[0] - a[0]);
		this.list.append(...said.slice(0, 4).map(x => el('li', {}, x[1])));
		if (said.length > 4)
			this.list.append(el('li', {class: 'dim'}, `and ${said.length - 4} more before`));
		for (const a of new Set(this.visible().flatMap(s => s.acks)))
			this.list.append(el('li', {}, `known${D.known[a][3] ? ' (its time is up)' : ''}: ` +
				`${D.known[a][0]} (${D.known[a][1]}, until ${D.known[a][2]})`));
	}

	// The point that is nearest to a place: in time, then between lines.
	nearest(x, y) {
		let best = null, least = Infinity;

		for (const s of this.visible()) {
			const p = points(s), [from, to] = this.window(s);
			let i = from, end = to - 1;

			if (from === to)
				continue;
			while (i < end) {
				const middle = (i + end) >> 1;

				if (this.x(p.t[middle]) < x)
					i = middle + 1;
				else
					end = middle;
			}
			if (i > from && x - this.x(p.t[i - 1]) < this.x(p.t[i]) - x)
				i--;
			const far = Math.hypot(3 * (this.x(p.t[i]) - x), this.y(p.v[i]) - y);

			if (far < least)
				[best, least] = [[this.lines.indexOf(s), i], far];
		}
		return best;
	}

	show(at, kept) {
		const s = this.lines[at[0]], p = points(s), i = at[1], run = D.runs[p.run[i]];
		const about = p.whole[i] || whole(p.v[i]) && s.exact ? '' : 'about ';
		const said = [[el('b', {}, name(s, VARIANT)), ` ${about}${figure(p.v[i], this.difference)} ${name(s, UNIT)}` +
			(this.difference ? ' over ' + name(s, METRIC).split('_over_')[1] : '')]];

		if (i)
			said.push([figure(p.v[i] - p.v[i - 1], true) +
				`${percent(p.v[i] - p.v[i - 1], s.of || p.v[i - 1])} to the run before`]);
		said.push([`run ${run[0]}, ${new Date(run[1] * 1000).toISOString().slice(0, 16).replace('T', ' ')}`],
			[`suite ${D.words[run[3]].slice(0, 12)}${this.kernel(p.run[i])}, ${name(s, MACHINE)}`]);
		for (const e of this.happened())
			if (e.run === p.run[i])
				said.push([change(e)]);
		for (const a of accepted(s))
			if (a.from === i)
				said.push([`${a.day}: ${a.words}`]);
		const link = el('a', {href: report(p.run[i])}, 'Its report');

		$('tip').replaceChildren(...said.map(x => el('p', {}, ...x)), el('p', {}, link));
		$('tip').hidden = false;
		$('tip').classList.toggle('kept', kept);
		this.kept = kept;
		this.cursor.setAttribute('cx', this.x(p.t[i]));
		this.cursor.setAttribute('cy', this.y(p.v[i]));
		this.cursor.setAttribute('visibility', 'visible');
		this.at = at;
		const box = this.svg.getBoundingClientRect(), tip = $('tip').getBoundingClientRect();
		const left = box.left + this.x(p.t[i]) + 14, top = box.top + this.y(p.v[i]) + 14;

		$('tip').style.left = Math.max(4, left + tip.width > innerWidth ?
			left - tip.width - 28 : left) + 'px';
		$('tip').style.top = Math.max(4, Math.min(top, innerHeight - tip.height - 4)) + 'px';
		if (kept)
			$('live').textContent = $('tip').textContent;
	}

	// The kernel that a run measured: what the events say of it.
	kernel(run) {
		const s = this.lines[0], mine = D.events.filter(e => e.what === 'kernel' &&
			e.rig === name(s, RIG) && e.base === name(s, BASE));
		const before = mine.filter(e => e.run <= run).pop(), after = mine.find(e => e.run > run);
		const known = before ? before.after : after ? after.before : D.words[s.kernel];

		return known ? ', Linux ' + known : '';
	}

	hide() {
		this.kept = false;
		if (this.cursor)
			this.cursor.setAttribute('visibility', 'hidden');
		$('tip').hidden = true;
	}

	listen() {
		const svg = this.svg, where = e => [e.clientX - svg.getBoundingClientRect().left,
			e.clientY - svg.getBoundingClientRect().top];

		svg.addEventListener('pointermove', e => {
			const [x, y] = where(e), at = this.cursor && this.nearest(x, y);

			if (this.from !== undefined && e.pointerType === 'mouse') {
				this.choice.setAttribute('x', Math.min(x, this.from));
				this.choice.setAttribute('width', Math.abs(x - this.from));
				this.choice.setAttribute('visibility', 'visible');
			}
			if (at && e.pointerType === 'mouse' && !this.kept)
				this.show(at, false);
		});
		svg.addEventListener('pointerleave', e => {
			if (e.pointerType === 'mouse' && this.from === undefined && !this.kept)
				this.hide();
		});
		svg.addEventListener('pointerdown', e => {
			if (e.pointerType === 'mouse' && !e.target.closest('a'))
				this.from = where(e)[0];
		});
		svg.addEventListener('pointerup', e => {
			const [x, y] = where(e), from = this.from, at = this.cursor && this.nearest(x, y);

			this.from = undefined;
			if (from !== undefined && Math.abs(x - from) > 12)
				zoom(this.time(Math.min(x, from)), this.time(Math.max(x, from)));
			else if (at)
				this.show(at, true);
		});
		svg.addEventListener('dblclick', () => zoom(-Infinity, Infinity));
		// Not on the way to the link of what is shown.
		svg.addEventListener('blur', e => {
			if (e.relatedTarget && !$('tip').contains(e.relatedTarget))
				this.hide();
		});
		svg.addEventListener('keydown', e => this.press(e));
	}

	time(x) {
		return this.first + (x - LEFT) / (this.width - LEFT - RIGHT) * (this.end - this.first);
	}

	press(e) {
		const lines = this.visible().map(s => this.lines.indexOf(s));

		if (!this.cursor || !lines.length)
			return;
		const k = Math.max(0, lines.indexOf(this.at[0])), s = this.lines[lines[k]];
		const [from, to] = this.window(s), i = this.at[1] < 0 ? to : this.at[1];
		const go = (line, i) => {
			const [a, b] = this.window(this.lines[line]);

			this.show([line, Math.max(a, Math.min(b - 1, i))], true);
		};
		const middle = points(s).t[Math.max(from, Math.min(to - 1, i))];
		const half = (this.end - this.first) / 2;
		const keys = {
			ArrowLeft: () => go(lines[k], i - 1),
			ArrowRight: () => go(lines[k], i + 1),
			ArrowUp: () => go(lines[(k + lines.length - 1) % lines.length], i),
			ArrowDown: () => go(lines[(k + 1) % lines.length], i),
			Home: () => go(lines[k], from),
			End: () => go(lines[k], to - 1),
			Enter: () => this.at[1] >= 0 && location.assign(report(points(s).run[this.at[1]])),
			'+': () => zoom(middle - half / 2, middle + half / 2, this),
			'-': () => zoom(middle - 2 * half, middle + 2 * half, this),
			'0': () => zoom(-Infinity, Infinity, this),
			Escape: () => this.hide(),
		};

		if (!keys[e.key] || e.ctrlKey || e.altKey || e.metaKey)
			return;
		e.preventDefault();
		keys[e.key]();
	}
}
