/** The vendors and sinks of a bench, in a process of their own, so that their memory and work do not count. */
import { writeFileSync } from 'node:fs';
import { createTenant, startSafe, startSecurId, startSplunkHec, startStorage, type SecurIdSimulator, type SplunkHecSimulator } from '../../test/simulators';
import { createLargeCsv } from '../../test/simulators/safe/largeCsv';
import { serveCalls } from './calls';

/** What is to be started. Times are epoch ms. */
export interface WorldPlan {
	/** SecurID with so many admin events, the newest right before `endsAt`, each page after `latencyMs`. */
	securId?: { events: number; days: number; endsAt: number; latencyMs: number };
	/** One SAFE for each export: how long it is, and the period its rows lie in. */
	safe?: Array<{ bytes: number; startsAt: number; endsAt: number }>;
	/** Splunk HEC, which answers each request after `latencyMs`. */
	splunk?: { latencyMs: number };
}

export type CredentialData = Record<string, unknown>;

/** Where everything is, and what opens it. */
export interface WorldInfo {
	securId?: { credential: CredentialData; adminRestApiUrl: string; accessId: string; privateKey: string; endsAt: number };
	safe: Array<{ credential: CredentialData; bytes: number; rows: number }>;
	splunk?: { credential: CredentialData; endpoint: string; token: string };
}

/** A part of SecurID's log: after this time (epoch ms) up to the end, so many events. */
export interface Newest {
	afterMs: number;
	events: number;
}

/** What Splunk took since it was last asked. */
export interface Arrived {
	requests: number;
	events: number;
	distinctIds: number;
	wireBytes: number;
	plainBytes: number;
}

const SEED = 20_261_122;
const DRAIN_MS = 50;
const LINK_SEC = 3600;

const links: Array<() => string> = [];
let securId: SecurIdSimulator | undefined;
let hec: SplunkHecSimulator | undefined;
let kept: Buffer[] | undefined;
let ids = new Set<string>();
let arrived = { requests: 0, events: 0, wireBytes: 0, plainBytes: 0 };

const api = {
	async start(plan: WorldPlan): Promise<WorldInfo> {
		return { securId: plan.securId && (await openSecurId(plan.securId)), safe: await openSafes(plan.safe ?? []), splunk: plan.splunk && (await openSplunk(plan.splunk)) };
	},
	/** A new pre-signed link to the export of one SAFE, as a person may paste it. */
	link: (index: number): string => links[index](),
	/** Writes the ids of all SecurID events, oldest first, as JSON. */
	writeIds(file: string): void {
		writeFileSync(file, JSON.stringify(securId?.events.map(({ eventId }) => eventId)));
	},
	/** Where the newest so many events begin; more than were asked for where some share the first one's millisecond. */
	newest(wanted: number): Newest {
		const events = securId?.events ?? [];
		let index = Math.max(0, events.length - wanted);
		while (index > 0 && events[index - 1].atMs === events[index].atMs) index--;
		return { afterMs: events[index].atMs - 1, events: events.length - index };
	},
	/** Counts what Splunk took and begins anew. */
	takeArrived(): Arrived {
		drain();
		const taken = { ...arrived, distinctIds: ids.size };
		ids = new Set();
		arrived = { requests: 0, events: 0, wireBytes: 0, plainBytes: 0 };
		return taken;
	},
	/** From now on keeps the bodies that come to Splunk. */
	keepBodies(): void {
		kept = [];
	},
	/** Writes these bodies, each after its length as four bytes, and keeps no more. */
	writeBodies(file: string): void {
		drain();
		const framed = (kept ?? []).flatMap((body) => {
			const length = Buffer.alloc(4);
			length.writeUInt32BE(body.length);
			return [length, body];
		});
		writeFileSync(file, Buffer.concat(framed));
		kept = undefined;
	},
};

export type SimulatorsApi = typeof api;

async function openSecurId({ events, days, endsAt, latencyMs }: NonNullable<WorldPlan['securId']>): Promise<WorldInfo['securId']> {
	const tenant = createTenant({ seed: SEED, endsAt, days, adminEvents: events, userEvents: 0, systemEvents: 0, safeRows: 0, users: 10 });
	const faults = latencyMs > 0 ? [{ on: { path: /exportlogs$/ }, do: { delayMs: latencyMs } }] : [];
	securId = await startSecurId({ tenant, faults });
	const { keyFile, adminRestApiUrl } = securId;
	return {
		credential: { keySource: 'file', privateKeyFile: JSON.stringify(keyFile) },
		adminRestApiUrl,
		accessId: keyFile.accessID,
		privateKey: keyFile.accessKey,
		endsAt,
	};
}

async function openSafes(plans: NonNullable<WorldPlan['safe']>): Promise<WorldInfo['safe']> {
	const tenant = createTenant({ seed: SEED, endsAt: Date.now(), adminEvents: 0, userEvents: 0, systemEvents: 0, safeRows: 0, users: 10 });
	const credentials = { username: 'bench', password: 'good-for-nothing-else' };
	return await Promise.all(
		plans.map(async (plan) => {
			const storage = await startStorage();
			const largeCsv = createLargeCsv(plan);
			const safe = await startSafe({ tenant, storage, credentials, options: { largeCsv, readyAfterPolls: 0 } });
			storage.putStreamed('bench.csv', largeCsv, 'text/csv');
			links.push(() => storage.sign('bench.csv', LINK_SEC));
			const credential = { region: 'custom', baseUrl: safe.url, authentication: 'apiCredentials', ...credentials };
			return { credential, bytes: largeCsv.bytes, rows: largeCsv.rows };
		}),
	);
}

async function openSplunk({ latencyMs }: NonNullable<WorldPlan['splunk']>): Promise<WorldInfo['splunk']> {
	hec = await startSplunkHec({ faults: latencyMs > 0 ? [{ on: {}, do: { delayMs: latencyMs } }] : [] });
	setInterval(drain, DRAIN_MS);
	const { url, endpoint, token } = hec;
	return { credential: { destination: 'splunkHec', splunkUrl: url, hecToken: token }, endpoint, token };
}

/** Counts what came and lets go of it: simulators remember everything, which a million events would not allow. */
function drain(): void {
	if (hec === undefined) return;
	for (const { id } of hec.events) ids.add(id ?? '');
	arrived.events += hec.events.length;
	hec.events.length = 0;
	for (const { wireBytes, plainBytes } of hec.batches) {
		arrived.requests += 1;
		arrived.wireBytes += wireBytes;
		arrived.plainBytes += plainBytes;
	}
	hec.batches.length = 0;
	const answered = hec.requests.filter(({ status }) => status !== null);
	kept?.push(...answered.map(({ bytes }) => bytes));
	const open = hec.requests.filter(({ status }) => status === null);
	hec.requests.splice(0, hec.requests.length, ...open);
}

serveCalls(api);
