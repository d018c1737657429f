import { type CsvSettings, readCsv } from '../../../nodes/shared/core/csv';
import { chunksOf } from '../bytes';

export interface WholeCsv {
	header: string[] | undefined;
	rows: string[][];
	slices: number;
}

/** Reads a CSV to its end and puts the slices together again. */
export async function readAll(
	pieces: Iterable<Uint8Array>,
	settings: Partial<CsvSettings> = {},
): Promise<WholeCsv> {
	const whole: WholeCsv = { header: undefined, rows: [], slices: 0 };
	for await (const { header, rows } of readCsv(chunksOf(pieces), { unevenRows: 'stop', ...settings })) {
		whole.header ??= header;
		expect(header).toBe(whole.header);
		whole.rows.push(...rows);
		whole.slices++;
	}
	return whole;
}
