/** A table for the terminal and for Markdown: the same text in both. */
export interface Table {
	head: string[];
	/** A cell for each of the head. */
	rows: string[][];
}

/** Markdown with columns of one width, so that it can be read as it is; numbers (all but the first column) to the right. */
export function markdownTable({ head, rows }: Table): string {
	const lines = [head, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
	const widths = head.map((_, column) => Math.max(3, ...lines.map((cells) => [...cells[column]].length)));
	const pad = (text: string, column: number) => {
		const blanks = ' '.repeat(widths[column] - [...text].length);
		return column === 0 ? text + blanks : blanks + text;
	};
	const written = lines.map((cells) => `| ${cells.map(pad).join(' | ')} |`);
	const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
	return [written[0], rule, ...written.slice(1)].join('\n');
}
