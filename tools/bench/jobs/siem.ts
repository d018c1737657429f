/** Job d: events to Splunk's HTTP Event Collector. */
import path from 'node:path';
import { A_TENTH, expectEqual, type Bed, type Contender } from '../bed';
import { atLeast, growthTable, type JobResult } from '../results';
import type { Arrived } from '../simulators';
import { count, megabytes, percent, seconds, times } from '../statistics';

const LATENCY_MS = 20;
const WORK = 10;

export async function siemJob(bed: Bed): Promise<JobResult> {
	const [events, byHandEvents] = bed.quick ? [10_000, 200] : [100_000, 2_000];
	return await bed.inWorld({ splunk: { latencyMs: LATENCY_MS } }, async ({ info, api }) => {
		const { splunk: world } = info;
		if (world === undefined) throw new Error('Splunk was not started');
		const bodiesFile = path.join(bed.folder, 'bodies');
		let isFirst = true;
		let sent: Arrived | undefined;
		const allArrived = async (number: number) => {
			const arrived = await api.takeArrived();
			expectEqual('events that arrived', arrived.events, number);
			expectEqual('different events that arrived', arrived.distinctIds, number);
			return arrived;
		};
		const side = <Name extends 'siemOurs' | 'siemByHand'>(label: string, variant: Name, number: number) => ({
			...{ label, variant, settings: { world, events: number }, before: api.takeArrived },
			check: async () => await allArrived(number),
		});
		const ours: Contender<'siemOurs'> = {
			...side('SIEM Webhook', 'siemOurs', events),
			before: async () => {
				await api.takeArrived();
				if (isFirst) await api.keepBodies();
			},
			check: async () => {
				// What the bare loop sends is what our node sent in the first round.
				if (isFirst) await api.writeBodies(bodiesFile);
				isFirst = false;
				sent = await allArrived(events);
			},
		};
		const sides = {
			ours,
			bare: {
				...{ label: 'bare loop over prepared bodies', variant: 'siemBare' as const, settings: { world, bodiesFile } },
				...{ before: api.takeArrived, check: async () => expectEqual('requests', (await allArrived(events)).requests, sent?.requests) },
			},
			byHand: side('HTTP Request, one per event', 'siemByHand', byHandEvents),
			oursTenth: { ...side('SIEM Webhook', 'siemOurs', events / WORK), size: A_TENTH },
			byHandTenth: { ...side('HTTP Request, one per event', 'siemByHand', byHandEvents / WORK), size: A_TENTH },
		};
		const found = await bed.alternate('SIEM', sides);
		const { requests = 0, wireBytes = 0, plainBytes = 0 } = sent ?? {};
		const numberOf = (key: keyof typeof sides) => (key === 'byHand' ? byHandEvents : events);
		const rate = (key: keyof typeof sides) => numberOf(key) / found[key].seconds;
		const row = (key: keyof typeof sides) => {
			const { seconds: taken, cpuSeconds, aboveIdleBytes } = found[key];
			const ratios = [times(rate(key) / rate('byHand')), percent(rate(key) / rate('bare'))];
			return [sides[key].label, count(numberOf(key)), seconds(taken), count(rate(key)), ...ratios, seconds(cpuSeconds), megabytes(aboveIdleBytes)];
		};
		const bar = (key: keyof typeof sides, isOurs = false) => ({ label: sides[key].label, value: rate(key), text: `${count(rate(key))}/s`, ours: isOurs });
		const scaled = (found.byHand.seconds * events) / byHandEvents;
		return {
			title: `SIEM: ${count(events)} events to Splunk HEC`,
			text: [
				`Simplified events that lie ready as items; each request is answered after ${LATENCY_MS} ms, two are in flight. Ours puts them into compressed batches with an ID each, and reads every answer. The bare loop sends the very same requests (${count(requests)}, ${megabytes(plainBytes)}, compressed ${megabytes(wireBytes)}) from memory: nothing to serialise, to compress or to judge.`,
				`HTTP Request sends a request per item, by default all at once. It is run with ${count(byHandEvents)} events; scaled to ${count(events)} they would take ${seconds(scaled)}. All sides are checked at the receiver: each event arrived, once.`,
			],
			tables: [
				{ head: ['', 'events', 'time', 'events/s', '÷ by hand', 'of the bare loop', 'processor', 'peak memory above idle'], rows: [row('ours'), row('bare'), row('byHand')] },
				growthTable([
					{ label: ours.label, tenth: found.oursTenth, whole: found.ours, work: WORK },
					{ label: sides.byHand.label, tenth: found.byHandTenth, whole: found.byHand, work: WORK },
				]),
			],
			targets: [
				atLeast(`${count(events)} events to HEC: ours ÷ one request per event`, 10, rate('ours') / rate('byHand'), times),
				atLeast('… of a bare loop that posts prepared bodies', 0.7, rate('ours') / rate('bare'), percent),
			],
			charts: [{ name: 'bench-siem', title: 'Events to Splunk HEC', unit: 'events per second, more is better', bars: [bar('ours', true), bar('bare'), bar('byHand')] }],
			profile: { subject: ours.label, functions: await bed.profile('SIEM', ours) },
		};
	});
}
