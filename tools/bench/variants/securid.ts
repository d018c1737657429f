/** 20,000 events of SecurID's admin log, as items: by our node, and by n8n's own nodes put together by hand. */
import { readFileSync } from 'node:fs';
import type { Newest, WorldInfo } from '../simulators';
import { inARow, openEngine, OWN, type Facts, type Variant } from './workflow';

export interface SecurIdSettings {
	world: NonNullable<WorldInfo['securId']>;
	/** File with the ids of all events, oldest first (JSON). */
	idsFile: string;
	/** What is read; the last two pages or so for warming up. */
	part: Newest;
	warmUp: Newest;
	concurrency?: number;
}

const iso = (ms: number) => new Date(ms).toISOString();

const windowOf = ({ endsAt }: SecurIdSettings['world'], { afterMs }: Newest) => ({ startTime: iso(afterMs), endTime: iso(endsAt) });

export async function securIdOurs({ world, idsFile, part, warmUp, concurrency }: SecurIdSettings): Promise<Variant> {
	const engine = await openEngine();
	const read = async (which: Newest) =>
		await engine.run(
			inARow(['Get events', `${OWN}.securIdAdminLog`, 1, { operation: 'getMany', ...windowOf(world, which), returnAll: true, output: 'vendor', options: { concurrency } }]),
			{ credentials: { securIdApi: world.credential } },
		);
	return {
		warmUp: async () => await read(warmUp),
		run: async () => {
			const report = await read(part);
			return () => compareIds(report.items('Get events').map(({ json }) => json.eventId), idsFile, part);
		},
		stop: engine.stop,
	};
}

/** JWT (signs the token) → HTTP Request with its own pagination → Split Out. */
export async function securIdByHand({ world, idsFile, part, warmUp }: SecurIdSettings): Promise<Variant> {
	const engine = await openEngine();
	const jwtAuth = { keyType: 'pemKey', privateKey: world.privateKey, publicKey: '', algorithm: 'RS256' };
	const claims = `={{ JSON.stringify({ sub: ${JSON.stringify(world.accessId)}, aud: ${JSON.stringify(world.adminRestApiUrl)}, exp: Math.floor(Date.now() / 1000) + 3600 }) }}`;
	const read = async (which: Newest) => {
		const { startTime, endTime } = windowOf(world, which);
		const query = [
			{ name: 'startTimeAfter', value: startTime },
			{ name: 'endTimeOnOrBefore', value: endTime },
			{ name: 'pageSize', value: '100' },
		];
		const pagination = {
			paginationMode: 'updateAParameterInEachRequest',
			parameters: { parameters: [{ type: 'qs', name: 'pageNumber', value: '={{ $pageCount }}' }] },
			paginationCompleteWhen: 'other',
			completeExpression: '={{ $response.body.currentPage + 1 >= $response.body.totalPages }}',
		};
		const workflow = inARow(
			['Sign', 'n8n-nodes-base.jwt', 1, { operation: 'sign', useJson: true, claimsJson: claims, options: { algorithm: 'RS256' } }],
			[
				'Get pages',
				'n8n-nodes-base.httpRequest',
				4.2,
				{
					...{ url: `${world.adminRestApiUrl}v1/adminlog/exportlogs`, sendQuery: true, queryParameters: { parameters: query } },
					...{ sendHeaders: true, headerParameters: { parameters: [{ name: 'Authorization', value: '=Bearer {{ $json.token }}' }] } },
					options: { pagination: { pagination } },
				},
			],
			['Split Out', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'elements', options: {} }],
		);
		return await engine.run(workflow, { credentials: { jwtAuth } });
	};
	return {
		warmUp: async () => await read(warmUp),
		run: async () => {
			const report = await read(part);
			return () => compareIds(report.items('Split Out').map(({ json }) => json.eventId), idsFile, part);
		},
		stop: engine.stop,
	};
}

/** How many ids came out as SecurID sent them, in its order, and how many are others. */
function compareIds(given: unknown[], idsFile: string, { events }: Newest): Facts {
	const expected = (JSON.parse(readFileSync(idsFile, 'utf8')) as string[]).slice(-events);
	const wrong = expected.filter((id, index) => String(given[index]) !== id).length;
	return { events: given.length, wrongIds: wrong };
}
