/**
 * `npm run fuzz`: every property over a million generated cases. Options: `--seed <number>`, `--cases <number>` (all together), `--only <words of area or rule>`.
 * Prints the seed first and a table at the end; exit status 1 with the smallest case that fails.
 */
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { PROPERTIES, sharesOf } from './properties';
import type { Property, PropertyResult } from './property';
import { SEED } from '../unit/generated';

const CASES = 1_000_000;

interface Row extends PropertyResult {
	property: Property;
	seconds: number;
}

async function main(): Promise<number> {
	const { seed, cases, chosen } = options();
	console.log(`${chosen.length} properties, ${cases.toLocaleString('en')} generated cases, seed ${seed}\n`);
	const shares = sharesOf(chosen, cases);
	const bar = new SingleBar({ format: '{bar} {value} of {total} cases, {duration_formatted}: {area}', hideCursor: true, etaBuffer: 1, clearOnComplete: true });
	if (process.stdout.isTTY) bar.start(shares.reduce((sum, share) => sum + share, 0), 0, { area: '' });
	const rows: Row[] = [];
	let done = 0;
	for (const [at, property] of chosen.entries()) {
		bar.update(done, { area: property.area });
		const startedAt = performance.now();
		const result = await property.run({ seed, cases: shares[at], onCase: () => ++done % 500 === 0 && bar.update(done) });
		rows.push({ property, ...result, seconds: (performance.now() - startedAt) / 1000 });
		// Pipes and logs get a line per property instead of a bar.
		if (!process.stdout.isTTY) console.log(lineOf(rows[rows.length - 1]));
	}
	bar.stop();
	return report(rows, seed);
}

function options(): { seed: number; cases: number; chosen: Property[] } {
	const { values } = parseArgs({ options: { seed: { type: 'string' }, cases: { type: 'string' }, only: { type: 'string' } } });
	const only = (values.only ?? '').toLowerCase();
	const chosen = PROPERTIES.filter(({ area, rule }) => `${area} ${rule}`.toLowerCase().includes(only));
	const [seed, cases] = [Number(values.seed ?? SEED), Number(values.cases ?? CASES)];
	if (!Number.isInteger(seed) || !Number.isInteger(cases) || cases < 1) throw new Error('--seed and --cases take whole numbers');
	if (chosen.length === 0) throw new Error(`--only "${values.only}" names no property`);
	return { seed, cases, chosen };
}

function lineOf({ property, cases, tested, seconds, failure }: Row): string {
	const share = tested === cases ? '' : `, ${Math.round((100 * tested) / cases)} % to the point`;
	const number = cases.toLocaleString('en').padStart(9);
	return `${failure === undefined ? 'holds ' : 'FAILS '} ${number} cases ${seconds.toFixed(1).padStart(6)} s  ${property.area}: ${property.rule}${share}`;
}

function report(rows: Row[], seed: number): number {
	if (process.stdout.isTTY) for (const row of rows) console.log(lineOf(row));
	const failures = rows.filter(({ failure }) => failure !== undefined);
	for (const { property, failure } of failures) console.error(`\n${property.area}: ${property.rule}\n${failure}`);
	const cases = rows.reduce((sum, row) => sum + row.cases, 0);
	const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
	console.log(`\n${rows.length} properties, ${cases.toLocaleString('en')} cases, seed ${seed}, ${Math.round(seconds)} s: ${failures.length === 0 ? 'all hold' : `${failures.length} fail`}`);
	return failures.length === 0 ? 0 : 1;
}

void main().then(
	(status) => process.exit(status),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(2);
	},
);
