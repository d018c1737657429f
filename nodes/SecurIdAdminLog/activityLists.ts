import type { INodePropertyOptions } from 'n8n-workflow';
import { SECURID_ACTIVITIES } from '../shared/mapping/securid.table';
import { SECURID_SYSTEM_EVENTS } from '../shared/mapping/securidSystem.table';
import { SECURID_USER_EVENTS } from '../shared/mapping/securidUser.table';
import type { Severity } from '../shared/mapping/types';
import type { SecurIdLogName } from '../shared/securid/systems';

/** What can be searched in the list: key or code, and its meaning; the severity stands below. */
const choice = (value: string, meaning: string, severity: Severity): INodePropertyOptions => ({
	name: `${value} – ${meaning}`,
	value,
	description: `Severity: ${severity}`,
});

const coded = (rows: ReadonlyMap<string, { group: string; meaning: string; severity: Severity }>) =>
	[...rows].map(([code, { group, meaning, severity }]) => choice(code, `${group}: ${meaning}`, severity));

/** Every activity key (admin log) and event code (user and system log) that is publicly known, in the order of keys and codes. */
export const ACTIVITY_LISTS: Record<SecurIdLogName, INodePropertyOptions[]> = {
	admin: [...SECURID_ACTIVITIES].map(([key, { meaning, severity }]) => choice(key, meaning, severity)).sort((one, other) => one.name.localeCompare(other.name)),
	user: coded(SECURID_USER_EVENTS),
	system: coded(SECURID_SYSTEM_EVENTS),
};
