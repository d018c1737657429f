import type { SafeRow } from '../tenant';

/** What a column shows of a row. */
export type AuditField =
	| 'timestamp'
	| 'source'
	| 'sourceIp'
	| 'sourcePort'
	| 'userId'
	| 'userName'
	| 'action'
	| 'details';

/**
 * How the export is written. The vendor publishes no header and no format, so every part of it can be chosen.
 * `timestampForm`: `iso` 2026-01-15T10:07:31.000Z, `space` 2026-01-15 10:07:31 (UTC, no zone), `epochMs`.
 */
export interface AuditCsvForm {
	columns: ReadonlyArray<{ name: string; field: AuditField }>;
	delimiter: ',' | ';';
	newline: '\n' | '\r\n';
	bom: boolean;
	quotes: 'needed' | 'all';
	timestampForm: 'iso' | 'space' | 'epochMs';
	order: 'oldestFirst' | 'newestFirst';
}

/** The default form. Column names follow the vendor's prose ("Source IP and Port", "User ID column"); all assumed. */
export const DEFAULT_AUDIT_CSV: AuditCsvForm = {
	columns: [
		{ name: 'Timestamp', field: 'timestamp' },
		{ name: 'Source IP and Port', field: 'source' },
		{ name: 'User ID', field: 'userId' },
		{ name: 'Action', field: 'action' },
		{ name: 'Details', field: 'details' },
	],
	delimiter: ',',
	newline: '\n',
	bom: false,
	quotes: 'needed',
	timestampForm: 'iso',
	order: 'oldestFirst',
};

/** Writes rows as the bytes of an audit export (UTF-8), with a newline after the last record. Never fails. */
export function writeAuditCsv(rows: readonly SafeRow[], form: AuditCsvForm): Buffer {
	const ordered = form.order === 'oldestFirst' ? rows : [...rows].reverse();
	const records = [
		form.columns.map(({ name }) => name),
		...ordered.map((row) => form.columns.map(({ field }) => cellOf(row, field, form))),
	];
	const lines = records.map(
		(cells) => cells.map((cell) => quote(cell, form)).join(form.delimiter) + form.newline,
	);
	return Buffer.from((form.bom ? '\ufeff' : '') + lines.join(''), 'utf8');
}

/** The same rows as objects, a member per column. */
export function auditRecords(rows: readonly SafeRow[], form: AuditCsvForm): Array<Record<string, string>> {
	const ordered = form.order === 'oldestFirst' ? rows : [...rows].reverse();
	return ordered.map((row) => Object.fromEntries(form.columns.map(({ name, field }) => [name, cellOf(row, field, form)])));
}

function cellOf(row: SafeRow, field: AuditField, form: AuditCsvForm): string {
	if (field === 'timestamp') {
		if (form.timestampForm === 'epochMs') return String(row.atMs);
		const iso = new Date(row.atMs).toISOString();
		return form.timestampForm === 'iso' ? iso : iso.slice(0, 19).replace('T', ' ');
	}
	if (field === 'source') {
		const host = row.sourceIp.includes(':') ? `[${row.sourceIp}]` : row.sourceIp;
		return `${host}:${row.sourcePort}`;
	}
	return String(row[field]);
}

function quote(cell: string, form: AuditCsvForm): string {
	const needed = /["\r\n]/.test(cell) || cell.includes(form.delimiter);
	return needed || form.quotes === 'all' ? `"${cell.replace(/"/g, '""')}"` : cell;
}
