import type { Random } from '../random';
import { ACTIVITIES } from './activities';
import {
	completeAdminEvent,
	newEventId,
	type AdminEvent,
	type AdminEventDraft,
	type DateForm,
} from './adminEvent';
import { ADMIN_NAMES, FOREIGN_ADDRESSES, HOSTILE_NAMES, OFFICE_ADDRESSES } from './names';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How many events of a tie stand at one millisecond: more than a page holds, so that a page border splits it. */
export const BIG_TIE = 130;

/**
 * The admin log of a tenant, in time order; events of one millisecond keep the order in which they were made.
 * In: how many events in all, and the period (epoch ms; all events lie after `startMs`, the newest within the last
 * seconds before `endMs`). The remarkable ones come first and ordinary console sessions fill up the rest, so a small
 * tenant loses ordinary work first. Never fails.
 */
export function buildAdminEvents(
	count: number,
	period: { startMs: number; endMs: number },
	dateForm: DateForm,
	random: Random,
): AdminEvent[] {
	const drafts: AdminEventDraft[] = [];
	const add = (group: AdminEventDraft[]) => {
		const inside = group.filter((draft) => draft.atMs > period.startMs && draft.atMs < period.endMs);
		if (inside.length === group.length && drafts.length + group.length <= count) drafts.push(...group);
	};
	for (const group of remarkable(period, random)) add(group);
	while (drafts.length < count) drafts.push(...session(period, random).slice(0, count - drafts.length));

	const taken = new Set<string>();
	return drafts
		.map((draft) => {
			const event = completeAdminEvent(draft, random, dateForm);
			while (taken.has(event.eventId)) event.eventId = newEventId(random);
			taken.add(event.eventId);
			return event;
		})
		.sort((one, other) => one.atMs - other.atMs);
}

/** The groups that tests look for, most needed first. */
function* remarkable(
	period: { startMs: number; endMs: number },
	random: Random,
): Generator<AdminEventDraft[]> {
	const { startMs, endMs } = period;
	const days = Math.max(1, Math.floor((endMs - startMs) / DAY_MS));
	const within = (fromMs: number, toMs: number) => random.integer(fromMs, toMs - 2 * MINUTE_MS);

	yield [{ atMs: endMs - random.integer(1, 4000), activityKey: 'SIGNIN_SUCCESS' }];
	yield burst(endMs - random.integer(5, 15) * MINUTE_MS, random.pick(ADMIN_NAMES), random);
	for (let day = 0; day < Math.min(days, 7); day++) {
		for (let time = 0; time < 3; time++) {
			const atMs = within(endMs - (day + 1) * DAY_MS + MINUTE_MS, endMs - day * DAY_MS);
			yield burst(atMs, random.pick(ADMIN_NAMES), random);
		}
	}
	yield burst(within(endMs - 20 * HOUR_MS, endMs - HOUR_MS), '<!channel>', random);
	for (const activity of ACTIVITIES) {
		yield [{ atMs: within(Math.max(startMs + 1, endMs - 3 * DAY_MS), endMs), activityKey: activity.key }];
	}
	// On the bounds of a day and of a quarter of an hour: an event there belongs to one window, never to two or none.
	const midnightMs = Math.floor((endMs - HOUR_MS) / DAY_MS) * DAY_MS;
	const quarterMs = Math.floor((endMs - 3 * HOUR_MS) / (15 * MINUTE_MS)) * 15 * MINUTE_MS;
	for (const boundaryMs of [midnightMs, quarterMs]) {
		yield [boundaryMs - 1, boundaryMs, boundaryMs, boundaryMs, boundaryMs + 1].map((atMs) => ({
			atMs,
			activityKey: 'EDIT_APPLICATION',
		}));
	}
	yield bigTie(endMs - 5 * HOUR_MS + 123, random);
	for (const [index, name] of HOSTILE_NAMES.entries()) {
		const reachMs = index % 2 === 0 ? DAY_MS : Math.min(days, 10) * DAY_MS;
		yield [failedSignIn(within(endMs - reachMs, endMs), name, random.pick(FOREIGN_ADDRESSES))];
	}
	for (let day = 7; day < days; day += 4) {
		yield burst(within(endMs - (day + 1) * DAY_MS, endMs - day * DAY_MS), random.pick(ADMIN_NAMES), random);
	}
	yield bigTie(endMs - 12 * DAY_MS + 456, random);
}

function failedSignIn(atMs: number, adminUserName: string, sourceIPAddress: string): AdminEventDraft {
	return { atMs, activityKey: 'SIGNIN_FAILURE', adminUserName, sourceIPAddress };
}

// Three failures, then the lock 170-172 ms after the third, with the attacker's address and result SUCCESS: the shape of
// both bursts in the capture (reference/securid.md section 15).
function burst(lastFailureMs: number, adminUserName: string, random: Random): AdminEventDraft[] {
	const address = random.pick(FOREIGN_ADDRESSES);
	const secondMs = lastFailureMs - random.integer(9_000, 15_000);
	const firstMs = secondMs - random.integer(9_000, 15_000);
	return [
		...[firstMs, secondMs, lastFailureMs].map((atMs) => failedSignIn(atMs, adminUserName, address)),
		{
			atMs: lastFailureMs + random.integer(170, 172),
			activityKey: 'LOCKED_ADMIN_ACCOUNT',
			adminUserName,
			sourceIPAddress: address,
		},
	];
}

// A bulk import: one administrator, one millisecond.
function bigTie(atMs: number, random: Random): AdminEventDraft[] {
	const adminUserName = random.pick(ADMIN_NAMES);
	return Array.from({ length: BIG_TIE }, (_, index) => ({
		atMs,
		activityKey: 'ADD_RADIUS_CLIENT',
		adminUserName,
		targetObject1Name: `vpn-gw-bulk-${String(index + 1).padStart(3, '0')}`,
	}));
}

/** One administrator at work: a sign-in, some changes, mostly a sign-out; now and then two events in one millisecond. */
function session(period: { startMs: number; endMs: number }, random: Random): AdminEventDraft[] {
	const adminUserName = random.pick(ADMIN_NAMES);
	const sourceIPAddress = random.pick(OFFICE_ADDRESSES);
	const drafts: AdminEventDraft[] = [];
	let atMs = sessionStart(period, random);
	const act = (activityKey: string) => {
		drafts.push({ atMs, activityKey, adminUserName, sourceIPAddress });
		if (!random.chance(0.04)) atMs += random.integer(200, 90_000);
	};
	if (random.chance(0.12)) act('SIGNIN_FAILURE');
	if (random.chance(0.3)) act('SIGNIN_ADDITIONAL_AUTHENTICATION_REQUESTED');
	act('SIGNIN_SUCCESS');
	for (let left = random.integer(0, 2); left > 0; left--)
		act(random.weighted(ACTIVITIES, ({ weight }) => weight).key);
	if (random.chance(0.7)) act('SIGNOUT');
	return drafts.filter((draft) => draft.atMs > period.startMs && draft.atMs < period.endMs - 5 * SECOND_MS);
}

// Most work happens by day (UTC), some at night.
function sessionStart({ startMs, endMs }: { startMs: number; endMs: number }, random: Random): number {
	const anyMs = random.integer(startMs + 1, endMs - 10 * SECOND_MS);
	if (random.chance(0.15)) return anyMs;
	const dayMs = Math.floor(anyMs / DAY_MS) * DAY_MS;
	const officeMs = dayMs + Math.floor((6 + 6 * (random.next() + random.next())) * HOUR_MS);
	return officeMs > startMs && officeMs < endMs - 10 * SECOND_MS ? officeMs : anyMs;
}
