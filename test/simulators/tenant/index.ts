import { createHash } from 'node:crypto';

import { createRandom } from '../random';
import type { AdminEvent, DateForm } from './adminEvent';
import { buildAdminEvents } from './adminEvents';
import { buildCodedEvents, type CodedEvent } from './codedEvents';
import { buildSafeRows, type SafeRow } from './safeRows';
import { buildSafeUsers, type SafeUser } from './safeUsers';

export { ACTIVITIES } from './activities';
export type { AdminEvent, AdminEventDraft, DateForm } from './adminEvent';
export { BIG_TIE } from './adminEvents';
export { CODED_TIE, type CodedEvent, type CodedEventDraft, type CodedLog } from './codedEvents';
export { ADMIN_NAMES, HOSTILE_NAMES } from './names';
export type { SafeRow } from './safeRows';
export type { SafeUser } from './safeUsers';

/** What can be chosen about a tenant. Times are epoch ms. */
export interface TenantOptions {
	seed: number;
	/** The newest event lies within seconds before this. */
	endsAt: number;
	/** How far back the log reaches; default 90, SecurID's retention. */
	days?: number;
	/** How many SecurID admin events; default 3000. */
	adminEvents?: number;
	/** How many SecurID user events; default 800. */
	userEvents?: number;
	/** How many SecurID system events; default 200. */
	systemEvents?: number;
	/** How many SAFE audit rows; default 2000. */
	safeRows?: number;
	/** How many SAFE users; default 140. */
	users?: number;
	/** Default `mixed`: four events in five as captured, one as documented. */
	dateForm?: DateForm;
}

/** A whole customer: all logs in time order, and the SAFE users. Plain data; simulators copy what they change. */
export interface Tenant {
	seed: number;
	endsAt: number;
	dateForm: DateForm;
	adminEvents: AdminEvent[];
	userEvents: CodedEvent[];
	systemEvents: CodedEvent[];
	safeRows: SafeRow[];
	users: SafeUser[];
}

/**
 * Invents a customer.
 * The same options give the same tenant, on any machine and at any time: nothing but the seed and `endsAt` goes in.
 * Fails with a RangeError when a number is not a whole one or is below its least (days 1, the others 0).
 */
export function createTenant(options: TenantOptions): Tenant {
	const { seed, endsAt, dateForm = 'mixed' } = options;
	const days = whole('days', options.days ?? 90, 1);
	const period = { startMs: whole('endsAt', endsAt, 0) - days * 86_400_000, endMs: endsAt };
	const users = buildSafeUsers(whole('users', options.users ?? 140, 0), endsAt, createRandom(seed, 'users'));
	const coded = (log: 'user' | 'system', count: number) =>
		buildCodedEvents(log, whole(`${log}Events`, count, 0), period, dateForm, createRandom(seed, `${log}Events`));
	return {
		seed,
		endsAt,
		dateForm,
		adminEvents: buildAdminEvents(
			whole('adminEvents', options.adminEvents ?? 3000, 0),
			period,
			dateForm,
			createRandom(seed, 'adminEvents'),
		),
		userEvents: coded('user', options.userEvents ?? 800),
		systemEvents: coded('system', options.systemEvents ?? 200),
		safeRows: buildSafeRows(
			whole('safeRows', options.safeRows ?? 2000, 0),
			period,
			users,
			createRandom(seed, 'safeRows'),
		),
		users,
	};
}

/** SHA-256 (hex) of everything in a tenant: equal digests mean equal tenants. */
export function tenantDigest(tenant: Tenant): string {
	return createHash('sha256').update(JSON.stringify(tenant)).digest('hex');
}

function whole(name: string, value: number, least: number): number {
	if (!Number.isInteger(value) || value < least) {
		throw new RangeError(`"${name}" of a tenant is a whole number from ${least}, got ${value}`);
	}
	return value;
}
