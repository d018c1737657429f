import { jsonAnswer, textAnswer, type Answer } from '../answers';
import type { LoggedRequest } from '../http';

/**
 * What the fake's `/audit-logs/export` looks like. The vendor names the two calls in prose and publishes no sample, so nothing of this is
 * known: each form is one that a reader of the page could expect (assumed, all of them).
 */
export interface AuditLogsForm {
	/** How the request must write its days. */
	body: 'days' | 'reportMeta' | 'number';
	/** Where the answer to the request has its uuid. */
	uuid: 'data.uuid' | 'uuid' | 'data.id' | 'id' | 'data' | 'text';
	/** How a finished export is given. */
	result: 'data.preSignedUrl' | 'url' | 'linkText' | 'csv' | 'csvInData' | 'list' | 'data' | 'logs' | 'data.logs' | 'values' | 'ndjson';
	/** What stands behind a link. */
	linked: 'csv' | 'json';
}

export const DEFAULT_AUDIT_LOGS: AuditLogsForm = { body: 'days', uuid: 'data.uuid', result: 'data.preSignedUrl', linked: 'csv' };

/** Reads the body of the request in the chosen form. Out: the days, or the sentence of a 400. */
export function readAuditLogsRequest(request: LoggedRequest, form: AuditLogsForm): { days: number } | { refusal: string } {
	const wanted = (days: unknown) => ({ days: { days }, reportMeta: { reportMeta: { days } }, number: days })[form.body];
	try {
		const body: unknown = JSON.parse(request.body);
		const days = [body, Object(body).days, Object(Object(body).reportMeta).days].find((value): value is number => typeof value === 'number');
		if (days !== undefined && Number.isInteger(days) && JSON.stringify(wanted(days)) === JSON.stringify(body)) return { days };
	} catch {
		// Told below.
	}
	return { refusal: `the body must be like ${JSON.stringify(wanted(1))}` };
}

/** The answer to a request that was taken. */
export function auditLogsQueued(uuid: string, form: AuditLogsForm): Answer {
	const bodies: Record<AuditLogsForm['uuid'], unknown> = {
		'data.uuid': { success: true, data: { uuid } },
		uuid: { uuid },
		'data.id': { data: { id: uuid } },
		id: { id: uuid },
		data: { data: uuid },
		text: uuid,
	};
	return form.uuid === 'text' ? textAnswer(202, uuid) : jsonAnswer(202, bodies[form.uuid]);
}

/** The answer with a finished export. In: a signed link to it, and its content as CSV and as records. */
export function auditLogsReady(form: AuditLogsForm, link: () => string, csv: string, records: object[]): Answer {
	const bodies: Record<Exclude<AuditLogsForm['result'], 'csv' | 'linkText' | 'ndjson'>, () => unknown> = {
		'data.preSignedUrl': () => ({ success: true, data: { preSignedUrl: link() } }),
		url: () => ({ url: link() }),
		csvInData: () => ({ data: csv }),
		list: () => records,
		data: () => ({ success: true, data: records }),
		logs: () => ({ total: records.length, logs: records }),
		'data.logs': () => ({ data: { logs: records } }),
		values: () => ({ size: records.length, values: records }),
	};
	if (form.result === 'csv') return textAnswer(200, csv, 'text/csv');
	if (form.result === 'linkText') return textAnswer(200, link());
	if (form.result === 'ndjson') return textAnswer(200, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
	return jsonAnswer(200, bodies[form.result]());
}
