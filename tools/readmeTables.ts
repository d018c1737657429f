/*
 * npm run readme: writes the troubleshooting tables of README.md from the failure tables, so that no code is without a row.
 * With --check it only says whether they are up to date (exit 1 when not).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { POSITION_FAILURES } from '../nodes/shared/checkpoint/failures';
import type { FailureText } from '../nodes/shared/core/failure';
import { SIEM_FAILURES } from '../nodes/shared/delivery/siem/failures';
import { SAFE_FAILURES } from '../nodes/shared/safe/failures';
import { SECURID_FAILURES } from '../nodes/shared/securid/failures';

const README = path.resolve(__dirname, '..', 'README.md');

/** README with the tables as the sources have them now. In: its text. Out: the text with everything between the markers replaced. */
export function withTables(readme: string): string {
	return [
		['securid', SECURID_FAILURES] as const,
		['safe', SAFE_FAILURES] as const,
		['siem', SIEM_FAILURES] as const,
		['position', POSITION_FAILURES] as const,
	].reduce((text, [name, failures]) => {
		const between = new RegExp(`(<!-- ${name}-codes -->\\n)[\\s\\S]*?(<!-- /${name}-codes -->)`);
		if (!between.test(text)) throw new Error(`README.md has no place for the ${name} codes`);
		return text.replace(between, (_all, start: string, end: string) => `${start}\n${table(failures)}\n${end}`);
	}, readme);
}

function table(failures: Record<string, FailureText>): string {
	const rows = Object.entries(failures).sort(([left], [right]) => left.localeCompare(right));
	const lines = rows.map(([code, { message, advice }]) => `| \`${code}\` | ${cell(message)} | ${cell(advice)} |`);
	return ['| Code | What the node says | What to do |', '|---|---|---|', ...lines, ''].join('\n');
}

/** `{name}` places stand for what was seen; bars would end a cell. Expressions keep their braces. */
function cell(text: string): string {
	return text
		.replace(/(?<!\{)\{(\w+)\}(?!\})/g, '…')
		.replaceAll('|', '\\|');
}

if (require.main === module) {
	const before = readFileSync(README, 'utf8');
	const after = withTables(before);
	if (process.argv.includes('--check')) {
		console.log(before === after ? 'README.md is up to date' : 'README.md is out of date: run "npm run readme"');
		process.exit(before === after ? 0 : 1);
	}
	writeFileSync(README, after);
}
