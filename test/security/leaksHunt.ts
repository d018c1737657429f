/** The hunt: after each run, every secret is looked for in all that the run shows and keeps, and in the requests to all who do not own it. */
import { createPrivateKey } from 'node:crypto';
import { stringify } from 'flatted';
import type { INodeExecutionData } from 'n8n-workflow';
import type { RunReport } from '../harness';
import type { ReceivedRequest } from '../harness/localServer';
import type { LoggedRequest, PrivateJwk, World } from '../simulators';
import { ENCODINGS, Finder, type Secret } from './leaksFinder';
import { everythingIn } from './leaksHaystack';

type Request = Pick<LoggedRequest, 'method' | 'headers' | 'body'> & { target: string; path: string };

/** A secret, and which requests may carry it. */
export interface OwnedSecret extends Secret {
	mayReach: (server: string, path: string) => boolean;
}

/** A server and all that it was asked; `name` is what secrets know their owners by. */
export interface Watched {
	name: string;
	requests: ReadonlyArray<LoggedRequest | ReceivedRequest>;
}

/** What one run has to be innocent of. */
export interface Deed {
	label: string;
	/** Reports, items, errors, results, log lines. */
	shown: unknown[];
	secrets: OwnedSecret[];
	servers: Watched[];
}

export class Hunt {
	private runs = 0;
	private haystacks = 0;
	private requests = 0;
	private readonly names = new Set<string>();

	constructor(private readonly title: string) {}

	/** Searches what came of one run. Out: what was found in it. */
	async search({ label, shown, secrets, servers }: Deed): Promise<string[]> {
		const finder = new Finder(secrets);
		secrets.forEach(({ name }) => this.names.add(name));
		this.runs++;
		const found = new Set<string>();
		for (const thing of shown) {
			for (const haystack of isReport(thing) ? await textsOfRun(thing) : everythingIn(thing)) {
				this.haystacks++;
				finder.find(haystack).forEach((name) => found.add(`${label}: shows ${name}`));
			}
		}
		for (const { name: server, requests } of servers) {
			for (const request of requests) {
				this.requests++;
				const { path, text } = textOfRequest(request);
				for (const name of finder.find(text)) {
					const strayed = secrets.some((secret) => name.startsWith(`${secret.name} (`) && !secret.mayReach(server, path));
					if (strayed) found.add(`${label}: sends ${name} to ${server} (${path})`);
				}
			}
		}
		return [...found];
	}

	/** The counts, for the log of the tests. */
	summary(): string {
		const { title, names, runs, haystacks, requests } = this;
		return `leak hunt, ${title}: ${names.size} secrets × ${ENCODINGS.length} encodings × ${runs} runs, ${haystacks} haystacks and ${requests} requests searched\n${[...names].sort().join(', ')}`;
	}
}

function isReport(thing: unknown): thing is RunReport {
	return typeof thing === 'object' && thing !== null && 'runData' in thing && 'binary' in thing;
}

/** A run as people see it, as the editor gets it, as n8n's server writes it into its database, and its files. */
async function textsOfRun(report: RunReport): Promise<Array<string | Buffer>> {
	const { runData, data, error, staticData } = report;
	const items = Object.values(runData).flatMap((runs) => runs.flatMap((run) => Object.values(run.data ?? {}).flatMap((outputs) => outputs.flatMap((output) => output ?? []))));
	const files = await Promise.all(items.flatMap((item: INodeExecutionData) => Object.keys(item.binary ?? {}).map(async (name) => await report.binary(item, name))));
	return [...everythingIn([runData, data, error, staticData]), JSON.stringify({ runData, error }), stringify(data ?? { resultData: { runData, error } }), ...files];
}

function textOfRequest(request: LoggedRequest | ReceivedRequest): { path: string; text: string } {
	const { method, headers, path, target, body }: Request = 'target' in request ? request : { ...request, target: request.path, body: request.body.toString('latin1') };
	return { path, text: [`${method} ${target}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`), body].join('\n') };
}

