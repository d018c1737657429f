import { parseLosslessJson } from '../../../nodes/shared/core/losslessJson';
import { createSecurIdClient } from '../../../nodes/shared/securid/client';
import { logNamed, retentionMs } from '../../../nodes/shared/securid/systems';
import { readPage } from '../../../nodes/shared/securid/types';
import { answer, scriptedSend } from '../answers';
import { fakeClock, START_MS } from '../clock';

const DAY_MS = 86_400_000;
const BASE_URL = 'https://example.access.securid.com/AdminInterface/restapi';

describe('each log', () => {
	it.each([
		['admin', 'adminlog', 90],
		['user', 'usereventlog', 40],
		['system', 'systemlog', 90],
	] as const)('%s is read at its own path and kept its own time', async (log, path, days) => {
		const { send, requests } = scriptedSend(answer(200, { totalElements: 0, elements: [] }));
		const client = createSecurIdClient({ baseUrl: BASE_URL, log, send, waiting: fakeClock() });
		await client.logPage({ afterMs: START_MS, untilMs: START_MS + 1, pageIndex: 0, pageSize: 100 });
		expect(requests.map(({ url }) => url.split('?')[0])).toEqual([`${BASE_URL}/v1/${path}/exportlogs`]);
		expect(retentionMs(log)).toBe(days * DAY_MS);
	});

	it.each([undefined, null, '', 'Admin', 'toString', 7])('%j, of a workflow saved before there was a choice or of a typing mistake, means the admin log', (value) => {
		expect(logNamed(value)).toBe('admin');
	});
});

describe('the list in an answer of', () => {
	const event = { eventId: '1' };

	it('the user log is the one that clients know, beside any other', () => {
		expect(readPage({ notices: [{ a: 1 }], userEventLogExportEntries: [event] }, 'user')?.events).toEqual([event]);
		expect(readPage({ notices: [{ a: 1 }], userEventLogExportEntries: [] }, 'user')?.events).toEqual([]);
	});

	it.each(['user', 'system'] as const)('the %s log may have another name, since nobody has published one', (log) => {
		expect(readPage({ totalElements: 1, elements: [event] }, log)?.events).toEqual([event]);
		expect(readPage({ whatever: [event] }, log)?.events).toEqual([event]);
		expect(readPage({ totalElements: 0, whatever: [] }, log)?.events).toEqual([]);
	});

	it.each(['user', 'system'] as const)('the %s log is never taken from a list that holds no records, nor from an uncounted empty one', (log) => {
		for (const body of [{ errors: ['bad'] }, { errors: [] }, { elements: {} }, { message: 'x' }, [], null]) expect(readPage(body, log)).toBeUndefined();
	});

	it('the user log has ids as numbers beyond 2^53, or as text', () => {
		const page = readPage(parseLosslessJson('{"userEventLogExportEntries":[{"eventId":7292599294452927927},{"eventId":"7292599294452927927"},{"eventId":12}]}'), 'user');
		expect(page?.events.map(({ eventId }) => eventId)).toEqual(['7292599294452927927', '7292599294452927927', '12']);
	});
});
