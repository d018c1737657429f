import { isIP } from '../core/ip';
import { memberAt } from '../core/members';
import { CEF_EXTENSION, CEF_HEADER, CEF_SEVERITY, CEF_TIME_KEY, OCSF_SEVERITY, UNKNOWN_SEVERITY } from './cef.table';

/** What a line says where the event does not say it itself. */
export interface CefDevice {
	vendor: string;
	product: string;
	version: string;
}

/** Characters that a header field may have (63, 63, 31 are documented; the others are ours). */
const LENGTHS = { vendor: 63, product: 63, version: 31, signature: 200, name: 512 };

/**
 * One event in any of our forms as a line of CEF: `CEF:0|vendor|product|version|signature|name|severity|extension`.
 * In: the event, its id (goes into `externalId`), its time in epoch ms (`rt`) where known, the device for events that name none.
 * Out: one line without its end; escaped so that nothing in an event can end a field, add a key or begin another line. Total: never throws.
 */
export function cefLine(event: Record<string, unknown>, id: string, timeMs: number | undefined, device: CefDevice): string {
	const headerText = (part: keyof typeof LENGTHS, otherwise: string) =>
		cefHeader([...(textAt(event, CEF_HEADER[part]) ?? otherwise)].slice(0, LENGTHS[part]).join(''));
	const header = [
		'CEF:0',
		headerText('vendor', device.vendor),
		headerText('product', device.product),
		headerText('version', device.version),
		headerText('signature', 'event'),
		headerText('name', 'event'),
		String(cefSeverity(event)),
	];
	const pairs: Array<[string, string]> = [['externalId', id]];
	if (timeMs !== undefined) pairs.push([CEF_TIME_KEY, String(timeMs)]);
	for (const { key, label, from, only } of CEF_EXTENSION) {
		const value = textAt(event, from);
		if (value === undefined || (only && only !== addressKind(value))) continue;
		pairs.push([key, value], ...(label ? [label] : []));
	}
	return `${header.join('|')}|${pairs.map(([key, value]) => `${key}=${cefValue(value)}`).join(' ')}`;
}

/** Escapes a header field: `\` and `|`; line ends and control characters become blanks, since headers know no escape for them. */
export function cefHeader(text: string): string {
	return oneLine(text).replace(/[\\|]/g, '\\$&');
}

/** Escapes a value of the extension: `\`, `=`, line feed and carriage return; other control characters become blanks. */
export function cefValue(text: string): string {
	return text
		.split(/(\r|\n)/)
		.map((part) => (part === '\r' ? '\\r' : part === '\n' ? '\\n' : oneLine(part).replace(/[\\=]/g, '\\$&')))
		.join('');
}

/** Severity from 0 to 10, from a word (ECS keeps ours in `labels.severity`), from OCSF's `severity_id` or from ECS's number. */
export function cefSeverity(event: Record<string, unknown>): number {
	for (const path of CEF_HEADER.severity) {
		const value = memberAt(event, path);
		if (typeof value === 'string' && Object.hasOwn(CEF_SEVERITY, value.toLowerCase())) return CEF_SEVERITY[value.toLowerCase()];
		if (typeof value !== 'number' || !Number.isFinite(value)) continue;
		if (path === 'severity_id') return OCSF_SEVERITY[value] ?? UNKNOWN_SEVERITY;
		// ECS counts as Elastic Security does, to 100; a small number already counts as CEF does.
		return Math.min(Math.max(Math.round(value > 10 ? value / 10 : value), 0), 10);
	}
	return UNKNOWN_SEVERITY;
}

function addressKind(text: string): 'ipv4' | 'ipv6' | undefined {
	if (!isIP(text)) return undefined;
	return text.includes(':') ? 'ipv6' : 'ipv4';
}

/** Control characters (line ends of Unicode included), format characters that hide or turn text, and halves of characters become blanks. */
function oneLine(text: string): string {
	return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ');
}

/** The first member that holds a text, number or list of those. */
function textAt(event: Record<string, unknown>, paths: readonly string[]): string | undefined {
	for (const path of paths) {
		const value = memberAt(event, path);
		const parts = (Array.isArray(value) ? value : [value]).filter((part) => ['string', 'number', 'boolean'].includes(typeof part));
		const text = parts.map(String).join(',');
		if (text.trim()) return text;
	}
	return undefined;
}
