/** The fake receivers of the SIEM Webhook's tests, each with the credential and parameters that fit, and events to send. */
import type { RunReport } from '../../harness';
import {
	startDatadog,
	startElasticBulk,
	startSentinel,
	startSplunkHec,
	startStandardWebhooks,
	startSumo,
	type FaultRule,
	type RunningServer,
} from '../../simulators';
import type { ElasticBulkOptions } from '../../simulators/elastic/server';
import type { Bench, BenchRun } from '../bench';
import { NOW } from '../time';

/** What the tests ask of any fake receiver. */
export interface Receiver extends RunningServer {
	/** Stored events, repeats included; the id as the fake found it. */
	events: Array<{ id: string | null; event: unknown }>;
	batches: Array<{ ids: Array<string | null>; wireBytes: number; plainBytes: number; headers: Record<string, unknown> }>;
	ids(): string[];
}

export interface Troubles {
	faults?: FaultRule[];
	poison?: string[];
	maxEvents?: number;
	maxBytes?: number;
	/** Elasticsearch: what becomes of single events. */
	decide?: ElasticBulkOptions['decide'];
}

export interface Target {
	receiver: Receiver;
	credential: Record<string, unknown>;
	parameters: Record<string, unknown>;
}

/** Nobody's hours pass here, so that signatures and tokens are of the tests' own time. */
const clock = { now: () => Date.now() };

/** How to start each destination. Faults of Sentinel hit deliveries alone, not the sign-in. */
export const TARGETS: Record<string, (troubles?: Troubles) => Promise<Target>> = {
	async splunkHec(troubles = {}) {
		const receiver = await startSplunkHec({ ...troubles, clock });
		return {
			receiver,
			credential: { destination: 'splunkHec', splunkUrl: receiver.url, hecToken: receiver.token },
			parameters: { destination: 'splunkHec' },
		};
	},
	async elasticBulk(troubles = {}) {
		const receiver = await startElasticBulk({ ...troubles, clock });
		return {
			receiver,
			credential: { destination: 'elasticBulk', elasticUrl: receiver.url, elasticApiKey: receiver.apiKey },
			parameters: { destination: 'elasticBulk', index: 'logs-securid.admin-default' },
		};
	},
	async sentinel({ faults = [], ...troubles } = {}) {
		const path = /^\/dataCollectionRules/;
		const receiver = await startSentinel({ ...troubles, clock, faults: faults.map((rule) => ({ ...rule, on: { path, ...rule.on } })) });
		const { tenantId, clientId, clientSecret } = receiver.app;
		return {
			receiver,
			credential: { destination: 'sentinel', dceUrl: receiver.endpoint, authority: receiver.url, tenantId, clientId, clientSecret },
			parameters: { destination: 'sentinel', dcrImmutableId: receiver.ruleId, stream: receiver.streams[0] },
		};
	},
	async datadog(troubles = {}) {
		const receiver = await startDatadog({ ...troubles, clock });
		return {
			receiver,
			credential: { destination: 'datadog', site: 'custom', datadogUrl: receiver.url, datadogApiKey: receiver.apiKey },
			parameters: { destination: 'datadog' },
		};
	},
	async sumo(troubles = {}) {
		const receiver = await startSumo({ ...troubles, clock });
		return { receiver, credential: { destination: 'sumo', secretUrl: receiver.endpoint }, parameters: { destination: 'sumo' } };
	},
	async generic(troubles = {}) {
		const receiver = await startStandardWebhooks({ ...troubles, clock });
		return {
			receiver: receiver as unknown as Receiver,
			credential: { destination: 'generic', webhookUrl: receiver.endpoint, signingSecret: receiver.secret },
			parameters: { destination: 'generic', format: 'json' },
		};
	},
};

/** Starts one and ends it with the test. */
export async function startTarget(bench: Bench, destination: string, troubles?: Troubles): Promise<Target> {
	const target = await TARGETS[destination](troubles);
	bench.endWithTest(() => target.receiver.close());
	return target;
}

/** Simplified events with ids as long as SecurID's, a second apart. */
export function eventsOf(count: number): Array<Record<string, unknown>> {
	return Array.from({ length: count }, (_none, at) => ({
		eventId: `72925992944529${String(at).padStart(6, '0')}`,
		eventTime: new Date(NOW - (count - at) * 1000).toISOString(),
		action: at % 3 === 0 ? 'SIGNIN_FAILURE' : 'SIGNIN_SUCCESS',
		category: 'authentication',
		outcome: at % 3 === 0 ? 'failure' : 'success',
		severity: at % 3 === 0 ? 'medium' : 'info',
		actor: `user${at % 50}@example.com`,
		sourceIp: '198.51.100.7',
		target: null,
		message: `Sign-in ${at} with "quotes", ünïcode and a \\ backslash`,
	}));
}

/** Runs the node on a target. */
export async function deliverTo(
	bench: Bench,
	{ credential, parameters }: Target,
	input: object[],
	more: Record<string, unknown> = {},
	settings: BenchRun = {},
): Promise<RunReport> {
	return await bench.run('siemWebhook', { ...parameters, ...more }, { siemWebhookApi: credential }, { ...settings, input: input.map((json) => ({ json: json as never })) });
}

export const deliveredOf = (report: RunReport) => report.items('Node').map(({ json }) => json as Record<string, unknown>);
export const failedOf = (report: RunReport) => report.items('Node', 1).map(({ json }) => json as Record<string, unknown>);
export const countOf = (report: RunReport) => deliveredOf(report).reduce((sum, { count }) => sum + Number(count), 0);
