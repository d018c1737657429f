/** Job b: an export in CSV as items. */
import { A_TENTH, expectEqual, type Bed, type Contender } from '../bed';
import { atLeast, growthTable, type JobResult } from '../results';
import { count, megabytes, percent, seconds, times } from '../statistics';
import type { CsvSource } from '../variants/csv';

const DAY_MS = 86_400_000;

export async function csvJob(bed: Bed): Promise<JobResult> {
	const endsAt = Date.now() - 3_600_000;
	const period = { startsAt: endsAt - DAY_MS, endsAt };
	const bytes = bed.quick ? 4e6 : 50e6;
	return await bed.inWorld({ safe: [1e6, bytes / 10, bytes].map((size) => ({ bytes: size, ...period })) }, async ({ info, api }) => {
		const [small, tenth, large] = await Promise.all(info.safe.map(async (safe, index): Promise<CsvSource> => ({ ...safe, link: await api.link(index) })));
		const check =
			(source: CsvSource): Contender['check'] =>
			({ facts }) =>
				expectEqual('rows', facts.rows, source.rows);
		const ours = (output: 'vendor' | 'simplified', source = large): Contender<'csvOurs'> => ({
			label: `SAFE Audit Export, ${output === 'vendor' ? '"Vendor Record"' : '"Simplified"'}`,
			variant: 'csvOurs',
			settings: { small, large: source, output },
			check: check(source),
		});
		const byHand = (source = large): Contender<'csvByHand'> => ({
			label: 'HTTP Request (file) → Extract from File',
			variant: 'csvByHand',
			settings: { small, large: source },
			check: check(source),
		});
		const vendor = ours('vendor');
		const sides = {
			vendor,
			simplified: ours('simplified'),
			byHand: byHand(),
			parser: { label: 'csv-parse/sync to arrays, alone', variant: 'csvByParser' as const, settings: { small, large }, check: check(large) },
			vendorTenth: { ...ours('vendor', tenth), size: A_TENTH },
			byHandTenth: { ...byHand(tenth), size: A_TENTH },
		};
		const work = large.bytes / tenth.bytes;
		const found = await bed.alternate('CSV', sides);
		const speed = (key: keyof typeof sides) => large.bytes / 1e6 / found[key].seconds;
		const row = (key: keyof typeof sides) => {
			const { seconds: taken, aboveIdleBytes } = found[key];
			const rate = `${speed(key).toFixed(1)} MB/s`;
			return [sides[key].label, seconds(taken), rate, count(large.rows / taken), times(speed(key) / speed('byHand')), percent(speed(key) / speed('parser')), megabytes(aboveIdleBytes)];
		};
		const bar = (key: keyof typeof sides, ours = false) => ({ label: sides[key].label, value: speed(key), text: `${speed(key).toFixed(1)} MB/s`, ours });
		return {
			title: `CSV: ${megabytes(large.bytes)}, ${count(large.rows)} rows, as items`,
			text: [
				'Ours is the whole node: sign-in, request of the export, a look that finds it ready, download, parsing, an item per row; in the simplified form with an ID for each (SHA-256 of its content), for which the vendor record has no place. By hand is the download from a link that lies ready, and parsing to items, with empty cells kept as ours are; it has no IDs. ' +
					'The parser alone has the bytes in memory and makes arrays of text: no download, no names of columns, no IDs, no items. It is the limit that a node in JavaScript which uses this parser could reach.',
				'No side waits: the simulated SAFE has the export ready at once and answers without delay.',
			],
			tables: [
				{
					head: ['', 'time', 'speed', 'rows/s', '÷ by hand', 'of the parser alone', 'peak memory above idle'],
					rows: [row('vendor'), row('simplified'), row('byHand'), row('parser')],
				},
				growthTable([
					{ label: vendor.label, tenth: found.vendorTenth, whole: found.vendor, work },
					{ label: sides.byHand.label, tenth: found.byHandTenth, whole: found.byHand, work },
				]),
			],
			targets: [
				atLeast("CSV to items: ours ÷ n8n's Extract from File", 3, speed('vendor') / speed('byHand'), times),
				atLeast('… of csv-parse/sync alone in array mode', 0.75, speed('vendor') / speed('parser'), percent),
			],
			charts: [
				{
					name: 'bench-csv',
					title: `${megabytes(large.bytes)} of CSV as ${count(large.rows)} items`,
					unit: 'megabytes per second, more is better',
					bars: [bar('vendor', true), bar('simplified', true), bar('byHand'), bar('parser')],
				},
			],
			profile: { subject: vendor.label, functions: await bed.profile('CSV', vendor) },
		};
	});
}
