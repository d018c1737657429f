import { createHash } from 'node:crypto';
import { memberAt } from '../../core/members';
import { parseTime } from '../../core/time';
import { stableJson } from '../archive';
import type { Outgoing } from './types';

/** Where our forms of an event keep their id: simplified and vendor records, ECS, OCSF. */
const ID_FIELDS = ['eventId', 'event.id', 'metadata.uid'];

/** And their time: simplified, ECS, SecurID's own, OCSF (epoch ms). */
const TIME_FIELDS = ['eventTime', '@timestamp', 'eventLogDate', 'time'];

export interface FactFields {
	/** Field that holds the id, where it is none of the known ones. */
	idField?: string;
	timeField?: string;
}

/**
 * Id and time of an event, in whichever of our forms it comes. Total.
 * An event without an id gets a hash of its content, so that the same event has the same id in every run.
 */
export function factsOf(json: Record<string, unknown>, { idField, timeField }: FactFields = {}): Outgoing {
	const id = firstOf(json, idField ? [idField] : ID_FIELDS, idOf);
	const timeMs = firstOf(json, timeField ? [timeField] : TIME_FIELDS, timeOf);
	return { id: id ?? contentHash(json), ownId: id !== undefined, timeMs, json };
}

/** The event with its id as a member, for receivers that have no other place for it. */
export function withId({ json, id, ownId }: Outgoing): Record<string, unknown> {
	return ownId ? json : { ...json, eventId: id };
}

/** The id of a batch: the same ordered events, the same id, in every run. */
export function batchId(ids: string[]): string {
	return `msg_${createHash('sha256').update(JSON.stringify(ids)).digest('hex').slice(0, 32)}`;
}

function firstOf<Value>(json: object, fields: string[], read: (value: unknown) => Value | undefined): Value | undefined {
	for (const field of fields) {
		const value = read(memberAt(json, field));
		if (value !== undefined) return value;
	}
	return undefined;
}

function idOf(value: unknown): string | undefined {
	if (typeof value === 'number' && Number.isFinite(value)) return String(value);
	return typeof value === 'string' && value.trim() ? value : undefined;
}

/** No negative times: receivers refuse them or take them for something else. */
function timeOf(value: unknown): number | undefined {
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	const ms = parseTime(value);
	return ms !== undefined && ms >= 0 ? ms : undefined;
}

function contentHash(json: object): string {
	return createHash('sha256').update(stableJson(json)).digest('hex');
}
