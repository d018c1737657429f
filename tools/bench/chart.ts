/** Bar charts as SVG, drawn without a library; readable on light and on dark pages. */

/** One bar: what it is, how long, and what is written at its end. */
export interface Bar {
	label: string;
	value: number;
	text: string;
	/** What the chart is about stands out; the others are grey. */
	ours?: boolean;
}

/** A chart: bars of one unit, longest scale from 0 to the largest value. */
export interface Chart {
	/** File name without folder or extension. */
	name: string;
	title: string;
	/** What shorter or longer means, e.g. "seconds, less is better". */
	unit: string;
	bars: Bar[];
}

const WIDTH = 760;
const LABEL_WIDTH = 270;
const VALUE_WIDTH = 120;
const TOP = 56;
const ROW = 34;
const BAR = 20;

/** Out: the text of an SVG file. Throws RangeError without a bar, or for a value that is no length. */
export function drawChart({ title, unit, bars }: Chart): string {
	const wrong = bars.find(({ value }) => !(Number.isFinite(value) && value >= 0));
	if (bars.length === 0 || wrong !== undefined) throw new RangeError(`"${title}" cannot be drawn: ${wrong?.label ?? 'no bars'}`);
	const longest = Math.max(...bars.map(({ value }) => value)) || 1;
	const room = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
	const height = TOP + bars.length * ROW + 10;
	const rows = bars.map(({ label, value, text, ours }, index) => {
		const y = TOP + index * ROW;
		const middle = y + BAR / 2 + 4;
		const length = Math.max(1, (value / longest) * room);
		return [
			`  <text class="label" x="${LABEL_WIDTH - 10}" y="${middle}" text-anchor="end">${escapeXml(label)}</text>`,
			`  <rect class="${ours ? 'ours' : 'other'}" x="${LABEL_WIDTH}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" rx="3"/>`,
			`  <text class="value" x="${(LABEL_WIDTH + length + 8).toFixed(1)}" y="${middle}">${escapeXml(text)}</text>`,
		].join('\n');
	});
	const alternative = bars.map(({ label, text }) => `${label}: ${text}`).join('; ');
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">
  <title>${escapeXml(title)}</title>
  <desc>${escapeXml(alternative)}</desc>
  <style>
    text { font: 13px system-ui, sans-serif; fill: #24292f; }
    .title { font-size: 15px; font-weight: 600; }
    .unit { font-size: 12px; fill: #57606a; }
    .ours { fill: #1a7f64; }
    .other { fill: #8c959f; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .unit { fill: #9198a1; }
      .ours { fill: #3fb68b; }
      .other { fill: #6e7681; }
    }
  </style>
  <text class="title" x="10" y="22">${escapeXml(title)}</text>
  <text class="unit" x="10" y="41">${escapeXml(unit)}</text>
${rows.join('\n')}
</svg>
`;
}

function escapeXml(text: string): string {
	return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
