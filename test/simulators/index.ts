import { systemClock, type Clock } from './clock';
import type { FaultPlan, FaultRule } from './faults';
import type { ListenOptions, RunningServer } from './http';
import { startSafe, type SafeOptions, type SafeSimulator } from './safe/server';
import { startAuthorization, type AuthorizationOptions, type AuthorizationServer } from './securid/authorization';
import { startSecurId, type SecurIdOptions, type SecurIdSimulator } from './securid/server';
import { startSiem, type SiemOptions, type SiemSimulator } from './siem/server';
import { startSlack, type SlackOptions, type SlackSimulator } from './slack/server';
import { startStorage, type StorageBehaviour, type StorageSimulator } from './storage/server';
import { createTenant, type Tenant, type TenantOptions } from './tenant';

export { fixedClock, systemClock, type Clock, type FixedClock } from './clock';
export { readCefLine, type CefLine } from './cef';
export { startDatadog, type DatadogSimulator } from './datadog/server';
export { startElasticBulk, type ElasticBulkSimulator } from './elastic/server';
export {
	FaultPlan,
	type Echo,
	type Fault,
	type FaultCondition,
	type FaultKind,
	type FaultRule,
	type FaultUse,
} from './faults';
export type { LoggedRequest, RunningServer } from './http';
export { startSafe, type SafeSimulator } from './safe/server';
export { createJwk, publicPart, type ApiClient, type AuthorizationServer, type PrivateJwk } from './securid/authorization';
export { startSecurId, type SecurIdSimulator } from './securid/server';
export { startSentinel, type SentinelSimulator } from './sentinel/server';
export { startSiem, type SiemSimulator } from './siem/server';
export { findSlackMentions, renderSlackText } from './slack/renderText';
export { startSlack, type SlackSimulator } from './slack/server';
export { startSplunkHec, type SplunkHecSimulator } from './splunk/server';
export { startStandardWebhooks, type StandardWebhooksSimulator } from './standardWebhooks/server';
export { startStorage, type StorageSimulator } from './storage/server';
export { startSumo, type SumoSimulator } from './sumo/server';
export {
	createTenant,
	tenantDigest,
	type AdminEvent,
	type CodedEvent,
	type CodedEventDraft,
	type CodedLog,
	type SafeRow,
	type SafeUser,
	type Tenant,
} from './tenant';

/** The systems of a world, by the names used in its options. */
export type SystemName = 'securId' | 'securIdAuth' | 'safe' | 'storage' | 'slack' | 'siem';

type Tuned<Options> = Partial<Omit<Options, 'tenant' | 'storage' | keyof ListenOptions>>;

/**
 * What can be chosen about a world. Without a clock the machine's own is used: a client cannot sign a token for another
 * time unless it is given the same clock. `ports` default to free ones; fixed ones are for demos.
 */
export interface WorldOptions extends TenantOptions {
	clock?: Clock;
	faults?: Partial<Record<SystemName, FaultPlan | FaultRule[]>>;
	ports?: Partial<Record<SystemName, number>>;
	securId?: Tuned<SecurIdOptions>;
	securIdAuth?: Tuned<AuthorizationOptions>;
	safe?: Tuned<SafeOptions>;
	storage?: Partial<StorageBehaviour>;
	slack?: Tuned<SlackOptions>;
	siem?: Tuned<SiemOptions>;
}

/** Credential data by n8n's credential type, ready to be typed into n8n or handed to a test bench. */
export interface WorldCredentials {
	safeApi: {
		region: 'custom';
		baseUrl: string;
		authentication: 'apiCredentials';
		username: string;
		password: string;
	};
	securIdApi: { keySource: 'file'; privateKeyFile: string };
	securIdOAuthApi: { issuerUrl: string; clientId: string; privateKey: string; apiUrl: string; scope: string[] };
	slackApi: { accessToken: string };
	httpHeaderAuth: { name: string; value: string };
	siemWebhookApi: {
		destination: 'generic';
		webhookUrl: string;
		webhookAuthentication: 'header';
		headerName: string;
		headerSecret: string;
	};
}

/** Every simulator on one tenant and one clock. */
export interface World {
	tenant: Tenant;
	clock: Clock;
	securId: SecurIdSimulator;
	/** The authorization server of SecurID's OAuth clients. */
	securIdAuth: AuthorizationServer;
	safe: SafeSimulator;
	storage: StorageSimulator;
	slack: SlackSimulator;
	siem: SiemSimulator;
	credentials: WorldCredentials;
	/** Rules that never acted, over all systems. */
	unusedFaults(): FaultRule[];
	close(): Promise<void>;
}

/**
 * Starts one fake of each system.
 * In: the tenant's seed and end, and what should differ from the defaults. Out: the running world.
 * Fails when a port is taken; what was started by then is closed again.
 */
export async function startWorld(options: WorldOptions): Promise<World> {
	const { clock = systemClock } = options;
	const tenant = createTenant(options);
	const started: RunningServer[] = [];
	const listen = (name: SystemName): ListenOptions => ({
		clock,
		port: options.ports?.[name],
		faults: options.faults?.[name],
	});
	const keep = async <Server extends RunningServer>(starting: Promise<Server>): Promise<Server> => {
		const server = await starting;
		started.push(server);
		return server;
	};
	const close = async () => {
		await Promise.all(started.map((server) => server.close()));
	};
	let complete = false;
	try {
		const storage = await keep(startStorage({ ...listen('storage'), behaviour: options.storage }));
		const credentials = {
			username: 'fake-api-user',
			password: 'fake:pass"word+/=',
			...options.safe?.credentials,
		};
		const safe = await keep(startSafe({ ...options.safe, ...listen('safe'), tenant, storage, credentials }));
		// Each has to know the other: the API whose tokens to trust, the issuer for whom they are.
		let trusted: AuthorizationServer | undefined;
		const securId = await keep(startSecurId({ issuer: () => trusted, ...options.securId, ...listen('securId'), tenant }));
		const audience = securId.adminRestApiUrl.replace(/\/$/, '');
		const securIdAuth = await keep(startAuthorization({ audience, ...options.securIdAuth, ...listen('securIdAuth') }));
		trusted = securIdAuth;
		const slack = await keep(startSlack({ ...options.slack, ...listen('slack') }));
		const siem = await keep(startSiem({ ...options.siem, ...listen('siem') }));
		complete = true;
		return {
			tenant,
			clock,
			securId,
			securIdAuth,
			safe,
			storage,
			slack,
			siem,
			credentials: {
				safeApi: { region: 'custom', baseUrl: safe.url, authentication: 'apiCredentials', ...credentials },
				securIdApi: { keySource: 'file', privateKeyFile: JSON.stringify(securId.keyFile) },
				securIdOAuthApi: {
					issuerUrl: securIdAuth.issuer,
					clientId: securIdAuth.clients.rsa.clientId,
					privateKey: JSON.stringify(securIdAuth.clients.rsa.privateJwk),
					apiUrl: securId.adminRestApiUrl,
					scope: ['rsa.audit.admin', 'rsa.audit.user', 'rsa.audit.system'],
				},
				slackApi: { accessToken: slack.token },
				httpHeaderAuth: { name: siem.headerName, value: siem.token },
				siemWebhookApi: {
					destination: 'generic',
					webhookUrl: siem.endpoint,
					webhookAuthentication: 'header',
					headerName: siem.headerName,
					headerSecret: siem.token,
				},
			},
			unusedFaults: () => [...new Set(started.flatMap((server) => server.faults.unused()))],
			close,
		};
	} finally {
		if (!complete) await close();
	}
}
