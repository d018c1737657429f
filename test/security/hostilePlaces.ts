/** Every place of the package that reads an answer of another system. */
import type { FaultCondition, FaultPlan, SystemName } from '../simulators';
import type { RunReport } from '../harness';
import type { Bench, NodeType } from '../nodes/bench';
import { UUID } from '../nodes/failureTable';
import { eventsOf, startTarget } from '../nodes/SiemWebhook/receivers';
import type { Wrap } from './hostileCases';
import type { Writer } from './hostileWriters';

export interface Place {
	name: string;
	/** How codes of this place begin; the rest is the case's. */
	prefix: string;
	/** `stored`: byte for byte, whatever it is. */
	form: 'json' | 'csv' | 'stored';
	/** The one place of its sender (with a credential, by a credential, without one) that meets the dear answers in `npm test`, too. */
	forDearAnswers?: true;
	wrap: Wrap;
	/** Runs the node against a server that answers there with the writer. */
	run: (bench: Bench, writer: Writer) => Promise<RunReport>;
}

/** Faults of a world that may be told, at the place's own path alone. */
function inWorld(node: NodeType, parameters: object, system: SystemName, on: FaultCondition, credentials?: object): Place['run'] {
	return async (bench, writer) => {
		const world = await bench.world({ safe: { options: { readyAfterPolls: 0 } } });
		(world[system].faults as FaultPlan).add({ on, do: { raw: writer } });
		return await bench.run(node, parameters, { ...world.credentials, ...credentials } as never);
	};
}

const event = (value: string) => `{"eventId":"9001","eventLogDate":"2026-01-15T09:59:00.000Z","activityKey":"SIGNIN_FAILURE","result":"FAIL","adminUserName":"a","message":${value}}`;
const page: Wrap = (value) => `{"totalPages":1,"totalElements":1,"pageSize":100,"elements":[${event(value)}]}`;
const token = (member: string): Wrap => (value) => `{"${member}":"fake-token-of-the-host","expires_in":3600,"x":${value}}`;

const securId = (name: string, log: string): Place => ({
	name: `SecurID, page of the ${name}`,
	prefix: 'SECURID',
	form: 'json',
	...(log === 'admin' && { forDearAnswers: true }),
	wrap: page,
	run: inWorld('securIdAdminLog', { log, returnAll: true, output: 'vendor' }, 'securId', { path: /exportlogs/ }),
});

const waits = { options: { timeout: 1, pollInterval: 0.5 } };
const family = { options: { ...waits.options, apiFamily: 'auditLogsExport' } };

const SIEM_ANSWERS: Record<string, Wrap> = {
	splunkHec: (value) => `{"code":0,"text":${value}}`,
	elasticBulk: (value) => `{"errors":false,"items":[{"create":{"status":201,"x":${value}}}]}`,
	sentinel: (value) => `{"x":${value}}`,
	datadog: (value) => `{"x":${value}}`,
	sumo: (value) => `{"x":${value}}`,
	generic: (value) => `{"x":${value}}`,
};

function siem(destination: string, wrap: Wrap, path?: RegExp): Place {
	return {
		name: path ? 'Microsoft Entra, token' : `SIEM Webhook, answer of ${destination}`,
		prefix: 'SIEM',
		form: 'json',
		wrap,
		async run(bench, writer) {
			const { credential, parameters, receiver } = await startTarget(bench, destination);
			// Sentinel's fake serves the sign-in, too; the deliveries alone are meant unless the token is.
			receiver.faults.add({ on: { path: path ?? (destination === 'sentinel' ? /dataCollectionRules/ : /./) }, do: { raw: writer } });
			return await bench.run('siemWebhook', { ...parameters, options: { attempts: 2 } }, { siemWebhookApi: credential }, { input: eventsOf(1) });
		},
	};
}

export const PLACES: Place[] = [
	securId('admin log', 'admin'),
	securId('user event log', 'user'),
	securId('system log', 'system'),
	{ name: 'SecurID, OAuth token', prefix: 'SECURID-TOKEN', form: 'json', wrap: token('access_token'), run: inWorld('securIdAdminLog', { authentication: 'oAuth' }, 'securIdAuth', { path: /token$/ }) },
	{ name: 'SAFE, sign-in', prefix: 'SAFE', form: 'json', forDearAnswers: true, wrap: token('accessToken'), run: inWorld('safeUsers', { returnAll: true }, 'safe', { path: /\/auth$/ }) },
	{ name: 'SAFE, page of users', prefix: 'SAFE', form: 'json', wrap: (value) => `{"size":1,"next":null,"values":[{"uuid":"u-1","emailId":"a@example.com","firstName":${value}}]}`, run: inWorld('safeUsers', { returnAll: true }, 'safe', { path: /\/users$/ }) },
	{ name: 'SAFE, request of a report', prefix: 'SAFE', form: 'json', wrap: (value) => `{"success":true,"data":{"uuid":"${UUID}"},"x":${value}}`, run: inWorld('safeAuditExport', { operation: 'requestExport' }, 'safe', { method: 'POST', path: /\/reports$/ }) },
	{ name: 'SAFE, status of a report', prefix: 'SAFE', form: 'json', wrap: (value) => `{"success":true,"data":{"preSignedUrl":""},"x":${value}}`, run: inWorld('safeAuditExport', { operation: 'getExport', uuid: UUID, ...waits }, 'safe', { path: /\/reports\// }) },
	{ name: 'SAFE, request of an audit-logs export', prefix: 'SAFE', form: 'json', wrap: (value) => `{"uuid":"${UUID}","x":${value}}`, run: inWorld('safeAuditExport', { operation: 'requestExport', ...family }, 'safe', { method: 'POST', path: /audit-logs/ }) },
	{ name: 'SAFE, answer of an audit-logs export', prefix: 'SAFE', form: 'json', wrap: (value) => `{"logs":[{"timestamp":"2026-01-15T09:59:00Z","action":"x","details":${value}}]}`, run: inWorld('safeAuditExport', { operation: 'getMany', returnAll: true, ...family }, 'safe', { method: 'GET', path: /audit-logs/ }) },
	{ name: 'SAFE, file of a report, read', prefix: 'SAFE', form: 'csv', forDearAnswers: true, wrap: (value) => `Timestamp,User,Details\n2026-01-15T09:59:00Z,a,"{""x"":${value.replaceAll('"', '""')}}"\n`, run: inWorld('safeAuditExport', { operation: 'getMany', returnAll: true, ...waits }, 'storage', { path: /fake-safe-reports/ }) },
	{ name: 'SAFE, file of a report, stored', prefix: 'SAFE', form: 'stored', wrap: (value) => `Timestamp,User,Details\n2026-01-15T09:59:00Z,a,${value}\n`, run: inWorld('safeAuditExport', { operation: 'download', ...waits }, 'storage', { path: /fake-safe-reports/ }) },
	...Object.entries(SIEM_ANSWERS).map(([destination, wrap]) => siem(destination, wrap)),
	siem('sentinel', token('access_token'), /oauth2/),
];
