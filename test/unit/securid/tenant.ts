import type { PageRequest, SecurIdClient } from '../../../nodes/shared/securid/client';
import { readWindow, type WindowRequest } from '../../../nodes/shared/securid/logs';
import { readPage, type SecurIdEvent } from '../../../nodes/shared/securid/types';
import { START_MS } from '../clock';

/** Which counts stand around the events: as documented, as text, in part, or none as in the recording. */
export const ENVELOPES = {
	documented: (counts: Counts) => ({ ...counts }),
	text: (counts: Counts) =>
		Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)])),
	'total of events alone': ({ totalElements }: Counts) => ({ totalElements }),
	'total of pages alone': ({ totalPages }: Counts) => ({ totalPages }),
	none: () => ({}),
};
export type Envelope = keyof typeof ENVELOPES;

interface Counts {
	totalPages: number;
	totalElements: number;
	pageSize: number;
}

/** Events in the order of time; `perMs` of them share each millisecond. */
export function makeEvents(count: number, perMs = 1): SecurIdEvent[] {
	return Array.from({ length: count }, (_, index) => ({
		eventId: `72925992944529${String(index).padStart(5, '0')}`,
		eventLogDate: new Date(START_MS + Math.floor(index / perMs)).toISOString(),
		activityKey: index % 3 === 0 ? 'SIGNIN_FAILURE' : 'SIGNOUT',
	}));
}

/** What a server does otherwise than it should: given the page as it ought to be, the request, and how often page 0 was asked for. */
export type Odd = (
	page: Record<string, unknown> & { elements: unknown[] },
	request: PageRequest,
	attempt: number,
) => unknown;

/** A SecurID client in front of a list of events, and the requests it got. */
export function tenant(events: SecurIdEvent[], envelope: Envelope = 'documented', odd: Odd = (page) => page) {
	const requests: PageRequest[] = [];
	let attempt = 0;
	const client: SecurIdClient = {
		logPage: async (request) => {
			requests.push(request);
			if (request.pageIndex === 0) attempt++;
			const { pageIndex, pageSize } = request;
			const counts = {
				totalPages: Math.ceil(events.length / pageSize),
				totalElements: events.length,
				pageSize,
			};
			const elements = events.slice(pageIndex * pageSize, (pageIndex + 1) * pageSize);
			const page = readPage(odd({ ...ENVELOPES[envelope](counts), elements }, request, attempt));
			if (!page) throw new Error('the server of this test sends no page');
			return page;
		},
	};
	return {
		client,
		requests,
		read: async (settings: Partial<WindowRequest> = {}) =>
			await readWindow(client, { ...REQUEST, ...settings }),
	};
}

export const REQUEST: WindowRequest = {
	afterMs: START_MS,
	untilMs: START_MS + 3_600_000,
	pageSize: 10,
	concurrency: () => 4,
	wanted: () => true,
};
