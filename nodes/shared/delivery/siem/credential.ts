import { createHmac } from 'node:crypto';
import { isAllowedOrigin } from '../../core/http';
import { redactorOf } from '../../core/redact';
import { siemFailure } from './failures';

export const DESTINATIONS = ['datadog', 'elasticBulk', 'generic', 'sentinel', 'splunkHec', 'sumo'] as const;
export type DestinationName = (typeof DESTINATIONS)[number];

/** The fields of the `siemWebhookApi` credential, as n8n hands them over. */
export interface SiemCredential {
	destination?: DestinationName;
	splunkUrl?: string;
	hecToken?: string;
	elasticUrl?: string;
	elasticAuthentication?: 'apiKey' | 'basic' | 'none';
	elasticApiKey?: string;
	username?: string;
	password?: string;
	dceUrl?: string;
	tenantId?: string;
	clientId?: string;
	clientSecret?: string;
	authority?: string;
	scope?: string;
	site?: string;
	datadogUrl?: string;
	datadogApiKey?: string;
	secretUrl?: string;
	webhookUrl?: string;
	webhookAuthentication?: 'none' | 'header' | 'bearer';
	headerName?: string;
	headerSecret?: string;
	bearerToken?: string;
	signingSecret?: string;
	allowHttp?: boolean;
	/** Kept by n8n: the token of the last sign-in at Microsoft Entra. */
	sessionToken?: string;
}

const NAMES: Record<DestinationName, string> = {
	datadog: 'Datadog',
	elasticBulk: 'Elasticsearch',
	generic: 'Generic Webhook',
	sentinel: 'Microsoft Sentinel',
	splunkHec: 'Splunk HEC',
	sumo: 'Sumo Logic',
};

/** Name of a destination on screen. */
export function destinationName(destination: string): string {
	return Object.hasOwn(NAMES, destination) ? NAMES[destination as DestinationName] : destination;
}

/** Fields that hold an address, with their name on screen and the path that users paste along with it. */
const ADDRESSES = {
	splunkUrl: ['HEC URL', /\/services\/collector(\/(event|raw|health)(\/1\.0)?)?$/],
	elasticUrl: ['Elasticsearch URL', /\/_bulk$/],
	dceUrl: ['Logs Ingestion URL', /\/dataCollectionRules\/.*$/i],
	datadogUrl: ['Intake URL', /\/api\/v2\/logs$/],
	authority: ['Authority', /\/oauth2\/v2\.0\/token$/],
	secretUrl: ['HTTP Source URL', undefined],
	webhookUrl: ['Webhook URL', undefined],
} as const satisfies Record<string, [string, RegExp | undefined]>;

/**
 * Base address of all requests of a credential, without a slash at its end; whole for Sumo Logic and generic webhooks.
 * Throws a `Failure` that names the field; it never repeats the address, which may be the secret.
 */
export function baseUrlOf(credential: SiemCredential): string {
	switch (credential.destination ?? 'splunkHec') {
		case 'splunkHec':
			return addressIn(credential, 'splunkUrl');
		case 'elasticBulk':
			return addressIn(credential, 'elasticUrl');
		case 'sentinel':
			return addressIn(credential, 'dceUrl');
		case 'datadog':
			return credential.site === 'custom' ? addressIn(credential, 'datadogUrl') : `https://http-intake.logs.${siteOf(credential)}`;
		case 'sumo':
			return addressIn(credential, 'secretUrl');
		default:
			return addressIn(credential, 'webhookUrl');
	}
}

/** Datadog's sites are listed; anything else could lead the key to another host. */
function siteOf({ site = 'datadoghq.com' }: SiemCredential): string {
	if (/^([a-z0-9]+\.)?(datadoghq\.(com|eu)|ddog-gov\.com)$/.test(site)) return site;
	throw siemFailure('SIEM-URL', { values: { field: 'Site', detail: 'it is not in the list' } });
}

/** An address field, checked. Throws a `Failure`. */
export function addressIn(credential: SiemCredential, field: keyof typeof ADDRESSES): string {
	const [name, pasted] = ADDRESSES[field];
	const refuse = (detail: string) => siemFailure('SIEM-URL', { values: { field: name, detail } });
	const text = required(credential, field, name).replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '');
	if (/[\s\p{Cf}]/u.test(text)) throw refuse('it has blanks or invisible characters inside');
	const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
	if (!URL.canParse(withScheme)) throw refuse('it is not a URL');
	const url = new URL(withScheme);
	if (url.username || url.password) throw refuse('it holds a user name or password');
	const plainAllowed = credential.allowHttp === true && url.protocol === 'http:';
	if (!isAllowedOrigin(url) && !plainAllowed) throw refuse('it does not start with https://');
	if (!pasted) return `${url.origin}${url.pathname}${url.search}`;
	return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(pasted, '');
}

/** A field that must not be empty. Throws a `Failure` that names it. */
export function required(credential: SiemCredential, field: keyof SiemCredential, name: string): string {
	const value = String(credential[field] ?? '');
	if (!value.trim()) throw siemFailure('SIEM-FIELD-EMPTY', { values: { field: name, where: 'it is in the credential' } });
	return value;
}

/** Whether batches are signed as Standard Webhooks. A secret that another destination left in its hidden field does not count. */
export function isSigned({ destination, signingSecret = '' }: SiemCredential): boolean {
	return destination === 'generic' && signingSecret.trim() !== '';
}

