import type { Clock } from '../clock';
import type { Random } from '../random';

/** What an Authorization header is worth: `denied` is a good token of somebody who may not call the API. */
export type BearerVerdict = 'good' | 'missing' | 'expired' | 'denied';

/** The bearer tokens of the fake SAFE. */
export interface TokenStore {
	/** A new token, good for `lifetimeMs` from now by the simulator's clock. */
	issue(options: { lifetimeMs: number; denied?: boolean }): string;
	/** Makes every token so far count as expired. */
	revokeAll(): void;
	/** Judges a header: only `Bearer <token>` counts; a token that was never issued is as good as none. */
	judge(authorization: string | undefined): BearerVerdict;
}

/** Keeps tokens with their end. Tokens hold the characters `+ / =` so that careless encoding shows. */
export function createTokenStore(clock: Clock, random: Random): TokenStore {
	const tokens = new Map<string, { endsAtMs: number; denied: boolean }>();
	return {
		issue: ({ lifetimeMs, denied = false }) => {
			const token = `fake-safe-${random.hex(40)}+/${random.hex(8)}==`;
			tokens.set(token, { endsAtMs: clock.now() + lifetimeMs, denied });
			return token;
		},
		revokeAll: () => {
			for (const entry of tokens.values()) entry.endsAtMs = -Infinity;
		},
		judge: (authorization) => {
			const entry = tokens.get(/^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '');
			if (entry === undefined) return 'missing';
			if (clock.now() >= entry.endsAtMs) return 'expired';
			return entry.denied ? 'denied' : 'good';
		},
	};
}

/** True when the header is HTTP Basic with exactly this user name and password (UTF-8). */
export function isBasic(authorization: string | undefined, username: string, password: string): boolean {
	const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization ?? '')?.[1];
	return (
		encoded !== undefined && Buffer.from(encoded, 'base64').toString('utf8') === `${username}:${password}`
	);
}
