/** What every HTTP service can do wrong, met by a node that signs in by OAuth: the same words and codes as with a key file, and no secret. */
jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { World } from '../../simulators';
import { useBench, type Credentials } from '../bench';
import { SECURID_ROWS } from '../failureTable';
import { expectRefusal, trouble } from '../troubled';

const bench = useBench();

/** The world's own client, for an API at another host. */
function clientFor({ credentials }: World, origin: string): Credentials {
	return { securIdOAuthApi: { ...credentials.securIdOAuthApi, apiUrl: `${origin}/AdminInterface/restapi/` } };
}

/**
 * A refused token has codes of its own (credentials/securIdOAuthApi.test.ts), and is renewed once whatever the answer says.
 * "No answer" shortens every time-out, so that the sign-in would meet it first; a body that stalls stands for it.
 */
const rows = SECURID_ROWS.filter(({ code, trouble: kind }) => !/-40[13]-/.test(code) && kind !== 'no answer').map((row) => ({ ...row, requests: row.httpCode === '403' ? 2 * row.requests : row.requests }));

test.each(rows)('$label: $code', async (row) => {
	const troubled = await trouble(bench, row.trouble, { system: 'securId', on: { path: /exportlogs/ }, pointAt: clientFor });
	// The sign-in comes before, and meets no trouble.
	const report = await bench.run('securIdAdminLog', { authentication: 'oAuth', log: 'user', returnAll: true }, troubled.credentials);
	expectRefusal(bench, report, row, troubled);
});
