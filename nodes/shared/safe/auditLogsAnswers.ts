import type { HttpResponse } from '../core/http';
import { parseLosslessJson } from '../core/losslessJson';
import { cleanVendorText, isWebPage } from '../core/vendorText';
import { isReportId } from './answers';
import type { ReportState } from './exportFamilies';
import { safeFailure } from './failures';

/*
 * Answers of `/api/v3/audit-logs/export`. The vendor's page names the two calls in prose ("takes the number of days … returns a UUID", "retrieve data") and
 * shows no sample of either; so every form that a reader of that page could expect is taken, and anything else is shown by its shape.
 */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const LINK_NAMES = ['preSignedUrl', 'presignedUrl', 'url', 'downloadUrl'];
const LIST_NAMES = ['logs', 'values', 'events', 'auditLogs', 'data'];

/** The uuid in an answer to the request: a member `uuid` or `id`, also below `data`, or a bare UUID. Throws SAFE-EXPORT-SHAPE. */
export function auditLogsUuidIn({ text, status }: HttpResponse): string {
	if (isWebPage(text)) throw safeFailure('SAFE-BODY-HTML', { status });
	const body = parsed(text) ?? text.trim();
	const inner = membersOf(body).data;
	const candidates = [membersOf(inner).uuid, membersOf(body).uuid, membersOf(inner).id, membersOf(body).id, inner, body];
	const uuid = candidates.filter(isReportId).find((candidate) => candidates.indexOf(candidate) < 4 || UUID.test(candidate));
	if (uuid !== undefined) return uuid;
	throw safeFailure('SAFE-EXPORT-SHAPE', { status, values: { expected: 'a uuid', detail: shapeOf(body) } });
}

/**
 * Where an export stands, by a 200 answer: a link, events as JSON (a list, also below `data`, `logs`, `values`, `events`), lines of JSON, or CSV; an answer that says
 * nothing but a status is of an unfinished export. Throws SAFE-EXPORT-SHAPE with names and types alone.
 */
export function auditLogsStateIn({ text, status }: HttpResponse): ReportState {
	if (isWebPage(text)) throw safeFailure('SAFE-BODY-HTML', { status });
	const trimmed = text.trim();
	if (!trimmed) return { ready: false, said: 'an empty answer' };
	const body = parsed(trimmed);
	if (body === undefined) return notJson(text, trimmed, status);
	const link = linkIn(body) ?? linkIn(membersOf(body).data);
	if (link !== undefined) return { ready: true, link };
	const inline = typeof body === 'string' ? body : membersOf(body).data;
	if (typeof inline === 'string' && looksLikeCsv(inline)) return { ready: true, content: inline };
	if (eventListIn(body)) return { ready: true, content: text };
	if (isStatusAlone(body)) return { ready: false, said: `HTTP ${status} with ${shapeOf(body)}` };
	throw safeFailure('SAFE-EXPORT-SHAPE', { status, values: { expected: 'a link, JSON events or CSV', detail: shapeOf(body) } });
}

function notJson(text: string, trimmed: string, status: number): ReportState {
	if (/^https?:\/\/\S+$/i.test(trimmed)) return { ready: true, link: trimmed };
	if (/^\{.*\}\s*\n\s*\{/.test(trimmed) || looksLikeCsv(trimmed)) return { ready: true, content: text };
	// A list or object that does not parse was cut off.
	if (/^[[{]/.test(trimmed)) throw safeFailure('SAFE-BODY-JSON', { status });
	throw safeFailure('SAFE-EXPORT-SHAPE', { status, values: { expected: 'a link, JSON events or CSV', detail: 'text without columns' } });
}

function looksLikeCsv(text: string): boolean {
	const [header = ''] = text.trimStart().split(/[\r\n]/, 1);
	return !/^[<[{]/.test(header) && /[,;\t]/.test(header);
}

function linkIn(value: unknown): string | undefined {
	const candidates = typeof value === 'string' ? [value] : LINK_NAMES.map((name) => membersOf(value)[name]);
	return candidates.find((candidate): candidate is string => typeof candidate === 'string' && /^https?:\/\/\S+$/i.test(candidate));
}

/** The list of events in a parsed answer: itself, or under one of the usual names, also one level below `data`. Absent when there is none. */
export function eventListIn(body: unknown): Array<Record<string, unknown>> | undefined {
	const places = [body, ...LIST_NAMES.map((name) => membersOf(body)[name]), ...LIST_NAMES.map((name) => membersOf(membersOf(body).data)[name])];
	return places.find((place): place is Array<Record<string, unknown>> => Array.isArray(place) && place.every(isObject));
}

/** An object of texts, flags and numbers about the request itself, without anything that could be events. */
function isStatusAlone(body: unknown): boolean {
	if (!isObject(body)) return false;
	const { data = {}, ...rest } = body;
	const isPlain = (members: object) => Object.values(members).every((value) => value === null || typeof value !== 'object');
	return isPlain(rest) && (data === null || (isObject(data) && isPlain(data)));
}

/** Names and types of a value, five levels deep; nothing of its content. */
export function shapeOf(value: unknown, depth = 5): string {
	if (Array.isArray(value) && depth > 0) return value.length === 0 ? 'empty list' : `list of ${shapeOf(value[0], depth - 1)}`;
	if (!isObject(value) && !Array.isArray(value)) return value === null ? 'null' : typeof value;
	if (depth <= 0) return 'object';
	const members = Object.entries(value).slice(0, 12);
	const parts = members.map(([name, member]) => `${cleanVendorText(name).slice(0, 30)}: ${shapeOf(member, depth - 1)}`);
	return `{ ${parts.join(', ')} }`;
}

function membersOf(value: unknown): Record<string, unknown> {
	return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
	try {
		return parseLosslessJson(text);
	} catch {
		return undefined;
	}
}
