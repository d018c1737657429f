import { buildUrl, type HttpRequest, type HttpResponse } from '../core/http';
import { isReportId, membersOf, objectIn, safeRefusal } from './answers';
import { auditLogsUuidIn, auditLogsStateIn } from './auditLogsAnswers';
import { safeFailure } from './failures';

/** The two sets of endpoints from which SAFE gives its audit log. */
export type ExportFamilyName = 'reports' | 'auditLogsExport';

/** How the number of days is written for `auditLogsExport`, whose body the vendor describes in prose alone. */
export type DaysForm = 'days' | 'reportMeta' | 'number';

export interface ExportChoice {
	family: ExportFamilyName;
	daysForm: DaysForm;
}

/** Where the content of a finished export is. A `link` is a secret: it opens the file for anyone, for five minutes (documented). */
export type ReportFile = { link: string } | { content: string };

/** Where an export stands; `said` tells what the answer of an unfinished one looked like. */
export type ReportState = ({ ready: true } & ReportFile) | { ready: false; said: string };

/** One set of endpoints: where to ask, what to send, what the answers mean. */
export interface ExportFamily {
	path: string;
	body(days: number): unknown;
	/** The uuid in a good answer to the request. Throws `Failure`. */
	uuidIn(answer: HttpResponse): string;
	/** What an answer about an export means. Throws `Failure` for refusals and for answers that cannot be understood. */
	stateIn(answer: HttpResponse, nowMs: number): ReportState;
}

const DAYS_BODIES: Record<DaysForm, (days: number) => unknown> = {
	days: (days) => ({ days }),
	reportMeta: (days) => ({ reportMeta: { days } }),
	number: (days) => days,
};

/** The family behind a choice. Source of `reports`: documented with samples. Of `auditLogsExport`: paths documented, bodies and answers in prose alone. */
export function exportFamily({ family, daysForm }: ExportChoice): ExportFamily {
	if (family === 'reports') return REPORTS;
	return {
		path: '/api/v3/audit-logs/export',
		body: DAYS_BODIES[daysForm],
		uuidIn: auditLogsUuidIn,
		stateIn: (answer, nowMs) => unfinishedIn(answer) ?? auditLogsStateIn(goodAnswer(answer, nowMs)),
	};
}

/** The request that queues an export. */
export function exportRequest(origin: string, family: ExportFamily, days: number): Pick<HttpRequest, 'method' | 'url' | 'headers' | 'json'> {
	return { method: 'POST', url: buildUrl(origin, family.path), headers: { accept: 'application/json' }, json: family.body(days) };
}

const REPORTS: ExportFamily = {
	path: '/api/v3/reports',
	body: (days) => ({ type: 'AUDIT_LOGS', format: 'csv', reportMeta: { days } }),
	uuidIn: (answer) => {
		const body = objectIn(answer);
		const uuid = dataOf(body).uuid ?? body.uuid;
		if (isReportId(uuid)) return uuid;
		throw safeFailure('SAFE-BODY-SHAPE', { status: answer.status, values: { expected: 'data.uuid', detail: membersOf(body) } });
	},
	stateIn: (answer, nowMs) => {
		const unfinished = unfinishedIn(answer);
		if (unfinished) return unfinished;
		const body = objectIn(goodAnswer(answer, nowMs));
		const link = dataOf(body).preSignedUrl ?? body.preSignedUrl;
		return typeof link === 'string' && link ? { ready: true, link } : { ready: false, said: 'no link yet' };
	},
};

/**
 * A report that is being made and an unknown uuid look alike ("Report not found…", 400; documented), so that text, 404 and 202
 * count as not ready; the caller's deadline tells them apart.
 */
function unfinishedIn({ status, text }: HttpResponse): ReportState | undefined {
	const isUnfinished = status === 404 || status === 202 || (status === 400 && /report not found/i.test(text));
	return isUnfinished ? { ready: false, said: `HTTP ${status}` } : undefined;
}

function goodAnswer(answer: HttpResponse, nowMs: number): HttpResponse {
	if (answer.status !== 200) throw safeRefusal(answer, nowMs);
	return answer;
}

function dataOf(body: Record<string, unknown>): Record<string, unknown> {
	return typeof body.data === 'object' && body.data !== null ? (body.data as Record<string, unknown>) : {};
}
