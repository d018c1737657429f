/** The shipped workflow on the local world, made anew for each fault: an own position and an own part of the archive. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { types } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { withNode, type RunReport } from '../../harness';
import { DAY_MS, MINUTE_MS, NOW, restartTime } from '../../nodes/time';
import { BUCKET, shipped, startTestWorld, type LocalWorld } from '../world';
import { startFaultyS3, type FaultyS3 } from './faultyS3';

export const NAME = 'securid-admin-log-fan-out';
const TABLE = 'securid_safe_positions';
/** A slot boundary two and a half days before `NOW`: the window touches three UTC days and the midnights between. */
const FROM = NOW - (NOW % DAY_MS) - 2 * DAY_MS + 12 * 60 * MINUTE_MS;
const PAGE_SIZE = 10;
const SIEM_BATCH = 50;

export interface Case {
	position: string;
	/** Without n8n's further tries of a node, which would mend nearly every single fault; the client's own stay. */
	run(changes?: { withTries?: boolean; withoutLimit?: boolean }): Promise<RunReport>;
	/** The saved cells. */
	row(): unknown;
	/** Objects of this position, manifests too. */
	objects(): Map<string, Buffer>;
	/** What must hold after a clean run: every id in S3 exactly once and in the SIEM; nothing replaced since `before`. */
	check(before: Map<string, Buffer>): void;
}

export interface WorkflowBench {
	local: LocalWorld;
	s3: FaultyS3;
	ids: string[];
	fresh(): Case;
	stop(): Promise<void>;
}

/** Under jest, errors that Node itself makes come from another realm; in n8n they are instances of Error. As in test/nodes/bench.ts. */
function takeNodesErrorsForErrors(): void {
	const usual = Function.prototype[Symbol.hasInstance];
	Object.defineProperty(Error, Symbol.hasInstance, {
		value(this: unknown, thing: unknown) {
			return usual.call(this as typeof Error, thing) || (this === Error && types.isNativeError(thing));
		},
	});
}

export async function startWorkflowBench(seed: number): Promise<WorkflowBench> {
	takeNodesErrorsForErrors();
	restartTime();
	const local = await startTestWorld(seed);
	const s3 = await startFaultyS3(local.s3.url);
	const { securId, siem, slack } = local.world;
	securId.events.length = 0;
	const midnight = NOW - (NOW % DAY_MS);
	const times = [FROM, midnight - 2, midnight];
	const added = times.flatMap((atMs, at) => [
		...securId.addEvents(...Array.from({ length: 39 }, () => ({ atMs, activityKey: 'SIGNOUT', result: 'SUCCESS' }))),
		...securId.addEvents({ atMs: atMs + Math.min(at, 1), activityKey: 'LOCKED_ADMIN_ACCOUNT', result: 'SUCCESS' }),
	]);
	const ids = added.map(({ eventId }) => eventId);
	const credentials = { ...local.credentials, aws: { ...local.credentials.aws, s3Endpoint: s3.url } };
	let cases = 0;
	return {
		local,
		s3,
		ids,
		fresh: () => {
			const position = `case-${++cases}`;
			for (const server of [securId, siem, slack]) {
				server.faults.clear();
				server.requests.length = 0;
			}
			siem.events.length = 0;
			siem.batches.length = 0;
			const text = { v: 1, name: position, revision: 1, through: iso(FROM), origin: iso(FROM), seenSince: iso(FROM), seen: {}, startFrom: 'now' };
			if (cases > 1) local.engine.dataTables.addRow(TABLE, { name: position, checkpoint: JSON.stringify(text), revision: 1 });
			return caseOf(position);
		},
		stop: async () => {
			await s3.close();
			await local.stop();
		},
	};

	function caseOf(position: string): Case {
		const folder = path.join(local.s3.directory, BUCKET, 'audit', position);
		return {
			position,
			async run({ withTries = false, withoutLimit = false } = {}) {
				jest.setSystemTime(NOW);
				let file = shipped(local, NAME, { positionName: position, archivePrefix: `audit/${position}` });
				file = withNode(file, 'Get new events', (parameters) => {
					const options = { ...(parameters.options as object), pageSize: PAGE_SIZE };
					return { ...parameters, options, startFrom: 'dateTime', startFromDate: iso(FROM) };
				});
				file = withNode(file, 'Batches of 500', (parameters) => ({ ...parameters, batchSize: SIEM_BATCH }));
				// n8n takes a pause of 0 for its own of a second.
				file.nodes = file.nodes.map((node) => ({ ...node, retryOnFail: withTries && node.retryOnFail, waitBetweenTries: 1 }));
				if (withoutLimit) file.settings = { ...file.settings, executionTimeout: undefined };
				return await local.engine.run(file, { credentials });
			},
			row: () => {
				const found = local.engine.dataTables.rows(TABLE).find(({ name }) => name === position);
				return found && { checkpoint: found.checkpoint, revision: found.revision, position: found.position };
			},
			objects: () => objectsIn(folder),
			check: (before) => {
				const objects = objectsIn(folder);
				for (const [key, bytes] of before) if (!objects.get(key)?.equals(bytes)) throw new Error(`${key} was replaced or is gone`);
				const archived = [...objects].filter(([key]) => !key.includes('_manifest')).flatMap(([, bytes]) => idsIn(bytes));
				if (archived.length !== ids.length) throw new Error(`${archived.length} events in S3 instead of ${ids.length}`);
				const [inS3, inSiem] = [new Set(archived), new Set(siem.ids())];
				const missing = ids.filter((id) => !inS3.has(id) || !inSiem.has(id));
				if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`);
			},
		};
	}
}

const iso = (ms: number) => new Date(ms).toISOString();

function idsIn(bytes: Buffer): string[] {
	const lines = gunzipSync(bytes).toString().split('\n').filter(Boolean);
	return lines.map((line) => String((JSON.parse(line) as { eventId: string }).eventId));
}

/** As s3rver keeps them; listing the whole bucket each time would take longer than the runs. */
function objectsIn(folder: string): Map<string, Buffer> {
	const suffix = '._S3rver_object';
	let names: string[];
	try {
		names = readdirSync(folder, { recursive: true }) as string[];
	} catch {
		return new Map();
	}
	return new Map(names.filter((name) => name.endsWith(suffix)).map((name) => [name.slice(0, -suffix.length), readFileSync(path.join(folder, name))]));
}
