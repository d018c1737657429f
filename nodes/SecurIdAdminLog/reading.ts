import { createHash } from 'node:crypto';
import type { IExecuteFunctions, INodeProperties, IPollFunctions } from 'n8n-workflow';
import type { Source } from '../shared/checkpoint/collect';
import { Pace } from '../shared/core/pace';
import type { RetryPolicy } from '../shared/core/retry';
import { stableJson } from '../shared/delivery/archive';
import { securIdOutput } from '../shared/mapping/output';
import { securIdTimeMs } from '../shared/mapping/securid';
import type { Marks } from '../shared/mapping/types';
import { credentialSend, readCredential } from '../shared/n8n/http';
import { bounded } from '../shared/n8n/parameters';
import { executionWaiting } from '../shared/n8n/waiting';
import { createSecurIdClient, PAGES_IN_FLIGHT, type SecurIdClient, type SecurIdClientSettings } from '../shared/securid/client';
import { readKey, type SecurIdCredential } from '../shared/securid/keyFile';
import { LARGEST_PAGE, readWindow } from '../shared/securid/logs';
import { oauthApiBaseUrl, type SecurIdOAuthCredential, tokenUrl } from '../shared/securid/oauth/client';
import { tokenRefusal } from '../shared/securid/oauth/refusal';
import type { SecurIdLogName } from '../shared/securid/systems';
import type { SecurIdEvent } from '../shared/securid/types';
import type { Door } from './door';

export interface PagingOptions {
	concurrency: number;
	pageSize: number;
}

/** How pages are asked for, for the Options collection. */
export const pagingOptions: INodeProperties[] = [
	{
		displayName: 'Page Size',
		name: 'pageSize',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 100 },
		default: 100,
		description: 'Events per request; SecurID gives 100 at most',
	},
	{
		displayName: 'Pages in Flight',
		name: 'concurrency',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 10 },
		default: PAGES_IN_FLIGHT,
		description: 'How many pages are asked for at once; falls by itself when SecurID asks to slow down, and rises again',
	},
];

/** Reads Page Size, within the vendor's bounds. */
export function readPageSize({ pageSize }: Partial<PagingOptions>): number {
	return Math.floor(bounded(pageSize, LARGEST_PAGE, 1, LARGEST_PAGE));
}

/** SecurID's client for one log and the credential of this node. */
export interface OpenSecurId {
	client: SecurIdClient;
	/** How many pages may be in flight: halved by each 429 or 503, then rising again. */
	concurrency: () => number;
	/** How far this machine's clock is off, in words, once an answer showed it. */
	clockOff: () => string | undefined;
}

/** Opens the log. Throws `Failure` for a credential that cannot be used. */
export async function openSecurId(
	context: IExecuteFunctions | IPollFunctions,
	door: Door,
	options: Partial<PagingOptions>,
	policy?: RetryPolicy,
): Promise<OpenSecurId> {
	const waiting = executionWaiting('getExecutionCancelSignal' in context ? context : {});
	const pace = new Pace(Math.floor(bounded(options.concurrency, PAGES_IN_FLIGHT, 1, 10)), waiting.sleep);
	let clockOff: string | undefined;
	const client = createSecurIdClient({
		...(door.authentication === 'oAuth' ? await oAuthSender(context, door.log) : await keySender(context)),
		log: door.log,
		waiting,
		pace,
		policy,
		onClock: (off) => {
			clockOff = off;
		},
		onRetry: (failure, pauseMs) => {
			context.logger.info(`SecurID: ${failure.message}; asking again in ${Math.round(pauseMs / 1000)} s`);
		},
	});
	return { client, concurrency: () => pace.allowed(), clockOff: () => clockOff };
}

type Sender = Pick<SecurIdClientSettings, 'baseUrl' | 'send' | 'tokenRefusal'>;

async function keySender(context: IExecuteFunctions | IPollFunctions): Promise<Sender> {
	const { baseUrl } = readKey(await readCredential<SecurIdCredential>(context, 'securIdApi'));
	// Each request is signed anew, so a refused token is never an old one: there is nothing to renew.
	return { baseUrl, send: credentialSend(context, 'securIdApi', []) };
}

async function oAuthSender(context: IExecuteFunctions | IPollFunctions, log: SecurIdLogName): Promise<Sender> {
	const { issuerUrl = '', apiUrl = '' } = await readCredential<SecurIdOAuthCredential>(context, 'securIdOAuthApi');
	const addresses = { tokenUrl: tokenUrl(issuerUrl), baseUrl: oauthApiBaseUrl(apiUrl) };
	return {
		baseUrl: addresses.baseUrl,
		// What SecurID answers to an old token is not public: 401 as working clients treat it, 403 as with key files.
		send: credentialSend(context, 'securIdOAuthApi', [401, 403]),
		tokenRefusal: (answer, nowMs) => tokenRefusal(answer, addresses, log, nowMs),
	};
}

/** What a user should know of a clock that is off although SecurID answered: windows end by this clock. */
export function clockHint(off: string): string {
	return `The clock of the machine that runs n8n is ${off}, going by SecurID's answers; correct it (NTP), since time ranges end by this clock`;
}

/** Makes an event's JSON in the form that Output asks for. In: the event, what the collection says of it, the time that stands in for an unreadable one. */
export function jsonBuilder(
	log: SecurIdLogName,
	form: string,
	includeOriginal: boolean,
): (event: SecurIdEvent, marks: Marks, fallbackMs: number) => object {
	return (event, marks, fallbackMs) => securIdOutput(log, event, { form, includeOriginal, fallbackMs }, marks);
}

/** An open log as a source for `collect`: windows of [from, until), read whole or not at all. */
export function securIdSource({ client, concurrency }: OpenSecurId, options: Partial<PagingOptions>): Source<SecurIdEvent> {
	return async (fromMs, untilMs, most) => {
		// The vendor's start is exclusive and its end inclusive (from the parameter names, assumed); in whole ms that is [from, until).
		const result = await readWindow(client, {
			afterMs: fromMs - 1,
			untilMs: untilMs - 1,
			pageSize: readPageSize(options),
			concurrency,
			wanted: () => true,
			most,
		});
		if (result.tooMany !== undefined) return { tooMany: result.tooMany };
		return {
			events: result.events.map((record) => ({ id: idOf(record), timeMs: securIdTimeMs(record), record })),
		};
	};
}

/** SecurID's own id. An event without one (never seen, but not ruled out) is known by its content. */
function idOf(event: SecurIdEvent): string {
	return event.eventId || createHash('sha256').update(stableJson(event)).digest('base64url').slice(0, 22);
}
