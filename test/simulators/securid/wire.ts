import type { AdminEvent, CodedEvent } from '../tenant';

/** Members in the order of the one public capture (reference/securid.md 6.2). `atMs` is missing on purpose. */
const ADMIN_MEMBERS = [
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

/** Members in the order of the vendor-staff client (reference/securid.md 6.3). */
const CODED_MEMBERS = [
	'eventId',
	'eventLogDate',
	'eventType',
	'eventLevel',
	'eventCategory',
	'serverIPAddress',
	'tenantId',
	'customerName',
	'userId',
	'sourceIPAddress',
	'eventCode',
	'eventDescription',
	'application',
	'method',
	'deviceName',
	'deviceId',
	'policyId',
	'policyName',
	'authenticationDetails',
	'assuranceLevel',
	'verboseFlag',
	'userActivityId',
	'transactionId',
] as const satisfies ReadonlyArray<keyof CodedEvent>;

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
 * One event as JSON text.
 * Ids are written digit for digit as bare numbers. `JSON.stringify` cannot do that, since no JavaScript number holds
 * them; so the object is put together by hand. An id that is no plain integer is written as a string, and so is every
 * second id of a user or system event: clients take them as text, the admin log has numbers, nobody has seen one.
 */
export function writeEvent(event: AdminEvent | CodedEvent): string {
	const coded = 'eventCode' in event;
	const members = (coded ? CODED_MEMBERS : ADMIN_MEMBERS).map((name) => {
		const value = (event as unknown as Record<string, unknown>)[name];
		const bare = ID_MEMBERS.has(name) && /^(0|-?[1-9]\d*)$/.test(String(value)) && !(coded && /[13579]$/.test(String(value)));
		return `${JSON.stringify(name)}:${bare ? String(value) : JSON.stringify(value)}`;
	});
	return `{${members.join(',')}}`;
}

/** The body of an export answer as JSON text; `listMember` is the name of the list, another in each log. */
export function writePage(
	events: ReadonlyArray<AdminEvent | CodedEvent>,
	totals: PageTotals,
	form: EnvelopeForm,
	listMember = 'elements',
): string {
	const { currentPage, ...documented } = totals;
	const head = { full: { ...documented, currentPage }, documented, elementsOnly: {} }[form];
	const members = Object.entries(head).map(([name, value]) => `"${name}":${value}`);
	return `{${[...members, `"${listMember}":[${events.map(writeEvent).join(',')}]`].join(',')}}`;
}
