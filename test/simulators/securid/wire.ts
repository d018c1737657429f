import type { AdminEvent } from '../tenant';

/** Members in the order of the one public capture (reference/securid.md 6.2). `atMs` is missing on purpose. */
const MEMBERS = [
	'eventId',
	'eventLogDate',
	'eventType',
	'serverURL',
	'serverIPAddress',
	'application',
	'customerId',
	'customerName',
	'sourceIPAddress',
	'adminUserName',
	'adminUserRole',
	'activityKey',
	'activityCode',
	'result',
	'reasonKey',
	'message',
	'requiresPublish',
	'targetObject1Id',
	'targetObject1Name',
	'targetObject1Type',
	'targetObject2Id',
	'targetObject2Name',
	'targetObject2Type',
] as const satisfies ReadonlyArray<keyof AdminEvent>;

const ID_MEMBERS: ReadonlySet<string> = new Set(['eventId', 'targetObject1Id', 'targetObject2Id']);

/**
 * The envelope of a page. `full` has totals and `currentPage` (the latter seen in clients), `documented` leaves
 * `currentPage` out, `elementsOnly` is what the public capture holds.
 */
export type EnvelopeForm = 'full' | 'documented' | 'elementsOnly';

/** The numbers of a page. */
export interface PageTotals {
	totalPages: number;
	totalElements: number;
	pageSize: number;
	currentPage: number;
}

/**
 * One admin event as JSON text.
 * Ids are written digit for digit as bare numbers. `JSON.stringify` cannot do that, since no JavaScript number holds
 * them; so the object is put together by hand. An id that is no plain integer is written as a string.
 */
export function writeAdminEvent(event: AdminEvent): string {
	const members = MEMBERS.map((name) => {
		const value = event[name];
		const bare = ID_MEMBERS.has(name) && /^(0|-?[1-9]\d*)$/.test(String(value));
		return `${JSON.stringify(name)}:${bare ? String(value) : JSON.stringify(value)}`;
	});
	return `{${members.join(',')}}`;
}

/** The body of an export answer as JSON text. */
export function writePage(events: readonly AdminEvent[], totals: PageTotals, form: EnvelopeForm): string {
	const { currentPage, ...documented } = totals;
	const head = { full: { ...documented, currentPage }, documented, elementsOnly: {} }[form];
	const members = Object.entries(head).map(([name, value]) => `"${name}":${value}`);
	return `{${[...members, `"elements":[${events.map(writeAdminEvent).join(',')}]`].join(',')}}`;
}
