import { jsonAnswer, type Answer } from '../answers';
import type { LoggedRequest } from '../http';

/** What a report that is not ready looks like. Only the first is half documented: it is also the unknown uuid. */
export type PendingAnswer = '400NotFound' | '202' | '200WithoutUrl' | '404';

/** One report that was asked for. `csv` is what it held at that moment; `polls` counts the questions so far. */
export interface RequestedReport {
	uuid: string;
	days: number;
	requestedAtMs: number;
	rows: number;
	csv: Buffer;
	/** The same as objects. */
	records: object[];
	family: 'reports' | 'auditLogsExport';
	polls: number;
	links: number;
}

/** Words of the vendor's page (documented). */
const QUEUED = 'Report generation request is queued and will be processed shortly';
const READY = 'Please download the report from the provided URL. The link will expire in 5 minutes.';

/** The largest number of days: the limit of the vendor's user interface; that of the API is not known (assumed). */
const MAX_DAYS = 365;

/**
 * Reads the body of `POST /reports`, which has to be the documented one and nothing else:
 * `{"type":"AUDIT_LOGS","format":"csv","reportMeta":{"days":1}}`. Out: the days, or the sentence of a 400 (assumed).
 */
export function readReportRequest(request: LoggedRequest): { days: number } | { refusal: string } {
	if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
		return { refusal: 'Content-Type must be application/json' };
	}
	const body = parseObject(request.body);
	if (body === null) return { refusal: 'Request body is not a JSON object' };
	const { type, format, reportMeta, ...rest } = body;
	if (Object.keys(rest).length > 0) return { refusal: `Unknown member: ${Object.keys(rest).join(', ')}` };
	if (type !== 'AUDIT_LOGS') return { refusal: 'type must be AUDIT_LOGS' };
	if (format !== 'csv') return { refusal: 'format must be csv' };
	const meta = typeof reportMeta === 'object' && reportMeta !== null ? { ...reportMeta } : {};
	const { days, ...others } = meta as { days?: unknown };
	if (Object.keys(others).length > 0 || typeof days !== 'number' || !Number.isInteger(days)) {
		return { refusal: 'reportMeta must hold days, an integer, and nothing else' };
	}
	if (days < 1 || days > MAX_DAYS) return { refusal: `days must be between 1 and ${MAX_DAYS}` };
	return { days };
}

/** The answer to a report request that was accepted (documented). */
export function queuedAnswer(uuid: string): Answer {
	return jsonAnswer(202, { success: true, message: QUEUED, data: { uuid } });
}

/** The answer with a link (documented). */
export function readyAnswer(preSignedUrl: string): Answer {
	return jsonAnswer(200, { success: true, message: READY, data: { preSignedUrl } });
}

/** The answer to an unknown uuid (documented). */
export function notFoundAnswer(uuid: string, status = 400): Answer {
	return jsonAnswer(status, { success: false, message: `Report not found for report id:${uuid}` });
}

/** The answer while a report is being made, in one of the forms that cannot be excluded (assumed, all of them). */
export function pendingAnswer(form: PendingAnswer, uuid: string): Answer {
	switch (form) {
		case '202':
			return queuedAnswer(uuid);
		case '200WithoutUrl':
			return jsonAnswer(200, { success: true, message: QUEUED, data: {} });
		case '404':
			return notFoundAnswer(uuid, 404);
		case '400NotFound':
			return notFoundAnswer(uuid);
	}
}

function parseObject(text: string): Record<string, unknown> | null {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
	} catch {
		return null;
	}
}
