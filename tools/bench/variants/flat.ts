/** Exports that are larger than memory should ever hold: to an archive file, and to a file as they are. */
import type { CredentialData } from '../simulators';
import { inARow, openEngine, OWN, type Variant } from './workflow';

export interface FlatSettings {
	small: CredentialData;
	large: CredentialData;
	/** ISO 8601; rows of both lie after it. */
	startsAt: string;
}

/** Get New with its archive and without items: CSV → NDJSON.gz. */
export async function archiveFlat({ small, large, startsAt }: FlatSettings): Promise<Variant> {
	const engine = await openEngine();
	const parameters = {
		...{ operation: 'getNew', checkpoint: '', rewindTo: '', checkpointName: 'bench', slot: '1h', output: 'vendor' },
		...{ startFrom: 'dateTime', startFromDate: startsAt, archiveFile: true, itemsOutput: false, options: { allowFrequent: true } },
	};
	const read = async (credential: CredentialData) =>
		await engine.run(inARow(['Archive', `${OWN}.safeAuditExport`, 1, parameters]), { credentials: { safeApi: credential } });
	return {
		warmUp: async () => await read(small),
		run: async () => {
			const report = await read(large);
			return () => {
				const files = report.items('Archive', 1).map(({ json }) => json);
				const rows = files.filter(({ key }) => !String(key).includes('/_manifest/')).reduce((sum, { count }) => sum + Number(count), 0);
				return { rows, files: files.length, items: report.items('Archive').length };
			};
		},
		stop: engine.stop,
	};
}

/** Download: the CSV as it is, to n8n's binary store. */
export async function downloadFlat({ small, large }: FlatSettings): Promise<Variant> {
	const engine = await openEngine();
	const read = async (credential: CredentialData) =>
		await engine.run(inARow(['Download', `${OWN}.safeAuditExport`, 1, { operation: 'download', days: 1, binaryField: 'data', options: {} }]), {
			credentials: { safeApi: credential },
		});
	return {
		warmUp: async () => await read(small),
		run: async () => {
			const report = await read(large);
			return () => ({ bytes: Number(report.items('Download')[0].json.fileSize) });
		},
		stop: engine.stop,
	};
}

export interface LinkSettings {
	/** Ready links to the files. */
	small: string;
	large: string;
}

/** HTTP Request (file), from a link that is ready: what n8n's own node needs for the same bytes. */
export async function downloadByHand({ small, large }: LinkSettings): Promise<Variant> {
	const engine = await openEngine();
	const read = async (url: string) =>
		await engine.run(inARow(['Download', 'n8n-nodes-base.httpRequest', 4.2, { url, options: { response: { response: { responseFormat: 'file' } }, timeout: 600_000 } }]));
	return {
		warmUp: async () => await read(small),
		run: async () => {
			const report = await read(large);
			return () => ({ files: report.items('Download').filter(({ binary }) => binary?.data !== undefined).length });
		},
		stop: engine.stop,
	};
}