/** Names on screen of the fields that hold the secret, for messages. */
export function secretFieldOf({ destination, elasticAuthentication, webhookAuthentication }: SiemCredential): string {
	if (destination === 'elasticBulk') return elasticAuthentication === 'basic' ? 'Username" and "Password' : 'API Key';
	return webhookAuthentication === 'header' ? 'Header Value' : webhookAuthentication === 'bearer' ? 'Bearer Token' : 'Signing Secret';
}

/**
 * Headers that prove who sends: in: the credential, the body, the request's own headers, the clock, and how a Sentinel token is found.
 * Throws a `Failure` for empty fields, before anything is sent.
 */
export function signedHeaders(
	credential: SiemCredential,
	body: Uint8Array,
	headers: Record<string, unknown>,
	nowMs: number,
	sessionToken: () => string,
): Record<string, string> {
	const field = (name: keyof SiemCredential, label: string) => headerText(required(credential, name, label), label);
	switch (credential.destination ?? 'splunkHec') {
		case 'splunkHec':
			return { authorization: `Splunk ${field('hecToken', 'HEC Token').replace(/^splunk\s+/i, '')}` };
		case 'elasticBulk':
			return elasticHeaders(credential);
		case 'sentinel':
			return { authorization: `Bearer ${sessionToken()}` };
		case 'datadog':
			return { 'dd-api-key': field('datadogApiKey', 'Datadog API Key') };
		case 'sumo':
			return {};
		default:
			return { ...webhookHeaders(credential), ...signature(credential, body, headers, nowMs) };
	}
}

function elasticHeaders(credential: SiemCredential): Record<string, string> {
	const { elasticAuthentication = 'apiKey' } = credential;
	if (elasticAuthentication === 'none') return {};
	if (elasticAuthentication === 'apiKey') {
		const key = headerText(required(credential, 'elasticApiKey', 'API Key'), 'API Key').replace(/^apikey\s+/i, '');
		// "id:key", as the console also shows it, is wanted in Base64.
		return { authorization: `ApiKey ${key.includes(':') ? Buffer.from(key).toString('base64') : key}` };
	}
	const pair = `${required(credential, 'username', 'Username').trim()}:${required(credential, 'password', 'Password')}`;
	return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function webhookHeaders(credential: SiemCredential): Record<string, string> {
	const { webhookAuthentication = 'none' } = credential;
	if (webhookAuthentication === 'bearer') {
		return { authorization: `Bearer ${headerText(required(credential, 'bearerToken', 'Bearer Token'), 'Bearer Token').replace(/^bearer\s+/i, '')}` };
	}
	if (webhookAuthentication !== 'header') return {};
	const name = required(credential, 'headerName', 'Header Name').trim().toLowerCase();
	if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
		throw siemFailure('SIEM-PARAMETER', { values: { field: 'Header Name', detail: 'it is not the name of an HTTP header' } });
	}
	return { [name]: headerText(required(credential, 'headerSecret', 'Header Value'), 'Header Value') };
}

/** A secret as it may stand in a header; Node's client would refuse others without naming our field. Throws a `Failure`. */
export function headerText(value: string, field: string): string {
	const text = value.trim();
	if (/^[\x20-\x7e]*$/.test(text)) return text;
	throw siemFailure('SIEM-PARAMETER', { values: { field, detail: 'it holds characters that a header cannot carry' } });
}

/**
 * The signature of Standard Webhooks: `v1,` and the Base64 HMAC-SHA256 of `id.timestamp.body`, under `webhook-signature`.
 * Several secrets, separated by blanks, give several signatures, as the receiver wants them while a secret is being changed.
 */
function signature(
	{ signingSecret = '' }: SiemCredential,
	body: Uint8Array,
	headers: Record<string, unknown>,
	nowMs: number,
): Record<string, string> {
	const secrets = signingSecret.split(/\s+/).filter(Boolean);
	if (secrets.length === 0) return {};
	const timestamp = String(Math.floor(nowMs / 1000));
	const start = `${String(headers['webhook-id'] ?? 'msg_test')}.${timestamp}.`;
	const signatures = secrets.map((secret) => `v1,${createHmac('sha256', keyIn(secret)).update(start).update(body).digest('base64')}`);
	return { 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

function keyIn(secret: string): Buffer {
	const text = secret.replace(/^whsec_/, '');
	const refuse = (detail: string) => siemFailure('SIEM-SECRET', { values: { detail } });
	if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) throw refuse('it is not Base64');
	const key = Buffer.from(text, 'base64');
	if (key.length < 8) throw refuse('it is too short');
	return key;
}

const SECRETS = ['hecToken', 'elasticApiKey', 'password', 'clientSecret', 'datadogApiKey', 'secretUrl', 'webhookUrl', 'headerSecret', 'bearerToken', 'signingSecret', 'sessionToken'] as const;

/** Takes the credential's secrets, in every form in which they are sent, out of a text that a receiver wrote. */
export function redactor(credential: SiemCredential): (text: string) => string {
	const held = SECRETS.map((name) => String(credential[name] ?? '').trim());
	// Webhooks, such as those of Slack, often have their secret in the address.
	const paths = held.filter((secret) => URL.canParse(secret)).map((secret) => new URL(secret)).flatMap(({ pathname, search }) => [`${pathname}${search}`, pathname, search.slice(1)]);
	const pair = credential.password ? [`${credential.username ?? ''}:${credential.password}`] : [];
	return redactorOf([...held, ...paths.filter((path) => path.length >= 8), ...pair]);
}
