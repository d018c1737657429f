/** What a run shows to people and keeps, and the secrets that must not be in it. */
import { inspect } from 'node:util';
import type { CredentialTestResult, RunReport } from '../harness';
import type { LoggedRequest, World } from '../simulators';

/** Everything of runs that n8n shows, stores or logs: items, hints, errors with their hidden members, log lines. */
export function shown(things: Array<RunReport | CredentialTestResult | string>): string {
	const all = { showHidden: true, depth: Infinity, maxArrayLength: null, maxStringLength: null } as const;
	return things
		.map((thing) => {
			if (typeof thing === 'string') return thing;
			if (!('runData' in thing)) return thing.message;
			return `${JSON.stringify(thing.runData)}\n${inspect([thing.runData, thing.error], all)}`;
		})
		.join('\n');
}

/** Every secret of a world: what its credentials hold, what was sent as a token, and each download link that was given. */
export function secretsOf({ credentials, safe, securId, securIdAuth, storage }: World): string[] {
	const { username, password } = credentials.safeApi;
	const keyLines = securId.keyFile.accessKey.split('\n').filter((line) => line && !line.startsWith('-----'));
	const { d: rsa = '', p: prime = '' } = securIdAuth.clients.rsa.privateJwk;
	const { d: ec = '' } = securIdAuth.clients.ec.privateJwk;
	const links = [...storage.requests, ...storage.mirror.requests].flatMap(({ target }) => [target, target.split('?')[1]]);
	return [
		password,
		'pasted-fake-token',
		Buffer.from(`${username}:${password}`).toString('base64'),
		...keyLines,
		...[rsa, prime, ec],
		...securIdAuth.requests.map(({ body }) => new URLSearchParams(body).get('client_assertion') ?? ''),
		...[safe, securId, safe.trap].flatMap(({ requests }) => requests.flatMap(bearerOf)),
		...links,
		'X-Amz-Signature=',
		'X-Amz-Security-Token=',
	].filter(Boolean);
}

/** The token of a request, whole and, for a signed one, its claims and its signature. */
function bearerOf({ headers }: LoggedRequest): string[] {
	const token = headers.authorization?.replace(/^\w+ /, '') ?? '';
	return [token, ...(token.split('.').length === 3 ? token.split('.').slice(1) : [])];
}

/** The secrets that are shown after all; none, when all is well. */
export function leaks(things: Array<RunReport | CredentialTestResult | string>, secrets: string[]): string[] {
	const text = shown(things);
	// As JSON and `inspect` write it too.
	return secrets.filter((secret) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)));
}
