import { baseUrlOf, type SiemCredential } from './credential';

/** What a credential's live test asks a receiver. */
export interface LiveTest {
	method: 'GET' | 'HEAD' | 'POST';
	url: string;
	/** Text of the body; a receiver stores nothing of it. */
	body?: string;
	/** Statuses that say that the address and the secret are right, although nothing was delivered. */
	fine: number[];
}

/**
 * A request that shows whether address and secret are right and stores nothing. Throws a `Failure` for an unusable address.
 * Splunk: an event request without data, which a valid token answers with code 5 (reference/delivery §3.2). Elasticsearch: who am I. Datadog: its documented key check.
 * Sentinel: rows for a rule that does not exist, since rule and stream belong to the node. Sumo: an empty post. Generic: HEAD, of which any answer will do
 * but 401 and 403, because nothing harmless can be posted to a webhook that is not known.
 */
export function liveTestOf(credential: SiemCredential): LiveTest {
	const base = baseUrlOf(credential);
	switch (credential.destination ?? 'splunkHec') {
		case 'splunkHec':
			return { method: 'POST', url: `${base}/services/collector/event`, fine: [400, 401, 403] };
		case 'elasticBulk':
			return { method: 'GET', url: `${base}${credential.elasticAuthentication === 'none' ? '/' : '/_security/_authenticate'}`, fine: [401, 403] };
		case 'sentinel': {
			const url = `${base}/dataCollectionRules/dcr-n8n-credential-test/streams/Custom-CredentialTest_CL?api-version=2023-01-01`;
			return { method: 'POST', url, body: '[]', fine: [400, 403, 404] };
		}
		case 'datadog':
			return { method: 'GET', url: `${base.replace('://http-intake.logs.', '://api.')}/api/v1/validate`, fine: [] };
		case 'sumo':
			return { method: 'POST', url: base, fine: [400] };
		default:
			return { method: 'HEAD', url: base, fine: [400, 404, 405, 406, 411, 415, 422, 501] };
	}
}
