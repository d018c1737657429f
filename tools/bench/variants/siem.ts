/** Events to Splunk HEC: by our node, by one HTTP Request per event, and by a bare loop over prepared bodies as the limit. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { INodeExecutionData } from 'n8n-workflow';
import type { WorldInfo } from '../simulators';
import { inARow, openEngine, OWN, type Variant } from './workflow';

export interface SiemSettings {
	world: NonNullable<WorldInfo['splunk']>;
	events: number;
}

export interface BareSettings {
	world: SiemSettings['world'];
	/** The bodies that our node sent (see the simulators' `writeBodies`). */
	bodiesFile: string;
}

const WARM_UP_EVENTS = 2_000;
/** Requests in flight, as our node has them by default. */
const IN_FLIGHT = 2;
const START_MS = Date.UTC(2026, 0, 15);
const ACTIONS = ['SIGNIN_SUCCESS', 'SIGNIN_FAILURE', 'EDIT_POLICY', 'ADD_APPLICATION', 'SIGNOUT', 'PUBLISH'];

/** Simplified events, as our source nodes give them out. `from` keeps ids of the warm-up apart from those that count. */
function simplifiedEvents(count: number, from: number): INodeExecutionData[] {
	return Array.from({ length: count }, (_, index) => {
		const number = from + index;
		const action = ACTIONS[number % ACTIONS.length];
		const outcome = action === 'SIGNIN_FAILURE' ? 'failure' : 'success';
		const actor = `admin-${number % 97}@example.com`;
		return {
			json: {
				eventId: String(7_000_000_000_000_000_000n + BigInt(number) * 1_000_003n),
				eventTime: new Date(START_MS + number * 137).toISOString(),
				...{ action, category: 'iam', outcome, severity: outcome === 'failure' ? 'medium' : 'info', actor },
				sourceIp: `203.0.113.${number % 256}`,
				target: number % 3 === 0 ? `Policy ${number % 41}` : '',
				message: `Admin ${actor} performed ${action} in the administration console`,
			},
			pairedItem: { item: index },
		};
	});
}

export async function siemOurs({ world, events }: SiemSettings): Promise<Variant> {
	const engine = await openEngine();
	const [few, all] = [simplifiedEvents(WARM_UP_EVENTS, 10_000_000), simplifiedEvents(events, 0)];
	const send = async (input: INodeExecutionData[]) =>
		await engine.run(inARow(['Deliver', `${OWN}.siemWebhook`, 1, { destination: 'splunkHec', onRejected: 'stop', options: {} }]), {
			credentials: { siemWebhookApi: world.credential },
			input,
		});
	return {
		warmUp: async () => await send(few),
		run: async () => {
			const report = await send(all);
			return () => ({ events: report.items('Deliver').reduce((sum, { json }) => sum + Number(json.count), 0) });
		},
		stop: engine.stop,
	};
}

/** One request per item, which is what HTTP Request does; its batching stays as it is by default (off). */
export async function siemByHand({ world, events }: SiemSettings): Promise<Variant> {
	const engine = await openEngine();
	const [few, all] = [simplifiedEvents(200, 10_000_000), simplifiedEvents(events, 0)];
	const body = '={{ JSON.stringify({ time: new Date($json.eventTime).getTime() / 1000, event: $json, fields: { event_id: $json.eventId } }) }}';
	const send = async (input: INodeExecutionData[]) =>
		await engine.run(
			inARow([
				'Deliver',
				'n8n-nodes-base.httpRequest',
				4.2,
				{
					...{ method: 'POST', url: world.endpoint, authentication: 'genericCredentialType', genericAuthType: 'httpHeaderAuth' },
					...{ sendBody: true, specifyBody: 'json', jsonBody: body, options: {} },
				},
			]),
			{ credentials: { httpHeaderAuth: { name: 'Authorization', value: `Splunk ${world.token}` } }, input },
		);
	return {
		warmUp: async () => await send(few),
		run: async () => {
			const report = await send(all);
			return () => ({ events: report.items('Deliver').filter(({ json }) => json.code === 0).length });
		},
		stop: engine.stop,
	};
}

/** The same requests as our node's, byte for byte, from memory: no items, nothing to serialise, nothing to compress, no look at the answers. */
export async function siemBare({ world, bodiesFile }: BareSettings): Promise<Variant> {
	const bodies = readBodies(bodiesFile);
	const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
	const url = new URL(world.endpoint);
	const headers = { authorization: `Splunk ${world.token}`, 'content-type': 'application/json', 'content-encoding': 'gzip' };
	const post = async (body: Buffer) =>
		await new Promise<void>((resolve, reject) => {
			const sent = request(url, { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } }, (answer) => {
				answer.resume();
				answer.on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`HEC answered ${answer.statusCode}`))));
			});
			sent.on('error', reject);
			sent.end(body);
		});
	const postAll = async (list: Buffer[]) => {
		let next = 0;
		const worker = async () => {
			while (next < list.length) await post(list[next++]);
		};
		await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
	};
	return {
		warmUp: async () => await postAll(bodies.slice(0, 3)),
		run: async () => {
			await postAll(bodies);
			return () => ({ requests: bodies.length });
		},
		stop: async () => agent.destroy(),
	};
}

function readBodies(file: string): Buffer[] {
	const all = readFileSync(file);
	const bodies: Buffer[] = [];
	for (let at = 0; at < all.length; ) {
		const length = all.readUInt32BE(at);
		bodies.push(all.subarray(at + 4, at + 4 + length));
		at += 4 + length;
	}
	return bodies;
}
