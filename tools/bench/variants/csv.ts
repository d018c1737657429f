/** An export in CSV as items: by our node, by HTTP Request and Extract from File, and by the parser alone as the limit. */
import { parse } from 'csv-parse/sync';
import type { CredentialData } from '../simulators';
import { inARow, openEngine, OWN, type Variant } from './workflow';

/** An export and how to get at it: through SAFE's API, or by a ready link to its file. */
export interface CsvSource {
	credential: CredentialData;
	link: string;
	rows: number;
	bytes: number;
}

export interface CsvSettings {
	small: CsvSource;
	large: CsvSource;
	output?: 'vendor' | 'simplified';
}

/** SAFE Audit Export, Get Many: sign-in, request, one look, download, parse, an item per row. */
export async function csvOurs({ small, large, output = 'vendor' }: CsvSettings): Promise<Variant> {
	const engine = await openEngine();
	const read = async ({ credential }: CsvSource) =>
		await engine.run(inARow(['Get rows', `${OWN}.safeAuditExport`, 1, { operation: 'getMany', days: 1, returnAll: true, output, options: {} }]), {
			credentials: { safeApi: credential },
		});
	return {
		warmUp: async () => await read(small),
		run: async () => {
			const report = await read(large);
			return () => ({ rows: report.items('Get rows').length });
		},
		stop: engine.stop,
	};
}

/** HTTP Request (file) → Extract from File, from a link that is ready: neither sign-in nor request nor look. */
export async function csvByHand({ small, large }: CsvSettings): Promise<Variant> {
	const engine = await openEngine();
	const read = async ({ link }: CsvSource) =>
		await engine.run(
			inARow(
				['Download', 'n8n-nodes-base.httpRequest', 4.2, { url: link, options: { response: { response: { responseFormat: 'file' } }, timeout: 600_000 } }],
				['Extract', 'n8n-nodes-base.extractFromFile', 1.1, { operation: 'csv', binaryPropertyName: 'data', options: { includeEmptyCells: true } }],
			),
		);
	return {
		warmUp: async () => await read(small),
		run: async () => {
			const report = await read(large);
			return () => ({ rows: report.items('Extract').length });
		},
		stop: engine.stop,
	};
}

/** csv-parse/sync to arrays, on bytes that lie in memory: no download, no items. */
export async function csvByParser({ small, large }: CsvSettings): Promise<Variant> {
	const bytes = await bytesOf(large.link);
	const fewer = await bytesOf(small.link);
	return {
		warmUp: async () => parse(fewer),
		run: async () => {
			const rows = parse(bytes) as string[][];
			return () => ({ rows: rows.length - 1 });
		},
	};
}

async function bytesOf(link: string): Promise<Buffer> {
	return Buffer.from(await (await fetch(link)).arrayBuffer());
}
