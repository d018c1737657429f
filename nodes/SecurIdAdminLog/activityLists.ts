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

/** Word by word: `UNLOCK_ADMIN_USER` before `UNLOCKED_…`. In plain code units: the first use of a locale makes Node load its tables, which n8n would wait for at its start. */
const inOrder = ([one]: [string, unknown], [other]: [string, unknown]) => (one.replaceAll('_', ' ') < other.replaceAll('_', ' ') ? -1 : 1);

/** Every activity key (admin log) and event code (user and system log) that is publicly known, in the order of keys and codes. */
export const ACTIVITY_LISTS: Record<SecurIdLogName, INodePropertyOptions[]> = {
	admin: [...SECURID_ACTIVITIES].sort(inOrder).map(([key, { meaning, severity }]) => choice(key, meaning, severity)),
	user: coded(SECURID_USER_EVENTS),
	system: coded(SECURID_SYSTEM_EVENTS),
};
