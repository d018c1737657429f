import { randomBytes } from 'node:crypto';

import type { Answer } from '../answers';
import { systemClock } from '../clock';
import { startServer, type ListenOptions, type LoggedRequest, type RunningServer } from '../http';
import { judgeSignature, type AwsFault, type AwsKey } from './signature';

/** A role that may be assumed, by whom and with which external id. */
export interface AwsRole {
	arn: string;
	externalId: string;
	trustedKeyId: string;
}

/** What can be chosen about the fake STS. `sessionSeconds` is how long a session lives (default 3,600, as at AWS). */
export interface StsOptions extends ListenOptions {
	region?: string;
	key?: AwsKey;
	role?: AwsRole;
	sessionSeconds?: number;
	/** Hears of each session, for fakes that keep keys of their own. */
	onSession?: (session: AwsKey) => void;
}

/** A running fake of STS. Other fakes of AWS ask `keyOf` whether they know a key. */
export interface StsSimulator extends RunningServer {
	region: string;
	key: AwsKey;
	role: AwsRole;
	/** Every session given out, in order; a test may end one by its `expiresAtMs`. */
	sessions: AwsKey[];
	keyOf(accessKeyId: string): AwsKey | undefined;
}

const FAULTS: Record<AwsFault, [status: number, code: string]> = {
	unsigned: [403, 'MissingAuthenticationToken'],
	incomplete: [400, 'IncompleteSignature'],
	unknownKey: [403, 'InvalidClientTokenId'],
	wrongToken: [403, 'InvalidClientTokenId'],
	expiredToken: [403, 'ExpiredToken'],
	wrongScope: [403, 'SignatureDoesNotMatch'],
	skewed: [403, 'SignatureDoesNotMatch'],
	mismatch: [403, 'SignatureDoesNotMatch'],
};

/**
 * Starts a fake of AWS STS: `AssumeRole` and `GetCallerIdentity` (n8n's credential test), as form or query, answers in XML.
 * Signatures are verified. AssumeRole by a key that the role does not trust, or with another external id, is AccessDenied.
 * Sessions are random, so tests never compare them. Fails when the port is taken.
 * Source: AWS API reference of STS, version 2011-06-15, as n8n's credential uses it (general knowledge, code).
 */
export async function startSts(options: StsOptions = {}): Promise<StsSimulator> {
	const { clock = systemClock, region = 'us-east-1', sessionSeconds = 3_600 } = options;
	const key = options.key ?? { accessKeyId: 'AKIAFAKESTSKEY000001', secretAccessKey: 'fake/sts+secret' };
	const role = options.role ?? { arn: 'arn:aws:iam::111122223333:role/fake-byoa-reader', externalId: 'fake-external-id', trustedKeyId: key.accessKeyId };
	const sessions: AwsKey[] = [];
	const keyOf = (accessKeyId: string) => [key, ...sessions].find((known) => known.accessKeyId === accessKeyId);

	function respond(request: LoggedRequest): Answer {
		const nowMs = clock.now();
		const verdict = judgeSignature(request, { service: 'sts', region, nowMs, keyOf });
		if ('fault' in verdict) return refuse(...FAULTS[verdict.fault], verdict.detail);
		const values = new URLSearchParams(request.body || request.target.slice(request.path.length + 1));
		const action = values.get('Action');
		if (action === 'GetCallerIdentity') return xml(200, '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>');
		if (action !== 'AssumeRole') return refuse(400, 'InvalidAction', `Could not find operation ${action}`);
		const wanted = values.get('RoleArn');
		if (wanted !== role.arn || verdict.key.accessKeyId !== role.trustedKeyId || values.get('ExternalId') !== role.externalId) {
			return refuse(403, 'AccessDenied', `User is not authorized to perform: sts:AssumeRole on resource: ${wanted}`);
		}
		const session = {
			accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
			secretAccessKey: randomBytes(30).toString('base64'),
			sessionToken: randomBytes(60).toString('base64'),
			expiresAtMs: nowMs + sessionSeconds * 1000,
		};
		sessions.push(session);
		options.onSession?.(session);
		return xml(
			200,
			`<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><Arn>${role.arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${values.get('RoleSessionName')}</Arn></AssumedRoleUser>` +
				`<Credentials><AccessKeyId>${session.accessKeyId}</AccessKeyId><SecretAccessKey>${session.secretAccessKey}</SecretAccessKey><SessionToken>${session.sessionToken}</SessionToken>` +
				`<Expiration>${new Date(session.expiresAtMs).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
		);
	}

	const server = await startServer({ ...options, name: 'sts', respond, refusal: (status) => refuse(status, 'InternalFailure', 'told to fail') });
	return { ...server, region, key, role, sessions, keyOf };
}

function refuse(status: number, code: string, message: string): Answer {
	return xml(status, `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`);
}

function xml(status: number, body: string): Answer {
	return { status, headers: { 'content-type': 'text/xml' }, body };
}
