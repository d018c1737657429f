/** Hostile responses: what a vendor, a sink, the storage, or somebody in their place can answer, at every place that reads an answer. */
jest.mock('n8n-workflow', () => jest.requireActual('../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import { ClientRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { highWaterBytes, restartHighWater } from '../../tools/bench/highWater';
import type { RunReport } from '../harness';
import { useBench } from '../nodes/bench';
import { CASES, type HostileCase } from './hostileCases';
import { type Place, PLACES } from './hostilePlaces';
import { bombByEncoding, whole, type Writer } from './hostileWriters';

const bench = useBench();

/** What leaves the server before the node gives up: the node's own limit of 64 MiB, and what stands in the buffers of both ends. */
const MOST_ON_WIRE = 80 * 1024 * 1024;

/** What an answer may make this process grow by, the sending server included: a body up to the limit as bytes, as one text, and what V8 has not collected yet. */
const MOST_MEMORY = 600 * 1024 * 1024;
let mostGrown = 0;
afterAll(() => console.log(`no answer made the process grow by more than ${Math.ceil(mostGrown / 1024 / 1024)} MiB (kernel's high-water mark)`));

/** Time-outs of the head (60 s, 30 s), or the bound on whole answers (minutes), end after a moment; all others stay. */
function hurry(what: 'head' | 'whole'): () => void {
	const { setTimeout: setSocketTimeout } = ClientRequest.prototype;
	const { setTimeout: setTimer } = globalThis;
	const { timeout: setSignal } = AbortSignal;
	const shorter = (ms: number) => (what === 'head' && (ms === 60_000 || ms === 30_000) ? 60 : ms);
	const spies = [
		jest.spyOn(ClientRequest.prototype, 'setTimeout').mockImplementation(function (this: ClientRequest, ms, callback) {
			return setSocketTimeout.call(this, shorter(ms), callback);
		}),
		// SAFETY: the same function with another number.
		jest.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms = 0) => setTimer(run, shorter(ms))) as never),
		jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => setSignal.call(AbortSignal, what === 'whole' && ms > 60_000 ? 60 : ms)),
	];
	return () => spies.forEach((spy) => spy.mockRestore());
}

function counted(writer: Writer, sent: { bytes: number }): Writer {
	return (response) => {
		const { socket } = response;
		const before = socket?.bytesWritten ?? 0;
		socket?.once('close', () => (sent.bytes = Math.max(sent.bytes, socket.bytesWritten - before)));
		writer(response);
	};
}

/** `SAFE-REPORT-UNCERTAIN` and `SAFE-REPORT-NOT-READY` hold the cause in their advice. */
function codesOf({ error }: RunReport): string[] {
	return [error?.message, (error as { description?: string } | undefined)?.description].flatMap((text) => (text ?? '').match(/\b(SAFE|SECURID|SIEM)(-[A-Z0-9]+)+\b/g) ?? []);
}

function expected({ form }: Place, { code, csv, hurry }: HostileCase): string[] {
	// A file that is stored is not read, so that only what breaks the transfer is refused.
	if (form === 'stored') return hurry ? [csv ?? code].flat() : ['any'];
	return [form === 'csv' ? (csv ?? code) : code].flat();
}

const ownNames = () => [Object.prototype, Array.prototype, Function.prototype, String.prototype].map((prototype) => Reflect.ownKeys(prototype).length);

it('takes an answer for whole that is longer packed than unpacked', async () => {
	const datadog = PLACES.find(({ name }) => name.endsWith('datadog'));
	const report = await datadog?.run(bench, whole(gzipSync('{}'), { 'content-encoding': 'gzip', 'content-length': String(gzipSync('{}').length) }, 202));
	expect(report?.error).toBeUndefined();
	expect(report?.items('Node')).toHaveLength(1);
});

/** In `npm test` the dear answers go to one place of each sender and form; `HOSTILE=all` sends them everywhere. */
const everywhere = process.env.HOSTILE === 'all';

if (everywhere) it('refuses a file of more than two gigabytes that is to be stored, by what it unpacks to', async () => {
	const stored = PLACES.find(({ form }) => form === 'stored');
	const report = await stored?.run(bench, bombByEncoding('', '\0'));
	expect(report?.error?.message).toMatch(/\(SAFE-BODY-SIZE\)$/);
}, 240_000);

const answersFor = (place: Place) => CASES.filter(({ dear }) => !dear || place.forDearAnswers || (everywhere && place.form !== 'stored'));
const total = PLACES.reduce((sum, place) => sum + answersFor(place).length, 0);

describe.each(PLACES)(`$name (${PLACES.length} places, ${CASES.length} answers, ${total} runs)`, (place) => {
	it.each(answersFor(place))('$name: ends with a message, in bounded size and memory', async (hostile) => {
		if (hostile.hurry) bench.endWithTest(hurry(hostile.hurry));
		const names = ownNames();
		const sent = { bytes: 0 };
		const before = restartHighWater() ? process.memoryUsage.rss() : Infinity;
		const report = await place.run(bench, counted(hostile.answer(place.wrap), sent));
		const grown = (highWaterBytes() ?? 0) - before;
		mostGrown = Math.max(mostGrown, grown);
		const codes = codesOf(report);
		const wanted = expected(place, hostile);
		if (!wanted.includes('any')) expect(codes).toEqual(expect.arrayContaining([expect.stringMatching(new RegExp(`^${place.prefix}-(${wanted.join('|')})$`))]));
		if (report.status !== 'success') expect(report.error?.message).toMatch(/\((SAFE|SECURID|SIEM)(-[A-Z0-9]+)+\)$/);
		expect(ownNames()).toEqual(names);
		expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
		expect(sent.bytes).toBeLessThan(MOST_ON_WIRE);
		expect(grown).toBeLessThan(MOST_MEMORY);
	}, 20_000);
});
