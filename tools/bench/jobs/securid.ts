/** Job a: the admin log of SecurID, page by page over a slow wire. */
import path from 'node:path';
import { A_TENTH, expectEqual, type Bed, type Contender } from '../bed';
import { atMost, growthTable, type JobResult } from '../results';
import type { Newest } from '../simulators';
import { count, megabytes, seconds, times } from '../statistics';

const PAGE_SIZE = 100;
const LATENCY_MS = 100;
const MOST_IN_FLIGHT = 8;

export async function securIdJob(bed: Bed): Promise<JobResult> {
	const events = bed.quick ? 2_000 : 20_000;
	const pages = events / PAGE_SIZE;
	const plan = { securId: { events, days: 30, endsAt: Date.now() - 60_000, latencyMs: LATENCY_MS } };
	return await bed.inWorld(plan, async ({ info, api }) => {
		const idsFile = path.join(bed.folder, 'ids.json');
		await api.writeIds(idsFile);
		const { securId: world } = info;
		if (world === undefined) throw new Error('SecurID was not started');
		const [whole, tenth, warmUp] = await Promise.all([events, events / 10, 2 * PAGE_SIZE].map(async (number) => await api.newest(number)));
		const complete =
			(part: Newest): Contender['check'] =>
			({ facts }) =>
				expectEqual('events read', facts.events, part.events);
		const ours = (concurrency: number, part = whole): Contender<'securIdOurs'> => ({
			label: `SecurID Admin Log, ${concurrency} pages in flight`,
			variant: 'securIdOurs',
			settings: { world, idsFile, part, warmUp, concurrency },
			check: (result) => {
				complete(part)(result);
				expectEqual('ids that are not as SecurID sent them', result.facts.wrongIds, 0);
			},
		});
		const byHand = (part = whole): Contender<'securIdByHand'> => ({
			label: 'JWT → HTTP Request (pagination) → Split Out',
			variant: 'securIdByHand',
			settings: { world, idsFile, part, warmUp },
			check: complete(part),
		});
		const eight = ours(MOST_IN_FLIGHT);
		const sides = { eight, four: ours(4), byHand: byHand(), eightTenth: { ...ours(MOST_IN_FLIGHT, tenth), size: A_TENTH }, byHandTenth: { ...byHand(tenth), size: A_TENTH } };
		const work = whole.events / tenth.events;
		const found = await bed.alternate('SecurID', sides);
		const limit = (Math.ceil(pages / MOST_IN_FLIGHT) * LATENCY_MS) / 1000;
		const row = (key: keyof typeof sides) => {
			const { label } = sides[key];
			const { seconds: taken, aboveIdleBytes, cpuSeconds, runs } = found[key];
			const wrong = runs[0].facts.wrongIds;
			return [label, seconds(taken), times(taken / found.eight.seconds), times(taken / limit), count(wrong), seconds(cpuSeconds), megabytes(aboveIdleBytes)];
		};
		return {
			title: `SecurID: ${count(events)} admin events`,
			text: [
				`${count(pages)} pages of ${PAGE_SIZE}, each answered after ${LATENCY_MS} ms. All sides give an item per event with all fields of the record. The limit is what the wire allows ${MOST_IN_FLIGHT} requests at a time: ⌈${pages}/${MOST_IN_FLIGHT}⌉ × ${LATENCY_MS} ms = ${seconds(limit)}.`,
				`"Wrong IDs" are event IDs that do not come out digit for digit. SecurID's are 64-bit numbers; n8n's HTTP Request reads JSON with \`JSON.parse\`, which rounds them to the nearest that a JavaScript number can hold. With such an ID an event cannot be found again, nor be told from its neighbour.`,
			],
			tables: [
				{
					head: ['', 'time', '÷ ours with 8', '÷ limit', 'wrong IDs', 'processor', 'peak memory above idle'],
					rows: [row('eight'), row('four'), row('byHand')],
				},
				growthTable([
					{ label: eight.label, tenth: found.eightTenth, whole: found.eight, work },
					{ label: sides.byHand.label, tenth: found.byHandTenth, whole: found.byHand, work },
				]),
			],
			targets: [
				atMost(`SecurID, ${count(events)} events: ours with 8 in flight ÷ by hand`, 1 / 6, found.eight.seconds / found.byHand.seconds, times),
				atMost('… ÷ limit of the wire', 1.3, found.eight.seconds / limit, times),
				{ says: '… wrong IDs', wanted: '0', measured: `${found.eight.runs[0].facts.wrongIds} (by hand: ${count(found.byHand.runs[0].facts.wrongIds)})`, margin: Infinity },
			],
			charts: [
				{
					name: 'bench-securid',
					title: `${count(events)} SecurID events, ${LATENCY_MS} ms per page`,
					unit: 'seconds, less is better',
					bars: [
						{ label: 'limit of the wire, 8 at a time', value: limit, text: seconds(limit) },
						{ label: 'SecurID Admin Log, 8 in flight', value: found.eight.seconds, text: seconds(found.eight.seconds), ours: true },
						{ label: 'SecurID Admin Log, 4 (default)', value: found.four.seconds, text: seconds(found.four.seconds), ours: true },
						{ label: "n8n's nodes by hand", value: found.byHand.seconds, text: seconds(found.byHand.seconds) },
					],
				},
			],
			profile: { subject: eight.label, functions: await bed.profile('SecurID', eight) },
		};
	});
}
