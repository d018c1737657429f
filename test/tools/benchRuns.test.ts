/** What `npm run bench` measures is the right work: small runs in processes of their own, judged by their results, not by the clock. */
import path from 'node:path';
import { openBed, type Bed } from '../../tools/bench/bed';

let bed: Bed;
beforeAll(() => {
	jest.spyOn(process.stderr, 'write').mockReturnValue(true);
	bed = openBed(true);
});
afterAll(() => bed.close());

test("SecurID's ids come out of our node digit for digit, and damaged out of the flow by hand", async () => {
	const plan = { securId: { events: 250, days: 3, endsAt: Date.now() - 60_000, latencyMs: 0 } };
	await bed.inWorld(plan, async ({ info, api }) => {
		const idsFile = path.join(bed.folder, 'ids.json');
		await api.writeIds(idsFile);
		const [part, warmUp] = [await api.newest(250), await api.newest(50)];
		const settings = { world: info.securId!, idsFile, part, warmUp };
		const found = await bed.alternate('Test', {
			ours: { label: 'ours', variant: 'securIdOurs', settings: { ...settings, concurrency: 8 }, check: () => {} },
			byHand: { label: 'by hand', variant: 'securIdByHand', settings, check: () => {} },
		});
		expect(found.ours.runs[0].facts).toEqual({ events: 250, wrongIds: 0 });
		expect(found.byHand.runs[0].facts.events).toBe(250);
		expect(found.byHand.runs[0].facts.wrongIds).toBeGreaterThan(200);
		const { seconds, peakBytes, idleBytes, cpuSeconds } = found.ours.runs[0];
		expect(Math.min(seconds, cpuSeconds)).toBeGreaterThan(0);
		expect(peakBytes).toBeGreaterThanOrEqual(idleBytes);
	});
});

test('what our node sends to Splunk arrives once, and the bare loop sends the same requests', async () => {
	await bed.inWorld({ splunk: { latencyMs: 0 } }, async ({ info, api }) => {
		const world = info.splunk!;
		const bodiesFile = path.join(bed.folder, 'bodies');
		const arrived: unknown[] = [];
		const note = async () => arrived.push(await api.takeArrived());
		await bed.alternate('Test', {
			ours: {
				...{ label: 'ours', variant: 'siemOurs', settings: { world, events: 2500 } },
				before: async () => {
					await api.takeArrived();
					await api.keepBodies();
				},
				check: async () => {
					await api.writeBodies(bodiesFile);
					await note();
				},
			},
			bare: { label: 'bare', variant: 'siemBare', settings: { world, bodiesFile }, before: api.takeArrived, check: note },
		});
		expect(arrived[0]).toMatchObject({ requests: 3, events: 2500, distinctIds: 2500 });
		expect(arrived[1]).toEqual(arrived[0]);
	});
});

test('a run that is wrong ends the comparison, and says what was wrong', async () => {
	await bed.inWorld({ splunk: { latencyMs: 0 } }, async ({ info }) => {
		const world = { ...info.splunk!, credential: { ...info.splunk!.credential, hecToken: 'nobody-knows-it' } };
		const sides = { ours: { label: 'ours', variant: 'siemOurs', settings: { world, events: 10 }, check: () => {} } } as const;
		await expect(bed.alternate('Test', sides)).rejects.toThrow(/"Deliver" ended with error: Splunk .*"HEC Token"/);
	});
});