/** The parts of an RSA or EC key that are nobody's but its owner's. */
export function partsOfKey(name: string, { d, p, q, dp, dq, qi }: Partial<PrivateJwk>): Secret[] {
	return [d, p, q, dp, dq, qi].flatMap((part) => (part === undefined ? [] : [{ name, value: Buffer.from(part, 'base64url') }]));
}

const nobody = () => false;
const only = (...owners: string[]) => (server: string) => owners.includes(server);

/** Payload and signature; the header is the same in all. */
function tokenParts(name: string, token: string, mayReach: OwnedSecret['mayReach']): OwnedSecret[] {
	const [, payload = '', signature = ''] = token.split('.');
	return [
		{ name, value: signature, mayReach },
		// Tokens of one minute may share half their claims, so that only their way to people counts.
		{ name: `claims of ${name}`, value: payload, mayReach: () => true },
	].filter(({ value }) => value.length >= 8);
}

const bearerOf = ({ headers }: LoggedRequest) => String(headers.authorization ?? '').replace(/^bearer /i, '');

/** Every secret of a world as it is now: of its credentials, and of what was sent to its servers. */
export function secretsOfWorld({ credentials, safe, securId, securIdAuth, storage }: World, pasted: string[] = []): OwnedSecret[] {
	const { username, password } = credentials.safeApi;
	const pem = securId.keyFile.accessKey;
	const { rsa, ec } = securIdAuth.clients;
	const owned = (secrets: Secret[], mayReach: OwnedSecret['mayReach']) => secrets.map((secret) => ({ ...secret, mayReach }));
	const sessions = new Set(safe.requests.filter(({ headers }) => /^bearer /i.test(headers.authorization ?? '')).map(bearerOf));
	const links = [...storage.requests, ...storage.mirror.requests].map(({ query, target }) => ({ query: target.split('?')[1] ?? '', signature: query.get('X-Amz-Signature') ?? '' }));
	const signed = securId.requests.map(bearerOf);
	const assertions = securIdAuth.requests.flatMap(({ body }) => new URLSearchParams(body).get('client_assertion') ?? []);
	return [
		{ name: 'SAFE API username', value: username, mayReach: only('safe') },
		{ name: 'SAFE API password', value: password, mayReach: only('safe') },
		...pasted.map((value) => ({ name: 'SAFE access token, pasted', value, mayReach: only('safe') })),
		...[...sessions].filter((token) => token.length > 12 && !pasted.includes(token)).map((value) => ({ name: 'SAFE session token', value, mayReach: only('safe') })),
		...owned(
			[
				{ name: 'SecurID private key', value: Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64') },
				...partsOfKey('parts of the SecurID private key', createPrivateKey(pem).export({ format: 'jwk' }) as PrivateJwk),
				...partsOfKey('private members of the OAuth JWK', rsa.privateJwk),
				...partsOfKey('private members of the OAuth JWK', ec.privateJwk),
			],
			nobody,
		),
		...signed.flatMap((token) => tokenParts(issuedBy(token) ? 'OAuth access token' : 'SecurID signed JWT', token, only('securId'))),
		...assertions.flatMap((assertion) => tokenParts('OAuth client assertion', assertion, only('securIdAuth'))),
		...links.flatMap(({ query, signature }) => [
			{ name: 'pre-signed URL', value: query, mayReach: only('storage', 'mirror') },
			{ name: 'signature of a pre-signed URL', value: signature, mayReach: only('storage', 'mirror') },
		]),
	].filter(({ value }) => value.length >= 8);
}

function issuedBy(token: string): boolean {
	try {
		return 'iss' in (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object);
	} catch {
		return false;
	}
}

/** The servers of a world under the names that its secrets know. */
export function serversOfWorld({ safe, securId, securIdAuth, storage, slack, siem }: World): Watched[] {
	const named = { safe, 'safe trap': safe.trap, securId, securIdAuth, storage, mirror: storage.mirror, slack, siem };
	return Object.entries(named).map(([name, { requests }]) => ({ name, requests }));
}
