// SPDX-License-Identifier: GPL-2.0
// What the trend page shows, as it is chosen; the last of its scripts.
let charts = [];
const seen = new IntersectionObserver(list => {
	for (const e of list)
		if (e.isIntersecting && !e.target.chart.drawn)
			e.target.chart.draw();
}, {rootMargin: '800px'});

function redraw() {
	for (const c of charts) {
		const box = c.section.getBoundingClientRect();

		c.drawn = false;
		if (box.top < innerHeight + 800 && box.bottom > -800)
			c.draw();
		else
			seen.unobserve(c.section), seen.observe(c.section);
	}
	$('tip').hidden = true;
}

function zoom(from, to, focus) {
	[chosen.from, chosen.to] = [from, to];
	chosen.span = from === -Infinity ? 'all' : '';
	form();
	redraw();
	if (focus)
		focus.svg.focus();
}

function select(field) {
	const have = new Map(D.series.map(s => [FIELDS[field].of(s), FIELDS[field].words(s)]));
	const e = el('select', {name: field});

	for (const [value, words] of have)
		e.append(el('option', value === chosen[field] ? {value: value, selected: ''} : {value: value}, words));
	e.addEventListener('change', () => {
		chosen[field] = e.value;
		settle(field);
		show();
		$('choose').querySelector(`[name=${field}]`).focus();
	});
	return el('label', {}, FIELDS[field].title, e);
}

function press(words, pressed, act) {
	const b = el('button', {type: 'button', 'aria-pressed': pressed}, ...words);

	b.addEventListener('click', act);
	return b;
}

function form() {
	const spans = [['all', 'All'], ['365', '1 year'], ['90', '90 days'], ['30', '30 days']];
	const range = el('fieldset', {class: 'range', 'aria-label': 'time'});
	const lines = el('fieldset', {'aria-label': 'variants'});
	const variants = new Map(D.series.filter(is).map(s => [name(s, VARIANT), s]));

	for (const [days, words] of spans)
		range.append(press([words], chosen.span === days, () => {
			setSpan(days);
			form();
			redraw();
		}));
	for (const [variant, s] of variants)
		lines.append(press([swatch(s), variant], !chosen.hidden.has(variant), () => {
			if (!chosen.hidden.delete(variant))
				chosen.hidden.add(variant);
			form();
			redraw();
		}));
	$('choose').replaceChildren(...Object.keys(FIELDS).map(select), range, lines);
	$('choose').hidden = false;
	const words = new URLSearchParams(Object.keys(FIELDS).map(f => [f, chosen[f]]));

	if (chosen.span && chosen.span !== 'all')
		words.set('days', chosen.span);
	history.replaceState(null, '', '#' + words);
}

function show() {
	const here = D.series.filter(is), rows = new Map();

	order.clear();
	for (const s of here) {
		if (!order.has(name(s, VARIANT)))
			order.set(name(s, VARIANT), order.size);
		rows.set(name(s, WORKLOAD), [...rows.get(name(s, WORKLOAD)) || [], s]);
	}
	form();
	seen.disconnect();
	charts = [...rows].map(([workload, lines]) => new Chart(workload, lines));
	$('charts').replaceChildren(el('p', {class: 'dim'},
		`${FIELDS.figure.words(here[0])}: ${many(here.length, 'line')} in ${many(charts.length, 'picture')}`),
		...charts.map(c => c.section), help());
	for (const c of charts)
		c.section.chart = c;
	redraw();
}

function help() {
	return el('details', {}, el('summary', {}, 'How to read and move'),
		el('p', {}, 'A dot is a run and leads to its report. Dashed: where a line moved for good. ' +
			'Dotted: instrument, kernel or machine changed. ✕: a run that was withdrawn. ◇ and the thin line from it: what was accepted, which ' +
			'alert compares with from then on. ' +
			'Drag over a picture to zoom, press twice to see all. By keyboard: arrows go from run to ' +
			'run and from line to line, Enter opens the report, + and − zoom, 0 shows all.'));
}

start();
show();
addEventListener('hashchange', () => {
	start();
	show();
});
addEventListener('pointerdown', e => {
	if (!e.target.closest('#tip, svg.chart'))
		charts.forEach(c => c.hide());
});
addEventListener('resize', redraw);
addEventListener('beforeprint', () => charts.forEach(c => c.draw()));
